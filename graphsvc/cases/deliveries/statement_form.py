"""Turns a typed statement form into tables of a delivery, and rejections into faults of fields. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphsvc.ingest.raw import RawTable
from graphsvc.ingest.rejected import Rejection
from graphsvc.records import dates
from graphsvc.records.lines import plain
from graphsvc.records.tables import TABLES

Cells = Mapping[str, str]
STATEMENT = "s"
# What happens to an existing claim: it stays (perhaps corrected), its source withdrew it, or it was a mistake.
FATES = ("stands", "withdrawn", "mistake")
# Column of the case format → column of a released row, where the names differ.
_FROM_CLAIM = {
    "subject_id": "subject",
    "object_id": "object",
    "from_date": "from_on",
    "to_date": "to_on",
}


@dataclass(frozen=True, slots=True)
class FormPart:
    """One claim, or one new person or thing, in the form.

    Attributes:
        handle: its id in the form, such as `c1`; references to a new person or thing use it.
        table: `links`, or the table of the new person or thing.
        cells: column → typed text. The ends of a claim and other references are ids as pages show them, or handles.
        claim: id of the claim to correct; empty: a new one.
        fate: one of FATES.
    """

    handle: str
    table: str
    cells: Cells = field(default_factory=dict)
    claim: str = ""
    fate: str = FATES[0]


@dataclass(frozen=True, slots=True)
class Form:
    """Everything typed into one form.

    Attributes:
        token: 32 hexadecimal digits, made when the form was opened: the same form sent twice is the same delivery.
        statement: column → typed text.
        of: id, as pages show it, of the statement to correct; empty: a new one.
        seen: digest of that statement when the form was opened.
        reason: why it is corrected.
    """

    token: str
    statement: Cells = field(default_factory=dict)
    claims: tuple[FormPart, ...] = ()
    new: tuple[FormPart, ...] = ()
    of: str = ""
    seen: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in a field.

    Attributes:
        field: name of the field, such as `s.taken_on` or `c1.object_id`; empty: the form as a whole.
        reason: explanation to show next to the field.
        meant: rows of `entities.find` to choose from, if several match the typed text.
    """

    field: str
    reason: str
    meant: tuple[dict[str, Any], ...] = ()


def text(value: Any) -> str:
    r"""Return a released value as a form shows it; `plain` later undoes the line ends that a browser sends.

    Example:
        >>> text(None), text(True), text(2500.0), text(["a", "b"]), plain("a\r\nb ")
        ('', 'yes', '2500', 'a; b', 'a\nb')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return str(value)


def cell(table: str, column: str, typed: str) -> str:
    """Return a typed field as a file would contain it: `plain`, with dates in any common form as ISO dates.

    Example:
        >>> cell("links", "from_date", "8 May 2020 "), cell("links", "notes", "8 May 2020")
        ('2020-05-08', '8 May 2020')
    """
    known, text = TABLES[table].column(column), plain(typed)
    return dates.convert_typed(text) if known is not None and known.kind == "date" else text


def statement_cells(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a released statement as its form shows it."""
    return {column.name: plain(text(values.get(column.name))) for column in TABLES["statements"].columns}


def claim_cells(row: Mapping[str, Any]) -> dict[str, str]:
    """Return a released row of `statements.claims` as its form shows it."""
    return {
        column.name: plain(text(row.get(_FROM_CLAIM.get(column.name, column.name))))
        for column in TABLES["links"].columns
        if column.name not in ("id", "statement_id")
    }


def changed_cells(typed: Cells, was: Cells) -> dict[str, str]:
    r"""Return the cells that were changed.

    Example:
        >>> changed_cells({"place": "Calais\r\n", "notes": "x"}, {"place": "Calais", "notes": ""})
        {'notes': 'x'}
    """
    return {name: plain(cell) for name, cell in typed.items() if plain(cell) != plain(was.get(name, ""))}


def raw_tables(rows: Iterable[tuple[str, str, Cells]]) -> tuple[list[RawTable], dict[tuple[str, int], str]]:
    """Return rows (handle, table, cells) as tables to check, and (file, line) → handle."""
    by_table: dict[str, list[tuple[str, Cells]]] = {}
    for handle, named, cells in rows:
        by_table.setdefault(named, []).append((handle, cells))
    tables: list[RawTable] = []
    places: dict[tuple[str, int], str] = {}
    for name, table in TABLES.items():
        table_rows = by_table.get(name, [])
        if not table_rows:
            continue
        required = [column.name for column in table.columns if column.required]
        header = list(dict.fromkeys([*required, *(column for _, cells in table_rows for column in cells)]))
        lines = []
        for line, (handle, cells) in enumerate(table_rows, start=2):
            lines.append((line, [cells.get(column, "") for column in header]))
            places[table.file, line] = handle
        tables.append(RawTable(name, table.file, header, lines))
    return tables, places


def faults(rejections: Iterable[Rejection], places: Mapping[tuple[str, int], str]) -> list[Fault]:
    """Return rejections as faults of fields, without the values, which may be delivered ids of somebody sealed."""
    result = []
    for rejection in rejections:
        handle = places.get((rejection.file, rejection.line), "")
        if handle:
            result.append(Fault(f"{handle}.{rejection.column}" if rejection.column else handle, rejection.reason))
        else:
            column = f"{rejection.column} " if rejection.column else ""
            result.append(
                Fault(
                    "", f"A claim of this statement that you did not touch cannot stay: its {column}{rejection.reason}."
                )
            )
    return result
