"""The processes that serve the pages of one home: the one that was started, and others beside it on the same sockets.

Python works at one thing at a time in each process. The first one holds the managed server, completes what a kill left, opens
accounts that wait and starts another where one of those beside it has died; all of them answer whoever the system gives them.
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
from graphsvc.errors import GraphsvcError, OperatorError
from graphsvc.service import CancelledError, Service, settle

_LOG = logging.getLogger(__name__)
# Pages at once in each process: some wait for minutes for what somebody else works out of a large case, and hold up nobody with it.
_THREADS = 24
# Between two starts of a process that dies at once; and what the others are given to end
# (longer than what they do may take to come to an end, see `cases.home.Home.close`).
_AGAIN_S, _END_S = 5.0, 180.0
_ENDING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """Serve after the block (which says where), until Ctrl-C or a signal to end."""
    # Imported here: the other commands need not wait for what only pages need.
    from graphsvc.web import door

    settings = service.settings
    port = _free_port(settings)
    address = door.address_of(settings, service.hidden_path(), port)
    with _ended_by(_ENDING), _Pages(service, address, host=settings.host, port=port) as pages:
        try:
            yield address
            service.uploads.forget_previews()  # of another version, perhaps
            settle()
            others = service.settings.serving_processes - 1 if _answers(service) else 0
            service.plan_ahead()
            service.keep_opening()
            with _Beside(service, address, pages.listening, others):
                try:
                    pages.run()
                finally:
                    # Nobody is let in any more while the others come to their end.
                    pages.close()
                    say("Stopping.", err=True)
        except KeyboardInterrupt:
            pass


def _answers(service: Service) -> bool:
    """Answer the other processes from now on; whether they can ask here."""
    try:
        service.answer_others()
    except OSError as error:
        _LOG.warning("one process alone serves: no socket can be made in the home (%s)", error.strerror)
        return False
    return True


class _Pages:
    """The pages of a service behind sockets: of its own, at a host and a port, or of another process."""

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
        """The sockets that it listens at."""
        return [server.socket for server in self._servers]

    def run(self) -> None:
        """Serve until something is raised."""
        threading.Thread(target=self._make_ready, name="templates", daemon=True).start()
        self._server.run()

    def _make_ready(self) -> None:
        """Compile the templates, before whoever opens a page first waits for its own."""
        for name in self._app.jinja_env.list_templates():
            self._app.jinja_env.get_template(name)

    def close(self) -> None:
        """Serve nobody any more. Closing twice does no harm."""
        self._server.close()
        # Of browsers that keep their connection too.
        wasyncore.close_all(self._sockets, ignore_all=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Beside:
    """The processes beside this one, which live as long as the block. One that dies is started again, after what it left was completed."""

    def __init__(self, service: Service, address: str, sockets: Sequence[socket.socket], number: int) -> None:
        self._service, self._address, self._sockets, self._number = service, address, sockets, number
        self._context = get_context("spawn")
        self._closing = threading.Event()
        self._changing = threading.Lock()
        self._watching = threading.Thread(target=self._watch, name="processes", daemon=True)
        # Process → our end of a pipe, whose end it takes for ours.
        self._lifelines: dict[Any, Connection] = {}
        # Whether one died and what it left is still to be completed.
        self._died = False

    def _watch(self) -> None:
        while not self._closing.is_set():
            try:
                self._look()
            except CancelledError:
                return
            except Exception as error:
                # Whatever it is (no memory, no file to be had): the next look tries again, and the others go on serving.
                _LOG.exception("the processes beside this one: %s", type(error).__name__, exc_info=False)
                self._closing.wait(_AGAIN_S)

    def _look(self) -> None:
        """Complete what one left that died, start those that are missing, and wait a moment for one to end."""
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
        """Start one; not where this is the end."""
        with self._changing, ExitStack() as undo:
            if self._closing.is_set():
                return False
            theirs, ours = self._context.Pipe(duplex=False)
            undo.callback(ours.close)
            with theirs:
                # Daemons would be ended in the middle of what they do.
                process = self._context.Process(
                    target=beside, args=(self._service.settings, self._address, self._sockets, theirs), daemon=False
                )
                process.start()
            undo.pop_all()
            self._lifelines[process] = ours
            return True

    def _bury(self, process: Any) -> None:
        """Let go of one that ended."""
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
    """Serve at the sockets of the process that started this one, until it closes its end of a pipe, or is gone."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the first one as well, which ends us

    def end_with_it() -> None:
        with suppress(EOFError, OSError):
            lifeline.recv()
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        with _ended_by((signal.SIGTERM,), once=True):
            threading.Thread(target=end_with_it, name="lifeline", daemon=True).start()
            with Service(settings, beside=True) as service, _Pages(service, address, sockets=list(sockets)) as pages:
                service.store()
                settle()
                service.answer_others()
                pages.run()
    except KeyboardInterrupt:
        pass
    except GraphsvcError as error:
        _LOG.error("a process that serves pages cannot go on: %s", error)
        sys.exit(error.exit_code)


@contextmanager
def _ended_by(signals: Sequence[signal.Signals], *, once: bool = False) -> Iterator[None]:
    """Signals that raise KeyboardInterrupt in the block, also where a shell started us with one of them ignored.

    `once`: whatever comes after the first is ignored: what is at work is being brought to its end.
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
    """The port to serve on: the one that is set, or any that is free for 0."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
            return int(probe.getsockname()[1])
        except (OSError, TypeError) as error:  # a TypeError where the host cannot be written as one
            why = getattr(error, "strerror", None) or "GRAPHSVC_HOST is no host"
            raise OperatorError(
                f"Port {settings.port} on {settings.host} cannot be used ({why}). Stop what uses it,"
                " or choose another: GRAPHSVC_PORT=0 takes any that is free."
            ) from None
