"""Who is behind this: the answer for some crossings, boats, gangs, workplaces, people or things, or for the boats of a day."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

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
        **(found.plain() if found else {"rows": [], "common": [], "gaps": []}),
        picture=url_for(
            "network.view", case=session.case, id=[node.id for node in view.nodes if node.start], layout="command"
        )
        if view
        else "",
        truncated=bool(view and view.truncated),
        in_steps=not session.grant.sources,
    )
