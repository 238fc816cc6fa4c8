"""The log: who did what, when, for which purpose, and how it ended. Written before anything is released."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from graphsvc.access.principal import Principal
from graphsvc.appdb import tables, transaction


def now() -> dt.datetime:
    """This moment in UTC, as the application database keeps it (without zone)."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def begin(engine: sa.Engine, principal: Principal, purpose: str, action: str, case: str = "", **detail: Any) -> int:
    """Write the line of something about to be done, and give its number.

    `detail` holds names and parameters, never what is found.

    Raises:
        OperatorError: it could not be written; nothing may be released then.
    """
    with transaction(engine) as connection:
        result = connection.execute(
            tables.log.insert().values(
                at=now(), account=principal.name, purpose=purpose, action=action, case_id=case, detail=detail
            )
        )
        return int(result.inserted_primary_key[0]) if result.inserted_primary_key else 0


def finish(engine: sa.Engine, line: int, outcome: str, rows: int | None = None) -> None:
    """Write how it ended: `released`, `refused`, `failed: …` and the number of rows."""
    with transaction(engine) as connection:
        connection.execute(
            tables.log.update().where(tables.log.c.id == line).values(outcome=outcome[:200], rows=rows, ended_at=now())
        )


def lines(engine: sa.Engine, *, newest: int = 200, before: int | None = None) -> list[dict[str, Any]]:
    """Lines of the log, newest first; `before` (a line's number) gives the older ones."""
    query = sa.select(tables.log).order_by(tables.log.c.id.desc()).limit(newest)
    if before is not None:
        query = query.where(tables.log.c.id < before)
    with transaction(engine) as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
