"""The complete lists of a case's crossings and workplaces for one reader, kept until the case changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphsvc.cases.cache import CLEARANCES, Cache, Caches
from graphsvc.cases.gc_pause import lasting
from graphsvc.service.ask import Ask
from graphsvc.views.charts import Timeline, timeline
from graphsvc.views.lists import DayCount, ListedRow, count_days, listed_crossings, listed_workplaces

_RESULTS = 64


@dataclass(frozen=True, slots=True)
class CrossingsOverTime:
    """All crossings of a case in a few figures.

    Attributes:
        timeline: number of crossings over time.
        people: sum of the recorded head counts; None without head counts. People who are recorded individually are
            not counted here.
        counted: number of crossings with a head count.
        days: counts of each day with a crossing, in order.
    """

    timeline: Timeline
    people: int | None
    counted: int
    days: Mapping[dt.date, DayCount]


class ListCaches(Caches):
    """Lists of cases."""

    def __init__(self) -> None:
        self.crossings: Cache[list[ListedRow]] = Cache(CLEARANCES)
        self.workplaces: Cache[list[ListedRow]] = Cache(CLEARANCES)
        self.over_time: Cache[CrossingsOverTime] = Cache(_RESULTS)


class CaseLists:
    """The lists of one case, open to every reader of the case; each access is logged, even if cached."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._caches = ask.home.caches(ListCaches)

    def crossings(self) -> list[ListedRow]:
        """Return every crossing with the people behind it, by day. People with a belief below a quarter are left out.

        Raises:
            Busy: the case is being imported, or changed during the read.
            OperatorError: it has more rows than may be read.
        """
        return self._read_list("crossings", self._caches.crossings, self._list_crossings)

    def workplaces(self) -> list[ListedRow]:
        """Return every workplace with its controllers and managers, most people first. Raises as `crossings`."""
        return self._read_list("workplaces", self._caches.workplaces, self._list_workplaces)

    def over_time(self) -> CrossingsOverTime:
        """Return all crossings over time. Raises as `crossings`."""
        with self._ask.look("read", query="crossings"):
            return self._caches.over_time.of(self._ask.state, self._count)

    def _read_list(
        self, query: str, cache: Cache[list[ListedRow]], read: Callable[[], list[ListedRow]]
    ) -> list[ListedRow]:
        with self._ask.look("read", query=query) as outcome:
            rows = cache.of(self._ask.state, read)
            outcome["rows"] = len(rows)
        return rows

    @lasting()
    def _list_crossings(self) -> list[ListedRow]:
        return listed_crossings(self._whole("cases.crossings"), self._whole("cases.parts"))

    @lasting()
    def _list_workplaces(self) -> list[ListedRow]:
        return listed_workplaces(self._whole("cases.workplaces"), self._whole("cases.parts"))

    def _count(self) -> CrossingsOverTime:
        listed = self._caches.crossings.there(self._ask.state)
        rows = self._whole("cases.crossings") if listed is None else [crossing.row for crossing in listed]
        counted = [row["people_count"] for row in rows if row["people_count"] is not None]
        return CrossingsOverTime(timeline(rows), sum(counted) if counted else None, len(counted), count_days(rows))

    def _whole(self, name: str) -> list[dict[str, Any]]:
        """Return all rows of a query. Complete lists may be seen without the right to analyse."""
        return self._ask.read(name, action="read", whole=True).dicts()
