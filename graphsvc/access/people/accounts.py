"""Accounts and how one proves itself: passwords, tokens of the command line, web sessions, one-time links."""

from __future__ import annotations

import base64
import datetime as dt
import getpass
import hashlib
import secrets
from collections.abc import Iterable, Mapping

import argon2
import sqlalchemy as sa

from graphsvc.access.log.audit import hold_clock, now
from graphsvc.access.people import account_of, attempts, enrolment, passwords
from graphsvc.access.people.policy import ROLES
from graphsvc.access.people.principal import ANY_CASE, Grant, Principal
from graphsvc.access.vault import Vault
from graphsvc.appdb import tables, transaction
from graphsvc.errors import NotSignedIn, Refused, RequestError
from graphsvc.records.lines import is_line

_HASHER = argon2.PasswordHasher()
WRONG = (
    "Name, password or code is not right, or too many attempts failed under this name. Check all three; after several"
    " failures wait some minutes."
)

# The person at the machine: may do everything with cases, but neither reveals witnesses nor reads the log of others.
LOCAL_ROLES = ("investigator", "analyst", "auditor", "administrator")


def add(engine: sa.Engine, name: str, roles: Iterable[str], grants: Mapping[str, Grant], password: str = "") -> None:
    """Add an account; without a password it can only sign in by token or one-time link.

    Raises:
        RequestError: the name is taken or empty, a role unknown, or the password is none (see `passwords`).
    """
    roles = known_roles(roles)
    if not is_line(name, 100):
        raise RequestError("An account needs a name of 1 to 100 characters, without line breaks or spaces around it.")
    with transaction(engine) as connection:
        if account_of.found(connection, name, disabled=True) is not None:
            raise RequestError(f"An account {name!r} exists already. Choose another name.")
        key = connection.execute(
            tables.accounts.insert().values(name=name, password_hash=hash_password(password, name), created_at=now())
        ).inserted_primary_key
        account = key[0] if key else 0
        if roles:
            connection.execute(
                tables.account_roles.insert(), [{"account_id": account, "role": role} for role in sorted(roles)]
            )
        for case, grant in grants.items():
            connection.execute(
                tables.grants.insert().values(
                    account_id=account, case_id=case, handling=grant.handling, sources=grant.sources
                )
            )


def known_roles(roles: Iterable[str]) -> frozenset[str]:
    """The roles, each once.

    Raises:
        RequestError: one of them is none.
    """
    names = frozenset(roles)
    for role in sorted(names - frozenset(ROLES)):
        raise RequestError(f"There is no role {role!r}. Roles: {', '.join(ROLES)}.")
    return names


def hash_password(password: str, name: str = "") -> str:
    """The Argon2 hash of a password of the account `name`; empty for none.

    Raises:
        RequestError: it is too short, or one that anyone would try.
    """
    if not password:
        return ""
    wrong = passwords.refusal(password, name)
    if wrong:
        raise RequestError(wrong)
    return _HASHER.hash(_bytes(password))


def listed(engine: sa.Engine) -> list[Principal]:
    """Every account that is not disabled, by name."""
    with transaction(engine) as connection:
        rows = connection.execute(
            sa.select(tables.accounts.c.id).where(~tables.accounts.c.disabled).order_by(tables.accounts.c.name)
        ).scalars()
        return [_principal(connection, account) for account in rows]


def current(engine: sa.Engine, name: str) -> Principal | None:
    """An account as it stands now, without roles and grants if it is disabled; None if no account has this name."""
    with transaction(engine) as connection:
        accounts = connection.execute(
            sa.select(tables.accounts.c.id, tables.accounts.c.name, tables.accounts.c.disabled)
        )
        for account in accounts.all():
            if account.name == name:
                return Principal(name, frozenset()) if account.disabled else _principal(connection, account.id)
    return None


def is_known(engine: sa.Engine, name: str) -> bool:
    """Whether an account that is not disabled has this name. It is compared here: a database may refuse what was typed."""
    with transaction(engine) as connection:
        names = connection.execute(sa.select(tables.accounts.c.name).where(~tables.accounts.c.disabled)).scalars()
        return name in set(names)


def ensure_local(engine: sa.Engine) -> None:
    """Give a fresh home one account for the person at the machine, cleared for all cases in it and for handling C."""
    with transaction(engine) as connection:
        if connection.execute(sa.select(tables.accounts.c.id).limit(1)).first():
            return
    add(engine, _local_name(), LOCAL_ROLES, {ANY_CASE: Grant("C", sources=True)})


