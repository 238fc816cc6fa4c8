"""Counts by day: expected counts and unusual days, computed without later days."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from graphsvc.analysis.surges import alarms, counts, expected, milestones, segments
from graphsvc.analysis.surges.counts import Series

FIRST = dt.date(2018, 1, 1)


def draw_series(seed: int, days: int, mean: float = 30, chance: float = 0.6, dispersion: float = 0.05) -> Series:
    rng = np.random.default_rng(seed)
    size = rng.poisson(rng.gamma(1 / dispersion, dispersion * mean, days))
    return Series(FIRST, tuple(map(int, np.where(rng.random(days) < chance, np.maximum(size, 1), 0))))


@pytest.fixture(scope="module")
def calm() -> Series:
    return draw_series(1, 300)


def with_day(series: Series, place: int, count: int | None) -> Series:
    return replace(series, counts=(*series.counts[:place], count, *series.counts[place + 1 :]))


def test_a_day_is_judged_by_those_before_it_alone(calm: Series) -> None:
    """Later counts, however large, change no verdict on a day."""
    place = 200
    before, _ = alarms.watched_days(calm.until(calm.day(place)))
    later = replace(
        calm,
        counts=(*calm.counts[: place + 1], *(count * 9 for count in calm.counts[place + 1 :] if count is not None)),
    )
    after, _ = alarms.watched_days(later)
    assert before == after[: place + 1]


def test_a_count_far_out_is_an_alarm_and_an_ordinary_one_is_not(calm: Series) -> None:
    days, _ = alarms.watched_days(with_day(calm, 299, 90), since=299)
    assert days[-1].alarm
    assert days[-1].p is not None
    assert days[-1].p < 0.0001
    ordinary, _ = alarms.watched_days(with_day(calm, 299, 31), since=299)
    assert not ordinary[-1].alarm
    bound = days[-1].alarm_from
    assert bound is not None
    assert alarms.watched_days(with_day(calm, 299, bound), since=299)[0][-1].alarm
    assert not alarms.watched_days(with_day(calm, 299, bound - 1), since=299)[0][-1].alarm


def test_a_calm_year_has_about_one_false_alarm() -> None:
    """A small version of `python -m bench.surges --calm`: five years, each after a training year."""
    false = sum(
        day.alarm for seed in range(5) for day in alarms.watched_days(draw_series(seed, 730), since=365)[0][365:]
    )
    assert false <= 11


def test_steady_growth_is_no_surge() -> None:
    """Growth by 60 % a year after one and a half years gives about one false alarm a year, as without growth."""
    false = 0
    for seed in range(4):
        rng = np.random.default_rng([seed, 60])
        means = 20 * 1.6 ** (np.arange(910) / 365)
        size = np.maximum(rng.poisson(rng.gamma(5, means / 5)), 1)
        series = Series(FIRST, tuple(map(int, np.where(rng.random(910) < 0.6, size, 0))))
        false += sum(day.alarm for day in alarms.watched_days(series, since=545)[0][545:])
    assert false <= 8


def test_a_doubling_is_found_within_two_active_days() -> None:
    detected = 0
    for seed in range(10):
        series = draw_series(seed, 400, mean=100, dispersion=0.02)
        doubled = replace(
            series, counts=(*series.counts[:390], *(2 * count for count in series.counts[390:] if count is not None))
        )
        active = [day for day in alarms.watched_days(doubled, since=390)[0][390:] if day.count][:2]
        detected += any(day.alarm for day in active)
    assert detected >= 9


@pytest.mark.parametrize(
    "series",
    [
        Series(FIRST, (5,) * 50),
        Series(FIRST, (0,) * 400 + (9,)),
        Series(FIRST, (1,)),
        Series(FIRST, (None,) * 90 + (3,)),
    ],
)
def test_it_cannot_tell_where_too_little_is_known(series: Series) -> None:
    days, parts = alarms.watched_days(series)
    assert {(day.mean, day.p, day.alarm) for day in days} == {(None, None, False)}
    assert parts == ()


@pytest.mark.parametrize("gap", [0, None])
def test_after_more_than_three_years_without_anything_it_cannot_tell_again(gap: int | None) -> None:
    """Only the training window counts; a restarted series is unknown until it has ten days above zero."""
    series = Series(FIRST, ((1, 2) * 10 + (5,) * 40 + (gap,) * 1200 + (3,) * 80))
    days, _ = alarms.watched_days(series, since=1200)
    assert all(day.mean is None and not day.alarm for day in days[1200:1270])
    assert all(day.mean is not None for day in days[-30:])


def test_a_series_that_is_always_the_same_is_expected_to_stay_so() -> None:
    days, _ = alarms.watched_days(Series(FIRST, (5,) * 120 + (60,)))
    assert days[-2].mean == pytest.approx(5, rel=0.05)
    assert [day.alarm for day in days[-2:]] == [False, True]


def test_what_is_not_known_is_no_alarm_and_changes_no_expectation_much(calm: Series) -> None:
    days, _ = alarms.watched_days(with_day(with_day(calm, 200, None), 299, None))
    assert (days[200].p, days[200].alarm, days[299].p) == (None, False, None)
    whole, _ = alarms.watched_days(calm)
    assert days[250].mean == pytest.approx(whole[250].mean, rel=0.05)


def test_past_outbreaks_weigh_less(calm: Series) -> None:
    """A month with ten times the count must not make the next surge look ordinary."""
    wild = calm
    for place in range(260, 266):
        wild = with_day(wild, place, 400)
    before, after = (alarms.watched_days(series, since=299)[0][-1].alarm_from for series in (calm, wild))
    assert before is not None
    assert after is not None
    assert after < 1.5 * before


def test_a_condition_explains_what_is_in_it() -> None:
    """Boats come when the sea is calm: a high count on a calm day is no alarm, the same count in a storm is one."""
    rng = np.random.default_rng(3)
    waves = rng.uniform(0, 2, 400)
    daily = rng.poisson(np.exp(3.5 - 1.5 * waves))
    daily[-1] = 25
    series = Series(FIRST, tuple(map(int, daily)), tuple(map(float, waves)))
    fine, storm = (replace(series, condition=(*series.condition[:-1], wave)) for wave in (0.1, 1.9))
    assert [alarms.watched_days(series, since=399)[0][-1].alarm for series in (fine, storm)] == [False, True]
    assert "condition" in alarms.watched_days(fine, since=399)[1]


def test_probabilities_agree_with_quantiles(calm: Series) -> None:
    seen = expected.outlook(calm)
    for tail in (0.3, 0.05, 0.003):
        bound = seen.quantile(tail)
        known = ~np.isnan(bound)
        assert np.all(seen.above(bound)[known] <= tail)
        assert np.all(seen.above(bound - 1)[known & (bound > 0)] > tail)


def test_a_bound_is_found_for_any_size_of_counts() -> None:
    """Above 2**53 no two floats are 1 apart; a series that is almost always 0 has a bound of 0."""
    mean = np.array([3e16, 3e15, 40.0, 2.0])
    seen = expected.Outlook(np.array([0.9, 0.9, 0.9, 0.01]), np.repeat(mean[:, None], 7, axis=1), np.full(4, 0.1), ())
    huge, large, usual, seldom = seen.quantile(0.05)
    assert mean[0] < huge < 4 * mean[0]
    assert mean[1] < large < 4 * mean[1]
    assert (usual, seldom) == (seen.quantile(0.05)[2], 0)


def test_alarms_less_than_a_week_apart_are_one_surge() -> None:
    def day(place: int, *, alarm: bool) -> alarms.WatchedDay:
        return alarms.WatchedDay(FIRST + dt.timedelta(days=place), 9, 2.0, 9, 9, 0.001, alarm)

    days = [day(place, alarm=place in (0, 3, 20)) for place in range(30)]
    assert [((surge.first - FIRST).days, (surge.last - FIRST).days, surge.count) for surge in alarms.surges(days)] == [
        (0, 3, 18),
        (20, 20, 9),
    ]
    for apart, number in ((6, 1), (7, 2)):
        assert len(alarms.surges([day(place, alarm=place in (3, 3 + apart)) for place in range(30)])) == number
    for apart, number in ((7, 1), (14, 2)):  # consecutive weeks are not a week apart
        weeks = [day(place, alarm=place in (21, 21 + apart)) for place in range(0, 63, 7)]
        assert len(alarms.surges(weeks)) == number


def test_a_lasting_change_is_found_and_calm_weeks_are_left_whole() -> None:
    rng = np.random.default_rng(5)

    def counts_of(*means: int) -> tuple[int, ...]:
        return tuple(map(int, np.concatenate([rng.poisson(mean, 210) for mean in means])))

    parts = segments.segments(Series(FIRST, counts_of(3, 9)))
    assert [part.first for part in parts][1:] == pytest.approx([FIRST + dt.timedelta(days=210)])
    assert parts[1].times == pytest.approx(3, rel=0.15)
    assert sum(len(segments.segments(Series(FIRST, counts_of(3, 3)))) > 1 for _ in range(12)) <= 2
    assert segments.segments(Series(FIRST, (1,) * 60)) == []
    assert segments.segments(Series(FIRST, (None,) * 300 + (1,) * 30)) == []


def test_of_very_many_weeks_the_last_are_looked_at() -> None:
    """Two rows a century apart: memory must not grow with the square of the weeks."""
    series = Series(dt.date(1915, 1, 4), (1, *(0,) * 38_338, 1))
    (part,) = segments.segments(series)
    assert (part.last - part.first).days == 7 * (segments.MOST_WEEKS - 1)
    assert part.last > series.last - dt.timedelta(days=14)
    daily, _ = alarms.watched_days(series)
    assert not any(day.alarm for day in daily)


def test_records_and_how_long_they_stood() -> None:
    series = Series(FIRST, (2, 0, 5, 5, 1, 7, None, 6))
    assert [(mark.count, mark.until) for mark in milestones.records(series)] == [(5, series.day(5)), (7, None)]
    again = milestones.milestone(series, series.day(3))
    assert again is not None
    assert (again.since, again.matched) == (series.day(2), True)
    assert milestones.milestone(series, series.day(6)) is None


def row(date: str, people: int | None = 10) -> dict[str, Any]:
    return {"date": date, "people_count": people}


def test_crossings_stand_on_their_day_and_coarse_dates_on_none() -> None:
    rows = [row("2020-05-08T04:30Z"), row("2020-05-08", None), row("2020-05-11", 30), row("2020-05"), row("2020")]
    by_day = counts.of_crossings(rows)
    assert by_day is not None
    assert (by_day.first, by_day.counts, by_day.unplaced) == (dt.date(2020, 5, 8), (2, 0, 0, 1), 2)
    people = counts.of_crossings(rows, measure="people")
    mean = counts.of_crossings(rows, measure="per_boat")
    weeks = counts.of_crossings(rows, step="week")
    assert people is not None
    assert mean is not None
    assert weeks is not None
    assert people.counts == (10, 0, 0, 30)
    assert mean.counts == (10, None, None, 30)
    assert (weeks.first, weeks.counts) == (dt.date(2020, 5, 4), (2, 1))
    assert counts.of_crossings([row("2020-05")]) is None
    assert counts.of_crossings([row("2020-05-08", None)], measure="people") is None


def test_what_was_known_on_a_day_before_the_first_is_refused() -> None:
    days, weeks = Series(FIRST, (1,) * 1000), Series(FIRST, (1, 2, 3), step=7)
    for series, day in ((days, -1), (days, -500), (weeks, -1), (weeks, 5)):
        with pytest.raises(ValueError, match="nothing of it was known"):
            series.until(FIRST + dt.timedelta(days=day))
    assert len(days.until(FIRST).counts) == 1
    assert [len(weeks.until(FIRST + dt.timedelta(days=day)).counts) for day in (6, 12, 13, 400)] == [1, 1, 2, 3]


def test_crossings_known_by_a_day_hold_none_of_its_week_that_came_later() -> None:
    rows = [row(f"2020-05-{day:02}") for day in (4, 5, 8, 9, 10)] + [row("2020-06"), row("2020")]
    day = dt.date(2020, 5, 6)
    weeks = counts.of_crossings(counts.known_by(rows, day), step="week", until=day)
    assert weeks is not None
    assert (weeks.counts, weeks.unplaced) == ((2,), 1)


@pytest.mark.parametrize("step", ["day", "week"])
def test_a_mistyped_year_adds_no_centuries(step: str) -> None:
    rows = [row("2020-05-08"), row("1020-05-08"), row("2020-05-11T04:30Z"), row("9999-12-31"), row("2020")]
    series = counts.of_crossings(rows, step=step, until=dt.date(2800, 1, 1))
    assert series is not None
    assert len(series.counts) * series.step <= counts.MOST_DAYS + 14
    assert sum(count or 0 for count in series.counts) == 2
    assert (series.outside, series.unplaced) == ((dt.date(1020, 5, 8), dt.date(9999, 12, 31)), 1)
    alone = counts.of_crossings(rows[:1] + rows[2:3], step=step)
    assert alone is not None
    assert alone.counts == series.counts[: len(alone.counts)]


def test_thirty_years_of_crossings_are_whole_by_week_too() -> None:
    last = dt.date(1990, 1, 7) + dt.timedelta(days=counts.MOST_DAYS)
    weeks = counts.of_crossings([row("1990-01-07"), row(last.isoformat())], step="week")
    assert weeks is not None
    assert (weeks.counts[0], weeks.counts[-1], weeks.outside) == (1, 1, ())
    assert len(weeks.counts) <= segments.MOST_WEEKS


@pytest.mark.parametrize("wrong", [(), (1, -2)])
def test_what_is_no_series_is_refused(wrong: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="none below 0"):
        Series(FIRST, wrong)


def test_the_high_day_after_an_alarm_belongs_to_its_surge(calm: Series) -> None:
    """82 more people within 24 hours of a record are above the band, but belong to the surge and raise no alarm."""
    counts = (*calm.counts[:295], 90, 48, 0, 0, 48)
    days, _ = alarms.watched_days(replace(calm, counts=counts))
    assert [(day.alarm, day.is_high) for day in days[295:]] == [
        (True, True),
        (False, True),
        (False, False),
        (False, False),
        (False, True),
    ]
    surge = alarms.surges(days)[-1]
    assert (surge.first, surge.last, surge.count, surge.peak) == (calm.day(295), calm.day(296), 138, calm.day(295))
    assert surge.expected == pytest.approx(sum(day.mean or 0 for day in days[295:297]))


def test_people_per_boat_are_a_mean_and_never_added_up() -> None:
    rows = [
        {"date": (FIRST + dt.timedelta(days=day)).isoformat(), "people_count": 20}
        for day in range(7 * 42)
        for _ in range(1 + day % 2)
    ]
    series = counts.of_crossings(rows, measure="per_boat")
    assert series is not None
    assert series.mean
    assert set(counts.by_week(series).counts) == {20}
    (part,) = segments.segments(series)
    assert part.weekly == 20
    gaps = replace(series, counts=(None, 20, 22, *series.counts[3:]), first=dt.date(2020, 5, 4))
    assert counts.by_week(gaps).counts[0] == 20
    people = counts.of_crossings(rows, measure="people")
    assert people is not None
    assert not people.mean
    assert counts.by_week(people).counts[1] in (20 * 10, 20 * 11)


def test_a_surge_of_means_has_the_figures_of_its_peak() -> None:
    days = [
        alarms.WatchedDay(FIRST + dt.timedelta(days=place), count, 20.0, 30, 35, 0.001, count > 35)
        for place, count in enumerate((20, 40, 20, 41, 20))
    ]
    (surge,) = alarms.surges(days, mean=True)
    assert (surge.count, surge.expected, surge.most) == (41, 20.0, 41)
    (added,) = alarms.surges(days)
    assert (added.count, added.expected) == (81, 40.0)
