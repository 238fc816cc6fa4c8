"""Small charts as plain numbers: the position of each bar and its text. Templates draw them as SVG."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.records.dates import format_date, parse_date

# Days from the first crossing to the last, at most → time that a bar covers.
_STEPS = ((70, "day"), (800, "week"), (math.inf, "month"))
_GAP = 0.15
_LABELS = 7  # on the narrowest screen


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its box, first and last day, these days in words, and its number of crossings and people.

    `counted`: number of these crossings whose people were counted.
    """

    x: float
    y: float
    width: float
    height: float
    first: str
    last: str
    when: str
    count: int
    people: int
    counted: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Crossings over time.

    Attributes:
        width, height: of the drawing, in its own units.
        step: time that a bar covers: `day`, `week` or `month`.
        bars: from left to right; empty steps have no bar.
        ticks: (x, label) of the time axis.
        peak: the highest bar, as high as the drawing, or None.
        undated: number of crossings that are not charted, because their date may be in several steps.
    """

    width: int
    height: int
    step: str
    bars: list[Bar]
    ticks: list[tuple[float, str]]
    peak: Bar | None
    undated: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar: ingredient of the score, start, length and value."""

    name: str
    x: float
    width: float
    value: float


@dataclass(frozen=True, slots=True)
class Stack:
    """A score as a stacked bar of its ingredients: increases to the right of `zero`, decreases to the left.

    Attributes:
        total: place of the score itself.
        recorded: place of the score on the record, or None if not given.
    """

    width: float
    zero: float
    segments: list[Segment]
    total: float
    recorded: float | None


def timeline(crossings: Iterable[Mapping[str, Any]], width: int = 100, height: int = 120) -> Timeline:
    """Return bars of crossings per day, week or month; the longer the time they span, the broader the bars.

    Args:
        crossings: rows with `date` (as given), `day` (the earliest day it can mean) and `people_count` (or None).
        width: of the drawing; 100 for a template that reads it as per cent.
        height: of the drawing, in its own units.

    Example:
        >>> chart = timeline([{"day": "2020-05-08", "date": "2020-05-08", "people_count": 21}])
        >>> chart.step, [(bar.when, bar.count, bar.people) for bar in chart.bars]
        ('day', [('8 May 2020', 1, 21)])
    """
    every = [(_day(row["day"]), row) for row in crossings if row.get("day")]
    if not every:
        return Timeline(width, height, "day", [], [], None, 0)
    first, last = min(day for day, _ in every), max(day for day, _ in every)
    step = next(name for longest, name in _STEPS if (last - first).days <= longest)
    dated = [(day, row) for day, row in every if _start(parse_date(str(row["date"])).latest, step) == _start(day, step)]
    if not dated:
        return Timeline(width, height, step, [], [], None, len(every))
    count, people, counted = Counter[dt.date](), Counter[dt.date](), Counter[dt.date]()
    for day, row in dated:
        start = _start(day, step)
        count[start] += 1
        people[start] += row.get("people_count") or 0
        counted[start] += row.get("people_count") is not None
    places = {start: place for place, start in enumerate(_starts(_start(first, step), last, step))}
    slot = width / max(len(places), 12)
    top = max(count.values())
    bars = [
        Bar(
            x=places[start] * slot + slot * _GAP / 2,
            y=height - height * count[start] / top,
            width=slot * (1 - _GAP),
            height=height * count[start] / top,
            first=start.isoformat(),
            last=_end(start, step).isoformat(),
            when=_when(start, step),
            count=count[start],
            people=people[start],
            counted=counted[start],
        )
        for start in sorted(count)
    ]
    ticks = [(place * slot, label) for place, label in _ticks(list(places), step)]
    return Timeline(width, height, step, bars, ticks, max(bars, key=lambda bar: bar.count), len(every) - len(dated))


