"""Waiting for results in progress: how long a request waits, and how a page then asks again automatically."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import request

from graphsvc.records.patience import PATIENCE

# Seconds a page waits, seconds a file or a script's request waits, and seconds until a page asks again.
_PAGE_S, _FILE_S, AGAIN_S = 8.0, 25.0, 15
# In the address of a page's automatic request.
_MARK = "again=yes"


def be_patient(*, script: bool) -> None:
    """Set how long this request waits for a result that is being computed.

    GET requests give up after a limit, so readers block no one. Other requests wait as long as needed, so what a user
    sends is done.

    Args:
        script: whether a program asks, rather than a person who reads the answer.
    """
    is_file = script or "." in request.path.rpartition("/")[2]
    PATIENCE.set((_FILE_S if is_file else _PAGE_S) if request.method == "GET" else None)


def by_itself() -> bool:
    """Whether a page sent this request automatically, so that it does not count as use."""
    return _MARK in request.query_string.decode("ascii", "replace").split("&")


def addresses() -> dict[str, Any]:
    """Return what a page needs to ask again: a delay in seconds and two addresses. Empty unless the request is a GET.

    `same` is the link for the reader; `itself` is the address for the automatic request.
    """
    if request.method != "GET":
        return {}
    url = urlsplit(request.url)  # in its original quoting
    rest = "&".join(part for part in url.query.split("&") if part and part != _MARK)
    same = f"{url.path}?{rest}" if rest else url.path
    return {"again": AGAIN_S, "same": same, "itself": f"{same}{'&' if rest else '?'}{_MARK}"}
