"""Uploads that wait for confirmation: each is encrypted under a separate key until confirmed, cancelled or timed out.

`HOME/uploads/ID` holds `content` (chunks, so that a large file is never whole in memory), `about` (its name and how to
load it) and, once computed, `preview` (what loading it would do). The key, wrapped by the vault, is only in the row of
the table `uploads`: without it no file can be read. For reading, the file is decrypted into `HOME/uploads/ID/open`,
which is removed as soon as it has been read.

The process that receives or reads an upload holds its lock, and the lock ends with the process, even if killed. So
`sweep`, in any process of the home, can distinguish leftovers of a killed process from uploads in use, and remove
them.
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
from graphsvc.ingest.forms import ADVICE, SUFFIXES

_NAME_CHARS = 100
_ROW = tables.uploads
# Files next to the content: a marker that it is being loaded, and the preview.
_CLAIMED, _PREVIEW = "claimed", "preview"
_LOOK_S = 10.0


@dataclass(frozen=True, slots=True)
class Options:
    """Options for loading an upload.

    Attributes:
        mapping: name of a built-in mapping, or of the file that `mapping_text` came in; empty for the case format.
        mapping_text: TOML of a custom mapping, or empty.
        partial: whether the delivery only adds.
        strict: whether a single rejection stops the load.
        protection: protection of a new case; empty: the stricter one.
    """

    mapping: str = ""
    mapping_text: str = ""
    partial: bool = False
    strict: bool = False
    protection: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A waiting upload: its account and case, the file's name, when it expires (UTC), and options for loading it."""

    id: str
    account: str
    case: str
    name: str
    expires_at: dt.datetime
    options: Options


@dataclass(frozen=True, slots=True)
class Opened:
    """A decrypted delivery, while it is read.

    Attributes:
        path: path of its file.
        mapping: path of a mapping file, name of a built-in one, or empty.
        named: whether progress may name its files. For uploads it may not: progress is stored, and a file's name may be
            a person's.
    """

    path: Path
    mapping: str
    named: bool = False


