"""Comments of users on an entity or link, shown next to it in the network view and counted on the canvas."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import Session, answers
from graphsvc.web.frame import TWIN, answer, at, page, wants_json

blueprint = Blueprint("comments", __name__, url_prefix="/case/<case>")

_LINK = ("subject", "relation", "object")


@page(blueprint, "/network/comments", look="read", query="=comments")
def about(case: str) -> ResponseReturnValue:
    """Show the comments on the entity `id`, or on the link `subject`, `relation`, `object`."""
    session = at(case)
    return answer(
        "network/comments.html",
        case=session.case,
        panel="panel" in request.args,
        **beside(session, *_about(request.args)),
    )


def counts(case: str) -> ResponseReturnValue:
    """Return the number of comments on each entity and link with comments."""
    nodes, links = at(case).network.comments.counts()
    rows = [dict(zip(_LINK, link, strict=True), count=number) for link, number in links.items()]
    return jsonify({"nodes": nodes, "links": rows})


blueprint.add_url_rule("/network/comments/counts.json", f"counts{TWIN}", counts, methods=["GET"])


@blueprint.post("/network/comments/add")
def add(case: str) -> ResponseReturnValue:
    """Add a comment."""
    session, ids = at(case), _about(request.form)
    session.network.comments.add(ids, request.form.get("text", ""))
    return _back(session, ids)


@blueprint.post("/network/comments/take-back")
def take_back(case: str) -> ResponseReturnValue:
    """Withdraw one of the user's own comments."""
    session = at(case)
    session.network.comments.take_back(request.form.get("comment", ""))
    return _back(session, _about(request.form))


def beside(session: Session, *ids: str) -> dict[str, Any]:
    """Return the data of `network/_comments.html` for an entity (its id) or a link (subject, relation, object)."""
    names = ("id",) if len(ids) == 1 else _LINK
    return {
        "comments": [_comment_fields(comment) for comment in session.network.comments.of(*ids)],
        "about": dict(zip(names, ids, strict=True)),
        "may_comment": session.may("keep"),
        "sees_taken_back": session.may("agree"),
    }


def _about(values: Any) -> list[str]:
    """Read an id, or the three parts of a link, from a form or URL."""
    link = [values.get(name, "") for name in _LINK]
    return link if all(link) else [values.get("id", "")]


def _back(session: Session, ids: list[str]) -> ResponseReturnValue:
    if wants_json():
        return jsonify(beside(session, *ids))
    names = ("id",) if len(ids) == 1 else _LINK
    target: dict[str, Any] = dict(zip(names, ids, strict=True))
    return redirect(url_for("comments.about", case=session.case, **target), code=303)


def _comment_fields(comment: answers.Comment) -> dict[str, Any]:
    names = ("id", "text", "mine", "taken_back_at")
    fields = {name: getattr(comment, name) for name in names}
    return fields | {"by": comment.account, "at": comment.at, "made_at": comment.handling}
