"""Files that appear all at once or not at all: in a new folder, or one alone.

Until then those of a folder have no name, where the system knows such files: whatever ends the process, also a kill, nothing of them is
left. Of one alone a kill leaves a hidden file beside its place.
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
    """A folder that is not there yet, and the files that will be in it. `new_folder` alone makes it.

    Attributes:
        placed: whether it is there.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._part = _part_of(target)
        self.placed = False
        self._files: dict[str, IO[bytes]] = {}

    def file(self, name: str) -> IO[bytes]:
        """A new file, to be written and read, which bears this name once it is placed. Only who runs this may read it."""
        file = self._nameless() or self._named(name)
        self._files[name] = file
        return file

    def place(self) -> None:
        """Have the folder there, with all files as they are.

        Raises:
            RequestError: something came into its place meanwhile.
        """
        self._part.mkdir(mode=0o700, exist_ok=True)
        folder = os.open(self._part, os.O_RDONLY) if _NAMELESS else -1
        try:
            # Whole on the disk before the first has a name.
            for file in self._files.values():
                file.flush()
                os.fsync(file.fileno())
            for name, file in self._files.items():
                if not (self._part / name).exists():
                    # With the descriptor of a folder the link leads to the file itself, not to what stands in /proc.
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
        """Let go of the files; of what was not placed nothing is left."""
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
            return None  # a disk that knows none

    def _named(self, name: str) -> IO[bytes]:
        self._part.mkdir(mode=0o700, exist_ok=True)
        return os.fdopen(os.open(self._part / name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


@contextmanager
def new_folder(target: Path) -> Iterator[NewFolder]:
    """A folder to be: what it was not asked to place is gone afterwards.

    Raises:
        RequestError: something is there already, or there is no folder to put it in. OperatorError: the disk does not take it.
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
    """A file to be: it is there with all that was written to it, or not at all. Only who runs this may read it.

    Raises:
        RequestError: something is there already, or there is no folder to put it in. OperatorError: the disk does not take it.
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
        except OSError:  # something came into its place meanwhile, or a disk that knows no links
            require_free(target)
            part.rename(target)
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def require_free(target: Path) -> None:
    """Nothing, if nothing is there.

    Raises:
        RequestError: something is.
    """
    if target.exists() or target.is_symlink():
        raise RequestError(f"{target} is there already. Nothing was written; choose another place.")


def _require_place(target: Path) -> None:
    """Nothing, if nothing is there, and a folder to put it in."""
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
