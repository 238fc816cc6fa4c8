"""Handling codes of the rows of people and things, decided on a delivery as it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from graphsvc.ingest.check import Row
from graphsvc.ingest.codes import with_codes
from graphsvc.ingest.fold import State
from graphsvc.ingest.versions import KeptRows

COLUMNS = {"people": ["id", "name", "notes"], "statements": ["id", "kind"], "links": ["subject_id"]}


def person(identifier: str, **cells: str) -> Row:
    return Row("people", "people.csv", 2, {"id": identifier, **cells})


def said(statement: str, code: str, *ends: str, **cells: str) -> list[Row]:
    """A statement, and a claim of it between each two people."""
    claims = [
        {"subject_id": end[0], "relation": "PAID", "object_id": end[1], "statement_id": statement, **cells}
        for end in ends
    ]
    return [
        Row("statements", "statements.csv", 2, {"id": statement, "kind": "record", "handling": code}),
        *(Row("links", "links.csv", line, claim) for line, claim in enumerate(claims, 2)),
    ]


def codes(*rows: Row, **given: Any) -> Mapping[str, str]:
    delivered = with_codes(rows, given.pop("held", {}), COLUMNS, partial=True, **given)
    return {row.values["id"]: row.code for row in delivered if row.table == "people"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "P"),
        (said("S", "P"), "P"),
        (said("S", "P", "xy"), "P"),
        (said("S", "C"), "C"),
        (said("S", "C", "ax"), "C"),
        ([*said("S", "C", "ax"), *said("T", "P", "xy")], "C"),
        ([*said("S", "C", "ax"), *said("T", "P", "xa")], "P"),
        (said("S", "P", "ax", handling="C"), "C"),
    ],
)
def test_a_row_without_a_code_has_that_of_its_delivery(rows: list[Row], expected: str) -> None:
    assert codes(person("a"), *rows) == {"a": expected}
    assert codes(person("a", handling="C"), *rows) == {"a": "C"}
    assert codes(person("a", handling="P"), *rows) == {"a": "P"}


def test_a_row_with_a_statement_has_the_code_of_the_statement() -> None:
    rows = [*said("S", "C"), *said("T", "P")]
    people = [person("a", statement_id="S"), person("b", statement_id="T"), person("c", statement_id="none")]
    assert codes(*people, *rows) == {"a": "C", "b": "P", "c": "C"}
    assert codes(person("a", statement_id="T", handling="C"), *rows) == {"a": "C"}


def test_what_is_left_out_counts_as_it_came_and_a_code_stays() -> None:
    statement, claim = said("S", "C", "xy")
    for left_out in ([statement], [claim], [Row("links", "links.csv", 2, {"handling": "C"})]):
        assert codes(person("a"), left_out=left_out) == {"a": "C"}
    decided = with_codes([person("a")], {}, COLUMNS, partial=True, left_out=[statement])
    assert codes(*decided, *said("T", "P", "ab")) == {"a": "C"}


def test_a_hidden_statement_decides_nothing() -> None:
    for code in ("P", "C"):
        state = State()
        KeptRows([person("a"), *said("S", code, "aa")], COLUMNS, partial=True).fold(state, 1)
        held = state.records["statements"]
        assert codes(person("a", statement_id="S"), held=held, hidden={"S"}) == {"a": "C"}
        assert codes(person("a", statement_id="S"), *said("S", "P"), held=held, hidden={"S"}) == {"a": "C"}
        assert codes(person("a"), said("S", "P", "aa")[1], held=held, hidden={"S"}) == {"a": "C"}


def test_rows_that_were_kept_without_codes_get_them_and_are_no_wider_open_than_before() -> None:
    shared = KeptRows([person("a", name="Ari"), *said("S", "P", "aa")], COLUMNS, partial=True)
    hidden = KeptRows([person("a", notes="secret"), *said("T", "C", "aa")], COLUMNS, partial=True)
    # Its statement under P was refused when it came, and so is nothing that opens.
    refused = hidden._replace(rows=[*hidden.rows, *said("U", "P", "aa")], accepted=["T"])
    for deliveries in ([shared, hidden], [hidden, shared], [shared, refused]):
        state = State()
        for number, delivery in enumerate(deliveries, 1):
            delivery.fold(state, number)
        assert state.records["people"]["a"].open == {"id": "a", "name": "Ari"}
        assert state.records["people"]["a"].values["notes"] == "secret"
