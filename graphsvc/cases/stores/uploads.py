"""Uploads that wait for a yes: each lies encrypted under a key of its own until confirmed, cancelled or timed out.

`HOME/uploads/ID` holds `content` (chunks, so that a large file never stands in memory), `about` (its name and how
to load it) and, once that was worked out, `preview` (what loading it would do). The key, wrapped by the vault, stands in the row of the table `uploads` alone: without the row nothing
opens. For reading, the file is decrypted into `HOME/uploads/ID/open`, which is removed as soon as it has been read.

Whoever receives or reads an upload holds its lock, and the lock ends with the process, whatever kills it. So what a
kill left behind is told from what somebody is working on, and `sweep` removes it. All of it holds for every process of a home.
"""

from __future__ import annotations

import datetime as dt
import json
import pickle
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout

from graphsvc.access.log.audit import now
from graphsvc.access.vault import Vault, decrypt, encrypt, pack, unpack
from graphsvc.appdb import tables, transaction
from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.stores.parcel import Parcel, disk, unseal, what
from graphsvc.config import Settings
from graphsvc.errors import RECORDED, Busy, InputError, NotFound, OperatorError
from graphsvc.ingest import graph_file

SUFFIXES = (".zip", ".xlsx", ".anx", *graph_file.SUFFIXES)
_NAME_CHARS = 100
_ROW = tables.uploads
# Files beside the content: that somebody loads it, and what that would do.
_CLAIMED, _PREVIEW = "claimed", "preview"
_LOOK_S = 10.0


@dataclass(frozen=True, slots=True)
class Options:
    """How an upload is to be loaded.

    Attributes:
        mapping: name of a built-in mapping, or of the file `mapping_text` came in; empty for the case format.
        mapping_text: TOML of a mapping of the loader's own, or empty.
        partial: the delivery only adds.
        strict: one rejection, and nothing is loaded.
        protection: of a new case; empty: the stricter one.
    """

    mapping: str = ""
    mapping_text: str = ""
    partial: bool = False
    strict: bool = False
    protection: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that waits: whose, for which case, the file's name, until when (UTC), and how it is to be loaded."""

    id: str
    account: str
    case: str
    name: str
    expires_at: dt.datetime
    options: Options


@dataclass(frozen=True, slots=True)
class Opened:
    """A delivery in the clear, while it is read.

    Attributes:
        path: where it lies.
        mapping: path of a mapping file, name of a built-in one, or empty.
        named: whether progress may name its files. Those of an upload it may not: progress is kept, and the name of a
            file may be a person's.
    """

    path: Path
    mapping: str
    named: bool = False


class Claimed(AbstractContextManager[Opened]):
    """An upload that somebody loads: as a block it is in the clear. It goes on waiting after that if whoever loads it says that it `stays`."""

    def __init__(self, reading: AbstractContextManager[Opened]) -> None:
        self._reading = reading
        self.stays = False

    def __enter__(self) -> Opened:
        return self._reading.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return self._reading.__exit__(kind, error, traceback)


