"""Tables of counts by day as other people write them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from graphsvc.errors import InputError
from graphsvc.ingest.day_counts import DayCounts, read_counts
from graphsvc.ingest.raw import Limits

LIMITS = Limits(1 << 20, 1000, 50_000)
MAY = dt.date(2020, 5, 8)


def read(tmp_path: Path, text: str | bytes, **how: str) -> DayCounts:
    path = tmp_path / "counts.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_counts(path, LIMITS, **how)


@pytest.mark.parametrize(
    "text",
    [
        "date,boats\n2020-05-08,8\n2020-05-09,6\n",
        "\ufeffdate;boats\r\n08.05.2020;8\r\n09.05.2020;6\r\n",
        "date\tboats\n8 May 2020\t8\n9 May 2020\t6\n",
        'date,boats\n"May 8, 2020",8.0\n"May 9, 2020",6.0\n',
        "date,boats\nFri 8-May-20,8\nSat 9-May-20,6\n",
        "date,boats\n20200508,8\n20200509,6\n",
        "date,boats\n2020/5/8,8\n2020/5/9,6\n",
        "boats,date\n6,09/05/2020\n8,08/05/2020\n",
        "date,boats\n2020-05-08 00:00:00,8\n2020-05-09T00:00:00Z,6\n",
        "Tag;Boote\n8.5.2020;8\n9.5.2020;6\nSumme;14\n",
        "date,boats,note\n2020-05-08,8,fine\n2020-05-09,6,\n",
        "date,boats\n2020-05-08,7\n2020-05-09,6\n2020-05-08,8\n2020-05-09,6\n",
    ],
)
def test_one_table_in_many_forms(tmp_path: Path, text: str) -> None:
    read_as = read(tmp_path, text)
    assert (read_as.first, read_as.step, list(read_as.columns.values())) == (MAY, 1, [(8.0, 6.0)])


def test_days_and_months_are_told_by_the_whole_column(tmp_path: Path) -> None:
    american = read(tmp_path, "date,n\n05/08/2020,3\n05/14/2020,4\n")
    assert (american.first, len(american.columns["n"])) == (MAY, 7)
    assert "Dates are read with the month first, as in row 3." in american.notes
    close = read(tmp_path, "date,n\n01/05/2020,3\n02/05/2020,4\n03/05/2020,4\n")
    assert close.first == dt.date(2020, 5, 1)
    assert any("closest together" in note for note in close.notes)


def test_numbers_are_read_as_their_column_has_them(tmp_path: Path) -> None:
    read_as = read(tmp_path, "date;people;waves\n2020-05-08;1.145;0,5\n2020-05-09;82;1,25\n")
    assert read_as.columns == {"people": (1145.0, 82.0), "waves": (0.5, 1.25)}
    spaced = read(tmp_path, 'date,people\n2020-05-08,"1 145"\n2020-05-09,"2,082"\n')
    assert spaced.columns == {"people": (1145.0, 2082.0)}


def test_a_sign_between_thousands_is_said(tmp_path: Path) -> None:
    """1.125 may mean metres, so the user is warned that it was read as 1,125."""
    read_as = read(tmp_path, "date;n;waves\n2020-05-08;8;1.125\n2020-05-09;6;2.250\n")
    assert read_as.columns["waves"] == (1125.0, 2250.0)
    assert read_as.notes == ("'waves': the point stands between thousands, as in row 2: '1.125'.",)
    both = read(tmp_path, "date;people\n2020-05-08;82\n2020-05-09;1.145,5\n")
    assert both.notes == (
        "'people': the comma stands before decimals.",
        "'people': the point stands between thousands, as in row 3: '1.145,5'.",
    )


def test_what_is_empty_is_zero_or_unknown_and_said(tmp_path: Path) -> None:
    without = read(tmp_path, "date,n\n2020-05-08,3\n2020-05-09,\n2020-05-11,4\n")
    assert without.columns["n"] == (3.0, 0.0, 0.0, 4.0)
    assert (
        "'n': 2 days without a number, 1 of them without a row are read as 0, since no 0 is written anywhere."
        in without.notes
    )
    written = read(tmp_path, "date,n\n2020-05-08,3\n2020-05-09,\n2020-05-10,0\n")
    assert written.columns["n"] == (3.0, None, 0.0)
    assert read(tmp_path, "date,n\n2020-05-08,3\n2020-05-10,4\n", empty="unknown").columns["n"] == (3.0, None, 4.0)


def test_a_day_given_again_is_a_revision_and_named(tmp_path: Path) -> None:
    """The press figure of the day and the later official figure are never added up."""
    read_as = read(
        tmp_path, "date,people\n2020-05-08,145\n2020-05-09,82\n2020-05-10,17\n2020-05-08,152\n2020-05-09,82\n"
    )
    assert read_as.columns == {"people": (152.0, 82.0, 17.0)}
    assert read_as.notes == (
        "'people': on 8 May 2020 152 (row 5) replaces 145 (row 2).",
        "8 May 2020 is given 2 times, in row 2, row 5: the last row counts, as a revision.",
        "9 May 2020 is given 2 times, in row 3, row 6: the last row counts, as a revision.",
    )
    empty = read(tmp_path, "date,people\n2020-05-08,145\n2020-05-09,82\n2020-05-08,\n")
    assert empty.columns == {"people": (145.0, 82.0)}


def test_totals_are_left_out_aloud(tmp_path: Path) -> None:
    read_as = read(tmp_path, "date,n\n2020-05-08,3\nMay 2020,7\n2020-05-09,4\nTotal,7\n")
    assert read_as.columns["n"] == (3.0, 4.0)
    assert "2 rows of totals left out: row 3, row 5." in read_as.notes


def test_rows_a_week_apart_are_weeks(tmp_path: Path) -> None:
    read_as = read(tmp_path, "week,n\n2020-05-04,1\n2020-05-11,2\n2020-05-25,3\n2020-06-01,4\n")
    assert (read_as.step, read_as.columns["n"]) == (7, (1.0, 2.0, 0.0, 3.0, 4.0))


def book_of(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], hidden: str = "") -> Path:
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


DAILY: list[tuple[object, ...]] = [("Date", "Boats"), (MAY, 8), (MAY + dt.timedelta(days=1), 6)]


def test_a_workbook_is_read_from_its_first_filled_sheet(tmp_path: Path) -> None:
    path = book_of(tmp_path / "counts.xlsx", {"Daily": DAILY})
    assert read_counts(path, LIMITS).columns == {"Boats": (8.0, 6.0)}


def test_a_workbook_is_read_from_the_first_sheet_with_days_that_is_shown_and_it_is_said(tmp_path: Path) -> None:
    old: list[tuple[object, ...]] = [("Date", "Boats"), (dt.date(2019, 5, 8), 99)]
    sheets: dict[str, Sequence[Sequence[object]]] = {
        "Cover": [("Official statistics",), ("=TODAY()",)],
        "Old": old,
        "Daily": DAILY,
        "Chart": [("=SUM(Daily!B:B)",)],
    }
    read_as = read_counts(book_of(tmp_path / "counts.xlsx", sheets, hidden="Old"), LIMITS)
    assert read_as.columns == {"Boats": (8.0, 6.0)}
    assert "The sheet 'Daily' was read. Not read: 'Cover', 'Old' (hidden), 'Chart'." in read_as.notes
    with pytest.raises(InputError, match="no sheet with a table; its hidden sheets are not read"):
        read_counts(book_of(tmp_path / "hidden.xlsx", {"Old": old}, hidden="Old"), LIMITS)


def test_a_fault_of_the_sheet_with_days_is_named(tmp_path: Path) -> None:
    sheets = {"Daily": [*DAILY, ("Total", "=SUM(B2:B3)")], "Old": DAILY}
    with pytest.raises(InputError, match="sheet Daily, cell B4 holds a formula"):
        read_counts(book_of(tmp_path / "counts.xlsx", sheets), LIMITS)


def test_numbers_of_a_workbook_are_what_they_are(tmp_path: Path) -> None:
    rows = [("Date", "Waves", "People"), (MAY, 7.143, "1.145"), (MAY + dt.timedelta(days=1), 6.571, 82)]
    read_as = read_counts(book_of(tmp_path / "counts.xlsx", {"Daily": rows}), LIMITS)
    assert read_as.columns == {"Waves": (7.143, 6.571), "People": (1145.0, 82.0)}


def test_cells_beside_the_table_of_a_workbook_are_left_out_aloud(tmp_path: Path) -> None:
    rows = [DAILY[0], (*DAILY[1], "calm"), DAILY[2]]
    read_as = read_counts(book_of(tmp_path / "counts.xlsx", {"Daily": rows}), LIMITS)
    assert read_as.columns == {"Boats": (8.0, 6.0)}
    assert "Cells without a name in the first row are left out: row 2." in read_as.notes


def test_a_sign_with_three_digits_behind_it_is_what_the_rest_of_the_column_has(tmp_path: Path) -> None:
    assert read(tmp_path, "date;n\n2020-05-08;7.143\n2020-05-09;5.0\n").columns == {"n": (7.143, 5.0)}
    assert read(tmp_path, "date;n\n2020-05-08;1145.000\n2020-05-09;5\n").columns == {"n": (1145.0, 5.0)}
    assert read(tmp_path, "date;n\n2020-05-08;1'145\n2020-05-09;1,00,000\n").columns == {"n": (1145.0, 100000.0)}
    assert read(tmp_path, "date;n\n2020-05-08;1 145 300,5\n2020-05-09;-6\n").columns == {"n": (1145300.5, -6.0)}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "counts.csv is empty"),
        ("a,b\n1,2\n", "no column of days"),
        ("date,n\n2020-05-08,x1\n2020-05-09,4\n2020-05-10,4\n", "row 2, column 'n': 'x1' is no number"),
        ("date,n\n2020-02-30,1\n2020-03-01,2\n2020-03-02,3\n", "row 2, column 'date': '2020-02-30' is no day"),
        ("date,n\n13/05/2020,1\n05/14/2020,2\n", "in row 2 the day comes first, in row 3 the month"),
        ("date,n\n08/05/2020,1\n", "may be of two months"),
        ("date,n\n1900-05-08,1\n2320-05-08,1\n", "one of these two days cannot be right"),
        ("date,port\n2020-05-08,Dover\n2020-05-09,Hythe\n", "no column of numbers next to 'date'"),
        (
            "date,port,n\n2020-05-08,Dover,3\n2020-05-08,Hythe,5\n",
            "row 3, column 'port': 8 May 2020 is given as 'Dover' and as 'Hythe'. Add up",
        ),
        (
            "date,n\n" + "".join(f"2020-05-0{day},{boat}\n" for day in range(1, 6) for boat in (17, 18)),
            "several rows for most days: add up",
        ),
        ("date,n,n\n2020-05-08,1,2\n", "two columns named 'n'"),
        ("date\n2020-05-08\n", "no column of numbers"),
        (
            "date,n\n2020-05-08,145\n2020-05-09,1,145\n",
            "row 3 has more cells than the first row names columns. Put quotes",
        ),
        (
            "date;n\n2020-05-08;7,0\n2020-05-09;7.5\n",
            "in row 2 the comma seems to stand before decimals ('7,0'), in row 3 the point ('7.5')",
        ),
        ("date;n\n2020-05-08;1,145.5\n2020-05-09;2.300,7\n", "in row 2 the point seems to stand before decimals"),
        ("date;n\n2020-05-08;1,145\n2020-05-09;1.145\n", "in row 2 the comma seems to stand between thousands"),
        ("date;n\n2020-05-08;1.145.000\n2020-05-09;12.5\n", "row 2, column 'n': '1.145.000' may be two numbers"),
        ("date;n\n2020-05-08;1,234,56\n2020-05-09;7\n", "row 2, column 'n': '1,234,56' may be two numbers"),
        ("date;n\n2020-05-08;12 13\n2020-05-09;7\n", "row 2, column 'n': '12 13' may be two numbers"),
        (
            "date,id,n\n2020-05-08,4,8\n2020-05-09,123456789012345678,6\n",
            "row 3, column 'id': '123456789012345678' is over 1,000,000,000",
        ),
        (
            f"date,n\n2020-05-08,4\n2020-05-09,{'9' * 310}\n",
            "row 3, column 'n': '9999999999999999999999999999999999999999' is over",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place_and_the_way_out(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        read(tmp_path, text)


def test_old_encodings_are_read(tmp_path: Path) -> None:
    assert list(read(tmp_path, "Tag;Überfahrten\n2020-05-08;8\n2020-05-09;6\n".encode("cp1252")).columns) == [
        "Überfahrten"
    ]
