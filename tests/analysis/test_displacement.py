"""Leavers of a workplace, their outcomes and the chance test, on worlds counted by hand and on invented ones."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from bench.displacement import TASTES, calm, score_moves, world
from graphsvc.analysis.displacement.cohorts import Closing, Whereabouts, closings, cohort, whereabouts
from graphsvc.analysis.displacement.deals import chance_test, correct_tests
from graphsvc.analysis.displacement.flows import (
    arrivals,
    came,
    count_tests,
    find_departures,
    flow_graph,
    flows,
    left_on,
)
from graphsvc.analysis.displacement.movers import _in_time, movers, next_places
from graphsvc.analysis.displacement.one_hand import hand_tests
from graphsvc.analysis.displacement.stays import WorkPlace, WorkTie, near, stays

CLOSED = "2020-03-20"


def tie(text: str, belief: float = 0.8, *, denied: bool = False) -> WorkTie:
    """Read `p1 WORKED_AT w1 2020-01-05 2020-03-20`; `-` means no day."""
    subject, relation, target, *days = text.split()
    first, last = (["", ""] if not days else days * 2 if len(days) == 1 else days)[:2]
    return WorkTie(subject, relation, target, belief, denied, first.strip("-"), last.strip("-"))


def whereabouts_of(*texts: str, places: str = "w2 w3 w4") -> Whereabouts:
    """Whereabouts with place w1, which closed, and other places that are open."""
    return whereabouts(
        [WorkPlace("w1", "Wash", "premises", "", CLOSED), *map(WorkPlace, places.split())], map(tie, texts)
    )


def outcomes(known: Whereabouts) -> dict[str, str]:
    return {became.person: became.outcome for became in cohort(known, closings(known)[0]).people}


@pytest.mark.parametrize(
    ("texts", "outcome"),
    [
        (("p WORKED_AT w1 2020-01-05", "p WORKED_AT w2 2020-04-02"), "moved"),
        (
            ("p WORKED_AT w1 2020-01-05", "p WORKED_AT w2 2020-03-10"),
            "moved",
        ),  # people are moved some days before a place closes
        (("p WORKED_AT w1 2020-01-05", "p WORKED_AT w2 2020-04"), "moved"),  # a month is exact enough
        (("p WORKED_AT w1 2020-01-05", "p WORKED_AT w2 2020"), "unknown"),  # a year is not
        (("p WORKED_AT w1 2020-01-05", "p WORKED_AT w2 2020-11-01"), "unknown"),  # too late to be the same move
        (("p WORKED_AT w1 2020-01-05", "p LIVED_AT w2 2020-04-02"), "unknown"),  # a place to live is not work
        (("p WORKED_AT w1 2020-01-05",), "unknown"),
        (("p WORKED_AT w1 2020-01-05", "boss ABANDONED p 2020-03-21"), "abandoned"),
        (("p WORKED_AT w1 2020-01-05", "boss ABANDONED p"), "abandoned"),  # on an unknown day
        (("p WORKED_AT w1 2020-01-05", "boss ABANDONED p 2018-05-01"), "unknown"),  # too early
        (("p WORKED_AT w1 2020-01-05", "boss ABANDONED p 2018"), "unknown"),  # too early as well
        (("p WORKED_AT w1 2020-01-05", "boss ABANDONED p 2020"), "abandoned"),  # may be after the closure
        (("p WORKED_AT w1 2020-01-05", "p LOCATED_AT shelter 2021"), "seen"),
        (("p WORKED_AT w1 2020-01-05 2020",), "unknown"),  # left on some day of that year
        (("p WORKED_AT w1 2020-01-05", "boss ABANDONED p 2020-03-21", "p WORKED_AT w2 2020-04-02"), "moved"),
        (("p WORKED_AT w1 2020-01-05", "p LOCATED_AT shelter 2020-04-02"), "seen"),
        (("p WORKED_AT w1 2020-01-05", "p LOCATED_AT shelter 2019-04-02"), "unknown"),
    ],
)
def test_what_became_of_somebody_is_told_apart(texts: tuple[str, ...], outcome: str) -> None:
    assert outcomes(whereabouts_of(*texts)) == {"p": outcome}


@pytest.mark.parametrize(
    "texts",
    [
        ("p WORKED_AT w1 2019-01-05 2019-12-30",),  # left months before
        ("p WORKED_AT w1 2020-04-05",),  # came after it had closed
        ("p WORKED_AT w1 2019-06-05", "p WORKED_AT w2 2019-09-01"),  # had moved on, without a known end
        ("p WORKED_AT w1 2017-06-05",),  # no one says how long
        ("p LIVED_AT w1 2020-01-05",),
    ],
)
def test_who_was_not_there_in_the_weeks_before_is_in_no_cohort(texts: tuple[str, ...]) -> None:
    assert outcomes(whereabouts_of(*texts)) == {}


def test_what_no_day_is_told_of_and_what_is_hardly_believed_stand_apart() -> None:
    known = whereabouts(
        [WorkPlace("w1", closed_on=CLOSED)],
        [tie("a WORKED_AT w1 2020"), tie("b WORKED_AT w1"), tie("c WORKED_AT w1 2020-01-05", 0.4)],
    )
    left = cohort(known, closings(known)[0])
    assert (left.people, left.undated, left.doubted) == ((), ("a", "b"), ("c",))


def test_of_a_dwelling_it_is_asked_who_lived_there_and_where_they_lived_next() -> None:
    places = [WorkPlace("h1", kind="dwelling", closed_on=CLOSED), WorkPlace("h2", kind="dwelling")]
    known = whereabouts(
        places, map(tie, ("p LIVED_AT h1 2020-01-05", "p LIVED_AT h2 2020-04-02", "q WORKED_AT h1 2020-01-05"))
    )
    assert outcomes(known) == {"p": "moved"}


def test_a_place_empties_when_all_leave_within_weeks_and_not_when_somebody_stays() -> None:
    departures = [f"p{n} WORKED_AT w2 2020-01-05 2020-04-0{n}" for n in range(1, 4)]
    assert [(closing.place, closing.why, str(closing.day)) for closing in closings(whereabouts_of(*departures))] == [
        ("w1", "closed", CLOSED),
        ("w2", "emptied", "2020-04-03"),
    ]
    by_month = [f"p{n} WORKED_AT w2 2020-01-05 2020-03" for n in range(2)] + ["p2 WORKED_AT w2 2020-01-05 2020-04-05"]
    assert [closing.why for closing in closings(whereabouts_of(*by_month))] == ["closed", "emptied"]
    assert [
        closing.why for closing in closings(whereabouts_of(*by_month[:2], "p2 WORKED_AT w2 2020-01-05 2020-05-05"))
    ] == ["closed"]
    stays_on = whereabouts_of(*departures, "p9 WORKED_AT w2 2020-01-05")
    assert [closing.place for closing in closings(stays_on)] == ["w1"]
    assert [closing.place for closing in closings(whereabouts_of(*departures[:2]))] == ["w1"]


def test_a_day_that_somebody_asks_about_takes_who_was_there_before_it() -> None:
    known = whereabouts_of("p WORKED_AT w2 2020-01-05", "p WORKED_AT w3 2020-05-11", "q WORKED_AT w2 2020-06-01")
    left = left_on(known, "w2", dt.date(2020, 5, 8))
    assert [(became.person, became.outcome) for became in left.cohort.people] == [("p", "moved")]
    assert left.closing == Closing("w2", dt.date(2020, 5, 8), "asked")


def test_flows_count_by_place_and_month_and_lead_back_from_where_they_end() -> None:
    known = whereabouts_of(
        *(f"p{n} WORKED_AT w1 2020-01-05" for n in range(5)),
        "p0 WORKED_AT w2 2020-03-28",
        "p1 WORKED_AT w2 2020-04-02",
        "p2 WORKED_AT w3 2020-04-02",
        "boss ABANDONED p3",
    )
    every = find_departures(known, draws=99)
    fine = flows(every["w1"])
    assert [(flow.outcome, flow.next, [became.person for became in flow.people]) for flow in fine] == [
        ("moved", "w2", ["p0", "p1"]),
        ("moved", "w3", ["p2"]),
        ("abandoned", "", ["p3"]),
        ("unknown", "", ["p4"]),
    ]
    assert dict(fine[0].months) == {"2020-03": 1, "2020-04": 1}
    assert (fine[0].first, fine[0].last) == ("2020-03-28", "2020-04-02")
    coarse = flows(
        find_departures(
            whereabouts_of(
                "a WORKED_AT w1 2020-01-05",
                "b WORKED_AT w1 2020-01-05",
                "a WORKED_AT w2 2020-04-02",
                "b WORKED_AT w2 2020-04",
            ),
            draws=99,
        )["w1"]
    )
    assert coarse[0].last == "2020-04"
    assert fine[0].expected == pytest.approx(2 * 0.8 * 0.8)
    assert [flow.left for flow in came(every, "w2")] == ["w1"]
    graph = flow_graph(every.values())
    assert {(left, to): values["people"] for left, to, values in graph.edges(data=True)} == {
        ("w1", "w2"): 2,
        ("w1", "w3"): 1,
    }


def test_who_moved_them_has_something_in_common_with_several_and_denials_stay_seen() -> None:
    texts = [f"p{n} WORKED_AT w1 2020-01-05" for n in range(3)] + [f"p{n} WORKED_AT w2 2020-04-02" for n in range(3)]
    ties = [
        *map(tie, texts),
        tie("boss CONTROLS w1"),
        tie("boss CONTROLS w2", 0.6, denied=True),
        tie("boss CONTROLS w4", 0.9),
        tie("other CONTROLS w3"),
        tie("driver TRANSPORTED p0 2020-03-25"),
        tie("old TRANSPORTED p0 2019-03-25"),  # another journey
        tie("p0 LIVED_AT h 2020-01-01"),
        tie("p1 LIVED_AT h 2020-01-01"),
        tie("p2 LIVED_AT alone 2020-01-01"),
    ]
    known = whereabouts([WorkPlace("w1", closed_on=CLOSED), *map(WorkPlace, ("w2", "w3", "w4"))], ties)
    closing = closings(known)[0]
    went = cohort(known, closing).went
    assert [(mover.who, mover.by, len(mover.people), mover.denied) for mover in movers(known, closing, went)] == [
        ("h", ("house",), 2, False),
        ("boss", ("control",), 3, True),
        ("driver", ("transport",), 1, False),
    ]
    following = next_places(known, closing, went)
    assert [(place.place, place.reached, place.denied) for place in following] == [
        ("w4", False, False),
        ("w2", True, True),
    ]


def test_p_is_what_a_count_of_all_deals_says() -> None:
    """If only one place can have a surprising number, the test has a closed form: the binomial tail."""
    went, arrivals = ["a"] * 4 + ["b"], ["a"] * 6 + [f"w{n}" for n in range(24)] + ["b"]
    test = chance_test(went, arrivals, draws=20_000)
    # By chance, two or more of five at another place never stand out as much as these four do.
    exact = float(stats.binom.sf(3, 5, 6 / 31))
    assert test.p == pytest.approx(exact, abs=0.01)
    assert test.places[0].expected == pytest.approx(5 * 6 / 31)
    interval = stats.binomtest(4, 5).proportion_ci(method="exact")
    assert (test.places[0].low, test.places[0].high) == pytest.approx((interval.low, interval.high))


def test_deals_go_to_each_place_as_often_as_it_draws_people() -> None:
    arrivals, weights = ["a"] * 3 + ["b"] * 2 + ["c"], {"a": 2.0, "c": 4.0}
    test = chance_test(["a", "b", "c", "a"], arrivals, weights=weights, draws=99)
    assert {excess.place: excess.expected for excess in test.places} == pytest.approx(
        {"a": 4 * 6 / 12, "b": 4 * 2 / 12, "c": 4 * 4 / 12}
    )


def near_by_world(*, sector: str) -> Whereabouts:
    """Eight leavers go to the one place in their town that others went to; free workers stay in their towns."""
    places = [
        WorkPlace(f"t{town}p{n}", "", "premises", "", "", sector, f"{n} Lane, Town {town}")
        for town in range(6)
        for n in range(6)
    ]
    texts = []
    for number in range(240):
        town, first, then = number % 6, number // 6 % 6, (number // 36 + number // 6 + 1) % 6
        texts += [
            f"f{number} WORKED_AT t{town}p{first} 2020-01-05",
            f"f{number} WORKED_AT t{town}p{then} 2020-04-0{1 + number % 7}",
        ]
    places = [replace(place, closed_on=CLOSED) if place.id == "t0p0" else place for place in places]
    return whereabouts(places, map(tie, texts))


def test_chance_knows_that_people_stay_in_their_town() -> None:
    """Everyone, the leavers included, moves within their town: the preference is learned, and nothing stands out."""
    known = near_by_world(sector="food")
    left = find_departures(known, draws=999)["t0p0"]
    assert math.exp(left.preferences.near) > 20
    assert left.preferences.trade == pytest.approx(0, abs=0.5)
    assert left.test.verdict != "together"
    town = sum(excess.expected for excess in left.test.places if excess.place.startswith("t0"))
    assert town > 0.8 * left.test.seen


def test_the_same_question_has_the_same_answer_whoever_came_first() -> None:
    went, arrivals = ["a"] * 4 + ["b"], ["a"] * 6 + [f"w{n}" for n in range(20)] + ["b"]
    assert chance_test(went, arrivals, draws=500) == chance_test(went[::-1], arrivals[::-1], draws=500)


def test_places_under_one_hand_stand_out_together_where_none_does_alone() -> None:
    arrivals = [f"w{n}" for n in range(30) for _ in range(2)]
    went = [f"w{n}" for n in range(6)]
    alone = correct_tests({"x": chance_test(went, arrivals, draws=2_000)})["x"]
    ours = correct_tests({"x": chance_test(went, arrivals, {f"w{n}" for n in range(6)}, draws=2_000)})["x"]
    assert (alone.verdict, ours.verdict) == ("cannot tell", "together")
    assert ours.control is not None
    assert ours.control.together
    assert not any(excess.together for excess in ours.places)


def test_scattered_is_said_only_where_half_of_them_in_one_place_is_ruled_out() -> None:
    arrivals = [f"w{n}" for n in range(40) for _ in range(6)]
    many = correct_tests({"x": chance_test([f"w{n}" for n in range(12)], arrivals, draws=500)})["x"]
    few = correct_tests({"x": chance_test([f"w{n}" for n in range(4)], arrivals, draws=500)})["x"]
    assert (many.verdict, few.verdict) == ("scattered", "cannot tell")


@pytest.mark.parametrize(
    ("went", "arrivals"),
    [
        ([], []),
        (["a", "a"], ["a"] * 2 + ["b"] * 40),  # two people
        (["a"] * 4, ["a"] * 4),  # no one else arrived anywhere
        (["a"] * 3, ["a"] * 30 + ["b"]),  # almost everyone went to this place
    ],
)
def test_where_no_outcome_could_tell_anything_there_is_no_p(went: list[str], arrivals: list[str]) -> None:
    test = correct_tests({"x": chance_test(went, arrivals, draws=999)})["x"]
    assert (test.p, test.q, test.verdict) == (None, None, "cannot tell")


def test_closures_that_cannot_tell_weaken_no_other() -> None:
    arrivals = ["w2"] * 6 + [f"w{n}" for n in range(3, 40)]
    telling, mute = chance_test(["w2"] * 5, arrivals, draws=999), chance_test(["w2"], arrivals, draws=999)
    alone, beside = (
        correct_tests({"a": telling})["a"],
        correct_tests({"a": telling, **{f"m{n}": mute for n in range(50)}})["a"],
    )
    assert alone.q == beside.q == telling.p


@pytest.mark.slow(reason="thirty invented worlds")
def test_planted_moves_are_found_and_chance_is_seldom_called_one() -> None:
    score = score_moves(range(1, 9), draws=999)
    assert score.found_visible / score.visible >= 0.8
    assert score.false / score.called <= 0.15  # eight worlds allow no tighter bound; the benchmark has sixty
    p, called = calm(range(1, 9), TASTES["their town 7 times, their trade 4 times as often"], draws=199)
    assert np.mean(np.array(p) <= 0.05) <= 0.1  # 146 closures allow no tighter bound
    assert called <= 2


def test_a_world_is_the_same_for_its_seed() -> None:
    assert world(3, people=300).known.ties == world(3, people=300).known.ties


def test_days_of_other_lengths_are_read_and_years_are_none() -> None:
    assert [near(day) for day in ("2020-05-08T04:30Z", "2020-02", "2020", "")] == [
        dt.date(2020, 5, 8),
        dt.date(2020, 2, 1),
        None,
        None,
    ]
    (stay,) = stays([tie("p WORKED_AT w 2019 2019-07-17")])["p"]
    assert (stay.begin, stay.until, stay.arrived) == (None, dt.date(2019, 7, 17), dt.date(2019, 7, 17))
    (stay,) = stays([tie("p WORKED_AT w 2020-03 2020-03-25")])["p"]
    assert (stay.begin, stay.arrived, stay.until) == (
        dt.date(2020, 3, 1),
        dt.date(2020, 3, 25),
        dt.date(2020, 3, 25),
    )


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("p WORKED_AT w2 2020-02 2020-04-10", "moved"),  # some day in February, whose last week counts
        ("p WORKED_AT w2 2020-01 2020-04-10", "beside"),  # before these weeks, whichever day it was
        ("boss ABANDONED p 2020-02", "abandoned"),
        ("boss ABANDONED p 2020-01", "unknown"),
        ("p LOCATED_AT shelter 2020-02", "seen"),
    ],
)
def test_what_may_have_been_in_time_by_its_month_is_in_time(text: str, outcome: str) -> None:
    assert outcomes(whereabouts_of("p WORKED_AT w1 2020-01-05 2020-03-19", text)) == {"p": outcome}


@pytest.mark.parametrize(
    ("closed", "stay"),
    [
        ("2020-05-31", "2020-01-05 2020-05"),  # possibly until the end of May
        ("2020-03", "2020-03-02 2020-03-25"),  # it may have closed after that
        ("2020-03-20", "2019 2020-03-19"),  # they had arrived by then
    ],
)
def test_who_may_have_been_there_by_their_month_is_in_the_cohort(closed: str, stay: str) -> None:
    known = whereabouts([WorkPlace("w1", closed_on=closed)], [tie(f"p WORKED_AT w1 {stay}")])
    left = cohort(known, closings(known)[0])
    assert ([became.person for became in left.people], left.undated) == (["p"], ())


def test_the_last_day_told_is_not_the_day_somebody_came() -> None:
    known = whereabouts(
        [WorkPlace("w1", closed_on="2020-06-15"), WorkPlace("w2")],
        [tie("p WORKED_AT w1 2020-01-05 2020-06-14"), tie("p WORKED_AT w2 2020 2020-08-03")],
    )
    assert outcomes(known) == {"p": "beside"}
    assert left_on(known, "w2", dt.date(2020, 6, 1)).cohort.undated == ("p",)  # they may have arrived later
    assert [became.person for became in left_on(known, "w2", dt.date(2020, 8, 10)).cohort.people] == ["p"]
    assert left_on(known, "w2", dt.date(2021, 8, 10)).cohort == cohort(
        known, Closing("w2", dt.date(2021, 8, 10), "asked")
    )
    assert left_on(known, "w2", dt.date(2021, 8, 10)).cohort.undated == ()


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("p LOCATED_AT shelter 2019-12-01 2020-07-01", "seen"),
        ("boss ABANDONED p 2019-05-01 2020-03-25", "abandoned"),
        ("p WORKED_AT w2 2020-02-01 2020-06-01", "beside"),  # at both places, since before these weeks
        ("p WORKED_AT w2 2020-01-05 2020-06-01", "beside"),  # at both places, from one day on
        ("p WORKED_AT w2 2020-02-01 2020-03-01", "unknown"),  # over before the closure
    ],
)
def test_who_is_told_to_be_somewhere_afterwards_is_seen_again(text: str, outcome: str) -> None:
    assert outcomes(whereabouts_of("p WORKED_AT w1 2020-01-05 2020-03-20", text)) == {"p": outcome}


def test_an_end_that_is_told_by_the_year_is_an_end() -> None:
    known = whereabouts([WorkPlace("w1", "Wash", "premises", "", "2021-03-20")], [tie("p WORKED_AT w1 2020-01 2020")])
    assert cohort(known, closings(known)[0]).people == ()


def test_who_moved_somebody_in_another_year_is_nobody_who_moved_them_then() -> None:
    known = whereabouts_of("p WORKED_AT w1 2020-01-05", "p WORKED_AT w2 2020-04-02")
    (closing,) = (each for each in closings(known) if each.place == "w1")
    texts = (
        "d TRANSPORTED p 2018",
        "d TRANSPORTED p 2020",
        "h HOUSED p 2020-01 2020",
        "h HOUSED p 2021-06",
        "h HOUSED p -",
    )
    assert [_in_time(tie(text), closing) for text in texts] == [False, True, True, False, True]


def test_who_is_told_to_be_there_still_is_not_called_not_seen_again() -> None:
    assert outcomes(whereabouts_of("p WORKED_AT w1 2020-01-05 2020-05-10")) == {"p": "stayed"}
    assert outcomes(whereabouts_of("p WORKED_AT w1 2020-01-05 2020-03")) == {"p": "unknown"}
    known = whereabouts_of(*(f"p{n} WORKED_AT w2 2020-01-05 2020-12-01" for n in range(3)))
    left = left_on(known, "w2", dt.date(2020, 5, 8)).cohort
    assert [became.outcome for became in left.people] == ["stayed"] * 3


def test_whoever_left_first_of_a_place_that_emptied_is_followed_as_well() -> None:
    days = ("2020-04-01", "2020-04-10", "2020-04-25")
    known = whereabouts_of(
        *(f"p{n} WORKED_AT w2 2020-01-05 {day}" for n, day in enumerate(days)),
        *(f"p{n} WORKED_AT w3 {day}" for n, day in enumerate(days)),
        "other WORKED_AT w4 2020-04-02",
    )
    emptied = closings(known)[1]
    assert (emptied.place, emptied.why, emptied.date) == ("w2", "emptied", "2020-04-25")
    left = cohort(known, emptied)
    assert [became.outcome for became in left.people] == ["moved"] * 3
    assert sorted(arrivals(known, left)) == ["w3", "w3", "w3", "w4"]


def test_of_two_places_in_one_month_neither_is_known_to_have_been_left_for_the_other() -> None:
    known = whereabouts_of(*(f"p{n} WORKED_AT {place} 2020-01" for n in range(3) for place in ("w1", "w2")))
    assert [closing.place for closing in closings(known)] == ["w1"]
    assert outcomes(known) == dict.fromkeys(("p0", "p1", "p2"), "unknown")


def test_a_place_is_not_empty_while_people_are_told_to_be_there() -> None:
    known = whereabouts_of(
        *(f"p{n} WORKED_AT w2 2020-01-01 2020-12-31" for n in range(3)),
        *(f"p{n} WORKED_AT w3 2020-02-01" for n in range(3)),
    )
    assert [(closing.place, str(closing.day)) for closing in closings(known)] == [("w1", CLOSED), ("w2", "2020-12-31")]


@pytest.mark.parametrize("day", ["9999-12-31", "9999", "0001-01-01", "0001"])
def test_days_at_either_end_of_all_years_stand_for_none(day: str) -> None:
    known = whereabouts_of(
        *(f"p{n} WORKED_AT w2 2020-01-05 {day}" for n in range(3)),
        f"q WORKED_AT w2 {day} {day}",
        f"q WORKED_AT w3 2020-01-05 {day}",
        f"driver TRANSPORTED p0 {day}",
        f"boss ABANDONED p1 {day}",
    )
    assert [closing.place for closing in closings(known)] == ["w1"]
    assert find_departures(known, draws=9)["w1"].cohort.people == ()
    assert movers(known, closings(known)[0], cohort(known, closings(known)[0]).went) == []
    assert closings(whereabouts([WorkPlace("w1", closed_on=day)], [])) == []


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
def test_any_day_can_be_asked_about(day: dt.date) -> None:
    assert left_on(whereabouts_of("p WORKED_AT w2 2020-01-05 2020-02-01"), "w2", day).cohort.people == ()


def test_a_closing_and_those_who_came_are_told_as_closely_as_they_were_given() -> None:
    known = whereabouts(
        [WorkPlace("w1", closed_on="2020-03"), WorkPlace("w2")],
        map(
            tie,
            (
                "p WORKED_AT w1 2020-01-05",
                "p WORKED_AT w2 2020-04",
                "q WORKED_AT w1 2020-01",
                "q WORKED_AT w2 2020-05-08T04:30Z",
            ),
        ),
    )
    left = find_departures(known, draws=9)["w1"]
    assert (left.closing.date, left.closing.latest) == ("2020-03", dt.date(2020, 3, 31))
    (flow,) = flows(left)
    assert (flow.first, flow.last) == ("2020-04", "2020-05-08")


def test_no_end_of_the_way_and_no_other_journey_moved_them() -> None:
    places = [WorkPlace("h1", kind="dwelling", closed_on=CLOSED), WorkPlace("h2", kind="dwelling")]
    texts = [f"p{n} LIVED_AT {place}" for n in range(3) for place in ("h1 2020-01-05", "h2 2020-04-02")]
    acts = [
        "early TRANSPORTED p0 2020-01-25",
        "late TRANSPORTED p0 2023-06-01",
        "then TRANSPORTED p0 2020-03",
        "first TRANSPORTED p0 2020-02",
        "whenever TRANSPORTED p0",
    ]
    known = whereabouts(places, map(tie, [*texts, *acts]))
    closing = closings(known)[0]
    behind = movers(known, closing, cohort(known, closing).went)
    assert {mover.who for mover in behind} == {"then", "first", "whenever"}


def test_a_place_that_is_said_to_have_closed_is_no_open_place() -> None:
    known = whereabouts(
        [WorkPlace("w1", closed_on=CLOSED), WorkPlace("w2", closed_on="2020-09-01"), WorkPlace("w3")],
        map(tie, ("boss CONTROLS w1", "boss CONTROLS w2", "boss CONTROLS w3")),
    )
    assert [place.place for place in next_places(known, closings(known)[0], [])] == ["w3"]


def test_closures_without_p_are_not_counted_among_those_it_is_corrected_over() -> None:
    texts = [
        *(f"p{n} WORKED_AT w1 2020-01-05" for n in range(6)),
        *(f"p{n} WORKED_AT w2 2020-04-02" for n in range(6)),
        *(f"o{n} WORKED_AT x{n} 2020-04-05" for n in range(30)),
    ]
    places = [WorkPlace("w1", closed_on=CLOSED), WorkPlace("w2"), WorkPlace("w3", closed_on=CLOSED)]
    every = find_departures(whereabouts(places, map(tie, texts)), draws=999)
    assert (len(every), count_tests(every.values())) == (2, 1)


def test_who_was_moved_together_from_elsewhere_is_not_dealt_when_a_day_is_asked_about() -> None:
    known = whereabouts_of(
        *(f"p{n} WORKED_AT w1 2020-01-05" for n in range(6)),
        *(f"p{n} WORKED_AT w2 2020-04-02" for n in range(6)),
        *(f"q{n} WORKED_AT w3 2020-01-05" for n in range(3)),
        *(f"q{n} WORKED_AT w2 2020-04-03" for n in range(3)),
        *(f"o{n} WORKED_AT x{n} 2020-04-05" for n in range(30)),
    )
    every = find_departures(known, draws=999)
    assert every["w1"].test.verdict == "together"
    alone, beside = (
        left_on(known, "w3", dt.date(2020, 3, 20), displacements, draws=999)
        for displacements in ({}, {"w1": every["w1"]})
    )
    assert (alone.test.arrivals, beside.test.arrivals) == (39, 33)


def small_closures(*, moved: bool) -> Whereabouts:
    """Seven places of a boss close, three workers each: two of three go to the boss's other places, or all anywhere."""
    places = [WorkPlace(f"b{n}", closed_on=CLOSED) for n in range(7)] + [WorkPlace(f"n{n}") for n in range(3)]
    texts = [f"boss CONTROLS {place.id}" for place in places]
    for number in range(21):
        to = f"n{number % 3}" if moved and number % 3 else f"x{number * 7 % 40}"
        texts += [f"p{number} WORKED_AT b{number // 3} 2020-01-05", f"p{number} WORKED_AT {to} 2020-04-02"]
    texts += [f"o{number} WORKED_AT {'n' if number < 3 else 'x'}{number % 40} 2020-04-05" for number in range(80)]
    texts += ["other CONTROLS x1", "other CONTROLS b1"]
    return whereabouts(places, map(tie, texts))


