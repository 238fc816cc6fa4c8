"""Reads a table of day counts from elsewhere, such as official figures, and reports every decision made in reading it.

Dates and numbers are as countries write them: `08.05.2020`, `5/8/2020`, `1.234`, `7,0`. Their meaning is settled for a
whole column, never cell by cell. A column that could mean two things is refused, and the message says what to do.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, cast

from graphsvc.errors import InputError
from graphsvc.ingest.csvtext import DELIMITERS, CsvPart
from graphsvc.ingest.day_cells import day_of, is_month, numeric_day
from graphsvc.ingest.figures import decimal_text, is_grouped, plain
from graphsvc.ingest.raw import Limits, NumberCell, RawTable
from graphsvc.ingest.readers import open_parts
from graphsvc.records.dates import day as day_words
from graphsvc.records.numbers import count, plural

if TYPE_CHECKING:
    from graphsvc.ingest.workbook import SheetPart

_WORKBOOK = b"PK\x03\x04"
# Words for a row of totals, in the languages around the Channel.
_TOTAL = re.compile(
    r"(?i)\W*(grand |sub)?(total|totals|sum|gesamt|summe|insgesamt|somme|ensemble|suma|totaal|totale)\b.*"
)
_NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "nan", "null", "none", ".", "..", ":", "x"})
_NUMBER = re.compile(r"[+-]?\d[\d.,'\u2019 \u00a0\u202f]*", re.ASCII)
_SIGNS = MappingProxyType({",": "comma", ".": "point"})
_LONGEST_DAYS = 40_000
# Larger than any count of a day, but smaller than numeric ids.
LARGEST_COUNT = 1_000_000_000
_MOST_COLUMNS = 40
_WEEK = 7
_MOST_NAMED = 3
# At most this many of the days with several rows are named.
_MOST_REPEATED = 10


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Contents of a day-count table.

    Attributes:
        first: its first day.
        step: 1, or 7 if its rows are weeks.
        columns: name → one number for each day or week from the first to the last; None: not known.
        notes: decisions, omissions and missing numbers, one sentence each.
    """

    first: dt.date
    step: int
    columns: dict[str, tuple[float | None, ...]]
    notes: tuple[str, ...]


def read_counts(path: Path, limits: Limits, *, empty: str = "") -> DayCounts:
    """Read the counts of a CSV file, or of a workbook's first visible sheet with a column of days.

    Args:
        path: the file.
        limits: limits on its size.
        empty: meaning of an empty cell, or a day without a row: `zero`, `unknown`, or empty to decide by the file.

    Raises:
        InputError: the file has no such table; the message names row, column and value, and says what to do.
    """
    table, notes = _table(path, limits)
    if len(table.header) > _MOST_COLUMNS:
        raise InputError(
            f"{table.file} has {len(table.header)} columns: keep the date and the counts, and load it again."
        )
    dates = _Dates(table)
    dated = dates.read()
    notes += dates.notes
    notes += _beyond(table, dated)
    first, last = min(day for day, _, _ in dated), max(day for day, _, _ in dated)
    if (last - first).days > _LONGEST_DAYS:
        raise InputError(
            f"{table.file} runs from {first} to {last}: one of these two days cannot be right. Correct it and load it again."
        )
    step = _step({day for day, _, _ in dated})
    repeated = _find_repeated(table.file, dated)
    columns = {}
    for place, name in enumerate(table.header):
        if place == dates.place or not any(len(cells) > place and cells[place] for _, _, cells in dated):
            continue
        column = _Column(table.file, name.strip() or f"column {place + 1}", place, dated)
        if not column.numeric:
            column.require_same_words(repeated)
            notes.append(f"The column {column.name!r} holds no numbers and is left out.")
            continue
        numbers, more_notes = column.byday_of(first, last, step, empty)
        if column.name in columns:
            raise InputError(f"{table.file} has two columns named {column.name!r}: rename one and load it again.")
        columns[column.name] = numbers
        notes += more_notes
    notes += [
        f"{day_words(day)} is given {len(lines)} times, in {_places(lines)}: the last row counts, as a revision."
        for day, lines in list(repeated.items())[:_MOST_REPEATED]
    ]
    if len(repeated) > _MOST_REPEATED:
        notes.append(f"{count(len(repeated) - _MOST_REPEATED, 'more day')} also given several times.")
    if not columns:
        raise InputError(
            f"{table.file} has no column of numbers next to {table.header[dates.place]!r}: a series needs a date and a count."
        )
    return DayCounts(first, step, columns, tuple(notes))


