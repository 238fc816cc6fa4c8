"""Worker movements: all places that closed or emptied, one place with its flows, and one person's places over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import Session, limits
from graphsvc.views.displacement.drawing import sankey
from graphsvc.views.displacement.rows import (
    MOVE_COLUMNS,
    NO_CLOSURE,
    NOBODY_LEFT,
    OUTCOME_WORDS,
    MoveRow,
    besides,
    move_cells,
    plain,
)
from graphsvc.views.displacement.safeguarding import SIGNS_OF_RISK
from graphsvc.web.csvfile import csv_file
from graphsvc.web.frame import answer_early, at, page, wants_json
from graphsvc.web.rail import Entry

blueprint = Blueprint("displacement", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(20, "Workplaces", "Worker movements", "displacement.table", "analyse"),)


@page(blueprint, "/displacement", look="analyse", query="=displacement")
def table(case: str) -> ResponseReturnValue:
    """Show each place that closed or emptied, what became of the people there, and flows between kinds of place."""
    session = at(case)
    if request.args.get("as") == "csv":
        return _csv(session)

    def late() -> dict[str, Any]:
        closures, moves = session.displacement.closures(), session.displacement.moves()
        hands, chance = session.displacement.hands(), session.displacement.preferences()
        values: dict[str, Any] = {
            "closures": [plain(row) for row in closures],
            "moves": [plain(row) for row in moves],
            "hands": [plain(row) for row in hands],
            "chance": chance,
        }
        if wants_json():
            return values
        return values | {
            "drawing": sankey(moves, by="kind"),
            "canvas": _canvas(session, moves),
            "nothing": NO_CLOSURE,
        }

    return answer_early("displacement/table.html", late, case=session.case)


@page(blueprint, "/displacement/place", look="analyse", query="=displacement", entity="id")
def place(case: str) -> ResponseReturnValue:
    """Show one place: where its people went, possible movers, arrivals, and the controllers of an online place."""
    session = at(case)
    identifier, day = request.args.get("id", ""), request.args.get("day", "").strip()
    if request.args.get("as") == "csv":
        return _csv(session, [identifier], day)

    def late() -> dict[str, Any]:
        moves = session.displacement.place(identifier, day=day)
        if wants_json():
            return moves.plain()
        return {
            "moves": moves,
            "drawing": sankey(moves.moves),
            "canvas": _canvas(session, [*moves.moves, *moves.came]),
            "nothing": NOBODY_LEFT,
        }

    page_values = (
        {} if wants_json() else {"id": identifier, "day": day, "outcomes": OUTCOME_WORDS, "signs": SIGNS_OF_RISK}
    )
    return answer_early("displacement/place.html", late, case=session.case, **page_values)


@page(blueprint, "/displacement/person", look="analyse", query="=displacement", entity="id")
def person(case: str) -> ResponseReturnValue:
    """Show one person's places over time."""
    session = at(case)
    identifier = request.args.get("id", "")

    def late() -> dict[str, Any]:
        line = session.displacement.person(identifier)
        named = session.network.entities.by_id([identifier])[identifier]
        return {"name": named["name"] or identifier, "sealed": named["sealed"], "line": line}

    return answer_early("displacement/person.html", late, case=session.case, id=identifier)


def _csv(session: Session, ids: Sequence[str] = (), day: str = "") -> ResponseReturnValue:
    rows, verdicts = session.displacement.moves(ids, day=day), session.displacement.verdicts(ids, day=day)
    return csv_file("displacement", MOVE_COLUMNS, map(move_cells, rows), last=besides(verdicts))


def _canvas(session: Session, moves: list[MoveRow]) -> str:
    """Return the URL of a picture with the places in some flows, as many as it can start from; empty without flows."""
    places = dict.fromkeys(name for row in moves if row.next for name in (row.left, row.next))
    first = list(places)[: limits.MOST_STARTS]
    return url_for("network.view", case=session.case, id=first, depth=1, layout="command") if first else ""
