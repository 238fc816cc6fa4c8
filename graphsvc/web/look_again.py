"""Looking again: how long a request waits for what is being worked out, and how a page then asks again by itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import request

from graphsvc.records.patience import PATIENCE

# Seconds that a page waits, and a file or what a script asks for; and after which a page asks again.
_PAGE_S, _FILE_S, AGAIN_S = 8.0, 25.0, 15
# Said by the address of a page that asks again by itself.
_MARK = "again=yes"


def be_patient(*, script: bool) -> None:
    """Have this request wait as long as one of its kind may: what is sent is done, however long it waits; who only looks holds up nobody.

    Args:
        script: whether it is not for a person to read at once.
    """
    is_file = script or "." in request.path.rpartition("/")[2]
    PATIENCE.set((_FILE_S if is_file else _PAGE_S) if request.method == "GET" else None)


def by_itself() -> bool:
    """Whether a page asks again by itself: that is nobody who uses it."""
    return _MARK in request.query_string.decode("ascii", "replace").split("&")


def addresses() -> dict[str, Any]:
    """What a page that asks again says: after how many seconds, where by itself, and where for who clicks; nothing for what was sent."""
    if request.method != "GET":
        return {}
    asked = urlsplit(request.url)  # quoted as it came
    rest = "&".join(part for part in asked.query.split("&") if part and part != _MARK)
    same = f"{asked.path}?{rest}" if rest else asked.path
    return {"again": AGAIN_S, "same": same, "itself": f"{same}{'&' if rest else '?'}{_MARK}"}
