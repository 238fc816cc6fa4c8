"""Free Cypher: the editor, a run with its answer as table, JSON, CSV or picture, and the user's own history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import GraphsvcError, NotFound, Refused
from graphsvc.records.iso import json_safe
from graphsvc.records.labels import LABELS
from graphsvc.service import NameTaken, Session, Words, answers, limits, parameters
from graphsvc.web.csvfile import csv_file
from graphsvc.web.cypher import cells
from graphsvc.web.cypher.answer_picture import answer_picture
from graphsvc.web.cypher.examples import EXAMPLES, RELATIONS
from graphsvc.web.frame import answer, at, home, page, wants_json
from graphsvc.web.paging import paginate
from graphsvc.web.rail import Entry

blueprint = Blueprint("cypher", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(20, "Queries", "Cypher", "cypher.editor", "cypher"),)
_QUICK_S = 0.4  # seconds to wait for a run before its page is shown
_WINDOW = 100  # characters of a faulty line that are shown


@dataclass
class Editor:
    """Contents of the editor's page."""

    text: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)
    caret: str = ""
    fault: str = ""
    line: int = 0
    column: int = 0
    saving: dict[str, Any] = field(default_factory=dict)
    taken: Any = None
    notice: str = ""
    examined: answers.Examined | None = None


@page(blueprint, "/cypher")
def editor(case: str) -> ResponseReturnValue:
    """Show the editor, empty or with a query from the library, the history, a run or an example."""
    session = at(case)
    session.require("cypher")
    refusal = session.cypher.refusal()
    if refusal:
        return answer("cypher/refused.html", status=Refused.status, handling="P", case=session.case, refusal=refusal)
    return _editor(session, _open_editor(session))


@blueprint.post("/cypher")
def send(case: str) -> ResponseReturnValue:
    """Run, check or save the query in the editor; errors are shown next to it, and nothing typed is lost."""
    session = writing(case)
    form = request.form
    editor = Editor(
        form.get("text", "").replace("\r\n", "\n"),
        list(zip_longest(form.getlist("name"), form.getlist("value"), fillvalue="")),
        form.get("caret", "")[:40],
        saving={name: form.get(f"save-{name}", "") for name in ("name", "title", "why")}
        | {"shared": "save-shared" in form},
    )
    do = form.get("do", "run")
    try:
        values = parameters.parse_pairs(editor.rows)
        if do in ("save", "replace"):
            words = Words(editor.saving["name"], editor.text, editor.saving["title"], editor.saving["why"], values)
            saved = session.cypher.library.save(words, shared=editor.saving["shared"], replacing=do == "replace")
            return redirect(url_for("cypher.editor", case=case, saved=saved.id, done="saved"), code=303)
        if do == "check":
            editor.examined = session.cypher.examine(editor.text)
            missing = [name for name in editor.examined.parameters if name not in (*limits.BOUND_PARAMETERS, *values)]
            editor.rows = [row for row in editor.rows if any(row)] + [(name, "") for name in missing]
        else:
            run_id = session.cypher.start(editor.text, values, editor.saving)
            return redirect(url_for("cypher.run", case=case, id=run_id, _anchor="answer"), code=303)
    except Refused:
        raise
    except NameTaken as error:
        editor.taken = error
        return _editor(session, editor, status=error.status)
    except GraphsvcError as error:
        editor.fault, editor.line, editor.column = str(error), getattr(error, "line", 0), getattr(error, "column", 0)
        return _editor(session, editor, status=error.status)
    return _editor(session, editor)


@page(blueprint, "/cypher/run")
def run(case: str) -> ResponseReturnValue:
    """Show one run: its progress, then its answer or why it failed."""
    session = writing(case)
    is_file = request.args.get("as") == "csv" and not wants_json()
    run = session.cypher.result(request.args.get("id", ""), wait_s=_QUICK_S, answered=is_file)
    if wants_json():
        return answer("cypher/run.html", case=session.case, run=_run_as_json(run))
    rows = [tuple(json_safe(value) for value in row) for row in run.rows]
    if is_file:
        flat = [[cells.flat(value) for value in row] for row in rows]
        return csv_file("cypher", run.columns, flat, last=run.warnings)
    editor = Editor(run.text, _rows(run.parameters), "", run.fault, run.line, run.column, dict(run.saving))
    result = _answer_view(session, run, rows) if run.state == "done" and rows else None
    return answer("cypher/run.html", run=run, result=result, **_page(session, editor))


@blueprint.get("/cypher/progress")
def progress(case: str) -> ResponseReturnValue:
    """Return how long a run has taken so far, for the page that shows it (JSON)."""
    run = writing(case).cypher.result(request.args.get("id", ""))
    return jsonify(state=run.state, seconds=round(run.seconds, 1))


