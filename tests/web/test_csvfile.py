"""CSV downloads: notes on the whole table follow below its rows, one row each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import pytest
from flask import Flask, g

from graphsvc.access.people.principal import Grant
from graphsvc.web.csvfile import csv_file


@pytest.fixture(autouse=True)
def app() -> Iterator[Flask]:
    """An app outside any case, where a file has no handling code unless it is passed in."""
    flask = Flask(__name__)
    with flask.app_context():
        yield flask


def rows_of(columns: Sequence[str], *, last: Sequence[str] = (), under: str = "") -> list[list[str]]:
    response = csv_file("some", columns, [["c1", 2]] if columns else [], last=last, under=under)
    return list(csv.reader(io.StringIO(response.get_data(as_text=True))))


@pytest.mark.parametrize(
    ("under", "below"),
    [("", ["There are more.", ""]), ("why", ["", "There are more."]), ("id", ["There are more.", ""])],
)
def test_a_sentence_has_a_row_of_its_own_at_the_end(under: str, below: list[str]) -> None:
    rows = rows_of(["id", "why"], last=["There are more.", "=1+1"], under=under)
    assert rows[:3] == [["id", "why"], ["c1", "2"], below]
    assert sorted(rows[3]) == ["", "'=1+1"]


def test_nothing_stands_below_where_nothing_is_to_be_said() -> None:
    assert rows_of(["id", "why"]) == [["id", "why"], ["c1", "2"]]


def test_a_table_without_columns_has_room_for_a_sentence() -> None:
    assert rows_of([], last=["Nothing fits."]) == [[], ["Nothing fits."]]


def test_what_a_column_is_called_runs_no_more_than_its_cells() -> None:
    assert rows_of(["=1+1", "@why"])[0] == ["'=1+1", "'@why"]


def test_the_name_bears_the_handling_code(app: Flask) -> None:
    """The code is in the name, not in a row, because lists of leads are read back as rankings, tables by pandas."""

    def name(handling: str = "") -> str:
        return csv_file("behind", ["id"], [], handling=handling).headers["Content-Disposition"]

    assert name() == "attachment; filename=behind.csv"
    assert name("C") == "attachment; filename=behind-handling-C.csv"
    with app.app_context():
        g.here = SimpleNamespace(grant=Grant("P"))
        assert name() == "attachment; filename=behind-handling-P.csv"
