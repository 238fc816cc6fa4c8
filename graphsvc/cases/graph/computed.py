"""Analysis input for a case that is not written yet, as `hubs.claims` and `hubs.persons` would return it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.cases.graph.graphing import Graphed
from graphsvc.cases.graph.standing import Standings
from graphsvc.names.seal import age_mark
from graphsvc.records.properties import INTEREST, figure_names
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.store.image import Properties


@dataclass(frozen=True, slots=True)
class Computed:
    """Input of a ranking. It includes sources, so no part of it is shown directly."""

    claims: list[Claim]
    persons: list[Person]
    dependence: dict[str, frozenset[str]]


def analysis_input(result: Graphed, codes: Collection[str], on: dt.date, *, sources: bool) -> Computed:
    """Return the analysis input for a reader with these handling codes.

    Args:
        result: the case as it would be in the graph.
        codes: handling codes of claims and people that the reader sees (`access.people.principal.Grant.claim_codes`).
        on: the day that counts for being under 18.
        sources: whether the reader has source clearance.
    """
    interest = figure_names(conditional=True, sources=sources)[INTEREST]
    claims = [claim for claim in claims_in(result, interest=interest) if claim.handling in codes]
    for claim in claims:
        claim.handling = claim.handling[0]  # a reserved claim has the handling code of its statement
    persons = [
        Person(
            identifier,
            row.get("name", ""),
            frozenset(row["categories"]),
            row["sealed"],
            _is_child(result, identifier, row, on),
        )
        for identifier, row in result.image.nodes["Person"].items()
        if row["handling"] in codes
    ]
    return Computed(sorted(claims, key=lambda claim: claim.id), persons, result.dependence.get("all", {}))


def _is_child(result: Graphed, identifier: str, row: Properties, on: dt.date) -> bool:
    _, identity = result.identities.get(identifier, ("", {})) if row["sealed"] else ("", {})
    return row.get("age_disputed") == "yes" or age_mark(identity, on) != ""


def children(standing: Standings, on: dt.date, codes: Collection[str]) -> frozenset[str]:
    """Return pseudonyms of sealed people who are under 18 or of disputed age; the graph does not contain ages.

    Args:
        standing: standing of every person and thing.
        on: the day that counts for being under 18.
        codes: handling codes of the rows that count.
    """
    return frozenset(
        name
        for name, entity in standing.items()
        if entity.sealed and any(age_mark(row, on) for row in entity.identities if row.get("handling", "P") in codes)
    )


def claims_in(result: Graphed, ids: Mapping[str, str] = MappingProxyType({}), interest: str = "") -> Iterator[Claim]:
    """Yield the claims of a case that is not written yet, in no particular order, with the handling codes of the graph.

    Args:
        result: the case as it would be in the graph.
        ids: id in the graph → id to show, where they differ.
        interest: property with the source's interest in the claim; empty: leave it out.
    """
    nodes = result.image.nodes
    kinds = {entity: table.record for table in ENTITY_TABLES for entity in nodes[table.label]}
    for identifier, (properties, statement, subject, target) in result.image.claims.items():
        source = result.image.given[statement]
        yield Claim(
            id=identifier,
            subject=ids.get(subject, subject),
            relation=properties["relation"],
            object=ids.get(target, target),
            polarity=properties["polarity"],
            status=properties["status"],
            statement=statement,
            source=source,
            source_kind=nodes["Source"][source]["kind"],
            source_grade=properties["source_grade"],
            assessment=properties["assessment"],
            on_record=properties["on_record"],
            weight=properties["weight"],
            handling=properties["handling"],
            subject_kind=kinds[subject],
            object_kind=kinds[target],
            amount=properties.get("amount"),
            currency=properties.get("currency", ""),
            from_on=properties.get("from_on", ""),
            to_on=properties.get("to_on", ""),
            interest=properties.get(interest, "") if interest else "",
            unnamed=nodes["Source"][source].get("unnamed", False),
        )
