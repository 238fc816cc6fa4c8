"""When each account last said that it had seen what is new in a case. Only storage."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from graphsvc.appdb import tables, transaction

_ROW = tables.last_looks


@dataclass(frozen=True, slots=True)
class LastLook:
    """When (UTC), and which version of the case that was, as the account was cleared for it."""

    at: dt.datetime
    version: int


def last_look(database: sa.Engine, case: str, account: str) -> LastLook | None:
    """The last look of an account; None: there was none."""
    query = sa.select(_ROW.c.at, _ROW.c.version).where(_ROW.c.case_id == case, _ROW.c.account == account)
    with transaction(database) as connection:
        row = connection.execute(query).first()
    return None if row is None else LastLook(row.at, row.version)


def keep_look(database: sa.Engine, case: str, account: str, look: LastLook) -> None:
    """Keep that an account has seen what came until then; an earlier look than what is stored changes nothing."""
    mine = (_ROW.c.case_id == case, _ROW.c.account == account)
    with transaction(database) as connection:
        before = connection.execute(sa.select(_ROW.c.at).where(*mine)).scalar()
        values = {"at": look.at, "version": look.version}
        if before is None:
            connection.execute(_ROW.insert().values(case_id=case, account=account, **values))
        elif before < look.at:
            connection.execute(_ROW.update().where(*mine).values(**values))
