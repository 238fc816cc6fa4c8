"""The processes that serve the pages of one home: the first one, and others on the same sockets.

A Python process does one thing at a time, so there are several; the operating system gives each connection to one of
them. The first process also runs the managed server, completes work of a process that was killed, opens waiting
statements, and replaces processes that died.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from types import FrameType, TracebackType
from typing import Any, Self

from waitress import wasyncore
from waitress.server import create_server

from graphsvc.cli import beside
from graphsvc.cli.printed import say
from graphsvc.config import Settings
from graphsvc.errors import CancelledError, GraphsvcError, OperatorError
from graphsvc.service import Service, freeze_memory, start_preparing

_LOG = logging.getLogger(__name__)
# Maximum pages at the same time in each process: some wait minutes for a computation that another reader began on a
# large case, and must not block the others.
_THREADS = 24
# Minimum seconds between two starts, in case processes die immediately; and seconds in which the others must end, more
# than their work may take to end (see `cases.home.Home.close`).
_AGAIN_S, _END_S = 5.0, 180.0
_ENDING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """Yield the URL of the pages; after the block, serve them until Ctrl-C or a signal to end."""
    # Imported here, so that other commands do not wait for modules that only pages use.
    from graphsvc.web import door

    settings = service.settings
    port = _free_port(settings)
    address = door.address_of(settings, service.hidden_path(), port)
    with _ended_by(_ENDING), _Pages(service, address, host=settings.host, port=port) as pages:
        try:
            yield address
            service.uploads.forget_previews()  # another version of graphsvc may have made them
            freeze_memory()
            further_processes = service.settings.serving_processes - 1 if _answers(service) else 0
            service.plan_ahead()
            start_preparing(service)
            service.keep_opening()
            with _Beside(service, address, pages.listening, further_processes):
                try:
                    pages.run()
                finally:
                    # Accept no more requests while the other processes finish.
                    pages.close()
                    say("Stopping.", err=True)
        except KeyboardInterrupt:
            pass


def _answers(service: Service) -> bool:
    """Start answering questions of the other processes; return whether this works."""
    try:
        service.answer_others()
    except OSError as error:
        _LOG.warning("one process alone serves: no socket can be made in the home (%s)", error.strerror)
        return False
    return True


class _Pages:
    """Server of a service's pages, on new sockets at a host and port, or on the sockets of another process."""

    def __init__(self, service: Service, address: str, **where: Any) -> None:
        from graphsvc.web import create_app, intake

        self._app = app = create_app(service, address)
        self._sockets: dict[int, wasyncore.dispatcher] = {}
        self._server = create_server(
            app,
            self._sockets,
            threads=_THREADS,
            max_request_body_size=(service.settings.upload_mb + 1) * 1024 * 1024,
            ident=None,
            clear_untrusted_proxy_headers=True,
            **where,
        )
        self._servers = [known for known in self._sockets.values() if hasattr(known, "channel_class")]
        for server in self._servers:
            server.channel_class = intake.channel_of(app, service)

    @property
    def listening(self) -> list[socket.socket]:
        """Sockets on which the server listens."""
        return [server.socket for server in self._servers]

    def run(self) -> None:
        """Serve until an exception is raised."""
        threading.Thread(target=self._make_ready, name="templates", daemon=True).start()
        self._server.run()

    def _make_ready(self) -> None:
        """Compile the templates, so that the first reader does not have to wait for them."""
        for name in self._app.jinja_env.list_templates():
            self._app.jinja_env.get_template(name)

    def close(self) -> None:
        """Stop serving. Closing twice does no harm."""
        self._server.close()
        # Also close connections that browsers keep open.
        wasyncore.close_all(self._sockets, ignore_all=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Beside:
    """The other processes, which run during the block. If one dies, its work is completed and it is replaced."""

    def __init__(self, service: Service, address: str, sockets: Sequence[socket.socket], number: int) -> None:
        self._service, self._address, self._sockets, self._number = service, address, sockets, number
        self._context = get_context("spawn")
        self._closing = threading.Event()
        self._changing = threading.Lock()
        self._watching = threading.Thread(target=self._watch, name="processes", daemon=True)
        # Process → our end of a pipe to it; the process ends when we close our end.
        self._lifelines: dict[Any, Connection] = {}
        # Whether a process died whose work is not completed yet.
        self._died = False

    def _watch(self) -> None:
        while not self._closing.is_set():
            try:
                self._look()
            except CancelledError:
                return
            except Exception as error:
                # After any error, such as too little memory, the next round tries again; the other processes go on
                # serving.
                _LOG.exception("the other processes: %s", type(error).__name__, exc_info=False)
                self._closing.wait(_AGAIN_S)

    def _look(self) -> None:
        """Complete the work of processes that died, start missing ones, and wait a moment for one to end."""
        began = time.monotonic()
        if self._died:
            self._service.recover(self._unless_closing)
            self._died = False
        while len(self._lifelines) < self._number and self._start():
            pass
        sentinels = {process.sentinel: process for process in self._lifelines}
        for sentinel in wait(list(sentinels), timeout=1.0):
            self._bury(sentinels[sentinel])
            self._closing.wait(max(0.0, began + _AGAIN_S - time.monotonic()))

    def _start(self) -> bool:
        """Start a process unless we are closing; return whether it was started."""
        with self._changing, ExitStack() as undo:
            if self._closing.is_set():
                return False
            theirs, ours = self._context.Pipe(duplex=False)
            undo.callback(ours.close)
            with theirs:
                # As daemons, they would be killed in the middle of their work.
                process = self._context.Process(
                    target=beside, args=(self._service.settings, self._address, self._sockets, theirs), daemon=False
                )
                process.start()
            undo.pop_all()
            self._lifelines[process] = ours
            return True

    def _bury(self, process: Any) -> None:
        """Remove a process that ended, and note that its work may be incomplete."""
        with self._changing:
            if self._closing.is_set():
                return
            self._lifelines.pop(process).close()
        _LOG.warning("a process that served pages ended (%s); another is started", process.exitcode)
        self._died = True

    def _unless_closing(self, _done: int, _total: int, _text: str) -> None:
        if self._closing.is_set():
            raise CancelledError("Stopped; the next start completes it.")

    def __enter__(self) -> Self:
        if self._number:
            self._watching.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            with self._changing:
                self._closing.set()
                for lifeline in self._lifelines.values():
                    lifeline.close()
            if self._watching.is_alive():
                self._watching.join(_END_S)
            for process in self._lifelines:
                process.join(_END_S)
        finally:
            for process in self._lifelines:
                process.kill()


def serve_beside(settings: Settings, address: str, sockets: Sequence[socket.socket], lifeline: Connection) -> None:
    """Serve on the sockets of the parent process until the parent closes its end of the pipe, or dies."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the first process too, which then ends this one

    def end_with_it() -> None:
        with suppress(EOFError, OSError):
            lifeline.recv()
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        with _ended_by((signal.SIGTERM,), once=True):
            threading.Thread(target=end_with_it, name="lifeline", daemon=True).start()
            with Service(settings, beside=True) as service, _Pages(service, address, sockets=list(sockets)) as pages:
                service.store()
                freeze_memory()
                service.answer_others()
                start_preparing(service)
                pages.run()
    except KeyboardInterrupt:
        pass
    except GraphsvcError as error:
        _LOG.error("a process that serves pages cannot go on: %s", error)
        sys.exit(error.exit_code)


@contextmanager
def _ended_by(signals: Sequence[signal.Signals], *, once: bool = False) -> Iterator[None]:
    """Let signals raise KeyboardInterrupt in the block, even if the shell that started us made us ignore one of them.

    `once`: after the first signal, ignore further ones, so that they do not interrupt the end of current work.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        if once:
            for number in signals:
                signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _free_port(settings: Settings) -> int:
    """Return the port to serve on: the configured one, or a free one if it is 0."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
            return int(probe.getsockname()[1])
        except (OSError, TypeError) as error:  # a TypeError if the host is malformed
            why = getattr(error, "strerror", None) or "GRAPHSVC_HOST is no host"
            raise OperatorError(
                f"Port {settings.port} on {settings.host} cannot be used ({why}). Stop what uses it,"
                " or choose another: GRAPHSVC_PORT=0 takes any that is free."
            ) from None