def only_account(engine: sa.Engine, name: str, proven: frozenset[str] = frozenset({"custodian"})) -> Principal:
    """The account of a home that has a single one; `name` empty, or that account's.

    Args:
        engine: the application database.
        name: who is asked for; empty for whoever it is.
        proven: roles that must prove themselves all the same; so must who has set up a second factor.

    Raises:
        NotSignedIn: the home has several accounts, or the name is another.
        Refused: that account must always sign in.
    """
    accounts = listed(engine)
    if len(accounts) != 1:
        raise NotSignedIn("This home has several accounts, so each must sign in: run `graphsvc login NAME`.")
    (account,) = accounts
    if name and name != account.name:
        raise NotSignedIn(f"There is no account {name!r} here. Leave --user out, or sign in with `graphsvc login`.")
    if "custodian" in account.roles:
        raise Refused("A witness custodian must sign in with a password: run `graphsvc login NAME`.")
    if account.roles & proven or enrolment.has_second_factor(engine, account.name):
        raise Refused(f"{account.name} must sign in with password and second factor: run `graphsvc login NAME`.")
    return account


def sign_in(
    engine: sa.Engine,
    vault: Vault,
    name: str,
    password: str,
    code: str = "",
    place: attempts.Entrance = attempts.Entrance(),  # noqa: B008  # it is frozen
) -> Principal:
    """The account that name, password and, where it has a second factor, a code of that prove.

    Repeated failures lock a name for some minutes at their place, whether or not an account bears it.

    Raises:
        NotSignedIn: in the same words whatever was wrong.
    """
    key = attempts_key(vault)
    if not attempts.begin(engine, key, name, place):
        raise NotSignedIn(WRONG)
    # What no account can be called is not asked for: a database may refuse such text instead of finding nothing.
    asked = name if name.isprintable() else ""
    with transaction(engine) as connection:
        row = connection.execute(
            sa.select(tables.accounts).where(tables.accounts.c.name == asked, ~tables.accounts.c.disabled)
        ).first()
    # Both are looked at, always: the time it takes must not tell which of them was wrong, or who is here.
    right = password_is_right(row.password_hash if row is not None else "", password)
    account = row.id if row is not None else None
    right &= enrolment.code_is_right(engine, vault, account, code, take=right)
    if not right or account is None:
        raise NotSignedIn(WRONG)
    attempts.clear(engine, key, name, place)
    attempts.remember(engine, key, account, name, place)
    with transaction(engine) as connection:
        return _principal(connection, account)


def has_this_password(engine: sa.Engine, name: str, password: str) -> bool:
    """Whether an account has this password; one that has none has the empty one. Count attempts: see `attempts`."""
    with transaction(engine) as connection:
        stored = connection.execute(
            sa.select(tables.accounts.c.password_hash).where(
                tables.accounts.c.name == name, ~tables.accounts.c.disabled
            )
        ).scalar()
    return stored == "" if not password else password_is_right(stored or "", password)


def has_this_code(engine: sa.Engine, vault: Vault, name: str, code: str) -> bool:
    """Whether a code is good now for an account that has a second factor; it is used up. Count attempts."""
    with transaction(engine) as connection:
        account = account_of.found(connection, name)
    return enrolment.has_second_factor(engine, name) and enrolment.code_is_right(engine, vault, account, code)


def keep_password(engine: sa.Engine, name: str, hashed: str) -> None:
    """Keep the hash of a password for an account."""
    with transaction(engine) as connection:
        connection.execute(tables.accounts.update().where(tables.accounts.c.name == name).values(password_hash=hashed))


def password_is_right(stored: str, password: str) -> bool:
    """Whether a password is that of a stored hash; never where none is stored, in the same time."""
    try:
        _HASHER.verify(stored or _hash_of_nothing(), _bytes(password[: passwords.LONGEST_PASSWORD]))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return bool(stored)


def _hash_of_nothing() -> str:
    """What is verified when the name is unknown, so that the time it takes does not tell which names exist.

    A salt and a digest drawn by lot, in the form of a stored hash. Making a true one would cost as much as the check itself: at
    each start, or in the time that tells.
    """
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (_HASHER.salt_len, _HASHER.hash_len)
    )
    costs = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v={argon2.low_level.ARGON2_VERSION}${costs}${salt}${digest}"


def attempts_key(vault: Vault) -> bytes:
    """The key of the hashes that failed sign-ins are counted under."""
    return vault.derived("failed sign-ins")


def issue(
    engine: sa.Engine,
    name: str,
    kind: str,
    lifetime: dt.timedelta,
    purpose: str = "",
    *,
    limited: bool = False,
    longest: dt.timedelta | None = None,
    bound: str = "",
) -> str:
    """A new token of an account: kind `cli`, `web`, `link` or `setup` (good for one use). Only its hash is kept.

    Args:
        engine: the application database.
        name: of the account.
        kind: what it is good for.
        lifetime: until when, unless it is extended.
        purpose: why; stands in the log beside everything done with it.
        limited: it is good for nothing but setting up the second factor.
        longest: however it is extended, it ends then; None: it cannot be extended.
        bound: where it is used from: elsewhere it is good for nothing.
    """
    token = secrets.token_urlsafe(32)
    with transaction(engine) as connection:
        account = account_of.number_of(connection, name)
        connection.execute(tables.tokens.delete().where(tables.tokens.c.expires_at < now()))
        connection.execute(
            tables.tokens.insert().values(
                hash=token_hash(token),
                kind=kind,
                account_id=account,
                purpose=purpose,
                expires_at=now() + lifetime,
                ends_at=now() + longest if longest is not None else None,
                limited=limited,
                bound=token_hash(bound) if bound else "",
            )
        )
    return token


