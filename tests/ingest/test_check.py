from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from graphsvc.errors import InputError
from graphsvc.ingest.check import Delivery, Row, check_delivery, read_case
from graphsvc.ingest.raw import Limits, RawTable

Deliver = Callable[..., Path]
LIMITS = Limits(file_bytes=1_000_000, cell_chars=1_000)


def check(name: str, *rows: dict[str, str], header: list[str] | None = None) -> Delivery:
    """Check one table of rows with the same columns, starting in line 2."""
    columns = header or list(rows[0])
    lines = [(line, [row.get(column, "") for column in columns]) for line, row in enumerate(rows, 2)]
    return check_delivery([RawTable(name, f"{name}.csv", columns, lines)], LIMITS)


def reason(name: str, cells: dict[str, str]) -> tuple[str, str, str]:
    """(column, value, reason) of the only rejection of one row."""
    delivery = check(name, cells)
    assert delivery.rows == []
    (rejection,) = delivery.rejections
    assert (rejection.file, rejection.line) == (f"{name}.csv", 2)
    return rejection.column, rejection.value, rejection.reason


def link(**cells: str) -> dict[str, str]:
    return {"subject_id": "P1", "relation": "DIRECTED", "object_id": "P2", "statement_id": "S1"} | cells


def test_values_have_the_type_of_their_column() -> None:
    people = check(
        "people",
        {
            "id": "P1",
            "name": " Hewa ",
            "aliases": "the tall one; ;Hewa K",
            "category": "suspect@2020-05; victim",
            "sealed": " yes ",
            "date_of_birth": "1990",
            "notes": "",
            "sex": "  ",
            "x_shoe": " 43",
        },
    )
    assert people.rows == [
        Row(
            "people",
            "people.csv",
            2,
            {
                "id": "P1",
                "name": " Hewa ",
                "aliases": ["the tall one", "Hewa K"],
                "category": ["suspect@2020-05", "victim"],
                "sealed": "yes",
                "date_of_birth": "1990",
                "x_shoe": " 43",
            },
        )
    ]
    links = check(
        "links", link(weight="3.0", amount="-1250.50", relation="X_SOLD_PHONE_TO", from_date="2020-05-08T04:30Z")
    )
    assert links.rows[0].values == {
        "subject_id": "P1",
        "relation": "X_SOLD_PHONE_TO",
        "object_id": "P2",
        "statement_id": "S1",
        "from_date": "2020-05-08T04:30Z",
        "weight": 3,
        "amount": -1250.5,
    }
    assert isinstance(links.rows[0].values["weight"], int)


