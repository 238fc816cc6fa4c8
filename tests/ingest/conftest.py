"""Deliveries made by tests, as folder, archive and workbook."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from graphsvc.ingest.raw import Limits

PEOPLE = "id,name\nP1,Hewa\nP2,Karo\n"
STATEMENTS = "id,kind,handling\nS1,intelligence,P\n"
LINKS = "subject_id,relation,object_id,statement_id\nP1,DIRECTED,P2,S1\n"

Deliver = Callable[..., Path]


@pytest.fixture
def limits() -> Limits:
    """Limits small enough to exceed quickly."""
    return Limits(file_bytes=5_000_000, cell_chars=1_000)


@pytest.fixture
def deliver(tmp_path: Path) -> Deliver:
    """deliver({"people.csv": ...}) → a folder with two people and a link; files are replaced, or left out (None)."""

    def make(files: dict[str, str | bytes | None] | None = None) -> Path:
        folder = tmp_path / "case"
        folder.mkdir(exist_ok=True)
        whole = {"people.csv": PEOPLE, "statements.csv": STATEMENTS, "links.csv": LINKS} | (files or {})
        for name, content in whole.items():
            if content is not None:
                (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return make


@pytest.fixture
def zip_folder(tmp_path: Path) -> Deliver:
    """zip_folder(folder, inside="case/") → the .zip of it."""

    def make(folder: Path, inside: str = "", name: str = "case.zip") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.iterdir(), reverse=True):
                archive.write(file, inside + file.name)
        return path

    return make


@pytest.fixture
def workbook(tmp_path: Path) -> Deliver:
    """workbook(folder) → an .xlsx with a sheet for each file, every cell text."""

    def make(folder: Path, name: str = "book.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for file in sorted(folder.glob("*.csv"), key=lambda file: (file.stem != "people", file.stem)):
            sheet = book.create_sheet(file.stem)
            for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")):
                sheet.append(row)
                for cell in sheet[sheet.max_row]:
                    if cell.value is not None:
                        cell.data_type = "s"
        path = tmp_path / name
        book.save(path)
        return path

    return make
