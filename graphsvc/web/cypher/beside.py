"""What stands beside the columns of an answer to a named query: how long a review is overdue. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.records.dates import overdue

_REVIEW = ".review_on"
_WORDS = "computed.words"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with what stands beside its columns.

    Attributes:
        columns: of the query, and after each what was put beside it.
        shows: column → property that it shows (`records.properties`), or `computed.words`.
    """

    columns: list[str]
    shows: dict[str, str]
    rows: list[tuple[Any, ...]]


def beside(
    returns: Mapping[str, str], columns: Sequence[str], rows: Sequence[tuple[Any, ...]], today: dt.date
) -> Answered:
    """An answer with `review_overdue` beside each `review_on`, in words and empty while it is not due.

    Args:
        returns: column → property, as the query's header declares them.
        columns: those that were released.
        rows: of these columns.
        today: in UTC.

    Example:
        >>> beside({"review_on": "Person.review_on"}, ["review_on"], [("2020-05",)], dt.date(2020, 6, 2))
        Answered(columns=['review_on', 'review_overdue'], shows={'review_on': 'Person.review_on', 'review_overdue': 'computed.words'}, rows=[('2020-05', 'overdue by 2 days')])
    """
    shows: dict[str, str] = {}
    values: list[list[Any]] = []
    for place, column in enumerate(columns):
        shows[column] = returns[column]
        values.append([row[place] for row in rows])
        if returns[column].endswith(_REVIEW):
            shows[f"{column.removesuffix('_on')}_overdue"] = _WORDS
            values.append([overdue(given, today) for given in values[-1]])
    return Answered(list(shows), shows, list(zip(*values, strict=True)))
