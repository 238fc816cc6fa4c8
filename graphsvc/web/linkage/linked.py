"""Linked crossings: all clusters; one cluster, and what would split it; two crossings compared."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import limits
from graphsvc.views.linked import COLUMNS
from graphsvc.web.csvfile import csv_file
from graphsvc.web.frame import answer, answer_early, at, page
from graphsvc.web.rail import Entry

blueprint = Blueprint("linked", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(50, "Crossings", "Linked", "linked.table", "analyse"),)


@page(blueprint, "/linked")
def table(case: str) -> ResponseReturnValue:
    """Show all clusters, or the crossings to which one is linked if its id is given."""
    session = at(case)
    crossing = _argument("id")
    if request.args.get("as") == "csv":
        pairs = session.linkage.table(crossing)
        return csv_file("linked-crossings", COLUMNS, pairs.rows, last=pairs.beside)
    if crossing:
        return answer_early("linked/of.html", lambda: session.linkage.of(crossing), case=session.case, id=crossing)
    return answer_early("linked/table.html", session.linkage.clusters, case=session.case)


@page(blueprint, "/linked/cluster")
def cluster(case: str) -> ResponseReturnValue:
    """Show the cluster that contains the given crossing."""
    session = at(case)

    def late() -> dict[str, Any]:
        values = session.linkage.cluster(_argument("id"))
        ids = [row["id"] for row in values["crossings"]]
        is_askable = 0 < len(ids) <= limits.MOST_STARTS
        return values | {"behind": url_for("behind.behind", case=session.case, id=ids) if is_askable else ""}

    return answer_early("linked/cluster.html", late, case=session.case)


@page(blueprint, "/linked/pair")
def pair(case: str) -> ResponseReturnValue:
    """Compare two crossings line by line."""
    session = at(case)
    values = session.linkage.pair(_argument("first"), _argument("second"))
    return answer("linked/pair.html", case=session.case, **values)


def _argument(name: str) -> str:
    return request.args.get(name, "").strip()
