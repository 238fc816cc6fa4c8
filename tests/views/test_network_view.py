from __future__ import annotations

from dataclasses import replace
from typing import Any

from graphsvc.records.tables import ENTITY_TABLES
from graphsvc.service.network.coast import coast
from graphsvc.views.picture.graph import draw
from graphsvc.views.picture.network import picture, sift


def entity(identifier: str, kind: str = "person", **values: Any) -> dict[str, Any]:
    empty = {"name": identifier.upper(), "sort": None, "sealed": False, "handling": "P", "identified": None}
    return {
        "id": identifier,
        "kind": kind,
        **empty,
        "gang": None,
        "day": None,
        "lat": None,
        "lon": None,
        **dict.fromkeys(("launch_site", "landing_site", "landing_lat", "landing_lon")),
        "more": 0,
    } | values


def link(subject: str, object_: str, relation: str = "DIRECTED", belief: float = 0.9, **values: Any) -> dict[str, Any]:
    figures = {
        "asserting": 1,
        "denying": 0,
        "groups": 1,
        "other_sources": 0,
        "belief_on_record": 0.0,
        "groups_on_record": 0,
        "other_sources_on_record": 0,
    }
    dates = {"first_on": None, "last_on": None}
    return {"subject": subject, "object": object_, "relation": relation, "belief": belief, **figures, **dates} | values


def test_belief_decides_step_and_dashes_and_a_denial_is_told() -> None:
    rows = [link("a", "b", "PAID", 0.2, denying=2), link("a", "b", "OWES", 0.5), link("b", "a", "COERCED", 0.49)]
    view = picture([["a", "b"]], [entity("a"), entity("b")], rows, starts=["a"])
    assert [(edge.relation, edge.step, edge.doubtful, edge.denied) for edge in view.edges] == [
        ("OWES", 3, False, False),
        ("COERCED", 2, True, False),
        ("PAID", 1, True, True),
    ]


def test_links_between_the_same_two_do_not_lie_on_each_other() -> None:
    # The browser bends relative to the direction of a link, so the side is bend times direction.
    rows = [link("a", "b"), link("a", "b", "PAID"), link("b", "a", "PAID")]
    view = picture([["a", "b"]], [entity("a"), entity("b")], rows)
    sides = [edge.bend * (1 if edge.subject == "a" else -1) for edge in view.edges]
    assert len(set(sides)) == 3


def test_hiding_leaves_the_others_where_they_were() -> None:
    entities = [entity(name) for name in "abcd"]
    rows = [link("a", "b"), link("b", "c"), link("c", "d")]
    whole = picture([list("abcd")], entities, rows, starts=["a"])
    less = picture([list("abcd")], entities, rows, starts=["a"], hidden=["b"])
    places = {node.id: (node.x, node.y) for node in whole.nodes}
    assert {node.id: (node.x, node.y) for node in less.nodes} == {name: places[name] for name in "acd"}
    assert less.hidden == 1
    assert [(edge.subject, edge.object) for edge in less.edges] == [("c", "d")]
    assert next(node.links for node in less.nodes if node.id == "a") == 0


def test_what_an_opening_adds_moves_nothing() -> None:
    entities = [entity(name) for name in "abcde"]
    rows = [link("a", "b"), link("a", "c"), link("c", "d"), link("c", "e")]
    before = picture([list("abc")], entities[:3], rows[:2])
    after = picture([list("abc"), list("de")], entities, rows)
    assert {(n.id, n.x, n.y) for n in before.nodes} <= {(n.id, n.x, n.y) for n in after.nodes}
    assert [node.id for node in after.nodes] == list("abcde")


def test_what_the_store_does_not_give_is_not_drawn() -> None:
    view = picture(
        [["a", "gone", "b"]], [entity("a"), entity("b")], [link("a", "gone"), link("a", "b")], starts=["gone", "a"]
    )
    assert [node.id for node in view.nodes] == ["a", "b"]
    assert [(edge.subject, edge.object) for edge in view.edges] == [("a", "b")]
    assert view.absent == 1


def test_nobody_is_hollow_but_a_person_who_is_not_identified() -> None:
    expected = {"named": True, "nickname": False, "unknown": False, None: True}
    entities = [entity(str(how), identified=how) for how in expected]
    entities += [entity(table.record + "1", table.record) for table in ENTITY_TABLES]
    view = picture([[row["id"] for row in entities]], entities, [])
    assert {node.id: node.identified for node in view.nodes if node.id in map(str, expected)} == {
        str(how): known for how, known in expected.items()
    }
    assert all(node.identified for node in view.nodes if node.kind != "person")


