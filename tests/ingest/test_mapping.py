import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from graphsvc.errors import InputError
from graphsvc.ingest.check import read_case
from graphsvc.ingest.date_forms import date_reader
from graphsvc.ingest.fold import fold
from graphsvc.ingest.mapping import Mapping, built_in_mappings, load_mapping
from graphsvc.ingest.raw import FaultyCell, Limits, NumberCell
from graphsvc.ingest.state import State

SHARED = Path(os.environ.get("GRAPHSVC_SHARED") or Path(__file__).parents[3] / "shared")

WHOLE = """
title = "calls"
ignore_files = ["meta.json"]

[statement]
id = "calls"
kind = "record"
handling = "P"

[[table]]
record = "people"
file = "nodes.csv"
ignore = ["tier"]
columns.id = { column = "id", template = "N-{}" }
columns.name = { template = "{first} {last}" }
columns.category = { column = "status", values = { "1" = "suspect", "0" = "other" } }
columns.date_of_birth = { column = "born", date = "%d/%m/%Y" }
constants.handling = "P"

[[table]]
record = "people"
file = "edges.csv"
columns.id = { distinct = ["source", "target"], template = "N-{}" }

[[table]]
record = "links"
file = "edges.csv"
delimiter = ";"
encoding = "cp1252"
columns.subject_id = { column = "source", template = "N-{}" }
columns.object_id = { column = "target", template = "N-{}" }
columns.weight = "weight"
columns.place = "place"
columns.statement_id = "said_in"
constants.relation = "CONTACTED"
"""
WHOLE = WHOLE.replace(
    'file = "edges.csv"\ncolumns.id', 'file = "edges.csv"\ndelimiter = ";"\nencoding = "cp1252"\ncolumns.id'
)
NODES = "id,first,last,status,born,tier\n1,Hewa,K,1,08/05/1990,2\n2,,,0,,\n3,Karo,,2,31/02/1990,\n"
EDGES = "source;target;weight;place;said_in\n1;2;1.0;Zoë's;\n 2;4;3;;calls\n4;1;x;;\n5;6\n"
SMALL = '[[table]]\nrecord = "gangs"\nfile = "gangs.csv"\ncolumns.id = "id"\n'

Write = Callable[[str], Mapping]


@pytest.fixture
def mapping(tmp_path: Path) -> Write:
    def write(text: str) -> Mapping:
        path = tmp_path / "map.toml"
        path.write_text(text, encoding="utf-8")
        return load_mapping(path)

    return write


