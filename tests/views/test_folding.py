from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from graphsvc.views.picture import graph
from graphsvc.views.picture.folding import BELONGING, Bundle, FoldedPicture, fold_groups, groups
from graphsvc.views.picture.measures import communities
from graphsvc.views.picture.network import Picture, leave_aside, picture
from tests.views.test_network_view import entity, link


def view(entities: list[dict[str, Any]], links: list[dict[str, Any]], **values: Any) -> Picture:
    return picture([[row["id"] for row in entities]], entities, links, **values)


@pytest.fixture
def two_gangs() -> Picture:
    """Gang g with a and b (b less surely), gang h with c and d; e is in neither."""
    entities = [entity(letter) for letter in "abcde"] + [entity("g", "gang"), entity("h", "gang")]
    links = [
        link("a", "g", "RUNS", 0.9),
        link("b", "g", "MEMBER_OF", 0.4),
        link("b", "h", "MEMBER_OF", 0.3),
        link("c", "h", "MEMBER_OF", 0.8),
        link("d", "h", "MEMBER_OF", 0.8),
        link("a", "c", "DIRECTED", 0.7, first_on="2020-05-08", last_on="2020-05-09", denying=1),
        link("b", "d", "PAID", 0.2, first_on="2020-03", belief_on_record=0.2),
        link("e", "a", "CONTACTED", 0.6, groups="few"),
        link("c", "d", "RELATED_TO", 0.5),
    ]
    return view(entities, links, starts=["a"])


def test_each_is_in_the_group_its_best_link_leads_to(two_gangs: Picture) -> None:
    grouping = groups(two_gangs, "gang")
    assert [(group.key, group.name, group.members) for group in grouping] == [
        ("g", "G", ("g", "a", "b")),
        ("h", "H", ("h", "c", "d")),
    ]
    assert grouping[0].kinds == (("person", 2), ("gang", 1))
    assert groups(two_gangs, "crossing") == []


@pytest.mark.parametrize(("denying", "together"), [(0, True), (1, False), ("contested", False)])
def test_a_denied_link_brings_nobody_into_a_community(denying: int | str, together: bool) -> None:
    entities = [entity(letter) for letter in "abcd"]
    links = [link("a", "b"), link("c", "b", denying=denying), link("c", "d", denying=denying)]
    numbers = communities(view(entities, links))
    assert (numbers["a"] == numbers["b"], numbers["c"] == numbers["d"]) == (True, together)


def test_a_folded_group_is_one_node_in_the_middle_with_what_is_in_it(two_gangs: Picture) -> None:
    drawing = fold_groups(two_gangs, [("gang", "g")])
    assert [node.id for node in drawing.nodes] == ["group:gang:g", "c", "d", "e", "h"]
    node = drawing.nodes[0]
    assert isinstance(node, FoldedPicture)
    assert (node.kind, node.by, node.key, node.name, node.members, node.within) == ("group", "gang", "g", "G", 3, 2)
    assert node.kinds == (("person", 2), ("gang", 1))
    assert (node.start, node.handling, node.more) == (True, "P", 0)
    before = {element.id: element for element in two_gangs.nodes}
    assert node.x == pytest.approx(sum(before[name].x for name in "abg") / 3)
    # Unfolded entities keep their positions.
    assert [(element.x, element.y) for element in drawing.nodes[1:]] == [
        (before[element.id].x, before[element.id].y) for element in drawing.nodes[1:]
    ]


def test_links_between_two_groups_are_one_line_that_says_how_many(two_gangs: Picture) -> None:
    drawing = fold_groups(two_gangs, [("gang", "h"), ("gang", "g")])
    lines = {(edge.subject, edge.object): edge for edge in drawing.edges}
    assert set(lines) == {("group:gang:g", "group:gang:h"), ("e", "group:gang:g")}
    both = lines["group:gang:g", "group:gang:h"]
    assert isinstance(both, Bundle)
    assert (both.says, both.relation, both.belief, both.step, both.doubtful, both.denied) == (
        "3 links",
        "",
        0.7,
        3,
        False,
        True,
    )
    assert both.links == (("a", "DIRECTED", "c"), ("b", "MEMBER_OF", "h"), ("b", "PAID", "d"))
    assert (both.first_on, both.last_on, both.belief_on_record) == ("2020-03", "2020-05-09", 0.2)
    assert both.directed
    # Supports of several links are not added up: without source clearance a sum would reveal more than `few`.
    assert (both.asserting, both.denying, both.groups, both.other_sources) == ("", "someone", "", 0)
    single = lines["e", "group:gang:g"]
    assert (single.says, single.relation, single.groups, single.directed) == (
        "was in contact with",
        "CONTACTED",
        "few",
        False,
    )


