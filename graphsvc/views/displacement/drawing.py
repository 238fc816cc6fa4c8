"""Drawings of flows and stays, in plain numbers for templates. No drawing shows more than the table next to it.

A count shown as `few` is always drawn as broad as one person, and marked.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphsvc.analysis.displacement.stays import Stay
from graphsvc.records.dates import format_date
from graphsvc.views.displacement.rows import FEW, OUTCOME_WORDS, MoveRow, add_counts
from graphsvc.views.wording import period

# Units of the drawing: breadth of one person, least height of a label, gap between two ends, and length of the bands.
_PERSON, _LABEL, _GAP, _BREADTH = 9.0, 34.0, 8.0, 100.0
# Maximum height of all bands together, however many people there are.
_HIGHEST = 420.0
_TICKS = 6


@dataclass(frozen=True, slots=True)
class FlowEnd:
    """A place or outcome at which bands begin or end, drawn as a bar with a label.

    Attributes:
        id: of a place, or empty. kind: of a place, or the outcome of people who appear at no place.
        people: number of people, `few`, or `at least 4`.
        y, height: of its bar. label: top of its label.
    """

    id: str
    name: str
    kind: str
    people: str
    y: float
    height: float
    label: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """One flow as a band: outline, kind that sets its colour, words, whether its people are few, if it stands out."""

    path: str
    kind: str
    says: str
    few: bool
    together: bool


@dataclass(frozen=True, slots=True)
class Sankey:
    """Flows from left to right. The field of the ribbons is 100 units wide and `height` units high."""

    height: float
    lefts: tuple[FlowEnd, ...]
    rights: tuple[FlowEnd, ...]
    ribbons: tuple[Ribbon, ...]


@dataclass(frozen=True, slots=True)
class StayLine:
    """One stay on the timeline of a person's places.

    Attributes:
        place, name, kind: the place. relation: `WORKED_AT` or `LIVED_AT`. when: the days in words.
        since: first day as `2020-01-05`, else the last day, or empty if no day is reported.
        x, width: from 0 to 100; width 0 if a single day is reported. open: whether no end is reported.
        belief: 0 to 1. denied: whether anyone denies it.
    """

    place: str
    name: str
    kind: str
    relation: str
    when: str
    since: str
    x: float
    width: float
    open: bool
    belief: float
    denied: bool


@dataclass(frozen=True, slots=True)
class PlacesLine:
    """A person's places over time: `lines` in order of day, `ticks` as (x, label), and stays without a day."""

    lines: tuple[StayLine, ...]
    ticks: tuple[tuple[float, str], ...]
    undated: tuple[StayLine, ...]


def sankey(rows: Iterable[MoveRow], *, by: str = "place") -> Sankey:
    """Return flows as bands from each place to the next places of its people, and to the outcomes of the others.

    Args:
        rows: rows as shown; a row without people has no band.
        by: `place`, or `kind` for one end for each kind of place.

    Example:
        >>> from graphsvc.views.displacement.rows import MoveRow
        >>> row = MoveRow("w1", "Wash", "site", "2020-03-20", "closed", "moved", "w2", "Live", "online", 4, 0, (), {}, "", "", 4.0, None, None, None, None, None, None, True, "together")
        >>> drawing = sankey([row])
        >>> [(end.name, end.people) for end in (*drawing.lefts, *drawing.rights)], drawing.ribbons[0].says
        ([('Wash', '4'), ('Live', '4')], 'Wash to Live: 4')
    """
    cells: dict[tuple[str, str], list[MoveRow]] = defaultdict(list)
    names: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        if not row.outcome:
            continue
        left = row.left if by == "place" else row.left_kind
        right = row.outcome if row.outcome != "moved" else row.next if by == "place" else row.next_kind
        right = f"> {right}"  # some people may go to a place that others left
        names[left] = (row.left, row.left_name, row.left_kind) if by == "place" else ("", row.left_kind, row.left_kind)
        names[right] = _right(row, by)
        cells[left, right].append(row)
    if not cells:
        return Sankey(0.0, (), (), ())
    unit = min(_PERSON, _HIGHEST / sum(_breadth(moves) for moves in cells.values()))
    order = _order_pairs(cells)
    lefts, left_at = _ends(list(dict.fromkeys(left for left, _ in order)), order, cells, names, unit, 0)
    rights, right_at = _ends(list(dict.fromkeys(right for _, right in order)), order, cells, names, unit, 1)
    ribbons = []
    for pair in order:
        breadth = unit * _breadth(cells[pair])
        y_left, y_right = left_at[pair[0]], right_at[pair[1]]
        left_at[pair[0]] += breadth
        right_at[pair[1]] += breadth
        says = (
            f"{names[pair[0]][1]} to {names[pair[1]][1]}"
            if cells[pair][0].outcome == "moved"
            else f"{names[pair[0]][1]}: {names[pair[1]][1]}"
        )
        number = str(add_counts([row.people for row in cells[pair]]))
        ribbons.append(
            Ribbon(
                _outline(y_left, y_right, breadth),
                names[pair[1]][2],
                f"{says}: {number}",
                all(row.people == FEW for row in cells[pair]),
                any(row.together for row in cells[pair]),
            )
        )
    height = max(end.label + _LABEL for end in (*lefts, *rights))
    return Sankey(max(height, max(end.y + end.height for end in (*lefts, *rights))), lefts, rights, tuple(ribbons))


