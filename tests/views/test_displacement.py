"""Worker movements in words and pictures: small cells read *few*, and no other figure reveals them."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise, product
from typing import Any

import pytest

from graphsvc.analysis.displacement.cohorts import OUTCOMES, Whereabouts, whereabouts
from graphsvc.analysis.displacement.flows import Departure, count_tests, find_departures
from graphsvc.analysis.displacement.movers import movers
from graphsvc.analysis.displacement.one_hand import HandTest
from graphsvc.analysis.displacement.stays import Stay, WorkPlace, WorkTie, stays
from graphsvc.views.displacement.drawing import places_line, sankey
from graphsvc.views.displacement.rows import (
    FEW,
    MOVE_COLUMNS,
    OUTCOME_WORDS,
    closure_row,
    hand_rows,
    move_cells,
    move_rows,
    mover_rows,
    plain,
    told_total,
)
from graphsvc.views.displacement.safeguarding import at_risk

NAMES = {
    name: {"name": name.upper(), "sort": "online" if name == "w2" else "premises"} for name in ("w1", "w2", "w3", "w4")
}


def name_values(name: str) -> dict[str, Any]:
    return NAMES.get(name, {})


def known_of(*went: int, unknown: int = 0, elsewhere: int = 0) -> Whereabouts:
    """Make moves of `went` people of w1 to w2, w3 and w4, and `unknown` to none; `elsewhere` people arrive at other places."""
    ties = []
    for number, count in enumerate(went, 2):
        for person in range(count):
            who = f"p{number}-{person}"
            ties += [
                WorkTie(who, "WORKED_AT", "w1", 0.8, False, "2020-01-05"),
                WorkTie(who, "WORKED_AT", f"w{number}", 0.8, False, f"2020-04-{person + 1:02d}"),
                WorkTie("driver", "TRANSPORTED", who, 0.8, False, "2020-04-01"),
            ]
    ties += [WorkTie(f"u{n}", "WORKED_AT", "w1", 0.8, False, "2020-01-05") for n in range(unknown)]
    ties += [WorkTie(f"o{n}", "WORKED_AT", f"x{n}", 0.8, False, "2020-04-05") for n in range(elsewhere)]
    return whereabouts([WorkPlace("w1", closed_on="2020-03-20"), *map(WorkPlace, ("w2", "w3", "w4"))], ties)


def departure_of(*went: int, unknown: int = 0, elsewhere: int = 0) -> Departure:
    """People who left w1 in that world."""
    return find_departures(known_of(*went, unknown=unknown, elsewhere=elsewhere), draws=99)["w1"]


def everything(*went: int, unknown: int = 0) -> str:
    """Everything shown of a cohort to a reader without source clearance, as text."""
    known = known_of(*went, unknown=unknown)
    departure = find_departures(known, draws=99)["w1"]
    rows, behind = (
        move_rows(departure, name_values, 3),
        mover_rows(movers(known, departure.closing, departure.cohort.went), departure, name_values, 3),
    )
    return repr(
        [
            *map(plain, rows),
            *map(plain, behind),
            plain(closure_row(departure, name_values, 3, 1)),
            sankey(rows),
            sankey(rows, by="kind"),
        ]
    )


@pytest.mark.parametrize(("first", "second"), [*product((1, 2), repeat=2)])
def test_one_and_two_are_told_alike_wherever_they_stand(first: int, second: int) -> None:
    assert everything(5, first, second, unknown=4) == everything(5, 2, 1, unknown=4)
    assert everything(5, 3, unknown=first) == everything(5, 3, unknown=second)
    assert everything(4, first) == everything(4, second)


def test_nothing_that_few_could_be_worked_out_from_is_a_number() -> None:
    departure = departure_of(5, 1, unknown=4, elsewhere=40)
    rows = {(row.outcome, row.next): row for row in move_rows(departure, name_values, 3)}
    small, large = rows["moved", "w3"], rows["moved", "w2"]
    assert (small.people, small.who, small.first, small.belief, small.months) == (FEW, (), "", None, {})
    assert (large.people, len(large.who), large.share, large.chance, large.p) == (5, 5, None, None, None)
    closure = closure_row(departure, name_values, 3, 1)
    assert (closure.there, closure.moved, closure.unknown, closure.q) == ("at least 9", "at least 5", 4, None)
    assert not re.search(r"\d", closure.text.replace("W2", ""))


def test_who_has_source_clearance_is_told_all_of_it() -> None:
    departure = departure_of(5, 1, unknown=4, elsewhere=40)
    rows = {(row.outcome, row.next): row for row in move_rows(departure, name_values, 0)}
    assert rows["moved", "w3"].who == ("p3-0",)
    assert rows["moved", "w2"].share == pytest.approx(5 / 6)
    closure = closure_row(departure, name_values, 0, 7)
    assert (closure.there, closure.moved, closure.verdict, closure.places) == (10, 6, "together", ("W2",))
    assert closure.text.startswith("Moved together: 5 of 6 seen again went to W2; chance would send 0.65. p 0.0")
    assert closure.text.endswith("corrected over 7 closures.")


def test_whoever_was_moved_may_have_been_abandoned_as_well() -> None:
    """Victims left by the Captain in March are made to work on a site in April: both are shown."""
    known = known_of(5, 3)
    known = whereabouts(
        known.places.values(),
        [*known.ties, *(WorkTie("captain", "ABANDONED", f"p2-{n}", 0.8, False, "2020-03-23") for n in range(4))],
    )
    departure = find_departures(known, draws=99)["w1"]
    assert [(row.next, row.people, row.abandoned) for row in move_rows(departure, name_values, 0)] == [
        ("w2", 5, 4),
        ("w3", 3, 0),
    ]
    assert closure_row(departure, name_values, 0, 1).abandoned == 4
    # "4 of 5" would reveal that exactly one was not abandoned.
    assert [row.abandoned for row in move_rows(departure, name_values, 3)] == [FEW, 0]
    assert closure_row(departure, name_values, 3, 1).abandoned == FEW


def test_a_hand_is_told_in_words_alone_without_source_clearance() -> None:
    tests = [
        HandTest("boss", ("w1", "w2", "w3"), (3, 3, 2), (2, 2, 1), 0.8, 0.0004, 0.0008, together=True),
        HandTest("gang", ("w1", "w4"), (3, 2), (0, 1), 0.9, 0.6, 0.6),
    ]
    whole, few = (hand_rows(tests, name_values, below, {"gang"}) for below in (0, 3))
    assert [(row.seen, row.stayed, row.verdict) for row in whole] == [(8, 5, "together"), (5, 1, "cannot tell")]
    assert whole[0].text == (
        "Moved together: 5 of 8 seen again after 3 closures under boss went to other places of that hand; chance would send 0.8."
        " p 0.0008, corrected over 2 hands."
    )
    assert [(row.seen, row.stayed, row.chance, row.q) for row in few] == [(None,) * 4] * 2
    assert few[0].text.startswith("Moved together: more of those seen again after 3 closures under boss")
    assert few[1].text.startswith("Cannot tell: no more of those")
    assert [row.denied for row in (*whole, *few)] == [False, True] * 2
    assert [row.text.endswith("That control is contested.") for row in (*whole, *few)] == [False, True] * 2


@pytest.mark.parametrize(
    ("departure", "words"),
    [
        (departure_of(), "no one is recorded as being there"),
        (departure_of(unknown=4), "nobody who was there is seen"),
        (departure_of(2, unknown=4), "too few of those who were there"),
        (departure_of(5, unknown=4), "too few others"),
    ],
)
def test_that_nothing_can_be_told_says_why(departure: Departure, words: str) -> None:
    row = closure_row(departure, name_values, 0, 1)
    assert row.verdict == "cannot tell"
    assert words in row.text


def test_nobody_who_moved_few_stands_above_another_by_how_many() -> None:
    ties = [WorkTie(f"p{n}", "WORKED_AT", "w1", 0.8, False, "2020-01-05") for n in range(3)]
    ties += [WorkTie(f"p{n}", "WORKED_AT", "w2", 0.8, False, "2020-04-05") for n in range(3)]
    ties += [WorkTie("b", "TRANSPORTED", f"p{n}", 0.8) for n in range(2)] + [WorkTie("a", "HOUSED", "p0", 0.8)]
    known = whereabouts([WorkPlace("w1", closed_on="2020-03-20"), WorkPlace("w2")], ties)
    departure = find_departures(known, draws=9)["w1"]
    behind = movers(known, departure.closing, departure.cohort.went)
    assert [(row.who, row.people) for row in mover_rows(behind, departure, name_values, 0)] == [("b", 2), ("a", 1)]
    assert [(row.who, row.people, row.belief) for row in mover_rows(behind, departure, name_values, 3)] == [
        ("a", FEW, None),
        ("b", FEW, None),
    ]


@pytest.mark.parametrize("few", [1, 2])
def test_how_many_somebody_moved_is_told_flow_by_flow(few: int) -> None:
    known = known_of(4, few)
    departure = find_departures(known, draws=9)["w1"]
    behind = movers(known, departure.closing, departure.cohort.went)
    assert [(row.people, row.belief) for row in mover_rows(behind, departure, name_values, 3)] == [("at least 4", None)]
    (row,) = mover_rows(behind, departure, name_values, 0)
    assert row.people == 4 + few
    assert row.belief == pytest.approx(0.8 * (4 + few))


def test_totals_add_up_or_say_that_few_are_in_them() -> None:
    for numbers in product(range(6), repeat=3):
        total = told_total(numbers, 3)
        small = [number for number in numbers if 0 < number < 3]
        large = sum(numbers) - sum(small)
        assert total == (sum(numbers) if not small else f"at least {large}" if large else FEW)


def test_ribbons_are_as_broad_at_both_ends_and_lie_within_the_drawing() -> None:
    drawing = sankey(move_rows(departure_of(5, 3, 1, unknown=4), name_values, 0))
    assert [end.people for end in drawing.rights] == ["5", "3", "1", "4"]
    assert drawing.rights[-1].name == OUTCOME_WORDS["unknown"]
    assert drawing.lefts[0].height == pytest.approx(sum(end.height for end in drawing.rights))
    for band in drawing.ribbons:
        numbers = [float(number) for number in re.findall(r"[\d.]+", band.path)]
        assert all(0 <= number <= max(drawing.height, 100) for number in numbers)
    labels = sorted(end.label for end in drawing.rights)
    assert all(after - before >= 34 for before, after in pairwise(labels))


def test_nothing_draws_nothing() -> None:
    assert sankey([]).ribbons == ()
    assert places_line([], {}).lines == ()


def test_places_of_somebody_stand_by_their_days_and_those_without_apart() -> None:
    person_stays = [
        Stay("p", "w1", "WORKED_AT", dt.date(2020, 1, 5), dt.date(2020, 3, 20), 0.8),
        Stay("p", "w2", "WORKED_AT", dt.date(2020, 4, 2), None, 0.4, denied=True),
        Stay("p", "w3", "LIVED_AT", None, None, 0.8),
    ]
    line = places_line(person_stays, NAMES)
    assert [(stay.name, stay.when, stay.open) for stay in line.lines] == [
        ("W1", "5 January 2020 to 20 March 2020", False),
        ("W2", "2 April 2020 on", True),
    ]
    assert (line.lines[0].x, line.lines[1].x, line.lines[1].denied) == (0.0, 100.0, True)
    assert [stay.name for stay in line.undated] == ["W3"]
    assert [label for _, label in line.ticks] == ["Feb 2020", "Mar 2020", "Apr 2020"]


@pytest.mark.parametrize(
    ("first", "last", "when", "since", "is_open"),
    [
        ("2020-05", "2020-08", "May 2020 to August 2020", "2020-05", False),
        ("2020", "2020-08", "2020 to August 2020", "2020", False),
        ("2020", "2020-08-03", "2020 to 3 August 2020", "2020", False),
        ("2020-05", "2020-05", "May 2020 on", "2020-05", True),
        ("2020-05-08T04:30Z", "2020-05-08T04:30Z", "8 May 2020 on", "2020-05-08", True),
        ("2020", "2020", "2020", "2020", True),
        ("2020", "2021", "2020 to 2021", "2020", False),
        ("", "2020-08-03", "until 3 August 2020", "2020-08-03", False),
        ("", "", "on an unknown day", "", True),
    ],
)
def test_days_of_a_stay_are_told_as_closely_as_they_were_given(
    first: str, last: str, when: str, since: str, is_open: bool
) -> None:
    person_stays = stays([WorkTie("p", "WORKED_AT", "w1", 0.8, False, first, last)])["p"]
    line = places_line(person_stays, NAMES)
    (stay,) = (*line.lines, *line.undated)
    assert (stay.when, stay.since, stay.open) == (when, since, is_open)


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
def test_any_day_can_be_drawn(day: dt.date) -> None:
    person_stays = [
        Stay("p", "w1", "WORKED_AT", day, None, 0.8),
        Stay("p", "w2", "WORKED_AT", dt.date(2020, 4, 2), None, 0.8),
    ]
    assert len(places_line(person_stays, NAMES).lines) == 2


def test_a_closing_known_to_the_month_is_told_as_a_month() -> None:
    ties = [
        WorkTie("p", "WORKED_AT", "w1", 0.8, False, "2020-01-05"),
        WorkTie("p", "WORKED_AT", "w2", 0.8, False, "2020-04"),
    ]
    known = whereabouts([WorkPlace("w1", closed_on="2020-03"), WorkPlace("w2")], ties)
    departure = find_departures(known, draws=9)["w1"]
    (row,) = move_rows(departure, name_values, 0)
    assert (closure_row(departure, name_values, 0, 1).on, row.on, row.first, row.last) == (
        "2020-03",
        "2020-03",
        "2020-04",
        "2020-04",
    )


@pytest.mark.parametrize("few_below", [0, 3])
def test_every_flow_bears_the_verdict_of_its_place_and_a_place_nobody_left_has_a_row(few_below: int) -> None:
    """A table alone could not tell *scattered* from *cannot tell*, and would omit a place without known leavers."""
    for went, verdict in (((5,), "together"), ((1, 1, 1), "cannot tell"), ((), "cannot tell")):
        departure = departure_of(*went, elsewhere=9)
        rows = move_rows(departure, name_values, few_below)
        assert {row.verdict for row in rows} == {closure_row(departure, name_values, few_below, 1).verdict} == {verdict}
    (row,) = rows
    assert (row.left, row.on, row.outcome, row.next, row.people) == ("w1", "2020-03-20", "", "", 0)
    assert not sankey(rows).ribbons


def test_months_stand_in_a_cell_as_people_read_them() -> None:
    row = move_rows(departure_of(5, unknown=4), name_values, 0)[0]
    assert move_cells(row)[MOVE_COLUMNS.index("months")] == ["2020-04: 5"]
    assert move_cells(row)[0] == "w1"


@pytest.mark.parametrize(("unknown", "outcome"), [(1, "beside"), (2, "stayed")])
def test_every_outcome_has_its_words_and_its_count(unknown: int, outcome: str) -> None:
    ends = {"beside": [("w2", "2020-01-05", "2020-06-01")], "stayed": []}[outcome]
    until = {"beside": "2020-03-20", "stayed": "2020-06-01"}[outcome]
    ties = [
        WorkTie(f"p{n}", "WORKED_AT", place, 0.8, False, first, last)
        for n in range(unknown)
        for place, first, last in [("w1", "2020-01-05", until), *ends]
    ]
    known = whereabouts([WorkPlace("w1", closed_on="2020-03-20"), WorkPlace("w2")], ties)
    row = closure_row(find_departures(known, draws=9)["w1"], name_values, 0, 1)
    assert (getattr(row, outcome), row.there, row.unknown, row.moved) == (unknown, unknown, 0, 0)
    assert set(OUTCOME_WORDS) == set(OUTCOMES)


def test_whom_to_look_after_stands_by_what_is_said_and_never_by_what_is_denied() -> None:
    ties = [WorkTie(f"p{n}", "WORKED_AT", "w2", 0.8) for n in range(4)]
    ties += [
        WorkTie("boss", "CONTROLS", "w2", 0.8),
        WorkTie("boss", "MANAGED", "house", 0.8),
        WorkTie("p1", "LIVED_AT", "house", 0.8),
        WorkTie("p1", "OWES", "boss", 0.8),
        WorkTie("p2", "OWES", "a friend", 0.8),
        WorkTie("boss", "COERCED", "p3", 0.8),
        WorkTie("boss", "COERCED", "p0", 0.3, denied=True),
    ]
    rows = at_risk(whereabouts([WorkPlace("w2")], ties), "w2", [])
    assert [(row.person, row.signs) for row in rows] == [
        ("p1", ("housed", "owes")),
        ("p3", ("coerced",)),
        ("p0", ()),
        ("p2", ()),
    ]


@pytest.mark.parametrize("few", [1, 2])
def test_that_few_came_from_a_place_is_no_sign_of_risk(few: int) -> None:
    known = known_of(4, few)
    every = find_departures(known, draws=9).values()
    assert {row.signs for row in at_risk(known, "w3", every, 3)} == {()}
    assert {row.signs for row in at_risk(known, "w3", every)} == {("came",)}
    assert {row.signs for row in at_risk(known, "w2", every, 3)} == {("came",)}


@pytest.mark.parametrize("few_below", [0, 3])
def test_every_flow_bears_the_p_that_its_verdict_is_held_to(few_below: int) -> None:
    """The p of a flow is for its closure alone; readers of the table also need the p corrected over all closures."""
    ties = [WorkTie(f"p{n}", "WORKED_AT", "w1", 0.8, False, "2020-01-05") for n in range(5)]
    ties += [WorkTie(f"p{n}", "WORKED_AT", "w2", 0.8, False, "2020-04-02") for n in range(5)]
    ties += [WorkTie(f"q{n}", "WORKED_AT", "w3", 0.8, False, "2020-01-05") for n in range(5)]
    ties += [WorkTie(f"q{n}", "WORKED_AT", f"y{n}", 0.8, False, "2020-04-05") for n in range(5)]
    ties += [WorkTie(f"z{n}", "WORKED_AT", "w4", 0.8, False, "2020-04-05") for n in range(4)]
    ties += [WorkTie(f"o{n}", "WORKED_AT", f"x{n}", 0.8, False, "2020-04-05") for n in range(40)]
    closed = [WorkPlace(name, closed_on="2020-03-20") for name in ("w1", "w3")]
    every = find_departures(whereabouts([*closed, WorkPlace("w2"), WorkPlace("w4")], ties), draws=99)
    assert count_tests(every.values()) == 2
    for departure in every.values():
        closure, rows = closure_row(departure, name_values, few_below, 2), move_rows(departure, name_values, few_below)
        assert {row.q for row in rows} == {closure.q}
        assert (closure.q is None) == bool(few_below)
    (first, *_) = move_rows(every["w1"], name_values, 0)
    assert first.p == pytest.approx(0.01)
    assert first.q == pytest.approx(0.02)
