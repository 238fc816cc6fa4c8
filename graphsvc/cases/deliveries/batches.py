"""Decides when witness statements added by form open to other readers: together, at set times. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from graphsvc.errors import OperatorError

AT_ONCE = "at once"
# Account name under which the service opens due statements, and holds back statements that no longer fit the case.
# No user's account can have this name: account names have no blanks around them.
SERVICE = " (graphsvc)"


@dataclass(frozen=True, slots=True)
class Wait:
    """One waiting statement.

    Attributes:
        since: when its wait began (UTC).
        sources: its sources, each with the account that added it.
        held: whether it is held back.
        handling: its handling code: P and C wait separately, as readers of P see only those under P arrive.
    """

    since: dt.datetime
    sources: frozenset[str]
    held: bool
    handling: str = "P"


def set_times(setting: str) -> tuple[dt.time, ...]:
    """Return the times of day (UTC) in GRAPHSVC_ACCOUNTS_OPEN; empty if statements open immediately.

    Example:
        >>> set_times("18:30, 06:00"), set_times("at once")
        ((datetime.time(6, 0), datetime.time(18, 30)), ())

    Raises:
        OperatorError: it has a different format.
    """
    if setting.strip() == AT_ONCE:
        return ()
    try:
        times = sorted({dt.time.fromisoformat(part.strip()) for part in setting.split(",")})
    except ValueError:
        times = []
    if not times or any(time.tzinfo for time in times):
        raise OperatorError(
            f"GRAPHSVC_ACCOUNTS_OPEN is {setting!r}, but takes times of day (UTC) separated by commas, such as 06:00,18:00,"
            f" or {AT_ONCE!r}. Correct it or unset it."
        )
    return tuple(times)


def last_time(times: tuple[dt.time, ...], now: dt.datetime) -> dt.datetime:
    """Return the last of the set times up to now.

    Example:
        >>> last_time((dt.time(6),), dt.datetime(2020, 5, 8, 5, 59))
        datetime.datetime(2020, 5, 7, 6, 0)
    """
    days = (now.date() - dt.timedelta(days=back) for back in (0, 1))
    return max(moment for day in days for time in times if (moment := dt.datetime.combine(day, time)) <= now)


def next_time(times: tuple[dt.time, ...], now: dt.datetime) -> dt.datetime:
    """Return the first of the set times after now.

    Example:
        >>> next_time((dt.time(6),), dt.datetime(2020, 5, 8, 6))
        datetime.datetime(2020, 5, 9, 6, 0)
    """
    days = (now.date() + dt.timedelta(days=on) for on in (0, 1))
    return min(moment for day in days for time in times if (moment := dt.datetime.combine(day, time)) > now)


def due(waiting: Mapping[int, Wait], at: dt.datetime, enough: int, days: int) -> list[int]:
    """Return the numbers of the statements that open at a set time.

    Of the statements under one handling code that waited for that time and are not held back, all open or none.

    Args:
        waiting: number → waiting statement.
        at: the set time.
        enough: minimum number of witnesses, so that they hide each other.
        days: once a statement has waited this many days, the minimum no longer applies.

    Example:
        >>> day = dt.datetime(2020, 5, 8, 12)
        >>> waits = {n: Wait(day, frozenset({f"W{n}"}), held=False) for n in (1, 2, 3)}
        >>> due(waits, day + dt.timedelta(hours=18), 3, 7), due(waits, day, 3, 7), due({1: waits[1]}, day, 3, 7)
        ([1, 2, 3], [], [])
    """
    numbers: list[int] = []
    for code in ("P", "C"):
        ripe = {n: wait for n, wait in waiting.items() if not wait.held and wait.since < at and wait.handling == code}
        sources = frozenset[str]().union(*(wait.sources for wait in ripe.values()))
        longest = max((at - wait.since for wait in ripe.values()), default=dt.timedelta())
        if ripe and (len(sources) >= enough or longest >= dt.timedelta(days=days)):
            numbers += ripe
    return sorted(numbers)
