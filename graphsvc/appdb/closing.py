"""Tracks cases that a transaction closes or reopens, so that errors can say what is recorded."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from graphsvc.appdb.tables import cases
from graphsvc.errors import RECORDED

_NOTED = "states of cases"


def listen(engine: sa.Engine) -> None:
    """Track SQL statements on this engine that change the state of a case."""
    sa.event.listen(engine, "before_execute", _note)


def noting(connection: sa.Connection) -> dict[str, str]:
    """Return a dictionary of case → state, filled when later SQL statements on a connection set a state."""
    noted: dict[str, str] = {}
    connection.info[_NOTED] = noted
    return noted


def update_recorded(noted: dict[str, str]) -> None:
    """Update `RECORDED`, after a commit, with the cases that the current request or command closed or reopened."""
    closed = {case for case, state in noted.items() if state != "open"}
    if noted:
        RECORDED.set((RECORDED.get() - noted.keys()) | closed)


def _note(connection: sa.Connection, clause: Any, *_given: Any) -> None:
    noted = connection.info.get(_NOTED)
    if noted is None or not isinstance(clause, sa.Update) or clause.table is not cases:
        return
    state = clause.compile().params.get("state")
    if state is not None:
        query = sa.select(cases.c.id)
        if clause.whereclause is not None:
            query = query.where(clause.whereclause)
        noted.update(dict.fromkeys(connection.execute(query).scalars(), state))
