"""Mappings of other people's tables: a TOML file assigns each file to a record, and each column to a field.

```toml
title = "Wiretaps, as published"
ignore_files = ["meta.json"]          # every other file of the folder must be mapped

[statement]                           # the statement that links without one belong to
id = "wiretaps"
kind = "record"
handling = "P"

[[table]]
record = "people"                     # table of the case format; several [[table]] may fill one, or read one file
file = "nodes.csv"                    # or the name of a sheet
ignore = ["role"]                     # every other column of the file must be mapped, here or in another [[table]]
ignore_others = false                 # true: columns of the file that no [[table]] maps are ignored, whatever they are called
columns.id = "id"                     # field = "column"
columns.category = { column = "status", values = { "1" = "suspect", "0" = "other" } }
constants.handling = "P"

[[table]]
record = "people"
file = "edges.csv"
columns.id = { distinct = ["source", "target"], template = "N-{}" }   # a row for each value no other table gives

[[table]]
record = "links"
file = "edges.csv"
delimiter = ";"
encoding = "cp1252"
header = true                         # false: the first row is data, and columns are called "1", "2", … ; may be left out
columns.subject_id = { column = "source", template = "N-{}" }
columns.object_id = { column = "target", template = "N-{}" }
columns.from_date = { column = "day", date = "%d/%m/%Y" }
constants.relation = "CONTACTED"
split.target = "; "                   # cells of this column hold several values, each of which makes a row; may be left out
pass_over_empty = ["object_id"]       # rows where this field is empty are passed over and counted, not rejected; may be left out
```

For an i2 chart it gives the meaning of types instead; types it does not name are read as in `records.charts`:

```toml
[statement]                           # fields that replace those read from the chart
id = "chart of the port"
handling = "P"

[chart.entities]
"Lorry firm" = "workplace"            # a kind, a kind of thing, or "ignore"

[chart.links]
"Answers to" = "DIRECTED"             # a relation, or "ignore"
```

A value is trimmed first, then translated by `values`, then read by `date`, then put into `template` (`{}` is the value,
`{name}` another column). If no `column` is named, the template is filled first and its text read by `date`. Values that
`values` or `date` do not recognise stay unchanged, for the check to accept or reject by line.

A date is as precise as its form: with hours and minutes it keeps the time, to the second. Times are stored in UTC and
assumed to be in UTC, unless the form has `%z` or the field a `zone`, which also applies to a workbook's cells with a
date and time:

```toml
columns.from_date = { template = "{day} {time}", date = "%d.%m.%Y %H:%M", zone = "Europe/Berlin" }
```

Numbers have a point before decimals and nothing between thousands, unless the field has a `decimal`; other forms are
then rejected:

```toml
columns.amount = { column = "sum", decimal = "," }    # 1.250,50
```
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from graphsvc.errors import InputError
from graphsvc.ingest.archive import compose_name
from graphsvc.ingest.date_forms import form_fault
from graphsvc.ingest.mapping_keys import MappingKeys
from graphsvc.records.charts import ENTITY_CHOICES
from graphsvc.records.nearest import hint
from graphsvc.records.relations import CUSTOM_PREFIX, RELATIONS
from graphsvc.records.tables import TABLES

# All of these keep ASCII bytes unchanged, so that lines and commas can be found before decoding.
ENCODINGS = (
    "utf-8",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1256",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
    "koi8-r",
)
_MOST_BYTES = 256 * 1024
_MOST_DOTS, _DEEPEST = 16, 16
_TABLE_KEYS = (
    "record",
    "file",
    "columns",
    "constants",
    "ignore",
    "ignore_others",
    "delimiter",
    "encoding",
    "header",
    "split",
    "pass_over_empty",
)
# Strings and comments, in which dots and brackets mean nothing; line ends inside them are lost.
_APART = re.compile(r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL)
_MARKS = re.compile(r"[.\[\]{}]")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class MappedField:
    """Source of one field's value.

    Attributes:
        column: the column, or empty if `template` or `distinct` name columns.
        distinct: columns whose distinct values make one row each.
        values: translations, whole value to whole value.
        date: a strptime format; the ISO date has the same precision.
        zone: time zone of the times that `date` reads, such as `Europe/Berlin`; empty: UTC, or the one in them (`%z`).
        template: text with `{}` and `{column}`.
        decimal: the sign before the decimals of its numbers, comma or point; empty: a point, and nothing between thousands.
    """

    column: str = ""
    distinct: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    date: str = ""
    zone: str = ""
    template: str = ""
    decimal: str = ""

    @property
    def columns(self) -> set[str]:
        """Every column it reads."""
        named = {name for name in PLACEHOLDER.findall(self.template) if name}
        return named | set(self.distinct) | ({self.column} if self.column else set())


@dataclass(frozen=True, slots=True)
class MappedTable:
    """One `[[table]]`: a source file that fills a table of the case format.

    Attributes:
        record, file: the table, and the file or sheet.
        columns: field → source of its value. constants: field → its value in each row.
        ignore: columns that are not read. ignore_others: whether all other columns of the file are ignored too.
        delimiter, encoding: of a CSV file.
        header: whether its first row names the columns; None: not specified, and it does.
        split: column → separator of the values in its cells, each of which makes a row.
        pass_over_empty: fields; rows in which one of them is empty are skipped.
    """

    record: str
    file: str
    columns: dict[str, MappedField]
    constants: dict[str, str]
    ignore: tuple[str, ...]
    delimiter: str
    encoding: str
    header: bool | None = None
    ignore_others: bool = False
    split: dict[str, str] = field(default_factory=dict)
    pass_over_empty: tuple[str, ...] = ()

    @property
    def read(self) -> set[str]:
        """Every column that its fields read."""
        return {name for each in self.columns.values() for name in each.columns}

    @property
    def distinct(self) -> str:
        """The field (always `id`) with one row for each distinct value, or empty."""
        return next((name for name, each in self.columns.items() if each.distinct), "")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file, checked.

    Attributes:
        file: its name, for messages.
        title: description of the tables that it maps.
        tables: in the order of the file.
        statement: the statement for links without one, as fields of `statements`; empty if the file has no such part.
        statement_line: line of the statement in the file.
        ignore_files: files of the delivery that are not read.
        chart: for an i2 chart, the meaning of its types; None for tables.
    """

    file: str
    title: str
    tables: tuple[MappedTable, ...]
    statement: dict[str, str]
    statement_line: int
    ignore_files: tuple[str, ...]
    chart: ChartTypes | None = None