def test_a_crossing_is_called_by_its_day_in_words_and_who_has_no_name_by_id() -> None:
    entities = [entity("x", "crossing", name="2020-05-08T04:30Z, Gravelines"), entity("p", name=None)]
    view = picture([["x", "p"]], entities, [])
    assert [node.name for node in view.nodes] == ["8 May 2020, 04:30 UTC, Gravelines", "p"]


def test_ties_have_no_direction_and_relations_of_ones_own_have() -> None:
    rows = [link("a", "b", "CONTACTED"), link("a", "b", "X_SOLD_PHONE_TO"), link("a", "b", "PAID")]
    view = picture([["a", "b"]], [entity("a"), entity("b")], rows)
    assert {edge.says: edge.directed for edge in view.edges} == {
        "was in contact with": False,
        "sold phone to": True,
        "paid": True,
    }


def test_a_kind_a_family_or_a_relation_is_left_out_and_nothing_moves() -> None:
    people = [entity(name) for name in ("boss", "aide", "carried", "alone")]
    rows = [
        link("boss", "x", "ORGANISED"),
        link("boss", "aide", "PAID"),
        link("aide", "x", "PILOTED"),
        link("carried", "x", "CROSSED_ON"),
    ]
    whole = picture([["x", "boss", "aide", "carried", "alone"]], [entity("x", "crossing"), *people], rows, starts=["x"])
    places = {node.id: (node.x, node.y) for node in whole.nodes}

    def sift_out(*without: str) -> tuple[set[str], set[str], tuple[int, int]]:
        view = sift(whole, without)
        assert all((node.x, node.y) == places[node.id] for node in view.nodes)
        return {node.id for node in view.nodes}, {edge.relation for edge in view.edges}, view.left_out

    # Without presence, people who were only present are removed too; entities without links and the starts stay.
    assert sift_out("presence") == ({"x", "boss", "aide", "alone"}, {"ORGANISED", "PAID", "PILOTED"}, (1, 1))
    assert sift_out("money") == (
        {"x", "boss", "aide", "carried", "alone"},
        {"ORGANISED", "PILOTED", "CROSSED_ON"},
        (0, 1),
    )
    assert sift_out("person") == ({"x"}, set(), (4, 4))
    assert sift_out("crossing") == (
        {"x", "boss", "aide", "carried", "alone"},
        {row["relation"] for row in rows},
        (0, 0),
    )
    # An entity added by itself stays, whatever its kind.
    assert {node.id for node in sift(whole, ["person"], ["aide"]).nodes} == {"x", "aide"}
    assert sift_out() == (set(places), {row["relation"] for row in rows}, (0, 0))


def test_a_map_says_where_boats_landed_and_what_places_are_called() -> None:
    sites = {"launch_site": "Wissant", "landing_site": "Deal", "lat": 50.88, "lon": 1.66}
    landed = entity("x", "crossing", **sites, landing_lat=51.22, landing_lon=1.4)
    vague = entity("y", "crossing", launch_site="Calais")
    view = picture([["x", "y"]], [landed, vague], [], arrangement="map")
    assert view.marks is not None
    assert view.marks.landings == {"x": (51.22, 1.4)}
    assert view.marks.sites == [("Deal", (51.22, 1.4), ("x",)), ("Wissant", (50.88, 1.66), ("x",))]
    assert view.frame is not None
    rings = coast(view.frame.box)
    assert rings
    assert all(ring[0] == ring[-1] for ring in rings), "waters are closed, or they would flood the land"
    data = draw(view, rings)
    assert set(data["landings"]) == {"x"}
    assert [(name, crossing_ids) for name, _, _, crossing_ids in data["sites"]] == [("Deal", ["x"]), ("Wissant", ["x"])]
    # Excluded entities leave no trace.
    assert draw(replace(view, nodes=()), rings)["sites"] == []
    plain = picture([["x"]], [landed], [])
    assert plain.marks is None
    assert "landings" not in draw(plain)
    assert [picture([["x"]], [landed], [], arrangement=word).by_day for word in ("days", "", "map")] == [
        True,
        False,
        False,
    ]
