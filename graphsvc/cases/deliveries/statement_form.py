"""What somebody typed into the form of a statement → tables of a delivery, and rejections → fields. Pure."""

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
# What becomes of a claim that is there already: it stands (perhaps corrected), its source took it back, or it was a mistake.
FATES = ("stands", "withdrawn", "mistake")
# Column of the deliverer's own that says why a statement was corrected; it is kept with the statement's row.
REASON = "x_reason"
# What of a released row stands in which column of the case format, where the names differ.
_FROM_CLAIM = {
    "subject_id": "subject",
    "object_id": "object",
    "from_date": "from_on",
    "to_date": "to_on",
}


@dataclass(frozen=True, slots=True)
class FormPart:
    """One claim, or somebody or something new, in the form.

    Attributes:
        handle: tells it apart in its form, such as `c1`; a new one is referred to by it.
        table: `links`, or the table of what is new.
        cells: column → what was typed. The ends of a claim and other references: an id as pages show it, or a handle.
        claim: the id of the claim that is corrected; empty: a new one.
        fate: one of FATES.
    """

    handle: str
    table: str
    cells: Cells = field(default_factory=dict)
    claim: str = ""
    fate: str = FATES[0]


@dataclass(frozen=True, slots=True)
class Form:
    """All that was typed.

    Attributes:
        token: 32 hexadecimal digits, made when the form was opened: the same form twice is the same delivery.
        statement: column → what was typed.
        of: the statement that is corrected, as pages show its id; empty: a new one.
        seen: what that statement said when the form was opened, see `digest`.
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
    """What is wrong with a field.

    Attributes:
        field: such as `s.taken_on` or `c1.object_id`; empty: the form as a whole.
        reason: in words, to stand beside the field.
        meant: rows of `entities.find` to choose from, where several may be meant.
    """

    field: str
    reason: str
    meant: tuple[dict[str, Any], ...] = ()


def text(value: Any) -> str:
    r"""A released value as a form shows it and takes it back; lines end as a browser sends them, made plain again.

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
    """What was typed into a field, as a file would hold it: `plain`, and a date in whatever form people write it.

    Example:
        >>> cell("links", "from_date", "8 May 2020 "), cell("links", "notes", "8 May 2020")
        ('2020-05-08', '8 May 2020')
    """
    known, text = TABLES[table].column(column), plain(typed)
    return dates.typed(text) if known is not None and known.kind == "date" else text


def statement_cells(values: Mapping[str, Any]) -> dict[str, str]:
    """A released statement as its form shows it."""
    return {column.name: plain(text(values.get(column.name))) for column in TABLES["statements"].columns}


def claim_cells(row: Mapping[str, Any]) -> dict[str, str]:
    """A released row of `statements.claims` as its form shows it."""
    return {
        column.name: plain(text(row.get(_FROM_CLAIM.get(column.name, column.name))))
        for column in TABLES["links"].columns
        if column.name not in ("id", "statement_id")
    }


def changed(typed: Cells, was: Cells) -> dict[str, str]:
    r"""The cells that were typed anew.

    Example:
        >>> changed({"place": "Calais\r\n", "notes": "x"}, {"place": "Calais", "notes": ""})
        {'notes': 'x'}
    """
    return {name: plain(cell) for name, cell in typed.items() if plain(cell) != plain(was.get(name, ""))}


def raw_tables(rows: Iterable[tuple[str, str, Cells]]) -> tuple[list[RawTable], dict[tuple[str, int], str]]:
    """Rows (handle, table, cells) as tables to be checked, and (file, line) → handle."""
    by_table: dict[str, list[tuple[str, Cells]]] = {}
    for handle, named, cells in rows:
        by_table.setdefault(named, []).append((handle, cells))
    tables: list[RawTable] = []
    places: dict[tuple[str, int], str] = {}
    for name, table in TABLES.items():
        some = by_table.get(name, [])
        if not some:
            continue
        required = [column.name for column in table.columns if column.required]
        header = list(dict.fromkeys([*required, *(column for _, cells in some for column in cells)]))
        lines = []
        for line, (handle, cells) in enumerate(some, start=2):
            lines.append((line, [cells.get(column, "") for column in header]))
            places[table.file, line] = handle
        tables.append(RawTable(name, table.file, header, lines))
    return tables, places


def faults(rejections: Iterable[Rejection], places: Mapping[tuple[str, int], str]) -> list[Fault]:
    """Rejections as faults of fields. Never with the value: it may be the delivered id of somebody sealed."""
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
