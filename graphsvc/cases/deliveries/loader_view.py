"""Reports a delivery to a loader without source clearance: only what a page would show them. Pure.

It is computed from the delivery, from the loader's earlier deliveries, and from the other rows as pages show them:

| row of the delivery | reported as |
|---|---|
| a new id, a claim of a new statement, or an id of somebody in no claim whom no page shows | added |
| an id in the loader's deliveries, or a statement that is only in them | added, changed or unchanged, compared with the loader's own rows |
| another account's id that pages show by name | compared in the columns that pages show as its own; received if those are equal and the row has another column, or one of them under handling code C |
| another account's id that is sealed, another account's statement, or a claim of that statement | received |

A row about a witness statement that others delivered is counted as received and set aside. The case does not accept it:
otherwise a loader could expose, change or silence a statement that they may not see. The same applies to a row that
would move a statement of others from handling code C to P: it lacks the cells that its loader may not see. From loaders
with source clearance these rows are accepted. A claim row that uses the id of a claim of others loses it, and is
identified by its content.

So no count, list or refusal depends on the identity of a source, on a protected category, on an identity in the vault,
or on the content of others' statements. `tests/leaks/test_previews.py` compares previews of cases that differ in one
such cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from graphsvc.cases.deliveries.statement_form import text
from graphsvc.cases.gc_pause import uncollected
from graphsvc.cases.graph.handling import hidden_people
from graphsvc.cases.graph.id_map import IdMap
from graphsvc.cases.graph.standing import Standings
from graphsvc.ingest.check import Delivery, Row, part
from graphsvc.ingest.codes import add_codes, columns_delivered, opens
from graphsvc.ingest.fold import claim_key
from graphsvc.ingest.layers import Layer
from graphsvc.ingest.rejected import Rejection
from graphsvc.ingest.report import ChangedRow, Counts, FoldedRow, Report, TakenRow, merge_row
from graphsvc.ingest.several import polarity
from graphsvc.ingest.state import State
from graphsvc.ingest.versions import KeptRows
from graphsvc.names.seal import categories
from graphsvc.records.tables import PROTECTED, TABLES

_HANDLING = "handling"
# Columns that are never compared: reasons to seal (except unprotected categories), the row's statement, which may be a
# witness's, and the row's handling code (pages show the code that results from all rows).
_HIDDEN = frozenset({"sealed", "category", "statement_id", _HANDLING})
_LINKS, _STATEMENTS = "links", "statements"
# Columns of a statement that only readers with source clearance see: others cannot change them in others' statements.
_OF_SOURCES = frozenset({"source_id", "interest", "interpreter_id"})
# Table → the column with the statement that a row is about.
_OF = {_LINKS: "statement_id", _STATEMENTS: "id"}


class LoaderView:
    """Counts the rows of one delivery as its loader may know them.

    Args:
        ids_of_others: ids of the entities and statements in deliveries of other accounts.
        own_rows: id of an entity → its values in the loader's own deliveries.
    """

    def __init__(self, ids_of_others: Collection[str], own_rows: Mapping[str, OwnRow] = MappingProxyType({})) -> None:
        self.others, self._own_rows = set(ids_of_others), own_rows
        self._aside: dict[str, int] = defaultdict(int)
        self._counts: dict[str, Counts] = defaultdict(Counts)
        self._changed: list[ChangedRow] = []
        self._to_compare: list[tuple[TakenRow, FoldedRow]] = []
        self.hidden: set[str] = set()
        self._rows_before = VisibleRows({}, {})

    def add_codes(self, delivery: Delivery, statements: Mapping[str, FoldedRow], *, partial: bool) -> Delivery:
        """Return the delivery with row codes (`ingest.codes.add_codes`) independent of all that is hidden."""
        hidden = self._hidden(statements)
        return add_codes(delivery, statements, partial=partial, ids_of_others=self.others, hidden=hidden)

    def _hidden(self, statements: Mapping[str, FoldedRow]) -> set[str]:
        """Return the ids of the witness statements that others delivered."""
        return {
            identifier
            for identifier, row in statements.items()
            if row.values["kind"] == "witness" and identifier in self.others
        }

    def set_aside(self, delivery: Delivery, state: State, standing: Standings, key: bytes) -> Delivery:
        """Return the delivery without the rows that the case does not accept from this loader.

        Args:
            delivery: as it was read.
            state: the case without it.
            standing: the standings without it.
            key: the case's data key.
        """
        self.hidden = hidden_people(state, standing, key)
        self._rows_before = VisibleRows.of(state)
        # Ids only in rows that the case refused are as new as any other.
        self.others = {identifier for identifier in self.others if identifier in state.kinds}
        statements = state.records[_STATEMENTS]
        hidden = self._hidden(statements)
        delivered = [row for row in delivery.rows if row.table == _STATEMENTS]
        opening = [row.values["id"] for row in delivered if opens(statements.get(row.values["id"]), row)]
        hidden.update(identifier for identifier in opening if identifier in self.others)
        contrary = self._contrary(delivery)
        refused = {id(row) for row in contrary}
        rows, columns = [], dict(delivery.columns)
        for row in delivery.rows:
            if id(row) in refused:
                continue
            if row.table == _STATEMENTS and row.values["id"] in self.others and row.values["id"] not in hidden:
                row = _without_source(row, columns)
            if row.table in (_LINKS, _STATEMENTS) and row.values[_OF[row.table]] in hidden:
                self._aside[row.table] += 1
            elif row.table != _LINKS or not self._is_claim_of_others(row, state):
                rows.append(row)
            elif row.values["statement_id"] in self.others:
                self._aside[_LINKS] += 1
            else:
                rows.append(replace(row, values={name: cell for name, cell in row.values.items() if name != "id"}))
        rejections = [*delivery.rejections, *map(_contradicts, contrary)]
        return replace(delivery, rows=rows, columns=columns, rejections=rejections)

    def _unknown_people(self) -> set[str]:
        """Return the ids of hidden people that only others delivered; known after `set_aside`."""
        return self.hidden - self._own_rows.keys()

    def _contrary(self, delivery: Delivery) -> list[Row]:
        """Return claims of others' statements in which the delivery contradicts itself; they are always refused."""
        by_content: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in delivery.rows:
            if row.table == _LINKS and "id" not in row.values and row.values["statement_id"] in self.others:
                by_content[claim_key(row.values)].append(row)
        return [
            row for rows in by_content.values() if len({polarity(each.values) for each in rows}) > 1 for row in rows
        ]

    def _is_claim_of_others(self, row: Row, state: State) -> bool:
        """Whether a row has the id of a claim of a different statement, which others delivered."""
        claim = state.claims.get(("id", row.values.get("id", "")))
        statement = None if claim is None else claim.values["statement_id"]
        return statement in self.others and statement != row.values["statement_id"]

    def take(self, taken: TakenRow) -> None:
        """Count a row that was folded into the state; passed to `ingest.fold.fold` as `watch`."""
        table, before = taken.row.table, taken.before
        identifier = taken.row.values["statement_id"] if table == _LINKS else taken.key[-1]
        if identifier in self.others:
            if before is None or table in (_LINKS, _STATEMENTS):
                self._counts[table].received += 1
            else:
                self._to_compare.append((taken, before))
        elif before is None or (table == _LINKS and before.values["statement_id"] in self.others):
            self._counts[table].added += 1
        elif taken.changes_nothing:
            self._counts[table].unchanged += 1
        else:
            self._change(ChangedRow(taken.row, taken.key, before, taken.after))

    @uncollected()
    def report(self, full: Report, state: State, pages: IdMap, delivery: Delivery, *, partial: bool) -> Report:
        """Return the loader's report; call it once, after the fold.

        Args:
            full: the real effect of the delivery.
            state: the case with it.
            pages: map of the case as pages show it now.
            delivery: the delivery.
            partial: whether it only adds.
        """
        visible_rows = VisibleRows.of(state)
        for taken, before in self._to_compare:
            versions = self._rows_before.row(before), visible_rows.row(taken.after)
            self._compare_with_pages(taken, before, versions, pages, delivery, partial=partial)
        visible = Report(refused=full.refused, equal=full.equal, changed=self._changed)
        for table, counts in full.counts.items():
            mine = visible.counts[table] = self._counts[table]
            mine.read, mine.duplicate, mine.rejected = counts.read, counts.duplicate, counts.rejected
        for (table, identifier), (row, _) in full.rows_aside.items():
            if table == "people" and identifier in self._unknown_people():
                visible.counts[table].added += 1  # as if nobody had this id
            else:
                own = self._own_rows.get(identifier)
                known = (
                    _page_cells(identifier, visible_rows.row(state.records[table][identifier]), pages)
                    if own is None
                    else own.values
                )
                visible.set_aside(row, known or {})
        for table, number in self._aside.items():
            visible.counts[table].read += number
            visible.counts[table].received += number
        hidden = [row for statement, rows in full.contrary.items() if statement in self.others for row in rows]
        visible.rejections = [row for row in full.rejections if not any(row is hidden_row for hidden_row in hidden)]
        links = visible.counts[_LINKS]
        links.rejected -= len(hidden)
        links.received += len(hidden)
        of = {key: state.claims[key].values["statement_id"] for key in full.superseded}
        visible.superseded = [key for key, statement in of.items() if statement not in self.others]
        links.superseded = len(visible.superseded)
        return visible

    def _compare_with_pages(
        self,
        taken: TakenRow,
        before: FoldedRow,
        versions: tuple[FoldedRow, FoldedRow],
        pages: IdMap,
        delivery: Delivery,
        *,
        partial: bool,
    ) -> None:
        """Count a row about an entity that others delivered too; `versions`: what readers may know before and after it.

        A row that differs from the loader's own rows counts as changed. Other rows count as unchanged unless pages show
        otherwise, so that no count reveals that others' rows have the id, such as a row about a statement's source.
        """
        identifier, table = taken.key[-1], taken.row.table
        cleared = columns_delivered(taken.row, delivery.columns, partial=partial)
        own = self._own_rows.get(identifier)
        if own is not None:
            will_own = own.merge(taken.row, cleared)
            if will_own != own:
                was = replace(before, values=own.values, open=own.open)
                will = replace(taken.after, values=will_own.values, open=will_own.open)
                self._change(ChangedRow(taken.row, taken.key, was, will))
                return
        is_hidden = table == "people" and identifier in self.hidden
        change = None
        if not is_hidden:
            was, will = versions
            page_cells = _page_cells(identifier, was, pages)
            if page_cells is not None:
                change = self._compare(taken._replace(after=will), was, page_cells, {*taken.row.values, *cleared})
        if change is not None and change.before != change.after:
            self._change(change)
        elif change is not None or own is not None:
            self._counts[table].unchanged += 1
        elif is_hidden:
            self._counts[table].added += 1  # as if nobody had this id
        else:
            self._counts[table].received += 1

    def _compare(
        self, taken: TakenRow, before: FoldedRow, page_cells: Mapping[str, Any], brought: Collection[str]
    ) -> ChangedRow | None:
        """Compare a row in the columns that pages show; return None if it is equal but has other columns too."""
        is_opened = before.open is None and taken.after.open is not None
        was, will = _own_cells(before), taken.after.values if is_opened else _own_cells(taken.after)
        seen = {name for name in {*was, *will, *brought} if _is_seen(name, was, page_cells)}
        change = ChangedRow(
            taken.row,
            taken.key,
            replace(before, values=_open_cells(seen, was)),
            replace(taken.after, values=_open_cells(seen, will)),
        )
        if is_opened or change.before.values != change.after.values:
            return change
        is_equal = all(_stays(name, taken.row, seen, will, page_cells) for name in brought)
        return change._replace(after=change.before) if is_equal else None

    def _change(self, change: ChangedRow) -> None:
        self._counts[change.row.table].changed += 1
        self._changed.append(change)


