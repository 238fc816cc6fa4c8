"""A series as two drawings in plain numbers for templates: counts with their band and alarms, and a calendar."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphsvc.analysis.surges.alarms import WatchedDay
from graphsvc.records.dates import day as day_words
from graphsvc.records.numbers import short
from graphsvc.views.surges.answer import SurgeAnswer, since_words

WIDTH, HEIGHT = 1000, 160
_LEVELS = 4
_TICKS = 7  # on the narrowest screen


@dataclass(frozen=True, slots=True)
class SurgeMark:
    """An alarm or record in the drawing of counts: position (`x` in per cent, `y` in units), day and words."""

    x: float
    y: float
    day: dt.date
    alarm: bool
    record: bool
    words: str


@dataclass(frozen=True, slots=True)
class SurgeLine:
    """The drawing of counts: SVG paths in a box of `WIDTH` by `HEIGHT`; `top` is the count at its upper edge.

    Attributes:
        bars: a bar for each count. band: area up to the count that chance exceeds once in twenty times.
        bound: line of the lowest counts that would be alarms.
        marks: alarms and records. ticks: (x in per cent, label).
    """

    bars: str
    band: str
    bound: str
    top: int
    marks: list[SurgeMark]
    ticks: list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the calendar: count, shade (`level`, 0 to 4), whether it is an alarm or a record, and words."""

    day: dt.date
    count: int | None
    level: int
    alarm: bool
    record: bool
    words: str


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """A month: name, and weeks that begin on Monday; days of other months or outside the series are None."""

    name: str
    weeks: list[list[CalendarDay | None]]


def line(answer: SurgeAnswer, days: Sequence[WatchedDay]) -> SurgeLine:
    """Return the drawing of the counts on consecutive days of an answer."""
    counts = [day.count or 0 for day in days]
    top = max([*counts, *(day.high or 0 for day in days), 1])
    slot = WIDTH / max(len(days), 1)

    def height(value: float) -> float:
        return round(HEIGHT * (1 - min(value / top, 1)), 1)

    bars = "".join(
        f"M{slot * (place + 0.5):.1f} {HEIGHT}V{height(count)}" for place, count in enumerate(counts) if count
    )
    band = _steps(days, slot, lambda day: day.high, height)
    bound = _outline(days, slot, height, top)
    records = {mark.day for mark in answer.marks}
    marks = [
        SurgeMark(
            round(100 * (place + 0.5) / len(days), 3),
            height(day.count or 0),
            day.day,
            day.alarm,
            day.day in records,
            words(answer, day),
        )
        for place, day in enumerate(days)
        if day.alarm or day.day in records
    ]
    return SurgeLine(bars, band, bound, top, marks, list(_ticks(days)))


def year_of(answer: SurgeAnswer, wanted: int) -> tuple[int, list[int]]:
    """Return the year to show and all years: `wanted` if there is data, else the newest surge's, else the last."""
    years = sorted({day.day.year for day in answer.days})
    if wanted in years:
        return wanted, years
    return (answer.surges[-1].peak.year if answer.surges else years[-1]), years


def months(answer: SurgeAnswer, days: Sequence[WatchedDay]) -> list[CalendarMonth]:
    """Return the calendar of some days of a daily series."""
    known = {day.day: day for day in days}
    most = max((day.count or 0 for day in days), default=0)
    records = {mark.day for mark in answer.marks}

    def cell(date: dt.date) -> CalendarDay | None:
        day = known.get(date)
        if day is None:
            return None
        # Steps by the square root, so that a day with 8 remains visible next to one with 80.
        level = math.ceil(_LEVELS * math.sqrt((day.count or 0) / most)) if most else 0
        return CalendarDay(date, day.count, level, day.alarm, date in records, words(answer, day))

    return [
        CalendarMonth(
            f"{calendar.month_name[month]} {year}",
            [
                [cell(date) if date.month == month else None for date in week]
                for week in calendar.Calendar().monthdatescalendar(year, month)
            ],
        )
        for year, month in sorted({(day.day.year, day.day.month) for day in days})
    ]


def words(answer: SurgeAnswer, day: WatchedDay) -> str:
    """Describe one count and how it compares with the expected count."""
    when = day_words(day.day) if answer.series.step == 1 else f"week of {day_words(day.day)}"
    if day.count is None:
        return f"{when}: not known"
    text = f"{when}: {day.count:,} {answer.counted}"
    if day.mean is not None:
        text += f"; expected {short(day.mean)}"
    if day.alarm and day.p is not None:
        beyond = f", beyond {answer.condition}" if answer.condition and day.day in answer.beyond else ""
        text += f"; an alarm (p = {day.p:.2g}{beyond}), {since_words(answer.mark(day.day))}"
    elif day.is_high:
        text += f"; {answer.against(day.day)}"
    return text


def _steps(
    days: Sequence[WatchedDay],
    slot: float,
    value: Callable[[WatchedDay], int | None],
    height: Callable[[float], float],
) -> str:
    """Return the path of an area up to a value of each day; there is a gap at days without one."""
    path, before = "", None
    for place, day in enumerate(days):
        now = value(day)
        if now is None:
            path += f"V{HEIGHT}Z" if before is not None else ""
        elif before is None:
            path += f"M{slot * place:.1f} {HEIGHT}V{height(now)}H{slot * (place + 1):.1f}"
        else:
            path += (f"V{height(now)}" if now != before else "") + f"H{slot * (place + 1):.1f}"
        before = now
    return path + (f"V{HEIGHT}Z" if before is not None else "")


def _outline(days: Sequence[WatchedDay], slot: float, height: Callable[[float], float], top: int) -> str:
    """Return the path of the line from which counts are alarms, as far as it is inside the drawing."""
    path, before = "", None
    for place, day in enumerate(days):
        now = day.alarm_from if day.alarm_from is not None and day.alarm_from <= top else None
        if now is not None:
            path += f"M{slot * place:.1f} {height(now)}" if before is None else f"V{height(now)}"
            path += f"H{slot * (place + 1):.1f}"
        before = now
    return path


def _ticks(days: Sequence[WatchedDay]) -> list[tuple[float, str]]:
    """Return (x in per cent, label) of the beginnings of months, thinned to `_TICKS` at most."""
    months = [
        (place, day.day)
        for place, day in enumerate(days)
        if place == 0 or (day.day.year, day.day.month) != (days[place - 1].day.year, days[place - 1].day.month)
    ]
    every = math.ceil(len(months) / _TICKS)
    return [
        (round(100 * place / len(days), 3), f"{date:%b}{f' {date.year}' if number == 0 or date.month == 1 else ''}")
        for number, (place, date) in enumerate(months[::every])
    ]