def redeem(
    engine: sa.Engine, token: str, kind: str, *, extend: dt.timedelta | None = None, bound: str = ""
) -> tuple[Principal, str]:
    """The account and purpose a token proves; a link is used up by it, a web session is extended up to its end.

    Raises:
        NotSignedIn: unknown, used, ended, bound to elsewhere, or of a disabled account.
    """
    table = tables.tokens
    hold_clock(engine)
    given = {"token": token_hash(token), "of_kind": kind, "at": now(), "bound_to": token_hash(bound) if bound else ""}
    with transaction(engine) as connection:
        row = connection.execute(_PROVEN, given).first()
        if row is None:
            raise NotSignedIn("The sign-in has ended. Sign in again.")
        mine = table.c.hash == given["token"]
        if kind in ("link", "setup") and connection.execute(table.delete().where(mine)).rowcount != 1:
            raise NotSignedIn("This link has been used. Ask for a new one.")
        # Not on every request: a write a minute is enough to keep a session alive.
        if extend is not None and row.ends_at is not None:
            until = min(now() + extend, row.ends_at)
            if row.expires_at < until - dt.timedelta(minutes=1):
                connection.execute(table.update().where(mine).values(expires_at=until))
        principal = _principal(connection, row.account_id)
    # Without roles and grants nothing opens, whoever forgets to ask.
    return (Principal(principal.name, frozenset(), must_enrol=True) if row.limited else principal), row.purpose


def token_owner(engine: sa.Engine, token: str, kind: str) -> str:
    """Whose a token is, without using it up; empty if it is good for nothing."""
    table = tables.tokens
    mine = (table.c.hash == token_hash(token), table.c.kind == kind, table.c.expires_at > now())
    query = sa.select(tables.accounts.c.name).join(table).where(*mine, ~tables.accounts.c.disabled)
    with transaction(engine) as connection:
        return str(connection.execute(query).scalar() or "")


def revoke(engine: sa.Engine, token: str) -> None:
    """End a token; nothing if it is unknown."""
    with transaction(engine) as connection:
        connection.execute(tables.tokens.delete().where(tables.tokens.c.hash == token_hash(token)))


def revoke_links(engine: sa.Engine) -> None:
    """End every one-time link that has not been used: they are made anew at each start."""
    with transaction(engine) as connection:
        connection.execute(tables.tokens.delete().where(tables.tokens.c.kind == "link"))


# Asked at every request, so made once. What a token proves, if it lives where it is used.
_PROVEN = (
    sa.select(*(tables.tokens.c[name] for name in ("account_id", "purpose", "expires_at", "ends_at", "limited")))
    .join(tables.accounts)
    .where(tables.tokens.c.hash == sa.bindparam("token"), tables.tokens.c.kind == sa.bindparam("of_kind"))
    .where(tables.tokens.c.expires_at > sa.bindparam("at"), tables.tokens.c.bound == sa.bindparam("bound_to"))
    .where(~tables.accounts.c.disabled)
)
# All that an account may: a row for each case it is cleared for, or a single one.
_PRINCIPAL = (
    sa.select(
        tables.accounts.c.name,
        tables.accounts.c.free_cypher,
        sa.select(sa.func.aggregate_strings(tables.account_roles.c.role, " "))
        .where(tables.account_roles.c.account_id == tables.accounts.c.id)
        .scalar_subquery()
        .label("roles"),
        tables.grants.c.case_id,
        tables.grants.c.handling,
        tables.grants.c.sources,
    )
    .join_from(tables.accounts, tables.grants, isouter=True)
    .where(tables.accounts.c.id == sa.bindparam("account"))
)


def _principal(connection: sa.Connection, account: int) -> Principal:
    rows = connection.execute(_PRINCIPAL, {"account": account}).all()
    cleared = {row.case_id: Grant(row.handling, bool(row.sources)) for row in rows if row.case_id is not None}
    roles = frozenset((rows[0].roles or "").split())
    return Principal(rows[0].name, roles, cleared, free_cypher=bool(rows[0].free_cypher))


def token_hash(token: str) -> str:
    """What is kept of a token."""
    # Tokens are 256 random bits: a plain hash is enough, there is nothing to guess.
    return hashlib.sha256(_bytes(token)).hexdigest()


def _bytes(text: str) -> bytes:
    """Any text as bytes, also what is half a character: a stranger may type anything."""
    return text.encode("utf-8", "surrogatepass")


def _local_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "local"
