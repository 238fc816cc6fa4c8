"""One writer a case over all processes of a home, and none while the store is written anew.

A lock ends with its process, whatever kills that.
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
_SHORT_S, _LONG_S = 2.0, 600.0  # a look at a lock, and waiting for a load


class Locks:
    """The locks of the cases of one home, and that of its store."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._has_store = False
        # The cases that are written here.
        self._here: set[str] = set()

    @contextmanager
    def case(self, case: str) -> Iterator[None]:
        """Be the one who writes a case.

        Raises:
            Busy: another is, or writes the store anew.
        """
        folder = self._folder()
        try:
            with FileLock(folder / f"{_name(case)}.lock", timeout=0.1, mode=0o600):
                # After the lock of the case: who writes the store anew first takes this one and then waits for ours.
                with FileLock(folder / _STORE, timeout=_SHORT_S, mode=0o600):
                    pass
                self._here.add(case)
                try:
                    yield
                finally:
                    self._here.discard(case)
        except Timeout:
            raise Busy(f"The case {case} is being loaded by someone else. Try again when that is done.") from None

    @contextmanager
    def unless_elsewhere(self, case: str) -> Iterator[bool]:
        """Gives whether no other process writes a case in the block."""
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
        """Be the only one who writes anything; waits for those who do.

        Raises:
            Busy: another process is at it, or a case is being loaded for long.
        """
        folder = self._folder()
        with ExitStack() as held:
            try:
                held.enter_context(FileLock(folder / _STORE, timeout=_SHORT_S, mode=0o600))
                for path in self._of_cases(folder):
                    progress(0, 0, "waiting until no case is being loaded")
                    held.enter_context(FileLock(path, timeout=_LONG_S, mode=0o600))
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
        """Be the only one who writes anything, for who writes a case already; gives whether that is so. Waits some seconds at most."""
        if self._has_store:  # then nobody but its holder writes a case
            yield True
            return
        folder = self._folder()
        with ExitStack() as held:
            try:
                held.enter_context(FileLock(folder / _STORE, timeout=_SHORT_S, mode=0o600))
                for path in self._of_cases(folder):
                    if path.stem != _name(case):
                        # Longer than somebody who has this lock may wait for the one that we have.
                        held.enter_context(FileLock(path, timeout=2 * _SHORT_S, mode=0o600))
            except Timeout:
                held.close()
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
