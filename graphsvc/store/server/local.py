"""The managed local Neo4j for the processes that use it: each holds it for as long as it needs it.

    with hold(settings) as server:
        neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password))

All processes that hold it share the one server of their home. It ends some time after the last holder has left
(`neo4j_linger_s` in each holder's settings; 0: immediately), unless `keep` was requested.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import filelock

import graphsvc
from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.records.progress import Progress
from graphsvc.store.server import launch
from graphsvc.store.server.classes import make_ready
from graphsvc.store.server.control import read_card
from graphsvc.store.server.jars import fetch_jars

__all__ = [
    "LocalServer",
    "adopt",
    "fetch_jars",
    "held_alone",
    "hold",
    "keep",
    "make_ready",
    "renew",
    "restart",
    "running",
    "secret_file",
    "status",
    "stop",
]

_PASSED_ON = ("neo4j_version", "heap_mb", "page_cache_mb", "quick_java")
_ANSWER_S = 10  # for anything but the start itself
_STOP_S = 60  # for the end of a server before its restart


@dataclass(frozen=True)
class LocalServer:
    """A running managed Neo4j. It stays until every holder has closed.

    Attributes:
        uri: Bolt address on the loopback interface.
        username: account of the service.
        password: its password.
        version: Neo4j version.
        lifeline: the connection that holds it; None if only other processes hold it.
    """

    uri: str
    username: str
    password: str = field(repr=False)
    version: str
    lifeline: socket.socket | None = field(repr=False, compare=False)

    def close(self) -> None:
        """Release the server. Closing twice does no harm."""
        if self.lifeline is not None:
            self.lifeline.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def hold(settings: Settings, progress: Progress | None = None) -> LocalServer:
    """Hold the managed server of this home, starting it (and fetching its jars) if necessary; return once it answers.

    Args:
        settings: home, Neo4j version, jars, memory, time allowed for a start, and how long it stays without holders.
        progress: called for each jar while they are fetched, and when Neo4j starts.

    Raises:
        OperatorError: it cannot be started or does not answer in time; the message says why and what to do.
    """
    fetch_jars(settings, progress)
    folder = _server_folder(settings)
    deadline = time.monotonic() + settings.start_timeout_s
    spawned: subprocess.Popen[bytes] | None = None
    log = launch.Logs(settings.home, ("supervisor.log",))
    while (left := deadline - time.monotonic()) > 0:
        if not _is_supervised(folder):
            if spawned is not None and spawned.poll() not in (None, 0):
                lines = log.text().strip().splitlines() or ["it said nothing"]
                raise OperatorError(f"The supervisor of Neo4j could not work: {lines[-1]}")
            if spawned is None or spawned.poll() is not None:
                spawned = _spawn(settings, folder)
                if progress is not None:
                    progress(0, 0, "Neo4j starts, which takes some seconds")
        elif (answer := _ask(folder, f"hold {settings.neo4j_linger_s}", left)) is not None:
            return _server(settings, *answer)
        time.sleep(0.05)
    raise OperatorError(
        f"Neo4j did not answer within {settings.start_timeout_s} seconds. Its logs are in {folder / 'logs'}; "
        "on a slow machine set GRAPHSVC_NEO4J_START_S to more."
    )


def running(settings: Settings, progress: Progress | None = None) -> LocalServer:
    """Return the managed server of this home, which another process holds, once it answers; it needs no release.

    Raises:
        OperatorError: no server runs, or it does not answer in time.
    """
    deadline = time.monotonic() + settings.start_timeout_s
    while time.monotonic() < deadline and (now := status(settings)) is not None:
        if now["uri"]:
            return _of(settings, now["uri"], now["version"])
        if progress is not None:
            progress(0, 0, "Neo4j starts, which takes some seconds")
        time.sleep(0.05)
    raise OperatorError("No managed Neo4j of this home is running that answers. Start graphsvc again.")


def secret_file(settings: Settings) -> Path:
    """Return the file with the managed server's password, readable only for this account."""
    return launch.server_home(settings.home) / "secret"


