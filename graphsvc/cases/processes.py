"""The processes that serve one home, and what each asks the others: what is in the memory of one of them alone.

Each listens at a socket in a folder that only this account may enter. What one alone holds (a run of Cypher, what ended a job)
bears an id that begins with the name of its process, so that whichever is asked knows whom to ask.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any

from filelock import FileLock

from graphsvc.errors import GraphsvcError

_LOG = logging.getLogger(__name__)
# Bytes of the name of a process; hexadecimal digits of it.
_NAME = 4
_DIGITS = 2 * _NAME
# How long an answer may take beyond what was asked to wait for.
_PATIENCE_S = 30.0
_BACKLOG = 64
_END_S = 5.0
Answers = Mapping[str, Callable[..., Any]]


class GoneError(Exception):
    """The process that held this is no more, or does not answer."""


class Processes:
    """This process among those that serve a home. One that does not listen may ask those that do.

    Args:
        home: whose.
        key: what they prove to each other that they have.
    """

    def __init__(self, home: Path, key: bytes) -> None:
        self._folder, self._key = home / "processes", key
        self._name = secrets.token_hex(_NAME)
        self._listening = ExitStack()
        self._closing = threading.Event()

    def new_id(self) -> str:
        """An id (32 hexadecimal digits) that nobody can guess, for what this process holds."""
        return self._name + secrets.token_hex(16 - _NAME)

    def is_mine(self, identifier: str) -> bool:
        """Whether this process holds what bears this id."""
        return identifier.startswith(self._name)

    def listen(self, answers: Answers) -> None:
        """Answer the others from now on.

        Args:
            answers: question → what gives the answer of this process; it and what is asked with are plain values.

        Raises:
            OSError: the socket cannot be made.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with ExitStack() as undo:
            listener = undo.enter_context(socket.socket(socket.AF_UNIX))
            part = self._folder / f"{self._name}.part"
            with _short(part) as address:
                listener.bind(address)
            listener.listen(_BACKLOG)
            # Only now: whoever called before would be refused, and take it for one of a process that was killed.
            part.rename(self._folder / self._name)
            undo.callback((self._folder / self._name).unlink, missing_ok=True)
            thread = threading.Thread(target=self._answer_all, args=(listener, answers), name="answers", daemon=True)
            undo.callback(self._wake, thread)
            thread.start()
            self._listening = undo.pop_all()

    def ask(self, identifier: str, question: str, *given: object, wait_s: float = 0.0) -> Any:
        """What the process that holds `identifier` answers.

        Raises:
            GoneError: it is no more. GraphsvcError: what it met.
        """
        return self._asked(identifier[:_DIGITS], question, given, wait_s)

    def ask_others(self, question: str, *given: object) -> list[Any]:
        """What the others that live answer; of one that does not, though it lives, the process's log says so."""
        answers = []
        for name in self._others():
            try:
                answers.append(self._asked(name, question, given, 0.0))
            except GoneError:
                if name in self._others():
                    _LOG.warning("a process that serves the home does not answer: %s", question)
        return answers

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process is in such a block."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with FileLock(self._folder / "lock", timeout=_PATIENCE_S, mode=0o600):
            yield

    def settle(self) -> None:
        """Remove the sockets of those that were killed."""
        for name in self._others():
            with suppress(GoneError):
                self._call(name).close()

    def close(self) -> None:
        """Answer nobody any more."""
        self._closing.set()
        self._listening.close()

    # -- both ends --------------------------------------------------------------------------------------------

    def _others(self) -> list[str]:
        return sorted(path.name for path in self._folder.glob("?" * _DIGITS) if path.name != self._name)

    def _asked(self, name: str, question: str, given: tuple[object, ...], wait_s: float) -> Any:
        # What is asked may come from outside: it names a process, and no path.
        if name not in self._others():
            raise GoneError
        try:
            with self._call(name) as connection:
                connection.send((question, given))
                if not connection.poll(wait_s + _PATIENCE_S):
                    raise GoneError
                fine, answer = connection.recv()
        except (OSError, EOFError):
            raise GoneError from None
        if not fine:
            raise answer
        return answer

    def _call(self, name: str) -> Connection:
        path, caller = self._folder / name, socket.socket(socket.AF_UNIX)
        try:
            _be_patient(caller)
            with _short(path) as address:
                caller.connect(address)
            connection = Connection(caller.detach())
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)  # of one that was killed
            raise GoneError from None
        except OSError:
            raise GoneError from None
        finally:
            caller.close()
        try:
            answer_challenge(connection, self._key)
            deliver_challenge(connection, self._key)
        except (OSError, EOFError, AuthenticationError):
            connection.close()
            raise GoneError from None
        return connection

    def _answer_all(self, listener: socket.socket, answers: Answers) -> None:
        while not self._closing.is_set():
            try:
                caller, _ = listener.accept()
            except OSError:
                continue  # who asked has gone, or this is the end
            threading.Thread(target=self._answer, args=(caller, answers), name="answer", daemon=True).start()

    def _answer(self, caller: socket.socket, answers: Answers) -> None:
        _be_patient(caller)
        with Connection(caller.detach()) as connection, suppress(OSError, EOFError, AuthenticationError):
            deliver_challenge(connection, self._key)
            answer_challenge(connection, self._key)
            question, given = connection.recv()
            try:
                answer: object = (True, answers[question](*given))
            except GraphsvcError as error:
                answer = (False, error)
            except Exception as error:
                # Not its message: it may hold values. Who asked is told that there was no answer.
                _LOG.error("another process asked %s: %s", question, type(error).__name__)
                return
            connection.send(answer)

    def _wake(self, thread: threading.Thread) -> None:
        """Have the thread that waits for others see that this is the end."""
        with suppress(OSError), _short(self._folder / self._name) as address, socket.socket(socket.AF_UNIX) as caller:
            caller.connect(address)
        thread.join(_END_S)


def _be_patient(end: socket.socket) -> None:
    """Have each step at an end fail that takes longer than one may: the other process may stand still."""
    limit = struct.pack("ll", int(_PATIENCE_S), 0)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        end.setsockopt(socket.SOL_SOCKET, option, limit)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A path of a socket, which may not have more than some hundred bytes, where the folder can be named otherwise."""
    if sys.platform != "linux":
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
