"""Work that outlasts a request: a thread of the serving process, with its state in the application database.

A job holds a lock that ends with its process, even if killed: a row with `running` whose lock is free is shown as
`interrupted`. Jobs store only numbers and fixed sentences. An error's message may contain cells of a delivery, so it
stays in the memory of the process in which it occurred.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout

from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.access.log.audit import now
from graphsvc.appdb import tables, transaction
from graphsvc.appdb.rows import fill
from graphsvc.cases.processes import Answers, GoneError, Processes
from graphsvc.config import Settings
from graphsvc.errors import RECORDED, Busy, CancelledError, GraphsvcError, NotFound, OperatorError, standing
from graphsvc.records.progress import Progress

Work = Callable[[Progress], Mapping[str, Any]]

UNFINISHED = ("running", "cancelling")
_EVERY_S = 0.2  # between two writes of progress
_SAYINGS = 100  # number of error messages remembered
_CLOSE_S = 60.0
# Names of questions that the processes of a home ask each other.
_SAID, _WAIT = "job said", "job wait"
_LOG = logging.getLogger(__name__)
_ROW = tables.jobs
_JOBS = StoredRows(_ROW, "started_at")


@dataclass(frozen=True, slots=True)
class Job:
    """A job and its present state.

    Attributes:
        kind: `preview`, `load`, `add`, `undo`, `withdraw`, `seal`, `open`, `erase`, `accounts`, `regroup` or `verify`
            (of the log, so without a case).
        state: `running`, `cancelling`, `done`, `cancelled`, `failed` or `interrupted` (its process died).
        done, total: steps; total 0 while it is not known.
        text: current step, or reason for the end, without case data.
        result: numbers, and fixed sentences without case data.
        said: error message, until the job's process ends; it may contain cells of the delivery.
    """

    id: str
    account: str
    case: str
    kind: str
    state: str
    done: int
    total: int
    text: str
    result: Mapping[str, Any]
    started_at: dt.datetime
    ended_at: dt.datetime | None
    said: str = ""

    @property
    def is_unfinished(self) -> bool:
        """Whether the job is still running or being cancelled."""
        return self.state in UNFINISHED


class Jobs:
    """The jobs of one home. Callers check permissions first.

    At least `every` seconds pass between writes of progress. Only at these writes does a job notice a cancellation.
    """

    def __init__(self, database: sa.Engine, settings: Settings, processes: Processes, every: float = _EVERY_S) -> None:
        self._database, self._settings, self._processes, self.every = database, settings, processes, every
        self._threads: dict[str, threading.Thread] = {}
        self._said: OrderedDict[str, str] = OrderedDict()
        self._closing = threading.Event()

    def start(self, account: str, case: str, kind: str, work: Work, **about: Any) -> str:
        """Start a job and return its id. `work` receives a progress callback, and its result is stored.

        `about` (such as an upload's id or a delivery's number) is part of the result from the beginning.
        """
        identifier = self._processes.new_id()
        lock = self._lock(identifier)
        lock.acquire()
        try:
            _JOBS.add(
                self._database,
                id=identifier,
                account=account,
                case_id=case,
                kind=kind,
                state="running",
                result=about,
            )
            thread = threading.Thread(
                target=self._run, args=(identifier, lock, work, about), name=f"job-{kind}", daemon=True
            )
            self._threads[identifier] = thread
            thread.start()
        except BaseException:
            self._let_go(identifier, lock)
            raise
        return identifier

    def one(self, identifier: str, case: str, account: str, wait_s: float = 0.0) -> Job:
        """Return a job of a case as `account` may see it: only its starter sees an error's message.

        Wait up to `wait_s` seconds for its end first.

        Raises:
            NotFound: no such job.
        """
        if wait_s:
            self.wait(identifier, wait_s)
        row = _JOBS.one(self._database, identifier, _ROW.c.case_id == case)
        if row is None:
            raise NotFound("There is no such import in this case. The page Import lists those there were.")
        return self._job(row, account)

    def of(self, case: str, account: str, kinds: Collection[str], newest: int = 20, *, own: bool = False) -> list[Job]:
        """Return the jobs of these kinds in a case, newest first; only those of `account` if `own`."""
        mine = [_ROW.c.case_id == case, _ROW.c.kind.in_(list(kinds))]
        if own:
            mine.append(_ROW.c.account == account)
        query = sa.select(_ROW).where(*mine).order_by(_ROW.c.started_at.desc()).limit(newest)
        with transaction(self._database) as connection:
            rows = connection.execute(query).all()
        return [self._job(row, account) for row in rows]

    def cancel(self, identifier: str) -> None:
        """Ask a job to stop at its next step, unless it has ended."""
        _JOBS.change(self._database, identifier, _ROW.c.state == "running", state="cancelling")

    def wait(self, identifier: str, seconds: float) -> None:
        """Wait up to this many seconds for a job, unless its process is gone."""
        if not self._processes.is_mine(identifier):
            with suppress(GoneError, Busy):
                self._processes.ask(identifier, _WAIT, identifier, seconds, wait_s=seconds)
            return
        thread = self._threads.get(identifier)
        if thread is not None:
            thread.join(seconds)

    def settle(self) -> None:
        """Mark jobs whose process died as interrupted."""
        for row in _JOBS.newest(self._database, _ROW.c.state.in_(UNFINISHED)):
            self._job(row, "")

    def forget(self) -> None:
        """Forget error messages, which may contain cells of a delivery."""
        self._said.clear()

    def close(self) -> None:
        """Ask all jobs to stop, and wait for them."""
        self._closing.set()
        for thread in list(self._threads.values()):
            thread.join(_CLOSE_S)

    # -- one job ----------------------------------------------------------------------------------------------

    def _run(self, identifier: str, lock: FileLock, work: Work, about: Mapping[str, Any]) -> None:
        result: Mapping[str, Any] = {}
        state, text = "failed", ""
        try:
            result = work(_Watch(self, identifier))
            state = "done"
        except CancelledError:
            state, text = "cancelled", "stopped; the case is as it was"
        except GraphsvcError as error:
            text = type(error).__name__
            self._remember(identifier, str(error))
        except Exception as error:
            # The message and values are not logged: they may be cells of a delivery.
            text = type(error).__name__
            _LOG.error("job %s: %s\n%s", identifier, text, "".join(traceback.format_tb(error.__traceback__)))
            note = f" {standing()}." if RECORDED.get() else ""
            self._remember(identifier, f"The service met an error it did not expect ({text}); it is in its log.{note}")
        # The part of a failure shown to every account, not only the one that started the job.
        recorded = {"recorded": True} if state == "failed" and RECORDED.get() else {}
        try:
            self._end(identifier, state, text, {**about, **result, **recorded})
        except OperatorError as error:
            # The row stays `running`, but is shown as `interrupted` once the lock is released.
            _LOG.error("job %s: its end (%s) could not be written: %s", identifier, state, error)
        finally:
            self._let_go(identifier, lock)

    def step(self, identifier: str, done: int, total: int, text: str) -> None:
        """Write progress.

        Raises:
            CancelledError: somebody asked the job to stop, or the service is closing.
        """
        with transaction(self._database) as connection:
            _JOBS.change(connection, identifier, done=done, total=total, text=text)
            state = connection.execute(sa.select(_ROW.c.state).where(_ROW.c.id == identifier)).scalar()
        if state == "cancelling" or self._closing.is_set():
            raise CancelledError("Stopped; the case is as it was.")

    def _end(self, identifier: str, state: str, text: str, result: Mapping[str, Any]) -> None:
        _JOBS.change(self._database, identifier, state=state, text=text, result=dict(result), ended_at=now())

    def _job(self, row: Any, account: str) -> Job:
        message = self._said_of(row.id) if row.account == account and row.state == "failed" else ""
        job = fill(Job, row, case=row.case_id, result=row.result or {}, said=message)
        return self._mark_interrupted(job) if job.is_unfinished and self._has_died(row.id) else job

    def answers(self) -> Answers:
        """Return this process's answers to questions of other processes."""
        return {_SAID: self._said_of, _WAIT: self.wait}

    def _said_of(self, identifier: str) -> str:
        """Return a job's error message; empty if the job's process has ended, or has forgotten the message."""
        if self._processes.is_mine(identifier):
            return self._said.get(identifier, "")
        with suppress(GoneError, Busy):
            return str(self._processes.ask(identifier, _SAID, identifier))
        return ""

    def _has_died(self, identifier: str) -> bool:
        lock = self._lock(identifier)
        try:
            lock.acquire()
        except Timeout:
            return False
        self._let_go(identifier, lock)
        return True

    def _mark_interrupted(self, job: Job) -> Job:
        """Mark a job as interrupted, unless it ended between the checks of its row and its lock."""
        alive = _ROW.c.state.in_(UNFINISHED)
        with transaction(self._database) as connection:
            _JOBS.change(connection, job.id, alive, state="interrupted", text="", ended_at=now())
            row = connection.execute(sa.select(_ROW).where(_ROW.c.id == job.id)).one()
        return replace(job, state=row.state, text=row.text, result=row.result or {}, ended_at=row.ended_at)

    def _remember(self, identifier: str, message: str) -> None:
        self._said[identifier] = message
        while len(self._said) > _SAYINGS:
            self._said.popitem(last=False)

    def _lock(self, identifier: str) -> FileLock:
        folder = self._settings.home / "locks"
        folder.mkdir(mode=0o700, exist_ok=True)
        return FileLock(folder / f"job-{identifier}.lock", timeout=0, mode=0o600, thread_local=False)

    def _let_go(self, identifier: str, lock: FileLock) -> None:
        self._threads.pop(identifier, None)
        with suppress(OSError):
            (self._settings.home / "locks" / f"job-{identifier}.lock").unlink(missing_ok=True)
        lock.release()


class _Watch:
    """A progress callback that writes to the database at intervals."""

    def __init__(self, jobs: Jobs, identifier: str) -> None:
        self._jobs, self._identifier = jobs, identifier
        self._next = 0.0

    def __call__(self, done: int, total: int, text: str) -> None:
        if time.monotonic() < self._next:
            return
        self._jobs.step(self._identifier, done, total, text)
        self._next = time.monotonic() + self._jobs.every
