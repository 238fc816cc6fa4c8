"""The crossings of a case compared: which hang together, what each cluster shares, and what would split it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphsvc.analysis.evidence.claims import Dependence
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.linkage.clusters import chances, clusters, joined, parts_of, threshold, together
from graphsvc.analysis.linkage.features import SHARED, CrossingFigures, Trait
from graphsvc.analysis.linkage.ratios import (
    CrossingPairs,
    RatioTable,
    SharedEntries,
    apart_ratio,
    counts,
    entry_ratios,
    log_ratios,
    near_ratio,
    pairs,
    shipped,
    with_figures,
)

_SHARED = tuple(SHARED)


@dataclass(frozen=True, slots=True)
class ComparedFeature:
    """One line of the comparison of two crossings.

    Attributes:
        feature: of `SHARED` or `NEAR`; `through` for what both hang together with through others.
        value: what is shared; empty for a figure, and where something is known of both and not shared.
        apart: a figure: how far apart both are; None otherwise.
        log_ratio: what it says; 0 where it is `counted` elsewhere.
        counted: whether it counts; else it is the same thing, or the same voice's word, as a stronger line.
    """

    feature: str
    value: str
    apart: float | None
    log_ratio: float
    counted: bool = True


@dataclass(frozen=True, slots=True)
class SharedThing:
    """Something that crossings share.

    Attributes:
        feature: of `SHARED`. value: what it is.
        crossings: who has it.
        log_ratio: what it says of a pair of them, on average.
    """

    feature: str
    value: str
    crossings: tuple[str, ...]
    log_ratio: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What becomes of a cluster without something.

    Attributes:
        parts: the parts it falls into; one: it holds. log_ratio: of its pairs, on average, without it.
    """

    parts: tuple[tuple[str, ...], ...]
    log_ratio: float

    @property
    def splits(self) -> bool:
        """Whether it falls apart."""
        return len(self.parts) > 1


@dataclass(frozen=True, slots=True)
class LinkedCrossings:
    """The crossings of a case, every two compared.

    Attributes:
        pairs: of them. own: log ratio of each pair by itself; together: with all it hangs together with.
        clusters: numbers of their crossings, the largest first.
        table: what it was made with.
    """

    pairs: CrossingPairs
    own: Floats
    together: Floats
    clusters: tuple[tuple[int, ...], ...]
    table: RatioTable

    @property
    def ids(self) -> tuple[str, ...]:
        """The crossings."""
        return self.pairs.ids

    @property
    def chances(self) -> Floats:
        """How likely each pair is of one series, on the stated prior."""
        return chances(self.together, self.table)

    def cluster_of(self, crossing: str) -> tuple[str, ...]:
        """The cluster that a crossing is in; empty if in none."""
        for rows in self.clusters:
            names = tuple(self.ids[row] for row in rows)
            if crossing in names:
                return names
        return ()

    def number(self, first: str, second: str) -> int:
        """The number of the pair of two crossings."""
        low, high = sorted((self.ids.index(first), self.ids.index(second)))
        return len(self.ids) * low - low * (low + 1) // 2 + high - low - 1


def linked(
    figures: Sequence[CrossingFigures],
    traits: Iterable[Trait],
    dependence: Dependence,
    table: RatioTable | None = None,
) -> LinkedCrossings:
    """Every two crossings compared, and the clusters they make.

    Args:
        figures: of the crossings (`gathered`).
        traits: of the same.
        dependence: what sources share.
        table: of ratios; None: the one that comes with the package.

    Example:
        >>> figures = [CrossingFigures(name) for name in ("c1", "c2", "c3", "c4", "c5")]
        >>> said = [Trait(name, what, f"{what} 1", 1.0) for name in ("c1", "c2") for what in ("organiser", "boat", "thing")]
        >>> made = linked(figures, said, {})
        >>> made.cluster_of("c1"), made.cluster_of("c3")
        (('c1', 'c2'), ())

    Limits: that crossings hang together does not say who arranged them; a market that all buy from makes different series alike.
    """
    table = table or shipped()
    some = pairs(figures, traits, dependence)
    own = log_ratios(some, table)
    rows = tuple(map(tuple, clusters(own, len(figures), table)))
    return LinkedCrossings(some, own, together(own, joined(own), table), rows, table)


def comparison(made: LinkedCrossings, first: str, second: str) -> list[ComparedFeature]:
    """What two crossings share and what not, line by line, what says most first; the lines add up to the log ratio of the pair.

    Args:
        made: the case.
        first: id of one.
        second: id of the other.

    Example:
        >>> figures = [CrossingFigures("c1", day=0), CrossingFigures("c2", day=1)]
        >>> made = linked(figures, [Trait(name, "boat", "b1", 1.0) for name in ("c1", "c2")], {})
        >>> [line.feature for line in comparison(made, "c1", "c2")]
        ['boat', 'through', 'days']

    Limits: ratios were fitted together: a line by itself says what it adds to the others.
    """
    low, high = sorted((made.ids.index(first), made.ids.index(second)))
    both, table = made.pairs.within((low, high)), made.table
    worth = entry_ratios(both.entries, table)
    counted = counts(both.entries, worth)
    lines = [
        ComparedFeature(
            _SHARED[feature], both.values[value], None, float(ratio) if counts_here else 0.0, bool(counts_here)
        )
        for feature, value, ratio, counts_here in zip(
            both.entries.feature.tolist(), both.entries.value.tolist(), worth.tolist(), counted.tolist(), strict=True
        )
    ]
    for name, ratio in table.shared.items():
        if less := float(apart_ratio(both, name, ratio)[0]):
            lines.append(ComparedFeature(name, "", None, less))
    for name, near in table.near.items():
        if not np.isnan(both.apart[name][0]):
            said = float(near_ratio(both.apart[name], both.few[name], near)[0])
            lines.append(ComparedFeature(name, "", float(both.apart[name][0]), said))
    own = sum(line.log_ratio for line in lines)
    lines.append(ComparedFeature("through", "", None, float(made.together[made.number(first, second)]) - own))
    return sorted(lines, key=lambda line: (not line.counted, -line.log_ratio, line.feature, line.value))


