"""Inbox: open work, how new deliveries moved the leads, and marking news as seen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.records.numbers import whole
from graphsvc.service import Session
from graphsvc.web.frame import answer_early, at, page
from graphsvc.web.rail import Entry

blueprint = Blueprint("waiting", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(10, "Inbox", "Inbox", "waiting.table", "read"),)


@page(blueprint, "/waiting")
def table(case: str) -> ResponseReturnValue:
    """Show the user's open work and news in the case."""
    session = at(case)
    return answer_early("waiting/table.html", lambda: _page_values(session), case=session.case)


def _page_values(session: Session) -> dict[str, Any]:
    listed = session.waiting.listed()
    return {"waiting": listed.plain(), "others": listed.others, "ranked_on": listed.ranked_on}


@blueprint.post("/waiting/seen")
def seen(case: str) -> ResponseReturnValue:
    """Mark the news that the page showed as seen."""
    try:
        until, version = dt.datetime.fromisoformat(request.form.get("at", "")), whole(request.form.get("version", ""))
    except ValueError:
        raise RequestError("Say until when it was seen, as the page says it.") from None
    if until.tzinfo is not None:
        until = until.astimezone(dt.UTC).replace(tzinfo=None)
    at(case).waiting.mark_seen(until, version)
    return redirect(url_for("waiting.table", case=case), code=303)
