"""Keeps the garbage collector away from what stays: it would walk through a whole case in memory time and again."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# So many things the collector is through with in some milliseconds; to put them away takes a look at all there is.
_MUCH = 20_000


class _Pause:
    """How many hold the collector at this moment; only who finds it at work may set it to work again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._was_on = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """No cyclic garbage is collected in the block, in any thread; what nobody refers to is freed as ever."""
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
    """What is built in the block stays: nothing is collected meanwhile, and where it is much the collector does not look at it later.

    Else pages stand still for up to 0.3 s each time it does. Once nobody refers to it, it is freed as ever.
    """
    with uncollected():
        before = gc.get_count()[0]
        yield
        if gc.get_count()[0] - before >= _MUCH:
            settle()


def settle() -> None:
    """What is there stays until the end, or until nobody refers to it: what is garbage goes, and the collector looks at the rest no more."""
    gc.collect()
    gc.freeze()
