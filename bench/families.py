"""What else was tried as a score: `python -m bench.families --hard 1-40 --worlds 501-540`.

Each family is fitted, where it has anything to fit, on the seeds of `bench.fit_parts` and tried on those given here:
`additive` one weight for each ingredient and one reading (everybody's others taken for the average person); `one reading`
parts, but no rounds; `spring rank` (De Bacco, Larremore & Moore 2018) and `trophic level` (MacKay, Johnson & Sansom 2020)
from who directs, pays and recruits whom; `aggregated` the mean rank of these, of orders given less orders taken, and of
degree (Borda 1781).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array, diags_array, eye_array
from scipy.sparse.linalg import spsolve
from scipy.stats import rankdata

from bench.case_folder import Case
from bench.fit_parts import Sample, found, sample
from bench.worlds import FAMILIES, PROJECT, case, usual_share
from graphsvc.analysis.evaluation import measures
from graphsvc.analysis.evidence.ledger import Floats
from graphsvc.analysis.evidence.roles import COMMANDS, HUBS
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.ingredients import NAMES
from graphsvc.analysis.score.network import BLOCKS

_FITTED_ON = {name: one.fitted[:80] for name, one in FAMILIES.items() if one.author == PROJECT}
_PENALTY = 40.0


def orders(one: Sample) -> csr_array:
    """Persons x persons: how far the one is believed to command the other."""
    size = one.network.size
    total = csr_array((size, size))
    for relation in sorted(COMMANDS):
        block = BLOCKS.index((relation, "to"))
        total = total + one.network.ties[block * size : (block + 1) * size]
    return csr_array(total)


def spring_rank(ties: csr_array, firm: float = 0.1) -> Floats:
    """Ranks that pull everybody one step above those they command; `firm` pulls them towards 0."""
    given, taken = np.asarray(ties.sum(axis=1)), np.asarray(ties.sum(axis=0))
    laplacian = diags_array(given + taken) - (ties + ties.T) + firm * eye_array(ties.shape[0])
    return np.asarray(spsolve(csr_array(laplacian).tocsc(), given - taken))


def tried(one: Sample, tables: list[parts.PartTable], additive: Floats) -> Iterator[tuple[str, Floats]]:
    """Each family with the score it gives to the persons of a network."""
    values = parts.read(one.network, tables[:1])
    yield "additive", values @ additive
    yield "one reading", parts.score(values, tables[0])
    yield "parts in rounds", parts.score(parts.read(one.network, tables), tables[-1])
    ties = orders(one)
    given, taken = np.asarray(ties.sum(axis=1)), np.asarray(ties.sum(axis=0))
    springs, levels = spring_rank(ties), spring_rank(ties, 1e-3)
    yield "spring rank", springs
    yield "trophic level", levels
    degree = np.asarray(one.network.ties.sum(axis=1)).reshape(len(BLOCKS), -1).sum(axis=0)
    measures = (springs, levels, given - taken, degree)
    yield "aggregated", np.mean([rankdata(measure) for measure in measures], axis=0)


def fitted(samples: list[Sample], tables: list[parts.PartTable]) -> Floats:
    """One weight for each ingredient: a ridge-penalised logistic regression of being a hub."""
    values = np.concatenate([found(one, tables[:1]) for one in samples])
    true = np.concatenate([one.may[:, : len(HUBS)].any(axis=1) for one in samples])
    weight = np.concatenate([np.full(len(one.may), 1 / len(one.may)) for one in samples])
    weight *= len(weight) / weight.sum()
    spread = values.std(axis=0) + 0.02

    def loss(flat: Floats) -> tuple[float, Floats]:
        odds = values / spread @ flat[1:] + flat[0]
        off = weight * (1 / (1 + np.exp(-odds)) - true)
        value = (weight * (np.logaddexp(0, odds) - true * odds)).sum() + _PENALTY * (flat[1:] ** 2).sum() / 2
        return float(value), np.concatenate(([off.sum()], (values / spread).T @ off + _PENALTY * flat[1:]))

    result = minimize(loss, np.zeros(len(NAMES) + 1), jac=True, method="L-BFGS-B").x[1:] / spread
    return np.asarray(result)


def precision(world: Case, one: Sample, score: Floats) -> float:
    """Average precision of a score of the persons of a network, among the candidates; of whom nothing is told, 0."""
    told: Mapping[str, float] = dict(zip(one.network.ids, score.tolist(), strict=True))
    candidates = world.truth["candidates"]
    low = float(np.median(score)) if len(score) else 0.0
    ranked = measures.order({name: told.get(name, low) for name in candidates}, candidates)
    return measures.average_precision(ranked, set(world.truth["hubs"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hard", default="1-40")
    parser.add_argument("--worlds", default="501-540")
    options = parser.parse_args()
    tables = list(parts.readings())
    additive = fitted(
        [sample(case(name, seed, usual_share(seed))) for name, seeds in _FITTED_ON.items() for seed in seeds], tables
    )
    for family in ("hard", "worlds"):
        first, last = (int(part) for part in getattr(options, family).split("-"))
        figures: dict[str, list[float]] = {}
        for seed in range(first, last + 1):
            world = case(family, seed, usual_share(seed))
            one = sample(world)
            for name, score in tried(one, tables, additive):
                figures.setdefault(name, []).append(precision(world, one, score))
        for name, values in figures.items():
            print(f"{family:>8} {name:<16} AP {np.mean(values):.3f}", flush=True)


if __name__ == "__main__":
    main()
