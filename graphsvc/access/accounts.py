"""Accounts and how one proves itself: passwords, tokens of the command line, web sessions, one-time links."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import argon2
import sqlalchemy as sa

from graphsvc.access.audit import now
from graphsvc.access.policy import ROLES
from graphsvc.access.principal import ANY_CASE, Grant, Principal
from graphsvc.appdb import tables, transaction
from graphsvc.errors import NotSignedIn, Refused, RequestError

_HASHER = argon2.PasswordHasher()
# Verified when the name is unknown, so that the time it takes does not tell which names exist.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
MINIMUM_PASSWORD = 12
FREE_FAILURES = 5
LOCK_MINUTES = 5

# The person at the machine: may do everything with cases, but neither reveals witnesses nor reads the log of others.
LOCAL_ROLES = ("investigator", "analyst", "auditor", "administrator")


def add(engine: sa.Engine, name: str, roles: Iterable[str], grants: Mapping[str, Grant], password: str = "") -> None:
    """Add an account; without a password it can only sign in by token or one-time link.

    Raises:
        RequestError: the name is taken or empty, a role unknown, or the password too short.
    """
    roles = tuple(roles)
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        raise RequestError(f"There is no role {unknown[0]!r}. Roles: {', '.join(ROLES)}.")
    if not name.strip() or len(name) > 100:
        raise RequestError("An account needs a name of 1 to 100 characters.")
    with transaction(engine) as connection:
        if connection.execute(sa.select(tables.accounts.c.id).where(tables.accounts.c.name == name)).first():
            raise RequestError(f"An account {name!r} exists already. Choose another name.")
        key = connection.execute(
            tables.accounts.insert().values(name=name, password_hash=hash_password(password), created_at=now())
        ).inserted_primary_key
        account = key[0] if key else 0
        if roles:
            connection.execute(
                tables.account_roles.insert(), [{"account_id": account, "role": role} for role in sorted(set(roles))]
            )
        for case, grant in grants.items():
            connection.execute(
                tables.grants.insert().values(
                    account_id=account, case_id=case, handling=grant.handling, sources=grant.sources
                )
            )


def hash_password(password: str) -> str:
    """The Argon2 hash of a password; empty for none.

    Raises:
        RequestError: it is too short.
    """
    if not password:
        return ""
    if len(password) < MINIMUM_PASSWORD:
        raise RequestError(f"A password needs at least {MINIMUM_PASSWORD} characters.")
    return _HASHER.hash(password)


def listed(engine: sa.Engine) -> list[Principal]:
    """Every account that is not disabled, by name."""
    with transaction(engine) as connection:
        rows = connection.execute(
            sa.select(tables.accounts.c.id).where(~tables.accounts.c.disabled).order_by(tables.accounts.c.name)
        ).scalars()
        return [_principal(connection, account) for account in rows]


def ensure_local(engine: sa.Engine) -> None:
    """Give a fresh home one account for the person at the machine, cleared for all cases in it and for handling C."""
    with transaction(engine) as connection:
        if connection.execute(sa.select(tables.accounts.c.id).limit(1)).first():
            return
    add(engine, _local_name(), LOCAL_ROLES, {ANY_CASE: Grant("C", sources=True)})


def only_account(engine: sa.Engine, name: str) -> Principal:
    """The account of a home that has a single one; `name` empty, or that account's.

    Raises:
        NotSignedIn: the home has several accounts, or the name is another.
        Refused: that account is a witness custodian, who must always sign in.
    """
    accounts = listed(engine)
    if len(accounts) != 1:
        raise NotSignedIn("This home has several accounts, so each must sign in: run `graphsvc login NAME`.")
    (account,) = accounts
    if name and name != account.name:
        raise NotSignedIn(f"There is no account {name!r} here. Leave --user out, or sign in with `graphsvc login`.")
    if "custodian" in account.roles:
        raise Refused("A witness custodian must sign in with a password: run `graphsvc login NAME`.")
    return account


def reset_password(engine: sa.Engine, name: str, password: str) -> None:
    """Give an account a new password and end its sign-ins.

    Raises:
        RequestError: there is no such account, or the password is empty or too short.
    """
    if not password:
        raise RequestError(f"A password needs at least {MINIMUM_PASSWORD} characters.")
    _change(engine, name, password_hash=hash_password(password), failures=0, locked_until=None)


def disable(engine: sa.Engine, name: str) -> None:
    """Disable an account and end its sign-ins.

    Raises:
        RequestError: there is no such account.
    """
    _change(engine, name, disabled=True)


def _change(engine: sa.Engine, name: str, **values: Any) -> None:
    with transaction(engine) as connection:
        account = connection.execute(sa.select(tables.accounts.c.id).where(tables.accounts.c.name == name)).scalar()
        if account is None:
            raise RequestError(f"There is no account {name!r}. `graphsvc users list` lists them.")
        connection.execute(tables.accounts.update().where(tables.accounts.c.id == account).values(**values))
        connection.execute(tables.tokens.delete().where(tables.tokens.c.account_id == account))


def sign_in(engine: sa.Engine, name: str, password: str) -> Principal:
    """The account that name and password prove. Repeated failures lock an account for some minutes.

    Raises:
        NotSignedIn: in the same words whatever was wrong.
    """
    wrong = NotSignedIn("Name or password is not right, or the account is locked for some minutes. Try again later.")
    account_table = tables.accounts
    with transaction(engine) as connection:
        row = connection.execute(
            sa.select(account_table).where(account_table.c.name == name, ~account_table.c.disabled)
        ).first()
        locked = row is not None and row.locked_until is not None and row.locked_until > now()
        stored = row.password_hash if row is not None and row.password_hash and not locked else _NOBODY
        try:
            _HASHER.verify(stored, password)
            right = row is not None and stored is not _NOBODY
        except (argon2.exceptions.VerifyMismatchError, argon2.exceptions.InvalidHashError):
            right = False
        if row is not None and not locked:
            failures = 0 if right else row.failures + 1
            until = now() + dt.timedelta(minutes=LOCK_MINUTES) if failures >= FREE_FAILURES else None
            connection.execute(
                account_table.update()
                .where(account_table.c.id == row.id)
                .values(failures=0 if until else failures, locked_until=until)
            )
        principal = _principal(connection, row.id) if right and row is not None else None
    if principal is None:
        raise wrong
    return principal


def issue(engine: sa.Engine, name: str, kind: str, lifetime: dt.timedelta, purpose: str = "") -> str:
    """A new token of an account: kind `cli`, `web` or `link` (good for one use). Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    with transaction(engine) as connection:
        account = connection.execute(
            sa.select(tables.accounts.c.id).where(tables.accounts.c.name == name, ~tables.accounts.c.disabled)
        ).scalar()
        if account is None:
            raise RequestError(f"There is no account {name!r}.")
        connection.execute(tables.tokens.delete().where(tables.tokens.c.expires_at < now()))
        connection.execute(
            tables.tokens.insert().values(
                hash=_hash(token), kind=kind, account_id=account, purpose=purpose, expires_at=now() + lifetime
            )
        )
    return token


