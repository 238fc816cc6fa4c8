"""A case's state as readers with a clearance may see it, from its row in the application database."""

from __future__ import annotations

from typing import Any

from graphsvc.access.people.principal import Grant
from graphsvc.records.readers import Readers, closed_to

# Column that counts the changes visible to readers.
VERSION = {Readers.CLEARED_FOR_C: "version", Readers.WITH_SOURCES: "version_s", Readers.ALL: "version_p"}


def state_for(state: str, grant: Grant) -> str:
    """Return the state of a case as visible at a clearance: `open` while what changes cannot be seen at it.

    Example:
        >>> [state_for("loading-c", grant) for grant in (Grant("P"), Grant("P", sources=True), Grant("C"))]
        ['open', 'open', 'loading']
        >>> state_for("loading-s", Grant("P")), state_for("loading-s", Grant("P", sources=True))
        ('open', 'loading')
    """
    readers = closed_to(state)
    if readers is None:
        return state
    return "loading" if grant.among <= readers else "open"


def visible_state(row: Any, grant: Grant) -> tuple[object, ...]:
    """Return what decides the visible state at a clearance: C material has no effect under P, not even on timing."""
    if grant.handling == "C":
        return tuple(row)
    return state_for(row.state, grant), version(row, grant), mark(row, grant.among)


def version(row: Any, grant: Grant) -> int:
    """Return how often the material visible at this clearance was changed."""
    return int(getattr(row, VERSION[grant.among]))


def mark(row: Any, readers: Readers) -> str:
    """Return the mark of the case's state visible to readers; empty if nothing was written yet."""
    marks = {Readers.WITH_SOURCES: row.mark_s, Readers.ALL: row.mark_p}
    return str((marks.get(readers) if readers in marks else (row.held or {}).get("mark")) or "")
