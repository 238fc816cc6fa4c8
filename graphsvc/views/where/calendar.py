"""A calendar of a case: one strip of weeks for each year with events. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graphsvc.records.dates import day as shown_day
from graphsvc.records.dates import format_date
from graphsvc.records.numbers import count, plural
from graphsvc.views.where.events import CROSSING, OPENED, Event, Filters

LEVELS = 4
_MOST_YEARS = 12


@dataclass(frozen=True, slots=True)
class Day:
    """A day with events.

    Attributes:
        day: as `2020-05-08`. week: column from 0. weekday: row, 0 for Monday. level: shade by number of crossings, 0 to
            `LEVELS`. crossings, people, places: number of crossings, of people known to be on them, and of openings and
            closings of workplaces. text: all of its events in words. shown: whether any of them passes the filters.
    """

    day: str
    week: int
    weekday: int
    level: int
    crossings: int
    people: int
    places: int
    text: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Year:
    """One strip: `months` as (name, first column, first day, last day), `days` with events, and number of weeks.

    `empty` lists the days without events, as (week, weekday).
    """

    year: int
    weeks: int
    months: tuple[tuple[str, int, str, str], ...]
    days: tuple[Day, ...]
    empty: tuple[tuple[int, int], ...]


def years(case_events: Iterable[Event], filters: Filters) -> list[Year]:
    """Return the latest twelve years with events, earliest first.

    Events whose date is only a month or a year are left out. The text of a day ignores the filters.

    Example:
        >>> night = Event("C1", "C1", "crossing", "2020-05-08", "2020-05-08", "2020-05-08", (), 20)
        >>> [(day.week, day.weekday, day.text) for day in years([night], Filters())[0].days]
        [(18, 4, '8 May 2020: 1 crossing, 20 people')]
    """
    case_events = [event for event in case_events if event.first and event.first == event.last]
    by_day: dict[str, list[Event]] = defaultdict(list)
    for event in case_events:
        by_day[event.first].append(event)
    most = max((_crossings(events) for events in by_day.values()), default=0)
    every = sorted({int(event.first[:4]) for event in case_events})[-_MOST_YEARS:]
    return [_year(year, by_day, most, filters) for year in every]


def outside(events: Iterable[Event], strips: Sequence[Year]) -> str:
    """Say how many crossings are missing from these years, and why; empty if none are.

    Example:
        >>> outside([Event("C1", "C1", "crossing", "2020-05", "2020-05-01", "2020-05-31", (), 20)], [])
        '1 crossing is on no day here: its date is known to a month or a year, or not at all.'
    """
    crossings = [event for event in events if event.kind == CROSSING]
    whole = [event for event in crossings if event.first and event.first == event.last]
    earlier = sum(int(event.first[:4]) not in {strip.year for strip in strips} for event in whole)
    coarse = len(crossings) - len(whole)
    reasons = []
    if coarse:
        are, dates = plural(coarse, "is", "are"), plural(coarse, "its date is", "their dates are")
        reasons.append(
            f"{count(coarse, 'crossing')} {are} on no day here: {dates} known to a month or a year, or not at all."
        )
    if earlier:
        reasons.append(f"{count(earlier, 'crossing')} of earlier years {plural(earlier, 'is', 'are')} not drawn.")
    return " ".join(reasons)


def _crossings(events: Sequence[Event]) -> int:
    return sum(event.kind == CROSSING for event in events)


def _year(year: int, by_day: dict[str, list[Event]], most: int, filters: Filters) -> Year:
    first = dt.date(year, 1, 1)
    days, empty = [], []
    months = []
    length = 366 if calendar.isleap(year) else 365
    for number in range(length):
        at = first + dt.timedelta(days=number)
        week, weekday = (number + first.weekday()) // 7, at.weekday()
        if at.day == 1:
            end = at.replace(day=calendar.monthrange(year, at.month)[1])
            months.append((format_date(at.isoformat()[:7])[:3], week, at.isoformat(), end.isoformat()))
        events = by_day.get(at.isoformat())
        if events:
            days.append(_day(at.isoformat(), week, weekday, events, most, filters))
        else:
            empty.append((week, weekday))
    return Year(year, week + 1, tuple(months), tuple(days), tuple(empty))


def _day(at: str, week: int, weekday: int, events: Sequence[Event], most: int, filters: Filters) -> Day:
    crossings = _crossings(events)
    people = sum(event.people or 0 for event in events if event.kind == CROSSING)
    parts = []
    if crossings:
        parts.append(count(crossings, "crossing"))
    if people:
        parts.append(count(people, "person"))
    parts += [
        f"{event.name} {'opened' if event.kind == OPENED else 'closed'}" for event in events if event.kind != CROSSING
    ]
    level = 0 if not crossings else 1 + (LEVELS - 1) * (crossings - 1) // max(most - 1, 1)
    matching = any(filters.matching(event) for event in events)
    text = f"{shown_day(at)}: {', '.join(parts)}"
    return Day(at, week, weekday, level, crossings, people, len(events) - crossings, text, matching)
