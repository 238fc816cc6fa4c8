"""Reads other people's tables through a mapping, as rows of the case format that keep their file and line."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, product
from pathlib import Path

from graphsvc.errors import InputError
from graphsvc.ingest.csvtext import other_delimiter
from graphsvc.ingest.date_forms import date_reader
from graphsvc.ingest.figures import decimal_text
from graphsvc.ingest.mapping import PLACEHOLDER, MappedField, MappedTable, Mapping
from graphsvc.ingest.raw import (
    FaultyCell,
    Limits,
    MomentCell,
    NumberCell,
    PassedRow,
    Progress,
    RaggedRow,
    RawPart,
    RawTable,
    too_much,
)
from graphsvc.ingest.readers import graph_beside, in_folder, is_graph, open_parts
from graphsvc.records.marks import is_mark_column, marks_by_value
from graphsvc.records.nearest import hint
from graphsvc.records.tables import TABLES

# Cells of a source row → the value of a field of the case format.
_Value = Callable[[list[str]], str]
# Fields whose dates are never in the future.
_PAST = frozenset({"date_of_birth"})
# Number of rows searched for values that equal the header: frequent values recur soon.
_ROWS_COMPARED = 1_000


def read_mapped(path: Path, limits: Limits, mapping: Mapping, progress: Progress | None = None) -> list[RawTable]:
    """Read the tables of a delivery that a mapping explains. Several of them may have the same name.

    Raises:
        InputError: a file or column is not mapped or ignored, or a mapped one is missing.
    """
    path = path.absolute()
    mapped_files = {table.file for table in mapping.tables}
    ignored = set(mapping.ignore_files) - mapped_files
    opened = open_parts(path, limits, progress, ignored)
    parts = {part.name: part for part in opened}
    if len(parts) < len(opened):
        raise InputError(f"{path.name} holds two files of one name: only one of them can be meant.")
    for name, part in parts.items():
        if name not in mapped_files:
            raise InputError(
                f"{path.name} holds {name!r}, which {mapping.file} does not map or list in ignore_files: add it there.{in_folder(part)}"
            )
    raws = [_source(path, mapping, table, parts) for table in mapping.tables]
    _check_columns(mapping, raws)
    raws = [_split(raw, table.split, limits) for table, raw in zip(mapping.tables, raws, strict=True)]
    tables: list[RawTable] = []
    # Tables of `distinct` values come last: only ids that are in no other table need a row.
    reporting: set[str] = set()
    for table, raw in sorted(zip(mapping.tables, raws, strict=True), key=lambda pair: bool(pair[0].distinct)):
        same_tables = [each for each in tables if each.name == table.record]
        tables.append(_map_table(mapping, table, raw, same_tables, reports=raw.file not in reporting))
        reporting.add(raw.file)
    if mapping.statement:
        rows = [(mapping.statement_line, list(mapping.statement.values()))]
        tables.append(RawTable("statements", mapping.file, list(mapping.statement), rows))
    return sorted(tables, key=lambda table: list(TABLES).index(table.name))


def _source(path: Path, mapping: Mapping, table: MappedTable, parts: dict[str, RawPart]) -> RawTable:
    part = parts.get(table.file)
    if part is None:
        raise InputError(
            f"{path.name} has no {table.file!r}, which {mapping.file} maps to {table.record}; {hint(table.file, parts)}"
        )
    if is_graph(part):
        raise InputError(graph_beside(path, part.name))
    return part.table(table.record, table.delimiter, table.encoding, header=table.header is not False)


def _check_columns(mapping: Mapping, raws: list[RawTable]) -> None:
    """Require each column to be mapped or ignored, and each named column to exist, so typing mistakes lose nothing."""
    known: dict[str, set[str]] = defaultdict(set)
    mapped: dict[str, set[str]] = defaultdict(set)
    of_people = {raw.file for table, raw in zip(mapping.tables, raws, strict=True) if table.record == "people"}
    for table, raw in zip(mapping.tables, raws, strict=True):
        mapped[raw.file] |= table.read
        # A column that may mark a person can be ignored only by its name.
        ignorable = [name for name in raw.header if raw.file not in of_people or not is_mark_column(name)]
        known[raw.file] |= set(table.ignore) | mapped[raw.file] | set(ignorable if table.ignore_others else ())
    for table, raw in zip(mapping.tables, raws, strict=True):
        for name in raw.header:
            # Ignored columns may be repeated.
            if raw.header.count(name) > 1 and (name in mapped[raw.file] or name not in known[raw.file]):
                raise InputError(
                    f"{raw.file}, line {raw.header_line}: column {name!r} is there twice: remove or rename one."
                )
        for name in sorted(table.read.union(table.ignore)):
            if name not in raw.header:
                _refuse_delimiter(mapping, raw)
                is_data = table.header is None and not raw.is_named and mapped[raw.file].isdisjoint(raw.header)
                way_out = f" {_no_header(mapping)}." if is_data else ""
                missing = f"{mapping.file}: {raw.file} has no column {name!r}; {hint(name, raw.header)}"
                raise InputError(f"{missing}.{way_out}".replace("?.", "?") if way_out else missing)
    for raw in raws:
        for name in raw.header:
            if name not in known[raw.file]:
                raise InputError(
                    f"{mapping.file} neither maps nor ignores column {name!r} of {raw.file}: add it to one of them."
                )
    for table, raw in zip(mapping.tables, raws, strict=True):
        if table.header is None and not raw.is_named:
            _refuse_values(mapping, raw, table.read)


def _refuse_values(mapping: Mapping, raw: RawTable, columns: set[str]) -> None:
    """Raise InputError if a column's name is also a value in it: the header may be data, which would be lost."""
    names = [(place, name.strip()) for place, name in enumerate(raw.header) if name in columns and name.strip()]
    for line, cells in islice(raw.rows, _ROWS_COMPARED):
        for place, name in names:
            if place < len(cells) and cells[place].strip() == name:
                raise InputError(
                    f"{raw.file}, line {raw.header_line} is read as the names of columns, but what stands there in column {place + 1} is a value of"
                    f" that column in line {line} too. {_no_header(mapping)}; if it does hold names, write header = true."
                )


