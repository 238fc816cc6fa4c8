"""The likelihood ratios of `analysis.linkage`, fitted on invented worlds with planted series, and held against worlds never seen.

python -m bench.fit_linkage            # how good they are: seeds that nothing was fitted on, regions held out, other mechanisms
python -m bench.fit                    # fit it again, with every other table that is shipped
"""

from __future__ import annotations

import argparse
import math
import resource
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import rankdata

from bench.linkage_cases import demo_world, simulated_world
from bench.linkage_worlds import REGIONS, LinkageWorld, linkage_world
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.linkage import ratios
from graphsvc.analysis.linkage.clusters import chances, clusters, joined, together
from graphsvc.analysis.linkage.features import NEAR, SHARED
from graphsvc.analysis.linkage.ratios import CrossingPairs, NearRatio, RatioTable, SharedRatio

FITTED, CUT, TRIED = range(1, 211), range(211, 281), range(3001, 3071)
_EDGES = {
    "launch": (1.0, 3.0, 8.0, 20.0, 50.0),
    "landing": (1.0, 3.0, 8.0, 20.0, 50.0),
    "days": (0.5, 2.5, 7.5, 21.5, 60.5),
    "length": (0.15, 0.45, 1.05, 2.05),
    "price": (1.03, 1.1, 1.25, 1.6),
}
_PRIOR, _RIDGE, _ROUNDS, _SHARE = 0.05, 2.0, 4, 6.0
# Whatever the worlds say, what is rare counts for more than what is common.
_LEAST_RARITY = 0.15
# Unlinked worlds that may show a cluster all the same.
_SHOWN = 0.05
TARGET = Path(ratios.__file__).with_name("ratios.toml")


@dataclass(frozen=True, slots=True)
class Sampled:
    """CrossingPairs of one world: all that are linked and some that are not, with what these stand for."""

    some: CrossingPairs
    linked: Bools
    chosen: Ints
    weight: Floats
    offset: float


def sampled(world: LinkageWorld, seed: int) -> Sampled:
    """The pairs of a world that are fitted on."""
    some = ratios.pairs(world.figures, world.traits, world.dependence)
    linked = same(world, some)
    rng = np.random.default_rng(seed)
    apart = np.flatnonzero(~linked)
    share = min(1.0, max(1500.0, _SHARE * linked.sum()) / max(len(apart), 1))
    chosen = np.sort(np.concatenate((np.flatnonzero(linked), apart[rng.random(len(apart)) < share])))
    weight = np.where(linked[chosen], 1.0, 1.0 / share)
    prior = (linked.sum() + 0.5) / (len(linked) + 1)
    # A large world or a large series must not outweigh all others.
    return Sampled(some, linked, chosen, weight / math.sqrt(max(linked.sum(), 20.0)), math.log(prior / (1 - prior)))


def same(world: LinkageWorld, some: CrossingPairs) -> Bools:
    """For each pair whether both are of one series."""
    series = np.array(world.series)
    result: Bools = series[some.first] == series[some.second]
    return result


def fit(worlds: Sequence[Sampled]) -> RatioTable:
    """The table that makes what is true of the pairs most likely, found by steps of a quasi-Newton method."""
    shared, near = list(SHARED), list(NEAR)
    sizes = [len(_EDGES[name]) + 1 for name in near]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    flat = np.concatenate((np.tile([1.0, 0.4, -0.5], len(shared)), np.zeros(starts[-1]), np.zeros(len(near))))

    def table(flat: Floats) -> RatioTable:
        flat = _stepped(flat, starts)
        rows = flat[: 3 * len(shared)].reshape(-1, 3)
        steps = flat[3 * len(shared) : 3 * len(shared) + starts[-1]]
        rarity = flat[3 * len(shared) + starts[-1] :]
        return RatioTable(
            {name: SharedRatio(*map(float, row)) for name, row in zip(shared, rows, strict=True)},
            {
                name: NearRatio(_EDGES[name], tuple(map(float, steps[starts[at] : starts[at + 1]])), float(rarity[at]))
                for at, name in enumerate(near)
            },
            _PRIOR,
            0.0,
        )

    for _ in range(_ROUNDS):
        counted = [_counted(world, table(flat)) for world in worlds]

        def loss(flat: Floats, counted: list[_Counted] = counted) -> tuple[float, Floats]:
            value, slope = 0.0, np.zeros_like(flat)
            for world in counted:
                more, turned = world.loss(_stepped(flat, starts), starts)
                value, slope = value + more, slope + turned
            # Each step is what the first is less what was lost on the way.
            for at, to in pairwise(starts + 3 * len(shared)):
                sums = np.cumsum(slope[at:to][::-1])[::-1]
                slope[at:to] = np.concatenate((sums[:1], -sums[1:]))
            centre = np.concatenate((np.tile([1.0, 0.4, -0.3], len(shared)), np.zeros(len(flat) - 3 * len(shared))))
            return value + _RIDGE * float(((flat - centre) ** 2).sum()) / 2, slope + _RIDGE * (flat - centre)

        bounds = [(-1.0, 6.0), (_LEAST_RARITY, 1.2), (-4.0, 0.0)] * len(shared)
        bounds += [bound for size in sizes for bound in [(-5.0, 5.0)] + [(0.0, 5.0)] * (size - 1)] + [(0.0, 1.5)] * len(
            near
        )
        flat = minimize(loss, flat, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 60}).x
    return table(flat)


