"""The managed local Neo4j, as its users see it: hold it while it is needed, nothing else to start or to stop.

    with hold(settings) as server:
        neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password))

Every process that holds shares the one server of its home; it ends some time after the last has left (`neo4j_linger_s` of
each one's settings; 0: at once), unless `keep` was asked.
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
_STOP_S = 60  # for the end of a server that is to begin anew


@dataclass(frozen=True)
class LocalServer:
    """A running managed Neo4j. It stays until every holder has closed.

    Attributes:
        uri: Bolt address on the loopback interface.
        username: account of the service.
        password: its password.
        version: Neo4j version.
        lifeline: what holds it; None where somebody else does.
    """

    uri: str
    username: str
    password: str = field(repr=False)
    version: str
    lifeline: socket.socket | None = field(repr=False, compare=False)

    def close(self) -> None:
        """Let go of the server. Closing twice does no harm."""
        if self.lifeline is not None:
            self.lifeline.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def hold(settings: Settings, progress: Progress | None = None) -> LocalServer:
    """The managed server of this home, started (and its jars fetched) if need be; returns once it answers queries.

    Args:
        settings: home, Neo4j version, jars, memory, how long a start may take, and how long it goes on afterwards.
        progress: told of each jar while they are fetched, and that Neo4j starts.

    Raises:
        OperatorError: it cannot be started or does not answer in time; the message says why and what to do.
    """
    fetch_jars(settings, progress)
    folder = _server_folder(settings)
    deadline = time.monotonic() + settings.start_timeout_s
    spawned: subprocess.Popen[bytes] | None = None
    log = launch.Logs(settings.home, ("supervisor.log",))
    while (left := deadline - time.monotonic()) > 0:
        if not _supervised(folder):
            if spawned is not None and spawned.poll() not in (None, 0):
                said = log.text().strip().splitlines() or ["it said nothing"]
                raise OperatorError(f"The supervisor of Neo4j could not work: {said[-1]}")
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
    """The managed server of this home, which somebody else holds; returns once it answers queries. Nothing is let go of at the end.

    Raises:
        OperatorError: none runs, or it does not answer in time.
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
    """Where the password of the managed server is kept, readable for this account alone."""
    return launch.server_home(settings.home) / "secret"


def status(settings: Settings) -> dict[str, Any] | None:
    """What the supervisor of this home says: state, uri, version, pid, java_pid, holders, kept, lasts_s (seconds it goes on without them). None: none runs."""
    line = _command(settings, "status")
    if line is None:
        return None
    answer: dict[str, Any] = json.loads(line)
    return answer


def keep(settings: Settings) -> None:
    """Keep the running server of this home until `stop`, whoever leaves.

    Raises:
        OperatorError: none is running.
    """
    if _command(settings, "keep") is None:
        raise OperatorError("No managed Neo4j is running that could be kept. Start it with `graphsvc neo4j start`.")


def renew(settings: Settings) -> None:
    """Give the running server of this home an empty store, and wait until it answers again at the same address.

    The old store is deleted with its transaction logs. Whoever is connected goes on with the empty one.

    Raises:
        OperatorError: none is running, or it does not answer in time.
    """
    _start_again(settings, "renew", "renewed")


def restart(settings: Settings) -> None:
    """End the running server of this home, whatever it is doing, and wait until it answers again at the same address.

    Raises:
        OperatorError: none is running, or it does not answer in time.
    """
    _start_again(settings, "restart", "restarted")


def held_alone(settings: Settings) -> bool:
    """Whether the server of this home runs and has a single holder."""
    now = status(settings)
    return now is not None and now["holders"] == 1


def adopt(settings: Settings, imported: Path) -> bool:
    """Have the running server of this home go on with the store that an import made, and wait until it answers at the same address.

    Its own store is deleted. Where it cannot be started on the new one it begins an empty one.

    Args:
        settings: whose server.
        imported: the folder of the import.

    Returns:
        Whether it does; False: others hold it as well, and nothing has changed.

    Raises:
        OperatorError: none is running, or it does not answer in time.
    """
    return _start_again(settings, f"adopt {imported.name}", "renewed")


def _start_again(settings: Settings, command: str, counter: str) -> bool:
    """Give the supervisor a command after which Neo4j starts again, and wait until it has counted it and answers; whether it obeys."""
    before = status(settings)
    answer = None if before is None else _command(settings, command)
    if answer == "USED":
        return False
    if before is None or answer is None:
        raise OperatorError("No managed Neo4j is running that could be started again. Try again.")
    deadline = time.monotonic() + settings.start_timeout_s + _STOP_S
    while time.monotonic() < deadline:
        time.sleep(0.2)
        with contextlib.suppress(OperatorError):  # it does not answer while Neo4j ends
            now = status(settings)
            if now is not None and now[counter] > before[counter] and now["state"] == "ready":
                return True
    raise OperatorError(
        f"Neo4j did not answer again within {settings.start_timeout_s} seconds. Its logs are in "
        f"{launch.server_home(settings.home) / 'logs'}."
    )


def stop(settings: Settings) -> bool:
    """End the server of this home, whoever uses it, and wait until it has ended. Whether there was one.

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
    """The server behind the supervisor's answer to `hold`."""
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
    """The supervisor's answer to a command that is answered at once; None when none runs."""
    folder = launch.server_home(settings.home)
    deadline = time.monotonic() + _ANSWER_S
    while folder.is_dir() and _supervised(folder):
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
    """Connection, answer and Neo4j version from the supervisor; None when it is not there (yet, or any more)."""
    card = read_card(folder)
    if card is None:
        return None
    with contextlib.ExitStack() as undo:  # also when Ctrl-C ends the waiting
        try:
            connection = undo.enter_context(socket.create_connection(("127.0.0.1", card["port"]), _ANSWER_S))
            connection.settimeout(seconds)
            connection.sendall(f"{card['token']}\n{command}\n".encode())
            received = b""
            while received.count(b"\n") < 2 and (chunk := connection.recv(4096)):
                received += chunk
        except OSError:  # the card of one that is gone, one that is ending, or no answer in time
            return None
        word, _, answer = received.decode(errors="replace").partition("\n")
        if word != card["word"] or not answer.endswith("\n"):
            return None
        undo.pop_all()
        return connection, answer.splitlines()[0], card["version"]


def _supervised(folder: Path) -> bool:
    """Whether a supervisor lives: only it holds the lock for longer than a look."""
    try:
        with filelock.FileLock(folder / "supervisor.lock", timeout=0, mode=0o600):
            return False
    except filelock.Timeout:
        return True
    except OSError as error:
        raise OperatorError(launch.folder_trouble(folder, error)) from error


def _server_folder(settings: Settings) -> Path:
    """The folder of the server, made if need be, private to this account."""
    folder = launch.server_home(settings.home)
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True, mode=0o700)
        (folder / "logs").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise OperatorError(launch.folder_trouble(folder, error)) from error
    return folder


def _spawn(settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    """Start a supervisor; one that finds another in charge ends by itself with status 0."""
    launch.check_space(folder)  # on a full disk a supervisor could not even say what is wrong
    fields = {item.name: item.metadata for item in dataclasses.fields(Settings)}
    secret = {meta["variable"] for meta in fields.values() if meta["secret"]}
    package = str(Path(graphsvc.__file__).absolute().parents[1])  # found there too when run from a checkout
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
            start_new_session=True,  # Ctrl-C in the terminal ends its holder, not the server of the others
        )
    threading.Thread(target=process.wait, daemon=True).start()  # it may end before us: no zombie then
    return process
