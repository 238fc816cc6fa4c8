"""Answers about a whole case, and results computed from them, kept on disk until the case changes.

Each is one file in the home, encrypted under the case's data key. Its path, and the data it is bound to, derive from
all that decides the answer: case, clearance, question, and the mark of the case's state visible at that clearance. A
change to a case is reported as done only after files of earlier states are removed. Only the gate makes and opens them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import math
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

import sqlalchemy as sa
from filelock import BaseFileLock, FileLock, Timeout

from graphsvc.access.gate import standing
from graphsvc.access.gate.arrow import as_arrow, as_batch, from_arrow, join_batches
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import decrypt, encrypt
from graphsvc.appdb import tables, transaction
from graphsvc.errors import GraphsvcError, OperatorError
from graphsvc.queries import cypher_folder
from graphsvc.records.patience import PATIENCE, not_ready
from graphsvc.records.readers import Readers

_LOG = logging.getLogger(__name__)
# Rows in a frame; and most files for one state of a case at one clearance (the most recently used stay).
_BATCH, _MOST = 65_536, 64
# When deciding what to keep, a computed row counts as this many rows that were only read.
_WORTH = 50
_LENGTH = 8
# Bytes of an encrypted frame with no content.
_LEAST_SEALED = 28
_LOCK_S = 60.0
# Seconds after which the writer of a part is assumed to be gone.
_ABANDONED_S = 3_600.0
# Seconds to wait for an answer that another thread or process is making, and between attempts.
_MAKING_S, _POLL_S = 600.0, 0.1
_PART, _MAKING, _HEAVY, _END = "part-", "making-", "heavy", b"end"
_MARKS = sa.select(*(tables.cases.c[name] for name in ("id", "held", "mark_s", "mark_p")))
_PACKAGE = Path(__file__).parents[2]

Locked = Callable[[], AbstractContextManager[None]]
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class AsRows(Generic[Thing]):
    """Functions that turn a result computed from a whole case into rows, and back.

    Attributes:
        name: name of the result, different from those of other results.
        rows: returns rows of equal length, and data to keep with them; all plain values (see `arrow.as_arrow`).
        made: the inverse of `rows`: returns an equal result.
        heavy: whether computing the result takes all processors and much memory.
        laid: whether `made` receives the rows in columns, as an Arrow record batch.
    """

    name: str
    rows: Callable[[Thing], tuple[Iterable[tuple[Any, ...]], Mapping[str, Any]]]
    made: Callable[[Any, Mapping[str, Any]], Thing]
    heavy: bool = False
    laid: bool = False


class Snapshots:
    """The snapshots of one home.

    Args:
        folder: their folder; created with the first snapshot.
        root: key for file names, so that names reveal nothing.
        database: holds the state of each case.
        key_of: returns the data key of a case.
        least: fewest rows worth keeping; 0 keeps nothing.
    """

    def __init__(
        self, folder: Path, root: bytes, database: sa.Engine, key_of: Callable[[str], bytes], least: int
    ) -> None:
        self._folder, self._root, self._database = folder, root, database
        self._key_of, self._least = key_of, least
        # Digest of the running code, taken before an upgrade can replace the files.
        self._rules = _rules() if least else ""

    def of(
        self,
        case: str,
        grant: Grant,
        case_row: Any,
        question: Sequence[object],
        *,
        usual: bool = True,
        computed: bool = False,
    ) -> Snapshot:
        """Return the snapshot of an answer, existing or not; nothing is ever kept for an unusual question.

        Args:
            case: the case.
            grant: the clearance.
            case_row: the case's row, open at that clearance, with `held`, `mark_s` and `mark_p`.
            question: the question, with the query's own text and the settings that decide the answer.
            usual: whether everyone asks it in this form; answers to one reader's filters would displace the others.
            computed: whether its rows are computed: each is worth many rows that are only read.
        """
        mark = standing.mark(case_row, grant.among)
        if not (usual and mark and self._least):
            return Snapshot(self._folder / "none", b"", "", math.inf, self.lock)
        bound = json.dumps([self._rules, case, grant.handling, grant.sources, mark, *map(str, question)])
        path = self._folder / self._state(case, grant.among, mark) / self._name(bound)
        least = self._least / _WORTH if computed else self._least
        return Snapshot(path, self._key_of(case), bound, least, self.lock)

    def settle(self) -> None:
        """Remove files of states that no case is in any more, and files never completed.

        A file that cannot be removed is no longer served; the failure is logged, and the next call tries again.
        """
        if not self._folder.exists():
            return
        try:
            with self.lock():
                self._remove_former()
        except OSError as error:
            _LOG.warning("what was kept of a former state of a case was not all deleted: %s", type(error).__name__)

    def _remove_former(self) -> None:
        with transaction(self._database) as connection:
            rows = connection.execute(_MARKS).all()
        current = {self._state(row.id, readers, standing.mark(row, readers)) for row in rows for readers in Readers}
        unfinished = [*self._folder.glob(f"{_MAKING}*")]
        for folder in [path for path in self._folder.iterdir() if path.is_dir()]:
            if folder.name not in current:
                shutil.rmtree(folder, onerror=_unless_gone)
                continue
            unfinished += folder.glob(f"{_PART}*")
        for path in unfinished:
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _ABANDONED_S:
                    path.unlink()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock on keeping and removing snapshots, across processes."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(self._folder / "lock", timeout=_LOCK_S, mode=0o600):
            yield

    def _state(self, case: str, readers: Readers, mark: str) -> str:
        return self._name(json.dumps([case, readers.name, mark]))

    def _name(self, of: str) -> str:
        return hmac.digest(self._root, of.encode(), hashlib.sha256)[:16].hex()


class Snapshot:
    """One answer on disk. Made only by `Snapshots.of`."""

    def __init__(self, path: Path, key: bytes, bound: str, least: float, locked: Locked) -> None:
        self._path, self._key, self._bound, self._least, self._locked = path, key, bound, least, locked

    def read(self, take: Callable[[Any], object], form: Callable[[bytes], Sized] = from_arrow) -> dict[str, Any] | None:
        """Pass the rows to `take`, some at a time, and return the data kept with them; None if there is no snapshot.

        `form`: decodes each stored frame: to tuples, or by `arrow.as_batch`.

        A file that does not open or cannot be read is removed if possible; some rows may have been taken already.
        """
        rows = 0
        try:
            with self._path.open("rb") as file:
                for frame in _read_frames(file, self._key, self._bound):
                    if not frame.startswith(_END):
                        batch = form(frame)
                        rows += len(batch)
                        take(batch)
                        continue
                    beside: dict[str, Any] = json.loads(frame[len(_END) :])
                    if beside.pop("rows") == rows:
                        with suppress(OSError):  # the answer is returned even if its time stamp cannot be set
                            os.utime(self._path)
                        return beside
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, OperatorError) as error:
            _LOG.warning("a snapshot does not open (%s) and is made again", type(error).__name__)
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        return None

    def read_all(self, *, as_columns: bool) -> tuple[Any, dict[str, Any]] | None:
        """Return the rows and the data kept with them, or None. `as_columns`: without making row objects."""
        rows: list[Any] = []
        beside = self.read(rows.append, as_batch) if as_columns else self.read(rows.extend)
        if beside is None:
            return None
        return (join_batches(rows) if as_columns and rows else rows), beside

    @contextmanager
    def alone(self, *, heavy: bool = False) -> Iterator[None]:
        """Let only one process or thread make a missing answer: a second one waits, then finds the answer.

        After ten minutes, or immediately if the disk supports no locks, the second one makes the answer too.

        Args:
            heavy: making the answer takes all processors and much memory, so no other heavy answer is made then.

        Raises:
            NotReady: another reader's answer, or another heavy one, takes longer than this reader waits
                (`records.patience`).
        """
        folder = self._path.parent.parent
        making, heavy_lock = (FileLock(folder / name, mode=0o600) for name in (f"{_MAKING}{self._path.name}", _HEAVY))
        try:
            if self._least < math.inf and not self._path.exists():
                for lock in (making, heavy_lock) if heavy else (making,):
                    self._take(lock)
            yield
        finally:
            heavy_lock.release()
            if making.is_locked:
                with suppress(OSError):  # `settle` removes what is left
                    Path(making.lock_file).unlink(missing_ok=True)
                making.release()

    def _take(self, lock: BaseFileLock) -> None:
        patience = PATIENCE.get()
        most = _MAKING_S if patience is None else min(patience, _MAKING_S)
        with suppress(OSError):
            Path(lock.lock_file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=most, poll_interval=_POLL_S)
            except Timeout:
                if most < _MAKING_S:
                    raise not_ready() from None

    @contextmanager
    def writing(self, in_graph: Callable[[], bool], still: Callable[[], bool]) -> Iterator[Writer]:
        """Open a writer for an answer as it arrives; unless `Writer.keep` is called, nothing is kept.

        Args:
            in_graph: returns whether the graph contains what it should; called before the last write.
            still: whether the case's state is unchanged; called before each write, while no one can remove earlier
                states.
        """
        writer = Writer(self._path, self._key, self._bound, self._least, self._locked, in_graph, still)
        try:
            yield writer
        finally:
            writer.close()


class Writer:
    """An answer being written to disk. If the disk fails, it is not kept, but the reader still gets it.

    Attributes:
        rows: number of rows added.
    """

    def __init__(
        self,
        path: Path,
        key: bytes,
        bound: str,
        least: float,
        locked: Locked,
        in_graph: Callable[[], bool],
        still: Callable[[], bool],
    ) -> None:
        self._path, self._key, self._bound, self._least, self._locked = path, key, bound, least, locked
        self._in_graph, self._still = in_graph, still
        self._part = path.with_name(f"{_PART}{secrets.token_hex(8)}")
        self._file: IO[bytes] | None = None
        self._batch: list[tuple[Any, ...]] = []
        self._frames, self._failed = 0, False
        self.rows = 0

    def add(self, row: tuple[Any, ...]) -> None:
        """Add a row."""
        if self._least == math.inf:
            return
        self.rows += 1
        self._batch.append(row)
        if len(self._batch) == _BATCH:
            self._flush()

    def keep(self, beside: Mapping[str, Any]) -> None:
        """Keep the completed answer with some further data, if it has enough rows and the case's state is unchanged."""
        if self.rows < self._least or self._failed or not self._in_graph():
            return
        self._flush()
        self._write(_END + json.dumps({**beside, "rows": self.rows}).encode())
        if self._file is None or self._failed:
            return
        try:
            self._file.close()
            with self._while_it_stands() as is_unchanged:
                if is_unchanged:
                    self._install()
        except (OSError, GraphsvcError) as error:
            self._fail(error)

    def close(self) -> None:
        """Close the file and remove it unless it was kept."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            # A kept file was renamed, so it is not removed here. `settle` removes what is left.
            with suppress(OSError):
                self._part.unlink()
                with self._locked():
                    self._part.parent.rmdir()

    @contextmanager
    def _while_it_stands(self) -> Iterator[bool]:
        """Yield whether the case's state is unchanged; no change to it is reported as done during the block."""
        with self._locked():
            yield self._still()

    def _install(self) -> None:
        self._part.replace(self._path)
        whole = [path for path in self._path.parent.iterdir() if not path.name.startswith(_PART)]
        for old in sorted(whole, key=lambda path: path.stat().st_mtime)[:-_MOST]:
            old.unlink(missing_ok=True)

    def _flush(self) -> None:
        if self._batch and not self._failed:
            self._write(as_arrow(self._batch))
        self._batch = []

    def _write(self, frame: bytes) -> None:
        if self._failed:
            return
        sealed = encrypt(self._key, frame, f"{self._bound} {self._frames}")
        try:
            with self._while_it_stands() as is_unchanged:
                self._failed = not is_unchanged
                if is_unchanged:
                    _write_all(self._open_part(), len(sealed).to_bytes(_LENGTH) + sealed)
        except (OSError, GraphsvcError) as error:
            self._fail(error)
        self._frames += 1

    def _open_part(self) -> IO[bytes]:
        if self._file is None:
            self._part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(descriptor, "wb", buffering=0)
        return self._file

    def _fail(self, error: OSError | GraphsvcError) -> None:
        self._failed = True
        _LOG.warning("a snapshot could not be written: %s", getattr(error, "strerror", None) or type(error).__name__)


