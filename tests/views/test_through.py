"""Witness paths to leads: groups on one side, leads on the other, and only nodes that are on a path."""

from __future__ import annotations

from typing import Any

from graphsvc.views.picture.network import Picture, picture
from graphsvc.views.through import WITNESSES, WitnessWay, through
from tests.views.test_behind import entity, link

ENTITIES = [
    entity("x1", "crossing"),
    entity("g1", "gang"),
    *(entity(name, "person") for name in ("ann", "bob", "cid", "eve")),
]
LINKS = [
    link("cid PILOTED x1"),
    link("ann DIRECTED cid"),
    link("ann RUNS g1"),
    link("bob RUNS g1", denying=1),
    link("eve PAID bob"),
]
WAYS = [
    WitnessWay("ann", "1", (("cid", "PILOTED", "x1"), ("ann", "DIRECTED", "cid"))),
    WitnessWay("ann", "2", (("ann", "RUNS", "g1"),)),
    WitnessWay("bob", "2", (("bob", "RUNS", "g1"),)),
]


def draw(ways: list[WitnessWay] = WAYS, leads: Any = ("ann", "bob"), groups: Any = None) -> Picture:
    view = picture([[row["id"] for row in ENTITIES]], ENTITIES, LINKS)
    return through(view, ways, groups or {"1": 1, "2": 3}, leads)


def test_a_way_names_what_it_goes_along() -> None:
    assert WAYS[0].path_ids == ("x1", "cid", "ann")
    assert WAYS[1].path_ids == ("g1", "ann")


def test_witnesses_stand_on_one_side_and_leads_on_the_other() -> None:
    places = {node.id: node for node in draw().nodes}
    assert places[f"{WITNESSES}1"].x < places["x1"].x < places["cid"].x < places["ann"].x == places["bob"].x
    assert places["g1"].x == places["cid"].x
    assert places["ann"].y < places["bob"].y
    assert [node.id for node in draw().nodes if node.start] == ["ann", "bob"]
    assert len({(node.x, node.y) for node in places.values()}) == len(places)


def test_what_lies_on_no_way_is_not_drawn() -> None:
    seen = draw()
    assert "eve" not in {node.id for node in seen.nodes}
    assert {(edge.subject, edge.relation, edge.object) for edge in seen.edges} == {
        ("cid", "PILOTED", "x1"),
        ("ann", "DIRECTED", "cid"),
        ("ann", "RUNS", "g1"),
        ("bob", "RUNS", "g1"),
        (f"{WITNESSES}1", "TOLD_OF", "x1"),
        (f"{WITNESSES}2", "TOLD_OF", "g1"),
    }
    assert next(edge for edge in seen.edges if edge.subject == "bob").denied


def test_a_group_is_told_by_its_number_and_those_told_as_one_by_none() -> None:
    assert [node.name for node in draw().nodes if node.kind == "group"] == [
        "Group 1: 1 witness",
        "Group 2: 3 witnesses",
    ]
    as_one = [WitnessWay(way.lead, "", way.links) for way in WAYS]
    (mark,) = (node for node in draw(as_one, groups={"": 0}).nodes if node.kind == "group")
    assert (mark.id, mark.name) == (WITNESSES, "Witnesses")


def test_a_way_over_somebody_who_is_not_there_is_left_out() -> None:
    paths = [*WAYS, WitnessWay("bob", "1", (("zoe", "PAID", "bob"),))]
    assert draw(paths).edges == draw().edges


def test_the_same_ways_give_the_same_picture() -> None:
    assert draw() == draw()
