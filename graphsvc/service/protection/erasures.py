"""Erasures: somebody goes from a case for good; asked by one person, agreed to by another.

Both take source clearance. Whether an erasure would take anything that is under a hold tells who gave a statement about
the person under it, also a statement that waits.
"""

from __future__ import annotations

from collections.abc import Callable

from graphsvc.access.people import policy
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.protection.clearance import person_kept, require_whole
from graphsvc.service.protection.requests import Request, Requests


class Erasures:
    """The erasures of one person's cases."""

    def __init__(self, ask: Ask, requests: Requests) -> None:
        self._ask = ask
        self._requests = requests

    def ask(self, person: str, reason: str) -> str:
        """Ask that a person is erased; gives the request's id. Another person, a supervisor, has to agree.

        Who is sealed and in no delivery any more is asked for by the pseudonym that `Sealings.sealed` lists.

        Raises:
            Refused: role or clearance is missing. NotFound: not there, or not yours. HeldError: held.
        """
        case = self._ask.case
        with self._ask.act("erase", step="ask"):
            require_whole(self._ask)
            policy.require_sources(self._ask.principal, case)
            name = person_kept(self._ask, person)
            self._ask.home.casework.require_erasable(case, name)
            return self._requests.ask("erase", name, reason)

    def listed(self) -> list[Request]:
        """Erasures, newest first: those you asked for, and all of your cases if you may agree to them."""
        return self._requests.listed("erase")

    def agree(self, request: str, progress: Progress, answer: str = "") -> str:
        """Agree to an erasure another person asked for, and do it; gives what may remain, in words.

        Raises:
            Refused: as `Reveals.agree`, or source clearance is missing. NotFound, RequestError: as `Reveals.agree`. HeldError: held; the request then still waits.
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
        """Refuse an erasure another person asked for. Raises as `Reveals.agree`."""
        return self._requests.decide("erase", request, "refused", answer)

    def start(self, request: str, answer: str = "") -> tuple[str, str]:
        """Agree to an erasure and do it as a job; gives its case and id. Raises as `agree`."""
        row = self._requests.row("erase", request, mine=False)
        requests = self._requests.agreeing(row)
        policy.require_sources(self._ask.principal, row.case_id)
        theirs = Erasures(self._ask.at(row.case_id), requests)
        return row.case_id, requests.start(row.kind, lambda progress: theirs.agree(request, progress, answer))
