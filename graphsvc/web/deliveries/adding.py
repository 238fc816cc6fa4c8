"""Adding by hand: a statement with its claims and the entities they name, corrections, and their history.

Every button sends the whole form, so nothing typed is lost and the form works without JavaScript. Nothing is stored
between two requests, and nothing is imported before the user has confirmed its preview.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import NotFound, RequestError
from graphsvc.records.tables import ENTITY_TABLES, TABLES
from graphsvc.service import Changed, Form, FormPart, Session, answers, statement_form
from graphsvc.views import waits
from graphsvc.views.fields import brings, fields
from graphsvc.web.deliveries.form_fields import EDITS, MOST, hidden_fields, next_handle, same, sent_form
from graphsvc.web.deliveries.load import COUNTS, job_fields
from graphsvc.web.frame import answer, at, inward, page
from graphsvc.web.rail import Entry

blueprint = Blueprint("adding", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(15, "Import and export", "Add a statement", "adding.form", "load", whole=True),)

_LEADS = "leads"  # value of the button that shows how leads would change
_QUICK_S = 1.5  # seconds to wait for an import before its progress is shown


@page(blueprint, "/add", look="read", query="=form", statement="statement")
def form(case: str) -> ResponseReturnValue:
    """Show the form: empty, with a claim between two given entities, or with an existing statement."""
    session = at(case)
    session.deliveries.require()
    args = request.args
    if args.get("statement"):
        opened = _open_statement(session, args["statement"], args.getlist("claim"), args.get("fate", ""))
        return _show_form(session, opened, focus=f"{opened.claims[0].handle}.relation" if opened.claims else "")
    cells = {
        "subject_id": args.get("subject", ""),
        "relation": args.get("relation", ""),
        "object_id": args.get("object", ""),
    }
    begun = replace(
        session.deliveries.form.new(),
        claims=(FormPart("c1", "links", {name: cell[:200] for name, cell in cells.items()}),),
    )
    return _show_form(session, begun)


@blueprint.post("/add")
def send(case: str) -> ResponseReturnValue:
    """Do what a button of the form asks: change a row, preview, or import."""
    session = at(case)
    session.deliveries.require()
    typed = sent_form(request.form)
    do, _, target = request.form.get("do", "check").partition(":")
    if do in EDITS:
        edited, focus = EDITS[do](typed, target)
        if do == "open":
            edited = _with_claim(session, edited, target)
            focus = next((f"{part.handle}.relation" for part in edited.claims if part.claim == target), "")
        return _show_form(session, edited, focus=focus)
    try:
        if do == "add":
            return _loading(session, typed)
        if do == "take":  # on the preview, the user chose an existing entity instead of a new one
            typed = same(typed, target)[0]
        checked = session.deliveries.form.check(typed, moves=do == _LEADS)
    except Changed as error:
        return _show_form(session, typed, message=str(error), status=error.status, changed=True)
    except NotFound:
        raise
    except RequestError as error:
        return _show_form(session, typed, message=str(error), status=error.status)
    if checked.faults:
        return _show_form(session, typed, checked=checked, status=422)
    return _show_preview(session, typed, checked)


@page(blueprint, "/add/done")
def done(case: str) -> ResponseReturnValue:
    """Show the progress or the result, with links to go back and to undo it."""
    session = at(case)
    args = request.args
    job = session.deliveries.job(args.get("id", ""))
    statement, back = "", _back(args)
    new: list[str] = []
    if job.state == "done":
        statement, new = session.deliveries.form.find_added(args.get("token", ""), args.getlist("new"))
        if args.get("of"):
            statement = args["of"]
    return answer(
        "adding/done.html",
        handling="C",
        case=session.case,
        of=args.get("of", ""),
        job=job_fields(job),
        brings=brings(job.result.get("counts", {})),
        opens=session.deliveries.next_opening(),
        statement=statement,
        new=[{"id": identifier} for identifier in new],
        back=_returning(session.case, back, new),
        again=url_for("adding.form", case=session.case, next=back or None),
    )


@page(blueprint, "/statement/history", look="read", query="=history", statement="id")
def history(case: str) -> ResponseReturnValue:
    """Show what each delivery did to a statement and its claims."""
    session = at(case)
    identifier = request.args.get("id", "")
    return answer(
        "adding/history.html",
        handling="C",
        case=session.case,
        id=identifier,
        versions=[_version(version) for version in session.deliveries.statements.history(identifier)],
        correctable=session.may("load"),
    )


# -- an existing statement ------------------------------------------------------------------------------------


def _open_statement(session: Session, statement: str, claims: list[str], fate: str) -> Form:
    """Return the form of a statement, with some of its claims opened for correction."""
    now = session.deliveries.form.correctable(statement)
    allowed = session.deliveries.form.correctable_columns()
    cells = {name: cell for name, cell in statement_form.statement_cells(now.values).items() if name in allowed}
    if fate == "withdrawn" and not claims:
        cells["status"] = "withdrawn"
    form = replace(session.deliveries.form.new(), of=now.id, seen=now.seen, statement=cells)
    for claim in claims[:MOST]:
        form = _with_claim(session, form, claim, fate)
    return form


def _with_claim(session: Session, form: Form, claim: str, fate: str = "") -> Form:
    """Return a form with one more claim of its statement opened for correction.

    Raises:
        NotFound: the statement does not make this claim now.
    """
    if any(part.claim == claim for part in form.claims):
        return form
    for row in session.deliveries.form.correctable(form.of).claims:
        if row["claim"] == claim and row["status"] != "superseded":
            handle = next_handle(form.claims, "c")
            part = FormPart(
                handle,
                "links",
                statement_form.claim_cells(row),
                claim,
                fate if fate in statement_form.FATES else statement_form.FATES[0],
            )
            return replace(form, claims=(*form.claims, part))
    raise NotFound("The statement makes no such claim that stands. Its page lists those it makes.")


# -- pages ----------------------------------------------------------------------------------------------------


def _show_form(
    session: Session,
    form: Form,
    *,
    focus: str = "",
    checked: answers.Checked | None = None,
    message: str = "",
    status: int = 200,
    changed: bool = False,
) -> ResponseReturnValue:
    """Show the form as typed, with its errors, and with changes that someone else made in the meantime."""
    wrong = {fault.field: (fault.reason, fault.meant) for fault in (checked.faults if checked else ())}
    ends = checked.ends if checked else session.deliveries.form.named_in(form)
    now = session.deliveries.form.correctable(form.of) if form.of else None
    rows = {row["claim"]: row for row in now.claims} if now else {}
    latest: list[dict[str, Any]] = []
    if now and changed:
        latest = [_version(version) for version in session.deliveries.statements.history(form.of)[:1]]
        form = replace(form, seen=now.seen)
    field_options: dict[str, Any] = {"ends": ends, "wrong": wrong}
    sources = session.deliveries.form.correctable_columns() if form.of else None
    differs = _differing(form.statement, statement_form.statement_cells(now.values)) if now and changed else {}
    first, more = fields(
        "statements", statement_form.STATEMENT, form.statement, columns=sources, now=differs, **field_options
    )
    opened = {part.claim for part in form.claims}
    return answer(
        "adding/form.html",
        status,
        handling="C",
        case=session.case,
        token=form.token,
        of=form.of,
        seen=form.seen,
        next=_back(request.values),
        reason=form.reason,
        reason_wrong=wrong.get("reason", ("",))[0],
        said=message or "; ".join(fault.reason for fault in (checked.faults if checked else ()) if not fault.field),
        faults=len(wrong),
        latest=latest,
        kind=now.values["kind"] if now else "",
        statement={"first": first, "more": more},
        claims=[_claim(part, rows.get(part.claim), field_options, changed=changed) for part in form.claims],
        others=[row for row in rows.values() if row["status"] != "superseded" and row["claim"] not in opened],
        new=[_new(part, field_options) for part in form.new],
        kinds=[{"table": table.name, "kind": table.record} for table in ENTITY_TABLES],
        focus=focus or (next(iter(name for name in wrong if name), "") if wrong else ""),
        full=len(form.claims) >= MOST,
    )


def _claim(
    part: FormPart, row: dict[str, Any] | None, field_options: Mapping[str, Any], *, changed: bool
) -> dict[str, Any]:
    now = _differing(part.cells, statement_form.claim_cells(row)) if row and changed else {}
    first, more = fields("links", part.handle, part.cells, now=now, **field_options)
    wrong = field_options["wrong"].get(part.handle, ("",))[0]
    return {
        "handle": part.handle,
        "claim": part.claim,
        "fate": part.fate,
        "row": row,
        "first": first,
        "more": more,
        "wrong": wrong,
    }


def _new(part: FormPart, field_options: Mapping[str, Any]) -> dict[str, Any]:
    first, more = fields(part.table, part.handle, part.cells, **field_options)
    name = next((part.cells[column] for column in ("name", "value", "date") if part.cells.get(column)), "")
    wrong = field_options["wrong"].get(part.handle, ("",))[0]
    kind = TABLES[part.table].record
    return {
        "handle": part.handle,
        "table": part.table,
        "kind": kind,
        "name": name,
        "first": first,
        "more": more,
        "wrong": wrong,
    }


def _differing(typed: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    return {name: now[name] for name in typed if name in now and now[name] != typed[name]}


def _show_preview(session: Session, form: Form, checked: answers.Checked) -> ResponseReturnValue:
    """Show what the form would change, and which of its new entities may be in the case already."""
    back = _back(request.values)
    sentences = [
        _sentence(part, checked.ends) | {"fate": part.fate, "correction": bool(part.claim)}
        for part in form.claims
        if part.fate != "mistake"
    ]
    return answer(
        "adding/preview.html",
        handling="C",
        case=session.case,
        of=form.of,
        pairs=hidden_fields(form, back),
        brings=brings(checked.counts),
        counts={table: {name: count[name] for name in COUNTS} for table, count in checked.counts.items()},
        same_as=checked.same_as,
        moves=[move.plain() for move in checked.moves] if checked.moves is not None else None,
        others=waits.others_moved(checked.moves or [], sources=session.grant.sources),
        ranked_on=session.leads.ranked_on if checked.moves else "",
        opens=checked.opens_at,
        named=checked.named,
        sentences=sentences,
        alike=[
            {
                "handle": part.handle,
                "kind": TABLES[part.table].record,
                "name": checked.ends[part.handle]["name"],
                "found": checked.alike[part.handle],
            }
            for part in form.new
            if part.handle in checked.alike
        ],
        seals=form.statement.get("kind") == "witness" and not form.of,
        said=_statement_fields(form, checked),
    )


def _statement_fields(form: Form, checked: answers.Checked) -> dict[str, str]:
    """Return the fields of the statement, with defaults for empty ones, and the name of its source."""
    columns = TABLES["statements"].columns
    values = {column.name: form.statement.get(column.name) or column.default for column in columns}
    source = values["source_id"]
    return values | {"source": str(checked.ends.get(source, {}).get("name") or source)}


def _sentence(part: FormPart, ends: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a claim as a row for `views.wording.claim`."""
    cells = part.cells
    claim: dict[str, Any] = {"relation": cells.get("relation", ""), "polarity": cells.get("polarity") or "asserts"}
    for end in ("subject", "object"):
        row = ends.get(cells.get(f"{end}_id", ""), {})
        claim |= {
            f"{end}_name": row.get("name") or row.get("id") or cells.get(f"{end}_id", ""),
            f"{end}_kind": row.get("kind", ""),
        }
    return claim | {"from_on": cells.get("from_date", ""), "to_on": cells.get("to_date", "")}


