"""Waiting for results that are being computed: how long requests wait, and how pages then try again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import request

from graphsvc.records.patience import PATIENCE

# Seconds that a page waits, that a file or a request by a script waits, and until a page tries again.
_PAGE_S, _FILE_S, AGAIN_S = 8.0, 25.0, 15
# Parameter in the URL of a request that a page sends automatically.
_MARK = "again=yes"


def be_patient(*, script: bool) -> None:
    """Set how long this request waits for a result that is being computed.

    GET requests give up after a limit, so that readers block nobody. Other requests wait until they can do what the
    user asked for.

    Args:
        script: whether a program sent the request, not a person opening a page.
    """
    is_file = script or "." in request.path.rpartition("/")[2]
    PATIENCE.set((_FILE_S if is_file else _PAGE_S) if request.method == "GET" else None)


def by_itself() -> bool:
    """Whether a page sent this request automatically, so that it does not count as use."""
    return _MARK in request.query_string.decode("ascii", "replace").split("&")


def addresses() -> dict[str, Any]:
    """Return what a page needs to try again: a delay in seconds and two URLs. Empty if the request is no GET.

    `same` is the URL for a link; `itself` is the URL for the automatic request.
    """
    if request.method != "GET":
        return {}
    url = urlsplit(request.url)  # quoted as it was sent
    rest = "&".join(part for part in url.query.split("&") if part and part != _MARK)
    same = f"{url.path}?{rest}" if rest else url.path
    return {"again": AGAIN_S, "same": same, "itself": f"{same}{'&' if rest else '?'}{_MARK}"}
