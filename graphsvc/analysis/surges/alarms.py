"""Days with more than expected: alarms, and surges, which are alarms with the high days around them.

A day is an alarm if its mid-p is so small that a calm year would produce no more than one such day by chance. Weather
causes more than that, as measured on several sorts of invented calm years (`python -m bench.surges`). Days next to an
alarm belong to its surge as long as each is above the band. They add no surge, so they cause no false ones.

Limits: an alarm shows that a count is unusual, never why: more boats, more surveillance or better weather look alike. A
slow rise raises no alarm; `segments` finds lasting changes.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.surges.counts import YEAR, Series

# The band, which is exceeded on one day in twenty.
BAND = 0.05
# Alarms expected in a calm year. With 1 here, 1.1 were measured.
_A_YEAR = 0.8
# Alarms fewer than this many days apart form one surge.
_APART = 7


@dataclass(frozen=True, slots=True)
class WatchedDay:
    """One count of a series with its expectation from the counts before it.

    Attributes:
        day: the day, or the first day of the week. count: None: not known.
        mean: the expected count; high: the count exceeded one time in twenty; alarm_from: the smallest count that is an
            alarm. None in all three if too little was known.
        p: how extreme the count is, 0 to 1 (mid-p); None: not known. alarm: whether it is an alarm.
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
    """Alarms less than a week apart, with the uninterrupted high days around them.

    Attributes:
        first, last: first and last day. count: the sum of its days; expected: the sum of their expectations. For counts
            that are means, both are those of the peak.
        peak: the day with the highest count; most: that count. p: the smallest p of its alarms.
    """

    first: dt.date
    last: dt.date
    count: int
    expected: float
    peak: dt.date
    most: int
    p: float


def watched_days(series: Series, since: int = 0) -> tuple[list[WatchedDay], tuple[str, ...]]:
    """Return each count with its expectation, and the parts of the expectation (`Outlook.parts`).

    Args:
        series: the counts.
        since: as in `outlook`.

    Example:
        >>> days, _ = watched_days(Series(dt.date(2020, 1, 1), (2, 0, 3, 2, 1, 0, 2) * 20 + (14,)))
        >>> days[10].p is None, days[-2].alarm, days[-1].alarm
        (True, False, True)

    Limits: see the module and `expected`.
    """
    # Imported here: the regression takes a second to import, and every command would wait for it.
    from graphsvc.analysis.surges.expected import outlook

    seen = outlook(series, since)
    counts = np.array([-1 if count is None else count for count in series.counts], float)
    tail = alarm_tail(series.step)
    p, mean, high, exceeded = seen.at_least(counts), seen.mean, seen.quantile(BAND), seen.quantile(tail)
    # The smallest count that is an alarm is the one exceeded rarely enough, or the next.
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
    """Return the largest mid-p at which a count is an alarm, 0 to 1.

    Args:
        step: days covered by one count.

    Example:
        >>> round(alarm_tail(1), 5), round(alarm_tail(7), 5)
        (0.00219, 0.01533)

    Limits: holds if counts follow the model. Real days depend on each other, so there are more alarms.
    """
    return _A_YEAR * step / YEAR


def surges(days: list[WatchedDay], *, mean: bool = False) -> list[Surge]:
    """Return the surges among consecutive days, in order.

    Args:
        days: each day of the series, in order.
        mean: whether the counts are means (`Series.mean`), which cannot be added up.

    Example:
        >>> days, _ = watched_days(Series(dt.date(2020, 1, 1), (2, 0, 3, 2, 1, 0, 2) * 20 + (14, 0, 12)))
        >>> [(surge.first.isoformat(), surge.last.isoformat(), surge.count, surge.most) for surge in surges(days)]
        [('2020-05-20', '2020-05-22', 26, 14)]

    Limits: alarms close to each other need not have the same cause.
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
        # Alarms in consecutive weeks belong together.
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