def _find_repeated(file: str, dated: list[Dated]) -> dict[dt.date, list[int]]:
    """Return day → its rows, for each day with several rows.

    Raises:
        InputError: most days have several rows, as in a list with a row for each boat.
    """
    rows: dict[dt.date, list[int]] = defaultdict(list)
    for day, line, _ in dated:
        rows[day].append(line)
    repeated = {day: lines for day, lines in sorted(rows.items()) if len(lines) > 1}
    if len(repeated) > max(len(rows) / 2, _MOST_NAMED):
        raise InputError(
            f"{file} has several rows for most days: add up the rows of each day, so that a day has one row, and load it again."
        )
    return repeated


def _table(path: Path, limits: Limits) -> tuple[RawTable, list[str]]:
    """Return the table of a file, with notes. A workbook is recognised by its first bytes; other files are text."""
    if not path.is_file():
        raise InputError(f"{path.name} is not there: name a .csv file or an .xlsx workbook.")
    if path.stat().st_size > limits.file_bytes:
        raise InputError(
            f"{path.name} is larger than {limits.file_bytes:,} bytes: keep the columns of dates and counts alone."
        )
    with path.open("rb") as stream:
        start = stream.read(1 << 16)
    if not start.strip():
        raise InputError(f"{path.name} is empty.")
    if start.startswith((_WORKBOOK, b"\xd0\xcf\x11\xe0")):
        return _sheet(path, limits)
    part = CsvPart(path.name, cast("Callable[[], BinaryIO]", lambda: path.open("rb")), limits)
    encoding = "utf-8" if start.startswith(b"\xff\xfe") or _is_utf8(start) else "cp1252"
    header = start.decode(encoding, "replace").lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=header.count)  # the first, if several are equally frequent
    return part.table("series", delimiter, encoding), []


def _sheet(path: Path, limits: Limits) -> tuple[RawTable, list[str]]:
    """Return the table of a workbook, with a note on the sheet it is from."""
    sheets = cast("list[SheetPart]", [part for part in open_parts(path, limits) if not isinstance(part, CsvPart)])
    filled = [sheet for sheet in sheets if sheet.records or sheet.fault]
    visible = [sheet for sheet in filled if not sheet.is_hidden]
    wanted = next(filter(_has_days, visible), visible[0] if visible else None)
    if wanted is None:
        hidden = "; its hidden sheets are not read" if filled else ""
        raise InputError(f"{path.name} holds no sheet with a table{hidden}: name a .csv file or an .xlsx workbook.")
    table = wanted.table("series")
    unread = [f"{sheet.name!r}{' (hidden)' if sheet.is_hidden else ''}" for sheet in filled if sheet is not wanted]
    if not unread:
        return table, []
    return table, [f"The sheet {wanted.name!r} was read. Not read: {', '.join(unread)}."]


def _has_days(sheet: SheetPart) -> bool:
    """Whether the readable part of a sheet has a column of days."""
    try:
        _Dates(replace(sheet, fault=None).table("series"))
    except InputError:
        return False
    return True


