"""Handling codes of rows of people and things, decided once for each delivery and stored with its rows. Pure.

| row of a person or thing | code |
|---|---|
| C in its cell, or a statement under C in `statement_id` | C |
| P in its cell, or a statement under P in `statement_id` | P |
| neither, in a delivery with anything under C, where no claim under P of the delivery is about it | C |
| neither, otherwise | P: readers of P see it once a statement under P is about it |

Every delivered row counts, even if it is rejected, set aside or erased before the delivery is stored. So reloading a
file, a typing mistake, an erasure, a different order of deliveries or an undo never opens a row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphsvc.ingest.check import Delivery, Row, part
from graphsvc.ingest.report import FoldedRow
from graphsvc.records.grading import DEFAULT_HANDLING, stricter
from graphsvc.records.tables import EXTRA_PREFIX

_STATEMENTS, _LINKS = "statements", "links"
_WITHOUT_CODE = (_STATEMENTS, _LINKS)
_OF_SOURCES = frozenset({"source_id", "interpreter_id"})


def add_codes(
    delivery: Delivery,
    statements: Mapping[str, FoldedRow],
    *,
    partial: bool,
    ids_of_others: Collection[str] = (),
    hidden: Collection[str] = (),
) -> Delivery:
    """Return a delivery with the codes of its rows, rejected ones too.

    Args:
        delivery: as it came, before any row is set aside or erased.
        statements: statements in the case before this delivery is folded in.
        partial: whether the delivery only adds.
        ids_of_others: ids delivered by others, if the loader has no source clearance: the loader cannot open these
            statements.
        hidden: statements of others that the loader may not see: the result does not depend on them.
    """
    content = _Content(statements, hidden)
    content.add(
        delivery.rows, delivery.columns, partial=partial, left_out=delivery.left_out, ids_of_others=ids_of_others
    )
    entities = [row.values for row in delivery.left_out if row.table not in _WITHOUT_CODE and "id" in row.values]
    rejected_c = frozenset(values["id"] for values in entities if content.decide(values) == "C")
    return replace(delivery, rows=content.with_codes(delivery.rows), left_out=[], rejected_c=rejected_c)


def with_codes(
    rows: Sequence[Row],
    statements: Mapping[str, FoldedRow],
    columns: Mapping[str, list[str]],
    *,
    partial: bool,
    refused: Collection[str] = (),
) -> Sequence[Row]:
    """Return the rows of a delivery with a code for each person and thing; codes decided earlier stay.

    Args:
        rows: its rows, before any is set aside or erased.
        statements: statements in the case before this delivery is folded in.
        columns: see `Delivery.columns`.
        partial: whether the delivery only adds.
        refused: statements whose rows the case refused when the delivery came: these rows do not count.

    Example:
        >>> said = Row("statements", "statements.csv", 2, {"id": "T1", "kind": "record", "handling": "C"})
        >>> person = Row("people", "people.csv", 2, {"id": "a"})
        >>> [row.code for row in with_codes([person, said], {}, {}, partial=False)], with_codes([person], {}, {}, partial=False)[0].code
        (['C', ''], 'P')
    """
    if all(row.code or row.table in _WITHOUT_CODE for row in rows):
        return rows
    content = _Content(statements)
    content.add(rows, columns, partial=partial, refused=refused)
    return content.with_codes(rows)


def may_show_sources(delivery: Delivery, statements: Mapping[str, FoldedRow], of_others: Collection[str] = ()) -> bool:
    """Whether a delivery, as it came, is about statements that may have a source or an interpreter.

    Args:
        delivery: as it came, with its rejected rows.
        statements: statements in the case before this delivery is folded in.
        of_others: ids delivered by others, if the loader has no source clearance: these statements count as having one.

    Example:
        >>> rows = [Row("statements", "statements.csv", 2, {"id": name, "kind": "record"}) for name in ("R1", "R2")]
        >>> delivery = Delivery(rows, [], {}, {})
        >>> may_show_sources(delivery, {}), may_show_sources(delivery, {"R2": FoldedRow(rows[1].values, 1, 2)}, {"R2"})
        (False, True)
    """
    raw = [*delivery.left_out, *delivery.rows]
    delivered = {row.values.get("id", "") for row in raw if row.table == _STATEMENTS}
    if any(row.table == _STATEMENTS and not _OF_SOURCES.isdisjoint(row.values) for row in raw):
        return True
    # The source cell of a rejected row may be unreadable.
    if any(row.table == _STATEMENTS for row in delivery.left_out) and not _OF_SOURCES.isdisjoint(
        delivery.columns.get(_STATEMENTS, ())
    ):
        return True
    claimed = {row.values.get("statement_id", "") for row in raw if row.table == _LINKS}
    if not claimed <= delivered | statements.keys():
        return True
    known = (delivered | claimed) & statements.keys()
    return any(name in of_others or not _OF_SOURCES.isdisjoint(statements[name].values) for name in known)


class _Content:
    """Handling codes of the statements and claims of one delivery, as it came."""

    def __init__(self, statements: Mapping[str, FoldedRow], hidden: Collection[str] = ()) -> None:
        self._statements, self._hidden = statements, hidden
        self._loaded = {name: "C" if name in hidden else code_of(row.values) for name, row in statements.items()}
        self._delivered: dict[str, str] = {}
        self._has_c = False
        self._shared: set[str] = set()

    def add(
        self,
        rows: Iterable[Row],
        columns: Mapping[str, list[str]],
        *,
        partial: bool,
        left_out: Iterable[Row] = (),
        ids_of_others: Collection[str] = (),
        refused: Collection[str] = (),
    ) -> None:
        """Add all rows of the delivery; arguments as in `add_codes` and `with_codes`."""
        for row in left_out:
            if row.table == _STATEMENTS:
                self._add_statement(row, may_open=False)
        for row in rows:
            if row.table == _STATEMENTS and (name := row.values["id"]) not in refused:
                old = self._statements.get(name)
                fault = name in ids_of_others or opening_fault(old, row, columns, partial=partial)
                self._add_statement(row, may_open=name in self._hidden or not fault)
        for row in (*left_out, *rows):
            if row.table == _LINKS:
                self._add_claim(row.values)
            elif row.table != _STATEMENTS:
                self._add_entity(row.values)

    def with_codes(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows with a code for each person and thing that has none."""
        return [
            row
            if row.code or row.table in _WITHOUT_CODE
            else Row(row.table, row.file, row.line, row.values, self.decide(row.values))
            for row in rows
        ]

    def _add_statement(self, row: Row, *, may_open: bool) -> None:
        """Add a statement. One already in the case under C stays under C unless `may_open` is set."""
        name, code = row.values.get("id", ""), code_of(row.values)
        if not may_open:
            code = stricter(code, self._loaded.get(name, code))
        self._delivered[name] = stricter(code, self._delivered.get(name, code))
        self._has_c = self._has_c or code == "C"

    def _add_claim(self, values: Mapping[str, Any]) -> None:
        """Add a claim, once all statements are added."""
        if stricter(self._of(values.get("statement_id", "")), values.get("handling", "P")) == "C":
            self._has_c = True
        else:
            self._shared.update(values[end] for end in ("subject_id", "object_id") if end in values)

    def _add_entity(self, values: Mapping[str, Any]) -> None:
        """Add the row of a person or thing, once all statements are added."""
        self._has_c = self._has_c or self._stated_code(values) == "C"

    def decide(self, values: Mapping[str, Any]) -> str:
        """Decide the code of the row of a person or thing."""
        if code := self._stated_code(values):
            return code
        return "C" if self._has_c and values["id"] not in self._shared else "P"

    def _stated_code(self, values: Mapping[str, Any]) -> str:
        """Return the code in the row of a person or thing, by its cell or its statement; empty if it has neither."""
        codes, statement = {values.get("handling", "")}, values.get("statement_id")
        if statement is not None:
            codes.add("C" if statement in self._hidden else self._of(statement))
        return "C" if "C" in codes else "P" if "P" in codes else ""

    def _of(self, statement: str) -> str:
        return self._delivered.get(statement) or self._loaded.get(statement, DEFAULT_HANDLING)


