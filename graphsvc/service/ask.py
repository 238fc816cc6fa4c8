"""What every part of a session stands on: who asks, why, of which case, and the gate their questions pass."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from graphsvc.access.door.gate import state_for
from graphsvc.access.door.redact import Released
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.cases.register import known_cases, version_for, version_of
from graphsvc.config import Settings
from graphsvc.errors import NotFound, RequestError
from graphsvc.queries import Query

if TYPE_CHECKING:
    from graphsvc.service.home import Service


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One line of the list of cases."""

    id: str
    state: str
    version: int


class Reading:
    """One principal, one purpose and, once chosen, one case: asks named queries through the gate."""

    def __init__(self, service: Service, principal: Principal, purpose: str, case: str = "") -> None:
        self._service = service
        self.principal = principal
        self.purpose = purpose
        self._case = case

    @property
    def case(self) -> str:
        """The case of this session; the only visible one where none was chosen.

        Raises:
            RequestError: there are several to choose from, or none.
        """
        if self._case:
            return self._case
        visible = self.cases()
        if len(visible) != 1:
            named = ", ".join(case.id for case in visible) or "none yet: `graphsvc load FOLDER --case NAME` makes one"
            raise RequestError(f"Say which case. You can see: {named}.")
        return visible[0].id

    def at(self, case: str) -> Self:
        """The same session at another case."""
        return type(self)(self._service, self.principal, self.purpose, case)

    def close(self) -> None:
        """Let go of everything; only for a session of `graphsvc.connect`, whose service is its own."""
        self._service.close()

    def may(self, action: str) -> bool:
        """Whether the principal's roles allow an action (`access.people.policy.ACTIONS`)."""
        return policy.may(self.principal, action)

    @property
    def grant(self) -> Grant:
        """The clearance in this session's case."""
        return policy.require_case(self.principal, self.case)

    @property
    def version(self) -> int:
        """How often the case has been changed in what shows at this clearance: what was computed at another version is not current.

        Raises:
            Refused: no role of theirs reads cases; whether this one is there makes no difference. NotFound: not theirs.
        """
        policy.require(self.principal, "read")
        policy.require_case(self.principal, self.case)
        return version_of(self._service.database, self.case, self.grant.handling)

    def cases(self) -> list[CaseSummary]:
        """The cases this person can see, by name. An auditor or administrator sees none by that role."""
        if not self.may("read"):
            return []
        return [
            CaseSummary(row["id"], state_for(row["state"], grant.handling), row[version_for(grant.handling)])
            for row in known_cases(self._service.database)
            if (grant := self.principal.grant(row["id"])) is not None
        ]

    @property
    def service(self) -> Service:
        """The service behind this session, for other use cases of this room."""
        return self._service

    @property
    def database(self) -> sa.Engine:
        """The application database, for other use cases of this room."""
        return self._service.database

    @property
    def settings(self) -> Settings:
        """The settings of the service, for other use cases of this room."""
        return self._service.settings

    def acting(self, action: str, **detail: Any) -> AbstractContextManager[dict[str, Any]]:
        """One logged act that needs no case: refused without a role that allows it."""
        return self._service.gate.acting(self.principal, self.purpose, action, **detail)

    def queries(self) -> list[Query]:
        """The named queries this person may run: by role, and those about sources only with source clearance."""
        grants = [self.principal.grant(self._case)] if self._case else list(self.principal.grants.values())
        cleared = any(grant is not None and grant.sources for grant in grants)
        return [
            query
            for query in self._service.library.public()
            if (not query.roles or self.principal.roles & set(query.roles)) and (cleared or not query.for_sources)
        ]

    def query(self, name: str, parameters: Mapping[str, Any] | None = None) -> Released:
        """Run a named query on the case.

        Raises:
            RequestError: no such query, or a parameter is wrong. Refused, NotFound, Busy: see `access.door.gate`.
        """
        if self._service.library[name].kind == "internal":
            raise RequestError(f"The query {name} is the service's own. `graphsvc query` lists those you can run.")
        return self._service.gate.read(self.principal, self.purpose, name, self.case, parameters)

    def query_text(self, name: str) -> str:
        """The Cypher of a named query."""
        return self._service.library[name].text

    def rows(self, name: str, *, whole: bool = False, **parameters: Any) -> Released:
        """Rows of one of the service's own queries, for pages; `whole` reads all of a case (an error if too much)."""
        return self._service.gate.read(
            self.principal,
            self.purpose,
            name,
            self.case,
            parameters,
            action="analyse" if whole else "read",
            whole=whole,
        )

    def _together(self, *asked: tuple[str, Mapping[str, Any]], whole: bool = False) -> list[Released]:
        """The rows of several of the service's own queries (name, parameters), asked for at the same time.

        A server answers each question on one core alone; what does not wait for another answer is asked beside it.
        """
        with ThreadPoolExecutor(len(asked)) as pool:
            waiting = [pool.submit(self.rows, name, whole=whole, **parameters) for name, parameters in asked]
            return [one.result() for one in waiting]


def filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """What of a released row has a value."""
    return {name: value for name, value in row.items() if value is not None and value != []}


def nothing(identifier: str) -> NotFound:
    """The one answer to an id that is not there and to one that is not yours."""
    return NotFound(f"There is nothing with the id {identifier[:80]!r} that you can see in this case.")
