"""Erasures: one person asks, a different person agrees as supervisor, and there is no way back."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.web.frame import answer, at, current, or_again, page

blueprint = Blueprint("erasures", __name__)


@page(blueprint, "/erasures")
def table() -> ResponseReturnValue:
    """Show the erasures the user asked for or may decide, newest first."""
    erasures = current().protection.erasures.list_erasures()
    return answer(
        "erasures/table.html",
        handling="C" if erasures else "",
        waiting=[erasure for erasure in erasures if erasure.decidable],
        others=[erasure for erasure in erasures if not erasure.decidable],
    )


@page(blueprint, "/case/<case>/erase")
def form(case: str) -> ResponseReturnValue:
    """Show the form for the reason for an erasure."""
    at(case).require("erase")
    return answer("erasures/form.html", handling="C", case=case, person=request.values.get("id", "")[:200])


@blueprint.post("/case/<case>/erase")
def ask(case: str) -> ResponseReturnValue:
    """Ask for an erasure."""

    def ask_erasure() -> ResponseReturnValue:
        at(case).protection.erasures.ask(request.form.get("id", ""), request.form.get("reason", ""))
        return redirect(url_for("erasures.table"), code=303)

    return or_again(ask_erasure, lambda: form(case))


@blueprint.post("/erasures/answer")
def decide() -> ResponseReturnValue:
    """Agree to an erasure, which carries it out, or refuse it."""
    identifier, note = request.form.get("id", ""), request.form.get("note", "")

    def decide_erasure() -> ResponseReturnValue:
        if request.form.get("answer") != "agree":
            current().protection.erasures.refuse(identifier, note)
            return redirect(url_for("erasures.table"), code=303)
        case, job = current().protection.erasures.start(identifier, note)
        return redirect(url_for("sealing.work", case=case, id=job), code=303)

    return or_again(decide_erasure, table)
