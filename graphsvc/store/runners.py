"""Processes that run typed queries, one at a time; after a normal run, a process waits a while for the next query.

Starting a process takes longer than most queries. A process whose query was late, cancelled, cut, faulty or large ends
after it, so that each query has the same limits.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Maximum number of waiting processes, and how long they wait; if the service is gone, a process ends by itself after
# twice that time (`typedrun`).
_MOST = 2
_WAITS_S = 60.0
LIGHT_BYTES = 1024 * 1024  # a process is reused only if neither its job nor its answer is larger


@dataclass(slots=True)
class Runner:
    """A process that has been given a query.

    Attributes:
        fresh: whether it was started for this query.
        again: whether it has finished, and can run another query.
    """

    process: subprocess.Popen[str]
    fresh: bool
    again: bool = False


class Runners:
    """The processes of one service."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[threading.Timer, subprocess.Popen[str]]] = []
        self._closed = False

    @contextlib.contextmanager
    def start_job(self, job: Mapping[str, Any]) -> Iterator[Runner]:
        """Yield a process that has been given a job (see `typedrun`). It ends after the block unless `again` is set."""
        line = json.dumps(job) + "\n"
        waiting = self._take()
        runner = Runner(waiting or _start(), fresh=waiting is None)
        try:
            with contextlib.suppress(OSError):  # the process has already ended: then no last line arrives
                assert runner.process.stdin is not None  # noqa: S101 - asked for when it was started
                runner.process.stdin.write(line)
                runner.process.stdin.flush()
            yield runner
        except BaseException:
            runner.again = False
            raise
        finally:
            self._let_go(runner, light=len(line) <= LIGHT_BYTES)

    def forget(self) -> None:
        """End the waiting processes."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for timer, process in waiting:
            timer.cancel()
            _end(process)

    def close(self) -> None:
        """End the waiting processes, and let none wait from now on."""
        self._closed = True
        self.forget()

    def _take(self) -> subprocess.Popen[str] | None:
        """Return the process that began to wait last, unless it has ended in the meantime."""
        while True:
            with self._lock:
                if not self._waiting:
                    return None
                timer, process = self._waiting.pop()
            timer.cancel()
            if process.poll() is None:
                return process
            _end(process)

    def _let_go(self, runner: Runner, *, light: bool) -> None:
        timer = threading.Timer(_WAITS_S, self._expire, (runner.process,))
        timer.daemon = True
        with self._lock:
            if runner.again and light and not self._closed and len(self._waiting) < _MOST:
                self._waiting.append((timer, runner.process))
                timer.start()
                return
        _end(runner.process)

    def _expire(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            left = [pair for pair in self._waiting if pair[1] is not process]
            waited = len(left) < len(self._waiting)
            self._waiting = left
        if waited:
            _end(process)


def _start() -> subprocess.Popen[str]:
    """Start a process by path, so that it imports nothing of the package."""
    secret = ("GRAPHSVC_", "NEO4J_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(secret)}
    return subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).with_name("typedrun.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the driver's own words may repeat the text
        env=environment,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):  # the ended process may not have read everything
                pipe.close()