def _loading(session: Session, form: Form) -> ResponseReturnValue:
    """Start the import; if it fails within `_QUICK_S`, show the form again with the fault."""
    job = session.deliveries.job(session.deliveries.form.enter(form), wait_s=_QUICK_S)
    if job.state == "failed":
        return _show_form(session, form, message=job.said, status=409, changed=bool(form.of))
    back = _back(request.form)
    return redirect(
        url_for(
            "adding.done",
            case=session.case,
            id=job.id,
            token=form.token,
            of=form.of or None,
            new=[part.handle for part in form.new],
            next=back or None,
        ),
        code=303,
    )


def _back(values: Mapping[str, str]) -> str:
    """Return the page to go back to, if it is one of this site; else an empty text."""
    target = values.get("next", "")
    return target if target and inward(target) == target else ""


def _returning(case: str, back: str, new: list[str]) -> str:
    """Return the page to go back to; if it is the network page, add the new entities to its picture."""
    parts = urlsplit(back)
    if not back or parts.path != url_for("network.view", case=case) or not new:
        return back
    query = [*parse_qsl(parts.query, keep_blank_values=True), *(("add", identifier) for identifier in new)]
    # The canvas selects the entities after the #.
    return f"{parts.path}?{urlencode(query)}#{urlencode([('new', identifier) for identifier in new])}"


def _version(version: answers.StatementVersion) -> dict[str, Any]:
    return {
        "delivery": version.delivery,
        "account": version.account,
        "at": version.at,
        "reason": version.reason,
        "statement": version.statement,
        "claims": version.claims,
    }
