"""Search of a case: entities by name or number, and free text; also suggestions while the user types."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.service import Session, answers
from graphsvc.views import sentences
from graphsvc.web.frame import answer, at, page

blueprint = Blueprint("search", __name__, url_prefix="/case/<case>")
_LONGEST = 200
# Maximum suggestions under a box.
_NEAR = 12


@page(blueprint, "/search")
def results(case: str) -> ResponseReturnValue:
    """Show entities whose name, alias, phone, registration, place or id matches, and texts with these words."""
    session = at(case)
    text = _read_words()
    with session.look("read", query="search", text=text, parts=text.split()):
        matches, text_matches = session.search.find(text), session.search.said(text)
        tied, days = session.search.tied(text), session.search.days(text)
    years = sentences.days_of_crossings(text, days)
    return answer(
        "search/results.html",
        case=session.case,
        q=text,
        day=days[0] if days and not years else "",
        days=days,
        days_said=years,
        results=_rows(session, matches),
        truncated=matches.truncated,
        said=text_matches.texts,
        said_truncated=text_matches.truncated,
        tied=tied.rows,
        tied_by=tied.relations,
        tied_truncated=tied.truncated,
    )


@blueprint.post("/search/known")
def known(case: str) -> ResponseReturnValue:
    """Show the pseudonym of a person whose name or number the user knows; each search is logged."""
    session = at(case)
    text = request.form.get("what", "")
    return answer("search/known.html", case=session.case, what=text, found=session.search.find_pseudonyms(text))


@page(blueprint, "/search/near")
def near(case: str) -> ResponseReturnValue:
    """Suggest the best matching entities while the user types in a box."""
    session = at(case)
    text = _read_words()
    matches = session.search.find(text)
    return answer(
        "search/results.html",
        case=session.case,
        q=text,
        results=_rows(session, matches)[:_NEAR],
        truncated=matches.truncated or len(matches.hits) > _NEAR,
    )


def _read_words() -> str:
    text = request.args.get("q", "").strip()
    if len(text) > _LONGEST:
        raise RequestError(f"A search takes up to {_LONGEST} characters. Search for a part of it.")
    return text


def _rows(session: Session, matches: answers.Found) -> list[dict[str, Any]]:
    return [row | {"href": url_for("entities.page", case=session.case, id=row["id"])} for row in matches.dicts()]
