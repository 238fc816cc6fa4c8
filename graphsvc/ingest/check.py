"""Converts text to values: every cell is checked against its column, and every bad row is left out whole and reported.

Faults that a single row cannot show are left to the fold: ids that two tables share, and links to unknown ids.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as Names
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from graphsvc.errors import InputError
from graphsvc.ingest.cells import CellFault, Converter, converter, cut_by_excel, out_of_order
from graphsvc.ingest.csvtext import other_delimiter
from graphsvc.ingest.i2.chart import ChartRead, ChartTables
from graphsvc.ingest.mapped import read_mapped
from graphsvc.ingest.mapping import Mapping
from graphsvc.ingest.raw import PROGRESS_ROWS, FaultyCell, Limits, PassedRow, Progress, RaggedRow, RawTable
from graphsvc.ingest.readers import form_of, read_delivery
from graphsvc.ingest.rejected import PassedOver, Rejection
from graphsvc.records.nearest import SUGGESTIONS, UnknownWord, hint
from graphsvc.records.tables import EXTRA_PREFIX, PROTECTING, TABLES, Table

_SHOWN_CHARS = 60
_MARKS_THOUGH_PASSED = "is empty, so the mapping passes the row over, but the row may say that somebody must be sealed"
_OTHER_WIDTH = "the row has another number of cells than the header"


@dataclass(frozen=True, slots=True)
class Row:
    """One accepted row.

    `values` holds only what was filled in: text and dates as `str`, lists and categories as `list[str]`, numbers as
    `float`, counts as `int`, choices as their word, `x_` columns as `str`.

    Attributes:
        code: handling code of a person or thing, decided when the delivery was accepted (see `codes`); empty: not
            decided yet. For a statement or claim, `C` if it was under C when the row came.
        is_aside: whether the row was set aside when the delivery was accepted: see `fold.fold`.
    """

    table: str
    file: str
    line: int
    values: dict[str, Any]
    code: str = ""
    is_aside: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery, checked.

    Attributes:
        rows: the accepted rows, in the order of the tables and their lines.
        rejections: one for each row left out.
        read: rows read by table: accepted plus rejected.
        columns: table → columns delivered. For a table in several files: the columns that all of them have, and by
            `part` the columns of each file that has more.
        chart: contents read from a chart; None for tables.
        passed_over: rows that its mapping skips, which count as not read.
        incomplete: ids of its statements with links left out. An empty id means that the statement could not be read.
        accepted: ids of its statements that the case accepted, once the delivery was folded into it.
        ends: id → table, for the ends of its claims that its own rows do not bring, once it was folded: they outlive the
            rows of others.
        left_out: rejected rows with their readable cells, used to decide handling codes (see `codes`).
        rejected_c: ids whose rejected row is under C, once codes are decided: see `fold.fold`.
        sets_aside: whether its rows of people and things known before change nothing: see `codes.may_show_sources`.
        hides: whether its rows of people in none of its claims are hidden, as the people may be sources.
    """

    rows: list[Row]
    rejections: list[Rejection]
    read: dict[str, int]
    columns: dict[str, list[str]]
    chart: ChartRead | None = None
    incomplete: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    passed_over: list[PassedOver] = field(default_factory=list)
    left_out: list[Row] = field(default_factory=list)
    rejected_c: frozenset[str] = frozenset()
    ends: dict[str, str] = field(default_factory=dict)
    sets_aside: bool = False
    hides: bool = False

    @property
    def digest(self) -> str:
        """Digest of the accepted rows."""
        return digest(self.rows)

    @property
    def refused_rows(self) -> dict[str, str]:
        """Id → file and line of its row, for rows of entities and statements that were left out."""
        rows = (row for row in reversed(self.rejections) if row.row_id and row.table != "links")
        return {row.row_id: row.place for row in rows}


def digest(rows: Iterable[Row]) -> str:
    """Return the SHA-256 (hex) of the contents of rows.

    It does not depend on the order of rows and files, on names of files, or on the form (folder, .zip or .xlsx). It is
    for comparison and must never be stored: it would confirm a guess at a whole delivery.
    """
    return hashlib.sha256(b"".join(sorted(map(_content, rows)))).hexdigest()


