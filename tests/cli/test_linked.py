"""`graphsvc linked`: a cut answer is reported as cut with status 75; its first part is on standard output."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from graphsvc.service.linkage import linkage
from tests.cli.conftest import Command
from tests.toolbox.rows import Tables, statement_claims, write

pytestmark = pytest.mark.neo4j
CASE = "linked"
CROSSINGS = ("x1", "x2", "x3")
ROWS: Tables = {
    "people": [
        {"id": "boss", "name": "Boss", "category": "suspect"},
        {"id": "pilot", "name": "Pilot", "category": "suspect"},
    ],
    "crossings": [{"id": name, "date": f"2020-05-0{n}", "handling": "P"} for n, name in enumerate(CROSSINGS, 1)],
    "statements": [{"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
    "links": [
        *statement_claims(
            "r1", *(f"boss ORGANISED {name}" for name in CROSSINGS), *(f"pilot PILOTED {name}" for name in CROSSINGS)
        )
    ],
}


def test_an_answer_that_is_cut_ends_with_status_75(
    must: Command, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    must("load", str(write(tmp_path / "delivery", **ROWS)), "--case", CASE)
    arguments = ("linked", "--case", CASE, "--format", "csv")
    whole = must(*arguments)
    pairs = list(csv.DictReader(io.StringIO(whole.answer)))
    assert len(pairs) == 3
    assert "cut at" not in whole.messages
    monkeypatch.setattr(linkage, "_PAIRS", 2)
    done = command(*arguments)
    assert done.status == 75
    assert list(csv.DictReader(io.StringIO(done.answer))) == pairs[:2]
    assert "The answer is cut at 2 rows and there are more" in done.refusal()
