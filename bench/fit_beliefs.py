"""Fit how often claims are true: `python -m bench.fit_beliefs`; `bench.fit` writes the result.

It finds, for each kind of source and relation, the chance that a claim is true. With these chances, belief
(`graphsvc.analysis.claims.belief`) fits invented worlds whose true links are known as well as possible. Sources support
a link independently, and denials reduce the support. Every author has the same weight. Chances are shrunk, so that a
few claims change them only a little: those of assertions towards others of the same sort and kind of source (relations
of people who arrange or direct, or other relations), and those of denials towards each other. The fit ignores gradings
and groups of witnesses, and denials of an undirected relation whose ends are swapped.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from bench.case_folder import Case
from bench.worlds import FAMILIES, case, usual_share
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.claims.roles import BEHIND
from graphsvc.records import weights
from graphsvc.records.relations import RELATIONS, LinkKey
from graphsvc.records.statement_kinds import STATEMENT_KINDS
from graphsvc.records.weights import DENIED, OTHER, SHIPPED, Weights

TARGET = Path(weights.__file__).with_name("weights.toml")
FITTED = 8
SAYS = (*RELATIONS, OTHER, DENIED)
# Kind of source → relation, or denial (`SAYS`) → chance that such a claim is true.
Chances = Mapping[str, Mapping[str, float]]
# Strength of the shrinkage, which counts as much as this number of links.
_DRAWN = 3.0
_DIGITS = 2
_SURE = 0.99
_LINKS = 20_000.0
# Chances are shrunk towards those of the same sort: two sorts of assertions for each kind of source, one of denials.
_SORTS = np.array([[0 if name == DENIED else 1 + 2 * kind + (name in BEHIND) for name in SAYS] for kind in range(len(STATEMENT_KINDS))]).ravel()  # fmt: skip


@dataclass(frozen=True, slots=True)
class Links:
    """Links of some worlds; those with the same numbers of sources are combined in one row.

    Attributes:
        sources: rows x (kind of source, `SAYS`): number of different sources.
        every: weight of the links of each row in a fit; `true`: weight of those that are true.
    """

    sources: Floats
    every: Floats
    true: Floats


def truth(world: Case) -> tuple[frozenset[LinkKey], bool] | None:
    """Return the links that a world lists, and whether these are its true or its false links; None without a list."""
    if facts := world.truth.get("facts"):
        return frozenset(map(tuple, facts)), True
    if "false_links" in world.truth or "mistaken_links" in world.truth:
        return frozenset(world.untrue), False
    return None


def links(world: Case) -> tuple[Bools, Floats]:
    """Return whether each asserted link of a world is true, and its numbers of sources (see `Links.sources`).

    Raises:
        ValueError: the world does not list which links are true.
    """
    known_truth = truth(world)
    if known_truth is None:
        raise ValueError("the world does not tell which of its links are so")
    listed, so = known_truth
    counted = {(claim.key, claim.source or claim.statement, claim.source_kind, claim.denies) for claim in world.claims if claim.asserts or claim.denies}  # fmt: skip
    keys = sorted({key for key, *_, denies in counted if not denies})
    place = {key: number for number, key in enumerate(keys)}
    sources = np.zeros((len(keys), len(STATEMENT_KINDS) * len(SAYS)))
    for key, _, kind, denies in counted:
        if key in place:
            says = DENIED if denies else key[1] if key[1] in RELATIONS else OTHER
            column = [*STATEMENT_KINDS].index(kind) * len(SAYS) + SAYS.index(says)
            sources[place[key], column] += 1
    return np.array([(key in listed) == so for key in keys], dtype=bool), sources


def _of(world_key: tuple[str, int]) -> tuple[Bools, Floats] | None:
    invented_case = case(world_key[0], world_key[1], usual_share(world_key[1]))
    return links(invented_case) if truth(invented_case) else None


def worlds(count: int = FITTED) -> dict[str, list[tuple[Bools, Floats]]]:
    """Return the links of the worlds used for fitting, by family; worlds without a list of true links are skipped."""
    world_keys = [(name, seed) for name, family in FAMILIES.items() for seed in family.fitted[:count]]
    by_family: dict[str, list[tuple[Bools, Floats]]] = {}
    with ProcessPoolExecutor() as processes:
        for (name, _), world_links in zip(world_keys, processes.map(_of, world_keys), strict=True):
            if world_links is not None:
                by_family.setdefault(name, []).append(world_links)
    return by_family


def together(by_family: Mapping[str, Sequence[tuple[Bools, Floats]]]) -> Links:
    """Combine the links of some families into rows; each author has the same weight."""
    sizes: Counter[str] = Counter()
    for name, family_links in by_family.items():
        sizes[FAMILIES[name].author] += sum(len(true) for true, _ in family_links)
    every = [
        (FAMILIES[name].author, *world_links)
        for name, family_links in by_family.items()
        for world_links in family_links
    ]
    weight = np.concatenate([np.full(len(true), 1 / sizes[author]) for author, true, _ in every])
    weight *= _LINKS / weight.sum()
    sources, place = np.unique(np.vstack([sources for *_, sources in every]), axis=0, return_inverse=True)
    true = np.concatenate([true for _, true, _ in every])
    return Links(sources, *(np.bincount(place.ravel(), values).astype(float) for values in (weight, weight * true)))


def fit(fitted_on: Mapping[str, Sequence[tuple[Bools, Floats]]]) -> Chances:
    """Fit the chances of claims on the links of some families."""
    known = together(fitted_on)
    size, kinds = len(SAYS), len(STATEMENT_KINDS)
    denials, sorts = _SORTS == 0, int(_SORTS.max()) + 1
    asserted, denied = known.sources[:, ~denials], known.sources[:, denials]

    def loss(flat: Floats) -> tuple[float, Floats]:
        own = flat[: size * kinds]
        odds = own + flat[size * kinds :][_SORTS]
        failing = np.logaddexp(0, odds)
        support = np.clip(-np.expm1(-asserted @ failing[~denials]), 1e-9, 1 - 1e-9)
        against = np.clip(-np.expm1(-denied @ failing[denials]), 0, 1 - 1e-9)
        shared = 1 - support * against
        belief = np.clip(support * (1 - against) / shared, 1e-6, 1 - 1e-6)
        value = -(known.true * np.log(belief) + (known.every - known.true) * np.log(1 - belief)).sum()
        of_belief = (known.every * belief - known.true) / (belief * (1 - belief)) / shared**2
        of_support = of_belief * (1 - against) * (1 - support)
        of_against = -of_belief * support * (1 - support) * (1 - against)
        each = expit(odds) * np.where(denials, known.sources.T @ of_against, known.sources.T @ of_support)
        value += _DRAWN * (own**2).sum() / 2
        base = np.bincount(_SORTS, weights=each, minlength=sorts)
        return float(value), np.concatenate((each + _DRAWN * own, base))

    start = np.zeros(size * kinds + sorts)
    options = {"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-15, "gtol": 1e-7}
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    chance = np.minimum(np.round(expit(flat[: size * kinds] + flat[size * kinds :][_SORTS]), _DIGITS), _SURE)
    return {
        kind: dict(zip(SAYS, chance[number * size :][:size].tolist(), strict=True))
        for number, kind in enumerate(STATEMENT_KINDS)
    }


def weights_with(chances: Chances) -> Weights:
    """Return the shipped weights with these chances."""
    return replace(SHIPPED, chances=chances)


def text(chances: Chances, table: str) -> str:
    """Return the text of a table with these chances, and with everything else unchanged."""
    head, _, tail = table.partition("[witness]\n")
    rest = "[witness_assessment]\n" + tail.partition("[witness_assessment]\n")[2]
    origins = {kind: values["from"] for kind, values in tomllib.loads(table).items() if kind in STATEMENT_KINDS}
    parts = []
    for kind in origins:
        kind_chances = chances[kind]
        rows = "\n".join(f"{name} = {chance:.{_DIGITS}f}" for name, chance in kind_chances.items())
        parts.append(f'[{kind}]\nfrom = "{origins[kind]}"\n{rows}\n\n')
    return head + "".join(parts) + rest


def refit() -> str:
    """Return the text of the shipped table, fitted again."""
    return text(fit(worlds()), TARGET.read_text("utf-8"))


if __name__ == "__main__":
    print(refit(), end="")