def read_case(path: Path, limits: Limits, mapping: Mapping | None = None, progress: Progress | None = None) -> Delivery:
    """Read and check a delivery: in the case format, or other people's tables by a mapping.

    Args:
        path: a folder, or a file in one of the `forms`.
        limits: limits on its size.
        mapping: explains other people's tables, or the types of a chart.
        progress: called with (file, rows so far) while sheets are read and rows are checked; raise in it to cancel.

    Raises:
        InputError: for a fault of a whole file; nothing of the delivery can be used then.
    """
    form = form_of(path, limits)
    if form and form.needs_mapping and mapping is None:
        raise form.needs_mapping(path.absolute(), limits)
    if form and form.chart:
        return _check_chart(form.chart(path, limits, mapping, progress), path.name, limits, progress)
    if mapping is not None and mapping.chart is not None:
        raise InputError(
            f"{mapping.file} is for charts (.anx), but {path.name} is not one: use a mapping for tables, or no mapping."
        )
    tables = read_delivery(path, limits, progress) if mapping is None else read_mapped(path, limits, mapping, progress)
    return check_delivery(tables, limits, progress)


def _check_chart(chart: ChartTables, file: str, limits: Limits, progress: Progress | None) -> Delivery:
    """Check a chart; an entity of an unknown type becomes a rejection like any other."""
    checked = check_delivery(chart.tables, limits, progress)
    why = "nobody has said what this type is: choose it in the preview, or name it in a mapping under [chart.entities]"
    unknown = [
        Rejection(file, entity.line, "type", entity.type[:_SHOWN_CHARS], why, table="things", row_id=entity.id)
        for entity in chart.unread
    ]
    read = dict(checked.read)
    if unknown:
        read["things"] = read.get("things", 0) + len(unknown)
    return replace(checked, rejections=[*unknown, *checked.rejections], read=read, chart=chart.read)


def check_delivery(tables: Sequence[RawTable], limits: Limits, progress: Progress | None = None) -> Delivery:
    """Turn every row of `tables` into an accepted `Row` or a `Rejection`. Several tables may have the same name.

    Raises:
        InputError: for an unknown, doubled or missing column, and for faults found while rows are read.
    """
    check = _Check(limits, progress or (lambda _file, _rows: None))
    for table in tables:
        check.table(table)
    check.reject_torn()
    columns = _by_part(check.columns)
    return Delivery(
        check.rows,
        check.rejections,
        dict(check.read),
        columns,
        incomplete=check.incomplete,
        passed_over=list(check.passed_over.values()),
        left_out=check.left_out,
    )


def part(table: str, file: str) -> str:
    """Return the key in `Delivery.columns` for the columns of a table in one file."""
    return f"{table}\n{file}"


def columns_left(columns: Names[str, list[str]], rows: Iterable[Row]) -> dict[str, list[str]]:
    """Return a delivery's columns (see `Delivery.columns`) without the files from which no row is left.

    Example:
        >>> row = Row("people", "nodes.csv", 2, {"id": "P1"})
        >>> columns = {"people": ["id"], part("people", "nodes.csv"): ["id", "name"], part("people", "more.csv"): ["id", "sex"]}
        >>> list(columns_left(columns, [row]).values())
        [['id'], ['id', 'name']]
    """
    parts = {part(row.table, row.file) for row in rows}
    return {name: names for name, names in columns.items() if name in TABLES or name in parts}


def _by_part(columns: dict[tuple[str, str], list[str]]) -> dict[str, list[str]]:
    """Return columns in the form of `Delivery.columns`, from the columns of each table in each file."""
    by_table: dict[str, list[str]] = {}
    for (table, _), names in columns.items():
        by_table[table] = [name for name in by_table.get(table, names) if name in names]
    more = {part(*key): names for key, names in columns.items() if len(names) > len(by_table[key[0]])}
    return by_table | more


@dataclass(frozen=True, slots=True)
class _Plan:
    """Plan for reading the cells of one table, in the order of its columns: (index in the row, column, converter).

    `id` is the index of the id in a row.
    """

    steps: list[tuple[int, str, Converter]]
    required: frozenset[str]
    id: int | None


