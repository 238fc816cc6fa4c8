"""The rows of a delivery as they are kept: sealed under the case's key, and bound to the delivery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphsvc.access.vault import pack, unpack
from graphsvc.ingest.check import Row


def seal_rows(key: bytes, case: str, number: int, rows: Iterable[Row], columns: Mapping[str, list[str]]) -> bytes:
    """The rows of a delivery as they are kept."""
    plain = [(row.table, row.file, row.line, row.values) for row in rows]
    return pack(key, {"rows": plain, "columns": columns}, f"delivery {case} {number}")


def open_rows(key: bytes, case: str, number: int, sealed: bytes) -> tuple[list[Row], dict[str, list[str]]]:
    """The inverse of `seal_rows`."""
    delivery = unpack(key, sealed, f"delivery {case} {number}")
    return [Row(table, file, line, values) for table, file, line, values in delivery["rows"]], delivery["columns"]
