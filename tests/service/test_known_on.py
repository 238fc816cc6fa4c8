"""A series of a case as known on a day: later rows never change it, whichever series is chosen. No server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

import pytest

from graphsvc.access.gate.redact import Released
from graphsvc.analysis.surges.counts import Series
from graphsvc.service import SeriesChoice
from graphsvc.service.ask import Ask
from graphsvc.service.surges.over_time import OverTime

_COLUMNS = ("id", "date", "day", "launch_site", "landing_site", "people_count")
# Crossings from Dunkirk until 4 May, and from Calais on every day until 20 May.
CASE = [("d1", "2020-05-01", "Dunkirk"), ("d2", "2020-05-04", "Dunkirk")] + [
    (f"c{day}", f"2020-05-{day:02d}", "Calais") for day in range(1, 21)
]
LATER = [("d3", "2020-05-19", "Dunkirk")]
BY = {"launch": {"launch": "Dunkirk"}, "gang": {"gang": "g1"}}


class Asked:
    """Answers about a case of these crossings; one gang has a part in those from Dunkirk."""

    def __init__(self, crossings: Sequence[tuple[str, str, str]]) -> None:
        self._crossings = crossings

    def read(self, name: str, **_parameters: Any) -> Released:
        return self.rows(name)

    def rows(self, name: str, **_parameters: Any) -> Released:
        if name == "gangs.every_crossing":
            return Released(("crossing", "denied"), [(row[0], False) for row in self._crossings if row[2] == "Dunkirk"])
        return Released(_COLUMNS, [(*row[:2], row[1], row[2], "", 20) for row in self._crossings])


def series(crossings: Sequence[tuple[str, str, str]], **chosen: str) -> Series:
    over = OverTime(cast("Ask", Asked(crossings)))
    return over._chosen(SeriesChoice(**chosen))[0].series


@pytest.mark.parametrize("by", ["launch", "gang"])
@pytest.mark.parametrize("step", ["day", "week"])
@pytest.mark.parametrize("name", ["crossings", "people", "per_boat"])
def test_what_came_later_moves_nothing_of_what_was_known(by: str, step: str, name: str) -> None:
    chosen = {"name": name, "step": step, "until": "2020-05-12", **BY[by]}
    assert series(CASE, **chosen) == series(CASE + LATER, **chosen)


@pytest.mark.parametrize("chosen", [{}, *BY.values()])
def test_it_ends_where_the_case_was_watched_last(chosen: dict[str, str]) -> None:
    assert series(CASE, **chosen).last == dt.date(2020, 5, 20)
    assert series(CASE, until="2020-05-12", **chosen).last == dt.date(2020, 5, 12)
    assert series(CASE, until="2999-01-01", **chosen) == series(CASE, **chosen)


def test_a_mistyped_year_is_no_day_that_was_watched() -> None:
    far = [*CASE, ("x", "2199-05-01", "Calais")]
    assert series(far, launch="Dunkirk").last == series(far).last == dt.date(2020, 5, 20)
