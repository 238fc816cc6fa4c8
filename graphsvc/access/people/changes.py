"""Changes to existing accounts: roles, clearance, password, second factor, and disabling.

Each change to an account ends its sign-ins, so new permissions take effect at the next one. At least one
administrator always remains.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from graphsvc.access.people.account_of import number_of
from graphsvc.access.people.accounts import hash_password, known_roles, token_hash
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import tables, transaction
from graphsvc.appdb.rows import fill
from graphsvc.errors import Refused, RequestError


@dataclass(frozen=True, slots=True)
class ManagedAccount:
    """An account as an administrator sees it.

    Attributes:
        password: whether it has one; without a password it can sign in only by link.
        second_factor: whether one is set up.
    """

    name: str
    roles: tuple[str, ...]
    grants: dict[str, Grant]
    free_cypher: bool
    disabled: bool
    password: bool
    second_factor: bool
    created_at: dt.datetime


def everyone(engine: sa.Engine) -> list[ManagedAccount]:
    """List every account by name, including disabled ones."""
    table, factors = tables.accounts, tables.second_factors
    with transaction(engine) as connection:
        rows = connection.execute(sa.select(table).order_by(table.c.name)).all()
        roles = connection.execute(sa.select(tables.account_roles).order_by(tables.account_roles.c.role)).all()
        grants = connection.execute(sa.select(tables.grants).order_by(tables.grants.c.case_id)).all()
        confirmed = set(connection.execute(sa.select(factors.c.account_id).where(factors.c.confirmed)).scalars())
    return [
        fill(
            ManagedAccount,
            row,
            roles=tuple(role.role for role in roles if role.account_id == row.id),
            grants={each.case_id: Grant(each.handling, each.sources) for each in grants if each.account_id == row.id},
            password=bool(row.password_hash),
            second_factor=row.id in confirmed,
        )
        for row in rows
    ]


def reset_password(engine: sa.Engine, name: str, password: str) -> None:
    """Give an account a new password.

    Raises:
        RequestError: there is no such account (as for all functions here), or the password is refused.
    """
    hashed = hash_password(password, name)
    if not hashed:
        raise RequestError("A password cannot be empty.")
    with _changing(engine, name) as (connection, account):
        _update(connection, account, password_hash=hashed)


def forget_password(engine: sa.Engine, name: str) -> None:
    """Remove an account's password; the account holder can then choose another."""
    with _changing(engine, name) as (connection, account):
        _update(connection, account, password_hash="")


def disable(engine: sa.Engine, name: str) -> None:
    """Disable an account.

    Raises:
        Refused: it is the last administrator.
    """
    with _changing(engine, name) as (connection, account):
        _update(connection, account, disabled=True)


def enable(engine: sa.Engine, name: str) -> None:
    """Let a disabled account sign in again."""
    with _changing(engine, name) as (connection, account):
        _update(connection, account, disabled=False)


def set_roles(engine: sa.Engine, name: str, roles: Iterable[str]) -> None:
    """Give an account these roles and no others.

    Raises:
        RequestError: a role is unknown. Refused: it is the last administrator and would lose that role.
    """
    wanted, table = known_roles(roles), tables.account_roles
    with _changing(engine, name) as (connection, account):
        connection.execute(table.delete().where(table.c.account_id == account))
        if wanted:
            connection.execute(table.insert(), [{"account_id": account, "role": role} for role in sorted(wanted)])


def grant(engine: sa.Engine, name: str, case: str, clearance: Grant) -> None:
    """Clear an account for a case (or `*`, every case), replacing its earlier clearance there."""
    table = tables.grants
    with _changing(engine, name) as (connection, account):
        connection.execute(table.delete().where(table.c.account_id == account, table.c.case_id == case))
        values = {"handling": clearance.handling, "sources": clearance.sources}
        connection.execute(table.insert().values(account_id=account, case_id=case, **values))


def revoke(engine: sa.Engine, name: str, case: str) -> None:
    """Withdraw an account's clearance for a case (or `*`).

    Raises:
        RequestError: it has no clearance for exactly that case.
    """
    table = tables.grants
    with _changing(engine, name) as (connection, account):
        mine = (table.c.account_id == account, table.c.case_id == case)
        if connection.execute(table.delete().where(*mine)).rowcount != 1:
            raise RequestError(f"{name} has no clearance for {case!r}. `graphsvc users list` shows what it has.")


def set_free_cypher(engine: sa.Engine, name: str, *, is_granted: bool) -> None:
    """Give or withdraw the grant for free Cypher, which applies only as `policy.cypher_refusal` says."""
    with _changing(engine, name) as (connection, account):
        _update(connection, account, free_cypher=is_granted)


def remove_second_factor(engine: sa.Engine, name: str) -> bool:
    """Remove an account's second factor, for a person who has lost it; return whether there was one."""
    table = tables.second_factors
    with _changing(engine, name) as (connection, account):
        return bool(connection.execute(table.delete().where(table.c.account_id == account)).rowcount)


def end_sign_ins(engine: sa.Engine, name: str, *, keep: str = "") -> int:
    """End every sign-in and unused link of an account except the token `keep`; return how many."""
    table = tables.tokens
    with transaction(engine) as connection:
        mine = table.c.account_id == number_of(connection, name, disabled=True)
        ended = connection.execute(table.delete().where(mine, table.c.hash != token_hash(keep)))
        return int(ended.rowcount)


def unlimit(engine: sa.Engine, token: str) -> None:
    """Turn a sign-in that was valid only for setting up the second factor into a full one."""
    table = tables.tokens
    with transaction(engine) as connection:
        connection.execute(table.update().where(table.c.hash == token_hash(token)).values(limited=False))


@contextmanager
def _changing(engine: sa.Engine, name: str) -> Iterator[tuple[sa.Connection, int]]:
    """Open a transaction that changes one account and ends its sign-ins; undone if no administrator would be left."""
    with transaction(engine) as connection:
        before = _administrators(connection)
        account = number_of(connection, name, disabled=True)
        yield connection, account
        connection.execute(tables.tokens.delete().where(tables.tokens.c.account_id == account))
        if account in before and not _administrators(connection):
            raise Refused(f"{name} is the last administrator and stays one: make someone else an administrator first.")


def _administrators(connection: sa.Connection) -> set[int]:
    """Return the enabled administrators, locked in this transaction so that no two can demote each other at once."""
    query = (
        sa.select(tables.accounts.c.id)
        .join(tables.account_roles)
        .where(tables.account_roles.c.role == "administrator", ~tables.accounts.c.disabled)
        .order_by(tables.accounts.c.id)
        .with_for_update()
    )
    return set(connection.execute(query).scalars())


def _update(connection: sa.Connection, account: int, **values: Any) -> None:
    connection.execute(tables.accounts.update().where(tables.accounts.c.id == account).values(**values))
