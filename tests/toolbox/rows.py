"""Invented rows, and texts of tables, as the folder or archive of a delivery."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from graphsvc.records.tables import REQUIRED_TABLES, TABLES

Rows = list[dict[str, str]]
Tables = dict[str, Rows]


def row(text: str, columns: str) -> dict[str, str]:
    """A row from comma-separated cells and blank-separated columns."""
    return dict(zip(columns.split(), (cell.strip() for cell in text.split(",")), strict=True))


def claim(subject: str, relation: str, target: str, statement: str, **cells: str) -> dict[str, str]:
    return {"subject_id": subject, "relation": relation, "object_id": target, "statement_id": statement, **cells}


def statement_claims(statement: str, *links: str) -> Rows:
    """Claims of a statement, each written as subject, relation and object."""
    ends = (link.split() for link in links)
    return [claim(subject, relation, target, statement) for subject, relation, target in ends]


def parse_tables(**files: str) -> Tables:
    """Rows of tables written as text."""
    return {name: list(csv.DictReader(io.StringIO(text))) for name, text in files.items()}


def read(folder: Path) -> Tables:
    tables: Tables = {}
    for name, table in TABLES.items():
        with (folder / table.file).open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    return tables


def write(folder: Path, **tables: Rows) -> Path:
    """Write a delivery of these rows to a new folder; a required table without rows has only its required columns."""
    return texts(folder, **{name: _text(name, tables.get(name, [])) for name in (*REQUIRED_TABLES, *tables)})


def _text(table: str, rows: Rows) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    columns = columns or [column.name for column in TABLES[table].columns if column.required]
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, columns)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def texts(folder: Path, **files: str) -> Path:
    """Write these tables to a new folder."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8", newline="")
    return folder


def zip_tables(**files: str) -> bytes:
    """An archive of these tables."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return packed.getvalue()
