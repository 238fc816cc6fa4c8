"""The pictures of a series, and the words for it."""

from __future__ import annotations

import datetime as dt

import pytest

from graphsvc.analysis.surges.counts import Series
from graphsvc.records.dates import day
from graphsvc.records.iso import json_safe
from graphsvc.records.numbers import short
from graphsvc.views.surges import picture
from graphsvc.views.surges.answer import COLUMNS, SurgeAnswer, compute_answer

FIRST = dt.date(2019, 12, 30)


@pytest.fixture(scope="module")
def answer() -> SurgeAnswer:
    return compute_answer(Series(FIRST, (2, 0, 3, 2, 1, 0, 2) * 20 + (14, None)), name="crossings", counted="crossings")


def test_every_figure_of_a_picture_is_in_the_table(answer: SurgeAnswer) -> None:
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in answer.table()]
    marks = picture.line(answer, answer.days).marks
    assert {mark.day for mark in marks if mark.alarm} == {row["day"] for row in rows if row["alarm"]}
    assert {mark.day for mark in marks if mark.record} == {mark.day for mark in answer.marks}
    cells = [day for month in picture.months(answer, answer.days) for week in month.weeks for day in week if day]
    assert [(cell.day, cell.count) for cell in cells] == [(row["day"], row["count"]) for row in rows]
    assert json_safe(answer.plain())["days"][-2]["alarm"] is True
    unknown = [row["alarm"] is None for row in rows]
    assert unknown == [row["p"] is None for row in rows]
    assert unknown[0], "nothing is known before the first day"
    assert unknown[-1], "its count is not known"
    assert not unknown[-2]


def test_a_day_says_what_it_is(answer: SurgeAnswer) -> None:
    sentences = [picture.words(answer, day) for day in answer.days]
    assert sentences[-2].startswith("18 May 2020: 14 crossings; expected 1.")
    assert sentences[-2].endswith("the record of all on file")
    assert sentences[-1] == "19 May 2020: not known"


def test_what_was_to_be_expected_of_the_newest_surge_is_that_of_its_day(answer: SurgeAnswer) -> None:
    newest = answer.surges[-1]
    (mean,) = [day.mean for day in answer.days if day.day == newest.peak]
    assert mean is not None
    assert (
        f" {newest.most:,} {answer.counted} on {day(newest.peak)}, where {short(mean)} was expected." in answer.verdict
    )


def test_a_calendar_has_every_day_once_and_shades_by_count(answer: SurgeAnswer) -> None:
    months = picture.months(answer, answer.days)
    assert [month.name for month in months][:2] == ["December 2019", "January 2020"]
    assert all(len(week) == 7 for month in months for week in month.weeks)
    level = {day.count: day.level for month in months for week in month.weeks for day in week if day}
    assert (level[0], level[14], level[None]) == (0, 4, 0)
    assert level[1] <= level[2] <= level[3]


def test_the_year_of_the_newest_surge_is_shown_first(answer: SurgeAnswer) -> None:
    assert picture.year_of(answer, 0) == (2020, [2019, 2020])
    assert picture.year_of(answer, 2019)[0] == 2019
    assert picture.year_of(answer, 1850)[0] == 2020


def test_too_little_is_said_and_drawn() -> None:
    short = compute_answer(Series(FIRST, (1, 0, 2)), name="x", counted="boats")
    assert short.verdict.startswith("Cannot tell")
    drawn = picture.line(short, short.days)
    assert (drawn.band, drawn.bound) == ("", "")
    assert drawn.bars
    assert short.plain()["can_tell"] is False
    assert {row[COLUMNS.index("alarm")] for row in short.table()} == {None}, "not that it is none"


def test_crossings_that_are_left_out_are_named() -> None:
    days = tuple(dt.date(1020, 5, day) for day in (8, 8, 9, 10, 11))
    for outside, says in (
        (days[:1], "1 crossing is left out, outside of the thirty years with most crossings: 8 May 1020. Correct"),
        (
            days,
            "5 crossings are left out, outside of the thirty years with most crossings: 8 May 1020, 9 May 1020, 10 May 1020 and 1 more day.",
        ),
    ):
        noted = compute_answer(Series(FIRST, (1, 0, 2), outside=outside), name="x", counted="crossings").notes
        assert any(note.startswith(says) for note in noted)


def test_more_weeks_than_are_looked_at_are_said() -> None:
    noted = compute_answer(Series(dt.date(1915, 1, 4), (1, *(0,) * 5_000, 1), step=7), name="x", counted="boats").notes
    assert "Lasting changes are looked for in the last 1,567 weeks only." in noted


def test_what_is_beyond_a_condition_is_told_apart() -> None:
    """A usual count on a calm day is no alarm; three times that on a rough day is beyond what the waves explain."""
    waves = (0.5, 1.5) * 100
    counts = tuple(20 if wave < 1 else 2 for wave in waves)
    alone = compute_answer(Series(FIRST, (*counts, 20)), name="x", counted="boats")
    explained = compute_answer(
        Series(FIRST, (*counts, 60), (*waves, 1.5)), name="x", counted="boats", condition="waves"
    )
    assert not alone.days[-1].alarm
    assert explained.days[-1].day in explained.beyond
    assert "beyond waves" in picture.words(explained, explained.days[-1])


def test_a_record_that_is_no_alarm_is_said_with_the_verdict() -> None:
    """Counts of 0 to 60, then 61: not unusual, but still the highest of all."""
    counts = tuple(place * 37 % 61 for place in range(200))
    calm = compute_answer(Series(FIRST, (*counts, 61)), name="x", counted="people")
    assert calm.surges == []
    assert calm.verdict == (
        "No day stands out from those before it. The most is 61 on 17 July 2020: a record, within the usual range."
    )
    assert calm.plain()["records"][-1]["against"] == "within the usual range"
    wild = compute_answer(Series(FIRST, (*counts, 900)), name="x", counted="people")
    assert "a record" not in wild.verdict
    assert wild.plain()["records"][-1]["against"] == "an alarm"
    assert calm.against(calm.marks[0].day) == "too early to compare"


def test_a_high_day_that_is_no_alarm_says_so() -> None:
    high = compute_answer(Series(FIRST, (2, 0, 3, 2, 1, 0, 2) * 20 + (5,)), name="x", counted="boats")
    assert high.days[-1].is_high
    assert not high.days[-1].alarm
    assert picture.words(high, high.days[-1]).endswith("; above the usual range, below the alarm level")
