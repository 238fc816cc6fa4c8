"""Tables of text as readers return them, with file and line of each row, and limits on their size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, Self

from graphsvc.errors import InputError
from graphsvc.records.dates import iso_moment

# (file, rows read so far), called every PROGRESS_ROWS rows; an error raised in it ends the reading.
Progress = Callable[[str, int], None]
PROGRESS_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Size limits of a delivery.

    Attributes:
        file_bytes: largest file, and largest file in an archive once unpacked.
        cell_chars: longest cell; a row with a longer one is rejected.
        rows: most rows of one table.
    """

    file_bytes: int
    cell_chars: int
    rows: int = 5_000_000


def too_much(file: str, fault: str) -> InputError:
    """Return the error for a file above a limit, such as `is larger than 100 bytes`."""
    return InputError(
        f"{file} {fault}: split it into several deliveries, and load each after the first with --partial"
        " (on the page: Only add). Without it, each delivery supersedes the one before."
    )


def too_large(file: str, limits: Limits) -> InputError:
    """Return the error for a file that is too large."""
    return too_much(file, f"is larger than {limits.file_bytes:,} bytes (GRAPHSVC_UPLOAD_MB)")


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table as delivered, unchecked.

    Attributes:
        name: the table's name, such as `people`.
        file: name of the file shown to people: `people.csv` or `book.xlsx, sheet people`.
        header: the names of the columns as delivered.
        rows: (line, cells) of every row that is not empty; may be iterated more than once. `line` is where the row
            begins. Rows may have more or fewer cells than the header. A cell beyond `Limits.cell_chars` may be cut, but
            stays longer than that limit, so that a check still sees it.
        is_numbered: whether it has no header row, so that its columns are called by their number.
        header_line: line of the header.
        is_named: whether the names of its columns are not in a row, as in a graph.
    """

    name: str
    file: str
    header: list[str]
    rows: Iterable[tuple[int, list[str]]]
    is_numbered: bool = False
    header_line: int = 1
    is_named: bool = False


class NumberCell(str):
    """Text of a workbook's cell that holds a number: always with a point before decimals, whatever the country."""

    __slots__ = ()


class MomentCell(str):
    """Text of a workbook's cell that holds a day and time, written as UTC because the cell has no time zone.

    Attributes:
        at: day and time as in the cell.
    """

    __slots__ = ("at",)
    at: dt.datetime

    def __new__(cls, at: dt.datetime) -> Self:
        """Create the cell from `at`, which has no zone."""
        cell = super().__new__(cls, iso_moment(at))
        cell.at = at
        return cell


class FaultyCell(str):
    """Text of a cell that cannot be converted as its mapping says.

    Attributes:
        reason: why, for the rejection of its row.
    """

    __slots__ = ("reason",)
    reason: str

    def __new__(cls, text: str, reason: str) -> Self:
        """Create the cell from a text and a reason."""
        cell = super().__new__(cls, text)
        cell.reason = reason
        return cell


class RaggedRow(list[str]):
    """Cells of a source row that cannot be mapped, because their number differs from the header's.

    Attributes:
        width: number of cells in the header.
        measure: source of that number: the header, or the first row of a table without one.
    """

    def __init__(self, cells: Iterable[str], width: int, measure: str = "the header") -> None:
        super().__init__(cells)
        self.width = width
        self.measure = measure


class PassedRow(list[str]):
    """A source row that is skipped as its mapping says.

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
        """Name shown to people: `people.csv`, `book.xlsx, sheet people`."""

    @property
    def is_hidden(self) -> bool:
        """Whether programs hide it unless asked, as Excel does with some sheets."""

    def table(self, name: str, delimiter: str = ",", encoding: str = "utf-8", *, header: bool = True) -> RawTable:
        """Return its content as the table `name`; raise InputError if it cannot be read.

        Without a `header` its first row is data, and its columns are called by their number: `1`, `2` and so on.
        """


def numbers(width: int) -> list[str]:
    """Return the names of this number of columns without a header.

    Example:
        >>> numbers(3)
        ['1', '2', '3']
    """
    return [str(number) for number in range(1, width + 1)]
