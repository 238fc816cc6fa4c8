"""Named queries: a list by subject, and one query with its form, Cypher, and answer as table, CSV, JSON or picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.service import Session, answers, limits
from graphsvc.views.beside import Answered, cut_message, holds_entities, name_column
from graphsvc.web.csvfile import csv_file
from graphsvc.web.cypher.answer_picture import AnswerPicture, answer_picture
from graphsvc.web.frame import answer, at, page, wants_json
from graphsvc.web.paging import paginate
from graphsvc.web.rail import Entry

blueprint = Blueprint("queries", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(10, "Queries", "Named queries", "queries.table", "query"),)

SUBJECTS = {
    "people": "People",
    "boats": "Boats",
    "crossings": "Crossings",
    "gangs": "Gangs",
    "workplaces": "Workplaces",
    "statements": "Statements and sources",
    "hubs": "Who the operation runs through",
    "witnesses": "What witnesses tell",
    "paths": "Paths between two",
    "quality": "Quality of the data",
}
# Prefix of a query's parameters in a URL, so that they do not clash with those of the page.
_OWN = "p."


@page(blueprint, "/queries")
def table(case: str) -> ResponseReturnValue:
    """List the queries that the user may run, by subject; `q` keeps only queries that contain all its words."""
    session = at(case)
    wanted = request.args.get("q", "").strip()[:200]
    known = _runnable(session)
    matches = [query for query in known if _has(query, wanted.casefold().split())]
    subjects = [
        {
            "subject": subject,
            "title": SUBJECTS.get(subject, subject.capitalize()),
            "queries": [{"name": q.name, "title": q.title, "why": q.why, "kind": q.kind} for q in queries],
        }
        for subject, queries in groupby(sorted(matches, key=_place), key=lambda query: query.subject)
    ]
    return answer(
        "queries/table.html", case=session.case, wanted=wanted, subjects=subjects, count=len(matches), of=len(known)
    )


@page(blueprint, "/query")
def one(case: str) -> ResponseReturnValue:
    """Show the form of one query and, if it was run or has no parameters, its answer."""
    session = at(case)
    query = _find_query(session, request.args.get("name", ""))
    values = {key.removeprefix(_OWN): text for key, text in request.args.items() if key.startswith(_OWN)}
    is_run = "run" in request.args or bool(values) or not query.parameters
    faults = _faults(query, values) if is_run else {}
    result: dict[str, Any] = {}
    if is_run and not faults:
        taken_away = wants_json() or request.args.get("as") == "csv"
        released, answered = session.queries.run_with_extra_columns(query.name, values, names=taken_away)
        rows = answered.rows
        if request.args.get("as") == "csv":
            cut_off = cut_message(len(rows)) if released.truncated else ""
            last = filter(None, [cut_off, released.taken_out])
            return csv_file(query.name, answered.columns, answered.rows, last=last)
        result = {
            "columns": answered.columns,
            "truncated": released.truncated,
            "withheld": released.withheld,
            "count": len(rows),
        } | (
            {"rows": [dict(zip(answered.columns, row, strict=True)) for row in answered.rows]}
            if wants_json()
            else _result_page(session, answered, query) | {"taken_out": released.taken_out}
        )
    return answer(
        "queries/one.html",
        status=RequestError.status if faults else 200,
        case=session.case,
        query={"name": query.name, "title": query.title, "why": query.why, "kind": query.kind, "limit": query.limit},
        subject=SUBJECTS.get(query.subject, query.subject.capitalize()),
        fields=_fields(query, values, faults, is_run=is_run),
        faults=faults,
        given={_OWN + name: text for name, text in values.items() if text},
        cypher=query.text,
        result=result or None,
    )


# -- which queries --------------------------------------------------------------------------------------------


def _runnable(session: Session) -> list[answers.Query]:
    """List the queries the user may run in the case.

    Raises:
        Refused: their roles do not allow queries.
    """
    if not session.may("query"):
        raise Refused("Your roles do not run queries. An administrator can give one that does.")
    return session.queries.listed()


def _find_query(session: Session, name: str) -> answers.Query:
    for query in _runnable(session):
        if query.name == name:
            return query
    raise NotFound(f"There is no named query {name[:80]!r} that you can run. The page Queries lists those you can.")


def _has(query: answers.Query, words: Sequence[str]) -> bool:
    text = f"{query.name} {query.title} {query.why}".casefold()
    return all(word in text for word in words)


def _place(query: answers.Query) -> tuple[int, str, str]:
    subjects = list(SUBJECTS)
    return (subjects.index(query.subject) if query.subject in SUBJECTS else len(subjects), query.subject, query.title)


# -- the form -------------------------------------------------------------------------------------------------


def _faults(query: answers.Query, values: Mapping[str, str]) -> dict[str, str]:
    """Map each faulty parameter to a sentence on the fault; the key for unknown parameters is empty."""
    known = {parameter.name: parameter for parameter in query.parameters}
    faults: dict[str, str] = {}
    for name in values:
        if name not in known:
            faults[""] = f"This query has no parameter {name[:60]!r}."
    for name, parameter in known.items():
        text = values.get(name, "").strip()
        if not text:
            if parameter.default is None:
                faults[name] = "This must be filled in."
            continue
        try:
            parameter.value(text)
        except RequestError as error:
            faults[name] = str(error)
    return faults


def _fields(
    query: answers.Query, values: Mapping[str, str], faults: Mapping[str, str], *, is_run: bool
) -> list[dict[str, Any]]:
    """Return the fields of the form, one for each parameter."""
    examples = query.example.get("parameters", {})
    return [
        {
            "name": parameter.name,
            "key": _OWN + parameter.name,
            "type": parameter.type,
            "label": parameter.name.replace("_", " ").capitalize(),
            "help": parameter.help,
            "words": parameter.words,
            "required": parameter.default is None,
            "value": values[parameter.name] if is_run and values.get(parameter.name) else _text(parameter.default),
            "example": _text(examples.get(parameter.name)),
            "fault": faults.get(parameter.name, ""),
        }
        for parameter in query.parameters
    ]


def _text(value: Any) -> str:
    return ";".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)


# -- the answer -----------------------------------------------------------------------------------------------


def _result_page(session: Session, answered: Answered, query: answers.Query) -> dict[str, Any]:
    """Return one page of the answer, sorted, with how to show each column."""
    columns = answered.columns
    answer_page = paginate(columns, answered.rows, request.args)
    return {
        "rows": [dict(zip(columns, row, strict=True)) for row in answer_page.rows],
        "cells": _cells(columns, answered.shows),
        # Names of entities in columns without a name column; the answer has the names of the others.
        "names": session.queries.names(query.name, columns, answer_page.rows),
        "sort": answer_page.sort,
        "page": answer_page.page,
        "pages": answer_page.pages,
        "first": answer_page.first,
        "picture": _picture(session.case, answered, query),
        "behind": _asked_about(columns, answer_page.rows, answered.shows),
    }


def _cells(columns: Sequence[str], shows: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the columns of the page's table; an entity's id, name and kind are in one cell."""
    cells, taken = [], set()
    for place, column in enumerate(columns):
        cell = {"column": column, "look": _look(shows[column]), "name": "", "kind": ""}
        if cell["look"] == "entity":
            cell["name"] = name_column(columns, place)
            kinds = (f"{column}_kind", "kind" if place == 0 else "")
            cell["kind"] = next((name for name in kinds if name in columns[place + 1 : place + 3]), "")
        taken |= {cell["name"], cell["kind"]}
        cells.append(cell)
    return [cell for cell in cells if cell["column"] not in taken]


