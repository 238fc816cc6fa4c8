"""Holds: keep the material of an investigation or prosecution from being removed."""

from __future__ import annotations

from dataclasses import replace

from graphsvc.access.decisions.holds import HOLD_KINDS, Hold, HoldStore, NewHold
from graphsvc.cases.progress import quiet
from graphsvc.service.ask import Ask
from graphsvc.service.protection.clearance import is_hidden, is_shown, person_of, require_whole

__all__ = ["HOLD_KINDS", "Hold", "Holds", "NewHold"]


class Holds:
    """The holds of one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def add(self, hold: NewHold, person: str = "") -> str:
        """Put a hold on the case, or on one person (by id or pseudonym, as shown on pages); return its id.

        Raises:
            Refused: the role supervisor or clearance is missing.
            NotFound: there is no such person, or the supervisor may not see them.
            RequestError: kind, owner, reason or date is invalid.
            Busy: the case is being imported, or something is being removed from it.
        """
        case = self._ask.case
        with self._ask.act("hold", step="add", kind=hold.kind if hold.kind in HOLD_KINDS else "") as outcome:
            require_whole(self._ask)
            # Work that is running has checked the holds already, so a hold added now would not stop it.
            with self._ask.home.casework.at_work(case, quiet):
                name = person_of(self._ask, person)[0] if person else ""
                outcome["rows"] = 1
                of_hidden = bool(name) and is_hidden(self._ask, name)
                return self._store.add(case, name, person, hold, self._ask.principal.name, of_hidden=of_hidden)

    def list_holds(self) -> list[Hold]:
        """Return the holds of the case, those in force first; for supervisors with clearance for the whole case."""
        case = self._ask.case
        with self._ask.act("hold", step="list") as outcome:
            require_whole(self._ask)
            holds = self._store.of(case)
            outcome["rows"] = len(holds)
            # People sealed since the hold was added are shown by pseudonym. A vault entry does not mean that they are
            # sealed: named people may have one too.
            sealed = self._ask.home.register.sealed_standings(case)
            if not self._ask.grant.sources:
                holds = [hold for hold in holds if not hold.of_hidden]
            holds = [hold for hold in holds if not hold.pseudonym or is_shown(self._ask, hold.pseudonym)]
            return [replace(hold, person=hold.pseudonym) if hold.pseudonym in sealed else hold for hold in holds]

    def release(self, hold: str) -> None:
        """Release a hold.

        Raises:
            NotFound: there is no such hold in force.
        """
        case = self._ask.case
        with self._ask.act("hold", step="release"):
            require_whole(self._ask)
            self._store.release(case, hold, self._ask.principal.name)

    @property
    def _store(self) -> HoldStore:
        return HoldStore(self._ask.database, self._ask.key)
