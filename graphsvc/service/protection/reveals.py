"""Reveals: a custodian requests the identity behind a pseudonym, and a supervisor agrees to it for a short time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphsvc.access.decisions import requests
from graphsvc.access.decisions.requests import OPEN
from graphsvc.access.log.audit import now
from graphsvc.access.people import policy
from graphsvc.access.vault import pseudonym
from graphsvc.errors import Refused
from graphsvc.records.tables import PROTECTED
from graphsvc.service.ask import Ask
from graphsvc.service.protection.clearance import is_shown
from graphsvc.service.protection.requests import Request, Requests, no_such_pseudonym

_CLOSED = {
    "asked": "Nobody has agreed to this reveal yet. Another person, a supervisor, has to.",
    "refused": "This reveal was refused. The list of reveals has the name and reason.",
}


@dataclass(frozen=True, slots=True)
class Revealed:
    """The identity behind a pseudonym, from the vault. Show it once and store it nowhere.

    Attributes:
        kind: `person`, `thing` or `source`. The values for a source include those of its person, if known.
        until: when the reveal ends.
    """

    request: Request
    kind: str
    values: dict[str, Any]
    until: dt.datetime


class Reveals:
    """The reveals of one person."""

    def __init__(self, ask: Ask, requests: Requests) -> None:
        self._ask = ask
        self._requests = requests

    def ask(self, pseudonym: str, reason: str) -> str:
        """Request the identity behind one pseudonym; return the request's id.

        Raises:
            Refused: the role custodian is missing.
            RequestError: the reason is missing, or it is requested already.
            NotFound: there is no such pseudonym, or this person may not see it.
        """
        case = self._ask.case
        with self._ask.act("reveal", step="ask", person=pseudonym):
            self._require_mine(case, pseudonym)
            return self._requests.ask("reveal", pseudonym, reason)

    def list_reveals(self) -> list[Request]:
        """Return reveals, newest first: the person's own requests and, if they may agree, all in their cases."""
        self.settle()
        return self._requests.list_requests("reveal")

    def agree(self, request: str, answer: str = "") -> Request:
        """Agree to a reveal another person requested: for a short time, the requester alone can open it.

        Raises:
            Refused: the role supervisor is missing, or it is the person's own request.
            NotFound: it does not exist, or this person may not see it.
            RequestError: it has been answered already.
        """
        until = now() + dt.timedelta(minutes=self._ask.settings.reveal_minutes)
        return self._requests.decide("reveal", request, "agreed", answer, until)

    def refuse(self, request: str, answer: str = "") -> Request:
        """Refuse a reveal another person requested. Raises as `agree`."""
        return self._requests.decide("reveal", request, "refused", answer)

    def open(self, request: str) -> Revealed:
        """Return the identity to the requester, until the reveal ends. Each opening is logged.

        Raises:
            NotFound: it does not exist, or this person may not see it.
            Refused: it was not agreed to, or its time is over.
        """
        self.settle()
        row = self._requests.row("reveal", request, mine=True)
        with self._ask.at(row.case_id).act("reveal", step="open", person=row.pseudonym) as outcome:
            self._require_mine(row.case_id, row.pseudonym)
            if row.state not in OPEN or not self._requests.store.mark_opened(row.id):
                raise Refused(_CLOSED.get(row.state, "The time of this reveal is over. Ask again if you must."))
            kind, values = self._identity(row.case_id, row.pseudonym)
            if not self._ask.at(row.case_id).grant.sources:
                values = _without_protected(values)
            outcome["rows"] = 1
            if kind == "source":
                outcome["sources"] = [row.pseudonym]
            return Revealed(self._requests.visible_request(self._requests.store.one(row.id)), kind, values, row.until)

    def end(self, request: str) -> None:
        """End one of the person's own reveals early. No effect if it has ended. Raises NotFound as `open`."""
        row = self._requests.row("reveal", request, mine=True)
        with self._ask.at(row.case_id).act("reveal", step="end", person=row.pseudonym):
            self._requests.store.end(row.id)

    def settle(self) -> None:
        """End the reveals whose time is over, and log each."""
        requests.settle(self._ask.database)

    def _require_mine(self, case: str, pseudonym: str) -> None:
        """Raise an error unless the vault has the identity, pages show the pseudonym, and the reader is cleared for it.

        A named person may have a vault entry, which says only that they are a witness or victim. It must not show.

        Raises:
            NotFound: the pseudonym is unknown or hidden from this reader; the message does not say which.
        """
        grant = policy.require_case(self._ask.principal, case)
        register = self._ask.home.register
        kind = register.kind(case, pseudonym)
        # Without source clearance, only people on pages can be requested: others may be in the case only as a source.
        if kind == "person" and not (
            pseudonym in register.sealed_standings(case) and is_shown(self._ask.at(case), pseudonym)
        ):
            kind = None
        if grant.handling != "C" or kind is None or (kind == "source" and not grant.sources):
            raise no_such_pseudonym(pseudonym)

    def _identity(self, case: str, name: str) -> tuple[str, dict[str, Any]]:
        register = self._ask.home.register
        kind, values = register.identity(case, name)
        if kind == "source":
            person = pseudonym(register.key(case, create=False), "person", values["id"])
            if register.kind(case, person) is not None:
                values = {**register.identity(case, person)[1], **values}
        return kind, values


def _without_protected(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return an identity without the categories that only readers with source clearance may see."""
    unprotected = [word for word in values.get("category", ()) if word.partition("@")[0] not in PROTECTED]
    return {name: value for name, value in values.items() if name != "category"} | (
        {"category": unprotected} if unprotected else {}
    )
