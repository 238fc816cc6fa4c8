"""Map and calendar: a map, a calendar and a list on one page that filter each other."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.records.dates import typed_date
from graphsvc.views.displacement.rows import OUTCOME_WORDS, plain
from graphsvc.views.picture.arrangements import map_frame
from graphsvc.views.where import map as maps
from graphsvc.views.where.calendar import LEVELS, outside, years
from graphsvc.views.where.events import Filters, events
from graphsvc.web.frame import answer, at, page, wants_json
from graphsvc.web.rail import Entry

blueprint = Blueprint("where", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(20, "Crossings", "Map and calendar", "where.page_of", "read"),)
# Maximum crossings, and maximum workplaces, as the page contains all of them.
_MOST = 5_000
# Query parameter → field of `Filters`.
_WORDS = {"from": "first", "to": "last", "at": "place", "q": "text"}


@page(blueprint, "/where", look="read", query="=where")
def page_of(case: str) -> ResponseReturnValue:
    """Show crossings and workplaces on a map, by day and as a list; a filter set in one applies to all."""
    session = at(case)
    filters = _filters()
    lists = session.network.lists
    listed = lists.crossings(), lists.workplaces()
    # Crossings are sorted by day, so the end of the list has the newest ones.
    crossings, workplaces = ([each.row for each in rows] for rows in (listed[0][-_MOST:], listed[1][:_MOST]))
    all_events = events(crossings, workplaces)
    rows = [_row(event, filters) for event in all_events]
    data: dict[str, Any] = {
        "case": session.case,
        "filters": {word: getattr(filters, field) or None for word, field in _WORDS.items()},
        "truncated": any(len(rows) > _MOST for rows in listed),
    }
    cohort = request.args.get("cohort", "").strip()
    day = request.args.get("day", "").strip() if cohort else ""
    moves = session.displacement.moves([cohort], day=day) if cohort else []
    if wants_json():
        if cohort:
            data["moves"] = [plain(row) for row in moves]
        return answer("where/page.html", **data, events=[row for row in rows if row.pop("shown")])
    every = maps.coordinates(crossings, workplaces)
    near = maps.nearby(every, all_events)
    whole = bool(request.args.get("whole"))
    ends = {place for row in moves for place in (row.left, row.next)} & set(every)
    places = every if whole else near | {place: every[place] for place in ends}
    waters = session.network.waters(map_frame(places))
    chart = maps.chart(
        all_events, places, filters, waters, [(row.left, row.next, row.people) for row in moves if row.next]
    )
    return answer(
        "where/page.html",
        **data,
        events=rows,
        matching=sum(row["shown"] for row in rows),
        chart=chart,
        whole=whole,
        cohort=cohort,
        day=day,
        cohort_name=next((row.left_name for row in moves), "") or cohort,
        moves=moves,
        outcomes=OUTCOME_WORDS,
        far=len(every) - len(near if whole else places),
        nowhere=sum(not any(place in every for place in event.places) for event in all_events),
        years=(strips := years(all_events, filters)),
        outside=outside(all_events, strips),
        levels=range(1, LEVELS + 1),
        names={mark.place: mark.name for mark in chart.marks},
        words=[event.words for event in all_events],
    )


def _row(event: Any, filters: Filters) -> dict[str, Any]:
    names = ("id", "name", "kind", "date", "first", "last", "places", "people", "behind")
    return {name: getattr(event, name) for name in names} | {"shown": filters.matching(event)}


def _filters() -> Filters:
    values = {field: request.args.get(word, "").strip() for word, field in _WORDS.items()}
    for word, end in (("first", "earliest"), ("last", "latest")):
        if values[word]:
            values[word] = getattr(typed_date(values[word]), end).isoformat()
    return Filters(**values)
