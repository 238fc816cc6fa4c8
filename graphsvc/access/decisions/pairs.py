"""Decisions that two sources are independent after all, or depend on each other after all.

Stored by pseudonym, so that decisions outlast later deliveries. A decision that is taken back stays in the list.
Reasons may name people: they are sealed under the case's key, and masked like all typed text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.access.log.audit import now
from graphsvc.appdb import tables, transaction
from graphsvc.appdb.rows import fill
from graphsvc.errors import NotFound, RequestError
from graphsvc.records.lines import require_reason

PAIR_KINDS = ("independent", "dependent")
_ROW = tables.pairings
_PAIRINGS = StoredRows(_ROW)


@dataclass(frozen=True, slots=True)
class Pairing:
    """A decision on two sources. Times are UTC.

    Attributes:
        one, other: pseudonyms, sorted.
        kind: of PAIR_KINDS.
        handling: a decision under `C` applies only for readers cleared for C, since it may rest on C material.
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
        """The two sources, sorted."""
        return self.one, self.other


class Pairs:
    """The decisions on pairs of sources for every case in one application database."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    def decide(
        self, case: str, key: bytes, pair: Collection[str], kind: str, handling: str, reason: str, by: str, state: str
    ) -> str:
        """Store a decision and set the case's `state`, in one transaction; return its id.

        An earlier decision on the pair ends, but a decision under C never ends one under P: readers cleared only for P
        would notice. The case keeps this state (`readers.LOADING`) until its figures are recomputed.

        Raises:
            RequestError: the pair, kind, handling or reason is not valid, or the decision is in force already.
        """
        words = require_decision(pair, kind, handling, reason)
        source, second = sorted(pair)
        with transaction(self._database) as connection:
            same = (_ROW.c.one == source, _ROW.c.other == second, _ROW.c.handling == handling)
            for row in _PAIRINGS.newest(connection, *_lasts(case), *same):
                if row.kind == kind:
                    raise decided_already(kind)
                _PAIRINGS.change(connection, row.id, key=key, ended_by=by, ended_at=now(), ended_sealed=words)
            identifier = _PAIRINGS.add(
                connection,
                key,
                case_id=case,
                one=source,
                other=second,
                kind=kind,
                handling=handling,
                account=by,
                reason_sealed=words,
            )
            _close(connection, case, state)
        return identifier

    def with_decided(
        self, case: str, key: bytes, pair: Collection[str], kind: str, handling: str, reason: str, by: str
    ) -> list[Pairing]:
        """List the decisions in force if a new one were stored, oldest first. Arguments and errors as in `decide`."""
        words = require_decision(pair, kind, handling, reason)
        source, second = sorted(pair)
        before = self.lasting(case, key)
        same = [each for each in before if each.pair == (source, second) and each.handling == handling]
        if any(each.kind == kind for each in same):
            raise decided_already(kind)
        new = Pairing("", source, second, kind, handling, words, by, now(), "", "", None)
        return [*(each for each in before if each not in same), new]

    def without(self, case: str, key: bytes, pairing: str) -> list[Pairing]:
        """List the decisions in force if one were taken back, oldest first.

        Raises:
            NotFound: no such decision is in force.
        """
        before = self.lasting(case, key)
        left = [each for each in before if each.id != pairing]
        if len(left) == len(before):
            raise no_such_pairing()
        return left

    def end(self, case: str, key: bytes, pairing: str, reason: str, by: str, state: str) -> None:
        """Take a decision back and set the case's `state` in the same transaction; the decision stays in the list.

        Raises:
            NotFound: no such decision is in force. RequestError: no valid reason.
        """
        words = require_reason(reason)
        ended = {"ended_by": by, "ended_at": now(), "ended_sealed": words}
        with transaction(self._database) as connection:
            if not _PAIRINGS.change(connection, pairing, *_lasts(case), key=key, **ended):
                raise no_such_pairing()
            _close(connection, case, state)

    def of(self, case: str, key: bytes) -> list[Pairing]:
        """List every decision of a case, newest first, including those taken back."""
        return [
            fill(
                Pairing,
                row,
                by=row.account,
                reason=_PAIRINGS.words(key, row, "reason_sealed"),
                ended_reason=_PAIRINGS.words(key, row, "ended_sealed"),
            )
            for row in _PAIRINGS.newest(self._database, _ROW.c.case_id == case)
        ]

    def lasting(self, case: str, key: bytes) -> list[Pairing]:
        """List the decisions in force, oldest first; if there are two on one pair, the later one applies."""
        return [pairing for pairing in reversed(self.of(case, key)) if pairing.ended_at is None]


def forget(connection: sa.Connection, case: str, sources: Collection[str]) -> None:
    """Delete every decision on sources that are erased."""
    theirs = _ROW.c.one.in_(sources) | _ROW.c.other.in_(sources)
    connection.execute(_ROW.delete().where(_ROW.c.case_id == case, theirs))


def decided_already(kind: str) -> RequestError:
    """Return the error for a decision that is already in force."""
    return RequestError(f"These two sources are decided to be {kind} already.")


def no_such_pairing() -> NotFound:
    """Return the error for a decision that is missing or that the reader may not see."""
    return NotFound("There is no such decision on two sources that lasts in this case.")


def require_decision(pair: Collection[str], kind: str, handling: str, reason: str) -> str:
    """Check a decision and return its reason.

    Raises:
        RequestError: the pair, kind, handling or reason is not valid.
    """
    if len(set(pair)) != 2 or len(pair) != 2:
        raise RequestError("Name two different sources, by the pseudonyms that the page of groups shows.")
    if kind not in PAIR_KINDS or handling not in ("P", "C"):
        raise RequestError(f"Two sources are {' or '.join(PAIR_KINDS)}, under handling P or C.")
    return require_reason(reason)


def _lasts(case: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _ROW.c.case_id == case, _ROW.c.ended_at.is_(None)


def _close(connection: sa.Connection, case: str, state: str) -> None:
    """Set the state of the case, whose figures are out of date until they are recomputed."""
    connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state=state))
