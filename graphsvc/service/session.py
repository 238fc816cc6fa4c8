"""What one person can do, for one purpose: the only thing web, command line and notebooks hold.

Everything here passes the gate. What a reader may not see is not there; "not there" and "not yours" read the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphsvc.errors import Refused
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.service.ask import filled, nothing
from graphsvc.service.cypher.library import Saving
from graphsvc.service.deliveries.form import Entering
from graphsvc.service.deliveries.waiting import Waiting
from graphsvc.service.exports.exports import Exporting
from graphsvc.service.leads.groups import Grouping
from graphsvc.service.leads.questions import Weighing
from graphsvc.service.leads.reviews import Reviewing
from graphsvc.service.leads.sets import KeyPlayers
from graphsvc.service.log import Auditing
from graphsvc.service.network.comments import Commenting
from graphsvc.service.network.growth import Growing
from graphsvc.service.network.overview import Overviewing
from graphsvc.service.network.paths import Tracing
from graphsvc.service.network.saved_views import Keeping
from graphsvc.service.protection.sealings import Sealings
from graphsvc.service.search.known import Known
from graphsvc.service.search.search import Searching

_ONE = {table.record: f"{table.name}.one" for table in ENTITY_TABLES}


@dataclass(frozen=True, slots=True)
class EntityPage:
    """Everything a reader may know of one entity.

    Attributes:
        kind: `person`, `boat`, `crossing`, `gang`, `workplace` or `thing`.
        values: released properties that have a value, in the order of the case format.
        links: rows of `entities.links`; claims: rows of `entities.claims`, where without source clearance what witnesses
            say is one row for each link, polarity and status, with the groups behind it and neither claim nor statement.
        truncated: there are more links or claims than are given.
    """

    id: str
    kind: str
    name: str
    values: dict[str, Any]
    links: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    truncated: bool


class Session(
    Exporting,
    Sealings,
    Waiting,
    Grouping,
    Entering,
    Auditing,
    Saving,
    Reviewing,
    Weighing,
    KeyPlayers,
    Known,
    Searching,
    Growing,
    Tracing,
    Overviewing,
    Keeping,
    Commenting,
):
    """One principal, one purpose and, once chosen, one case."""

    def counts(self) -> dict[str, int]:
        """How many entities of each kind are visible."""
        return {row["kind"]: row["count"] for row in self.rows("cases.counts").dicts()}

    def entity(self, identifier: str) -> EntityPage:
        """Everything this reader may know of one entity.

        Raises:
            NotFound: there is none, or it is not theirs to see.
        """
        named = self.rows("entities.named", ids=[identifier]).dicts()
        if not named:
            raise nothing(identifier)
        kind = named[0]["kind"]
        found = self.rows(_ONE[kind], id=identifier).dicts()
        links = self.rows("entities.links", id=identifier)
        claims = self.rows("entities.claims", id=identifier)
        return EntityPage(
            identifier,
            kind,
            named[0]["name"] or identifier,
            filled(found[0]),
            links.dicts(),
            claims.dicts(),
            links.truncated or claims.truncated,
        )

    def between(self, subject: str, relation: str, target: str) -> list[dict[str, Any]]:
        """The claims behind one link, and what denies it."""
        return self.rows("entities.between", subject=subject, relation=relation, object=target).dicts()

    def provenance(self, claims: list[str]) -> dict[str, tuple[int, int]]:
        """Claim id → (delivery, line of its links file), for claims this session was given.

        Empty without clearance for all of the case: a line tells how many rows came before it.

        Raises:
            Refused: without source clearance, whatever the ids: a claim of a witness leads nowhere then.
        """
        with self._service.gate.acting(self.principal, self.purpose, "read", self.case, query="provenance") as outcome:
            if not self.grant.sources:
                raise Refused("Where a claim was delivered takes source clearance. An administrator can give it.")
            found = self._service.register.provenance(self.case, claims) if self.grant.handling == "C" else {}
            outcome["rows"] = len(found)
        return found
