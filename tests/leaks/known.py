"""Arguments for every walk: values that a reader who knows a case, or guesses, would ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.access import vault
from graphsvc.queries import Query, own_library
from graphsvc.records.tables import ENTITY_TABLES

Rows = Mapping[str, Sequence[Mapping[str, str]]]
NOWHERE = "S-0000-0000-0000"


@dataclass(frozen=True)
class Known:
    """Arguments for one case, hidden elements included; the defaults name nothing that exists.

    Attributes:
        links: subject, relation, object.
        queries: name of a named query → sets of its parameters, as strings for an address.
        requests, uploads, jobs, claims: ids, both other people's and invalid ones.
    """

    case: str
    entities: tuple[str, ...] = ("x",)
    statements: tuple[str, ...] = ("x",)
    links: tuple[tuple[str, str, str], ...] = (("x", "DIRECTED", "x"),)
    words: tuple[str, ...] = ("a",)
    pseudonyms: tuple[str, ...] = (NOWHERE,)
    queries: Mapping[str, Sequence[Mapping[str, str]]] | None = None
    requests: tuple[str, ...] = ("x",)
    uploads: tuple[str, ...] = ("x",)
    jobs: tuple[str, ...] = ("x",)
    accounts: tuple[str, ...] = ("x",)
    claims: tuple[str, ...] = ("0" * 24,)

    @property
    def runs(self) -> list[tuple[str, Mapping[str, str]]]:
        """Every named query, the service's own included, with each set of parameters."""
        queries = (
            self.queries if self.queries is not None else plain_parameters(own_library().values(), self.entities[0])
        )
        return [(name, parameters) for name, sets in queries.items() for parameters in sets]

    @property
    def firsts(self) -> list[tuple[str, Mapping[str, str]]]:
        """Every named query with its last set of parameters, which has a value for each parameter."""
        return list(dict(self.runs).items())


def plain_parameters(queries: Iterable[Query], identifier: str) -> dict[str, list[dict[str, str]]]:
    """One set of parameters for each query, in which parameters without a default are ids."""
    return {
        query.name: [
            {p.name: identifier if p.type != "date" else "2027" for p in query.parameters if p.default is None}
        ]
        for query in queries
    }


def as_text(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as strings for an address or the command line."""
    return {
        name: ";".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for name, value in parameters.items()
    }


def known_of(case: str, key: bytes, rows: Rows, queries: Mapping[str, Sequence[Mapping[str, str]]], each: int) -> Known:
    """Select values from all rows of a case: open and hidden, by delivered id and by pseudonym.

    Args:
        case: its name.
        key: its data key, from which pseudonyms are made.
        rows: table → rows as delivered.
        queries: see `Known`.
        each: how many of each kind, at least.
    """
    hidden = {row["id"] for table in rows for row in rows[table] if row.get("handling") == "C" and row.get("id")}
    entities: list[str] = []
    for table in ENTITY_TABLES:
        ids = [row["id"] for row in rows.get(table.name, ())]
        entities += _spread([identifier for identifier in ids if identifier in hidden], 1) + _spread(
            [i for i in ids if i not in hidden], 1
        )
    people = [row["id"] for row in rows["people"]]
    entities += _spread(people, each)
    entities += [vault.pseudonym(key, "person", person) for person in _spread(people, each)]
    entities += [vault.pseudonym(key, "thing", row["id"]) for row in _spread(rows["things"], 2)]
    statement_ids = [row["id"] for row in rows["statements"]]
    statements = _spread([statement for statement in statement_ids if statement in hidden], each) + _spread(
        statement_ids, each
    )
    links = [(row["subject_id"], row["relation"], row["object_id"]) for row in rows["links"]]
    closed = [
        (row["subject_id"], row["relation"], row["object_id"])
        for row in rows["links"]
        if row["statement_id"] in hidden or row.get("handling") == "C"
    ]
    return Known(
        case,
        tuple(dict.fromkeys(entities)),
        tuple(dict.fromkeys(statements)),
        tuple(dict.fromkeys(_spread(closed, each) + _spread(links, each))),
        ("a", "phone", "20", "%", "S-", "X1", people[0]),
        (NOWHERE, vault.pseudonym(key, "person", people[0]), vault.pseudonym(key, "source", people[0])),
        queries,
    )


def _spread(items: Sequence[Any], number: int) -> list[Any]:
    """Pick this many items, evenly spaced."""
    return list(items[:: max(len(items) // max(number, 1), 1)][:number])
