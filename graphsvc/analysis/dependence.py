"""Which sources depend on each other, and how many independent groups they make.

Groups are the connected components among only the sources behind the figure asked for: two witnesses who
shared nothing with each other are not joined by a third who says nothing here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graphsvc.analysis.evidence import Dependence

Ints = NDArray[np.int64]


def groups(sources: Iterable[str], dependence: Dependence) -> list[frozenset[str]]:
    """The independent groups that some sources make, each a set of sources, in sorted order.

    Example:
        >>> keys = {"s1": frozenset({"k1"}), "s2": frozenset({"k1", "k2"}), "s3": frozenset({"k2"})}
        >>> [sorted(group) for group in groups(["s1", "s2", "s3", "s4"], keys)]
        [['s1', 's2', 's3'], ['s4']]
        >>> [sorted(group) for group in groups(["s1", "s3"], keys)]
        [['s1'], ['s3']]

    Limits: dependence is yes or no here; a shared dwelling and a shared family weigh the same.
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
        for key in dependence.get(source, ()):
            if key in holder:
                root[find(source)] = find(holder[key])
            holder[key] = source
    found: dict[str, set[str]] = defaultdict(set)
    for source in root:
        found[find(source)].add(source)
    return sorted(map(frozenset, found.values()), key=min)


def shared_keys(shares: Mapping[str, Iterable[tuple[str, str]]]) -> dict[str, frozenset[str]]:
    """The keys of each source from what it has to do with: pairs of reason and id of a thing.

    Args:
        shares: source → (reason, id): `("crossing", "c1")`, `("dwelling", "w3")`, `("interpreter", "p7")` …

    Only what two sources or more have in common makes a key, and the key says neither reason nor id.

    Example:
        >>> shared_keys({"s1": [("crossing", "c1")], "s2": [("crossing", "c1"), ("dwelling", "w1")]})
        {'s1': frozenset({'k0'}), 's2': frozenset({'k0'})}

    Limits: whoever shares nothing recorded counts as independent, although they may know each other.
    """
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source, things in shares.items():
        for thing in things:
            holders[thing].add(source)
    keys: dict[str, set[str]] = {source: set() for source in shares}
    for number, thing in enumerate(sorted(thing for thing, those in holders.items() if len(those) > 1)):
        for source in holders[thing]:
            keys[source].add(f"k{number}")
    return {source: frozenset(held) for source, held in keys.items()}


def components(owner: Ints, source: Ints, starts: Ints, keys: Ints) -> Ints:
    """`groups` for many figures at once: the group of each row, told apart by numbers.

    Args:
        owner: for each row the figure it belongs to, from 0.
        source: for each row the number of its source.
        starts: `keys[starts[s]:starts[s + 1]]` are the keys of source `s`.
        keys: numbers of keys, from 0.

    Rows of one owner have the same number exactly if their sources are in one group.

    Example:
        >>> rows = np.array([0, 0, 1]), np.array([0, 1, 1])
        >>> components(*rows, starts=np.array([0, 1, 2]), keys=np.array([0, 0])).tolist()
        [0, 0, 1]

    Limits: as `groups`.
    """
    width = len(starts)
    pairs, row = np.unique(owner * width + source, return_inverse=True)
    whose, who = np.divmod(pairs, width)
    held = starts[who + 1] - starts[who]
    # Only an owner with several sources can have any of them joined.
    held[np.bincount(whose, minlength=1)[whose] < 2] = 0
    pair = np.repeat(np.arange(len(pairs)), held)
    offset = np.arange(len(pair)) - np.repeat(np.cumsum(held) - held, held)
    span = int(keys.max(initial=0)) + 1
    shared, key = np.unique(whose[pair] * span + keys[starts[who[pair]] + offset], return_inverse=True)
    size = len(pairs) + len(shared)
    graph = coo_array((np.ones(len(pair), dtype=bool), (pair, len(pairs) + key)), shape=(size, size))
    labels: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels[row]
