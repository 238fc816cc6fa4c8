"""Reports on rows: why each is left out, equal faults grouped, and rows that are duplicates or skipped. Pure."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field

from graphsvc.records.numbers import count, plural
from graphsvc.records.tables import TABLES

# Number of lines named; after these a reader knows what to look for.
LINES_NAMED = 8
REJECTION_COLUMNS = ("file", "line", "column", "value", "reason")
_PLACE = {name: place for place, name in enumerate(TABLES)}


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that is left out, and why. `column` and `value` are empty if the whole row is at fault.

    `value` is cut to 60 characters. Like `row_id`, it may name a sealed person: show it only to the deliverer, and
    store it only encrypted together with the delivery.

    Attributes:
        file, line: place of the row.
        column, value: the cell at fault.
        reason: the fault, in words.
        fault: the reason without its parts that differ from row to row; empty: the reason has no such parts.
        table: table of the case format.
        row_id: the id in the row, as far as it can be read.
        cause: place of an earlier rejected row that caused this rejection; empty: no such row.
        may_mark: whether the row says, or may say, that a person has to be sealed.
    """

    file: str
    line: int
    column: str
    value: str
    reason: str
    fault: str = ""
    table: str = ""
    row_id: str = ""
    cause: str = ""
    may_mark: bool = False

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Key shared with rows of the same file that have the same fault."""
        return self.table, self.file, self.column, self.fault or self.reason

    @property
    def place(self) -> str:
        """Place of the row, in words."""
        return f"{self.file}, line {self.line}"

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        value = f", value {self.value!r}" if self.value else ""
        return f"{self.place}{column}{value}: {self.reason}"


@dataclass(slots=True, kw_only=True)
class _AlikeRows:
    """Rows of one file that are reported together.

    Attributes:
        count: number of rows.
        lines: the first lines, at most `LINES_NAMED`.
    """

    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        """Add a row."""
        self.count += 1
        insort(self.lines, line)
        del self.lines[LINES_NAMED:]

    @property
    def places(self) -> str:
        """The lines, in words."""
        return named_lines(self.lines, self.count)


@dataclass(slots=True)
class SameFault(_AlikeRows):
    """All rows of one file that were rejected for the same fault in the same column.

    Attributes:
        first: the rejection to show first.
    """

    first: Rejection

    def __str__(self) -> str:
        if self.count == 1:
            return str(self.first)
        more_lines = [line for line in self.lines if line != self.first.line]
        more = (
            f"{count(self.count - 1, 'more row')} of this file {plural(self.count - 1, 'has', 'have')} the same fault"
        )
        return f"{self.first} ({more}: {named_lines(more_lines, self.count - 1)})"


def in_order(rejections: Iterable[Rejection]) -> list[Rejection]:
    """Sort rejections for reading: causes before their consequences, then by table, file and line."""
    return sorted(rejections, key=lambda row: (bool(row.cause), _PLACE.get(row.table, 0), row.file, row.line))


def by_fault(rejections: Iterable[Rejection]) -> list[SameFault]:
    """Group rejections by fault, in the order of each group's first row.

    Example:
        >>> rows = [Rejection("people.csv", line, "sex", str(line), "is no word") for line in (2, 5)]
        >>> [str(fault) for fault in by_fault(rows)]
        ["people.csv, line 2, column sex, value '2': is no word (1 more row of this file has the same fault: line 5)"]
    """
    faults: dict[tuple[str, str, str, str], SameFault] = {}
    for rejection in rejections:
        key = rejection.key
        fault = faults.get(key)
        if fault is None:
            fault = faults[key] = SameFault(rejection)
        fault.add(rejection.line)
    return list(faults.values())


@dataclass(slots=True)
class EqualRows(_AlikeRows):
    """The rows of one table and file that are equal to an earlier row.

    Attributes:
        table: table of the case format.
        file: name of the file as shown to people.
        again: whether each row counts as one more event (a call, a payment); if not, equal rows were read once.
    """

    table: str
    file: str
    again: bool

    def __str__(self) -> str:
        where = f"({self.file}, {self.places})"
        equal = f"{count(self.count, 'row')} of {self.table} {plural(self.count, 'is', 'are')} equal to an earlier one"
        if self.again:
            each = plural(self.count, "that one", "each of them")
            return f"{equal}, and {each} counts as one more of the same {where}. If they are copies, take them out of the file."
        return f"{equal} and {plural(self.count, 'was', 'were')} read once {where}."


@dataclass(slots=True)
class PassedOver(_AlikeRows):
    """The rows of one file that a mapping skips, because one field of a table is empty in them.

    Attributes:
        table: table of the case format.
        file: name of the file as shown to people.
        column: the field of the table.
    """

    table: str
    file: str
    column: str

    def __str__(self) -> str:
        were, them = plural(self.count, "was", "were"), plural(self.count, "it", "them")
        return (
            f"{count(self.count, 'row')} {were} passed over, since {self.column} of {self.table} is empty in {them}, as the mapping"
            f" has it ({self.file}, {self.places})."
        )


def named_lines(lines: Iterable[int], many: int) -> str:
    """Return some of `many` lines, in words.

    Example:
        >>> named_lines([4], 1), named_lines([4, 7], 2), named_lines([4, 7], 1_200)
        ('line 4', 'lines 4, 7', 'lines 4, 7 and 1,198 more')
    """
    named = list(lines)
    more = f" and {many - len(named):,} more" if many > len(named) else ""
    return f"{plural(many, 'line')} {', '.join(map(str, named))}{more}"
