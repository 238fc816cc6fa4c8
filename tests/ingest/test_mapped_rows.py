"""Tables of hundreds of columns, several values in a cell and empty references, as Follow the Money and others export them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graphsvc.errors import InputError
from graphsvc.ingest.check import Delivery, read_case
from graphsvc.ingest.mapping import mapping_of
from graphsvc.ingest.raw import Limits

PEOPLE = "id,name,home,colour,weather,\nP1,Hewa,A1; A2 ;,red,fair,\nP2,Karo,,,,\nP3,Omar, ;  ,,,\nP4,Sara,A2,,,\n"
MAPPING = """
[statement]
id = "register"
kind = "record"

[[table]]
record = "people"
file = "people.csv"
ignore_others = true
columns.id = "id"
columns.name = "name"

[[table]]
record = "things"
file = "people.csv"
split.home = ";"
columns.id = { distinct = ["home"] }
constants.kind = "address"

[[table]]
record = "links"
file = "people.csv"
split.home = ";"
pass_over_empty = ["object_id"]
columns.subject_id = "id"
columns.object_id = "home"
constants.relation = "LOCATED_AT"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "theirs"
    path.mkdir()
    (path / "people.csv").write_text(PEOPLE)
    return path


def read(path: Path, limits: Limits, text: str = MAPPING) -> Delivery:
    return read_case(path, limits, mapping_of("map.toml", text.encode()))


def ends(delivery: Delivery) -> list[tuple[int, str, str]]:
    return [
        (row.line, row.values["subject_id"], row.values["object_id"]) for row in delivery.rows if row.table == "links"
    ]


def test_all_other_columns_are_ignored_where_the_mapping_says_so(folder: Path, limits: Limits) -> None:
    assert next(row.values for row in read(folder, limits).rows if row.table == "people") == {
        "id": "P1",
        "name": "Hewa",
    }
    with pytest.raises(InputError, match="neither maps nor ignores column 'colour'"):
        read(folder, limits, MAPPING.replace("ignore_others = true", ""))
    # A mapped column that is missing or duplicated is still a mistake.
    with pytest.raises(InputError, match=r"has no column 'nmae'; did you mean name\?"):
        read(folder, limits, MAPPING.replace('"name"', '"nmae"'))
    (folder / "people.csv").write_text(PEOPLE.replace("colour", "name"))
    with pytest.raises(InputError, match="column 'name' is there twice"):
        read(folder, limits)


@pytest.mark.parametrize("value", ["victim", "Young person", "15 years old"])
def test_a_value_that_may_mark_somebody_is_not_passed_over(folder: Path, limits: Limits, value: str) -> None:
    (folder / "people.csv").write_text(PEOPLE.replace("red", value))
    with pytest.raises(
        InputError, match=rf"people.csv, line 2: column 'colour' says '{value}', which may mark somebody"
    ):
        read(folder, limits)
    ignored = MAPPING.replace("ignore_others = true", 'ignore_others = true\nignore = ["colour"]', 1)
    assert read(folder, limits, ignored).rejections == []


def test_each_value_of_a_cell_makes_a_row(folder: Path, limits: Limits) -> None:
    delivery = read(folder, limits)
    assert ends(delivery) == [(2, "P1", "A1"), (2, "P1", "A2"), (5, "P4", "A2")]
    assert [row.values["id"] for row in delivery.rows if row.table == "things"] == ["A1", "A2"]
    assert delivery.rejections == []


def test_values_of_several_cells_go_each_with_each(folder: Path, limits: Limits) -> None:
    (folder / "people.csv").write_text("id,home,colour\nP1|P2,A1;A2,x\n")
    start = MAPPING.index("[[table]]", MAPPING.index("things"))
    text = MAPPING[: MAPPING.index("[[table]]")] + MAPPING[start:]
    text = text.replace('split.home = ";"', 'split = { home = ";", id = "|" }\nignore_others = true')
    text += 'columns.id = { template = "{colour} {id} {home}" }\n'
    delivery = read(folder, limits, text)
    assert ends(delivery) == [(2, "P1", "A1"), (2, "P2", "A1"), (2, "P1", "A2"), (2, "P2", "A2")]
    # A template uses the value of the same row.
    assert [row.values["id"] for row in delivery.rows if row.table == "links"][1] == "x P2 A1"