class VisibleRows(NamedTuple):
    """Rows of people and things that readers may know: the layers P and C of a state (`ingest.layers`)."""

    under_p: Layer
    under_c: Layer

    @classmethod
    def of(cls, state: State) -> VisibleRows:
        """Return the rows that readers may know in a state."""
        return cls(state.layer("P"), state.layer("C"))

    def row(self, row: FoldedRow) -> FoldedRow:
        """Return the row of a person or thing as far as readers may know it."""
        identifier = row.values["id"]
        shared, known = self.under_p.get(identifier), self.under_c.get(identifier)
        values = known.values if known is not None else {"id": identifier}
        return replace(row, values=values, open=None if shared is None else shared.values)


def _without_source(row: Row, columns: dict[str, list[str]]) -> Row:
    """Return a row without the cells that need source clearance (also in `columns`); these keep their old values."""
    file = f"{row.file} (of others)"
    before = columns.get(part(row.table, row.file), columns.get(row.table, []))
    columns[part(row.table, file)] = [name for name in before if name not in _OF_SOURCES]
    return replace(row, file=file, values={name: cell for name, cell in row.values.items() if name not in _OF_SOURCES})


def _contradicts(row: Row) -> Rejection:
    reason = "the delivery holds this claim with another polarity too; give each an id, or correct one"
    return Rejection(row.file, row.line, "polarity", polarity(row.values), reason, table=row.table)


