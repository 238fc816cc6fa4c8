"""Dates known to a month, or only by their end, count as all days they may mean, not as one day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim

pytestmark = pytest.mark.neo4j
CASE: Tables = {
    "people": [{"id": name, "name": f"Name of {name}", "category": "suspect"} for name in ("early", "until", "on")],
    "workplaces": [
        {"id": "day", "closed_on": "2020-03-23"},
        {"id": "month", "closed_on": "2020-03"},
        {"id": "year", "closed_on": "2020"},
        {"id": "next"},
    ],
    "statements": [
        {"id": "s", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "t", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
    ],
    "links": [
        claim("early", "WORKED_AT", "day", "s", to_date="2020-01-10"),
        claim("until", "WORKED_AT", "day", "s", to_date="2020-03-20"),
        claim("on", "WORKED_AT", "day", "s", from_date="2020-01-10"),
        claim("until", "WORKED_AT", "next", "s", from_date="2020-04"),
        claim("until", "WORKED_AT", "month", "s", from_date="2020-03-10"),
        claim("on", "MANAGED", "next", "t", to_date="2020"),
    ],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    """Work until a day, from a day and in a month, at places that closed on a day, in a month and in a year."""
    roles = {"whole": ("analyst", Grant("C", sources=True)), "told": ("analyst", Grant("C"))}
    return lambda: open_place(at_server(), roles, "whole", CASE)


def run_query(people: Place, name: str, **parameters: Any) -> list[dict[str, Any]]:
    return people("whole").queries.run(name, parameters).dicts()


@pytest.mark.parametrize(
    ("first", "last", "closed"),
    [
        ("2020-03-20", "2020-03-25", {"day": True, "month": False, "year": False}),
        ("2020-03", "2020-03", {"day": True, "month": True, "year": False}),
        ("2020-05", "", {"year": False}),
        ("", "", {"day": True, "month": True, "year": True}),
        ("2020-03-25", "2020-03-20", {}),
    ],
)
def test_a_place_that_closed_in_a_month_may_have_closed_on_each_of_its_days(
    people: Place, first: str, last: str, closed: dict[str, bool]
) -> None:
    rows = run_query(people, "workplaces.closed", first=first, last=last)
    assert {row["workplace"]: row["certain"] for row in rows} == closed
    assert [row["certain"] for row in rows] == sorted((row["certain"] for row in rows), reverse=True)


def test_since_it_closed_is_since_the_last_day_that_can_mean(people: Place) -> None:
    rows = {row["workplace"]: row["seen_since"] for row in run_query(people, "workplaces.closed")}
    assert rows == {"day": 1, "month": 1, "year": 0}


def test_an_end_alone_is_no_beginning(people: Place) -> None:
    links = {(row["subject"], row["object"]): row for row in people("whole").ask.rows("workplaces.ties").dicts()}
    assert [links["until", "day"][name] or "" for name in ("first_on", "last_on")] == ["", "2020-03-20"]
    assert [links["on", "day"][name] for name in ("first_on", "last_on")] == ["2020-01-10", "2020-01-10"]


def test_whoever_was_there_until_weeks_before_it_closed_was_not_there_when_it_did(people: Place) -> None:
    rows = {row["person"]: row["next"] for row in run_query(people, "workplaces.cohort", workplace="day")}
    assert rows == {"until": ["month", "next"], "on": []}
    moves = people("whole").displacement.moves(["day"])
    assert {name for row in moves for name in row.who} == set(rows)


def test_where_they_went_from_it_is_told(people: Place) -> None:
    rows = {
        (row["closed"], row["next"]): row["who"]
        for row in run_query(people, "workplaces.displacement", workplace="day")
    }
    assert rows["day", "next"] == ["until"]


def test_of_few_neither_page_nor_query_tells_who_or_how_many_without_source_clearance(people: Place) -> None:
    reader = people("told")
    (move,) = [row for row in reader.displacement.moves(["day"]) if row.next == "month"]
    (row,) = [
        row
        for row in reader.queries.run("workplaces.displacement", {"workplace": "day"}).dicts()
        if row["next"] == "month"
    ]
    assert (move.people, move.who) == ("few", ())
    assert (row["people"], row["who"], row["earliest"]) == (None, [], None)


def test_a_claim_that_gives_an_end_by_the_year_alone_is_coarse(people: Place) -> None:
    rows = {(row["relation"], row["statement"]): row for row in run_query(people, "quality.undated")}
    assert rows["MANAGED", "t"]["coarse"] == 1
    assert rows["MANAGED", "t"]["undated"] == 0
