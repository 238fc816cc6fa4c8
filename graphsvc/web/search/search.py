"""Search of a case: entities by what they are called, and free text; suggestions come from a twin of their own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.service import Found, Session
from graphsvc.web.frame import answer, at, page

blueprint = Blueprint("search", __name__, url_prefix="/case/<case>")
_LONGEST = 200
# Suggestions under a box.
_NEAR = 12


@page(blueprint, "/search")
def results(case: str) -> ResponseReturnValue:
    """Entities by name, alias, phone, registration, place or id; and what was said with these words in it."""
    here = at(case)
    text = _asked()
    found = here.search.find(text)
    said = here.search.said(text)
    return answer(
        "search/results.html",
        case=here.case,
        q=text,
        results=_rows(here, found),
        truncated=found.truncated,
        said=said.texts,
        said_truncated=said.truncated,
    )


@blueprint.post("/search/known")
def known(case: str) -> ResponseReturnValue:
    """Which pseudonym stands for somebody whose name or number is known; each look is in the log."""
    here = at(case)
    text = request.form.get("what", "")
    return answer("search/known.html", case=here.case, what=text, found=here.search.known(text))


@page(blueprint, "/search/near")
def near(case: str) -> ResponseReturnValue:
    """The nearest entities alone, as a box suggests them while somebody types."""
    here = at(case)
    text = _asked()
    found = here.search.find(text)
    return answer(
        "search/results.html",
        case=here.case,
        q=text,
        results=_rows(here, found)[:_NEAR],
        truncated=found.truncated or len(found.hits) > _NEAR,
    )


def _asked() -> str:
    text = request.args.get("q", "").strip()
    if len(text) > _LONGEST:
        raise RequestError(f"A search takes up to {_LONGEST} characters. Search for a part of it.")
    return text


def _rows(here: Session, found: Found) -> list[dict[str, Any]]:
    return [row | {"href": url_for("entities.page", case=here.case, id=row["id"])} for row in found.dicts()]
