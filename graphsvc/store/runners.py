"""The processes that typed texts run in, one text at a time: what has done its text well waits a while for the next one.

To start one takes longer than most texts. One that was late, cancelled or cut, that met an error or carried much ends with
its text, so each text meets the same limits.
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

# How many wait at most, and for how long; where we are gone, a process ends by itself after twice that (`typedrun`).
_MOST = 2
_WAITS_S = 60.0
LIGHT_BYTES = 1024 * 1024  # of a text with its parameters, and of an answer, after which a process is as it was


@dataclass(slots=True)
class Runner:
    """A process that has been given a text.

    Attributes:
        fresh: it was started for this text.
        again: it has done it, and can do another one.
    """

    process: subprocess.Popen[str]
    fresh: bool
    again: bool = False


class Runners:
    """Those of one service."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[threading.Timer, subprocess.Popen[str]]] = []
        self._closed = False

    @contextlib.contextmanager
    def given(self, job: Mapping[str, Any]) -> Iterator[Runner]:
        """A process that has been given a job (`typedrun` says what that is). It ends with the block unless it is `again`."""
        line = json.dumps(job) + "\n"
        waiting = self._taken()
        runner = Runner(waiting or _started(), fresh=waiting is None)
        try:
            with contextlib.suppress(OSError):  # it has ended already: there is no last line then
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
        """End those that wait."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for timer, process in waiting:
            timer.cancel()
            _end(process)

    def close(self) -> None:
        """End those that wait; none waits from here on."""
        self._closed = True
        self.forget()

    def _taken(self) -> subprocess.Popen[str] | None:
        """The one that waits since last, if it has not ended meanwhile."""
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


def _started() -> subprocess.Popen[str]:
    """Run by path: it imports nothing of the package."""
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
            with contextlib.suppress(OSError):  # what was not read by the one who has ended
                pipe.close()
