"""Set the service's clock in tests: in every module that imported `now`, also one first imported in the block."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graphsvc.access.log import audit, chain

MOMENT = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC).replace(tzinfo=None)
Clock = Callable[[], dt.datetime]


@contextmanager
def told_by(clock: Clock) -> Iterator[None]:
    """Make the service use the time of `clock` (UTC, without zone) in the block, and the true time after it."""

    def read_clock() -> dt.datetime:
        return clock()

    real = chain.now
    _exchange(real, read_clock)
    try:
        assert audit.now() == clock()
        yield
    finally:
        _exchange(read_clock, real)


@contextmanager
def standing_still(moment: dt.datetime = MOMENT) -> Iterator[None]:
    """Stop the service's clock at `moment` (UTC) in the block."""
    with told_by(lambda: moment):
        yield


def _exchange(old: Clock, new: Clock) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("graphsvc.") and getattr(module, "now", None) is old:
            module.now = new  # type: ignore[attr-defined]  # a module's names are not declared
