"""Comparison of the crossings of a case: linked pairs, clusters, shared names, and what would split a cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.claims.claims import Dependence
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.linkage.features import BEHIND, SHARED, Trait
from graphsvc.analysis.linkage.overlap import PEOPLE, TIMES, Mention, Mentions, Overlap, is_derived, mentions, overlap

_PART = 100_000
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SharedName:
    """A name shared by several crossings.

    Attributes:
        name: id of an entity, or a batch of serials.
        features: its roles in these crossings, from `features.SHARED`.
        crossings: the crossings that have it.
    """

    name: str
    features: tuple[str, ...]
    crossings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkedCrossings:
    """The crossings of a case, compared by name.

    Attributes:
        about: names of each crossing, in the order of the case.
        dependence: shared circumstances of sources.
        candidates: pairs that may be linked, as positions in the sorted ids; most people in common first.
        clusters: crossings connected through linked pairs, largest first.
    """

    about: Mentions
    dependence: Dependence
    candidates: tuple[Ints, Ints]
    clusters: tuple[tuple[str, ...], ...]

    def cluster_of(self, crossing: str) -> tuple[str, ...]:
        """Return the cluster of a crossing; empty if it is in none."""
        return next((names for names in self.clusters if crossing in names), ())

    def overlap(self, first: str, second: str) -> Overlap:
        """Compare two crossings."""
        return overlap(self.about[first], self.about[second], self.dependence)

    def links(self, crossings: Collection[str] = ()) -> Iterator[tuple[Pair, Overlap]]:
        """Yield the linked pairs among some crossings, or all, with the largest share of the same people first."""
        for pair in _pairs(sorted(self.about), self.candidates, crossings):
            if (both := self.overlap(*pair)).is_link:
                yield pair, both

    def nearest(self, crossing: str) -> dict[str, Overlap]:
        """Return the crossings that share a name with one crossing, linked crossings first, then by share of names."""
        names = self.about[crossing].keys()
        overlaps = {
            neighbour: self.overlap(crossing, neighbour)
            for neighbour, theirs in self.about.items()
            if neighbour != crossing and not names.isdisjoint(theirs)
        }
        return dict(sorted(((name, both) for name, both in overlaps.items() if both.shared), key=_order))


def _order(row: tuple[str, Overlap]) -> tuple[bool, float, int, str]:
    return not row[1].is_link, -row[1].share, -len(row[1].shared), row[0]


def compare(crossings: Sequence[str], traits: Iterable[Trait], dependence: Dependence) -> LinkedCrossings:
    """Compare all crossings pairwise, and cluster the linked ones.

    Args:
        crossings: ids.
        traits: names of these crossings (`gather_traits`).
        dependence: shared circumstances of sources.

    Example:
        >>> said = [Trait(name, "pilot", person, 1.0) for name in ("c1", "c2") for person in ("p1", "p2")]
        >>> linkage = compare(["c1", "c2", "c3"], said, {})
        >>> linkage.cluster_of("c1"), linkage.cluster_of("c3")
        (('c1', 'c2'), ())

    Limits: a link between crossings does not show who arranged them; crews for hire link different operations.
    """
    about = mentions(crossings, traits)
    candidates = _candidates(about)
    clusters = [part for part in _parts(about, dependence, candidates) if len(part) > 1]
    return LinkedCrossings(about, dependence, candidates, tuple(clusters))


def _candidates(about: Mentions) -> tuple[Ints, Ints]:
    """Find the pairs that share enough people. Most pairs share no one, and are never compared."""
    from scipy import sparse

    ids = sorted(about)
    behind = [sorted(name for name, mention in about[crossing].items() if mention.is_behind) for crossing in ids]
    number = {name: place for place, name in enumerate(sorted({name for names in behind for name in names}))}
    sizes = np.array([len(names) for names in behind], dtype=np.int32)
    columns = [number[name] for names in behind for name in names]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    matrix = sparse.csr_matrix((np.ones(len(columns), dtype=np.int32), columns, starts), shape=(len(ids), len(number)))
    common = sparse.triu(matrix @ matrix.T, 1).tocoo()
    either = sizes[common.row] + sizes[common.col] - common.data
    enough = np.flatnonzero((common.data >= PEOPLE) & (TIMES * common.data >= either))
    first, second, share = common.row[enough], common.col[enough], (common.data / np.maximum(either, 1))[enough]
    order = np.lexsort((second, first, -share))
    return first[order], second[order]


def _pairs(ids: Sequence[str], candidates: tuple[Ints, Ints], crossings: Collection[str]) -> Iterator[Pair]:
    """Yield the candidate pairs among some crossings, or all of them if none are named."""
    first, second = candidates
    if crossings:
        chosen = np.isin(ids, list(crossings))
        inside = chosen[first] & chosen[second]
        first, second = first[inside], second[inside]
    # In batches: a gang behind thousands of crossings links millions of pairs.
    for start in range(0, len(first), _PART):
        part = slice(start, start + _PART)
        for low, high in zip(first[part].tolist(), second[part].tolist(), strict=True):
            yield ids[low], ids[high]


def _parts(about: Mentions, dependence: Dependence, candidates: tuple[Ints, Ints]) -> list[tuple[str, ...]]:
    """Split crossings into the parts connected by links, largest first.

    Two crossings that are already connected are not compared again, so a large cluster costs little.
    """
    root = {name: name for name in about}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = name = root[root[name]]
        return name

    left = len(root)
    for first, second in _pairs(sorted(about), candidates, ()):
        if left == 1:
            break
        one_end, far_end = find(first), find(second)
        if one_end != far_end and overlap(about[first], about[second], dependence).is_link:
            root[one_end] = far_end
            left -= 1
    members: dict[str, list[str]] = defaultdict(list)
    for name in sorted(root):
        members[find(name)].append(name)
    return sorted(map(tuple, members.values()), key=lambda part: (-len(part), part))


def shared_names(
    linkage: LinkedCrossings, crossings: Collection[str] = (), features: Collection[str] = tuple(SHARED)
) -> list[SharedName]:
    """List the names that several crossings share, people behind them first, then by number of crossings.

    Args:
        linkage: the case.
        crossings: only names shared among these; empty: in the whole case.
        features: only names with one of these roles.

    Example:
        >>> linkage = compare(["c1", "c2", "c3"], [Trait(name, "supplier", "p1", 1.0) for name in ("c1", "c3")], {})
        >>> [(thing.name, thing.crossings) for thing in shared_names(linkage)]
        [('p1', ('c1', 'c3'))]

    Limits: a name that all the crossings reach through one entity is left out, since they share only that entity.
    """
    by_name: dict[str, dict[str, Mention]] = defaultdict(dict)
    for crossing in crossings or linkage.about:
        for name, mention in linkage.about[crossing].items():
            if not set(features).isdisjoint(mention.features):
                by_name[name][crossing] = mention
    shared = [
        SharedName(
            name,
            tuple(sorted({feature for mention in by.values() for feature in mention.features if feature in features})),
            tuple(sorted(by)),
        )
        for name, by in by_name.items()
        if len(by) > 1 and not is_derived(by.values())
    ]
    return sorted(shared, key=lambda row: (BEHIND.isdisjoint(row.features), -len(row.crossings), row.name))


def without_name(linkage: LinkedCrossings, crossings: Sequence[str], name: str) -> list[tuple[str, ...]]:
    """Split a cluster as if a name had never been reported.

    Example:
        >>> said = [Trait(crossing, "pilot", person, 1.0) for crossing in ("c1", "c2") for person in ("p1", "p2")]
        >>> without_name(compare(["c1", "c2"], said, {}), ("c1", "c2"), "p1")
        [('c1',), ('c2',)]

    Limits: names known through the removed name stay.
    """
    about = {
        crossing: {known_name: mention for known_name, mention in linkage.about[crossing].items() if known_name != name}
        for crossing in crossings
    }
    return without(linkage, about)


def without(linkage: LinkedCrossings, about: Mentions) -> list[tuple[str, ...]]:
    """Split a cluster as if different names had been reported, for example without one source.

    Args:
        linkage: the case.
        about: the names that each crossing of the cluster would have then.

    Example:
        >>> said = [Trait(crossing, "pilot", person, 1.0) for crossing in ("c1", "c2") for person in ("p1", "p2")]
        >>> without(compare(["c1", "c2"], said, {}), {"c1": {}, "c2": {}})
        [('c1',), ('c2',)]

    Limits: crossings outside the cluster are not compared again.
    """
    return _parts(about, linkage.dependence, _candidates(about))
