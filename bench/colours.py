"""Three ways to count statements that share an interpreter or other circumstances: `python -m bench.colours`.

The worlds are hard, with many witnesses: a tenth of the people, most of them from boats and houses of other witnesses.
Some liars agree on a story; interpreters are honest. Each world is ranked three times: with sources that share an
interpreter in one group, as in earlier versions; with shared circumstances that reduce the weight of statements, as
shipped; and without shared circumstances.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.case_folder import Case, read
from bench.hubs_quality import FALSE_SHARES
from bench.reporters import off
from graphsvc.analysis.claims.belief import link_table
from graphsvc.analysis.claims.claims import Dependence
from graphsvc.analysis.claims.dependence import joins
from graphsvc.analysis.evaluation import measures
from graphsvc.analysis.ranking.basis import basis
from graphsvc.analysis.ranking.hubs import rank_basis
from graphsvc.analysis.robustness.falsehood import alone, invented_needed, would_leave
from graphsvc.analysis.robustness.leaving_out import LeavingOut
from graphsvc.analysis.robustness.pieces import pieces
from graphsvc.simulate import simulate
from graphsvc.simulate.knobs import draw_hard

_WITNESSES = 0.1
_FIRST = 50
COLUMNS = ("AP", "P@10", "error", "several", "false", "stay", "invented")


def ways(dependence: Dependence) -> Iterator[tuple[str, Dependence]]:
    """Yield the name of each way and the circumstances that sources share in it."""
    yield (
        "joined",
        {
            source: frozenset(key if joins(key) else f"k {key}" for key in keys if not key.startswith("day "))
            for source, keys in dependence.items()
        },
    )
    yield "coloured", dependence
    yield "apart", {source: frozenset(filter(joins, keys)) for source, keys in dependence.items()}


def figures(case: Case, dependence: Dependence) -> tuple[float, ...]:
    """Return the columns of the table for one case.

    They are: average precision; share of hubs among the first ten; error of belief (`reporters.off`) for links that
    only witnesses report; how many of the first fifty rest on at least two groups; mean number of items that must be
    false for one of the first ten to leave; how many of the ten stay whatever was tried; and how many invented
    statements put a person among the ten.
    """
    on = basis(case.claims, case.persons, dependence)
    leads = rank_basis(on).leads
    order = measures.order({lead.id: lead.score for lead in leads}, case.truth["candidates"])
    hubs = set(case.truth["hubs"])
    link_beliefs = [
        (link.belief, key not in case.untrue)
        for key, link in link_table(case.claims, dependence).items()
        if link.groups and not link.other_sources
    ]
    belief, true = np.array(link_beliefs, dtype=float).T
    singly = alone(LeavingOut(on), pieces(on.told))
    needed = [false_set for lead in leads[:10] if (false_set := would_leave(on, singly, lead.id)) is not None]
    return (
        measures.average_precision(order, hubs),
        measures.precision_at(order, hubs, 10),
        off(belief, true),
        sum(int(lead.groups) > 1 for lead in leads[:_FIRST]),
        float(np.nanmean([len(false_set.pieces) or np.nan for false_set in needed])),
        sum(not false_set.pieces for false_set in needed),
        invented_needed(on) or 21,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1-6")
    options = parser.parse_args()
    first, last = (int(part) for part in options.seeds.split("-"))
    print(f"{'false':>6} {'interpreters':<12}" + "".join(f"{name:>10}" for name in COLUMNS))
    for share in FALSE_SHARES:
        rows: dict[str, list[tuple[float, ...]]] = {}
        for seed in range(first, last + 1):
            with tempfile.TemporaryDirectory() as folder:
                knobs = dataclasses.replace(draw_hard(random.Random(f"{seed}/knobs")), witness_share=_WITNESSES)
                simulate(Path(folder) / "case", seed=seed, people=1000, false_share=share, knobs=knobs)
                case = read(Path(folder) / "case")
            for name, dependence in ways(case.dependence):
                rows.setdefault(name, []).append(figures(case, dependence))
        for name, values in rows.items():
            print(
                f"{share:>6} {name:<12}" + "".join(f"{value:>10.3f}" for value in np.nanmean(values, axis=0)),
                flush=True,
            )


if __name__ == "__main__":
    main()
