"""Records of a series: days with more than any day before, how long each record held, and earlier days with as many."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from graphsvc.analysis.surges.counts import Series


@dataclass(frozen=True, slots=True)
class Milestone:
    """How a count compares with the others of its series.

    Attributes:
        day, count: the day and its count.
        since: the last earlier day with at least as many; None: there is no such day, so it was a record.
        matched: whether that day had exactly as many.
        until: the first later day with more; None: no such day yet.
    """

    day: dt.date
    count: int
    since: dt.date | None
    matched: bool
    until: dt.date | None

    @property
    def record(self) -> bool:
        """Whether no earlier day had as many."""
        return self.since is None


def milestone(series: Series, day: dt.date) -> Milestone | None:
    """Return how a day's count compares with the others; None if it is unknown or 0.

    Example:
        >>> series = Series(dt.date(2020, 5, 5), (3, 1, 0, 8, 6, 9))
        >>> milestone(series, dt.date(2020, 5, 8)).until, milestone(series, dt.date(2020, 5, 9)).since
        (datetime.date(2020, 5, 10), datetime.date(2020, 5, 8))

    Limits: only within the series. Unknown counts may have been higher.
    """
    count, place = series.at(day), (day - series.first).days // series.step
    if not count:
        return None
    before = [at for at in range(place) if (series.counts[at] or 0) >= count]
    after = next((at for at in range(place + 1, len(series.counts)) if (series.counts[at] or 0) > count), None)
    return Milestone(
        series.day(place),
        count,
        series.day(before[-1]) if before else None,
        bool(before) and series.counts[before[-1]] == count,
        None if after is None else series.day(after),
    )


def records(series: Series) -> list[Milestone]:
    """Return every record in order: each day with more than any earlier day, except the first day above 0.

    Example:
        >>> [(mark.count, mark.until) for mark in records(Series(dt.date(2020, 5, 5), (3, 1, 0, 8, 6)))]
        [(8, None)]

    Limits: only within the series; the shorter it is, the less a record means.
    """
    marks: list[Milestone] = []
    most = 0
    for place, count in enumerate(series.counts):
        if count and count > most:
            mark = milestone(series, series.day(place)) if most else None
            marks += [mark] if mark else []
            most = count
    return marks
