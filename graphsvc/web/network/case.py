"""One case: what waits for the reader, what is in it, crossings over time, top leads, what is new; and its lists of crossings and workplaces."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from graphsvc.service import LeadRow, Session
from graphsvc.views import charts, wording
from graphsvc.views.lists import behind_crossings, behind_workplaces
from graphsvc.web.frame import answer, answer_early, at, page
from graphsvc.web.rail import Entry

blueprint = Blueprint("case", __name__, url_prefix="/case/<case>")
ENTRIES = (
    Entry(10, "Overview", "case.overview", "read"),
    Entry(70, "Crossings", "case.crossings", "read"),
    Entry(80, "Workplaces", "case.workplaces", "read"),
)
_TOP = 8
_NEWEST = 5
_MOST_WAITING = 5


@page(blueprint, "", twin="/overview.json")
def overview(case: str) -> ResponseReturnValue:
    """The first page of a case."""
    session = at(case)
    return answer_early(
        "case/overview.html",
        lambda: _overview(session),
        case=session.case,
        most_waiting=_MOST_WAITING,
        whole=session.grant.handling == "C",
    )


@page(blueprint, "/crossings")
def crossings(case: str) -> ResponseReturnValue:
    """All crossings, over time and as a list."""
    session = at(case)
    result, parts = session.network.entities.crossings(), session.network.entities.parts()
    rows = result.dicts()
    return answer(
        "case/crossings.html",
        case=session.case,
        timeline=charts.timeline(rows),
        crossings=behind_crossings(rows, parts.dicts()),
        truncated=result.truncated,
        parts_cut=parts.truncated,
    )


@page(blueprint, "/workplaces")
def workplaces(case: str) -> ResponseReturnValue:
    """All workplaces: who controls each, when it closed, how many people are believed to have worked or lived there."""
    session = at(case)
    result, parts = session.network.entities.workplaces(), session.network.entities.parts()
    return answer(
        "case/workplaces.html",
        case=session.case,
        workplaces=behind_workplaces(result.dicts(), parts.dicts()),
        truncated=result.truncated,
        parts_cut=parts.truncated,
    )


def _overview(session: Session) -> dict[str, Any]:
    """What takes time: after a delivery the leads are ranked as they are and as they were."""
    released = session.network.entities.crossings()
    crossings = released.dicts()
    counted = [row["people_count"] for row in crossings if row["people_count"] is not None]
    verdict, reason, leads, total = _top(session)
    return {
        # Without when it was gathered: only the page of all of it marks it as seen.
        "waiting": {name: value for name, value in session.waiting.listed().plain().items() if name != "at"},
        "counts": dict(_in_order(session.network.entities.counts())),
        "statements": session.network.entities.statement_counts(),
        "timeline": charts.timeline(crossings),
        # The time line and what follows are of the earliest crossings alone, where there are more than are read at once.
        "crossings_read": len(crossings),
        "crossings_cut": released.truncated,
        # None: nobody counted them anywhere. Of whom is told one by one is another number.
        "people_carried": sum(counted) if counted else None,
        "crossings_counted": len(counted),
        "verdict": verdict,
        "reason": reason,
        "ranked_on": session.leads.ranked_on if verdict else "",
        "leads": leads,
        "total": total,
        "deliveries": session.deliveries.listed()[:_NEWEST],
    }


def _top(session: Session) -> tuple[str, str, list[dict[str, object]], int]:
    """Verdict, reason, the first leads, and how many are ranked; nothing for those whose role ranks nobody."""
    if not session.may("analyse"):
        return "", "", [], 0
    ranking = session.leads.ranking()
    # Where no one stands out an order would be taken for one: the list is there for who asks for it.
    first = [] if ranking.verdict == "abstains" else ranking.leads[:_TOP]
    return ranking.verdict, ranking.reason, [LeadRow.of(lead).whole() for lead in first], len(ranking.leads)


def _in_order(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(kind, counts[kind]) for kind in wording.KINDS if kind in counts]
