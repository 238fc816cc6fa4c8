"""The processes that serve one home, and what each asks the others: what is in the memory of one of them alone.

Each listens at a socket in a folder that only this account may enter. What one alone holds (a run of Cypher, what ended a job)
bears an id that begins with the name of its process, so that whichever is asked knows whom to ask.
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
# Bytes of the name of a process; hexadecimal digits of it.
_NAME = 4
_DIGITS = 2 * _NAME
# How long an answer may take beyond what was asked to wait for; and how long one that did not answer is not asked again.
_PATIENCE_S, _SILENT_S = 5.0, 30.0
_BACKLOG = 64
_END_S, _AGAIN_S = 5.0, 0.2
Answers = Mapping[str, Callable[..., Any]]


class GoneError(Exception):
    """The process that held this is no more."""


class SilentError(GoneError):
    """It lives, as it seems, and does not answer."""


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
        # Process → until when it is not asked.
        self._silent: dict[str, float] = {}

    def new_id(self) -> str:
        """An id (32 hexadecimal digits) that nobody can guess, for what this process holds."""
        return self._name + secrets.token_hex(16 - _NAME)

    def is_mine(self, identifier: str) -> bool:
        """Whether this process holds what bears this id."""
        return identifier.startswith(self._name)

    def listen(self, answers: Answers) -> None:
        """Answer the others from now on; nobody on Windows, where one alone serves.

        Args:
            answers: question → what gives the answer of this process; it and what is asked with are plain values.

        Raises:
            OSError: the socket cannot be made.
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
            GoneError: it is no more. Busy: it does not answer at this moment. GraphsvcError: what it met.
        """
        try:
            return self._asked(identifier[:_DIGITS], question, given, wait_s)
        except SilentError:
            raise Busy("A process of the service does not answer at this moment. Try again in half a minute.") from None

    def ask_others(self, question: str, *given: object, wait_s: float = 0.0) -> list[Any]:
        """What the others that live answer; of one that does not, though it lives, the process's log says so.

        One that did not answer lately is asked again where it may take a while (`wait_s`), and else passed over.
        """
        answers = []
        for name in self._others():
            try:
                answers.append(self._asked(name, question, given, wait_s))
            except SilentError:
                _LOG.warning("a process that serves the home (its socket is %s) does not answer: %s", name, question)
            except GoneError:
                continue
            except GraphsvcError as error:
                _LOG.warning("a process that serves the home could not: %s, %s", question, type(error).__name__)
        return answers

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process is in such a block.

        Raises:
            Busy: another is, and does not come out of it. OperatorError: the home cannot be written.
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
        """Remove the sockets of those that were killed."""
        for name in self._others():
            with suppress(GoneError, OSError, EOFError):
                self._call(name, _PATIENCE_S).close()
        for part in self._folder.glob("*.part"):  # of who was killed before anybody could ask it
            with suppress(FileNotFoundError):  # it can be asked by now
                if time.time() - part.stat().st_mtime > _SILENT_S:
                    part.unlink()

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
        if not wait_s and time.monotonic() < self._silent.get(name, 0.0):
            raise SilentError
        try:
            with self._call(name, wait_s + _PATIENCE_S) as connection:
                connection.send((question, given))
                if not connection.poll(wait_s + _PATIENCE_S):
                    raise TimeoutError
                fine, answer = connection.recv()
        except (TimeoutError, BlockingIOError):
            self._silent[name] = time.monotonic() + _SILENT_S
            raise SilentError from None
        except GoneError:
            raise
        except Exception as error:
            # It ended meanwhile, or what it said cannot be understood. Not the message: it may hold values.
            if name not in self._others():
                raise GoneError from None
            _LOG.error("asking another process %s: %s", question, type(error).__name__)
            raise SilentError from None
        if not fine:
            raise answer
        return answer

    def _call(self, name: str, patience_s: float) -> Connection:
        """A connection to another process. Raises GoneError, or OSError and EOFError where it stands still or just ends."""
        path, caller = self._folder / name, socket.socket(socket.AF_UNIX)
        try:
            _be_patient(caller, patience_s)
            with _short(path) as address:
                caller.connect(address)
            connection = Connection(caller.detach())
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)  # of one that was killed
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
                # Who asked has gone, or this is the end; or there is no file or no thread to be had at this moment.
                if not self._closing.wait(_AGAIN_S):
                    _LOG.warning("another process could not be answered: %s", type(error).__name__)

    def _answer(self, caller: socket.socket, answers: Answers) -> None:
        _be_patient(caller, _PATIENCE_S)
        with Connection(caller.detach()) as connection, suppress(OSError, EOFError, AuthenticationError):
            deliver_challenge(connection, self._key)
            answer_challenge(connection, self._key)
            question, given = connection.recv()
            try:
                try:
                    answer = pickle.dumps((True, answers[question](*given)))
                except GraphsvcError as error:
                    answer = pickle.dumps((False, error))
            except Exception as error:
                # Not its message: it may hold values. Who asked is told that there was no answer.
                _LOG.error("another process asked %s: %s", question, type(error).__name__)
                return
            connection.send_bytes(answer)

    def _wake(self, thread: threading.Thread) -> None:
        """Have the thread that waits for others see that this is the end."""
        with suppress(OSError), _short(self._folder / self._name) as address, socket.socket(socket.AF_UNIX) as caller:
            caller.connect(address)
        thread.join(_END_S)


def _be_patient(end: socket.socket, patience_s: float) -> None:
    """Have each step at an end fail that takes longer than one may: the other process may stand still."""
    limit = struct.pack("ll", int(patience_s), 0)
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