def _stepped(flat: Floats, starts: Ints) -> Floats:
    """The parameters with steps in place of what is lost from one to the next: what is nearer never speaks less for one series."""
    result = flat.copy()
    for at, to in pairwise(starts + 3 * len(SHARED)):
        result[at + 1 : to] = flat[at] - np.cumsum(flat[at + 1 : to])
    return result


class _Counted:
    """One world with what counts of it, ready to be summed up again and again."""

    def __init__(self, world: Sampled, counted: Bools) -> None:
        some, rows = world.some, world.some.entries
        place = np.full(len(some.first), -1)
        place[world.chosen] = np.arange(len(world.chosen))
        use = counted & (place[rows.pair] >= 0)
        self.at, self.feature, self.sure, self.rarity = (
            place[rows.pair[use]],
            rows.feature[use],
            rows.sure[use],
            rows.rarity[use],
        )
        self.linked, self.weight, self.offset = world.linked[world.chosen], world.weight, world.offset
        first, second = some.first[world.chosen], some.second[world.chosen]
        self.both: list[tuple[int, Ints, Floats]] = []
        for number, name in enumerate(SHARED):
            known = (some.known[name][first] * some.known[name][second]).astype(float)
            hit = place[rows.pair[rows.feature == number]]
            known[hit[hit >= 0]] = 0.0
            where = np.flatnonzero(known)
            if len(where):
                self.both.append((number, where, known[where]))
        self.near: list[tuple[int, Ints, Ints, Floats]] = []
        for number, name in enumerate(NEAR):
            apart = some.apart[name][world.chosen]
            where = np.flatnonzero(~np.isnan(apart))
            steps = np.searchsorted(_EDGES[name], apart[where], side="left")
            self.near.append((number, where, steps, some.few[name][world.chosen][where].astype(float)))

    def loss(self, flat: Floats, starts: Ints) -> tuple[float, Floats]:
        """Minus the log likelihood, and its slope."""
        base = 3 * len(SHARED)
        rows = flat[:base].reshape(-1, 3)
        total = np.full(len(self.linked), self.offset)
        ratio = np.exp(rows[self.feature, 0] + rows[self.feature, 1] * self.rarity)
        total += np.bincount(self.at, np.log1p(self.sure * (ratio - 1)), len(total))
        for number, where, known in self.both:
            total[where] += np.log1p(known * np.expm1(rows[number, 2]))
        last = base + starts[-1]
        for number, where, steps, few in self.near:
            total[where] += flat[base + starts[number] + steps] + flat[last + number] * few
        off = self.weight * (expit(total) - self.linked)
        value = float((self.weight * (np.logaddexp(0, total) - self.linked * total)).sum())
        slope = np.zeros_like(flat)
        turned = off[self.at] * self.sure * ratio / (1 + self.sure * (ratio - 1))
        slope[0:base:3] = np.bincount(self.feature, turned, len(SHARED))
        slope[1:base:3] = np.bincount(self.feature, turned * self.rarity, len(SHARED))
        for number, where, known in self.both:
            less = np.exp(rows[number, 2])
            slope[3 * number + 2] = (off[where] * known * less / (1 + known * (less - 1))).sum()
        for number, where, steps, few in self.near:
            slope[base + starts[number] : base + starts[number + 1]] += np.bincount(
                steps, off[where], starts[number + 1] - starts[number]
            )
            slope[last + number] = (off[where] * few).sum()
        return value, slope


