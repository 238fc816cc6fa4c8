"""The Neo4j process and its log: another port if one is taken, and the reason for a failure only from new lines."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from graphsvc.config import Settings
from graphsvc.store.server import launch
from graphsvc.store.server.process import Server


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The log of a home that has logged an error before."""
    path = tmp_path / "neo4j" / "logs" / "neo4j.log"
    path.parent.mkdir(parents=True)
    path.write_text("Caused by: java.io.IOException: No space left on device\n")
    return path


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026 ERROR Caused by: java.io.IOException: No space left on device", "is full. Free some space"),
        ("FileLockException: Lock file has been locked by another process: store_lock", "Another Neo4j process uses"),
        ("java.nio.file.AccessDeniedException: data/x", "Make the folder writable"),
        ("java.lang.OutOfMemoryError: Java heap space", "GRAPHSVC_NEO4J_HEAP_MB"),
        ("2026 ERROR something new", "exit status 1: 2026 ERROR something new. Its logs are in"),
        ("nothing of note", "exit status 1. Its logs are in"),
    ],
)
def test_the_reason_of_a_failure_is_taken_from_the_new_lines(log: Path, line: str, reason: str) -> None:
    logs = launch.Logs(log.parents[2])
    with log.open("a") as file:
        file.write(line + "\n")
    assert reason in logs.failure(1)


def test_a_log_that_was_rotated_meanwhile_is_read_from_its_beginning(log: Path) -> None:
    logs = launch.Logs(log.parents[2])
    log.write_text("FileLockException\n")
    assert "Another Neo4j process" in logs.failure(1)


def test_only_the_line_of_a_lost_port_means_a_lost_port(log: Path) -> None:
    logs = launch.Logs(log.parents[2])
    assert not logs.port_was_taken()
    log.write_text(log.read_text() + "PortBindException: Address localhost:7474 is already in use\n")
    assert logs.port_was_taken()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            r'{"message":"Failed to start DatabaseId{00000000[system]}","stacktrace":"a: x\nCaused by: java.io.IOException: z\n\tat"}',
            r"`system` of Neo4j cannot be opened \(java\.io\.IOException: z\)\. Restore a backup",
        ),
        (
            "ERROR [o.n.d] Failed to start DatabaseId{00000000[system]}\njava.lang.RuntimeException: x\n\tat y",
            r"`system` of Neo4j cannot be opened\. Restore a backup",
        ),
        (
            "Failed to start DatabaseId{00000000[system]}\nCaused by: No space left on device",
            "is full. Free some space",
        ),
        ("Failed to start DatabaseId{26d1d85d[neo4j]}", "^$"),
        ("Starting 'DatabaseId{00000000[system]}'.", "^$"),
    ],
)
def test_a_server_without_its_own_database_will_never_answer(log: Path, lines: str, reason: str) -> None:
    debug = log.with_name("debug.log")
    debug.write_text("Failed to start DatabaseId{00000000[system]}\n")
    logs = launch.Logs(log.parents[2])
    assert logs.never_answers() == ""
    with debug.open("a") as file:
        file.write(lines + "\n")
    assert re.search(reason, logs.never_answers())


def test_a_secret_is_made_once_and_kept_also_for_a_store_begun_anew(settings: Callable[..., Settings]) -> None:
    own_settings = settings()
    first, second = launch.prepare(own_settings, 1), launch.prepare(own_settings, 2)
    assert first == second != launch.prepare(settings(), 1)
    (own_settings.home / "neo4j/secret").write_text("")
    second = launch.prepare(own_settings, 2)
    assert second not in ("", first)
    (own_settings.home / "neo4j/data/databases/system").mkdir(parents=True)
    assert launch.prepare(own_settings, 3) == second
    assert "127.0.0.1:3\n" in (own_settings.home / "neo4j/conf/neo4j.conf").read_text()
    for name in ("secret", "data/dbms/auth.ini"):
        assert (own_settings.home / "neo4j" / name).stat().st_mode & 0o777 == 0o600
    assert second not in (own_settings.home / "neo4j/data/dbms/auth.ini").read_text()


def test_an_imported_store_is_taken_in_one_step_and_is_untried_until_it_answered(
    settings: Callable[..., Settings],
) -> None:
    home = settings().home
    folder = launch.server_home(home)
    for name in ("import-1", "elsewhere", "data"):
        (folder / name / "data").mkdir(parents=True)
    for stranger in ("elsewhere", "../import-1/..", "import-2", "import-1/../elsewhere"):
        launch.set_store_aside(home)
        launch.take_imported(home, stranger)
        assert not (folder / "data").exists(), stranger
    (folder / "import-1" / "data" / "databases").mkdir()
    launch.take_imported(home, "import-1")
    assert (folder / "data" / "databases").is_dir()
    assert launch.is_untried(home)
    launch.record_answered(home)
    launch.record_answered(home)
    assert not launch.is_untried(home)


def test_java_is_started_lightly_only_where_that_is_set(settings: Callable[..., Settings], tmp_path: Path) -> None:
    whole, quick = (launch.command(settings(home=tmp_path, quick_java=wanted), tmp_path) for wanted in (False, True))
    assert not Settings.read({}).quick_java
    assert [word for word in quick if word not in whole] == ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    assert [word for word in whole if word not in quick] == ["-XX:+UseG1GC"]
    read = []
    for number, wanted in enumerate((False, True)):
        own_settings = settings(home=tmp_path / str(number), quick_java=wanted)
        launch.prepare(own_settings, 1)
        read.append((own_settings.home / "neo4j/conf/neo4j.conf").read_text().splitlines())
    assert set(read[0]) < set(read[1])
    assert set(read[1]) - set(read[0]) == set(launch._QUICK_SETTINGS.splitlines())


@pytest.mark.neo4j
@pytest.mark.slow(reason="starts its own managed server")
def test_a_port_that_was_lost_in_between_is_replaced_by_another(
    jars: Path,
    settings: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = iter([port, launch.free_port()])
        monkeypatch.setattr(launch, "free_port", lambda: next(ports))
        server = Server(settings(), jars)
        try:
            assert server.uri == f"bolt://127.0.0.1:{port}"

            def has_settled() -> bool:
                server.watch()
                return server.state != "starting"

            eventually(has_settled)
            assert (server.state, server.reason) == ("ready", "")
            assert server.uri != f"bolt://127.0.0.1:{port}"
        finally:
            server.stop()