def test_lines_both_ways_point_neither_way() -> None:
    links = [link("a", "g", "RUNS"), link("a", "b"), link("b", "a", "PAID")]
    drawing = fold_groups(view([entity("a"), entity("b"), entity("g", "gang")], links), [("gang", "g")])
    assert [(edge.says, edge.directed) for edge in drawing.edges] == [("2 links", False)]


def test_whoever_is_in_two_groups_is_in_the_first_and_what_is_no_group_is_passed_over(two_gangs: Picture) -> None:
    number = next(group.key for group in groups(two_gangs, "community") if "a" in group.members)
    drawing = fold_groups(two_gangs, [("gang", "g"), ("community", number), ("gang", "nowhere"), ("weather", "x")])
    assert "group:gang:g" in {node.id for node in drawing.nodes}
    everyone = sum(node.members if isinstance(node, FoldedPicture) else 1 for node in drawing.nodes)
    assert everyone == len(two_gangs.nodes)
    assert fold_groups(two_gangs, [("gang", "nowhere")]) is two_gangs
    assert fold_groups(two_gangs, []) is two_gangs


def test_one_alone_is_no_group() -> None:
    alone = view([entity("a"), entity("g", "gang")], [])
    assert [groups(alone, by) for by in BELONGING] == [[]] * len(BELONGING)


def test_people_who_were_only_there_are_one_mark_beside_their_crossing() -> None:
    people = [entity(name) for name in ("p1", "p2", "p3", "acted", "denied", "added", "start")]
    links = [link(name["id"], "x", "CROSSED_ON") for name in people] + [link("acted", "x", "PILOTED")]
    links[4]["denying"] = 1
    servers = [link(name, "x", "SERVED") for name in ("s1", "s2")]
    picture = view([*people, entity("x", "crossing"), entity("s1"), entity("s2")], links + servers, starts=["start"])
    drawing = fold_groups(replace(picture, asked={"added"}), [("presence", "CROSSED_ON~x"), ("presence", "SERVED~x")])
    marks = {node.name: node.ids for node in drawing.nodes if isinstance(node, FoldedPicture)}
    assert marks == {"3 people": ("p1", "p2", "p3"), "2 people": ("s1", "s2")}
    assert {edge.says for edge in drawing.edges if isinstance(edge, Bundle)} == {
        "was carried on (3)",
        "lawfully served (2)",
    }
    assert {node.id for node in drawing.nodes} >= {"acted", "denied", "added", "start", "x"}


def test_presence_that_nobody_asked_for_is_not_drawn_beside_other_lines() -> None:
    entities = [entity("lead"), entity("pilot"), entity("x", "crossing"), entity("guest")]
    links = [
        link("lead", "x", "ORGANISED"), link("lead", "x", "CROSSED_ON"), link("pilot", "x", "PILOTED"),
        link("pilot", "lead", "SERVED"), link("guest", "x", "CROSSED_ON"),
    ]  # fmt: skip
    whole = view(entities, links)
    drawing = leave_aside(whole)
    # The guest has no other line.
    assert {edge.key for edge in whole.edges} - {edge.key for edge in drawing.edges} == {
        ("lead", "CROSSED_ON", "x"),
        ("pilot", "SERVED", "lead"),
    }
    assert drawing.aside == 2
    assert {node.id: node.links for node in drawing.nodes} == {"lead": 1, "pilot": 1, "x": 3, "guest": 1}
    assert leave_aside(replace(whole, asked={"lead"})).aside == 0
    # Where a start was is not left out.
    start = view(entities, links, starts=["lead"])
    assert [edge.key for edge in set(start.edges) - set(leave_aside(start).edges)] == [("pilot", "SERVED", "lead")]
    assert leave_aside(whole, [("pilot", "SERVED", "lead")]).aside == 1


def test_a_boat_and_those_carried_are_in_their_crossing_and_the_organiser_is_not() -> None:
    entities = [entity("x", "crossing", name="2020-05-08, Dunkirk"), entity("b", "boat"), entity("p"), entity("o")]
    links = [link("b", "x", "USED_ON"), link("p", "x", "CROSSED_ON"), link("o", "x", "ORGANISED")]
    (group,) = groups(view(entities, links), "crossing")
    assert (group.name, group.members) == ("8 May 2020, Dunkirk", ("x", "b", "p"))


