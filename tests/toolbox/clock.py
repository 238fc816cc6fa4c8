"""The service's clock, as a test sets it: in every module that took `now` by name, also one first imported meanwhile."""

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
    """The service asks `clock` (UTC, without zone) for now in the block, and the true one after it."""

    def asked() -> dt.datetime:
        return clock()

    real = chain.now
    _exchange(real, asked)
    try:
        assert audit.now() == clock()
        yield
    finally:
        _exchange(asked, real)


@contextmanager
def standing_still(moment: dt.datetime = MOMENT) -> Iterator[None]:
    """The service's clock shows `moment` (UTC) in the block."""
    with told_by(lambda: moment):
        yield


def _exchange(old: Clock, new: Clock) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("graphsvc.") and getattr(module, "now", None) is old:
            module.now = new  # type: ignore[attr-defined]  # a module's names are not declared
