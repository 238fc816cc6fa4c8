"""Accounts and their proofs of identity: passwords, command-line tokens, web sessions, one-time links."""

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

# The person at the machine: may work on cases, read the log and manage accounts, but not reveal witnesses.
LOCAL_ROLES = ("investigator", "analyst", "auditor", "administrator")


def add(engine: sa.Engine, name: str, roles: Iterable[str], grants: Mapping[str, Grant], password: str = "") -> None:
    """Add an account; without a password it can only sign in by token or one-time link.

    Raises:
        RequestError: the name is taken or invalid, a role is unknown, or the password is refused (see `passwords`).
    """
    roles = known_roles(roles)
    if not is_line(name, 100):
        raise RequestError("An account needs a name of 1 to 100 characters, without line breaks or spaces around it.")
    with transaction(engine) as connection:
        if account_of.find_number(connection, name, disabled=True) is not None:
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
    """Return the distinct roles.

    Raises:
        RequestError: a role is unknown.
    """
    names = frozenset(roles)
    for role in sorted(names - frozenset(ROLES)):
        raise RequestError(f"There is no role {role!r}. Roles: {', '.join(ROLES)}.")
    return names


def hash_password(password: str, name: str = "") -> str:
    """Return the Argon2 hash of a password for the account `name`; empty for an empty password.

    Raises:
        RequestError: the password is too short, or easy to guess.
    """
    if not password:
        return ""
    wrong = passwords.refusal(password, name)
    if wrong:
        raise RequestError(wrong)
    return _HASHER.hash(_bytes(password))


def list_accounts(engine: sa.Engine) -> list[Principal]:
    """List every account that is not disabled, by name."""
    with transaction(engine) as connection:
        rows = connection.execute(
            sa.select(tables.accounts.c.id).where(~tables.accounts.c.disabled).order_by(tables.accounts.c.name)
        ).scalars()
        return [_principal(connection, account) for account in rows]


def current(engine: sa.Engine, name: str) -> Principal | None:
    """Return an account's current state, without roles and grants if disabled; None if no account has this name."""
    with transaction(engine) as connection:
        accounts = connection.execute(
            sa.select(tables.accounts.c.id, tables.accounts.c.name, tables.accounts.c.disabled)
        )
        for account in accounts.all():
            if account.name == name:
                return Principal(name, frozenset()) if account.disabled else _principal(connection, account.id)
    return None


def is_known(engine: sa.Engine, name: str) -> bool:
    """Whether an enabled account has this name. Compared in Python: a database may reject the typed text."""
    with transaction(engine) as connection:
        names = connection.execute(sa.select(tables.accounts.c.name).where(~tables.accounts.c.disabled)).scalars()
        return name in set(names)


def ensure_local(engine: sa.Engine) -> None:
    """Give a new home one account for the person at the machine, cleared for all cases in it and for handling C."""
    with transaction(engine) as connection:
        if connection.execute(sa.select(tables.accounts.c.id).limit(1)).first():
            return
    add(engine, _local_name(), LOCAL_ROLES, {ANY_CASE: Grant("C", sources=True)})


def only_account(engine: sa.Engine, name: str, proven: frozenset[str] = frozenset({"custodian"})) -> Principal:
    """Return the account of a home that has only one; `name` must be empty or that account's.

    Args:
        engine: the application database.
        name: the requested account; empty for the only one.
        proven: roles that must sign in anyway. So must a custodian, and any account with a second factor.

    Raises:
        NotSignedIn: the home has several accounts, or the only one has another name.
        Refused: that account must always sign in.
    """
    accounts = list_accounts(engine)
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
    place: attempts.Entrance = attempts.Entrance(),  # noqa: B008  # the default is frozen
) -> Principal:
    """Return the account proven by name, password and, if it has a second factor, a code.

    Repeated failures block a name at that place for some minutes, whether or not an account has the name.

    Raises:
        NotSignedIn: something was wrong; the message is always the same.
    """
    key = attempts_key(vault)
    if not attempts.begin(engine, key, name, place):
        raise NotSignedIn(WRONG)
    # Text that cannot be an account's name is not looked up: a database may raise an error instead of finding nothing.
    queried_name = name if name.isprintable() else ""
    with transaction(engine) as connection:
        row = connection.execute(
            sa.select(tables.accounts).where(tables.accounts.c.name == queried_name, ~tables.accounts.c.disabled)
        ).first()
    # Both are always checked: the time taken must not reveal which was wrong, or which accounts exist.
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
    """Whether a password is right; an empty one is right for an account without password. Callers count attempts."""
    with transaction(engine) as connection:
        stored = connection.execute(
            sa.select(tables.accounts.c.password_hash).where(
                tables.accounts.c.name == name, ~tables.accounts.c.disabled
            )
        ).scalar()
    return stored == "" if not password else password_is_right(stored or "", password)


def has_this_code(engine: sa.Engine, vault: Vault, name: str, code: str) -> bool:
    """Whether a code is valid now for an account with a second factor; uses up the code. Callers count attempts."""
    with transaction(engine) as connection:
        account = account_of.find_number(connection, name)
    return enrolment.has_second_factor(engine, name) and enrolment.code_is_right(engine, vault, account, code)


