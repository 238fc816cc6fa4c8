"""What a session can do about how somebody stands: ask that they are sealed, or named again, and agree to it.

Who is sealed stays sealed, and who is named stays named, but by the decision of two persons: one asks, a supervisor who
is another one agrees. Only a custodian asks that somebody sealed stands by name again.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphsvc.access.people import policy
from graphsvc.cases.deliveries.casework import Progress
from graphsvc.errors import RequestError
from graphsvc.service.protection.requests import Protecting, Request, no_such_pseudonym

KINDS = ("seal", "open")
_DECIDED = {"seal": "sealed", "open": "opened"}


@dataclass(frozen=True, slots=True)
class Sealed:
    """How one person or thing came to stand by a pseudonym.

    Attributes:
        since: the day (ISO). why: in words of ours.
        against: number of the first delivery after which the cells say nothing more that would seal them; 0: they do.
    """

    pseudonym: str
    since: str
    why: str
    against: int


class Sealings(Protecting):
    """The part of a session that decides who is sealed."""

    def ask_sealing(self, person: str, reason: str) -> str:
        """Ask that someone who stands by name is sealed; gives the request's id. A supervisor, another person, agrees.

        Raises:
            Refused: role or clearance is missing. NotFound: not there, or not yours. RequestError: sealed already.
        """
        case = self.case
        with self._protecting("seal", case, step="ask"):
            self._require_whole_case(case)
            name, sealed = self._person(case, person)
            if sealed:
                raise RequestError("This person is sealed already.")
            return self._ask("seal", case, name, reason)

    def ask_opening(self, pseudonym: str, reason: str) -> str:
        """Ask that someone sealed stands by name again, for everybody; gives the request's id. A supervisor agrees.

        Raises:
            Refused: the role custodian or clearance is missing. NotFound: there is no such person, or not yours.
        """
        case = self.case
        with self._protecting("open", case, step="ask", person=pseudonym):
            self._require_whole_case(case)
            if self._service.register.kind(case, pseudonym) != "person" or not self._person(case, pseudonym)[1]:
                raise no_such_pseudonym(pseudonym)
            return self._ask("open", case, pseudonym, reason)

    def sealings(self) -> list[Request]:
        """What was asked on how somebody stands, newest first: by you, and in all of your cases if you may agree.

        Raises:
            Refused: no role of yours asks for any of it, or agrees.
        """
        if not any(map(self.may, (*KINDS, "agree"))):
            self.require("seal")
        found = [request for kind in KINDS if self.may(kind) or self.may("agree") for request in self._requests(kind)]
        return sorted(found, key=lambda one: one.asked_at, reverse=True)

    def agree_sealing(self, request: str, progress: Progress, answer: str = "") -> str:
        """Agree that somebody is sealed, or named again, and do it; gives what may remain, in words.

        Raises:
            Refused, NotFound, RequestError: as `agree_reveal`.
        """
        row = self._row(KINDS, request, mine=False)
        casework, kind = self._service.casework, _DECIDED[row.kind]
        return self._do_agreed(
            row,
            answer,
            progress,
            lambda decided: row.state == "agreed" and decided == kind,
            lambda reason, agreed: casework.decide(
                row.case_id, row.pseudonym, kind, row.asked_by, reason, progress, agreed
            ),
        )

    def refuse_sealing(self, request: str, answer: str = "") -> Request:
        """Refuse what another person asked for. Raises as `agree_reveal`."""
        return self._decide(self._row(KINDS, request, mine=False).kind, request, "refused", answer, None)

    def start_sealing(self, request: str, answer: str = "") -> tuple[str, str]:
        """Agree and do it as a job; gives its case and id. Raises as `agree_sealing`."""
        row = self._row(KINDS, request, mine=False)
        here = self._agreeing(row)
        return row.case_id, here._working(row.kind, lambda progress: here.agree_sealing(request, progress, answer))

    # -- what a case says of it -------------------------------------------------------------------------------

    def to_be_sealed(self) -> dict[str, str]:
        """Ids of people by name of whom a delivery says that they should be sealed → why: two persons decide.

        For custodians and supervisors with clearance for the whole case and for sources.
        """
        self._require_knowing("waiting")
        return self._service.casework.waiting_to_be_sealed(self.case)

    def sealed(self) -> list[Sealed]:
        """Everybody sealed in the case, with since when and why; for who may know it, as `to_be_sealed`."""
        self._require_knowing("sealed")
        kept = self._service.register.sealed(self.case)
        return [Sealed(name, one.since, one.why, one.against) for name, one in sorted(kept.items())]

    def _require_knowing(self, step: str) -> None:
        case = self.case
        with self._protecting("seal", case, step=step):
            self._require_whole_case(case)
            policy.require_sources(self.principal, case)
