"""How long a reader waits for a computation already under way: web pages briefly, everything else until it is done."""

from __future__ import annotations

from contextvars import ContextVar

from graphsvc.errors import NotReady

# Seconds; None: until it is done.
PATIENCE: ContextVar[float | None] = ContextVar("patience", default=None)


def not_ready() -> NotReady:
    """Return the error for readers who have waited as long as they may; it reveals nothing about other readers.

    Example:
        >>> str(not_ready())
        'This is still to be worked out: of a large case that takes minutes after a change. Nothing is wrong with it; look again in a moment.'
    """
    return NotReady(
        "This is still to be worked out: of a large case that takes minutes after a change."
        " Nothing is wrong with it; look again in a moment."
    )
