"""Series over time for one reader, from the crossings of the case or from imported files, and their outliers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphsvc.analysis.surges.counts import MEASURES, STEPS, Series, by_week, known_by, of_crossings, per_day
from graphsvc.cases.cache import Cache, Caches
from graphsvc.errors import NotFound, RequestError
from graphsvc.records.dates import typed_date
from graphsvc.records.numbers import count, plural
from graphsvc.service.ask import Ask
from graphsvc.service.surges.reference import ReferenceSeries, as_known, of_stored
from graphsvc.views.surges.answer import SurgeAnswer, compute_answer


@dataclass(frozen=True, slots=True)
class SeriesChoice:
    """Choice of a series and of a part of it.

    Attributes:
        name: `crossings`, `people`, `per_boat`, or a reference series.
        step: `day` or `week`.
        launch, landing: only crossings from or to a site of this name.
        gang: a gang's id; only crossings in which the gang or its people took part.
        column: column of a reference series; empty for the first.
        condition: column of a reference series that describes conditions on the days; empty for none.
        until: use only data known at the end of this day, such as `2020-05-08`; empty for all data.
    """

    name: str = "crossings"
    step: str = "day"
    launch: str = ""
    landing: str = ""
    gang: str = ""
    column: str = ""
    condition: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class ChosenSeries:
    """A chosen series, the thing it counts in words, and remarks on it."""

    series: Series
    counted: str
    notes: tuple[str, ...]


class SurgeCaches(Caches):
    """Outliers in series of cases."""

    def __init__(self) -> None:
        self.answers: Cache[SurgeAnswer] = Cache(16)


class OverTime:
    """Series of one case, and their outliers."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    @cached_property
    def reference(self) -> ReferenceSeries:
        """Series imported from files."""
        return ReferenceSeries(self._ask)

    def series(self, choice: SeriesChoice) -> ChosenSeries:
        """Return the counts of a series.

        Raises:
            NotFound: there is no such series, or nothing in it that this reader may see.
            RequestError: the choice is invalid.
        """
        with self._ask.look("read", query="series") as outcome:
            chosen, _ = self._chosen(choice)
            outcome["rows"] = len(chosen.series.counts)
        return chosen

    def surges(self, choice: SeriesChoice) -> SurgeAnswer:
        """Return outliers of a series: see `views.surges.answer`.

        Raises:
            NotFound, RequestError: as `series`.
        """
        with self._ask.look("read", query="surges") as outcome:
            chosen, stored = self._chosen(choice)
            case, version, handling, sources = self._ask.state
            key = (case, version, handling, sources, stored, repr(choice))

            def compute() -> SurgeAnswer:
                return compute_answer(
                    chosen.series,
                    name=choice.name,
                    counted=chosen.counted,
                    condition=choice.condition,
                    notes=chosen.notes,
                )

            answer = self._ask.home.caches(SurgeCaches).answers.of(key, compute)
            outcome["rows"] = len(answer.days)
        return answer

    def crossing_days(self) -> Mapping[dt.date, int]:
        """Return the number of crossings of the case on each day, in order of days."""
        return per_day(self._crossings())

    def sites(self) -> dict[str, list[str]]:
        """Map `launch` and `landing` to the sorted names of these sites of all crossings."""
        rows = self._crossings()
        return {
            end: sorted({row[f"{end}_site"] for row in rows if row[f"{end}_site"]}) for end in ("launch", "landing")
        }

    # -- helpers ----------------------------------------------------------------------------------------------

    def _chosen(self, choice: SeriesChoice) -> tuple[ChosenSeries, str]:
        """Return the series, and the id of the reference series it comes from, if any."""
        if choice.step not in STEPS:
            raise RequestError(f"A series is by {' or '.join(STEPS)}, not by {choice.step[:40]!r}.")
        name = choice.name.strip().casefold()
        if name in MEASURES:
            if choice.column or choice.condition:
                raise RequestError("Columns are of a series that was brought in; the crossings of the case have none.")
            return self._of_case(choice, name), ""
        if choice.launch or choice.landing or choice.gang:
            raise RequestError(
                "Sites and gangs are of the crossings of the case; a series that was brought in has none."
            )
        stored = self.reference.find_series(choice.name)
        if choice.until:
            stored = as_known(stored, typed_date(choice.until).latest)
        series, column = of_stored(stored, choice.column, choice.condition)
        # Later days are removed before weeks are formed, so that a week that was unfinished on that day is left out.
        day = self._day(choice, series.day(1) - dt.timedelta(days=1))
        series = series.until(day) if day else series
        if choice.step == "week" and series.step == 1:
            try:
                series = by_week(series)
            except ValueError:
                by_then = f" by {series.last}" if choice.until else ""
                raise RequestError(
                    f"The series {stored.name!r} holds no whole week{by_then}. Ask for it by day."
                ) from None
        # Without remarks on columns that were not chosen.
        named = tuple(f"{name!r}:" for name in stored.columns if name not in (column, choice.condition))
        notes = tuple(note for note in stored.notes if not note.startswith(named)) if named else stored.notes
        return ChosenSeries(series, column.replace("_", " "), notes), stored.id

    def _of_case(self, choice: SeriesChoice, name: str) -> ChosenSeries:
        every: Sequence[Mapping[str, Any]] = self._crossings()
        rows = every
        for end, wanted in (("launch", choice.launch), ("landing", choice.landing)):
            if wanted:
                rows = [row for row in rows if (row[f"{end}_site"] or "").casefold() == wanted.strip().casefold()]
        theirs: dict[str, bool] = {}
        if choice.gang:
            answer = self._ask.rows("gangs.every_crossing", gang=choice.gang.strip()).dicts()
            theirs = {row["crossing"]: row["denied"] for row in answer}
            rows = [row for row in rows if row["id"] in theirs]
        days = per_day(rows)
        day = self._day(choice, min(days)) if days else None
        if day is not None:
            every, rows = known_by(every, day), known_by(rows, day)
        # Series end on the day of the case's last crossing known by then, so that later days do not count as 0.
        watched = of_crossings(every)
        series = of_crossings(rows, measure=name, step=choice.step, until=watched.last if watched else None)
        if series is None:
            raise NotFound("No crossing that you can see has a date to the day and matches.")
        notes = []
        if contested := sum(theirs.get(row["id"], False) for row in rows):
            them = plural(contested, "it", "them")
            notes.append(
                f"Of {contested:,} of {count(len(rows), 'crossing')} it is contested that this gang had a hand in {them}."
            )
        uncounted = sum(row["people_count"] is None for row in rows)
        if uncounted and name != "crossings":
            notes.append(f"Of {uncounted:,} of {len(rows):,} crossings nobody counted the people.")
        return ChosenSeries(series, MEASURES[name], tuple(notes))

    def _crossings(self) -> Sequence[Mapping[str, Any]]:
        """Return all crossings visible to this reader. None are cut, as this would hide current events."""
        return self._ask.read("cases.crossings", action="read", whole=True).dicts()

    @staticmethod
    def _day(choice: SeriesChoice, first: dt.date) -> dt.date | None:
        """Return the last day of known data; None for all data. `first` is the earliest day that may be chosen."""
        if not choice.until:
            return None
        day = typed_date(choice.until).latest
        if day < first:
            raise RequestError(
                f"{choice.until[:40]!r} is no day on which anything of this series was known. Take {first} or a later day."
            )
        return day


def columns_of(answer: ChosenSeries) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the column names (`day`, `count` and, if present, `condition`) and rows of a series as a table."""
    series = answer.series
    days = [series.day(place) for place in range(len(series.counts))]
    if series.condition:
        return ["day", "count", "condition"], list(zip(days, series.counts, series.condition, strict=True))
    return ["day", "count"], list(zip(days, series.counts, strict=True))
