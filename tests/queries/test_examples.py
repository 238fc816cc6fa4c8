"""Every example answers on the demo case as its header says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant, Principal
from graphsvc.queries import Query, own_library
from graphsvc.service import Service, Session

pytestmark = [pytest.mark.neo4j, pytest.mark.slow(reason="loads the demo and runs every query")]
ROLES = frozenset({"investigator", "analyst", "disclosure", "custodian"})
EXAMPLES = [pytest.param(query, id=query.name) for query in own_library().public()]


@pytest.fixture(scope="module")
def reader(demo: Service) -> Session:
    return demo.session(Principal("reader", ROLES, {"demo": Grant("C", sources=True)}), "tests", "demo")


@pytest.fixture(scope="module")
def limited_reader(demo: Service) -> Session:
    return demo.session(Principal("limited", ROLES, {"demo": Grant("P", sources=True)}), "tests", "demo")


@pytest.mark.parametrize("query", EXAMPLES)
def test_the_example_answers_as_it_says(reader: Session, query: Query) -> None:
    parameters = query.example.get("parameters", {})
    answer = reader.queries.run(query.name, parameters)
    assert answer.columns == tuple(query.returns)
    assert len(answer.rows) == query.example["rows"], "run: python tests/queries/refresh_examples.py"
    assert not answer.truncated
    assert answer.rows == reader.queries.run(query.name, parameters).rows


@pytest.mark.parametrize("query", EXAMPLES)
def test_cells_are_scalars_or_lists_of_scalars(reader: Session, limited_reader: Session, query: Query) -> None:
    parameters = query.example.get("parameters", {})
    for session in (reader, limited_reader):
        for value in scalars(session.queries.run(query.name, parameters).rows):
            assert not isinstance(value, dict | list | tuple)


def test_no_example_is_empty_but_where_the_demo_holds_nothing_of_the_kind() -> None:
    empty = {query.name for query in own_library().public() if query.example["rows"] == 0}
    assert empty <= {"gangs.in_common", "quality.two_boats_one_day"}


def scalars(rows: list[tuple[Any, ...]]) -> Iterator[Any]:
    for row in rows:
        for cell in row:
            yield from cell if isinstance(cell, list) else [cell]
