"""Handling codes of statements, claims and entities: what derives from a C statement is C. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from graphsvc.ingest.fold import State
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
        """Return the handling code of an entity: P if a P row, a row from a P statement, or a P claim mentions it."""
        return "P" if identifier in self._shareable and identifier not in self._conditional else "C"


def mentioned(state: State) -> set[str]:
    """Return the ids of people and things that claims mention, whoever may see those.

    A claim that two are the same, or whose something is, is left out: readers without source clearance may not see it.
    """
    return {
        row.values[end]
        for row in state.claims.values()
        if row.values["relation"] not in _RESERVED
        for end in ("subject_id", "object_id")
    }


def reserve_unmentioned(image: Image) -> None:
    """Hide people not mentioned by any claim from readers without source clearance: they may only be a source.

    This applies to sealed people and to people who came with a statement. If a claim under C mentions them, but none
    under P, their code becomes C.
    """
    codes: dict[str, set[str]] = defaultdict(set)
    for properties, _, *ends in image.claims.values():
        for end in ends:
            codes[end].add(properties["handling"])
    for identifier, properties in image.nodes["Person"].items():
        if "P" not in codes[identifier] and (properties["sealed"] or "statement_id" in properties):
            properties["handling"] = "C" if "C" in codes[identifier] else grading.RESERVED["C"]
