"""Accuracy of linked crossings on invented worlds of other authors: `python -m bench.linkage`.

Two crossings belong to one operation if, in truth, someone arranged both. Pairs are ordered in three ways: by the
shipped overlap; by the overlap of crews alone; and by a logistic regression on everything known about a pair, including
dates, fitted on the worlds of all other authors. The last column shows whether the regression's probabilities are
right. Nothing in the overlap is fitted.

`--judge` uses seeds that were not used for any choice, and `--write` stores their figures for the help page.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, replace
from functools import partial
from importlib import import_module
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from bench.case_folder import Case, read
from bench.reporters import auc
from bench.worlds import FAMILIES, PROJECT, usual_share
from graphsvc.analysis.claims.belief import link_table
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.linkage.features import SHARED, Trait
from graphsvc.analysis.linkage.figures import FILE, HEADS, FamilyFigures
from graphsvc.analysis.linkage.gathered import READ, CaseRows, LinkSaid, gather_traits
from graphsvc.analysis.linkage.linked import LinkedCrossings, compare
from graphsvc.records.dates import parse_date

CREW = frozenset({"organiser", "pilot", "helper"})
# Number of worlds of a family; their shares of false statements take the usual values in turn.
WORLDS = 12
_PENALTY = 1e-3


@dataclass(frozen=True, slots=True)
class TriedWorld:
    """One world, its pairs of crossings in the order of `itertools.combinations`.

    Attributes:
        same: for each pair, whether it belongs to one operation.
        linked, clustered: whether the pair is linked, and whether both are in one cluster.
        by_chance: share of pairs that are linked if names are assigned to crossings at random.
        overlap, crew: score of each pair by all names, and by crews. known: pairs x ingredients of the regression.
    """

    same: Bools
    linked: Bools
    clustered: Bools
    by_chance: float
    overlap: Floats
    crew: Floats
    known: Floats


def by_others() -> list[str]:
    """List the families by other authors."""
    return [name for name, family in FAMILIES.items() if family.author != PROJECT]


def judging_seeds(family: str) -> list[int]:
    """List the seeds for the figures of the help page, which are not used for any choice."""
    return list(FAMILIES[family].tried)[:WORLDS]


def try_world(family: str, seed: int) -> TriedWorld:
    """Make one world and compare its crossings."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "case"
        invented = import_module(f"bench.worlds.{family}").World(seed, usual_share(seed))
        invented.write(folder)
        operations: Mapping[str, Sequence[str]] = invented.operations
        world = read(folder)
        case = _case_rows(folder, world)
        days = {row["id"]: parse_date(row["date"]).earliest.toordinal() for row in _rows(folder, "crossings")}
    traits = gather_traits(case)
    compared = compare(case.crossings, traits, world.dependence)
    crew = compare(case.crossings, [trait for trait in traits if trait.feature in CREW], world.dependence)
    dealt = compare(case.crossings, list(_deal_names(traits, seed)), world.dependence)
    pairs, links = list(combinations(case.crossings, 2)), dict(compared.links())
    return TriedWorld(
        np.array([not set(operations[low]).isdisjoint(operations[high]) for low, high in pairs], dtype=bool),
        np.array([tuple(sorted(pair)) in links for pair in pairs], dtype=bool),
        np.array([high in compared.cluster_of(low) for low, high in pairs], dtype=bool),
        len(dict(dealt.links())) / len(pairs),
        _scores(compared, pairs),
        _scores(crew, pairs),
        _ingredients(compared, traits, pairs, days),
    )


def _case_rows(folder: Path, case: Case) -> CaseRows:
    """Return the rows that the service would read from the graph, without calls of sealed people and their phones."""
    sealed = {person.id for person in case.persons if person.sealed}
    sealed |= {claim.object for claim in case.claims if claim.relation == "USED" and claim.subject in sealed}
    recorded, voices = set(), defaultdict(set)
    for claim in case.claims:
        if claim.asserts and claim.source_kind == "record":
            recorded.add(claim.key)
        elif claim.asserts:
            voices[claim.key].add(claim.source or claim.statement)
    return CaseRows(
        [row["id"] for row in _rows(folder, "crossings")],
        {row["id"]: (row["kind"], row.get("value", "")) for row in _rows(folder, "things")},
        {row["id"]: row.get("kind", "") for row in _rows(folder, "workplaces")},
        [
            LinkSaid(*key, figures.belief, frozenset() if key in recorded else frozenset(voices[key]))
            for key, figures in link_table(case.claims, case.dependence).items()
            if key[1] in READ and (key[1] != "CONTACTED" or sealed.isdisjoint((key[0], key[2])))
        ],
    )


def _rows(folder: Path, table: str) -> list[dict[str, str]]:
    path = folder / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _deal_names(traits: Sequence[Trait], seed: int) -> Iterator[Trait]:
    """Assign the names of each feature to crossings at random; names and crossings occur as often as before."""
    rng = random.Random(f"dealt/{seed}")  # noqa: S311 - invented worlds, not secrets
    for feature in SHARED:
        cards = [trait for trait in traits if trait.feature == feature]
        crossings = rng.sample([trait.crossing for trait in cards], len(cards))
        yield from (replace(trait, crossing=crossing) for trait, crossing in zip(cards, crossings, strict=True))


def _scores(linkage: LinkedCrossings, pairs: Iterable[tuple[str, str]]) -> Floats:
    """Return a score of each pair that gives the order of the pages: linked pairs first, then by share of names."""
    overlaps = [linkage.overlap(*pair) for pair in pairs]
    return np.array([both.is_link + both.share for both in overlaps])


