"""Holds keep material of a live investigation or prosecution; each has an owner and a review day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.access.log.audit import now
from graphsvc.appdb import tables
from graphsvc.appdb.rows import fill
from graphsvc.errors import NotFound, RequestError
from graphsvc.records.dates import overdue
from graphsvc.records.lines import require_reason

HOLD_KINDS = ("investigation", "prosecution")
_OWNER = 100
_ROW = tables.holds
_HOLDS = StoredRows(_ROW, "added_at")


@dataclass(frozen=True, slots=True)
class NewHold:
    """A hold about to be made: `kind` of HOLD_KINDS, its owner, the reason, and the review day."""

    kind: str
    owner: str
    reason: str
    review_on: dt.date


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold, current or released.

    Attributes:
        pseudonym: pseudonym of the person, sealed or not; empty for the whole case.
        person: id of the person when the hold was added; shown only while the person is not sealed.
        of_hidden: whether only readers with source clearance saw the person when the hold was added.
        overdue: for a current hold whose review day has come, that fact in words ("overdue by 12 days"); else empty.
    """

    id: str
    case: str
    pseudonym: str
    person: str
    kind: str
    owner: str
    reason: str
    review_on: dt.date
    added_by: str
    added_at: dt.datetime
    released_by: str
    released_at: dt.datetime | None
    overdue: str
    of_hidden: bool = False


class HoldStore:
    """The holds of one case. Needs the case's data key: reasons may name people."""

    def __init__(self, database: sa.Engine, key: bytes) -> None:
        self._database, self._key = database, key

    def add(self, case: str, pseudonym: str, person: str, hold: NewHold, by: str, *, of_hidden: bool) -> str:
        """Store a new hold and return its id.

        Raises:
            RequestError: kind, owner, reason or date is not valid.
        """
        if hold.kind not in HOLD_KINDS:
            raise RequestError(f"A hold is for an {HOLD_KINDS[0]} or a {HOLD_KINDS[1]}, not for {hold.kind[:40]!r}.")
        if not hold.owner.strip() or len(hold.owner) > _OWNER:
            raise RequestError(f"Name the owner of the hold, in at most {_OWNER} characters.")
        reason = require_reason(hold.reason)
        if hold.review_on <= now().date():
            raise RequestError("The day of review has to come yet.")
        return _HOLDS.add(
            self._database,
            self._key,
            case_id=case,
            pseudonym=pseudonym,
            kind=hold.kind,
            owner=hold.owner.strip(),
            reason_sealed=[reason, person],
            review_on=hold.review_on,
            added_by=by,
            of_hidden=of_hidden,
        )

    def of(self, case: str) -> list[Hold]:
        """List the holds of a case: current ones by review day, then released ones, newest first."""
        rows = _HOLDS.newest(self._database, _ROW.c.case_id == case)
        holds = [
            fill(
                Hold,
                row,
                case=case,
                person=person,
                reason=reason,
                overdue="" if row.released_at else overdue(row.review_on, now().date()),
            )
            for row in sorted(rows, key=lambda row: (row.review_on, row.added_at))
            for reason, person in [_HOLDS.words(self._key, row, "reason_sealed")]
        ]
        lasting = [hold for hold in holds if hold.released_at is None]
        return lasting + [hold for hold in reversed(holds) if hold.released_at is not None]

    def release(self, case: str, hold: str, by: str) -> None:
        """End a hold; it stays in the list.

        Raises:
            NotFound: the case has no such current hold.
        """
        lasts = (_ROW.c.case_id == case, _ROW.c.released_at.is_(None))
        if not _HOLDS.change(self._database, hold, *lasts, released_by=by, released_at=now()):
            raise NotFound("There is no such hold that lasts in this case. `graphsvc hold list` lists them.")
