"""A case's state as readers cleared for a handling code may see it, from its row in the application database."""

from __future__ import annotations

from typing import Any

from graphsvc.access.people.principal import Grant


def state_for(state: str, handling: str) -> str:
    """Return the state of a case as visible at a handling code: changes to C material are not visible under P.

    Example:
        >>> state_for("loading-c", "P"), state_for("loading-c", "C"), state_for("loading", "P")
        ('open', 'loading', 'loading')
    """
    if state == "loading-c":
        return "loading" if handling == "C" else "open"
    return state


def visible_state(row: Any, grant: Grant) -> tuple[object, ...]:
    """Return what decides the visible state at a clearance: C material has no effect under P, not even on timing."""
    if grant.handling == "C":
        return tuple(row)
    return state_for(row.state, "P"), row.version_p, row.mark_p


def version(row: Any, grant: Grant) -> int:
    """Return how often the material visible at this clearance was changed."""
    return int(row.version if grant.handling == "C" else row.version_p)