def theirs(tmp_path: Path, name: str, text: str) -> Path:
    """A folder from someone else, with one file."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / name).write_text(text)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "theirs"
    path.mkdir()
    (path / "nodes.csv").write_text(NODES)
    (path / "edges.csv").write_text(EDGES, encoding="cp1252")
    (path / "meta.json").write_text("{}")
    return path


def test_tables_are_mapped_and_rows_know_their_line(mapping: Write, folder: Path, limits: Limits) -> None:
    delivery = read_case(folder, limits, mapping(WHOLE))
    assert [(row.table, row.file, row.line, row.values) for row in delivery.rows] == [
        (
            "people",
            "nodes.csv",
            2,
            {"id": "N-1", "name": "Hewa K", "category": ["suspect"], "date_of_birth": "1990-05-08", "handling": "P"},
        ),
        ("people", "nodes.csv", 3, {"id": "N-2", "category": ["other"], "handling": "P"}),
        ("people", "edges.csv", 3, {"id": "N-4"}),
        ("statements", "map.toml", 5, {"id": "calls", "kind": "record", "handling": "P"}),
        (
            "links",
            "edges.csv",
            2,
            {
                "subject_id": "N-1",
                "relation": "CONTACTED",
                "object_id": "N-2",
                "statement_id": "calls",
                "weight": 1,
                "place": "Zoë's",
            },
        ),
        (
            "links",
            "edges.csv",
            3,
            {"subject_id": "N-2", "relation": "CONTACTED", "object_id": "N-4", "statement_id": "calls", "weight": 3},
        ),
    ]
    assert [(rejection.file, rejection.line, rejection.column) for rejection in delivery.rejections] == [
        ("nodes.csv", 4, "category"),
        ("edges.csv", 4, "weight"),
        ("edges.csv", 5, ""),
    ]
    assert delivery.read == {"people": 4, "links": 4, "statements": 1}


def test_a_distinct_table_alone_makes_the_people_of_an_edge_list(mapping: Write, folder: Path, limits: Limits) -> None:
    text = WHOLE.replace('["meta.json"]', '["meta.json", "nodes.csv"]')
    start = text.index("[[table]]")
    text = text[:start] + text[text.index("[[table]]", start + 1) :]
    delivery = read_case(folder, limits, mapping(text))
    people = [(row.line, row.values["id"]) for row in delivery.rows if row.table == "people"]
    assert people == [(2, "N-1"), (2, "N-2"), (3, "N-4")]


@pytest.mark.parametrize(
    ("field", "cell", "date"),
    [
        ('column = "at", date = "%d.%m.%Y %H:%M"', "08.05.2020 04:30", "2020-05-08T04:30Z"),
        ('column = "at", date = "%d.%m.%Y %H:%M"', "08.05.2020 00:00", "2020-05-08T00:00Z"),
        ('column = "at", date = "%d/%m/%Y %I:%M:%S %p"', "08/05/2020 04:30:09 PM", "2020-05-08T16:30:09Z"),
        ('column = "at", date = "%Y-%m-%d %H:%M:%S%z"', "2020-05-08 00:30:00+0200", "2020-05-07T22:30Z"),
        ('column = "at", date = "%d.%m.%Y %H:%M", zone = "Europe/Berlin"', "08.05.2020 04:30", "2020-05-08T02:30Z"),
        ('column = "at", date = "%d.%m.%Y %H:%M", zone = "Europe/Berlin"', "08.12.2020 04:30", "2020-12-08T03:30Z"),
        (
            'template = "{at} {clock}", date = "%d.%m.%Y %H:%M", zone = "Europe/Berlin"',
            "08.05.2020",
            "2020-05-07T22:15Z",
        ),
        ('column = "at", date = "%d.%m.%Y"', "08.05.2020", "2020-05-08"),
        ('column = "at", date = "%B %Y"', "May 2020", "2020-05"),
        ('column = "at", date = "%G-W%V-%u"', "2020-W19-5", "2020-05-08"),
        ('column = "at", date = "%Y-%j"', "2020-129", "2020-05-08"),
        ('column = "at", date = "%Y week %W, %A"', '"2020 week 18, Friday"', "2020-05-08"),
        ('column = "at", date = "%A %d %B %Y"', "Friday 8 May 2020", "2020-05-08"),
        ('column = "at", date = "%d%%%m%%%Y"', "08%05%2020", "2020-05-08"),
        ('column = "at", date = "%d.%m.%y"', "08.05.55", "2055-05-08"),
    ],
)
def test_a_date_keeps_the_time_its_form_has(
    field: str, cell: str, date: str, mapping: Write, tmp_path: Path, limits: Limits
) -> None:
    folder = theirs(tmp_path, "nodes.csv", f"id,at,clock\n1,{cell},00:15\n2,today,00:15\n")
    ignored = "" if "clock" in field else 'ignore = ["clock"]\n'
    table = f'[[table]]\nrecord = "crossings"\nfile = "nodes.csv"\n{ignored}columns.id = "id"\n'
    delivery = read_case(folder, limits, mapping(f"{table}columns.date = {{ {field} }}\n"))
    assert [row.values for row in delivery.rows] == [{"id": "1", "date": date}]
    assert [rejection.line for rejection in delivery.rejections] == [3]


SIDE_BY_SIDE = "numbers that stand side by side in"


@pytest.mark.parametrize(
    ("form", "cell", "date"),
    [
        ("%d%m%Y", "08052020", "2020-05-08"),
        ("%d%m%Y", "1022020", SIDE_BY_SIDE),
        ("%d%m%Y", NumberCell("1022020"), SIDE_BY_SIDE),
        ("%d%m%Y", NumberCell("10022020"), "2020-02-10"),
        ("%d%m%Y", "8052020", SIDE_BY_SIDE),
        # `1122` would look like a year.
        ("%d%m%y", "1122", SIDE_BY_SIDE),
        ("%d%m%y", "080520", "2020-05-08"),
        ("%Y%m%d", "20200508", "2020-05-08"),
        ("%Y%m%d", "202011", SIDE_BY_SIDE),
        ("%Y%m%d", "202005 8", SIDE_BY_SIDE),
        ("%Y%j", "2020129", "2020-05-08"),
        ("%Y%j", "202012", SIDE_BY_SIDE),
        ("%G%V%u", "2020195", "2020-05-08"),
        ("%d.%m.%Y %H%M", "08.05.2020 0430", "2020-05-08T04:30Z"),
        # Parts between separators need no zeros.
        ("%d.%m.%Y %H%M", "8.5.2020  0430", "2020-05-08T04:30Z"),
        ("%d.%m.%Y %H%M", "08.05.2020 130", SIDE_BY_SIDE),
        ("%d.%m.%Y %H%M", "08.05.2020 430", SIDE_BY_SIDE),
        ("%d.%m.%Y %I%M %p", "08.05.2020 0430 pm", "2020-05-08T16:30Z"),
        ("%d.%m.%Y %I%M%p", "08.05.2020 100PM", SIDE_BY_SIDE),
        ("%Y%m%d%H%M%S%f", "20200508043009123", "2020-05-08T04:30:09Z"),
        ("%Y%m%d%H%M%S%f", "2020050843009123", SIDE_BY_SIDE),
        ("%Y-%m-%dT%H%M%z", "2020-05-08T0430+0200", "2020-05-08T02:30Z"),
        ("20%y%m%d", "20200508", "2020-05-08"),
        ("%d%B%Y", "8May2020", "2020-05-08"),
        ("%d%%%m%Y", "08%052020", "2020-05-08"),
        ("%d%%%m%Y", "08%52020", SIDE_BY_SIDE),
        ("%d%m%Y", "today", "today"),
    ],
)
def test_numbers_side_by_side_have_all_their_digits(form: str, cell: str, date: str) -> None:
    read = date_reader(form, "")(cell)
    if isinstance(read, FaultyCell):
        assert (str(read), read.reason.startswith("is no date of the form")) == (cell, True)
        assert date in read.reason
    else:
        assert read == date


def test_a_date_whose_zeros_are_lost_is_rejected_in_those_words(mapping: Write, tmp_path: Path, limits: Limits) -> None:
    folder = theirs(tmp_path, "c.csv", "id,at\nC1,1022020\nC2,01022020\n")
    field = '{ column = "at", date = "%d%m%Y" }'
    text = f'[[table]]\nrecord = "crossings"\nfile = "c.csv"\ncolumns.id = "id"\ncolumns.date = {field}\n'
    delivery = read_case(folder, limits, mapping(text))
    assert [row.values["date"] for row in delivery.rows] == ["2020-02-01"]
    (rejection,) = delivery.rejections
    assert str(rejection) == (
        "c.csv, line 2, column date, value '1022020': is no date of the form %d%m%Y: numbers that stand side by side in it need"
        " all their digits, as in 27112019"
    )


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("dd.mm.yyyy", "which has no parts: write %d.%m.%Y for 08.05.2020"),
        ("%d.%m.%Y %T", "has %T, which is no part of a form: write %d.%m.%Y"),
        ("%d.%m.%Y %", "which is no part of a form"),
        ("%d/%m", r"has no year \(%Y\)"),
        ("%H:%M", "has no year"),
        ("%d %Y", "has a day without a month"),
        ("%d/%m/%Y %I:%M", "has %I without %p"),
        ("%d/%m/%Y %H:%M %p", "has %p without %I"),
        ("%d.%m.%Y %H:%M %Z", "has %Z, and one name can mean several zones: use %z"),
        ("%Y-%W", "has a week without a day of the week"),
        ("%B %Y %H:%M", "has a time without a day"),
        ("%d.%m.%Y %M", "has minutes or seconds without hours"),
        ("%G-%m-%d", "cannot be read back as a date"),
        ("%d.%m.%Y %d", "cannot be read back as a date"),
    ],
)
def test_a_form_that_loses_or_invents_part_of_a_date_is_refused(form: str, message: str, mapping: Write) -> None:
    with pytest.raises(InputError, match=rf"map.toml, .*columns.id: date .*{message}"):
        mapping(SMALL.replace('"id"', f'{{ column = "id", date = "{form}" }}'))


def test_a_time_that_the_clocks_left_out_is_rejected_as_such(mapping: Write, tmp_path: Path, limits: Limits) -> None:
    folder = theirs(tmp_path, "c.csv", "id,at\nC1,29.03.2020 02:30\nC2,29.03.2020 03:30\nC3,25.10.2020 02:30\n")
    field = '{ column = "at", date = "%d.%m.%Y %H:%M", zone = "Europe/Berlin" }'
    text = f'[[table]]\nrecord = "crossings"\nfile = "c.csv"\ncolumns.id = "id"\ncolumns.date = {field}\n'
    delivery = read_case(folder, limits, mapping(text))
    assert [row.values["date"] for row in delivery.rows] == ["2020-03-29T01:30Z", "2020-10-25T00:30Z"]
    assert [str(rejection) for rejection in delivery.rejections] == [
        "c.csv, line 2, column date, value '29.03.2020 02:30': does not exist in Europe/Berlin: the clocks were put forward over this time"
    ]


def test_a_year_of_birth_in_two_digits_lies_in_the_past(mapping: Write, tmp_path: Path, limits: Limits) -> None:
    folder = theirs(tmp_path, "p.csv", "id,born\nP1,08/05/55\nP2,08/05/99\nP3,08/05/09\n")
    field = '{ column = "born", date = "%d/%m/%y" }'
    text = f'[[table]]\nrecord = "people"\nfile = "p.csv"\ncolumns.id = "id"\ncolumns.date_of_birth = {field}\n'
    delivery = read_case(folder, limits, mapping(text))
    assert [row.values["date_of_birth"] for row in delivery.rows] == ["1955-05-08", "1999-05-08", "2009-05-08"]


def test_the_zone_is_of_dates_of_a_workbook_too(mapping: Write, tmp_path: Path, limits: Limits) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "C"
    moments = [dt.datetime(2020, 5, 8, 4, 30), dt.datetime(2020, 3, 29, 2, 30), dt.datetime(2020, 5, 8)]  # noqa: DTZ001 - a workbook knows no zones
    for row in (["id", "at"], *zip("123", moments, strict=True), ["4", "08.05.2020 04:30"], ["5", dt.date(2020, 5, 8)]):
        sheet.append(list(row))
    sheet["B4"].number_format = sheet["B2"].number_format = "dd.mm.yyyy hh:mm"
    path = tmp_path / "book.xlsx"
    book.save(path)
    table = '[[table]]\nrecord = "crossings"\nfile = "C"\ncolumns.id = "id"\n'
    field = 'columns.date = { column = "at", date = "%d.%m.%Y %H:%M", zone = "Europe/Berlin" }\n'
    delivery = read_case(path, limits, mapping(table + field))
    assert [(row.line, row.values["date"]) for row in delivery.rows] == [
        (2, "2020-05-08T02:30Z"),
        (4, "2020-05-07T22:00Z"),
        (5, "2020-05-08T02:30Z"),
        (6, "2020-05-08"),
    ]
    assert [(row.line, row.reason[:14]) for row in delivery.rejections] == [(3, "does not exist")]
    delivery = read_case(path, limits, mapping(table + field.replace(', zone = "Europe/Berlin"', "")))
    assert next(row.values["date"] for row in delivery.rows) == "2020-05-08T04:30Z"


def test_sheets_of_a_workbook_are_mapped_by_name(
    mapping: Write, deliver: Callable[..., Path], workbook: Callable[..., Path], limits: Limits
) -> None:
    path = workbook(deliver({"people.csv": "nr,who\n7,Hewa\n", "links.csv": None, "statements.csv": None}))
    text = '[[table]]\nrecord = "gangs"\nfile = "people"\ncolumns.id = "nr"\ncolumns.name = "who"\n'
    (row,) = read_case(path, limits, mapping(text)).rows
    assert (row.file, row.line, row.values) == ("book.xlsx, sheet people", 2, {"id": "7", "name": "Hewa"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [", "map.toml is no TOML file"),
        ("", r"map.toml: table is needed at least once, as \[\[table\]\]"),
        ("table = 1", "table is needed at least once"),
        ("tables = 1\n" + SMALL, "map.toml: 'tables' is no key of a mapping; did you mean table?"),
        (SMALL + "ingore = []", r"map.toml, \[\[table\]\] 1: 'ingore' is no key of a mapping; did you mean ignore?"),
        (SMALL.replace("gangs", "gang", 1), r"\[\[table\]\] 1: record is 'gang'; did you mean gangs?"),
        (SMALL.replace('file = "gangs.csv"', ""), r"\[\[table\]\] 1: file has to name"),
        (
            SMALL + 'columns.nmae = "x"',
            r"\[\[table\]\] 1 \(gangs.csv to gangs\): 'nmae' is no field of gangs; did you mean name?",
        ),
        (SMALL + 'constants.nmae = "x"', "'nmae' is no field of gangs"),
        (SMALL + "constants.name = 1", r"constants: name has to be text in quotes, not 1"),
        (SMALL + 'constants.id = "x"', r"constants.id is a column as well"),
        (SMALL.replace('columns.id = "id"', ""), "'id' is missing: gangs need it"),
        (SMALL.replace('"id"', "7"), "columns.id has to be the name of a column"),
        (SMALL.replace('"id"', "{}"), "columns.id names no column"),
        (SMALL.replace('"id"', '{ colum = "id" }'), "columns.id: 'colum' is no key of a mapping; did you mean column?"),
        (SMALL.replace('"id"', '{ column = "id", template = "{" }'), "columns.id: template is '{'"),
        (SMALL.replace('"id"', '{ column = "id", distinct = ["a"] }'), "both `column` and `distinct`"),
        (
            SMALL.replace('"id"', '{ distinct = ["a"], template = "{b}" }'),
            "template can only use {} together with `distinct`",
        ),
        (SMALL.replace('"id"', '{ distinct = ["a"] }\ncolumns.name = "n"'), "other fields can only be constants"),
        (SMALL + 'columns.name = { distinct = ["a"] }', "columns.name cannot be made of `distinct` columns"),
        (SMALL + 'delimiter = ";;"', "delimiter must be one character"),
        (SMALL + 'encoding = "utf-16"', "encoding is 'utf-16'; did you mean utf-8?"),
        (SMALL.replace('"id"', '{ column = "id", zone = "Europe/Berlin" }'), "zone is of the times that `date` reads"),
        (SMALL.replace('"id"', '{ column = "id", date = "%H%z", zone = "Europe/Berlin" }'), "take one of them out"),
        (
            SMALL.replace('"id"', '{ column = "id", date = "%H", zone = "Europe/Berln" }'),
            "zone is 'Europe/Berln'; did you mean Europe/Berlin",
        ),
        (
            SMALL.replace('"id"', '{ column = "id", date = "%H", zone = "../../etc/passwd" }'),
            "zone is '../../etc/passwd'",
        ),
        (
            SMALL.replace('"id"', '{ column = "id", decimal = "x" }'),
            "decimal is 'x': the sign before decimals is a comma",
        ),
        (
            SMALL.replace('"id"', '{ column = "id", decimal = ",", date = "%Y" }'),
            "decimal is of numbers, and `date` of dates",
        ),
        (SMALL + 'ignore = "x"', "ignore has to be a list of texts"),
        ('[statement]\nid = "s"\n' + SMALL, r"\[statement\]: 'kind' is missing: statements need it"),
        (
            '[statement]\nid = "s"\nkid = "record"\n' + SMALL,
            r"\[statement\]: 'kid' is no field of statements; did you mean kind?",
        ),
        (SMALL.replace("gangs", "links").replace("columns.id", "columns.subject_id"), "is missing: links need it"),
    ],
)
def test_a_fault_of_the_mapping_names_file_table_and_key(text: str, message: str, mapping: Write) -> None:
    with pytest.raises(InputError, match=message):
        mapping(text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('ignore = ["tier"]', "", "map.toml neither maps nor ignores column 'tier' of nodes.csv"),
        ('"tier"', '"tire"', "map.toml: nodes.csv has no column 'tire'; did you mean tier?"),
        ('columns.weight = "weight"', "", "neither maps nor ignores column 'weight' of edges.csv"),
        ('"born"', '"bron"', "map.toml: nodes.csv has no column 'bron'; did you mean born?"),
        ('["meta.json"]', "[]", "theirs holds 'meta.json', which map.toml does not map or list in ignore_files"),
        ('file = "nodes.csv"', 'file = "noods.csv"', "theirs holds 'nodes.csv'"),
        ('ignore_files = ["meta.json"]\n', 'ignore_files = ["meta.json", "nodes.csv"]\n', ""),
    ],
)
def test_a_mapping_that_does_not_fit_the_files_is_refused(
    old: str, new: str, message: str, mapping: Write, folder: Path, limits: Limits
) -> None:
    text = WHOLE.replace(old, new, 1)
    assert text != WHOLE
    if not message:
        assert read_case(folder, limits, mapping(text)).read["people"] == 4
        return
    with pytest.raises(InputError, match=message):
        read_case(folder, limits, mapping(text))


def test_a_mapped_file_that_is_not_there_is_named(mapping: Write, folder: Path, limits: Limits) -> None:
    (folder / "nodes.csv").unlink()
    with pytest.raises(InputError, match=r"theirs has no 'nodes.csv', which map.toml maps to people"):
        read_case(folder, limits, mapping(WHOLE))


def test_a_column_that_stands_twice_in_their_file_is_refused(mapping: Write, folder: Path, limits: Limits) -> None:
    (folder / "nodes.csv").write_text(NODES.replace("first,last", "last,last"))
    with pytest.raises(InputError, match="column 'last' is there twice"):
        read_case(folder, limits, mapping(WHOLE))


def test_a_file_with_another_delimiter_is_named_with_the_way_out(mapping: Write, folder: Path, limits: Limits) -> None:
    (folder / "nodes.csv").write_text(NODES.replace(",", ";"))
    with pytest.raises(
        InputError,
        match=r"nodes.csv, line 1 is one cell, 'id;first;.* separated by semicolons. Write delimiter = \";\" in",
    ):
        read_case(folder, limits, mapping(WHOLE))


def test_columns_that_are_ignored_may_have_one_name(mapping: Write, tmp_path: Path, limits: Limits) -> None:
    folder = theirs(tmp_path, "gangs.csv", "id,,\nG1,x,\n")
    delivery = read_case(folder, limits, mapping(SMALL + 'ignore = [""]\n'))
    assert [row.values for row in delivery.rows] == [{"id": "G1"}]
    with pytest.raises(InputError, match="column '' is there twice"):
        read_case(folder, limits, mapping(SMALL + 'columns.name = { template = "{id}" }\n'))


def test_what_is_ignored_refuses_nothing(mapping: Write, tmp_path: Path, limits: Limits) -> None:
    folder = tmp_path / "theirs"
    (folder / "papers").mkdir(parents=True)
    (folder / "gangs.csv").write_text("id\nG1\n")
    (folder / "large.txt").write_bytes(b"x" * 6_000_000)
    text = 'ignore_files = ["papers", "large.txt", "Summary"]\n' + SMALL
    assert read_case(folder, limits, mapping(text)).read == {"gangs": 1}
    book = openpyxl.Workbook()
    book.worksheets[0].title = "gangs.csv"
    book.worksheets[0].append(["id"])
    summary = book.create_sheet("Summary")
    summary.append(["=COUNTA(A:A)"])
    summary.merge_cells("A1:C1")
    book.save(tmp_path / "book.xlsx")
    assert read_case(tmp_path / "book.xlsx", limits, mapping(text)).read == {"gangs": 0}


def test_names_of_files_are_compared_composed(mapping: Write, tmp_path: Path, limits: Limits) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "U\u0308ber.csv").write_text("id\nG1\n")
    (folder / "u\u0308.txt").write_text("x")
    for name in ("\u00dcber.csv", "U\u0308ber.csv"):
        text = f'ignore_files = ["\u00fc.txt"]\n{SMALL.replace("gangs.csv", name)}'
        assert read_case(folder, limits, mapping(text)).read == {"gangs": 1}
    (folder / "\u00dcber.csv").write_text("id\nG2\n")
    with pytest.raises(InputError, match="two files of one name"):
        read_case(folder, limits, mapping(text))


def test_an_unknown_mapping_says_which_are_built_in(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="caviar, natarajan_heroin, pira_p1, zegota"):
        load_mapping(tmp_path / "none.toml")


def test_every_built_in_mapping_is_sound() -> None:
    assert built_in_mappings() == ["caviar", "natarajan_heroin", "pira_p1", "zegota"]
    for name in built_in_mappings():
        assert load_mapping(name).file == f"{name}.toml"


@pytest.mark.parametrize(
    ("name", "people", "links", "calls"),
    [
        ("caviar", 110, 295, None),
        ("natarajan_heroin", 38, 168, 168),
        ("pira_p1", 334, 405, 405),
        ("zegota", 177, 438, 438),
    ],
)
def test_the_published_networks_load(name: str, people: int, links: int, calls: int | None, limits: Limits) -> None:
    if not (SHARED / "data" / name).is_dir():
        pytest.skip(f"the published network {name} is not on this machine (set GRAPHSVC_SHARED to its folder)")
    delivery = read_case(SHARED / "data" / name, limits, load_mapping(name))
    assert delivery.rejections == []
    assert delivery.read == {"people": people, "links": links, "statements": 1}
    claims = [row.values for row in delivery.rows if row.table == "links"]
    ids = {row.values["id"] for row in delivery.rows if row.table == "people"}
    assert {claim["subject_id"] for claim in claims} | {claim["object_id"] for claim in claims} <= ids
    weights = [claim["weight"] for claim in claims]
    assert all(isinstance(weight, int) for weight in weights)
    if calls is not None:
        assert sum(weight for weight in weights if isinstance(weight, int)) == calls
    # Values that an analysis is measured by must not be imported.
    assert {name for row in delivery.rows if row.table == "people" for name in row.values} == {"id", "handling"}
    folded = fold(State(), 1, delivery.rows, delivery.columns, partial=False)
    assert folded.rejections == []
    assert folded.counts["links"].added == links


TWO_SOURCES = """
[statement]
id = "calls"
kind = "record"