@pytest.mark.parametrize(
    ("table", "cells", "column", "part"),
    [
        ("people", {"id": ""}, "id", "is empty, but must be filled"),
        ("people", {"id": " P1"}, "id", "begins or ends with white space"),
        ("people", {"id": "P1\u00a0"}, "id", "begins or ends with white space"),
        ("people", {"id": "P\n1"}, "id", "control character U+000A"),
        ("people", {"id": "P\u202e1"}, "id", "control character U+202E"),
        *(
            ("people", {"id": f"P{sign}1"}, "id", f"control character U+{ord(sign):04X}, which no one can see")
            for sign in "\u200b\u200e\u200f\u061c\u2060\ufeff\u00ad"
        ),
        ("people", {"id": "Jose\u0301"}, "id", "a separate accent"),
        ("links", link(object_id="Jose\u0301"), "object_id", "a separate accent"),
        ("people", {"id": "1.23457E+11"}, "id", "is a number that Excel has cut: format the column as text"),
        ("people", {"id": "P1", "phones": "07700 900123; 4,4779E+11"}, "phones", "is a number that Excel has cut"),
        ("things", {"id": "T1", "kind": "phone", "value": "4.4779E+11"}, "value", "is a number that Excel has cut"),
        ("people", {"id": "P" * 201}, "id", "longer than 200 characters"),
        ("people", {"id": "S-0A1B-2C3D-4E5F"}, "id", "reserved"),
        ("people", {"id": "P1", "name": "x" * 1_001}, "name", "longer than 1,000 characters"),
        ("people", {"id": "P1", "category": "suspekt"}, "category", "did you mean suspect?"),
        ("people", {"id": "P1", "category": "victim;qqq"}, "category", "known are suspect, convicted"),
        ("people", {"id": "P1", "category": "suspect@2020-13"}, "category", "month 13 does not exist"),
        ("people", {"id": "P1", "category": "suspect@"}, "category", "no date behind an @"),
        ("people", {"id": "P1", "category": "@2020"}, "category", "without a category before the @"),
        ("people", {"id": "P1", "sealed": "maybe"}, "sealed", "known are yes, no"),
        ("people", {"id": "P1", "date_of_birth": "2001-02-29"}, "date_of_birth", "2001-02 has no day 29"),
        ("people", {"id": "P1", "date_of_birth": "08/05/2020"}, "date_of_birth", "not a date"),
        ("crossings", {"id": "C1", "date": ""}, "date", "is empty"),
        ("crossings", {"id": "C1", "date": "2020", "launch_lat": "90.5"}, "launch_lat", "not between -90 and 90"),
        ("crossings", {"id": "C1", "date": "2020", "landing_lon": "-181"}, "landing_lon", "not between -180 and 180"),
        ("crossings", {"id": "C1", "date": "2020", "people_count": "-1"}, "people_count", "whole number from 0"),
        ("crossings", {"id": "C1", "date": "2020", "people_count": "2.5"}, "people_count", "whole number from 0"),
        ("crossings", {"id": "C1", "date": "2020", "people_count": "٣"}, "people_count", "whole number from 0"),
        ("crossings", {"id": "C1", "date": "2020", "people_count": "1.000"}, "people_count", "may be 1 or 1000"),
        ("links", link(weight="12.000"), "weight", "may be 12 or 12000: write one of them, without a point"),
        ("boats", {"id": "B1", "length_m": "7,5"}, "length_m", "is no number"),
        ("boats", {"id": "B1", "length_m": "nan"}, "length_m", "is no number"),
        ("boats", {"id": "B1", "length_m": "1e999"}, "length_m", "too large"),
        ("boats", {"id": "B1", "length_m": "1_0"}, "length_m", "is no number"),
        ("things", {"id": "T1", "kind": "fone"}, "kind", "did you mean phone?"),
        (
            "workplaces",
            {"id": "W1", "opened_on": "2020-05", "closed_on": "2020-04"},
            "closed_on",
            "is before opened_on 2020-05",
        ),
        ("statements", {"id": "S1", "kind": "witness", "source_id": "P1 "}, "source_id", "white space"),
        ("statements", {"id": "S1", "kind": "witness", "source_grade": "4"}, "source_grade", "known are 1, 2, 3"),
        ("links", link(relation="PILOTTED"), "relation", "did you mean PILOTED?"),
        ("links", link(relation="paid"), "relation", "did you mean PAID?"),
        # A line with a sum at the end of a sheet.
        (
            "links",
            link(subject_id="", relation="", object_id="", statement_id="", from_date="Summe"),
            "from_date",
            "not a date: write 2020, 2020-05, 2020-05-08 or 2020-05-08T04:30Z (also wrong in this row: object_id,",
        ),
        ("links", link(relation="X_sold"), "relation", "X_LIKE_THIS"),
        ("links", link(object_id="Q-0A1B-2C3D-4E5F"), "object_id", "reserved"),
        ("links", link(from_date="2020-05-09", to_date="2020-05-08"), "to_date", "is before from_date 2020-05-09"),
        (
            "links",
            link(from_date="2020-05-08T05:00Z", to_date="2020-05-08T04:59:59Z"),
            "to_date",
            "is before from_date",
        ),
        ("links", link(statement_id=""), "statement_id", "is empty"),
        ("links", link(polarity="deny"), "polarity", "did you mean denies?"),
        ("links", link(handling="p"), "handling", "did you mean P?"),
    ],
)
def test_a_row_is_rejected_with_the_reason(table: str, cells: dict[str, str], column: str, part: str) -> None:
    fault = reason(table, cells)
    assert fault[0] == column
    assert part in fault[2]
    assert cells[column].startswith(fault[1].rstrip("…"))


@pytest.mark.parametrize(
    "cells",
    [
        link(from_date="2020-05", to_date="2020-05-08"),
        link(from_date="2020-05-08", to_date="2020"),
        link(from_date="2020-05-08T04:30Z", to_date="2020-05-08T04:30:01Z"),
        link(weight="0"),
        link(weight="3.00"),
        link(weight="1145.000"),
        link(subject_id="حەوا\u200cی"),
        link(subject_id="S-0a1b-2C3D-4E5F"),
        link(subject_id="José", object_id="P1E+11"),
        link(subject_id="\u09dc", object_id="الف"),
    ],
)
def test_what_is_right_is_not_rejected(cells: dict[str, str]) -> None:
    assert check("links", cells).rejections == []


