"""The claims of links, parted: what counts for a link, what denies it, what was taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def parted(claims: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of claims as `claims` that count for their link, `denials` of it, and those `taken_back`; in their order."""
    claims = list(claims)
    counting = [claim for claim in claims if claim["status"] == "active"]
    return {
        "claims": [claim for claim in counting if claim["polarity"] == "asserts"],
        "denials": [claim for claim in counting if claim["polarity"] == "denies"],
        "taken_back": [claim for claim in claims if claim["status"] != "active" or claim["polarity"] == "withdrawn"],
    }
