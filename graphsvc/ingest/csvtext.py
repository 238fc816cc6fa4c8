"""Reads CSV text: bytes → records with the physical line on which they begin, with every fault of the text named.

The `csv` module does the work. Where that module gives up, the record is read again here, slowly and exactly: to skip a
cell that is too long without keeping it in memory, or to name the fault.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from graphsvc.errors import InputError
from graphsvc.ingest.raw import Limits, RawTable, numbers, too_large, too_much

_UTF8_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = {b"\xff\xfe\0\0": "UTF-32", b"\0\0\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_QUOTED = re.compile(r'(?:[^"]|"")*+')
# The csv module lists all cells of a line before they can be counted: the slow reader reads longer lines.
_LONG_LINE = 1_000_000
_MOST_CELLS = 10_000
# Maximum lines read per row allowed: a file of line ends alone would take minutes and contain no row.
_LINES_FOR_A_ROW = 4


# First line from which Excel reads the delimiter, without showing it.
_HINT = re.compile(rb'(?:\xef\xbb\xbf)?(?P<quote>"?)sep=(?P<sign>[^\w\s"]|\t)(?P=quote)\r?\n?', re.IGNORECASE)
_HINT_BYTES = 16


# Delimiter → its name.
DELIMITERS = {";": "semicolons", "\t": "tabs", ",": "commas", "|": "vertical bars"}


def other_delimiter(header: list[str]) -> tuple[str, str]:
    """Return the likely delimiter of a header that was read as one cell, and its name; empty if no sign fits.

    Example:
        >>> other_delimiter(["id;name"]), other_delimiter(["id"])
        ((';', 'semicolons'), ('', ''))
    """
    filled = [name for name in header if name]
    if len(filled) != 1:
        return "", ""
    return next(((sign, word) for sign, word in DELIMITERS.items() if sign in filled[0]), ("", ""))


@dataclass(frozen=True, slots=True)
class CsvPart:
    """One CSV file of a delivery.

    Attributes:
        name: the file's name without folders.
        open: opens its bytes from the start, each time.
        limits: limits on its contents.
    """

    name: str
    open: Callable[[], BinaryIO]
    limits: Limits

    @property
    def shown(self) -> str:
        """Name shown to people."""
        return self.name

    @property
    def is_hidden(self) -> bool:
        """Always False for a file."""
        return False

    def table(self, name: str, delimiter: str = ",", encoding: str = "utf-8", *, header: bool = True) -> RawTable:
        """Return the file as the table `name`: the header is read now, the rows whenever they are iterated.

        Without a `header` it has as many columns as its first row has cells.

        Raises:
            InputError: it is empty, or its header cannot be read. Iterating the rows raises it as well.
        """
        hint = self._hint()
        rows = _Rows(self, hint or delimiter, encoding, header=header, is_hinted=bool(hint))
        first = next(rows.records(), None)
        if first is None:
            raise InputError(
                f"{self.shown} is empty: its first line must name the columns."
                if header
                else f"{self.shown} is empty: there is no row in it."
            )
        line, cells = first
        if not header:
            return RawTable(name, self.shown, numbers(len(cells)), rows, is_numbered=True)
        header_line = 2 if hint else 1
        if line != header_line or not any(cells):
            raise InputError(f"{self.shown}, line {header_line} is empty: it must name the columns.")
        return RawTable(name, self.shown, cells, rows, header_line=header_line)

    def _hint(self) -> str:
        """Return the delimiter that the file names in a first line for Excel; empty without such a line."""
        with _open(self) as stream:
            match = _HINT.fullmatch(stream.readline(_HINT_BYTES))
        return match["sign"].decode("ascii") if match else ""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows below the header, or all rows without a header, read again for each iteration."""

    part: CsvPart
    delimiter: str
    encoding: str
    header: bool
    is_hinted: bool

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        records = self.records()
        if self.header:
            next(records, None)
        for count, (line, cells) in enumerate(records, 1):
            if count > self.part.limits.rows:
                raise too_much(self.part.shown, f"has more than {self.part.limits.rows:,} rows")
            yield line, cells

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line, cells) of each record that is not empty, the header first."""
        limit = self.part.limits.cell_chars
        # The csv module has one limit for the whole process: raised if a delivery may have longer cells, never lowered.
        csv.field_size_limit(max(csv.field_size_limit(), limit))
        with _open(self.part) as stream:
            lines = _Lines(stream, self.part, self.encoding)
            if self.is_hinted:
                lines.line()
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            while True:
                start = lines.number + 1
                lines.held.clear()
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    cells = _read_carefully(lines, self.delimiter, start, limit + 1)
                if any(cells):
                    yield start, cells


@contextlib.contextmanager
def _open(part: CsvPart) -> Iterator[BinaryIO]:
    try:
        with part.open() as stream:
            yield stream
    except OSError as error:
        raise InputError(f"{part.shown} cannot be read: {error.strerror or error}.") from error


@dataclass(slots=True)
class _Lines:
    """The physical lines of a file, decoded and counted; the lines of the current record are kept."""

    stream: BinaryIO
    part: CsvPart
    encoding: str
    number: int = 0
    offset: int = 0
    held: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.line()
        if len(line) > _LONG_LINE:
            raise csv.Error
        return line

    def line(self) -> str:
        """Return the next line, with its end turned into a line feed. Raises StopIteration, InputError."""
        raw = self.stream.readline()
        if not raw:
            raise StopIteration
        self.number += 1
        start, self.offset = self.offset, self.offset + len(raw)
        if self.offset > self.part.limits.file_bytes:
            raise too_large(self.part.shown, self.part.limits)
        if self.number > _LINES_FOR_A_ROW * (self.part.limits.rows + 1):
            raise too_much(self.part.shown, f"has more than {self.number - 1:,} lines")
        if self.number == 1:
            raw = self._without_mark(raw)
        try:
            line = raw.decode(self.encoding)
        except UnicodeDecodeError as error:
            # The position also counts the byte order mark at the start of the file.
            place = start + error.start + (self.offset - start - len(raw))
            raise InputError(
                f"{self.part.shown}, line {self.number}: the byte at position {place} is not "
                f"{self.encoding.upper()} text. Save the file as UTF-8 and load it again."
            ) from None
        if "\0" in line:
            raise InputError(
                f"{self.part.shown}, line {self.number} holds a NUL byte: the file is damaged, or no text. "
                "Save it as UTF-8 CSV and load it again."
            )
        if line.endswith("\r\n"):
            line = line[:-2] + "\n"
        self.held.append(line)
        return line

    def _without_mark(self, raw: bytes) -> bytes:
        for mark, name in _OTHER_BOMS.items():
            if raw.startswith(mark):
                raise self._not_utf8(name)
        if raw[1:2] == b"\0" or raw[:1] == b"\0":
            raise self._not_utf8("UTF-16")
        if raw.startswith(_UTF8_BOM) and self.encoding != "utf-8":
            raise InputError(
                f"{self.part.shown} begins with the mark of UTF-8, but the mapping reads it as {self.encoding.upper()}. Leave the encoding "
                "out of the mapping if it is UTF-8; else save it again without the mark."
            )
        return raw.removeprefix(_UTF8_BOM)

    def _not_utf8(self, name: str) -> InputError:
        return InputError(f"{self.part.shown} is saved as {name}. Save it as UTF-8 and load it again.")


def _read_carefully(lines: _Lines, delimiter: str, start: int, keep: int) -> list[str]:
    """Return the record that begins on line `start`, with each cell cut to `keep` characters.

    Raises:
        InputError: the record is not valid CSV, which is why the fast reader gave up.
    """
    place = f"{lines.part.shown}, line {start}"
    cells: list[str] = []
    cell, quoted = "", False
    held_lines = list(lines.held)
    for line in itertools.chain(held_lines, _more(lines)):
        position = 0
        while True:
            if quoted:
                match = _QUOTED.match(line, position)
                end = match.end() if match else position
                # Twice the length, as every second character may belong to a doubled quote.
                room = 2 * (keep - len(cell))
                cell += line[position : min(end, position + room)].replace('""', '"')[: keep - len(cell)]
                if end == len(line):
                    break
                position, quoted = end + 1, False
                if line[position : position + 1] not in (delimiter, "\n", "\r", ""):
                    raise InputError(
                        f"{place}: a quoted cell ends in the middle of its text (double the quotes inside a quoted cell)."
                    )
            elif line.startswith('"', position):
                cell, quoted, position = "", True, position + 1
                continue
            else:
                end = line.find(delimiter, position)
                end = len(line.rstrip("\n")) if end < 0 else end
                if line.find("\r", position, end) >= 0:
                    raise InputError(
                        f"{place} has a carriage return alone in it: save the file with line ends CRLF or LF."
                    )
                cell, position = line[position : min(end, position + keep)], end
            cells.append(cell)
            if len(cells) > _MOST_CELLS:
                raise InputError(f"{place} has more than {_MOST_CELLS:,} cells: that is no table of a case.")
            if not line.startswith(delimiter, position):
                return cells
            position += 1
    raise InputError(f"{place}: a quote opens a cell in this row and is never closed.")


def _more(lines: _Lines) -> Iterator[str]:
    """Yield the following lines without storing them."""
    while True:
        lines.held.clear()
        try:
            yield lines.line()
        except StopIteration:
            return
