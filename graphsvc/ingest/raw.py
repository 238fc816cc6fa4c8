"""What a reader hands on: tables of text that still know their file and line, and how large they may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, Self

from graphsvc.errors import InputError
from graphsvc.records.dates import iso_moment

# (file, rows read so far), called every PROGRESS_ROWS rows; whatever it raises ends the reading.
Progress = Callable[[str, int], None]
PROGRESS_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a delivery may be.

    Attributes:
        file_bytes: largest file, and largest file in an archive once unpacked.
        cell_chars: longest cell; a row with a longer one is rejected.
        rows: most rows of one table.
    """

    file_bytes: int
    cell_chars: int
    rows: int = 5_000_000


def too_much(file: str, fault: str) -> InputError:
    """The error for a file of a delivery with more than a limit allows, such as `is larger than 100 bytes`."""
    return InputError(
        f"{file} {fault}: split it into several deliveries, and load each after the first with --partial"
        " (on the page: Only add). Without it, each delivery supersedes the one before."
    )


def too_large(file: str, limits: Limits) -> InputError:
    """The error for a file above the limit."""
    return too_much(file, f"is larger than {limits.file_bytes:,} bytes (GRAPHSVC_UPLOAD_MB)")


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table as delivered, unchecked.

    Attributes:
        name: the table's name, such as `people`.
        file: how people know the file: `people.csv` or `book.xlsx, sheet people`.
        header: the names of the columns as delivered.
        rows: (line, cells) of every row that is not empty; may be walked more than once. `line` is where the row
            begins. Rows may have more or fewer cells than the header. A cell beyond `Limits.cell_chars` may arrive
            cut, but longer than that limit, so that a check still sees it.
        is_numbered: whether the header is no row of it: its columns are called by their number.
        header_line: the line the header stands in.
        is_named: whether its columns have names that stand in no row of it, as those of a graph.
    """

    name: str
    file: str
    header: list[str]
    rows: Iterable[tuple[int, list[str]]]
    is_numbered: bool = False
    header_line: int = 1
    is_named: bool = False


class NumberCell(str):
    """The text of a cell of a workbook that holds a number: no country's way of writing, its point stands before decimals."""

    __slots__ = ()


class MomentCell(str):
    """The text of a cell of a workbook that holds a day with its time, told as UTC: where the clocks stood it does not say.

    Attributes:
        at: day and time as the clocks had them.
    """

    __slots__ = ("at",)
    at: dt.datetime

    def __new__(cls, at: dt.datetime) -> Self:
        """The text of `at`, which has no zone."""
        cell = super().__new__(cls, iso_moment(at))
        cell.at = at
        return cell


class FaultyCell(str):
    """The text of a cell that cannot be what it is mapped to.

    Attributes:
        reason: why, for the rejection of its row.
    """

    __slots__ = ("reason",)
    reason: str

    def __new__(cls, text: str, reason: str) -> Self:
        """The text `text`, with the reason."""
        cell = super().__new__(cls, text)
        cell.reason = reason
        return cell


class RaggedRow(list[str]):
    """The cells of a row of other people's tables that cannot be mapped: their header has another number of them.

    Attributes:
        width: how many cells that header has.
        measure: what has so many: the header, or the first row where there is none.
    """

    def __init__(self, cells: Iterable[str], width: int, measure: str = "the header") -> None:
        super().__init__(cells)
        self.width = width
        self.measure = measure


class PassedRow(list[str]):
    """A row that is passed over, as the mapping of other people's tables has it.

    Attributes:
        field: the field that is empty in it.
    """

    def __init__(self, field: str, cells: list[str]) -> None:
        super().__init__(cells)
        self.field = field


class RawPart(Protocol):
    """One file or sheet of a delivery, before it is known which table it holds."""

    @property
    def name(self) -> str:
        """The file's or sheet's own name: `people.csv`, `people`."""

    @property
    def shown(self) -> str:
        """How people know it: `people.csv`, `book.xlsx, sheet people`."""

    @property
    def is_hidden(self) -> bool:
        """Whether a program shows it to nobody who does not ask for it, as Excel does some sheets."""

    def table(self, name: str, delimiter: str = ",", encoding: str = "utf-8", *, header: bool = True) -> RawTable:
        """Its content as the table `name`; raises InputError where it cannot be read.

        Without a `header` its first row is data, and its columns are called by their number: `1`, `2` and so on.
        """


def numbers(width: int) -> list[str]:
    """What so many columns are called where no header names them.

    Example:
        >>> numbers(3)
        ['1', '2', '3']
    """
    return [str(number) for number in range(1, width + 1)]