def status(settings: Settings) -> dict[str, Any] | None:
    """Return the supervisor's status as a dictionary; None if none runs.

    Keys: state, uri, version, pid, java_pid, holders, kept, lasts_s (seconds it stays without holders), and the
    counters renewed and restarted.
    """
    line = _command(settings, "status")
    if line is None:
        return None
    answer: dict[str, Any] = json.loads(line)
    return answer


def keep(settings: Settings) -> None:
    """Keep the running server of this home until `stop`, even without holders.

    Raises:
        OperatorError: no server is running.
    """
    if _command(settings, "keep") is None:
        raise OperatorError("No managed Neo4j is running that could be kept. Start it with `graphsvc neo4j start`.")


def renew(settings: Settings) -> None:
    """Give the running server of this home an empty store, and wait until it answers again at the same address.

    The old store is deleted with its transaction logs. Connected processes continue with the empty one.

    Raises:
        OperatorError: no server is running, or it does not answer in time.
    """
    _start_again(settings, "renew", "renewed")


def restart(settings: Settings) -> None:
    """End the running server of this home, whatever it is doing, and wait until it answers again at the same address.

    Raises:
        OperatorError: no server is running, or it does not answer in time.
    """
    _start_again(settings, "restart", "restarted")


def held_alone(settings: Settings) -> bool:
    """Whether the server of this home runs and has exactly one holder."""
    now = status(settings)
    return now is not None and now["holders"] == 1


def adopt(settings: Settings, imported: Path) -> bool:
    """Switch the running server to the store that an import made, and wait until it answers at the same address.

    Its old store is deleted. If it cannot start on the new store, it starts on an empty one.

    Args:
        settings: the home's settings.
        imported: the folder of the import.

    Returns:
        Whether it switched; False: there are other holders, and nothing has changed.

    Raises:
        OperatorError: no server is running, or it does not answer in time.
    """
    return _start_again(settings, f"adopt {imported.name}", "renewed")


def _start_again(settings: Settings, command: str, counter: str) -> bool:
    """Send the supervisor a command that restarts Neo4j, and wait for the new start; return False if it refused."""
    before = status(settings)
    answer = None if before is None else _command(settings, command)
    if answer == "USED":
        return False
    if before is None or answer is None:
        raise OperatorError("No managed Neo4j is running that could be started again. Try again.")
    deadline = time.monotonic() + settings.start_timeout_s + _STOP_S
    while time.monotonic() < deadline:
        time.sleep(0.2)
        with contextlib.suppress(OperatorError):  # the supervisor does not answer while Neo4j ends
            now = status(settings)
            if now is not None and now[counter] > before[counter] and now["state"] == "ready":
                return True
    raise OperatorError(
        f"Neo4j did not answer again within {settings.start_timeout_s} seconds. Its logs are in "
        f"{launch.server_home(settings.home) / 'logs'}."
    )


def stop(settings: Settings) -> bool:
    """End the server of this home, even while in use, and wait for its end; return whether there was one.

    Raises:
        OperatorError: it did not end.
    """
    if _command(settings, "stop") is None:
        return False
    folder = launch.server_home(settings.home)
    try:
        with filelock.FileLock(folder / "supervisor.lock", timeout=60, mode=0o600):
            return True
    except filelock.Timeout:
        raise OperatorError(f"Neo4j did not end within a minute. Its logs are in {folder / 'logs'}.") from None


def _server(settings: Settings, lifeline: socket.socket, line: str, version: str) -> LocalServer:
    """Return the server described by the supervisor's answer to `hold`."""
    word, _, rest = line.partition(" ")
    if word == "READY" and version == settings.neo4j_version:
        return _of(settings, rest, version, lifeline)
    lifeline.close()
    if word == "READY":
        raise OperatorError(
            f"The managed Neo4j that runs is {version}, but {settings.neo4j_version} is set. "
            "End it with `graphsvc neo4j stop`, or set GRAPHSVC_NEO4J_VERSION to the version that runs."
        )
    raise OperatorError(rest)


