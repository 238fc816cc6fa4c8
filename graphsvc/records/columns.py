"""Rows stored by column, as Arrow record batches: each repeated value is stored once, which saves memory.

A column is a dictionary array, or a plain array of texts if most of them differ. Values that have no type in common are
kept as JSON, and the column's field says so.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from sys import intern
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

# Arrow is imported only where it is used: the import takes a tenth of a second, too long for a small case.
if TYPE_CHECKING:
    import pyarrow as pa

Batch: TypeAlias = "pa.RecordBatch"
_AS_JSON = {b"as": b"JSON"}
_NATIVE = {bool: "bool", int: "int64", float: "float64", dt.date: "date32"}


def batch_of(columns: Iterable[tuple[pa.Array, bool]], names: Iterable[str] | None = None) -> Batch:
    """Combine columns into a batch.

    Args:
        columns: columns of equal length, each with whether its values are JSON (see `encode`).
        names: names of the columns; default: their positions, from 0.

    Example:
        >>> list(read_rows(batch_of(map(encode, [["p1", "p1"], [1, None], [["a"], "few"]]))))
        [('p1', 1, ['a']), ('p1', None, 'few')]
    """
    import pyarrow as pa

    columns = list(columns)
    fields = [
        pa.field(name, column.type, metadata=_AS_JSON if in_json else None)
        for name, (column, in_json) in zip(names or map(str, range(len(columns))), columns, strict=True)
    ]
    return pa.record_batch([column for column, _ in columns], schema=pa.schema(fields))


def encode(values: Sequence[Any]) -> tuple[pa.Array, bool]:
    """Return values as a column, in their common scalar type or else as JSON, and whether it is JSON.

    Args:
        values: text, numbers, booleans, days, lists of those, or None.

    Raises:
        TypeError: a value is of another type.
    """
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.nulls(len(values)), False
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind in _NATIVE:
        return pa.array(values, _NATIVE[kind]), False
    in_json = kind is not str
    if in_json:
        values = [None if value is None else json.dumps(value) for value in values]
    return pa.array(values, "string").dictionary_encode(), in_json


def read_rows(batch: Batch) -> Iterator[tuple[Any, ...]]:
    """Return the rows of a batch one by one; equal values of a column are one object, but each row has its own list."""
    columns = zip(batch.columns, batch.schema, strict=True)
    return zip(*(reader(column, field)() for column, field in columns), strict=True)


def where(column: pa.Array, values: Collection[Any]) -> NDArray[np.bool_]:
    """Return, for each row, whether its value is one of `values`.

    Example:
        >>> where(encode(["b", "a", "b"])[0], {"b"}).tolist()
        [True, False, True]
    """
    import pyarrow as pa
    import pyarrow.compute

    if not len(column):
        return np.zeros(0, dtype=bool)
    column = as_dictionary(column)
    wanted = pa.array([*values], column.dictionary.type)
    holds = pa.compute.is_in(column.dictionary, value_set=wanted).to_numpy(zero_copy_only=False)
    result: NDArray[np.bool_] = holds[column.indices.to_numpy()]
    return result


def distinct_texts(column: pa.Array, rows: NDArray[np.bool_]) -> set[str]:
    """Return the distinct texts of some rows.

    Example:
        >>> distinct_texts(encode(["b", "a", "b"])[0], np.array([True, False, True]))
        {'b'}
    """
    column = as_dictionary(column)
    return set(column.dictionary.take(_used_places(column, rows)).to_pylist())


def number_texts(*columns: pa.Array) -> tuple[list[str], list[NDArray[np.int64]]]:
    """Return the distinct texts of some columns together, sorted, and each column's rows as indices into them.

    Example:
        >>> names, (first, second) = number_texts(encode(["b", "b"])[0], encode(["z", "a"])[0])
        >>> names, first.tolist(), second.tolist()
        (['a', 'b', 'z'], [1, 1], [2, 0])
    """
    import pyarrow.compute

    encoded = [as_dictionary(column) for column in columns]
    used = [_used_places(column) for column in encoded]
    words = pyarrow.concat_arrays(
        [column.dictionary.take(places) for column, places in zip(encoded, used, strict=True)]
    )
    words = words.dictionary_encode()
    # Arrow sorts by UTF-8 bytes, which gives the same order as Python's sorting by code points.
    order = pyarrow.compute.array_sort_indices(words.dictionary).to_numpy()
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    parts = np.split(number[words.indices.to_numpy()], np.cumsum(list(map(len, used)))[:-1])
    numbers = []
    for column, places, part in zip(encoded, used, parts, strict=True):
        turned = np.empty(len(column.dictionary), dtype=np.int64)
        turned[places] = part
        numbers.append(turned[column.indices.to_numpy()])
    return list(map(intern, words.dictionary.take(order).to_pylist())), numbers


def _used_places(column: pa.DictionaryArray, rows: Any = slice(None)) -> NDArray[np.int64]:
    """Return the indices of the dictionary's entries that occur in some rows."""
    used = np.zeros(len(column.dictionary), dtype=bool)
    used[column.indices.to_numpy()[rows]] = True
    return np.flatnonzero(used)


def as_dictionary(column: pa.Array) -> pa.DictionaryArray:
    """Return a column as a dictionary array without nulls among its indices."""
    import pyarrow as pa
    import pyarrow.compute

    if not pa.types.is_dictionary(column.type):
        return column.dictionary_encode(null_encoding="encode")
    if not column.null_count:
        return column
    words = pa.concat_arrays([column.dictionary, pa.nulls(1, column.dictionary.type)])
    return pa.DictionaryArray.from_arrays(column.indices.fill_null(len(words) - 1), words)


def reader(column: pa.Array, field: pa.Field, *, shared: bool = False) -> Callable[..., list[Any]]:
    """Return a function that reads the values of a column, or of some rows; `shared` interns its texts."""
    if not hasattr(column, "dictionary"):
        return lambda rows=None: (column if rows is None else column.take(rows)).to_pylist()
    column = as_dictionary(column)
    words, places = column.dictionary.to_pylist(), column.indices.to_numpy()
    if is_json(field):
        each = [_maker("null" if word is None else word) for word in words]
        return lambda rows=slice(None): [each[place]() for place in places[rows].tolist()]
    words = list(map(intern, words)) if shared else words
    return lambda rows=slice(None): list(map(words.__getitem__, places[rows].tolist()))


def is_json(field: pa.Field) -> bool:
    """Whether the values of a column are JSON."""
    return bool(field.metadata == _AS_JSON)


def _maker(word: str) -> Callable[[], Any]:
    """Return a function that makes a row's value from JSON: each row gets its own list, since callers may change it."""
    value = json.loads(word)
    if not isinstance(value, dict | list):
        return lambda: value
    inner = value.values() if isinstance(value, dict) else value
    return partial(json.loads, word) if any(isinstance(item, dict | list) for item in inner) else value.copy
