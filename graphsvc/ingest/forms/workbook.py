"""An .xlsx workbook with a sheet for each table."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Sequence
from pathlib import Path

from graphsvc.ingest.forms.form import FileForm
from graphsvc.ingest.raw import Limits, Progress, RawPart


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        # Damaged: the reader says so.
        with path.open("rb") as stream:
            return stream.read(2) == b"PK" and path.suffix.lower() == ".xlsx"


def _read_workbook(
    path: Path, limits: Limits, progress: Progress | None, ignored: Collection[str]
) -> Sequence[RawPart]:
    # Imported here: only a workbook should wait for openpyxl.
    from graphsvc.ingest.workbook import workbook_parts

    return workbook_parts(path, limits, progress, ignored)


FORMS = [
    FileForm(
        order=2,
        name="an .xlsx workbook",
        suffixes=(".xlsx",),
        advice="save it as one workbook",
        recognises=_is_workbook,
        parts=_read_workbook,
    )
]
