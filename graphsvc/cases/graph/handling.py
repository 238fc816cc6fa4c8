"""Handling codes of statements, claims and entities: what derives from a C statement is C. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from graphsvc.access.vault import pseudonym
from graphsvc.cases.graph.sealing import Standing
from graphsvc.ingest.layers import CODES
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.state import State
from graphsvc.records import grading
from graphsvc.records.relations import OWN, SAME
from graphsvc.store.image import Image


class Handling:
    """Handling codes in one state."""

    def __init__(self, state: State) -> None:
        self._statements: dict[str, str] = {
            identifier: row.values.get("handling", grading.DEFAULT_HANDLING)
            for identifier, row in state.records["statements"].items()
        }
        self._mentioned = set[str]()
        self._under_p = set[str]()
        for row in state.claims.values():
            ends = row.values["subject_id"], row.values["object_id"]
            self._mentioned.update(ends)
            if self.claim(row) == "P":
                self._under_p.update(ends)
        # A person's row that came with a statement may be about the source, so it moves nobody to P.
        people = state.records["people"]
        self._listed = {name for name, row in people.items() if row.is_shared}
        for identifier, known in state.layer("P").items():
            values = known.values
            if identifier in people:
                if known.listed is not None and known.listed.get("handling") == "P":
                    self._listed.add(identifier)
            elif "P" in (values.get("handling"), self._statements.get(values.get("statement_id", ""))):
                self._under_p.add(identifier)

    def statement(self, identifier: str) -> str:
        """Return the handling code of a statement."""
        return self._statements[identifier]

    def claim(self, row: FoldedRow) -> str:
        """Return the handling code of a claim: P only if its statement and its own code are P, and no row closed it."""
        values = row.values
        if row.is_closed:
            return "C"
        return grading.stricter(self._statements[values["statement_id"]], values.get("handling", "P"))

    def entity(self, identifier: str, *, is_listed: bool = False) -> str:
        """Return the handling code of a person or thing.

        It is P if a claim under P mentions the entity, or if a thing's row, or the statement that it names, is P. A row
        under P makes a person P only if readers see the list (`is_listed`) or no claim mentions the person.
        """
        if identifier in self._under_p:
            return "P"
        return "P" if identifier in self._listed and (is_listed or identifier not in self._mentioned) else "C"

    def is_mentioned(self, identifier: str) -> bool:
        """Whether any claim mentions a person or thing."""
        return identifier in self._mentioned


def is_reserved(values: Mapping[str, Any], sealed: Collection[str]) -> bool:
    """Whether a claim reveals who a sealed person is, by another identity or an unsealed thing they own.

    Args:
        values: the claim.
        sealed: ids of sealed people and things.
    """
    subject, target = (values[end] in sealed for end in ("subject_id", "object_id"))
    if values["relation"] in SAME:
        return subject or target
    return values["relation"] in OWN and subject and not target


def mentioned_ids(state: State, sealed: Collection[str]) -> set[str]:
    """Return the ids of people and things in claims (under any code) that are visible without source clearance."""
    return {
        row.values[end]
        for row in state.claims.values()
        if not is_reserved(row.values, sealed)
        for end in ("subject_id", "object_id")
    }


def is_on_list(state: State, identifier: str) -> bool:
    """Whether the state or a layer has a row about this person that names no statement."""
    rows = (state.records["people"].get(identifier), *(state.layer(code).get(identifier) for code in CODES))
    return any(row is not None and row.listed is not None for row in rows)


def mark_hidden(
    standing: dict[str, Standing],
    state: State,
    names: Mapping[str, str],
    in_claims: Collection[str],
    *,
    protects_marked: bool,
) -> None:
    """Set `is_listed` and `is_hidden` of the standings.

    Args:
        standing: the standings to change.
        state: see `ingest.fold`.
        names: id of a person → pseudonym.
        in_claims: the result of `mentioned_ids`.
        protects_marked: whether the case protects marked people only.
    """
    for identifier in state.records["people"]:
        entity = standing[names[identifier]]
        is_listed = protects_marked and not entity.sealed and is_on_list(state, identifier)
        is_hidden = not is_listed and identifier not in in_claims
        if (is_listed, is_hidden) != (entity.is_listed, entity.is_hidden):
            standing[names[identifier]] = replace(entity, is_listed=is_listed, is_hidden=is_hidden)


def hidden_people(state: State, standing: Mapping[str, Standing], key: bytes) -> set[str]:
    """Return the ids of people that only readers with source clearance see (`Standing.is_hidden`)."""
    entities = ((each, standing.get(pseudonym(key, "person", each))) for each in state.records["people"])
    return {identifier for identifier, entity in entities if entity is None or entity.is_hidden}


def unmentioned_people(
    state: State, image: Image, standing: Mapping[str, Standing], key: bytes, graph_id: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Yield id and handling code of each person in no claim under P: they may be only sources.

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
