"""What somebody decided on two sources: that they are independent after all, or depend on each other after all.

By pseudonym, so that it outlasts later deliveries. A decision that is taken back stays in the list. Reasons may name
someone: they are sealed under the case's key, and masked with all that people typed.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from graphsvc.access.log.audit import now
from graphsvc.access.vault import pack, unpack
from graphsvc.appdb import tables, transaction
from graphsvc.errors import NotFound, RequestError
from graphsvc.records.lines import require_reason

PAIR_KINDS = ("independent", "dependent")
_ROW = tables.pairings


@dataclass(frozen=True, slots=True)
class Pairing:
    """A decision on two sources. Times are UTC.

    Attributes:
        one, other: pseudonyms, in order.
        kind: of PAIR_KINDS.
        handling: `C` counts for those cleared for C alone, as what it rests on may be.
        ended_at: when it was taken back, or None while it lasts.
    """

    id: str
    one: str
    other: str
    kind: str
    handling: str
    reason: str
    by: str
    at: dt.datetime
    ended_by: str
    ended_reason: str
    ended_at: dt.datetime | None

    @property
    def pair(self) -> tuple[str, str]:
        """The two sources, in order."""
        return self.one, self.other


class Pairs:
    """The decisions on pairs of sources in every case of one application database."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    def decide(
        self, case: str, key: bytes, pair: Collection[str], kind: str, handling: str, reason: str, by: str, state: str
    ) -> str:
        """Keep a decision and give the case a `state`, both at once; gives its id. An earlier one on the same pair ends.

        The state is that of the case until its figures are computed again: `loading` or, where that shows in nothing under
        handling code P, `loading-c`. One under C never ends one under P: those cleared for P alone would learn of it.

        Raises:
            RequestError: it is no pair, no such kind or handling, without a reason, or decided so already.
        """
        words = require_decision(pair, kind, handling, reason)
        source, other = sorted(pair)
        identifier = secrets.token_hex(16)
        with transaction(self._database) as connection:
            lasts = (_ROW.c.case_id == case, _ROW.c.one == source, _ROW.c.other == other, _ROW.c.ended_at.is_(None))
            mine = (*lasts, _ROW.c.handling == handling)
            for row in connection.execute(sa.select(_ROW).where(*mine)).all():
                if row.kind == kind:
                    raise decided_already(kind)
                ended = {"ended_by": by, "ended_at": now(), "ended_sealed": pack(key, words, f"pairing {row.id} end")}
                connection.execute(_ROW.update().where(_ROW.c.id == row.id).values(**ended))
            connection.execute(
                _ROW.insert().values(
                    id=identifier,
                    case_id=case,
                    one=source,
                    other=other,
                    kind=kind,
                    handling=handling,
                    account=by,
                    reason_sealed=pack(key, words, f"pairing {identifier} reason"),
                    at=now(),
                )
            )
            _close(connection, case, state)
        return identifier

    def with_decided(
        self, case: str, key: bytes, pair: Collection[str], kind: str, handling: str, reason: str, by: str
    ) -> list[Pairing]:
        """The decisions that would last if this one were kept, oldest first. Arguments and errors as of `decide`."""
        words = require_decision(pair, kind, handling, reason)
        source, other = sorted(pair)
        before = self.lasting(case, key)
        same = [each for each in before if each.pair == (source, other) and each.handling == handling]
        if any(each.kind == kind for each in same):
            raise decided_already(kind)
        new = Pairing("", source, other, kind, handling, words, by, now(), "", "", None)
        return [*(each for each in before if each not in same), new]

    def without(self, case: str, key: bytes, pairing: str) -> list[Pairing]:
        """The decisions that would last if this one were taken back, oldest first.

        Raises:
            NotFound: there is none that lasts.
        """
        before = self.lasting(case, key)
        left = [each for each in before if each.id != pairing]
        if len(left) == len(before):
            raise no_such_pairing()
        return left

    def end(self, case: str, key: bytes, pairing: str, reason: str, by: str, state: str) -> None:
        """Take a decision back and give the case a `state` as `decide` does, both at once; it stays in the list.

        Raises:
            NotFound: there is none that lasts. RequestError: no reason.
        """
        words = require_reason(reason)
        mine = (_ROW.c.id == pairing, _ROW.c.case_id == case, _ROW.c.ended_at.is_(None))
        ended = {"ended_by": by, "ended_at": now(), "ended_sealed": pack(key, words, f"pairing {pairing} end")}
        with transaction(self._database) as connection:
            if not connection.execute(_ROW.update().where(*mine).values(**ended)).rowcount:
                raise no_such_pairing()
            _close(connection, case, state)

    def of(self, case: str, key: bytes) -> list[Pairing]:
        """Every decision of a case, newest first; taken back or not."""
        query = sa.select(_ROW).where(_ROW.c.case_id == case).order_by(_ROW.c.at.desc(), _ROW.c.id)
        with transaction(self._database) as connection:
            rows = connection.execute(query).all()
        return [
            Pairing(
                id=row.id,
                one=row.one,
                other=row.other,
                kind=row.kind,
                handling=row.handling,
                reason=unpack(key, row.reason_sealed, f"pairing {row.id} reason"),
                by=row.account,
                at=row.at,
                ended_by=row.ended_by,
                ended_reason=unpack(key, row.ended_sealed, f"pairing {row.id} end") if row.ended_sealed else "",
                ended_at=row.ended_at,
            )
            for row in rows
        ]

    def lasting(self, case: str, key: bytes) -> list[Pairing]:
        """The decisions that last, oldest first: of two on one pair the later counts."""
        return [pairing for pairing in reversed(self.of(case, key)) if pairing.ended_at is None]


def forget(connection: sa.Connection, case: str, sources: Collection[str]) -> None:
    """Forget every decision on sources that are erased."""
    gone = sorted(sources)
    connection.execute(
        _ROW.delete().where(_ROW.c.case_id == case, sa.or_(_ROW.c.one.in_(gone), _ROW.c.other.in_(gone)))
    )


def decided_already(kind: str) -> RequestError:
    """What is said of a decision that lasts already."""
    return RequestError(f"These two sources are decided to be {kind} already.")


def no_such_pairing() -> NotFound:
    """The one answer to a decision that is not there and to one that is not yours."""
    return NotFound("There is no such decision on two sources that lasts in this case.")


def require_decision(pair: Collection[str], kind: str, handling: str, reason: str) -> str:
    """The reason of a decision in words, if it is one.

    Raises:
        RequestError: it is on no pair, of no such kind or handling, or without a reason.
    """
    if len(set(pair)) != 2 or len(pair) != 2:
        raise RequestError("Name two different sources, by the pseudonyms that the page of groups shows.")
    if kind not in PAIR_KINDS or handling not in ("P", "C"):
        raise RequestError(f"Two sources are {' or '.join(PAIR_KINDS)}, under handling P or C.")
    return require_reason(reason)


def _close(connection: sa.Connection, case: str, state: str) -> None:
    """The case's figures are not current until they are computed again."""
    connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state=state))
