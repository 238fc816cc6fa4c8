"""The whole case at a glance: its groups as a table, and its entities as points drawn in the browser."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.records.coarsened import STEPS
from graphsvc.records.relations import RELATIONS, says
from graphsvc.service import Session
from graphsvc.views.picture.graph import PALETTES
from graphsvc.views.picture.overview import MOST_POINTS, Overview, OverviewGroup
from graphsvc.web.frame import answer_early, at, page, wants_json
from graphsvc.web.network.network import FILTERS, filters, grade_choices

blueprint = Blueprint("overview", __name__, url_prefix="/case/<case>/network")

# Maximum groups listed on the page; the picture shows all.
_LISTED = 200


@page(blueprint, "/overview")
def view(case: str) -> ResponseReturnValue:
    """Show the groups of the case, largest first, and the picture of the whole case."""
    session = at(case)
    session.require("analyse")
    wanted = filters()

    def late() -> dict[str, Any]:
        overview = session.network.overview.draw(**wanted)
        values = {
            "entities": len(overview.ids),
            "ties": len(overview.pairs),
            "groups": [_group(session, group) for group in overview.groups[:_LISTED]],
            "more": max(len(overview.groups) - _LISTED, 0),
            "drawn": len(overview.ids) <= MOST_POINTS,
        }
        return values if wants_json() else values | _page(session)

    return answer_early("overview/view.html", late, case=session.case)


@blueprint.get("/overview.bin")
def points(case: str) -> Response:
    """Return the points and links as packed by `views.picture.overview.Overview.pack`; none if there are too many."""
    overview = _draw_overview(at(case))
    small = len(overview.ids) <= MOST_POINTS
    return Response(overview.pack() if small else bytes(16), mimetype="application/octet-stream")


@blueprint.get("/overview/names.json")
def names(case: str) -> ResponseReturnValue:
    """Return the ids and names of the points, in their order, and all groups (JSON)."""
    session = at(case)
    overview = _draw_overview(session)
    small = len(overview.ids) <= MOST_POINTS
    return jsonify(
        ids=list(overview.ids) if small else [],
        # Only names that differ from the id: most phones and boats have no name.
        names={at: name for at, name in enumerate(overview.names) if name != overview.ids[at]} if small else {},
        groups=[_group(session, group) for group in overview.groups],
    )


def _draw_overview(session: Session) -> Overview:
    return session.network.overview.draw(**filters())


def _group(session: Session, group: OverviewGroup) -> dict[str, Any]:
    """Return a group as a row, with the URL of a picture of it on the canvas."""
    wanted: dict[str, Any] = {
        "id": list(group.top),
        "size": next((size for size in (60, 150, 300) if group.size <= size), 500),
        **{name: request.args.getlist(name) for name in FILTERS},
    }
    return asdict(group) | {"href": url_for("network.view", case=session.case, **wanted)}


def _page(session: Session) -> dict[str, Any]:
    query = request.query_string.decode("ascii", "replace")
    return {
        "filters": filters(),
        **grade_choices(session),
        "steps": STEPS,
        "relations": [(name, says(name)) for name in RELATIONS],
        "palettes": {theme: dict(palette) for theme, palette in PALETTES.items()},
        "points": f"{url_for('overview.points', case=session.case)}?{query}",
        "names": f"{url_for('overview.names', case=session.case)}?{query}",
    }
