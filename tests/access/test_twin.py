"""Every query, next to a twin case with the same ids; for a reader without C, compared with a case without C."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import pytest

from graphsvc.queries import Query, own_library
from graphsvc.records.tables import TABLES
from graphsvc.store.image import Image, read_image

pytestmark = [pytest.mark.neo4j, pytest.mark.slow(reason="asks every query of several cases")]
QUERIES = list(own_library().values())
KEY = bytes(range(32))
SENTINEL = "Twin"
Arguments = Callable[[Query], list[dict[str, Any]]]
Answers = dict[tuple[str, str], list[tuple[Any, ...]]]
# Queries that find nothing in the test case.
EMPTY: set[str] = set()


def answers(cases: Any, arguments: Arguments, case: str, handling: str) -> Answers:
    """The answers of every query to every set of parameters, both as released and as an analysis receives them."""
    collected: Answers = {}
    reader = cases.reader(handling)
    cases.service.forget()  # ask the graph again, not the cache
    for query in QUERIES:
        for values in arguments(query):
            rows = cases.service.gate.read(reader, "tests", query.name, case, values, action="read").rows
            if query.is_material:
                # Material is computed on, never shown, and has no fixed order.
                found_by = cases.service.gate.material
                rows = sorted(found_by(reader, "tests", query.name, case, lambda block, row: [*block, *row]), key=str)
            if query.subject == "tables":  # whole tables, in the order of the store
                rows = sorted(rows, key=str)
            collected[query.name, json.dumps(values)] = rows
    return collected


@pytest.fixture(scope="module")
def alone(cases: Any, arguments: Arguments) -> dict[str, Answers]:
    """The answers while `one` is the only case."""
    return {handling: answers(cases, arguments, "one", handling) for handling in ("P", "C")}


@pytest.fixture(scope="module")
def image(cases: Any, alone: dict[str, Answers]) -> Image:
    """The case `one` in the graph, before another case is loaded."""
    return read_image(cases.service.store(), "one")


@pytest.fixture(scope="module")
def twin(cases: Any, image: Image) -> None:
    """A case with the same ids but different values and links, all of it P."""
    rows = copy.deepcopy(cases.rows)
    for name, table in TABLES.items():
        for row in rows[name]:
            for column in table.columns:
                if row.get(column.name) and column.kind in ("text", "list") and column.sensitivity != "source":
                    row[column.name] = ";".join(f"{SENTINEL} {item}" for item in row[column.name].split(";"))
            if row.get("amount"):
                row["amount"] = "987654"
            row["handling"] = "P"
    targets: dict[str, list[str]] = {}
    for row in rows["links"]:
        targets.setdefault(row["relation"], []).append(row["object_id"])
    for row in rows["links"]:
        row["object_id"] = targets[row["relation"]].pop()
    cases.load("two", rows)


def test_every_query_finds_something_to_compare(alone: dict[str, Answers]) -> None:
    for handling in ("P", "C"):
        with_rows = {name for (name, _), rows in alone[handling].items() if rows}
        assert {query.name for query in QUERIES} - with_rows <= EMPTY


@pytest.mark.parametrize("handling", ["P", "C"])
def test_a_twin_changes_no_answer(
    cases: Any, arguments: Arguments, alone: dict[str, Answers], twin: None, handling: str
) -> None:
    beside = answers(cases, arguments, "one", handling)
    for question, rows in beside.items():
        assert rows == alone[handling][question], question
        assert SENTINEL not in str(rows), question
    of_twin = answers(cases, arguments, "two", handling)
    differ = {question[0] for question, rows in of_twin.items() if rows != alone[handling][question]}
    assert len(differ) > len(QUERIES) * 0.8  # the twin is a different case, so a leak would have shown


def test_loading_and_taking_back_a_twin_leaves_the_case_as_it_was(cases: Any, image: Image, twin: None) -> None:
    store = cases.service.store()
    assert read_image(store, "one") == image
    twins = read_image(store, "two").nodes
    assert twins["Boat"].keys() == image.nodes["Boat"].keys()
    assert len(twins["Person"]) == len(image.nodes["Person"])  # all of it P, so more people are named


def first_difference(first: list[tuple[Any, ...]], second: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """The first pair of rows that differ, or an empty tuple."""
    pairs = zip_longest(first, second)
    return next((pair for pair in pairs if pair[0] != pair[1]), ())


def test_without_clearance_for_c_it_is_as_if_c_had_never_been_loaded(
    cases: Any, arguments: Arguments, alone: dict[str, Answers], without_c: dict[str, list[dict[str, str]]]
) -> None:
    rows = without_c
    assert len(rows["links"]) < len(cases.rows["links"])
    assert len(rows["people"]) < len(cases.rows["people"])
    cases.load("part", rows)
    part = answers(cases, arguments, "part", "P")
    # Readers cleared for P alone never get whole tables: see test_whole_case.
    comparable = {question: rows for question, rows in part.items() if not question[0].startswith("tables.")}
    differ = {question: first_difference(alone["P"][question], rows) for question, rows in comparable.items()}
    assert {question: difference for question, difference in differ.items() if difference} == {}
    assert sum(rows != alone["C"][question] for question, rows in part.items()) > len(QUERIES) // 2
    register = cases.service.register
    assert register.dependence("one", "p") == register.dependence("part", "p")
