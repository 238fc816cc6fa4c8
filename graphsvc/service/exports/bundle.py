"""Export archives and their manifest, which states maker, recipient, reason, time, handling code and file hashes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphsvc.errors import InputError

MANIFEST = "manifest.json"
_MOST = 200 << 20
_ANOTHER_MANIFEST = "the manifest is not as it was"
_PACKED_ANEW = "This file was packed again, with a password or with another program. Unpack it, then verify the folder."
_ENCRYPTED = 0x1
_COMPRESSED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def bundle(files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """Pack the files and their manifest into one archive.

    `about` is copied into the manifest. The archive records no times or names beyond those of the manifest.
    """
    text = manifest(
        about, {name: (hashlib.sha256(content).hexdigest(), len(content)) for name, content in files.items()}
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [(MANIFEST, text.encode()), *sorted(files.items())]:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def manifest(about: Mapping[str, Any], files: Mapping[str, tuple[str, int]]) -> str:
    """Return the text of a manifest: `about`, and the SHA-256 and size in bytes of every file."""
    hashes = {name: digest for name, (digest, _) in sorted(files.items())}
    stated = dict(about) | {
        "files": {name: {"sha256": digest, "bytes": files[name][1]} for name, digest in hashes.items()},
        "sha256": whole(hashes, about),
    }
    return json.dumps(stated, ensure_ascii=False, indent=1) + "\n"


def whole(hashes: Mapping[str, str], about: Mapping[str, Any]) -> str:
    """Return the hash of a whole export, computed from the hashes of its files and the rest of its manifest."""
    stated = json.dumps([dict(about), dict(sorted(hashes.items()))], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(stated.encode()).hexdigest()


def verify(path: Path) -> list[str]:
    """List the differences between an export (a file or folder) and its manifest.

    Raises:
        InputError: it is not an export, or was repacked in a way that cannot be read here.
    """
    try:
        text, hashes_now = _of_folder(path) if path.is_dir() else _of_archive(path)
        if text is None:
            return [_ANOTHER_MANIFEST]
        about = json.loads(text)
        stated, seal = about.pop("files"), about.pop("sha256")
        hashes = {name: record["sha256"] for name, record in stated.items()}
        seal_now = whole(hashes, about)
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(f"This is no export of graphsvc that can be read ({type(error).__name__}).") from None
    except RuntimeError:  # encrypted, or compressed by a later version of ZIP
        raise InputError(_PACKED_ANEW) from None
    faults = [f"{name} is missing" for name in sorted(hashes.keys() - hashes_now.keys())]
    faults += [f"{name} is not in the manifest" for name in sorted(hashes_now.keys() - hashes.keys())]
    faults += [
        f"{name} is not as it was"
        for name in sorted(hashes.keys() & hashes_now.keys())
        if hashes_now[name] is None or hashes_now[name] != hashes[name]
    ]
    return faults + ([] if seal_now == seal else [_ANOTHER_MANIFEST])


def _of_archive(path: Path) -> tuple[bytes | None, dict[str, str | None]]:
    """Return the manifest in an archive, and the hash of every other file in it; None for damaged files."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MOST:
            raise InputError("This file is larger than any export is. Nothing was read.")
        if any(entry.flag_bits & _ENCRYPTED or entry.compress_type not in _COMPRESSED for entry in archive.infolist()):
            raise InputError(_PACKED_ANEW)
        files = {name: _content(archive, name) for name in archive.namelist()}
    text = files.pop(MANIFEST)
    return text, {
        name: None if content is None else hashlib.sha256(content).hexdigest() for name, content in files.items()
    }


def _content(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """Return a file in an archive; None if it is damaged."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError):
        return None


def _of_folder(folder: Path) -> tuple[bytes, dict[str, str | None]]:
    """Return the manifest in a folder, and the hash of every other file in it, computed without loading whole files."""
    hashes: dict[str, str | None] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                hashes[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    del hashes[MANIFEST]
    return (folder / MANIFEST).read_bytes(), hashes
