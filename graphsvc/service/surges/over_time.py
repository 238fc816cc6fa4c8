"""Series over time as one reader may see them: of the crossings of the case, and brought in; and what stands out in them."""

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
from graphsvc.views.surges.answer import SurgeAnswer, answered


@dataclass(frozen=True, slots=True)
class SeriesChoice:
    """Which series is asked for.

    Attributes:
        name: `crossings`, `people`, `per_boat`, or a reference series.
        step: `day` or `week`.
        launch, landing: only crossings from or to a site of this name. gang: only those it or its people had a hand in, by id.
        column: of a reference series; empty: the first. condition: the column it is held against; empty: none.
        until: as it was known at the end of this day, `2020-05-08`; empty: all of it.
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
    """A series that was chosen: its counts, what they are of, and what has to be said of it."""

    series: Series
    counted: str
    notes: tuple[str, ...]


class SurgeCaches(Caches):
    """What stands out in series of cases."""

    def __init__(self) -> None:
        self.answers: Cache[SurgeAnswer] = Cache(16)


class OverTime:
    """Series of one case, and what stands out in them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    @cached_property
    def reference(self) -> ReferenceSeries:
        """Series that were brought in as files."""
        return ReferenceSeries(self._ask)

    def series(self, choice: SeriesChoice) -> ChosenSeries:
        """The counts of a series.

        Raises:
            NotFound: there is no such series, or nothing in it for this reader. RequestError: the choice makes no sense.
        """
        with self._ask.look("read", query="series") as outcome:
            chosen, _ = self._chosen(choice)
            outcome["rows"] = len(chosen.series.counts)
        return chosen

    def surges(self, choice: SeriesChoice) -> SurgeAnswer:
        """What stands out in a series: see `views.surges.answer`.

        Raises:
            NotFound, RequestError: as `series`.
        """
        with self._ask.look("read", query="surges") as outcome:
            chosen, stored = self._chosen(choice)
            case, version, handling, sources = self._ask.state
            key = (case, version, handling, sources, stored, repr(choice))

            def compute() -> SurgeAnswer:
                return answered(
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
        """How many crossings of the case are on each day, in the order of the days."""
        return per_day(self._crossings())

    def sites(self) -> dict[str, list[str]]:
        """`launch` and `landing` → the names of the sites of crossings, in their order."""
        rows = self._crossings()
        return {
            end: sorted({row[f"{end}_site"] for row in rows if row[f"{end}_site"]}) for end in ("launch", "landing")
        }

    # -- how --------------------------------------------------------------------------------------------------

    def _chosen(self, choice: SeriesChoice) -> tuple[ChosenSeries, str]:
        """The series, and the id of the reference series it is of."""
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
        stored = self.reference.named(choice.name)
        if choice.until:
            stored = as_known(stored, typed_date(choice.until).latest)
        series, column = of_stored(stored, choice.column, choice.condition)
        # What came later is left out first: a week that was not over then is none.
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
        # What was said of other columns is left out.
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
        # Days after the last crossing of the case that was known by then are not known to be watched, whatever is chosen of it.
        watched = of_crossings(every)
        series = of_crossings(rows, measure=name, step=choice.step, until=watched.last if watched else None)
        if series is None:
            raise NotFound("No crossing that you can see in this case stands on a day and fits what is asked for.")
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
        """All crossings that this reader may see: a series that ends before the newest one hides what goes on."""
        return self._ask.read("cases.crossings", action="read", whole=True).dicts()

    @staticmethod
    def _day(choice: SeriesChoice, first: dt.date) -> dt.date | None:
        """The day at whose end it is asked what was known of a series whose first count is known from `first` on; None: all of it."""
        if not choice.until:
            return None
        day = typed_date(choice.until).latest
        if day < first:
            raise RequestError(
                f"{choice.until[:40]!r} is no day on which anything of this series was known. Take {first} or a later day."
            )
        return day


def columns_of(answer: ChosenSeries) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns and rows of a series as a table: `day`, `count`, and `condition` where there is one."""
    series = answer.series
    days = [series.day(place) for place in range(len(series.counts))]
    if series.condition:
        return ["day", "count", "condition"], list(zip(days, series.counts, series.condition, strict=True))
    return ["day", "count"], list(zip(days, series.counts, strict=True))
