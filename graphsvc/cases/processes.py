"""The processes that serve one home, and the questions they ask each other about objects in their memory.

Each listens at a socket in a folder that only its own system user may enter. Objects in the memory of one process (a
Cypher run, a job's error) have an id that begins with its name, so that every process knows which one to ask.
"""

from __future__ import annotations

import logging
import os
import pickle
import secrets
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from graphsvc.errors import Busy, GraphsvcError, OperatorError

_LOG = logging.getLogger(__name__)
# Length of a process's name, in bytes and in hexadecimal digits.
_NAME = 4
_DIGITS = 2 * _NAME
# Seconds allowed for an answer beyond the wait requested; seconds before a process that did not answer is asked again.
_PATIENCE_S, _SILENT_S = 5.0, 30.0
_BACKLOG = 64
_END_S, _AGAIN_S = 5.0, 0.2
Answers = Mapping[str, Callable[..., Any]]


class GoneError(Exception):
    """The process that held the object no longer exists."""


class SilentError(GoneError):
    """The process seems to be alive but does not answer."""


class Processes:
    """This process among the processes of a home. A process that does not listen may still ask the others.

    Args:
        home: folder of the home.
        key: secret with which the processes authenticate to each other.
    """

    def __init__(self, home: Path, key: bytes) -> None:
        self._folder, self._key = home / "processes", key
        self._name = secrets.token_hex(_NAME)
        self._listening = ExitStack()
        self._closing = threading.Event()
        # Process → time until which it is not asked.
        self._silent: dict[str, float] = {}

    def new_id(self) -> str:
        """Return an unguessable id (32 hexadecimal digits) for an object that this process holds."""
        return self._name + secrets.token_hex(16 - _NAME)

    def is_mine(self, identifier: str) -> bool:
        """Whether this process holds the object with this id."""
        return identifier.startswith(self._name)

    def listen(self, answers: Answers) -> None:
        """Start answering the other processes; do nothing on Windows, where a single process serves.

        Args:
            answers: question → function that returns this process's answer; arguments and answers are plain values.

        Raises:
            OSError: the socket cannot be created.
        """
        if not hasattr(socket, "AF_UNIX"):
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with ExitStack() as undo:
            listener = undo.enter_context(socket.socket(socket.AF_UNIX))
            part = self._folder / f"{self._name}.part"
            with _short(part) as address:
                listener.bind(address)
            listener.listen(_BACKLOG)
            # Renamed only now: a caller refused earlier would think that the socket is from a killed process.
            part.rename(self._folder / self._name)
            undo.callback((self._folder / self._name).unlink, missing_ok=True)
            thread = threading.Thread(target=self._answer_all, args=(listener, answers), name="answers", daemon=True)
            undo.callback(self._wake, thread)
            thread.start()
            self._listening = undo.pop_all()

    def ask(self, identifier: str, question: str, *arguments: object, wait_s: float = 0.0) -> Any:
        """Return the answer of the process that holds `identifier`.

        Raises:
            GoneError: it no longer exists. Busy: it does not answer now. GraphsvcError: the error raised there.
        """
        try:
            return self._ask(identifier[:_DIGITS], question, arguments, wait_s)
        except SilentError:
            raise Busy("A process of the service does not answer at this moment. Try again in half a minute.") from None

    def ask_others(self, question: str, *arguments: object, wait_s: float = 0.0) -> list[Any]:
        """Return the answers of the other processes; one that is alive but does not answer is logged.

        A process that recently did not answer is asked again only if there is time to wait (`wait_s`).
        """
        answers = []
        for name in self._others():
            try:
                answers.append(self._ask(name, question, arguments, wait_s))
            except SilentError:
                _LOG.warning("a process that serves the home (its socket is %s) does not answer: %s", name, question)
            except GoneError:
                continue
            except GraphsvcError as error:
                _LOG.warning("a process that serves the home could not: %s, %s", question, type(error).__name__)
        return answers

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold a lock that only one process of the home can hold.

        Raises:
            Busy: the lock is held elsewhere for too long. OperatorError: the home cannot be written.
        """
        lock = FileLock(self._folder / "lock", timeout=2 * _PATIENCE_S, mode=0o600)
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise Busy("The service has too much to do at this moment. Try again in some seconds.") from None
        except OSError as error:
            raise OperatorError(
                f"The home of graphsvc cannot be written ({error.strerror}). Check its disk's space and permissions, then try again."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def settle(self) -> None:
        """Remove the sockets of killed processes."""
        for name in self._others():
            with suppress(GoneError, OSError, EOFError):
                self._call(name, _PATIENCE_S).close()
        for part in self._folder.glob("*.part"):  # left by processes killed before they listened
            with suppress(FileNotFoundError):  # renamed in the meantime: its process now listens
                if time.time() - part.stat().st_mtime > _SILENT_S:
                    part.unlink()

    def close(self) -> None:
        """Stop answering."""
        self._closing.set()
        self._listening.close()

    # -- both ends --------------------------------------------------------------------------------------------

    def _others(self) -> list[str]:
        return sorted(path.name for path in self._folder.glob("?" * _DIGITS) if path.name != self._name)

    def _ask(self, name: str, question: str, arguments: tuple[object, ...], wait_s: float) -> Any:
        # The name may come from outside: it must be that of a process, never a path.
        if name not in self._others():
            raise GoneError
        if not wait_s and time.monotonic() < self._silent.get(name, 0.0):
            raise SilentError
        try:
            with self._call(name, wait_s + _PATIENCE_S) as connection:
                connection.send((question, arguments))
                if not connection.poll(wait_s + _PATIENCE_S):
                    raise TimeoutError
                fine, answer = connection.recv()
        except (TimeoutError, BlockingIOError):
            self._silent[name] = time.monotonic() + _SILENT_S
            raise SilentError from None
        except GoneError:
            raise
        except Exception as error:
            # The process has ended, or its answer is malformed. The message is not logged: it may contain values.
            if name not in self._others():
                raise GoneError from None
            _LOG.error("asking another process %s: %s", question, type(error).__name__)
            raise SilentError from None
        if not fine:
            raise answer
        return answer

    def _call(self, name: str, patience_s: float) -> Connection:
        """Connect to another process. Raises GoneError, or OSError and EOFError if it hangs or is just ending."""
        path, caller = self._folder / name, socket.socket(socket.AF_UNIX)
        try:
            _be_patient(caller, patience_s)
            with _short(path) as address:
                caller.connect(address)
            connection = Connection(caller.detach())
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)  # left by a killed process
            raise GoneError from None
        finally:
            caller.close()
        try:
            answer_challenge(connection, self._key)
            deliver_challenge(connection, self._key)
        except AuthenticationError:
            connection.close()
            raise GoneError from None
        except BaseException:
            connection.close()
            raise
        return connection

    def _answer_all(self, listener: socket.socket, answers: Answers) -> None:
        while not self._closing.is_set():
            try:
                caller, _ = listener.accept()
                threading.Thread(target=self._answer, args=(caller, answers), name="answer", daemon=True).start()
            except (OSError, RuntimeError) as error:
                # The caller has gone, this process is closing, or no file or thread is available now.
                if not self._closing.wait(_AGAIN_S):
                    _LOG.warning("another process could not be answered: %s", type(error).__name__)

    def _answer(self, caller: socket.socket, answers: Answers) -> None:
        _be_patient(caller, _PATIENCE_S)
        with Connection(caller.detach()) as connection, suppress(OSError, EOFError, AuthenticationError):
            deliver_challenge(connection, self._key)
            answer_challenge(connection, self._key)
            question, arguments = connection.recv()
            try:
                try:
                    answer = pickle.dumps((True, answers[question](*arguments)))
                except GraphsvcError as error:
                    answer = pickle.dumps((False, error))
            except Exception as error:
                # The message is not logged: it may contain values. The caller sees that there was no answer.
                _LOG.error("another process asked %s: %s", question, type(error).__name__)
                return
            connection.send_bytes(answer)

    def _wake(self, thread: threading.Thread) -> None:
        """Wake the listening thread, so that it notices that this process is closing."""
        with suppress(OSError), _short(self._folder / self._name) as address, socket.socket(socket.AF_UNIX) as caller:
            caller.connect(address)
        thread.join(_END_S)


def _be_patient(end: socket.socket, patience_s: float) -> None:
    """Limit the time of each read and write at a socket, as the other process may hang."""
    limit = struct.pack("ll", int(patience_s), 0)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        end.setsockopt(socket.SOL_SOCKET, option, limit)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Yield a short path for a socket (on Linux): paths of sockets are limited to about a hundred bytes."""
    if sys.platform != "linux":
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
