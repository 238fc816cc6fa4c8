"""What a session can do to protect sources: reveals and erasure.

All of it takes clearance for handling code C in the case: "not there" and "not yours" are the same answer. Every step is
in the log, by pseudonym, also when it is refused; reasons may name someone and are kept sealed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from graphsvc.access.decided.requests import OPEN, WAITING, Requests, no_such_request
from graphsvc.access.log import audit
from graphsvc.access.log.audit import now
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Principal
from graphsvc.access.vault import pack, pseudonym, unpack
from graphsvc.cases.deliveries.casework import Progress
from graphsvc.cases.jobs import Job
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.service.protection.holds import Holding

_REASON = 2000


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked that takes a second person, with its history. Times are UTC.

    Attributes:
        kind: `reveal`, `seal`, `open`, `erase` or `export`.
        state: `asked`, `agreed`, `refused`, `opened`, `ended`, or `done`.
        until: when what was agreed to ends.
        decidable: whether it waits for the one who looks at it.
        openable: whether the one who looks at it may open it now.
    """

    id: str
    kind: str
    case: str
    pseudonym: str
    asked_by: str
    asked_at: dt.datetime
    reason: str
    state: str
    decided_by: str
    decided_at: dt.datetime | None
    answer: str
    until: dt.datetime | None
    opened_at: dt.datetime | None
    ended_at: dt.datetime | None
    decidable: bool
    openable: bool


@dataclass(frozen=True, slots=True)
class Revealed:
    """Who is behind a pseudonym: values that only the vault holds. To be shown once and kept nowhere.

    Attributes:
        kind: `person`, `thing` or `source`; of a source the values are those of the person who it is, if known.
        until: when it ends.
    """

    request: Request
    kind: str
    values: dict[str, Any]
    until: dt.datetime


