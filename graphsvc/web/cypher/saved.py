"""The case's library of Cypher queries: the list, one query with its actions, export and import."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import InputError
from graphsvc.service import Session, answers, limits
from graphsvc.web.cypher.cypher import writing
from graphsvc.web.frame import answer, or_again, page

blueprint = Blueprint("saved", __name__, url_prefix="/case/<case>/cypher")

_DONE = {
    "deleted": "The query is deleted.",
    "imported": "The file is imported. What came of it is yours, and private until you share it.",
}


@page(blueprint, "/saved")
def table(case: str) -> ResponseReturnValue:
    """List the user's own queries and those shared by others."""
    return _table(writing(case))


@page(blueprint, "/saved/one")
def one(case: str) -> ResponseReturnValue:
    """Show one query: its text, its author, and the forms that change it."""
    session = writing(case)
    return _one(session, request.args.get("id", ""))


@blueprint.post("/saved/rename")
def rename(case: str) -> ResponseReturnValue:
    """Rename a query."""
    form = request.form
    session = writing(case)

    def rename_query() -> ResponseReturnValue:
        query = session.cypher.library.rename(
            form.get("id", ""), form.get("name", ""), form.get("title", ""), form.get("why", "")
        )
        return redirect(url_for("saved.one", case=case, id=query.id), code=303)

    return or_again(rename_query, lambda: _one(session, form.get("id", "")))


@blueprint.post("/saved/share")
def share(case: str) -> ResponseReturnValue:
    """Share a query, or make it private."""
    session, identifier = writing(case), request.form.get("id", "")

    def share_query() -> ResponseReturnValue:
        query = session.cypher.library.share(identifier, shared=request.form.get("shared") == "yes")
        return redirect(url_for("saved.one", case=case, id=query.id), code=303)

    return or_again(share_query, lambda: _one(session, identifier))


@blueprint.post("/saved/delete")
def delete(case: str) -> ResponseReturnValue:
    """Delete a query."""
    writing(case).cypher.library.delete(request.form.get("id", ""))
    return redirect(url_for("saved.table", case=case, done="deleted"), code=303)


@blueprint.get("/saved/export")
def export(case: str) -> ResponseReturnValue:
    """Return the library as a file."""
    response = Response(writing(case).cypher.library.export_file(), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename="queries.json")
    return response


@blueprint.post("/saved/import")
def receive(case: str) -> ResponseReturnValue:
    """Preview what a file would import; nothing is stored yet."""
    session = writing(case)
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise InputError("No file was chosen. Choose one that Export made.")
        file = sent.stream.read(limits.MOST_LIBRARY_BYTES + 1)
        preview = session.cypher.library.preview_file(file)
    except InputError as error:
        return _table(session, error)
    return answer(
        "saved/preview.html", case=session.case, name=sent.filename[:100], found=_counts(preview), file=file.decode()
    )


@blueprint.post("/saved/bring")
def bring(case: str) -> ResponseReturnValue:
    """Import a file that was previewed; it is checked again, as it may be a different one."""
    writing(case).cypher.library.import_file(request.form.get("file", "").encode())
    return redirect(url_for("saved.table", case=case, done="imported"), code=303)


def _table(session: Session, fault: InputError | None = None) -> ResponseReturnValue:
    return answer(
        "saved/table.html",
        status=fault.status if fault else 200,
        case=session.case,
        queries=[_query_fields(query) for query in session.cypher.library.list_queries()],
        notice=_DONE.get(request.args.get("done", ""), ""),
        fault=str(fault or ""),
    )


def _one(session: Session, identifier: str) -> ResponseReturnValue:
    return answer(
        "saved/one.html",
        case=session.case,
        query=_query_fields(session.cypher.library.look(identifier)),
    )


def _query_fields(query: answers.Saved) -> dict[str, Any]:
    """Return a query's fields for page and JSON."""
    words = {name: getattr(query.words, name) for name in ("name", "title", "why", "text", "parameters")}
    rest = ("shared", "version", "created_at", "changed_at", "mine", "changeable")
    return {"id": query.id, **words, "author": query.account} | {name: getattr(query, name) for name in rest}


def _counts(preview: answers.Import) -> dict[str, Any]:
    kinds = (("new", "new"), ("changed", "replaces yours"), ("same", "no change"))
    return {
        "rows": [(word, words.name, words.title) for kind, word in kinds for words in getattr(preview, kind)],
        "refused": preview.refused,
        "kept": len(preview.new) + len(preview.changed),
    }
