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
    """A case folder, read without the code that made it."""

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


# People, seed, false share; hard worlds after the clean ones.
_DRAWN = ((20, 1, 0.5), (60, 2, 0.2), (500, 3, 0.4), (1500, 4, 0.2), (20, 5, 1.0), (1000, 6, 0.0))
_HARD = ((150, 1, 0.5), (400, 5, 0.4), (1500, 4, 0.2), (300, 6, 1.0))
_WORLDS = [(*drawn, False) for drawn in _DRAWN] + [(*drawn, True) for drawn in _HARD]


@pytest.fixture(scope="session", params=[None, *_WORLDS], ids=["demo", *map(str, _WORLDS)])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The demo, and worlds drawn from seeds, clean and hard."""
    if request.param is None:
        demo_case = request.getfixturevalue("demo")
        assert isinstance(demo_case, Case)
        return demo_case
    people, seed, share, hard = request.param
    folder = tmp_path_factory.mktemp("simulate") / "case"
    simulate.simulate(folder, seed=seed, people=people, false_share=share, hard=hard)
    return Case(folder, share)