class Protecting(Holding):
    """The part of a session that protects."""

    # -- reveals ----------------------------------------------------------------------------------------------

    def ask_reveal(self, pseudonym: str, reason: str) -> str:
        """Ask for the identity behind one pseudonym; gives the request's id.

        Raises:
            Refused: the role custodian is missing. RequestError: no reason, or asked already.
            NotFound: there is no such pseudonym, or it is not theirs.
        """
        case = self.case
        with self._protecting("reveal", case, step="ask", person=pseudonym):
            self._require_mine(case, pseudonym)
            return self._ask("reveal", case, pseudonym, reason)

    def require(self, action: str) -> None:
        """Nothing, if a role of this person allows an action.

        Raises:
            Refused: it does not.
        """
        policy.require(self.principal, action)

    def reveals(self) -> list[Request]:
        """Reveals, newest first: those you asked for, and all of your cases if you may agree to them."""
        self.settle_reveals()
        return self._requests("reveal")

    def agree_reveal(self, request: str, answer: str = "") -> Request:
        """Agree to a reveal another person asked for: it opens for them alone and for a short time.

        Raises:
            Refused: the role supervisor is missing, or it is your own. NotFound: it is not there, or not yours.
            RequestError: it has been answered already.
        """
        until = now() + dt.timedelta(minutes=self.settings.reveal_minutes)
        return self._decide("reveal", request, "agreed", answer, until)

    def refuse_reveal(self, request: str, answer: str = "") -> Request:
        """Refuse a reveal another person asked for. Raises as `agree_reveal`."""
        return self._decide("reveal", request, "refused", answer, None)

    def open_reveal(self, request: str) -> Revealed:
        """The identity, for who asked and while it is open. Each opening is in the log.

        Raises:
            NotFound: it is not there, or not yours. Refused: it was not agreed to, or its time is over.
        """
        self.settle_reveals()
        row = self._row("reveal", request, mine=True)
        with self._protecting("reveal", row.case_id, step="open", person=row.pseudonym) as outcome:
            self._require_mine(row.case_id, row.pseudonym)
            if row.state not in OPEN or not self._kept_requests.opened(row.id):
                raise Refused(_CLOSED.get(row.state, "The time of this reveal is over. Ask again if you must."))
            kind, values = self._identity(row.case_id, row.pseudonym)
            outcome["rows"] = 1
            if kind == "source":
                outcome["sources"] = [row.pseudonym]
            return Revealed(self._request(self._kept_requests.one(row.id)), kind, values, row.until)

    def end_reveal(self, request: str) -> None:
        """End a reveal of your own before its time. Nothing if it has ended. Raises NotFound as `open_reveal`."""
        row = self._row("reveal", request, mine=True)
        with self._protecting("reveal", row.case_id, step="end", person=row.pseudonym):
            self._kept_requests.end(row.id)

    def settle_reveals(self) -> None:
        """End the reveals whose time is over, each with its line in the log."""
        settle(self._service.database)

    # -- erasing ----------------------------------------------------------------------------------------------

    def start_erasure(self, request: str, answer: str = "") -> tuple[str, str]:
        """Agree to an erasure and do it as a job; gives its case and id. Raises as `agree_erasure`."""
        row = self._row("erase", request, mine=False)
        here = self._agreeing(row)
        return row.case_id, here._working(row.kind, lambda progress: here.agree_erasure(request, progress, answer))

    def protecting_job(self, job: str, wait_s: float = 0.0) -> Job:
        """A job of your own in this case.

        Raises:
            NotFound: there is none.
        """
        policy.require_case(self.principal, self.case)
        found = self._service.jobs.one(job, self.case, self.principal.name, wait_s)
        if found.account != self.principal.name or found.kind not in ("seal", "open", "erase", "accounts"):
            raise NotFound("There is no such work of yours in this case.")
        return found

    def ask_erasure(self, person: str, reason: str) -> str:
        """Ask that a person is erased; gives the request's id. Another person, a supervisor, has to agree.

        Raises:
            Refused: role or clearance is missing. NotFound: not there, or not yours. HeldError: held.
        """
        case = self.case
        with self._protecting("erase", case, step="ask"):
            self._require_whole_case(case)
            name, _ = self._person(case, person)
            self._service.casework.require_erasable(case, name)
            return self._ask("erase", case, name, reason)

    def erasures(self) -> list[Request]:
        """Erasures, newest first: those you asked for, and all of your cases if you may agree to them."""
        return self._requests("erase")

    def agree_erasure(self, request: str, progress: Progress, answer: str = "") -> str:
        """Agree to an erasure another person asked for, and do it; gives what may remain, in words.

        Raises:
            Refused, NotFound, RequestError: as `agree_reveal`. HeldError: held; the request then still waits.
        """
        row = self._row("erase", request, mine=False)
        casework = self._service.casework
        return self._do_agreed(
            row,
            answer,
            progress,
            lambda decided: decided == "erased",
            lambda reason, agreed: casework.erase(row.case_id, row.pseudonym, row.asked_by, reason, progress, agreed),
        )

    def refuse_erasure(self, request: str, answer: str = "") -> Request:
        """Refuse an erasure another person asked for. Raises as `agree_reveal`."""
        return self._decide("erase", request, "refused", answer, None)

    # -- how --------------------------------------------------------------------------------------------------

    def _agreeing(self, row: Any) -> Self:
        """The session at the case of a request, if this person may agree to it.

        Raises:
            Refused: the role supervisor is missing, or it is your own.
        """
        policy.require(self.principal, "agree")
        self._require_not_own(row)
        return self.at(row.case_id)

    def _do_agreed(
        self,
        row: Any,
        answer: str,
        progress: Progress,
        kept: Callable[[str | None], bool],
        do: Callable[[str, Callable[[], None]], None],
    ) -> str:
        """Agree to what another person asked for, and do it; gives what may remain, in words.

        Args:
            row: of the request.
            answer: words to who asked.
            progress: told what is done.
            kept: given what stands decided on whom it is about, whether a kill came after this very decision was kept:
                `recover` and what is here do what is left then.
            do: does it, given the reason and what marks the request as agreed to, which it calls once nothing forbids it.
        """

        def agreed() -> None:
            self._decide(row.kind, row.id, "agreed", answer, None)

        with self._protecting("agree", row.case_id, step=row.kind, person=row.pseudonym) as outcome:
            self._require_not_own(row)
            if kept(self._service.register.decided(row.case_id).get(row.pseudonym)):
                agreed()
            else:
                do(self._request(row).reason, agreed)
            self._kept_requests.end(row.id, "done")
            outcome["rows"] = 1
            return self._cleared(row.case_id, progress)

    @property
    def _kept_requests(self) -> Requests:
        return Requests(self._service.database)

    def _cleared(self, case: str, progress: Progress) -> str:
        """Forget what was computed and write the store anew; what may remain, in words."""
        self._service.forget()
        self._service.uploads.previews.clear()
        waiting = self._service.shelf.to_recall(case)
        recall = f" {_given(waiting)}: `graphsvc export recall` and the page Exports list them." if waiting else ""
        if self._service.casework.rewrite(progress):
            return f"The managed store was written anew: nothing of before is in its files.{recall}"
        return (
            "The graph holds it no more. On the disk of your own Neo4j server older texts may remain: in its transaction"
            " logs, in free space of its store and in its backups. Whoever runs that server has to copy the database"
            f" into a new one (neo4j-admin database copy), drop the old one, and delete backups.{recall}"
        )

    def _working(self, kind: str, work: Callable[[Progress], str]) -> str:
        """Start a job whose result is whether the store is a managed one."""

        def run(progress: Progress) -> dict[str, Any]:
            work(progress)
            return {"managed": not self.settings.neo4j_uri, "recall": self._service.shelf.to_recall(self.case)}

        return self._service.jobs.start(self.principal.name, self.case, kind, run)

    def _require_mine(self, case: str, pseudonym: str) -> None:
        """Nothing, if the vault holds who this is and the reader is cleared for it.

        Raises:
            NotFound: in the same words for what is not there and what is not theirs.
        """
        grant = policy.require_case(self.principal, case)
        kind = self._service.register.kind(case, pseudonym)
        if grant.handling != "C" or kind is None or (kind == "source" and not grant.sources):
            raise no_such_pseudonym(pseudonym)

    def _ask(self, kind: str, case: str, pseudonym: str, reason: str) -> str:
        requests = self._kept_requests
        request = requests.new_id()
        sealed = self._sealed(case, request, "reason", require_reason(reason))
        requests.ask(request, kind, case, pseudonym, self.principal.name, sealed)
        return request

    def _decide(self, kind: str, request: str, state: str, answer: str, until: dt.datetime | None) -> Request:
        row = self._row(kind, request, mine=False)
        step = "agree" if state == "agreed" else "refuse"
        with self._protecting("agree", row.case_id, step=step, kind=kind, person=row.pseudonym):
            self._require_not_own(row)
            sealed = self._sealed(row.case_id, row.id, "answer", answer.strip()[:_REASON])
            self._kept_requests.decide(row.id, state, self.principal.name, sealed, until)
        return self._request(self._kept_requests.one(row.id))

    def _require_not_own(self, row: Any) -> None:
        if row.asked_by == self.principal.name:
            raise Refused("You asked for this yourself: it takes another person to agree or to refuse.")

    def _row(self, kinds: str | Collection[str], request: str, *, mine: bool) -> Any:
        """The row of a request that this person asked (`mine`) or may look at as the second person.

        Raises:
            NotFound: it is not there, or not theirs; that somebody tried is in the log.
        """
        kinds = (kinds,) if isinstance(kinds, str) else kinds
        row = None
        with suppress(NotFound):
            row = self._kept_requests.one(request)
        if row is not None and row.kind in kinds:
            theirs = row.asked_by == self.principal.name or (not mine and self.may("agree"))
            if theirs and self._whole(row.case_id):
                return row
        with self._service.gate.acting(
            self.principal, self.purpose, "agree" if not mine else next(iter(kinds)), step="look"
        ):
            raise no_such_request()

    def _requests(self, kind: str) -> list[Request]:
        mine = None if self.may("agree") else self.principal.name
        cases = [row["id"] for row in self._service.register.cases() if self._whole(row["id"])]
        with self._service.gate.acting(
            self.principal, self.purpose, "agree" if mine is None else kind, step="list"
        ) as outcome:
            found = [self._request(row) for row in self._kept_requests.of(kind, cases, mine)]
            outcome["rows"] = len(found)
        return found

    def _request(self, row: Any) -> Request:
        key = self._service.register.key(row.case_id, create=False)
        mine = row.asked_by == self.principal.name
        return Request(
            row.id,
            row.kind,
            row.case_id,
            row.pseudonym,
            row.asked_by,
            row.asked_at,
            unpack(key, row.reason_sealed, f"request {row.id} reason"),
            row.state,
            row.decided_by,
            row.decided_at,
            unpack(key, row.answer_sealed, f"request {row.id} answer") if row.answer_sealed else "",
            row.until,
            row.opened_at,
            row.ended_at,
            decidable=row.state in WAITING[row.kind] and not mine and self.may("agree"),
            openable=row.kind == "reveal" and mine and row.state in OPEN and row.until > now(),
        )

    def _sealed(self, case: str, request: str, part: str, text: str) -> bytes:
        return pack(self._service.register.key(case, create=False), text, f"request {request} {part}")

    def _identity(self, case: str, name: str) -> tuple[str, dict[str, Any]]:
        register = self._service.register
        kind, values = register.identity(case, name)
        if kind == "source":
            person = pseudonym(register.key(case, create=False), "person", values["id"])
            if register.kind(case, person) is not None:
                values = {**register.identity(case, person)[1], **values}
        return kind, values


def settle(database: Any) -> None:
    """End the reveals whose time is over, each with a line in the log under the name of who had it open."""
    for row in Requests(database).expired():
        who = Principal(row.asked_by, frozenset())
        audit.finish(
            database,
            audit.begin(
                database, who, "the time of the reveal is over", "reveal", row.case_id, step="end", person=row.pseudonym
            ),
            "ended",
        )


def _given(number: int) -> str:
    return "1 export that was given has to be recalled" if number == 1 else f"{number} exports have to be recalled"


def require_reason(reason: str) -> str:
    """The reason, without blanks around it.

    Raises:
        RequestError: there is none, or it is too long.
    """
    reason = reason.strip()
    if not reason or len(reason) > _REASON:
        raise RequestError(f"Give a reason, of at most {_REASON} characters: who agrees has to read it.")
    return reason


def no_such_pseudonym(given: str) -> NotFound:
    """The one answer to a pseudonym that is not there and to one that is not yours."""
    return NotFound(f"There is nobody sealed with the pseudonym {given[:40]!r} that you can see in this case.")


_CLOSED = {
    "asked": "Nobody has agreed to this reveal yet. Another person, a supervisor, has to.",
    "refused": "This reveal was refused. The list of reveals says by whom and why.",
}
