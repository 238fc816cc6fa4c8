"""Tables from others without a header row: read as data if the mapping says so, otherwise questioned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from graphsvc.errors import InputError
from graphsvc.ingest.check import read_case
from graphsvc.ingest.mapping import mapping_of
from graphsvc.ingest.raw import Limits

# Links as some programs write them: kind and name of each end, then the relation, padded, without a header.
CALLS = "Driver, Hewa,  Agent, Karo, Calls\nAgent,  Karo,  Boss,  Omar, Pays\nDriver, Hewa,  Boss,  Omar, Calls\n"
MAPPING = """
[statement]
id = "calls"
kind = "intelligence"

[[table]]
record = "people"
file = "calls.csv"
header = false
columns.id = { distinct = ["2", "4"] }

[[table]]
record = "links"
file = "calls.csv"
header = false
ignore = ["1", "3"]
columns.subject_id = "2"
columns.object_id = "4"
columns.relation = { column = "5", values = { Calls = "CONTACTED", Pays = "PAID" } }
"""
NAMED = (
    MAPPING.replace("header = false\n", "")
    .replace('"2"', '" Hewa"')
    .replace('"4"', '" Karo"')
    .replace('"5"', '" Calls"')
    .replace('["1", "3"]', '["Driver", "  Agent"]')
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "theirs"
    path.mkdir()
    (path / "calls.csv").write_text(CALLS)
    return path


def read(path: Path, limits: Limits, text: str = MAPPING) -> list[tuple[str, int, list[str]]]:
    """(table, line, ends or id) of each row."""
    delivery = read_case(path, limits, mapping_of("map.toml", text.encode()))
    assert delivery.rejections == []
    ends = ("id", "subject_id", "relation", "object_id")
    return [
        (row.table, row.line, [row.values[name] for name in ends if name in row.values])
        for row in delivery.rows
        if row.table != "statements"
    ]


ROWS = [
    ("people", 1, ["Hewa"]),
    ("people", 1, ["Karo"]),
    ("people", 2, ["Omar"]),
    ("links", 1, ["Hewa", "CONTACTED", "Karo"]),
    ("links", 2, ["Karo", "PAID", "Omar"]),
    ("links", 3, ["Hewa", "CONTACTED", "Omar"]),
]


def test_the_first_row_of_a_file_without_a_header_is_read(folder: Path, limits: Limits) -> None:
    assert read(folder, limits) == ROWS


def test_a_sheet_without_a_header_is_as_wide_as_its_widest_row(tmp_path: Path, limits: Limits) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "calls.csv"
    sheet.append([])
    sheet.append(["Hewa", "Karo"])
    sheet.append(["Karo", "Omar", "at night"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    text = MAPPING.replace('"2", "4"', '"1", "2"').replace('["1", "3"]', "[]")
    text = text.replace('subject_id = "2"', 'subject_id = "1"').replace('object_id = "4"', 'object_id = "2"')
    start = text.index("columns.relation")
    text = text[:start] + 'columns.notes = "3"\nconstants.relation = "CONTACTED"\n'
    assert [row for row in read(path, limits, text) if row[0] == "links"] == [
        ("links", 2, ["Hewa", "CONTACTED", "Karo"]),
        ("links", 3, ["Karo", "CONTACTED", "Omar"]),
    ]


def test_a_row_of_another_width_than_the_first_is_rejected_in_those_words(folder: Path, limits: Limits) -> None:
    (folder / "calls.csv").write_text(CALLS + "Agent,Karo,Boss\n")
    delivery = read_case(folder, limits, mapping_of("map.toml", MAPPING.encode()))
    assert [str(row) for row in delivery.rejections] == [
        "calls.csv, line 4: the row has 3 cells, but the first row has 5"
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        # Every mapped column name is missing, so the first row may contain values.
        (
            lambda text: text.replace("header = false\n", ""),
            (
                r"^map.toml: calls.csv has no column '2'; .*\w\. If its first row holds values and no names, write header = false"
                r" in each \[\[table\]\] of map.toml that reads it, and name columns by number: \"1\", \"2\" and so on\.$"
            ),
        ),
        # The mapping uses the values of the first row as column names, so the first link would be lost silently.
        (
            lambda _: NAMED,
            (
                r"^calls.csv, line 1 is read as the names of columns, but what stands there in column 2 is a value of that column in"
                r" line 3 too. If its first row holds values and no names, write header = false .* write header = true\.$"
            ),
        ),
        (
            lambda text: text.replace("header = false\n", "", 1),
            r"^map.toml, \[\[table\]\] 2 \(calls.csv to links\): header differs from that of another \[\[table\]\]",
        ),
        (lambda text: text.replace("false", '"no"', 1), r"header has to be true or false, not 'no'\.$"),
        (lambda text: text.replace('"5"', '"6"'), r"map.toml: calls.csv has no column '6'"),
        (lambda text: text.replace('["1", "3"]', '["1"]'), r"neither maps nor ignores column '3' of calls.csv"),
    ],
)
def test_what_is_to_be_done_about_the_first_row_is_said(
    change: Callable[[str], str], message: str, folder: Path, limits: Limits
) -> None:
    with pytest.raises(InputError, match=message):
        read(folder, limits, change(MAPPING))


def test_the_line_that_is_read_as_names_is_named_behind_a_hint_for_excel_too(folder: Path, limits: Limits) -> None:
    (folder / "calls.csv").write_text("sep=;\n" + CALLS.replace(",", ";"))
    with pytest.raises(InputError, match=r"^calls.csv, line 2 is read as .* is a value of that column in line 4 too\."):
        read(folder, limits, NAMED)


def test_a_header_that_is_a_value_too_is_read_as_a_header_where_the_mapping_says_so(
    folder: Path, limits: Limits
) -> None:
    text = NAMED.replace("[[table]]\n", "[[table]]\nheader = true\n")
    assert [line for table, line, _ in read(folder, limits, text) if table == "links"] == [2, 3]