def keep_password(engine: sa.Engine, name: str, hashed: str) -> None:
    """Store the hash of a password for an account."""
    with transaction(engine) as connection:
        connection.execute(tables.accounts.update().where(tables.accounts.c.name == name).values(password_hash=hashed))


def password_is_right(stored: str, password: str) -> bool:
    """Whether a password matches a stored hash; without a hash, False after the same time."""
    try:
        _HASHER.verify(stored or _hash_of_nothing(), _bytes(password[: passwords.LONGEST_PASSWORD]))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return bool(stored)


def _hash_of_nothing() -> str:
    """Return a hash to verify when the name is unknown, so that the time taken does not reveal which names exist.

    Its salt and digest are random. Computing a real hash would take as long as checking one, either at each start or
    within the time that an attacker measures.
    """
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (_HASHER.salt_len, _HASHER.hash_len)
    )
    costs = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v={argon2.low_level.ARGON2_VERSION}${costs}${salt}${digest}"


def attempts_key(vault: Vault) -> bytes:
    """Return the key of the hashes under which failed sign-ins are counted."""
    return vault.derive_key("failed sign-ins")


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
    """Create a token of kind `cli`, `web`, `link` or `setup` (the last two for one use). Only its hash is stored.

    Args:
        engine: the application database.
        name: of the account.
        kind: what it is valid for.
        lifetime: how long, unless it is extended.
        purpose: the reason for signing in; logged with each act under this token.
        limited: whether it is valid only for setting up the second factor.
        longest: longest lifetime including extensions; None: it cannot be extended.
        bound: identifies the place it is used from; it is not valid elsewhere.
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
    """Return the account and purpose that a token proves; use up a link; extend a web session, up to its end.

    Raises:
        NotSignedIn: the token is unknown, used, expired, bound to another place, or of a disabled account.
    """
    table = tables.tokens
    hold_clock(engine)
    bindings = {
        "token": token_hash(token),
        "of_kind": kind,
        "at": now(),
        "bound_to": token_hash(bound) if bound else "",
    }
    with transaction(engine) as connection:
        row = connection.execute(_PROVEN, bindings).first()
        if row is None:
            raise NotSignedIn("The sign-in has ended. Sign in again.")
        mine = table.c.hash == bindings["token"]
        if kind in ("link", "setup") and connection.execute(table.delete().where(mine)).rowcount != 1:
            raise NotSignedIn("This link has been used. Ask for a new one.")
        # Not on every request: a write a minute is enough to keep a session alive.
        if extend is not None and row.ends_at is not None:
            until = min(now() + extend, row.ends_at)
            if row.expires_at < until - dt.timedelta(minutes=1):
                connection.execute(table.update().where(mine).values(expires_at=until))
        principal = _principal(connection, row.account_id)
    # A limited sign-in has no roles or grants, so it opens nothing even if a caller forgets to check.
    return (Principal(principal.name, frozenset(), must_enrol=True) if row.limited else principal), row.purpose


def token_owner(engine: sa.Engine, token: str, kind: str) -> str:
    """Return the name of a token's owner, without using the token up; empty if it is not valid."""
    table = tables.tokens
    mine = (table.c.hash == token_hash(token), table.c.kind == kind, table.c.expires_at > now())
    query = sa.select(tables.accounts.c.name).join(table).where(*mine, ~tables.accounts.c.disabled)
    with transaction(engine) as connection:
        return str(connection.execute(query).scalar() or "")


def revoke(engine: sa.Engine, token: str) -> None:
    """End a token; does nothing if it is unknown."""
    with transaction(engine) as connection:
        connection.execute(tables.tokens.delete().where(tables.tokens.c.hash == token_hash(token)))


def revoke_links(engine: sa.Engine) -> None:
    """End every unused one-time link; each start of the service makes new ones."""
    with transaction(engine) as connection:
        connection.execute(tables.tokens.delete().where(tables.tokens.c.kind == "link"))


# Query for a valid token presented at the place it is bound to: run at every request, so built once.
_PROVEN = (
    sa.select(*(tables.tokens.c[name] for name in ("account_id", "purpose", "expires_at", "ends_at", "limited")))
    .join(tables.accounts)
    .where(tables.tokens.c.hash == sa.bindparam("token"), tables.tokens.c.kind == sa.bindparam("of_kind"))
    .where(tables.tokens.c.expires_at > sa.bindparam("at"), tables.tokens.c.bound == sa.bindparam("bound_to"))
    .where(~tables.accounts.c.disabled)
)
# All permissions of an account: a row for each case it is cleared for, or one row without a case.
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
    """Return the form in which a token is stored."""
    # Tokens are 256 random bits, which nobody can guess, so a plain hash is enough.
    return hashlib.sha256(_bytes(token)).hexdigest()


def _bytes(text: str) -> bytes:
    """Encode any text, even unpaired surrogates: strangers may type anything."""
    return text.encode("utf-8", "surrogatepass")


def _local_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "local"
