"""Stored form of a delivery's rows: sealed under the case's key, and bound to the delivery."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from graphsvc.access.vault import pack, unpack
from graphsvc.ingest.check import Row
from graphsvc.ingest.versions import KeptRows


def seal_rows(
    key: bytes,
    case: str,
    number: int,
    rows: Iterable[Row],
    columns: Mapping[str, list[str]],
    incomplete: Collection[str] | None,
    accepted: Collection[str] = (),
) -> bytes:
    """Seal the rows of a delivery for storage; `incomplete` and `accepted` as in `KeptRows`."""
    plain = [
        (row.table, row.file, row.line, row.values, *((row.code, True) if row.is_aside else filter(None, [row.code])))
        for row in rows
    ]
    content: dict[str, Any] = {"rows": plain, "columns": columns}
    if incomplete is not None:
        content["incomplete"] = sorted(incomplete)
    if accepted:
        content["accepted"] = sorted(accepted)
    return pack(key, content, f"delivery {case} {number}")


def open_rows(key: bytes, case: str, number: int, sealed: bytes, *, partial: bool) -> KeptRows:
    """Return the inverse of `seal_rows`; whether the delivery only adds (`partial`) is stored separately."""
    delivery = unpack(key, sealed, f"delivery {case} {number}")
    rows = [Row(*row) for row in delivery["rows"]]
    accepted = frozenset(delivery.get("accepted", ()))
    return KeptRows(rows, delivery["columns"], partial, delivery.get("incomplete"), accepted)
