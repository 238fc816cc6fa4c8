"""Dependence between sources, and the independent groups they form.

Groups are the connected components among the sources behind the figure in question, without any others. So two
witnesses who share nothing are not joined by a third who contributes nothing to that figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from graphsvc.analysis.claims.claims import Dependence
from graphsvc.records.weights import SHIPPED

Ints = NDArray[np.int64]
# Shared circumstances that may affect statements without joining their sources into one group.
COLOURS = frozenset(SHIPPED.shared)
# Two sources, sorted by name.
Pair = tuple[str, str]
# A circumstance of a source: reason and id.
Thing = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shared:
    """A circumstance that some sources share.

    Attributes:
        reason: one word. thing: id of the shared thing. sources: the sources, sorted.
        denied: `denied or contested` where a claim speaks against the circumstance; else empty.
    """

    reason: str
    thing: str
    sources: tuple[str, ...]
    denied: str = ""


def joint(dependence: Dependence) -> frozenset[tuple[str, frozenset[str]]]:
    """Return the reason and the sources of each key, without its name; the reason is empty if the key joins.

    Example:
        >>> joint({"s1": frozenset({"k0"}), "s2": frozenset({"k0"})}) == joint({"s1": frozenset({"k7"}), "s2": frozenset({"k7"})})
        True

    Limits: two keys of one reason with the same sources count once.
    """
    holders: dict[str, set[str]] = defaultdict(set)
    for source, keys in dependence.items():
        for key in keys:
            holders[key].add(source)
    return frozenset(
        (key.partition(" ")[0] if not joins(key) else "", frozenset(those)) for key, those in holders.items()
    )


def joins(key: str) -> bool:
    """Whether a key joins its sources into one group; if not, it only reduces their weight (see `shared_keys`).

    Example:
        >>> joins("k3"), joins("interpreter 3")
        (True, False)

    Limits: none.
    """
    return key.partition(" ")[0] not in COLOURS


def groups(sources: Iterable[str], dependence: Dependence) -> list[frozenset[str]]:
    """Return the independent groups of some sources, each a set of sources, in sorted order.

    Example:
        >>> keys = {"s1": frozenset({"k1"}), "s2": frozenset({"k1", "k2"}), "s3": frozenset({"k2"})}
        >>> [sorted(group) for group in groups(["s1", "s2", "s3", "s4"], keys)]
        [['s1', 's2', 's3'], ['s4']]
        >>> [sorted(group) for group in groups(["s1", "s3"], keys)]
        [['s1'], ['s3']]

    Limits: a key either joins or does not; a shared dwelling and a shared family weigh the same. `COLOURS` join no
    sources.
    """
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    holder: dict[str, str] = {}
    for source in sorted(set(sources)):
        root[source] = source
        for key in filter(joins, dependence.get(source, ())):
            if key in holder:
                root[find(source)] = find(holder[key])
            holder[key] = source
    members: dict[str, set[str]] = defaultdict(set)
    for source in root:
        members[find(source)].add(source)
    return sorted(map(frozenset, members.values()), key=min)


def shared_keys(
    shares: Mapping[str, Iterable[Thing]], apart: Collection[Pair] = (), joined: Collection[Pair] = ()
) -> dict[str, frozenset[str]]:
    """Return the keys of each source, made from its circumstances (pairs of reason and id).

    Args:
        shares: source → (reason, id): `("crossing", "c1")`, `("dwelling", "w3")`, `("interpreter", "p7")` …
        apart: pairs that an analyst decided are independent, whatever they share.
        joined: pairs that an analyst decided depend on each other, although no record says so.

    Two sources have a common key if, and only if, they are `joined`, or share a circumstance and are not `apart`. A
    circumstance makes a key only if at least two sources share it, and the key does not identify it. A circumstance
    that only affects statements (`records.weights`, section `shared`) makes keys that start with its reason; every
    other key joins its holders into one group. A circumstance shared by a pair apart makes several keys, one for each
    set of holders who all depend on each other (`cliques`).

    Example:
        >>> shared_keys({"s1": [("crossing", "c1")], "s2": [("crossing", "c1"), ("dwelling", "w1")]})
        {'s1': frozenset({'k0'}), 's2': frozenset({'k0'})}
        >>> shared_keys({"s1": [("interpreter", "p7")], "s2": [("interpreter", "p7")]})
        {'s1': frozenset({'interpreter 0'}), 's2': frozenset({'interpreter 0'})}
        >>> boat = {name: [("crossing", "c1")] for name in ("s1", "s2", "s3")}
        >>> found = shared_keys(boat, apart=[("s1", "s2")])
        >>> bool(found["s1"] & found["s2"]), bool(found["s1"] & found["s3"]), bool(found["s2"] & found["s3"])
        (False, True, True)

    Limits: sources that share nothing on record count as independent, although they may know each other. If two sources
    are apart, a third who depends on both still joins them into one group behind a figure that all three support.
    """
    holders: dict[Thing, set[str]] = defaultdict(set)
    for source, things in shares.items():
        for thing in things:
            holders[thing].add(source)
    sets = [
        (f"{reason} " if reason in COLOURS else "k", clique)
        for (reason, _), those in sorted(holders.items())
        if len(those) > 1
        for clique in cliques(those, apart)
    ]
    sets += [("k", set(pair)) for pair in sorted(set(joined)) if set(pair) <= shares.keys()]
    keys: dict[str, set[str]] = {source: set() for source in shares}
    for number, (kind, clique) in enumerate(sets):
        for source in clique:
            keys[source].add(f"{kind}{number}")
    return {source: frozenset(source_keys) for source, source_keys in keys.items()}


def cliques(holders: Collection[str], apart: Collection[Pair]) -> list[set[str]]:
    """Return sets of two or more holders that together cover every pair except those `apart`, which no set contains.

    Example:
        >>> [sorted(found) for found in cliques(["s1", "s2", "s3", "s4"], [("s1", "s2")])]
        [['s1', 's3', 's4'], ['s2', 's3', 's4']]

    Limits: not the smallest number of sets; one for each holder in a pair apart, and one for each two of these that
    depend on each other.
    """
    those = set(holders)
    within = {tuple(sorted(pair)) for pair in apart if those.issuperset(pair)}
    touched = sorted({holder for pair in within for holder in pair})
    if not touched:
        return [those] if len(those) > 1 else []
    rest = those.difference(touched)
    sets = [rest | {holder} for holder in touched] if rest else []
    return sets + [{low, high} for low in touched for high in touched if low < high and (low, high) not in within]


def in_common(sources: Iterable[str], shares: Mapping[str, Iterable[Thing]]) -> list[Shared]:
    """Return the circumstances that two or more of some sources share, as recorded, regardless of decisions on pairs.

    Example:
        >>> in_common(["s1", "s2"], {"s1": [("crossing", "c1")], "s2": [("crossing", "c1")], "s3": [("crossing", "c1")]})
        [Shared(reason='crossing', thing='c1', sources=('s1', 's2'), denied='')]

    Limits: a shared circumstance does not show that the sources spoke to each other.
    """
    holders: dict[Thing, set[str]] = defaultdict(set)
    for source in set(sources):
        for thing in shares.get(source, ()):
            holders[thing].add(source)
    return [Shared(*thing, tuple(sorted(those))) for thing, those in sorted(holders.items()) if len(those) > 1]


def components(owner: Ints, source: Ints, starts: Ints, keys: Ints) -> Ints:
    """Return the group number of each row; does the same as `groups`, for many figures at once.

    Args:
        owner: for each row the figure it belongs to, from 0.
        source: for each row the number of its source.
        starts: `keys[starts[s]:starts[s + 1]]` are the keys of source `s`.
        keys: numbers of keys, from 0.

    Rows of one owner have the same number if, and only if, their sources are in one group.

    Example:
        >>> rows = np.array([0, 0, 1]), np.array([0, 1, 1])
        >>> components(*rows, starts=np.array([0, 1, 2]), keys=np.array([0, 0])).tolist()
        [0, 0, 1]

    Limits: as `groups`.
    """
    width = len(starts)
    pairs, row = np.unique(owner * width + source, return_inverse=True)
    owners, who = np.divmod(pairs, width)
    key_counts = starts[who + 1] - starts[who]
    # Only an owner with several sources can have any of them joined.
    key_counts[np.bincount(owners, minlength=1)[owners] < 2] = 0
    pair = np.repeat(np.arange(len(pairs)), key_counts)
    offset = np.arange(len(pair)) - np.repeat(np.cumsum(key_counts) - key_counts, key_counts)
    span = int(keys.max(initial=0)) + 1
    shared, key = np.unique(owners[pair] * span + keys[starts[who[pair]] + offset], return_inverse=True)
    size = len(pairs) + len(shared)
    graph = scipy.sparse.coo_array((np.ones(len(pair), dtype=bool), (pair, len(pairs) + key)), shape=(size, size))
    labels: Ints = scipy.sparse.csgraph.connected_components(graph, directed=False)[1].astype(np.int64)
    return labels[row]
