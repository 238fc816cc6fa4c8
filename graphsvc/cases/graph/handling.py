"""Handling codes of statements, claims and entities: what derives from a C statement is C. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from graphsvc.access.vault import pseudonym
from graphsvc.cases.graph.sealing import Standing
from graphsvc.ingest.fold import State
from graphsvc.ingest.report import FoldedRow
from graphsvc.records import grading
from graphsvc.records.relations import doing, those
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.store.image import Image

# Relations to a person's own things, sealed with them: they lead to the person and are no part of the operation.
OWN = frozenset(those(lambda relation: relation.sealed == "theirs"))
SAME = doing("is the same")
# Claims with these relations may say who somebody sealed is.
_RESERVED = SAME | OWN


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
                if row.open is None:
                    self._conditional.add(identifier)
                elif table.name == "people":
                    # The row of a statement may bring its source, so it moves nobody to P.
                    listed = row.without_statements
                    if listed is not None and (listed.open or {}).get("handling") == "P":
                        self._shareable.add(identifier)
                elif "P" in (row.open.get("handling"), self._statements.get(row.open.get("statement_id", ""))):
                    self._shareable.add(identifier)
        for row in state.claims.values():
            if self.claim(row.values) == "P":
                self._shareable.update((row.values["subject_id"], row.values["object_id"]))

    def statement(self, identifier: str) -> str:
        """Return the handling code of a statement."""
        return self._statements[identifier]

    def claim(self, values: Mapping[str, Any]) -> str:
        """Return the handling code of a claim: P only if statement, claim and both ends allow it."""
        if values["subject_id"] in self._conditional or values["object_id"] in self._conditional:
            return "C"
        return grading.stricter(self._statements[values["statement_id"]], values.get("handling", "P"))

    def entity(self, identifier: str) -> str:
        """Return the handling code of an entity: P if a P row or a P claim mentions it, or a thing's row names a P statement."""
        return "P" if identifier in self._shareable and identifier not in self._conditional else "C"


def mentioned_ids(state: State) -> set[str]:
    """Return the ids of people and things that claims mention, under any handling code.

    A claim that two are the same, or whose something is, is left out: readers without source clearance may not see it.
    """
    return {
        row.values[end]
        for row in state.claims.values()
        if row.values["relation"] not in _RESERVED
        for end in ("subject_id", "object_id")
    }


def hidden_people(state: State, in_claims: set[str], standing: Mapping[str, Standing], key: bytes) -> set[str]:
    """Return the ids of people whom only readers with source clearance see: no claim mentions them, and no list counts.

    Args:
        state: see `ingest.fold`.
        in_claims: the result of `mentioned_ids`.
        standing: standing of every person (`cases.graph.standing`).
        key: the case's data key.
    """
    return {
        identifier
        for identifier in state.records["people"].keys() - in_claims
        if (entity := standing.get(pseudonym(key, "person", identifier))) is None or not entity.is_listed
    }


def mark_hidden(
    standing: dict[str, Standing],
    before: Mapping[str, Standing],
    state: State,
    names: Mapping[str, str],
    *,
    protects_marked: bool,
) -> None:
    """Set `is_listed` and `hidden_until` of the standings.

    Args:
        standing: the standings to change.
        before: those before.
        state: see `ingest.fold`.
        names: id of a person → pseudonym.
        protects_marked: whether the case protects marked people only.
    """
    people = state.records["people"]
    for identifier, row in people.items():
        entity = standing[names[identifier]]
        is_listed = protects_marked and not entity.sealed and row.without_statements is not None
        if is_listed != entity.is_listed:
            standing[names[identifier]] = replace(entity, is_listed=is_listed)
    for name, entity in before.items():
        if entity.hidden_until and name in standing:
            standing[name] = replace(standing[name], hidden_until=entity.hidden_until)
    brought = {
        identifier: max(version.delivery for version in row.versions)
        for identifier, row in people.items()
        if row.versions and standing[names[identifier]].sealed
    }
    in_claims = mentioned_ids(state) if brought else set[str]()
    for identifier, delivery in brought.items():
        entity = standing[names[identifier]]
        if identifier not in in_claims and delivery > entity.hidden_until:
            standing[names[identifier]] = replace(entity, hidden_until=delivery)


def hidden_until(standing: Mapping[str, Standing], state: State, key: bytes) -> dict[str, int]:
    """Return the ids of people who were hidden → `Standing.hidden_until`."""
    came_with_statements = [identifier for identifier, row in state.records["people"].items() if row.versions]
    entities = ((identifier, standing.get(pseudonym(key, "person", identifier))) for identifier in came_with_statements)
    return {
        identifier: entity.hidden_until for identifier, entity in entities if entity is not None and entity.hidden_until
    }


def unmentioned_people(
    state: State, image: Image, standing: Mapping[str, Standing], key: bytes, graph_id: Callable[[str], str]
) -> Iterator[tuple[str, FoldedRow | None, str]]:
    """Yield people in no claim under P, who may only be a source, each with the row that the image shows.

    Each comes as id, row to show and handling code. Without a row, the image keeps what it has, for readers of C if a
    claim under C mentions them, and otherwise only for those with source clearance. A row shows what lists say of
    somebody: the row of a statement could show that they gave it.

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
    for identifier, row in state.records["people"].items():
        mentions = codes[graph_id(identifier)]
        if "P" in mentions:
            continue
        entity, is_under_c = standing.get(pseudonym(key, "person", identifier)), "C" in mentions
        listed, is_listed = row.without_statements, entity is not None and entity.is_listed
        if listed is None or entity is None or entity.sealed or not (is_under_c or is_listed):
            yield identifier, None, "C" if is_under_c else grading.RESERVED["C"]
            continue
        visible = replace(row if is_under_c else listed, open=listed.open, versions=())
        is_open = is_listed and (listed.open or {}).get("handling") == "P"
        yield identifier, visible, "P" if is_open else "C"
