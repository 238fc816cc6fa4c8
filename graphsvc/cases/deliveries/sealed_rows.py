"""Converts a delivery's rows to their stored form, sealed under the case's key and bound to the delivery."""

from __future__ import annotations

from typing import Any

from graphsvc.access.vault import pack, unpack
from graphsvc.ingest.check import Row
from graphsvc.ingest.versions import KeptRows


def seal_rows(key: bytes, case: str, number: int, delivery: KeptRows) -> bytes:
    """Seal a delivery for storage."""
    plain = [
        (row.table, row.file, row.line, row.values, *((row.code, True) if row.is_aside else filter(None, [row.code])))
        for row in delivery.rows
    ]
    content: dict[str, Any] = {"rows": plain, "columns": delivery.columns}
    if delivery.incomplete is not None:
        content["incomplete"] = sorted(delivery.incomplete)
    if delivery.accepted:
        content["accepted"] = sorted(delivery.accepted)
    if delivery.ends:
        content["ends"] = dict(delivery.ends)
    if delivery.rejected_c:
        content["rejected_c"] = sorted(delivery.rejected_c)
    if delivery.sets_aside:
        content["sets_aside"] = ["rows", "hides"] if delivery.hides else ["rows"]
    return pack(key, content, f"delivery {case} {number}")


def open_rows(key: bytes, case: str, number: int, sealed: bytes, *, partial: bool) -> KeptRows:
    """Undo `seal_rows`. Whether the delivery only adds (`partial`) is stored elsewhere and given here."""
    delivery = unpack(key, sealed, f"delivery {case} {number}")
    rows = [Row(*row) for row in delivery["rows"]]
    accepted = frozenset(delivery.get("accepted", ()))
    # Earlier versions stored a list for each end of a claim.
    ends = {name: end if isinstance(end, str) else end[0] for name, end in delivery.get("ends", {}).items()}
    flags = delivery.get("sets_aside", ())
    rejected_c = frozenset(delivery.get("rejected_c", ()))
    return KeptRows(
        rows,
        delivery["columns"],
        partial,
        delivery.get("incomplete"),
        accepted,
        ends,
        rejected_c,
        bool(flags),
        "hides" in flags,
    )
