"""Sets: who together holds the network together or reaches most of it, and what if they were gone."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.service import LARGEST, KeySet
from graphsvc.web.frame import answer, at, page
from graphsvc.web.rail import Entry

blueprint = Blueprint("sets", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(30, "Sets", "sets.table", "analyse"),)
_SIZE, _GOAL = "3", "fragment"


@page(blueprint, "/sets")
def table(case: str) -> ResponseReturnValue:
    """A set that is looked for, or people who are named, and what if."""
    here = at(case)
    size, goal = request.args.get("size", _SIZE), request.args.get("goal", _GOAL)
    if not size.isascii() or not size.isdecimal() or len(size) > 2:
        raise RequestError(f"A set is of 1 to {LARGEST} people.")
    people = [one for text in request.args.getlist("id") for one in text.split("\n") if one.strip()]
    found = here.leads.sets.find(int(size), goal, [one.strip() for one in people])
    return answer(
        "sets/table.html",
        case=here.case,
        size=int(size),
        goal=goal,
        largest=LARGEST,
        by_hand="\n".join(one.strip() for one in people),
        found=asdict(found),
        states=_states(found),
    )


def _states(found: KeySet) -> list[dict[str, object]]:
    """Before, after and grown back, as rows."""
    rows = (("as it is", found.before), ("without them", found.after), ("once others took over", found.back))
    return [{"when": when, **asdict(state)} for when, state in rows]
