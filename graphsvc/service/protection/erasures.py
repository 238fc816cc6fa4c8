"""Erasures: removing a person from a case for good, if one person requests it and another agrees.

Both need source clearance: they learn whether a hold blocks the erasure, which reveals who made statements about the
person on hold, even in waiting statements.
"""

from __future__ import annotations

from collections.abc import Callable

from graphsvc.access.people import policy
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.protection.clearance import person_kept, require_whole
from graphsvc.service.protection.requests import Request, Requests


class Erasures:
    """The erasures in one person's cases."""

    def __init__(self, ask: Ask, requests: Requests) -> None:
        self._ask = ask
        self._requests = requests

    def ask(self, person: str, reason: str) -> str:
        """Request the erasure of a person; return the request's id. A supervisor other than the requester must agree.

        For a sealed person who is in no delivery now, pass the pseudonym listed by `Sealings.sealed_entities`.

        Raises:
            Refused: role or clearance is missing.
            NotFound: there is no such person, or the requester may not see them.
            HeldError: the person's material is under a hold.
        """
        case = self._ask.case
        with self._ask.act("erase", step="ask"):
            require_whole(self._ask)
            policy.require_sources(self._ask.principal, case)
            name = person_kept(self._ask, person)
            self._ask.home.casework.require_erasable(case, name)
            return self._requests.ask("erase", name, reason)

    def list_erasures(self) -> list[Request]:
        """Return erasures, newest first: the person's own requests and, if they may agree, all in their cases."""
        return self._requests.list_requests("erase")

    def agree(self, request: str, progress: Progress, answer: str = "") -> str:
        """Agree to an erasure another person requested, and carry it out; return a text on what may remain on disk.

        Raises:
            Refused: as `Reveals.agree`, or source clearance is missing.
            NotFound, RequestError: as `Reveals.agree`.
            HeldError: the person's material is under a hold; the request stays open.
        """
        row = self._requests.row("erase", request, mine=False)
        casework = self._ask.home.casework

        def do(reason: str, agreed: Callable[[], None]) -> None:
            policy.require_sources(self._ask.principal, row.case_id)
            casework.erase(row.case_id, row.pseudonym, row.asked_by, reason, progress, agreed)

        return self._requests.do(
            row,
            answer,
            progress,
            lambda decided: decided == "erased",
            do,
        )

    def refuse(self, request: str, answer: str = "") -> Request:
        """Refuse an erasure another person requested. Raises as `Reveals.agree`."""
        return self._requests.decide("erase", request, "refused", answer)

    def start(self, request: str, answer: str = "") -> tuple[str, str]:
        """Agree to an erasure and carry it out as a job; return its case and id. Raises as `agree`."""
        row = self._requests.row("erase", request, mine=False)
        requests = self._requests.agreeing(row)
        policy.require_sources(self._ask.principal, row.case_id)
        theirs = Erasures(self._ask.at(row.case_id), requests)
        return row.case_id, requests.start(row.kind, lambda progress: theirs.agree(request, progress, answer))