def _no_header(mapping: Mapping) -> str:
    return (
        f"If its first row holds values and no names, write header = false in each [[table]] of {mapping.file} that reads it,"
        ' and name columns by number: "1", "2" and so on'
    )


def _refuse_delimiter(mapping: Mapping, raw: RawTable) -> None:
    """Raise InputError if a file seems to have a different delimiter from the mapping's."""
    sign, separated = other_delimiter(raw.header)
    if sign:
        raise InputError(
            f"{raw.file}, line {raw.header_line} is one cell, {raw.header[0][:60]!r}: its cells are separated by {separated}. "
            f"Write delimiter = {json.dumps(sign)} in each [[table]] of {mapping.file} that reads it."
        )


def _map_table(
    mapping: Mapping, table: MappedTable, raw: RawTable, same_tables: list[RawTable], *, reports: bool
) -> RawTable:
    """Return a table of the case format. `same_tables`: others filling it. `reports`: report rows of wrong width."""
    constants = dict(table.constants)
    fields = {name: _value(name, each, raw.header) for name, each in table.columns.items() if not each.distinct}
    if table.record == "links" and mapping.statement:
        statement = mapping.statement["id"]
        if "statement_id" in fields:
            fields["statement_id"] = _with_default(fields["statement_id"], statement)
        else:
            constants.setdefault("statement_id", statement)
    header = [*table.columns, *constants]
    rest = list(constants.values())
    if table.distinct:
        distinct = _DistinctRows(raw, table.columns[table.distinct], rest, same_tables, reports=reports)
        return RawTable(table.record, raw.file, header, distinct)
    wanted = [(list(fields).index(name), name) for name in table.pass_over_empty]
    ignored = table.ignore_others and table.record in ("people", "links")
    read = {*table.read, *table.ignore} if ignored else set(raw.header)
    passed_over = [(place, name) for place, name in enumerate(raw.header) if name not in read]
    rows = _MappedRows(raw, list(fields.values()), rest, wanted, passed_over, mapping.file)
    return RawTable(table.record, raw.file, header, rows)


def _split(raw: RawTable, columns: dict[str, str], limits: Limits) -> RawTable:
    """Return a source table with a row for each value in the cells of these columns."""
    if not columns:
        return raw
    signs = [(raw.header.index(name), sign) for name, sign in columns.items()]
    return replace(raw, rows=_SplitRows(raw, signs, limits))


