"""Failed sign-ins, counted by name: after some of them nobody signs in under that name for a few minutes.

A name that no account bears is counted exactly like one that is borne, so counting tells nothing about who is here.
Names are kept as keyed hashes: what is typed in the wrong field may be a password.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

import sqlalchemy as sa

from graphsvc.access.audit import now
from graphsvc.appdb import tables, transaction

FREE_FAILURES = 5
LOCK_MINUTES = 5
# Names counted at most; beyond that the oldest are forgotten, so that made-up names fill no disk.
MOST_NAMES = 10_000


def begin(engine: sa.Engine, key: bytes, name: str) -> bool:
    """Count an attempt under a name as failed before it is looked at; whether it may be looked at.

    Counted first, so that many attempts at once are not all looked at while none has failed yet. One that turns out
    right is taken back by `clear`.
    """
    table, mine = tables.attempts, _hash(key, name)
    moment = now()
    with transaction(engine) as connection:
        connection.execute(table.delete().where(table.c.at < moment - dt.timedelta(minutes=LOCK_MINUTES)))
        counted = table.update().where(table.c.name_hash == mine, table.c.failures < FREE_FAILURES)
        if connection.execute(counted.values(failures=table.c.failures + 1, at=moment)).rowcount:
            return True
        if connection.execute(sa.select(table.c.failures).where(table.c.name_hash == mine)).first():
            return False
        try:
            with connection.begin_nested():
                connection.execute(table.insert().values(name_hash=mine, failures=1, at=moment))
        except sa.exc.IntegrityError:
            # Another attempt under this name was first by a moment.
            return bool(connection.execute(counted.values(failures=table.c.failures + 1, at=moment)).rowcount)
        _forget_oldest(connection)
    return True


def clear(engine: sa.Engine, key: bytes, name: str) -> None:
    """Forget the failures under a name: who bears it has proven themselves, or an administrator vouches for them."""
    with transaction(engine) as connection:
        connection.execute(tables.attempts.delete().where(tables.attempts.c.name_hash == _hash(key, name)))


def _forget_oldest(connection: sa.Connection) -> None:
    table = tables.attempts
    beyond = sa.select(table.c.at).order_by(table.c.at.desc()).offset(MOST_NAMES).limit(1)
    oldest = connection.execute(beyond).scalar()
    if oldest is not None:
        connection.execute(table.delete().where(table.c.at <= oldest))


def _hash(key: bytes, name: str) -> str:
    return hmac.digest(key, name.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()
