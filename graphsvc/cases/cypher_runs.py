"""Current and recent runs of typed Cypher queries, in threads of a home's processes; nothing is stored on disk."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from graphsvc.access.gate.cyphergate import Stands, has_changed
from graphsvc.access.log.audit import now
from graphsvc.cases.processes import Answers, GoneError, Processes
from graphsvc.errors import Busy, CypherFault, GraphsvcError, NotFound, OperatorError
from graphsvc.queries.notices import Notice
from graphsvc.records.numbers import count
from graphsvc.store.typed import CancelledTyped, Typed
from graphsvc.views.beside import cut_message

_AT_ONCE = 4  # concurrent runs
_MINE_AT_ONCE = 2
_KEPT = 12  # answers kept in memory
_KEPT_S = 1800.0
# Names of questions that the processes of a home ask each other.
_COUNT, _ONE, _CANCEL, _GOING, _WHOLE = (f"cypher {word}" for word in ("count", "one", "cancel", "going", "whole"))
_UNEXPECTED = "The service met an error it did not expect; it is in its log. Nothing was changed."
# Runs a query and writes its answer into the `Typed`; returns the state of every case during the run.
Work = Callable[[Typed], Stands]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """One run of a Cypher query.

    Attributes:
        parameters: parameters of the query.
        state: `running`, `done`, `cancelled` or `failed`.
        started_at: start of the run (UTC).
        seconds: how long it took, or has taken so far.
        columns, rows: the answer of a finished run: scalars, days, moments and spans, lists, maps, and graph values as
            dictionaries with a `kind` (`store.values.unpack_value`).
        truncated: whether rows are missing, because there were too many or they were too large.
        fault: the error, in one sentence.
        line, column: place of the error, from 1; 0: not known.
        restarted: whether the managed Neo4j had to be restarted.
        notices: parts of the query to check, such as a label that no node has.
        saving: text typed into the form that saves the query, so that its author can continue.
    """

    id: str
    text: str
    parameters: Mapping[str, Any]
    state: str
    started_at: dt.datetime
    seconds: float
    columns: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    truncated: bool = False
    fault: str = ""
    line: int = 0
    column: int = 0
    restarted: bool = False
    notices: tuple[Notice, ...] = ()
    saving: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Summary without the rows, of which there may be thousands."""
        answer = f"{count(len(self.rows), 'row')} of {', '.join(self.columns)}" if self.state == "done" else ""
        return f"<Run {' · '.join(filter(None, [self.state, answer, self.fault, *self.warnings]))}>"

    @property
    def warnings(self) -> tuple[str, ...]:
        """Reasons why the answer may not be what was meant, one sentence each."""
        return (*([cut_message(len(self.rows))] if self.truncated else []), *map(str, self.notices))