def test_a_row_whose_end_is_empty_is_passed_over_and_counted(folder: Path, limits: Limits) -> None:
    delivery = read(folder, limits)
    assert [str(rows) for rows in delivery.passed_over] == [
        "2 rows were passed over, since object_id of links is empty in them, as the mapping has it (people.csv, lines 3, 4)."
    ]
    assert delivery.read == {"people": 4, "things": 2, "links": 3, "statements": 1}
    # Without the setting `pass_over_empty` the rows are rejected.
    delivery = read(folder, limits, MAPPING.replace('pass_over_empty = ["object_id"]', ""))
    assert [(row.line, row.column) for row in delivery.rejections] == [(3, "object_id"), (4, "object_id")]
    assert delivery.passed_over == []


def test_a_row_that_may_mark_a_person_is_never_passed_over(folder: Path, limits: Limits) -> None:
    """Otherwise a person named by an earlier delivery would stay named, and the mark would be lost."""
    rows = "P1,,2013,\nP2,,,victim\nP3,,soon,\nP4,,,\n,,2013,\nP6,Hewa,2013,\n"
    (folder / "people.csv").write_text(f"id,name,born,category\n{rows}")
    columns = "".join(f'columns.{ours} = "{ours}"\n' for ours in ("id", "name", "category"))
    table = '[[table]]\nrecord = "people"\nfile = "people.csv"\npass_over_empty = ["name"]\n'
    delivery = read(folder, limits, f'{table}{columns}columns.date_of_birth = "born"\n')
    assert [(row.line, row.row_id, row.column, row.may_mark) for row in delivery.rejections] == [
        (2, "P1", "name", True),
        (3, "P2", "name", True),
        (4, "P3", "name", True),
    ]
    assert [rows.lines for rows in delivery.passed_over] == [[5, 6]]
    assert (delivery.read, len(delivery.rows)) == ({"people": 4}, 1)


def test_a_cell_that_is_too_long_is_rejected_and_not_split(folder: Path, limits: Limits) -> None:
    (folder / "people.csv").write_text(f"id,name,home\nP1,Hewa,{';'.join(['A1'] * limits.cell_chars)}\nP2,Karo,A1\n")
    delivery = read(folder, limits)
    assert ends(delivery) == [(3, "P2", "A1")]
    assert {(row.table, row.line, row.reason) for row in delivery.rejections} == {
        (table, 2, "the cell is longer than 1,000 characters") for table in ("links", "things")
    }


def test_cells_that_make_very_many_rows_are_refused(folder: Path, limits: Limits) -> None:
    many = ";".join(map(str, range(200)))
    (folder / "people.csv").write_text(f"id,name,home\n{many},Hewa,{many}\n")
    text = MAPPING.replace('split.home = ";"', 'split = { home = ";", id = ";" }')
    with pytest.raises(
        InputError, match=r"people.csv has more than 1,000 rows once its cells are split: split it .* with --partial"
    ):
        read(
            folder, Limits(limits.file_bytes, limits.cell_chars, rows=1_000), text.replace('["home"]', '["home", "id"]')
        )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ignore_others = true", "ignore_others = 1", "ignore_others has to be true or false, not 1"),
        ('split.home = ";"', 'split.home = ""', "split: 'home' has to be the text between the values of a cell"),
        ('split.home = ";"', 'split.colour = ";"', "split: 'colour' is a column that no field of this table reads"),
        ('split.home = ";"', "split = 1", "split has to be a table"),
        (
            '["object_id"]',
            '["home"]',
            "pass_over_empty: 'home' is no field with a column here; known are subject_id, object_id",
        ),
        ('["object_id"]', '["relation"]', "pass_over_empty: 'relation' is no field with a column here"),
        (
            'columns.subject_id = "id"',
            'columns.subject_id = "id"\ncolumns.id = "id"',
            "columns.id is the same for all rows that `split` makes of one: leave it out, or give it a template .* {home}",
        ),
    ],
)
def test_what_a_mapping_cannot_mean_is_said(old: str, new: str, message: str, folder: Path, limits: Limits) -> None:
    start = MAPPING.rindex("[[table]]")
    text = MAPPING.replace(old, new) if "ignore" in old else MAPPING[:start] + MAPPING[start:].replace(old, new)
    with pytest.raises(InputError, match=message):
        read(folder, limits, text)


@pytest.mark.parametrize("column", ["sealed", "Date of birth", "age_disputed", "Age", "Victim?", "categories"])
def test_a_column_that_may_mark_somebody_is_passed_over_only_by_its_name(
    folder: Path, limits: Limits, column: str
) -> None:
    (folder / "people.csv").write_text(PEOPLE.replace("weather", column, 1))
    with pytest.raises(InputError, match=f"neither maps nor ignores column {re.escape(repr(column))}"):
        read(folder, limits)
    ignored = MAPPING.replace("ignore_others = true", f'ignore_others = true\nignore = ["{column}"]')
    assert read(folder, limits, ignored).rejections == []
