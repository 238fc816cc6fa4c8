"""Loading on the command line: what is said of rows, on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command

MAPPING = """
[statement]
id = "calls"
kind = "record"
handling = "P"
[[table]]
record = "things"
file = "calls.csv"
columns.id = { distinct = ["from", "to"] }
constants.kind = "phone"
constants.handling = "P"
[[table]]
record = "links"
file = "calls.csv"
ignore = ["at"]
columns.subject_id = "from"
columns.object_id = "to"
columns.from_date = { column = "day", date = "%d.%m.%Y" }
constants.relation = "CONTACTED"
"""
CALLS = "from,to,day,at\nA,B,08.05.2020,04:30\nA,B,08.05.2020,04:41\nA,B,08.05.2020,05:02\nA,B,09.05.2020,10:00\n"


@pytest.fixture
def calls(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "calls.csv").write_text(CALLS)
    (tmp_path / "calls.toml").write_text(MAPPING)
    return "load", str(tmp_path / "calls"), "--mapping", str(tmp_path / "calls.toml")


@pytest.mark.neo4j
def test_calls_of_one_day_are_each_loaded_and_said_to_be_equal(
    command: Command, calls: tuple[str, ...], case: str
) -> None:
    loaded = command(*calls, "--case", case)
    assert (
        "equal: 2 rows of links are equal to an earlier one, and each of them counts as one more of the same (calls.csv,"
        " lines 3, 4)." in loaded.said
    )
    links = next(line.split() for line in loaded.answer.splitlines() if line.startswith("links"))
    assert links[1:3] == ["4", "4"], "read and added"
    again = command(*calls, "--case", case)
    assert "nothing changed" in again.said
