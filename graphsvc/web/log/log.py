"""The log, for auditors: who did what, when, why and with what outcome, and whether the log is unaltered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.records.numbers import whole
from graphsvc.service import Session, build_search, limits
from graphsvc.web.csvfile import csv_file
from graphsvc.web.frame import answer, current, home, page

blueprint = Blueprint("log", __name__)
_PAGE = 100
_CSV = 10_000
_WAIT_S = 2.0  # time to verify about ten thousand lines
_BESIDE = (limits.SIGN_IN, "own account")  # logged actions that no role has to allow
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
    """Show lines of the log that pass the filters, newest first; with `before`, those before that line's number."""
    session = current()
    filters, active_filters = _read_filters(request.args)
    wanted = build_search(**filters)
    if request.args.get("as") == "csv":
        rows = session.log.lines(newest=_CSV, sought=wanted)
        cells = [[_cell(line[name]) for name in _COLUMNS] for line in rows]
        return csv_file("log", _COLUMNS, cells, last=[_newest()] if len(rows) == _CSV else ())
    before = _before()
    lines = session.log.lines(newest=_PAGE, before=before, sought=wanted)
    texts = session.log.texts(lines) if any("code" in line["detail"] for line in lines) else {}
    return answer(
        "log/table.html",
        lines=[line | {"said": _detail_line(line["detail"]), "typed": texts.get(line["id"])} for line in lines],
        before=before,
        older=lines[-1]["id"] if len(lines) == _PAGE else None,
        asked=filters,
        given=active_filters,
        actions=sorted({*home().actions(), *_BESIDE}),
        newest=_newest(),
        verified=session.log.last_verification(),
        verification=_verification(session, request.args.get("job", "")),
    )


def _read_filters(sent: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return all filters by name, and the non-empty ones."""
    filters = {name: sent.get(name, "").strip()[:100] for name in _ASKED}
    return filters, {name: text for name, text in filters.items() if text}


def _newest() -> str:
    """Return the note that a CSV contains only the newest lines."""
    return f"The newest {_CSV:,} lines that fit; there may be older ones."


def _before() -> int | None:
    text = request.args.get("before", "")
    try:
        return whole(text) if text else None
    except ValueError:
        raise RequestError(f"In the address, before takes the number of a line, not {text[:40]!r}.") from None


@blueprint.post("/log/verify")
def verify() -> ResponseReturnValue:
    """Verify the log as a job, waiting a moment for it to end."""
    session = current()
    job = session.log.start()
    session.log.job(job, _WAIT_S)
    before = request.form.get("before", "")[:20]
    return redirect(url_for("log.table", job=job, before=before or None, **_read_filters(request.form)[1]), code=303)


def _verification(session: Session, job: str) -> dict[str, Any] | None:
    """Return the progress or the result of a verification, by the id of its job."""
    if not job:
        return None
    verification = session.log.job(job)
    return {
        "state": verification.state,
        "unfinished": verification.is_unfinished,
        "done": verification.done,
        "total": verification.total,
        "lines": verification.result.get("lines"),
        "seal": verification.result.get("seal", ""),
        "count": verification.result.get("count", 0),
        "faults": verification.result.get("faults", []),
        "said": verification.said,
    }


def _detail_line(detail: Mapping[str, Any]) -> str:
    """Return the particulars of an action on one line."""
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
        return _detail_line(value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return value.isoformat(sep=" ", timespec="milliseconds") if hasattr(value, "isoformat") else value
