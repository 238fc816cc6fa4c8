"""Groups of readers by clearance: a change closes the case to one group, and raises the group's data version."""

from __future__ import annotations

from enum import IntEnum


class Readers(IntEnum):
    """Readers who can see a change. Each group includes the groups with smaller values.

    Readers cleared for C notice every change (without source clearance, some only as a higher data version).
    `WITH_SOURCES` adds readers cleared for P and for sources. `ALL` adds every other reader cleared for P.
    """

    CLEARED_FOR_C = 0
    WITH_SOURCES = 1
    ALL = 2


# Group of readers → state of a case that is closed to them, while something is written that they can see.
LOADING = {Readers.CLEARED_FOR_C: "loading-c", Readers.WITH_SOURCES: "loading-s", Readers.ALL: "loading"}
_CLOSED_TO = {state: readers for readers, state in LOADING.items()}


def closed_to(state: str) -> Readers | None:
    """Return the readers to whom a case in this state is closed; None if it is open.

    Example:
        >>> closed_to("loading-s").name, closed_to("open")
        ('WITH_SOURCES', None)
    """
    return _CLOSED_TO.get(state)
