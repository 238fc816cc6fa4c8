"""An export and its manifest: who made it, for whom, why, when, under which handling, and a hash of every file."""

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
_PACKED_ANEW = "This file was packed anew, with a password or in another way than graphsvc packs. Unpack it, then verify the folder."
_ENCRYPTED = 0x1
_COMPRESSED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def bundle(files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """The files and their manifest as one archive.

    `about` stands in the manifest as it is. The archive bears no other time or name than the manifest does.
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
    """The text of a manifest: what it says, and of every file its SHA-256 and how many bytes it has."""
    hashes = {name: digest for name, (digest, _) in sorted(files.items())}
    stated = dict(about) | {
        "files": {name: {"sha256": digest, "bytes": files[name][1]} for name, digest in hashes.items()},
        "sha256": whole(hashes, about),
    }
    return json.dumps(stated, ensure_ascii=False, indent=1) + "\n"


def whole(hashes: Mapping[str, str], about: Mapping[str, Any]) -> str:
    """The hash of a whole export: over the rest of its manifest and the hash of every file."""
    stated = json.dumps([dict(about), dict(sorted(hashes.items()))], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(stated.encode()).hexdigest()


def verify(path: Path) -> list[str]:
    """What is not as the manifest of an export says, which is one file or a folder; empty if all of it is.

    Raises:
        InputError: it is no export, or one that was packed anew in a way that is not read here.
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
    except RuntimeError:  # encrypted otherwise, or of a later version of the format
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
    """The manifest in an archive, and the hash of every other file in it; None of what is damaged."""
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
    """A file in an archive; None if what is there is not what was packed."""
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError):
        return None


def _of_folder(folder: Path) -> tuple[bytes, dict[str, str | None]]:
    """The manifest in a folder, and the hash of every other file in it, none of which is read as a whole."""
    hashes: dict[str, str | None] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                hashes[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    del hashes[MANIFEST]
    return (folder / MANIFEST).read_bytes(), hashes
