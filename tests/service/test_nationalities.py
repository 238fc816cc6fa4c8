"""The nationalities of people aboard one crossing, as each reader sees them: for interpreters and safeguarding."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {"ann": ("analyst", Grant("C", sources=True)), "low": ("analyst", Grant("P"))}
# Records put p1 and p3 aboard x1 at P and p2 at C. w1 is sealed, p4 was on another crossing, and p5 stayed ashore.
NATIONALITIES = {"p1": "Kuwait", "p2": "Iraq", "p3": "Kuwait", "p4": "Iran", "p5": "Syria", "w1": "Bidoon"}
ROWS: Tables = {
    "people": [
        {
            "id": name,
            "name": name.title(),
            "category": "witness" if name == "w1" else "suspect",
            "nationality": nationality,
            "handling": "P",
        }
        for name, nationality in NATIONALITIES.items()
    ],
    "crossings": [
        {"id": name, "date": "2020-05-08", "handling": handling}
        for name, handling in (("x1", "P"), ("x2", "P"), ("x3", "C"))
    ],
    "statements": [{"id": "r1", "kind": "record", "handling": "P"}, {"id": "r2", "kind": "record", "handling": "C"}],
    "links": [
        *statement_claims(
            "r1",
            "p1 CROSSED_ON x1",
            "p3 PILOTED x1",
            "w1 CROSSED_ON x1",
            "p5 ORGANISED x1",
            "p4 ASSISTED x2",
            "p1 CROSSED_ON x3",
        ),
        *statement_claims("r2", "p2 CROSSED_ON x1"),
    ],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "ann", ROWS)


@pytest.mark.parametrize(
    ("who", "crossing", "aboard"),
    [
        ("ann", "x1", {"Kuwait": ["p1", "p3"], "Iraq": ["p2"]}),
        ("low", "x1", {"Kuwait": ["p1", "p3"]}),
        ("ann", "x2", {"Iran": ["p4"]}),
        ("ann", "x3", {"Kuwait": ["p1"]}),
        # A crossing under C looks like one that does not exist.
        ("low", "x3", {}),
        ("low", "nothing", {}),
        # Only a claim under C mentions p2.
        ("low", "", {"Kuwait": ["p1", "p3"], "Iran": ["p4"], "Syria": ["p5"]}),
    ],
)
def test_those_aboard_are_told_by_name_and_as_far_as_the_reader_sees_them_there(
    people: Place, who: str, crossing: str, aboard: dict[str, list[str]]
) -> None:
    rows = people(who).queries.run("people.nationalities", {"crossing": crossing}).dicts()
    assert {row["nationality"]: row["who"] for row in rows} == aboard
    assert [row["people"] for row in rows] == [len(row["who"]) for row in rows]
    assert [row["people"] for row in rows] == sorted((row["people"] for row in rows), reverse=True)
