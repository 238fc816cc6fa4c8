"""Runs a typed query in a separate process, within limits that hold whatever the query does.

A server ends a query that runs too long, but not inside one long expression; it builds a huge value completely before
it sends a row; and a query can use up its heap. So the process has a memory limit and is killed at our own deadline.
Work that continues in the server is ended there and, if even that fails, a managed server is restarted.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from graphsvc.config import Settings
from graphsvc.errors import Busy, CypherFault, GraphsvcError, OperatorError
from graphsvc.queries.notices import Notice
from graphsvc.store.bolt import Store
from graphsvc.store.faults import sentence
from graphsvc.store.runners import LIGHT_BYTES, Runner, Runners
from graphsvc.store.server import local
from graphsvc.store.values import pack_value, unpack_value

MOST_BYTES = 16 * 1024 * 1024  # of an answer, as JSON
_GRACE_S = 3.0  # beyond the server's own limit
_END_S = 5.0  # for the server to end a transaction
_AGAIN_S = 90.0  # for a server that has died to answer again
_TURN_S = 0.2

_LONGER = "The query ran longer than allowed and was stopped. Ask for less at once: a label, a LIMIT, a shorter path."
_MEMORY = "The query needed more memory than one query may use and was stopped. Ask for less at once: fewer rows, no long lists."
_BUSY = {"timeout": _LONGER, "memory": _MEMORY}
_DIED = "The query took all the memory of Neo4j, which had to start again; that is done, and nothing was lost. Ask for less."
_STUCK = "The query could not be stopped, so Neo4j was started again; that is done, and nothing was lost. Ask for less at once."
_GOES_ON = (
    "The query was given up here, but your Neo4j server goes on with it and cannot end it while it is inside one long"
    " expression. Who runs that server can end it there."
)


@dataclass(slots=True)
class Typed:
    """A running typed query: its answer so far, and how to end it. Changed only by the service's own threads.

    Attributes:
        columns, rows: columns and rows of the answer; values as `store.values.unpack_value` describes.
        truncated: if rows were left out, the limit reached: `rows` or `bytes`; empty if the answer is complete.
        restarted: whether the managed server had to be restarted.
        notices: things to check in the query.
    """

    columns: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    truncated: str = ""
    restarted: bool = False
    notices: tuple[Notice, ...] = ()
    cancelled: threading.Event = field(default_factory=threading.Event)


class CancelledTyped(GraphsvcError):
    """The user who ran the query has cancelled it."""

    exit_code = 130


def run_typed(
    settings: Settings, store: Store, runners: Runners, text: str, parameters: Mapping[str, Any], typed: Typed
) -> None:
    """Run a query already checked to be read-only, in one of the `runners`, and store its answer in `typed`.

    Raises:
        CypherFault: the query or a parameter is wrong. Busy: it took too long or too much memory.
        CancelledTyped: it was cancelled. OperatorError: the server cannot be reached.
    """
    mark = secrets.token_hex(16)
    before = _java(settings)
    job = {
        **asdict(store.login),
        "text": text,
        "parameters": {name: pack_value(value) for name, value in parameters.items()},
        "rows": settings.row_cap,
        "bytes": MOST_BYTES,
        "timeout": settings.cypher_timeout_s,
        "mark": mark,
        "bookmarks": store.last_bookmarks(),
    }
    deadline = time.monotonic() + settings.cypher_timeout_s + _GRACE_S
    ended, fresh = None, False
    while not (ended or fresh or typed.cancelled.is_set()) and time.monotonic() < deadline:
        with runners.start_job(job) as runner:
            ended, fresh = (
                _follow(runner, typed, deadline),
                runner.fresh,
            )  # a waiting process may have ended just then
    error = ended.get("error", "") if ended else ""
    # Only a complete answer, or an error in the query itself, shows that the server has finished with it.
    if not ended or error in ("connection", "timeout") or typed.truncated:
        _settle(settings, store, mark, before, typed)
        if typed.cancelled.is_set() and not ended:
            raise CancelledTyped("The query was cancelled.")
        if not ended or error == "connection":
            raise Busy(_MEMORY if ended else _LONGER)
    if error in _BUSY:
        raise Busy(_BUSY[error])
    if error:
        raise _fault(ended or {})


def _settle(settings: Settings, store: Store, mark: str, before: int | None, typed: Typed) -> None:
    """Make sure that the server has finished with a query and answers again, restarting it if necessary.

    Raises:
        Busy: it had to be restarted, or is still running the query. OperatorError: it no longer answers.
    """
    stuck = not _ended_there(store, mark)
    if stuck and settings.neo4j_uri:
        raise Busy(_GOES_ON)
    if stuck:
        local.restart(settings)
    if not _answers(store):
        raise OperatorError("Neo4j does not answer since this query. See `graphsvc neo4j status`.")
    typed.restarted = stuck or _java(settings) != before
    if typed.restarted:
        raise Busy(_STUCK if stuck else _DIED)


def _follow(runner: Runner, typed: Typed, deadline: float) -> dict[str, Any] | None:
    """Read a process's output until it is finished, cancelled or late; return its last line, if any."""
    last: list[dict[str, Any]] = []
    reader = threading.Thread(target=_read, args=(runner, typed, last.append), daemon=True)
    reader.start()
    while reader.is_alive() and time.monotonic() < deadline and not typed.cancelled.is_set():
        reader.join(_TURN_S)
    if reader.is_alive() or not runner.again:
        runner.process.kill()
        runner.process.wait()
        reader.join()
    return last[0] if last else None


def _read(runner: Runner, typed: Typed, end: Callable[[dict[str, Any]], None]) -> None:
    """Read line by line until the last one; ignore a line torn by a kill."""
    rows: list[list[Any]] = []
    ends: dict[str, str | None] = {}
    size = 0
    for line in runner.process.stdout or ():
        size += len(line)
        with contextlib.suppress(json.JSONDecodeError):
            message = json.loads(line)
            if "columns" in message:
                typed.columns = tuple(message["columns"])
            elif "rows" in message:
                rows += message["rows"]
            elif "ends" in message:
                ends = message["ends"]
            else:
                typed.rows = [tuple(unpack_value(value, ends) for value in row) for row in rows]
                typed.truncated = message["end"] if message.get("end", "all") != "all" else ""
                runner.again = message.get("end") == "all" and size <= LIGHT_BYTES
                end(message)
                return


def _fault(ended: Mapping[str, Any]) -> CypherFault:
    """Return the server's complaint about a query or a parameter, with its position."""
    at = ended.get("position") or {}
    return CypherFault(sentence(str(ended.get("says", ""))), int(at.get("line", 0) or 0), int(at.get("column", 0) or 0))


def _ended_there(store: Store, mark: str) -> bool:
    """End a query on the server; return whether it ended in time. On a dead server, it counts as ended."""
    try:
        store.end(mark, _END_S)
    except Busy:
        return False
    except OperatorError:
        return True
    return True


def _answers(store: Store) -> bool:
    deadline = time.monotonic() + _AGAIN_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OperatorError):
            store.read("RETURN 1 AS one", {}, timeout=10, cap=1)
            return True
        time.sleep(_TURN_S)
    return False


def _java(settings: Settings) -> int | None:
    """Return the process id of the managed server; None if the server is not ours."""
    if settings.neo4j_uri:
        return None
    status = local.status(settings)
    return status["java_pid"] if status else None
