"""Counts by day or week: a series, made of dated things. What is not known is None and never 0."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

YEAR = 365.25
# So many days with anything, of so many days, have to be known before anything can be told of the next.
LEAST_ACTIVE, LEAST_DAYS = 10, 56
# A series of crossings is no longer than that, thirty years: a mistyped year must not add centuries of nothing.
MOST_DAYS = 10_958
# Step → how many days it has.
STEPS = MappingProxyType({"day": 1, "week": 7})
# What of crossings is counted: name → in words.
MEASURES = MappingProxyType(
    {"crossings": "crossings", "people": "people carried", "per_boat": "people per boat, in the mean"}
)


@dataclass(frozen=True, slots=True)
class Series:
    """Counts of days or weeks that follow each other without a gap.

    Attributes:
        first: the first day; of weeks the Monday.
        counts: from 0, one for each day or week; None: not known.
        condition: what went with each, such as the height of waves (any unit); None: not known; empty: nothing was given.
        step: days that one count is of: 1 or 7.
        unplaced: how many things stand on none of them, since their date is less precise than a day.
        outside: days of things that are left out, since they lie outside of the thirty years with most; one for each thing.
        mean: each count is a mean, such as people per boat: added up they say nothing.

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
        """What cannot be a series is refused.

        Raises:
            ValueError: nothing is counted, a count is below 0, or there are not as many conditions as counts.
        """
        if not self.counts or any(count is not None and count < 0 for count in self.counts):
            raise ValueError("a series needs a count, and none below 0")
        if self.condition and len(self.condition) != len(self.counts):
            raise ValueError("as many conditions as counts")

    @property
    def last(self) -> dt.date:
        """The last day, or the first of the last week."""
        return self.day(len(self.counts) - 1)

    def day(self, place: int) -> dt.date:
        """The day, or first day of the week, at a place from 0."""
        return self.first + dt.timedelta(days=self.step * place)

    def at(self, day: dt.date) -> int | None:
        """The count of a day (or of the week it lies in); None: not known, or outside."""
        place = (day - self.first).days // self.step
        return self.counts[place] if 0 <= place < len(self.counts) else None

    def until(self, day: dt.date) -> Series:
        """What was known at the end of a day: this series without all that came later, and so without a week that was not over.

        Raises:
            ValueError: it begins later, or its first week was not over.
        """
        places = ((day - self.first).days + 1) // self.step
        if places < 1:
            raise ValueError("nothing of it was known")
        return replace(self, counts=self.counts[:places], condition=self.condition[:places])


def of_crossings(
    rows: Iterable[Mapping[str, Any]], *, measure: str = "crossings", step: str = "day", until: dt.date | None = None
) -> Series | None:
    """The series of some crossings; None: none of them stands on a day.

    A day without a crossing counts 0 (people per boat: is not known). A crossing whose people nobody counted adds no
    people: figures are of what was counted. A date less precise than a day is put on no day; of more than `MOST_DAYS` days those
    with most crossings are the series.

    Args:
        rows: of crossings: `date` as given, `people_count` or None.
        measure: one of `MEASURES`.
        step: one of `STEPS`.
        until: the last day that was watched, where it is later than the last crossing; None: that of the last crossing.

    Example:
        >>> rows = [{"date": "2020-05-06", "people_count": 20}, {"date": "2020-05-08", "people_count": None}, {"date": "2020-05"}]
        >>> series = of_crossings(rows)
        >>> series.counts, series.unplaced
        ((1, 0, 1), 1)

    Limits: nobody is known to have watched on the days between; that nothing is on record is counted as nothing.
    """
    placed = [(_day(row), row.get("people_count")) for row in rows]
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
        _measured(measure, dated.get(first + dt.timedelta(days=place), ())) for place in range(0, watched + 1, days)
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
    """Those of some crossings that may have been by the end of a day.

    Args:
        rows: of crossings, with their `date` as given.
        day: the day.

    Example:
        >>> rows = [{"date": "2020-05-08T04:30Z"}, {"date": "2020-05-09"}, {"date": "2020-05"}, {"date": "2020-06"}]
        >>> [row["date"] for row in known_by(rows, dt.date(2020, 5, 8))]
        ['2020-05-08T04:30Z', '2020-05']

    Limits: when it was said that there was a crossing is not asked. A date less precise than a day counts from its first day on.
    """
    # A month or year sorts before each of its days.
    return [row for row in rows if str(row.get("date") or "")[:10] <= day.isoformat()]


def per_day(rows: Iterable[Mapping[str, Any]]) -> dict[dt.date, int]:
    """How many of some crossings stand on each day, in the order of the days.

    Example:
        >>> per_day([{"date": "2020-05-08"}, {"date": "2020-05-08T04:30Z"}, {"date": "2020-05"}])
        {datetime.date(2020, 5, 8): 2}

    Limits: a date less precise than a day is on none.
    """
    return dict(sorted(Counter(day for row in rows if (day := _day(row)) is not None).items()))


def by_week(series: Series) -> Series:
    """A series of days as one of weeks from Monday; a week of which a day is not known is not known. Broken weeks at the ends are left out.

    Conditions, and counts that are means, become their mean over the days they are known of.

    Raises:
        ValueError: no whole week is in it.

    Example:
        >>> by_week(Series(dt.date(2020, 5, 4), (1,) * 7)).counts
        (7,)

    Limits: a week begun is not told before it is over. A mean of means takes a day of one boat for as much as a day of ten.
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


def _day(row: Mapping[str, Any]) -> dt.date | None:
    given = str(row.get("date") or "")[:10]
    return dt.date.fromisoformat(given) if len(given) == len("2020-05-08") else None


def _fullest(days: Sequence[dt.date]) -> tuple[dt.date, dt.date]:
    """First and last of the days, given in their order, that lie in the `MOST_DAYS` with most; of several, in the latest."""
    start, most, edges = 0, 0, (days[0], days[-1])
    for place, day in enumerate(days):
        while (day - days[start]).days > MOST_DAYS:
            start += 1
        if place - start + 1 >= most:
            most, edges = place - start + 1, (days[start], day)
    return edges


def _measured(measure: str, people: Sequence[int | None]) -> int | None:
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
