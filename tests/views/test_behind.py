"""Who is behind it: the answer is what a picture says, better told things first, and what nobody says is said."""

from __future__ import annotations

from typing import Any

from graphsvc.views.behind import Standing, behind, relations
from graphsvc.views.picture.network import Picture, picture

CROSSINGS = ("c1", "c2", "c3")


def entity(identifier: str, kind: str, **more: Any) -> dict[str, Any]:
    row = {
        "id": identifier,
        "kind": kind,
        "name": identifier.title(),
        "sort": "",
        "identified": "named",
        "sealed": False,
    }
    return row | {"handling": "P", "gang": "", "more": 0, "day": "", "lat": None, "lon": None} | more


def link(text: str, belief: float = 0.8, **more: Any) -> dict[str, Any]:
    subject, relation, target = text.split()
    row = {"subject": subject, "relation": relation, "object": target, "belief": belief, "denying": 0, "asserting": 1}
    figures = {
        "groups": 1,
        "other_sources": 0,
        "belief_on_record": 0.0,
        "groups_on_record": 0,
        "other_sources_on_record": 0,
    }
    return row | figures | {"first_on": "", "last_on": ""} | more


ENTITIES = [
    *(entity(name, "crossing", name=f"2020-05-0{number}, Dunkirk") for number, name in enumerate(CROSSINGS, start=7)),
    entity("b1", "boat"),
    *(entity(name, "person") for name in ("ann", "bob", "cid", "dan", "eve")),
]
LINKS = [
    link("b1 USED_ON c1"),
    link("ann ORGANISED c1", 0.9),
    link("bob ORGANISED c1", 0.95, denying=1),
    link("ann ORGANISED c2", 0.6),
    link("cid PILOTED c1"),
    link("dan SUPPLIED b1"),
    link("eve CROSSED_ON c1"),
    link("cid ORGANISED c3", 0.2),
]


def view() -> Picture:
    stages = [[row["id"] for row in ENTITIES]]
    return picture(stages, ENTITIES, LINKS, starts=CROSSINGS)


def test_the_better_told_stand_first_and_what_is_denied_does_not_stand_as_if_alike() -> None:
    answer = behind(view(), CROSSINGS, {"ann": Standing(3, 2, 9)})
    first = answer.rows[0]
    assert [(one.who.id, one.edge.relation, one.is_weak) for one in first.said] == [
        ("ann", "ORGANISED", False),
        ("bob", "ORGANISED", True),
        ("cid", "PILOTED", False),
        ("dan", "SUPPLIED", False),
    ]
    assert first.said[0].lead == Standing(3, 2, 9)
    assert first.said[3].what is not None
    assert first.said[3].what.id == "b1"
    assert (first.missing, [boat.id for boat in first.boats]) == ((), ["b1"])


def test_what_nobody_says_is_said() -> None:
    assert behind(view(), CROSSINGS, {}).gaps == (
        "The boat of 2 of 3 crossings is not known.",
        "Nobody is named who piloted 2 of 3 crossings.",
        "Whoever is named as behind 1 of 3 crossings is denied, or hardly believed.",
    )
    assert behind(view(), ["b1"], {}).gaps == ()


def test_who_stands_behind_several_is_told_with_how_sure_that_is() -> None:
    (both, pilot) = behind(view(), CROSSINGS, {}).common
    assert (both.who.id, [node.id for node in both.rows], round(both.strength, 2)) == ("ann", ["c1", "c2"], 0.54)
    assert (pilot.who.id, [one.edge.relation for one in pilot.said]) == ("cid", ["PILOTED", "ORGANISED"])


def test_passengers_are_behind_nothing_and_who_is_not_there_is_passed_over() -> None:
    answer = behind(view(), ["c1", "gone", "c1"], {})
    assert [row.about.id for row in answer.rows] == ["c1"]
    assert "eve" not in {one.who.id for row in answer.rows for one in row.said}
    assert "CROSSED_ON" not in relations("crossing")
