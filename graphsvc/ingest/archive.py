"""Reads zip archives that may be hostile: names, sizes and kinds of all entries are checked before any is used.

Nothing is ever unpacked to disk. Sizes are counted while unpacking; claims in headers are not trusted.
"""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from graphsvc.errors import InputError
from graphsvc.ingest.csvtext import CsvPart
from graphsvc.ingest.raw import Limits, too_large

# Errors that zipfile and the decompressors raise on a damaged archive.
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, OSError, NotImplementedError)
# An entry that unpacks to more than RATIO times its packed size is a bomb, once it is larger than FLOOR bytes.
RATIO, FLOOR = 200, 1 << 20
# All entries together may be at most this many times as large as the largest file allowed.
_TOTAL = 4
_MOST_ENTRIES = 2_000
_CHUNK = 1 << 20
_NESTED_MAGIC = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)
_DRIVE = re.compile(r"[A-Za-z]:")
# Files left by operating systems in folders and archives, or by programs next to an open file. They contain no case
# data, so leaving them out loses nothing.
_SYSTEM = re.compile(
    r"(?i)(?:.*/)?(?:__MACOSX(?:/.*)?|\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini|\.~lock\.[^/]*#|~\$[^/]*)"
)


def is_system_file(name: str) -> bool:
    """Whether an operating system or an open program left this file, such as `.DS_Store` or `.~lock.people.csv#`.

    Example:
        >>> is_system_file("__MACOSX/._people.csv"), is_system_file("people.csv")
        (True, False)
    """
    return _SYSTEM.fullmatch(name) is not None


def compose_name(name: str) -> str:
    """Return a file's or sheet's name in the form used for comparison: Macs write accents apart from their letters."""
    return unicodedata.normalize("NFC", name)


def zip_parts(path: Path, limits: Limits, ignored: Collection[str] = ()) -> list[CsvPart]:
    """Return the files of an archived case folder, with the single folder that may contain them removed from names.

    Args:
        path: the archive.
        limits: limits on its contents.
        ignored: names of files that are not wanted.

    Raises:
        InputError: the archive is damaged, too large, or has contents that no delivery has.
    """
    parts: dict[str, str] = {}

    def is_ignored(name: str) -> bool:
        return name in ignored or any(str(folder) in ignored for folder in PurePosixPath(name).parents)

    def choose_parts(names: list[str]) -> list[str]:
        names = [name for name in names if not is_system_file(name) and not is_ignored(compose_name(name))]
        tops = {name.split("/", 1)[0] for name in names}
        inside = tops.pop() + "/" if len(tops) == 1 and all("/" in name for name in names) else ""
        parts.update((name, compose_name(name.removeprefix(inside))) for name in names)
        return [name for name in names if not is_ignored(parts[name])]

    return [
        CsvPart(parts[name], cast("Callable[[], BinaryIO]", partial(_open, path, name)), limits)
        for name in check_archive(path, limits, wanted=choose_parts)
    ]


def check_archive(
    path: Path,
    limits: Limits,
    look: Callable[[str, bytes], None] | None = None,
    wanted: Callable[[list[str]], list[str]] | None = None,
) -> list[str]:
    """Return the names of the files in an archive, after unpacking each once without storing it.

    Args:
        path: the archive.
        limits: limits on its contents.
        look: called with name and bytes of each chunk (chunks overlap by 256 bytes), for further checks.
        wanted: selects the files that will be opened; None: all. The others are not unpacked.

    Raises:
        InputError: an entry is not acceptable; the message names the entry and the fault.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            for entry in archive.infolist():
                _check_path(path.name, entry)
            _check_names(path.name, entries)
            names = [entry.filename for entry in entries]
            names = wanted(names) if wanted else names
            opened = set(names)
            total = 0
            for entry in entries:
                if entry.filename not in opened:
                    continue
                _check_kind(path.name, entry)
                total += _unpacked_size(path.name, archive, entry, limits, look)
                if total > _TOTAL * limits.file_bytes:
                    raise InputError(
                        f"{path.name} unpacks to more than {_TOTAL * limits.file_bytes:,} bytes: split the delivery."
                    )
            return names
    except DAMAGED as error:
        raise InputError(f"{path.name} is damaged and cannot be unpacked ({error}): make the archive again.") from None


def _check_path(label: str, entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    steps = PurePosixPath(name).parts
    if name.startswith("/") or "\\" in name or _DRIVE.match(name) or ".." in steps or "\0" in name:
        raise InputError(
            f"{label} holds {name!r}, a path that leads out of the archive: make the archive again from the folder alone."
        )


def _check_kind(label: str, entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise InputError(f"{label} holds {name!r}, a symbolic link: put the file itself into the archive.")
    if entry.flag_bits & 0x1:
        raise InputError(f"{label} is encrypted ({name!r}): make an archive without a password.")


def _check_names(label: str, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MOST_ENTRIES:
        raise InputError(f"{label} holds more than {_MOST_ENTRIES:,} files: that is no delivery of a case.")
    seen: set[str] = set()
    for entry in entries:
        folded = compose_name(entry.filename).casefold()
        if folded in seen:
            raise InputError(f"{label} holds {entry.filename!r} twice: only one of them can be meant.")
        seen.add(folded)


def _unpacked_size(
    label: str,
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    limits: Limits,
    look: Callable[[str, bytes], None] | None,
) -> int:
    """Return the number of bytes one entry really unpacks to, testing its checksum."""
    size, tail = 0, b""
    packed = max(1, entry.compress_size)
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            if size == 0 and chunk.startswith(_NESTED_MAGIC):
                raise InputError(f"{label} holds another archive ({entry.filename!r}): put its files in directly.")
            size += len(chunk)
            if size > limits.file_bytes:
                raise too_large(f"{label}, {entry.filename!r} (unpacked)", limits)
            if size > max(FLOOR, RATIO * packed):
                raise InputError(
                    f"{label}, {entry.filename!r} unpacks to more than {RATIO} times its size, as only archives made to do harm do."
                )
            if look is not None:
                look(entry.filename, tail + chunk)
                tail = chunk[-256:]
    return size


def _open(path: Path, name: str) -> io.BufferedReader:
    """Open one entry; closing it closes the archive as well."""
    return io.BufferedReader(_Member(path, name), buffer_size=1 << 16)


class _Member(io.RawIOBase):
    """One entry of an archive, as a raw stream that owns its archive."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__()
        self._shown = path.name
        try:
            self._archive = zipfile.ZipFile(path)
            self._stream = self._archive.open(name)
        except (zipfile.BadZipFile, KeyError) as error:
            raise InputError(f"{path.name} changed while it was read ({error}): load it again.") from None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            data = self._stream.read(len(view))
        except DAMAGED as error:
            raise InputError(
                f"{self._shown} is damaged and cannot be unpacked ({error}): make the archive again."
            ) from None
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._archive.close()
        super().close()
