"""Lists of crossings and workplaces with the people said to be behind each, to be sorted and filtered. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphsvc.analysis.surges.counts import day_of
from graphsvc.records.dates import format_date
from graphsvc.records.numbers import count, plural
from graphsvc.views.picture.network import DOUBTFUL
from graphsvc.views.sentences import aboard
from graphsvc.views.where.events import fold_text

# Relation → column with its boats or people.
CROSSING_COLUMNS = {"USED_ON": "boats", "ORGANISED": "organisers", "PILOTED": "pilots", "ASSISTED": "helpers"}
WORKPLACE_COLUMNS = {"CONTROLS": "controllers", "MANAGED": "managers"}
_SUPPLIED, _SUPPLIERS = "SUPPLIED", "suppliers"
# Columns that a list shows and can be sorted by.
CROSSING_SORTS = (
    *("id", "date", "launch_site", "landing_site", "people_count"),
    *("boats", "organisers", "suppliers", "pilots", "helpers"),
)
WORKPLACE_SORTS = (
    *("name", "kind", "sector", "address", "opened_on", "closed_on", "people"),
    *("controllers", "managers"),
)
_DATES = frozenset({"date", "opened_on", "closed_on"})

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row of a list with its sort keys and search text, which disclose no more than the row.

    Attributes:
        row: a row of `behind_crossings` or `behind_workplaces`.
        order: sort key for each of `CROSSING_SORTS` or `WORKPLACE_SORTS`; None or empty if unknown.
        words: text to search, in lower case without accents: id, dates as given and as shown, places, and names.
    """

    row: dict[str, Any]
    order: tuple[Any, ...]
    words: str


class DayCount(NamedTuple):
    """Crossings of one day.

    Attributes:
        boats: number of crossings.
        people: sum of their head counts.
        counted: number of crossings with a head count.
    """

    boats: int = 0
    people: int = 0
    counted: int = 0


def count_days(crossings: Iterable[Row]) -> dict[dt.date, DayCount]:
    """Count the crossings of each day, in order of day; crossings without a known day are left out.

    Example:
        >>> count_days([{"date": "2020-05-08", "people_count": 21}, {"date": "2020-05-08"}, {"date": "2020-05"}])
        {datetime.date(2020, 5, 8): DayCount(boats=2, people=21, counted=1)}
    """
    by_day = defaultdict[dt.date, list[int | None]](list)
    for row in crossings:
        if (day := day_of(row)) is not None:
            by_day[day].append(row.get("people_count"))
    return {
        day: DayCount(len(people), sum(filter(None, people)), sum(number is not None for number in people))
        for day, people in sorted(by_day.items())
    }


def day_in_words(day: DayCount, following: DayCount) -> str:
    """Say how many boats and people crossed on a day, and how many more on the following day.

    Example:
        >>> day_in_words(DayCount(8, 145, 8), DayCount(3, 82, 3))
        '8 boats, 145 people; 82 more people in the next 24 hours'
        >>> day_in_words(DayCount(2, 20, 1), DayCount(1, 0, 0)), day_in_words(DayCount(1, 0, 0), DayCount())
        ('2 boats, 20 people counted on 1 of them; 1 more boat in the next 24 hours', '1 boat')
    """
    of_day = ", ".join(filter(None, (count(day.boats, "boat"), aboard(day.people, day.counted, day.boats))))
    if not following.boats:
        return of_day
    is_counted = following.counted == following.boats
    noun, number = ("person", following.people) if is_counted else ("boat", following.boats)
    return f"{of_day}; {number:,} more {plural(number, noun)} in the next 24 hours"


