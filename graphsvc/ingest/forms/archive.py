"""A .zip of the case folder, or of other people's tables."""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from pathlib import Path

from graphsvc.errors import InputError
from graphsvc.ingest.archive import DAMAGED, zip_parts
from graphsvc.ingest.csvtext import CsvPart
from graphsvc.ingest.forms.form import FileForm
from graphsvc.ingest.raw import Limits, Progress


def _is_archive(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"PK"


def _read_archive(path: Path, limits: Limits, progress: Progress | None, ignored: Collection[str]) -> list[CsvPart]:  # noqa: ARG001 - files are read later
    _require_no_opendocument(path)
    return zip_parts(path, limits, ignored)


def _require_no_opendocument(path: Path) -> None:
    """Require that an archive is not a document of LibreOffice.

    Raises:
        InputError: it is one.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open("mimetype") as stream:
            kind = stream.read(100)
    except (*DAMAGED, KeyError, RuntimeError, ValueError):
        return
    if kind.startswith(b"application/vnd.oasis.opendocument"):
        raise InputError(f"{path.name} is an OpenDocument file: save it as .xlsx.")


FORMS = [
    FileForm(
        order=1,
        name="a .zip of the case folder",
        suffixes=(".zip",),
        advice="zip the folder of the case",
        recognises=_is_archive,
        parts=_read_archive,
    )
]