def _look(property_path: str) -> str:
    """Return how to show the values of a column with this property."""
    label, _, name = property_path.partition(".")
    if holds_entities(property_path):
        return "entity"
    if name == "id":
        return {"Statement": "statement", "Source": "source"}.get(label, "text")
    if name in ("belief", "belief_on_record"):
        return "belief"
    if name == "relation":
        return "relation"
    if name.endswith(("_on", "_earliest", "_latest")) or name in ("date", "date_of_birth"):
        return "date"
    return "text"


def _asked_about(columns: Sequence[str], rows: Sequence[tuple[Any, ...]], shows: Mapping[str, str]) -> list[str]:
    """Return the ids in the page's first column of entities, for "Who is behind it"; empty if there are too many."""
    named = [place for place, column in enumerate(columns) if _look(shows[column]) == "entity"]
    ids = list(dict.fromkeys(row[named[0]] for row in rows if isinstance(row[named[0]], str))) if named else []
    return ids if len(ids) <= limits.MOST_STARTS else []


def _picture(case: str, answered: Answered, query: answers.Query) -> AnswerPicture | None:
    """Return the picture of a query of kind `graph`, whose rows are links; None for other kinds."""
    if query.kind != "graph":
        return None
    subject, relation, target = (answered.columns.index(name) for name in ("subject", "relation", "object"))
    links = dict.fromkeys((str(row[subject]), str(row[relation]), str(row[target])) for row in answered.rows)
    ids = dict.fromkeys(end for link in links for end in (link[0], link[2]))
    return answer_picture(case, list(ids), links)
