"""Reads an account's tasks in a case, and the answers to its requests, without unsealing anything.

This module only queries the database: callers first decide what the account may do and may know.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from graphsvc.access.decisions.requests import OPEN, WAITING
from graphsvc.access.log.audit import now
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import tables, transaction

_REQUEST, _EXPORT, _HOLD, _REVIEW = tables.requests, tables.exports, tables.holds, tables.reviews
_CASE, _ACCOUNT = sa.bindparam("case", type_=sa.String()), sa.bindparam("account", type_=sa.String())
_AT = sa.bindparam("at", type_=_REQUEST.c.until.type)
_WAITS = sa.or_(
    *(sa.and_(_REQUEST.c.kind == kind, _REQUEST.c.state.in_(states)) for kind, states in sorted(WAITING.items()))
)


@dataclass(frozen=True, slots=True)
class Pending:
    """One task, or one answered request.

    Attributes:
        kind: `reveal`, `seal`, `open`, `erase`, `export` or `loosen` (to agree to, or answered), `opened` (the account's
            own reveal that may be opened), `fetch` and `recall` (its own exports), `hold` (to be reviewed), `parked` (a
            lead).
        about: pseudonym of the person, or id of the export; empty for a lead.
        by: the account that asked or answered, or the owner of the hold; otherwise empty.
        at: since when (UTC). state: state of the request or export; for a hold, its review day (ISO).
    """

    kind: str
    about: str
    by: str
    at: dt.datetime
    state: str


class PendingStore:
    """Tasks of one account in one case."""

    def __init__(self, database: sa.Engine, case: str, account: str, grant: Grant) -> None:
        self._database, self._case, self._account, self._grant = database, case, account, grant

    def waiting(
        self, *, agrees: bool, opens: bool, holds: bool, exports: bool, reviews_at: int | None
    ) -> list[Pending]:
        """List all pending tasks, oldest first, with a single database query, since every page shows them.

        Args:
            agrees: include other people's requests that can be agreed to.
            opens: include the account's own reveals that were agreed to and have not expired.
            holds: include current holds whose review day has come.
            exports: include the account's own exports that are ready to fetch, or were handed out and must be recalled.
            reviews_at: the case's version: include leads whose last review by this account parked them, at its handling
                level and at another version. None: leave them out.
        """
        flags = (agrees, opens, holds, exports, reviews_at is not None, self._grant.sources)
        if not any(flags[:-1]):
            return []
        bindings = {
            "case": self._case,
            "account": self._account,
            "handling": self._grant.handling,
            "codes": self._grant.codes,
            "version": reviews_at,
            "at": now(),
            "today": now().date(),
        }
        with transaction(self._database) as connection:
            rows = [Pending(*row) for row in connection.execute(_waiting(*flags), bindings)]
        return sorted(rows, key=lambda row: (row.at, row.kind, row.about))

    def answered_requests(self, kinds: Collection[str], since: dt.datetime | None) -> list[Pending]:
        """List this account's requests of some kinds that another person has answered since a moment, latest first."""
        columns = (_REQUEST.c[name] for name in ("kind", "pseudonym", "decided_by", "decided_at", "state"))
        where = [*_own(_REQUEST, "asked_by"), _REQUEST.c.kind.in_(kinds), _REQUEST.c.decided_at.is_not(None)]
        if since is not None:
            where.append(_REQUEST.c.decided_at > since)
        with transaction(self._database) as connection:
            query = sa.select(*columns).where(*where).order_by(_REQUEST.c.decided_at.desc())
            bindings = {"case": self._case, "account": self._account}
            return [Pending(*row) for row in connection.execute(query, bindings)]


# -- the query that every page runs, a union of parts: built once for each set of parts -------------------------------