def test_a_rejection_is_one_sentence_with_a_short_value() -> None:
    (rejection,) = check("people", {"id": "P1", "sealed": "x" * 500, "identified": "a\nb"}).rejections
    assert str(rejection) == (
        "people.csv, line 2, column identified, value 'a\\nb': is no word for identified; known are named, nickname, unknown "
        "(also wrong in this row: sealed)"
    )
    (rejection,) = check("people", {"id": "P1", "sealed": "x" * 500}).rejections
    assert rejection.value == "x" * 59 + "…"


def test_a_bad_row_is_left_out_and_the_rest_goes_on() -> None:
    delivery = check("people", {"id": "P1"}, {"id": " "}, {"id": "P3"})
    assert [row.values["id"] for row in delivery.rows] == ["P1", "P3"]
    assert [rejection.line for rejection in delivery.rejections] == [3]
    assert delivery.read == {"people": 3}


@pytest.mark.parametrize("cells", [["P1"], ["P1", "Hewa", "more"]])
def test_a_row_of_another_width_is_rejected_by_its_count(cells: list[str]) -> None:
    table = RawTable("people", "people.csv", ["id", "name"], [(2, cells), (3, ["P2", "Karo"])])
    delivery = check_delivery([table], LIMITS)
    assert str(delivery.rejections[0]) == f"people.csv, line 2: the row has {len(cells)} cells, but the header has 2"
    assert [row.line for row in delivery.rows] == [3]
    assert delivery.read == {"people": 2}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (["id", "nmae"], "people.csv, line 1: unknown column 'nmae'; did you mean name"),
        (["ID", "name"], "unknown column 'ID'; did you mean id"),
        (["id", " name"], "unknown column ' name'; did you mean name"),
        (["id", "x_"], "unknown column 'x_'"),
        (["id", "x_a\nb"], "unknown column"),
        (["id", "name", "name"], "column 'name' is there twice"),
        (["id", "x_a", "x_a"], "column 'x_a' is there twice"),
        (["id", "", "name"], "column 2 has no name"),
        (["name"], "people.csv has no column 'id', which is required"),
        (
            ["id;name;notes"],
            "line 1 is one cell, 'id;name;notes': its cells are separated by semicolons. Save the file with",
        ),
        (["id\tname"], "its cells are separated by tabs"),
        (["P1", "Hewa"], "people.csv, line 1 names no column of people"),
    ],
)
def test_a_fault_of_the_header_refuses_the_delivery(header: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        check("people", {}, header=header)


def test_a_fault_of_the_header_is_told_by_the_line_it_stands_in(deliver: Deliver, limits: Limits) -> None:
    with pytest.raises(InputError, match=r"people.csv, line 2: unknown column 'nmae'"):
        read_case(deliver({"people.csv": "sep=;\nid;nmae\nP1;Hewa\n"}), limits)


def test_a_header_alone_is_a_table_of_no_rows(deliver: Deliver, limits: Limits) -> None:
    delivery = read_case(deliver({"people.csv": "id,name\n"}), limits)
    assert (delivery.read["people"], delivery.rejections) == (0, [])
    assert delivery.columns["people"] == ["id", "name"]


def test_a_cell_beyond_the_header_of_a_sheet_is_rejected_with_its_row_and_empty_rows_are_none(
    deliver: Deliver, workbook: Deliver, limits: Limits
) -> None:
    path = workbook(deliver())
    book = openpyxl.load_workbook(path)
    book["people"]["D2"].value = "a note without a heading"
    book["people"].insert_rows(3)
    book.save(path)
    delivery = read_case(path, limits)
    (rejection,) = delivery.rejections
    assert str(rejection) == "book.xlsx, sheet people, line 2: the row has 4 cells, but the header has 2"
    assert [(row.line, row.values["id"]) for row in delivery.rows if row.table == "people"] == [(4, "P2")]


def test_the_same_row_twice_is_left_to_the_fold_and_a_differing_one_rejected() -> None:
    delivery = check("people", {"id": "P1", "name": "Hewa"}, {"id": "P1", "name": "Hewa"}, {"id": "P1", "name": "Karo"})
    assert [row.line for row in delivery.rows] == [2, 3]
    (rejection,) = delivery.rejections
    assert str(rejection) == (
        "people.csv, line 4, column id, value 'P1': this id is already in people.csv, line 2 with other values"
    )


def test_links_without_an_id_may_repeat_and_those_with_one_may_not_differ() -> None:
    assert check("links", link(), link()).rejections == []
    delivery = check("links", link(id="L1"), link(id="L1", weight="2"), header=["id", *link(), "weight"])
    assert [rejection.column for rejection in delivery.rejections] == ["id"]


def test_the_same_id_in_two_tables_is_left_to_the_fold() -> None:
    tables = [RawTable(name, f"{name}.csv", ["id"], [(2, ["X1"])]) for name in ("people", "boats")]
    assert check_delivery(tables, LIMITS).rejections == []


def test_folder_archive_and_workbook_of_the_same_content_have_one_digest(
    deliver: Deliver, zip_folder: Deliver, workbook: Deliver, limits: Limits
) -> None:
    folder = deliver({"people.csv": 'id,name,notes\r\nP1,Hewa,"a\r\nb"\r\nP2,Karo,\r\n'})
    delivery = read_case(folder, limits)
    assert delivery.read == {"people": 2, "statements": 1, "links": 1}
    assert delivery.columns["people"] == ["id", "name", "notes"]
    assert read_case(zip_folder(folder), limits).digest == delivery.digest
    assert read_case(workbook(folder), limits).digest == delivery.digest
    deliver({"people.csv": 'notes,id,name\n,P2,Karo\n"a\nb",P1,Hewa\n'})
    assert read_case(folder, limits).digest == delivery.digest
    deliver({"people.csv": 'notes,id,name\n,P2,Karo\n"a\nb",P1,Hewaa\n'})
    assert read_case(folder, limits).digest != delivery.digest


def test_a_value_that_moves_to_another_column_changes_the_digest() -> None:
    assert check("people", {"id": "P1", "name": "x"}).digest != check("people", {"id": "P1", "sex": "x"}).digest
    assert check("people", {"id": "P1"}).digest != check("gangs", {"id": "P1"}).digest


def test_a_cell_of_50_mb_is_rejected_and_the_rest_loads(deliver: Deliver) -> None:
    folder = deliver({"people.csv": "id,name\nP1,Hewa\nP2," + "x" * 50_000_000 + "\nP3,Karo\n"})
    delivery = read_case(folder, Limits(60_000_000, 100_000))
    assert [row.values["id"] for row in delivery.rows if row.table == "people"] == ["P1", "P3"]
    (rejection,) = delivery.rejections
    assert (rejection.line, rejection.column, len(rejection.value)) == (3, "name", 60)


def test_progress_is_told_and_can_end_the_reading(deliver: Deliver, limits: Limits) -> None:
    folder = deliver({"people.csv": "id\n" + "".join(f"P{n}\n" for n in range(12_000))})
    steps: list[tuple[str, int]] = []
    read_case(folder, limits, progress=lambda file, rows: steps.append((file, rows)))
    assert steps == [
        ("people.csv", 5_000),
        ("people.csv", 10_000),
        ("people.csv", 12_000),
        ("statements.csv", 1),
        ("links.csv", 1),
    ]

    def stop(_file: str, _rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_case(folder, limits, progress=stop)


def test_statements_of_which_a_link_is_rejected_are_noted() -> None:
    header = ["id", "subject_id", "relation", "object_id", "statement_id", "from_date"]
    statements = RawTable(
        "statements", "statements.csv", ["id", "kind"], [(2, ["S1", "record"]), (3, ["S2", "record"])]
    )
    good, bad, elsewhere = (
        ["L1", "P1", "DIRECTED", "P2", "S2", ""],
        ["L2", "P1", "DIRECTED", "P2", "S1", "08/05/2020"],
        ["L3", "P1", "DIRECTED", "P2", "S9", "08/05/2020"],
    )
    for rows, incomplete in (
        ([good], set()),
        ([good, bad, elsewhere], {"S1"}),
        ([good, ["L1", "P1", "DIRECTED", "P3", "S1", ""]], {"S1"}),
        ([good, bad[:5]], {""}),
    ):
        links = RawTable("links", "links.csv", header, list(enumerate(rows, 2)))
        assert check_delivery([statements, links], LIMITS).incomplete == incomplete
