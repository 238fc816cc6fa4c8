"""Quality of a ranking on invented cases, whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# Equal scores are ordered at random; figures are means over this many orders.
ORDERS = 20
TOP = 10
# Names of the values that `figures` returns.
FIGURES = (
    "average precision",
    "AUC",
    f"hubs in the first {TOP}",
    "R-precision",
    f"helpers in the first {TOP}",
    "leaders in the first tenth",
    "brokers in the first tenth",
)


@dataclass(frozen=True, slots=True)
class Planted:
    """Ids by role in an invented case. `candidates` are everyone to rank, and include the others."""

    hubs: frozenset[str]
    leaders: frozenset[str]
    brokers: frozenset[str]
    helpers: frozenset[str]
    candidates: frozenset[str]


def order(scores: Mapping[str, float], candidates: Collection[str], seed: int = 0) -> list[str]:
    """Return the candidates, best first; equal scores in a seeded random order, candidates without a score last.

    Example:
        >>> order({"a": 1.0, "b": 3.0}, ["a", "b", "c"])
        ['b', 'a', 'c']

    Limits: one random order; average over seeds if many scores are equal.
    """
    rng = np.random.default_rng(seed)
    names = sorted(candidates)
    luck = dict(zip(names, rng.random(len(names)).tolist(), strict=True))
    return sorted(names, key=lambda name: (-scores.get(name, -np.inf), luck[name]))


def average_precision(ranked: Sequence[str], wanted: Collection[str]) -> float:
    """Return the mean, over the wanted names, of the precision of the list down to each name; 1 if all come first.

    Example:
        >>> average_precision(["a", "b", "c", "d"], {"a", "c"}).__round__(3)
        0.833

    Limits: a random order reaches about the share of names that are wanted, so compare only within one case. 0 if
    nothing is wanted.
    """
    hits, total = 0, 0.0
    for place, name in enumerate(ranked, start=1):
        if name in wanted:
            hits += 1
            total += hits / place
    return total / len(wanted) if wanted else 0.0


def precision_at(ranked: Sequence[str], wanted: Collection[str], count: int) -> float:
    """Return the share of wanted names among the first `count`, 0 to 1.

    Example:
        >>> precision_at(["a", "b", "c"], {"a", "c"}, 2)
        0.5

    Limits: cannot reach 1 if fewer than `count` are wanted. Also used for the share of lawful helpers on top.
    """
    top = ranked[:count]
    return sum(name in wanted for name in top) / len(top) if top else 0.0


def recall_at(ranked: Sequence[str], wanted: Collection[str], count: int) -> float:
    """Return the share of the wanted names that are among the first `count`, 0 to 1.

    Example:
        >>> recall_at(["a", "b", "c"], {"a", "c"}, 2)
        0.5

    Limits: 0 if nothing is wanted.
    """
    return sum(name in wanted for name in ranked[:count]) / len(wanted) if wanted else 0.0


def top_tenth(ranked: Sequence[str], wanted: Collection[str]) -> float:
    """Return the share of the wanted names that are in the first tenth of the list, 0 to 1.

    Example:
        >>> top_tenth([str(number) for number in range(20)], {"0", "5"})
        0.5

    Limits: for a list of fewer than ten, only the first place counts.
    """
    return recall_at(ranked, wanted, max(1, len(ranked) // 10))


def auc(ranked: Sequence[str], wanted: Collection[str]) -> float:
    """Return the chance that a wanted name ranks above an unwanted one (Hanley & McNeil 1982): 0 to 1, 0.5 by chance.

    Example:
        >>> auc(["a", "b", "c"], {"a", "c"})
        0.5

    Limits: the middle of the list weighs as much as its top, although no one reads it. NaN if all or none are wanted.
    """
    above = hits = 0
    for name in ranked:
        if name in wanted:
            hits += 1
        else:
            above += hits
    pairs = hits * (len(ranked) - hits)
    return above / pairs if pairs else math.nan


def r_precision(ranked: Sequence[str], wanted: Collection[str]) -> float:
    """Return the share of wanted names among as many first names as are wanted, 0 to 1 (Buckley & Voorhees 2000).

    Example:
        >>> r_precision(["a", "b", "c"], {"a", "c"})
        0.5

    Limits: assumes that the number of wanted names is known. 0 if nothing is wanted.
    """
    return precision_at(ranked, wanted, len(wanted)) if wanted else 0.0


def figures(ranked: Sequence[str], planted: Planted) -> dict[str, float]:
    """Return the figures of one order, by the names in `FIGURES`; NaN if no candidate has the role.

    Example:
        >>> planted = Planted(frozenset("a"), frozenset("a"), frozenset(), frozenset("b"), frozenset("abc"))
        >>> figures(["a", "b", "c"], planted)["average precision"]
        1.0

    Limits: see each figure; a name not in `ranked` is not counted, so pass an `order` of all candidates.
    """
    values = (
        average_precision(ranked, planted.hubs) if planted.hubs else math.nan,
        auc(ranked, planted.hubs),
        precision_at(ranked, planted.hubs, TOP),
        r_precision(ranked, planted.hubs) if planted.hubs else math.nan,
        precision_at(ranked, planted.helpers, TOP) if planted.helpers else math.nan,
        top_tenth(ranked, planted.leaders) if planted.leaders else math.nan,
        top_tenth(ranked, planted.brokers) if planted.brokers else math.nan,
    )
    return dict(zip(FIGURES, values, strict=True))


def mean_figures(scores: Mapping[str, float], planted: Planted) -> dict[str, float]:
    """Return the figures of a ranking, as means over `ORDERS` seeded orders of equal scores.

    Example:
        >>> planted = Planted(frozenset("a"), frozenset(), frozenset(), frozenset(), frozenset("ab"))
        >>> mean_figures({"a": 1.0}, planted)["AUC"], 0.5 < mean_figures({}, planted)["average precision"] < 1
        (1.0, True)

    Limits: candidates without a score come last, in random order.
    """
    rows = [figures(order(scores, planted.candidates, seed), planted) for seed in range(ORDERS)]
    return {name: float(np.mean([row[name] for row in rows])) for name in FIGURES}


def bootstrap_figures(
    scores: Mapping[str, float], planted: Planted, times: int, seed: int = 0
) -> list[dict[str, float]]:
    """Return the figures on `times` seeded samples of the candidates, drawn with replacement (Efron 1979).

    Example:
        >>> planted = Planted(frozenset("a"), frozenset(), frozenset(), frozenset(), frozenset("ab"))
        >>> len(bootstrap_figures({"a": 1.0}, planted, 3))
        3

    Limits: candidates of one case depend on each other, so intervals from them are too narrow; it is better to draw
    whole cases.
    """
    rng = np.random.default_rng(seed)
    names = sorted(planted.candidates)
    rows = []
    for _ in range(times):
        drawn = [names[place] for place in rng.integers(len(names), size=len(names)).tolist()]
        copies = {f"{place} {name}": name for place, name in enumerate(drawn)}
        sample_scores = {copy: scores[name] for copy, name in copies.items() if name in scores}
        kinds = (planted.hubs, planted.leaders, planted.brokers, planted.helpers, planted.candidates)
        hubs, leaders, brokers, helpers, candidates = (
            frozenset(copy for copy, name in copies.items() if name in kind) for kind in kinds
        )
        sample = Planted(hubs, leaders, brokers, helpers, candidates)
        rows.append(figures(order(sample_scores, sample.candidates, int(rng.integers(1 << 32))), sample))
    return rows


def interval(values: Sequence[float], share: float = 0.95) -> tuple[float, float]:
    """Return the interval of the middle `share` of some values: (low, high), ignoring NaN.

    Example:
        >>> interval([0.0, 0.25, 0.5, 0.75, 1.0], 0.5)
        (0.25, 0.75)

    Limits: percentiles of a bootstrap; with few cases they are too narrow. NaN if there are no values.
    """
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return math.nan, math.nan
    low, high = np.quantile(known, ((1 - share) / 2, (1 + share) / 2)).tolist()
    return low, high


def mean(values: Sequence[float]) -> float:
    """Return the mean, ignoring NaN; NaN if there are no values.

    Example:
        >>> mean([1.0, math.nan, 2.0])
        1.5

    Limits: every case has the same weight, however large.
    """
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


def means(values: Sequence[float], times: int, seed: int = 0) -> list[float]:
    """Return means of `times` seeded samples of some values, drawn with replacement, ignoring NaN (Efron 1979).

    Example:
        >>> means([0.5, 0.5], 3)
        [0.5, 0.5, 0.5]

    Limits: an interval from fewer than ten values is too narrow.
    """
    known = np.array([value for value in values if not math.isnan(value)])
    if not len(known):
        return []
    drawn = np.random.default_rng(seed).integers(len(known), size=(times, len(known)))
    sample_means: list[float] = known[drawn].mean(axis=1).tolist()
    return sample_means
