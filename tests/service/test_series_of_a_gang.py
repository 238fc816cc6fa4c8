"""Series of a gang with more parts in crossings than fit in one table, and refusals if no crossing has a date."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import SeriesChoice
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.pages import token
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {"ana": ("analyst", Grant("C", sources=True)), "low": ("analyst", Grant("P"))}
FIRST, NUMBER = dt.date(2020, 1, 1), 251
_PILOTS = ("p1", "p2", "p3", "p4")
ROWS: Tables = {
    "people": [{"id": name, "name": f"Pilot {name}", "category": "suspect"} for name in _PILOTS],
    "gangs": [{"id": "g1", "name": "Harbour"}],
    "crossings": [
        {"id": f"c{place}", "date": (FIRST + dt.timedelta(days=place)).isoformat(), "handling": "C"}
        for place in range(NUMBER)
    ],
    "statements": [{"id": "r1", "kind": "record", "handling": "C", "source_grade": "1", "assessment": "A"}],
    "links": statement_claims(
        "r1",
        *(f"{name} MEMBER_OF g1" for name in _PILOTS),
        *(f"{name} PILOTED c{place}" for place in range(NUMBER) for name in _PILOTS),
    ),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "ana", ROWS)


def test_a_gang_with_over_a_thousand_parts_loses_no_crossing(people: Place) -> None:
    series = people("ana").time.series(SeriesChoice(gang="g1")).series
    assert series.counts == (1,) * NUMBER


@pytest.mark.changes
def test_a_series_of_a_gang_says_how_many_of_its_crossings_are_contested(people: Place) -> None:
    """Two of three crossings belong to the gang only by denied links: a part played, and memberships."""
    shared: Tables = {
        "people": [{"id": "p5", "name": "Pilot p5", "category": "suspect"}],
        "gangs": [{"id": "g2", "name": "Beach"}],
        "crossings": [{"id": f"d{day}", "date": f"2021-05-0{day}"} for day in (1, 2, 3)],
        "statements": [{"id": "r2", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
        "links": statement_claims(
            "r2", "p5 MEMBER_OF g2", "p5 PILOTED d1", "g2 ORGANISED d2", "p5 PILOTED d3", "g2 ORGANISED d3"
        ),
    }
    hidden = {"id": "r3", "kind": "record", "handling": "C", "source_grade": "1", "assessment": "A"}
    denied = [{**link, "polarity": "denies"} for link in statement_claims("r3", "p5 MEMBER_OF g2", "g2 ORGANISED d2")]
    people.load("ana", shared, partial=True)
    low = people("low")
    before = low.time.surges(SeriesChoice(gang="g2")).notes
    people.load("ana", {"statements": [hidden], "people": [], "links": denied}, partial=True)
    note = "Of 2 of 3 crossings it is contested that this gang had a hand in them."
    assert low.time.surges(SeriesChoice(gang="g2")).notes == (note, *before)
    assert low.time.series(SeriesChoice(gang="g2")).notes[0] == note
    client = people.client("low")
    for form in ("surges?gang=g2", "surges?gang=g2&as=csv", "surges.json?gang=g2"):
        assert note in client.get(f"/case/{people.case}/{form}").text, form


def test_a_refused_file_says_its_fault_where_no_crossing_stands_on_a_day(people: Place) -> None:
    client = people.client("low")
    address = f"/case/{people.case}/surges"
    assert client.get(f"{address}.json").status_code == 404
    for accept, says in (("application/json", "no column of days"), ("text/html", "Nothing was brought in")):
        file = (io.BytesIO(b"a,b\n1,2\n"), "counts.csv")
        fields = {"csrf_token": token(client.get(address).text), "file": file, "name": "official"}
        taken = client.post(f"{address}/load", data=fields, headers={"Accept": accept})
        assert taken.status_code == 422
        assert says in taken.text
