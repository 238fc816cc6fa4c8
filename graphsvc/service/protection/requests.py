"""Requests that need a second person: made by one, agreed to or refused by another, a supervisor.

All of them need clearance for handling code C in the case. A request that the person may not
see seems not to exist. Every step is logged by pseudonym, even if refused. Reasons may name people, so are encrypted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from graphsvc.access.decisions.requests import DECIDED, OPEN, REQUESTS, WAITING, RequestStore, no_such_request
from graphsvc.access.log.audit import now
from graphsvc.access.people import policy
from graphsvc.appdb.rows import fill
from graphsvc.cases.progress import quiet
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.records.lines import LONGEST_REASON, plain, require_reason
from graphsvc.records.numbers import count
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.protection.clearance import is_hidden, is_shown, sees_whole

# End of the message shown if the reason is missing.
WHY = "who agrees has to read it"


@dataclass(frozen=True, slots=True)
class Request:
    """A request that needs a second person, with its history. Times are UTC.

    Attributes:
        kind: `reveal`, `seal`, `open`, `erase`, `export` or `loosen` (for a whole case, without a pseudonym).
        state: `asked`, `agreed`, `refused`, `opened`, `ended`, or `done`.
        until: when an agreed reveal ends.
        decidable: whether it waits for the current reader's decision.
        openable: whether the current reader may open it now.
        sealed: whether the pseudonym leads to the page of a sealed person or thing.
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
    sealed: bool


