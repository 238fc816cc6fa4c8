"""One statement: its grading in words, its handling, and the claims it makes."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.records.dates import overdue
from graphsvc.records.grading import stricter
from graphsvc.service import now
from graphsvc.web.frame import answer, at
from graphsvc.web.frame import page as register

blueprint = Blueprint("statements", __name__, url_prefix="/case/<case>")


@register(blueprint, "/statement")
def page(case: str) -> ResponseReturnValue:
    """The page of one statement."""
    session = at(case)
    statement = session.deliveries.statements.look(request.args.get("id", ""))
    return answer(
        "statements/page.html",
        handling=stricter(
            str(statement.values.get("handling", "")), *(claim["handling"] for claim in statement.claims)
        ),
        case=session.case,
        id=statement.id,
        values=statement.values,
        overdue=overdue(statement.values.get("review_on"), now().date()),
        asserts=[row for row in statement.claims if row["status"] == "active" and row["polarity"] == "asserts"],
        denies=[row for row in statement.claims if row["status"] == "active" and row["polarity"] == "denies"],
        taken_back=[row for row in statement.claims if row["status"] != "active" or row["polarity"] == "withdrawn"],
        truncated=statement.truncated,
        history=session.grant.handling == "C",
    )
