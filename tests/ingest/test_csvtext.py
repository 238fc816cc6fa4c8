import csv
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.errors import InputError
from graphsvc.ingest import csvtext
from graphsvc.ingest.csvtext import CsvPart
from graphsvc.ingest.raw import Limits

LIMITS = Limits(file_bytes=1_000_000, cell_chars=100)


def read(content: bytes, limits: Limits = LIMITS, **options: Any) -> tuple[list[str], list[tuple[int, list[str]]]]:
    table = CsvPart("people.csv", lambda: io.BytesIO(content), limits).table("people", **options)
    return table.header, list(table.rows)


def test_rows_know_the_physical_line_they_begin_in() -> None:
    header, rows = read(b'id,notes\r\nP1,"one\r\ntwo"\r\n\r\nP2,x\r\n')
    assert header == ["id", "notes"]
    assert rows == [(2, ["P1", "one\ntwo"]), (5, ["P2", "x"])]


def test_line_feeds_and_a_byte_order_mark_are_accepted() -> None:
    assert read(b"\xef\xbb\xbfid,name\nP1,Zo\xc3\xab\n") == (["id", "name"], [(2, ["P1", "Zoë"])])


@pytest.mark.parametrize(
    ("hint", "sign"),
    [(b"sep=;\r\n", ";"), (b"\xef\xbb\xbfsep=;\n", ";"), (b"SEP=\t\n", "\t"), (b'"sep=|"\r\n', "|"), (b"sep=,\n", ",")],
)
def test_the_hint_of_excel_says_what_separates_the_cells(hint: bytes, sign: str) -> None:
    text = f"id{sign}name\nP1{sign}Zoë\n".encode()
    for delimiter in (",", sign):
        assert read(hint + text, delimiter=delimiter) == (["id", "name"], [(3, ["P1", "Zoë"])])
    # Anywhere else `sep=;` is an ordinary cell.
    assert read(b"id\nsep=;\n") == (["id"], [(2, ["sep=;"])])
    with pytest.raises(InputError, match=r"people.csv is empty"):
        read(hint)
    with pytest.raises(InputError, match=r"people.csv, line 2 is empty: it must name the columns"):
        read(hint + b"\n" + text)


def test_a_last_line_without_an_end_is_read() -> None:
    assert read(b"id,name\nP1,Hewa") == (["id", "name"], [(2, ["P1", "Hewa"])])


def test_doubled_quotes_commas_and_line_ends_inside_quotes_belong_to_the_cell() -> None:
    assert read(b'id,notes\nP1,"a ""b"", c\nd"\n')[1] == [(2, ["P1", 'a "b", c\nd'])]


def test_a_quote_inside_an_unquoted_cell_is_kept() -> None:
    assert read(b'id,notes\nP1,a 5" pipe\n')[1] == [(2, ["P1", 'a 5" pipe'])]


def test_rows_of_empty_cells_are_no_rows() -> None:
    assert read(b"id,name\n,\n\nP1,\n")[1] == [(4, ["P1", ""])]


