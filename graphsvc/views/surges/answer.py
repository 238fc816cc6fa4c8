"""The answer on unusual counts in a series: days, surges, records, lasting changes, and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from graphsvc.analysis.surges.alarms import Surge, WatchedDay, surges, watched_days
from graphsvc.analysis.surges.counts import LEAST_ACTIVE, LEAST_DAYS, Series
from graphsvc.analysis.surges.milestones import Milestone, milestone, records
from graphsvc.analysis.surges.segments import LEAST_WEEKS, MOST_WEEKS, SeriesPart, segments
from graphsvc.records.dates import day as day_words
from graphsvc.records.numbers import count, plural, short, significant

COLUMNS = (
    "day",
    "count",
    "expected",
    "once_in_twenty_above",
    "alarm_from",
    "p",
    "alarm",
    "beyond_condition",
    "most_since",
)
_MOST_NAMED = 3
_DIGITS = 6  # significant digits of expected counts: more than anyone needs, and small values do not become 0
_ALARM = "an alarm"
_PARTS = ("season", "weekday", "trend", "condition")


@dataclass(frozen=True, slots=True)
class SurgeAnswer:
    """Unusual counts in one series.

    Attributes:
        name: name of the series. counted: what it counts, in words. condition: name of the condition, such as the
            height of waves, that the expected counts depend on; empty without one.
        days: its counts and expected counts. beyond: days that are alarms with and without the condition; all alarms
            if there is no condition.
        surges: runs of alarms. marks: the records. segments: its parts between lasting changes.
        parts: what the expected counts depend on: season, weekday, trend, condition.
        notes: sentences that a reader needs to understand the answer.
    """

    name: str
    counted: str
    condition: str
    series: Series
    days: list[WatchedDay]
    beyond: frozenset[dt.date]
    surges: list[Surge]
    marks: list[Milestone]
    segments: list[SeriesPart]
    parts: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def can_tell(self) -> bool:
        """Whether any count could be compared with an expectation."""
        return any(day.mean is not None for day in self.days)

    @property
    def verdict(self) -> str:
        """The result in words."""
        step = "day" if self.series.step == 1 else "week"
        if not self.can_tell:
            return (
                f"Cannot tell: a {step} can be compared only with at least {LEAST_DAYS} days on record before it, and"
                f" {LEAST_ACTIVE} {step}s with anything in three years."
            )
        return " ".join(filter(None, (self._surges_in_words(step), self._record_in_words())))

    def _surges_in_words(self, step: str) -> str:
        if not self.surges:
            return f"No {step} stands out from those before it."
        newest = self.surges[-1]
        # Expected on the named day, not on all days of the surge together.
        expected = next(day.mean for day in self.days if day.day == newest.peak) or 0.0
        return (
            f"{count(len(self.surges), 'surge')}{', the newest' * (len(self.surges) > 1)}: {newest.most:,} {self.counted} on"
            f" {day_words(newest.peak)}, where {short(expected)} was expected."
        )

    def _record_in_words(self) -> str:
        """Describe the highest count if it is not an alarm, as it is then in no surge."""
        if not self.marks or self.against(self.marks[-1].day) == _ALARM:
            return ""
        mark = self.marks[-1]
        return f"The most is {mark.count:,} on {day_words(mark.day)}: a record, {self.against(mark.day)}."

    def against(self, day: dt.date) -> str:
        """Say how the count of a day compares with the expected count."""
        seen = next(watched for watched in self.days if watched.day == day)
        if seen.alarm:
            return _ALARM
        if seen.is_high:
            return "above the usual range, below the alarm level"
        return "too early to compare" if seen.mean is None else "within the usual range"

    def mark(self, day: dt.date) -> Milestone | None:
        """Return since when, and until when, the count of a day was the highest."""
        return milestone(self.series, day)

    def table(self) -> list[list[Any]]:
        """Return a row of `COLUMNS` for each count; without an expected count, `alarm` is empty (None)."""
        return [
            [
                day.day,
                day.count,
                None if day.mean is None else significant(day.mean, _DIGITS),
                day.high,
                day.alarm_from,
                None if day.p is None else significant(day.p, 2),
                None if day.p is None else day.alarm,
                day.day in self.beyond if self.condition and day.p is not None else None,
                since_words(self.mark(day.day)) if day.alarm else "",
            ]
            for day in self.days
        ]

    def plain(self) -> dict[str, Any]:
        """Return the answer as plain data, for JSON, the command and notebooks."""
        return {
            "series": self.name,
            "counted": self.counted,
            "step": "day" if self.series.step == 1 else "week",
            "mean": self.series.mean,
            "condition": self.condition,
            "verdict": self.verdict,
            "can_tell": self.can_tell,
            "made_of": list(self.parts),
            "notes": list(self.notes),
            "surges": [
                asdict(surge)
                | {
                    "expected": significant(surge.expected, _DIGITS),
                    "p": significant(surge.p, 2),
                    "most_since": since_words(self.mark(surge.peak)),
                }
                for surge in self.surges
            ],
            "records": [
                asdict(mark) | {"words": until_words(mark), "against": self.against(mark.day)} for mark in self.marks
            ],
            "segments": [asdict(part) for part in self.segments],
            "days": [dict(zip(COLUMNS, row, strict=True)) for row in self.table()],
        }


def compute_answer(
    series: Series, *, name: str, counted: str, condition: str = "", notes: Sequence[str] = ()
) -> SurgeAnswer:
    """Compute the answer for one series.

    Args:
        series: the counts, with the values of the condition if there is one.
        name: name of the series.
        counted: what it counts, in words.
        condition: name of the condition.
        notes: notes on how the series was made.
    """
    days, parts = watched_days(series)
    alarms = frozenset(day.day for day in days if day.alarm)
    if condition:
        alone, _ = watched_days(Series(series.first, series.counts, step=series.step))
        alarms &= {day.day for day in alone if day.alarm}
    return SurgeAnswer(
        name,
        counted,
        condition,
        series,
        days,
        alarms,
        surges(days, mean=series.mean),
        records(series),
        segments(series),
        tuple(part for part in _PARTS if part in parts),
        (*notes, *_series_notes(series)),
    )


def _series_notes(series: Series) -> list[str]:
    notes = []
    if series.unplaced:
        notes.append(
            f"{count(series.unplaced, 'crossing')} {plural(series.unplaced, 'is', 'are')} left out, as the exact day is not known."
        )
    if series.outside:
        outside_days = sorted(set(series.outside))
        named = ", ".join(day_words(day) for day in outside_days[:_MOST_NAMED])
        more = f" and {count(len(outside_days) - _MOST_NAMED, 'more day')}" if len(outside_days) > _MOST_NAMED else ""
        notes.append(
            f"{count(len(series.outside), 'crossing')} {plural(len(series.outside), 'is', 'are')} left out, outside of the"
            f" thirty years with most crossings: {named}{more}. Correct the date where it is wrong."
        )
    unknown = sum(value is None for value in series.counts)
    step = "day" if series.step == 1 else "week"
    if unknown:
        notes.append(
            f"The count of {count(unknown, step)} is not known; these change no expected count, and none is an alarm."
        )
    if len(series.counts) * series.step < LEAST_WEEKS * 7:
        notes.append(f"Lasting changes can be found only in at least {LEAST_WEEKS} weeks of counts.")
    if len(series.counts) * series.step > MOST_WEEKS * 7:
        notes.append(f"Lasting changes are looked for in the last {MOST_WEEKS:,} weeks only.")
    return notes


def since_words(mark: Milestone | None) -> str:
    """Say since when there was no higher count.

    Example:
        >>> since_words(Milestone(dt.date(2020, 5, 8), 8, dt.date(2019, 8, 22), True, None))
        'as many as on 22 August 2019, and the most since'
    """
    if mark is None:
        return ""
    if mark.since is None:
        return until_words(mark)
    since = day_words(mark.since)
    return f"as many as on {since}, and the most since" if mark.matched else f"the most since {since}"


def until_words(mark: Milestone) -> str:
    """Say until when a count was the record.

    Example:
        >>> until_words(Milestone(dt.date(2020, 5, 8), 152, None, False, dt.date(2020, 6, 3)))
        'a record, until 3 June 2020'
    """
    return f"a record, until {day_words(mark.until)}" if mark.until else "the record of all on file"
