"""What one person can do, for one purpose: the only thing web, command line and notebooks hold.

Everything here passes the gate. What a reader may not see is not there; "not there" and "not yours" read the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from graphsvc.access import audit, policy
from graphsvc.access.principal import Grant, Principal
from graphsvc.access.redact import Released
from graphsvc.errors import NotFound, RequestError
from graphsvc.queries import Query
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.service.analysing import Analysing
from graphsvc.service.casework import known_cases, version_of
from graphsvc.service.loading import Loading
from graphsvc.service.network import Picturing

if TYPE_CHECKING:
    from graphsvc.service.desk import Service

_ONE = {table.record: f"{table.name}.one" for table in ENTITY_TABLES}


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One line of the list of cases."""

    id: str
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class EntityPage:
    """Everything a reader may know of one entity.

    Attributes:
        kind: `person`, `boat`, `crossing`, `gang`, `workplace` or `thing`.
        values: released properties that have a value, in the order of the case format.
        links: rows of `entities.links`; claims: rows of `entities.claims`.
        truncated: there are more links or claims than are given.
    """

    id: str
    kind: str
    name: str
    values: dict[str, Any]
    links: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    truncated: bool


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Everything a reader may know of one statement: released values, and rows of `statements.claims`."""

    id: str
    values: dict[str, Any]
    claims: list[dict[str, Any]]
    truncated: bool


class Session(Analysing, Loading, Picturing):
    """One principal, one purpose and, once chosen, one case."""

    def __init__(self, service: Service, principal: Principal, purpose: str, case: str = "") -> None:
        self._service = service
        self.principal = principal
        self.purpose = purpose
        self._case = case

    # -- who and where ----------------------------------------------------------------------------------------

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

    def at(self, case: str) -> Session:
        """The same session at another case."""
        return Session(self._service, self.principal, self.purpose, case)

    def close(self) -> None:
        """Let go of everything; only for a session of `graphsvc.connect`, whose service is its own."""
        self._service.close()

    def may(self, action: str) -> bool:
        """Whether the principal's roles allow an action (`access.policy.ACTIONS`)."""
        return policy.may(self.principal, action)

    @property
    def grant(self) -> Grant:
        """The clearance in this session's case."""
        return policy.require_case(self.principal, self.case)

    @property
    def version(self) -> int:
        """How often the case has been changed: what was computed at another version is not current."""
        policy.require_case(self.principal, self.case)
        return version_of(self._service.database, self.case)

    def cases(self) -> list[CaseSummary]:
        """The cases this person can see, by name. An auditor or administrator sees none by that role."""
        if not self.may("read"):
            return []
        return [
            CaseSummary(row["id"], row["state"], row["version"])
            for row in known_cases(self._service.database)
            if self.principal.grant(row["id"]) is not None
        ]

    @property
    def database(self) -> sa.Engine:
        """The application database, for other use cases of this room."""
        return self._service.database

    def acting(self, action: str, **detail: Any) -> AbstractContextManager[dict[str, Any]]:
        """One logged act that needs no case: refused without a role that allows it."""
        return self._service.gate.acting(self.principal, self.purpose, action, **detail)

    # -- reading ----------------------------------------------------------------------------------------------

    def queries(self) -> list[Query]:
        """The named queries this person may run."""
        return [
            query
            for query in self._service.library.public()
            if not query.roles or self.principal.roles & set(query.roles)
        ]

    def query(self, name: str, parameters: Mapping[str, Any] | None = None) -> Released:
        """Run a named query on the case.

        Raises:
            RequestError: no such query, or a parameter is wrong. Refused, NotFound, Busy: see `access.gate`.
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

    def counts(self) -> dict[str, int]:
        """How many entities of each kind are visible."""
        return {row["kind"]: row["count"] for row in self.rows("cases.counts").dicts()}

    def find(self, text: str) -> Released:
        """Entities whose name, alias, phone, registration or id has `text` in it, nearest first."""
        return self.rows("entities.find", text=text)

    def entity(self, identifier: str) -> EntityPage:
        """Everything this reader may know of one entity.

        Raises:
            NotFound: there is none, or it is not theirs to see.
        """
        named = self.rows("entities.named", ids=[identifier]).dicts()
        if not named:
            raise _nothing(identifier)
        kind = named[0]["kind"]
        found = self.rows(_ONE[kind], id=identifier).dicts()
        links = self.rows("entities.links", id=identifier)
        claims = self.rows("entities.claims", id=identifier)
        return EntityPage(
            identifier,
            kind,
            named[0]["name"] or identifier,
            _filled(found[0]),
            links.dicts(),
            claims.dicts(),
            links.truncated or claims.truncated,
        )

    def statement(self, identifier: str) -> StatementPage:
        """Everything this reader may know of one statement.

        Raises:
            NotFound: there is none, or it is not theirs to see.
        """
        found = self.rows("statements.one", id=identifier).dicts()
        if not found:
            raise _nothing(identifier)
        claims = self.rows("statements.claims", id=identifier)
        return StatementPage(identifier, _filled(found[0]), claims.dicts(), claims.truncated)

    def between(self, subject: str, relation: str, target: str) -> list[dict[str, Any]]:
        """The claims behind one link, and what denies it."""
        return self.rows("entities.between", subject=subject, relation=relation, object=target).dicts()

    def provenance(self, claims: list[str]) -> dict[str, tuple[int, int]]:
        """Claim id → (delivery, line of its links file), for claims this session was given."""
        policy.require_case(self.principal, self.case)
        return self._service.casework.provenance(self.case, claims)

    # -- the log ----------------------------------------------------------------------------------------------

    def log(self, *, newest: int = 200, before: int | None = None) -> list[dict[str, Any]]:
        """Lines of the log, newest first; for auditors."""
        with self._service.gate.acting(self.principal, self.purpose, "log"):
            return audit.lines(self._service.database, newest=newest, before=before)


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and value != []}


def _nothing(identifier: str) -> NotFound:
    return NotFound(f"There is nothing with the id {identifier[:80]!r} that you can see in this case.")
