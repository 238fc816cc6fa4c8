"""Holds on a case or person for an investigation or prosecution, added and released by supervisors."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.records.dates import typed_date
from graphsvc.service import NewHold, limits
from graphsvc.web.frame import answer, at, or_again, page
from graphsvc.web.rail import Entry

blueprint = Blueprint("holds", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(30, "Inbox", "Holds", "holds.table", "hold", whole=True),)


@page(blueprint, "/holds")
def table(case: str) -> ResponseReturnValue:
    """Show the holds of the case, those in force first."""
    return answer(
        "holds/table.html",
        handling="C",
        case=case,
        holds=at(case).protection.holds.list_holds(),
        kinds=list(limits.HOLD_KINDS),
    )


@blueprint.post("/holds")
def add(case: str) -> ResponseReturnValue:
    """Put a hold on the case or a person."""
    form = request.form

    def add_hold() -> ResponseReturnValue:
        review = typed_date(form.get("review_on", "")).earliest
        hold = NewHold(form.get("kind", ""), form.get("owner", ""), form.get("reason", ""), review)
        at(case).protection.holds.add(hold, form.get("person", "").strip())
        return redirect(url_for("holds.table", case=case), code=303)

    return or_again(add_hold, lambda: table(case))


@blueprint.post("/holds/release")
def release(case: str) -> ResponseReturnValue:
    """Release a hold."""
    at(case).protection.holds.release(request.form.get("id", ""))
    return redirect(url_for("holds.table", case=case), code=303)