class Requests:
    """Requests in all cases of one person, who can make, see and answer them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.store = RequestStore(ask.database)

    def ask(self, kind: str, pseudonym: str, reason: str) -> str:
        """Make a request in this case; return its id."""
        reason, who = require_reason(reason, WHY), self._ask.principal.name
        of_hidden = kind in ("reveal", *DECIDED) and is_hidden(self._ask, pseudonym)
        return self.store.ask(kind, self._ask.case, pseudonym, who, self._ask.key, reason, of_hidden=of_hidden)

    def decide(self, kind: str, request: str, state: str, answer: str, until: dt.datetime | None = None) -> Request:
        """Answer another person's request: `agreed` (for a reveal, until a given time) or `refused`.

        Raises:
            Refused: the role supervisor is missing, or it is the person's own request.
            NotFound: it does not exist, or this person may not see it.
            RequestError: it has been answered already.
            Busy: it was agreed to, and is perhaps being carried out.
        """
        row = self.row(kind, request, mine=False)
        step = "agree" if state == "agreed" else "refuse"
        with self._ask.at(row.case_id).act("agree", step=step, kind=kind, person=row.pseudonym):
            self.require_not_own(row)
            if state == "refused":
                self._ask_again(row)
            key, answer = self._ask.at(row.case_id).key, plain(answer)[:LONGEST_REASON]
            self.store.decide(row.id, state, self._ask.principal.name, key, answer, until)
        return self.visible_request(self.store.one(row.id))

    def row(self, kinds: str | Collection[str], request: str, *, mine: bool) -> Any:
        """Return the row of a request that this person made or, unless `mine`, may answer.

        Raises:
            NotFound: it does not exist, or they may not see it; the attempt is logged.
        """
        kinds = (kinds,) if isinstance(kinds, str) else kinds
        row = None
        with suppress(NotFound):
            row = self.store.one(request)
        if row is not None and row.kind in kinds:
            theirs = row.asked_by == self._ask.principal.name or (not mine and self._ask.may("agree"))
            if theirs and sees_whole(self._ask, row.case_id) and self._is_for(row):
                return row
        with self._ask.act_anywhere("agree" if not mine else next(iter(kinds)), step="look"):
            raise no_such_request()

    def _is_for(self, row: Any) -> bool:
        return not row.of_hidden or self._ask.at(row.case_id).grant.sources

    def list_requests(self, kind: str) -> list[Request]:
        """Return requests of a kind, newest first: the person's own and, if they may agree, all in their cases."""
        mine = None if self._ask.may("agree") else self._ask.principal.name
        cases = [row["id"] for row in self._ask.home.register.cases() if sees_whole(self._ask, row["id"])]
        action = "open" if kind == "loosen" else kind
        with self._ask.act_anywhere("agree" if mine is None else action, step="list") as outcome:
            rows = self.store.of(kind, cases, mine)
            rows = [row for row in rows if self._is_for(row) and is_shown(self._ask.at(row.case_id), row.pseudonym)]
            sealed = {case: self._with_pages(case) for case in {row.case_id for row in rows}}
            requests = [self.visible_request(row, sealed[row.case_id]) for row in rows]
            outcome["rows"] = len(requests)
        return requests

    def visible_request(self, row: Any, sealed: Collection[str] | None = None) -> Request:
        """Return a request as the current reader may see it. Pass its case's sealed pseudonyms if already loaded."""
        key = self._ask.home.register.key(row.case_id, create=False)
        mine = row.asked_by == self._ask.principal.name
        return fill(
            Request,
            row,
            case=row.case_id,
            reason=REQUESTS.words(key, row, "reason_sealed"),
            answer=REQUESTS.words(key, row, "answer_sealed"),
            decidable=row.state in WAITING[row.kind] and not mine and self._ask.may("agree"),
            openable=row.kind == "reveal" and mine and row.state in OPEN and row.until > now(),
            sealed=row.pseudonym in (self._with_pages(row.case_id) if sealed is None else sealed),
        )

    def _with_pages(self, case: str) -> frozenset[str]:
        """Return the pseudonyms of sealed people and things that are in the case now."""
        register = self._ask.home.register
        return register.pseudonyms(case).intersection(register.sealed_standings(case))

    def require_not_own(self, row: Any) -> None:
        """Raise Refused if it is the person's own request.

        Raises:
            Refused: it is their own.
        """
        if row.asked_by == self._ask.principal.name:
            raise Refused("You asked for this yourself: it takes another person to agree or to refuse.")

    def _latest_decision(self, row: Any) -> tuple[str, dt.datetime]:
        """Return the latest decision on a request's person, with its time; without a decision, the request's time."""
        return self._ask.home.register.decisions(row.case_id).get(row.pseudonym) or ("", row.asked_at)

    def _ask_again(self, row: Any) -> None:
        """Reopen an agreed request for refusal, if its decision was never stored and is not being stored."""
        if row.kind in DECIDED and row.state == "agreed" and self._latest_decision(row)[0] != DECIDED[row.kind]:
            with self._ask.home.casework.at_work(row.case_id, quiet):
                pass  # taking the case's write lock repairs anything left by a killed process

    # -- carrying out agreed requests ------------------------------------------------------------------------

    def agreeing(self, row: Any) -> Requests:
        """Return `Requests` for the case of a request, if this person may agree to it.

        Raises:
            Refused: the role supervisor is missing, or it is the person's own request.
        """
        policy.require(self._ask.principal, "agree")
        self.require_not_own(row)
        return Requests(self._ask.at(row.case_id))

    def do(
        self,
        row: Any,
        answer: str,
        progress: Progress,
        is_decided: Callable[[str], bool],
        do: Callable[[str, Callable[[], None]], None],
    ) -> str:
        """Agree to another person's request, and carry it out; return a text on what may remain on disk.

        Args:
            row: the request's row.
            answer: text to the requester.
            progress: receives progress reports.
            is_decided: whether the person's latest decision is that of this request, stored by a process that was then
                killed. In that case `recover` and this method finish its work.
            do: carries out the request, given its reason and a function that records the agreement. It calls this
                function when nothing can prevent the work any more.
        """

        def record_agreement() -> None:
            decided, at = self._latest_decision(row)
            # If the person has been sealed or named since the request, there were newer reasons. Erasures always apply.
            since = row.kind != "erase" and decided != DECIDED[row.kind] and at > row.asked_at
            if since and row.state in WAITING[row.kind]:
                raise RequestError(
                    "Something else has been decided on this person since this was requested. Refuse it; it can be"
                    " requested again."
                )
            self.decide(row.kind, row.id, "agreed", answer, None)

        with self._ask.at(row.case_id).act("agree", step=row.kind, person=row.pseudonym) as outcome:
            self.require_not_own(row)
            if is_decided(self._latest_decision(row)[0]):
                record_agreement()
            else:
                do(self.visible_request(row).reason, record_agreement)
            self.store.end(row.id, "done")
            outcome["rows"] = 1
            return self._clear_results(row.case_id, progress)

    def start(self, kind: str, work: Callable[[Progress], str]) -> str:
        """Start a job; its result says whether the store is managed, and how many exports have to be recalled."""

        def run(progress: Progress) -> dict[str, Any]:
            work(progress)
            return {
                "managed": not self._ask.settings.neo4j_uri,
                "recall": self._ask.home.export_store.to_recall(self._ask.case),
            }

        return self._ask.home.jobs.start(self._ask.principal.name, self._ask.case, kind, run)

    def _clear_results(self, case: str, progress: Progress) -> str:
        """Discard computed results and rewrite the store; return a text on what may remain on disk."""
        waiting = self._ask.home.export_store.to_recall(case)
        recall = (
            f" {_recall_text(waiting)}: `graphsvc export recall` and the page Exports list them." if waiting else ""
        )
        if self._ask.home.casework.rewrite(progress):
            return f"The managed store was rewritten: nothing from before is in its files.{recall}"
        return (
            "The graph holds it no more. On the disk of your own Neo4j server older texts may remain: in its transaction"
            " logs, in free space of its store and in its backups. Whoever runs that server has to copy the database"
            f" into a new one (neo4j-admin database copy), drop the old one, and delete backups.{recall}"
        )


def _recall_text(number: int) -> str:
    return count(number, "export that was given has to be recalled", "exports have to be recalled")


def no_such_pseudonym(pseudonym: str) -> NotFound:
    """Return the error for a pseudonym that does not exist or that this reader may not see; both read the same."""
    return NotFound(f"There is nobody sealed with the pseudonym {pseudonym[:40]!r} that you can see in this case.")
