"""Holds the garbage collector while a whole case is built in memory: it would walk through all of it time and again."""

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
