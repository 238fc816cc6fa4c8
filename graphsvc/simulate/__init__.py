"""Seeded invented cases with planted truth: for the demo, the tests and the benchmarks. Nobody in them exists.

`knobs` what makes worlds differ · `names`, `places` tables · `cast` who is who · `sea`, `work`, `chain`, `ties`,
`things` what truly happened, as `facts` · `standing` what people are to the case · `world` all of it · `statements` how things are told · `registers`, `reports`,
`accounts`, `lies` what is told, by whom · `write` the files.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from graphsvc.errors import RequestError
from graphsvc.simulate import accounts, registers, reports, world, write
from graphsvc.simulate.knobs import DEMO, Knobs, draw
from graphsvc.simulate.statements import Telling
from graphsvc.simulate.write import Truth

__all__ = [
    "DEMO_FALSE_SHARE",
    "DEMO_PEOPLE",
    "DEMO_SEED",
    "FEWEST_PEOPLE",
    "MOST_PEOPLE",
    "Knobs",
    "Truth",
    "demo",
    "simulate",
]

FEWEST_PEOPLE = 20
# More would run out of phone numbers that are reserved for fiction.
MOST_PEOPLE = 50_000
DEMO_SEED, DEMO_PEOPLE, DEMO_FALSE_SHARE = 3, 2_000, 0.2

Progress = Callable[[int, int, str], None]


def simulate(
    out: Path,
    *,
    seed: int = 1,
    people: int = 2000,
    false_share: float = 0.2,
    progress: Progress | None = None,
    knobs: Knobs | None = None,
) -> Truth:
    """Writes an invented case folder with its `truth.json`; the same arguments give the same bytes.

    Worlds of fewer than about 400 people are toys: they hold too few aides for their hubs.

    Args:
        out: a folder that is empty or not there yet.
        seed: which world.
        people: rows of people.csv, 20 to 50,000; everything else grows with it.
        false_share: part of the witness statements that is false, 0 to 1.
        progress: called with steps done, steps in all, and what is being done.
        knobs: settings of the world (default: drawn from the seed).

    Returns:
        What was planted.

    Raises:
        RequestError: `people` or `false_share` is out of range.
        InputError: `out` is not an empty folder.
        OperatorError: `out` cannot be written.
    """
    if not FEWEST_PEOPLE <= people <= MOST_PEOPLE:
        raise RequestError(f"people is {people}, but takes a whole number from {FEWEST_PEOPLE} to {MOST_PEOPLE}.")
    if not 0 <= false_share <= 1:
        raise RequestError(f"false_share is {false_share}, but takes a number from 0 to 1.")
    step = progress or (lambda _done, _total, _what: None)
    write.empty_folder(out)
    step(0, 4, "inventing people and what they did")
    invented = world.build(seed, knobs or draw(random.Random(f"{seed}/knobs")), people)
    step(1, 4, "collecting what is said of it")
    told = accounts.build(Telling(random.Random(f"{seed}/accounts"), invented), false_share)
    told += reports.build(Telling(random.Random(f"{seed}/reports"), invented))
    told += registers.build(Telling(random.Random(f"{seed}/registers"), invented))
    statements = write.name_statements(random.Random(f"{seed}/statements"), told)
    planted = write.truth(invented, statements)
    step(2, 4, "laying out the tables")
    rows = write.tables(invented, statements)
    step(3, 4, f"writing {len(rows['links']):,} claims")
    write.write(out, rows, planted)
    step(4, 4, "done")
    return planted


def demo(out: Path) -> Truth:
    """Writes the demo case: 2,000 people and 60 crossings around Friday 8 May 2020, always the same.

    Raises:
        InputError: `out` is not an empty folder.
        OperatorError: `out` cannot be written.
    """
    return simulate(out, seed=DEMO_SEED, people=DEMO_PEOPLE, false_share=DEMO_FALSE_SHARE, knobs=DEMO)
