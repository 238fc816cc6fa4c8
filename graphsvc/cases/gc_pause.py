"""Keeps the garbage collector away from what stays: it would walk through a whole case in memory time and again."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


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
    """What is built in the block stays: nothing is collected meanwhile, and later the collector does not look at it.

    Else pages stand still for up to 0.3 s each time it does. Once nobody refers to it, it is freed as ever.
    """
    gc.collect()
    with uncollected():
        yield
        gc.freeze()


def settle() -> None:
    """Before serving: what was made to start with stays until the end."""
    with lasting():
        pass
