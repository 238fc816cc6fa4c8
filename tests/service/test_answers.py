"""Who is behind the boats of a day, on a real case: named organisers with what denies them, and what nobody says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import NotFound, RequestError
from tests.toolbox.cases import Lay, Place, laid
from tests.toolbox.rows import Tables, said

pytestmark = pytest.mark.neo4j
READERS = {
    "ana": ("analyst", Grant("C", sources=True)),
    "low": ("analyst", Grant("P")),
    "cus": ("custodian", Grant("C", sources=True)),
}
PEOPLE = ("boss", "rival", "pilot", "dealer", "rider")
ROWS: Tables = {
    "people": [{"id": name, "name": name.title(), "category": "suspect"} for name in PEOPLE],
    "crossings": [{"id": f"c{number}", "date": "2020-05-08"} for number in (1, 2)]
    + [{"id": "c3", "date": "2020-05-20"}],
    "boats": [{"id": "b1", "name": "Gull"}],
    "statements": [
        {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "r2", "kind": "intelligence", "handling": "C", "source_grade": "2", "assessment": "B"},
        {"id": "r3", "kind": "intelligence", "handling": "P", "source_grade": "2", "assessment": "C"},
    ],
    "links": said("r1", "b1 USED_ON c1", "dealer SUPPLIED b1", "pilot PILOTED c1", "rider CROSSED_ON c1")
    + said("r2", "boss ORGANISED c1", "boss ORGANISED c2")
    + said("r3", "rival ORGANISED c1", "rival ORGANISED c3"),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: laid(at_server(), READERS, "ana", ROWS)


def test_the_boats_of_a_day_are_answered_by_name(people: Place) -> None:
    told = people("ana").network.answers.behind(day="2020-05-08")
    answer, view = told.answer, told.view
    assert [row.about.id for row in answer.rows] == ["c1", "c2"]
    first = [(one.who.name, one.edge.relation, one.what.name if one.what else "") for one in answer.rows[0].said]
    assert first == [
        ("Boss", "ORGANISED", ""),
        ("Rival", "ORGANISED", ""),
        ("Pilot", "PILOTED", ""),
        ("Dealer", "SUPPLIED", "Gull"),
    ]
    assert [common.who.id for common in answer.common] == ["boss"]
    assert answer.gaps == (
        "The boat of 1 of 2 crossings is not known.",
        "Nobody is named who piloted 1 of 2 crossings.",
    )
    assert {node.id for node in view.nodes} >= {"boss", "dealer", "b1", "c1", "c2"}
    assert all(one.lead is not None and one.lead.best is not None for one in answer.rows[0].said)


def test_who_may_not_see_c_is_answered_by_what_is_left(people: Place) -> None:
    answer = people("low").network.answers.behind(["c1", "c2", "c3"]).answer
    assert [row.about.id for row in answer.rows] == ["c1", "c3"]  # of c2 only a report under C tells
    assert [one.who.id for one in answer.rows[0].said] == ["rival", "pilot", "dealer"]
    assert [common.who.id for common in answer.common] == ["rival"]


def test_who_sees_no_ranking_is_told_no_rank(people: Place) -> None:
    answer = people("cus").network.answers.behind(["c1"]).answer
    assert all(one.lead is None for one in answer.rows[0].said)


def test_what_is_not_there_or_not_asked_is_said(people: Place) -> None:
    answers = people("ana").network.answers
    with pytest.raises(NotFound):
        answers.behind(["nobody"])
    with pytest.raises(RequestError, match="Say what is asked about"):
        answers.behind(day="2020-01-01")


def test_page_and_twin_and_session_give_one_answer(people: Place) -> None:
    client, address = people.client("ana"), f"/case/{people.case}/behind"
    twin = client.get(f"{address}.json?day=2020-05-08").get_json()
    answer = people("ana").behind(day="2020-05-08").answer.plain()
    assert {name: twin[name] for name in answer} == answer
    page = client.get(f"{address}?day=2020-05-08")
    assert page.status_code == 200
    assert "Nobody is named who piloted 1 of 2 crossings." in page.text
    assert all(said["who"]["name"] in page.text for row in answer["rows"] for said in row["said"])
    assert client.get(address).status_code == 200
