"""How far the score carries over to a family of worlds it was not fitted on: `python -m bench.left_out`.

Each family of the shipped tables is left out in turn: tables fitted on the others, and the shipped ones, are tried on worlds of the family,
over all worlds and by the share of false accounts. Clean worlds go with hard ones: both are of one author and
one mechanism. Beside it stands in how many worlds a textbook measure (`evaluation.baselines`) ranks better.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.case_folder import Case
from bench.fit_parts import SHIPPED, Sample, fit, sample, samples
from bench.worlds import FALSE_SHARES, FAMILIES, case, usual_share
from graphsvc.analysis.evaluation import baselines, measures
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.basis import ONLY_CARRIED
from graphsvc.analysis.score.candidates import parted

_TOGETHER = {"hard": ("hard", "clean")}
_PIVOTS = 200
# Figure of `measures.figures` → the head of its column.
_COLUMNS = {
    "average precision": "AP",
    f"hubs in the first {measures.TOP}": f"P@{measures.TOP}",
    f"helpers in the first {measures.TOP}": "helpers",
    "leaders in the first tenth": "leaders",
    "brokers in the first tenth": "brokers",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """A world that is ranked by several tables.

    Attributes:
        planted: who is who.
        told: its network.
        apart: scores of candidates of whom the network knows nothing.
        false_share: how many accounts are false.
        textbook: the best average precision of a textbook measure.
    """

    planted: measures.Planted
    told: Sample
    apart: dict[str, float]
    false_share: float
    textbook: float


def world(family: str, seed: int) -> Tried:
    """One world of a family."""
    invented = case(family, seed, usual_share(seed))
    carried = parted(invented.claims, invented.persons)[1]
    apart = {name: ONLY_CARRIED if name in carried else 0.0 for name in invented.planted.candidates}
    return Tried(invented.planted, sample(invented), apart, usual_share(seed), _textbook(invented))


def _textbook(made: Case) -> float:
    graph = baselines.person_projection(made.claims, {person.id for person in made.persons})
    scores = (
        baselines.degree(graph),
        baselines.betweenness(graph, sample=_PIVOTS),
        baselines.effective_size(graph),
        baselines.pagerank(graph),
    )
    planted = made.planted
    return max(measures.average_precision(measures.order(score, planted.candidates), planted.hubs) for score in scores)


def figures(worlds: Sequence[Tried], tables: Sequence[parts.PartTable]) -> list[list[float]]:
    """Each of `_COLUMNS` for each world; NaN where there is nobody of that kind."""
    rows = []
    for one in worlds:
        network = one.told.network
        score = parts.score(parts.read(network, tables), tables[-1])
        told = one.apart | dict(zip(network.ids, score.tolist(), strict=True))
        row = measures.figures(measures.order(told, one.planted.candidates), one.planted)
        rows.append([row[name] for name in _COLUMNS])
    return rows


def tell(family: str, name: str, worlds: Sequence[Tried], tables: Sequence[parts.PartTable]) -> None:
    """Prints what some tables reach on the worlds of a family."""
    rows = np.array(figures(worlds, tables))
    shares = np.array([one.false_share for one in worlds])
    for those, share in ((shares >= 0, "all"), *((shares == share, f"{share:.0%}") for share in FALSE_SHARES)):
        # Some families tell nobody of a kind in any world: a mean of nothing.
        means = [
            np.mean(column[~np.isnan(column)]) if (~np.isnan(column)).any() else np.nan for column in rows[those].T
        ]
        print(f"{family:>8} {name:<9} {share:>5}" + "".join(f"{mean:>9.3f}" for mean in means), flush=True)
    above = rows[:, 0] - [one.textbook for one in worlds]
    print(f"{family:>8} {name:<9} a textbook measure is better in {(above <= 0).sum()} of {len(worlds)}; least ahead {above.min():+.3f}", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    fitted_on = {name: samples(name) for name in SHIPPED}
    print(f"{'family':>8} {'tables':<9} {'false':>5}" + "".join(f"{head:>9}" for head in _COLUMNS.values()))
    for family in SHIPPED:
        if not FAMILIES[family].tried:
            continue
        worlds = [world(family, seed) for seed in FAMILIES[family].tried]
        out = _TOGETHER.get(family, (family,))
        tables = fit({name: ones for name, ones in fitted_on.items() if name not in out})
        tell(family, "left out", worlds, [*map(parts.with_own_hands, tables)])
        tell(family, "shipped", worlds, parts.readings())


if __name__ == "__main__":
    main()
