"""Reads a delivery as tables of text: a folder, or a file in one of the `forms`."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from graphsvc.errors import InputError
from graphsvc.ingest.archive import compose_name, is_system_file
from graphsvc.ingest.csvtext import CsvPart
from graphsvc.ingest.forms import ANY_FORM, FORMS, SUFFIXES, FileForm, find_form
from graphsvc.ingest.raw import Limits, Progress, RawPart, RawTable, too_large
from graphsvc.records.nearest import hint
from graphsvc.records.tables import IGNORED_FILES, REQUIRED_TABLES, TABLES

__all__ = ["Limits", "RawPart", "RawTable", "form_of", "open_parts", "read_delivery"]

# First bytes of old .xls files, and of workbooks locked with a password.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_CLAIMS = frozenset({"statements", "links"})


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
    form = form_of(path, limits)
    try:
        if form is None:
            return _folder_parts(path, limits, ignored)
        if form.parts is None:
            raise InputError(f"{path.name} is {form.name}: it has no tables.")
        return form.parts(path, limits, progress, ignored)
    except OSError as error:
        raise _unreadable(path, error) from error


def form_of(path: Path, limits: Limits) -> FileForm | None:
    """Return the form of a file; None for a folder.

    Raises:
        InputError: it is not there, cannot be read, is empty or too large, or has none of the `forms`.
    """
    path = path.absolute()
    try:
        if path.is_dir():
            return None
        start = _start(path, limits)
        form = find_form(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    if form is None and start == _OLD_OFFICE:
        raise InputError(
            f"{path.name} is an old .xls file or locked with a password: save it as .xlsx without a password."
        )
    if form is None:
        wanted = "damaged, or not" if path.suffix.lower() in SUFFIXES else "not"
        raise InputError(f"{path.name} is {wanted} a folder, {ANY_FORM}.")
    return form


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path.name} cannot be read: {error.strerror or error}.")


def _start(path: Path, limits: Limits) -> bytes:
    """Return the first four bytes of a file that is there, not empty and not too large."""
    if not path.is_file():
        raise InputError(f"{path.name} is not there: name a folder, {ANY_FORM}.")
    if path.stat().st_size > limits.file_bytes:
        raise too_large(path.name, limits)
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise InputError(f"{path.name} is empty.")
    return start


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
    if is_graph(part) and ".json" not in part.name.casefold():
        raise InputError(graph_beside(path, part.name))
    if why := in_folder(part):
        return InputError(f"{path.name} holds the unknown file {part.name!r}.{why}")
    # The message says so, because nobody looks for a hidden sheet.
    hidden = ", which is hidden (right-click a tab, Unhide)" if part.is_hidden else ""
    return InputError(
        f"{path.name} holds the unknown {kind} {part.name!r}{hidden}: {hint(part.name, known)}.".replace("?.", "?")
    )


def is_graph(part: RawPart) -> bool:
    """Whether a file is a graph by its name."""
    return any(form.needs_mapping and part.name.casefold().endswith(form.suffixes) for form in FORMS)


def graph_beside(path: Path, name: str) -> str:
    """Return the message for a graph among the files of a delivery."""
    return f"{path.name} holds {name!r}, which by its name is a graph of another program: load it by itself, with a mapping."


def in_folder(part: RawPart) -> str:
    """Return a sentence to append for a file in a folder of an archive, with what to do; empty for other files."""
    if not isinstance(part, CsvPart) or "/" not in part.name:
        return ""
    return " It lies in a folder: make the archive of the files alone, or of the one folder they all lie in."
