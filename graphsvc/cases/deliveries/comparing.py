"""What a delivery makes of rows that are loaded: field by field, as the case tells of them, and whether others bear their ids. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from graphsvc.cases.deliveries.statement_form import text
from graphsvc.cases.image.graphing import IdMap, says_something
from graphsvc.ingest.fold import ChangedRow, FoldedRow, Report, State
from graphsvc.names.naming import sound_alike
from graphsvc.names.spelling import reduced, words
from graphsvc.records.grading import RESERVED
from graphsvc.records.numbers import count
from graphsvc.records.tables import TABLES

# So many rows are told field by field; who looks through more has the file for it.
MOST_TOLD = 200
OTHER_NAMES = (
    "What bears the same id is the same in a case. Is it somebody else's numbering? Then give its ids a prefix. Are they the"
    " same, called otherwise? Then confirm it: in the preview, or with --other-names."
)
# So few that have another name are corrections, whatever their share.
_FEWEST = 2
# Where a name is none yet, another one is no surprise.
_TO_BE_NAMED = ("nickname", "unknown")
# What follows from other rows.
_DERIVED = frozenset({"belief", "status"})


@dataclass(frozen=True, slots=True)
class RowChange:
    """What would become of one row that is loaded. For the one who delivers it alone, never to be kept.

    Attributes:
        table: of the case format. id: as delivered; empty: a claim without.
        file, line: where its new version stands.
        fields: property → its value now and then, as the graph tells it: of somebody sealed no identity.
        is_hidden: something changes that the graph does not tell: who somebody sealed is, or which source said it.
        is_back: a claim that was superseded is said again.
        takes_sources: it takes source clearance: what a witness says, or who somebody sealed is.
    """

    table: str
    id: str
    file: str
    line: int
    fields: dict[str, tuple[str, str]]
    is_hidden: bool
    is_back: bool
    takes_sources: bool

    @property
    def place(self) -> str:
        """The row, in words."""
        return " ".join(part for part in (self.table, self.id, f"({self.file}, line {self.line})") if part)

    @property
    def notes(self) -> list[str]:
        """What becomes of it beside its fields, in words."""
        back = ["is said again"] if self.is_back else []
        return [*back, "something changes that stands in the vault alone"] if self.is_hidden else back

    def __str__(self) -> str:
        fields = [f"{name} {was or 'empty'} -> {will or 'empty'}" for name, (was, will) in self.fields.items()]
        return f"{self.place}: {'; '.join([*self.notes, *fields])}"


@dataclass(frozen=True, slots=True)
class OtherNames:
    """The rows of one table whose ids are loaded with other names, where they are most of those delivered again."""

    table: str
    count: int
    of: int

    def __str__(self) -> str:
        of = count(self.of, f"row of {self.table}", f"rows of {self.table}")
        return f"Of {of} whose ids are loaded already {self.count:,} have another name there."


def row_changes(changed: Iterable[ChangedRow], state: State, telling: IdMap) -> list[RowChange]:
    """The first rows that a delivery changes, entities first, told as `telling` tells them."""
    order = {name: place for place, name in enumerate(TABLES)}
    first = sorted(changed, key=lambda change: (order[change.row.table], change.row.file, change.row.line))
    return [_row_change(change, state, telling) for change in islice(first, MOST_TOLD)]


def _row_change(change: ChangedRow, state: State, telling: IdMap) -> RowChange:
    before, after = (_told_of(change, version, state, telling) for version in (change.before, change.after))
    shown = [name for name in dict.fromkeys([*before, *after]) if says_something(name) and name not in _DERIVED]
    fields = {name: (text(before.get(name)), text(after.get(name))) for name in shown}
    fields = {name: pair for name, pair in fields.items() if pair[0] != pair[1]}
    row = change.row
    return RowChange(
        row.table,
        str(row.values.get("id", "")),
        row.file,
        row.line,
        fields,
        is_hidden=not fields and change.before.values != change.after.values,
        is_back=change.before.status != change.after.status,
        takes_sources=any(version.get("handling") in RESERVED.values() for version in (before, after))
        or any(_is_of_witness(row.table, version.values, state) for version in (change.before, change.after)),
    )


def _is_of_witness(table: str, values: Mapping[str, Any], state: State) -> bool:
    if table == "links":
        values = state.records["statements"][values["statement_id"]].values
    return table in ("links", "statements") and values["kind"] == "witness"


def _told_of(change: ChangedRow, version: FoldedRow, state: State, telling: IdMap) -> Mapping[str, Any]:
    identifier = change.key[-1]
    if change.row.table == "statements":
        return telling.statement(identifier, version)
    if change.row.table != "links":
        return telling.entity(identifier, version)
    statement = version.values["statement_id"]
    telling.statement(statement, state.records["statements"][statement])
    claim, properties = telling.claim(change.key, version)
    return {"subject": claim.subject, "object": claim.object, "statement": claim.statement, **properties}


def other_names(report: Report) -> list[OtherNames]:
    """The tables in which most ids that are loaded already have another name: somebody else's numbering, it seems.

    Names are compared as words and as heard, so that another spelling, order or script is no other name.
    """
    others = Counter(change.row.table for change in report.changed if _is_another(change.before, change.after))
    known = {table: counts.changed + counts.unchanged for table, counts in report.counts.items()}
    return [
        OtherNames(table, many, known[table])
        for table, many in others.items()
        if many >= _FEWEST and many * 2 > known[table]
    ]


def _is_another(before: FoldedRow, after: FoldedRow) -> bool:
    if before.values.get("identified") in _TO_BE_NAMED:
        return False
    was, now = _names(before.values), _names(after.values)
    if not was or not now:
        return False
    return not any(_words(name) & _words(other) or sound_alike(name, other) for name in was for other in now)


def _names(values: Mapping[str, Any]) -> list[str]:
    return [name for name in (values.get("name"), *values.get("aliases", ())) if name]


def _words(name: str) -> set[str]:
    return {word.letters for word in reduced(words(name))}
