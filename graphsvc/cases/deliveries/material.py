"""Finds the material of a case about people, to check whether a change would remove held material. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphsvc.cases.gc_pause import uncollected
from graphsvc.ingest.state import State
from graphsvc.ingest.versions import KeptRows


@uncollected()
def fold_deliveries(deliveries: Mapping[int, KeptRows]) -> State:
    """Return the state that deliveries make, in order."""
    state = State()
    for number, delivery in sorted(deliveries.items()):
        delivery.fold(state, number)
    return state


def material(state: State, people: set[str]) -> list[Any]:
    """Return all that a case holds about some people: their rows, claims about them, and their statements."""
    statements = state.records["statements"]
    own_statements = {statement for statement, row in statements.items() if row.values.get("source_id") in people}
    claims = {
        key: row
        for key, row in state.claims.items()
        if people & {row.values["subject_id"], row.values["object_id"]} or row.values["statement_id"] in own_statements
    }
    about = own_statements | {row.values["statement_id"] for row in claims.values()}
    return [
        {person: row.values for person, row in state.records["people"].items() if person in people},
        {statement: row.values for statement, row in statements.items() if statement in about},
        {key: (row.values, row.status) for key, row in claims.items()},
    ]
