"""Seeded invented cases with planted truth, for the demo, the tests and the benchmarks. No one in them exists.

Settings: `knobs` for worlds in general. Tables: `names`, `places`. What truly happened: `cast` (the people and their
roles), `sea`, `work`, `chain`, `ties` and `things`, all as `facts`; `standing` adds people's status in the case, and
`world` holds everything. What sources say: `statements` (wording and grading), `registers`, `reports`, `accounts`,
`lies`, `abandoned`. Output: `tables` makes the rows, `write` the files.

Hard worlds: `hardness` has their settings, and `rework` changes what happened (`between`, `fronts`, `lawful`,
`forced`). `veil` makes rows uninformative, `stories` and `plants` add coherent false stories, and `gaps` removes
evidence.
"""

from __future__ import annotations

import random
from pathlib import Path

from graphsvc.errors import RequestError
from graphsvc.records.progress import Progress
from graphsvc.simulate import abandoned, accounts, gaps, plants, registers, reports, tables, world, write
from graphsvc.simulate.knobs import DEMO, Knobs, draw, draw_hard, hard_people
from graphsvc.simulate.statements import InventedStatement
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

FEWEST_PEOPLE, DEFAULT_PEOPLE = 20, 2000
# Fewer people would not include one of each role that makes a world hard.
FEWEST_HARD_PEOPLE = 150
# The largest size measured. Phone numbers reserved for fiction suffice for more people, but not for twice as many.
MOST_PEOPLE = 100_000
DEMO_SEED, DEMO_PEOPLE, DEMO_FALSE_SHARE = 3, 2_000, 0.2


def simulate(
    out: Path,
    *,
    seed: int = 1,
    people: int | None = None,
    false_share: float = 0.2,
    progress: Progress | None = None,
    knobs: Knobs | None = None,
    hard: bool = False,
) -> Truth:
    """Write an invented case folder with its `truth.json`; the same arguments give the same bytes.

    Worlds of fewer than about 400 people are toys: they have too few aides for their hubs.

    Args:
        out: a folder that is empty or does not exist yet.
        seed: selects the world.
        people: rows of people.csv, 20 to 100,000; everything else grows with it (default 2,000; a hard world has at
            least 150, and by default 300 to 1,500, drawn from the seed).
        false_share: share of the witness statements that are false, 0 to 1.
        progress: called with steps done, total steps, and a description.
        knobs: settings of the world (default: drawn from the seed).
        hard: whether to draw a world of the hard family; ignored if `knobs` are given.

    Returns:
        The planted truth.

    Raises:
        RequestError: `people` or `false_share` is out of range.
        InputError: `out` is not an empty folder.
        OperatorError: `out` cannot be written.
    """
    setting = knobs or (draw_hard if hard else draw)(random.Random(f"{seed}/knobs"))
    if people is None:
        people = hard_people(seed) if setting.hard else DEFAULT_PEOPLE
    fewest = FEWEST_HARD_PEOPLE if setting.hard else FEWEST_PEOPLE
    if not fewest <= people <= MOST_PEOPLE:
        raise RequestError(f"people is {people}, but takes a whole number from {fewest} to {MOST_PEOPLE}.")
    if not 0 <= false_share <= 1:
        raise RequestError(f"false_share is {false_share}, but takes a number from 0 to 1.")
    step = progress or (lambda _done, _total, _what: None)
    write.empty_folder(out)
    step(0, 4, "inventing people and their acts")
    invented = world.build(seed, setting, people)
    step(1, 4, "collecting what is said of it")
    statements = accounts.build(InventedStatement(random.Random(f"{seed}/accounts"), invented), false_share)
    statements += reports.build(InventedStatement(random.Random(f"{seed}/reports"), invented))
    statements += registers.build(InventedStatement(random.Random(f"{seed}/registers"), invented))
    statements += plants.build(InventedStatement(random.Random(f"{seed}/plants"), invented))
    statements = gaps.leave(random.Random(f"{seed}/gaps"), setting.hard, statements)
    abandoned.tell(random.Random(f"{seed}/abandoned"), invented, statements)
    numbered = write.name_statements(random.Random(f"{seed}/statements"), statements)
    planted = write.truth(invented, numbered)
    step(2, 4, "laying out the tables")
    laid_out = tables.tables(invented, numbered)
    step(3, 4, f"writing {sum(len(statement.claims) for statement in numbered.values()):,} claims")
    write.write(out, laid_out, planted)
    step(4, 4, "done")
    return planted


def demo(out: Path) -> Truth:
    """Write the demo case: 2,000 people and 60 crossings around Friday 8 May 2020, always the same.

    Raises:
        InputError: `out` is not an empty folder.
        OperatorError: `out` cannot be written.
    """
    return simulate(out, seed=DEMO_SEED, people=DEMO_PEOPLE, false_share=DEMO_FALSE_SHARE, knobs=DEMO)