@functools.cache
def _waiting(agrees: bool, opens: bool, holds: bool, exports: bool, parked: bool, sources: bool) -> sa.Executable:
    """Build the query with these parts; `waiting` passes its values."""
    return sa.union_all(
        *([_to_agree(sources=sources)] if agrees else ()),
        *([_to_open()] if opens else ()),
        *([_due_holds(sources=sources)] if holds else ()),
        *(_held_exports() if exports else ()),
        *([_parked_leads(sources=sources)] if parked else ()),
    )


def _to_agree(*, sources: bool) -> sa.Select[tuple[object, ...]]:
    # An export that no longer waits needs no agreement.
    export_waits = sa.exists().where(_EXPORT.c.id == _REQUEST.c.pseudonym, _EXPORT.c.state == "waiting")
    query = sa.select(
        _REQUEST.c.kind, _REQUEST.c.pseudonym, _REQUEST.c.asked_by, _REQUEST.c.asked_at, _REQUEST.c.state
    ).where(
        _REQUEST.c.case_id == _CASE,
        _REQUEST.c.asked_by != _ACCOUNT,
        _WAITS,
        sa.or_(_REQUEST.c.kind != "export", export_waits),
    )
    return query if sources else query.where(_REQUEST.c.of_hidden.is_(False))


def _to_open() -> sa.Select[tuple[object, ...]]:
    mine = (*_own(_REQUEST, "asked_by"), _REQUEST.c.kind == "reveal", _REQUEST.c.state.in_(OPEN))
    return sa.select(
        sa.literal("opened"), _REQUEST.c.pseudonym, _REQUEST.c.decided_by, _REQUEST.c.decided_at, _REQUEST.c.state
    ).where(*mine, _REQUEST.c.until > _AT)


def _due_holds(*, sources: bool) -> sa.Select[tuple[object, ...]]:
    due = (_HOLD.c.case_id == _CASE, _HOLD.c.released_at.is_(None), _HOLD.c.review_on <= sa.bindparam("today"))
    day = sa.cast(_HOLD.c.review_on, sa.String)
    query = sa.select(sa.literal("hold"), _HOLD.c.pseudonym, _HOLD.c.owner, _HOLD.c.added_at, day).where(*due)
    return query if sources else query.where(_HOLD.c.of_hidden.is_(False))


def _held_exports() -> tuple[sa.Select[tuple[object, ...]], ...]:
    codes = sa.bindparam("codes", type_=sa.String(), expanding=True)
    mine = (*_own(_EXPORT, "account"), _EXPORT.c.handling.in_(codes))
    none, state = sa.literal(""), _EXPORT.c.state
    fetches = sa.select(sa.literal("fetch"), _EXPORT.c.id, none, _EXPORT.c.made_at, state)
    recalls = sa.select(sa.literal("recall"), _EXPORT.c.id, none, _EXPORT.c.recall_at, state)
    return (
        fetches.where(*mine, state == "held", _EXPORT.c.expires_at > _AT),
        recalls.where(*mine, state == "given", _EXPORT.c.recall != "", _EXPORT.c.recalled_at.is_(None)),
    )


def _parked_leads(*, sources: bool) -> sa.Select[tuple[object, ...]]:
    later = _REVIEW.alias()
    none = sa.literal("")
    query = sa.select(sa.literal("parked"), none, none, _REVIEW.c.at, none).where(
        *_own(_REVIEW, "account"),
        _REVIEW.c.handling == sa.bindparam("handling"),
        _REVIEW.c.judgement == "park",
        _REVIEW.c.case_version != sa.bindparam("version"),
        ~sa.exists().where(
            *_own(later, "account"),
            later.c.pseudonym == _REVIEW.c.pseudonym,
            later.c.number > _REVIEW.c.number,
        ),
    )
    # A decision on a named person does not carry over to the pseudonym.
    return query if sources else query.where(_REVIEW.c.of_name.is_(False))


def _own(table: sa.FromClause, account: str) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.case_id == _CASE, table.c[account] == _ACCOUNT