def test_small_closures_under_one_hand_are_tested_together() -> None:
    """Seven closures of three workers prove nothing singly; together 14 of 21 stayed with the boss, beyond chance."""
    known = small_closures(moved=True)
    every = find_departures(known, draws=999)
    assert {left.test.verdict for left in every.values()} == {"cannot tell"}
    (boss,) = hand_tests(known, every)
    assert (boss.who, len(boss.closures), sum(boss.seen), sum(boss.stayed)) == ("boss", 7, 21, 14)
    assert 0 < boss.expected < 6
    assert (boss.together, boss.q < 0.001) == (True, True)


def test_a_hand_whose_people_went_anywhere_does_not_stand_out() -> None:
    known = small_closures(moved=False)
    (boss,) = hand_tests(known, find_departures(known, draws=999))
    assert (sum(boss.stayed), boss.together) == (0, False)


@pytest.mark.parametrize(
    ("relation", "counts"), [("CONTROLS", True), ("MANAGED", True), ("WORKED_AT", False), ("TRANSPORTED", False)]
)
def test_a_single_account_of_control_says_where_to_look(relation: str, counts: bool) -> None:
    assert WorkTie("boss", relation, "w1", 0.44).holds is counts
    assert not WorkTie("boss", relation, "w1", 0.2).holds
