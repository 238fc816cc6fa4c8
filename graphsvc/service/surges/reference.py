"""Reference series: daily counts from elsewhere, imported from a file, listed and removed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from graphsvc.access.log.audit import now
from graphsvc.analysis.surges.counts import MEASURES, Series
from graphsvc.appdb.rows import new_id
from graphsvc.cases.stores.series_store import Revision, SeriesStore, StoredSeries
from graphsvc.errors import NotFound, RequestError
from graphsvc.ingest.day_counts import LARGEST_COUNT, read_counts
from graphsvc.ingest.raw import Limits
from graphsvc.records.dates import day as day_words
from graphsvc.records.dates import typed_date
from graphsvc.records.numbers import count
from graphsvc.service.ask import Ask

# Limits of one file, and the maximum number of series per case.
MOST_BYTES = 1 << 20
_MOST_ROWS, _MOST_CELL, _MOST_SERIES = 50_000, 1_000, 50
_LONGEST_NAME = 60
# Maximum number of revised numbers listed in the notes.
_MOST_NOTED = 10
EMPTY = ("", "zero", "unknown")


class ReferenceSeries:
    """The reference series of one case, as far as the reader is cleared for them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def list_series(self) -> list[StoredSeries]:
        """Return all series that the reader is cleared for, by name.

        Raises:
            Refused, NotFound: no role of this person may read cases, or they may not see this case.
        """
        with self._ask.act("read", step="list series"):
            return self._there()

    def load(
        self,
        path: Path,
        name: str,
        *,
        handling: str = "",
        empty: str = "",
        replace: bool = False,
        published: str = "",
    ) -> StoredSeries:
        """Import the counts of a file. The `notes` of the series record how the file was interpreted.

        Args:
            path: a .csv file or an .xlsx workbook, of 1 MiB at most.
            name: name of the series, 1 to 60 characters.
            handling: handling code of the series: `P` or `C`; empty for the highest code the importer is cleared
                for.
            empty: meaning of a cell without a number and of a day without a row: `zero` or `unknown`; empty to infer it
                from the file.
            replace: replace an existing series of this name. The earlier values of changed numbers are kept.
            published: the day on which these numbers were published, such as `2020-06-01`; empty for today.

        Raises:
            InputError: the file cannot be read; the message says where.
            RequestError: the name or another argument is wrong.
            Refused: no role of this person may import.
        """
        with self._ask.act("load", step="series") as outcome:
            name, handling = name.strip(), handling or self._ask.grant.handling
            self._require(name, handling, empty)
            on = _day_of(published)
            all_series = self._there()
            same = next((series for series in all_series if series.name.casefold() == name.casefold()), None)
            if same is not None and not replace:
                raise RequestError(
                    f"There is a series {same.name!r} in this case. Load it under another name, or replace it."
                )
            if same is None and len(all_series) >= _MOST_SERIES:
                raise RequestError(
                    f"There are {len(all_series)} series in this case, which is the most there may be. Remove some."
                )
            counts = read_counts(path, Limits(MOST_BYTES, _MOST_CELL, _MOST_ROWS), empty=empty)
            series = StoredSeries(
                new_id(),
                name,
                self._ask.principal.name,
                now(),
                handling,
                tuple(counts.columns),
                counts.notes,
                counts.first,
                counts.step,
                tuple(counts.columns.values()),
            )
            if same is not None and (handling == "C" or same.handling == "P"):
                # Otherwise readers cleared for P alone could see numbers under C as earlier values of revised ones.
                series = _revise(series, same, on)
            self._store().keep(series, self._ask.withhold(), replacing=same.id if same else "")
            outcome["rows"] = len(series.numbers[0])
        return series

    def remove(self, name: str) -> None:
        """Remove a series for good.

        Raises:
            NotFound: there is no series of this name.
            Refused: no role of this person may import.
        """
        with self._ask.act("load", step="remove series"):
            self._store().remove(self.find_series(name).id)

    def find_series(self, name: str) -> StoredSeries:
        """Return the series of this name.

        Raises:
            NotFound: there is no series of this name that the reader is cleared for.
        """
        all_series = self._there()
        for series in all_series:
            if series.name.casefold() == name.strip().casefold():
                return series
        names = ", ".join([*MEASURES, *(series.name for series in all_series)])
        raise NotFound(f"There is no series {name.strip()[:60]!r} that you can see in this case. There are: {names}.")

    def _store(self) -> SeriesStore:
        return SeriesStore(self._ask.database, self._ask.case, self._ask.key)

    def _there(self) -> list[StoredSeries]:
        return self._store().all_at(self._ask.grant.handling, self._ask.principal.name)

    def _require(self, name: str, handling: str, empty: str) -> None:
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise RequestError(f"A series has a name of 1 to {_LONGEST_NAME} printable characters.")
        if name.casefold() in MEASURES:
            raise RequestError(f"{name!r} is a series of the case itself. Choose another name.")
        if handling not in ("P", "C") or (handling == "C" and self._ask.grant.handling != "C"):
            raise RequestError("A series is of handling code P, or C where you are cleared for C.")
        if empty not in EMPTY:
            raise RequestError("What is empty is read as zero or as unknown, or as the file shows.")


