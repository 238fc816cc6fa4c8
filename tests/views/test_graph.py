from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import graphsvc.web
from graphsvc.records.relations import ENTITIES, FAMILIES
from graphsvc.records.tables import THING_KINDS
from graphsvc.views.picture import graph
from graphsvc.views.picture.network import Edge, Node, Picture

NODE = Node("a", "person", "Ash", "", True, False, "P", "", False, 2, 0, 1.5, -2.5)
EDGE = Edge("a", "PAID", "b", "paid", True, 0.9, 4, False, False, 1, 0, 1, 0, 0.0, 0, 0, "", "", 0)
EVIL = '<img src=x onerror=alert(1)> "quoted" </script>'


def view(*nodes: Node, edges: tuple[Edge, ...] = ()) -> Picture:
    return Picture(nodes or (NODE, replace(NODE, id="b")), edges, 0, 0, False)


def test_kinds_differ_by_shape_and_by_hue() -> None:
    # A folded group is drawn by our own code, like a thing, but as rings.
    assert set(graph.SHAPES) == {*ENTITIES, "group"}
    assert len({shape for shape, _ in graph.SHAPES.values()}) == len(ENTITIES)
    for palette in graph.PALETTES.values():
        assert len({palette[kind] for kind in ENTITIES}) == len(ENTITIES)
        assert palette["denied"] not in {palette[kind] for kind in ENTITIES}


def test_the_legend_has_the_colours_of_the_picture() -> None:
    style = (Path(graphsvc.web.__file__).parent / "static" / "graphsvc.css").read_text("utf-8")
    names = dict(re.findall(r"--(\w+): (#\w+);", style.partition("[data-bs-theme")[0]))
    for kind in ENTITIES:
        name = re.search(rf"^\.kind-{kind} {{ fill: var\(--(\w+)\)", style, re.MULTILINE)
        assert name
        assert names[name[1]] == graph.PALETTES["light"][kind]


def test_each_kind_of_thing_has_a_letter_of_its_own() -> None:
    assert set(graph.LETTERS) == set(THING_KINDS)
    assert len(set(graph.LETTERS.values())) == len(THING_KINDS)


@pytest.mark.parametrize(
    ("node", "group"),
    [
        (NODE, "person"),
        (replace(NODE, identified=False), "unidentified"),
        (replace(NODE, sealed=True), "sealed"),
        (replace(NODE, sealed=True, identified=False), "sealed"),
        (replace(NODE, kind="boat"), "boat"),
    ],
)
def test_who_is_sealed_or_not_identified_has_a_look_of_its_own(node: Node, group: str) -> None:
    drawn = graph.draw(view(node))["nodes"][0]
    assert drawn["group"] == group
    assert "color" not in drawn


def test_width_grows_with_belief_and_doubt_is_dashed_and_denial_is_told() -> None:
    edges = tuple(
        replace(
            EDGE, relation=f"X_{step}", step=step, belief=step / 4 - 0.1, doubtful=step < 3, denied=step == 3, denying=2
        )
        for step in (1, 2, 3, 4)
    )
    drawn = graph.draw(view(edges=edges))["edges"]
    assert [edge["width"] for edge in drawn] == sorted({edge["width"] for edge in drawn})
    assert ["dashes" in edge for edge in drawn] == [True, True, False, False]
    assert [edge.get("denied") for edge in drawn] == [None, None, "denied by 2", None]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_family_of_lines_has_a_colour_of_its_own_on_canvas_and_in_the_legend(theme: str) -> None:
    palette = graph.PALETTES[theme]
    assert len({palette[name] for name in (*FAMILIES, "denied")}) == len(FAMILIES) + 1
    style = (Path(graphsvc.web.__file__).parent / "network" / "static" / "lines.css").read_text("utf-8")
    for name in FAMILIES:
        rule = f".line.{name} {{ stroke: {palette[name]}; }}"
        assert (rule if theme == "light" else f'[data-bs-theme="dark"] {rule}') in style


def test_no_link_between_the_same_two_is_lost() -> None:
    edges = (EDGE, replace(EDGE, relation="OWES", bend=1), replace(EDGE, subject="b", object="a", bend=-1))
    drawn = graph.draw(view(edges=edges))["edges"]
    assert [(edge["from"], edge["relation"], edge["to"]) for edge in drawn] == [
        ("a", "PAID", "b"),
        ("a", "OWES", "b"),
        ("b", "PAID", "a"),
    ]
    assert [edge.get("smooth", {}).get("type") for edge in drawn] == [None, "curvedCW", "curvedCCW"]


def test_text_of_the_case_stays_text() -> None:
    drawn = graph.draw(view(replace(NODE, id=EVIL, name=EVIL, gang=EVIL)))
    node = drawn["nodes"][0]
    assert node["id"] == EVIL
    assert EVIL in node["title"]
    assert json.loads(json.dumps(drawn)) == drawn


def test_a_title_says_what_the_picture_cannot() -> None:
    node = replace(NODE, identified=False, sealed=True, gang="Canal group", more=7)
    assert graph.title(node) == (
        "Ash · person · sealed person, under a pseudonym · not identified · gang: Canal group · 7 more neighbours not shown"
    )


def test_labels_are_short_and_leave_out_the_hour_of_a_crossing() -> None:
    nodes = (replace(NODE, name="A" * 60), replace(NODE, id="x", kind="crossing", name="8 May 2020, 04:30 UTC, Dover"))
    labels = [node["label"] for node in graph.draw(view(*nodes))["nodes"]]
    assert len(labels[0]) < 30
    assert labels[1] == "8 May 2020, Dover"


def test_physics_is_off_and_positions_are_given() -> None:
    drawn = graph.draw(view())
    assert drawn["options"]["physics"] == {"enabled": False}
    assert (drawn["nodes"][0]["x"], drawn["nodes"][0]["y"]) == (1.5, -2.5)


def test_vis_network_lies_in_the_installed_package() -> None:
    for name in (graph.SCRIPT, graph.STYLE):
        assert (graph.library() / name).is_file()
    assert graph.DRAW.is_file()
