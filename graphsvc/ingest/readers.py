"""Reads a delivery as tables of text: a folder, a .zip of it, an .xlsx workbook, or a graph of another program."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from graphsvc.errors import InputError
from graphsvc.ingest.archive import DAMAGED, compose_name, is_system_file, zip_parts
from graphsvc.ingest.csvtext import CsvPart
from graphsvc.ingest.graph_file import SUFFIXES, graph_form, graph_parts
from graphsvc.ingest.raw import Limits, Progress, RawPart, RawTable, too_large
from graphsvc.records.nearest import hint
from graphsvc.records.tables import IGNORED_FILES, REQUIRED_TABLES, TABLES

__all__ = ["Limits", "RawPart", "RawTable", "open_parts", "read_delivery"]

# First bytes of old .xls files, and of workbooks locked with a password.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_CLAIMS = frozenset({"statements", "links"})
_DELIVERY = "a folder, a .zip of it, an .xlsx workbook, an .anx chart, or a graph (GEXF, GraphML, JSON lines)"


def read_delivery(path: Path, limits: Limits, progress: Progress | None = None) -> list[RawTable]:
    """Read the tables of a delivery in the case format: sheets now, rows of files when they are iterated.

    Files that operating systems leave behind (`.DS_Store`, `__MACOSX`, `Thumbs.db`) are skipped: they contain no case
    data, so nothing is lost. `truth.json` is skipped too and never read.

    Raises:
        InputError: the delivery or one of its files cannot be read.
    """
    path = path.absolute()
    known = {table.file: table.name for table in TABLES.values()}
    sheets = {name.casefold(): name for name in TABLES}
    tables: dict[str, RawTable] = {}
    for part in open_parts(path, limits, progress, IGNORED_FILES):
        name = known.get(part.name) if isinstance(part, CsvPart) else sheets.get(part.name.casefold())
        if name is None:
            raise _unknown(path, part, known if isinstance(part, CsvPart) else sheets)
        if name in tables:
            raise InputError(f"{path.name} has two sheets that name {name}: only one of them can be meant.")
        tables[name] = part.table(name)
    # People and things may come without statements: rows that come with statements may be set aside (`fold.fold`).
    if not tables or not _CLAIMS.isdisjoint(tables):
        for name in REQUIRED_TABLES:
            if name not in tables:
                raise InputError(
                    f"{path.name} has no {name}.csv: a delivery with statements needs people.csv and links.csv (or sheets of"
                    " these names)."
                )
    # In the order of the case format, whatever the order of the files.
    return [tables[name] for name in TABLES if name in tables]


def open_parts(
    path: Path, limits: Limits, progress: Progress | None = None, ignored: Collection[str] = ()
) -> Sequence[RawPart]:
    """Return the files or sheets of a delivery, whatever their names.

    Args:
        path: the delivery.
        limits: limits on its size.
        progress: called with (sheet, rows so far) while a sheet is read.
        ignored: names of files and sheets that are not wanted; their contents do not matter.

    Raises:
        InputError: `path` is not a readable delivery, or is damaged, too large or hostile.
    """
    path = path.absolute()
    try:
        if path.is_dir():
            return _folder_parts(path, limits, ignored)
        if graph_form(path):
            return graph_parts(path, limits, progress, ignored)
        _check_file(path, limits)
        if not _is_workbook(path):
            _require_no_opendocument(path)
            return zip_parts(path, limits, ignored)
        # Imported here: only a workbook should wait for openpyxl.
        from graphsvc.ingest.workbook import workbook_parts

        return workbook_parts(path, limits, progress, ignored)
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror or error}.") from error


def _check_file(path: Path, limits: Limits) -> None:
    """Refuse a file that is not an archive or a workbook."""
    if not path.is_file():
        raise InputError(f"{path.name} is not there: name {_DELIVERY}.")
    if path.stat().st_size > limits.file_bytes:
        raise too_large(path.name, limits)
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise InputError(f"{path.name} is empty.")
    if start == _OLD_OFFICE:
        raise InputError(
            f"{path.name} is an old .xls file or locked with a password: save it as .xlsx without a password."
        )
    if start[:2] != b"PK":
        wanted = "damaged, or not" if path.suffix.lower() in (".zip", ".xlsx") else "not"
        raise InputError(f"{path.name} is {wanted} {_DELIVERY}.")


def _is_workbook(path: Path) -> bool:
    """Whether a file is a workbook, by its content: an upload may have lost its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return path.suffix.lower() == ".xlsx"


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


def _folder_parts(folder: Path, limits: Limits, ignored: Collection[str]) -> list[CsvPart]:
    root = Path(os.path.realpath(folder))
    parts = []
    for path in sorted(folder.iterdir()):
        name = compose_name(path.name)
        if is_system_file(name) or name in ignored:
            continue
        # Path.resolve would raise on circular links.
        if not Path(os.path.realpath(path)).is_relative_to(root):
            raise InputError(
                f"{path.name} in {folder.name} is a link that leads out of the folder: put the file itself there."
            )
        if path.is_dir():
            raise InputError(f"{folder.name} holds the folder {path.name}: a delivery is one folder of files.")
        if not path.is_file():
            raise InputError(f"{path.name} in {folder.name} is not a file.")
        if path.stat().st_size > limits.file_bytes:
            raise too_large(path.name, limits)
        parts.append(CsvPart(name, cast("Callable[[], BinaryIO]", partial(path.open, "rb")), limits))
    return parts


def _unknown(path: Path, part: RawPart, known: dict[str, str]) -> InputError:
    kind = "file" if isinstance(part, CsvPart) else "sheet"
    # A JSON file need not be a graph.
    if part.name.casefold().endswith(SUFFIXES) and ".json" not in part.name.casefold():
        raise InputError(graph_beside(path, part.name))
    if why := in_folder(part):
        return InputError(f"{path.name} holds the unknown file {part.name!r}.{why}")
    # The message says so, because nobody looks for a hidden sheet.
    hidden = ", which is hidden (right-click a tab, Unhide)" if part.is_hidden else ""
    return InputError(
        f"{path.name} holds the unknown {kind} {part.name!r}{hidden}: {hint(part.name, known)}.".replace("?.", "?")
    )


def graph_beside(path: Path, name: str) -> str:
    """Return the message for a graph among the files of a delivery."""
    return f"{path.name} holds {name!r}, which by its name is a graph of another program: load it by itself, with a mapping."


def in_folder(part: RawPart) -> str:
    """Return a sentence to append for a file in a folder of an archive, with what to do; empty for other files."""
    if not isinstance(part, CsvPart) or "/" not in part.name:
        return ""
    return " It lies in a folder: make the archive of the files alone, or of the one folder they all lie in."