def code_of(values: Mapping[str, Any]) -> str:
    """Return the handling code of a statement by its cells."""
    return str(values.get("handling", DEFAULT_HANDLING))


def opens(old: FoldedRow | None, row: Row) -> bool:
    """Whether a row moves a loaded statement from handling code C to P."""
    return old is not None and code_of(old.values) == "C" and code_of(row.values) == "P"


def kept_closed(row: Row, statements: Mapping[str, FoldedRow]) -> Row:
    """Return a row of a statement that came under C with code C, if the statement is under P by now.

    The delivery that closed the statement was undone then. The row may only be opened by a row under P.
    """
    if row.code != "C" or row.table != _STATEMENTS:
        return row
    statement = statements.get(row.values["id"])
    is_open = statement is not None and code_of(statement.values) == "P"
    values = {**row.values, "handling": "C"} if is_open and "handling" not in row.values else row.values
    return replace(row, values=values, code="")


def opening_fault(old: FoldedRow | None, row: Row, columns: Mapping[str, list[str]], *, partial: bool) -> str:
    """Return why a row may not open its loaded statement; empty if the row may open it, or does not."""
    if old is None or not opens(old, row):
        return ""
    present = {*row.values, *columns_delivered(row, columns, partial=partial)}
    missing = [name for name in old.values if name not in present and not is_extra(name)]
    if not missing:
        return ""
    add = "fill these cells" if partial else "add these columns, empty if not to be shared"
    reason = f"would show under P what was given under C, since the row has no {', '.join(missing)}"
    return f"{reason}: {add}, or deliver the shared version under a new id"


def columns_delivered(row: Row, columns: Mapping[str, list[str]], *, partial: bool) -> Collection[str]:
    """Return the columns in which a row's empty cell clears the earlier value; none in a delivery that only adds."""
    return () if partial else columns.get(part(row.table, row.file), columns.get(row.table, ()))


def is_extra(column: str) -> bool:
    """Whether a column is custom."""
    return column.startswith(EXTRA_PREFIX)
