"""Stores when each account last confirmed that it had seen the news of a case."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from graphsvc.appdb import tables, transaction

_ROW = tables.last_looks


@dataclass(frozen=True, slots=True)
class LastLook:
    """The time of a look (UTC), and the version of the case at the account's clearance."""

    at: dt.datetime
    version: int


def last_look(database: sa.Engine, case: str, account: str) -> LastLook | None:
    """Return the last look of an account; None if it never looked."""
    query = sa.select(_ROW.c.at, _ROW.c.version).where(_ROW.c.case_id == case, _ROW.c.account == account)
    with transaction(database) as connection:
        row = connection.execute(query).first()
    return None if row is None else LastLook(row.at, row.version)


def keep_look(database: sa.Engine, case: str, account: str, look: LastLook) -> None:
    """Store an account's last look at a case; a look earlier than the stored one changes nothing."""
    mine = (_ROW.c.case_id == case, _ROW.c.account == account)
    with transaction(database) as connection:
        before = connection.execute(sa.select(_ROW.c.at).where(*mine)).scalar()
        values = {"at": look.at, "version": look.version}
        if before is None:
            connection.execute(_ROW.insert().values(case_id=case, account=account, **values))
        elif before < look.at:
            connection.execute(_ROW.update().where(*mine).values(**values))