class Runs:
    """The current and recent runs of one process, and access to those of others. Callers check permissions first."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, _Running] = OrderedDict()

    def start(
        self,
        account: str,
        case: str,
        text: str,
        parameters: Mapping[str, Any],
        work: Work,
        saving: Mapping[str, Any] | None = None,
    ) -> str:
        """Run `work` in a new thread; return the run's id.

        Raises:
            Busy: the maximum number of runs is reached.
        """
        run = _Running(self._processes.new_id(), account, case, text, parameters, saving or {})
        with self._processes.alone():
            self._begin(run)
        threading.Thread(target=run.work, args=(work,), name="cypher", daemon=True).start()
        return run.id

    def _begin(self, run: _Running) -> None:
        account = run.account
        elsewhere = self._processes.ask_others(_COUNT, account)
        with self._lock:
            mine, going = map(sum, zip(self._count(account), *elsewhere, strict=True))
            if mine >= _MINE_AT_ONCE or going >= _AT_ONCE:
                raise Busy(
                    f"{mine} of your queries and {going} in all are running. Wait for one to end, or cancel one."
                )
            for old in [name for name, query in self._runs.items() if query.older_than(_KEPT_S)]:
                del self._runs[old]
            ended = [name for name, query in self._runs.items() if query.ended_at]
            for old in ended[: max(0, len(self._runs) + 1 - _KEPT)]:
                del self._runs[old]
            self._runs[run.id] = run

    def one(self, identifier: str, account: str, case: str, wait_s: float = 0.0, states: Stands | None = None) -> Run:
        """Return a run of this account in this case, after waiting up to `wait_s` seconds for its end.

        `states`: the state of every case now; an answer computed before a case changed is dropped.

        Raises:
            NotFound: no such run, or its answer is no longer kept.
        """
        if not self._processes.is_mine(identifier):
            answer: Run = self._ask_process(identifier, _ONE, account, case, wait_s, states, wait_s=wait_s)
            return answer
        run = self._mine(identifier, account, case)
        if run.older_than(_KEPT_S) or (states is not None and has_changed(run.stands, states)):
            with self._lock:
                self._runs.pop(identifier, None)
            raise _no_such_run()
        if wait_s:
            run.done.wait(wait_s)
        return run.as_run()

    def cancel(self, identifier: str, account: str, case: str) -> None:
        """End a run that has not ended yet. Raises as `one`."""
        if not self._processes.is_mine(identifier):
            self._ask_process(identifier, _CANCEL, account, case)
            return
        self._mine(identifier, account, case).typed.cancelled.set()

    def forget(self) -> None:
        """Forget all answers; current runs continue."""
        with self._lock:
            for ended in [name for name, run in self._runs.items() if run.ended_at]:
                del self._runs[ended]

    def going(self, account: str, case: str) -> list[Run]:
        """Return the current runs of this account in this case."""
        return [*self._going(account, case), *chain(*self._processes.ask_others(_GOING, account, case))]

    def _going(self, account: str, case: str) -> list[Run]:
        with self._lock:
            mine = [run for run in self._runs.values() if (run.account, run.case) == (account, case)]
        return [run.as_run() for run in mine if not run.ended_at]

    def whole(self, identifier: str, account: str, case: str) -> Run:
        """Return a run that has not failed.

        Raises:
            GraphsvcError: the error that ended it. NotFound: as `one`.
        """
        if not self._processes.is_mine(identifier):
            answer: Run = self._ask_process(identifier, _WHOLE, account, case)
            return answer
        run = self._mine(identifier, account, case)
        if run.error is not None:
            raise run.error
        return run.as_run()

    def answers(self) -> Answers:
        """Return this process's answers to questions of other processes."""
        return {_COUNT: self._count, _ONE: self.one, _CANCEL: self.cancel, _GOING: self._going, _WHOLE: self.whole}

    def close(self) -> None:
        """Cancel all runs, and wait for each up to ten seconds."""
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:
            run.typed.cancelled.set()
        for run in runs:
            run.done.wait(10)

    def _count(self, account: str) -> tuple[int, int]:
        """Return the number of current runs in this process: those of this account, and all."""
        going = [run for run in list(self._runs.values()) if not run.ended_at]
        return sum(run.account == account for run in going), len(going)

    def _ask_process(self, identifier: str, question: str, *arguments: object, wait_s: float = 0.0) -> Any:
        """Send a question to the process that has a run."""
        try:
            return self._processes.ask(identifier, question, identifier, *arguments, wait_s=wait_s)
        except GoneError:
            raise _no_such_run() from None

    def _mine(self, identifier: str, account: str, case: str) -> _Running:
        run = self._runs.get(identifier)
        if run is None or (run.account, run.case) != (account, case):
            raise _no_such_run()
        return run


def _no_such_run() -> NotFound:
    return NotFound(
        "There is no such run of yours, or its answer is kept no longer: it is old, or a case was changed since. Run the text again."
    )


class _Running:
    """One run, shared between its thread and callers."""

    def __init__(
        self,
        identifier: str,
        account: str,
        case: str,
        text: str,
        parameters: Mapping[str, Any],
        saving: Mapping[str, Any],
    ) -> None:
        self.id, self.saving = identifier, dict(saving)
        self.account, self.case, self.text, self.parameters = account, case, text, dict(parameters)
        self.typed = Typed()
        self.state, self.fault, self.line, self.column = "running", "", 0, 0
        self.started_at, self._began = now(), time.monotonic()
        self.ended_at = 0.0
        self.done = threading.Event()
        self.error: GraphsvcError | None = None
        # State of every case during the run; empty until it ends.
        self.stands: Stands = {}

    def older_than(self, seconds: float) -> bool:
        return bool(self.ended_at) and time.monotonic() - self.ended_at > seconds

    def work(self, work: Work) -> None:
        state = "failed"
        try:
            self.stands = work(self.typed)
            state = "done"
        except CancelledTyped as error:
            state, self.fault, self.error = "cancelled", str(error), error
        except GraphsvcError as error:
            self.fault, self.error = str(error), error
            if isinstance(error, CypherFault):
                self.line, self.column = error.line, error.column
        except Exception as error:
            # The message is not logged: it may contain values.
            _LOG.error(
                "a text of Cypher: %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
            )
            self.error = OperatorError(_UNEXPECTED)
            self.fault = _UNEXPECTED
        if state != "done":
            self.typed.rows, self.typed.columns = [], ()  # an answer that was not released is not kept
        self.ended_at = time.monotonic()
        self.state = state
        self.done.set()

    def as_run(self) -> Run:
        ended = self.state != "running"  # `ended_at` is set before the state
        released = self.state == "done"
        return Run(
            self.id,
            self.text,
            self.parameters,
            self.state,
            self.started_at,
            round((self.ended_at if ended else time.monotonic()) - self._began, 2),
            self.typed.columns if released else (),
            self.typed.rows if released else [],
            bool(self.typed.truncated) and released,
            self.fault,
            self.line,
            self.column,
            self.typed.restarted,
            self.typed.notices if ended else (),
            self.saving,
        )
