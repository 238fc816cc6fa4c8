"""Page of one statement: its grading in words, its handling, and the claims it makes."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.records.dates import overdue
from graphsvc.records.grading import stricter
from graphsvc.service import now
from graphsvc.web.frame import answer, at
from graphsvc.web.frame import page as register
from graphsvc.web.network.parted import split_claims
from graphsvc.web.paging import PER_PAGE, page_of, pages_of

blueprint = Blueprint("statements", __name__, url_prefix="/case/<case>")


@register(blueprint, "/statement", look="read", statement="id")
def page(case: str) -> ResponseReturnValue:
    """Show one statement."""
    session = at(case)
    identifier, number = request.args.get("id", ""), page_of(request.args)
    statement = session.deliveries.statements.look(identifier, (number - 1) * PER_PAGE, PER_PAGE)
    pages = pages_of(max(statement.numbers.values()), PER_PAGE)
    if number > pages:
        number = pages
        statement = session.deliveries.statements.look(identifier, (number - 1) * PER_PAGE, PER_PAGE)
    parts = split_claims(statement.claims)
    return answer(
        "statements/page.html",
        # Each of several pages shows how many claims there are in all, so it gets the reader's own handling code.
        handling=""
        if pages > 1
        else stricter(str(statement.values.get("handling", "")), *(claim["handling"] for claim in statement.claims)),
        case=session.case,
        id=statement.id,
        values=statement.values,
        overdue=overdue(statement.values.get("review_on"), now().date()),
        asserts=parts["claims"],
        denies=parts["denials"],
        taken_back=parts["taken_back"],
        numbers=statement.numbers,
        page=number,
        pages=pages,
        history=session.grant.handling == "C",
    )
