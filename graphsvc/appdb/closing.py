"""Which cases a transaction closes for a change or opens again, so that an error can say whether something is recorded."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from graphsvc.appdb.tables import cases
from graphsvc.errors import RECORDED

_NOTED = "states of cases"


def listen(engine: sa.Engine) -> None:
    """Note what statements on this engine do to the states of cases."""
    sa.event.listen(engine, "before_execute", _note)


def noting(connection: sa.Connection) -> dict[str, str]:
    """Case → state, filled with what the statements of a connection set from now on."""
    noted: dict[str, str] = {}
    connection.info[_NOTED] = noted
    return noted


def kept(noted: dict[str, str]) -> None:
    """What was noted has been committed: whoever works here has closed these cases, or opened them again."""
    closed = {case for case, state in noted.items() if state != "open"}
    if noted:
        RECORDED.set((RECORDED.get() - noted.keys()) | closed)


def _note(connection: sa.Connection, clause: Any, *_given: Any) -> None:
    noted = connection.info.get(_NOTED)
    if noted is None or not isinstance(clause, sa.Update) or clause.table is not cases:
        return
    state = clause.compile().params.get("state")
    if state is not None:
        which = sa.select(cases.c.id)
        if clause.whereclause is not None:
            which = which.where(clause.whereclause)
        noted.update(dict.fromkeys(connection.execute(which).scalars(), state))