def as_known(stored: StoredSeries, day: dt.date) -> StoredSeries:
    """Return a series as known at the end of a day, with a note for each number revised since.

    Args:
        stored: the reference series.
        day: the day. Numbers for later days are left as they are.
    """
    numbers = [list(column) for column in stored.numbers]
    notes = []
    # Newest first: the first revision after that day has the value known then, so it must be applied last.
    for each in sorted(stored.revisions, key=lambda each: each.on, reverse=True):
        place = (each.day - stored.first).days // stored.step
        if each.on > day >= each.day and 0 <= place < len(numbers[each.column]):
            numbers[each.column][place] = each.before
            notes.append(
                f"{stored.columns[each.column]!r}: {day_words(each.day)} was {_number(each.before)} until {day_words(each.on)}."
            )
    return replace(stored, numbers=tuple(map(tuple, numbers)), notes=(*stored.notes, *sorted(notes)))


def _revise(series: StoredSeries, earlier: StoredSeries, on: dt.date) -> StoredSeries:
    """Record the numbers of an earlier series that a new one revises."""
    if series.step != earlier.step:
        return series
    revisions, notes = [], []
    for old, name in enumerate(earlier.columns):
        if name not in series.columns:
            continue
        column = series.columns.index(name)
        revisions += [replace(each, column=column) for each in earlier.revisions if each.column == old]
        now_at = dict(zip(_days(series), series.numbers[column], strict=True))
        for day, before in zip(_days(earlier), earlier.numbers[old], strict=True):
            if day in now_at and now_at[day] != before:
                revisions.append(Revision(day, column, before, on))
                notes.append(f"{name!r}: {day_words(day)} is {_number(now_at[day])}, and was {_number(before)} before.")
    more = [f"{count(len(notes) - _MOST_NOTED, 'more number')} revised."] if len(notes) > _MOST_NOTED else []
    return replace(series, revisions=tuple(revisions), notes=(*series.notes, *notes[:_MOST_NOTED], *more))


def _days(series: StoredSeries) -> list[dt.date]:
    return [series.first + dt.timedelta(days=series.step * place) for place in range(len(series.numbers[0]))]


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.10g}"


def _day_of(published: str) -> dt.date:
    today = now().date()
    date = typed_date(published) if published.strip() else None
    if date is None:
        return today
    if date.earliest != date.latest or date.latest > today:
        raise RequestError(
            f"{published.strip()[:40]!r} is no day up to today on which figures can have been published."
        )
    return date.latest


def of_stored(stored: StoredSeries, column: str = "", condition: str = "") -> tuple[Series, str]:
    """Return a column of a reference series as a series, with another column as its condition; also return its name.

    Args:
        stored: the reference series.
        column: the name of the column, or how it begins; empty for the first.
        condition: name of the column that describes conditions on the days; empty for none.

    Raises:
        RequestError: there is no such column, or its values are not counts.
    """
    place = _place(stored, column) if column else 0
    numbers, name = stored.numbers[place], stored.columns[place]
    if any(number is not None and not (0 <= number <= LARGEST_COUNT and number == int(number)) for number in numbers):
        raise RequestError(
            f"The column {name!r} of {stored.name!r} holds numbers that are no counts. Its columns: {_columns(stored)}."
        )
    series = Series(
        stored.first,
        tuple(None if number is None else int(number) for number in numbers),
        stored.numbers[_place(stored, condition)] if condition else (),
        stored.step,
    )
    first = next((at for at, number in enumerate(series.counts) if number), 0)
    # Days before the first count are removed: counting had not begun, and zeros would lower all expected values.
    return Series(series.day(first), series.counts[first:], series.condition[first:], series.step), name


def _place(stored: StoredSeries, column: str) -> int:
    wanted = column.strip().casefold()
    exact = [place for place, name in enumerate(stored.columns) if name.casefold() == wanted]
    begun = [place for place, name in enumerate(stored.columns) if name.casefold().startswith(wanted)]
    places = exact or begun
    if len(places) != 1:
        raise RequestError(
            f"The series {stored.name!r} has no column {column.strip()[:60]!r}. Its columns: {_columns(stored)}."
        )
    return places[0]


def _columns(stored: StoredSeries) -> str:
    return ", ".join(stored.columns)
