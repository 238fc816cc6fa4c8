"""Number of neighbours that opening a node would add to the picture, shown before it is opened."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import PictureRequest, answers, limits
from graphsvc.views.picture.network import OPENING
from graphsvc.web.frame import answer, at, page
from graphsvc.web.network.network import request_arguments

blueprint = Blueprint("growth", __name__, url_prefix="/case/<case>/network")


@blueprint.app_context_processor
def _many() -> dict[str, Any]:
    """Give templates the number of neighbours above which the network page asks which of them to add."""
    return {"GROWTH_MANY": limits.MANY_NEIGHBOURS}


@page(blueprint, "/growth")
def counts(case: str) -> ResponseReturnValue:
    """Count the neighbours of `node` that are missing from the picture of this URL, by relation and by kind."""
    session, identifier, wanted = at(case), request.args.get("node", ""), request_arguments()
    if not wanted["ids"] and not wanted["added"]:
        wanted |= {"ids": [identifier], "depth": 0}
    growth = session.network.growth(identifier, PictureRequest(**wanted))
    return answer(
        "network/growth.html",
        case=session.case,
        panel="panel" in request.args,
        many=limits.MANY_NEIGHBOURS,
        opening=OPENING,
        growth=growth,
        ways=[
            ("By relation", [(way, _address(session.case, way)) for way in growth.relations]),
            ("By kind", [(way, _address(session.case, way)) for way in growth.kinds]),
        ],
        everything=_address(session.case, growth),
    )


def _address(case: str, way: answers.Neighbours | answers.Growth) -> str:
    """Return the URL of the picture with one group of neighbours added."""
    query: dict[str, Any] = {
        name: values
        for name, values in request.args.to_dict(flat=False).items()
        if name not in ("node", "panel", "open")
    }
    if not query.get("id") and not query.get("add"):
        query["id"] = [request.args.get("node", "")]
        query["depth"] = ["0"]
    return url_for("network.view", case=case, **query, open=[*request.args.getlist("open"), way.open])
