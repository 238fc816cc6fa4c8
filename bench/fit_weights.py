"""Fit the weights of the score: `python -m bench.fit_weights`; `bench.fit` writes the result.

A ridge-penalised logistic regression predicts from ingredients (`graphsvc.analysis.ranking.ingredients`) who is a hub,
in invented worlds of nine authors (`bench.worlds`). Every family has the same weight, and so has every world of a
family. The signs of weights are fixed: relations of people behind an operation raise the score; manual work, lawful
service and taking orders lower it. A second regression then adds weights for links to likely hubs, none of them
negative.

Weights are rounded to three digits, and the fit continues until the fifth digit is stable, so the result is the same on
every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from bench.case_folder import Case
from bench.worlds import FAMILIES, case, usual_share
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.claims.roles import ARRANGES
from graphsvc.analysis.ranking import additive
from graphsvc.analysis.ranking.additive import ScoreWeights, of_table
from graphsvc.analysis.ranking.basis import basis, operation
from graphsvc.analysis.ranking.ingredients import (
    ENDS,
    FAMILY_OF,
    FAR,
    SERVICE_ON_RECORD,
    SOURCE_KINDS,
    TIES,
    every_name,
    names,
)
from graphsvc.analysis.ranking.network import Operation

TARGET = Path(additive.__file__).with_name("weights.toml")
# Number of worlds of each family used for fitting: its first ones.
FITTED = 12
PENALTY = 10.0
# Records can be staged. With this bound, three records of lawful service lower log-odds by at most 0.15 log 4 = 0.21.
_LEAST_SERVICE_ON_RECORD = -0.15
_DIGITS = 3
# An ingredient with a smaller standard deviation is too rare for a reliable weight.
_LEAST_SPREAD = 0.05
NAMES = every_name()
# Weights before fitting: zero for all ingredients and links to likely hubs.
NOTHING = of_table({"said": dict.fromkeys(NAMES, 0.0), "ties": {}, "start": {"chance": 0.0}})
Bounds = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class World:
    """A world as numbers: the network with all ingredients, and for each person whether they are a candidate or hub."""

    network: Operation
    candidate: Bools
    hub: Bools

    @property
    def ingredient_logs(self) -> Floats:
        """Ingredients of each person (people x ingredients), as logarithms."""
        return np.log1p(additive.score(self.network, NOTHING).sums[:, : len(NAMES)])

    def hub_link_logs(self, weights: ScoreWeights) -> Floats:
        """Return the links of each person to likely hubs (people x kinds of link), as logarithms."""
        return np.log1p(additive.score(self.network, weights).sums[:, len(NAMES) :])


def world(invented_case: Case) -> World:
    """Convert a case to numbers."""
    on = basis(invented_case.claims, invented_case.persons, invented_case.dependence)
    network = operation(on.told, on.persons, on.left_out, NOTHING)
    planted = invented_case.planted_people
    return World(
        network,
        np.array([name in planted.candidates for name in network.ids], dtype=bool),
        np.array([name in planted.hubs for name in network.ids], dtype=bool),
    )


def _of(world_key: tuple[str, int]) -> World:
    family, seed = world_key
    return world(case(family, seed, usual_share(seed)))


def worlds(families: Iterable[str] = tuple(FAMILIES), count: int = FITTED) -> dict[str, list[World]]:
    """Return the worlds used for fitting, by family."""
    world_keys = [(name, seed) for name in families for seed in FAMILIES[name].fitted[:count]]
    by_family: dict[str, list[World]] = {}
    with ProcessPoolExecutor() as processes:
        for (name, _), numbers in zip(world_keys, processes.map(_of, world_keys), strict=True):
            by_family.setdefault(name, []).append(numbers)
    return by_family


def signs() -> dict[str, Bounds]:
    """Return ingredient → minimum and maximum of its weight; None for no bound."""
    bounds: dict[str, Bounds] = {}
    for relation, end, far, kind in product(FAMILY_OF, ENDS, FAR, SOURCE_KINDS):
        family = FAMILY_OF[relation]
        against = family in ("hands on", "service") or (family == "commands" and end == "by")
        for name in names(relation, end, far, kind):
            raises = name.startswith(("upper part", "arranges to", "DIRECTED to")) or (
                relation in ARRANGES and end == "to"
            )
            bounds[name] = 0.0 if raises else None, 0.0 if against else None
    bounds[SERVICE_ON_RECORD] = _LEAST_SERVICE_ON_RECORD, 0.0
    return bounds


def fit(fitted_on: Mapping[str, Sequence[World]]) -> ScoreWeights:
    """Fit weights on some worlds.

    Args:
        fitted_on: family → its worlds.
    """
    every = [(numbers, 1 / len(family_worlds)) for family_worlds in fitted_on.values() for numbers in family_worlds]
    hub = np.concatenate([numbers.hub[numbers.candidate] for numbers, _ in every])
    counts = np.concatenate([np.full(size := int(numbers.candidate.sum()), share / size) for numbers, share in every])
    counts *= len(counts) / counts.sum()
    ingredients = np.vstack([numbers.ingredient_logs[numbers.candidate] for numbers, _ in every])
    bounds = signs()
    start, of_said = _weights(ingredients, hub, counts, [bounds[name] for name in NAMES])
    first = _table(start, of_said, [0.0] * len(TIES))
    tied = np.vstack([numbers.hub_link_logs(first)[numbers.candidate] for numbers, _ in every])
    own = ingredients @ first.said
    start, of_ties = _weights(tied, hub, counts, [(0.0, None)] * len(TIES), own)
    return _table(first.start, first.said, of_ties)


def _table(start: float, ingredients: Floats, ties: Iterable[float]) -> ScoreWeights:
    """Return the weights, rounded to the digits in the file."""
    return ScoreWeights(
        NOTHING.columns,
        np.round(ingredients, _DIGITS) + 0.0,
        np.round(list(ties), _DIGITS) + 0.0,
        round(start, _DIGITS),
    )


def _weights(
    values: Floats, hub: Bools, counts: Floats, bounds: Sequence[Bounds], own: Floats | float = 0.0
) -> tuple[float, Floats]:
    """Fit a logistic regression whose log-odds include `own`; return its constant and weights."""
    spread = values.std(axis=0) + _LEAST_SPREAD
    scaled, side = values / spread, np.where(hub, 1.0, -1.0)

    def loss(flat: Floats) -> tuple[float, Floats]:
        margin = side * (scaled @ flat[1:] + flat[0] + own)
        off = -counts * side * expit(-margin)
        value = (counts * np.logaddexp(0, -margin)).sum() + PENALTY * (flat[1:] ** 2).sum() / 2
        return float(value), np.concatenate(([off.sum()], scaled.T @ off + PENALTY * flat[1:]))

    scaled_bounds = [tuple(end and end * one for end in pair) for one, pair in zip(spread, bounds, strict=True)]
    options = {"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-15, "gtol": 1e-7}
    start = np.zeros(values.shape[1] + 1)
    fitted = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), *scaled_bounds], options=options
    ).x
    return float(fitted[0]), np.asarray(fitted[1:] / spread)


def text(weights: ScoreWeights) -> str:
    """Return the text of the file with these weights; zero weights are left out."""
    ingredients = [
        f'"{name}" = {weights.said[place]:.{_DIGITS}f}'
        for name, place in weights.columns.items()
        if weights.said[place]
    ]
    ties = [f'"{name}" = {weight:.{_DIGITS}f}' for name, weight in zip(TIES, weights.ties, strict=True)]
    return (
        "# What each ingredient and tie adds to the score, made by `python -m bench.fit`: log-odds for each log(1 + sources).\n"
        "# docs/leads.md says how good the list is on worlds of authors left out.\n\n"
        f"[start]\nchance = {weights.start:.{_DIGITS}f}\n\n[ties]\n" + "\n".join(ties) + "\n\n[said]\n" + "\n".join(ingredients) + "\n"
    )  # fmt: skip


def refit() -> str:
    """Return the text of the shipped table, fitted again."""
    return text(fit(worlds()))


if __name__ == "__main__":
    print(refit(), end="")
