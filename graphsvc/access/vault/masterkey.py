"""Makes, checks and rotates the master key of a home, which is in a file of the home or in the environment.

A check value (the root key, wrapped by the master key) reveals a lost or wrong key immediately. A rotation writes the
new key next to the old one, wraps every key again in one transaction, and only then replaces the old key. Whenever a
rotation is killed, one of the two keys opens the home, and the next start finds out which.
"""

from __future__ import annotations

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout

from graphsvc.access.log.audit import now
from graphsvc.access.vault import Vault, decrypt, encrypt
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import OperatorError

_ROOT = "root"
_KEY_BYTES = 32
_LOCK_S = 60.0
VARIABLE = "GRAPHSVC_MASTER_KEY"
# Every column with keys that the master key wraps, and the text they are bound to. A test checks that none is missing.
WRAPPED = (
    (tables.cases, tables.cases.c.key_sealed, "case {id}"),
    (tables.identities, tables.identities.c.key_sealed, "identity {case_id} {pseudonym}"),
    (tables.uploads, tables.uploads.c.key_sealed, "upload {id}"),
    (tables.exports, tables.exports.c.key_sealed, "export {id}"),
    (tables.second_factors, tables.second_factors.c.key_sealed, "second factor of account {account_id}"),
)


def open_vault(settings: Settings, database: sa.Engine) -> Vault:
    """Open the vault of a home; generates its key file if nothing has been sealed yet.

    Raises:
        OperatorError: the key is missing although something was sealed with it, is the wrong one, or is malformed.
    """
    with _file_lock(settings):
        return _open(settings, database)


def rotate(settings: Settings, database: sa.Engine) -> str:
    """Give the home a new master key; return a message for the administrator that says where it is.

    Keys derived from the root key (for cookies, the chain of the log) do not change.

    Raises:
        OperatorError: the home is being served, or the old key does not open it.
    """
    try:
        serving = FileLock(settings.home / "serve.lock", timeout=0.1, mode=0o600)
        serving.acquire()
    except Timeout:
        raise OperatorError(
            f"graphsvc is serving {settings.home}. Stop it with Ctrl-C where it runs, then rotate the key."
        ) from None
    try:
        with _file_lock(settings):
            return _rotate(settings, database)
    finally:
        serving.release()


def next_file(settings: Settings) -> Path:
    """Return the path where a new master key is until the rotation is complete."""
    return settings.home / "master.key.next"


def _key_file(settings: Settings) -> Path:
    return settings.home / "master.key"


def _file_lock(settings: Settings) -> FileLock:
    return FileLock(settings.home / "vault.lock", timeout=_LOCK_S, mode=0o600)


def _open(settings: Settings, database: sa.Engine) -> Vault:
    with transaction(database) as connection:
        row = connection.execute(sa.select(tables.vault)).first()
        case = connection.execute(sa.select(tables.cases.c.id, tables.cases.c.key_sealed).limit(1)).first()
    master, where = _current(settings, new=row is None and case is None)
    if row is None:
        if case is not None and not _opens(master, case.key_sealed, f"case {case.id}"):
            raise _wrong(where)
        root = secrets.token_bytes(_KEY_BYTES)
        with transaction(database) as connection:
            connection.execute(tables.vault.insert().values(id=1, root_sealed=encrypt(master, root, _ROOT)))
        return Vault(master, root)
    if not _opens(master, row.root_sealed, _ROOT):
        master = _finish_rotation(settings, row.root_sealed, where)
    return Vault(master, decrypt(master, row.root_sealed, _ROOT), row.generation)


def _finish_rotation(settings: Settings, root_sealed: bytes, where: str) -> bytes:
    """Complete a rotation that was killed after its transaction: put the new key in place and return it.

    Raises:
        OperatorError: there is no new key that opens the home, or it has to be put into the environment.
    """
    path = next_file(settings)
    if path.exists():
        key = _key_of(_read(path), str(path))
        if _opens(key, root_sealed, _ROOT):
            if settings.master_key:
                raise OperatorError(
                    f"The master key was rotated: {VARIABLE} still holds the old one. Set it to what {path} holds,"
                    " then delete that file."
                )
            _promote(settings)
            return key
    raise _wrong(where)


def _rotate(settings: Settings, database: sa.Engine) -> str:
    old = _open(settings, database)
    path = next_file(settings)
    if settings.master_key and path.exists():
        key = _key_of(_read(path), str(path))
        if key == _key_of(settings.master_key, VARIABLE):
            path.unlink()  # the new key of an earlier rotation, now in the environment
    path.unlink(missing_ok=True)  # left by a rotation killed before its transaction: opens nothing
    _write_key(path)
    new = Vault(_key_of(_read(path), str(path)), old.root)
    with transaction(database) as connection:
        # This comes first: from now on no other process can store a key wrapped by the old master key.
        connection.execute(
            tables.vault.update().values(
                generation=tables.vault.c.generation + 1, root_sealed=new.wrap(old.root, _ROOT), rotated_at=now()
            )
        )
        for table, column, template in WRAPPED:
            primary = list(table.primary_key)
            for row in connection.execute(sa.select(*primary, column)).mappings().all():
                bound = template.format(**row)
                wrapped = new.wrap(old.key(row[column.name], bound), bound)
                mine = sa.and_(*(key_column == row[key_column.name] for key_column in primary))
                connection.execute(table.update().where(mine).values({column.name: wrapped}))
    if settings.master_key:
        return f"Set {VARIABLE} to what {path} holds, keep a copy apart, then delete that file."
    _promote(settings)
    return f"The new key is in {_key_file(settings)}. Keep a copy apart; copies of the old one open nothing here."


def _promote(settings: Settings) -> None:
    """Replace the old key with the new one atomically."""
    next_file(settings).replace(_key_file(settings))
    with suppress(OSError):  # not supported on some systems
        folder = os.open(settings.home, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _current(settings: Settings, *, new: bool) -> tuple[bytes, str]:
    """Return the current key, and where it came from."""
    if settings.master_key:
        return _key_of(settings.master_key, VARIABLE), VARIABLE
    path = _key_file(settings)
    if not path.exists():
        if not new:
            raise OperatorError(
                f"The vault's key {path} is missing, and sealed identities cannot be opened without it."
                f" Restore the file from your backup, or set {VARIABLE}."
            )
        _write_key(path)
    return _key_of(_read(path), str(path)), str(path)


def _opens(master: bytes, wrapped: bytes, context: str) -> bool:
    try:
        decrypt(master, wrapped, context)
    except OperatorError:
        return False
    return True


def _wrong(where: str) -> OperatorError:
    return OperatorError(
        f"The master key ({where}) is not the one this home was sealed with, so nothing was opened. Restore the right"
        f" key: the file master.key of the home, or {VARIABLE}."
    )


def _read(path: Path) -> str:
    return path.read_text("ascii", errors="replace").strip()


def _write_key(path: Path) -> None:
    """Write a new master key to a file only its owner can read, never half written and never overwriting another."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)
    except FileExistsError:
        return  # another process of this home was first, so its key is used
    except OSError as error:
        raise OperatorError(
            f"The vault's key cannot be written to {path} ({error.strerror}). Free space or make the folder writable."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _key_of(text: str, where: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise OperatorError(f"{where} holds no key (32 bytes in URL-safe base64). Restore the right one.")
    return key
