"""Keeps the garbage collector from scanning long-lived objects, such as a whole case in memory, again and again."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# The collector scans fewer new objects than this within milliseconds, but freezing them takes a full collection.
_MUCH = 20_000


class _Pause:
    """Counts the users of the pause. The collector is enabled again only if it was on before the first user."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._was_on = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Collect no cyclic garbage in the block, in any thread; objects without references are freed as usual."""
        with self._lock:
            if self._holders == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._holders += 1
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1
                if self._holders == 0 and self._was_on:
                    gc.enable()


uncollected = _Pause()


@contextmanager
def lasting() -> Iterator[None]:
    """Build long-lived objects in the block without collection; if there are many, freeze them afterwards.

    Otherwise the collector halts pages for up to 0.3 s whenever it scans these objects. Objects without references
    are freed as usual.
    """
    with uncollected():
        before = gc.get_count()[0]
        yield
        if gc.get_count()[0] - before >= _MUCH:
            freeze_memory()


def freeze_memory() -> None:
    """Collect all garbage now, and exclude the remaining objects from later collections."""
    gc.collect()
    gc.freeze()
