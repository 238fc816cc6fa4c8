"""Handling codes of statements, claims and entities: what derives from a C statement is C. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from graphsvc.access.vault import pseudonym
from graphsvc.cases.graph.sealing import Standing
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.state import State
from graphsvc.records import grading
from graphsvc.records.relations import OWN, SAME
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.store.image import Image


class Handling:
    """Handling codes in one state."""

    def __init__(self, state: State) -> None:
        self._statements: dict[str, str] = {
            identifier: row.values.get("handling", grading.DEFAULT_HANDLING)
            for identifier, row in state.records["statements"].items()
        }
        self._conditional: set[str] = set()
        self._shareable: set[str] = set()
        for table in ENTITY_TABLES:
            for identifier, row in state.records[table.name].items():
                known = row.open
                if known is None:
                    self._conditional.add(identifier)
                elif table.name == "people":
                    # A row delivered with a statement may be about the source, so it moves nobody to P.
                    listed = row.without_statements
                    if listed is not None and (listed.open or {}).get("handling") == "P":
                        self._shareable.add(identifier)
                elif "P" in (known.get("handling"), self._statements.get(known.get("statement_id", ""))):
                    self._shareable.add(identifier)
        for row in state.claims.values():
            if self.claim(row) == "P":
                self._shareable.update((row.values["subject_id"], row.values["object_id"]))

    def statement(self, identifier: str) -> str:
        """Return the handling code of a statement."""
        return self._statements[identifier]

    def claim(self, row: FoldedRow) -> str:
        """Return the handling code of a claim: P only if statement, claim and both ends allow it."""
        values = row.values
        if row.is_closed or values["subject_id"] in self._conditional or values["object_id"] in self._conditional:
            return "C"
        return grading.stricter(self._statements[values["statement_id"]], values.get("handling", "P"))

    def entity(self, identifier: str) -> str:
        """Return the handling code of an entity: P if a P row or a P claim mentions it, or a thing's row names a P statement."""
        return "P" if identifier in self._shareable and identifier not in self._conditional else "C"


def is_reserved(values: Mapping[str, Any], sealed: Collection[str]) -> bool:
    """Whether a claim reveals who a sealed person is: another identity, or an unsealed thing of theirs.

    Args:
        values: the claim.
        sealed: ids of sealed people and things.
    """
    subject, target = (values[end] in sealed for end in ("subject_id", "object_id"))
    if values["relation"] in SAME:
        return subject or target
    return values["relation"] in OWN and subject and not target


def mentioned_ids(state: State, sealed: Collection[str]) -> set[str]:
    """Return the ids of people and things in claims, under any handling code, that need no source clearance to be seen."""
    return {
        row.values[end]
        for row in state.claims.values()
        if not is_reserved(row.values, sealed)
        for end in ("subject_id", "object_id")
    }


def mark_hidden(
    standing: dict[str, Standing],
    before: Mapping[str, Standing],
    state: State,
    names: Mapping[str, str],
    in_claims: Collection[str],
    *,
    protects_marked: bool,
) -> None:
    """Set `is_listed`, `is_hidden` and `hidden_until` of the standings.

    Args:
        standing: the standings to change.
        before: the earlier standings.
        state: see `ingest.fold`.
        names: id of a person → pseudonym.
        in_claims: the result of `mentioned_ids`.
        protects_marked: whether the case protects marked people only.
    """
    for name, entity in before.items():
        if entity.hidden_until and name in standing:
            standing[name] = replace(standing[name], hidden_until=entity.hidden_until)
    for identifier, row in state.records["people"].items():
        entity = standing[names[identifier]]
        is_listed = protects_marked and not entity.sealed and row.without_statements is not None
        is_hidden, until = not is_listed and identifier not in in_claims, entity.hidden_until
        if is_hidden and (entity.sealed or protects_marked) and row.versions:
            until = max(until, *(version.delivery for version in row.versions))
        if (is_listed, is_hidden, until) != (entity.is_listed, entity.is_hidden, entity.hidden_until):
            standing[names[identifier]] = replace(entity, is_listed=is_listed, is_hidden=is_hidden, hidden_until=until)


def hidden_people(state: State, standing: Mapping[str, Standing], key: bytes) -> set[str]:
    """Return the ids of people that only readers with source clearance see (`Standing.is_hidden`)."""
    entities = ((each, standing.get(pseudonym(key, "person", each))) for each in state.records["people"])
    return {identifier for identifier, entity in entities if entity is None or entity.is_hidden}


class ShownRows:
    """Rows of people as pages show them, without anything that could reveal that somebody gave a statement."""

    def __init__(self, state: State, standing: Mapping[str, Standing], key: bytes) -> None:
        self._hidden_until: dict[str, int] = {}
        for identifier, row in state.records["people"].items():
            entity = standing.get(pseudonym(key, "person", identifier)) if row.versions else None
            if entity is not None and entity.hidden_until:
                self._hidden_until[identifier] = entity.hidden_until

    def of(self, identifier: str, row: FoldedRow) -> FoldedRow:
        """Return the row of a person or thing as pages show it."""
        return row.for_pages(self._hidden_until.get(identifier, 0))


def unmentioned_people(
    state: State, image: Image, standing: Mapping[str, Standing], key: bytes, graph_id: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Yield the people in no claim under P, each as id and handling code: they may only be sources.

    People in a claim under C get code C; all others get a code that only readers with source clearance may see.
    People on a list, in a case that protects marked people only, are left out.

    Args:
        state: see `ingest.fold`.
        image: the graph, with all claims.
        standing: standing of every person (`cases.graph.standing`).
        key: the case's data key.
        graph_id: maps delivered ids to those in the graph.
    """
    codes: dict[str, set[str]] = defaultdict(set)
    for properties, _, *ends in image.claims.values():
        for end in ends:
            codes[end].add(properties["handling"])
    for identifier in state.records["people"]:
        mentions = codes[graph_id(identifier)]
        entity = standing.get(pseudonym(key, "person", identifier)) if "P" not in mentions else None
        if "P" not in mentions and (entity is None or not entity.is_listed):
            yield identifier, "C" if "C" in mentions else grading.RESERVED["C"]
