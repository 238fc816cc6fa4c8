"""Where and when: events with days and places, on a map and in a calendar."""

from __future__ import annotations

from typing import Any

import pytest

from graphsvc.views.where import map as maps
from graphsvc.views.where.calendar import LEVELS, years
from graphsvc.views.where.events import Event, Filters, events, fold_text

CALAIS, DOVER = (50.95, 1.85), (51.12, 1.32)


def crossing(
    name: str, date: str | None, launch: str = "Calais", landing: str = "Dover", **more: Any
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": name,
        "date": date,
        "launch_site": launch,
        "landing_site": landing,
        "people_count": 10,
        "organisers": [],
    }
    return row | more


def workplace(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "name": f"Shop {name}",
        "opened_on": None,
        "closed_on": None,
        "people": 3,
        "controllers": [],
        **more,
    }


def test_a_workplace_stands_as_often_as_it_opened_or_closed_and_else_without_a_day_at_the_end() -> None:
    timeline = events(
        [crossing("C1", "2020-05-08"), crossing("C2", None)],
        [workplace("W1", opened_on="2020-01", closed_on="2020-05-02"), workplace("W2")],
    )
    assert [(event.id, event.kind) for event in timeline] == [
        ("W1", "opened"), ("W1", "closed"), ("C1", "crossing"), ("C2", "crossing"), ("W2", "undated"),
    ]  # fmt: skip
    assert (timeline[0].first, timeline[0].last) == ("2020-01-01", "2020-01-31")


def test_an_imprecise_date_is_asked_for_by_every_day_it_can_mean_and_none_by_no_day() -> None:
    month, undated = events([crossing("C1", "2020-05"), crossing("C2", None)], [])
    assert Filters(first="2020-05-31").matching(month)
    assert Filters(last="2020-05-01").matching(month)
    assert not Filters(first="2020-06-01").matching(month)
    assert not Filters(last="2020-12-31").matching(undated)
    assert Filters().matching(undated)


@pytest.mark.parametrize(("text", "is_match"), [("éva cal", True), ("EVA", True), ("cal deal", False), ("  ", True)])
def test_words_are_found_without_marks_and_capitals_in_names_and_places(text: str, is_match: bool) -> None:
    (event,) = events([crossing("C1", "2020-05-08", organisers=[{"name": "Éva"}])], [])
    assert Filters(text=text).matching(event) is is_match
    assert fold_text("İÉǅ") == fold_text("i̇é") + "dz"


def test_places_without_a_name_are_called_by_where_they_are_and_one_without_coordinates_is_counted() -> None:
    rows = [
        crossing("C1", "2020-05-08", launch="", launch_lat=50.95, launch_lon=1.85, landing_lat=51.12, landing_lon=1.32),
        crossing("C2", "2020-05-09", launch="Nowhere", landing=""),
    ]
    places = maps.coordinates(rows, [])
    assert places == {"50.95, 1.85": CALAIS, "Dover": DOVER}
    chart = maps.chart(events(rows, []), places, Filters())
    assert [(route.launch, route.landing, route.number) for route in chart.routes] == [("50.95, 1.85", "Dover", 1)]


def test_the_map_fits_and_north_is_up_and_the_place_asked_for_leaves_the_others_standing() -> None:
    rows = [
        crossing(f"C{n}", f"2020-05-0{n}", launch_lat=50.95, launch_lon=1.85, landing_lat=51.12, landing_lon=1.32)
        for n in range(1, 5)
    ]
    far = [workplace("W1", latitude=53.5, longitude=-2.2, closed_on="2020-05-02")]
    places = maps.coordinates(rows, far)
    chart = maps.chart(events(rows, far), places, Filters(first="2020-05-01", last="2020-05-01", place="Dover"))
    by_place = {mark.place: mark for mark in chart.marks}
    assert all(0 < mark.x < chart.width and 0 < mark.y < chart.height for mark in chart.marks)
    assert by_place["W1"].y < by_place["Dover"].y < by_place["Calais"].y
    assert by_place["W1"].x < by_place["Dover"].x < by_place["Calais"].x
    assert [by_place[place].shown for place in ("Dover", "Calais", "W1")] == [True, True, False]
    assert [by_place[place].kind for place in ("Dover", "Calais", "W1")] == ["landing", "launch", "workplace"]
    assert (by_place["Calais"].number, by_place["W1"].number) == (4, 0)


def test_where_a_cohort_went_is_drawn_as_far_as_both_ends_have_coordinates() -> None:
    shops = [workplace(f"W{n}", latitude=51.0 + n, longitude=1.0) for n in range(3)]
    moves: list[tuple[str, str, int | str]] = [("W0", "W1", 4), ("W0", "W2", "few"), ("W0", "nowhere", 3)]
    chart = maps.chart(events([], shops), maps.coordinates([], shops), Filters(), moves=moves)
    assert [(line.following, line.people) for line in chart.cohort] == [("W1", 4), ("W2", "few")]
    # The width of a line with few people does not reveal their number.
    assert chart.cohort[1].width < chart.cohort[0].width


def test_what_is_far_from_the_crossings_makes_them_no_smaller_and_without_crossings_all_is_near() -> None:
    near, far = workplace("W1", latitude=51.2, longitude=1.2), workplace("W2", latitude=53.5, longitude=-2.2)
    at_sea = crossing("C1", "2020-05-08", launch_lat=50.95, launch_lon=1.85, landing_lat=51.12, landing_lon=1.32)
    places = maps.coordinates([at_sea], [near, far])
    assert set(maps.nearby(places, events([at_sea], [near, far]))) == {"Calais", "Dover", "W1"}
    assert set(maps.nearby(places, events([], [near, far]))) == set(places)


def test_without_coordinates_there_is_no_map_and_names_do_not_lie_on_each_other() -> None:
    assert maps.chart(events([crossing("C1", "2020")], []), {}, Filters()).frame is None
    close = [workplace(f"W{n}", latitude=51.0 + n / 1e5, longitude=1.0) for n in range(30)]
    chart = maps.chart(events([], close), maps.coordinates([], close), Filters())
    assert sum(mark.labelled for mark in chart.marks) == 1


def test_each_day_stands_in_its_week_and_tells_what_happened_on_it() -> None:
    rows = [crossing(f"C{n}", "2020-05-08") for n in range(8)] + [
        crossing("C9", "2020-05-09"),
        crossing("C10", "2020-05"),
    ]
    timeline = events(rows, [workplace("W1", closed_on="2020-05-09")])
    (year,) = years(timeline, Filters(first="2020-05-09", last="2020-05-09"))
    eighth, ninth = year.days
    assert (eighth.text, ninth.text) == (
        "8 May 2020: 8 crossings, 80 people",
        "9 May 2020: 1 crossing, 10 people, Shop W1 closed",
    )
    assert (eighth.level, ninth.level, ninth.places) == (LEVELS, 1, 1)
    assert (eighth.shown, ninth.shown) == (False, True)
    assert (eighth.weekday, ninth.weekday) == (4, 5)
    assert eighth.week == ninth.week
    assert len(year.days) + len(year.empty) == 366
    assert [name for name, *_ in year.months] == [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
    ]


def test_only_years_in_which_something_happened_have_a_strip() -> None:
    timeline = [Event(str(at), "", "crossing", at, at, at, (), None) for at in ("2018-12-31", "2020-01-01")]
    assert [(year.year, len(year.days), year.days[0].weekday) for year in years(timeline, Filters())] == [
        (2018, 1, 0),
        (2020, 1, 2),
    ]
