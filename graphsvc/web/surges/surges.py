"""Surges: a series as a line with expected counts, a calendar and a table; each day links to who is behind it."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import GraphsvcError, InputError, NotFound, RequestError
from graphsvc.records.numbers import whole
from graphsvc.service import SeriesChoice, Session, limits
from graphsvc.views.surges import picture
from graphsvc.views.surges.answer import COLUMNS, SurgeAnswer, since_words, until_words
from graphsvc.web.asked import number
from graphsvc.web.csvfile import csv_file
from graphsvc.web.frame import answer, answer_early, at, home, page, wants_json
from graphsvc.web.rail import Entry

blueprint = Blueprint("surges", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(40, "Crossings", "Surges", "surges.view", "read"),)
# Query parameters that choose a series.
_WORDS = ("step", "launch", "landing", "gang", "column", "condition", "until")
# Maximum bytes in the name of a file on disk.
_LONGEST_FILE_NAME = 255
_FILE_NAME = re.compile(r"[\w .()-]{1,100}\.(?:csv|xlsx|txt|tsv)", re.IGNORECASE)
_OF_CASE = (("crossings", "Crossings"), ("people", "People carried"), ("per_boat", "People per boat"))


@page(blueprint, "/surges", look="read", query="=surges")
def view(case: str) -> ResponseReturnValue:
    """Show what stands out in a series."""
    session = at(case)
    choice = _choice()
    if request.args.get("as") == "csv":
        surges = session.time.surges(choice)
        # Not in the first column, which programs read as dates.
        return csv_file("surges", COLUMNS, surges.table(), last=(surges.verdict, *surges.notes), under="most_since")
    wanted = number("year", 0, whole)
    return answer_early("surges/page.html", lambda: _late(session, choice, wanted), **_frame(session, choice))


@blueprint.post("/surges/load")
def load(case: str) -> ResponseReturnValue:
    """Import a table of counts as a series of the case."""
    session, form = at(case), request.form
    session.require("load")
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise InputError("No file was chosen. Choose a table of counts by day: a .csv file or an .xlsx workbook.")
        content = sent.stream.read(limits.MOST_SERIES_BYTES + 1)
        with tempfile.TemporaryDirectory(dir=home().settings.home) as folder:
            path = Path(folder) / (sent.filename if _is_plain(sent.filename) else "file.csv")
            path.write_bytes(content)
            stored = session.time.reference.load(
                path,
                form.get("name", ""),
                handling=form.get("handling", ""),
                empty=form.get("empty", ""),
                replace=form.get("replace") == "yes",
                published=form.get("published", ""),
            )
    except (InputError, RequestError) as error:
        return _show_fault(session, error)
    return redirect(url_for("surges.view", case=case, of=stored.name), code=303)


@blueprint.post("/surges/remove")
def remove(case: str) -> ResponseReturnValue:
    """Remove an imported series."""
    at(case).time.reference.remove(request.form.get("name", ""))
    return redirect(url_for("surges.view", case=case), code=303)


def _is_plain(name: str) -> bool:
    """Whether the name of an uploaded file can be used as a file name on disk."""
    return bool(_FILE_NAME.fullmatch(name)) and len(name.encode()) <= _LONGEST_FILE_NAME


def _choice() -> SeriesChoice:
    choices = {name: text for name in _WORDS if (text := request.args.get(name, "").strip())}
    return SeriesChoice(request.args.get("of", "").strip() or "crossings", **choices)


def _frame(session: Session, choice: SeriesChoice) -> dict[str, Any]:
    """Return the page's parameters."""
    chosen = {"of": choice.name} | {name: getattr(choice, name) for name in _WORDS}
    return {
        "case": session.case,
        "chosen": chosen,
        "words": {name: text for name, text in chosen.items() if text and (name, text) != ("step", "day")},
    }


def _late(session: Session, choice: SeriesChoice, wanted: int) -> dict[str, Any]:
    """Return the data that takes time."""
    stored = session.time.reference.list_series()
    offered = {
        "offered": [*_OF_CASE, *((series.name, series.name) for series in stored)],
        "sites": session.time.sites(),
        "stored": [_series_fields(each) for each in stored],
    }
    columns = next((list(each.columns) for each in stored if each.name.casefold() == choice.name.casefold()), [])
    offered |= {"columns": columns, "nothing": "", "fault": ""}
    try:
        surge_answer = session.time.surges(choice)
    except NotFound as error:
        if wants_json() or choice != SeriesChoice():
            raise
        return offered | {"nothing": str(error)}  # a case without crossings is not an error
    if wants_json():
        return surge_answer.plain() | {"stored": offered["stored"]}
    return offered | _year_values(session, surge_answer, wanted)


def _year_values(session: Session, surge_answer: SurgeAnswer, wanted: int) -> dict[str, Any]:
    """Return both drawings and the tables for one year, or for all years of a weekly series."""
    year, years = picture.year_of(surge_answer, wanted)
    weekly = surge_answer.series.step > 1
    days = surge_answer.days if weekly else [day for day in surge_answer.days if day.day.year == year]
    crossing_days = session.time.crossing_days()
    span = dt.timedelta(days=surge_answer.series.step - 1)

    def behind(first: dt.date, last: dt.date | None = None) -> tuple[str, str]:
        """Return the URL of "Who is behind it" for some days, or an empty text and the reason."""
        end = (last or first) + span
        number_there = sum(count for day, count in crossing_days.items() if first <= day <= end)
        if not number_there:
            return "", "no crossing in the case"
        if number_there > limits.MOST_STARTS:
            return "", f"{number_there:,} crossings, more than the {limits.MOST_STARTS} that are asked about at once"
        until = None if end == first else end.isoformat()
        return url_for("behind.behind", case=session.case, day=first.isoformat(), until=until), ""

    return {
        "answer": surge_answer,
        "verdict": surge_answer.verdict,
        "weekly": weekly,
        "year": year,
        "years": years,
        "line": picture.line(surge_answer, days),
        "months": [] if weekly else picture.months(surge_answer, days),
        "behind": behind,
        "since": {surge.peak: since_words(surge_answer.mark(surge.peak)) for surge in surge_answer.surges},
        "until_words": until_words,
        "days": [day for day in days if day.count or day.alarm],
    }


def _show_fault(session: Session, error: GraphsvcError) -> ResponseReturnValue:
    """Show the page with a sentence on the fault of a file."""
    choice, fault = SeriesChoice(), str(error)
    if wants_json():
        return answer("surges/page.html", status=error.status, case=session.case, fault=fault)
    page_values = {**_frame(session, choice), **_late(session, choice, 0), "fault": fault}
    return answer("surges/page.html", status=error.status, **page_values)


def _series_fields(stored: Any) -> dict[str, Any]:
    """Return an imported series' fields for page and JSON."""
    names: Sequence[str] = ("name", "account", "at", "handling", "first", "step", "columns", "notes")
    return {name: getattr(stored, name) for name in names} | {"counts": len(stored.numbers[0])}
