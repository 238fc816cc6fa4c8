"""One .zip with its manifest: who made it, for whom, why, when, under which handling, and a hash of every file."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphsvc.errors import InputError

MANIFEST = "manifest.json"
_MOST = 200 << 20


def bundle(files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """The files and their manifest as one archive.

    `about` stands in the manifest as it is. The archive bears no other time or name than the manifest does.
    """
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    manifest = dict(about) | {
        "files": {name: {"sha256": digest, "bytes": len(files[name])} for name, digest in hashes.items()},
        "sha256": whole(hashes, about),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [(MANIFEST, text.encode()), *sorted(files.items())]:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def whole(hashes: Mapping[str, str], about: Mapping[str, Any]) -> str:
    """The hash of a whole export: over the rest of its manifest and the hash of every file."""
    stated = json.dumps([dict(about), dict(sorted(hashes.items()))], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(stated.encode()).hexdigest()


def verify(path: Path) -> list[str]:
    """What is not as the manifest of an export says; empty if all of it is.

    Raises:
        InputError: the file is no export.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST:
                raise InputError("This file is larger than any export is. Nothing was read.")
            files = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(files.pop(MANIFEST))
        stated, seal = manifest.pop("files"), manifest.pop("sha256")
        hashes = {name: record["sha256"] for name, record in stated.items()}
        seal_now = whole(hashes, manifest)
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"This is no export of graphsvc that can be read ({type(error).__name__}).") from None
    faults = [f"{name} is missing" for name in sorted(hashes.keys() - files.keys())]
    faults += [f"{name} is not in the manifest" for name in sorted(files.keys() - hashes.keys())]
    faults += [
        f"{name} is not as it was"
        for name in sorted(hashes.keys() & files.keys())
        if hashlib.sha256(files[name]).hexdigest() != hashes[name]
    ]
    return faults + ([] if seal_now == seal else ["the manifest is not as it was"])
