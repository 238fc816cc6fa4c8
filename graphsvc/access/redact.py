"""What of an answer a principal may see, decided column by column by the sensitivity of what each shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.access.principal import Grant
from graphsvc.records.properties import SENSITIVITY

# What a small number of witnesses reads as, without source clearance.
FEW = "few"


@dataclass(frozen=True, slots=True)
class Released:
    """An answer that may be shown.

    Attributes:
        columns: names of the columns, in the query's order.
        rows: one tuple a row.
        truncated: rows were cut at the cap.
        withheld: columns that were taken out because this reader lacks the clearance.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool = False
    withheld: tuple[str, ...] = ()

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def permits(grant: Grant, shown: str) -> bool:
    """Whether a column that shows the property `shown` may come out. Undeclared properties never do."""
    sensitivity = SENSITIVITY.get(shown)
    if sensitivity in ("source", "interest"):
        return grant.sources
    if sensitivity == "conditional":
        return grant.handling == "C"
    # What names a sealed person is not in the graph at all, so identity needs nothing here.
    return sensitivity in ("open", "identity", "text", "voices")


def told(grant: Grant, number: int | None, few_below: int) -> int | str:
    """A number of witnesses' groups or claims as this reader may know it; nothing counts as 0.

    Example:
        >>> told(Grant("P"), 2, 3), told(Grant("P", sources=True), 2, 3), told(Grant("P"), 0, 3), told(Grant("P"), 3, 3)
        ('few', 2, 0, 3)
    """
    number = number or 0
    return number if grant.sources or number == 0 or number >= few_below else FEW


def release(
    grant: Grant,
    returns: Mapping[str, str],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    truncated: bool = False,
    few_below: int,
) -> Released:
    """The answer without the columns this reader may not see, and small numbers of witnesses as `few`."""
    counting = [place for place, column in enumerate(columns) if SENSITIVITY.get(returns.get(column, "")) == "voices"]
    if counting and not grant.sources:
        rows = [
            tuple(told(grant, value, few_below) if place in counting else value for place, value in enumerate(row))
            for row in rows
        ]
    kept = [place for place, column in enumerate(columns) if permits(grant, returns.get(column, ""))]
    if len(kept) == len(columns):
        return Released(tuple(columns), list(rows), truncated)
    return Released(
        tuple(columns[place] for place in kept),
        [tuple(row[place] for place in kept) for row in rows],
        truncated,
        tuple(column for place, column in enumerate(columns) if place not in kept),
    )
