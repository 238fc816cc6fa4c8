"""Records of a series: days with more than any before, until when they stood, and since when a day has most."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from graphsvc.analysis.surges.counts import Series


@dataclass(frozen=True, slots=True)
class Milestone:
    """How a count stands among the others.

    Attributes:
        day, count: of it.
        since: the last day before it with as many or more; None: there is none, it was a record.
        matched: whether on that day there were just as many.
        until: the first day after it with more; None: none yet.
    """

    day: dt.date
    count: int
    since: dt.date | None
    matched: bool
    until: dt.date | None

    @property
    def record(self) -> bool:
        """Whether no day before had as many."""
        return self.since is None


def milestone(series: Series, day: dt.date) -> Milestone | None:
    """How the count of a day stands among the others; None: it is not known, or 0.

    Example:
        >>> series = Series(dt.date(2020, 5, 5), (3, 1, 0, 8, 6, 9))
        >>> milestone(series, dt.date(2020, 5, 8)).until, milestone(series, dt.date(2020, 5, 9)).since
        (datetime.date(2020, 5, 10), datetime.date(2020, 5, 8))

    Limits: of what is in the series. Counts that are not known may have been more.
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
    """Every record: each day with more than any before it, in their order; the first day with anything is none.

    Example:
        >>> [(mark.count, mark.until) for mark in records(Series(dt.date(2020, 5, 5), (3, 1, 0, 8, 6)))]
        [(8, None)]

    Limits: of what is in the series; the shorter it is, the less a record says.
    """
    marks: list[Milestone] = []
    most = 0
    for place, count in enumerate(series.counts):
        if count and count > most:
            mark = milestone(series, series.day(place)) if most else None
            marks += [mark] if mark else []
            most = count
    return marks