def _plan(table: Table, raw: RawTable) -> _Plan:
    known = {column.name: column for column in table.columns}
    places: dict[str, int] = {}
    if not any(name in known for name in raw.header):
        _, separated = other_delimiter(raw.header)
        if separated:
            raise InputError(
                f"{raw.file}, line {raw.header_line} is one cell, {raw.header[0][:_SHOWN_CHARS]!r}: its cells are separated by {separated}. "
                "Save the file with commas between the cells, or load it with a mapping that names its `delimiter`."
            )
        raise InputError(f"{raw.file}, line {raw.header_line} names no column of {table.name}: {hint('', known)}.")
    for index, name in enumerate(raw.header):
        if not name:
            raise InputError(
                f"{raw.file}, line {raw.header_line}: column {index + 1} has no name; give each column one."
            )
        if name not in known and not _is_extra(name):
            raise InputError(
                f"{raw.file}, line {raw.header_line}: unknown column {name[:_SHOWN_CHARS]!r}; {hint(name, known)} "
                f"(a column of your own begins with {EXTRA_PREFIX})"
            )
        if name in places:
            raise InputError(
                f"{raw.file}, line {raw.header_line}: column {name!r} is there twice: remove or rename one."
            )
        places[name] = index
    required = frozenset(column.name for column in table.columns if column.required)
    for name in sorted(required):
        if name not in places:
            raise InputError(f"{raw.file} has no column {name!r}, which is required.")
    # In the order of the case format, so that the same values always give the same digest.
    ordered = [name for name in known if name in places] + sorted(name for name in places if name not in known)
    return _Plan([(places[name], name, converter(known.get(name))) for name in ordered], required, places.get("id"))


def _is_extra(name: str) -> bool:
    return name.startswith(EXTRA_PREFIX) and len(name) > len(EXTRA_PREFIX) and name.isprintable()


def _content(row: Row) -> bytes:
    """Return a hash of a row's values; `ascii` writes them the same way in every version of Python."""
    return hashlib.sha256(f"{row.table}{row.values!a}".encode()).digest()


def _protecting_words(row: Row, second: Row) -> str:
    return " and ".join(name for name in PROTECTING if row.values.get(name) != second.values.get(name))


def may_mark(table: str, values: Names[str, object], at_fault: Collection[str] = ()) -> bool:
    """Whether a rejected row says, or may say, that a person has to be sealed."""
    # If no column is named, the row has too few or too many cells, and any cell may belong to a different column.
    unread = {*PROTECTING, "id", ""} & set(at_fault)
    says = any(values.get(name, "no") != "no" for name in PROTECTING)
    return table == "people" and (bool(unread) or says)


