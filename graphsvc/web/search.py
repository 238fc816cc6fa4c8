"""Search of a case; the search box takes its suggestions from the JSON twin."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.web.frame import answer, at, page

blueprint = Blueprint("search", __name__, url_prefix="/case/<case>")
_LONGEST = 200


@page(blueprint, "/search")
def results(case: str) -> ResponseReturnValue:
    """Entities whose name, alias, phone, registration or id has the text in it."""
    here = at(case)
    text = request.args.get("q", "").strip()
    if len(text) > _LONGEST:
        raise RequestError(f"A search takes up to {_LONGEST} characters. Search for a part of it.")
    found = here.find(text) if text else None
    return answer(
        "search/results.html",
        case=here.case,
        q=text,
        results=[
            row | {"name": row["name"] or row["id"], "href": url_for("entities.page", case=here.case, id=row["id"])}
            for row in (found.dicts() if found else [])
        ],
        truncated=bool(found and found.truncated),
    )
