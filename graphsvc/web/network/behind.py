"""Who is behind it: the answer for chosen entities, or for the boats of a day."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.records.dates import format_date, typed_date
from graphsvc.records.relations import FAMILIES, family
from graphsvc.service import Session, answers
from graphsvc.views.behind.answer import Answer
from graphsvc.views.picture.graph import draw
from graphsvc.web.csvfile import csv_file
from graphsvc.web.frame import answer_early, at, home, page, wants_json
from graphsvc.web.rail import Entry

blueprint = Blueprint("behind", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(10, "Who is behind it", "Who is behind it", "behind.behind", "read"),)
# Query parameters for days.
_WORDS = ("day", "until")
# Maximum days offered by the field for a day: the newest ones with boats.
_MOST_DAYS = 400


@page(blueprint, "/behind")
def behind(case: str) -> ResponseReturnValue:
    """Show who is said to be behind each entity, what links several entities, what is not known, and the picture."""
    session = at(case)
    if request.args.get("as") == "csv":
        behind_answer = _read_answer(session)
        return csv_file(
            "behind", behind_answer.answer.columns, behind_answer.cells, last=behind_answer.beside, under="not_known"
        )

    def late() -> dict[str, Any]:
        with session.look("read", query="behind"):
            return _late(session)

    return answer_early(
        "behind/page.html",
        late,
        case=session.case,
        form={
            **{name: _written_day(text) for name, text in _days().items()},
            "ids": _ids(),
            "service": _service(),
            "words": _words(),
        },
    )


def _late(session: Session) -> dict[str, Any]:
    """Return the data that takes time: the answer, or why there is no answer."""
    days = [(day, of_day.boats) for day, of_day in session.network.lists.over_time().days.items()][-_MOST_DAYS:]
    nothing = Answer().plain() | {"nothing": True, "fault": "", "nearest": {}, "with_boats": days}
    if not _has_request():
        return nothing
    try:
        answered = _read_answer(session)
    except RequestError as error:
        # Show the form again, with the day as it was typed.
        if wants_json() or _ids():
            raise
        if isinstance(error, answers.NoCrossings):
            return nothing | {"fault": str(error), "nearest": error.nearest}
        return nothing | {"fault": str(error), "status": error.status}
    values = answered.plain() | {"nothing": False}
    if wants_json():
        return values
    ids = [node.id for node in answered.view.nodes if node.kind != "group"]
    shown_families = {family(edge.relation) for edge in answered.view.edges}
    return values | {
        "with_boats": days,
        "few_below": home().settings.few_below,
        "picture": draw(answered.view) | {"to": _to(session, answered)},
        "entities": len(ids),
        "links": len(answered.view.edges),
        "families": [(name, words) for name, words in FAMILIES.items() if name in shown_families],
        "marks": any(node.kind == "group" for node in answered.view.nodes),
        "denied": any(edge.denied for edge in answered.view.edges),
        "canvas": url_for(
            "network.view",
            case=session.case,
            id=answered.asked,
            add=[name for name in ids if name not in answered.asked],
            depth=0,
            layout="command",
        ),
    }


@blueprint.get("/behind.pdf")
def printed(case: str) -> ResponseReturnValue:
    """Return the same as a PDF: gaps and denials, the picture, then the people behind each entity."""
    session = at(case)
    content = session.network.answers.pdf(_ids(), **_days(), service=_service())
    response = Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename="behind.pdf")
    return response


def _read_answer(session: Session) -> answers.Behind:
    """Return the answer that the URL requests.

    Raises:
        RequestError: the URL requests nothing, or too much.
        NotFound: none of the entities exists for this reader.
    """
    return session.network.answers.behind(_ids(), **_days(), service=_service())


def _days() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in _WORDS}


def _written_day(typed: str) -> str:
    """Return a typed day in the form of pages, or unchanged if it is no date."""
    try:
        return format_date(typed_date(typed).given) if typed else ""
    except RequestError:
        return typed


def _to(session: Session, answered: answers.Behind) -> dict[str, str]:
    """Map the id of each node for several people to the page that lists these people."""
    marks = [node.id.partition(":") for node in answered.view.nodes if node.kind == "group"]
    return {
        f"{relation}:{name}": url_for("entities.page", case=session.case, id=name, relation=relation)
        for relation, _, name in marks
    }


def _has_request() -> bool:
    return bool(_ids() or request.args.get("day", "").strip())


def _ids() -> list[str]:
    return [identifier for identifier in request.args.getlist("id") if identifier.strip()]


def _service() -> bool:
    return request.args.get("service") == "yes"


def _words() -> dict[str, Any]:
    """Return the query parameters, for links to the answer in other formats."""
    return {name: values for name in ("id", *_WORDS, "service") if (values := request.args.getlist(name))}
