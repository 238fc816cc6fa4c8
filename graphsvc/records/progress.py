"""The callback by which long-running work reports its progress."""

from __future__ import annotations

from collections.abc import Callable

# (steps done, steps in total: 0 if not known, current activity).
Progress = Callable[[int, int, str], None]
