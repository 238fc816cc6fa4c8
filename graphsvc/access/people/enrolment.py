"""Second factors of accounts: set up in two steps, asked for at sign-in; each code is accepted once."""

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
    """Create a secret for an account, in base 32; it has no effect before `confirm`. Replaces an unconfirmed one.

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
    """Return the secret of a set-up that awaits confirmation; empty without one."""
    with transaction(engine) as connection:
        row = connection.execute(
            sa.select(_TABLE).where(_TABLE.c.account_id == number_of(connection, name), ~_TABLE.c.confirmed)
        ).first()
    return _secret(vault, row) if row is not None else ""


def confirm(engine: sa.Engine, vault: Vault, name: str, code: str) -> bool:
    """Complete the set-up with one of its codes; sign-in then asks for codes. Return whether the code was right."""
    with transaction(engine) as connection:
        account = number_of(connection, name)
        row = connection.execute(sa.select(_TABLE).where(_TABLE.c.account_id == account, ~_TABLE.c.confirmed)).first()
        step = factors.step_of(_secret(vault, row), code, now(), row.last_step) if row is not None else None
        if step is None:
            return False
        mine = (_TABLE.c.account_id == account, ~_TABLE.c.confirmed)
        return bool(connection.execute(_TABLE.update().where(*mine).values(confirmed=True, last_step=step)).rowcount)


def remove(engine: sa.Engine, name: str) -> bool:
    """Remove an account's second factor or unfinished set-up; return whether it had a confirmed one."""
    with transaction(engine) as connection:
        mine = _TABLE.c.account_id == number_of(connection, name)
        had = connection.execute(sa.select(_TABLE.c.account_id).where(mine, _TABLE.c.confirmed)).first() is not None
        connection.execute(_TABLE.delete().where(mine))
    return had


def code_is_right(engine: sa.Engine, vault: Vault, account: int | None, code: str, *, take: bool = True) -> bool:
    """Whether a code is currently valid for an account; always true for an account without a second factor.

    Args:
        engine: the application database.
        vault: opens the secret.
        account: number of the account; with None, the check takes the same time.
        code: as typed.
        take: whether to use up a right code, so that this code and earlier ones are not accepted again.
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
        # If one code is used twice concurrently, the database lets only one update change the row.
        return bool(connection.execute(used.values(last_step=step)).rowcount)


def _secret(vault: Vault, row: sa.Row[tuple[object, ...]]) -> str:
    context = _what(row.account_id)
    return str(unpack(vault.key(row.key_sealed, context), row.secret_sealed, context))


def _what(account: int) -> str:
    return f"second factor of account {account}"
