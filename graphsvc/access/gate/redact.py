"""Redacts an answer for a person, column by column, by the sensitivity of the property each column shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.access.people.principal import Grant
from graphsvc.records.coarsened import CONTESTED, HIDDEN_DENIAL
from graphsvc.records.grading import handling_of
from graphsvc.records.numbers import plural
from graphsvc.records.properties import SENSITIVITY
from graphsvc.records.statement_kinds import OPEN_KINDS

# Word for a small number of witnesses, shown without source clearance.
FEW = "few"
# Properties of combined claims of witnesses; all other properties belong to a single statement or claim.
_FOLDED = frozenset({"Statement.kind", "Claim.relation", "Claim.polarity", "Claim.status", "Claim.handling"})
_CODED = frozenset({"Claim.handling", "Entity.handling", "Person.handling"})
_SINGLE = frozenset({"Statement.id", "Claim.id"})


@dataclass(frozen=True, slots=True)
class Released:
    """An answer that may be shown.

    Attributes:
        columns: names of the columns, in the query's order.
        rows: one tuple for each row; for a whole case, on request, possibly an Arrow record batch.
        truncated: whether rows were cut at the cap.
        withheld: columns removed because this reader lacks the clearance.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool = False
    withheld: tuple[str, ...] = ()

    @property
    def taken_out(self) -> str:
        """Sentence about the removed columns; empty if no column was removed.

        Example:
            >>> Released(("id",), [], withheld=("source", "extra")).taken_out, Released(("id",), []).taken_out
            ('Withheld, since your clearance does not cover them: source, extra.', '')
        """
        if not self.withheld:
            return ""
        them = plural(len(self.withheld), "it", "them")
        return f"Withheld, since your clearance does not cover {them}: {', '.join(self.withheld)}."

    def dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def permits(grant: Grant, name: str) -> bool:
    """Whether a column that shows the property `name` may be released. Undeclared properties never are."""
    sensitivity = SENSITIVITY.get(name)
    if sensitivity in ("source", "interest"):
        return grant.sources
    if sensitivity == "conditional":
        return grant.handling == "C"
    # The graph never names a sealed person, so properties of an identity need no check here.
    return sensitivity in ("open", "identity", "text", "voices")


def coarsen(grant: Grant, number: int | Sequence[int] | None, few_below: int) -> int | str:
    """Return a number of witness groups or claims as this reader may see it; None counts as 0.

    Denials that the reader may not see become `contested` (`records.coarsened.denial`). A pair (groups of witnesses,
    then reports and records; see `records.coarsened.voices`) becomes its sum, or `few` if there are few groups.

    Example:
        >>> coarsen(Grant("P"), 2, 3), coarsen(Grant("P", sources=True), 2, 3), coarsen(Grant("P"), 0, 3), coarsen(Grant("P"), 3, 3)
        ('few', 2, 0, 3)
        >>> coarsen(Grant("P"), [1, 4], 3), coarsen(Grant("P"), [0, 1], 3), coarsen(Grant("P"), [3, 1], 3)
        ('few', 1, 4)
        >>> coarsen(Grant("P"), [HIDDEN_DENIAL, 0], 3), coarsen(Grant("P", sources=True), HIDDEN_DENIAL, 3)
        ('contested', 'contested')
    """
    groups, reports = (number or 0, 0) if not isinstance(number, Sequence) else number
    if groups == HIDDEN_DENIAL:
        return CONTESTED
    return groups + reports if grant.sources or groups == 0 or groups >= few_below else FEW


def _passing(
    returns: Mapping[str, str], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Return the rows whose statement kind is open to everyone, or that show no single statement or claim."""
    properties = [returns.get(column, "") for column in columns]
    kind = properties.index("Statement.kind") if "Statement.kind" in properties else None
    single = [
        place
        for place, name in enumerate(properties)
        if name.startswith(("Statement.", "Claim.")) and name not in _FOLDED
    ]
    return [
        row
        for row in rows
        if (kind is not None and row[kind] in OPEN_KINDS) or all(row[place] is None for place in single)
    ]


def release(
    grant: Grant,
    returns: Mapping[str, str],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    truncated: bool = False,
    few_below: int,
) -> Released:
    """Return the answer for a reader: without columns they may not see, and with `few` and `contested` where needed.

    Queries already combine witnesses' claims by `$voices`. This is a second check: without source clearance, no row
    about a single statement or claim of a witness is released, whatever the query does.
    """
    if not grant.sources and not _SINGLE.isdisjoint(returns.values()):
        rows = _passing(returns, columns, rows)
    counting = [place for place, column in enumerate(columns) if SENSITIVITY.get(returns.get(column, "")) == "voices"]
    if counting and not grant.sources:
        rows = [
            tuple(coarsen(grant, value, few_below) if place in counting else value for place, value in enumerate(row))
            for row in rows
        ]
    elif counting and grant.handling != "C":
        rows = [
            tuple(
                CONTESTED if place in counting and value == HIDDEN_DENIAL else value for place, value in enumerate(row)
            )
            for row in rows
        ]
    coded = [place for place, column in enumerate(columns) if returns.get(column, "") in _CODED]
    if coded and grant.sources:
        rows = [
            tuple(handling_of(value) if place in coded and value else value for place, value in enumerate(row))
            for row in rows
        ]
    permitted = [place for place, column in enumerate(columns) if permits(grant, returns.get(column, ""))]
    if len(permitted) == len(columns):
        return Released(tuple(columns), list(rows), truncated)
    return Released(
        tuple(columns[place] for place in permitted),
        [tuple(row[place] for place in permitted) for row in rows],
        truncated,
        tuple(column for place, column in enumerate(columns) if place not in permitted),
    )
