"""CSV to take away: what the rows alone would be silent on stands below them, each sentence in a row of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest

from graphsvc.web.csvfile import csv_file


def rows_of(columns: Sequence[str], *, last: Sequence[str] = (), under: str = "") -> list[list[str]]:
    made = csv_file("some.csv", columns, [["c1", 2]] if columns else [], last=last, under=under)
    return list(csv.reader(io.StringIO(made.get_data(as_text=True))))


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
