"""Handling codes of rows about people and things, decided when their delivery arrived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from graphsvc.ingest.check import Delivery, Row
from graphsvc.ingest.codes import add_codes
from graphsvc.ingest.state import State
from graphsvc.ingest.versions import KeptRows

COLUMNS = {"people": ["id", "name", "notes"], "statements": ["id", "kind"], "links": ["subject_id"]}


def person(identifier: str, **cells: str) -> Row:
    return Row("people", "people.csv", 2, {"id": identifier, **cells})


def statement_rows(statement: str, code: str, *ends: str, **cells: str) -> list[Row]:
    """A statement, and a claim of it for each pair of people."""
    claims = [
        {"subject_id": end[0], "relation": "PAID", "object_id": end[1], "statement_id": statement, **cells}
        for end in ends
    ]
    return [
        Row("statements", "statements.csv", 2, {"id": statement, "kind": "record", "handling": code}),
        *(Row("links", "links.csv", line, claim) for line, claim in enumerate(claims, 2)),
    ]


def codes(*rows: Row, **options: Any) -> Mapping[str, str]:
    delivery = Delivery(list(rows), [], {}, COLUMNS, left_out=options.pop("left_out", []))
    delivered = add_codes(delivery, options.pop("statements", {}), partial=True, **options)
    return {row.values["id"]: row.code for row in delivered.rows if row.table == "people"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "P"),
        (statement_rows("S", "P"), "P"),
        (statement_rows("S", "P", "xy"), "P"),
        (statement_rows("S", "C"), "C"),
        (statement_rows("S", "C", "ax"), "C"),
        ([*statement_rows("S", "C", "ax"), *statement_rows("T", "P", "xy")], "C"),
        ([*statement_rows("S", "C", "ax"), *statement_rows("T", "P", "xa")], "P"),
        (statement_rows("S", "P", "ax", handling="C"), "C"),
    ],
)
def test_a_row_without_a_code_has_that_of_its_delivery(rows: list[Row], expected: str) -> None:
    assert codes(person("a"), *rows) == {"a": expected}
    assert codes(person("a", handling="C"), *rows) == {"a": "C"}
    assert codes(person("a", handling="P"), *rows) == {"a": "P"}


@pytest.mark.parametrize("cells", [{"handling": "C"}, {"statement_id": "S"}])
def test_a_person_or_thing_under_c_puts_the_others_of_its_delivery_under_c(cells: dict[str, str]) -> None:
    state = State()
    KeptRows(statement_rows("S", "C"), {}, True, None, frozenset()).fold(state, 1)
    options = {"statements": state.records["statements"]}
    second = person("b", **cells)
    assert codes(person("a"), second, **options) == {"a": "C", "b": "C"}
    assert codes(person("a"), left_out=[second], **options) == {"a": "C"}
    assert codes(person("a"), second, *statement_rows("T", "P", "ax"), **options) == {"a": "P", "b": "C"}


def test_a_row_with_a_statement_has_the_code_of_the_statement() -> None:
    rows = [*statement_rows("S", "C"), *statement_rows("T", "P")]
    people = [person("a", statement_id="S"), person("b", statement_id="T"), person("c", statement_id="none")]
    assert codes(*people, *rows) == {"a": "C", "b": "P", "c": "C"}
    assert codes(person("a", statement_id="T", handling="C"), *rows) == {"a": "C"}


def test_what_is_left_out_counts_as_it_came_and_a_code_stays() -> None:
    statement, claim = statement_rows("S", "C", "xy")
    for left_out in ([statement], [claim], [Row("links", "links.csv", 2, {"handling": "C"})]):
        assert codes(person("a"), left_out=left_out) == {"a": "C"}
    decided = add_codes(Delivery([person("a")], [], {}, COLUMNS, left_out=[statement]), {}, partial=True)
    assert codes(*decided.rows, *statement_rows("T", "P", "ab")) == {"a": "C"}


def test_a_hidden_statement_decides_nothing() -> None:
    for code in ("P", "C"):
        state = State()
        statement, claim = statement_rows("S", code, "aa")
        statement.values["interest"] = "debts"
        KeptRows([person("a"), statement, claim], COLUMNS, partial=True).fold(state, 1)
        loaded = state.records["statements"]
        assert codes(person("a", statement_id="S"), statements=loaded, hidden={"S"}) == {"a": "C"}
        assert codes(person("a", statement_id="S"), *statement_rows("S", "P"), statements=loaded, hidden={"S"}) == {
            "a": "C"
        }
        assert codes(person("a"), statement_rows("S", "P", "aa")[1], statements=loaded, hidden={"S"}) == {"a": "C"}
        # A code given by the delivery itself applies.
        assert codes(person("a"), *statement_rows("S", "P", "aa"), statements=loaded, hidden={"S"}) == {"a": "P"}


def test_an_opened_statement_opens_rows_if_it_is_accepted_and_for_its_own_loader() -> None:
    for cells, expected in (({}, "P"), ({"interest": "debts"}, "C")):
        state = State()
        statement = statement_rows("S", "C")[0]
        statement.values.update(cells)
        KeptRows([statement], COLUMNS, partial=True).fold(state, 1)
        loaded, opening = state.records["statements"], [person("a"), *statement_rows("S", "P", "aa")]
        assert codes(*opening, statements=loaded) == {"a": expected}
        assert codes(*opening, statements=loaded, ids_of_others={"S"}) == {"a": "C"}


def test_rows_that_were_kept_without_codes_get_them_and_are_no_wider_open_than_before() -> None:
    shared = KeptRows([person("a", name="Ari"), *statement_rows("S", "P", "aa")], COLUMNS, partial=True)
    hidden = KeptRows([person("a", notes="secret"), *statement_rows("T", "C", "aa")], COLUMNS, partial=True)
    # The statement under P was rejected on arrival, so it opens nothing.
    refused = hidden._replace(rows=[*hidden.rows, *statement_rows("U", "P", "aa")], accepted=["T"])
    for deliveries in ([shared, hidden], [hidden, shared], [shared, refused]):
        state = State()
        for number, delivery in enumerate(deliveries, 1):
            delivery.fold(state, number)
        assert state.records["people"]["a"].open == {"id": "a", "name": "Ari"}
        assert state.records["people"]["a"].values["notes"] == "secret"


def test_a_statement_that_comes_under_c_takes_the_rows_that_name_it_with_it() -> None:
    def row(**cells: str) -> KeptRows:
        return KeptRows([person("a", **cells)], COLUMNS, partial=True)

    claims = [*statement_rows("S", "P", "ax"), *statement_rows("T", "P", "xa")]
    statements = KeptRows(claims, COLUMNS, partial=True, ends=dict.fromkeys("ax", "people"))
    hidden = KeptRows(statement_rows("S", "C"), COLUMNS, partial=True)
    register, account = row(name="Ari", phones="1"), row(notes="sleeps at the wash", phones="2", statement_id="S")
    report = row(notes="drives", statement_id="T")
    for deliveries, visible in (
        ([account], {}),  # the id stays known, for claims of other statements
        ([register, account], {"name": "Ari", "phones": "1"}),
        ([account, register], {"name": "Ari", "phones": "1"}),
        ([account, report], {"notes": "drives", "statement_id": "T"}),
        ([register, account, account, report], {"name": "Ari", "phones": "1", "notes": "drives", "statement_id": "T"}),
        ([account, row(phones="2")], {"phones": "2"}),  # delivered again without the statement
        ([report], {"notes": "drives", "statement_id": "T"}),
    ):
        state = State()
        for number, delivery in enumerate([statements, *deliveries, hidden], 1):
            delivery.fold(state, number)
        known = state.layer("P").get("a")
        assert ({} if known is None else known.values) == ({"id": "a", **visible} if visible else {})
        if account in deliveries and report not in deliveries:
            assert state.layer("C")["a"].values["notes"] == "sleeps at the wash"


def test_a_statement_that_stays_under_p_closes_nothing() -> None:
    state = State()
    rows = [person("a", notes="drives", statement_id="S"), *statement_rows("S", "P", "ax")]
    KeptRows(rows, COLUMNS, partial=True).fold(state, 1)
    again = Row("statements", "statements.csv", 2, {"id": "S", "kind": "record", "summary": "more"})
    KeptRows([again], COLUMNS, partial=True).fold(state, 2)
    assert state.records["people"]["a"].open == {"id": "a", "notes": "drives", "statement_id": "S"}
