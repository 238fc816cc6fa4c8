"""What people say to each other about an entity or a link: beside it in the network view, and counted on the canvas."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import Comment, Session
from graphsvc.web.frame import TWIN, answer, at, page, wants_json

blueprint = Blueprint("comments", __name__, url_prefix="/case/<case>")

_LINK = ("subject", "relation", "object")


@page(blueprint, "/network/comments")
def about(case: str) -> ResponseReturnValue:
    """What was said about the entity `id`, or the link `subject`, `relation`, `object`."""
    here = at(case)
    return answer(
        "network/comments.html", case=here.case, panel="panel" in request.args, **beside(here, *_about(request.args))
    )


def counts(case: str) -> ResponseReturnValue:
    """How many comments there are about each entity and link that has any."""
    nodes, links = at(case).network.comments.counts()
    told = [dict(zip(_LINK, link, strict=True), count=number) for link, number in links.items()]
    return jsonify({"nodes": nodes, "links": told})


blueprint.add_url_rule("/network/comments/counts.json", f"counts{TWIN}", counts, methods=["GET"])


@blueprint.post("/network/comments/add")
def add(case: str) -> ResponseReturnValue:
    """Says something."""
    here, ids = at(case), _about(request.form)
    here.network.comments.add(ids, request.form.get("text", ""))
    return _back(here, ids)


@blueprint.post("/network/comments/take-back")
def take_back(case: str) -> ResponseReturnValue:
    """Takes back what one said."""
    here = at(case)
    here.network.comments.take_back(request.form.get("comment", ""))
    return _back(here, _about(request.form))


def beside(here: Session, *ids: str) -> dict[str, Any]:
    """What `network/_comments.html` needs, about an entity (its id) or a link (subject, relation, object)."""
    names = ("id",) if len(ids) == 1 else _LINK
    return {
        "comments": [_told(one) for one in here.network.comments.of(*ids)],
        "about": dict(zip(names, ids, strict=True)),
        "may_comment": here.may("keep"),
        "sees_taken_back": here.may("agree"),
    }


def _about(given: Any) -> list[str]:
    """One id, or the three of a link, as a form or an address gives them."""
    link = [given.get(name, "") for name in _LINK]
    return link if all(link) else [given.get("id", "")]


def _back(here: Session, ids: list[str]) -> ResponseReturnValue:
    if wants_json():
        return jsonify(beside(here, *ids))
    names = ("id",) if len(ids) == 1 else _LINK
    which: dict[str, Any] = dict(zip(names, ids, strict=True))
    return redirect(url_for("comments.about", case=here.case, **which), code=303)


def _told(comment: Comment) -> dict[str, Any]:
    names = ("id", "text", "withheld", "mine", "taken_back_at")
    told = {name: getattr(comment, name) for name in names}
    return told | {"by": comment.account, "at": comment.at, "made_at": comment.handling}