def places_line(stays: Sequence[Stay], named: Mapping[str, Mapping[str, object]]) -> PlacesLine:
    """Return a person's places over time.

    Args:
        stays: stays of one person.
        named: id → `name` and `sort` of the places that the reader may see.

    Example:
        >>> stay = Stay("p1", "w1", "WORKED_AT", dt.date(2020, 1, 5), dt.date(2020, 3, 20), 0.7)
        >>> line = places_line([stay], {"w1": {"name": "Wash", "sort": "premises"}})
        >>> line.lines[0].when, line.lines[0].x, line.lines[0].width
        ('5 January 2020 to 20 March 2020', 0.0, 100.0)
    """
    dated = sorted((stay for stay in stays if _start(stay)), key=lambda stay: _start(stay) or dt.date.min)
    days = [day for stay in dated for day in (_start(stay), stay.until) if day is not None]
    first, last = min(days, default=dt.date.min), max(days, default=dt.date.min)
    span = max((last - first).days, 1)

    def line(stay: Stay) -> StayLine:
        begin, until = _start(stay), stay.until
        place = named.get(stay.place, {})
        x = 100 * (begin - first).days / span if begin else 0.0
        width = 100 * (until - begin).days / span if begin and until else 0.0
        return StayLine(
            stay.place,
            str(place.get("name") or stay.place),
            str(place.get("sort") or ""),
            stay.relation,
            _when(stay),
            _first(stay) or _end(stay),
            round(x, 2),
            round(width, 2),
            not _end(stay),
            stay.belief,
            stay.denied,
        )

    ticks = tuple((round(100 * (day - first).days / span, 2), f"{day:%b %Y}") for day in _months(first, last) if dated)
    return PlacesLine(tuple(map(line, dated)), ticks, tuple(line(stay) for stay in stays if _start(stay) is None))


def _start(stay: Stay) -> dt.date | None:
    """Return the day at which to draw a stay: its first day, or its last if the first is not known to the month."""
    return stay.begin or stay.until


def _first(stay: Stay) -> str:
    """Return the reported beginning of a stay, or an empty text."""
    return stay.first_on[:10] or str(stay.begin or "")


def _end(stay: Stay) -> str:
    """Return the reported end of a stay, or an empty text."""
    last = stay.last_on[:10]
    return last if last != stay.first_on[:10] else str(stay.until or "")


def _when(stay: Stay) -> str:
    """Return the days of a stay in words, as precisely as they are reported."""
    first, last = _first(stay), _end(stay)
    if stay.begin and not last:
        return f"{format_date(first)} on"
    return period(first, last) or "on an unknown day"


def _right(row: MoveRow, by: str) -> tuple[str, str, str]:
    if row.outcome != "moved":
        return "", OUTCOME_WORDS[row.outcome], row.outcome
    return (row.next, row.next_name, row.next_kind) if by == "place" else ("", row.next_kind, row.next_kind)


def _breadth(rows: Sequence[MoveRow]) -> int:
    return sum(1 if isinstance(row.people, str) else row.people for row in rows)


def _order_pairs(cells: Mapping[tuple[str, str], Sequence[MoveRow]]) -> list[tuple[str, str]]:
    """Return (left, right) pairs: those at the largest ends first, places before other outcomes."""
    total: dict[str, int] = defaultdict(int)
    for (left, right), rows in cells.items():
        total[left] += _breadth(rows)
        total[right] += _breadth(rows)
    nowhere = {right for (_, right), rows in cells.items() if rows[0].outcome != "moved"}
    return sorted(cells, key=lambda pair: (-total[pair[0]], pair[0], pair[1] in nowhere, -total[pair[1]], pair[1]))


def _ends(
    keys: Sequence[str],
    order: Sequence[tuple[str, str]],
    cells: Mapping[tuple[str, str], Sequence[MoveRow]],
    names: Mapping[str, tuple[str, str, str]],
    unit: float,
    side: int,
) -> tuple[tuple[FlowEnd, ...], dict[str, float]]:
    """Return the ends on one side from top to bottom, and the y at which the bar of each begins."""
    if side:
        nowhere = {pair[1] for pair in order if cells[pair][0].outcome != "moved"}
        keys = sorted(keys, key=lambda key: key in nowhere)
    ends: list[FlowEnd] = []
    at: dict[str, float] = {}
    y = 0.0
    for key in keys:
        rows = [row for pair in order if pair[side] == key for row in cells[pair]]
        height = unit * _breadth(rows)
        room = max(height, _LABEL)
        identifier, name, kind = names[key]
        at[key] = y + (room - height) / 2
        ends.append(
            FlowEnd(
                identifier,
                name,
                kind,
                str(add_counts([row.people for row in rows])),
                at[key],
                height,
                y + (room - _LABEL) / 2,
            )
        )
        y += room + _GAP
    return tuple(ends), at


def _outline(left: float, right: float, breadth: float) -> str:
    """Return a band from the left edge to the right, as an SVG path."""
    middle = _BREADTH / 2
    return (
        f"M0 {left:.1f}C{middle:g} {left:.1f} {middle:g} {right:.1f} {_BREADTH:g} {right:.1f}V{right + breadth:.1f}"
        f"C{middle:g} {right + breadth:.1f} {middle:g} {left + breadth:.1f} 0 {left + breadth:.1f}Z"
    )


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the first days of months, thinned to `_TICKS` at most."""
    numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    months = [day for number in numbers if (day := dt.date(number // 12, number % 12 + 1, 1)) >= first]
    every = max(1, -(-len(months) // _TICKS))
    return months[::every]