@dataclass(frozen=True, slots=True)
class _SplitRows:
    """Source rows, one for each value of the split cells, or for each combination if several cells are split."""

    raw: RawTable
    signs: list[tuple[int, str]]
    limits: Limits

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width, count = len(self.raw.header), 0
        for line, cells in self.raw.rows:
            if len(cells) != width:
                yield line, cells
                continue
            for values in product(*(self._values(cells[place], sign) for place, sign in self.signs)):
                count += 1
                if count > self.limits.rows:
                    raise too_much(self.raw.file, f"has more than {self.limits.rows:,} rows once its cells are split")
                row = list(cells)
                for (place, _), value in zip(self.signs, values, strict=True):
                    row[place] = value
                yield line, row

    def _values(self, cell: str, sign: str) -> list[str]:
        # A workbook's number stays a number. A cell that is too long may be cut, and must be rejected whole.
        if sign not in cell or len(cell) > self.limits.cell_chars:
            return [cell]
        return [value for part in cell.split(sign) if (value := part.strip())] or [""]


@dataclass(frozen=True, slots=True)
class _MappedRows:
    """One row of the case format for each source row. Rows of a wrong width are passed on, to be rejected.

    Rows in which a `wanted` field (its place and name) is empty are skipped. A value that may mark a person, in a column
    that the mapping passes over without naming it, raises InputError.
    """

    raw: RawTable
    fields: list[_Value]
    constants: list[str]
    wanted: list[tuple[int, str]]
    passed_over: list[tuple[int, str]]
    mapping_file: str

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width = len(self.raw.header)
        for line, cells in self.raw.rows:
            if len(cells) != width:
                yield line, _ragged_row(self.raw, cells)
                continue
            for place, name in self.passed_over:
                if marks_by_value(cells[place]):
                    raise InputError(
                        f"{self.raw.file}, line {line}: column {name!r} says {cells[place][:60]!r}, which may mark somebody to be"
                        f" sealed, and ignore_others passes over it. Map the column in {self.mapping_file}, or add it to ignore."
                    )
            values = [value(cells) for value in self.fields] + self.constants
            empty = next((name for place, name in self.wanted if not values[place]), "")
            yield line, PassedRow(empty, values) if empty else values


@dataclass(frozen=True, slots=True)
class _DistinctRows:
    """One row, with its first line, for each distinct value of some columns that no other table has."""

    raw: RawTable
    field: MappedField
    constants: list[str]
    others: list[RawTable]
    reports: bool

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width = len(self.raw.header)
        values = [_value("id", self.field, self.raw.header, name) for name in self.field.distinct]
        seen = {""}
        for table in self.others:
            place = table.header.index("id")
            seen.update(cells[place] for _, cells in table.rows if not isinstance(cells, RaggedRow | PassedRow))
        for line, cells in self.raw.rows:
            if len(cells) != width:
                # If another table maps the file's rows, rows of a wrong width are reported there.
                if self.reports:
                    yield line, _ragged_row(self.raw, cells)
                continue
            for text in (value(cells) for value in values):
                if text not in seen:
                    seen.add(text)
                    yield line, [text, *self.constants]


def _ragged_row(raw: RawTable, cells: list[str]) -> RaggedRow:
    return RaggedRow(cells, len(raw.header), "the first row" if raw.is_numbered else "the header")


def _value(name: str, each: MappedField, header: list[str], column: str = "") -> _Value:
    """Return a function that reads the field `name` from a row; `column` replaces the field's own column."""
    column = column or each.column
    index = header.index(column) if column else None
    places = {
        placeholder: header.index(placeholder) for placeholder in PLACEHOLDER.findall(each.template) if placeholder
    }
    read = _numeral(each.decimal) if each.decimal else date_reader(each.date, each.zone, is_past=name in _PAST)

    def value(cells: list[str]) -> str:
        cell = cells[index] if index is not None else ""
        text = cell if isinstance(cell, MomentCell | NumberCell) else cell.strip()
        text = each.values.get(text, text)
        if column:
            text = read(text)
        if not each.template or isinstance(text, FaultyCell):
            return text
        filled = {placeholder: cells[place].strip() for placeholder, place in places.items()} | {"": text}
        if not any(filled.values()):
            return ""
        text = PLACEHOLDER.sub(lambda match: filled[match[1]], each.template)
        return text if column else read(text)

    return value


def _numeral(decimal: str) -> Callable[[str], str]:
    """Return a function that converts numbers written with this decimal sign."""
    example = "1.250,50" if decimal == "," else "1,250.50"

    def number(text: str) -> str:
        if isinstance(text, NumberCell) or not text:
            return text
        try:
            return decimal_text(text, decimal)
        except ValueError:
            return FaultyCell(text, f"is no number such as {example}, as `decimal` of the mapping says")

    return number


def _with_default(value: _Value, default: str) -> _Value:
    return lambda cells: value(cells) or default