def _page_cells(identifier: str, row: FoldedRow, pages: IdMap) -> Mapping[str, Any] | None:
    """Return an entity as pages show it; None if they show a different id."""
    return None if pages.graph_id(identifier) != identifier else pages.entity(identifier, row)


def _own_cells(row: FoldedRow) -> Mapping[str, Any]:
    """Return the cells that pages show as the entity's own: for an entity under P, without those from rows under C."""
    return row.values if row.open is None else row.open


def _is_seen(name: str, cells: Mapping[str, Any], page_cells: Mapping[str, Any]) -> bool:
    """Whether a page shows the cell of a row as it was delivered."""
    return name == "id" or (name not in _HIDDEN and text(page_cells.get(name)) == text(cells.get(name)))


def _stays(name: str, row: Row, seen: Collection[str], will: Mapping[str, Any], page_cells: Mapping[str, Any]) -> bool:
    """Whether pages show that the cell of a delivered row changes nothing."""
    if name == _HANDLING:
        return row.values.get(name) in (None, page_cells[name])
    return name in seen and will.get(name) == row.values.get(name)


def _open_cells(names: Collection[str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells in these columns, and the categories shown to every reader."""
    cells = {name: value for name, value in values.items() if name in names}
    # Pages show `other` for a person without a visible category.
    unprotected = sorted(categories(values).keys() - PROTECTED - {"other"})
    return cells | ({"category": unprotected} if unprotected else {})


class OwnRow(NamedTuple):
    """Values of an entity in the loader's own deliveries: all values, and the values that count under P, if any."""

    values: dict[str, Any]
    open: dict[str, Any] | None

    def merge(self, row: Row, cleared: Collection[str]) -> OwnRow:
        """Return the values merged with one more row, which clears some columns."""
        values = merge_row(self.values, row.values, cleared)
        return OwnRow(values, self.open if row.code == "C" else merge_row(self.open or {}, row.values, cleared))


def add_own_rows(own_rows: dict[str, OwnRow], delivery: KeptRows) -> None:
    """Add a delivery's entity rows to the values from earlier deliveries.

    Rows that were set aside do not count.
    """
    for row in delivery.rows:
        if row.table in (_LINKS, _STATEMENTS) or row.is_aside:
            continue
        cleared = columns_delivered(row, delivery.columns, partial=delivery.partial)
        before = own_rows.get(row.values["id"], OwnRow({}, None))
        own_rows[row.values["id"]] = before.merge(row, cleared)


def ids_brought(rows: Iterable[Row]) -> set[str]:
    """Return the ids of the entities and statements in rows, and of the statements of claims in them."""
    return {
        row.values["statement_id" if row.table == _LINKS else "id"]
        for row in rows
        if row.table in TABLES and not row.is_aside
    }