def test_rows_may_be_walked_twice() -> None:
    table = CsvPart("people.csv", lambda: io.BytesIO(b"id\nP1\n"), LIMITS).table("people")
    assert list(table.rows) == list(table.rows) == [(2, ["P1"])]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "people.csv is empty"),
        (b"\xef\xbb\xbf", "people.csv is empty"),
        (b"\nid,name\nP1,x\n", "people.csv, line 1 is empty: it must name the columns"),
        (
            b"id,name\nP1,ok\nP2,caf\xe9\n",
            r"people.csv, line 3: the byte at position 20 is not UTF-8 text\. Save the file as UTF-8",
        ),
        (b"\xef\xbb\xbfid\nP\xff\n", "line 2: the byte at position 7 is not UTF-8"),
        (b"\xef\xbb\xbfid\xff\nP\n", "line 1: the byte at position 5 is not UTF-8"),
        ("id,name\n".encode("utf-16"), "people.csv is saved as UTF-16. Save it as UTF-8"),
        ("id,name\n".encode("utf-16-le"), "people.csv is saved as UTF-16"),
        ("id,name\n".encode("utf-16-be"), "people.csv is saved as UTF-16"),
        ("id,name\n".encode("utf-32"), "people.csv is saved as UTF-32"),
        (b"id,name\nP1,a\0b\n", "people.csv, line 2 holds a NUL byte"),
        (
            b'id,name\nP1,ok\nP2,"open\nP3,x\n',
            "people.csv, line 3: a quote opens a cell in this row and is never closed",
        ),
        (b'id,name\nP1,"open\nP2,"x"\n', "people.csv, line 2: a quoted cell ends in the middle of its text"),
        (b"id,name\rP1,x\r", "people.csv, line 1 has a carriage return alone"),
        (b"id," + b"," * 1_500_000, r"larger than 1,000,000 bytes \(GRAPHSVC_UPLOAD_MB\): split it .* with --partial"),
    ],
)
def test_a_fault_of_the_file_names_it_and_the_place(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(content)


def test_the_mark_of_utf8_where_another_encoding_is_said_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"people.csv begins with the mark of UTF-8, but the mapping reads it as CP1252"
    ):
        read("\ufeffid,name\nP1,Jos\u00e9\n".encode(), encoding="cp1252")


def test_a_line_of_commas_is_refused_without_making_its_cells() -> None:
    tracemalloc.start()
    with pytest.raises(InputError, match="line 2 has more than 10,000 cells"):
        read(b"id\n" + b"," * 20_000_000, Limits(50_000_000, 100))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 20 MB each for the file's bytes, the line and the text; a list of the cells alone would be 160 MB.
    assert peak < 100_000_000


def test_more_rows_than_the_limit_are_refused() -> None:
    with pytest.raises(InputError, match=r"more than 2 rows: split it .* with --partial"):
        read(b"id\n1\n2\n3\n", Limits(1000, 100, rows=2))
    assert len(read(b"id\n1\n2\n", Limits(1000, 100, rows=2))[1]) == 2


@pytest.mark.parametrize(
    "cell", ["x" * 50_000_000, '"' + "x" * 50_000_000 + '"', '"' + ("x" * 9_999 + "\n") * 5_000 + '"']
)
def test_a_cell_of_50_mb_arrives_cut_and_the_rows_around_it_whole(cell: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write("id,notes,sex\nP1,ok,m\nP2,")
        stream.write(cell)
        stream.write(',"f"\nP3,"o,k",m\n')
    lines = cell.count("\n")
    del cell
    part = CsvPart("people.csv", lambda: path.open("rb"), Limits(60_000_000, 1_000))
    tracemalloc.start()
    (first, long, last) = list(part.table("people").rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert first == (2, ["P1", "ok", "m"])
    assert last == (4 + lines, ["P3", "o,k", "m"])
    assert (long[0], long[1][0], len(long[1][1]), long[1][2]) == (3, "P2", 1_001, "f")
    # Memory for the line as bytes and as text, and a second copy of one while it grows: no further copies.
    assert peak < 160_000_000


@given(st.lists(st.lists(st.text(st.sampled_from('ab",\n\r; é'), max_size=12), min_size=2, max_size=2), max_size=6))
def test_the_careful_reader_reads_what_the_fast_one_reads(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    content = stream.getvalue().encode()
    part = CsvPart("people.csv", lambda: io.BytesIO(content), LIMITS)
    lines = csvtext._Lines(io.BytesIO(content), part, "utf-8")
    careful = []
    for _ in rows:
        lines.held.clear()
        careful.append(csvtext._read_carefully(lines, ",", lines.number + 1, 1_000))
    assert careful == [[cell.replace("\r\n", "\n") for cell in row] for row in rows]


def test_a_file_of_line_ends_alone_is_refused() -> None:
    with pytest.raises(InputError, match="more than 12 lines"):
        read(b"id" + b"\n" * 100, Limits(1000, 100, rows=2))


def test_other_delimiters_and_encodings() -> None:
    assert read("id;name\nP1;Zoë\n".encode("cp1252"), delimiter=";", encoding="cp1252")[1] == [(2, ["P1", "Zoë"])]
