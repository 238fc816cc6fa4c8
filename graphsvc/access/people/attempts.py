"""Failed sign-ins, counted so that no one can guess for long and no stranger can lock a colleague out.

They are counted by name and address, by address, and, with a higher limit over a longer time, by name. A device that
the account has signed in from has its own count: failures elsewhere, or behind the same address, do not stop it.
Failures elsewhere do not stop an address that the account has signed in from either.

A name without an account is counted exactly like one with an account, so the counts never reveal which names exist.
Names, addresses and devices are stored as keyed hashes: text typed in the wrong field may be a password.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

import sqlalchemy as sa

from graphsvc.access.log.audit import now
from graphsvc.appdb import tables, transaction

FREE_FAILURES = 5
LOCK_MINUTES = 5
# Most failures from one address, under any names, within the same minutes.
ADDRESS_FAILURES = 30
# Most failures under one name, from anywhere: more than a single address can cause.
NAME_FAILURES = 200
NAME_MINUTES = 60
# Most counters kept; beyond that the oldest are dropped, so that made-up names cannot fill the disk.
MOST_COUNTED = 10_000
# How long a place that an account has signed in from stays known, and how many places one account can have.
KNOWN_DAYS = 180
MOST_PLACES = 50
_IPV6_SITE = 64


@dataclass(frozen=True, slots=True)
class Entrance:
    """The place of a sign-in.

    Attributes:
        address: IP address, or a word such as `command line`; empty if not known: then nothing is counted by address.
        device: a secret that the browser keeps; empty if it has none.
        inside: whether a signed-in user proves their identity again: then only failures while signed in count.
    """

    address: str = ""
    device: str = ""
    inside: bool = False

    @property
    def site(self) -> str:
        """The address as it is counted: for IPv6, the network that a provider gives to one customer.

        Example:
            >>> Entrance("2001:db8::1").site, Entrance("::ffff:192.0.2.7").site
            ('2001:db8::/64', '192.0.2.7')
        """
        try:
            address = ip_address(self.address)
        except ValueError:
            return self.address
        if isinstance(address, IPv6Address):
            if address.ipv4_mapped:
                return str(address.ipv4_mapped)
            return str(ip_network((int(address), _IPV6_SITE), strict=False))
        return str(address)


@dataclass(frozen=True, slots=True)
class _Counter:
    """A count of failures: its key, how many are allowed, and within how many minutes."""

    key: tuple[str, ...]
    most: int
    minutes: int


def begin(engine: sa.Engine, key: bytes, name: str, place: Entrance = Entrance()) -> bool:  # the default is frozen
    """Count an attempt under a name as failed before it is checked; return whether it may be checked.

    Otherwise many concurrent attempts could all be checked before any of them was counted. `clear` uncounts a
    successful attempt.
    """
    table, moment = tables.attempts, now()
    with transaction(engine) as connection:
        connection.execute(table.delete().where(table.c.until < moment))
        for counter in _counters(connection, key, name, place):
            # A refused attempt is not counted further: it was not checked, and must not block others.
            if not _count_failure(connection, key, name, counter, moment):
                return False
    return True


def clear(engine: sa.Engine, key: bytes, name: str, place: Entrance | None = None) -> None:
    """Undo the count of `begin` once an account holder has proven their identity, and forget failures at that place.

    Without a place (an administrator vouches for them), all failures under the name are deleted.
    """
    table = tables.attempts
    with transaction(engine) as connection:
        if place is None:
            connection.execute(table.delete().where(table.c.name_hash == _hash(key, "name", name)))
            return
        own, *shared_counters = _counters(connection, key, name, place)
        connection.execute(table.delete().where(table.c.hash == _hash(key, *own.key)))
        # Reduced, not deleted: otherwise an account holder could go on guessing other people's passwords for ever.
        for counter in shared_counters:
            mine = (table.c.hash == _hash(key, *counter.key), table.c.failures > 0)
            connection.execute(table.update().where(*mine).values(failures=table.c.failures - 1))


def remember(engine: sa.Engine, key: bytes, account: int, name: str, place: Entrance) -> None:
    """Record a place as one that an account has signed in from."""
    table, moment = tables.known_places, now()
    site, device = place.site, place.device
    keys = [("at address", name, site)] * bool(site) + [("at device", name, device)] * bool(device)
    with transaction(engine) as connection:
        for mine in (_hash(key, *parts) for parts in keys):
            if connection.execute(table.update().where(table.c.hash == mine).values(at=moment)).rowcount:
                continue
            with suppress(sa.exc.IntegrityError), connection.begin_nested():  # a concurrent sign-in stored it first
                connection.execute(table.insert().values(hash=mine, account_id=account, at=moment))
        theirs = table.c.account_id == account
        connection.execute(table.delete().where(theirs, table.c.at < moment - dt.timedelta(days=KNOWN_DAYS)))
        newest = sa.select(table.c.hash).where(theirs).order_by(table.c.at.desc(), table.c.hash)
        beyond = list(connection.execute(newest.offset(MOST_PLACES)).scalars())
        connection.execute(table.delete().where(table.c.hash.in_(beyond)))


def _counters(connection: sa.Connection, key: bytes, name: str, place: Entrance) -> Iterator[_Counter]:
    """Yield the counters of an attempt, its own counter first."""
    if place.inside:
        yield _Counter(("inside", name), FREE_FAILURES, LOCK_MINUTES)
        return
    if place.device and _is_known(connection, key, ("at device", name, place.device)):
        yield _Counter(("device", name, place.device), FREE_FAILURES, LOCK_MINUTES)
        return
    yield _Counter(("pair", name, place.site), FREE_FAILURES, LOCK_MINUTES)
    if place.site:
        yield _Counter(("address", place.site), ADDRESS_FAILURES, LOCK_MINUTES)
    if not place.site or not _is_known(connection, key, ("at address", name, place.site)):
        yield _Counter(("name", name), NAME_FAILURES, NAME_MINUTES)


def _count_failure(connection: sa.Connection, key: bytes, name: str, counter: _Counter, moment: dt.datetime) -> bool:
    """Count one more failure, unless the limit is reached; return whether it was counted."""
    table, mine = tables.attempts, _hash(key, *counter.key)
    free = table.update().where(table.c.hash == mine, table.c.failures < counter.most)
    more = free.values(failures=table.c.failures + 1)
    if connection.execute(more).rowcount:
        return True
    if connection.execute(sa.select(table.c.failures).where(table.c.hash == mine)).first():
        return False
    values = {
        "hash": mine,
        "name_hash": "" if counter.key[0] == "address" else _hash(key, "name", name),
        "failures": 1,
        "until": moment + dt.timedelta(minutes=counter.minutes),
    }
    try:
        with connection.begin_nested():
            connection.execute(table.insert().values(**values))
    except sa.exc.IntegrityError:
        # A concurrent attempt stored it first.
        return bool(connection.execute(more).rowcount)
    _forget_oldest(connection)
    return True


def _is_known(connection: sa.Connection, key: bytes, place: tuple[str, ...]) -> bool:
    table = tables.known_places
    recent = table.c.at >= now() - dt.timedelta(days=KNOWN_DAYS)
    return (
        connection.execute(sa.select(table.c.at).where(table.c.hash == _hash(key, *place), recent)).first() is not None
    )


def _forget_oldest(connection: sa.Connection) -> None:
    table = tables.attempts
    beyond = sa.select(table.c.until).order_by(table.c.until.desc()).offset(MOST_COUNTED).limit(1)
    oldest = connection.execute(beyond).scalar()
    if oldest is not None:
        connection.execute(table.delete().where(table.c.until <= oldest))


def _hash(key: bytes, *parts: str) -> str:
    # With the lengths, no two different lists of parts give the same text.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()
