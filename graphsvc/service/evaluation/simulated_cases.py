"""Read invented cases from their folders, without a server, to evaluate rankings.

A folder is processed like any delivery (read, checked, folded, made into a graph), but not stored. An evaluation
therefore ranks what the service would rank after an import.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from graphsvc.analysis.claims.claims import Claim, Dependence, Person
from graphsvc.analysis.evaluation.measures import Planted
from graphsvc.cases.gc_pause import uncollected
from graphsvc.cases.graph.computed import claims_in
from graphsvc.cases.graph.graphing import Graphed, build_graph
from graphsvc.cases.graph.standing import Deciding, standings
from graphsvc.errors import InputError
from graphsvc.ingest.check import read_case
from graphsvc.ingest.fold import fold
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.rejected import Rejection, in_order
from graphsvc.ingest.report import FoldedRow
from graphsvc.ingest.state import State
from graphsvc.records.dates import parse_date
from graphsvc.records.tables import TABLES

# Text columns are dropped: no figure uses them, and masking names in them takes most of the time.
_READ = {
    name: frozenset(
        column.name
        for column in table.columns
        if column.kind not in ("text", "list") or column.name in ("source_id", "currency")
    )
    for name, table in TABLES.items()
}
_LIMITS = Limits(file_bytes=1 << 30, cell_chars=1 << 20)
# Lists of people in a truth.json: required ones, and optional ones. Figures on a missing list are unknown.
_TOLD, _MAYBE = ("hubs", "candidates"), ("leaders", "brokers", "helpers")


@dataclass(frozen=True, slots=True)
class Trial:
    """One invented case, with people under the ids of its files.

    Attributes:
        name: the folder's name.
        witness_of: source → the person who is that source.
        truth: all of truth.json.
        rejections: rows left out, because an import would reject them.
    """

    name: str
    claims: list[Claim]
    persons: list[Person]
    dependence: Dependence
    witness_of: Mapping[str, str]
    truth: dict[str, Any]
    rejections: list[Rejection] = field(default_factory=list)

    @property
    def planted_people(self) -> Planted:
        """Planted hubs, candidates and other groups."""
        return read_planted(self.truth)

    @property
    def untrue(self) -> set[tuple[str, str, str]]:
        """Untrue assertions, lies and mistakes alike: (subject, relation, object)."""
        return {tuple(key) for name in ("false_links", "mistaken_links") for key in self.truth[name]}


def read_planted(truth: Mapping[str, Any]) -> Planted:
    """Read the planted groups from a truth.json.

    Raises:
        KeyError, TypeError: `hubs` or `candidates` is missing, a list contains a non-id, or there are no candidates.
    """
    lists = {name: truth[name] for name in _TOLD} | {name: truth.get(name, []) for name in _MAYBE}
    for name, ids in lists.items():
        if not isinstance(ids, list) or not all(isinstance(person, str) for person in ids):
            raise TypeError(f"{name} takes a list of ids")
    planted = Planted(**{name: frozenset(ids) for name, ids in lists.items()})
    if not planted.candidates:
        raise TypeError("candidates takes somebody to be ranked")
    return planted


def read_truth(path: Path) -> dict[str, Any]:
    """Read a truth.json.

    Raises:
        InputError: the file cannot be read, or is not a truth.json.
    """
    try:
        truth: dict[str, Any] = json.loads(path.read_text("utf-8"))
        read_planted(truth)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{path} is no truth.json of an invented case ({error}). `graphsvc simulate` writes one."
        ) from None
    return truth


@uncollected()
def read(folder: Path) -> Trial:
    """Read a case folder with its truth.json, leaving out rows that an import would reject.

    Raises:
        InputError: the folder is not a case folder, or has no truth.json.
    """
    truth = read_truth(folder / "truth.json")
    state, rejections = _fold_folder(folder)
    key = secrets.token_bytes(32)
    graph = build_graph(state, key, standings({}, state, Deciding(key, _last_day(state))), few_below=0)
    return _trial(folder.resolve().name, graph, truth, rejections)


def _fold_folder(folder: Path) -> tuple[State, list[Rejection]]:
    """Fold a folder into a state without texts; return it with the rejections. The raw rows are freed on return."""
    delivery = read_case(folder, _LIMITS)
    state = State()
    # Texts are removed after folding: rows that differ only in a text must not count as equal.
    report = fold(state, 1, delivery.rows, delivery.columns, partial=False, refused=delivery.refused_rows)
    _strip(state)
    return state, in_order([*delivery.rejections, *report.rejections])


def _strip(state: State) -> None:
    """Remove the columns that are not in `_READ` from a state."""
    tables: list[tuple[str, Iterable[FoldedRow]]] = [(table, rows.values()) for table, rows in state.records.items()]
    for table, rows in [*tables, ("links", state.claims.values())]:
        for row in rows:
            row.values = _bare(table, row.values)
            row.open = None if row.open is None else row.values
            row.listed = None if row.listed is None else row.values
    for brought in state.history:
        brought.rows = [replace(row, values=state.records[row.table][row.values["id"]].values) for row in brought.rows]


def _bare(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    read = _READ[table]
    return {name: value for name, value in values.items() if name in read}


def _last_day(state: State) -> dt.date:
    """Return the day of the last statement. Ages are taken on that day, not today, so that figures never change."""
    taken = (row.values.get("taken_on") for row in state.records["statements"].values())
    return max((parse_date(day).latest for day in taken if day), default=dt.date(2020, 1, 1))


def _trial(name: str, graph: Graphed, truth: dict[str, Any], rejections: list[Rejection]) -> Trial:
    """Turn the graph into input for the analysis, with ids instead of pseudonyms: there is no one to protect."""
    nodes, delivered = graph.image.nodes, {pseudonym: identifier for identifier, pseudonym in graph.sealed.items()}
    persons = [
        Person(delivered.get(identifier, identifier), "", frozenset(row["categories"]), row["sealed"])
        for identifier, row in nodes["Person"].items()
    ]
    witness_of = {
        source: values["id"]
        for source, (kind, values) in graph.identities.items()
        if kind == "source" and nodes["Source"][source]["kind"] == "witness"
    }
    # Sorted by content, for the same order each time: the key, pseudonyms and claim ids are always new.
    claims = sorted(
        claims_in(graph, delivered), key=lambda claim: (claim.statement, *claim.key, claim.from_on, claim.to_on)
    )
    return Trial(name, claims, persons, graph.dependence["all"], witness_of, truth, rejections)
