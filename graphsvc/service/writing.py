"""TO BE REPLACED AT MERGING: a stand-in of the engine of free Cypher, so that its pages work on a real Neo4j now.

It checks little, keeps runs and history in memory, and a cancelled run goes on in the server until its time is over.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphsvc.access import policy
from graphsvc.access.audit import now
from graphsvc.errors import Busy, CypherFault, GraphsvcError, NotFound, Refused, RequestError
from graphsvc.records.properties import LINK_FIGURES
from graphsvc.service.reading import Reading
from graphsvc.service.register import known_cases

_WORDS = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'])*'|\"(?:\\.|[^\"])*\"|`[^`]*`", re.DOTALL)
_WRITES = re.compile(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP|LOAD|FOREACH)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One operator of a plan, with how many rows the server expects of it."""

    operator: str
    details: str
    rows: float
    children: tuple[PlanStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """What a text would do. parameters: the names it uses, `$case` and the like included."""

    kind: str
    plan: PlanStep
    parameters: tuple[str, ...]


@dataclass(slots=True)
class Run:
    """One run of a text; state: running · done · cancelled · failed."""

    id: str
    text: str
    parameters: dict[str, Any]
    state: str
    started_at: dt.datetime
    seconds: float = 0.0
    columns: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    truncated: bool = False
    fault: str = ""
    line: int = 0
    column: int = 0
    restarted: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """A text that was run."""

    id: str
    at: dt.datetime
    text: str
    parameters: dict[str, Any]
    outcome: str
    rows: int
    seconds: float


# (account, case, run, monotonic start, thread), newest last.
_RUNS: list[tuple[str, str, Run, float, threading.Thread]] = []


class Writing(Reading):
    """Free Cypher."""

    def cypher_refusal(self) -> str:
        """Why this person may not write Cypher now, in one sentence; empty if they may."""
        return policy.cypher_refusal(self.principal, [row["id"] for row in known_cases(self.database)])

    def examine(self, text: str) -> Examined:
        """What a text would do; nothing is run."""
        self._require()
        return self._examine(text)

    def start_cypher(self, text: str, parameters: Mapping[str, Any] | None = None) -> str:
        """Run a text; gives the id of the run."""
        self._require()
        given = dict(parameters or {})
        self._examine(text)
        run = Run(secrets.token_hex(16), text, given, "running", now())
        bound = {
            "case": self.case,
            "handling": self.grant.codes,
            "limit": self.settings.row_cap,
            "few": 0,
            **{name: name for name in LINK_FIGURES},
        }
        thread = threading.Thread(target=self._work, args=(run, given | bound), daemon=True)
        _RUNS.append((self.principal.name, self.case, run, time.monotonic(), thread))
        thread.start()
        return run.id

    def cypher_run(self, run: str, wait_s: float = 0.0) -> Run:
        """A run of one's own, after waiting for its end so long at most."""
        for account, case, one, began, thread in _RUNS:
            if (account, case, one.id) == (self.principal.name, self.case, run):
                thread.join(wait_s)
                if one.state == "running":
                    one.seconds = time.monotonic() - began
                return replace(one)  # as it is now: what is read of it later does not change meanwhile
        raise NotFound("There is no such run of yours in this case. Rows are kept for a while only; run it again.")

    def cancel_cypher(self, run: str) -> None:
        """Stop a run; nothing if it has ended."""
        self.cypher_run(run)
        for _, _, one, _, _ in _RUNS:
            if one.id == run and one.state == "running":
                one.state = "cancelled"

    def cypher_running(self) -> list[Run]:
        """Own runs that are still going."""
        mine = (self.principal.name, self.case)
        return [
            self.cypher_run(one.id)
            for account, case, one, _, _ in _RUNS[:]
            if (account, case) == mine and one.state == "running"
        ]

    def cypher_history(self, newest: int = 50) -> list[Past]:
        """Own texts, newest first."""
        self._require()
        mine = [run for account, case, run, _, _ in _RUNS if (account, case) == (self.principal.name, self.case)]
        return [
            Past(run.id, run.started_at, run.text, run.parameters, run.state, len(run.rows), run.seconds)
            for run in mine[::-1][:newest]
        ]

    def cypher(self, text: str, parameters: Mapping[str, Any] | None = None) -> Run:
        """Run a text to its end."""
        found = self.cypher_run(self.start_cypher(text, parameters), wait_s=self.settings.query_timeout_s + 10)
        if found.state == "failed":
            raise CypherFault(found.fault, found.line, found.column)
        return found

    def _require(self) -> None:
        from graphsvc.service.cypher import require_free_cypher

        require_free_cypher(self)  # type: ignore[arg-type]

    def _examine(self, text: str) -> Examined:
        if not text.strip():
            raise CypherFault("There is no text to run. Write one, or choose an example.")
        bare = _WORDS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        write = _WRITES.search(bare)
        if write:
            line, column = _place(text, write.start())
            raise CypherFault(
                f"Only reading is allowed: {write[0].upper()} in line {line}, column {column} writes. Take it out.",
                line,
                column,
            )
        session = self._service.store()._session("READ")
        try:
            with session:
                summary = session.run("EXPLAIN " + text).consume()
        except Exception as error:
            raise _fault(error) from None
        names = tuple(dict.fromkeys(re.findall(r"\$(\w+)", bare)))
        return Examined("reads", _step(summary.plan or {}), names)

    def _work(self, run: Run, parameters: Mapping[str, Any]) -> None:
        began = time.monotonic()
        settings = self.settings
        state, fault, line, column = "done", "", 0, 0
        try:
            found = self._service.store().read(
                run.text, parameters, timeout=settings.query_timeout_s, cap=settings.row_cap
            )
            rows = [tuple(map(_plain, row)) for row in found.rows]
            run.columns, run.rows, run.truncated = found.columns, rows, found.truncated
        except (RequestError, Busy, GraphsvcError) as error:
            said = _fault(error.__cause__ or error)
            state, fault, line, column = "failed", str(said), said.line, said.column
        if run.state == "cancelled":
            run.rows, run.columns = [], ()
            return
        run.seconds = time.monotonic() - began
        run.fault, run.line, run.column, run.state = fault, line, column, state


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _fault(error: BaseException) -> CypherFault:
    position = getattr(error, "diagnostic_record", {}).get("_position") or {}
    said = str(getattr(error, "message", "") or error).splitlines()[0]
    line, column = int(position.get("line", 0)), int(position.get("column", 0))
    if line == 1:
        column = max(column - len("EXPLAIN "), 1)
    return CypherFault(f"Neo4j refuses the text: {said}", line, column)


def _step(plan: Mapping[str, Any]) -> PlanStep:
    arguments = plan.get("args", {})
    return PlanStep(
        str(plan.get("operatorType", "")).partition("@")[0],
        str(arguments.get("Details", "")),
        float(arguments.get("EstimatedRows", 0.0)),
        tuple(_step(child) for child in plan.get("children", ())),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple) and not hasattr(value, "nodes"):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if hasattr(value, "nodes") and hasattr(value, "relationships") and not hasattr(value, "type"):
        return {
            "kind": "path",
            "nodes": [_plain(one) for one in value.nodes],
            "relationships": [_plain(one) for one in value.relationships],
        }
    if hasattr(value, "labels"):
        return {"kind": "node", "labels": sorted(value.labels), "properties": {k: _plain(v) for k, v in value.items()}}
    if hasattr(value, "start_node"):
        ends = [None if end is None else end.get("id") for end in (value.start_node, value.end_node)]
        return {
            "kind": "relationship",
            "type": value.type,
            "start": ends[0],
            "end": ends[1],
            "properties": {k: _plain(v) for k, v in value.items()},
        }
    return value.isoformat() if hasattr(value, "isoformat") else value


__all__ = ["Examined", "Past", "PlanStep", "Refused", "Run", "Writing"]
