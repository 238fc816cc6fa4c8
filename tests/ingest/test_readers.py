import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from graphsvc.errors import InputError
from graphsvc.ingest import forms
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.readers import read_delivery

Deliver = Callable[..., Path]


def names(path: Path, limits: Limits) -> list[tuple[str, str]]:
    return [(table.name, table.file) for table in read_delivery(path, limits)]


def test_folder_archive_and_workbook_have_the_same_tables(
    deliver: Deliver, zip_folder: Deliver, workbook: Deliver, limits: Limits
) -> None:
    folder = deliver(
        {
            "truth.json": "{",
            ".DS_Store": b"\0",
            "Thumbs.db": b"\0",
            "desktop.ini": b"\0",
            ".~lock.people.csv#": "x",
            "~$people.xlsx": "x",
        }
    )
    files = [("people", "people.csv"), ("statements", "statements.csv"), ("links", "links.csv")]
    assert names(folder, limits) == files
    assert names(zip_folder(folder), limits) == files
    assert names(zip_folder(folder, inside="my case/"), limits) == files
    assert names(workbook(folder), limits) == [(name, f"book.xlsx, sheet {name}") for name, _ in files]


def test_an_archive_and_a_workbook_are_told_by_content(
    deliver: Deliver, zip_folder: Deliver, workbook: Deliver, limits: Limits
) -> None:
    assert len(names(zip_folder(deliver(), name="upload-1"), limits)) == 3
    assert names(workbook(deliver(), name="upload-2"), limits)[0] == ("people", "upload-2, sheet people")


@pytest.mark.parametrize("table", ["people", "things"])
def test_people_and_things_come_without_statements(deliver: Deliver, limits: Limits, table: str) -> None:
    no_files = dict.fromkeys(("people.csv", "statements.csv", "links.csv"))
    folder = deliver({**no_files, f"{table}.csv": "id\na\n"})
    assert [name for name, _ in names(folder, limits)] == [table]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (dict.fromkeys(("people.csv", "statements.csv", "links.csv")), "case has no people.csv"),
        (
            {"people.csv": None},
            "case has no people.csv: a delivery with statements needs people.csv and links.csv",
        ),
        ({"links.csv": None}, "case has no links.csv"),
        ({"poeple.csv": "id\n"}, "unknown file 'poeple.csv': did you mean people.csv"),
        ({"readme.txt": "hello"}, "unknown file 'readme.txt'"),
        ({"people.csv": None, "People.csv": "id\n"}, "unknown file 'People.csv': did you mean people.csv"),
        # A file that is never read may contain anything.
        ({"truth.json": "x" * 6_000_000, "people.csv": ""}, "people.csv is empty"),
        ({"people.csv": ""}, "people.csv is empty"),
        ({"people.csv": "id\n" + "x" * 6_000_000}, "people.csv is larger than 5,000,000 bytes"),
    ],
)
def test_a_fault_of_the_folder_is_named(
    files: dict[str, str | None], message: str, deliver: Deliver, limits: Limits
) -> None:
    with pytest.raises(InputError, match=message):
        read_delivery(deliver(files), limits)


def test_a_link_out_of_the_folder_is_refused(deliver: Deliver, tmp_path: Path, limits: Limits) -> None:
    (tmp_path / "secret.csv").write_text("id\n")
    folder = deliver()
    (folder / "boats.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(InputError, match=r"boats.csv in case is a link that leads out of the folder"):
        read_delivery(folder, limits)


def test_links_that_go_in_circles_and_files_that_cannot_be_opened_are_named(
    deliver: Deliver, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = deliver()
    (folder / "boats.csv").symlink_to(folder / "boats.csv")
    with pytest.raises(InputError, match=r"boats.csv in case is not a file"):
        read_delivery(folder, limits)
    (folder / "boats.csv").unlink()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"links.csv cannot be read: Permission denied"):
        read_delivery(folder, limits)


def test_the_folder_one_stands_in_has_a_name(deliver: Deliver, limits: Limits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(deliver({"readme.txt": "x"}))
    with pytest.raises(InputError, match=r"^case holds the unknown file"):
        read_delivery(Path(), limits)


def test_folders_and_pipes_in_the_folder_are_refused(deliver: Deliver, limits: Limits) -> None:
    folder = deliver()
    (folder / "boats.csv").mkdir()
    with pytest.raises(InputError, match=r"holds the folder boats.csv"):
        read_delivery(folder, limits)
    (folder / "boats.csv").rmdir()
    os.mkfifo(folder / "boats.csv")
    with pytest.raises(InputError, match=r"boats.csv in case is not a file"):
        read_delivery(folder, limits)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("case.zip", b"", "case.zip is empty"),
        ("case.zip", b"hello", "case.zip is damaged, or not a folder"),
        (
            "people.csv",
            b"id\n",
            "people.csv is not a folder, a .zip of the case folder, an .xlsx workbook, an .anx chart or a graph",
        ),
        ("book.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "old .xls file or locked with a password"),
        ("case.zip", b"PK\x03\x04 and no more", "case.zip is damaged"),
        ("book.xlsx", b"PK\x03\x04 and no more", "book.xlsx is damaged"),
        ("case.zip", b"PK\x03\x04" + b"x" * 6_000_000, "case.zip is larger than"),
    ],
)
def test_what_is_no_delivery_is_refused(
    name: str, content: bytes, message: str, tmp_path: Path, limits: Limits
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_delivery(path, limits)


def test_what_is_not_there_is_said(tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(InputError, match="nowhere is not there"):
        read_delivery(tmp_path / "nowhere", limits)


def test_a_document_of_libreoffice_is_told_what_to_be(tmp_path: Path, limits: Limits) -> None:
    path = tmp_path / "case.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", "<x/>")
    with pytest.raises(InputError, match=r"case.ods is an OpenDocument file: save it as .xlsx\."):
        read_delivery(path, limits)


def test_a_new_form_is_one_module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limits: Limits) -> None:
    (tmp_path / "one_table.py").write_text(
        """
from graphsvc.ingest.csvtext import CsvPart
from graphsvc.ingest.forms import FileForm

FORMS = [
    FileForm(
        order=9,
        name="one table",
        suffixes=(".one",),
        advice="save one table",
        recognises=lambda path: path.read_bytes().startswith(b"!"),
        parts=lambda path, limits, _progress, _ignored: [CsvPart("people.csv", lambda: open_after_mark(path), limits)],
    )
]


def open_after_mark(path):
    stream = path.open("rb")
    stream.seek(1)
    return stream
""",
        "utf-8",
    )
    monkeypatch.setattr(forms, "__path__", [*forms.__path__, str(tmp_path)])
    monkeypatch.setattr(forms, "FORMS", tuple(forms._find_forms()))
    path = tmp_path / "people.one"
    path.write_bytes(b"!id,name\nP1,Ana Petrou\n")
    [people] = read_delivery(path, limits)
    assert (people.name, list(people.rows)) == ("people", [(2, ["P1", "Ana Petrou"])])
