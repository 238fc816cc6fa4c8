"""One case: its overview, and its lists of crossings and workplaces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.service import SeriesChoice, Session, answers
from graphsvc.views import wording
from graphsvc.views.lists import CROSSING_SORTS, WORKPLACE_SORTS, DayCount, ListedRow, day_in_words, fitting
from graphsvc.web import paging
from graphsvc.web.frame import answer, answer_early, at, page
from graphsvc.web.rail import Entry

blueprint = Blueprint("case", __name__, url_prefix="/case/<case>")
ENTRIES = (
    Entry(10, "Overview", "Overview", "case.overview", "read"),
    Entry(10, "Crossings", "List", "case.crossings", "read"),
    Entry(10, "Workplaces", "List", "case.workplaces", "read"),
)
_TOP = 3
_NEWEST = 5
_MOST_WAITING = 3
_LONGEST = 200


@page(blueprint, "", twin="/overview.json", look="read", query="=case")
def overview(case: str) -> ResponseReturnValue:
    """Show the first page of a case."""
    session = at(case)
    return answer_early(
        "case/overview.html",
        lambda: _overview(session),
        case=session.case,
        most_waiting=_MOST_WAITING,
        whole=session.grant.handling == "C",
    )


@page(blueprint, "/crossings", look="read", query="=crossings")
def crossings(case: str) -> ResponseReturnValue:
    """Show all crossings, as a timeline and as a list with pages."""
    session = at(case)
    listed = _list_page(session.network.lists.crossings(), CROSSING_SORTS)
    return answer(
        "case/crossings.html",
        case=session.case,
        timeline=session.network.lists.over_time().timeline,
        crossings=listed.pop("rows"),
        **listed,
    )


@page(blueprint, "/workplaces", look="read", query="=workplaces")
def workplaces(case: str) -> ResponseReturnValue:
    """Show all workplaces as a list with pages: who controls each, when it closed, how many people were there."""
    session = at(case)
    listed = _list_page(session.network.lists.workplaces(), WORKPLACE_SORTS)
    return answer("case/workplaces.html", case=session.case, workplaces=listed.pop("rows"), **listed)


def _list_page(rows: Sequence[ListedRow], names: Sequence[str]) -> dict[str, Any]:
    """Return one page of a list, filtered by `q` in the URL and sorted, with the numbers of rows."""
    text = request.args.get("q", "").strip()[:_LONGEST]
    fit = fitting(rows, text)
    list_page = paging.paginate(names, [(*row.order, row.row) for row in fit], request.args)
    return {
        "rows": [row[-1] for row in list_page.rows],
        "total": len(rows),
        "found": len(fit),
        "page": list_page.page,
        "pages": list_page.pages,
        "page_size": paging.PER_PAGE,
        "sort": list_page.sort if list_page.sort.removeprefix("-") in names else "",
        "words": text,
    }


def _overview(session: Session) -> dict[str, Any]:
    """Return the data that takes time: after a delivery, leads are ranked with and without it."""
    over_time = session.network.lists.over_time()
    verdict, reason, leads, total = _top(session)
    return {
        # Without `at`, which marks news as seen: only the inbox, which shows all news, may do that.
        "waiting": {name: value for name, value in session.waiting.listed().plain().items() if name != "at"},
        "counts": dict(_in_order(session.network.entities.counts())),
        "statements": session.network.entities.statement_counts(),
        "latest": _latest(session, over_time.days),
        "timeline": over_time.timeline,
        "people_carried": over_time.people,
        "crossings_counted": over_time.counted,
        "verdict": verdict,
        "reason": reason,
        "ranked_on": session.leads.ranked_on if verdict else "",
        "leads": leads,
        "total": total,
        "deliveries": session.deliveries.list_deliveries()[:_NEWEST],
    }


def _latest(session: Session, days: Mapping[dt.date, DayCount]) -> dict[str, Any] | None:
    """Return the newest day that stands out, else the newest day with a crossing; None if no day is known."""
    if not days:
        return None
    surges = [each.peak for each in session.time.surges(SeriesChoice()).surges]
    day = max(surges or days)
    of_day, following = (days.get(each, DayCount()) for each in (day, day + dt.timedelta(days=1)))
    return {
        "day": day.isoformat(),
        "is_surge": bool(surges),
        "words": day_in_words(of_day, following),
        **of_day._asdict(),
        "following": following._asdict(),
    }


def _top(session: Session) -> tuple[str, str, list[dict[str, object]], int]:
    """Return verdict, reason, first leads and number of people ranked; empty for roles that see no ranking."""
    if not session.may("analyse"):
        return "", "", [], 0
    ranking = session.leads.ranking()
    # If no one stands out, any order would look like a ranking; readers can still ask for the list.
    first = [] if ranking.verdict == "abstains" else ranking.leads[:_TOP]
    return ranking.verdict, ranking.reason, [answers.LeadRow.of(lead).whole() for lead in first], len(ranking.leads)


def _in_order(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(kind, counts[kind]) for kind in wording.KINDS if kind in counts]
