"""Layouts other than force-directed: the properties each promises, on small pictures."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.views.picture.arrangements import (
    ARRANGEMENTS,
    Frame,
    MapGround,
    Tie,
    by_command,
    by_day,
    in_rings,
    map_frame,
    on_map,
)
from graphsvc.views.picture.layout import layout

IDS = [f"n{number}" for number in range(12)]


def ground(ties: list[Tie], **more: object) -> MapGround:
    ids = sorted({end for subject, _, target, _ in ties for end in (subject, target)})
    return MapGround(layout([ids], [(subject, target) for subject, _, target, _ in ties]), ties, **more)  # type: ignore[arg-type]


def parse_ties(text: str) -> list[Tie]:
    return [
        (subject, relation, target, 0.8) for subject, relation, target in (link.split() for link in text.split(", "))
    ]


def test_orders_go_downwards_also_where_they_go_round() -> None:
    chain = parse_ties("a DIRECTED b, b PAID c, c PILOTED x")
    places = by_command(ground(chain))
    assert [places[name][1] for name in "abcx"] == sorted(places[name][1] for name in "abcx")
    assert len({places[name][1] for name in "abcx"}) == 4
    # A loop has no top: its members share a layer, and anyone who directs them is above.
    round_about = by_command(
        ground(parse_ties("b DIRECTED c, c DIRECTED d, d DIRECTED b, a DIRECTED b, a DIRECTED c, a DIRECTED d"))
    )
    assert all(round_about["a"][1] < round_about[name][1] for name in "bcd")


def test_those_who_owe_and_those_who_are_seen_together_are_not_over_each_other() -> None:
    places = by_command(ground(parse_ties("a OWES b, b ASSOCIATES_WITH c")))
    assert len({place[1] for place in places.values()}) == 1


def test_rings_hold_as_many_links_away_as_they_are_out() -> None:
    places = in_rings(ground(parse_ties("s PAID a, s PAID b, a PAID c, c PAID d"), starts=["s"]))
    radius = {name: float(np.hypot(*place)) for name, place in places.items()}
    assert radius["s"] == 0
    assert radius["a"] == pytest.approx(radius["b"], abs=0.1)
    assert radius["s"] < radius["a"] < radius["c"] < radius["d"]


def test_days_go_from_left_to_right_and_people_stand_at_their_own() -> None:
    ties = parse_ties("p PILOTED x1, q PILOTED x2, r PILOTED x3")
    places = by_day(ground(ties, days={"x1": "2020-05-08", "x2": "2020-05-09T03:00Z", "x3": "2020-06"}))
    assert places["x1"][0] < places["x2"][0] < places["x3"][0]
    assert len({places[crossing_id][1] for crossing_id in ("x1", "x2", "x3")}) == 1
    for person, crossing in (("p", "x1"), ("q", "x2"), ("r", "x3")):
        away = {crossing_id: abs(places[person][0] - places[crossing_id][0]) for crossing_id in ("x1", "x2", "x3")}
        assert min(away, key=lambda crossing_id: away[crossing_id]) == crossing


def test_a_map_is_true_to_north_and_to_east_and_two_at_one_spot_do_not_hide_each_other() -> None:
    spots = {"calais": (50.95, 1.85), "dover": (51.13, 1.31), "also": (50.95, 1.85)}
    ties = parse_ties("p PILOTED calais, p PILOTED also, q PILOTED dover")
    places = on_map(ground(ties, places=spots))
    assert places["dover"][0] < places["calais"][0]
    assert places["dover"][1] < places["calais"][1]
    assert places["calais"] != places["also"]
    assert np.hypot(*np.subtract(places["q"], places["dover"])) < np.hypot(*np.subtract(places["q"], places["calais"]))


def test_a_frame_places_what_it_was_made_for_and_maps_some_way_around_it() -> None:
    spots = {"a": (50.9, 1.6), "b": (51.1, 2.4)}
    frame = map_frame(spots)
    assert isinstance(frame, Frame)
    assert frame.place(51.1, 1.6) == pytest.approx((0, 0))
    assert frame.place(51.1, 2.4)[0] == pytest.approx(1500)
    south, west, north, east = frame.box
    assert south < 50.9 < 51.1 < north
    assert west < 1.6 < 2.4 < east
    assert map_frame({}) is None


LINKS = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.sampled_from(["DIRECTED", "PILOTED", "RELATED_TO"]),
        st.sampled_from(IDS),
        st.floats(0, 1),
    ),
    max_size=30,
)


@given(LINKS, st.sampled_from(sorted(ARRANGEMENTS)), st.sets(st.sampled_from(IDS)))
def test_every_layout_places_everyone_apart_and_the_same_each_time(ties: list[Tie], word: str, known: set[str]) -> None:
    map_ground = MapGround(
        layout([IDS], [(subject, target) for subject, _, target, _ in ties]),
        ties,
        IDS[:2],
        dict.fromkeys(known, "2020-05-08"),
        {name: (50.0 + at / 10, 1.0) for at, name in enumerate(sorted(known))},
    )
    places = ARRANGEMENTS[word].lay(map_ground)
    assert list(places) == IDS
    assert places == ARRANGEMENTS[word].lay(map_ground)
    assert np.isfinite(list(places.values())).all()
    for first, second in itertools.combinations(places.values(), 2):
        assert np.hypot(*np.subtract(first, second)) > 5