def _counted(world: Sampled, table: RatioTable) -> _Counted:
    return _Counted(world, ratios.counts(world.some.entries, ratios.entry_ratios(world.some.entries, table)))


def calibrated(table: RatioTable, seeds: Iterable[int] = CUT) -> RatioTable:
    """The table with what log ratios mean together, and with the cut, from worlds that its ratios were not fitted on.

    The cut is the least at which no more than one unlinked world in twenty shows a cluster.
    """
    worlds = [_Held.of(linkage_world(seed), table) for seed in seeds]
    calm = [_Held.of(linkage_world(seed, linked=0.0), table) for seed in seeds]
    values = np.concatenate([np.stack((np.ones(len(held.own)), held.own, held.whole), axis=1) for held in worlds])
    linked = np.concatenate([held.linked for held in worlds])
    weight = np.concatenate([np.full(len(held.own), 1e4 / len(held.own)) for held in worlds])
    prior = math.log(table.prior / (1 - table.prior))

    def loss(flat: Floats) -> tuple[float, Floats]:
        total = values @ flat + prior
        off = weight * (expit(total) - linked)
        return float((weight * (np.logaddexp(0, total) - linked * total)).sum()), values.T @ off

    start, own, whole = minimize(loss, np.array([0.0, 0.5, 0.5]), jac=True, method="L-BFGS-B").x.tolist()
    for cut in np.arange(2.0, 8.0, 0.25).tolist():
        table = replace(table, cut=cut)
        if sum(bool(clusters(held.own, held.size, table)) for held in calm) <= _SHOWN * len(calm):
            break
    return replace(table, start=start, own=own, whole=whole)


@dataclass(frozen=True, slots=True)
class _Held:
    """One world held against a table."""

    linked: Bools
    own: Floats
    whole: Floats
    size: int

    @classmethod
    def of(cls, world: LinkageWorld, table: RatioTable) -> _Held:
        some = ratios.pairs(world.figures, world.traits, world.dependence)
        own = ratios.log_ratios(some, table)
        return cls(same(world, some), np.clip(own, -6.0, 12.0), joined(own), len(world.figures))

    def judged(self, table: RatioTable) -> tuple[int, int, int]:
        """Pairs within clusters that are linked, that are not, and linked pairs in none."""
        label = np.full(self.size, -1)
        for number, rows in enumerate(clusters(self.own, self.size, table)):
            label[rows] = number
        first, second = np.triu_indices(self.size, 1)
        within = (label[first] == label[second]) & (label[first] >= 0)
        return int((within & self.linked).sum()), int((within & ~self.linked).sum()), int((~within & self.linked).sum())


def auc(score: Floats, linked: Bools) -> float:
    """The chance that a linked pair stands before one that is not; equals share."""
    ranks, many = rankdata(score), int(linked.sum())
    return float((ranks[linked].sum() - many * (many + 1) / 2) / (many * (len(linked) - many)))


def average_precision(score: Floats, linked: Bools, share: float = 0.05) -> float:
    """Average precision as if `share` of the pairs were linked: pairs that are not are weighted to make it so."""
    weight = np.where(linked, 1.0, (1 - share) / share * linked.sum() / (~linked).sum())
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(linked[order] * weight[order])
    return float((hits / np.cumsum(weight[order]))[linked[order]].mean())


def slope(probability: Floats, linked: Bools) -> tuple[float, float]:
    """Slope and intercept of the calibration: of the truth's log odds on those that were given; 1 and 0 are right."""
    given = np.log(np.clip(probability, 1e-9, 1 - 1e-9) / np.clip(1 - probability, 1e-9, 1))
    values = np.stack((given, np.ones(len(given))), axis=1)

    def loss(flat: Floats) -> tuple[float, Floats]:
        total = values @ flat
        return float((np.logaddexp(0, total) - linked * total).mean()), values.T @ (expit(total) - linked) / len(linked)

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS").x
    return float(found[0]), float(found[1])


