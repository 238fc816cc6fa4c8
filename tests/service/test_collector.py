"""The collector rests while anybody holds it, and works again as it did before."""

from __future__ import annotations

import gc
import threading

import pytest

from graphsvc.service.collector import uncollected


def test_the_last_to_leave_sets_it_to_work_again() -> None:
    assert gc.isenabled()
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with uncollected():
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    assert inside.wait(10)
    with pytest.raises(ZeroDivisionError), uncollected():
        raise ZeroDivisionError
    assert not gc.isenabled()
    leave.set()
    other.join(10)
    assert gc.isenabled()


def test_who_had_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
