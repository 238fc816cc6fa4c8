"""Effects of a delivery on the state of a case, row by row and counted. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from graphsvc.ingest.check import ClaimEnd, Delivery, Row
from graphsvc.ingest.rejected import EqualRows, Rejection
from graphsvc.ingest.several import Key
from graphsvc.records.tables import PROTECTED


class RowVersion(NamedTuple):
    """One row of a person or thing.

    Attributes:
        values: column → value.
        open: values that count under P; None under C.
        present: columns in which its empty cells clear the earlier value.
        delivery: number of its delivery; 0 for the sum of several rows.
    """

    values: dict[str, Any]
    open: dict[str, Any] | None
    present: Collection[str] = ()
    delivery: int = 0

    @property
    def statement(self) -> str | None:
        """The statement that the row names; None if it names none."""
        return self.values.get("statement_id") or (self.open or {}).get("statement_id")

    @property
    def is_of_statement(self) -> bool:
        """Whether the row names a statement."""
        return self.statement is not None


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
        open: for an entity, its values without rows under handling code C; None if it has only such rows.
        is_closed: for a claim, whether its delivery put the row of an end under C, so that it is under C too.
        versions: its rows, starting with the first that names a statement; one more may sum up the rows before. Empty
            if no row names a statement.
    """

    values: dict[str, Any]
    delivery: int
    line: int
    status: str = "active"
    open: dict[str, Any] | None = None
    is_closed: bool = False
    versions: tuple[RowVersion, ...] = ()

    @property
    def without_statements(self) -> FoldedRow | None:
        """The row made only from rows that name no statement; None without such rows."""
        if not self.versions:
            return self
        versions = tuple(version for version in self.versions if not version.is_of_statement)
        return self.of(versions) if versions else None

    def for_pages(self, hidden_until: int) -> FoldedRow:
        """Return the row as pages show it.

        Args:
            hidden_until: number of a delivery; rows up to and including it are left out if they name a statement.
        """
        versions = tuple(
            version for version in self.versions if not version.is_of_statement or version.delivery > hidden_until
        )
        return self if len(versions) == len(self.versions) else self.of(versions)

    @property
    def known_by_id(self) -> FoldedRow:
        """This row, of which the id counts under P if nothing else does."""
        return self if self.open is not None else replace(self, open={"id": self.values["id"]})

    def opened_by(self, values: dict[str, Any], number: int) -> FoldedRow:
        """This row, of which another row under P, in the delivery of this number, counts under P alone."""
        versions = self.versions or (RowVersion(self.values, None),)
        return replace(self, open=values, versions=(*versions, RowVersion({}, values, (), number)))

    def of(self, versions: tuple[RowVersion, ...]) -> FoldedRow:
        """Return this row as made from other versions; an id known under P stays so."""
        values: dict[str, Any] = {}
        shared: dict[str, Any] | None = None if self.open is None else {"id": self.values["id"]}
        for version in versions:
            values = merge_row(values, version.values, version.present)
            if version.open is not None:
                shared = merge_row(shared or {}, version.open, version.present)
        return replace(self, values=values or {"id": self.values["id"]}, open=shared, versions=versions)


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
        """Whether the row leaves the values in the state unchanged; it may still be recorded as a version."""
        before, after = self.before, self.after
        return before is after or (before is not None and replace(before, versions=()) == replace(after, versions=()))


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
        ends: ids in the claims that the delivery makes but not in its accepted rows → see `check.ClaimEnd`.
        rows_aside: table and id → an entity's row that is set aside (see `fold.fold`), and its values in the state.
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
    ends: dict[str, ClaimEnd] = field(default_factory=dict)
    rows_aside: dict[tuple[str, str], tuple[Row, Mapping[str, Any]]] = field(default_factory=dict)
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
        """Return the delivery to be stored: with accepted statements and the ends of claims, and rows set aside marked."""
        rows = [self._with_decisions(row) for row in delivery.rows]
        return replace(delivery, rows=rows, accepted=self.accepted_statements(rows), ends=self.ends)

    def _with_decisions(self, row: Row) -> Row:
        """Return a row with the decisions about it."""
        if row.table in ("links", "statements"):
            said_in = row.values["statement_id" if row.table == "links" else "id"]
            is_closed = said_in in self.closed or (row.table == "links" and (row.file, row.line) in self.closed_claims)
            return replace(row, code="C") if is_closed else row
        return replace(row, is_aside=True) if (row.table, row.values["id"]) in self.rows_aside else row

    def note_equal(self, row: Row, *, again: bool) -> None:
        """Note a row equal to an earlier one; see `EqualRows`."""
        name = (row.table, row.file, again)
        if name not in self.equal:
            self.equal[name] = EqualRows(*name)
        self.equal[name].add(row.line)
