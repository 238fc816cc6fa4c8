"""Effects of a delivery on the state of a case, row by row and counted. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from graphsvc.ingest.check import Delivery, Row
from graphsvc.ingest.rejected import EqualRows, Rejection
from graphsvc.ingest.several import Key
from graphsvc.records.tables import PROTECTED


def merge_row(old: Mapping[str, Any], row: Mapping[str, Any], present: Collection[str]) -> dict[str, Any]:
    """Merge the values of a row into an earlier version; an empty cell in a `present` column clears the value.

    A row for a witness or victim removes no other category, which would vanish from pages as the statement comes.
    """
    merged = {**{name: value for name, value in old.items() if name not in present}, **row}
    if PROTECTED.issuperset(item.partition("@")[0] for item in row.get("category", ["other"])):
        unprotected = [item for item in old.get("category", ()) if item.partition("@")[0] not in PROTECTED]
        merged["category"] = [*unprotected, *row["category"]]
    return merged


@dataclass(slots=True)
class FoldedRow:
    """A row of the state: its values and where they came from.

    Attributes:
        values: column → value, as in `check.Row`.
        delivery: number of the last delivery with these values.
        line: line in its file.
        status: `active`, or `superseded` for a claim no longer delivered.
        open: for an entity, its values without rows under handling code C; None if it has only such rows. Readers may not
            know all of them: see `layers`.
        listed: for an entity, its values from rows that name no statement; None if it has no such rows.
        is_shared: for an entity, whether a row that names no statement says that it is under P.
        is_closed: for a claim, whether its delivery put the row of an end under C, so that it is under C too.
    """

    values: dict[str, Any]
    delivery: int
    line: int
    status: str = "active"
    open: dict[str, Any] | None = None
    listed: dict[str, Any] | None = None
    is_shared: bool = False
    is_closed: bool = False


@dataclass(slots=True)
class Counts:
    """Rows of one table by outcome: read = added + changed + unchanged + received + duplicate + rejected.

    Rows count as *received* only for a loader who may not know whether they change anything.
    """

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    received: int = 0
    duplicate: int = 0
    rejected: int = 0
    superseded: int = 0


class ChangedRow(NamedTuple):
    """A changed row.

    Attributes:
        row: as it was delivered.
        key: key of a claim; otherwise the id alone.
        before, after: the row of the state before and after.
    """

    row: Row
    key: Key
    before: FoldedRow
    after: FoldedRow


class TakenRow(NamedTuple):
    """A row that was merged into the state.

    Attributes:
        row, key, after: as in `ChangedRow`.
        before: the row of the state before; None if the row is new.
    """

    row: Row
    key: Key
    before: FoldedRow | None
    after: FoldedRow

    @property
    def changes_nothing(self) -> bool:
        """Whether the row leaves the values in the state unchanged."""
        before, after = self.before, self.after
        return before is after or (
            before is not None
            and replace(before, listed=None, is_shared=False) == replace(after, listed=None, is_shared=False)
        )


@dataclass(slots=True)
class Report:
    """Effects of a delivery on the state.

    Attributes:
        counts: counts by table.
        rejections: rows that were refused.
        equal: rows equal to others, by table, file and whether each is one more event.
        changed: changed rows, without superseded ones.
        superseded: keys of the superseded claims.
        claims: keys of the claims that the delivery makes, whether they change or not.
        refused: id → place of its row, for rows of entities and statements refused in this delivery or before.
        contrary: statement → rejections of its claims that depend on its earlier claims.
        closed: ids of its statements that are under handling code C after it.
        closed_claims: file and line of its claims that are under C, although their statement is not.
        ends: id → table, for ids in the claims that the delivery makes but not in its accepted rows.
        rows_aside: table and id → an entity's row that is set aside (see `fold.fold`), and its values in the state.
        stay_aside: tables and ids of those `rows_aside` that stay aside even if everything known before is undone.
        watch: called with each row that is taken, for separate counts; None if not needed.
    """

    counts: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    rejections: list[Rejection] = field(default_factory=list)
    equal: dict[tuple[str, str, bool], EqualRows] = field(default_factory=dict)
    changed: list[ChangedRow] = field(default_factory=list)
    superseded: list[Key] = field(default_factory=list)
    claims: set[Key] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    contrary: dict[str, list[Rejection]] = field(default_factory=lambda: defaultdict(list))
    closed: frozenset[str] = frozenset()
    closed_claims: set[tuple[str, int]] = field(default_factory=set)
    ends: dict[str, str] = field(default_factory=dict)
    rows_aside: dict[tuple[str, str], tuple[Row, Mapping[str, Any]]] = field(default_factory=dict)
    stay_aside: frozenset[tuple[str, str]] = frozenset()
    watch: Callable[[TakenRow], object] | None = None

    def take(self, taken: TakenRow) -> None:
        """Count a row that was taken into the state."""
        counts = self.counts[taken.row.table]
        if taken.before is None:
            counts.added += 1
        elif taken.changes_nothing:
            counts.unchanged += 1
        else:
            counts.changed += 1
            self.changed.append(ChangedRow(taken.row, taken.key, taken.before, taken.after))
        if self.watch is not None:
            self.watch(taken)

    def set_aside(self, row: Row, known: Mapping[str, Any]) -> None:
        """Count an entity's row that is set aside, and so changes nothing."""
        self.counts[row.table].unchanged += 1
        self.rows_aside[row.table, row.values["id"]] = row, known

    @property
    def changes(self) -> int:
        """Number of rows added, changed, superseded or received; received ones may change something."""
        return sum(row.added + row.changed + row.received + row.superseded for row in self.counts.values())

    def accepted_statements(self, rows: Iterable[Row]) -> frozenset[str]:
        """Return the ids of the statements in these rows that were not refused."""
        refused = {row.row_id for row in self.rejections if row.table == "statements"}
        return frozenset(row.values["id"] for row in rows if row.table == "statements") - refused

    def as_taken(self, delivery: Delivery) -> Delivery:
        """Return the delivery to be stored: with accepted statements and the ends of claims, and decisions on rows."""
        rows = [self._with_decisions(row) for row in delivery.rows]
        return replace(delivery, rows=rows, accepted=self.accepted_statements(rows), ends=self.ends)

    def _with_decisions(self, row: Row) -> Row:
        """Return a row with the decisions on it."""
        if row.table not in ("links", "statements"):
            return replace(row, is_aside=True) if (row.table, row.values["id"]) in self.stay_aside else row
        said_in = row.values["statement_id" if row.table == "links" else "id"]
        is_closed = said_in in self.closed or (row.table == "links" and (row.file, row.line) in self.closed_claims)
        return replace(row, code="C") if is_closed else row

    def note_equal(self, row: Row, *, again: bool) -> None:
        """Note a row equal to an earlier one; see `EqualRows`."""
        name = (row.table, row.file, again)
        if name not in self.equal:
            self.equal[name] = EqualRows(*name)
        self.equal[name].add(row.line)
