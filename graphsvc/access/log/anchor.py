"""The anchor: a small file outside the database that records where the log ends, so that a cut tail is noticed.

The file has two places of one disk sector each, written in turn, so that an interrupted write leaves the other place
whole. A place contains a counter, the line being written or last written, the line before that, and a code over all
three under the chain's key. The file is written before the commit (`pending`) and again afterwards (`kept`). A process
killed in between leaves `pending`: then the log may end with either line. After `kept` it must end with the last.

The file is flushed to disk at most once a second, not with every line. After a power failure it may therefore name an
end that is some seconds old. That raises no alarm, but removing just the newest lines would go unnoticed.
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

_PLACE = 512  # bytes; a disk writes all of a sector or none of it
_SYNC_S = 1.0
_PATIENCE_S = 30.0
_POLL_S = 0.001
_WORDS = 8


@dataclass(frozen=True, slots=True)
class End:
    """A line of the log, by its number and HMAC; 0 and empty before the first line."""

    line: int = 0
    hmac: str = ""


NOWHERE = End(-1)  # stands in for the end of the log if the anchor is missing; matches no line


@dataclass(frozen=True, slots=True)
class AnchorMark:
    """Content of the file: the log ends with `last` or, if `pending`, perhaps still with `before`."""

    last: End
    before: End
    pending: bool
    counter: int = 0

    @property
    def sure(self) -> End:
        """The last line that was certainly written."""
        return self.before if self.pending else self.last


class Anchor:
    """The anchor file, and the lock under which the file and the log are written together."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key
        self._threads = threading.Lock()
        self._lock = path.with_name(f"{path.name}.lock")
        self._synced = 0.0

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock on the file, across all threads and processes that use it.

        Raises:
            OperatorError: its folder is missing or cannot be written. Busy: another process holds it for too long.
        """
        with self._threads:
            try:
                descriptor = self._acquire_lock()
            except OSError as error:
                raise self._unusable(error) from error
            try:
                yield
            finally:
                # A process forked in the meantime has the lock file open too: closing alone would leave it locked.
                with contextlib.suppress(OSError):
                    unlock_descriptor(descriptor)
                os.close(descriptor)

    def _acquire_lock(self) -> int:
        """Open and lock the lock file. Locking directly takes a thirtieth of the time that `FileLock` would."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            descriptor = _open_private(self._lock, getattr(os, "O_NOFOLLOW", 0))
            try:
                while not lock_descriptor(descriptor, blocking=False):
                    if time.monotonic() > deadline:
                        raise Busy("The log is being written by another process. Try again in a moment.")
                    time.sleep(_POLL_S)
                # If the lock file was removed in the meantime, others lock its replacement.
                if _is(descriptor, self._lock):
                    return descriptor
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    def read(self) -> AnchorMark | None:
        """Read the file's content; None if the file is missing or neither place is whole."""
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
        """Write `mark` in the place given by its counter; the lock must be held.

        Raises:
            OperatorError: the file cannot be written; nothing may be released then.
        """
        try:
            descriptor = _open_private(self.path)
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


def _open_private(path: Path, more: int = 0) -> int:
    """Open a file for writing, private to its owner. A missing folder is not created: its disk may be unmounted."""
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | more, 0o600)
