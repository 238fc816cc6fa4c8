"""Key players: the set of people that keeps the network together or reaches most of it, and the effect of removal."""

from __future__ import annotations

import math
from dataclasses import asdict

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.service import answers, limits
from graphsvc.web.frame import answer, at, page
from graphsvc.web.rail import Entry

blueprint = Blueprint("sets", __name__, url_prefix="/case/<case>")
# Only for analysts and supervisors: officers who work on leads do not choose the people to act on first.
ENTRIES = (Entry(30, "Network", "Key players", "sets.table", "regroup"),)
_SIZE, _GOAL = "3", "fragment"


@page(blueprint, "/sets", look="analyse", query="=sets")
def table(case: str) -> ResponseReturnValue:
    """Show the best set found, or a set of people named by the user, and the effect of removing it."""
    session = at(case)
    size, goal = request.args.get("size", _SIZE), request.args.get("goal", _GOAL)
    if not size.isascii() or not size.isdecimal() or len(size) > 2:
        raise RequestError(f"A set is of 1 to {limits.LARGEST_SET} people.")
    people = [person for text in request.args.getlist("id") for person in text.split("\n") if person.strip()]
    key_set = session.leads.sets.find(int(size), goal, [person.strip() for person in people])
    return answer(
        "sets/table.html",
        case=session.case,
        size=int(size),
        goal=goal,
        largest=limits.LARGEST_SET,
        by_hand="\n".join(person.strip() for person in people),
        found=asdict(key_set),
        ranked_on=key_set.ranked_on,
        states=_states(key_set),
        reasons=key_set.reasons,
        scale=_scale(key_set),
    )


def _scale(key_set: answers.KeySet) -> dict[str, float]:
    """Return the scales of the bars: of fragmentation, from and to a tenth; of gains, from 0 to the largest."""
    figures = [state.fragmentation for state in (key_set.before, key_set.after, key_set.back)]
    first = math.floor(min(figures) * 10) / 10
    return {
        "from": first,
        "to": max(math.ceil(max(figures) * 10) / 10, first + 0.1),
        "most": max((gain.adds for gain in key_set.gains), default=0.0),
    }


def _states(key_set: answers.KeySet) -> list[dict[str, object]]:
    """Return rows for the network as it is, without the set, and after others took over."""
    rows = (("as it is", key_set.before), ("without them", key_set.after), ("once others took over", key_set.back))
    return [{"when": when, **asdict(state)} for when, state in rows]
