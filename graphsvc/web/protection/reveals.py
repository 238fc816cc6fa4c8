"""Reveals: a custodian asks for the identity behind a pseudonym, a supervisor answers, and it opens briefly.

The identity is sent only as the response to a POST request: no URL or JSON shows it, and no browser or proxy stores it.
"""

from __future__ import annotations

import math

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import answers, now
from graphsvc.web.frame import answer, at, current, home, or_again, page
from graphsvc.web.rail import Entry

blueprint = Blueprint("reveals", __name__)
ENTRIES = (Entry(20, "Inbox", "Reveals", "reveals.of_case", "reveal", other="agree"),)


@page(blueprint, "/reveals")
def table() -> ResponseReturnValue:
    """Show the reveals the user asked for or may decide, newest first, with states and times."""
    return _table(current().protection.reveals.list_reveals())


@page(blueprint, "/case/<case>/reveals")
def of_case(case: str) -> ResponseReturnValue:
    """Show the same for one case."""
    return _table([reveal for reveal in at(case).protection.reveals.list_reveals() if reveal.case == case])


def _table(reveals: list[answers.Request]) -> ResponseReturnValue:
    return answer(
        "reveals/table.html",
        handling="C" if reveals else "",
        waiting=[reveal for reveal in reveals if reveal.decidable],
        others=[reveal for reveal in reveals if not reveal.decidable],
        minutes=home().settings.reveal_minutes,
    )


@page(blueprint, "/case/<case>/reveal")
def form(case: str) -> ResponseReturnValue:
    """Show the form for the reason for a reveal."""
    session = at(case)
    session.require("reveal")
    return answer("reveals/form.html", handling="C", case=case, pseudonym=request.values.get("id", "")[:40])


@blueprint.post("/case/<case>/reveal")
def ask(case: str) -> ResponseReturnValue:
    """Ask for a reveal."""

    def ask_reveal() -> ResponseReturnValue:
        at(case).protection.reveals.ask(request.form.get("id", "").strip(), request.form.get("reason", ""))
        return redirect(url_for("reveals.table"), code=303)

    return or_again(ask_reveal, lambda: form(case))


@blueprint.post("/reveals/answer")
def decide() -> ResponseReturnValue:
    """Agree to a reveal or refuse it."""
    identifier, note = request.form.get("id", ""), request.form.get("note", "")

    def decide_reveal() -> ResponseReturnValue:
        if request.form.get("answer") == "agree":
            current().protection.reveals.agree(identifier, note)
        else:
            current().protection.reveals.refuse(identifier, note)
        return redirect(url_for("reveals.table"), code=303)

    return or_again(decide_reveal, table)


@blueprint.post("/reveals/open")
def opened() -> ResponseReturnValue:
    """Show the identity, once for each request."""
    revealed = current().protection.reveals.open(request.form.get("id", ""))
    left = max(math.ceil((revealed.until - now()).total_seconds()), 1)
    return render_template("reveals/opened.html", handling="C", revealed=revealed, left=left)


@blueprint.post("/reveals/end")
def end() -> ResponseReturnValue:
    """End a reveal early."""
    current().protection.reveals.end(request.form.get("id", ""))
    return redirect(url_for("reveals.table"), code=303)
