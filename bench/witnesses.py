"""Contribution of witness statements: `python -m bench.witnesses`.

Every world is ranked with all sources, without witness statements, without reports, and without records. Of the first
ten of the full ranking, it prints how many rest on witness statements, and how many of these and of the others are
hubs. It also prints how many of the people forced to steer, if they are known, are among the first fifty.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from bench.case_folder import Case
from bench.worlds import FAMILIES, case, usual_share
from graphsvc.analysis.evaluation import measures
from graphsvc.analysis.ranking.hubs import Lead, rank
from graphsvc.records.statement_kinds import STATEMENT_KINDS

# Roles of people forced to steer, as their authors name them.
_FORCED = frozenset({"coerced pilot", "coerced"})
_LISTED = 50
_WORLDS = 12


def leads(world: Case, without: str = "") -> list[Lead]:
    """Rank the people of a world, without one kind of source if it is given."""
    claims = [claim for claim in world.claims if claim.source_kind != without]
    return rank(claims, world.persons, world.dependence).leads


def precision(world: Case, ranking: list[Lead]) -> float:
    """Return the average precision among the candidates; people not ranked come last."""
    order = measures.order({lead.id: lead.score for lead in ranking}, world.planted_people.candidates)
    return measures.average_precision(order, world.planted_people.hubs)


def forced_in_first(world: Case, ranking: list[Lead]) -> list[bool]:
    """Return whether each person forced to steer is among the first fifty; empty if roles are not known."""
    first = {lead.id for lead in ranking[:_LISTED]}
    return [name in first for name, role in world.truth.get("roles", {}).items() if role in _FORCED]


def share(those: Sequence[bool]) -> str:
    """Return the share of true values and the number of values as text; a dash for an empty list."""
    return f"{np.mean(those):.1%} of {len(those)}" if len(those) else "–"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    for family, of in FAMILIES.items():
        worlds = [case(family, seed, usual_share(seed)) for seed in of.tried[:_WORLDS]]
        if not worlds:
            continue
        figures: dict[str, list[float]] = {}
        backed: list[bool] = []
        hubs: list[bool] = []
        coerced: list[bool] = []
        for world in worlds:
            whole = leads(world)
            figures.setdefault("all", []).append(precision(world, whole))
            for kind in STATEMENT_KINDS:
                figures.setdefault(f"without {kind}", []).append(precision(world, leads(world, kind)))
            backed += [int(lead.groups) > 0 for lead in whole[:10]]
            hubs += [lead.id in world.planted_people.hubs for lead in whole[:10]]
            coerced += forced_in_first(world, whole)
        resting, right = np.array(backed), np.array(hubs)
        means = ", ".join(f"{name} {np.mean(values):.3f}" for name, values in figures.items())
        print(f"{family}: AP {means}; of the first ten {resting.mean():.0%} rest on witnesses: {right[resting].mean():.0%} of these are hubs, {right[~resting].mean():.0%} of the others; of who was forced to steer among the first fifty {share(coerced)}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
