"""Invented cases of `graphsvc.simulate` as crossings to compare: told in every way a case is, and made for another purpose.

Who arranged each crossing is in no file of a case, so the world is made once more from its seed.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from bench.case_folder import Case, read
from bench.linkage_worlds import LinkageWorld
from graphsvc.analysis.evidence.belief import link_table
from graphsvc.analysis.linkage.gathered import READ, CaseRows, LinkSaid, RowOfBoat, RowOfCrossing, gathered
from graphsvc.records.dates import parse_date
from graphsvc.simulate import DEMO_FALSE_SHARE, DEMO_PEOPLE, DEMO_SEED, simulate, world
from graphsvc.simulate.knobs import DEMO, Knobs, draw, draw_hard


def simulated_world(seed: int, people: int, *, hard: bool = False) -> LinkageWorld:
    """The crossings of a simulated case; one series for each organiser."""
    knobs = (draw_hard if hard else draw)(random.Random(f"{seed}/knobs"))  # noqa: S311 - invented worlds, not secrets
    return _world(seed, people, 0.2, knobs)


def demo_world() -> LinkageWorld:
    """Those of the demo."""
    return _world(DEMO_SEED, DEMO_PEOPLE, DEMO_FALSE_SHARE, DEMO)


def _world(seed: int, people: int, false_share: float, knobs: Knobs) -> LinkageWorld:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case"
        simulate(path, seed=seed, people=people, false_share=false_share, knobs=knobs)
        case = read(path)
        rows = case_rows(path, case)
    figures, traits = gathered(rows)
    organiser = {crossing.id: crossing.organiser for crossing in world.build(seed, knobs, people).crossings}
    names = sorted(set(organiser.values()))
    return LinkageWorld(figures, traits, dict(case.dependence), [names.index(organiser[row.id]) for row in figures])


def case_rows(folder: Path, case: Case) -> CaseRows:
    """The rows and links of a case folder, as the service reads them from the graph; without prices and words."""
    recorded, voices = set(), defaultdict(set)
    for claim in case.claims:
        if claim.asserts and claim.source_kind == "record":
            recorded.add(claim.key)
        elif claim.asserts:
            voices[claim.key].add(claim.source)
    return CaseRows(
        [_crossing(row) for row in _rows(folder / "crossings.csv")],
        [
            RowOfBoat(row["id"], row["kind"], _number(row, "length_m"), _number(row, "engine_hp"))
            for row in _rows(folder / "boats.csv")
        ],
        {row["id"]: (row["kind"], row.get("value", "")) for row in _rows(folder / "things.csv")},
        {row["id"]: row.get("kind", "") for row in _rows(folder / "workplaces.csv")},
        [
            LinkSaid(*key, figures.belief, frozenset() if key in recorded else frozenset(voices[key]))
            for key, figures in link_table(case.claims, case.dependence).items()
            if key[1] in READ
        ],
    )


def _crossing(row: Mapping[str, str]) -> RowOfCrossing:
    day = parse_date(row["date"]).earliest
    exact = len(row["date"]) >= len("2020-05-08")
    places = {
        what: (latitude, longitude)
        if (latitude := _number(row, f"{what}_lat")) is not None
        and (longitude := _number(row, f"{what}_lon")) is not None
        else None
        for what in ("launch", "landing")
    }
    return RowOfCrossing(
        row["id"],
        float((day - dt.date(2020, 1, 1)).days) if exact else None,
        row.get("launch_site", ""),
        places["launch"],
        row.get("landing_site", ""),
        places["landing"],
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(row: Mapping[str, str], name: str) -> float | None:
    return float(row[name]) if row.get(name) else None
