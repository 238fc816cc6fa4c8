"""Progress callbacks of long work: called between its steps; a callback may raise an error to stop the work."""

from __future__ import annotations

from contextlib import suppress

from graphsvc.errors import CancelledError
from graphsvc.records.progress import Progress


def unstoppable(progress: Progress) -> Progress:
    """Return a progress callback that cannot stop the work, for work that must be completed once begun."""

    def report(done: int, total: int, text: str) -> None:
        with suppress(CancelledError):
            progress(done, total, text)

    return report


def without_amounts(done: int, total: int) -> tuple[int, int]:
    """Return progress as readers without source clearance may see it: without the amount written.

    The amount depends on who gave which statement. The number of rows read so far depends only on the delivery.

    Example:
        >>> without_amounts(4, 9), without_amounts(700, 0)
        ((0, 0), (700, 0))
    """
    return (0, 0) if total else (done, 0)


def coarse(progress: Progress) -> Progress:
    """Return a progress callback without amounts (see `without_amounts`) that reports each step once."""
    last: tuple[int, int, str] | None = None

    def show(done: int, total: int, text: str) -> None:
        nonlocal last
        step = (*without_amounts(done, total), text)
        if step != last:
            progress(*step)
        last = step

    return show


def quiet(_done: int, _total: int, _text: str) -> None:
    """Ignore progress."""
