"""Comparing a day with another type: Neo4j raises no error, and returns no rows, or all rows for <>."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from graphsvc.queries.days import mixed_comparisons

MOMENT = dt.datetime(2020, 5, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("comparison", "parameters", "says"),
    [
        ("c.date_earliest >= '2020-05-08'", {}, "`date_earliest` is a day and '2020-05-08' is text, which never fit. Write date('2020-05-08')."),
        ("c.date_earliest = $day", {"day": "2020-05-08"}, "`date_earliest` is a day and $day is text, which never fit. Write date($day)."),
        ("$day <= c.`date_latest`", {"day": MOMENT}, "`date_latest` is a day and $day is a moment, which never fit. Write date($day)."),
        ("r.first_on > date('2020-05-08')", {}, "`first_on` is text and date(…) is a day, which never fit. Write toString(date(…))."),
        ("r.last_on <> $day", {"day": dt.date(2020, 5, 8)}, "`last_on` is text and $day is a day, which always differ. Write toString($day)."),
        ("c.date_earliest < r.first_on", {}, "`date_earliest` is a day and `first_on` is text, which never fit. Write date(first_on)."),
    ],
)  # fmt: skip
def test_what_never_fits_is_told_with_the_way_out(comparison: str, parameters: dict[str, Any], says: str) -> None:
    (notice,) = mixed_comparisons(f"MATCH (c)-[r]-()\nWHERE {comparison} RETURN c", parameters)
    assert (notice.says, notice.line, notice.column) == (says, 2, 7)


@pytest.mark.parametrize(
    "comparison",
    [
        "c.date_earliest >= date('2020-05-08')",
        "c.date_earliest = c.date_latest",
        "r.first_on >= a.closed_on",
        "r.first_on >= '2020-05'",
        "c.date_earliest.year = $n",
        "c.date_earliest >= $day.date",
        "c.date_earliest >= $days[0]",
        "date(r.first_on) > date($day)",
        "c.date_earliest > $unknown",
        "c.name = '2020'",
        "toString(c.date_earliest) = '2020-05-08'",
        "c.date_earliest >= date.truncate('month', $day)",
        "c.date =~ '2020.*'",
        "(c)<-[:PILOTED]-() AND ()-->(c)",
        "c.date_earliest IS NOT NULL",
        "1 <",
        "c.date_latest - c.date_earliest < '1'",
        "'1' > c.date_latest - $day",
        "$day < c.date_latest + $span",
    ],
)
def test_what_can_fit_is_not_told(comparison: str) -> None:
    parameters = {"day": "2020-05-08", "n": 2020, "days": ["2020-05-08"]}
    assert mixed_comparisons(f"MATCH (c)-[r]-(a) WHERE {comparison}", parameters) == ()


def test_the_parameter_of_a_moment_is_no_day() -> None:
    assert mixed_comparisons("RETURN r.date_earliest = $day", {"day": MOMENT.date()}) == ()
