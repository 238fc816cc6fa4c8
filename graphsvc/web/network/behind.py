"""Who is behind this: the answer for some crossings, boats, gangs, workplaces, people or things, or for the boats of a day."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import Answer, Said
from graphsvc.web.frame import answer, at, page

blueprint = Blueprint("behind", __name__, url_prefix="/case/<case>")


@page(blueprint, "/behind", look="read", query="=behind")
def behind(case: str) -> ResponseReturnValue:
    """Each thing asked about with who is said to be behind it, who stands behind several, and what is not known."""
    session = at(case)
    asked = {name: request.args.get(name, "").strip() for name in ("day", "until")}
    ids = [identifier for identifier in request.args.getlist("id") if identifier.strip()]
    found, view = session.network.answers.behind(ids, **asked) if ids or asked["day"] else (None, None)
    return answer(
        "behind/page.html",
        case=session.case,
        asked=asked | {"ids": ids},
        rows=_rows(found),
        common=_common(found),
        gaps=list(found.gaps) if found else [],
        picture=url_for(
            "network.view", case=session.case, id=[node.id for node in view.nodes if node.start], layout="command"
        )
        if view
        else "",
        truncated=bool(view and view.truncated),
        in_steps=not session.grant.sources,
    )


def _rows(found: Answer | None) -> list[dict[str, Any]]:
    return [
        {
            "about": _entity(row.about),
            "boats": [_entity(boat) for boat in row.boats],
            "said": [_said(one) for one in row.said],
            "missing": list(row.missing),
        }
        for row in (found.rows if found else ())
    ]


def _common(found: Answer | None) -> list[dict[str, Any]]:
    return [
        {
            "who": _entity(common.who),
            "rows": [_entity(row) for row in common.rows],
            "said": [_said(one) for one in common.said],
            "strength": round(common.strength, 3),
        }
        for common in (found.common if found else ())
    ]


def _entity(node: Any) -> dict[str, Any]:
    return {name: getattr(node, name) for name in ("id", "name", "kind", "sealed")}


def _said(one: Said) -> dict[str, Any]:
    edge = one.edge
    figures = (
        "relation",
        "says",
        "belief",
        "denied",
        "groups",
        "other_sources",
        "belief_on_record",
        "first_on",
        "last_on",
    )
    return {name: getattr(edge, name) for name in figures} | {
        "object": edge.object,
        "who": _entity(one.who),
        "what": _entity(one.what) if one.what else None,
        "weak": one.is_weak,
        "rank": one.lead.rank if one.lead else None,
        "best_rank": one.lead.best if one.lead else None,
        "worst_rank": one.lead.worst if one.lead else None,
    }
