"""Cases that share their ids, by a custodian's declaration: an id sealed in one is sealed in the other.

No open case names anybody whose id is sealed in a case that shares its ids, directly or through other cases. The
transaction that opens a case checks this rule for all of them and closes each case that breaks it, so that no reader
sees a name in between. `SealingAcross` then rebuilds closed cases. If it cannot, the next start or the next change of
that case does.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import permutations, product

import sqlalchemy as sa

from graphsvc.access.log.audit import now
from graphsvc.access.vault import Vault, kind_of, pseudonym, seal, unpack, unseal
from graphsvc.appdb import transaction
from graphsvc.appdb.rows import fill
from graphsvc.appdb.shared_ids import shared_ids as table
from graphsvc.appdb.tables import cases
from graphsvc.cases.graph.sealing import SharedMark, is_news, shared_marks, unpack_standings
from graphsvc.cases.graph.standing import Standings
from graphsvc.cases.progress import quiet
from graphsvc.errors import Busy, GraphsvcError, NotFound, RequestError
from graphsvc.records.lines import require_reason
from graphsvc.records.progress import Progress
from graphsvc.records.readers import LOADING, Readers

_LOG = logging.getLogger(__name__)
# Each round seals somebody, so this many rounds are never needed; cases still closed after them stay closed.
_TURNS = 20


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration in force, as read from one case. Times are UTC."""

    other: str
    account: str
    at: dt.datetime
    reason: str


class SharedIds:
    """The declarations of one application database."""

    def __init__(self, database: sa.Engine, vault: Vault) -> None:
        self._database, self._vault = database, vault

    def of(self, case: str) -> list[Declared]:
        """List the declarations of a case that are in force, by the name of the other case."""
        with transaction(self._database) as connection:
            rows = connection.execute(_lasting(case).order_by(table.c.other_id)).all()
            key = self._key(connection, case) if rows else b""
        return [fill(Declared, row, other=row.other_id, reason=unseal(key, table.c.reason_sealed, row)) for row in rows]

    def sealed_elsewhere(self, case: str) -> dict[str, tuple[SharedMark, ...]]:
        """Map delivered ids of people sealed in other cases with the same ids to their marks there."""
        result = defaultdict[str, set[SharedMark]](set)
        with transaction(self._database) as connection:
            for sealing in _sharing(connection, case)[1:]:
                for identifier, mark in _marks(sealing, self._standings(connection, sealing)):
                    if is_news(case, mark, None):
                        result[identifier].add(mark)
        return {identifier: tuple(sorted(marks)) for identifier, marks in result.items()}

    def declare(self, case: str, other_case: str, account: str, reason: str) -> None:
        """Store a declaration, and close each case that now names somebody sealed in another.

        The caller holds the locks of both cases.

        Raises:
            RequestError: the two are the same case, or share their ids already, or the reason is missing.
        """
        reason = require_reason(reason)
        if case == other_case:
            raise RequestError("A case shares its ids with another case. Choose another one.")
        with transaction(self._database) as connection:
            if connection.execute(_lasting(case).where(table.c.other_id == other_case)).first() is not None:
                raise RequestError("These two cases share their ids already.")
            for near, far in ((case, other_case), (other_case, case)):
                connection.execute(table.delete().where(table.c.case_id == near, table.c.other_id == far))
                row = {"case_id": near, "other_id": far, "account": account, "at": now()}
                sealed = seal(self._key(connection, near), table.c.reason_sealed, row, reason)
                connection.execute(table.insert().values(**row, reason_sealed=sealed))
            self.close_naming(connection, case)

    def end(self, case: str, other_case: str, account: str) -> None:
        """End a declaration. This unseals nobody: sealed people stay sealed.

        Raises:
            NotFound: no declaration between the two is in force.
        """
        with transaction(self._database) as connection:
            both = sa.or_(
                sa.and_(table.c.case_id == case, table.c.other_id == other_case),
                sa.and_(table.c.case_id == other_case, table.c.other_id == case),
            )
            ended = table.update().where(both, table.c.ended_at.is_(None)).values(ended_by=account, ended_at=now())
            if not connection.execute(ended).rowcount:
                raise NotFound("These two cases do not share their ids.")

    def close_naming(self, connection: sa.Connection, case: str) -> None:
        """Close each case that shares the ids and names a person sealed in another, unless it has recorded the mark."""
        sharing = _sharing(connection, case)
        standing = {name: self._standings(connection, name) for name in sharing} if sharing[1:] else {}
        for naming, sealing in permutations(standing, 2):
            key = self._key(connection, naming)
            levels = _news(naming, standing[naming], _marks(sealing, standing[sealing]), key)
            if levels:
                # A mark known only under C closes the case only to readers cleared for C.
                readers = Readers.ALL if "P" in levels else Readers.CLEARED_FOR_C
                wider = [state for closed_to, state in LOADING.items() if closed_to >= readers]
                open_yet = sa.and_(cases.c.id == naming, cases.c.state.not_in(wider))
                connection.execute(cases.update().where(open_yet).values(state=LOADING[readers]))

    def closed_cases(self) -> list[str]:
        """List the cases that are closed to readers and have or had a declaration."""
        with transaction(self._database) as connection:
            declared = sa.select(table.c.case_id)
            query = sa.select(cases.c.id).where(cases.c.id.in_(declared), cases.c.state != "open").order_by(cases.c.id)
            return list(connection.execute(query).scalars())

    def _standings(self, connection: sa.Connection, case: str) -> Standings:
        sealed = connection.execute(sa.select(cases.c.standings_sealed).where(cases.c.id == case)).scalar()
        if sealed is None:
            return {}
        return unpack_standings(unpack(self._key(connection, case), sealed, f"standings {case}"))

    def _key(self, connection: sa.Connection, case: str) -> bytes:
        wrapped = connection.execute(sa.select(cases.c.key_sealed).where(cases.c.id == case)).scalar_one()
        return self._vault.key(wrapped, f"case {case}")


