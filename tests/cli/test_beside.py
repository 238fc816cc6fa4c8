"""Several processes that serve one home: all answer alike, and killing one costs only time."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from graphsvc.access.log.verify import verify
from graphsvc.access.people import accounts
from graphsvc.config import Settings
from graphsvc.service import Service, quiet
from tests.leaks.small import CASE, FIRST
from tests.toolbox.rows import write

pytestmark = [
    pytest.mark.neo4j,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for the processes where Linux lists them"),
]
LONG_S = 90.0
PROCESSES = 2


@pytest.fixture
def home(at_server: Callable[..., Settings], tmp_path: Path) -> Settings:
    chosen = at_server(processes=PROCESSES, port=0)
    with Service(chosen) as service:
        write(tmp_path / "case", **FIRST)
        session = service.session(accounts.only_account(service.database, ""), "testing", CASE)
        assert session.deliveries.load(tmp_path / "case", quiet).rejections == []
    return chosen


class Serving:
    """`graphsvc serve` as a separate program."""

    def __init__(self, process: subprocess.Popen[str], settings: Settings) -> None:
        self.process, self._settings = process, settings
        output = ""
        assert process.stderr is not None
        while "Ctrl-C" not in output:
            line = process.stderr.readline()
            assert line, output
            output += line
        self.rest: list[str] = []
        threading.Thread(target=lambda: self.rest.extend(process.stderr or ()), daemon=True).start()
        link = re.search(r"http://\S+/link/\S+", output)
        assert link is not None, output
        self.address = link[0].partition("/link/")[0]
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._opener.open(link[0], timeout=LONG_S).read()

    def beside(self) -> list[int]:
        """Wait until all processes answer, and return all except the first."""
        until(lambda: len(list((self._settings.home / "processes").glob("?" * 8))) == PROCESSES)
        return [pid for pid in children(self.process.pid) if b"spawn_main" in command(pid)]

    def leads(self) -> bytes:
        """The list of leads, requested on a new connection."""
        with self._opener.open(f"{self.address}/case/{CASE}/leads.json", timeout=LONG_S) as answer:
            body: bytes = answer.read()
        return body


@contextmanager
def serve(settings: Settings) -> Iterator[Serving]:
    names = {item.name: item.metadata["variable"] for item in dataclasses.fields(Settings)}
    passed_on = ("home", "neo4j_uri", "neo4j_password", "database_url", "named", "processes")
    environ = os.environ | {names[name]: str(getattr(settings, name)) for name in passed_on}
    environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    command_line = [sys.executable, "-m", "graphsvc", "serve", "--port", "0"]
    with subprocess.Popen(command_line, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Serving(process, settings)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(LONG_S)
            finally:
                process.kill()


def children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()] + [
        int(pid)
        for task in Path(f"/proc/{parent}/task").iterdir()
        if task.name != str(parent)
        for pid in (task / "children").read_text().split()
    ]


def command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG_S
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.1)


def test_whoever_answers_it_is_one_service_and_who_is_killed_is_missed_by_nobody(home: Settings) -> None:
    with serve(home) as served:
        first = served.leads()
        beside = served.beside()
        assert len(beside) == PROCESSES - 1
        everyone = [served.process.pid, *beside]
        # Each process can answer alone.
        for alone in everyone:
            rest = [pid for pid in everyone if pid != alone]
            for pid in rest:
                os.kill(pid, signal.SIGSTOP)
            assert served.leads() == first
            for pid in rest:
                os.kill(pid, signal.SIGCONT)
        # One process is killed in the middle of a change: the change is completed, and a new process replaces it.
        with Service(dataclasses.replace(home, processes=1)) as service:
            service.register.close(CASE)
            os.kill(beside[0], signal.SIGKILL)
            until(lambda: [row["state"] for row in service.register.cases()] == ["open"])
        again = served.beside()
        assert len(again) == PROCESSES - 1
        assert beside[0] not in again
        assert [served.leads() for _ in range(20)] == [first] * 20
    assert [line for line in served.rest if "Traceback" in line] == []
    until(lambda: not any(b"spawn_main" in command(pid) for pid in (*everyone, *again)))
    assert list((home.home / "processes").glob("?" * 8)) == []
    with Service(home) as service:
        assert verify(service.log, quiet).whole


def test_they_end_with_the_first_whatever_ends_it(home: Settings) -> None:
    with serve(home) as served:
        beside = served.beside()
        served.process.kill()
        served.process.wait()
        until(lambda: not any(b"spawn_main" in command(pid) for pid in beside))
