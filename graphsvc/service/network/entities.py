"""Everything known about an entity, counts of entities in a case, and the deliveries that claims came from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphsvc.access.gate.redact import Released
from graphsvc.errors import NotFound, Refused
from graphsvc.records.relations import link_key, orders
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.service.ask import Ask, filled_columns, nothing
from graphsvc.views.payments import PAID

# Maximum number of an entity's links returned in one call, for each relation.
LINKS_AT_ONCE = 200
_Rows = list[dict[str, Any]]
_ONE = {table.record: f"{table.name}.one" for table in ENTITY_TABLES}


@dataclass(frozen=True, slots=True)
class EntityPage:
    """Everything a reader may know about one entity.

    Attributes:
        kind: `person`, `boat`, `crossing`, `gang`, `workplace` or `thing`.
        values: released properties that have a value, in the order of the case format.
        ties: relation → number of its links, returned or not.
        denied: number of denied links, returned or not.
        links: rows of `entities.links`, best supported first.
        claims: rows of `entities.claims` behind these links; with the first links, also claims without a link. Without
            source clearance, witness claims are merged by link, polarity and status; a merged row has the number of
            groups behind it instead of claim and statement.
        whole: whether all links are returned.
        truncated: there are more claims or links than one query returns.
    """

    id: str
    kind: str
    name: str
    values: dict[str, Any]
    ties: dict[str, int]
    denied: int
    links: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    whole: bool
    truncated: bool


class Entities:
    """The entities of one case, and the links between them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def by_id(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Map ids to rows of `entities.named`, for ids visible to this reader."""
        return self._ask.entity_rows(ids)

    def days(self) -> list[dict[str, Any]]:
        """Return the number of crossings and statements on each day: rows of `cases.days`."""
        return self._ask.rows("cases.days").dicts()

    def statement_counts(self) -> dict[str, int]:
        """Map each kind of statement to the number of statements this reader may see individually."""
        return {row["kind"]: row["count"] for row in self._ask.rows("cases.statement_counts").dicts() if "count" in row}

    def link(self, subject: str, relation: str, target: str) -> dict[str, Any]:
        """Return the figures of one link: its row of `network.among`.

        Raises:
            NotFound: it does not exist, or this reader may not see it.
        """
        for row in self._ask.rows("network.among", ids=[subject, target], relations=[relation]).dicts():
            if (row["subject"], row["object"]) == (subject, target):
                return row
        raise NotFound("There is no such link that you can see in this case.")

    def counts(self) -> dict[str, int]:
        """Return the number of visible entities of each kind."""
        return {row["kind"]: row["count"] for row in self._ask.rows("cases.counts").dicts()}

    def most_linked(self) -> list[dict[str, Any]]:
        """Return the dozen entities with the most links, to start a picture from: rows of `entities.most_linked`."""
        return self._ask.rows("entities.most_linked").dicts()

    def look(self, identifier: str, relation: str = "", after: int = 0, most: int = LINKS_AT_ONCE) -> EntityPage:
        """Return everything this reader may know about one entity, limited to `most` links of each relation.

        Args:
            identifier: its id.
            relation: only links and claims of this relation; empty for all.
            after: how many of the best supported links of each relation to skip.
            most: number of links of each relation to return, at most `LINKS_AT_ONCE`.

        Raises:
            NotFound: it does not exist, or this reader may not see it.
        """
        named = self._ask.entity_rows([identifier])
        if not named:
            raise nothing(identifier)
        kind = named[identifier]["kind"]
        rows = self._ask.rows(_ONE[kind], id=identifier).dicts()
        parameters: dict[str, Any] = {"id": identifier, "relation": relation}
        ties = self._ask.rows("entities.ties", **parameters).dicts()
        links, cut = self._links(parameters, after, min(most, LINKS_AT_ONCE), ties)
        whole = len(links) == sum(row["links"] for row in ties)
        claims, truncated = self._all_claims(parameters) if whole else self._claims(parameters, links, first=not after)
        return EntityPage(
            identifier,
            kind,
            named[identifier]["name"] or identifier,
            filled_columns(rows[0]),
            {row["relation"]: row["links"] for row in ties},
            sum(row["denied"] for row in ties),
            links,
            claims,
            whole,
            truncated or cut,
        )

    def payments(self, identifier: str) -> Released:
        """Return all claims about a payment by or to an entity: rows of `entities.claims`."""
        return self._ask.rows("entities.claims", id=identifier, relation=PAID)

    def against(self, identifier: str) -> Released:
        """Return all claims about an entity that are denials or were taken back: rows of `entities.claims`."""
        return self._ask.rows("entities.claims", id=identifier, which="against")

    def _links(self, parameters: Mapping[str, Any], after: int, most: int, ties: _Rows) -> tuple[_Rows, bool]:
        """Return the requested links, and whether the row cap cut them."""
        if after and after >= max((row["links"] for row in ties), default=0):
            return [], False
        links = self._ask.rows("entities.links", **parameters, after=after, most=most)
        return links.dicts(), links.truncated

    def _all_claims(self, parameters: Mapping[str, Any]) -> tuple[_Rows, bool]:
        """Return all claims and whether any were cut; claims without a link are never cut."""
        every = self._ask.rows("entities.claims", **parameters)
        claims = every.dicts()
        if every.truncated:
            claims += [
                row
                for row in self._ask.rows("entities.claims", **parameters, which="apart").dicts()
                if row not in claims
            ]
        return claims, every.truncated

    def _claims(self, parameters: Mapping[str, Any], links: _Rows, *, first: bool) -> tuple[_Rows, bool]:
        """Return the claims behind some links (if `first`, also claims without a link), and whether any were cut."""
        keys = {link_key(link) for link in links}
        far_ends = {target if subject == parameters["id"] else subject for subject, _, target in keys}
        behind = self._ask.rows("entities.between", **parameters, others=sorted(far_ends))
        # Claims on another relation between the same entities belong to links that are not returned.
        claims = [claim for claim in behind.dicts() if link_key(claim) in keys]
        if not first:
            return claims, behind.truncated
        apart = self._ask.rows("entities.claims", **parameters, which="apart")
        return claims + apart.dicts(), behind.truncated or apart.truncated

    def between(self, subject: str, relation: str, target: str) -> Released:
        """Return the claims that assert or deny one link, denials first: rows of `entities.between`."""
        released = self._ask.rows("entities.between", id=subject, others=[target], relation=relation)
        ends = [released.columns.index(name) for name in ("subject", "relation", "object")]
        polarity = released.columns.index("polarity")
        link, *swapped = orders((subject, relation, target))
        rows = [
            row
            for row in released.rows
            if (of := tuple(row[end] for end in ends)) == link or (of in swapped and row[polarity] == "denies")
        ]
        return replace(released, rows=rows)

    def provenance(self, claims: list[str]) -> dict[str, tuple[int, int]]:
        """Map claim ids to (delivery, line in its links file).

        Empty without clearance for the whole case, since a line number shows how many rows came before it.

        Raises:
            Refused: without source clearance, whatever the ids, so that no witness's claim can be traced.
        """
        with self._ask.act("read", query="provenance") as outcome:
            if not self._ask.grant.sources:
                raise Refused("Where a claim was delivered takes source clearance. An administrator can give it.")
            provenance = (
                self._ask.home.register.provenance(self._ask.case, claims) if self._ask.grant.handling == "C" else {}
            )
            outcome["rows"] = len(provenance)
        return provenance
