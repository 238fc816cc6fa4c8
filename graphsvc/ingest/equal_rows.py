"""Rows of a delivery that are equal to others: told, so that nobody takes them for lost. Pure."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field

# So many lines are named; who looks for more knows what to look for by then.
LINES_NAMED = 8


@dataclass(slots=True)
class EqualRows:
    """The rows of one table and file that are equal to one before them.

    Attributes:
        table: of the case format.
        file: how people know it.
        again: each is one more of what happens time and again (a call, a payment) and kept; else they were read once.
        count: how many there are.
        lines: the first of them, at most `LINES_NAMED`.
    """

    table: str
    file: str
    again: bool
    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        """One more."""
        self.count += 1
        insort(self.lines, line)
        del self.lines[LINES_NAMED:]

    def __str__(self) -> str:
        verb, be = ("is", "was") if self.count == 1 else ("are", "were")
        rows = f"{self.count:,} row{'' if self.count == 1 else 's'} of {self.table} {verb} equal to"
        lines = named_lines(self.lines, self.count)
        if self.again:
            counts = "that one counts as" if self.count == 1 else "each of them counts as"
            return (
                f"{rows} an earlier one, and {counts} one more of the same ({self.file}, {lines}). If they are copies, take"
                " them out of the file."
            )
        return f"{rows} an earlier one and {be} read once ({self.file}, {lines})."


def named_lines(lines: Iterable[int], count: int) -> str:
    """Some of `count` lines, in words.

    Example:
        >>> named_lines([4], 1), named_lines([4, 7], 2), named_lines([4, 7], 1_200)
        ('line 4', 'lines 4, 7', 'lines 4, 7 and 1,198 more')
    """
    named = list(lines)
    more = f" and {count - len(named):,} more" if count > len(named) else ""
    return f"{'line' if count == 1 else 'lines'} {', '.join(map(str, named))}{more}"