def _beyond(table: RawTable, dated: list[Dated]) -> list[str]:
    """Return a note on a workbook's cells without a column; in a text file such cells are parts of numbers.

    Raises:
        InputError: a row of a text file has more cells than columns.
    """
    width = len(table.header)
    lines = [line for _, line, cells in dated if any(cells[width:])]
    if not lines:
        return []
    if isinstance(table.rows, list):  # as those of a sheet are
        return [f"Cells without a name in the first row are left out: {_places(lines)}."]
    raise InputError(
        f"{table.file}, row {lines[0]} has more cells than the first row names columns. Put quotes around a cell with a comma in it, "
        f'such as "1,145", or separate the cells by semicolons.'
    )


def _is_utf8(start: bytes) -> bool:
    try:
        start.decode()
    except UnicodeDecodeError as error:
        return error.start > len(start) - 4  # cut within a character
    return True


def _strip(cell: str) -> str:
    return cell if isinstance(cell, NumberCell) else cell.strip()


Dated = tuple[dt.date, int, list[str]]


class _Dates:
    """The date column of a table, with the meaning of its cells."""

    def __init__(self, table: RawTable) -> None:
        self._table = table
        self._rows = [(line, [_strip(cell) for cell in cells]) for line, cells in table.rows]
        self.notes: list[str] = []
        self.place = self._column()

    def read(self) -> list[Dated]:
        """Return (day, line, cells) of each row with a day; rows of totals are left out, with a note.

        Raises:
            InputError: a row has no day, or its day is ambiguous.
        """
        order = self._order()
        dated: list[Dated] = []
        totals, months = [], []
        for line, cells in self._rows:
            cell = cells[self.place] if len(cells) > self.place else ""
            day = day_of(cell, order)
            if day is not None:
                dated.append((day, line, cells))
            elif _TOTAL.fullmatch(cell) or (not cell and any(map(_TOTAL.fullmatch, cells))):
                totals.append(line)
            elif is_month(cell):
                months.append(line)
            else:
                raise InputError(
                    f"{self._table.file}, row {line}, column {self._name!r}: {cell[:40]!r} is no day. Write it as 2020-05-08, or take the row out."
                )
        if months and dated:
            totals += months
        if not dated:
            raise InputError(f"{self._table.file} has no row with a day: a series needs counts by day or by week.")
        if totals:
            self.notes.append(f"{count(len(totals), 'row')} of totals left out: {_places(sorted(totals))}.")
        return dated

    @property
    def _name(self) -> str:
        return self._table.header[self.place]

    def _column(self) -> int:
        """Return the first column with days in at least half of its cells."""
        sample = self._rows[:200]
        for place in range(len(self._table.header)):
            cells = [cells[place] for _, cells in sample if len(cells) > place and cells[place]]
            dates = [cell for cell in cells if day_of(cell, "day") or day_of(cell, "month")]
            if dates and len(dates) * 2 >= len(cells):
                return place
        raise InputError(
            f"{self._table.file} has no column of days: the first row names the columns, and one of them holds days such as 2020-05-08 or 08/05/2020."
        )

    def _order(self) -> str:
        """Return `day` or `month`, whichever comes first in numeric dates, decided from all rows together."""
        cells = [(line, cells[self.place]) for line, cells in self._rows if len(cells) > self.place]
        numeric = [(line, match) for line, cell in cells if (match := numeric_day(cell))]
        if not numeric:
            return "day"
        days = [line for line, match in numeric if int(match["day"]) > 12]
        months = [line for line, match in numeric if int(match["month"]) > 12]
        if days and months:
            raise InputError(
                f"{self._table.file}, column {self._name!r}: in row {days[0]} the day comes first, in row {months[0]} the month. Write the days as 2020-05-08."
            )
        if not days and not months:
            return self._by_spacing(cells)
        order = "day" if days else "month"
        self.notes.append(f"Dates are read with the {order} first, as in row {(days or months)[0]}.")
        return order

    def _by_spacing(self, cells: list[tuple[int, str]]) -> str:
        """Return the order of day and month in which all dates span the fewest days."""
        spans = {}
        for order in ("day", "month"):
            days = sorted({day for _, cell in cells if (day := day_of(cell, order))})
            spans[order] = (days[-1] - days[0]).days if days else 0
        if spans["day"] == spans["month"]:
            raise InputError(
                f"{self._table.file}, column {self._name!r}: {cells[0][1][:20]!r} may be of two months. Write the days as 2020-05-08."
            )
        order = min(spans, key=lambda name: spans[name])
        self.notes.append(f"Dates are read with the {order} first: so the days lie closest together.")
        return order


