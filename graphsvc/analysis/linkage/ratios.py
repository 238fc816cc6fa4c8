"""How much more likely what two crossings have in common is if they are of one series: likelihood ratios, pair by pair.

What is shared counts the more, the rarer that is in the case: the logarithm of its ratio is `start + rarity * -log(share of the pairs
that share something as rare)`, and belief weighs it as `log(1 + q (ratio - 1))`, *q* the product of both beliefs (what is not so says nothing). Of
one feature the strongest counts. Known of both and not shared, it speaks against one series. What is near counts by how near (a table) and by how few pairs of the case are as near.
All of it is fitted together (`bench.fit_linkage`), so that what goes together is not counted twice, after the
likelihood ratios of Fellegi & Sunter (1969, "A theory for record linkage") and, on series of offences, Tonkin et al. (2017).
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.evidence.claims import Dependence
from graphsvc.analysis.evidence.dependence import Ints, groups
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.linkage.features import NEAR, SHARED, CrossingFigures, Trait

_SHARED, _NEAR = tuple(SHARED), tuple(NEAR)
_EARTH_KM = 6371.0
# What is believed less is not compared.
_LEAST = 0.1
_KNOWN_ONCE = 0.5
Halves = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SharedRatio:
    """What it says that two crossings share something, or that they do not.

    Attributes:
        start, rarity: log ratio of what is shared is `start + rarity * -log(share of pairs that share something as rare)`.
        apart: log ratio where it is known of both and not shared, 0 or less.
    """

    start: float
    rarity: float
    apart: float


@dataclass(frozen=True, slots=True)
class NearRatio:
    """What it says how near two crossings are.

    Attributes:
        edges: where each step ends; the last has no end. steps: log ratio of each. rarity: added for each unit that
            `-log(share of pairs as near)` is above 1, which is its mean.
    """

    edges: tuple[float, ...]
    steps: tuple[float, ...]
    rarity: float


@dataclass(frozen=True, slots=True)
class RatioTable:
    """All ratios, and what the sum of them means.

    Attributes:
        shared, near: of each feature.
        prior: stated share of pairs that are of one series, before anything is compared.
        cut: log ratio from which a pair of a hundred crossings is a tie. margin: so much more the strongest tie of a cluster has at least.
        start, own, whole: log odds after are those before with `start + own * log ratio of the pair + whole * mean of its join`.
    """

    shared: Mapping[str, SharedRatio]
    near: Mapping[str, NearRatio]
    prior: float
    cut: float
    margin: float = 3.0
    start: float = 0.0
    own: float = 1.0
    whole: float = 0.0


@cache
def shipped() -> RatioTable:
    """The table that comes with the package.

    Example:
        >>> table = shipped()
        >>> set(table.shared) == set(SHARED), set(table.near) == set(NEAR), 0 < table.prior < 0.5
        (True, True, True)

    Limits: fitted on invented worlds (`bench/README.md` says how); real series are not like them.
    """
    text = files("graphsvc.analysis.linkage").joinpath("ratios.toml").read_text(encoding="utf-8")
    return _table(tomllib.loads(text))


def _table(values: Mapping[str, Any]) -> RatioTable:
    return RatioTable(
        {name: SharedRatio(**values["shared"][name]) for name in SHARED},
        {
            name: NearRatio(tuple(row["edges"]), tuple(row["steps"]), row["rarity"])
            for name, row in values["near"].items()
        },
        **values["cluster"],
    )


@dataclass(frozen=True, slots=True)
class SharedEntries:
    """What pairs share, one row for each thing that two crossings share, in the order of pairs.

    Attributes:
        pair: number of the pair. feature: number in `SHARED`. value: number of the value.
        sure: product of both beliefs. rarity: minus the logarithm of the share of pairs that share something as rare.
        voice: number of what makes it one voice's word on both crossings; -1 where it is not.
    """

    pair: Ints
    feature: Ints
    value: Ints
    sure: Floats
    rarity: Floats
    voice: Ints


@dataclass(frozen=True, slots=True)
class CrossingPairs:
    """Some crossings, every two of them compared: *n* crossings make *n* (*n* - 1) / 2 pairs, in the order of `first`, `second`.

    Attributes:
        ids: of the crossings. values: names of what is shared.
        first, second: numbers of the crossings of each pair.
        known: for each feature, for each crossing, how far it is believed that anything is known of it.
        entries: what is shared.
        apart: for each near feature how far apart each pair is, NaN where that is not known.
        few: for each near feature minus the logarithm of the share of pairs that are as near, less 1.
    """

    ids: tuple[str, ...]
    values: tuple[str, ...]
    first: Ints
    second: Ints
    known: Mapping[str, Halves]
    entries: SharedEntries
    apart: Mapping[str, Halves]
    few: Mapping[str, Halves]

    def within(self, rows: Sequence[int]) -> CrossingPairs:
        """The pairs of some crossings alone, by their numbers in order; how rare a thing is stays as it is in the whole case."""
        chosen = np.array(rows, dtype=np.int64)
        first, second = (side.astype(np.int64) for side in np.triu_indices(len(rows), 1))
        pair = _pairs(chosen[first], chosen[second], len(self.ids))
        # Rows stand by pair: those of a few are found without looking at all.
        begin, end = (np.searchsorted(self.entries.pair, pair, side) for side in ("left", "right"))
        lengths = end - begin
        rows_within = np.repeat(end - np.cumsum(lengths), lengths) + np.arange(lengths.sum())
        columns = {name: getattr(self.entries, name)[rows_within] for name in SharedEntries.__dataclass_fields__}
        columns["pair"] = np.searchsorted(pair, columns["pair"])
        return CrossingPairs(
            tuple(self.ids[row] for row in rows),
            self.values,
            first,
            second,
            {name: known[chosen] for name, known in self.known.items()},
            SharedEntries(**columns),
            {name: apart[pair] for name, apart in self.apart.items()},
            {name: few[pair] for name, few in self.few.items()},
        )


def pairs(figures: Sequence[CrossingFigures], traits: Iterable[Trait], dependence: Dependence) -> CrossingPairs:
    """Every two of some crossings, with what they share and how near they are.

    Args:
        figures: of the crossings, one each.
        traits: of the same crossings.
        dependence: what sources share: what one group of them alone says of both crossings is one voice's word.

    Example:
        >>> some = pairs(
        ...     [CrossingFigures("c1", day=0), CrossingFigures("c2", day=3)],
        ...     [Trait("c1", "pilot", "p1", 1.0), Trait("c2", "pilot", "p1", 0.5)], {},
        ... )
        >>> some.apart["days"].tolist(), some.entries.sure.tolist()
        ([3.0], [0.5])

    Limits: of several ways in which a crossing has something the best believed counts.
    """
    ids = tuple(row.id for row in figures)
    first, second = (side.astype(np.int64) for side in np.triu_indices(len(ids), 1))
    apart = dict(_apart(figures, first, second))
    entries, values, known = _entries(ids, traits, dependence)
    few = {name: _few(values, values) for name, values in apart.items()}
    return CrossingPairs(ids, values, first, second, known, entries, apart, few)


def with_figures(every: CrossingPairs, some: CrossingPairs, figures: Sequence[CrossingFigures]) -> CrossingPairs:
    """Some pairs of a case with other figures of their crossings.

    Args:
        every: all pairs of the case.
        some: those within some crossings (`CrossingPairs.within`).
        figures: of these, in their order.

    Example:
        >>> every = pairs([CrossingFigures("c1", price=900), CrossingFigures("c2", price=900)], [], {})
        >>> untold = with_figures(every, every, [CrossingFigures("c1", price=900), CrossingFigures("c2")])
        >>> untold.apart["price"].tolist(), untold.few["price"].tolist()
        ([nan], [0.0])

    Limits: how few pairs are as near is counted among those of the case as it stands.
    """
    apart, few = dict(_apart(figures, some.first, some.second)), dict(some.few)
    for name, values in apart.items():
        if not np.array_equal(values, some.apart[name], equal_nan=True):
            few[name] = _few(values, every.apart[name])
    return replace(some, apart=apart, few=few)


def log_ratios(some: CrossingPairs, table: RatioTable, left_out: Bools | None = None) -> Floats:
    """The logarithm of the likelihood ratio of each pair: 0 where nothing speaks for one series or against it.

    Args:
        some: the pairs.
        table: of ratios.
        left_out: for each row of what they share whether it is taken for not known; None: nothing is.

    Example:
        >>> two = [CrossingFigures("c1"), CrossingFigures("c2")]
        >>> boat = [Trait("c1", "boat", "b1", 1.0), Trait("c2", "boat", "b1", 1.0)]
        >>> log_ratios(pairs(two, [], {}), shipped()).tolist(), bool(log_ratios(pairs(two, boat, {}), shipped())[0] > 0)
        ([0.0], True)

    Limits: as far as the features are what was fitted; a true ratio beyond what beliefs allow is not reached.
    """
    total = np.zeros(len(some.first))
    for name, near in table.near.items():
        total += near_ratio(some.apart[name], some.few[name], near)
    for name, ratio in table.shared.items():
        total += apart_ratio(some, name, ratio)
    rows = some.entries
    worth = entry_ratios(rows, table)
    if left_out is not None:
        worth[left_out] = 0.0
    counted = counts(rows, worth)
    total += np.bincount(rows.pair[counted], weights=worth[counted], minlength=len(total))
    return total


def apart_ratio(some: CrossingPairs, feature: str, ratio: SharedRatio) -> Floats:
    """Log ratio of what is known of both crossings of a pair and not shared; 0 elsewhere.

    Example:
        >>> two = [CrossingFigures("c1"), CrossingFigures("c2")]
        >>> some = pairs(two, [Trait("c1", "pilot", "p1", 1.0), Trait("c2", "pilot", "p2", 1.0)], {})
        >>> apart_ratio(some, "pilot", SharedRatio(1.0, 0.5, -2.0)).round(3).tolist()
        [-2.0]

    Limits: of a crossing of which several are known, it counts as one.
    """
    known = some.known[feature]
    if ratio.apart >= 0 or not known.any():
        return np.zeros(len(some.first))
    both = (known[some.first] * known[some.second]).astype(float)
    both[some.entries.pair[some.entries.feature == _SHARED.index(feature)]] = 0.0
    result: Floats = np.log1p(both * np.expm1(ratio.apart))
    return result


def near_ratio(apart: Halves, few: Halves, ratio: NearRatio) -> Floats:
    """Log ratio of how near pairs are; 0 where that is not known.

    Example:
        >>> apart, few = np.array([0.5, 9.0, np.nan], dtype=np.float32), np.zeros(3, dtype=np.float32)
        >>> near_ratio(apart, few, NearRatio((1.0,), (0.7, -0.2), 0.5)).tolist()
        [0.7, -0.2, 0.0]

    Limits: steps are as they were fitted; what is near in one sea may be far in another, for which `few` makes up in part.
    """
    steps = np.array(ratio.steps)[np.searchsorted(ratio.edges, np.nan_to_num(apart, nan=np.inf), side="left")]
    result: Floats = np.where(np.isnan(apart), 0.0, steps + ratio.rarity * few)
    return result


def entry_ratios(rows: SharedEntries, table: RatioTable) -> Floats:
    """Log ratio of each thing that is shared, as if it were the only one.

    Example:
        >>> two = [CrossingFigures("c1"), CrossingFigures("c2")]
        >>> some = pairs(two, [Trait(name, "boat", "b1", 1.0) for name in ("c1", "c2")], {})
        >>> bool(entry_ratios(some.entries, shipped())[0] > 0)
        True

    Limits: as `log_ratios`.
    """
    start = np.array([table.shared[name].start for name in _SHARED])
    rarity = np.array([table.shared[name].rarity for name in _SHARED])
    ratio = np.exp(start[rows.feature] + rarity[rows.feature] * rows.rarity)
    result: Floats = np.log1p(rows.sure * (ratio - 1.0))
    return result


def counts(rows: SharedEntries, worth: Floats) -> Bools:
    """Which rows count: of one feature, of the same thing in two parts, of one voice's word, the strongest of a pair alone.

    Args:
        rows: what is shared.
        worth: log ratio of each.

    Example:
        >>> two, heard = [CrossingFigures("c1"), CrossingFigures("c2")], frozenset({"s1"})
        >>> said = [Trait(name, what, what, 1.0, "", heard) for name in ("c1", "c2") for what in ("pilot", "house")]
        >>> counts(pairs(two, said, {}).entries, np.array([1.0, 2.0])).tolist()
        [False, True]

    Limits: two voices who are not known to depend on each other count as two.
    """
    order = np.argsort(-worth, kind="stable")
    counted = np.zeros(len(worth), dtype=bool)
    for label in (rows.feature, rows.value):
        order = order[np.sort(_firsts(rows.pair[order], label[order]))]
    counted[order] = True
    spoken = order[counted[order] & (rows.voice[order] >= 0)]
    counted[spoken] = False
    counted[spoken[_firsts(rows.pair[spoken], rows.voice[spoken])]] = True
    return counted


def _firsts(pair: Ints, label: Ints) -> Ints:
    """Where each pair and label first stands."""
    result: Ints = np.unique(pair * (int(label.max(initial=0)) + 1) + label, return_index=True)[1].astype(np.int64)
    return result


def _pairs(low: Ints, high: Ints, size: int) -> Ints:
    return size * low - low * (low + 1) // 2 + high - low - 1


def _apart(figures: Sequence[CrossingFigures], first: Ints, second: Ints) -> Iterable[tuple[str, Halves]]:
    for name, sites in (("launch", [row.launch for row in figures]), ("landing", [row.landing for row in figures])):
        places = np.radians(np.array([site or (np.nan, np.nan) for site in sites], dtype=float).reshape(-1, 2))
        yield name, _distance(places[first], places[second]).astype(np.float32)
    for name, numbers in (("days", [row.day for row in figures]), ("length", [row.length for row in figures])):
        values = np.array([np.nan if value is None else value for value in numbers], dtype=float)
        yield name, np.abs(values[first] - values[second]).astype(np.float32)
    price = np.log([row.price or np.nan for row in figures]) if figures else np.zeros(0)
    yield "price", np.exp(np.abs(price[first] - price[second])).astype(np.float32)


def _distance(start: Floats, end: Floats) -> Floats:
    """Great-circle distance in km of places in radians (haversine)."""
    half = np.sin((end - start) / 2) ** 2
    across = half[:, 0] + np.cos(start[:, 0]) * np.cos(end[:, 0]) * half[:, 1]
    result: Floats = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(across, 0, 1)))
    return result


def _few(apart: Halves, among: Halves) -> Halves:
    """Minus the logarithm of the share of pairs that are at most as far apart, less 1; 0 where that is not known."""
    known, every = np.flatnonzero(~np.isnan(apart)), among[~np.isnan(among)]
    result: Halves = np.zeros(len(apart), dtype=np.float32)
    if len(known):
        ranks = np.searchsorted(np.sort(every), apart[known], side="right")
        result[known] = -np.log((ranks + 0.5) / (len(every) + 0.5)) - 1
    return result


def _entries(
    ids: Sequence[str], traits: Iterable[Trait], dependence: Dependence
) -> tuple[SharedEntries, tuple[str, ...], dict[str, Halves]]:
    """What pairs share; names of the values; how far each feature is known of each crossing."""
    best, known = _best(ids, traits)
    values = {name: place for place, name in enumerate(sorted({value for _, value in best}))}
    said = {name: max(int((row > 0).sum()), 1) for name, row in known.items()}
    as_rare = _as_rare(best)
    vias: dict[str, int] = {"": 0}
    voices: dict[frozenset[str], int] = {frozenset(): 0}
    columns: list[tuple[Ints, Ints, Ints, Floats, Floats, Ints, Ints]] = []
    for (feature, value), holders in sorted(best.items()):
        if len(holders) < 2:
            continue
        rows = np.array(sorted(holders), dtype=np.int64)
        held = [holders[row] for row in rows.tolist()]
        belief = np.array([trait.belief for trait in held])
        via = np.array([vias.setdefault(trait.via, len(vias)) for trait in held], dtype=np.int64)
        voice = np.array([voices.setdefault(trait.voices, len(voices)) for trait in held], dtype=np.int64)
        low, high = np.triu_indices(len(held), 1)
        # What both have through the same one is told by that one already.
        fits = (via[low] != via[high]) | (via[low] == 0)
        low, high = low[fits], high[fits]
        every = said[feature] * (said[feature] - 1) / 2
        rarity = -np.log((min(as_rare[feature][len(held)], every) + _KNOWN_ONCE) / (every + 2 * _KNOWN_ONCE))
        columns.append(
            (
                _pairs(rows[low], rows[high], len(ids)),
                np.full(len(low), _SHARED.index(feature)),
                np.full(len(low), values[value]),
                belief[low] * belief[high],
                np.full(len(low), rarity),
                voice[low],
                voice[high],
            )
        )
    whole = (
        [np.concatenate(some) for some in zip(*columns, strict=True)] if columns else [np.zeros(0, dtype=np.int64)] * 7
    )
    order = np.argsort(whole[0], kind="stable")
    pair, number, thing, sure, rare, near, far = (column[order] for column in whole)
    one_voice = _one_voice(pair, near, far, list(voices), dependence)
    return SharedEntries(pair, number, thing, sure.astype(float), rare.astype(float), one_voice), tuple(values), known


def _best(
    ids: Sequence[str], traits: Iterable[Trait]
) -> tuple[dict[tuple[str, str], dict[int, Trait]], dict[str, Halves]]:
    """Feature and value → number of a crossing → its best believed trait of that; and how far each feature is known of each crossing."""
    number = {name: place for place, name in enumerate(ids)}
    best: dict[tuple[str, str], dict[int, Trait]] = defaultdict(dict)
    known = {name: np.zeros(len(ids), dtype=np.float32) for name in SHARED}
    for trait in traits:
        if trait.belief < _LEAST:
            continue
        row = number[trait.crossing]
        known[trait.feature][row] = max(known[trait.feature][row], trait.belief)
        holders = best[trait.feature, trait.value]
        # Of equals the first by name: nothing may depend on the order of rows.
        if row not in holders or _order(trait) < _order(holders[row]):
            holders[row] = trait
    return best, known


def _order(trait: Trait) -> tuple[float, str, list[str]]:
    return -trait.belief, trait.via, sorted(trait.voices)


def _as_rare(best: Mapping[tuple[str, str], Collection[int]]) -> dict[str, dict[int, int]]:
    """Feature → how many crossings have a value → how many pairs share one that no more have."""
    sizes: dict[str, list[int]] = defaultdict(list)
    for (feature, _), holders in best.items():
        sizes[feature].append(len(holders))
    result: dict[str, dict[int, int]] = {}
    for feature, some in sizes.items():
        pairs_of = {size: some.count(size) * size * (size - 1) // 2 for size in sorted(set(some))}
        result[feature] = dict(zip(pairs_of, accumulate(pairs_of.values()), strict=True))
    return result


def _one_voice(pair: Ints, near: Ints, far: Ints, voices: Sequence[Collection[str]], dependence: Dependence) -> Ints:
    """For each row the number of the group of sources that alone says it of both crossings; -1 where there is none."""
    result = np.full(len(pair), -1, dtype=np.int64)
    spoken = np.flatnonzero((near > 0) & (far > 0))
    if not len(spoken):
        return result
    both, place = np.unique(np.sort(np.stack((near[spoken], far[spoken]), axis=1), axis=1), axis=0, return_inverse=True)
    sources = [frozenset(voices[low]) | frozenset(voices[high]) for low, high in both.tolist()]
    alone = np.array([len(groups(names, dependence)) == 1 for names in sources])
    chosen = alone[place.reshape(-1)]
    rows, label = spoken[chosen], place.reshape(-1)[chosen]
    result[rows] = label
    # Two rows of a pair may rest on others of one group: what they say together is still one voice's word.
    seen = np.unique(np.stack((pair[rows], label), axis=1), axis=0)
    several = set(seen[1:][seen[1:, 0] == seen[:-1, 0], 0].tolist())
    labels: dict[int, list[int]] = defaultdict(list)
    for at, name in seen.tolist():
        if at in several:
            labels[at].append(name)
    joined: dict[tuple[int, int], int] = {}
    for at, names in labels.items():
        for group in groups(frozenset().union(*(sources[name] for name in names)), dependence):
            within = [name for name in names if sources[name] & group]
            joined |= {(at, name): within[0] for name in within}
    for row in rows[np.isin(pair[rows], list(several))].tolist() if several else ():
        result[row] = joined[int(pair[row]), int(result[row])]
    return result
