"""Texts with a part of a sealed person's name, such as a first name alone: people decide whether to change them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphsvc.access.gate.redact import Released
from graphsvc.access.people import policy
from graphsvc.names.whole import WholeNames
from graphsvc.records.properties import SENSITIVITY
from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.service.ask import Ask
from graphsvc.service.protection.clearance import require_whole

_QUERIES = {table.record: f"tables.{table.name}" for table in ENTITY_TABLES} | {
    "statement": "tables.statements",
    "claim": "tables.claims",
}
_TEXTS = frozenset({"text", "interest", "conditional"})


@dataclass(frozen=True, slots=True)
class PartlyNamed:
    """A text with parts of names of sealed people.

    Attributes:
        kind: `person`, `boat` and so on, or `statement`, which includes texts of its claims.
        id: id of the entity or statement.
        column: column of the text.
        parts: words of the text that are parts of such names.
    """

    kind: str
    id: str
    column: str
    text: str
    parts: tuple[str, ...]


class PartlyNamedTexts:
    """The texts of one case that contain parts of names of sealed people."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def listed(self) -> list[PartlyNamed]:
        """Return all these texts, sorted by kind and id.

        Raises:
            Refused: the role, or clearance for handling code C or for sources, is missing.
            NotFound: the person may not see the case.
        """
        with self._ask.act("seal", step="texts"):
            require_whole(self._ask)
            policy.require_sources(self._ask.principal, self._ask.case)
            names = self._ask.home.casework.replay.texts(self._ask.case, self._ask.key).names
        texts: list[PartlyNamed] = []
        with self._ask.look("read", step="texts"):
            for kind, query in _QUERIES.items():
                self._ask.parts(query, partial(self._take, kind, query, names, texts))
        return sorted(texts, key=lambda text: (text.kind, text.id, text.column, text.text))

    def _take(self, kind: str, query: str, names: WholeNames, texts: list[PartlyNamed], part: Released) -> None:
        texts.extend(_find_names(kind, self._ask.home.gate.library[query].returns, part, names))


def _find_names(kind: str, returns: Mapping[str, str], part: Released, names: WholeNames) -> Iterator[PartlyNamed]:
    columns = [column for column in part.columns if SENSITIVITY[returns[column]] in _TEXTS]
    for row in part.dicts():
        owner = ("statement", row["statement"]) if kind == "claim" else (kind, row["id"])
        for column in columns:
            for name, text in _texts(column, row[column]):
                if parts := names.parts_in(text):
                    yield PartlyNamed(*owner, name, text, tuple(parts))


def _texts(column: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts in a cell as (column, text); a cell of custom columns contains such pairs."""
    if isinstance(value, list | tuple):
        yield from ((str(name), str(text)) for name, text in value)
    elif value:
        yield column, str(value)