def _step(days: set[dt.date]) -> int:
    """Return 7 if all days are whole weeks apart, otherwise 1."""
    first = min(days)
    return _WEEK if len(days) > _MOST_NAMED and all((day - first).days % _WEEK == 0 for day in days) else 1


class _Column:
    """One column of numbers, read in a single style."""

    def __init__(self, file: str, name: str, place: int, dated: list[Dated]) -> None:
        self._file, self.name = file, name[:100]
        self._cells = [(day, line, cells[place] if len(cells) > place else "") for day, line, cells in dated]
        filled = [cell for _, _, cell in self._cells if cell.casefold() not in _NOTHING]
        written = [(line, cell) for _, line, cell in self._cells if _NUMBER.fullmatch(cell) and not _is_number(cell)]
        numbers = len(written) + sum(map(_is_number, filled))
        self.numeric = bool(filled) and numbers > len(filled) / 2
        # Sign → the first row and cell with this sign, before decimals or between thousands.
        self._decimals, self._thousands = _signs(written)
        self._decimal = next(iter(self._decimals), "")

    def byday_of(
        self, first: dt.date, last: dt.date, step: int, empty: str
    ) -> tuple[tuple[float | None, ...], list[str]]:
        """Return one number for each day, and notes on them.

        Raises:
            InputError: a cell is not a number, is ambiguous, or is larger than any count.
        """
        self._require_one_way()
        readings: dict[dt.date, tuple[int, float]] = {}
        revised = []
        for day, line, cell in self._cells:
            if cell.casefold() in _NOTHING:
                continue
            number = self._number(cell, line)
            if abs(number) > LARGEST_COUNT:
                raise InputError(
                    f"{self._file}, row {line}, column {self.name!r}: {cell[:40]!r} is over {LARGEST_COUNT:,}, more than any count. Correct it, or take the column out if it holds ids."
                )
            if day in readings and readings[day][1] != number:
                before_line, before = readings[day]
                revised.append(
                    f"{self.name!r}: on {day_words(day)} {number:,.10g} (row {line}) replaces {before:,.10g} (row {before_line})."
                )
            readings[day] = line, number
        numbers_of = {day: number for day, (_, number) in readings.items()}
        places = (last - first).days // step + 1
        days = [first + dt.timedelta(days=step * place) for place in range(places)]
        as_zero = empty == "zero" or (
            not empty and not any(number == 0 for number in numbers_of.values()) and self._whole(numbers_of.values())
        )
        numbers = tuple(numbers_of.get(day, 0.0 if as_zero else None) for day in days)
        notes = [*revised[:_MOST_REPEATED], *self._column_notes(days, numbers_of, as_zero=as_zero, chosen=bool(empty))]
        return numbers, notes

    def require_same_words(self, repeated: Mapping[dt.date, list[int]]) -> None:
        """Raise InputError if a day's rows differ in this column: they are about different things, not revisions."""
        words: dict[dt.date, str] = {}
        for day, line, cell in self._cells:
            if day in repeated and words.setdefault(day, cell) != cell:
                raise InputError(
                    f"{self._file}, row {line}, column {self.name!r}: {day_words(day)} is given as {words[day][:40]!r} and as {cell[:40]!r}. "
                    "Add up the rows of that day, or keep the one that counts, and load it again."
                )

    def _column_notes(
        self, days: list[dt.date], numbers_of: dict[dt.date, float], *, as_zero: bool, chosen: bool
    ) -> Iterator[str]:
        missing = sum(day not in numbers_of for day in days)
        rows = {day for day, _, _ in self._cells}
        gaps = sum(day not in rows for day in days)
        if missing:
            of_them = f", {gaps} of them without a row" if gaps else ""
            why = (
                "as you said"
                if chosen
                else "since no 0 is written anywhere"
                if as_zero
                else "since a 0 is written where nothing came"
            )
            why = (
                why
                if chosen or as_zero or any(number == 0 for number in numbers_of.values())
                else "since its numbers are no counts"
            )
            yield f"{self.name!r}: {count(missing, 'day')} without a number{of_them} {plural(missing, 'is', 'are')} {'read as 0' if as_zero else 'not known'}, {why}."
        if self._decimal:
            yield f"{self.name!r}: the {_SIGNS[self._decimal]} stands before decimals."
        for sign, (line, cell) in self._thousands.items():
            yield f"{self.name!r}: the {_SIGNS[sign]} stands between thousands, as in row {line}: {cell[:40]!r}."

    @staticmethod
    def _whole(numbers: Iterable[float]) -> bool:
        return all(number >= 0 and number == int(number) for number in numbers)

    def _require_one_way(self) -> None:
        """Require one sign before decimals, and one between thousands, in all rows of the column.

        Raises:
            InputError: two signs have the same role.
        """
        for role, rows in (("before decimals", self._decimals), ("between thousands", self._thousands)):
            if len(rows) > 1:
                (sign, (line, cell)), (second_sign, (next_line, next_cell)) = rows.items()
                raise InputError(
                    f"{self._file}, column {self.name!r}: in row {line} the {_SIGNS[sign]} seems to stand {role} ({cell[:40]!r}), in row {next_line} the {_SIGNS[second_sign]} ({next_cell[:40]!r}). Write the numbers in one way, and load it again."
                )

    def _number(self, cell: str, line: int) -> float:
        if _is_number(cell):
            return float(cell)
        if not _NUMBER.fullmatch(cell):
            raise InputError(
                f"{self._file}, row {line}, column {self.name!r}: {cell[:40]!r} is no number. Correct it, or leave it empty where it is not known."
            )
        try:
            return float(decimal_text(cell, self._decimal))
        except ValueError:
            raise InputError(
                f"{self._file}, row {line}, column {self.name!r}: {cell[:40]!r} may be two numbers. Write it as the rest of the column, with nothing between thousands."
            ) from None


