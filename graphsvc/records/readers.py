"""Groups of readers by clearance: those a case is closed to during a change, and those whose data version rises."""

from __future__ import annotations

from enum import IntEnum


class Readers(IntEnum):
    """Readers who can see a change. Each value includes the readers of the smaller ones.

    Readers cleared for C can see everything that changes (without source clearance, some of it only as a higher data
    version). `WITH_SOURCES` adds those who are cleared for P and for sources. `ALL` adds everyone cleared for P.
    """

    CLEARED_FOR_C = 0
    WITH_SOURCES = 1
    ALL = 2


# State of a case while something is written that these readers can see: the case is closed to them.
LOADING = {Readers.CLEARED_FOR_C: "loading-c", Readers.WITH_SOURCES: "loading-s", Readers.ALL: "loading"}
_CLOSED_TO = {state: readers for readers, state in LOADING.items()}


def closed_to(state: str) -> Readers | None:
    """Return the readers to whom a case in this state is closed; None if it is open.

    Example:
        >>> closed_to("loading-s").name, closed_to("open")
        ('WITH_SOURCES', None)
    """
    return _CLOSED_TO.get(state)