def _of(settings: Settings, uri: str, version: str, lifeline: socket.socket | None = None) -> LocalServer:
    return LocalServer(uri, launch.USERNAME, secret_file(settings).read_text(), version, lifeline)


def _command(settings: Settings, command: str) -> str | None:
    """Return the supervisor's answer to a command that it answers immediately; None if no supervisor runs."""
    folder = launch.server_home(settings.home)
    deadline = time.monotonic() + _ANSWER_S
    while folder.is_dir() and _is_supervised(folder):
        if (answer := _ask(folder, command, _ANSWER_S)) is not None:
            answer[0].close()
            return answer[1]
        if time.monotonic() > deadline:
            raise OperatorError(
                f"The supervisor of Neo4j does not answer. Its log is {folder / 'logs/supervisor.log'}."
            )
        time.sleep(0.05)
    return None


def _ask(folder: Path, command: str, seconds: float) -> tuple[socket.socket, str, str] | None:
    """Return connection, answer and Neo4j version from the supervisor; None if none answers (yet, or any more)."""
    card = read_card(folder)
    if card is None:
        return None
    with contextlib.ExitStack() as undo:  # closes the connection even if Ctrl-C ends the wait
        try:
            connection = undo.enter_context(socket.create_connection(("127.0.0.1", card["port"]), _ANSWER_S))
            connection.settimeout(seconds)
            connection.sendall(f"{card['token']}\n{command}\n".encode())
            received = b""
            while received.count(b"\n") < 2 and (chunk := connection.recv(4096)):
                received += chunk
        except OSError:  # a card left by a dead supervisor, one that is ending, or no answer in time
            return None
        word, _, answer = received.decode(errors="replace").partition("\n")
        if word != card["word"] or not answer.endswith("\n"):
            return None
        undo.pop_all()
        return connection, answer.splitlines()[0], card["version"]


def _is_supervised(folder: Path) -> bool:
    """Whether a supervisor is alive and holds its lock, which other processes take only briefly, to check."""
    try:
        with filelock.FileLock(folder / "supervisor.lock", timeout=0, mode=0o600):
            return False
    except filelock.Timeout:
        return True
    except OSError as error:
        raise OperatorError(launch.folder_trouble(folder, error)) from error


def _server_folder(settings: Settings) -> Path:
    """Return the server's folder, created if necessary, private to this account."""
    folder = launch.server_home(settings.home)
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True, mode=0o700)
        (folder / "logs").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise OperatorError(launch.folder_trouble(folder, error)) from error
    return folder


def _spawn(settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    """Start a supervisor; it ends with status 0 if another one is already running."""
    launch.check_space(folder)  # on a full disk a supervisor could not even report the problem
    fields = {item.name: item.metadata for item in dataclasses.fields(Settings)}
    secret = {meta["variable"] for meta in fields.values() if meta["secret"]}
    package = str(Path(graphsvc.__file__).absolute().parents[1])  # needed when run from a checkout
    environment = {name: value for name, value in os.environ.items() if name not in secret}
    environment |= {fields[name]["variable"]: str(getattr(settings, name)) for name in _PASSED_ON}
    environment |= {
        fields["jars"]["variable"]: str(settings.jars_folder.parent.absolute()),
        "PYTHONPATH": os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH")))),
    }
    log_file = os.open(folder / "logs" / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(log_file, "ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "graphsvc.store.server.supervisor", str(settings.home.absolute())],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal must end only the holder, not everyone's server
        )
    threading.Thread(target=process.wait, daemon=True).start()  # avoids a zombie if it ends before us
    return process
