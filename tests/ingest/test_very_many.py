"""The same fault in 300,000 rows: one line, a file of all of them, and suggestions for the first row alone."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cli import cases
from graphsvc.ingest.check import Row, check_delivery
from graphsvc.ingest.fold import fold
from graphsvc.ingest.raw import Limits, RawTable
from graphsvc.ingest.rejected import LINES_NAMED, Rejection, in_order
from graphsvc.ingest.state import State
from graphsvc.records.nearest import SUGGESTIONS

MANY = 300_000
HEADER = ["subject_id", "relation", "object_id", "statement_id"]
STATEMENT = Row("statements", "statements.csv", 2, {"id": "S1", "kind": "record"})
PEOPLE = [Row("people", "people.csv", line, {"id": f"P{line}"}) for line in range(2, 1_002)]


class Lines:
    """`MANY` lines of links, each with an unknown relation, generated on iteration."""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return ((line, ["P2", f"PAYD{line}", "P3", "S1"]) for line in range(2, MANY + 2))


def check_rows() -> list[Rejection]:
    """Check rows that each have a different unknown relation."""
    limits = Limits(file_bytes=1_000_000, cell_chars=1_000)
    return check_delivery([RawTable("links", "links.csv", HEADER, Lines())], limits).rejections


def fold_rows(statement: str, refused: dict[str, str] | None = None) -> list[Rejection]:
    """Fold rows that each refer to a different missing person, or to a rejected statement."""
    links = (
        Row(
            "links",
            "links.csv",
            line,
            {"subject_id": f"P{line}O", "relation": "PAID", "object_id": "P3", "statement_id": statement},
        )
        for line in range(2, MANY + 2)
    )
    return fold(State(), 1, [*PEOPLE, STATEMENT, *links], {}, partial=False, refused=refused or {}).rejections


@pytest.mark.parametrize(
    ("rejecting", "column", "reason", "hints"),
    [
        (check_rows, "relation", "is no known relation", SUGGESTIONS),
        (lambda: fold_rows("S1"), "subject_id", "nobody and nothing with this id is accepted here", SUGGESTIONS),
        (
            lambda: fold_rows("S2", {"S2": "statements.csv, line 3"}),
            "statement_id",
            "the row with this id is rejected",
            0,
        ),
    ],
    ids=["words", "ends", "consequences"],
)
def test_one_fault_of_very_many_rows_is_one_line_and_a_file(
    rejecting: Callable[[], list[Rejection]],
    column: str,
    reason: str,
    hints: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    compared = Mock(wraps=difflib.get_close_matches)
    monkeypatch.setattr(difflib, "get_close_matches", compared)
    rejections = in_order(rejecting())
    assert len(rejections) == MANY
    # Suggestions are sought and stored for the first row only; the other rows share its message.
    assert compared.call_count <= hints
    assert sum("did you mean" in row.reason for row in rejections) <= hints
    assert len({row.fault or row.reason for row in rejections}) == 1
    loaded = Loaded("case", None, None, {}, rejections, committed=False)
    (fault,) = loaded.faults
    assert (fault.count, fault.lines) == (MANY, list(range(2, 2 + LINES_NAMED)))
    target = tmp_path / "rejected.csv"
    cases._report_rejections(loaded, target)
    printed = capsys.readouterr().err.splitlines()
    assert len(printed) == 2
    assert printed[0].startswith(f"rejected: links.csv, line 2, column {column}, ")
    assert reason in printed[0]
    assert printed[0].endswith(
        "(299,999 more rows of this file have the same fault: lines 3, 4, 5, 6, 7, 8, 9 and 299,992 more)"
    )
    assert len(printed[0]) < 500
    with target.open(encoding="utf-8", newline="") as file:
        lines = [int(row["line"]) for row in csv.DictReader(file)]
    assert lines == list(range(2, MANY + 2))
