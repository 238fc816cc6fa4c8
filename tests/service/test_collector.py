"""The garbage collector is paused while any caller needs it, and works afterwards as before."""

from __future__ import annotations

import gc
import threading

import pytest

from graphsvc.cases.gc_pause import lasting, uncollected


def test_the_last_to_leave_sets_it_to_work_again() -> None:
    assert gc.isenabled()
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with uncollected():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(10)
    with pytest.raises(ZeroDivisionError), uncollected():
        raise ZeroDivisionError
    assert not gc.isenabled()
    leave.set()
    thread.join(10)
    assert gc.isenabled()


def test_who_had_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_stays_is_not_walked_through_again_but_freed_when_nobody_refers_to_it() -> None:
    class Claim:
        pass

    gc.unfreeze()
    with lasting():
        built = [Claim() for _ in range(30_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= 30_000
    assert not any(isinstance(tracked, Claim) for tracked in gc.get_objects())
    before = gc.get_freeze_count()
    built.clear()
    assert gc.get_freeze_count() <= before - 30_000
    gc.unfreeze()


def test_for_little_that_stays_nobody_looks_at_all_there_is() -> None:
    gc.unfreeze()
    with lasting():
        built = [object() for _ in range(30_000)]  # the collector never visits objects without references
        less = [[number] for number in range(1000)]
    assert gc.get_freeze_count() == 0
    assert len(built) + len(less) == 31_000
