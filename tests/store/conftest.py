"""Fixtures for tests of the managed server: homes with a server each, holders, and waiting for an end."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import neo4j
import pytest

from graphsvc.config import Settings
from graphsvc.store.server import local
from graphsvc.store.server.local import LocalServer

_HOLDER = """
import sys
from graphsvc.config import Settings
from graphsvc.store.server.local import hold
with hold(Settings.read()) as server:
    print(server.uri, flush=True)
    sys.stdin.read()
"""

Holder = Callable[[Settings], "subprocess.Popen[str]"]


@pytest.fixture
def holder() -> Iterator[Holder]:
    """`holder(settings)`: a new process that holds the server of that home until its stdin ends; it prints the uri."""
    processes = []

    def start(settings: Settings) -> subprocess.Popen[str]:
        names = {item.name: item.metadata["variable"] for item in dataclasses.fields(Settings)}
        passed = ("home", "jars", "neo4j_version", "heap_mb", "page_cache_mb", "quick_java")
        environment = os.environ | {names[name]: str(getattr(settings, name)) for name in passed}
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        process = subprocess.Popen(
            [sys.executable, "-c", _HOLDER],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def alive(pid: int) -> bool:
    """Whether a process exists and is no zombie (in a container zombies may remain uncollected)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """`eventually(condition)`: waits until the condition is true; fails after five minutes (for busy test machines)."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 300
        while not condition():
            assert time.monotonic() < deadline, "this did not come about within five minutes"
            time.sleep(0.05)

    return wait


@pytest.fixture
def wait_until_gone(eventually: Callable[[Callable[[], bool]], None]) -> Callable[..., None]:
    """`wait_until_gone(pid, …)`: waits until none of these processes is running."""
    return lambda *pids: eventually(lambda: not any(alive(pid) for pid in pids))


@pytest.fixture
def kill() -> Callable[[int], None]:
    """`kill(pid)`: ends a process without warning."""
    return lambda pid: os.kill(pid, signal.SIGKILL)


@contextmanager
def driver_of(server: LocalServer) -> Iterator[neo4j.Driver]:
    """A driver signed in as the server's owner account."""
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password)) as driver:
        yield driver


@pytest.fixture
def fresh(jars: Path, settings: Callable[..., Settings]) -> Iterator[Settings]:
    """Settings of a new home, whose server is stopped in any case."""
    own_settings = settings()
    yield own_settings
    local.stop(own_settings)


def state(settings: Settings) -> dict[str, object]:
    """Status reported by the supervisor of that home, which must be running."""
    answer = local.status(settings)
    assert answer is not None
    return answer
