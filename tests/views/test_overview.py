"""A whole case as points in groups: everyone appears once, groups are apart, and the packed bytes can be read back."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.views.picture import overview as views
from graphsvc.views.picture.overview import Overview


def overview(entities: list[dict[str, Any]], links: Iterable[tuple[str, str]]) -> Overview:
    """Make the overview of links that are pairs of ids."""
    objects: dict[str, list[str]] = {}
    for subject, target in links:
        objects.setdefault(subject, []).append(target)
    return views.overview(entities, list(objects.items()))


def rows(*ids: str, kind: str = "person") -> list[dict[str, Any]]:
    return [{"id": identifier, "kind": kind, "name": None, "sealed": False} for identifier in ids]


def cliques(*sizes: int) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    names = [
        [f"{letter}{number:02}" for number in range(size)] for letter, size in zip("abcdefgh", sizes, strict=False)
    ]
    return rows(*itertools.chain(*names)), [pair for group in names for pair in itertools.combinations(group, 2)]


def unpack(drawing: Overview) -> dict[str, Any]:
    """Read the bytes as static/overview.js does."""
    raw = drawing.pack()
    count, ties, *_ = np.frombuffer(raw, "<u4", 4)
    at, parts = 16, {}
    for name, kind, length in (
        ("points", "<f4", 2 * count), ("pairs", "<u4", 2 * ties), ("degree", "<u2", count), ("group", "<u2", count), ("kind", "u1", count),
    ):  # fmt: skip
        parts[name] = np.frombuffer(raw, kind, length, at)
        at += parts[name].nbytes
    assert at == len(raw)
    return parts


def test_those_who_hang_together_are_a_group_and_the_largest_comes_first() -> None:
    entities, links = cliques(7, 12, 9)
    drawing = overview(entities, [*links, ("a00", "b00"), ("b01", "c00")])
    assert [(group.size, group.ties, group.out) for group in drawing.groups] == [(12, 66, 2), (9, 36, 1), (7, 21, 1)]
    together = {drawing.group[at] for at, name in enumerate(drawing.ids) if name.startswith("b")}
    assert together == {0}


def test_a_group_is_named_after_what_people_know_by_name() -> None:
    entities, links = cliques(6)
    entities[0] |= {"kind": "crossing", "name": "2020-05-08, Wissant"}
    entities[1] |= {"kind": "gang", "name": "Canal group"}
    (group,) = overview(entities, links).groups
    assert (group.title, group.named, group.kinds) == (
        "Canal group, 1 crossing",
        "a01",
        {"person": 4, "crossing": 1, "gang": 1},
    )
    assert "8 May 2020, Wissant" in overview(entities, links).names


def test_small_groups_go_over_to_whom_they_are_tied_and_untied_ones_stay() -> None:
    entities, links = cliques(10)
    drawing = overview([*entities, *rows("x", "y", "z")], [*links, ("x", "y"), ("y", "a00")])
    assert [group.size for group in drawing.groups] == [12, 1]


def test_circles_of_groups_do_not_lie_on_each_other() -> None:
    entities, links = cliques(20, 18, 15, 12, 9, 8, 7, 6)
    drawing = overview([*entities, *rows(*(f"z{n}" for n in range(40)))], [*links, ("a00", "b00"), ("b01", "c01")])
    for first, second in itertools.combinations(drawing.groups, 2):
        assert np.hypot(first.x - second.x, first.y - second.y) >= (first.radius + second.radius) * 0.99


def test_many_small_groups_make_no_tower() -> None:
    entities, links = cliques(20, 18, 15, 12, 9, 8, 7, 6)
    for alone in (0, 300, 3000):
        drawing = overview([*entities, *rows(*(f"z{n}" for n in range(alone)))], links)
        wide, high = np.ptp(drawing.points, axis=0)
        assert high < wide < 3 * high


def test_an_empty_case_is_empty() -> None:
    drawing = overview([], [])
    assert (drawing.ids, drawing.groups, len(drawing.pack())) == ((), (), 16)


LINKS = st.lists(st.tuples(*[st.integers(0, 30).map("n{:02}".format)] * 2), max_size=80)


@given(LINKS)
def test_everyone_is_there_once_whatever_order_it_comes_in(links: list[tuple[str, str]]) -> None:
    entities = rows(*(f"n{number:02}" for number in range(31)))
    drawing = overview(entities, links)
    again = overview(entities[::-1], [(b, a) for a, b in reversed(links)])
    assert drawing.pack() == again.pack()
    assert sum(group.size for group in drawing.groups) == len(entities)
    read_back = unpack(drawing)
    assert {tuple(sorted((drawing.ids[a], drawing.ids[b]))) for a, b in read_back["pairs"].reshape(-1, 2)} == {
        tuple(sorted(pair)) for pair in links if pair[0] != pair[1]
    }
    assert read_back["degree"].sum() == 2 * len(drawing.pairs)
