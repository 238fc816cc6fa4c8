"""Any input gives a Delivery or an InputError; equal content gives an equal result in every format."""

import csv
import io
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graphsvc.errors import InputError
from graphsvc.ingest.check import Delivery, check_delivery, read_case
from graphsvc.ingest.mapping import load_mapping
from graphsvc.ingest.raw import Limits, RawTable
from graphsvc.records.tables import TABLES

LIMITS = Limits(file_bytes=100_000, cell_chars=200, rows=1_000)
LINKS = b"subject_id,relation,object_id,statement_id\n"

# Characters that a workbook can store too; no lone carriage return, which XML turns into a line feed.
_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20)
_WORDY = st.one_of(
    _TEXT,
    st.sampled_from(["", "yes", "P", "2020-05", "suspect@2020", "DIRECTED", "1", "1.5", "-1", "nan", " x", "a;b"]),
)


def case_of(content: bytes) -> Delivery | InputError:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "people.csv").write_bytes(content)
        (Path(folder) / "links.csv").write_bytes(LINKS)
        try:
            return read_case(Path(folder), LIMITS)
        except InputError as error:
            return error


@given(st.binary(max_size=300))
@example(b'id\n"')
@example(b"id\nP\r1\n")
@settings(max_examples=300)
def test_random_bytes_give_a_delivery_or_an_input_error(content: bytes) -> None:
    for whole in (content, b"id,name,notes\n" + content):
        outcome = case_of(whole)
        if isinstance(outcome, Delivery):
            assert outcome.read["people"] == sum(row.table == "people" for row in outcome.rows) + len(
                outcome.rejections
            )
        else:
            assert "people.csv" in str(outcome)


@given(
    st.binary(max_size=300),
    st.sampled_from(["case.zip", "book.xlsx"]),
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06"]),
)
def test_random_archives_give_an_input_error(content: bytes, name: str, start: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(start + content)
        with pytest.raises(InputError, match=name):
            read_case(path, LIMITS)


@given(st.data())
@settings(max_examples=200)
def test_random_cells_are_accepted_or_rejected_row_by_row(data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(list(TABLES.values())))
    header = [column.name for column in table.columns]
    cells = st.lists(_WORDY, min_size=len(header) - 1, max_size=len(header) + 1)
    rows = data.draw(st.lists(cells, max_size=4))
    delivery = check_delivery([RawTable(table.name, table.file, header, list(enumerate(rows, 2)))], LIMITS)
    assert delivery.read[table.name] == len(rows) == len(delivery.rows) + len(delivery.rejections)
    assert all(value not in ("", [], None) for row in delivery.rows for value in row.values.values())


@given(st.text(max_size=300))
def test_random_mappings_give_a_mapping_or_an_input_error(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.toml"
        path.write_text(text, encoding="utf-8")
        # No text made by hypothesis is a complete mapping.
        with pytest.raises(InputError, match=r"map\.toml"):
            load_mapping(path)


_PEOPLE = st.lists(
    st.tuples(
        st.text(st.sampled_from("abcdefgåß-1"), min_size=1, max_size=6),
        _TEXT,
        st.text(st.sampled_from('a",;\n =+é'), max_size=8),
        st.sampled_from(["", "2020", "2020-05", "2020-05-08"]),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row[0],
)


@given(_PEOPLE)
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_rows_have_one_digest_in_every_form_and_order(rows: list[tuple[str, ...]]) -> None:
    header = ("id", "name", "notes", "date_of_birth")
    turned = rows[::-1]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "case"
        folder.mkdir()
        (folder / "people.csv").write_bytes(_csv([header, *rows], "\r\n"))
        (folder / "links.csv").write_bytes(LINKS)
        archive = Path(place) / "case.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("links.csv", LINKS)
            packed.writestr("people.csv", _csv([header[::-1], *(row[::-1] for row in turned)], "\n"))
        book = openpyxl.Workbook()
        for title, table in (("people", [header, *turned]), ("links", [LINKS.decode().strip().split(",")])):
            sheet = book.create_sheet(title)
            for row in table:
                sheet.append(row)
                for cell in sheet[sheet.max_row]:
                    cell.data_type = "s" if cell.value else cell.data_type
        book.remove(book.worksheets[0])
        book.save(Path(place) / "book.xlsx")
        deliveries = [read_case(path, LIMITS) for path in (folder, archive, Path(place) / "book.xlsx")]
    assert [len(each.rows) for each in deliveries] == [len(rows)] * 3
    assert len({each.digest for each in deliveries}) == 1


def _csv(rows: list[tuple[str, ...]], end: str) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=end).writerows(rows)
    return stream.getvalue().encode()
