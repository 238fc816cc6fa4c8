"""The process that owns the managed Neo4j of one home: `python -m graphsvc.store.server.supervisor HOME`.

It holds `HOME/neo4j/supervisor.lock` for its whole life, so there is never a second one. It starts Neo4j, restarts it
when it dies, and ends it once it has no holders and the time they asked for is over. Processes that use the server keep
a connection to the control port (see `control`). However such a process ends, its connection ends too, so nothing is
left behind. On Linux, Neo4j gets a SIGTERM from the kernel if the supervisor itself is killed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import signal
import sys
import time
from pathlib import Path
from typing import Any

import filelock

if __name__ == "__main__":
    # The driver would load these only to know their types: half of the work of a start.
    for _name in ("numpy", "pandas", "pyarrow"):
        sys.modules[_name] = None  # type: ignore[assignment]

from graphsvc.config import Settings
from graphsvc.errors import OperatorError
from graphsvc.store.server import launch
from graphsvc.store.server.control import ControlDoor, card_path, write_card
from graphsvc.store.server.jars import fetch_jars
from graphsvc.store.server.process import Server

UNCLAIMED_S = 30  # how long it waits for the first holder
_TELL_S = 10  # how long a failure waits for a holder to receive it
_TURN_S = 0.1


def supervise(settings: Settings) -> int:
    """Run one home's Neo4j until no process needs it; return the exit status: 0, or 1 after a failure.

    Return immediately if the home already has a supervisor.
    """
    folder = launch.server_home(settings.home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        # Other processes take the lock briefly to check for a supervisor, so the timeout is not zero.
        lock = filelock.FileLock(folder / "supervisor.lock", timeout=2, mode=0o600)
        with lock:
            card_path(folder).unlink(missing_ok=True)
            return _Supervision(settings, folder).run()
    except filelock.Timeout:
        return 0


class _Supervision:
    """The control port and the server of one home, and the loop that serves both."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self._signalled = False
        self._server: Server | None = None
        token, word = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._door = ControlDoor(token, word, self._status)
        self._card = {
            "port": self._door.port,
            "token": token,
            "word": word,
            "pid": os.getpid(),
            "version": settings.neo4j_version,
            "uri": None,
        }

    def run(self) -> int:
        """Serve until the end; never leaves Neo4j or the card behind."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        write_card(self._folder, self._card)
        try:
            self._serve()
        except OperatorError as error:
            return self._tell_trouble(" ".join(str(error).split()))
        except OSError as error:
            return self._tell_trouble(launch.folder_trouble(self._folder, error))
        finally:
            if self._server is not None:
                self._server.stop()
            card_path(self._folder).unlink(missing_ok=True)
            self._door.close()
        return 0

    def _serve(self) -> None:
        """Serve clients and watch the server until a signal, a `stop`, or the end of the time holders asked for."""
        self._server = Server(self._settings, fetch_jars(self._settings))
        began = time.monotonic()
        while not (self._signalled or self._door.stop_asked):
            self._door.serve(_TURN_S)
            if self._door.restart_asked:
                self._door.restart_asked = False
                self._server.restart()
            if self._door.renew_asked:
                self._door.renew_asked = False
                self._server.renew()
            if self._door.adopt_asked:
                imported, self._door.adopt_asked = self._door.adopt_asked, ""
                self._server.renew(imported)
            self._server.watch()
            if self._server.state == "failed":
                raise OperatorError(self._server.reason)
            self._tell_state(self._server)
            if not self._door.kept and not self._door.holders:
                claimed = self._door.last_held > began
                until = self._door.wanted_until if claimed else began + UNCLAIMED_S
                if time.monotonic() > until:
                    return

    def _tell_state(self, server: Server) -> None:
        uri = server.uri if server.state == "ready" else None
        if uri != self._card["uri"]:
            self._card["uri"] = uri
            write_card(self._folder, self._card)
        self._door.announce(f"READY {uri}" if uri else "")

    def _tell_trouble(self, trouble: str) -> int:
        """Report a failure to waiting holders, or wait a little for the first one; return the exit status."""
        self._door.announce(f"FAILED {trouble}")
        deadline = time.monotonic() + _TELL_S
        while not (self._door.heard or self._signalled or self._door.stop_asked) and time.monotonic() < deadline:
            self._door.serve(_TURN_S)
        _log(trouble)
        return 1

    def _status(self) -> dict[str, Any]:
        server = self._server
        # Read once: another thread sets the state, and a client that reads `ready` uses the address.
        state = server.state if server else "starting"
        return {
            "state": state,
            "uri": server.uri if server and state == "ready" else None,
            "version": self._settings.neo4j_version,
            "pid": os.getpid(),
            "java_pid": server.pid if server else None,
            "holders": self._door.holders,
            "kept": self._door.kept,
            "lasts_s": max(round(self._door.wanted_until - time.monotonic()), 0),
            "renewed": server.renewed if server else 0,
            "restarted": server.restarted if server else 0,
        }

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._signalled = True


def main() -> int:
    """Run the process: its argument is the home, other settings are in the environment."""
    os.umask(0o077)  # everything that it and Neo4j write is private to this account
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)  # refused connections are normal during a start
    home = Path(sys.argv[1])
    try:
        return supervise(Settings.read(home=home))
    except OSError as error:
        _log(launch.folder_trouble(launch.server_home(home), error))
        return 1


def _log(line: str) -> None:
    with contextlib.suppress(OSError):  # its disk may be the problem
        print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
