"""Importing a delivery: choose the file, see its preview, confirm, and follow the progress; and undo an import.

Rejected rows may name sealed people, so only the preview shows them, and only to the user who uploaded the file.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from flask import Blueprint, Flask, current_app, jsonify, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from graphsvc.errors import Busy, InputError, NotFound, RequestError
from graphsvc.records.charts import ENTITY_CHOICES
from graphsvc.records.grading import ASSESSMENTS, HANDLING, SOURCE_GRADES
from graphsvc.records.relations import RELATIONS
from graphsvc.records.tables import TABLES
from graphsvc.service import Options, Session, answers, invented, limits
from graphsvc.views import loading, waits
from graphsvc.web.csvfile import csv_file
from graphsvc.web.frame import answer, at, current, home, page, wants_json
from graphsvc.web.rail import Entry
from graphsvc.web.receiving import ReceivingRequest

blueprint = Blueprint("load", __name__)
ENTRIES = (Entry(10, "Import and export", "Import", "load.form", "load", whole=True, alone="Import"),)
_CASE = "/case/<case>/load"

COUNTS = ("read", "added", "changed", "unchanged", "received", "duplicate", "rejected", "superseded")
_PER_PAGE = 200
_YES = "yes"  # typed to confirm ids that seem to belong to other people
# Fields of a chart's statement that the user can set.
_STATEMENT = ("id", "source_grade", "assessment", "handling")
_OF_PREVIEW = ("upload", "as", "file", "sort", "fault", "page", "table", "field", "changed")
_QUICK_S = 1.5  # seconds to wait for a preview before its progress is shown


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    cast("Flask", state.app).request_class = ReceivingRequest
    # `receive` checks the form's token itself, as it reads the form only after checking that the user may import.
    state.app.extensions["csrf"].exempt(receive)


@page(blueprint, "/load")
def start() -> ResponseReturnValue:
    """Ask which case to import into: an existing or a new one."""
    who = current()
    name = request.args.get("case", "").strip()
    if name:
        who.at(name).deliveries.require()
        return redirect(url_for("load.form", case=name), code=303)
    cases = [case.id for case in who.cases()]
    return answer("load/start.html", cases=cases, demo=who.may("load") and invented.DEMO_CASE not in cases)


@page(blueprint, _CASE)
def form(case: str) -> ResponseReturnValue:
    """Show the form, uploads that wait, running jobs, and past deliveries."""
    session, new = _place(case)
    return answer(
        "load/form.html",
        handling="C",
        case=case,
        new=new,
        deliveries=[] if new else session.deliveries.list_deliveries(),
        jobs=[job_fields(job) for job in session.deliveries.jobs() if job.kind != "preview"][:5],
        running=next((job_fields(job) for job in session.deliveries.jobs() if job.is_unfinished), None),
        uploads=session.deliveries.uploads.list_uploads(),
        **session.deliveries.uploads.file_forms(),
        mappings=session.deliveries.uploads.mappings(),
        tables=[
            {"file": table.file, "columns": [{"name": c.name, "required": c.required} for c in table.columns]}
            for table in TABLES.values()
        ],
        most_mb=home().settings.upload_mb,
        minutes=home().settings.upload_minutes,
        protections=limits.PROTECTIONS,
    )


@blueprint.post(_CASE)
def receive(case: str) -> ResponseReturnValue:
    """Receive a file, encrypting it as it arrives, and go on to its preview."""
    session, _ = _place(case)
    with session.deliveries.uploads.receiving() as parcel:
        cast("ReceivingRequest", request).parcel = parcel
        sent = request.files.get("file")
        current_app.extensions["csrf"].protect()
        if sent is None or not sent.filename:
            raise InputError(f"No file was chosen. Choose {session.deliveries.uploads.file_forms()['any_form']}.")
        upload = session.deliveries.uploads.keep(parcel, sent.filename, _options(request.files.get("mapping_file")))
    target = url_for("load.preview", case=case, upload=upload.id)
    return jsonify(next=target) if wants_json() else redirect(target, code=303)


@blueprint.post("/load/demo")
def take_demo() -> ResponseReturnValue:
    """Go on to the preview of the invented demo case, as a new case."""
    session, new = _place(invented.DEMO_CASE)
    if not new:
        return redirect(url_for("case.overview", case=invented.DEMO_CASE), code=303)
    upload = session.deliveries.uploads.take_demo()
    return redirect(url_for("load.preview", case=invented.DEMO_CASE, upload=upload.id), code=303)


@page(blueprint, f"{_CASE}/preview")
def preview(case: str) -> ResponseReturnValue:
    """Show what the upload would change, and each row that would be left out."""
    session, new = _place(case)
    upload = session.deliveries.uploads.look(request.args.get("upload", ""))
    loaded = session.deliveries.uploads.current_preview(upload.id)
    if loaded is None:
        job = _previewing(session, upload.id)
        if job.state != "done":
            twin = "load.job_json" if wants_json() else "load.job"
            return redirect(url_for(twin, case=case, id=job.id, changed=request.args.get("changed")), code=303)
        loaded = session.deliveries.uploads.current_preview(upload.id)
    if loaded is None and "again" not in request.args:  # the case has changed
        twin = "load.preview_json" if wants_json() else "load.preview"
        wanted: dict[str, Any] = {name: request.args[name] for name in _OF_PREVIEW if name in request.args}
        return redirect(url_for(twin, case=case, again="1", **wanted), code=303)
    if loaded is None:
        raise Busy(
            "The case was changed again while this preview was worked out. Open it once more; nothing was loaded."
        )
    if request.args.get("as") == "changes":
        # Values that may not be shown are replaced by a note.
        fields = (
            [row.table, row.id, row.file, row.line, *cell]
            for row in loaded.changes
            for cell in [*_cells(row), *(("", note, "") for note in row.notes)]
        )
        columns = ("table", "id", "file", "line", "field", "now", "then")
        more = loading.more_change(_changing(loaded).total() - len(loaded.changes))
        return csv_file("changes", columns, fields, last=filter(None, [more]), handling="C")
    if request.args.get("as") == "csv":
        rows = ([getattr(rejection, name) for name in answers.REJECTION_COLUMNS] for rejection in loaded.rejections)
        return csv_file("rejections", answers.REJECTION_COLUMNS, rows, handling="C")
    return answer(
        "load/preview.html",
        handling="C",
        case=case,
        new=new,
        upload=upload,
        changed="changed" in request.args,
        **_sum_counts(loaded.counts),
        same_as=loaded.same_as,
        notes=loaded.notes,
        equal=[str(rows) for rows in loaded.equal],
        passed_over=[str(rows) for rows in loaded.passed_over],
        moves=[move.plain() for move in loaded.moves],
        others=waits.others_moved(loaded.moves, sources=session.grant.sources),
        ranked_on=session.leads.ranked_on if loaded.moves else "",
        weightless=[str(lost) for lost in loaded.weightless],
        **_changes(loaded),
        other_names=[str(names) for names in loaded.other_names],
        chart=_chart(loaded.chart, upload.options) if loaded.chart else None,
        unsafe=bool(loaded.unsafe),
        blocked=bool(loaded.unsafe) or (upload.options.strict and bool(loaded.rejections)),
        **_rejections(loaded),
    )


@blueprint.post(f"{_CASE}/chart")
def chart(case: str) -> ResponseReturnValue:
    """Record how the user, in its preview, chose to read a chart."""
    session, _ = _place(case)
    form = request.form
    chosen = [
        {
            name: read_as
            for name, read_as in zip(form.getlist(kind), form.getlist(f"{kind}_as"), strict=False)
            if read_as
        }
        for kind in ("entity", "link")
    ]
    statement = {name: text for name in _STATEMENT if (text := form.get(name, "").strip())}
    upload = form.get("upload", "")
    session.deliveries.uploads.correct(upload, chosen[0], chosen[1], statement)
    return redirect(url_for("load.preview", case=case, upload=upload), code=303)


@blueprint.post(f"{_CASE}/confirm")
def confirm(case: str) -> ResponseReturnValue:
    """Import the upload if its preview is still correct; otherwise show a new preview."""
    session, _ = _place(case)
    upload, other_names = request.form.get("upload", ""), request.form.get("other_names", "").strip().lower() == _YES
    if session.deliveries.uploads.current_preview(upload) is None:  # the case has changed, or the preview is not ready
        return redirect(url_for("load.preview", case=case, upload=upload, changed="1"), code=303)
    return _watch(case, session.deliveries.uploads.confirm(upload, other_names=other_names))


@blueprint.post(f"{_CASE}/cancel")
def cancel(case: str) -> ResponseReturnValue:
    """Delete the upload."""
    session, new = _place(case)
    session.deliveries.uploads.cancel(request.form.get("upload", ""))
    return redirect(url_for("load.start") if new else url_for("load.form", case=case), code=303)


@page(blueprint, f"{_CASE}/job")
def job(case: str) -> ResponseReturnValue:
    """Show the progress of a job, then its result; the page polls this."""
    session, new = _place(case)
    job = session.deliveries.job(request.args.get("id", ""))
    if job.kind == "preview" and job.state == "done" and not wants_json():
        wanted: dict[str, Any] = {"upload": job.result["upload"], "changed": request.args.get("changed")}
        return redirect(url_for("load.preview", case=case, **wanted), code=303)
    return answer(
        "load/job.html",
        handling="C",
        case=case,
        new=new,
        job=job_fields(job),
        **_sum_counts(job.result.get("counts", {})),
    )


@blueprint.post(f"{_CASE}/job/cancel")
def stop(case: str) -> ResponseReturnValue:
    """Ask a job to stop."""
    session, _ = _place(case)
    identifier = request.form.get("id", "")
    session.deliveries.cancel_job(identifier)
    return _watch(case, identifier)


@page(blueprint, f"{_CASE}/take-back", look="read", query="=undo", delivery="delivery")
def take_back(case: str) -> ResponseReturnValue:
    """Ask for confirmation before an import is undone."""
    session = at(case)
    session.deliveries.require()
    delivery = _delivery(session, request.args)
    notes = session.deliveries.undoing(delivery["number"])
    return answer("load/take_back.html", handling="C", case=case, delivery=delivery, notes=notes)


@blueprint.post(f"{_CASE}/take-back")
def undo(case: str) -> ResponseReturnValue:
    """Undo an import."""
    session = at(case)
    return _watch(case, session.deliveries.take_back(_delivery(session, request.form)["number"]))


# -- what the pages are made of -------------------------------------------------------------------------------


def _place(case: str) -> tuple[Session, bool]:
    """Return the session at a case that this user may import into, and whether the case does not exist yet."""
    new = False
    try:
        session = at(case)
    except NotFound:
        session, new = current().at(case), True
    session.deliveries.require()
    return session, new


def _watch(case: str, identifier: str) -> ResponseReturnValue:
    return redirect(url_for("load.job", case=case, id=identifier), code=303)


def _options(sent: FileStorage | None) -> Options:
    name, text = request.form.get("mapping", ""), ""
    if sent is not None and sent.filename:
        name = sent.filename
        try:
            text = sent.stream.read().decode("utf-8")
        except UnicodeDecodeError:
            raise InputError(f"The mapping file {name} is not UTF-8 text.") from None
    protection = request.form.get("protection", "")
    return Options(name, text, "partial" in request.form, "strict" in request.form, protection)


def _previewing(session: Session, upload: str) -> answers.Job:
    """Return the job that computes a preview, after waiting a moment for it to end; start it if none is running."""
    jobs = (job for job in session.deliveries.jobs() if job.kind == "preview" and job.result.get("upload") == upload)
    at_work = next((job for job in jobs if job.is_unfinished), None)
    return session.deliveries.job(
        at_work.id if at_work else session.deliveries.uploads.start_preview(upload), wait_s=_QUICK_S
    )


def _sum_counts(counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    """Return the counts by table, their sums, and whether these account for every row read."""
    none = dict.fromkeys(COUNTS, 0)
    ordered: list[dict[str, Any]] = [{"table": name, **none, **counts[name]} for name in TABLES if name in counts]
    total = {name: sum(row[name] for row in ordered) for name in COUNTS}
    became = sum(total[name] for name in COUNTS[1:-1])
    return {"counts": ordered, "total": total, "reconciles": total["read"] == became}


def _chart(read: answers.ChartRead, options: Options) -> dict[str, Any]:
    """Return how a chart was read, and the choices for reading it differently."""
    own = sorted({link.read_as for link in read.links} - set(RELATIONS) - {"ignore"})
    return {
        "entities": read.entities,
        "links": read.links,
        "statement": read.statement,
        "graded": read.graded,
        "others": read.others,
        "ignored": read.ignored,
        "kinds": ENTITY_CHOICES,
        "relations": [*RELATIONS, *own, "ignore"],
        "grades": {"source_grade": SOURCE_GRADES, "assessment": ASSESSMENTS, "handling": HANDLING},
        "mapping": options.mapping_text,
    }


def _cells(change: answers.RowChange) -> list[tuple[str, str, str]]:
    """List a row's changed fields with their values now and then."""
    return [(name, *pair) for name, pair in change.fields.items()]


