import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from graphsvc.errors import InputError
from graphsvc.ingest.raw import Limits
from graphsvc.ingest.readers import read_delivery

Deliver = Callable[..., Path]
Change = Callable[[openpyxl.Workbook], None]


@pytest.fixture
def change_workbook(deliver: Deliver, workbook: Deliver) -> Callable[[Change], Path]:
    """A workbook that would load, changed by a function."""

    def make(change: Change) -> Path:
        path = workbook(deliver())
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)
        return path

    return make


def patch_part(path: Path, part: str, pattern: str, replacement: str) -> Path:
    """The workbook with the XML of one part changed, as no library would write it."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    text, count = re.subn(pattern, replacement, contents[part].decode(), count=1)
    assert count == 1, f"{pattern} is not in {text[:2000]}"
    contents[part] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def cells(path: Path, limits: Limits, table: str = "people") -> list[tuple[int, list[str]]]:
    (sheet,) = [each for each in read_delivery(path, limits) if each.name == table]
    return [(1, sheet.header), *sheet.rows]


def expect_refusal(path: Path, limits: Limits, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_delivery(path, limits)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (12, "General", "12"),
        (12.0, "0.00", "12"),
        (51.125, "General", "51.125"),
        (123, "00000", "00123"),
        (7_700_900_123, "00000000000", "07700900123"),
        (-3, "00000", "-3"),
        (12, "0", "12"),
        (True, "General", "yes"),
        (False, "General", "no"),
        (dt.date(2020, 5, 8), "yyyy-mm-dd", "2020-05-08"),
        (dt.datetime(2020, 5, 8), "dd/mm/yyyy", "2020-05-08"),  # noqa: DTZ001 - a workbook knows no zones
        (dt.datetime(2020, 5, 8, 4, 30), "yyyy-mm-dd hh:mm", "2020-05-08T04:30Z"),  # noqa: DTZ001
        (dt.datetime(2020, 5, 8, 4, 30, 9), "yyyy-mm-dd hh:mm", "2020-05-08T04:30:09Z"),  # noqa: DTZ001
        (dt.date(2020, 5, 1), "mmm\\-yy", "2020-05"),
        (dt.date(2020, 1, 1), "yyyy", "2020"),
        (dt.date(2020, 5, 8), "mmm\\-yy", "2020-05-08"),
        (dt.date(2020, 5, 1), "yyyy", "2020-05-01"),
        (dt.datetime(2020, 5, 1, 4, 30), "mmm\\-yy", "2020-05-01T04:30Z"),  # noqa: DTZ001
        (dt.datetime(2020, 5, 8), "yyyy-mm-dd hh:mm", "2020-05-08"),  # noqa: DTZ001
        (dt.time(4, 30), "hh:mm", "04:30:00"),
        ("a_x000D__x000A_b_x0041_", "General", "a\nbA"),
        ("_xD800_ and _x0000_", "General", "_xD800_ and _x0000_"),
        (" kept ", "General", " kept "),
    ],
)
def test_cells_become_text(
    value: object, number_format: str, text: str, change_workbook: Callable[[Change], Path], limits: Limits
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        cell = book["people"]["B3"]
        cell.value = value
        cell.number_format = number_format

    assert cells(change_workbook(change), limits) == [(1, ["id", "name"]), (2, ["P1", "Hewa"]), (3, ["P2", text])]


def test_midnight_is_a_time_where_its_column_has_times(
    change_workbook: Callable[[Change], Path], limits: Limits
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for place, at in (("B2", dt.datetime(2020, 5, 8)), ("B3", dt.datetime(2020, 5, 8, 0, 1))):  # noqa: DTZ001
            book["people"][place].value = at
            book["people"][place].number_format = "yyyy-mm-dd hh:mm"

    assert cells(change_workbook(change), limits)[1:] == [
        (2, ["P1", "2020-05-08T00:00Z"]),
        (3, ["P2", "2020-05-08T00:01Z"]),
    ]


def test_lines_are_row_numbers_and_short_rows_are_filled(
    change_workbook: Callable[[Change], Path], limits: Limits
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["people"]["A7"].value = "P7"
        book["people"]["D8"].value = "beyond the header"

    assert cells(change_workbook(change), limits)[3:] == [(7, ["P7", ""]), (8, ["", "", "", "beyond the header"])]


def test_text_that_looks_like_a_formula_is_text(deliver: Deliver, workbook: Deliver, limits: Limits) -> None:
    path = workbook(deliver({"people.csv": "id,name\nP1,=1+1\n"}))
    assert cells(path, limits)[1] == (2, ["P1", "=1+1"])


def test_sheets_are_known_by_name_in_any_case(deliver: Deliver, workbook: Deliver, limits: Limits) -> None:
    path = patch_part(workbook(deliver()), "xl/workbook.xml", 'name="people"', 'name="People"')
    assert read_delivery(path, limits)[0].file == "book.xlsx, sheet People"


def test_a_dimension_that_lies_hides_no_row(deliver: Deliver, workbook: Deliver, limits: Limits) -> None:
    path = patch_part(
        workbook(deliver()), "xl/worksheets/sheet1.xml", r'<dimension ref="[^"]*"', '<dimension ref="A1:A1"'
    )
    tables = {table.name: [table.header, *(row for _, row in table.rows)] for table in read_delivery(path, limits)}
    assert tables["people"] == [["id", "name"], ["P1", "Hewa"], ["P2", "Karo"]]


def _formula(book: openpyxl.Workbook) -> None:
    book["links"]["B2"].value = "=A2"


def _error(book: openpyxl.Workbook) -> None:
    book["people"]["B2"].value = "#N/A"


def _merge_cells(book: openpyxl.Workbook) -> None:
    book["people"].merge_cells("A2:A3")


def _merged_header(book: openpyxl.Workbook) -> None:
    book["people"].merge_cells("A1:B1")


def _digits(book: openpyxl.Workbook) -> None:
    book["people"]["A2"].value = 4_477_009_001_234_567


def _extra(book: openpyxl.Workbook) -> None:
    book.create_sheet("Sheet1")


def _chart(book: openpyxl.Workbook) -> None:
    chart = BarChart()
    chart.add_data(Reference(book["people"], 1, 1))
    book.create_chartsheet("Chart1").add_chart(chart)


def _hidden(book: openpyxl.Workbook) -> None:
    book.create_sheet("Tabelle3").sheet_state = "hidden"


def _german(book: openpyxl.Workbook) -> None:
    book["people"].title = "Personen"


def _mistype_title(book: openpyxl.Workbook) -> None:
    book["statements"].title = "PEOPLE."


def _no_header(book: openpyxl.Workbook) -> None:
    book["people"].insert_rows(1)


def _empty(book: openpyxl.Workbook) -> None:
    book["people"].delete_rows(1, 9)


def _date_beyond(book: openpyxl.Workbook) -> None:
    book["people"]["B2"].value = 99_999_999
    book["people"]["B2"].number_format = "yyyy-mm-dd"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_formula, "book.xlsx, sheet links, cell B2 holds a formula: copy the cells and paste them as values"),
        (_error, "book.xlsx, sheet people, cell B2 holds the error #N/A"),
        (_date_beyond, "book.xlsx, sheet people, cell B2 holds the error"),
        (_merge_cells, r"book.xlsx, sheet people has merged cells \(A2:A3\)"),
        (_merged_header, r"book.xlsx, sheet people has merged cells \(A1:B1\)"),
        (_digits, "book.xlsx, sheet people, cell A2 holds a number of more than 15 digits"),
        (_extra, "unknown sheet 'Sheet1'"),
        (_hidden, "unknown sheet 'Tabelle3', which is hidden .right-click a tab, Unhide.: known are people, boats"),
        (_german, "unknown sheet 'Personen': known are people, boats"),
        (_chart, "unknown sheet 'Chart1'"),
        (_mistype_title, "unknown sheet 'PEOPLE.': did you mean people"),
        (_no_header, "book.xlsx, sheet people, row 1 is empty"),
        (_empty, "book.xlsx, sheet people, row 1 is empty"),
        (lambda book: book.remove(book["links"]), "book.xlsx has no links.csv"),
    ],
)
def test_what_a_table_cannot_hold_is_refused_by_its_place(
    change: Change, message: str, change_workbook: Callable[[Change], Path], limits: Limits
) -> None:
    expect_refusal(change_workbook(change), limits, message)


def test_two_sheets_of_one_name_are_refused(deliver: Deliver, workbook: Deliver, limits: Limits) -> None:
    path = patch_part(workbook(deliver({"boats.csv": "id\nB1\n"})), "xl/workbook.xml", 'name="boats"', 'name="People"')
    expect_refusal(path, limits, "two sheets that name people")


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r'<row r="3"', '<row r="1"'),
        (r'r="B2"', 'r="A2"'),
    ],
)
def test_rows_and_cells_out_of_order_are_refused(
    pattern: str, replacement: str, deliver: Deliver, workbook: Deliver, limits: Limits
) -> None:
    path = workbook(deliver({"statements.csv": None}))
    with zipfile.ZipFile(path) as archive:
        parts = [f"xl/worksheets/sheet{n}.xml" for n in (1, 2)]
        (part,) = [each for each in parts if b'r="3"' in archive.read(each)]
    expect_refusal(patch_part(path, part, pattern, replacement), limits, "out of order")


def test_entities_are_refused(deliver: Deliver, workbook: Deliver, limits: Limits) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet '
    path = patch_part(workbook(deliver()), "xl/worksheets/sheet1.xml", "<worksheet ", bomb)
    expect_refusal(path, limits, "declares entities in 'xl/worksheets/sheet1.xml'")


def test_a_workbook_that_is_a_bomb_is_refused(deliver: Deliver, workbook: Deliver, limits: Limits) -> None:
    path = patch_part(workbook(deliver()), "xl/worksheets/sheet1.xml", "<sheetData>", "<sheetData>" + " " * 4_000_000)
    expect_refusal(path, limits, "times its size")


def test_a_strict_workbook_is_told_what_to_be(deliver: Deliver, workbook: Deliver, limits: Limits) -> None:
    path = workbook(deliver())
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            strict = content.replace(b"/spreadsheetml/2006/main", b"/ooxml/spreadsheetml/main")
            archive.writestr(name, strict)
    expect_refusal(path, limits, "book.xlsx is saved as Strict Open XML: save it as Excel Workbook")


def test_a_damaged_workbook_is_refused(deliver: Deliver, workbook: Deliver, limits: Limits) -> None:
    path = patch_part(workbook(deliver()), "xl/workbook.xml", "<sheets>", "<sheets")
    expect_refusal(path, limits, r"book.xlsx cannot be read as a workbook")


def test_random_damage_raises_nothing_else(deliver: Deliver, workbook: Deliver, limits: Limits) -> None:
    path = workbook(deliver())
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    outcomes = set()
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"):
        if name not in contents:
            continue
        for place in range(0, len(contents[name]), 23):
            damaged = bytearray(contents[name])
            damaged[place] ^= 0x15
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for member, content in (contents | {name: bytes(damaged)}).items():
                    archive.writestr(member, content)
            try:
                read_delivery(path, limits)
                outcomes.add("read")
            except InputError:
                outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_progress_is_told_and_what_it_raises_is_passed_on(deliver: Deliver, workbook: Deliver, limits: Limits) -> None:
    path = workbook(deliver({"people.csv": "id\n" + "".join(f"P{n}\n" for n in range(5_500))}))
    steps: list[tuple[str, int]] = []
    read_delivery(path, limits, lambda file, rows: steps.append((file, rows)))
    assert steps == [("book.xlsx, sheet people", 5_000)]

    def stop(_file: str, _rows: int) -> None:
        raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError, match="cancelled"):
        read_delivery(path, limits, stop)


def test_more_rows_than_the_limit_are_refused(deliver: Deliver, workbook: Deliver) -> None:
    expect_refusal(
        workbook(deliver()),
        Limits(5_000_000, 1_000, rows=1),
        r"sheet people has more than 1 rows: split it .* with --partial",
    )
