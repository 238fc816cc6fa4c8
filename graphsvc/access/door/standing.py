"""How a case stands, as somebody cleared for a handling code is told it: of its row in the application database."""

from __future__ import annotations

from typing import Any

from graphsvc.access.people.principal import Grant


def state_for(state: str, handling: str) -> str:
    """The state of a case as somebody cleared for a handling code is told it: what is C moves nothing under P.

    Example:
        >>> state_for("loading-c", "P"), state_for("loading-c", "C"), state_for("loading", "P")
        ('open', 'loading', 'loading')
    """
    if state == "loading-c":
        return "loading" if handling == "C" else "open"
    return state


def shown(row: Any, grant: Grant) -> tuple[object, ...]:
    """How a case stands in what shows at a clearance: what is C moves nothing under P, not even how long something takes."""
    if grant.handling == "C":
        return tuple(row)
    return state_for(row.state, "P"), row.version_p, row.mark_p


def version(row: Any, grant: Grant) -> int:
    """How often a case was changed in what shows at this clearance."""
    return int(row.version if grant.handling == "C" else row.version_p)