def redeem(engine: sa.Engine, token: str, kind: str, *, extend: dt.timedelta | None = None) -> tuple[Principal, str]:
    """The account and purpose a token proves; a link is used up by it, a web session is extended.

    Raises:
        NotSignedIn: unknown, used, ended or of a disabled account.
    """
    table = tables.tokens
    with transaction(engine) as connection:
        query = (
            sa.select(table.c.account_id, table.c.purpose, table.c.expires_at)
            .join(tables.accounts)
            .where(table.c.hash == _hash(token), table.c.kind == kind, table.c.expires_at > now())
            .where(~tables.accounts.c.disabled)
        )
        row = connection.execute(query).first()
        if row is None:
            raise NotSignedIn("The sign-in has ended. Sign in again.")
        mine = table.c.hash == _hash(token)
        if kind == "link" and connection.execute(table.delete().where(mine)).rowcount != 1:
            raise NotSignedIn("This sign-in link has been used. Ask for a new one.")
        # Not on every request: a write a minute is enough to keep a session alive.
        if extend is not None and row.expires_at < now() + extend - dt.timedelta(minutes=1):
            connection.execute(table.update().where(mine).values(expires_at=now() + extend))
        return _principal(connection, row.account_id), row.purpose


def revoke(engine: sa.Engine, token: str) -> None:
    """End a token; nothing if it is unknown."""
    with transaction(engine) as connection:
        connection.execute(tables.tokens.delete().where(tables.tokens.c.hash == _hash(token)))


def revoke_links(engine: sa.Engine) -> None:
    """End every one-time link that has not been used: they are made anew at each start."""
    with transaction(engine) as connection:
        connection.execute(tables.tokens.delete().where(tables.tokens.c.kind == "link"))


def _principal(connection: sa.Connection, account: int) -> Principal:
    name = connection.execute(sa.select(tables.accounts.c.name).where(tables.accounts.c.id == account)).scalar_one()
    roles = connection.execute(
        sa.select(tables.account_roles.c.role).where(tables.account_roles.c.account_id == account)
    ).scalars()
    grants = connection.execute(sa.select(tables.grants).where(tables.grants.c.account_id == account))
    return Principal(name, frozenset(roles), {row.case_id: Grant(row.handling, bool(row.sources)) for row in grants})


def _hash(token: str) -> str:
    # Tokens are 256 random bits: a plain hash is enough, there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()


def _local_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "local"