def held_against(table: RatioTable, worlds: Iterable[LinkageWorld]) -> dict[str, float]:
    """How good a table is on some worlds: means over worlds, calibration over all their pairs."""
    rows, given, linked, clear = [], [], [], []
    for world in worlds:
        held = _Held.of(world, table)
        if not held.linked.any():
            continue
        chance = chances(together(held.own, held.whole, table), table)
        right, wrong, missed = held.judged(table)
        clear.append(bool(clusters(held.own, held.size, table)))
        rows.append(
            (
                auc(chance, held.linked),
                average_precision(chance, held.linked),
                auc(held.own, held.linked),
                average_precision(held.own, held.linked),
                right / (right + wrong) if right + wrong else math.nan,
                right / (right + missed),
                len(world.traits) / len(world.figures),
            )
        )
        given.append(chance)
        linked.append(held.linked)
    names = ("auc", "ap", "auc of pairs alone", "ap of pairs alone", "right in clusters", "in clusters", "traits each")
    calibration = slope(np.concatenate(given), np.concatenate(linked))
    return {
        **dict(zip(names, np.nanmean(rows, axis=0).round(3).tolist(), strict=True)),
        "slope": round(calibration[0], 2),
        "intercept": round(calibration[1], 2),
        "auc at least .92": round(float(np.mean([row[0] >= 0.92 for row in rows])), 2),
        "show a cluster": round(float(np.mean(clear)), 2),
        "worlds": len(rows),
    }


def abstains(table: RatioTable, seeds: Iterable[int] = TRIED, family: str = "worlds") -> float:
    """The share of unlinked worlds in which no cluster is shown."""
    calm = [_Held.of(linkage_world(seed, family=family, linked=0.0), table) for seed in seeds]
    return sum(not clusters(held.own, held.size, table) for held in calm) / len(calm)


def text(table: RatioTable) -> str:
    """The table as it is kept."""
    lines = [
        "# Made by `python -m bench.fit`: likelihood ratios, as natural logarithms (`ratios.RatioTable` says of what).",
        "",
        "[cluster]",
        *(f"{name} = {getattr(table, name):.3f}" for name in ("prior", "cut", "margin", "start", "own", "whole")),
    ]
    for name, row in table.shared.items():
        lines += [
            "",
            f"[shared.{name}]",
            *(f"{part} = {getattr(row, part):.2f}" for part in ("start", "rarity", "apart")),
        ]
    for name, near in table.near.items():
        lines += [
            "",
            f"[near.{name}]",
            f"edges = [{', '.join(map(str, near.edges))}]",
            f"steps = [{', '.join(f'{step:.2f}' for step in near.steps)}]",
            f"rarity = {near.rarity:.2f}",
        ]
    return "\n".join(lines) + "\n"


def fitted(regions: Sequence[str] = REGIONS) -> RatioTable:
    """The table from the worlds of some regions."""
    chosen = [seed for seed in FITTED if REGIONS[seed % len(REGIONS)] in regions]
    table = fit([sampled(linkage_world(seed), seed) for seed in chosen])
    return calibrated(table, [seed for seed in CUT if REGIONS[seed % len(REGIONS)] in regions])


def _speed(table: RatioTable, crossings: int = 2000) -> str:
    world = linkage_world(7, crossings=crossings)
    begin = time.perf_counter()
    held = _Held.of(world, table)
    clusters(held.own, held.size, table)
    took, peak = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{crossings} crossings, {len(held.own):,} pairs, {len(world.traits):,} traits: {took:.1f} s; peak of the process {peak:,.0f} MiB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--regions", action="store_true", help="fit six times besides, each time without one region, and try it there"
    )
    options = parser.parse_args()
    table = ratios.shipped()
    print("unseen seeds", held_against(table, map(linkage_world, TRIED)))
    for region in REGIONS:
        print(
            f"  of them {region}",
            held_against(table, (linkage_world(seed) for seed in TRIED if REGIONS[seed % len(REGIONS)] == region)),
        )
    print("other mechanisms", held_against(table, (linkage_world(seed, family="other") for seed in TRIED)))
    print("no cluster in unlinked worlds", abstains(table), "of the other mechanisms", abstains(table, family="other"))
    print("the demo", held_against(table, [demo_world()]))
    print("simulated cases", held_against(table, [simulated_world(seed, 1500) for seed in range(1001, 1011)]))
    print(
        "hard simulated cases",
        held_against(table, [simulated_world(seed, 1000, hard=True) for seed in range(141, 151)]),
    )
    print(_speed(table))
    for region in REGIONS if options.regions else ():
        rest = fitted([name for name in REGIONS if name != region])
        print(
            f"fitted without {region}",
            held_against(rest, (linkage_world(seed) for seed in TRIED if REGIONS[seed % len(REGIONS)] == region)),
        )


if __name__ == "__main__":
    main()