class SealingAcross:
    """Rebuilds cases that share their ids with a case in which somebody was sealed.

    Args:
        shared: stores the declarations.
        at_work: holds the lock of a case for a block; completes the case first if it is closed.
    """

    def __init__(self, shared: SharedIds, at_work: Callable[[str, Progress], AbstractContextManager[bytes]]) -> None:
        self._shared, self._at_work = shared, at_work

    def declare(self, case: str, other_case: str, account: str, reason: str) -> None:
        """Declare that two cases share their ids. Follow with `Casework.rewrite`.

        Raises:
            RequestError: as `SharedIds.declare`. Busy: one of the two is being loaded.
        """
        if case == other_case:
            self._shared.declare(case, other_case, account, reason)
        first, second = sorted((case, other_case))
        with self._at_work(first, quiet), self._at_work(second, quiet):
            self._shared.declare(case, other_case, account, reason)

    def around(self, rewrite: Callable[[], bool]) -> bool:
        """Complete closed cases before a rewrite of the store, and again afterwards, as it opens cases one by one."""
        self.complete()
        is_managed = rewrite()
        self.complete()
        return is_managed

    def complete(self) -> None:
        """Rebuild closed cases with a declaration, until each is open, is being loaded or has failed."""
        for _ in range(_TURNS):
            completed = [self._complete(case) for case in self._shared.closed_cases()]
            if not any(completed):
                return

    def _complete(self, case: str) -> bool:
        try:
            with self._at_work(case, quiet):
                return True
        except Busy:
            return False  # the load in progress checks people sealed elsewhere before it opens the case
        except GraphsvcError as error:
            _LOG.error("a case could not be completed and stays closed: %s", type(error).__name__)
            return False


def _lasting(case: str) -> sa.Select[tuple[str, str, str, bytes, dt.datetime]]:
    columns = (table.c.case_id, table.c.other_id, table.c.account, table.c.reason_sealed, table.c.at)
    return sa.select(*columns).where(table.c.case_id == case, table.c.ended_at.is_(None))


def _sharing(connection: sa.Connection, case: str) -> list[str]:
    """List a case and all that share its ids, directly or through others."""
    cases_sharing = [case]
    for each in cases_sharing:
        near = sorted(row.other_id for row in connection.execute(_lasting(each)))
        cases_sharing += [name for name in near if name not in cases_sharing]
    return cases_sharing


def _marks(case: str, standing: Standings) -> Iterator[tuple[str, SharedMark]]:
    """Yield delivered ids of people sealed in a case, each with a mark. Things and places follow their people."""
    for name, entity in standing.items():
        if entity.sealed and kind_of(name) == "person":
            yield from product((str(identity["id"]) for identity in entity.identities), shared_marks(case, entity))


def _news(case: str, standing: Standings, marks: Iterable[tuple[str, SharedMark]], key: bytes) -> set[str]:
    """Return the levels of new marks of people named here, unless two persons opened them knowing the mark.

    For a hidden person the level is C: closing the case to readers of P would reveal that it has this person.
    """
    entities = ((standing.get(pseudonym(key, "person", identifier)), mark) for identifier, mark in marks)
    return {
        "C" if entity.is_hidden else mark.level
        for entity, mark in entities
        if entity is not None and entity.is_named and is_news(case, mark, entity)
    }