class _Check:
    """Checker of tables, with the results so far."""

    def __init__(self, limits: Limits, progress: Progress) -> None:
        self.rows: list[Row] = []
        self.rejections: list[Rejection] = []
        self.left_out: list[Row] = []
        self.read: dict[str, int] = defaultdict(int)
        self.passed_over: dict[tuple[str, str, str], PassedOver] = {}
        self.columns: dict[tuple[str, str], list[str]] = {}
        self._limits = limits
        self._progress = progress
        self._ids: dict[tuple[str, object], tuple[bytes, str]] = {}
        # Rows rejected because an earlier row has the same id with other values.
        self._torn: dict[tuple[str, object], Row] = {}
        self._incomplete: set[str] = set()

    @property
    def incomplete(self) -> frozenset[str]:
        """As in `Delivery`, without rejected statements: their claims are not superseded anyway."""
        statements = {row.values["id"] for row in self.rows if row.table == "statements"}
        return frozenset(self._incomplete & {*statements, ""})

    def table(self, raw: RawTable) -> None:
        """Check all rows of one table."""
        plan = _plan(TABLES[raw.name], raw)
        before = self.columns.get((raw.name, raw.file), raw.header)
        # A column missing in any part counts as missing for all rows of this file.
        self.columns[raw.name, raw.file] = [name for name in before if name in raw.header]
        width, count = len(raw.header), 0
        for line, cells in raw.rows:
            if isinstance(cells, PassedRow):
                values, faults = self._values(plan, cells) if raw.name == "people" else ({}, [])
                # A row without an id is not about a person.
                if "id" in values and may_mark(raw.name, values, {name for name, *_ in faults}):
                    count += 1
                    self._reject(raw, plan, line, cells, values, [(cells.field, "", _MARKS_THOUGH_PASSED, ""), *faults])
                    continue
                key = (raw.name, raw.file, cells.field)
                self.passed_over.setdefault(key, PassedOver(*key)).add(line)
                continue
            count += 1
            if count % PROGRESS_ROWS == 0:
                self._progress(raw.file, count)
            if isinstance(cells, RaggedRow) or len(cells) != width:
                of, wanted = (cells.measure, cells.width) if isinstance(cells, RaggedRow) else ("the header", width)
                reason = f"the row has {len(cells)} cells, but {of} has {wanted}"
                self._reject(raw, plan, line, cells, {}, [("", "", reason, _OTHER_WIDTH)])
                continue
            values, faults = self._values(plan, cells)
            if not faults:
                faults = out_of_order(raw.name, values) or cut_by_excel(raw.name, values)
            if not faults:
                faults = self._accept(Row(raw.name, raw.file, line, values))
            if faults:
                self._reject(raw, plan, line, cells, values, faults)
        self.read[raw.name] += count
        self._progress(raw.file, count)

    def _values(self, plan: _Plan, cells: list[str]) -> tuple[dict[str, object], list[CellFault]]:
        """Return (values, faults) of one row."""
        values: dict[str, object] = {}
        faults: list[CellFault] = []
        longest = self._limits.cell_chars
        for index, name, convert in plan.steps:
            cell = cells[index]
            if not cell:
                continue
            if len(cell) > longest:
                faults.append((name, cell, f"the cell is longer than {longest:,} characters", ""))
                continue
            if isinstance(cell, FaultyCell):
                faults.append((name, cell, cell.reason, ""))
                continue
            try:
                value = convert(cell)
            except UnknownWord as error:
                suggests = len(self.rejections) < SUGGESTIONS
                faults.append((name, cell, str(error) if suggests else error.plain, error.plain))
                continue
            except ValueError as error:
                faults.append((name, cell, str(error), ""))
                continue
            if value is not None:
                values[name] = value
        if not plan.required <= values.keys():
            missing = plan.required - values.keys() - {name for name, *_ in faults}
            faults.extend((name, "", "is empty, but must be filled", "") for name in sorted(missing))
        return values, faults

    def _accept(self, row: Row) -> list[CellFault]:
        """Accept a row unless its id is already used with other values; return its faults."""
        if "id" in row.values:
            content = _content(row)
            key = (row.table, row.values["id"])
            first, place = self._ids.setdefault(key, (content, f"{row.file}, line {row.line}"))
            if first != content:
                self._torn.setdefault(key, row)
                reason = f"this id is already in {place} with other values"
                return [("id", str(row.values["id"]), reason, "this id is already there with other values")]
        self.rows.append(row)
        return []

    def reject_torn(self) -> None:
        """Reject a person's first row too if a later one differs in protecting columns: neither can be trusted."""
        rows, self.rows = self.rows, []
        for row in rows:
            torn_row = self._torn.get((row.table, row.values.get("id", ""))) if row.table == "people" else None
            if torn_row is None or all(row.values.get(name) == torn_row.values.get(name) for name in PROTECTING):
                self.rows.append(row)
                continue
            reason = (
                f"stands in {torn_row.file}, line {torn_row.line} too, with another {_protecting_words(row, torn_row)}"
            )
            identifier = str(row.values["id"])
            self.rejections.append(
                Rejection(
                    row.file,
                    row.line,
                    "id",
                    identifier[:_SHOWN_CHARS],
                    reason,
                    table=row.table,
                    row_id=identifier,
                    may_mark=True,
                )
            )

    def _reject(
        self,
        raw: RawTable,
        plan: _Plan,
        line: int,
        cells: list[str],
        values: Names[str, object],
        faults: list[CellFault],
    ) -> None:
        """Add one rejection for a row, whatever the number of its faults, so that counts add up."""
        if raw.name == "links":
            self._incomplete.add(str(values.get("statement_id", "")))
        (column, value, reason, fault), *more_faults = faults
        fault = fault or reason
        if more_faults:
            reason = f"{reason} (also wrong in this row: {', '.join(name for name, *_ in more_faults)})"
        value = str(value) if len(value) <= _SHOWN_CHARS else value[: _SHOWN_CHARS - 1] + "…"
        at_fault = {name for name, *_ in (faults[0], *more_faults)}
        # An unreadable handling cell may mean C.
        code = {"handling": "C"} if at_fault & {"handling", ""} else {}
        self.left_out.append(Row(raw.name, raw.file, line, {**values, **code}))
        place = None if isinstance(cells, RaggedRow) else plan.id
        # Surrounding blanks make an id invalid, so other rows refer to the id without them.
        row_id = cells[place].strip() if place is not None and place < len(cells) else ""
        self.rejections.append(
            Rejection(
                raw.file,
                line,
                column,
                value,
                reason,
                fault,
                raw.name,
                row_id,
                may_mark=may_mark(raw.name, values, at_fault),
            )
        )
