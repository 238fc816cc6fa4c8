"""What a session can do to hold material, and what all that protects asks first: clearance for the whole case."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from graphsvc.access.decided.holds import KINDS, Hold, Holds, NewHold
from graphsvc.access.people import policy
from graphsvc.access.vault import pseudonym
from graphsvc.errors import NotFound, Refused
from graphsvc.service.ask import Reading

__all__ = ["KINDS", "Hold", "Holding", "NewHold"]


class Holding(Reading):
    """The part of a session that holds material of an investigation or prosecution."""

    def add_hold(self, hold: NewHold, person: str = "") -> str:
        """Put a hold on the case, or on one person (by id or pseudonym, as pages show them); gives its id.

        Raises:
            Refused: the role supervisor or clearance is missing. NotFound: the person is not there, or not yours.
            RequestError: kind, owner, reason or date is none.
        """
        case = self.case
        with self._protecting("hold", case, step="add", kind=hold.kind) as outcome:
            self._require_whole_case(case)
            name = self._person(case, person)[0] if person else ""
            outcome["rows"] = 1
            return self._kept_holds.add(case, name, person, hold, self.principal.name)

    def holds(self) -> list[Hold]:
        """The holds of the case, those that last first; for supervisors with clearance for the whole case."""
        case = self.case
        with self._protecting("hold", case, step="list") as outcome:
            self._require_whole_case(case)
            found = self._kept_holds.of(case)
            outcome["rows"] = len(found)
            # Who was sealed since then is shown by pseudonym; who stands by name may have something in the vault, too.
            sealed = self._service.register.sealed(case)
            return [replace(one, person=one.pseudonym) if one.pseudonym in sealed else one for one in found]

    def release_hold(self, hold: str) -> None:
        """Release a hold.

        Raises:
            NotFound: there is none that lasts.
        """
        case = self.case
        with self._protecting("hold", case, step="release"):
            self._require_whole_case(case)
            self._kept_holds.release(case, hold, self.principal.name)

    @property
    def _kept_holds(self) -> Holds:
        return Holds(self._service.database, self._service.register.key(self.case, create=False))

    # -- what all that protects asks --------------------------------------------------------------------------

    def _protecting(self, action: str, case: str, **detail: Any) -> AbstractContextManager[dict[str, Any]]:
        return self._service.gate.acting(self.principal, self.purpose, action, case, **detail)

    def _whole(self, case: str) -> bool:
        grant = self.principal.grant(case)
        return grant is not None and grant.handling == "C"

    def _require_whole_case(self, case: str) -> None:
        policy.require_case(self.principal, case)
        if not self._whole(case):
            raise Refused(f"This takes clearance for handling code C in the case {case}.")

    def _person(self, case: str, given: str) -> tuple[str, bool]:
        """Pseudonym of a person by the id that pages show, and whether they are sealed.

        Raises:
            NotFound: there is no such person, or the reader does not see them.
        """
        found = self.at(case).rows("entities.named", ids=[given]).dicts()
        if not found or found[0]["kind"] != "person":
            raise NotFound(f"There is no person with the id {given[:80]!r} that you can see in this case.")
        if found[0]["sealed"]:
            return given, True
        return pseudonym(self._service.register.key(case, create=False), "person", given), False
