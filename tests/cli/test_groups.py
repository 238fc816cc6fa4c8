"""Groups of witnesses on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

pytestmark = pytest.mark.neo4j


@pytest.fixture
def loaded_case(must: Command, case: str, tmp_path: Path) -> str:
    files = {
        "people": "id,name,category\nB,Boss,\nW1,Wil One,witness\nW2,Wil Two,witness\n",
        "statements": "id,kind,source_id\nT1,witness,W1\nT2,witness,W2\n",
        "crossings": "id,date\nX1,2020-05-08\n",
        "links": "subject_id,relation,object_id,statement_id\nW1,CROSSED_ON,X1,T1\nW2,CROSSED_ON,X1,T2\nB,PILOTED,X1,T1\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    must("load", str(tmp_path), "--case", case)
    return case


def test_groups_are_listed_decided_on_and_decisions_taken_back(
    must: Command, command: Command, loaded_case: str
) -> None:
    (group,) = json.loads(must("groups", "list", loaded_case, "--format", "json").answer)
    assert [(reason["reason"], reason["thing"]) for reason in group["shared"]] == [("crossing", "X1")]
    assert "crossing X1" in must("groups", "list", loaded_case).answer
    first, second = group["sources"]
    decided = must(
        "groups", "decide", loaded_case, first, second, "--as", "independent", "--reason", "a year apart"
    ).answer
    assert len(json.loads(must("groups", "list", loaded_case, "--format", "json").answer)) == 2
    decisions = must("groups", "decisions", loaded_case).answer
    assert decided.strip() in decisions
    assert "a year apart" in decisions
    assert (
        "already"
        in command("groups", "decide", loaded_case, first, second, "--as", "independent", "--reason", "again").refusal()
    )
    must("groups", "take-back", loaded_case, decided.strip(), "--reason", "they had met")
    assert "taken back by" in must("groups", "decisions", loaded_case).answer
    assert len(json.loads(must("groups", "list", loaded_case, "--format", "json").answer)) == 1
    assert (
        "no such decision"
        in command("groups", "take-back", loaded_case, decided.strip(), "--reason", "again").refusal()
    )
