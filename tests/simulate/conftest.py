from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from graphsvc import simulate
from graphsvc.records.tables import ENTITY_TABLES, TABLES


@dataclass
class Case:
    """A case folder as read back, knowing nothing of how it was made."""

    folder: Path
    false_share: float = simulate.DEMO_FALSE_SHARE
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    truth: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, table in TABLES.items():
            with (self.folder / table.file).open(encoding="utf-8", newline="") as file:
                self.tables[name] = list(csv.DictReader(file))
        self.truth = json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))
        self.kinds = {row["id"]: table.record for table in ENTITY_TABLES for row in self.tables[table.name]}

    @property
    def links(self) -> list[dict[str, str]]:
        return self.tables["links"]

    @property
    def statements(self) -> dict[str, dict[str, str]]:
        return {row["id"]: row for row in self.tables["statements"]}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("simulate") / "demo"
    simulate.demo(folder)
    return Case(folder)


# People, seed, false share.
_DRAWN = ((20, 1, 0.5), (60, 2, 0.2), (500, 3, 0.4), (1500, 4, 0.2), (20, 5, 1.0))


@pytest.fixture(scope="session", params=[None, *_DRAWN], ids=["demo", *map(str, _DRAWN)])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The demo, and worlds drawn from seeds."""
    if request.param is None:
        found = request.getfixturevalue("demo")
        assert isinstance(found, Case)
        return found
    people, seed, share = request.param
    folder = tmp_path_factory.mktemp("simulate") / "case"
    simulate.simulate(folder, seed=seed, people=people, false_share=share)
    return Case(folder, share)