@blueprint.post("/cypher/cancel")
def cancel(case: str) -> ResponseReturnValue:
    """Stop a run."""
    session = writing(case)
    session.cypher.cancel(request.form.get("id", ""))
    return redirect(url_for("cypher.run", case=case, id=request.form.get("id", ""), _anchor="answer"), code=303)


@page(blueprint, "/cypher/history")
def history(case: str) -> ResponseReturnValue:
    """List the user's own queries, newest first, with the outcome of each."""
    session = writing(case)
    return answer("cypher/history.html", case=session.case, past=session.cypher.history())


def writing(case: str) -> Session:
    """Return the session at a case, if its user may write Cypher there now.

    Raises:
        Refused: the user may not; the message says why.
        NotFound: the user may not see the case.
    """
    session = at(case)
    session.require("cypher")
    refusal = session.cypher.refusal()
    if refusal:
        raise Refused(refusal)
    return session


# -- the editor -----------------------------------------------------------------------------------------------


def _open_editor(session: Session) -> Editor:
    """Return the contents of the editor that the URL requests."""
    args = request.args
    if "saved" in args:
        query = session.cypher.library.look(args["saved"])
        saving = {"name": query.name, "title": query.words.title, "why": query.words.why, "shared": query.shared}
        notice = f"Saved as {query.name}, version {query.version}." if args.get("done") == "saved" else ""
        return Editor(query.words.text, _rows(query.words.parameters), saving=saving, notice=notice)
    if "past" in args:
        for past in session.cypher.history():
            if str(past.id) == args["past"]:
                return Editor(past.text, _rows(past.parameters))
        raise NotFound("There is no such text in your history of this case. The page History lists those there are.")
    if "example" in args:
        number = args["example"]
        if number not in map(str, range(1, len(EXAMPLES) + 1)):
            raise NotFound("There is no such example.")
        example = EXAMPLES[int(number) - 1]
        return Editor(example.text, _rows(example.parameters))
    return Editor()


def _rows(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, parameters.value_text(value)) for name, value in values.items()]


def _editor(session: Session, editor: Editor, status: int = 200) -> ResponseReturnValue:
    if wants_json():
        return answer("cypher/editor.html", case=session.case, text=editor.text, parameters=dict(editor.rows))
    return answer("cypher/editor.html", status=status, past=session.cypher.history(5), **_page(session, editor))


def _page(session: Session, editor: Editor) -> dict[str, Any]:
    """Return the data of every page with an editor."""
    return {
        "case": session.case,
        "editor": editor,
        "where": _where(editor),
        "bound": limits.BOUND_PARAMETERS,
        "row_cap": home().settings.row_cap,
        "time_limit": home().settings.cypher_timeout_s,
        "going": session.cypher.running(),
        "examples": EXAMPLES,
        "labels": LABELS,
        "relations": RELATIONS,
    }


def _where(editor: Editor) -> dict[str, Any] | None:
    """Return the faulty line, shortened, and a second line with a caret under the fault."""
    lines = editor.text.split("\n")
    if not 0 < editor.line <= len(lines):
        return None
    text, column = lines[editor.line - 1].replace("\t", " "), max(editor.column, 1)
    first = max(column - _WINDOW // 2, 0) if len(text) > _WINDOW else 0
    return {"text": text[first : first + _WINDOW], "caret": " " * min(column - 1 - first, _WINDOW) + "^"}


# -- the answer -----------------------------------------------------------------------------------------------


def _run_as_json(run: answers.Run) -> dict[str, Any]:
    """Return a run for JSON, with all its rows as objects."""
    fields = json_safe(run)
    del fields["saving"]  # not part of the answer
    fields["rows"] = [dict(zip(run.columns, row, strict=True)) for row in fields["rows"]]
    return fields  # type: ignore[no-any-return]


def _answer_view(session: Session, run: answers.Run, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Return one page of the answer: how to show each cell, and the URL of its picture."""
    names = [str(number) for number in range(1, len(run.columns) + 1)]
    answer_page = paginate(names, rows, request.args)
    mentioned, elsewhere = cells.mentioned_ids(session.case, run.columns, rows)
    known = _entities(session, list(mentioned)) if mentioned else {}
    ids = [cells.is_id(column) for column in run.columns]
    drawn = [identifier for identifier in mentioned if identifier in known]
    return {
        "count": len(rows),
        "page": answer_page,
        "heads": list(zip(names, run.columns, strict=True)),
        "cells": [
            [cells.cell(value, session.case, known, is_one=is_one) for value, is_one in zip(row, ids, strict=True)]
            for row in answer_page.rows
        ],
        "picture": answer_picture(session.case, drawn, cells.links(session.case, rows)),
        "elsewhere": len(elsewhere) + len(mentioned) - len(drawn),
    }


def _entities(session: Session, identifiers: list[str]) -> dict[str, tuple[str, str]]:
    """Map the ids that are entities of this case to (name, kind)."""
    rows = session.network.entities.by_id(identifiers).values()
    return {row["id"]: (row["name"] or "", row["kind"]) for row in rows}
