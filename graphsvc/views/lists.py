"""Lists of crossings and workplaces with the people said to be behind each; sorted and filtered as a whole. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.records.dates import format_date
from graphsvc.views.picture.network import DOUBTFUL
from graphsvc.views.where.events import fold_text

# Relation → column for the boats or people it names.
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
    """A row of a list with its sort keys and search text, which are made only from the row.

    Attributes:
        row: of `behind_crossings` or `behind_workplaces`.
        order: sort key for each of `CROSSING_SORTS` or `WORKPLACE_SORTS`; None or empty if unknown.
        words: its search text, folded: id, dates as they were given and as pages show them, places, and names.
    """

    row: dict[str, Any]
    order: tuple[Any, ...]
    words: str


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
    """Return the rows that contain all words of a text, folded as in `static/table.js`; all rows for an empty text."""
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
            order.append(row.get("day", value))  # earliest day that a crossing's date can mean
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
    """Return the suppliers of these boats; doubtful too if the boat's link to the crossing is doubtful or denied."""
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
