"""Reads XLSX workbooks: each sheet as a table of text. Formulas, errors and merged cells are refused by place."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import WorkSheetParser

from graphsvc.errors import InputError
from graphsvc.ingest.archive import check_archive, compose_name
from graphsvc.ingest.raw import PROGRESS_ROWS, Limits, MomentCell, NumberCell, Progress, RawTable, numbers, too_much

# Doctypes declare entities, and no workbook has one. openpyxl parses with defusedxml, which refuses entities; this
# check also works if an environment variable turns that off.
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Namespace of the Strict dialect, in which openpyxl finds no sheets.
_STRICT = b"/ooxml/spreadsheetml/main"
# Excel writes characters that XML cannot contain, and some that it can, as _x000D_.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_A_FORMAT = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_ZEROS = re.compile(r"0{2,}")
# Excel keeps 15 digits of a number; longer numbers have lost their last digits.
_DIGITS_KEPT = 10**15
# Characters of an ISO date.
_YEAR, _MONTH, _DAY, _TIME = 4, 7, 10, 16


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of a workbook, read.

    Attributes:
        name: the sheet's title.
        shown: `book.xlsx, sheet people`.
        records: (row number, cells) of each row that is not empty, as far as the sheet could be read.
        fault: why it could not be read to its end; None if it could.
        is_hidden: whether Excel hides it unless asked.
    """

    name: str
    shown: str
    records: list[tuple[int, list[str]]]
    fault: InputError | None = None
    is_hidden: bool = False

    def table(self, name: str, delimiter: str = ",", encoding: str = "utf-8", *, header: bool = True) -> RawTable:  # noqa: ARG002 - a sheet has neither
        """Return the sheet as the table `name`, as wide as its header or, without a header, as its widest row.

        Raises:
            InputError: it has no header row, or contents that a table cannot have.
        """
        if self.fault is not None:
            raise self.fault
        if not header:
            if not self.records:
                raise InputError(f"{self.shown} is empty: there is no row in it.")
            width = max(len(cells) for _, cells in self.records)
            return RawTable(name, self.shown, numbers(width), _pad(self.records, width), is_numbered=True)
        if not self.records or self.records[0][0] != 1:
            raise InputError(f"{self.shown}, row 1 is empty: the first row must name the columns.")
        names = self.records[0][1]
        return RawTable(name, self.shown, names, _pad(self.records[1:], len(names)))


def _pad(records: list[tuple[int, list[str]]], width: int) -> list[tuple[int, list[str]]]:
    """Fill rows with empty cells up to a width: in a sheet a row ends at its last filled cell."""
    return [(line, cells + [""] * (width - len(cells))) for line, cells in records]


def workbook_parts(
    path: Path, limits: Limits, progress: Progress | None = None, ignored: Collection[str] = ()
) -> list[SheetPart]:
    """Return every sheet of a workbook except those `ignored`. A sheet's own fault is raised by its `table` method.

    Raises:
        InputError: the workbook is damaged, too large or hostile.
    """

    def look(name: str, chunk: bytes) -> None:
        if name.endswith((".xml", ".rels")) and (_DOCTYPE.search(chunk) or b"\0" in chunk):
            raise InputError(
                f"{path.name} declares entities in {name!r}, as no workbook does: save it again from Excel."
            )
        if name.endswith("/workbook.xml") and _STRICT in chunk:
            raise InputError(f"{path.name} is saved as Strict Open XML: save it as Excel Workbook (.xlsx).")

    check_archive(path, limits, look)
    with path.open("rb") as stream, warnings.catch_warnings():
        # openpyxl warns of features that it drops (validation, themes), which hold no data.
        warnings.simplefilter("ignore")
        with _damage_named(path.name):
            book = openpyxl.load_workbook(stream, read_only=True, keep_links=False)
        with contextlib.closing(book):
            # A chart sheet has no table, but an unknown name must be refused like any other.
            wanted = [title for title in book.sheetnames if compose_name(title) not in ignored]
            return [_sheet(book, book[title], path.name, limits, progress) for title in wanted]


@contextlib.contextmanager
def _damage_named(label: str) -> Iterator[None]:
    """Turn any error of openpyxl on a damaged workbook into one clear sentence."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:
        raise InputError(
            f"{label} cannot be read as a workbook ({type(error).__name__}): save it again as .xlsx."
        ) from error


def _sheet(book: Any, sheet: Any, file: str, limits: Limits, progress: Progress | None) -> SheetPart:
    label = f"{file}, sheet {sheet.title}"
    records: list[tuple[int, list[str]]] = []
    texts = _Texts(sheet, label)
    fault = None
    rows = _rows(book, sheet, texts) if hasattr(sheet, "_get_source") else iter(())
    while True:
        try:
            number, cells = next(rows, (0, []))
        except InputError as error:
            # Raised only if the sheet is used: an unwanted sheet may have any contents.
            fault = error
            break
        if not number:
            break
        if cells:
            records.append((number, cells))
        if progress is not None and number % PROGRESS_ROWS == 0:
            progress(label, number)
        if len(records) > limits.rows:
            fault = too_much(label, f"has more than {limits.rows:,} rows")
            break
    by_number = dict(records)
    for number, column in texts.midnights():
        if number in by_number:
            cells = by_number[number]
            cells[column - 1] = MomentCell(dt.datetime.fromisoformat(cells[column - 1]))
    return SheetPart(compose_name(sheet.title), label, records, fault, sheet.sheet_state != "visible")


def _rows(book: Any, sheet: Any, texts: _Texts) -> Iterator[tuple[int, list[str]]]:
    """Yield rows from openpyxl's parser, because its reader silently drops rows and cells that are out of order."""
    label, last = texts.shown, 0
    with _damage_named(label), sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=False,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, row in parser.parse():
            if number <= last:
                raise InputError(f"{label}, row {number} is out of order: save the workbook again from Excel.")
            last = number
            yield number, texts.row(row)
        merged = getattr(parser.merged_cells, "mergeCell", None)
    if merged:
        raise InputError(
            f"{label} has merged cells ({merged[0].ref}): unmerge them, so that each row has its own values."
        )


