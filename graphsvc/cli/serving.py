"""The processes that serve the pages of one home: the first one, and others on the same sockets.

Python does one thing at a time in each process. The first process runs the managed server, completes work that a kill
interrupted, opens statements that wait, and replaces other processes that died. The operating system hands each request
to any of them.
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
# Pages at the same time in each process: some wait minutes for another reader's computation on a large case, and must
# not hold up the rest.
_THREADS = 24
# Seconds between two starts of a process that dies immediately, and the time the others get to end (longer than ending
# their work may take, see `cases.home.Home.close`).
_AGAIN_S, _END_S = 5.0, 180.0
_ENDING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """Serve the pages once the block, which is given their address, has finished, until Ctrl-C or a signal to end."""
    # Imported here: the other commands need not wait for modules that only the pages use.
    from graphsvc.web import door

    settings = service.settings
    port = _free_port(settings)
    address = door.address_of(settings, service.hidden_path(), port)
    with _ended_by(_ENDING), _Pages(service, address, host=settings.host, port=port) as pages:
        try:
            yield address
            service.uploads.forget_previews()  # possibly of another version
            freeze_memory()
            further_processes = service.settings.serving_processes - 1 if _answers(service) else 0
            service.plan_ahead()
            start_preparing(service)
            service.keep_opening()
            with _Beside(service, address, pages.listening, further_processes):
                try:
                    pages.run()
                finally:
                    # No one else is let in while the others finish.
                    pages.close()
                    say("Stopping.", err=True)
        except KeyboardInterrupt:
            pass


def _answers(service: Service) -> bool:
    """Start answering questions from the other processes; return whether they can ask them here."""
    try:
        service.answer_others()
    except OSError as error:
        _LOG.warning("one process alone serves: no socket can be made in the home (%s)", error.strerror)
        return False
    return True


class _Pages:
    """The pages of a service on sockets: its own at a host and a port, or those of another process."""

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
        """Sockets the server listens on."""
        return [server.socket for server in self._servers]

    def run(self) -> None:
        """Serve until an exception is raised."""
        threading.Thread(target=self._make_ready, name="templates", daemon=True).start()
        self._server.run()

    def _make_ready(self) -> None:
        """Compile the templates before the first reader has to wait for them."""
        for name in self._app.jinja_env.list_templates():
            self._app.jinja_env.get_template(name)

    def close(self) -> None:
        """Stop serving. Closing twice does no harm."""
        self._server.close()
        # Including connections that browsers keep open.
        wasyncore.close_all(self._sockets, ignore_all=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Beside:
    """The other processes, which live as long as the block. If one dies, its work is completed, then it is replaced."""

    def __init__(self, service: Service, address: str, sockets: Sequence[socket.socket], number: int) -> None:
        self._service, self._address, self._sockets, self._number = service, address, sockets, number
        self._context = get_context("spawn")
        self._closing = threading.Event()
        self._changing = threading.Lock()
        self._watching = threading.Thread(target=self._watch, name="processes", daemon=True)
        # Process → our end of a pipe; the process ends when our end is closed.
        self._lifelines: dict[Any, Connection] = {}
        # Whether a process died and its work is still to be completed.
        self._died = False

    def _watch(self) -> None:
        while not self._closing.is_set():
            try:
                self._look()
            except CancelledError:
                return
            except Exception as error:
                # Whatever the error (no memory, no free file handle), the next look tries again and the others go on
                # serving.
                _LOG.exception("the other processes: %s", type(error).__name__, exc_info=False)
                self._closing.wait(_AGAIN_S)

    def _look(self) -> None:
        """Complete the work of a process that died, start the missing ones, and wait a moment for one to end."""
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
                # Daemons would be killed in the middle of their work.
                process = self._context.Process(
                    target=beside, args=(self._service.settings, self._address, self._sockets, theirs), daemon=False
                )
                process.start()
            undo.pop_all()
            self._lifelines[process] = ours
            return True

    def _bury(self, process: Any) -> None:
        """Forget a process that ended, and note that its work may be incomplete."""
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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C also reaches the first process, which then ends this one

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
    """Make signals raise KeyboardInterrupt in the block, even if a shell started us with one of them ignored.

    `once`: further signals are ignored, because current work is being brought to an end.
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
        except (OSError, TypeError) as error:  # a TypeError if the host has no valid form
            why = getattr(error, "strerror", None) or "GRAPHSVC_HOST is no host"
            raise OperatorError(
                f"Port {settings.port} on {settings.host} cannot be used ({why}). Stop what uses it,"
                " or choose another: GRAPHSVC_PORT=0 takes any that is free."
            ) from None
