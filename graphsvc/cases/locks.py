"""Locks: one writer per case across all processes of a home, and no other writer while the store is rewritten.

A lock ends with its process, even if the process is killed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from graphsvc.errors import Busy
from graphsvc.records.progress import Progress

_STORE = "store.lock"
_SHORT_S, _LONG_S = 2.0, 600.0  # for a short wait, and for a wait until a load is done


class Locks:
    """The locks of one home's cases, and the lock of its store."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._has_store = False
        # Cases being written by this process.
        self._here: set[str] = set()

    @contextmanager
    def case(self, case: str) -> Iterator[None]:
        """Hold the write lock of a case.

        Raises:
            Busy: it is held elsewhere, or the store is being rewritten.
        """
        folder = self._folder()
        try:
            with FileLock(folder / f"{_name(case)}.lock", timeout=0.1, mode=0o600):
                # Tested while the case's lock is held: a rewrite takes the store's lock, then waits for the case's.
                with FileLock(folder / _STORE, timeout=_SHORT_S, mode=0o600):
                    pass
                self._here.add(case)
                try:
                    yield
                finally:
                    self._here.discard(case)
        except Timeout:
            raise Busy(f"The case {case} is being loaded or previewed. Try again when that is done.") from None

    @contextmanager
    def unless_elsewhere(self, case: str) -> Iterator[bool]:
        """Yield whether no other process writes a case during the block."""
        with ExitStack() as stack:
            try:
                if case not in self._here and not self._has_store:
                    stack.enter_context(self.case(case))
            except Busy:
                yield False
                return
            yield True

    @contextmanager
    def store(self, progress: Progress) -> Iterator[None]:
        """Hold the locks of the store and of all cases, waiting for current writers.

        Raises:
            Busy: they are held elsewhere, or a case takes long to load.
        """
        folder = self._folder()
        with ExitStack() as locks:
            try:
                locks.enter_context(FileLock(folder / _STORE, timeout=_SHORT_S, mode=0o600))
                for path in self._of_cases(folder):
                    progress(0, 0, "waiting until no case is being loaded")
                    locks.enter_context(FileLock(path, timeout=_LONG_S, mode=0o600))
            except Timeout:
                raise Busy(
                    "The store of the graph has to be rewritten, but a case is being loaded."
                    " The next start of graphsvc completes it."
                ) from None
            self._has_store = True
            try:
                yield
            finally:
                self._has_store = False

    @contextmanager
    def alone(self, case: str) -> Iterator[bool]:
        """Hold all locks, for a caller that holds the lock of `case`; yield False if others keep theirs for seconds."""
        if self._has_store:  # then no other process can write
            yield True
            return
        folder = self._folder()
        with ExitStack() as locks:
            try:
                locks.enter_context(FileLock(folder / _STORE, timeout=_SHORT_S, mode=0o600))
                for path in self._of_cases(folder):
                    if path.stem != _name(case):
                        # Wait longer than the holder of this lock may wait for the store's lock, which we hold.
                        locks.enter_context(FileLock(path, timeout=2 * _SHORT_S, mode=0o600))
            except Timeout:
                locks.close()
                yield False
                return
            yield True

    @staticmethod
    def _of_cases(folder: Path) -> list[Path]:
        return [path for path in sorted(folder.glob("*.lock")) if not path.name.startswith(("job-", "upload-", _STORE))]

    def _folder(self) -> Path:
        folder = self._home / "locks"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder


def _name(case: str) -> str:
    return hashlib.sha256(case.encode()).hexdigest()[:16]
