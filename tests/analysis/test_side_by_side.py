"""Concurrent work: results keep their order, errors are raised, and nothing starts long before it is needed."""

from __future__ import annotations

import os
import threading

import pytest

from graphsvc.analysis.side_by_side import side_by_side


def test_order_stays_however_long_each_takes() -> None:
    last = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            assert last.wait(10) or os.cpu_count() == 1
        last.set()
        return number * number

    assert list(side_by_side(work, range(20))) == [number * number for number in range(20)]


def test_what_goes_wrong_is_told() -> None:
    def work(number: int) -> int:
        return 1 // (number - 3)

    with pytest.raises(ZeroDivisionError):
        list(side_by_side(work, range(6)))


def test_no_more_is_begun_than_is_soon_asked_for() -> None:
    begun: list[int] = []
    results = side_by_side(begun.append, range(1000))
    next(results)
    assert len(begun) <= 6
    results.close()  # type: ignore[attr-defined]
