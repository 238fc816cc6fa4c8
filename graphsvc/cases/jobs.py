"""Work that outlasts a request: a thread of the serving process, its state in the application database.

A job holds a lock that ends with its process, whatever kills it: a row that says `running` and whose lock is free
reads `interrupted`. Jobs keep numbers and words of our own alone. What an error says may hold cells of a delivery, so
it stays in the memory of the process that met it.
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

from graphsvc.access.log.audit import now
from graphsvc.appdb import tables, transaction
from graphsvc.cases.deliveries.casework import CancelledError
from graphsvc.cases.processes import Answers, GoneError, Processes
from graphsvc.config import Settings
from graphsvc.errors import RECORDED, Busy, GraphsvcError, NotFound, OperatorError, standing
from graphsvc.records.progress import Progress

Work = Callable[[Progress], Mapping[str, Any]]

UNFINISHED = ("running", "cancelling")
_EVERY_S = 0.2  # between two writes of progress
_SAYINGS = 100  # how many errors are remembered
_CLOSE_S = 60.0
# What the processes of a home ask each other.
_SAID, _WAIT = "job said", "job wait"
_LOG = logging.getLogger(__name__)
_ROW = tables.jobs


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands.

    Attributes:
        kind: `preview`, `load`, `add`, `undo`, `withdraw`, `seal`, `open`, `erase`, `accounts`, `regroup` or `verify` (the log; of no case).
        state: `running`, `cancelling`, `done`, `cancelled`, `failed` or `interrupted` (its process died).
        done, total: steps; total 0 while it is not known.
        text: what is being done, or what ended it, in words without data.
        result: numbers, and sentences of ours without data.
        said: what the error said, while the process that met it lives; it may hold cells of the delivery.
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
    def unfinished(self) -> bool:
        """Whether it is still at work."""
        return self.state in UNFINISHED


class Jobs:
    """The jobs of one home. Who may is decided before it is called.

    Between two writes of progress, which are also when a job notices that it was cancelled, at least `every` seconds pass.
    """

    def __init__(self, database: sa.Engine, settings: Settings, processes: Processes, every: float = _EVERY_S) -> None:
        self._database, self._settings, self._processes, self.every = database, settings, processes, every
        self._threads: dict[str, threading.Thread] = {}
        self._said: OrderedDict[str, str] = OrderedDict()
        self._closing = threading.Event()

    def start(self, account: str, case: str, kind: str, work: Work, **about: Any) -> str:
        """Start a job and give its id. `work` is given a progress to call, and what it returns (numbers) is kept.

        `about` is known from the beginning and kept in the result: an upload's id, a delivery's number.
        """
        identifier = self._processes.new_id()
        lock = self._lock(identifier)
        lock.acquire()
        try:
            with transaction(self._database) as connection:
                connection.execute(
                    _ROW.insert().values(
                        id=identifier,
                        account=account,
                        case_id=case,
                        kind=kind,
                        state="running",
                        result=about,
                        started_at=now(),
                    )
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
        """A job of a case, as `account` may see it: what an error said goes to who began the job alone.

        Waits for its end first, `wait_s` seconds at most.

        Raises:
            NotFound: there is none.
        """
        if wait_s:
            self.wait(identifier, wait_s)
        with transaction(self._database) as connection:
            row = connection.execute(sa.select(_ROW).where(_ROW.c.id == identifier, _ROW.c.case_id == case)).first()
        if row is None:
            raise NotFound("There is no such load in this case. The page Load lists those there were.")
        return self._job(row, account)

    def of(self, case: str, account: str, kinds: Collection[str], newest: int = 20, *, own: bool = False) -> list[Job]:
        """The jobs of a case of these kinds, newest first; of `account` alone if `own`."""
        mine = [_ROW.c.case_id == case, _ROW.c.kind.in_(list(kinds))]
        if own:
            mine.append(_ROW.c.account == account)
        query = sa.select(_ROW).where(*mine).order_by(_ROW.c.started_at.desc()).limit(newest)
        with transaction(self._database) as connection:
            rows = connection.execute(query).all()
        return [self._job(row, account) for row in rows]

    def cancel(self, identifier: str) -> None:
        """Ask a job to stop: it does at its next step. Nothing if it has ended."""
        with transaction(self._database) as connection:
            connection.execute(
                _ROW.update().where(_ROW.c.id == identifier, _ROW.c.state == "running").values(state="cancelling")
            )

    def wait(self, identifier: str, seconds: float) -> None:
        """Wait for a job, so long at most; not for one whose process is gone."""
        if not self._processes.is_mine(identifier):
            with suppress(GoneError, Busy):
                self._processes.ask(identifier, _WAIT, identifier, seconds, wait_s=seconds)
            return
        thread = self._threads.get(identifier)
        if thread is not None:
            thread.join(seconds)

    def settle(self) -> None:
        """Mark the jobs whose process died."""
        with transaction(self._database) as connection:
            rows = connection.execute(sa.select(_ROW).where(_ROW.c.state.in_(UNFINISHED))).all()
        for row in rows:
            self._job(row, "")

    def forget(self) -> None:
        """Forget what errors said: cells of a delivery may be in it."""
        self._said.clear()

    def close(self) -> None:
        """Stop what is running, and wait until each case is as it was."""
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
            # Neither the message nor the values: they may be cells of a delivery.
            text = type(error).__name__
            _LOG.error("job %s: %s\n%s", identifier, text, "".join(traceback.format_tb(error.__traceback__)))
            stands = f" {standing()}." if RECORDED.get() else ""
            self._remember(
                identifier, f"The service met an error it did not expect ({text}); it is in its log.{stands}"
            )
        # Others than who began it are told this much of a failure.
        recorded = {"recorded": True} if state == "failed" and RECORDED.get() else {}
        try:
            self._end(identifier, state, text, {**about, **result, **recorded})
        except OperatorError as error:
            # The row goes on saying `running`; with the lock let go it reads `interrupted`.
            _LOG.error("job %s: its end (%s) could not be written: %s", identifier, state, error)
        finally:
            self._let_go(identifier, lock)

    def step(self, identifier: str, done: int, total: int, text: str) -> None:
        """Write progress.

        Raises:
            CancelledError: somebody asked the job to stop, or the service is closing.
        """
        with transaction(self._database) as connection:
            mine = _ROW.c.id == identifier
            connection.execute(_ROW.update().where(mine).values(done=done, total=total, text=text))
            state = connection.execute(sa.select(_ROW.c.state).where(mine)).scalar()
        if state == "cancelling" or self._closing.is_set():
            raise CancelledError("Stopped; the case is as it was.")

    def _end(self, identifier: str, state: str, text: str, result: Mapping[str, Any]) -> None:
        with transaction(self._database) as connection:
            connection.execute(
                _ROW.update()
                .where(_ROW.c.id == identifier)
                .values(state=state, text=text, result=dict(result), ended_at=now())
            )

    def _job(self, row: Any, account: str) -> Job:
        job = Job(
            row.id,
            row.account,
            row.case_id,
            row.kind,
            row.state,
            row.done,
            row.total,
            row.text,
            row.result or {},
            row.started_at,
            row.ended_at,
            self._said_of(row.id) if row.account == account and row.state == "failed" else "",
        )
        return self._interrupted(job) if job.unfinished and self._died(row.id) else job

    def answers(self) -> Answers:
        """What the other processes may ask this one."""
        return {_SAID: self._said_of, _WAIT: self.wait}

    def _said_of(self, identifier: str) -> str:
        """What the error of a job said; empty where the process that met it is gone, or has forgotten."""
        if self._processes.is_mine(identifier):
            return self._said.get(identifier, "")
        with suppress(GoneError, Busy):
            return str(self._processes.ask(identifier, _SAID, identifier))
        return ""

    def _died(self, identifier: str) -> bool:
        lock = self._lock(identifier)
        try:
            lock.acquire()
        except Timeout:
            return False
        self._let_go(identifier, lock)
        return True

    def _interrupted(self, job: Job) -> Job:
        """Mark it, unless it ended between the look at its row and the look at its lock."""
        mine = _ROW.c.id == job.id
        with transaction(self._database) as connection:
            connection.execute(
                _ROW.update()
                .where(mine, _ROW.c.state.in_(UNFINISHED))
                .values(state="interrupted", text="", ended_at=now())
            )
            row = connection.execute(sa.select(_ROW).where(mine)).one()
        return replace(job, state=row.state, text=row.text, result=row.result or {}, ended_at=row.ended_at)

    def _remember(self, identifier: str, said: str) -> None:
        self._said[identifier] = said
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
    """A progress that writes now and then."""

    def __init__(self, jobs: Jobs, identifier: str) -> None:
        self._jobs, self._identifier = jobs, identifier
        self._next = 0.0

    def __call__(self, done: int, total: int, text: str) -> None:
        if time.monotonic() < self._next:
            return
        self._jobs.step(self._identifier, done, total, text)
        self._next = time.monotonic() + self._jobs.every