def nearest_days(days: Collection[dt.date], first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the last of some days before a period, and the first after it.

    Example:
        >>> nearest_days([dt.date(2020, 5, day) for day in (1, 6, 8, 9)], dt.date(2020, 5, 7), dt.date(2020, 5, 7))
        [datetime.date(2020, 5, 6), datetime.date(2020, 5, 8)]
    """
    before = [day for day in days if day < first]
    after = [day for day in days if day > last]
    return [*([max(before)] if before else []), *([min(after)] if after else [])]


def listed_crossings(crossings: Iterable[Row], parts: Iterable[Row]) -> list[ListedRow]:
    """Return the rows of `behind_crossings`, with sort keys and search text.

    Example:
        >>> rows = listed_crossings([{"id": "C1", "date": "2020-05-08", "launch_site": "Équihen"}, {"id": "C2"}], [])
        >>> [row.row["id"] for row in fitting(rows, "MAY equi")]
        ['C1']
    """
    return [_list_row(row, CROSSING_SORTS) for row in behind_crossings(crossings, parts)]


def listed_workplaces(workplaces: Iterable[Row], parts: Iterable[Row]) -> list[ListedRow]:
    """Return the rows of `behind_workplaces`, with sort keys and search text."""
    return [_list_row(row, WORKPLACE_SORTS) for row in behind_workplaces(workplaces, parts)]


def fitting(rows: Sequence[ListedRow], text: str) -> Sequence[ListedRow]:
    """Return the rows that contain all words of a text, ignoring case and accents; all rows for an empty text."""
    wanted = fold_text(text).split()
    return [row for row in rows if all(word in row.words for word in wanted)] if wanted else rows


def behind_crossings(crossings: Iterable[Row], parts: Iterable[Row]) -> list[dict[str, Any]]:
    """Return each crossing with its boats, organisers, pilots, helpers and suppliers (`CROSSING_COLUMNS`, `suppliers`).

    Args:
        crossings: rows with `id`.
        parts: rows of `cases.parts`.

    Example:
        >>> parts = [
        ...     {"object": "C1", "relation": "USED_ON", "id": "B1", "name": "", "belief": 0.4, "denying": 0},
        ...     {"object": "B1", "relation": "SUPPLIED", "id": "P1", "name": "Ann", "belief": 0.9, "denying": 1},
        ... ]
        >>> behind_crossings([{"id": "C1"}], parts)[0]["suppliers"]
        [{'id': 'P1', 'name': 'Ann', 'belief': 0.9, 'denied': True, 'denying': 1, 'doubtful': True}]
    """
    parts_by_object = _by_object(parts)
    rows = []
    for crossing in crossings:
        columns = _columns(parts_by_object[crossing["id"]], CROSSING_COLUMNS)
        rows.append({**crossing, **columns, _SUPPLIERS: _suppliers(columns["boats"], parts_by_object)})
    return rows


def behind_workplaces(workplaces: Iterable[Row], parts: Iterable[Row]) -> list[dict[str, Any]]:
    """Return each workplace with its controllers and managers (`WORKPLACE_COLUMNS`)."""
    parts_by_object = _by_object(parts)
    return [{**workplace, **_columns(parts_by_object[workplace["id"]], WORKPLACE_COLUMNS)} for workplace in workplaces]


def _list_row(row: dict[str, Any], sorts: Sequence[str]) -> ListedRow:
    words, order = [row["id"]], list[Any]()
    for name in sorts:
        value = row.get(name)
        if isinstance(value, list):
            value = " ".join(named["name"] for named in value)
        if isinstance(value, str):
            words.append(value)
        if name in _DATES:
            words.append(format_date(value or ""))
            order.append(row.get("day", value))  # `day` is the earliest day that a crossing's date can mean
        else:
            order.append(fold_text(value) if isinstance(value, str) else value)
    return ListedRow(row, tuple(order), fold_text(" ".join(words)))


def _by_object(parts: Iterable[Row]) -> dict[str, list[Row]]:
    by_object: dict[str, list[Row]] = defaultdict(list)
    for part in parts:
        by_object[part["object"]].append(part)
    return by_object


def _columns(parts: Sequence[Row], columns: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    return {
        column: [_part_fields(part) for part in parts if part["relation"] == relation]
        for relation, column in columns.items()
    }


def _suppliers(boats: Sequence[Row], parts_by_object: Mapping[str, Sequence[Row]]) -> list[dict[str, Any]]:
    """Return the suppliers of these boats; a doubtful or denied link of a boat to the crossing makes them doubtful."""
    suppliers: dict[str, dict[str, Any]] = {}
    for boat in boats:
        for part in parts_by_object.get(boat["id"], ()):
            if part["relation"] != _SUPPLIED:
                continue
            named = _part_fields(part)
            named["doubtful"] |= boat["doubtful"] or boat["denied"]
            best = suppliers.setdefault(part["id"], named)
            if (named["doubtful"], -named["belief"]) < (best["doubtful"], -best["belief"]):
                suppliers[part["id"]] = named
    return sorted(suppliers.values(), key=lambda named: (named["doubtful"], -named["belief"], named["id"]))


def _part_fields(part: Row) -> dict[str, Any]:
    return {
        "id": part["id"],
        "name": part["name"] or part["id"],
        "belief": part["belief"],
        "denied": bool(part["denying"]),
        "denying": part["denying"],
        "doubtful": part["belief"] < DOUBTFUL,
    }
