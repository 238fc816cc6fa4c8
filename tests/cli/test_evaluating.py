"""`graphsvc evaluate` of one ranking over several cases: it reports surplus and missing entries of the ranking."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from graphsvc.simulate import simulate
from tests.cli.conftest import Command

pytestmark = pytest.mark.neo4j


def ranking(path: Path, cases: Iterable[Path]) -> Path:
    """A ranking that puts every hub of these cases first."""
    lines = ["case,id,score"]
    for case in cases:
        truth = json.loads((case / "truth.json").read_text("utf-8"))
        lines += [f"{case.name},{person},{int(person in truth['hubs'])}" for person in truth["candidates"]]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_rows_of_a_case_that_was_not_named_are_said_and_count_for_nothing(must: Command, tmp_path: Path) -> None:
    cases = [tmp_path / name for name in ("a", "b", "c", "d")]
    for seed, case in enumerate(cases, 1):
        simulate(case, seed=seed, people=150, hard=True)
    named = [str(case) for case in cases[:2]]
    options = ("--halves", "0", "--format", "json")
    whole = must("evaluate", *named, "--ranking", str(ranking(tmp_path / "all.csv", cases)), *options)
    assert "The ranking is also of cases that were not named: c, d." in whole.messages
    alone = must("evaluate", *named, "--ranking", str(ranking(tmp_path / "two.csv", cases[:2])), *options)
    assert "not named" not in alone.messages
    assert json.loads(whole.answer) == json.loads(alone.answer)
    assert json.loads(whole.answer)["cases"] == ["a", "b"]
