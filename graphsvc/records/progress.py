"""How far work is: what a long work calls between its steps, whoever watches it."""

from __future__ import annotations

from collections.abc import Callable

# (steps done, steps in all: 0 where that is not known, what is being done).
Progress = Callable[[int, int, str], None]