def _is_number(cell: str) -> bool:
    return isinstance(cell, NumberCell)


def _signs(cells: list[tuple[int, str]]) -> tuple[dict[str, tuple[int, str]], dict[str, tuple[int, str]]]:
    """Return the signs before decimals, and those between thousands: sign → the first row and cell that show it.

    A single sign with three digits after it may be either. It counts as between thousands unless another row shows
    otherwise.
    """
    decimals: dict[str, tuple[int, str]] = {}
    grouped: dict[str, tuple[int, str]] = {}
    for line, cell in cells:
        text = plain(cell).lstrip("+-")
        comma, point = text.rfind(","), text.rfind(".")
        if comma < 0 and point < 0:
            continue
        last = "," if comma > point else "."
        earlier_sign = "." if last == "," else ","
        is_decimal = text.count(last) == 1 and (earlier_sign in text or text.startswith("0") or not is_grouped(text))
        if is_decimal:
            decimals.setdefault(last, (line, cell))
        else:
            grouped.setdefault(last, (line, cell))
        if earlier_sign in text:
            grouped.setdefault(earlier_sign, (line, cell))
    return decimals, {sign: where for sign, where in grouped.items() if sign not in decimals}


def _places(lines: list[int]) -> str:
    text = ", ".join(f"row {line}" for line in lines[:_MOST_NAMED])
    return text + (f" and {len(lines) - _MOST_NAMED} more" if len(lines) > _MOST_NAMED else "")
