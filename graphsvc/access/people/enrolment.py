"""Who has which second factor: set up in two steps, asked for at sign-in, each code taken once."""

from __future__ import annotations

import sqlalchemy as sa

from graphsvc.access.log.audit import now
from graphsvc.access.people import factors
from graphsvc.access.people.account_of import number_of
from graphsvc.access.vault import Vault, pack, unpack
from graphsvc.appdb import tables, transaction
from graphsvc.errors import RequestError

_TABLE = tables.second_factors
_NO_ACCOUNT = factors.new_secret()


def has_second_factor(engine: sa.Engine, name: str) -> bool:
    """Whether an account has set up a second factor."""
    query = (
        sa.select(_TABLE.c.account_id).join(tables.accounts).where(tables.accounts.c.name == name, _TABLE.c.confirmed)
    )
    with transaction(engine) as connection:
        return connection.execute(query).first() is not None


def begin(engine: sa.Engine, vault: Vault, name: str) -> str:
    """A new secret for an account, in base 32; nothing is asked for before `confirm`. One begun earlier is forgotten.

    Raises:
        RequestError: the account has a second factor already.
    """
    secret = factors.new_secret()
    with transaction(engine) as connection:
        account = number_of(connection, name)
        connection.execute(_TABLE.delete().where(_TABLE.c.account_id == account, ~_TABLE.c.confirmed))
        if connection.execute(sa.select(_TABLE.c.account_id).where(_TABLE.c.account_id == account)).first():
            raise RequestError("This account has a second factor already. Remove it before you set up another.")
        key, key_sealed = vault.new_key(_what(account))
        connection.execute(
            _TABLE.insert().values(
                account_id=account, key_sealed=key_sealed, secret_sealed=pack(key, secret, _what(account))
            )
        )
        vault.require_current(connection)
    return secret


def pending(engine: sa.Engine, vault: Vault, name: str) -> str:
    """The secret of a set-up that waits to be confirmed; empty if none does."""
    with transaction(engine) as connection:
        row = connection.execute(
            sa.select(_TABLE).where(_TABLE.c.account_id == number_of(connection, name), ~_TABLE.c.confirmed)
        ).first()
    return _secret(vault, row) if row is not None else ""


def confirm(engine: sa.Engine, vault: Vault, name: str, code: str) -> bool:
    """Complete the set-up with a code of it; from now on it is asked for. Whether the code was right."""
    with transaction(engine) as connection:
        account = number_of(connection, name)
        row = connection.execute(sa.select(_TABLE).where(_TABLE.c.account_id == account, ~_TABLE.c.confirmed)).first()
        step = factors.step_of(_secret(vault, row), code, now(), row.last_step) if row is not None else None
        if step is None:
            return False
        mine = (_TABLE.c.account_id == account, ~_TABLE.c.confirmed)
        return bool(connection.execute(_TABLE.update().where(*mine).values(confirmed=True, last_step=step)).rowcount)


def remove(engine: sa.Engine, name: str) -> bool:
    """Take an account's second factor away, or a set-up that was begun; whether there was one to sign in with."""
    with transaction(engine) as connection:
        mine = _TABLE.c.account_id == number_of(connection, name)
        had = connection.execute(sa.select(_TABLE.c.account_id).where(mine, _TABLE.c.confirmed)).first() is not None
        connection.execute(_TABLE.delete().where(mine))
    return had


def code_is_right(engine: sa.Engine, vault: Vault, account: int | None, code: str, *, take: bool = True) -> bool:
    """Whether a code is good now for an account; also when the account has no second factor, whatever the code.

    Args:
        engine: the application database.
        vault: opens the secret.
        account: its number; None does the same work in vain.
        code: what was typed.
        take: a right code is used up by this: neither it nor an earlier one is taken again.
    """
    with transaction(engine) as connection:
        row = connection.execute(sa.select(_TABLE).where(_TABLE.c.account_id == account, _TABLE.c.confirmed)).first()
        if row is None:
            factors.step_of(_NO_ACCOUNT, code, now(), 0)
            return True
        step = factors.step_of(_secret(vault, row), code, now(), row.last_step)
        if step is None:
            return False
        if not take:
            return True
        used = _TABLE.update().where(_TABLE.c.account_id == account, _TABLE.c.last_step < step)
        # Two at once with one code: the database lets one of them change the row.
        return bool(connection.execute(used.values(last_step=step)).rowcount)


def _secret(vault: Vault, row: sa.Row[tuple[object, ...]]) -> str:
    what = _what(row.account_id)
    return str(unpack(vault.key(row.key_sealed, what), row.secret_sealed, what))


def _what(account: int) -> str:
    return f"second factor of account {account}"
