"""Payments that an entity is said to have made and received, with a sum per currency. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import fsum
from typing import Any

from graphsvc.records.numbers import count
from graphsvc.views.wording import amount

PAID = "PAID"
# Lists into which the payments by, or to, the entity are sorted.
PARTS = ("counted", "denied", "taken_back")
_SIDES = (("by", "subject"), ("to", "object"))


def payments(identifier: str, claims: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the payments by and to one entity, from released rows of claims.

    Claims taken back are listed separately, and so are denials and payments whose link is denied or contested.

    Args:
        identifier: id of the entity.
        claims: rows of `entities.claims` about it, of any relation.

    Returns:
        A row for the payments by the entity and one for those to it, if there are any: `side` (`by` or `to`);
        `counted`, `denied` and `taken_back` (rows of claims, earliest first); `sums` of the counted rows (`currency`,
        empty if not stated, `total`, `payments`); `denied_sums` (the same for payments that are denied or contested);
        and `unstated` (number of counted rows without an amount).

    Example:
        >>> rows = [{"subject": "A", "object": "B", "relation": "PAID", "polarity": polarity, "status": "active", "denying": 0,
        ...          "amount": 200.0, "currency": "EUR"} for polarity in ("asserts", "asserts")]
        >>> payments("A", rows)[0]["sums"]
        [{'currency': 'EUR', 'total': 400.0, 'payments': 2}]
        >>> payments("C", rows)
        []
    """
    paid = [claim for claim in claims if claim["relation"] == PAID]
    sides = []
    for side, own in _SIDES:
        parts: dict[str, list[dict[str, Any]]] = {part: [] for part in PARTS}
        for claim in sorted(paid, key=lambda claim: str(claim.get("from_on") or claim.get("to_on") or "")):
            if claim[own] == identifier:
                parts[_part(claim)].append(dict(claim))
        if any(parts.values()):
            counted = parts["counted"]
            unstated = sum(row.get("amount") is None for row in counted)
            denied = _sums(row for row in parts["denied"] if row["polarity"] == "asserts")
            sides.append({"side": side, **parts, "sums": _sums(counted), "denied_sums": denied, "unstated": unstated})
    return sides


def sums_text(sums: Iterable[Mapping[str, Any]]) -> str:
    """Write sums in words, each with its number of payments.

    Example:
        >>> sums_text([{"currency": "EUR", "total": 2500.0, "payments": 2}, {"currency": "", "total": 10.5, "payments": 1}])
        '2,500 EUR (2 payments) and 10.50 in no stated currency (1 payment)'
    """
    words = [
        f"{amount({'amount': row['total'], 'currency': row['currency'] or 'in no stated currency'})}"
        f" ({count(row['payments'], 'payment')})"
        for row in sums
    ]
    return " and ".join(words)


def _part(claim: Mapping[str, Any]) -> str:
    if claim["status"] != "active" or claim["polarity"] == "withdrawn":
        return "taken_back"
    return "denied" if claim["polarity"] == "denies" or claim["denying"] else "counted"


def _sums(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    by_currency: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.get("amount") is not None:
            by_currency[str(row.get("currency") or "").strip().upper()].append(float(row["amount"]))
    return [
        {"currency": currency, "total": round(fsum(amounts), 2), "payments": len(amounts)}
        for currency, amounts in sorted(by_currency.items())
    ]
