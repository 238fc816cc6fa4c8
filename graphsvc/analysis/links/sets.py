"""Key-player sets: which people together hold a network together, and which together reach most of it.

The best set is not the top of a list of single persons: two who tie the same people are worth one (Borgatti 2006,
"Identifying sets of key players in a social network"). Distances weigh a tie by how far it is believed: a tie believed by
half counts as two steps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy

from graphsvc.analysis.evidence.belief import LinkFigures
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.evidence.roles import (
    ARRANGES,
    LEADS,
    LEVEL_TIES,
    OPERATION,
    PAYS_OR_OWES,
    PLAYS_PART,
    TAKES_ORDERS,
)
from graphsvc.errors import RequestError
from graphsvc.records.relations import LinkKey, doing

# A quarrel carries nothing from one to the other, and a place is shared by strangers.
_NO_TIE = doing("quarrels", "stays")
# Two who were in contact, or seen together, are tied half as much as two who did something for each other.
_MET = 0.5
# What goes with lawful service as well: of who gives it, these are no ties of the operation.
_GOES_WITH_SERVICE = PAYS_OR_OWES.union(LEVEL_TIES)
_SERVES = doing("serves")
# More than this many who share a thing that nobody of them arranges are a crowd, not a team.
_CROWD = 30
# No tie is longer than this many fully believed ones.
_LEAST_BELIEF = 0.05
# Up to this many people distances are taken from everyone, beyond from a seeded sample (Eppstein & Wang 2004).
_EVERYONE, _SAMPLE, _LEAST_SAMPLE = 250, 96, 12
# To say whom a set reaches, distances are taken once and not again for each set.
_EVERYONE_REACHED, _SAMPLE_REACHED = 1000, 150
# How much a search may cost, in ties walked: about a second.
_WORK = 25_000_000
_SORTING = 3  # what it costs to say who is worth a try, in measurements
_TRIES = 16
_STARTS = 8
LARGEST = 10


@dataclass(frozen=True, slots=True)
class TieNetwork:
    """People and the ties between them.

    Attributes:
        ids: the people, sorted.
        ties: symmetric, one row and column each, 0 to 1: how far the strongest tie of two is believed.
    """

    ids: list[str]
    ties: scipy.sparse.csr_array

    def places(self, people: Collection[str]) -> Ints:
        """Row numbers of some of the people; whoever is not in the network has none."""
        wanted = frozenset(people)
        return np.array([place for place, name in enumerate(self.ids) if name in wanted], dtype=np.int64)


def acting(links: Mapping[LinkKey, LinkFigures], people: Collection[str]) -> frozenset[str]:
    """Those of some people who are said to have played a part, given orders or taken them.

    Lawful service is no part, nor is to be in contact with those who play one.

    Example:
        >>> figures = LinkFigures(0.5, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {("p1", "DIRECTED", "p2"): figures, ("p3", "SERVED", "p1"): figures, ("p4", "CONTACTED", "p1"): figures}
        >>> sorted(acting(links, {"p1", "p2", "p3", "p4"}))
        ['p1', 'p2']

    Limits: whoever only introduces others, and does nothing else that anybody told of, is missing.
    """
    active = {subject for subject, relation, _ in links if relation in PLAYS_PART}
    active |= {target for _, relation, target in links if relation in TAKES_ORDERS}
    return frozenset(people) & active


def network(links: Mapping[LinkKey, LinkFigures], people: Collection[str]) -> TieNetwork:
    """The network of the operation among some people, through what they share as well.

    Two are tied by a link of the operation between them, and by a gang, crossing, boat, workplace or thing that both have a
    part in: whoever arranges it is tied to everyone there, and those to each other only where nobody arranges it. What a
    gang arranges its leaders do. To be in contact or seen together counts half; of those who give lawful service contact and
    payments count nothing, since these go with it.

    Args:
        links: the figures of the links, as the reader is told them.
        people: ids of those who may play a part.

    Example:
        >>> figures = LinkFigures(0.5, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {("p1", "DIRECTED", "p2"): figures, ("p1", "RUNS", "g1"): figures, ("p3", "MEMBER_OF", "g1"): figures}
        >>> found = network(links, {"p1", "p2", "p3"})
        >>> found.ids, found.ties.toarray()[0].tolist()
        (['p1', 'p2', 'p3'], [0.0, 0.5, 0.25])

    Limits: ties nobody told of are missing, and those round whoever was watched are too many. It says nothing of when.
    """
    chosen = frozenset(people)
    serving = {subject for subject, relation, _ in links if relation in _SERVES}
    beliefs = {
        key: max(figures.belief * (_MET if key[1] in LEVEL_TIES else 1.0), _LEAST_BELIEF)
        for key, figures in links.items()
        if key[1] in OPERATION - _NO_TIE
        and not (key[1] in _GOES_WITH_SERVICE and (key[0] in serving or key[2] in serving))
    }
    tied: dict[tuple[str, str], float] = {}

    def tie(first: str, second: str, belief: float) -> None:
        if first != second:
            pair = (first, second) if first < second else (second, first)
            tied[pair] = max(tied.get(pair, 0.0), belief)

    for (subject, _, target), belief in beliefs.items():
        if subject in chosen and target in chosen:
            tie(subject, target, belief)
    for first, second, belief in _sharing(beliefs, chosen):
        tie(first, second, belief)
    ids = sorted({name for pair in tied for name in pair})
    place = {name: number for number, name in enumerate(ids)}
    pairs = np.array([[place[name], place[other]] for name, other in tied], dtype=np.int64).reshape(-1, 2)
    weight = np.array(list(tied.values()), dtype=float)
    rows, columns = np.concatenate((pairs[:, 0], pairs[:, 1])), np.concatenate((pairs[:, 1], pairs[:, 0]))
    ties = scipy.sparse.coo_array((np.tile(weight, 2), (rows, columns)), shape=(len(ids), len(ids))).tocsr()
    ties.sort_indices()
    return TieNetwork(ids, ties)


def _sharing(beliefs: Mapping[LinkKey, float], people: Collection[str]) -> Iterator[tuple[str, str, float]]:
    """Pairs of people who have a part in one thing, with how far that is believed."""
    part: dict[str, dict[str, float]] = defaultdict(dict)
    arranging: dict[str, set[str]] = defaultdict(set)
    leaders = defaultdict(list)
    for (subject, relation, target), belief in beliefs.items():
        if relation in LEADS and subject in people:
            leaders[target].append((subject, belief))

    def takes(who: str, what: str, relation: str, belief: float) -> None:
        part[what][who] = max(part[what].get(who, 0.0), belief)
        if relation in ARRANGES:
            arranging[what].add(who)

    for (subject, relation, target), belief in beliefs.items():
        if target in people:
            continue
        if subject in people:
            takes(subject, target, relation, belief)
        elif relation in ARRANGES:
            for leader, led in leaders[subject]:
                takes(leader, target, relation, belief * led)
    for what, those in part.items():
        if arranging[what]:
            for first in arranging[what]:
                for second in those:
                    yield first, second, those[first] * those[second]
        elif len(those) <= _CROWD:
            for first, second in combinations(sorted(those), 2):
                yield first, second, those[first] * those[second]


def fragmentation(net: TieNetwork, removed: Collection[str] = ()) -> float:
    """How far a network falls apart, 0 to 1: one less the mean of 1 / distance over all pairs of whoever is left.

    1 where nobody reaches anybody, 0 where everyone has a fully believed tie to everyone (Borgatti 2006, equation 9).

    Example:
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> net = network({(f"p{n}", "DIRECTED", "p0"): figures for n in (1, 2)}, {"p0", "p1", "p2"})
        >>> round(fragmentation(net), 3), fragmentation(net, {"p0"})
        (0.167, 1.0)

    Limits: sampled beyond 250 people, the same sample each time. A network of weakly believed ties counts as
    fragmented before anyone is removed.
    """
    return 1 - _Search(net).mean(frozenset(net.places(removed).tolist()))


def reach(net: TieNetwork, chosen: Collection[str]) -> float:
    """How much of a network a set reaches, 0 to 1: the mean over everyone of 1 / distance to the nearest of them.

    Whoever is in the set counts as reached in full (Borgatti 2006, equation 14).

    Example:
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> net = network({(f"p{n}", "DIRECTED", f"p{n + 1}"): figures for n in (1, 2)}, {"p1", "p2", "p3"})
        >>> reach(net, {"p2"}), round(reach(net, {"p1"}), 3)
        (1.0, 0.833)

    Limits: sampled beyond 1,000 people, the same sample each time. To reach is to be tied to, not to know or to command.
    """
    places = net.places(chosen)
    if not len(places):
        return 0.0
    return float(_nearness(net)[:, places].max(axis=1).mean())


def fragmenting(net: TieNetwork, size: int) -> tuple[str, ...]:
    """The people whose absence would leave the network most fragmented (KPP-NEG), in sorted order.

    Greedy, each time whoever fragments most, then exchanging members while that helps. What leaving somebody out can do at
    most is known beforehand, so that few have to be tried.

    Args:
        net: see `network`.
        size: how many, 1 to 10; all there are if fewer.

    Raises:
        RequestError: there is no such size.

    Example:
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {(f"p{n}", "DIRECTED", f"p{n // 3}"): figures for n in range(1, 9)}
        >>> fragmenting(network(links, {f"p{n}" for n in range(9)}), 1)
        ('p1',)

    Limits: a good set, not always the best, though on all graphs of up to 6 people and random ones of up to 12 it is (the tests
    try every set). Beyond 250 people the search is cut off after some work, so it is a set worth a look and no more.
    """
    search = _Search(net)
    count = _sized(net, size)
    best = frozenset[int]()
    starts = [place for place, _ in search.promising(best)]
    # A first choice cannot be mended by exchanging one at a time where two belong together: so there are several.
    for first in starts[: _STARTS if count > 1 else 1]:
        if best and search.spent:
            break
        chosen = frozenset({first} if best else ())
        while len(chosen) < count:
            spare = next(place for place in starts if place not in chosen)
            chosen = chosen | {spare if search.spent else search.best(chosen)[0]}
        chosen = search.exchanged(chosen)
        if not best or search.mean(chosen) < search.mean(best) - 1e-12:
            best = chosen
    return _named(net, best)


def reaching(net: TieNetwork, size: int) -> tuple[str, ...]:
    """The people who together reach most of the network (KPP-POS), in sorted order.

    Greedy, which gets at least 63 % of the best (Nemhauser, Wolsey & Fisher 1978), then exchanging members.

    Args:
        net: see `network`.
        size: how many, 1 to 10; all there are if fewer.

    Raises:
        RequestError: there is no such size.

    Example:
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {(f"p{n}", "DIRECTED", f"p{n // 3}"): figures for n in range(1, 9)}
        >>> reaching(network(links, {f"p{n}" for n in range(9)}), 2)
        ('p1', 'p2')

    Limits: a good set, not always the best, though on all graphs of up to 6 people and random ones of up to 12 it is (the tests
    try every set).
    """
    near = _nearness(net)
    count = _sized(net, size)
    if not count:
        return ()
    firsts = np.argsort(-near.sum(axis=0).round(9), kind="stable")[:_STARTS]
    sets = [_covering(near, [int(first)], count) for first in firsts]

    def covered(chosen: Collection[int]) -> float:
        return round(float(near[:, list(chosen)].max(axis=1).sum()), 9)

    return _named(net, max(sets, key=covered))


def _covering(near: Floats, chosen: list[int], count: int) -> list[int]:
    """A set that begins with those chosen, filled up greedily, and then exchanged one by one while that helps."""
    covered = near[:, chosen].max(axis=1)
    while len(chosen) < count:
        gain = np.maximum(near, covered[:, None]).sum(axis=0)
        gain[chosen] = -1.0
        chosen.append(int(gain.round(9).argmax()))
        covered = np.maximum(covered, near[:, chosen[-1]])
    better = True
    while better:
        better = False
        for place in range(count):
            rest = chosen[:place] + chosen[place + 1 :]
            coverage = near[:, rest].max(axis=1) if rest else np.zeros(len(near))
            gain = np.maximum(near, coverage[:, None]).sum(axis=0).round(9)
            gain[rest] = -1.0
            if gain.max() > gain[chosen[place]]:
                chosen[place] = int(gain.argmax())
                better = True
    return chosen


def sampled(net: TieNetwork) -> bool:
    """Whether distances in a network are taken from a sample of its people.

    Example:
        >>> sampled(network({}, ()))
        False

    Limits: says that figures are near, not how near; in a network of 476 people they were off by 0.0014.
    """
    return len(net.ids) > _EVERYONE


def _sized(net: TieNetwork, size: int) -> int:
    if not 1 <= size <= LARGEST:
        raise RequestError(f"A set is of 1 to {LARGEST} people, not of {size}.")
    return min(size, len(net.ids))


def _named(net: TieNetwork, chosen: Collection[int]) -> tuple[str, ...]:
    return tuple(net.ids[place] for place in sorted(chosen))


def _pivots(size: int) -> Ints:
    if size <= _EVERYONE:
        return np.arange(size)
    return _drawn(size, int(np.clip(_SAMPLE * 500 / size, _LEAST_SAMPLE, _SAMPLE)))


def _drawn(size: int, count: int) -> Ints:
    return np.sort(np.random.default_rng(0).choice(size, count, replace=False))


def _lengths(ties: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    lengths = ties.copy()
    lengths.data = 1 / lengths.data
    return lengths


def _inverse(distances: Floats) -> Floats:
    result: Floats = np.divide(
        1.0, distances, out=np.zeros_like(distances), where=np.isfinite(distances) & (distances > 0)
    )
    return result


def _nearness(net: TieNetwork) -> Floats:
    """1 / distance from everyone of the sample (rows) to everyone (columns); 1 to oneself."""
    size = len(net.ids)
    pivots = np.arange(size) if size <= _EVERYONE_REACHED else _drawn(size, _SAMPLE_REACHED)
    if not size:
        return np.zeros((0, 0))
    near = _inverse(np.atleast_2d(scipy.sparse.csgraph.dijkstra(_lengths(net.ties), directed=False, indices=pivots)))
    near[np.arange(len(pivots)), pivots] = 1.0
    return near


class _Search:
    """Looks for who fragments a network most, with so much work and no more."""

    def __init__(self, net: TieNetwork) -> None:
        self._size = len(net.ids)
        self._lengths = _lengths(net.ties)
        self._pivots = _pivots(self._size)
        cost = max(len(self._pivots) * (self._size + net.ties.nnz), 1)
        self._left: int = _WORK // cost
        self._known: dict[frozenset[int], float] = {}

    def mean(self, removed: frozenset[int]) -> float:
        """The mean of 1 / distance over pairs of whoever is left; 0 where fewer than two are."""
        if removed not in self._known:
            self._left -= 1
            self._known[removed] = self._measured(removed)
        return self._known[removed]

    def _measured(self, removed: frozenset[int]) -> float:
        left, starts = self._left_over(removed)
        if len(left) < 2 or not len(starts):
            return 0.0
        near = _inverse(
            np.atleast_2d(scipy.sparse.csgraph.dijkstra(self._lengths[left][:, left], directed=False, indices=starts))
        )
        return float(near.sum()) / (len(starts) * (len(left) - 1))

    def _left_over(self, removed: frozenset[int]) -> tuple[Ints, Ints]:
        """Who is left, and which of them distances are taken from, as numbers among those left."""
        stays: Bools = np.ones(self._size, dtype=bool)
        stays[list(removed)] = False
        return np.flatnonzero(stays), (np.cumsum(stays) - 1)[self._pivots[stays[self._pivots]]]

    @property
    def spent(self) -> bool:
        """Whether the work there may be is done."""
        return self._left <= 0

    def best(self, removed: frozenset[int], below: float = np.inf) -> tuple[int, float]:
        """Who fragments most besides those removed, and the mean then; -1 where nobody gets it `below`."""
        person, mean = -1, below
        for place, least in self.promising(removed)[: None if self._size <= _EVERYONE else _TRIES]:
            if least >= mean - 1e-12 or (self.spent and person >= 0):
                break
            now = self.mean(removed | {place})
            if now < mean - 1e-12:
                person, mean = place, now
        return person, mean

    def exchanged(self, chosen: frozenset[int]) -> frozenset[int]:
        """The set after exchanging members one by one while that fragments more."""
        better = True
        while better and not self.spent:
            better = False
            for place in sorted(chosen):
                rest = chosen - {place}
                other, _ = self.best(rest, self.mean(chosen))
                if other >= 0:
                    chosen, better = rest | {other}, True
        return chosen

    def promising(self, removed: frozenset[int]) -> list[tuple[int, float]]:
        """Everyone left with the least mean their absence can lead to, the least first.

        Of one tree of shortest ways from each start, a person carries everyone behind them: no more than these can be lost.
        """
        self._left -= _SORTING
        left, starts = self._left_over(removed)
        if len(left) < 3 or not len(starts):
            return [(int(place), -1.0) for place in left]
        away, before = scipy.sparse.csgraph.dijkstra(
            self._lengths[left][:, left], directed=False, indices=starts, return_predecessors=True
        )
        away, before = np.atleast_2d(away), np.atleast_2d(before)
        carried = _inverse(away)
        own = carried.sum(axis=1)
        total = float(own.sum())
        every = np.arange(len(starts))
        for far in np.argsort(-np.where(np.isfinite(away), away, -1.0), axis=1, kind="stable").T:
            behind = before[every, far]
            there = (behind >= 0) & (behind != starts)
            carried[every[there], behind[there]] += carried[every[there], far[there]]
        lost = carried.sum(axis=0)
        counted = np.full(len(left), len(starts))
        lost[starts] += own
        counted[starts] -= 1
        pairs = np.maximum(counted * (len(left) - 2), 1)
        # To whoever starts there, the way back is lost as well: that is `own`, and in it whoever stands between counts once.
        least = np.maximum(total - lost, 0.0) / pairs
        order = np.lexsort((left, least.round(12)))
        return [(int(left[place]), float(least[place])) for place in order]


Search = Callable[[TieNetwork, int], tuple[str, ...]]
# Goal → who attains it best.
GOALS: Mapping[str, Search] = {"fragment": fragmenting, "reach": reaching}
