from __future__ import annotations

import pytest

from graphsvc.access.gate.redact import FEW, permits, release
from graphsvc.access.people.principal import Grant
from graphsvc.records.properties import SENSITIVITY

P, C = Grant("P"), Grant("C")
SOURCES = Grant("P", sources=True)
RETURNS = {
    "person": "Person.id",
    "name": "Person.name",
    "interest": "Statement.interest",
    "source": "Source.id",
    "extra": "Person.extra",
}
ROW = ("P1", "Ann", "a debt", "Q-1", ["x_box: 3"])


@pytest.mark.parametrize(
    ("sensitivity", "permitted"),
    [
        ("open", (True, True, True)),
        ("identity", (True, True, True)),
        ("text", (True, True, True)),
        ("source", (False, False, True)),
        ("interest", (False, False, True)),
        ("conditional", (False, True, False)),
        ("voices", (True, True, True)),
        ("material", (False, False, False)),
    ],
)
def test_every_property_is_released_by_its_sensitivity(sensitivity: str, permitted: tuple[bool, ...]) -> None:
    names = [name for name, kind in SENSITIVITY.items() if kind == sensitivity]
    assert names
    for name in names:
        assert tuple(permits(grant, name) for grant in (P, C, SOURCES)) == permitted, name


def test_no_property_has_a_sensitivity_that_the_table_does_not_know() -> None:
    assert set(SENSITIVITY.values()) == {
        "open",
        "identity",
        "text",
        "source",
        "interest",
        "conditional",
        "voices",
        "material",
    }


def test_columns_without_clearance_are_taken_out_and_named() -> None:
    released = release(P, RETURNS, tuple(RETURNS), [ROW], truncated=True, few_below=3)
    assert released.columns == ("person", "name")
    assert released.rows == [("P1", "Ann")]
    assert released.withheld == ("interest", "source", "extra")
    assert released.truncated
    assert released.dicts() == [{"person": "P1", "name": "Ann"}]


def test_with_every_clearance_nothing_is_withheld() -> None:
    released = release(Grant("C", sources=True), RETURNS, tuple(RETURNS), [ROW], few_below=3)
    assert released.rows == [ROW]
    assert released.withheld == ()


@pytest.mark.parametrize("source", [None, "", "Person.secret", "person.id"])
def test_what_is_not_declared_never_comes_out(source: str | None) -> None:
    returns = {"person": "Person.id"} | ({"more": source} if source is not None else {})
    released = release(Grant("C", sources=True), returns, ("person", "more"), [("P1", "x")], few_below=3)
    assert released.rows == [("P1",)]
    assert released.withheld == ("more",)


@pytest.mark.parametrize(("number", "seen"), [(None, 0), (0, 0), (1, FEW), (2, FEW), (3, 3), (40, 40)])
def test_few_groups_and_claims_are_told_as_few_without_source_clearance(number: int | None, seen: int | str) -> None:
    returns = {
        "subject": "Entity.id",
        "groups": "Link.groups",
        "asserting": "Link.asserting",
        "denying": "Link.denying",
    }
    row = ("P1", number, number, number)
    for grant in (P, C):
        assert release(grant, returns, tuple(returns), [row], few_below=3).rows == [("P1", seen, seen, seen)]
    assert release(SOURCES, returns, tuple(returns), [row], few_below=3).rows == [row]


@pytest.mark.parametrize(
    ("counted", "seen"), [([1, 0], FEW), ([2, 9], FEW), ([3, 1], 4), ([0, 1], 1), ([0, 5], 5), (None, 0)]
)
def test_few_groups_read_few_however_many_reports_stand_beside_them(counted: list[int] | None, seen: int | str) -> None:
    """Reports are listed one by one, so subtracting them from a sum would reveal the number of witnesses."""
    returns = {"asserting": "Link.asserting", "denying": "Link.denying"}
    assert release(P, returns, tuple(returns), [(counted, counted)], few_below=3).rows == [(seen, seen)]


ONE_BY_ONE = {"claim": "Claim.id", "relation": "Claim.relation", "statement": "Statement.id", "kind": "Statement.kind"}
OF_WITNESSES = [("k1", "RUNS", "t1", "witness"), (None, "RUNS", "t1", "witness"), ("k1", "RUNS", None, "witness")]
OPEN = [("k2", "RUNS", "t2", "intelligence"), ("k3", "RUNS", "t3", "record"), (None, "RUNS", None, "witness")]


def test_no_row_of_a_single_witness_passes_whatever_the_query_does() -> None:
    for grant in (P, C):
        assert release(grant, ONE_BY_ONE, tuple(ONE_BY_ONE), OF_WITNESSES + OPEN, few_below=3).rows == OPEN
    assert release(SOURCES, ONE_BY_ONE, tuple(ONE_BY_ONE), OF_WITNESSES, few_below=3).rows == OF_WITNESSES


def test_where_the_kind_of_a_statement_is_not_known_nothing_single_passes() -> None:
    returns = {name: source for name, source in ONE_BY_ONE.items() if name != "kind"}
    rows = [row[:3] for row in OF_WITNESSES + OPEN]
    assert release(P, returns, tuple(returns), rows, few_below=3).rows == [(None, "RUNS", None)]
    unknown = [("k1", "RUNS", "t1", None), ("k1", "RUNS", "t1", "something new")]
    assert release(P, ONE_BY_ONE, tuple(ONE_BY_ONE), unknown, few_below=3).rows == []