class _Texts:
    """Cells of one sheet as text."""

    def __init__(self, sheet: Any, label: str) -> None:
        self._sheet = sheet
        self.shown = label
        self._formats: dict[int, str] = {}
        self._timed: set[int] = set()
        self._midnights: list[tuple[int, int]] = []

    def midnights(self) -> Iterator[tuple[int, int]]:
        """Yield (row, column) of midnights in columns with other times: elsewhere a midnight is just a day."""
        return ((row, column) for row, column in self._midnights if column in self._timed)

    def row(self, row: list[dict[str, Any]]) -> list[str]:
        """Return the texts of a row up to its last filled cell."""
        texts: list[str] = []
        for cell in row:
            if cell["value"] is None or cell["value"] == "":
                continue
            column = cell["column"]
            if column <= len(texts):
                raise self._refusal(cell, "stands out of order", "save the workbook again from Excel")
            texts.extend([""] * (column - 1 - len(texts)))
            texts.append(self._text(cell))
        while texts and not texts[-1]:
            texts.pop()
        return texts

    def _text(self, cell: dict[str, Any]) -> str:
        value, kind = cell["value"], cell["data_type"]
        if kind == "f":
            raise self._refusal(cell, "holds a formula", "copy the cells and paste them as values")
        if kind == "e":
            raise self._refusal(cell, f"holds the error {value}", "correct or clear it")
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | float):
            return self._number(cell, value)
        if isinstance(value, dt.datetime):
            return self._date(cell, value)
        if isinstance(value, dt.date | dt.time):
            return value.isoformat()
        return _ESCAPED.sub(_unescape, str(value)).replace("\r\n", "\n")

    def _number(self, cell: dict[str, Any], value: float) -> str:
        if abs(value) >= _DIGITS_KEPT:
            raise self._refusal(
                cell,
                "holds a number of more than 15 digits, of which Excel keeps 15",
                "type it again in a cell formatted as text",
            )
        if value != int(value):
            return NumberCell(repr(value))
        # A format of zeros alone is for numbers with leading zeros, such as phone or file numbers.
        number_format = self._format(cell)
        zeros = len(number_format) if _ZEROS.fullmatch(number_format) and value >= 0 else 0
        return NumberCell(str(int(value)).zfill(zeros))

    def _date(self, cell: dict[str, Any], value: dt.datetime) -> str:
        """Return a date as precise as the cell shows it: Excel turns a typed "2020-05" into 1 May and shows "May-20".

        A cell that holds more than it shows (8 May, shown as "May-20") is returned in full.
        """
        precision = _precision(self._format(cell))
        value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
        if value.time() != dt.time():
            self._timed.add(cell["column"])
            return MomentCell(value)
        if precision == _TIME:
            self._midnights.append((cell["row"], cell["column"]))
        first = value.day == 1 and (precision == _MONTH or value.month == 1)
        return value.date().isoformat()[: min(precision, _DAY) if first else _DAY]

    def _format(self, cell: dict[str, Any]) -> str:
        style = cell["style_id"]
        if style not in self._formats:
            self._formats[style] = str(ReadOnlyCell(self._sheet, **cell).number_format)
        return self._formats[style]

    def _refusal(self, cell: dict[str, Any], problem: str, way_out: str) -> InputError:
        place = f"{get_column_letter(cell['column'])}{cell['row']}"
        return InputError(f"{self.shown}, cell {place} {problem}: {way_out}.")


@functools.lru_cache(1024)
def _precision(number_format: str) -> int:
    r"""Return how many characters of an ISO date a number format shows: 4 year, 7 month, 10 day, 16 time of day.

    Example:
        >>> _precision("mmm\\-yy"), _precision("yyyy"), _precision("dd/mm/yyyy hh:mm"), _precision("dd.mm.yy")
        (7, 4, 16, 10)
    """
    codes = _NOT_A_FORMAT.sub("", number_format.split(";")[0]).lower()
    if "h" in codes:
        return _TIME
    if "d" in codes or "y" not in codes:
        return _DAY
    return _MONTH if "m" in codes else _YEAR


def _unescape(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    allowed = chr(code) in "\t\n\r" or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return chr(code) if allowed else match[0]
