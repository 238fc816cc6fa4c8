from __future__ import annotations

import itertools

import pytest

from graphsvc.views.picture.layout import layout


def star(leaves: int) -> tuple[list[str], list[tuple[str, str]]]:
    ids = ["hub", *(f"n{number}" for number in range(leaves))]
    return ids, [("hub", leaf) for leaf in ids[1:]]


@pytest.mark.parametrize("leaves", [0, 1, 2, 11, 59, 200])
def test_nodes_keep_their_distance(leaves: int) -> None:
    ids, pairs = star(leaves)
    places = layout([ids], pairs)
    assert set(places) == set(ids)
    near = [
        (a, b)
        for a, b in itertools.combinations(ids, 2)
        if abs(places[a][0] - places[b][0]) < 30 and abs(places[a][1] - places[b][1]) < 25
    ]
    assert near == []


def test_the_same_picture_comes_out_each_time() -> None:
    ids, pairs = star(40)
    assert layout([ids, ["x"]], [*pairs, ("x", "n1")]) == layout([ids, ["x"]], [*reversed(pairs), ("n1", "x")])


def test_a_later_stage_fits_in_near_what_it_belongs_to_and_moves_nothing() -> None:
    ids, pairs = star(20)
    first = layout([ids], pairs)
    more = [f"m{number}" for number in range(5)]
    then = layout([ids, more], [*pairs, *(("n3", node) for node in more)])
    assert {node: then[node] for node in ids} == first
    middle = [sum(then[node][axis] for node in more) / len(more) for axis in (0, 1)]
    away = {node: (first[node][0] - middle[0]) ** 2 + (first[node][1] - middle[1]) ** 2 for node in ids}
    assert "n3" in sorted(away, key=lambda node: away[node])[:4]


def test_two_parts_with_nothing_in_common_stay_apart_but_in_sight() -> None:
    first, second = [f"a{n}" for n in range(8)], [f"b{n}" for n in range(8)]
    pairs = [(part[0], node) for part in (first, second) for node in part[1:]]
    places = layout([first + second], pairs)
    spread = max(abs(x) for x, _ in places.values())
    assert spread < 1500
    own = (places["a0"][0] - places["a1"][0]) ** 2 + (places["a0"][1] - places["a1"][1]) ** 2
    far = (places["a0"][0] - places["b0"][0]) ** 2 + (places["a0"][1] - places["b0"][1]) ** 2
    assert own < far


def test_nothing_links_to_itself_or_to_what_is_not_there_and_nothing_at_all_is_no_error() -> None:
    assert layout([], []) == {}
    assert layout([[], []], [("a", "b")]) == {}
    assert len(layout([["a", "b"]], [("a", "a"), ("a", "elsewhere")])) == 2
