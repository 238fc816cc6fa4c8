"""A reader cleared for P gets a link that C alone denies, in any query, with a mark of the denial or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim, statement_claims

pytestmark = pytest.mark.neo4j
ROLES = {"whole": ("analyst", WHOLE), "low": ("analyst", Grant("P"))}
DENIED = ("ann DIRECTED bea", "ann ORGANISED X1", "kid PILOTED X1", "B1 USED_ON X1", "kid WORKED_AT K2")
CASE: Tables = {
    "people": [
        {"id": name, "name": name.title(), "category": "suspect", "nationality": "Albanian", "handling": "P"}
        for name in ("ann", "bea", "cid", "kid")
    ],
    "crossings": [{"id": "X1", "date": "2020-05-08", "handling": "P"}],
    "boats": [{"id": "B1", "handling": "P"}],
    "workplaces": [
        {"id": "K1", "closed_on": "2020-03-23", "handling": "P"},
        {"id": "K2", "kind": "online", "handling": "P"},
    ],
    "statements": [
        {"id": "R1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "R2", "kind": "intelligence", "handling": "P"},
        {"id": "D1", "kind": "record", "handling": "C", "source_grade": "2", "assessment": "C"},
    ],
    "links": statement_claims("R1", "ann DIRECTED bea", "bea DIRECTED cid", "ann ORGANISED X1", "kid PILOTED X1")
    + statement_claims("R1", "B1 USED_ON X1")
    + [
        claim("kid", "WORKED_AT", "K1", "R1", from_date="2020-01-05", to_date="2020-03-23"),
        claim("kid", "WORKED_AT", "K2", "R1", from_date="2020-04-01"),
        claim("ann", "ORGANISED", "X1", "R2", polarity="withdrawn"),
    ]
    + [link | {"polarity": "denies"} for link in statement_claims("D1", *DENIED)],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    def lay() -> Any:
        first = {
            **CASE,
            "links": [{**link, "polarity": ""} if link["statement_id"] == "R2" else link for link in CASE["links"]],
        }
        return open_place(at_server(), ROLES, "whole", first, CASE)

    return lay


def ask(people: Place, query: str, **parameters: Any) -> list[dict[str, Any]]:
    return list(people("low").queries.run(query, parameters).dicts())


def test_orders_that_somebody_received_are_counted_as_denied_too(people: Place) -> None:
    (bea,) = (row for row in ask(people, "hubs.give_orders", orders=1, most=9, least=0.0) if row["person"] == "bea")
    assert (bea["given"], bea["taken"], bea["denied"]) == (1, 1, 1)


def test_what_somebody_took_back_is_contested_where_another_still_says_it(people: Place) -> None:
    (row,) = ask(people, "statements.taken_back")
    assert (row["subject"], row["still_linked"], row["denying"]) == ("ann", True, "contested")


def test_of_a_crossing_the_people_aboard_and_the_boat_are_marked(people: Place) -> None:
    (row,) = ask(people, "people.nationalities", crossing="X1")
    assert row["denied"] == row["who"] == ["kid"]
    assert all(not row["denied"] for row in ask(people, "people.nationalities"))
    (day,) = ask(people, "crossings.on_days", first="2020-05-08", last="2020-05-08")
    assert day["boats"] == ["B1"]
    assert set(day["denied"]) == {"B1", "ann", "kid"}


def test_nobody_moved_to_a_place_where_it_is_contested_that_they_worked(people: Place) -> None:
    (site,) = ask(people, "workplaces.online")
    assert (site["workers"], site["from_closed"]) == (0, [])
    assert ask(people, "workplaces.displacement") == []
    (row,) = ask(people, "workplaces.cohort")
    assert (row["next"], row["denied"]) == (["K2"], ["K2"])