class UploadStore:
    """The uploads of one home. Who may is decided before it is called."""

    def __init__(self, database: sa.Engine, vault: Vault, settings: Settings) -> None:
        self._database, self._vault, self._settings = database, vault, settings
        self._folder = settings.home / "uploads"

    @contextmanager
    def receiving(self) -> Iterator[Parcel]:
        """A parcel to write into; unless `keep` takes it, nothing stays of it."""
        self.sweep()
        identifier = secrets.token_hex(16)
        folder = self._folder / identifier
        with self._held(identifier):
            key, wrapped = self._vault.new_key(what(identifier))
            try:
                with disk():
                    self._folder.mkdir(mode=0o700, exist_ok=True)
                    folder.mkdir(mode=0o700)
                    parcel = Parcel(folder, wrapped, key, self._settings.upload_mb << 20)
                try:
                    yield parcel
                finally:
                    parcel.close()
            finally:
                if not self._known(identifier):
                    self._remove(identifier)

    def keep(self, parcel: Parcel, account: str, case: str, name: str, options: Options) -> Upload:
        """Keep what was received until it is confirmed, cancelled or timed out.

        Raises:
            InputError: it is empty, or its name ends in none of `SUFFIXES`.
        """
        name = _plain(name)
        suffix = Path(name).suffix.lower()
        if suffix not in SUFFIXES:
            raise InputError(
                f"{name} is no {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}. Zip the folder of the case, save it as one workbook,"
                " save the chart as Analyst's Notebook XML, or export the graph as GEXF, GraphML or JSON lines."
            )
        if not parcel.size:
            raise InputError(f"{name} is empty. Choose the file again.")
        if options.mapping_text:
            options = replace(options, mapping=_plain(options.mapping))
        parcel.finish()
        about = pack(parcel.key, {"name": name, "options": asdict(options)}, f"{what(parcel.id)} about")
        with disk():
            _write(self._folder / parcel.id / "about", about)
        expires = now() + dt.timedelta(minutes=self._settings.upload_minutes)
        with transaction(self._database) as connection:
            connection.execute(
                _ROW.insert().values(
                    id=parcel.id,
                    account=account,
                    case_id=case,
                    suffix=suffix,
                    key_sealed=parcel.wrapped,
                    expires_at=expires,
                )
            )
        parcel.kept = True
        return Upload(parcel.id, account, case, name, expires, options)

    def change(self, identifier: str, account: str, case: str, options: Options) -> None:
        """Have an upload that waits loaded otherwise; what was worked out about it is forgotten.

        Raises:
            NotFound: there is none, or it is another's. Busy: it is being read.
        """
        self._row(identifier, account, case)
        with self._held(identifier):
            upload, key = self._upload(self._row(identifier, account, case, mine=True))
            about = pack(key, {"name": upload.name, "options": asdict(options)}, f"{what(identifier)} about")
            with disk():
                _write(self._folder / identifier / "about", about)

    def waiting(self, account: str, case: str) -> list[Upload]:
        """The uploads of an account that wait in a case, the newest first."""
        self.sweep()
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(_ROW).where(_ROW.c.account == account, _ROW.c.case_id == case).order_by(_ROW.c.expires_at)
            ).all()
        return [self._upload(row)[0] for row in reversed(rows) if not self._is_claimed(row.id)]

    def one(self, identifier: str, account: str, case: str) -> Upload:
        """An upload that waits.

        Raises:
            NotFound: there is none, or it is another's.
        """
        return self._upload(self._row(identifier, account, case))[0]

    def keep_preview(
        self, identifier: str, account: str, case: str, on: Sequence[object], options: Options, loaded: Loaded
    ) -> None:
        """Keep what loading an upload would do, encrypted as the upload is: rejections may hold what names sealed persons.

        Args:
            identifier: the upload.
            account: whose it is.
            case: where it waits.
            on: what it was worked out on: the case as it stood, and what whoever loads it might be told of it.
            options: how the upload was read.
            loaded: what it would do.

        Raises:
            NotFound: it does not wait any more. Busy: it is being read.
        """
        with self._held(identifier, _LOOK_S):  # whoever sweeps has it for a moment
            _, key = self._upload(self._row(identifier, account, case, mine=True))
            sealed = encrypt(key, pickle.dumps(loaded), _bound(identifier, on, options))
            # Where previews are forgotten at this moment, it is as well: then it is worked out anew.
            with disk(), suppress(FileNotFoundError):
                _write(self._folder / identifier / _PREVIEW, sealed)

    def preview(self, identifier: str, account: str, case: str, on: Sequence[object]) -> Loaded | None:
        """What loading an upload would do, worked out on just this and with the upload's options; None: nobody did.

        Raises:
            NotFound: it does not wait any more.
        """
        upload, key = self._upload(self._row(identifier, account, case))
        try:
            sealed = (self._folder / identifier / _PREVIEW).read_bytes()
            loaded: Loaded = pickle.loads(decrypt(key, sealed, _bound(identifier, on, upload.options)))  # noqa: S301 - of `keep_preview`
        except (OSError, OperatorError):
            return None
        return loaded

    def forget_previews(self, identifier: str = "*") -> None:
        """Delete every preview, or that of one upload."""
        for path in self._folder.glob(f"{identifier}/{_PREVIEW}*"):
            path.unlink(missing_ok=True)

    @contextmanager
    def opened(self, identifier: str, account: str, case: str) -> Iterator[Opened]:
        """An upload in the clear, for as long as the block lasts; it goes on waiting after that.

        Raises:
            NotFound: there is none, or it is another's. Busy: it is being read already.
        """
        upload, key, lock = self._take(identifier, account, case)
        try:
            with self._reading(upload, key) as opened:
                yield opened
        finally:
            lock.release()

    def claim(self, identifier: str, account: str, case: str) -> AbstractContextManager[Claimed]:
        """An upload to be loaded: from here on nobody else gets it, and nothing of it stays after the block.

        Where the block ends with an error and nothing is recorded, or the process with it, the upload goes on waiting; so it
        does where it is said to (`Claimed.stays`).

        Raises:
            NotFound: there is none (somebody confirmed or cancelled it), or it is another's. Busy: it is being read.
        """
        upload, key, lock = self._take(identifier, account, case)
        try:
            with disk():
                (self._folder / identifier / _CLAIMED).touch(mode=0o600)
        except BaseException:
            lock.release()
            raise
        return self._loading(upload, key, lock)

    def drop(self, identifier: str, account: str, case: str) -> None:
        """Delete an upload; its key first, so that what is left is unreadable from that moment.

        Raises:
            NotFound: there is none, or it is another's.
        """
        self._row(identifier, account, case)
        self._forget(identifier)
        self.sweep()

    def sweep(self) -> None:
        """Remove what has timed out and what a kill left behind."""
        with transaction(self._database) as connection:
            connection.execute(_ROW.delete().where(_ROW.c.expires_at < now()))
        if not self._folder.is_dir():
            return
        for folder in self._folder.iterdir():
            try:
                with self._held(folder.name):
                    if not self._known(folder.name):
                        self._remove(folder.name)
                    else:
                        shutil.rmtree(folder / "open", ignore_errors=True)
            except Busy:
                continue  # somebody is at work on it

    # -- one upload -------------------------------------------------------------------------------------------

    def _take(self, identifier: str, account: str, case: str) -> tuple[Upload, bytes, FileLock]:
        """An upload with its key, and its lock, taken now."""
        self._row(identifier, account, case)
        lock = self._lock(identifier)
        try:
            return *self._upload(self._row(identifier, account, case, mine=True)), lock
        except BaseException:
            lock.release()
            raise

    @contextmanager
    def _loading(self, upload: Upload, key: bytes, lock: FileLock) -> Iterator[Claimed]:
        claimed = Claimed(self._reading(upload, key))
        is_loaded = False
        try:
            yield claimed
            is_loaded = not claimed.stays
        finally:
            try:
                if is_loaded or RECORDED.get():  # what is recorded is completed without it
                    with transaction(self._database) as connection:
                        connection.execute(_ROW.delete().where(_ROW.c.id == upload.id))
                if not self._known(upload.id):  # nor is it where its time came meanwhile
                    self._remove(upload.id)
                (self._folder / upload.id / _CLAIMED).unlink(missing_ok=True)
            finally:
                lock.release()

    @contextmanager
    def _reading(self, upload: Upload, key: bytes) -> Iterator[Opened]:
        private = self._folder / upload.id / "open"
        try:
            with disk():
                shutil.rmtree(private, ignore_errors=True)
                private.mkdir(mode=0o700)
                unseal(self._folder / upload.id / "content", key, what(upload.id), private / upload.name)
                mapping = upload.options.mapping
                if upload.options.mapping_text:
                    (private / "mapping").mkdir(mode=0o700)
                    path = private / "mapping" / mapping
                    _write(path, upload.options.mapping_text.encode())
                    mapping = str(path)
            yield Opened(private / upload.name, mapping)
        finally:
            shutil.rmtree(private, ignore_errors=True)

    def _upload(self, row: Any) -> tuple[Upload, bytes]:
        key = self._vault.key(row.key_sealed, what(row.id))
        with disk():
            about = unpack(key, (self._folder / row.id / "about").read_bytes(), f"{what(row.id)} about")
        options = Options(**about["options"])
        return Upload(row.id, row.account, row.case_id, about["name"], row.expires_at, options), key

    def _row(self, identifier: str, account: str, case: str, *, mine: bool = False) -> Any:
        """The row of an upload that waits; `mine`: its lock is held here, so that nobody else has claimed it."""
        with transaction(self._database) as connection:
            row = connection.execute(
                sa.select(_ROW).where(
                    _ROW.c.id == identifier,
                    _ROW.c.account == account,
                    _ROW.c.case_id == case,
                    _ROW.c.expires_at >= now(),
                )
            ).first()
        if row is None or (not mine and self._is_claimed(identifier)):
            raise NotFound(
                "There is no such upload waiting: it was confirmed, cancelled, or waited longer than"
                f" {self._settings.upload_minutes} minutes. Nothing was loaded by that; upload the file again."
            )
        return row

    def _is_claimed(self, identifier: str) -> bool:
        """Whether somebody loads it: they said so, and hold its lock; what a kill left says nothing."""
        said = self._folder / identifier / _CLAIMED
        if not said.exists():
            return False
        try:
            with self._held(identifier):
                said.unlink(missing_ok=True)
                if not said.parent.exists():  # it was loaded meanwhile
                    self._lock_path(identifier).unlink(missing_ok=True)
                return False
        except Busy:
            return True

    def _known(self, identifier: str) -> bool:
        with transaction(self._database) as connection:
            return connection.execute(sa.select(_ROW.c.id).where(_ROW.c.id == identifier)).first() is not None

    def _forget(self, identifier: str) -> None:
        with transaction(self._database) as connection:
            if connection.execute(_ROW.delete().where(_ROW.c.id == identifier)).rowcount != 1:
                raise NotFound("This upload has been confirmed or cancelled in the meantime.")

    def _remove(self, identifier: str) -> None:
        """Remove the files of an upload whose lock is held."""
        shutil.rmtree(self._folder / identifier, ignore_errors=True)
        self._lock_path(identifier).unlink(missing_ok=True)

    def _lock_path(self, identifier: str) -> Path:
        return self._settings.home / "locks" / f"upload-{identifier}.lock"

    def _lock(self, identifier: str, wait_s: float = 0.0) -> FileLock:
        """The lock of an upload, taken. It may be released in another thread."""
        path = self._lock_path(identifier)
        with disk():
            path.parent.mkdir(mode=0o700, exist_ok=True)
        lock = FileLock(path, timeout=wait_s, mode=0o600, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise Busy("This upload is being read already. Wait until that is done, or cancel it.") from None
        return lock

    @contextmanager
    def _held(self, identifier: str, wait_s: float = 0.0) -> Iterator[None]:
        lock = self._lock(identifier, wait_s)
        try:
            yield
        finally:
            lock.release()


def _bound(identifier: str, on: Sequence[object], options: Options) -> str:
    return f"{what(identifier)} preview {json.dumps([*on, asdict(options)])}"


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, in place of what was there."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_bytes(content)
    new.replace(path)


def _plain(name: str) -> str:
    """The last part of a file's name as a browser gives it, printable and short, its ending kept; never a path."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    last = "".join(letter for letter in last if letter.isprintable()).lstrip(".") or "upload"
    path = Path(last)
    return path.stem[: _NAME_CHARS - len(path.suffix[:10])] + path.suffix[:10]
