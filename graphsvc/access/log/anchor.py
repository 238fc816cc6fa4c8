"""Where the log ends, kept in a small file outside the database: a tail that was cut is noticed by it.

The file has two places of one disk sector each, written in turn, so that a write torn in the middle leaves the other
whole. A place holds a counter, the line being written or last written, the line before that, and a code over it all
under the key of the chain. It is written before the database commits (`pending`) and again after (`kept`): a process
killed in between leaves `pending`, and then both lines it names are a proper end; after `kept` only the last is.

It is forced to the disk once a second at most, not with every line: after a loss of power the file may name an end that
is some seconds old, which is no alarm, but a cut of just those lines would go unnoticed.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import lock_descriptor, unlock_descriptor

from graphsvc.errors import Busy, OperatorError

_PLACE = 512  # bytes; a disk writes so many or none
_SYNC_S = 1.0
_PATIENCE_S = 30.0
_POLL_S = 0.001
_WORDS = 8


@dataclass(frozen=True, slots=True)
class End:
    """A line by its number and HMAC; 0 and empty: before the first."""

    line: int = 0
    hmac: str = ""


NOWHERE = End(-1)  # where a log ends whose anchor is missing: agrees with nothing


@dataclass(frozen=True, slots=True)
class AnchorMark:
    """What the file says: the log ends with `last` or, if that is only `pending`, perhaps still with `before`."""

    last: End
    before: End
    pending: bool
    counter: int = 0

    @property
    def sure(self) -> End:
        """The last line that certainly was there."""
        return self.before if self.pending else self.last


class Anchor:
    """The file, and the lock under which it and the log are written together."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key
        self._threads = threading.Lock()
        self._lock = path.with_name(f"{path.name}.lock")
        self._synced = 0.0

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Alone with the file, among all threads and processes that use it.

        Raises:
            OperatorError: its folder is not there or cannot be written. Busy: another holds it for too long.
        """
        with self._threads:
            try:
                descriptor = self._locked()
            except OSError as error:
                raise self._unusable(error) from error
            try:
                yield
            finally:
                # A process that was forked meanwhile has it open as well: closing alone would leave it locked.
                with contextlib.suppress(OSError):
                    unlock_descriptor(descriptor)
                os.close(descriptor)

    def _locked(self) -> int:
        """The file of the lock, open and locked. To take the lock itself takes a thirtieth of what one that looks after its file takes."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            descriptor = _opened(self._lock, getattr(os, "O_NOFOLLOW", 0))
            try:
                while not lock_descriptor(descriptor, blocking=False):
                    if time.monotonic() > deadline:
                        raise Busy("The log is being written by another process. Try again in a moment.")
                    time.sleep(_POLL_S)
                # Where somebody took the file away meanwhile, others lock the one that came in its place.
                if _is(descriptor, self._lock):
                    return descriptor
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    def read(self) -> AnchorMark | None:
        """What the file says; None if there is none, or nothing whole in it."""
        try:
            with self.path.open("rb") as file:
                content = file.read(2 * _PLACE)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from error
        marks = [self._parse(content[place : place + _PLACE]) for place in (0, _PLACE)]
        return max((mark for mark in marks if mark is not None), key=lambda mark: mark.counter, default=None)

    def write(self, mark: AnchorMark) -> None:
        """Write `mark` in the place its counter says; it must be held.

        Raises:
            OperatorError: it cannot be written; nothing may be released then.
        """
        try:
            descriptor = _opened(self.path)
            try:
                os.lseek(descriptor, mark.counter % 2 * _PLACE, os.SEEK_SET)
                if os.write(descriptor, self._format(mark)) != _PLACE:
                    raise OSError(28, "No space left on device")
                if time.monotonic() - self._synced > _SYNC_S:
                    os.fsync(descriptor)
                    self._synced = time.monotonic()
            finally:
                os.close(descriptor)
        except OSError as error:
            raise self._unusable(error) from error

    def _format(self, mark: AnchorMark) -> bytes:
        ends = [text for end in (mark.last, mark.before) for text in (str(end.line), end.hmac or "-")]
        words = ["graphsvc-log", str(mark.counter), "pending" if mark.pending else "kept", *ends]
        text = " ".join([*words, self._code(words)])
        return text.ljust(_PLACE - 1).encode("ascii") + b"\n"

    def _parse(self, place: bytes) -> AnchorMark | None:
        words = place.decode("ascii", errors="replace").split()
        if len(words) != _WORDS or not hmac.compare_digest(words[-1].encode(), self._code(words[:-1]).encode()):
            return None
        ends = [End(int(words[at]), words[at + 1].strip("-")) for at in (3, 5)]
        return AnchorMark(ends[0], ends[1], words[2] == "pending", int(words[1]))

    def _code(self, words: list[str]) -> str:
        return hmac.digest(self._key, "\0".join(("anchor", *words)).encode(), hashlib.sha256).hex()

    def _unusable(self, error: OSError) -> OperatorError:
        return OperatorError(
            f"The log's anchor {self.path} cannot be used ({error.strerror}), so nothing is released. Make its folder"
            " writable, or set GRAPHSVC_LOG_ANCHOR to a file that can be written."
        )


def _is(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _opened(path: Path, more: int = 0) -> int:
    """A file of its owner's to write in; where its folder is missing, none is made: the disk may only not be there."""
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | more, 0o600)
