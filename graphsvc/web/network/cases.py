"""The list of cases a user can see."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from graphsvc.web.frame import answer, current, page

blueprint = Blueprint("cases", __name__)


@page(blueprint, "/", twin="/cases.json")
def table() -> ResponseReturnValue:
    """Show the user's cases, sorted by name."""
    return answer("cases/table.html", cases=current().cases())
