"""The log, for auditors: who did what, when, for which purpose, and how it ended."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.web.frame import answer, current, page

blueprint = Blueprint("log", __name__)
_PAGE = 100


@page(blueprint, "/log")
def table() -> ResponseReturnValue:
    """One page of it, newest first; `before` (the number of a line) gives the older ones."""
    before = request.args.get("before", type=int)
    lines = current().log(newest=_PAGE, before=before)
    return answer(
        "log/table.html",
        lines=lines,
        before=before,
        older=lines[-1]["id"] if len(lines) == _PAGE else None,
    )
