"""Rows of an answer as Arrow, and back, with the same values of the same types."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphsvc.records.columns import LazyTexts, Places, ValueColumn

if TYPE_CHECKING:
    import pyarrow as pa

_AS_JSON = {b"as": b"JSON"}
_NATIVE = {bool: "bool", int: "int64", float: "float64", dt.date: "date32"}


class _ArrowTexts(LazyTexts):
    """A `pyarrow.StringArray` without nulls: takes a third of the memory of as many str objects."""

    def __init__(self, array: pa.StringArray) -> None:
        self._array = array

    def at(self, places: Places) -> list[str]:
        texts: list[str] = self._array.take(places).to_pylist()
        return texts

    def order(self) -> NDArray[np.int64]:
        import pyarrow.compute

        # By UTF-8 bytes: the same order as Python's, by code points.
        order: NDArray[np.int64] = pyarrow.compute.array_sort_indices(self._array).to_numpy().astype(np.int64)
        return order

    def __len__(self) -> int:
        return len(self._array)


def as_arrow(rows: Sequence[Sequence[Any]]) -> bytes:
    """Write rows of equal length as an Arrow stream: a column with one scalar type in that type, any other as JSON.

    Args:
        rows: at least one; each has the same number of values: text, numbers, booleans, days, lists of those, or None.

    Raises:
        TypeError: a value is of another type.

    Example:
        >>> from_arrow(as_arrow([("p1", 1, ["a"]), ("p1", None, "few")]))
        [('p1', 1, ['a']), ('p1', None, 'few')]
    """
    # The import takes a tenth of a second, which no small case should wait for.
    import pyarrow as pa

    columns = [_column(values) for values in zip(*rows, strict=True)]
    fields = [
        pa.field(str(place), column.type, metadata=_AS_JSON if written else None)
        for place, (column, written) in enumerate(columns)
    ]
    batch = pa.record_batch([column for column, _ in columns], schema=pa.schema(fields))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())


def from_arrow(data: bytes) -> list[tuple[Any, ...]]:
    """Read rows back from an Arrow stream: the inverse of `as_arrow`. Equal texts in a column share one object.

    Raises:
        pyarrow.ArrowInvalid: the data is not such a stream.
    """
    batch = as_batch(data)
    columns = [_values(column, field) for column, field in zip(batch.columns, batch.schema, strict=True)]
    return list(zip(*columns, strict=True))


def as_batch(data: bytes) -> pa.RecordBatch:
    """Read a stream from `as_arrow` but keep its columns; its length is the number of rows. Raises as `from_arrow`."""
    import pyarrow as pa

    return pa.ipc.open_stream(data).read_next_batch()


def in_columns(batches: Sequence[pa.RecordBatch]) -> list[ValueColumn]:
    """Return the rows of some batches, in order, as columns, without making row objects.

    Args:
        batches: from `as_batch`; at least one, all with the same number of columns.

    Example:
        >>> batches = [as_batch(as_arrow(rows)) for rows in ([("p2", 1.5), ("p1", None)], [("p2", 2)])]
        >>> [column.values() for column in in_columns(batches)]
        [['p2', 'p1', 'p2'], [1.5, None, 2]]
    """
    return [_together(batches, place) for place in range(batches[0].num_columns)]


def _together(batches: Sequence[pa.RecordBatch], place: int) -> ValueColumn:
    """Join one column of several batches."""
    import pyarrow as pa

    fields = [batch.schema.field(place) for batch in batches]
    kinds = {(field.type, _is_json(field)) for field in fields if not pa.types.is_null(field.type)}
    if len(kinds) > 1:
        values = [
            value for batch, field in zip(batches, fields, strict=True) for value in _values(batch.column(place), field)
        ]
        # 1, 1.0 and True are equal but must stay distinct.
        keys = [f"{type(value).__name__} {value!r}" for value in values]
        first = {key: row for row, key in reversed([*enumerate(keys)])}
        number = {key: number for number, key in enumerate(first)}
        return _narrow([values[row] for row in first.values()], np.array([number[key] for key in keys], dtype=np.int64))
    if not kinds:
        return _narrow([None], np.zeros(sum(map(len, batches)), dtype=np.int64))
    ((kind, in_json),) = kinds
    column = pa.chunked_array([_of_kind(batch.column(place), kind) for batch in batches])
    if not pa.types.is_dictionary(kind):
        column = column.dictionary_encode()
    elif (
        not in_json
        and not column.null_count
        and 2 * sum(len(chunk.dictionary) for chunk in column.chunks) > len(column)
    ):
        return _apart(column)
    column = column.unify_dictionaries()
    texts = column.chunk(0).dictionary
    indices = [chunk.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False) for chunk in column.chunks]
    places = np.concatenate(indices)
    words: list[Any] = texts.to_pylist()
    if in_json:
        words = [json.loads(word) for word in words]
    return _narrow([*words, None] if column.null_count else words, places)


def _apart(column: pa.ChunkedArray) -> ValueColumn:
    """Return a column of mostly different texts: few are ever read, so none is decoded or compared up front."""
    import pyarrow as pa

    texts = [chunk.dictionary for chunk in column.chunks]
    firsts = np.cumsum([0, *map(len, texts[:-1])])
    places = [chunk.indices.to_numpy() + first for chunk, first in zip(column.chunks, firsts.tolist(), strict=True)]
    return _narrow(_ArrowTexts(pa.concat_arrays(texts)), np.concatenate(places))


def _of_kind(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return a batch's column in a given type; a column with no values fits any type."""
    import pyarrow as pa

    return column if column.type == kind else pa.nulls(len(column), kind)


def _narrow(words: Sequence[Any], place: Any) -> ValueColumn:
    """Return a column whose indices use as few bytes as possible."""
    return ValueColumn(words, place.astype(np.min_scalar_type(len(words))))


def _is_json(field: pa.Field) -> bool:
    return bool(field.metadata == _AS_JSON)


def _column(values: Sequence[Any]) -> tuple[pa.Array, bool]:
    """Return a column, and whether its values had to be written as JSON."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.nulls(len(values)), False
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind in _NATIVE:
        return pa.array(values, _NATIVE[kind]), False
    if kind is str:
        return pa.array(values, pa.string()).dictionary_encode(), False
    texts = [None if value is None else json.dumps(value) for value in values]
    return pa.array(texts, pa.string()).dictionary_encode(), True


def _values(column: pa.Array, field: pa.Field) -> list[Any]:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        values: list[Any] = column.to_pylist()
        return values
    words: list[Any] = column.dictionary.to_pylist()
    places: list[int] = column.indices.fill_null(len(words)).to_pylist()
    if field.metadata != _AS_JSON:
        words.append(None)
        return [words[place] for place in places]
    each = list(map(_maker, [*words, "null"]))
    return [each[place]() for place in places]


def _maker(word: str) -> Callable[[], Any]:
    """Return a function that makes a row's value from JSON: each row gets its own list, since callers may change it."""
    value = json.loads(word)
    if not isinstance(value, dict | list):
        return lambda: value
    inner = value.values() if isinstance(value, dict) else value
    return partial(json.loads, word) if any(isinstance(item, dict | list) for item in inner) else value.copy
