"""Sealing someone who is loaded already, as a job that ends once nothing of before is in the managed store."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.web.frame import answer, at, page

blueprint = Blueprint("sealing", __name__, url_prefix="/case/<case>")
_QUICK_S = 0.3


@page(blueprint, "/seal")
def form(case: str) -> ResponseReturnValue:
    """Asks for a reason before someone is sealed."""
    at(case).require("seal")
    return answer("sealing/form.html", handling="C", case=case, person=request.args.get("id", "")[:200])


@blueprint.post("/seal")
def seal(case: str) -> ResponseReturnValue:
    """Seals someone."""
    job = at(case).start_seal(request.form.get("id", ""), request.form.get("reason", ""))
    return redirect(url_for("sealing.work", case=case, id=job), code=303)


@page(blueprint, "/work")
def work(case: str) -> ResponseReturnValue:
    """How far the sealing or erasing is that this person began."""
    job = at(case).protecting_job(request.args.get("id", ""), wait_s=_QUICK_S)
    told = {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "unfinished": job.unfinished,
        "done": job.done,
        "total": job.total,
        "text": job.text,
        "said": job.said,
        "managed": bool(job.result.get("managed")),
        "recall": job.result.get("recall", 0),
    }
    return answer("sealing/work.html", handling="C", case=case, job=told)
