"""Columns added to the answer to a named query: names next to ids, overdue reviews. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.records.dates import overdue
from graphsvc.records.numbers import count

_NOT_ENTITIES = ("Statement", "Source", "Claim")
_REVIEW = ".review_on"
_WORDS = "computed.words"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with added columns.

    Attributes:
        columns: columns of the query, each followed by those added for it.
        shows: column → property that it shows (`records.properties`), or `computed.words`.
    """

    columns: list[str]
    shows: dict[str, str]
    rows: list[tuple[Any, ...]]


def holds_entities(property_path: str) -> bool:
    """Whether a column that shows this property contains ids of entities, single or in lists.

    Example:
        >>> holds_entities("Person.id"), holds_entities("Statement.id"), holds_entities("Person.name")
        (True, False, False)
    """
    label, _, name = property_path.partition(".")
    return name == "id" and label not in _NOT_ENTITIES


def name_column(columns: Sequence[str], place: int) -> str:
    """Return the column that names the entities whose ids are in the column at `place`, or an empty text.

    Example:
        >>> name_column(["person", "name", "boats"], 0), name_column(["gang", "gang_name"], 0), name_column(["a", "boats"], 1)
        ('name', 'gang_name', '')
    """
    near = columns[place + 1 : place + 3]
    plain = "name" if place == 0 or near[:1] == ["name"] else ""
    return next((name for name in (f"{columns[place]}_name", plain) if name in near), "")


def ids_without_names(returns: Mapping[str, str], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> set[str]:
    """Return the ids of entities in an answer that have no name next to them."""
    places = [
        place
        for place, column in enumerate(columns)
        if holds_entities(returns.get(column, "")) and not name_column(columns, place)
    ]
    return {item for row in rows for place in places for item in _items(row[place])}


def beside(
    returns: Mapping[str, str],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    today: dt.date,
    names: Mapping[str, str] | None = None,
) -> Answered:
    """Add `review_overdue` after each `review_on` (empty until the review is due), and names after ids without any.

    Args:
        returns: column → property, as the query's header declares them.
        columns: released columns.
        rows: rows of these columns.
        today: date in UTC.
        names: id → name of entities that the reader may see; None adds no names.

    Example:
        >>> beside({"review_on": "Person.review_on"}, ["review_on"], [("2020-05",)], dt.date(2020, 6, 2)).rows
        [('2020-05', 'overdue by 2 days')]
        >>> beside({"boats": "Boat.id"}, ["boats"], [(["B1", "B2"],)], dt.date(2020, 6, 2), {"B1": "Gull"}).rows
        [(['B1', 'B2'], ['Gull', 'B2'])]
    """
    shows: dict[str, str] = {}
    values: list[list[Any]] = []
    for place, column in enumerate(columns):
        shows[column] = returns[column]
        values.append([row[place] for row in rows])
        if returns[column].endswith(_REVIEW):
            shows[f"{column.removesuffix('_on')}_overdue"] = _WORDS
            values.append([overdue(value, today) for value in values[-1]])
        elif names is not None and holds_entities(returns[column]) and not name_column(columns, place):
            shows[f"{column}_name"] = _WORDS
            values.append([_entity_names(value, names) for value in values[-1]])
    return Answered(list(shows), shows, list(zip(*values, strict=True)))


def _items(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list | tuple) else [value]) if isinstance(item, str) and item]


def _entity_names(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return [names.get(item, item) for item in value]
    return names.get(value, "") if isinstance(value, str) else ""


def cut_message(rows: int) -> str:
    """Return the message for an answer cut at this number of rows.

    Example:
        >>> cut_message(10_000)
        'The answer is cut at 10,000 rows and there are more: narrow it down, or let it count.'
    """
    return f"The answer is cut at {count(rows, 'row')} and there are more: narrow it down, or let it count."