def _changing(loaded: answers.Loaded) -> Counter[str]:
    """Count the changed rows of each table, including those not shown field by field."""
    return Counter({table: row["changed"] for table, row in loaded.counts.items() if row["changed"]})


def _changes(loaded: answers.Loaded) -> dict[str, Any]:
    """Return the changed rows, or only those of one table or with one changed field."""
    table, field = (request.args.get(name, "") for name in ("table", "field"))
    chosen = [
        row
        for row in loaded.changes
        if (not table or row.table == table) and (not field or field in (*row.fields, *row.unsaid))
    ]
    return {
        "changes": [{"place": row.place, "notes": row.notes, "fields": _cells(row)} for row in chosen],
        "changing": len(loaded.changes),
        "tables": _changing(loaded),
        "table": table,
        "fields": Counter(name for row in loaded.changes for name in (*row.fields, *row.unsaid)),
        "field": field,
    }


def _rejections(loaded: answers.Loaded) -> dict[str, Any]:
    """Return the faults, and one page of rejected rows, filtered by fault and file and sorted as requested."""
    only, sort, wanted = (request.args.get(name, "") for name in ("file", "sort", "fault"))
    number = _whole(request.args.get("page", "1"))
    files = Counter(rejection.file for rejection in loaded.rejections)
    by_fault = dict(enumerate(loaded.faults, start=1))
    faults = [
        {"number": place, **_of_one(fault.first), "count": fault.count, "places": fault.places}
        for place, fault in by_fault.items()
        if not only or fault.first.file == only
    ]
    chosen = [rejection for rejection in loaded.rejections if not only or rejection.file == only]
    if wanted:
        fault = by_fault.get(_whole(wanted))
        chosen = [rejection for rejection in chosen if fault is not None and rejection.key == fault.first.key]
    if sort.removeprefix("-") in answers.REJECTION_COLUMNS:
        chosen.sort(key=lambda rejection: getattr(rejection, sort.removeprefix("-")), reverse=sort.startswith("-"))
    pages = max(1, -(-len(chosen) // _PER_PAGE))
    number = min(max(1, number), pages)
    return {
        "rejections": [_of_one(rejection) for rejection in chosen[(number - 1) * _PER_PAGE : number * _PER_PAGE]],
        "rejected": len(loaded.rejections),
        "chosen": len(chosen),
        # If every row has a different fault, a list of faults would only repeat the rows.
        "faults": faults if len(faults) < sum(fault["count"] for fault in faults) else [],
        "fault": wanted,
        "files": files,
        "file": only,
        "sort": sort,
        "page": number,
        "pages": pages,
    }


def _of_one(rejection: answers.Rejection) -> dict[str, Any]:
    """Return the fields shown for one rejected row."""
    return {name: getattr(rejection, name) for name in answers.REJECTION_COLUMNS}


def _delivery(session: Session, values: Any) -> dict[str, Any]:
    """Return the delivery that a request names, if its import can be undone."""
    number = _whole(values.get("delivery", ""))
    for delivery in session.deliveries.list_deliveries():
        if delivery["number"] == number and delivery["status"] in ("active", "waiting"):
            return delivery
    raise NotFound(f"The case has no delivery {number} that can be taken back. The page Import lists them.")


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise RequestError(f"{text[:20]!r} is no number.")
    return int(text)


def job_fields(job: answers.Job) -> dict[str, Any]:
    """Return a job's fields for page and JSON."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "unfinished": job.is_unfinished,
        "done": job.done,
        "total": job.total,
        "text": job.text,
        "account": job.account,
        "said": job.said,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "result": dict(job.result),
    }
