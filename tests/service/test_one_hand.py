"""Closures controlled by one person, on a real case: what each reader sees, on pages and in verdicts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim

pytestmark = pytest.mark.neo4j
READERS = {
    "ana": ("analyst", Grant("C", sources=True)),
    "inv": ("investigator", Grant("C")),
    "low": ("analyst", Grant("P")),
}
# Four places of three workers each close. Two of three workers go to other places of the boss. Forty others go
# elsewhere.
CLOSED, WORKERS = [f"b{n}" for n in range(4)], [f"w{n}" for n in range(12)]
OPEN, SHOPS, OTHERS = ["n0", "n1", "n2"], [f"s{n}" for n in range(40)], [f"o{n}" for n in range(40)]
ROWS: Tables = {
    "people": [{"id": "boss", "name": "Boss", "category": "suspect"}, *({"id": who} for who in (*WORKERS, *OTHERS))],
    "workplaces": [
        *({"id": place, "closed_on": "2020-03-20"} for place in CLOSED),
        *({"id": place} for place in (*OPEN, *SHOPS)),
    ],
    "statements": [{"id": "r1", "kind": "record", "source_grade": "1", "assessment": "A", "handling": "P"}],
    "links": [
        *(claim("boss", "CONTROLS", place, "r1") for place in (*CLOSED, *OPEN)),
        *(claim(who, "WORKED_AT", CLOSED[n // 3], "r1", from_date="2020-01-05") for n, who in enumerate(WORKERS)),
        *(
            claim(who, "WORKED_AT", OPEN[n % 3] if n % 3 else SHOPS[n], "r1", from_date="2020-04-02")
            for n, who in enumerate(WORKERS)
        ),
        *(claim(who, "WORKED_AT", SHOPS[n], "r1", from_date="2020-04-03") for n, who in enumerate(OTHERS)),
    ],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "ana", ROWS)


def test_closures_that_cannot_tell_alone_tell_together(people: Place) -> None:
    ana = people("ana").displacement
    assert {row.verdict for row in ana.closures()} == {"cannot tell"}
    (row,) = ana.hands()
    assert (row.who, row.seen, row.stayed, row.verdict) == ("boss", 12, 8, "together")
    assert row.chance is not None
    assert row.chance < 3
    assert ana.verdicts()["boss"] == row.text
    assert "boss" not in ana.verdicts(["b0"])
    assert [each.who for each in ana.place("b0").hands] == ["boss"]
    assert ana.place("n0").hands == ()


@pytest.mark.changes
def test_control_that_is_denied_reads_contested(people: Place) -> None:
    denial = {"id": "d1", "kind": "record", "source_grade": "1", "assessment": "A", "handling": "C"}
    denied = [claim("boss", "CONTROLS", place, "d1", polarity="denies") for place in (*CLOSED, *OPEN)]
    low = people("low").displacement
    assert "contested" not in str(low.hands())
    people.load("ana", {"statements": [denial], "people": [], "links": denied}, partial=True)
    (row,) = low.hands()
    assert (row.verdict, row.denied, row.text.count("contested")) == ("together", True, 1)
    assert low.verdicts()["boss"] == row.text == people("low").moves().attrs["verdicts"]["boss"]
    assert low.place("b0").hands == (row,)
    client = people.client("low")
    for page in ("displacement", "displacement?as=csv", "displacement/place?id=b0"):
        text = client.get(f"/case/{people.case}/{page}").text
        assert re.search(r"ore of those seen again after 4 closures under Boss [^:<]* contested", text), page
    for page in ("displacement.json", "displacement/place.json?id=b0"):
        (hand,) = client.get(f"/case/{people.case}/{page}").get_json()["hands"]
        assert (hand["denied"], hand["text"]) == (True, row.text)


@pytest.mark.changes
def test_a_closure_whose_people_stayed_under_a_control_that_is_denied_reads_contested(people: Place) -> None:
    """Nine workers of one place go to nine places of the aide, one each."""
    sites, workers = [f"m{n}" for n in range(9)], [f"t{n}" for n in range(9)]
    denial = {"id": "d1", "kind": "record", "source_grade": "1", "assessment": "A", "handling": "C"}
    wash: Tables = {
        "people": [{"id": "aide", "name": "Aide", "category": "suspect"}, *({"id": who} for who in workers)],
        "workplaces": [{"id": "c0", "closed_on": "2020-03-20"}, *({"id": place} for place in sites)],
        "statements": [{**ROWS["statements"][0], "id": "r2"}],
        "links": [
            *(claim("aide", "CONTROLS", place, "r2") for place in ("c0", *sites)),
            *(claim(who, "WORKED_AT", "c0", "r2", from_date="2020-01-05") for who in workers),
            *(claim(who, "WORKED_AT", sites[n], "r2", from_date="2020-04-02") for n, who in enumerate(workers)),
        ],
    }
    people.load("ana", wash, partial=True)
    low = people("low").displacement
    (before,) = [row for row in low.closures() if row.place == "c0"]
    assert (before.verdict, before.hand, before.ids) == ("together", True, ())
    denied = [claim("aide", "CONTROLS", "m0", "d1", polarity="denies")]
    people.load("ana", {"statements": [denial], "people": [], "links": denied}, partial=True)
    (after,) = [row for row in low.closures() if row.place == "c0"]
    assert after.text == f"{before.text} That control is contested."
    assert low.verdicts(["c0"])["c0"] == after.text


def test_pages_show_the_hand_and_no_number_without_source_clearance(people: Place) -> None:
    for reader, seen in (("ana", True), ("inv", False)):
        for page in ("displacement", "displacement/place?id=b0"):
            text = re.sub(r"\s+", " ", people.client(reader).get(f"/case/{people.case}/{page}").text)
            assert ("8 of 12 seen again after 4 closures under Boss" in text) is seen, (reader, page)
            assert ("ore of those seen again after 4 closures under Boss went to other places" in text) is not seen
    (row,) = people("inv").displacement.hands()
    assert (row.seen, row.stayed, row.chance, row.q) == (None, None, None, None)
