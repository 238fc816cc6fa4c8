"""Seal people, or name them again: one person requests it, another agrees.

A mark in a delivery can seal a named person (`cases.graph.sealing`). So can two people, and only two people can name
someone again: one requests it, and a supervisor who is a different person agrees. Only a custodian may request that a
sealed person is named again.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from graphsvc.access.decisions.requests import DECIDED
from graphsvc.access.people import policy
from graphsvc.cases.deliveries.protecting import protect
from graphsvc.cases.graph.sealing import in_words
from graphsvc.cases.protection import MARKED, WITNESS
from graphsvc.errors import RequestError
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.protection.clearance import person_of, require_whole
from graphsvc.service.protection.requests import Request, Requests, no_such_pseudonym

# Kind of request → the action needed to make it.
KINDS = MappingProxyType({"seal": "seal", "open": "open", "loosen": "open"})


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed person or thing, and the reason.

    Attributes:
        since: the day they were sealed (ISO).
        why: the reason, in one of several fixed texts.
        against: number of the first delivery after which the data no longer give a reason to seal them; 0 if they still
            do.
        delivered: whether they are in the case now; people in no delivery stay sealed, in case they return.
    """

    pseudonym: str
    since: str
    why: str
    against: int
    delivered: bool


class Sealings:
    """Sealed people and requests about sealing, as one person may see and make them."""

    def __init__(self, ask: Ask, requests: Requests) -> None:
        self._ask = ask
        self._requests = requests

    def ask(self, person: str, reason: str) -> str:
        """Request that a named person is sealed; return the request's id. Another person, a supervisor, must agree.

        Raises:
            Refused: role or clearance is missing.
            NotFound: there is no such person, or the requester may not see them.
            RequestError: the person is sealed already.
        """
        with self._ask.act("seal", step="ask"):
            require_whole(self._ask)
            name, sealed = person_of(self._ask, person)
            if sealed:
                raise RequestError("This person is sealed already.")
            return self._requests.ask("seal", name, reason)

    def ask_opening(self, pseudonym: str, reason: str) -> str:
        """Request that a sealed person is named again for everyone; return the request's id. A supervisor must agree.

        Raises:
            Refused: the role custodian or clearance is missing.
            NotFound: there is no such person, or the requester may not see them.
        """
        with self._ask.act("open", step="ask", person=pseudonym):
            require_whole(self._ask)
            row = self._ask.entity_rows([pseudonym]).get(pseudonym)
            # The same answer for everyone else: that a named person's pseudonym has a vault entry, for a protected
            # category, must not show.
            if row is None or row["kind"] != "person" or not row["sealed"]:
                raise no_such_pseudonym(pseudonym)
            return self._requests.ask("open", pseudonym, reason)

    def list_requests(self) -> list[Request]:
        """Return requests about sealing, newest first: the person's own and, if they may agree, all in their cases.

        Raises:
            Refused: none of the person's roles may make such a request or agree to it.
        """
        if not any(map(self._ask.may, (*KINDS.values(), "agree"))):
            self._ask.require("seal")
        requests = [
            request
            for kind, action in KINDS.items()
            if self._ask.may(action) or self._ask.may("agree")
            for request in self._requests.list_requests(kind)
        ]
        return sorted(requests, key=lambda request: request.asked_at, reverse=True)

    def agree(self, request: str, progress: Progress, answer: str = "") -> str:
        """Agree to a request about sealing, and carry it out; return a text on what may remain on disk.

        Raises:
            Refused, NotFound, RequestError: as `Reveals.agree`.
        """
        row, progress = self._requests.row(KINDS, request, mine=False), self._ask.progress(progress)
        casework = self._ask.home.casework
        if row.kind == "loosen":
            return self._loosen(row, answer, progress)
        kind = DECIDED[row.kind]
        return self._requests.do(
            row,
            answer,
            progress,
            lambda decided: row.state == "agreed" and decided == kind,
            lambda reason, agreed: casework.decide(
                row.case_id, row.pseudonym, kind, row.asked_by, reason, progress, agreed
            ),
        )

    def refuse(self, request: str, answer: str = "") -> Request:
        """Refuse another person's request. Raises as `Reveals.agree`."""
        return self._requests.decide(self._requests.row(KINDS, request, mine=False).kind, request, "refused", answer)

    def start(self, request: str, answer: str = "") -> tuple[str, str]:
        """Agree to a request and carry it out as a job; return its case and id. Raises as `agree`."""
        row = self._requests.row(KINDS, request, mine=False)
        requests = self._requests.agreeing(row)
        theirs = Sealings(self._ask.at(row.case_id), requests)
        return row.case_id, requests.start(row.kind, lambda progress: theirs.agree(request, progress, answer))

    # -- the protection of the case ---------------------------------------------------------------------------

    def tighten(self, progress: Progress) -> None:
        """Make the case a witness case: from now on, people are named only because of an act or a charge.

        People whose names have perhaps been read stay named; the custodian is asked to check them.

        Raises:
            Refused: role or clearance is missing.
            RequestError: it is a witness case already.
        """
        progress = self._ask.progress(progress)
        with self._ask.act("seal", step="tighten"):
            self._require_other(WITNESS)
            protect(self._ask.home.casework, self._ask.case, WITNESS, progress)
        self._ask.home.casework.rewrite(progress)

    def start_tightening(self) -> str:
        """Start `tighten` as a job; return its id."""
        self._require_other(WITNESS)

        def work(progress: Progress) -> str:
            self.tighten(progress)
            return ""

        return self._requests.start("protect", work)

    def ask_loosening(self, reason: str) -> str:
        """Request that the case protects marked people only; return the request's id. A supervisor must agree.

        Raises:
            Refused: the role custodian or clearance is missing.
            RequestError: it protects only marked people already.
        """
        with self._ask.act("open", step="loosen"):
            self._require_other(MARKED)
            return self._requests.ask("loosen", "", reason)

    def _loosen(self, row: Any, answer: str, progress: Progress) -> str:
        casework = self._ask.home.casework
        self._requests.decide("loosen", row.id, "agreed", answer)
        with self._ask.at(row.case_id).act("agree", step="loosen"):
            protect(casework, row.case_id, MARKED, progress, is_loosened=True)
        self._requests.store.end(row.id, "done")
        return "The case protects marked people only."

    def _require_other(self, protection: str) -> None:
        require_whole(self._ask)
        case = self._ask.case
        if self._ask.home.casework.protection.of(case)[0] == protection:
            raise RequestError(f"The case {case} has this protection already.")

    # -- lists of people --------------------------------------------------------------------------------------

    def to_be_sealed(self) -> dict[str, str]:
        """Return id → reason, for named people that the custodian should check and perhaps ask to seal.

        For custodians and supervisors with clearance for the whole case and for sources.
        """
        self._require_knowing("waiting")
        return self._ask.home.casework.people_named(self._ask.case, lambda standing: in_words(standing.asked))

    def newly_named(self) -> dict[str, str]:
        """Return id → reason, for people named because of the newest delivery. Permissions as for `to_be_sealed`.

        Raises:
            Refused: as `to_be_sealed`.
        """
        self._require_knowing("named")
        newest = max(self._ask.home.register.counting(self._ask.case), default=0)
        because = {"act": f"an act came with their name in delivery {newest}", "charged": "suspect or convicted"}
        return self._ask.home.casework.people_named(
            self._ask.case, lambda standing: because.get(standing.why, "") if standing.named_by == newest else ""
        )

    def sealed_entities(self) -> list[Sealed]:
        """Return all sealed people and things, first those in the case now. Permissions as for `to_be_sealed`.

        If an erasure removed a name from an id, the pseudonym has changed, and only the new one is listed.
        """
        self._require_knowing("sealed")
        register, case = self._ask.home.register, self._ask.case
        pseudonyms = register.pseudonyms(case)
        everybody = (
            Sealed(name, standing.since, in_words(standing.why), standing.against, name in pseudonyms)
            for name, standing in register.sealed_standings(case).items()
            if name in pseudonyms or not standing.moved_to
        )
        return sorted(everybody, key=lambda entity: (not entity.delivered, entity.pseudonym))

    def _require_knowing(self, step: str) -> None:
        case = self._ask.case
        with self._ask.act("seal", step=step):
            require_whole(self._ask)
            policy.require_sources(self._ask.principal, case)
