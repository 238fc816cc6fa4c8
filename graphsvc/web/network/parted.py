"""Claims split into supporting claims, denials, and withdrawn claims."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def split_claims(claims: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Split claims into `claims` that count for their link, `denials` and `taken_back`, each in input order."""
    claims = list(claims)
    counting = [claim for claim in claims if claim["status"] == "active"]
    return {
        "claims": [claim for claim in counting if claim["polarity"] == "asserts"],
        "denials": [claim for claim in counting if claim["polarity"] == "denies"],
        "taken_back": [claim for claim in claims if claim["status"] != "active" or claim["polarity"] == "withdrawn"],
    }