[[table]]
record = "people"
file = "nodes.csv"
columns.id = "id"
columns.name = "name"
columns.date_of_birth = "born"

[[table]]
record = "people"
file = "calls.csv"
columns.id = { distinct = ["a", "b"] }

[[table]]
record = "links"
file = "calls.csv"
columns.subject_id = "a"
columns.object_id = "b"
constants.relation = "CONTACTED"
"""


def test_a_column_that_one_part_of_a_table_lacks_keeps_what_was_loaded(
    mapping: Write, folder: Path, limits: Limits
) -> None:
    for name in ("edges.csv", "meta.json"):
        (folder / name).unlink()
    state = State()
    for number, (nodes, calls) in enumerate(
        [
            ("P1,Ann,1990\nP2,Bob,1991\n", "P1,P2\n"),
            ("P3,Cy,1992\nP2,,1991\n", "P1,P3\n"),
        ],
        1,
    ):
        (folder / "nodes.csv").write_text("id,name,born\n" + nodes)
        (folder / "calls.csv").write_text("a,b\n" + calls)
        delivery = read_case(folder, limits, mapping(TWO_SOURCES))
        fold(state, number, delivery.rows, delivery.columns, partial=False)
    assert [row.values for row in state.records["people"].values()] == [
        {"id": "P1", "name": "Ann", "date_of_birth": "1990"},
        # An empty cell in a delivered column deletes the value.
        {"id": "P2", "date_of_birth": "1991"},
        {"id": "P3", "name": "Cy", "date_of_birth": "1992"},
    ]


def test_a_row_of_another_width_is_rejected_even_where_it_is_as_wide_as_ours(
    mapping: Write, folder: Path, limits: Limits
) -> None:
    for name in ("edges.csv", "meta.json"):
        (folder / name).unlink()
    (folder / "nodes.csv").write_text("id,name,born\nP1,Ann,1990\nP2,Bob,1991\n")
    # Four cells, like the fields of a link: subject, object, relation and statement.
    (folder / "calls.csv").write_text("a,b,seconds,note,tower\nP1,P2,10,x,y\nP3,P4,PAID,calls\n")
    start = TWO_SOURCES.index("columns.subject_id")
    text = TWO_SOURCES[:start] + 'ignore = ["seconds", "note", "tower"]\n' + TWO_SOURCES[start:]
    delivery = read_case(folder, limits, mapping(text))
    assert [row.values["object_id"] for row in delivery.rows if row.table == "links"] == ["P2"]
    (rejection,) = delivery.rejections
    assert str(rejection) == "calls.csv, line 3: the row has 4 cells, but the header has 5"
    assert rejection.row_id == ""


def test_a_row_of_another_width_is_rejected_where_distinct_alone_reads_the_file(
    mapping: Write, folder: Path, limits: Limits
) -> None:
    for name in ("edges.csv", "nodes.csv", "meta.json"):
        (folder / name).unlink()
    (folder / "calls.csv").write_text("a,b\nP1,P2\nP3,P4,x\nP5\n")
    text = TWO_SOURCES[TWO_SOURCES.index("[[table]]", TWO_SOURCES.index("nodes.csv")) :]
    text = text[: text.index("[[table]]", 1)]
    delivery = read_case(folder, limits, mapping(text))
    assert [row.values["id"] for row in delivery.rows] == ["P1", "P2"]
    assert [str(rejection) for rejection in delivery.rejections] == [
        "calls.csv, line 3: the row has 3 cells, but the header has 2",
        "calls.csv, line 4: the row has 1 cells, but the header has 2",
    ]
    assert delivery.read == {"people": 4}


def test_numbers_with_another_sign_before_decimals_are_read_where_the_mapping_says_so(
    mapping: Write, tmp_path: Path, limits: Limits
) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    sums = ("1.250", "980", "1.250,50", "-7,5", "1 145,00", "", "1.25", "1,250.50", "7,5,0", "x")
    (folder / "c.csv").write_text("a;b;eur;times\n" + "".join(f"P1;P2;{each};1.000\n" for each in sums))
    fields = """
[[table]]
record = "links"
file = "c.csv"
delimiter = ";"
columns.subject_id = "a"
columns.object_id = "b"
columns.amount = { column = "eur", decimal = "," }
columns.weight = { column = "times", decimal = "," }
constants.relation = "PAID"
"""
    delivery = read_case(folder, limits, mapping('[statement]\nid = "S"\nkind = "record"\n' + fields))
    claims = [row.values for row in delivery.rows if row.table == "links"]
    assert [claim.get("amount") for claim in claims] == [1250.0, 980.0, 1250.5, -7.5, 1145.0, None]
    assert {claim["weight"] for claim in claims} == {1000}
    assert [(row.value, row.reason) for row in delivery.rejections] == [
        (each, "is no number such as 1.250,50, as `decimal` of the mapping says") for each in sums[6:]
    ]
