"""What a node of the picture would bring in, counted before it is asked for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import MANY_NEIGHBOURS, Growth, Neighbours, PictureRequest
from graphsvc.views.picture.network import OPENING
from graphsvc.web.frame import answer, at, page
from graphsvc.web.network.network import asked

blueprint = Blueprint("growth", __name__, url_prefix="/case/<case>/network")


@blueprint.app_context_processor
def _many() -> dict[str, Any]:
    """For the network page: with more neighbours than this it is asked which."""
    return {"GROWTH_MANY": MANY_NEIGHBOURS}


@page(blueprint, "/growth")
def counts(case: str) -> ResponseReturnValue:
    """Neighbours of the node `node` that the picture of the same address does not show, by relation and by kind."""
    session, identifier, wanted = at(case), request.args.get("node", ""), asked()
    if not wanted["ids"] and not wanted["added"]:
        wanted |= {"ids": [identifier], "depth": 0}
    growth = session.network.growth(identifier, PictureRequest(**wanted))
    return answer(
        "network/growth.html",
        case=session.case,
        panel="panel" in request.args,
        many=MANY_NEIGHBOURS,
        opening=OPENING,
        growth=growth,
        ways=[
            ("By relation", [(way, _address(session.case, way)) for way in growth.relations]),
            ("By kind", [(way, _address(session.case, way)) for way in growth.kinds]),
        ],
        everything=_address(session.case, growth),
    )


def _address(case: str, way: Neighbours | Growth) -> str:
    """The picture with what one way brings in."""
    query: dict[str, Any] = {
        name: values
        for name, values in request.args.to_dict(flat=False).items()
        if name not in ("node", "panel", "open")
    }
    if not query.get("id") and not query.get("add"):
        query["id"] = [request.args.get("node", "")]
        query["depth"] = ["0"]
    return url_for("network.view", case=case, **query, open=[*request.args.getlist("open"), way.open])
