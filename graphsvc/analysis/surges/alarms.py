"""Days with more than was to be expected on the day itself: alarms, and surges, which are alarms with the high days around them.

A day is an alarm where its mid-p is so small that a calm year would bring about no more than one such day by chance. Weather makes more:
how many there are is measured on invented calm years of several sorts (`python -m bench.surges`). The days next to an alarm belong to
its surge as long as each is above the band. They add no surge, so they cost no false ones.

Limits: an alarm says that a count is out of the ordinary, never why: more boats, more watching or better weather look alike.
A slow rise raises no alarm; lasting changes are in `segments`.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.surges.counts import YEAR, Series

# The band: what is exceeded on one day in twenty.
BAND = 0.05
# Alarms that are to be expected in a calm year; measured with 1, they were 1.1.
_A_YEAR = 0.8
# Alarms of days less than that apart are one surge.
_APART = 7


@dataclass(frozen=True, slots=True)
class WatchedDay:
    """One count of a series beside what was to be expected of it by those before it.

    Attributes:
        day: the day, or the first of the week. count: None: not known.
        mean: the expected count; high: what is exceeded once in twenty times; alarm_from: the count from which it is an
            alarm. None in all: too little was known to tell.
        p: how far out the count is, 0 to 1 (mid-p); None: cannot tell. alarm: whether it is one.
    """

    day: dt.date
    count: int | None
    mean: float | None
    high: int | None
    alarm_from: int | None
    p: float | None
    alarm: bool

    @property
    def is_high(self) -> bool:
        """Whether the count is an alarm or above the band."""
        return self.alarm or (self.count is not None and self.high is not None and self.count > self.high)


@dataclass(frozen=True, slots=True)
class Surge:
    """Alarms less than a week apart, with the high days that follow each other around them.

    Attributes:
        first, last: first and last day. count: the sum of its days; expected: the sum expected on them. Of counts that are means
            both are those of the peak.
        peak: the day with most; most: how many. p: the smallest of its alarms.
    """

    first: dt.date
    last: dt.date
    count: int
    expected: float
    peak: dt.date
    most: int
    p: float


def watched(series: Series, since: int = 0) -> tuple[list[WatchedDay], tuple[str, ...]]:
    """Each count beside what was to be expected of it, and what the expectation is made of (`Outlook.parts`).

    Args:
        series: the counts.
        since: as in `outlook`.

    Example:
        >>> days, _ = watched(Series(dt.date(2020, 1, 1), (2, 0, 3, 2, 1, 0, 2) * 20 + (14,)))
        >>> days[10].p is None, days[-2].alarm, days[-1].alarm
        (True, False, True)

    Limits: see the module and `expected`.
    """
    # Imported here: what fits it takes a second to import, and every command would wait for it.
    from graphsvc.analysis.surges.expected import outlook

    seen = outlook(series, since)
    counts = np.array([-1 if count is None else count for count in series.counts], float)
    tail = alarm_tail(series.step)
    p, mean, high, exceeded = seen.at_least(counts), seen.mean, seen.quantile(BAND), seen.quantile(tail)
    # The smallest count that is an alarm: that is exceeded so seldom, or the next.
    bound = exceeded + (seen.at_least(exceeded) > tail)
    days = []
    for place, count in enumerate(series.counts):
        can_tell = not np.isnan(mean[place])
        alarm = can_tell and count is not None and p[place] <= tail
        days.append(
            WatchedDay(
                series.day(place),
                count,
                float(mean[place]) if can_tell else None,
                int(high[place]) if can_tell else None,
                int(bound[place]) if can_tell else None,
                float(p[place]) if can_tell and count is not None else None,
                bool(alarm),
            )
        )
    return days, seen.parts


def alarm_tail(step: int) -> float:
    """The mid-p from which on a count is an alarm, 0 to 1.

    Args:
        step: days that one count is of.

    Example:
        >>> round(alarm_tail(1), 5), round(alarm_tail(7), 5)
        (0.00219, 0.01533)

    Limits: of counts that are what the model takes them for; real days hang together, and then there are more.
    """
    return _A_YEAR * step / YEAR


def surges(days: list[WatchedDay], *, mean: bool = False) -> list[Surge]:
    """The surges among some days that follow each other, in their order.

    Args:
        days: each day of the series, in order.
        mean: their counts are means (`Series.mean`), which cannot be added up.

    Example:
        >>> days, _ = watched(Series(dt.date(2020, 1, 1), (2, 0, 3, 2, 1, 0, 2) * 20 + (14, 0, 12)))
        >>> [(surge.first.isoformat(), surge.last.isoformat(), surge.count, surge.most) for surge in surges(days)]
        [('2020-05-20', '2020-05-22', 26, 14)]

    Limits: that alarms lie near each other does not say that one cause is behind them.
    """
    step = (days[1].day - days[0].day).days if len(days) > 1 else 1
    return [_surge(run, [_peak(run)] if mean else run) for run in _runs(days, step)]


def _runs(days: list[WatchedDay], step: int) -> Iterator[list[WatchedDay]]:
    run: list[WatchedDay] = []
    last = dt.date.min
    for high, together in itertools.groupby(days, lambda day: day.is_high):
        stretch = list(together)
        alarms = [day.day for day in stretch if day.alarm]
        if not high or not alarms:
            continue
        # Of weeks those that follow each other are one.
        if run and (alarms[0] - last).days >= _APART + step - 1:
            yield run
            run = []
        run, last = [*run, *stretch], alarms[-1]
    if run:
        yield run


def _peak(run: list[WatchedDay]) -> WatchedDay:
    return max(run, key=lambda day: day.count or 0)


def _surge(run: list[WatchedDay], counted: list[WatchedDay]) -> Surge:
    peak = _peak(run)
    return Surge(
        run[0].day,
        run[-1].day,
        sum(day.count or 0 for day in counted),
        sum(day.mean or 0.0 for day in counted),
        peak.day,
        peak.count or 0,
        min(day.p for day in run if day.p is not None),
    )
