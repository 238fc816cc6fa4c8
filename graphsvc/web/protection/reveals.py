"""Reveals: a custodian asks for the identity behind a pseudonym, a supervisor answers, it opens for a short time.

The identity is the answer to a POST alone: it has no address, no JSON twin, and no browser or proxy may keep it.
"""

from __future__ import annotations

import math

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import Request, now
from graphsvc.web.frame import answer, at, current, home, or_again, page
from graphsvc.web.rail import Entry

blueprint = Blueprint("reveals", __name__)
ENTRIES = (Entry(140, "Reveals", "reveals.of_case", "reveal", other="agree"),)


@page(blueprint, "/reveals")
def table() -> ResponseReturnValue:
    """The reveals this person asked for or may answer, newest first, with state and times."""
    return _table(current().protection.reveals.listed())


@page(blueprint, "/case/<case>/reveals")
def of_case(case: str) -> ResponseReturnValue:
    """The same of one case."""
    return _table([reveal for reveal in at(case).protection.reveals.listed() if reveal.case == case])


def _table(reveals: list[Request]) -> ResponseReturnValue:
    return answer(
        "reveals/table.html",
        handling="C" if reveals else "",
        waiting=[reveal for reveal in reveals if reveal.decidable],
        others=[reveal for reveal in reveals if not reveal.decidable],
        minutes=home().settings.reveal_minutes,
    )


@page(blueprint, "/case/<case>/reveal")
def form(case: str) -> ResponseReturnValue:
    """Asks for a reason before a reveal is asked for."""
    session = at(case)
    session.require("reveal")
    return answer("reveals/form.html", handling="C", case=case, pseudonym=request.values.get("id", "")[:40])


@blueprint.post("/case/<case>/reveal")
def ask(case: str) -> ResponseReturnValue:
    """Asks for a reveal."""

    def asked() -> ResponseReturnValue:
        at(case).protection.reveals.ask(request.form.get("id", "").strip(), request.form.get("reason", ""))
        return redirect(url_for("reveals.table"), code=303)

    return or_again(asked, lambda: form(case))


@blueprint.post("/reveals/answer")
def decide() -> ResponseReturnValue:
    """Agrees or refuses."""
    identifier, note = request.form.get("id", ""), request.form.get("note", "")

    def decided() -> ResponseReturnValue:
        if request.form.get("answer") == "agree":
            current().protection.reveals.agree(identifier, note)
        else:
            current().protection.reveals.refuse(identifier, note)
        return redirect(url_for("reveals.table"), code=303)

    return or_again(decided, table)


@blueprint.post("/reveals/open")
def opened() -> ResponseReturnValue:
    """Shows the identity, once for each request."""
    revealed = current().protection.reveals.open(request.form.get("id", ""))
    left = max(math.ceil((revealed.until - now()).total_seconds()), 1)
    return render_template("reveals/opened.html", handling="C", revealed=revealed, left=left)


@blueprint.post("/reveals/end")
def end() -> ResponseReturnValue:
    """Ends a reveal before its time."""
    current().protection.reveals.end(request.form.get("id", ""))
    return redirect(url_for("reveals.table"), code=303)
