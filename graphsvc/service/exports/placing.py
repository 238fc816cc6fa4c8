"""Files that appear complete or not at all: a new folder with its files, or a single file.

If the system supports it, a folder's files have no name until they are placed, so even a killed process leaves nothing
behind. While a single file is written, a killed process leaves a hidden file next to the target.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from graphsvc.errors import OperatorError, RequestError

_NAMELESS = getattr(os, "O_TMPFILE", 0)


class NewFolder:
    """A folder that does not exist yet, and its future files. Use `new_folder` to create one.

    Attributes:
        placed: whether the folder exists.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._part = _part_of(target)
        self.placed = False
        self._files: dict[str, IO[bytes]] = {}

    def file(self, name: str) -> IO[bytes]:
        """Create a file, to write and read, that gets this name when placed. Only the current user may read it."""
        file = self._nameless() or self._create_file(name)
        self._files[name] = file
        return file

    def place(self) -> None:
        """Make the folder appear, with all files as they are now.

        Raises:
            RequestError: something else was created in its place in the meantime.
        """
        self._part.mkdir(mode=0o700, exist_ok=True)
        folder = os.open(self._part, os.O_RDONLY) if _NAMELESS else -1
        try:
            # Flush everything to disk before the first file gets a name.
            for file in self._files.values():
                file.flush()
                os.fsync(file.fileno())
            for name, file in self._files.items():
                if not (self._part / name).exists():
                    # Given a folder's descriptor, `os.link` follows the link in /proc to the file itself.
                    os.link(f"/proc/self/fd/{file.fileno()}", name, dst_dir_fd=folder)
            if _NAMELESS:
                os.fsync(folder)
        finally:
            if folder >= 0:
                os.close(folder)
        require_free(self._target)
        self._part.rename(self._target)
        self.placed = True

    def close(self) -> None:
        """Close the files, and delete all that were not placed."""
        for file in self._files.values():
            with suppress(OSError):
                file.close()
        shutil.rmtree(self._part, ignore_errors=True)

    def _nameless(self) -> IO[bytes] | None:
        if not _NAMELESS:
            return None
        try:
            return os.fdopen(os.open(self._target.parent, _NAMELESS | os.O_RDWR, 0o600), "w+b")
        except OSError:
            return None  # the file system has no unnamed files

    def _create_file(self, name: str) -> IO[bytes]:
        self._part.mkdir(mode=0o700, exist_ok=True)
        return os.fdopen(os.open(self._part / name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


@contextmanager
def new_folder(target: Path) -> Iterator[NewFolder]:
    """Prepare a folder; it is removed unless placed.

    Raises:
        RequestError: the target exists, or its parent folder does not.
        OperatorError: the disk does not accept it.
    """
    folder = NewFolder(target)
    try:
        _require_place(target)
        yield folder
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        folder.close()


@contextmanager
def new_file(target: Path) -> Iterator[IO[bytes]]:
    """Prepare a file: it appears with all its contents, or not at all. Only the current user may read it.

    Raises:
        RequestError: the target exists, or its parent folder does not.
        OperatorError: the disk does not accept it.
    """
    part: Path | None = None
    try:
        _require_place(target)
        part = _part_of(target)
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, target)
        except OSError:  # the target now exists, or the file system has no links
            require_free(target)
            part.rename(target)
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def require_free(target: Path) -> None:
    """Raise RequestError if the target exists.

    Raises:
        RequestError: the target exists.
    """
    if target.exists() or target.is_symlink():
        raise RequestError(f"{target} is there already. Nothing was written; choose another place.")


def _require_place(target: Path) -> None:
    """Raise RequestError unless the target is free and its parent folder exists."""
    require_free(target)
    if not target.parent.is_dir():
        raise RequestError(f"There is no folder {target.parent} to put {target.name} in. Make it, or choose another.")


def _part_of(target: Path) -> Path:
    return target.with_name(f".graphsvc-part-{secrets.token_hex(8)}")


def _not_written(target: Path, error: OSError) -> OperatorError:
    return OperatorError(
        f"{target} could not be written ({error.strerror or type(error).__name__}), so nothing is there. Make room, or"
        " choose another place."
    )