def _write_all(file: IO[bytes], data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _read_frames(file: IO[bytes], key: bytes, bound: str) -> Iterator[bytes]:
    """Yield the frames of a file, decrypted one by one.

    Raises:
        OperatorError: a frame does not open, or is incomplete.
    """
    for place in count():
        head = file.read(_LENGTH)
        if not head:
            return
        length = int.from_bytes(head)
        if not _LEAST_SEALED <= length <= os.fstat(file.fileno()).st_size:
            raise OperatorError("a part of the file is missing")
        sealed = file.read(length)
        if len(sealed) < length:
            raise OperatorError("a part of the file is missing")
        yield decrypt(key, sealed, f"{bound} {place}")


@cache
def _rules() -> str:
    """Return a digest of all code and queries, so that files from before an upgrade are not used."""
    digest = hashlib.sha256()
    rules = (_PACKAGE, "*.py"), (_PACKAGE, "*.toml"), (cypher_folder(), "*.cypher")
    for file in (path for folder, pattern in rules for path in sorted(folder.rglob(pattern))):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _unless_gone(_call: object, _path: str, error: tuple[type[BaseException], BaseException, object]) -> None:
    """Handle an error while a folder is removed; a file that is already gone is not an error."""
    if not isinstance(error[1], FileNotFoundError):
        raise error[1]
