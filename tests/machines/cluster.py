"""A scheduler and workers on this machine, started as by a user, and a relay between them that records traffic."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import distributed  # noqa: F401 - before a test sets anything of Dask's settings: what it brings would go with that

_START_S, _END_S = 60.0, 20.0


@contextmanager
def scheduler(folder: Path, *options: str, environ: Mapping[str, str] | None = None) -> Iterator[tuple[str, int]]:
    """Run a Dask scheduler, and yield its address and process id."""
    file = folder / "scheduler.json"
    line = [sys.executable, "-m", "dask", "scheduler", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    where = [] if options else ["--host", "127.0.0.1", "--port", "0"]
    started = subprocess.Popen(
        [*line, *where, *options, "--scheduler-file", str(file)],
        env={**os.environ, **(environ or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(lambda: file.exists() and file.read_text().strip().endswith("}"), started)
        yield json.loads(file.read_text())["address"], started.pid
    finally:
        _end(started)


@contextmanager
def workers(address: str, count: int, environ: Mapping[str, str] | None = None) -> Iterator[list[int]]:
    """Run workers of one thread each, and yield their process ids once they are ready."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "graphsvc", "worker", "--threads", "1", "--memory-mb", "512"],
            env={**os.environ, **(environ or {}), "GRAPHSVC_SCHEDULER": address},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(count)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            greeting = process.stdout.readline()
            assert greeting.startswith(f"Working for {address} with 1 threads: graphsvc "), greeting
        yield [process.pid for process in started]
    finally:
        for process in started:
            _end(process)


def kill(process: int) -> None:
    """Kill a process like a machine that loses power: without notice or cleanup."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _wait(ready: object, process: subprocess.Popen[bytes]) -> None:
    assert callable(ready)
    until = time.monotonic() + _START_S
    while not ready():
        assert process.poll() is None, "the scheduler ended"
        assert time.monotonic() < until, "the scheduler did not start"
        time.sleep(0.05)


class Wire:
    """A relay to an address that records every byte in both directions."""

    def __init__(self, address: str, pause_s: float = 0.0) -> None:
        self._pause_s = pause_s
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        self._to = host, int(port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._streams: list[bytearray] = []
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """Address of the relay."""
        return f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"

    @property
    def traffic(self) -> list[bytes]:
        """Recorded bytes, by connection and direction."""
        return [bytes(stream) for stream in self._streams]

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._to)
                self._sockets += near, far
                for source, target in ((near, far), (far, near)):
                    self._streams.append(bytearray())
                    threading.Thread(target=self._pass, args=(source, target, self._streams[-1]), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, stream: bytearray) -> None:
        with suppress(OSError):
            while chunk := source.recv(1 << 16):
                stream += chunk
                time.sleep(self._pause_s)
                target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Cut the relay."""
        for each in (self._listening, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