def stack(shares: Mapping[str, float], low: float, high: float, width: float, recorded: float | None = None) -> Stack:
    """Return a score, given as ingredient → share, as a stacked bar on a scale from `low` (0 or less) to `high`.

    Example:
        >>> bar = stack({"commands": 3.0, "takes_orders": -1.0}, -1.0, 3.0, 40.0)
        >>> bar.zero, [(part.name, part.x, part.width) for part in bar.segments], bar.total
        (10.0, [('commands', 10.0, 30.0), ('takes_orders', 0.0, 10.0)], 30.0)
    """
    unit = width / ((high - low) or 1.0)
    zero = -low * unit
    right = left = zero
    segments = []
    for name, value in shares.items():
        length = abs(value) * unit
        if value > 0:
            segments.append(Segment(name, right, length, value))
            right += length
        elif value < 0:
            left -= length
            segments.append(Segment(name, left, length, value))
    place = None if recorded is None else zero + recorded * unit
    return Stack(width, zero, segments, zero + sum(shares.values()) * unit, place)


def scale(shares: Sequence[Mapping[str, float]]) -> tuple[float, float]:
    """Return (low, high) of a scale on which all these stacked bars fit; low is 0 or less.

    Example:
        >>> scale([{"commands": 3.0, "takes_orders": -1.0}, {"commands": 1.0}])
        (-1.0, 3.0)
    """
    low = min((sum(value for value in bar.values() if value < 0) for bar in shares), default=0.0)
    high = max((sum(value for value in bar.values() if value > 0) for bar in shares), default=0.0)
    return low, high


def ranks(best: int, worst: int, low: int, high: int, rank: int, total: int, width: float) -> dict[str, float]:
    """Return the positions of ranks on a line. The top ranks get more room, as they matter more.

    Args:
        best: best rank while any one piece of evidence is left out, from 1.
        worst: worst rank while any one is left out; may be beyond the last.
        low: best rank that is likely on uncertain data.
        high: worst rank that is likely on uncertain data.
        rank: the rank itself.
        total: number of people ranked.
        width: of the drawing.

    Example:
        >>> ranks(1, 10, 1, 4, 2, 100, 100.0)
        {'best': 0.0, 'worst': 50.0, 'low': 0.0, 'high': 30.1, 'rank': 15.05}
    """
    last = math.log(max(total, 2))
    values = {"best": best, "worst": min(worst, max(total, 2)), "low": low, "high": high, "rank": rank}
    return {name: round(width * math.log(value) / last, 2) for name, value in values.items()}


def _day(value: Any) -> dt.date:
    """Return a day as a date; the graph database gives a date, tests give text."""
    return value if type(value) is dt.date else dt.date.fromisoformat(str(value)[:10])


def _start(day: dt.date, step: str) -> dt.date:
    if step == "week":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def _starts(first: dt.date, last: dt.date, step: str) -> Iterable[dt.date]:
    while first <= last:
        yield first
        if step == "month":
            first = (first + dt.timedelta(days=31)).replace(day=1)
        else:
            first += dt.timedelta(days=7 if step == "week" else 1)


def _end(start: dt.date, step: str) -> dt.date:
    """Return the last day of the day, week or month that begins on `start`."""
    following = (start + dt.timedelta(days=31)).replace(day=1) if step == "month" else start
    return (
        following - dt.timedelta(days=1) if step == "month" else start + dt.timedelta(days=6 if step == "week" else 0)
    )


def _when(start: dt.date, step: str) -> str:
    if step == "month":
        return format_date(start.isoformat()[:7])
    return f"week of {format_date(start.isoformat())}" if step == "week" else format_date(start.isoformat())


def _ticks(starts: list[dt.date], step: str) -> Iterable[tuple[int, str]]:
    """Yield (bar, label) where a new month begins, or a new year if bars are months; only as many as fit."""
    edges = [
        (place, start)
        for place, start in enumerate(starts)
        if place == 0
        or (start.year != starts[place - 1].year if step == "month" else start.month != starts[place - 1].month)
    ]
    every = math.ceil(len(edges) / _LABELS)
    for number, (place, start) in enumerate(edges[::every]):
        year = f" {start.year}" if number == 0 or start.month == 1 else ""
        yield place, str(start.year) if step == "month" else f"{start:%b}{year}"
