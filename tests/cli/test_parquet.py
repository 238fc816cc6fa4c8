"""A whole case as Parquet on the command line: place of the files, verification, and the hint at lower clearance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service
from tests.toolbox.rows import claim, write

pytestmark = pytest.mark.neo4j
PASSWORD = "correct horse battery"
Command = Callable[..., Any]


@pytest.fixture
def run_folder(case: str, must: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands run, after a case was loaded."""
    delivery = write(
        tmp_path / "delivery",
        people=[{"id": "P1", "name": "Ari"}, {"id": "P2", "name": "Bo"}],
        statements=[{"id": "S1", "kind": "record", "handling": "P"}],
        links=[claim("P1", "PAID", "P2", "S1", amount="20")],
    )
    must("load", str(delivery), "--case", case)
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "there")
    return tmp_path / "there"


def test_it_lies_where_one_stands_and_is_verified(must: Command, command: Command, case: str, run_folder: Path) -> None:
    done = must("export", "parquet", case)
    name = f"{case}-handling-C-version-1"
    assert done.answer == f"{name}\n"
    assert "claims: 1 row\n" in done.messages
    assert [path.name for path in run_folder.iterdir()] == [name]
    assert must("export", "verify", name).answer == "It is as its manifest says.\n"
    assert "for " in must("export", "list", case).answer
    again = command("export", "parquet", case)
    assert (
        again.refusal() == f"graphsvc: {run_folder / name} is there already. Nothing was written; choose another place."
    )
    (run_folder / name / "boats.parquet").unlink()
    assert command("export", "verify", name).refusal().endswith("is not as it was given: boats.parquet is missing.")


def test_who_is_cleared_for_less_is_told_what_to_use_instead(
    must: Command, command: Command, home: Settings, case: str, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHSVC_SECOND_FACTOR_ROLES", "none")
    with Service(home) as service:
        accounts.add(service.database, "low", ["investigator"], {case: Grant("C")}, PASSWORD)
    must("login", "low", typed=(PASSWORD, ""))
    refusal = command("export", "parquet", case).refusal()
    assert f"All of the case {case} is for who is cleared for handling code C and for sources in it" in refusal
    assert f"`graphsvc export make {case}`" in refusal
    assert list(run_folder.iterdir()) == []
