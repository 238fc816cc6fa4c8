"""Requests that need a second person: one person asks, another agrees or refuses, and the history is kept.

This module stores requests and keeps the order of their states. Callers check permissions first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.access.log import audit
from graphsvc.access.log.audit import hold_clock, now
from graphsvc.access.people import live
from graphsvc.access.people.principal import Principal
from graphsvc.appdb import tables, transaction
from graphsvc.appdb.rows import Condition
from graphsvc.errors import NotFound, RequestError

_ROW = tables.requests
REQUESTS = StoredRows(_ROW, "asked_at")
OPEN = live.OPEN
# Kind of request → the decision about a person that is in force once the request is carried out.
DECIDED = MappingProxyType({"seal": "sealed", "open": "opened", "erase": "erased"})
# States in which a request can be agreed to. A request agreed to but not yet carried out can be agreed to again.
WAITING = MappingProxyType({"reveal": ("asked",), **dict.fromkeys((*DECIDED, "export", "loosen"), ("asked", "agreed"))})


def no_such_request() -> NotFound:
    """Return the error for a request that is missing or that the reader may not see."""
    return NotFound("There is no such request that you can see. `graphsvc reveal list` lists those you can.")


class RequestStore:
    """The requests in one application database."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    def ask(self, kind: str, case: str, pseudonym: str, by: str, key: bytes, reason: str, *, of_hidden: bool) -> str:
        """Store a new request; return its id. The reason is sealed under the case's key.

        Raises:
            RequestError: this account has made the same request, and nobody has answered yet.
        """
        same = (_ROW.c.kind == kind, _ROW.c.case_id == case, _ROW.c.pseudonym == pseudonym, _ROW.c.asked_by == by)
        with transaction(self._database) as connection:
            if REQUESTS.count(connection, *same, _ROW.c.state == "asked"):
                raise RequestError("You have asked for this already, and nobody has answered yet.")
            return REQUESTS.add(
                connection,
                key,
                kind=kind,
                case_id=case,
                pseudonym=pseudonym,
                asked_by=by,
                reason_sealed=reason,
                of_hidden=of_hidden,
                state="asked",
            )

    def one(self, request: str) -> Any:
        """Return the row of a request.

        Raises:
            NotFound: there is no such request.
        """
        row = REQUESTS.one(self._database, request)
        if row is None:
            raise no_such_request()
        return row

    def of(self, kind: str, cases: Collection[str], by: str | None = None) -> Sequence[Any]:
        """List requests of a kind in some cases, newest first; only those of the account `by`, if given."""
        theirs = () if by is None else (_ROW.c.asked_by == by,)
        return REQUESTS.newest(self._database, _ROW.c.kind == kind, _ROW.c.case_id.in_(cases), *theirs)

    def decide(
        self, request: str, state: str, by: str, key: bytes, answer: str, until: dt.datetime | None = None
    ) -> None:
        """Answer a waiting request: `agreed` (valid `until` then) or `refused`. The answer is sealed like the reason.

        A request about a person can no longer be refused once it was agreed to: it may be in progress already (see
        `settle_agreed`).

        Raises:
            RequestError: it has been answered already.
        """
        kind = self.one(request).kind
        states = ("asked",) if state == "refused" and kind in DECIDED else WAITING[kind]
        values = {"decided_by": by, "decided_at": now(), "answer_sealed": answer, "until": until}
        if not self._move(request, states, state, key=key, **values):
            raise RequestError("This request has been answered already.")

    def mark_opened(self, request: str) -> bool:
        """Mark a reveal as opened; return False if it has ended or expired."""
        hold_clock(self._database)
        opened_at = sa.func.coalesce(_ROW.c.opened_at, now())
        return self._move(request, OPEN, "opened", _ROW.c.until > now(), opened_at=opened_at)

    def end(self, request: str, state: str = "ended") -> bool:
        """End a request that is open, or agreed to and now done; return whether there was one to end."""
        return self._move(request, OPEN, state, ended_at=now())

    def settle_agreed(self, case: str) -> None:
        """Settle a case's agreed requests: mark each done if its decision is in force; else put it back to `asked`.

        The caller holds the case's lock, so nobody else can decide on any of them.
        """
        if case not in self.agreed_cases():  # usually there is none: every change to a case calls this
            return
        overrules = tables.overrules
        same = (overrules.c.case_id == _ROW.c.case_id, overrules.c.pseudonym == _ROW.c.pseudonym)
        again = {"state": "asked", "decided_by": "", "decided_at": None, "answer_sealed": None}
        with transaction(self._database) as connection:
            for kind, decided in DECIDED.items():
                agreed = (_ROW.c.case_id == case, _ROW.c.kind == kind, _ROW.c.state == "agreed")
                in_force = sa.exists().where(*same, overrules.c.kind == decided)
                connection.execute(_ROW.update().where(*agreed, in_force).values(state="done", ended_at=now()))
                connection.execute(_ROW.update().where(*agreed).values(**again))

    def agreed_cases(self) -> set[str]:
        """Return the cases with an agreed request about a person that is not marked done."""
        query = sa.select(_ROW.c.case_id).where(_ROW.c.kind.in_(DECIDED), _ROW.c.state == "agreed")
        with transaction(self._database) as connection:
            return set(connection.execute(query).scalars())

    def end_expired(self) -> list[Any]:
        """End the open requests that have expired; return their rows."""
        hold_clock(self._database)
        over = _ROW.c.state.in_(OPEN), _ROW.c.until <= now()
        rows = REQUESTS.newest(self._database, *over)
        return [row for row in rows if self._move(row.id, OPEN, "ended", ended_at=row.until)]

    def _move(self, request: str, states: Collection[str], state: str, *where: Condition, **values: Any) -> bool:
        return REQUESTS.change(self._database, request, _ROW.c.state.in_(states), *where, state=state, **values)


def end_openings(connection: sa.Connection, case: str, people: Collection[str]) -> None:
    """End unfinished requests to open these people: something new is known that the requests did not consider."""
    waits = _ROW.c.case_id == case, _ROW.c.kind == "open", _ROW.c.state.in_(WAITING["open"])
    for request, name in connection.execute(sa.select(_ROW.c.id, _ROW.c.pseudonym).where(*waits)).all():
        if name in people:
            connection.execute(_ROW.update().where(_ROW.c.id == request).values(state="ended", ended_at=now()))


def settle(database: sa.Engine) -> None:
    """End expired reveals, and log the end of each under the account that asked for it."""
    for row in RequestStore(database).end_expired():
        who = Principal(row.asked_by, frozenset())
        detail = {"step": "end", "person": row.pseudonym}
        line = audit.begin(database, who, "the time of the reveal is over", "reveal", row.case_id, **detail)
        audit.finish(database, line, "ended")
