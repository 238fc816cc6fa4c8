"""Groups of witnesses: why they depend on each other, and decisions of users. Requires source clearance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import Session, answers, limits
from graphsvc.views import wording
from graphsvc.web.frame import answer, at, or_again, page
from graphsvc.web.paging import first_of
from graphsvc.web.rail import Entry

blueprint = Blueprint("groups", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(20, "Witness paths", "Groups of witnesses", "groups.table", "analyse", sources=True),)
PAGE = 25
_QUICK_S = 0.3


@page(blueprint, "/groups", look="analyse", query="=groups")
def table(case: str) -> ResponseReturnValue:
    """Show the groups with what their witnesses share, filtered and by page, and the decisions."""
    session = at(case)
    every, worth, colouring = session.leads.groups.with_colours()
    names = shared_names(session, [*colouring, *(shared for group in every for shared in group.shared)])
    wanted = request.args.get("q", "").strip()
    rows = [row for row in group_rows(every, names) if _fits(row, wanted.casefold())]
    first = first_of(request.args, len(rows), PAGE)
    pair = {name: request.values.get(name, "")[:40] for name in ("one", "other")}
    return answer(
        "groups/table.html",
        handling=session.grant.handling,
        case=case,
        groups=rows[first - 1 : first - 1 + PAGE],
        found=len(rows),
        total=len(every),
        worth=worth,
        colouring=shared_rows(colouring, names),
        witnesses=sum(len(group.sources) for group in every),
        alone=sum(len(group.sources) == 1 for group in every),
        first=first,
        page_size=PAGE,
        asked={"q": wanted},
        given=pair,
        pairings=session.leads.groups.pairings(),
        kinds=list(limits.PAIR_KINDS),
        codes=session.grant.codes,
        may_decide=session.may("regroup"),
    )


@blueprint.post("/groups")
def decide(case: str) -> ResponseReturnValue:
    """Record a decision that two sources do, or do not, depend on each other."""
    form = request.form

    def start_deciding() -> ResponseReturnValue:
        job = at(case).leads.groups.start_deciding(
            form.get("one", "").strip(),
            form.get("other", "").strip(),
            form.get("kind", ""),
            form.get("reason", ""),
            form.get("handling", ""),
        )
        return redirect(url_for("groups.work", case=case, id=job), code=303)

    return or_again(start_deciding, lambda: table(case))


@blueprint.post("/groups/end")
def end(case: str) -> ResponseReturnValue:
    """Withdraw a decision."""

    def start_ending() -> ResponseReturnValue:
        job = at(case).leads.groups.start_ending(request.form.get("id", ""), request.form.get("reason", ""))
        return redirect(url_for("groups.work", case=case, id=job), code=303)

    return or_again(start_ending, lambda: table(case))


@page(blueprint, "/groups/work")
def work(case: str) -> ResponseReturnValue:
    """Show how far the figures are recomputed after a decision of this user."""
    session = at(case)
    job = session.leads.groups.job(request.args.get("id", ""), wait_s=_QUICK_S)
    names = ("id", "kind", "state", "done", "total", "text", "said")
    progress = {name: getattr(job, name) for name in names} | {"unfinished": job.is_unfinished}
    return answer("groups/work.html", handling=session.grant.handling, case=case, job=progress)


def group_rows(groups: Iterable[answers.WitnessGroup], names: dict[str, str]) -> list[dict[str, Any]]:
    """Convert groups to rows: sources, shared circumstances in words and by id, and decisions."""
    return [
        {
            "number": group.number,
            "sources": list(group.sources),
            "shared": shared_rows(group.shared, names),
            "decided": [
                {"kind": pairing.kind, "one": pairing.one, "other": pairing.other} for pairing in group.decided
            ],
        }
        for group in groups
    ]


def shared_rows(shared: Iterable[answers.Shared], names: dict[str, str]) -> list[dict[str, Any]]:
    """Convert shared circumstances to rows; `thing` is empty for a shared day, which has no page to link to."""
    return [
        {
            "reason": overlap.reason,
            "thing": "" if overlap.reason == "day" else overlap.thing,
            "name": names.get(overlap.thing, overlap.thing),
            "kind": wording.SHARED[overlap.reason][1],
            "sources": list(overlap.sources),
            "denied": overlap.denied,
        }
        for overlap in shared
    ]


def shared_names(session: Session, shared: Iterable[answers.Shared]) -> dict[str, str]:
    """Map the ids of shared entities that this reader may see to their names."""
    ids = sorted({overlap.thing for overlap in shared if overlap.thing and overlap.reason != "day"})
    return {identifier: row["name"] or identifier for identifier, row in session.network.entities.by_id(ids).items()}


def _fits(row: dict[str, Any], wanted: str) -> bool:
    """Whether the text occurs in a source, a shared entity or a reason of a group."""
    words = [*row["sources"], *(shared[name] for shared in row["shared"] for name in ("reason", "thing", "name"))]
    return not wanted or any(wanted in word.casefold() for word in words)
