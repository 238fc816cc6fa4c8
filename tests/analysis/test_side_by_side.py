"""Concurrent work: results keep their order, errors are raised, and nothing starts long before it is needed."""

from __future__ import annotations

import os
import threading

import pytest

from graphsvc.analysis.side_by_side import THIS_MACHINE


def test_order_stays_however_long_each_takes() -> None:
    last = threading.Event()

    def work(_shared: None, number: int) -> int:
        if number == 0:
            assert last.wait(10) or os.cpu_count() == 1
        last.set()
        return number * number

    assert list(THIS_MACHINE.each(work, None, range(20))) == [number * number for number in range(20)]


def test_what_goes_wrong_is_told() -> None:
    def work(above: int, number: int) -> int:
        return above // (number - 3)

    with pytest.raises(ZeroDivisionError):
        list(THIS_MACHINE.each(work, 1, range(6)))


def test_no_more_is_begun_than_is_soon_asked_for() -> None:
    begun: list[int] = []
    results = THIS_MACHINE.each(lambda _shared, number: begun.append(number), None, range(1000))
    next(results)
    assert len(begun) <= 6
    results.close()  # type: ignore[attr-defined]
