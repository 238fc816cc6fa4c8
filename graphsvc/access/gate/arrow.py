"""Converts rows of an answer to an Arrow stream and back; values and their types stay the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphsvc.records.columns import Batch, as_dictionary, batch_of, encode, is_json, read_rows, reader

if TYPE_CHECKING:
    import pyarrow as pa


def as_arrow(rows: Sequence[Sequence[Any]]) -> bytes:
    """Write rows as an Arrow stream: a column whose values have one scalar type in that type, any other as JSON.

    Args:
        rows: at least one; each has the same number of values: text, numbers, booleans, days, lists of those, or None.

    Raises:
        TypeError: a value is of another type.

    Example:
        >>> from_arrow(as_arrow([("p1", 1, ["a"]), ("p1", None, "few")]))
        [('p1', 1, ['a']), ('p1', None, 'few')]
    """
    import pyarrow as pa

    batch = batch_of(map(encode, zip(*rows, strict=True)))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())


def from_arrow(data: bytes) -> list[tuple[Any, ...]]:
    """Read rows back from an Arrow stream: the inverse of `as_arrow`. Equal texts in a column share one object.

    Raises:
        pyarrow.ArrowInvalid: the data is not such a stream.
    """
    return list(read_rows(as_batch(data)))


def as_batch(data: bytes) -> Batch:
    """Read a stream from `as_arrow` as a record batch, without making rows. Raises as `from_arrow`."""
    import pyarrow as pa

    # Arrow's own memory pool would keep freed memory: 25 MiB for 200,000 claims.
    pa.set_memory_pool(pa.system_memory_pool())
    return pa.ipc.open_stream(data).read_next_batch()


def join_batches(batches: Sequence[Batch]) -> Batch:
    """Join the rows of some batches, in order, with indices that use as few bytes as possible.

    Args:
        batches: from `as_batch`; at least one, all with the same number of columns.

    Example:
        >>> batches = [as_batch(as_arrow(rows)) for rows in ([("p2", 1.5), ("p1", None)], [("p2", 2)])]
        >>> list(read_rows(join_batches(batches)))
        [('p2', 1.5), ('p1', None), ('p2', 2)]
    """
    columns = zip(*(batch.columns for batch in batches), strict=True)
    fields = zip(*(batch.schema for batch in batches), strict=True)
    return batch_of(map(_join, columns, fields))


def _join(columns: Sequence[pa.Array], fields: Sequence[pa.Field]) -> tuple[pa.Array, bool]:
    """Join the parts of a column; mostly different texts are not dictionary-encoded, as few of them are ever read."""
    import pyarrow as pa

    kinds = {(field.type, is_json(field)) for field in fields if not pa.types.is_null(field.type)}
    if len(kinds) > 1:
        parts = zip(columns, fields, strict=True)
        column, in_json = encode([value for part, field in parts for value in reader(part, field)()])
        columns, kind = [column], column.type
    else:
        kind, in_json = next(iter(kinds), (pa.string(), False))
    # A part without values fits any type.
    joined = pa.chunked_array([part if part.type == kind else pa.nulls(len(part), kind) for part in columns])
    if pa.types.is_dictionary(kind):
        if not in_json and 2 * sum(len(part.dictionary) for part in joined.chunks) > len(joined):
            return joined.cast("string").combine_chunks(), False
        joined = joined.unify_dictionaries()
    column = as_dictionary(joined.combine_chunks())
    indices = column.indices.cast(str(np.min_scalar_type(len(column.dictionary))))
    return pa.DictionaryArray.from_arrays(indices, column.dictionary), in_json