def test_what_is_under_c_makes_its_group_c() -> None:
    entities = [entity("a", handling="C"), entity("g", "gang")]
    (node,) = fold_groups(view(entities, [link("a", "g", "RUNS")]), [("gang", "g")]).nodes
    assert node.handling == "C"


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("by", BELONGING)
def test_no_link_is_lost_and_the_same_picture_folds_the_same_way(seed: int, by: str) -> None:
    chance = random.Random(seed)
    kinds = ["person"] * 20 + ["gang", "gang", "workplace", "crossing", "crossing", "boat"]
    entities = [entity(f"n{number}", kind) for number, kind in enumerate(kinds)]
    relations = [relation for relation_set in BELONGING.values() for relation in relation_set] + [
        "DIRECTED",
        "PAID",
        "RELATED_TO",
    ]
    wanted = {
        (chance.choice(entities)["id"], chance.choice(relations), chance.choice(entities)["id"]) for _ in range(90)
    }
    links = [link(a, b, relation, round(chance.random(), 2)) for a, relation, b in sorted(wanted) if a != b]
    whole = view(entities, links)
    grouping = groups(whole, by)
    members = [member for group in grouping for member in group.members]
    assert len(members) == len(set(members))
    fold = [(by, group.key) for group in grouping]
    drawing = fold_groups(whole, fold)
    assert drawing == fold_groups(whole, fold)
    counted = sum(len(edge.links) if isinstance(edge, Bundle) else 1 for edge in drawing.edges)
    assert counted + sum(node.within for node in drawing.nodes if isinstance(node, FoldedPicture)) == len(whole.edges)
    ids = {node.id for node in drawing.nodes}
    assert all({edge.subject, edge.object} <= ids for edge in drawing.edges)
    pairs = [frozenset((edge.subject, edge.object)) for edge in drawing.edges if isinstance(edge, Bundle)]
    assert len(pairs) == len(set(pairs))


def test_a_drawn_group_says_who_is_in_it_as_it_was_folded(two_gangs: Picture) -> None:
    """An export must use these members: a group of that name computed again may have other members."""
    number = next(group.key for group in groups(two_gangs, "community") if "a" in group.members)
    drawing = fold_groups(two_gangs, [("gang", "g"), ("community", number), ("gang", "h")])
    inside = {node["id"]: node for node in graph.draw(drawing)["nodes"] if "fold" in node}
    assert inside["group:gang:g"]["members"] == ["g", "a", "b"]
    assert inside["group:gang:g"]["among"] == [["a", "RUNS", "g"], ["b", "MEMBER_OF", "g"]]
    members = [member for node in inside.values() for member in node["members"]]
    assert len(members) == len(set(members))
    assert all(len(node["members"]) == int(node["letter"]) for node in inside.values())


@pytest.mark.parametrize(("denied", "words"), [("contested", "contested"), ("someone", "denied by someone"), (0, "")])
def test_a_group_says_that_a_link_within_is_denied(denied: int | str, words: str) -> None:
    links = [link("a", "g", "RUNS", 0.9), link("b", "g", "MEMBER_OF", 0.9), link("a", "b", "PAID", denying=denied)]
    drawing = fold_groups(view([entity("a"), entity("b"), entity("g", "gang")], links), [("gang", "g")])
    drawn = graph.draw(drawing)["nodes"][0]
    assert drawn.get("denied", "") == words
    assert graph.title(drawing.nodes[0]).partition("3 links within")[2].strip(", ") == words


def test_no_link_of_a_line_is_missing_where_more_are_in_it_than_are_told_in_words() -> None:
    entities = [entity("a"), entity("b"), entity("g", "gang"), entity("h", "gang")]
    many = [link("a", "b", f"X_{number}") for number in range(70)]
    whole = view(entities, [link("a", "g", "RUNS"), link("b", "h", "RUNS"), *many])
    (line,) = graph.draw(fold_groups(whole, [("gang", "g"), ("gang", "h")]))["edges"]
    assert line["links"] == 70
    assert {tuple(triple) for triple in [*line["bundle"], *line["rest"]]} == {("a", f"X_{n}", "b") for n in range(70)}
