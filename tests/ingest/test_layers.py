"""Layers: what readers of each handling code may know of people and things."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from graphsvc.ingest.check import Row
from graphsvc.ingest.state import State
from graphsvc.ingest.versions import KeptRows

NAMES = "abcd"
ENDS = dict.fromkeys(NAMES, "people") | {"boat": "boats"}


def person(identifier: str, code: str = "P", **cells: str) -> Row:
    return Row("people", "people.csv", 2, {"id": identifier, **cells}, code)


def rows_of(statement: str, *ends: str, code: str = "P", **cells: str) -> list[Row]:
    """A statement, and its claim about each pair of people."""
    claims = [
        {"subject_id": end[0], "relation": "PAID", "object_id": end[1], "statement_id": statement, **cells}
        for end in ends
    ]
    return [
        Row("statements", "statements.csv", 2, {"id": statement, "kind": "record", "handling": code}),
        *(Row("links", "links.csv", line, claim) for line, claim in enumerate(claims, 2)),
    ]


def statement(*rows: Row) -> KeptRows:
    """A delivery that may show a source; its claims are accepted whoever was undone."""
    return KeptRows([*rows], {}, partial=True, ends=ENDS, sets_aside=True, hides=True)


def listing(*rows: Row) -> KeptRows:
    return KeptRows([*rows], {}, partial=True, ends=ENDS)


def layers(*deliveries: KeptRows) -> dict[str, Mapping[str, Any]]:
    state = State()
    for number, delivery in enumerate(deliveries, 1):
        delivery.fold(state, number)
    return {code: {name: row.values for name, row in state.layer(code).items()} for code in "PC"}


A, OTHER = {"id": "a", "name": "Ari"}, {"id": "a", "name": "Bo"}


@pytest.mark.parametrize(
    ("deliveries", "under_p", "under_c"),
    [
        pytest.param([listing(person("a", name="Ari"))], A, A, id="a list"),
        pytest.param([listing(person("a", "C", name="Ari"))], None, A, id="under C"),
        pytest.param(
            [listing(person("a", "C", name="Ari")), listing(person("a", name="Bo"))], OTHER, OTHER, id="P after C"
        ),
        pytest.param(
            [listing(person("a", "C", name="Ari")), statement(person("a", name="Bo"), *rows_of("S", "ab"))],
            OTHER,
            A,
            id="set aside under C alone",
        ),
        pytest.param(
            [listing(person("a", name="Ari")), statement(person("a", name="Bo"), *rows_of("S", "ab"))],
            A,
            A,
            id="known before",
        ),
        pytest.param(
            [listing(*rows_of("R", "ab")), statement(person("a", name="Bo"), *rows_of("S", "ab"))],
            None,
            None,
            id="mentioned before",
        ),
        pytest.param([statement(person("a", name="Ari"), *rows_of("S", "bc"))], None, None, id="in no claim"),
        pytest.param(
            [statement(person("a", name="Ari"), *rows_of("S", "ab", handling="C"))], None, A, id="in a claim under C"
        ),
        pytest.param(
            [
                statement(person("a", name="Ari"), *rows_of("S", "bc")),
                statement(person("a", name="Bo"), *rows_of("T", "ab")),
            ],
            OTHER,
            OTHER,
            id="hidden before",
        ),
        pytest.param(
            [statement(person("a", name="Ari"), *rows_of("S", "bc")), listing(*rows_of("R", "ab"))],
            A,
            A,
            id="mentioned later",
        ),
        pytest.param(
            [statement(person("a", name="Ari", statement_id="S"), *rows_of("S", "bc")), listing(*rows_of("R", "ab"))],
            None,
            None,
            id="mentioned later, in the row of a statement",
        ),
        pytest.param(
            [
                statement(person("a", name="Ari", statement_id="S"), *rows_of("S", "ab")),
                listing(*rows_of("S", "ab", code="C")),
            ],
            None,
            {**A, "statement_id": "S"},
            id="of a statement closed since",
        ),
        pytest.param(
            [
                statement(person("a", name="Ari", statement_id="S"), *rows_of("S", "ab")),
                listing(*rows_of("S", "ab", code="C")),
                listing(*rows_of("S", "ab")),
            ],
            None,
            {**A, "statement_id": "S"},
            id="of a statement that was closed for a time",
        ),
    ],
)
def test_rows_of_a_layer(deliveries: list[KeptRows], under_p: object, under_c: object) -> None:
    result = layers(*deliveries)
    assert (result["P"].get("a"), result["C"].get("a")) == (under_p, under_c)


def some_deliveries(rng: random.Random) -> list[KeptRows]:
    """Deliveries about four people, under both codes; rows of people who may be sources name the statement."""
    deliveries = []
    for number in range(6):
        name, code = f"S{number}", rng.choice("PPC")
        ends = {"".join(rng.sample(NAMES, 2)) for _ in range(rng.randrange(3))}
        mentioned = {each for end in ends for each in end}
        handling: dict[str, str] = rng.choice([{}, {"handling": "C"}])
        rows = rows_of(name, *sorted(ends), code=code, **handling)
        is_list = rng.random() < 0.4
        codes = {each: rng.choice("PPC") for each in rng.sample(NAMES, rng.randrange(4))}
        is_under_p = code == "P" and not handling and "C" not in codes.values()
        for each in codes:
            cells = {"name": f"{each}{number}", **rng.choice([{}, {"nationality": "Iraq"}])}
            of_statement = {} if is_list or (is_under_p and each in mentioned) else {"statement_id": name}
            rows.append(person(each, codes[each], **cells, **of_statement))
        deliveries.append(listing(*rows) if is_list else statement(*rows))
    return deliveries


def under_p(delivery: KeptRows) -> KeptRows:
    """The delivery without what readers of P may not know: C, and people in none of its claims, if it hides them."""
    open_statements = {
        row.values["id"] for row in delivery.rows if row.table == "statements" and row.values["handling"] == "P"
    }
    closed = {row.values["id"] for row in delivery.rows if row.code == "C"}
    rows = [
        row
        for row in delivery.rows
        if row.values.get("handling") != "C"
        and closed.isdisjoint({row.values.get("subject_id"), row.values.get("object_id")})
        and row.code != "C"
        and row.values.get("statement_id", row.values.get("id")) in {*open_statements, *NAMES}
    ]
    met = {row.values[end] for row in rows if row.table == "links" for end in ("subject_id", "object_id")}
    return delivery._replace(
        rows=[row for row in rows if not (delivery.hides and row.table == "people" and row.values["id"] not in met)]
    )


def test_a_layer_is_made_only_of_what_its_readers_may_know() -> None:
    """Taking everything else out of all deliveries changes nothing."""
    rng, differing = random.Random(38), 0
    for _ in range(1_000):
        deliveries = some_deliveries(rng)
        known = layers(*map(under_p, deliveries))
        whole = layers(*deliveries)
        assert whole["P"] == known["P"], deliveries
        differing += whole["C"] != known["C"]
    assert differing > 500
