"""How long whoever asks waits for what is being worked out already: a page a little, to ask again; everybody else until it is there."""

from __future__ import annotations

from contextvars import ContextVar

from graphsvc.errors import NotReady

# Seconds; None: until it is there.
PATIENCE: ContextVar[float | None] = ContextVar("patience", default=None)


def not_ready() -> NotReady:
    """What is told to who waited as long as they may; it says nothing of who else asked, or for what.

    Example:
        >>> str(not_ready())
        'This is still to be worked out: of a large case that takes minutes after a change. Nothing is wrong with it; look again in a moment.'
    """
    return NotReady(
        "This is still to be worked out: of a large case that takes minutes after a change."
        " Nothing is wrong with it; look again in a moment."
    )
