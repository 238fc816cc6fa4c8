"""Every family of invented worlds used to fit and judge the score, and its author.

Author `project` is this project. The letters are other authors, who had not seen the score. Seeds from 9000 up are for
a final check: never use them for fitting or for a choice. Set `BENCH_CASES` to a folder to keep the worlds for the next
run; otherwise they are kept until the process ends.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.case_folder import Case, read
from bench.worlds import cells, first, gangmasters, kin, logistics, routes, second, segments, shadows, simulated
from bench.worlds.close import CloseWorld
from bench.worlds.randomised import World
from bench.worlds.reported import ReportedWorld

PROJECT = "project"
FALSE_SHARES = (0.0, 0.2, 0.4)
_ROOT = Path(__file__).parents[2]
# Kept worlds are made again after any change to code in these folders, which make or read cases.
_MAKING = ("bench/worlds", "graphsvc/simulate", "graphsvc/ingest", "graphsvc/records", "graphsvc/cases/graph", "graphsvc/service/evaluation")  # fmt: skip
# Name of a list of people in truth.json → roles of these people, for authors who give only roles.
_LISTS = {"leaders": {"top"}, "brokers": {"broker"}, "helpers": {"helper"}}


@dataclass(frozen=True, slots=True)
class Family:
    """A family of worlds.

    Attributes:
        author: `project`, or the letter of another author.
        make: function that makes the world of a seed and a share of false statements.
        fitted: seeds of worlds for fitting a score.
        tried: seeds of worlds for judging a score, never used for fitting.
    """

    author: str
    make: Callable[[int, float], Case]
    fitted: range
    tried: range


def _from_folder(write: Callable[[Path, int, float], None]) -> Callable[[int, float], Case]:
    """Return a function that makes a world by writing a case folder and reading it."""

    def make(seed: int, false_share: float) -> Case:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "case"
            write(folder, seed, false_share)
            world = read(folder)
        _complete(world)
        return world

    return make


def _complete(world: Case) -> None:
    """Add lists that an author left out because they follow from the roles of people or from another list."""
    roles = world.truth.get("roles", {})
    for name, members in _LISTS.items():
        world.truth.setdefault(name, [person for person, role in roles.items() if role in members])
    if "false_links" in world.truth:
        # Other authors have lies and mistakes in a single list.
        world.truth.setdefault("mistaken_links", [])


# Seeds of worlds of other authors for judging a score. No one looked at them while the score was made.
_JUDGING = range(301, 331)
FAMILIES = {
    "worlds": Family(PROJECT, lambda seed, share: World(seed, share).case(), range(1, 241), range(3001, 3031)),
    "close": Family(PROJECT, lambda seed, share: CloseWorld(seed, share).case(), range(1, 71), range(3001, 3025)),
    "reported": Family(PROJECT, lambda seed, share: ReportedWorld(seed, share).case(), range(1, 71), range(3001, 3025)),
    "hard": Family(PROJECT, _from_folder(simulated.make_hard), range(1, 46), range(2001, 2013)),
    "clean": Family(PROJECT, _from_folder(simulated.make_clean), range(401, 412), range(0)),
    "second": Family("A", _from_folder(second.make), range(1, 22), _JUDGING),
    "first": Family("A", _from_folder(first.make), range(101, 131), _JUDGING),
    "segments": Family("B", _from_folder(segments.make), range(101, 131), _JUDGING),
    "kin": Family("C", _from_folder(kin.make), range(101, 131), _JUDGING),
    "cells": Family("D", _from_folder(cells.make), range(101, 131), _JUDGING),
    "routes": Family("E", _from_folder(routes.make), range(101, 131), _JUDGING),
    "logistics": Family("F", _from_folder(logistics.make), range(101, 131), _JUDGING),
    "gangmasters": Family("G", _from_folder(gangmasters.make), range(101, 131), _JUDGING),
    "shadows": Family("H", _from_folder(shadows.make), range(101, 131), _JUDGING),
}


def usual_share(seed: int) -> float:
    """Return the default share of false statements for a seed."""
    return FALSE_SHARES[seed % len(FALSE_SHARES)]


def case(family: str, seed: int, false_share: float) -> Case:
    """Make one world of a family, or load it if it is kept.

    Raises:
        KeyError: there is no such family.
    """
    make = FAMILIES[family].make
    path = _folder() / f"{family}-{seed}-{false_share}-{_fingerprint()}.pickle"
    if path.exists():
        with path.open("rb") as file:
            loaded: Case = pickle.load(file)  # noqa: S301 - written below
            return loaded
    world = make(seed, false_share)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as fresh:
        pickle.dump(world, fresh, pickle.HIGHEST_PROTOCOL)
    Path(fresh.name).replace(path)
    return world


@cache
def _folder() -> Path:
    if chosen := os.environ.get("BENCH_CASES"):
        folder = Path(chosen)
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    return Path(_temporary().name)


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bench-cases-")


@cache
def _fingerprint() -> str:
    digest = hashlib.sha256()
    for folder in _MAKING:
        for path in sorted((_ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