def shared(made: LinkedCrossings, crossings: Collection[str] = ()) -> list[SharedThing]:
    """What several crossings share, what says most over all their pairs first; what counts in no pair is left out.

    Args:
        made: the case.
        crossings: only among these; empty: in the whole case.

    Example:
        >>> figures = [CrossingFigures(name) for name in ("c1", "c2", "c3")]
        >>> made = linked(figures, [Trait(name, "supplier", "p1", 1.0) for name in ("c1", "c3")], {})
        >>> [(thing.value, thing.crossings) for thing in shared(made)]
        [('p1', ('c1', 'c3'))]

    Limits: who shares something with nobody else here is not told.
    """
    rows = [row for row, name in enumerate(made.ids) if not crossings or name in crossings]
    some = made.pairs.within(rows) if crossings else made.pairs
    worth = entry_ratios(some.entries, made.table)
    counted = counts(some.entries, worth)
    holders: dict[tuple[int, int], set[int]] = defaultdict(set)
    sums: dict[tuple[int, int], list[float]] = defaultdict(list)
    for entry in np.flatnonzero(counted & (worth > 0)).tolist():
        key = int(some.entries.feature[entry]), int(some.entries.value[entry])
        pair = int(some.entries.pair[entry])
        holders[key] |= {int(some.first[pair]), int(some.second[pair])}
        sums[key].append(float(worth[entry]))
    order = sorted(sums, key=lambda key: (-sum(sums[key]), key))
    return [
        SharedThing(
            _SHARED[feature],
            some.values[value],
            tuple(some.ids[row] for row in sorted(holders[feature, value])),
            sum(sums[feature, value]) / len(sums[feature, value]),
        )
        for feature, value in order
    ]


def without_thing(made: LinkedCrossings, crossings: Sequence[str], feature: str, value: str) -> LeftOut:
    """What becomes of a cluster if something it shares had never been said.

    Example:
        >>> figures = [CrossingFigures(name) for name in ("c1", "c2", "c3")]
        >>> said = [Trait(name, "organiser", "p1", 1.0) for name in ("c1", "c2")]
        >>> without_thing(linked(figures, said, {}), ("c1", "c2"), "organiser", "p1").splits
        True

    Limits: of what goes, the rest stays as it is: who is known through it is still known.
    """
    some = made.pairs.within([row for row, name in enumerate(made.ids) if name in crossings])
    gone = (some.entries.feature == _SHARED.index(feature)) & (some.entries.value == some.values.index(value))
    return _left(made, some, gone)


def without_traits(
    made: LinkedCrossings,
    crossings: Sequence[str],
    beliefs: Mapping[tuple[str, str, str], float],
    figures: Iterable[CrossingFigures] = (),
) -> LeftOut:
    """What becomes of a cluster if what is said of its crossings were believed otherwise, as when a source is left out.

    Args:
        made: the case.
        crossings: of the cluster.
        beliefs: (crossing, feature, value) → how far it is believed then; what is not in it is not said any more.
        figures: of these crossings then (prices, lengths of boats); empty: they are as they were.

    Example:
        >>> figures = [CrossingFigures(name) for name in ("c1", "c2", "c3")]
        >>> said = [Trait(name, "organiser", "p1", 1.0) for name in ("c1", "c2")]
        >>> without_traits(linked(figures, said, {}), ("c1", "c2"), {}).parts
        (('c1',), ('c2',))

    Limits: how rare a thing is, and what one voice alone says, stay as they are in the whole case.
    """
    some = made.pairs.within([row for row, name in enumerate(made.ids) if name in crossings])
    if then_by := {row.id: row for row in figures}:
        some = with_figures(made.pairs, some, [then_by[name] for name in some.ids])
    rows = some.entries
    then = np.array(
        [
            beliefs.get((some.ids[some.first[pair]], _SHARED[feature], some.values[value]), 0.0)
            * beliefs.get((some.ids[some.second[pair]], _SHARED[feature], some.values[value]), 0.0)
            for pair, feature, value in zip(rows.pair.tolist(), rows.feature.tolist(), rows.value.tolist(), strict=True)
        ]
    )
    rows.sure[:] = np.minimum(then, rows.sure)
    said = rows.sure > 0
    columns = {name: getattr(rows, name)[said] for name in SharedEntries.__dataclass_fields__}
    # What is not known any more of one of two crossings does not speak against them either.
    best = {name: dict.fromkeys(some.ids, 0.0) for name in SHARED}
    for (crossing, feature, _), belief in beliefs.items():
        if crossing in best[feature]:
            best[feature][crossing] = max(best[feature][crossing], belief)
    known = {
        name: np.minimum(row, np.array([best[name][crossing] for crossing in some.ids], dtype=np.float32))
        for name, row in some.known.items()
    }
    return _left(
        made, replace(some, entries=SharedEntries(**columns), known=known), np.zeros(int(said.sum()), dtype=bool)
    )


def _left(made: LinkedCrossings, some: CrossingPairs, gone: Bools) -> LeftOut:
    ratios = log_ratios(some, made.table, gone)
    parts = parts_of(ratios, len(some.ids), threshold(len(made.ids), made.table))
    strength = together(ratios, joined(ratios), made.table)
    return LeftOut(tuple(tuple(some.ids[row] for row in rows) for rows in parts), float(strength.mean()))
