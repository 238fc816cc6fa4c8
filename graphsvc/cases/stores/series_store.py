"""Stores reference series (day counts imported from a file), sealed because people typed their names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decisions.own_words import Withhold, for_others, words_for
from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.appdb import tables, transaction
from graphsvc.appdb.rows import fill

_ROW = tables.reference_series
_SERIES = StoredRows(_ROW)


@dataclass(frozen=True, slots=True)
class Revision:
    """A number that a later file replaced.

    Attributes:
        day: day of the number.
        column: index of its column.
        before: the number that was replaced; None: not known.
        on: day on which the later figures were published.
    """

    day: dt.date
    column: int
    before: float | None
    on: dt.date


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """A reference series.

    Attributes:
        id: its random id.
        name: the name under which it is requested.
        account: the account that imported it.
        at: time of the import (UTC).
        handling: `P` or `C`.
        columns: names of its columns.
        notes: notes on the file, one sentence each.
        first: its first day.
        step: number of days that each number covers.
        numbers: one list per column, one number per step, None where it is not known.
        revisions: numbers replaced since the series was first imported, the earliest first.
    """

    id: str
    name: str
    account: str
    at: dt.datetime
    handling: str
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    first: dt.date
    step: int
    numbers: tuple[tuple[float | None, ...], ...]
    revisions: tuple[Revision, ...] = ()


class SeriesStore:
    """The reference series of one case, under its key."""

    def __init__(self, database: sa.Engine, case: str, key: bytes) -> None:
        self._database, self._case, self._key = database, case, key

    def all_at(self, handling: str, reader: str) -> list[StoredSeries]:
        """Return the series visible at a handling code, as one account reads them, sorted by name and handling code."""
        codes = ("P", "C") if handling == "C" else ("P",)
        rows = _SERIES.newest(self._database, _ROW.c.case_id == self._case, _ROW.c.handling.in_(codes))
        return sorted(
            (self._series(row, handling, reader) for row in rows),
            key=lambda series: (series.name.casefold(), series.handling),
        )

    def keep(self, series: StoredSeries, withhold: Withhold, replacing: str = "") -> None:
        """Store a series, in place of the one with id `replacing` if given; `withhold` hides its words from others."""
        values = {
            "id": series.id,
            "case_id": self._case,
            "account": series.account,
            "at": series.at,
            "handling": series.handling,
            # Lists, not objects, because masking changes every text, names of fields included.
            "words_sealed": for_others([series.name, list(series.columns), list(series.notes)], withhold),
            "counts_sealed": [
                series.first.isoformat(),
                series.step,
                [list(column) for column in series.numbers],
                [[each.day.isoformat(), each.column, each.before, each.on.isoformat()] for each in series.revisions],
            ],
        }
        with transaction(self._database) as connection:
            connection.execute(_ROW.delete().where(_ROW.c.id == replacing, _ROW.c.case_id == self._case))
            _SERIES.add(connection, self._key, **values)

    def remove(self, identifier: str) -> None:
        """Remove a series for good."""
        with transaction(self._database) as connection:
            connection.execute(_ROW.delete().where(_ROW.c.id == identifier, _ROW.c.case_id == self._case))

    def _series(self, row: sa.Row[Any], handling: str, reader: str) -> StoredSeries:
        words = _SERIES.words(self._key, row, "words_sealed")
        name, columns, notes = words_for(words, mine=row.account == reader, level=handling)
        # Series imported before revisions were kept have none.
        first, step, numbers, *revisions = _SERIES.words(self._key, row, "counts_sealed")
        return fill(
            StoredSeries,
            row,
            name=name,
            columns=tuple(columns),
            notes=tuple(notes),
            first=dt.date.fromisoformat(first),
            step=step,
            numbers=tuple(map(tuple, numbers)),
            revisions=tuple(
                Revision(dt.date.fromisoformat(day), column, before, dt.date.fromisoformat(on))
                for revised in revisions
                for day, column, before, on in revised
            ),
        )
