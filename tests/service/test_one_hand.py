"""Closures under one hand, on a real case: what each reader is told of them, on pages and in verdicts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from tests.toolbox.cases import Lay, Place, laid
from tests.toolbox.rows import Tables, claim

pytestmark = pytest.mark.neo4j
READERS = {"ana": ("analyst", Grant("C", sources=True)), "inv": ("investigator", Grant("C"))}
# Four places of three workers each close; two of three go to other places of the boss. Forty others come elsewhere.
CLOSED, WORKERS = [f"b{n}" for n in range(4)], [f"w{n}" for n in range(12)]
OPEN, SHOPS, OTHERS = ["n0", "n1", "n2"], [f"s{n}" for n in range(40)], [f"o{n}" for n in range(40)]
ROWS: Tables = {
    "people": [{"id": "boss", "name": "Boss", "category": "suspect"}, *({"id": who} for who in (*WORKERS, *OTHERS))],
    "workplaces": [
        *({"id": place, "closed_on": "2020-03-20"} for place in CLOSED),
        *({"id": place} for place in (*OPEN, *SHOPS)),
    ],
    "statements": [{"id": "r1", "kind": "record", "source_grade": "1", "assessment": "A"}],
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
    return lambda: laid(at_server(), READERS, "ana", ROWS)


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


def test_pages_show_the_hand_and_no_number_without_source_clearance(people: Place) -> None:
    for reader, seen in (("ana", True), ("inv", False)):
        for page in ("displacement", "displacement/place?id=b0"):
            text = re.sub(r"\s+", " ", people.client(reader).get(f"/case/{people.case}/{page}").text)
            assert ("8 of 12 seen again after 4 closures under Boss" in text) is seen, (reader, page)
            assert ("ore of those seen again after 4 closures under Boss went to other places" in text) is not seen
    (row,) = people("inv").displacement.hands()
    assert (row.seen, row.stayed, row.chance, row.q) == (None, None, None, None)