@dataclass(frozen=True, slots=True)
class ChartTypes:
    """`[chart]`: type in the chart → its meaning; types that are not named have their usual meaning."""

    entities: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


def built_in_mappings() -> list[str]:
    """Return the names of the mappings that come with the package."""
    folder = resources.files("graphsvc.ingest") / "mappings"
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load_mapping(path: Path | str) -> Mapping:
    """Return the mapping in a TOML file, or the built-in one of that name.

    Raises:
        InputError: it cannot be used; the message names the file, the table and the key.
    """
    if str(path) in built_in_mappings():
        name = f"{path}.toml"
        content = (resources.files("graphsvc.ingest") / "mappings" / name).read_bytes()
    else:
        path = Path(path)
        name = path.name
        if not path.is_file():
            known = ", ".join(built_in_mappings())
            raise InputError(f"There is no mapping file {path}: name a .toml file or one of {known}.")
        content = path.read_bytes()
    return mapping_of(name, content)


def mapping_of(name: str, content: bytes) -> Mapping:
    """Parse the TOML text of a mapping; `name` is used in error messages.

    Raises:
        InputError: see `load_mapping`.
    """
    if len(content) > _MOST_BYTES:
        raise InputError(f"{name} is larger than {_MOST_BYTES // 1024} KiB, the most a mapping may be.")
    try:
        text = content.decode("utf-8")
        _require_flat(name, text)
        document = tomllib.loads(text)
    # A number of thousands of digits, or an invalid day, raises ValueError rather than TOMLDecodeError.
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is no TOML file: {error}.") from None
    return _mapping(name, text, document)


def _require_flat(name: str, text: str) -> None:
    """Require that keys and values are nested no deeper than a mapping needs: deeper ones take extremely long to read.

    Raises:
        InputError: they are nested too deeply.
    """
    depth = 0
    for number, line in enumerate(_APART.sub("", text).split("\n"), start=1):
        marks = _MARKS.findall(line)
        if marks.count(".") > _MOST_DOTS:
            raise InputError(
                f"{name}, line {number}: a key has more than {_MOST_DOTS} parts. No mapping needs as many."
            )
        for mark in marks:
            depth = max(depth + (mark in "[{") - (mark in "]}"), 0)
            if depth > _DEEPEST:
                raise InputError(
                    f"{name}, line {number}: more than {_DEEPEST} brackets inside each other. Take some out."
                )


