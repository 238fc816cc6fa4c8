"""Counts by day or week: a series, made from dated records. An unknown count is stored as None, never as 0."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

YEAR = 365.25
# Minimum number of days with a count above 0, and of days in all, before the next day can be predicted.
LEAST_ACTIVE, LEAST_DAYS = 10, 56
# Maximum length of a series of crossings, thirty years, so that a mistyped year does not add centuries of zeros.
MOST_DAYS = 10_958
# Step → number of days.
STEPS = MappingProxyType({"day": 1, "week": 7})
# Figures of crossings that can be counted: name → in words.
MEASURES = MappingProxyType(
    {"crossings": "crossings", "people": "people carried", "per_boat": "people per boat, in the mean"}
)


@dataclass(frozen=True, slots=True)
class Series:
    """Counts of consecutive days or weeks.

    Attributes:
        first: the first day; for weeks a Monday.
        counts: from 0, one for each day or week; None: not known.
        condition: an accompanying value for each count, such as wave height (any unit); None: not known; empty: not
            given.
        step: days covered by one count: 1 or 7.
        unplaced: number of records left out because their date is less precise than a day.
        outside: days of records left out because they are outside the thirty years with most records; one for each
            record.
        mean: whether each count is a mean, such as people per boat, so that sums mean nothing.

    Example:
        >>> series = Series(dt.date(2020, 5, 7), (1, 8))
        >>> series.last, series.at(dt.date(2020, 5, 8))
        (datetime.date(2020, 5, 8), 8)
    """

    first: dt.date
    counts: tuple[int | None, ...]
    condition: tuple[float | None, ...] = ()
    step: int = 1
    unplaced: int = 0
    outside: tuple[dt.date, ...] = ()
    mean: bool = False

    def __post_init__(self) -> None:
        """Reject values that cannot be a series.

        Raises:
            ValueError: if there are no counts, a count is below 0, or the numbers of conditions and counts differ.
        """
        if not self.counts or any(count is not None and count < 0 for count in self.counts):
            raise ValueError("a series needs a count, and none below 0")
        if self.condition and len(self.condition) != len(self.counts):
            raise ValueError("as many conditions as counts")

    @property
    def last(self) -> dt.date:
        """The last day, or the first day of the last week."""
        return self.day(len(self.counts) - 1)

    def day(self, place: int) -> dt.date:
        """Return the day, or the first day of the week, at a position from 0."""
        return self.first + dt.timedelta(days=self.step * place)

    def at(self, day: dt.date) -> int | None:
        """Return the count of a day (or of its week); None: not known, or outside the series."""
        place = (day - self.first).days // self.step
        return self.counts[place] if 0 <= place < len(self.counts) else None

    def until(self, day: dt.date) -> Series:
        """Return the series as known at the end of a day, without later counts and without a week that was not over.

        Raises:
            ValueError: if the series begins later, or its first week was not over.
        """
        places = ((day - self.first).days + 1) // self.step
        if places < 1:
            raise ValueError("nothing of it was known")
        return replace(self, counts=self.counts[:places], condition=self.condition[:places])


def of_crossings(
    rows: Iterable[Mapping[str, Any]], *, measure: str = "crossings", step: str = "day", until: dt.date | None = None
) -> Series | None:
    """Make the series of some crossings; None if no crossing has an exact day.

    A day without a crossing counts 0 (for people per boat: not known). A crossing without a head count adds no people,
    so figures cover only what was counted. A date less precise than a day is not placed. If crossings span more than
    `MOST_DAYS` days, the series is the span of that length with most crossings.

    Args:
        rows: crossings with `date` as given and `people_count` or None.
        measure: one of `MEASURES`.
        step: one of `STEPS`.
        until: the last day watched, if later than the last crossing; None: the day of the last crossing.

    Example:
        >>> rows = [{"date": "2020-05-06", "people_count": 20}, {"date": "2020-05-08", "people_count": None}, {"date": "2020-05"}]
        >>> series = of_crossings(rows)
        >>> series.counts, series.unplaced
        ((1, 0, 1), 1)

    Limits: a day without a record counts as a day without crossings, although no one may have watched it.
    """
    placed = [(day_of(row), row.get("people_count")) for row in rows]
    known = sorted(day for day, _ in placed if day is not None)
    if not known:
        return None
    begin, end = _fullest(known)
    days = STEPS[step]
    dated: dict[dt.date, list[int | None]] = defaultdict(list)
    for day, people in placed:
        if day is not None and begin <= day <= end:
            dated[day - dt.timedelta(days=day.weekday() if days > 1 else 0)].append(people)
    first = min(dated)
    watched = min((max(end, until or end) - first).days, MOST_DAYS + days - 1)
    counts = [
        _take_measure(measure, dated.get(first + dt.timedelta(days=place), ())) for place in range(0, watched + 1, days)
    ]
    if all(count is None for count in counts):
        return None
    outside = tuple(day for day in known if not begin <= day <= end)
    return Series(
        first,
        tuple(counts),
        step=days,
        unplaced=len(placed) - len(known),
        outside=outside,
        mean=measure == "per_boat",
    )


def known_by(rows: Iterable[Mapping[str, Any]], day: dt.date) -> list[Mapping[str, Any]]:
    """Return the crossings that may have happened by the end of a day.

    Args:
        rows: crossings with their `date` as given.
        day: the day.

    Example:
        >>> rows = [{"date": "2020-05-08T04:30Z"}, {"date": "2020-05-09"}, {"date": "2020-05"}, {"date": "2020-06"}]
        >>> [row["date"] for row in known_by(rows, dt.date(2020, 5, 8))]
        ['2020-05-08T04:30Z', '2020-05']

    Limits: ignores when a crossing was reported. A date less precise than a day counts from its first day.
    """
    # A month or year sorts before each of its days.
    return [row for row in rows if str(row.get("date") or "")[:10] <= day.isoformat()]


def per_day(rows: Iterable[Mapping[str, Any]]) -> dict[dt.date, int]:
    """Count some crossings by day, in order.

    Example:
        >>> per_day([{"date": "2020-05-08"}, {"date": "2020-05-08T04:30Z"}, {"date": "2020-05"}])
        {datetime.date(2020, 5, 8): 2}

    Limits: leaves out dates less precise than a day.
    """
    return dict(sorted(Counter(day for row in rows if (day := day_of(row)) is not None).items()))


def by_week(series: Series) -> Series:
    """Convert days to weeks from Monday; a week with an unknown day is unknown, and partial weeks are dropped.

    Conditions, and counts that are means, become the mean of their known days.

    Raises:
        ValueError: if the series has no whole week.

    Example:
        >>> by_week(Series(dt.date(2020, 5, 4), (1,) * 7)).counts
        (7,)

    Limits: a week is not counted until it is over. A mean of means gives a day with one boat as much weight as a day
    with ten.
    """
    start = -series.first.weekday() % 7
    weeks = (len(series.counts) - start) // 7
    if weeks < 1:
        raise ValueError("no whole week is in it")
    blocks = [slice(start + 7 * week, start + 7 * week + 7) for week in range(weeks)]
    whole = _mean_of if series.mean else _sum_of
    counts = [whole(series.counts[block]) for block in blocks]
    conditions = [_mean(series.condition[block]) for block in blocks] if series.condition else []
    return replace(
        series, first=series.day(start), counts=tuple(counts), condition=tuple(conditions), step=STEPS["week"]
    )


def day_of(row: Mapping[str, Any]) -> dt.date | None:
    """Return the day of a crossing; None if its date is missing or less precise.

    Example:
        >>> day_of({"date": "2020-05-08T04:30Z"}), day_of({"date": "2020-05"})
        (datetime.date(2020, 5, 8), None)

    Limits: a time of day is left out, so it is the day in UTC.
    """
    text = str(row.get("date") or "")[:10]
    return dt.date.fromisoformat(text) if len(text) == len("2020-05-08") else None


def _fullest(days: Sequence[dt.date]) -> tuple[dt.date, dt.date]:
    """Return the ends of the span of `MOST_DAYS` with most of some sorted days; of several spans, the latest."""
    start, most, edges = 0, 0, (days[0], days[-1])
    for place, day in enumerate(days):
        while (day - days[start]).days > MOST_DAYS:
            start += 1
        if place - start + 1 >= most:
            most, edges = place - start + 1, (days[start], day)
    return edges


def _take_measure(measure: str, people: Sequence[int | None]) -> int | None:
    counted = [number for number in people if number is not None]
    if measure == "crossings":
        return len(people)
    if measure == "people":
        return sum(counted) if counted or not people else None
    return round(sum(counted) / len(counted)) if counted else None


def _sum_of(counts: Sequence[int | None]) -> int | None:
    return sum(count for count in counts if count is not None) if None not in counts else None


def _mean_of(counts: Sequence[int | None]) -> int | None:
    mean = _mean(counts)
    return None if mean is None else round(mean)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