class Claimed(AbstractContextManager[Opened]):
    """An upload being loaded, decrypted inside its `with` block. If `stays` is set, it waits again afterwards."""

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
    """The uploads of one home. Callers check permissions first."""

    def __init__(self, database: sa.Engine, vault: Vault, settings: Settings) -> None:
        self._database, self._vault, self._settings = database, vault, settings
        self._folder = settings.home / "uploads"

    @contextmanager
    def receiving(self) -> Iterator[Parcel]:
        """Open a parcel to write an upload into; it is deleted unless `keep` stores it."""
        self.sweep()
        identifier = secrets.token_hex(16)
        folder = self._folder / identifier
        with self._hold_lock(identifier):
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
                if not self._exists(identifier):
                    self._remove(identifier)

    def keep(self, parcel: Parcel, account: str, case: str, name: str, options: Options) -> Upload:
        """Keep a received file until it is confirmed, cancelled or timed out.

        Raises:
            InputError: it is empty, or its name does not end in a suffix of the `forms`.
        """
        name = _plain(name)
        suffix = Path(name).suffix.lower()
        if suffix not in SUFFIXES:
            raise InputError(f"{name} {ADVICE}")
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
        """Change the options of a waiting upload; its preview no longer applies.

        Raises:
            NotFound: no such upload, or it belongs to someone else. Busy: it is being read.
        """
        self._row(identifier, account, case)
        with self._hold_lock(identifier):
            upload, key = self._upload(self._row(identifier, account, case, mine=True))
            about = pack(key, {"name": upload.name, "options": asdict(options)}, f"{what(identifier)} about")
            with disk():
                _write(self._folder / identifier / "about", about)

    def waiting(self, account: str, case: str) -> list[Upload]:
        """Return the uploads of an account that wait in a case, newest first."""
        self.sweep()
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(_ROW).where(_ROW.c.account == account, _ROW.c.case_id == case).order_by(_ROW.c.expires_at)
            ).all()
        return [self._upload(row)[0] for row in reversed(rows) if not self._is_claimed(row.id)]

    def one(self, identifier: str, account: str, case: str) -> Upload:
        """Return a waiting upload.

        Raises:
            NotFound: no such upload, or it belongs to someone else.
        """
        return self._upload(self._row(identifier, account, case))[0]

    def keep_preview(
        self, identifier: str, account: str, case: str, on: Sequence[object], options: Options, loaded: Loaded
    ) -> None:
        """Keep the preview of an upload, encrypted like the upload: rejections may contain names of sealed persons.

        Args:
            identifier: the upload.
            account: its account.
            case: its case.
            on: basis of the preview: the state of the case, and what the loader may see in it.
            options: options with which the upload was read.
            loaded: the result that loading the upload would have.

        Raises:
            NotFound: it is no longer waiting. Busy: it is being read.
        """
        with self._hold_lock(identifier, _LOOK_S):  # a sweep holds the lock for a moment
            _, key = self._upload(self._row(identifier, account, case, mine=True))
            sealed = encrypt(key, pickle.dumps(loaded), _bound(identifier, on, options))
            # The file may be missing because previews are being deleted: the preview will be computed again.
            with disk(), suppress(FileNotFoundError):
                _write(self._folder / identifier / _PREVIEW, sealed)

    def preview(self, identifier: str, account: str, case: str, on: Sequence[object]) -> Loaded | None:
        """Return the preview of an upload for exactly this basis and the upload's options; None if not computed yet.

        Raises:
            NotFound: it is no longer waiting.
        """
        upload, key = self._upload(self._row(identifier, account, case))
        try:
            sealed = (self._folder / identifier / _PREVIEW).read_bytes()
            loaded: Loaded = pickle.loads(decrypt(key, sealed, _bound(identifier, on, upload.options)))  # noqa: S301 - of `keep_preview`
        except (OSError, OperatorError):
            return None
        return loaded

    def forget_previews(self, identifier: str = "*") -> None:
        """Delete every preview, or the preview of one upload."""
        for path in self._folder.glob(f"{identifier}/{_PREVIEW}*"):
            path.unlink(missing_ok=True)

    @contextmanager
    def open_upload(self, identifier: str, account: str, case: str) -> Iterator[Opened]:
        """Decrypt an upload for the block; it still waits afterwards.

        Raises:
            NotFound: no such upload, or it belongs to someone else. Busy: it is already being read.
        """
        upload, key, lock = self._take(identifier, account, case)
        try:
            with self._reading(upload, key) as opened:
                yield opened
        finally:
            lock.release()

    def claim(self, identifier: str, account: str, case: str) -> AbstractContextManager[Claimed]:
        """Claim an upload for loading: nobody else can open it from now on, and it is deleted after the block.

        It waits again if the block ends with an error and nothing was recorded, if the process dies, or if
        `Claimed.stays` is set.

        Raises:
            NotFound: no such upload (somebody confirmed or cancelled it), or it belongs to someone else.
            Busy: it is being read.
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
        """Delete an upload, its key first, so that the rest is unreadable from that moment.

        Raises:
            NotFound: no such upload, or it belongs to someone else.
        """
        self._row(identifier, account, case)
        self._forget(identifier)
        self.sweep()

    def sweep(self) -> None:
        """Remove uploads that have timed out and the leftovers of killed processes."""
        with transaction(self._database) as connection:
            connection.execute(_ROW.delete().where(_ROW.c.expires_at < now()))
        if not self._folder.is_dir():
            return
        for folder in self._folder.iterdir():
            try:
                with self._hold_lock(folder.name):
                    if not self._exists(folder.name):
                        self._remove(folder.name)
                    else:
                        shutil.rmtree(folder / "open", ignore_errors=True)
            except Busy:
                continue  # in use

    # -- one upload -------------------------------------------------------------------------------------------

    def _take(self, identifier: str, account: str, case: str) -> tuple[Upload, bytes, FileLock]:
        """Return an upload, its key, and its lock, which is acquired here."""
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
                if is_loaded or RECORDED.get():  # once the load is recorded, it is completed without the upload
                    with transaction(self._database) as connection:
                        connection.execute(_ROW.delete().where(_ROW.c.id == upload.id))
                if not self._exists(upload.id):  # loaded, or timed out in the meantime
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
        """Return the row of a waiting upload; `mine`: the caller holds its lock, so nobody else claimed it."""
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
        """Whether an upload is being loaded: its marker exists, its lock is held. Remove a killed process's marker."""
        marker = self._folder / identifier / _CLAIMED
        if not marker.exists():
            return False
        try:
            with self._hold_lock(identifier):
                marker.unlink(missing_ok=True)
                if not marker.parent.exists():  # it was loaded in the meantime
                    self._lock_path(identifier).unlink(missing_ok=True)
                return False
        except Busy:
            return True

    def _exists(self, identifier: str) -> bool:
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
        """Acquire and return the lock of an upload. It may be released in another thread."""
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
    def _hold_lock(self, identifier: str, wait_s: float = 0.0) -> Iterator[None]:
        lock = self._lock(identifier, wait_s)
        try:
            yield
        finally:
            lock.release()


def _bound(identifier: str, on: Sequence[object], options: Options) -> str:
    return f"{what(identifier)} preview {json.dumps([*on, asdict(options)])}"


def _write(path: Path, content: bytes) -> None:
    """Replace a file atomically."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_bytes(content)
    new.replace(path)


def _plain(name: str) -> str:
    """Return the last part of a file name sent by a browser, printable and short, with its suffix; never a path."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    last = "".join(letter for letter in last if letter.isprintable()).lstrip(".") or "upload"
    path = Path(last)
    return path.stem[: _NAME_CHARS - len(path.suffix[:10])] + path.suffix[:10]
