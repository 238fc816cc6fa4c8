"""A whole case at a glance: its groups as a table, and as points that a browser paints."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.records.relations import RELATIONS, says
from graphsvc.records.told import STEPS
from graphsvc.service import Session
from graphsvc.views.picture.graph import PALETTES
from graphsvc.views.picture.overview import MOST_POINTS, Overview, OverviewGroup
from graphsvc.web.frame import answer_early, at, page, wants_json
from graphsvc.web.network.network import FILTERS, filters, grade_choices

blueprint = Blueprint("overview", __name__, url_prefix="/case/<case>/network")

# Groups that the page lists; the picture has all.
_LISTED = 200


@page(blueprint, "/overview")
def view(case: str) -> ResponseReturnValue:
    """The groups of the case, the largest first, and the picture of all of it."""
    here = at(case)
    here.require("analyse")
    wanted = filters()

    def late() -> dict[str, Any]:
        found = here.network.overview.draw(**wanted)
        told = {
            "entities": len(found.ids),
            "ties": len(found.pairs),
            "groups": [_group(here, one) for one in found.groups[:_LISTED]],
            "more": max(len(found.groups) - _LISTED, 0),
            "drawn": len(found.ids) <= MOST_POINTS,
        }
        return told if wants_json() else told | _page(here)

    return answer_early("overview/view.html", late, case=here.case)


@blueprint.get("/overview.bin")
def points(case: str) -> Response:
    """The points and links (`views.picture.overview.Overview.packed`); of a case of too many, none."""
    found = _asked(at(case))
    small = len(found.ids) <= MOST_POINTS
    return Response(found.packed() if small else bytes(16), mimetype="application/octet-stream")


@blueprint.get("/overview/names.json")
def names(case: str) -> ResponseReturnValue:
    """Ids and names of the points, in their order, and all groups."""
    here = at(case)
    found = _asked(here)
    small = len(found.ids) <= MOST_POINTS
    return jsonify(
        ids=list(found.ids) if small else [],
        # Only where a name is not the id: most of a case's phones and boats have none.
        names={at: name for at, name in enumerate(found.names) if name != found.ids[at]} if small else {},
        groups=[_group(here, one) for one in found.groups],
    )


def _asked(here: Session) -> Overview:
    return here.network.overview.draw(**filters())


def _group(here: Session, group: OverviewGroup) -> dict[str, Any]:
    """A group as a row, with where to work on it."""
    wanted: dict[str, Any] = {
        "id": list(group.top),
        "size": next((size for size in (60, 150, 300) if group.size <= size), 500),
        **{name: request.args.getlist(name) for name in FILTERS},
    }
    return asdict(group) | {"href": url_for("network.view", case=here.case, **wanted)}


def _page(here: Session) -> dict[str, Any]:
    asked = request.query_string.decode("ascii", "replace")
    return {
        "filters": filters(),
        **grade_choices(here),
        "steps": STEPS,
        "relations": [(name, says(name)) for name in RELATIONS],
        "palettes": {theme: dict(palette) for theme, palette in PALETTES.items()},
        "points": f"{url_for('overview.points', case=here.case)}?{asked}",
        "names": f"{url_for('overview.names', case=here.case)}?{asked}",
    }
