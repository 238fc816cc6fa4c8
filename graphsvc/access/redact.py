"""What of an answer a principal may see, decided column by column by the sensitivity of what each shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.access.principal import Grant
from graphsvc.records.properties import SENSITIVITY


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
    return sensitivity in ("open", "identity", "text")


def release(
    grant: Grant,
    returns: Mapping[str, str],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    truncated: bool = False,
) -> Released:
    """The answer without the columns this reader may not see."""
    kept = [place for place, column in enumerate(columns) if permits(grant, returns.get(column, ""))]
    if len(kept) == len(columns):
        return Released(tuple(columns), list(rows), truncated)
    return Released(
        tuple(columns[place] for place in kept),
        [tuple(row[place] for place in kept) for row in rows],
        truncated,
        tuple(column for place, column in enumerate(columns) if place not in kept),
    )
