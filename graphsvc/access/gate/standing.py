"""The state of a case as visible at a clearance, from the case's row in the application database."""

from __future__ import annotations

from typing import Any

from graphsvc.access.people.principal import Grant
from graphsvc.records.readers import Readers, closed_to

# Group of readers → the column that counts the changes visible to them.
VERSION = {Readers.CLEARED_FOR_C: "version", Readers.WITH_SOURCES: "version_s", Readers.ALL: "version_p"}


def state_for(state: str, grant: Grant) -> str:
    """Return the state of a case as visible at a clearance: a change that is not visible there leaves it `open`.

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
    """Return values that identify the state visible at a clearance: under P, changes of C material do not count."""
    if grant.handling == "C":
        return tuple(row)
    return state_for(row.state, grant), version(row, grant), mark(row, grant.among)


def version(row: Any, grant: Grant) -> int:
    """Return how often the material visible at this clearance was changed."""
    return int(getattr(row, VERSION[grant.among]))


def mark(row: Any, readers: Readers) -> str:
    """Return the mark of the case's state that these readers see; empty if nothing was written yet."""
    marks = {Readers.WITH_SOURCES: row.mark_s, Readers.ALL: row.mark_p}
    return str((marks.get(readers) if readers in marks else (row.held or {}).get("mark")) or "")
