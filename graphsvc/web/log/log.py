"""The log, for auditors: who did what, when, for which purpose, how it ended, and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.records.numbers import whole
from graphsvc.service import SIGN_IN, Session, sought
from graphsvc.web.csvfile import csv_file
from graphsvc.web.frame import answer, current, home, page

blueprint = Blueprint("log", __name__)
_PAGE = 100
_CSV = 10_000
_WAIT_S = 2.0  # a log of some ten thousand lines is verified by then
_BESIDE = (SIGN_IN, "own account")  # in the log, but no role is asked for them
_ASKED = ("account", "case", "action", "source", "since", "until")
_COLUMNS = (
    "id",
    "at",
    "account",
    "purpose",
    "action",
    "case_id",
    "detail",
    "outcome",
    "rows",
    "sources",
    "ended_at",
)


@page(blueprint, "/log")
def table() -> ResponseReturnValue:
    """One page of it, newest first, narrowed by what was asked; `before` (the number of a line) gives the older ones."""
    session = current()
    asked, given = _asked(request.args)
    wanted = sought(**asked)
    if request.args.get("as") == "csv":
        rows = session.log.lines(newest=_CSV, sought=wanted)
        cells = [[_cell(line[name]) for name in _COLUMNS] for line in rows]
        return csv_file("log", _COLUMNS, cells, last=[_newest()] if len(rows) == _CSV else ())
    before = _before()
    lines = session.log.lines(newest=_PAGE, before=before, sought=wanted)
    texts = session.log.texts(lines) if any("code" in line["detail"] for line in lines) else {}
    return answer(
        "log/table.html",
        lines=[line | {"said": _said(line["detail"]), "typed": texts.get(line["id"])} for line in lines],
        before=before,
        older=lines[-1]["id"] if len(lines) == _PAGE else None,
        asked=asked,
        given=given,
        actions=sorted({*home().actions(), *_BESIDE}),
        newest=_newest(),
        verified=session.log.verified(),
        verification=_verification(session, request.args.get("job", "")),
    )


def _asked(sent: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """What is looked for, by name; and of it what is not empty."""
    asked = {name: sent.get(name, "").strip()[:100] for name in _ASKED}
    return asked, {name: text for name, text in asked.items() if text}


def _newest() -> str:
    """What the CSV holds where more lines fit than it takes."""
    return f"The newest {_CSV:,} lines that fit; there may be older ones."


def _before() -> int | None:
    text = request.args.get("before", "")
    try:
        return whole(text) if text else None
    except ValueError:
        raise RequestError(f"In the address, before takes the number of a line, not {text[:40]!r}.") from None


@blueprint.post("/log/verify")
def verify() -> ResponseReturnValue:
    """Verifies the log as a job; its end is waited for a moment."""
    session = current()
    job = session.log.start()
    session.log.job(job, _WAIT_S)
    before = request.form.get("before", "")[:20]
    return redirect(url_for("log.table", job=job, before=before or None, **_asked(request.form)[1]), code=303)


def _verification(session: Session, job: str) -> dict[str, Any] | None:
    """How far the verification is that was just asked for, or what it found."""
    if not job:
        return None
    verification = session.log.job(job)
    return {
        "state": verification.state,
        "unfinished": verification.unfinished,
        "done": verification.done,
        "total": verification.total,
        "lines": verification.result.get("lines"),
        "seal": verification.result.get("seal", ""),
        "count": verification.result.get("count", 0),
        "faults": verification.result.get("faults", []),
        "said": verification.said,
    }


def _said(detail: Mapping[str, Any]) -> str:
    """The particulars of an act in one line."""
    parts = []
    for name, value in detail.items():
        if isinstance(value, Mapping):
            parts += [f"{key} {_cell(item)}" for key, item in value.items() if item not in ("", None)]
        elif value is True:
            parts.append(name.replace("_", " "))
        elif name == "what" and value:
            parts.append(str(value))
        elif value not in (None, False, ""):
            parts.append(f"{name.replace('_', ' ')} {_cell(value)}")
    return " · ".join(parts)


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _said(value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return value.isoformat(sep=" ", timespec="milliseconds") if hasattr(value, "isoformat") else value