def _ingredients(
    linkage: LinkedCrossings, traits: Sequence[Trait], pairs: Sequence[tuple[str, str]], days: Mapping[str, int]
) -> Floats:
    """Return the ingredients of each pair: shared names by feature, total share, people behind both, days apart."""
    values: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in SHARED}
    for trait in traits:
        values[trait.feature][trait.crossing].add(trait.value)
    rows = []
    for low, high in pairs:
        row, apart = [], abs(days[low] - days[high])
        for by in values.values():
            both, either = by[low] & by[high], by[low] | by[high]
            row += [min(len(both), 3), len(both) / max(1, len(either)), bool(by[low] and by[high] and not both)]
        whole = linkage.overlap(low, high)
        rows.append([*row, whole.share, len(whole.people), float(np.exp(-apart / 20)), apart == 0])
    return np.array(rows, dtype=float)


def fit(worlds: Sequence[TriedWorld]) -> Floats:
    """Fit a ridge-penalised logistic regression; each world has the same weight. The last weight is the constant."""
    values = np.vstack([_with_start(world.known) for world in worlds])
    same = np.concatenate([world.same for world in worlds]).astype(float)
    weight = np.concatenate([np.full(len(world.same), 1 / len(world.same) / len(worlds)) for world in worlds])
    spread = values.std(axis=0) + 0.05
    spread[-1] = 1.0
    scaled = values / spread

    def loss(flat: Floats) -> tuple[float, Floats]:
        score, plain = scaled @ flat, np.concatenate((flat[:-1], [0.0]))
        value = (weight * (np.logaddexp(0, score) - same * score)).sum() + _PENALTY * (plain**2).sum()
        return float(value), scaled.T @ (weight * (expit(score) - same)) + 2 * _PENALTY * plain

    start = np.zeros(values.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x / spread)


def _with_start(values: Floats) -> Floats:
    return np.hstack((values, np.ones((len(values), 1))))


def precision_and_auc(scores: Floats, same: Bools) -> tuple[float, float]:
    """Return average precision and AUC of some scores; the order of ties is random but always the same."""
    order = np.lexsort((np.random.default_rng(1).random(len(scores)), -scores))
    hit = same[order]
    precision = (np.cumsum(hit) / np.arange(1, len(hit) + 1))[hit].mean()
    return float(precision), auc(same, scores)


def measure(family: str, worlds: Sequence[TriedWorld]) -> FamilyFigures:
    """Return the figures of a family: how many linked pairs are right, how many right pairs are linked, and more."""
    same, links, clustered = (
        np.concatenate([getattr(world, name) for world in worlds]) for name in ("same", "linked", "clustered")
    )
    return FamilyFigures(
        family,
        FAMILIES[family].author,
        int(links.sum()),
        right=_share(same, links),
        clustered=_share(same, clustered),
        found=_share(links, same),
        by_chance=round(float(np.mean([world.by_chance for world in worlds])), 4),
    )


def _share(part: Bools, whole: Bools) -> float:
    return round(float(part[whole].mean()), 3) if whole.any() else 0.0


def _print(tried: Mapping[str, Sequence[TriedWorld]]) -> None:
    print(f"{'family':12} author  same  AP: overlap  crew  fitted  AUC: overlap  crew  fitted  said .4-.6: true")
    means = []
    for family, worlds in tried.items():
        author = FAMILIES[family].author
        weights = fit([world for name in tried if FAMILIES[name].author != author for world in tried[name]])
        fitted = [_with_start(world.known) @ weights for world in worlds]
        scores = ([world.overlap for world in worlds], [world.crew for world in worlds], fitted)
        figures = np.mean(
            [
                [precision_and_auc(score, world.same) for score in by]
                for world, *by in zip(worlds, *scores, strict=True)
                if world.same.any() and not world.same.all()
            ],
            axis=0,
        )
        means.append(figures)
        chance, same = expit(np.concatenate(fitted)), np.concatenate([world.same for world in worlds])
        even = (chance >= 0.4) & (chance <= 0.6)
        first, second = ("".join(f"{figure:8.3f}" for figure in figures[:, column]) for column in (0, 1))
        print(f"{family:12} {author:6} {same.mean():.3f} {first} {second}   {_share(same, even):.2f}")
    print(f"{'mean':26}", *np.round(np.mean(means, axis=0).T.ravel(), 3))
    print("", *HEADS)
    for family, worlds in tried.items():
        print("", *astuple(measure(family, worlds)))


def main() -> None:
    """Print the accuracy of linked crossings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judge", action="store_true", help="try the seeds that nothing was chosen on")
    parser.add_argument("--write", action="store_true", help="the same, and put the figures on the help page")
    options = parser.parse_args()
    judge = options.judge or options.write
    tried = {}
    with ProcessPoolExecutor(2) as pool:
        for family in by_others():
            seeds = judging_seeds(family) if judge else list(FAMILIES[family].fitted)[:WORLDS]
            tried[family] = list(pool.map(partial(try_world, family), seeds))
    _print(tried)
    if options.write:
        with FILE.open("w", encoding="utf-8", newline="") as file:
            rows = (astuple(measure(family, worlds)) for family, worlds in tried.items())
            csv.writer(file, lineterminator="\n").writerows([HEADS, *rows])


if __name__ == "__main__":
    main()
