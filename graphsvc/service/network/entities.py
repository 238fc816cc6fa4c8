"""Entities: one of them with all that is known of it, the lists of a case, and where claims came from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from graphsvc.errors import NotFound, Refused
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.service.ask import Ask, filled, nothing

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


class Entities:
    """The entities of one case, and the links between them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def named(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Id → row of `entities.named`, of those that are there for this reader."""
        return self._ask.named(ids)

    def days(self) -> list[dict[str, Any]]:
        """How many crossings and statements there are on each day: rows of `cases.days`."""
        return self._ask.rows("cases.days").dicts()

    def statement_counts(self) -> dict[str, int]:
        """Kind of statement → how many this reader is shown one by one."""
        return {row["kind"]: row["count"] for row in self._ask.rows("cases.statement_counts").dicts() if "count" in row}

    def link(self, subject: str, relation: str, target: str) -> dict[str, Any]:
        """What one link adds up to: its row of `network.among`.

        Raises:
            NotFound: it is not there, or not theirs to see.
        """
        for row in self._ask.rows("network.among", ids=[subject, target], relations=[relation]).dicts():
            if (row["subject"], row["object"]) == (subject, target):
                return row
        raise NotFound("There is no such link that you can see in this case.")

    def counts(self) -> dict[str, int]:
        """How many entities of each kind are visible."""
        return {row["kind"]: row["count"] for row in self._ask.rows("cases.counts").dicts()}

    def most_linked(self) -> list[dict[str, Any]]:
        """A dozen entities of any kind with the most links, as rows of `entities.most_linked`: where a picture may begin."""
        return self._ask.rows("entities.most_linked").dicts()

    def look(self, identifier: str) -> EntityPage:
        """Everything this reader may know of one entity.

        Raises:
            NotFound: there is none, or it is not theirs to see.
        """
        named = self._ask.named([identifier])
        if not named:
            raise nothing(identifier)
        kind = named[identifier]["kind"]
        rows = self._ask.rows(_ONE[kind], id=identifier).dicts()
        links = self._ask.rows("entities.links", id=identifier)
        claims = self._ask.rows("entities.claims", id=identifier)
        return EntityPage(
            identifier,
            kind,
            named[identifier]["name"] or identifier,
            filled(rows[0]),
            links.dicts(),
            claims.dicts(),
            links.truncated or claims.truncated,
        )

    def between(self, subject: str, relation: str, target: str) -> list[dict[str, Any]]:
        """The claims behind one link, and what denies it."""
        return self._ask.rows("entities.between", subject=subject, relation=relation, object=target).dicts()

    def provenance(self, claims: list[str]) -> dict[str, tuple[int, int]]:
        """Claim id → (delivery, line of its links file), for claims this session was given.

        Empty without clearance for all of the case: a line tells how many rows came before it.

        Raises:
            Refused: without source clearance, whatever the ids: a claim of a witness leads nowhere then.
        """
        with self._ask.act("read", query="provenance") as outcome:
            if not self._ask.grant.sources:
                raise Refused("Where a claim was delivered takes source clearance. An administrator can give it.")
            provenance = (
                self._ask.home.register.provenance(self._ask.case, claims) if self._ask.grant.handling == "C" else {}
            )
            outcome["rows"] = len(provenance)
        return provenance
