"""The tables of a case as Parquet: the kind of each column, and rows written as they arrive.

Only plain types are used, which any program can read: text, whole numbers, numbers, days, truth values, lists of text,
and pairs of texts for custom columns. A date that may be partial is text as given, next to columns with the first and
the last day it can mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any

from graphsvc.errors import OperatorError
from graphsvc.records.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

TEXT, WHOLE, NUMBER, DAY, TRUTH, TEXTS, PAIRS = "text", "whole number", "number", "day", "yes or no", "texts", "pairs"
# Rows in a row group, which Spark and similar programs give to one worker. Only one group is in memory at a time.
GROUP_ROWS = 131_072
# Maximum bytes in a group, for tables with long texts.
_GROUP_BYTES = 64 << 20
_OF_COLUMNS = {"count": WHOLE, "number": NUMBER, "latitude": NUMBER, "longitude": NUMBER, "list": TEXTS}
# Property → kind, where the graph stores another kind than the delivery, or the property is no delivered column.
_OTHERS = MappingProxyType(
    {
        "Person.categories": TEXTS,
        "Person.category_dates": TEXTS,
        "Person.sealed": TRUTH,
        "Entity.sealed": TRUTH,
        "Statement.on_record": TRUTH,
        "Claim.on_record": TRUTH,
        "Claim.belief": NUMBER,
        "Link.belief": NUMBER,
        "Link.belief_on_record": NUMBER,
        "Link.independent": NUMBER,
        **dict.fromkeys(
            (
                "Link.asserting",
                "Link.denying",
                "Link.groups",
                "Link.other_sources",
                "Link.groups_on_record",
                "Link.other_sources_on_record",
            ),
            WHOLE,
        ),
    }
)


def kind_of(property_path: str) -> str:
    """Return the kind of a column that shows a property (`records.properties`).

    Example:
        >>> kind_of("Crossing.people_count"), kind_of("Person.phones"), kind_of("Claim.from_on"), kind_of("Claim.to_on_latest")
        ('whole number', 'texts', 'text', 'day')
    """
    label, _, name = property_path.partition(".")
    if name == "extra":
        return PAIRS
    if name.endswith(("_earliest", "_latest")):
        return DAY
    if property_path in _OTHERS:
        return _OTHERS[property_path]
    table = next((table for table in TABLES.values() if table.label == label), None)
    column = table.column(name) if table else None
    return _OF_COLUMNS.get(column.kind, TEXT) if column else TEXT


class ParquetTable:
    """One table that is being written to a file; the file is complete once the table is closed.

    Args:
        name: name of the table, for errors.
        file: file to write to, front to back.
        kinds: column → its kind, in their order.
        about: metadata of the file.

    Attributes:
        rows: number of rows added. groups: number of groups of rows written, complete once the table is closed.
    """

    def __init__(self, name: str, file: IO[bytes], kinds: Mapping[str, str], about: Mapping[str, str]) -> None:
        # Imported here, as it takes a tenth of a second that other commands need not wait.
        import pyarrow as pa
        from pyarrow import parquet

        self._name = name
        types = {
            TEXT: pa.string(),
            WHOLE: pa.int64(),
            NUMBER: pa.float64(),
            DAY: pa.date32(),
            TRUTH: pa.bool_(),
            TEXTS: pa.list_(pa.string()),
            PAIRS: pa.map_(pa.string(), pa.string()),
        }
        fields = [pa.field(column, types[kind]) for column, kind in kinds.items()]
        self._schema = pa.schema(fields, metadata=dict(about))
        # All programs can read data pages of version 1.
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd", data_page_version="1.0")
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = self.rows = self.groups = 0

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, each with a value for every column.

        Raises:
            OperatorError: a value does not fit the kind of its column.
        """
        import pyarrow as pa

        if not rows:
            return
        arrays = [
            self._array(field, values) for field, values in zip(self._schema, zip(*rows, strict=True), strict=True)
        ]
        self._waiting.append(pa.record_batch(arrays, schema=self._schema))
        self._waiting_rows += len(rows)
        self.rows += len(rows)
        if self._waiting_rows >= GROUP_ROWS or sum(batch.nbytes for batch in self._waiting) >= _GROUP_BYTES:
            self._write()

    def close(self) -> None:
        """Write the remaining rows and the end of the file."""
        self._write()
        self._writer.close()

    def abandon(self) -> None:
        """Give up a table that will not be complete; this does not change a closed table."""
        if self._writer.is_open:
            with suppress(OSError):
                self._writer.close()
            # Otherwise garbage collection would close the writer again, after its file is closed.
            self._writer.is_open = False

    def _write(self) -> None:
        import pyarrow as pa

        if self._waiting:
            table = pa.Table.from_batches(self._waiting)
            self._writer.write_table(table, row_group_size=max(GROUP_ROWS, self._waiting_rows))
            self.groups += 1
        self._waiting, self._waiting_rows = [], 0

    def _array(self, field: pa.Field, values: Sequence[Any]) -> pa.Array:
        import pyarrow as pa

        if pa.types.is_map(field.type):  # pyarrow needs tuples here
            values = [None if value is None else [(str(name), text) for name, text in value] for value in values]
        try:
            return pa.array(values, field.type)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise OperatorError(
                f"The graph holds in the column {field.name} of the table {self._name} what is no {field.type}, so nothing was"
                " written. It was not graphsvc that put it there: take the last delivery back and load it again, and the case is written again."
            ) from error