def _mapping(name: str, text: str, document: dict[str, Any]) -> Mapping:
    reader = MappingKeys(name)
    reader.keys(document, ("title", "ignore_files", "statement", "table", "chart"))
    statement = reader.texts(document, "statement")
    reader.at("[statement]").fields(statement, "statements")
    if "chart" in document:
        return _chart(reader, document, statement)
    if statement:
        reader.at("[statement]").check_required(statement, "statements")
    tables = document.get("table", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise reader.fault("table", "is needed at least once, as [[table]]")
    mapped = tuple(_table(name, number, table, statement) for number, table in enumerate(tables, 1))
    _require_one_header(name, mapped)
    line = next((n for n, each in enumerate(text.splitlines(), 1) if each.strip().startswith("[statement]")), 1)
    return Mapping(
        file=name,
        title=reader.text(document, "title"),
        tables=mapped,
        statement=statement,
        statement_line=line,
        ignore_files=tuple(map(compose_name, reader.list(document, "ignore_files"))),
    )


def _chart(reader: MappingKeys, document: dict[str, Any], statement: dict[str, str]) -> Mapping:
    for key in ("table", "ignore_files"):
        if key in document:
            raise reader.fault(f"[{key}]", "and [chart] exclude each other; a chart has no tables")
    inner = reader.at("[chart]")
    chart = reader.table(document, "chart")
    inner.keys(chart, ("entities", "links"))
    types = ChartTypes(inner.texts(chart, "entities"), inner.texts(chart, "links"))
    for name, kind in types.entities.items():
        if kind not in ENTITY_CHOICES:
            raise inner.fault(f"entities.{name!r}", f"is {kind!r}; {hint(kind, ENTITY_CHOICES)}")
    for name, relation in types.links.items():
        if relation not in (*RELATIONS, "ignore") and not relation.startswith(CUSTOM_PREFIX):
            raise inner.fault(f"links.{name!r}", f"is {relation!r}; {hint(relation, RELATIONS)}")
    return Mapping(reader.file, reader.text(document, "title"), (), statement, 1, (), types)


def _table(name: str, number: int, table: dict[str, Any], statement: dict[str, str]) -> MappedTable:
    reader = MappingKeys(name, f"[[table]] {number}")
    reader.keys(table, _TABLE_KEYS)
    record, file = reader.text(table, "record"), compose_name(reader.text(table, "file"))
    if record not in TABLES:
        raise reader.fault("record", f"is {record!r}; {hint(record, TABLES)}")
    if not file:
        raise reader.fault("file", "has to name the file or sheet")
    reader = reader.at(f"[[table]] {number} ({file} to {record})")
    delimiter = reader.text(table, "delimiter") or ","
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise reader.fault("delimiter", "must be one character, and not a quote or line end")
    encoding = (reader.text(table, "encoding") or ENCODINGS[0]).lower()
    if encoding not in ENCODINGS:
        raise reader.fault("encoding", f"is {encoding!r}; {hint(encoding, ENCODINGS)}")
    columns = {key: _field(reader, key, value) for key, value in reader.table(table, "columns").items()}
    constants = reader.texts(table, "constants")
    mapped = MappedTable(
        record,
        file,
        columns,
        constants,
        reader.list(table, "ignore"),
        delimiter,
        encoding,
        header=reader.truth(table, "header"),
        ignore_others=reader.truth(table, "ignore_others") or False,
        split=reader.texts(table, "split"),
        pass_over_empty=reader.list(table, "pass_over_empty"),
    )
    _check_table(reader, mapped, statement)
    return mapped


def _require_one_header(name: str, tables: tuple[MappedTable, ...]) -> None:
    """Require all tables that read one file to agree on whether its first row is a header.

    Raises:
        InputError: they do not.
    """
    headers: dict[str, bool] = {}
    for number, table in enumerate(tables, 1):
        header = table.header is not False
        if headers.setdefault(table.file, header) != header:
            place = f"[[table]] {number} ({table.file} to {table.record})"
            raise MappingKeys(name, place).fault(
                "header", "differs from that of another [[table]] that reads the same file; write it in each of them"
            )


def _check_table(reader: MappingKeys, table: MappedTable, statement: dict[str, str]) -> None:
    fields = list(table.columns) + list(table.constants)
    reader.fields(fields, table.record)
    for name in table.constants:
        if name in table.columns:
            raise reader.fault(f"constants.{name}", "is a column as well; only one of them can be meant")
    if table.record == "links" and statement:
        fields.append("statement_id")
    reader.check_required(fields, table.record)
    if table.distinct and table.distinct != "id":
        raise reader.fault(f"columns.{table.distinct}", "cannot be made of `distinct` columns; only id can")
    if table.distinct and len(table.columns) > 1:
        raise reader.fault(
            f"columns.{table.distinct}", "makes rows of different values: other fields can only be constants"
        )
    _check_rows(reader, table)


def _check_rows(reader: MappingKeys, table: MappedTable) -> None:
    """Check the options for a table's rows: `split` and `pass_over_empty`."""
    for name, sign in table.split.items():
        if not sign:
            raise reader.fault(f"split: {name!r}", 'has to be the text between the values of a cell, such as ";"')
        if name not in table.read:
            raise reader.fault(
                f"split: {name!r}", f"is a column that no field of this table reads; {hint(name, sorted(table.read))}"
            )
    if table.split and "id" in (*table.columns, *table.constants):
        mapped = table.columns.get("id", MappedField())
        if mapped.columns.isdisjoint(table.split):
            template = f"{{{sorted(mapped.columns)[0] if mapped.columns else 'id'}}} {{{next(iter(table.split))}}}"
            raise reader.fault(
                "columns.id",
                f"is the same for all rows that `split` makes of one: leave it out, or give it a template such as {template!r}",
            )
    for name in table.pass_over_empty:
        if name not in table.columns or table.distinct:
            raise reader.fault(
                f"pass_over_empty: {name!r}",
                f"is no field with a column here; {hint(name, () if table.distinct else table.columns)}",
            )


def _field(reader: MappingKeys, key: str, value: object) -> MappedField:
    if isinstance(value, str):
        value = {"column": value}
    key = f"columns.{key}"
    if not isinstance(value, dict):
        raise reader.fault(key, "has to be the name of a column, or a table with `column`")
    inner = reader.at(f"{reader.place}, {key}")
    inner.keys(value, ("column", "distinct", "values", "date", "zone", "template", "decimal"))
    mapped = MappedField(
        column=inner.text(value, "column"),
        distinct=inner.list(value, "distinct"),
        values=inner.texts(value, "values"),
        date=inner.text(value, "date"),
        zone=inner.text(value, "zone"),
        template=inner.text(value, "template"),
        decimal=inner.text(value, "decimal"),
    )
    if mapped.column and mapped.distinct:
        raise reader.fault(key, "has both `column` and `distinct`; only one of them can be meant")
    if not mapped.columns:
        raise reader.fault(key, "names no column")
    if mapped.decimal not in ("", ",", "."):
        raise inner.fault("decimal", f"is {mapped.decimal!r}: the sign before decimals is a comma or a point")
    if mapped.decimal and mapped.date:
        raise inner.fault("decimal", "is of numbers, and `date` of dates; take one of them out")
    _check_zone(inner, mapped)
    fault = form_fault(mapped.date) if mapped.date else ""
    if fault:
        raise inner.fault("date", fault)
    rest = PLACEHOLDER.sub("", mapped.template)
    if "{" in rest or "}" in rest:
        raise inner.fault(
            "template", f"is {mapped.template!r}: write {{}} for the value or {{column}} for another column"
        )
    if mapped.distinct and not mapped.columns <= set(mapped.distinct):
        raise inner.fault("template", "can only use {} together with `distinct`")
    return mapped


def _check_zone(reader: MappingKeys, mapped: MappedField) -> None:
    if not mapped.zone:
        return
    if not mapped.date or "%z" in mapped.date:
        raise reader.fault("zone", "is of the times that `date` reads without %z; take one of them out")
    zones = available_timezones()
    if mapped.zone not in zones:
        raise reader.fault("zone", f"is {mapped.zone!r}; {hint(mapped.zone, sorted(zones))}")
