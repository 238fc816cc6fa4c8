"""Key-player sets: the people who jointly keep a network connected, and those who together reach most of it.

The best set is not the top of a list of single persons: two people with the same links are worth one (Borgatti 2006,
"Identifying sets of key players in a social network"). Distances depend on belief: a link believed by half counts as
two steps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy

from graphsvc.analysis.claims.belief import LinkFigures
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.claims.roles import (
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

# Relations that link no one here, since a quarrel passes nothing on, and strangers may share a place.
_NO_TIE = doing("quarrels", "stays")
# Factor for contacts and people seen together, relative to people who did something for each other.
_MET = 0.5
# Relations that also go with lawful service. For a person who gives it, these are not links of the operation.
_GOES_WITH_SERVICE = PAYS_OR_OWES.union(LEVEL_TIES)
_SERVES = doing("serves")
# Above this number, people who share a thing that none of them arranges are a crowd, not a team.
_CROWD = 30
# Lower limit of belief for distances, so that no link counts as more than 20 steps.
_LEAST_BELIEF = 0.05
# Up to this many people, distances start from everyone; beyond, from a seeded sample (Eppstein & Wang 2004).
_EVERYONE, _SAMPLE, _LEAST_SAMPLE = 250, 96, 12
# The same limits for the people a set reaches: these distances are computed once, not again for each set.
_EVERYONE_REACHED, _SAMPLE_REACHED = 1000, 150
# Limit of the work of a search, in links traversed; they take about a second.
_WORK = 25_000_000
_SORTING = 3  # cost of ordering the candidates, in measurements
_TRIES = 16
_STARTS = 8
LARGEST = 10


@dataclass(frozen=True, slots=True)
class TieNetwork:
    """People and the links between them.

    Attributes:
        ids: the people, sorted.
        ties: symmetric, one row and column for each person, 0 to 1: belief in the strongest link between two people.
    """

    ids: list[str]
    ties: scipy.sparse.csr_array

    def places(self, people: Collection[str]) -> Ints:
        """Return the row numbers of some people; people not in the network are skipped."""
        wanted = frozenset(people)
        return np.array([place for place, name in enumerate(self.ids) if name in wanted], dtype=np.int64)


def acting(links: Mapping[LinkKey, LinkFigures], people: Collection[str]) -> frozenset[str]:
    """Return the people reported to have played a part, or to have given or taken orders.

    Lawful service is not a part, and neither is contact with people who play one.

    Example:
        >>> figures = LinkFigures(0.5, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {("p1", "DIRECTED", "p2"): figures, ("p3", "SERVED", "p1"): figures, ("p4", "CONTACTED", "p1"): figures}
        >>> sorted(acting(links, {"p1", "p2", "p3", "p4"}))
        ['p1', 'p2']

    Limits: a person who only introduces others, with no other reported act, is missing.
    """
    active = {subject for subject, relation, _ in links if relation in PLAYS_PART}
    active |= {target for _, relation, target in links if relation in TAKES_ORDERS}
    return frozenset(people) & active


def network(links: Mapping[LinkKey, LinkFigures], people: Collection[str]) -> TieNetwork:
    """Build the network of the operation among some people, including what they share.

    Two people are linked by a link of the operation between them, and by a gang, crossing, boat, workplace or thing in
    which both have a part. People who arrange it are linked to everyone there; the others are linked to each other only
    if no one arranges it. Acts of a gang count as acts of its leaders. Contact and being seen together count half. For
    people who give lawful service, contact and payments count nothing, since these go with it.

    Args:
        links: figures of the links, as disclosed to the reader.
        people: ids of people who may play a part.

    Example:
        >>> figures = LinkFigures(0.5, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {("p1", "DIRECTED", "p2"): figures, ("p1", "RUNS", "g1"): figures, ("p3", "MEMBER_OF", "g1"): figures}
        >>> found = network(links, {"p1", "p2", "p3"})
        >>> found.ids, found.ties.toarray()[0].tolist()
        (['p1', 'p2', 'p3'], [0.0, 0.5, 0.25])

    Limits: unreported links are missing, and watched people have too many. Dates are ignored.
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
    pairs = np.array([[place[name], place[partner]] for name, partner in tied], dtype=np.int64).reshape(-1, 2)
    weight = np.array(list(tied.values()), dtype=float)
    rows, columns = np.concatenate((pairs[:, 0], pairs[:, 1])), np.concatenate((pairs[:, 1], pairs[:, 0]))
    ties = scipy.sparse.coo_array((np.tile(weight, 2), (rows, columns)), shape=(len(ids), len(ids))).tocsr()
    ties.sort_indices()
    return TieNetwork(ids, ties)


def _sharing(beliefs: Mapping[LinkKey, float], people: Collection[str]) -> Iterator[tuple[str, str, float]]:
    """Yield pairs of people who have a part in the same thing, with the belief in both parts."""
    part: dict[str, dict[str, float]] = defaultdict(dict)
    arranging: dict[str, set[str]] = defaultdict(set)
    leaders = defaultdict(list)
    for (subject, relation, target), belief in beliefs.items():
        if relation in LEADS and subject in people:
            leaders[target].append((subject, belief))

    def takes(who: str, entity: str, relation: str, belief: float) -> None:
        part[entity][who] = max(part[entity].get(who, 0.0), belief)
        if relation in ARRANGES:
            arranging[entity].add(who)

    for (subject, relation, target), belief in beliefs.items():
        if target in people:
            continue
        if subject in people:
            takes(subject, target, relation, belief)
        elif relation in ARRANGES:
            for leader, led in leaders[subject]:
                takes(leader, target, relation, belief * led)
    for entity, those in part.items():
        if arranging[entity]:
            for first in arranging[entity]:
                for second in those:
                    yield first, second, those[first] * those[second]
        elif len(those) <= _CROWD:
            for first, second in combinations(sorted(those), 2):
                yield first, second, those[first] * those[second]


def fragmentation(net: TieNetwork, removed: Collection[str] = ()) -> float:
    """Return how fragmented a network is, 0 to 1: 1 minus the mean of 1 / distance over all remaining pairs.

    It is 1 if no one reaches anyone, 0 if everyone has a fully believed link to everyone (Borgatti 2006, equation 9).

    Example:
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> net = network({(f"p{n}", "DIRECTED", "p0"): figures for n in (1, 2)}, {"p0", "p1", "p2"})
        >>> round(fragmentation(net), 3), fragmentation(net, {"p0"})
        (0.167, 1.0)

    Limits: sampled beyond 250 people, the same sample each time. A network of weakly believed links counts as
    fragmented before anyone is removed.
    """
    return 1 - _Search(net).mean(frozenset(net.places(removed).tolist()))


def reach(net: TieNetwork, chosen: Collection[str]) -> float:
    """Return how much of a network a set reaches, 0 to 1: the mean over everyone of 1 / distance to the nearest member.

    Members count as fully reached (Borgatti 2006, equation 14).

    Example:
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> net = network({(f"p{n}", "DIRECTED", f"p{n + 1}"): figures for n in (1, 2)}, {"p1", "p2", "p3"})
        >>> reach(net, {"p2"}), round(reach(net, {"p1"}), 3)
        (1.0, 0.833)

    Limits: sampled beyond 1,000 people, the same sample each time. Being reached is a link, not knowledge or command.
    """
    places = net.places(chosen)
    if not len(places):
        return 0.0
    return float(_nearness(net)[:, places].max(axis=1).mean())


def fragmenting(net: TieNetwork, size: int) -> tuple[str, ...]:
    """Return the people whose absence would leave the network most fragmented (KPP-NEG), in sorted order.

    Greedy: adds the person who fragments most, then exchanges members while that helps. An upper bound of each person's
    effect is known beforehand, so only a few have to be tried.

    Args:
        net: see `network`.
        size: number of people, 1 to 10; everyone if there are fewer.

    Raises:
        RequestError: if the size is not from 1 to 10.

    Example:
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {(f"p{n}", "DIRECTED", f"p{n // 3}"): figures for n in range(1, 9)}
        >>> fragmenting(network(links, {f"p{n}" for n in range(9)}), 1)
        ('p1',)

    Limits: a good set, not always the best. It is the best on all graphs of up to 6 people and on random ones of up to
    12 (the tests try every set). Beyond 250 people the search stops after a fixed amount of work, so the set is only a
    suggestion.
    """
    search = _Search(net)
    count = _check_size(net, size)
    best = frozenset[int]()
    starts = [place for place, _ in search.promising(best)]
    # Exchanging one member at a time cannot repair a first choice where two belong together, so several starts are
    # tried.
    for first in starts[: _STARTS if count > 1 else 1]:
        if best and search.spent:
            break
        chosen = frozenset({first} if best else ())
        while len(chosen) < count:
            spare = next(place for place in starts if place not in chosen)
            chosen = chosen | {spare if search.spent else search.best(chosen)[0]}
        chosen = search.exchange(chosen)
        if not best or search.mean(chosen) < search.mean(best) - 1e-12:
            best = chosen
    return _ids_of(net, best)


def reaching(net: TieNetwork, size: int) -> tuple[str, ...]:
    """Return the people who together reach most of the network (KPP-POS), in sorted order.

    Greedy, which achieves at least 63 % of the best (Nemhauser, Wolsey & Fisher 1978), then exchanging members.

    Args:
        net: see `network`.
        size: number of people, 1 to 10; everyone if there are fewer.

    Raises:
        RequestError: if the size is not from 1 to 10.

    Example:
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {(f"p{n}", "DIRECTED", f"p{n // 3}"): figures for n in range(1, 9)}
        >>> reaching(network(links, {f"p{n}" for n in range(9)}), 2)
        ('p1', 'p2')

    Limits: a good set, not always the best. It is the best on all graphs of up to 6 people and on random ones of up to
    12 (the tests try every set).
    """
    near = _nearness(net)
    count = _check_size(net, size)
    if not count:
        return ()
    firsts = np.argsort(-near.sum(axis=0).round(9), kind="stable")[:_STARTS]
    sets = [_covering(near, [int(first)], count) for first in firsts]

    def coverage(chosen: Collection[int]) -> float:
        return round(float(near[:, list(chosen)].max(axis=1).sum()), 9)

    return _ids_of(net, max(sets, key=coverage))


def _covering(near: Floats, chosen: list[int], count: int) -> list[int]:
    """Return a set that starts with `chosen`, is filled greedily, and then improved by exchanging members."""
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


def is_sampled(net: TieNetwork) -> bool:
    """Whether distances in a network are computed from a sample of its people.

    Example:
        >>> is_sampled(network({}, ()))
        False

    Limits: shows that figures are approximate, not by how much; in a network of 476 people the error was 0.0014.
    """
    return len(net.ids) > _EVERYONE


def _check_size(net: TieNetwork, size: int) -> int:
    if not 1 <= size <= LARGEST:
        raise RequestError(f"A set is of 1 to {LARGEST} people, not of {size}.")
    return min(size, len(net.ids))


def _ids_of(net: TieNetwork, chosen: Collection[int]) -> tuple[str, ...]:
    return tuple(net.ids[place] for place in sorted(chosen))


def _pivots(size: int) -> Ints:
    if size <= _EVERYONE:
        return np.arange(size)
    return _draw_places(size, int(np.clip(_SAMPLE * 500 / size, _LEAST_SAMPLE, _SAMPLE)))


def _draw_places(size: int, count: int) -> Ints:
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
    """Return 1 / distance from everyone in the sample (rows) to everyone (columns); 1 to oneself."""
    size = len(net.ids)
    pivots = np.arange(size) if size <= _EVERYONE_REACHED else _draw_places(size, _SAMPLE_REACHED)
    if not size:
        return np.zeros((0, 0))
    near = _inverse(np.atleast_2d(scipy.sparse.csgraph.dijkstra(_lengths(net.ties), directed=False, indices=pivots)))
    near[np.arange(len(pivots)), pivots] = 1.0
    return near


class _Search:
    """A search for the people who fragment a network most, with a limit on its work."""

    def __init__(self, net: TieNetwork) -> None:
        self._size = len(net.ids)
        self._lengths = _lengths(net.ties)
        self._pivots = _pivots(self._size)
        cost = max(len(self._pivots) * (self._size + net.ties.nnz), 1)
        self._left: int = _WORK // cost
        self._known: dict[frozenset[int], float] = {}

    def mean(self, removed: frozenset[int]) -> float:
        """Return the mean of 1 / distance over remaining pairs; 0 if fewer than two people remain."""
        if removed not in self._known:
            self._left -= 1
            self._known[removed] = self._mean_without(removed)
        return self._known[removed]

    def _mean_without(self, removed: frozenset[int]) -> float:
        left, starts = self._left_over(removed)
        if len(left) < 2 or not len(starts):
            return 0.0
        near = _inverse(
            np.atleast_2d(scipy.sparse.csgraph.dijkstra(self._lengths[left][:, left], directed=False, indices=starts))
        )
        return float(near.sum()) / (len(starts) * (len(left) - 1))

    def _left_over(self, removed: frozenset[int]) -> tuple[Ints, Ints]:
        """Return the remaining people, and the starts of distances, as positions among them."""
        stays: Bools = np.ones(self._size, dtype=bool)
        stays[list(removed)] = False
        return np.flatnonzero(stays), (np.cumsum(stays) - 1)[self._pivots[stays[self._pivots]]]

    @property
    def spent(self) -> bool:
        """Whether the limit of work is reached."""
        return self._left <= 0

    def best(self, removed: frozenset[int], below: float = np.inf) -> tuple[int, float]:
        """Return the person whose extra removal fragments most, and the mean then; -1 if no mean is below `below`."""
        person, mean = -1, below
        for place, least in self.promising(removed)[: None if self._size <= _EVERYONE else _TRIES]:
            if least >= mean - 1e-12 or (self.spent and person >= 0):
                break
            now = self.mean(removed | {place})
            if now < mean - 1e-12:
                person, mean = place, now
        return person, mean

    def exchange(self, chosen: frozenset[int]) -> frozenset[int]:
        """Return the set after exchanging members one by one while that fragments more."""
        better = True
        while better and not self.spent:
            better = False
            for place in sorted(chosen):
                rest = chosen - {place}
                candidate, _ = self.best(rest, self.mean(chosen))
                if candidate >= 0:
                    chosen, better = rest | {candidate}, True
        return chosen

    def promising(self, removed: frozenset[int]) -> list[tuple[int, float]]:
        """Return remaining people with a lower bound of the mean without them, lowest first.

        In a tree of shortest paths from each start, everyone behind a person is reached through that person. Removing
        the person cuts off these people at most.
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
            has_carrier = (behind >= 0) & (behind != starts)
            carried[every[has_carrier], behind[has_carrier]] += carried[every[has_carrier], far[has_carrier]]
        lost = carried.sum(axis=0)
        counted = np.full(len(left), len(starts))
        lost[starts] += own
        counted[starts] -= 1
        pairs = np.maximum(counted * (len(left) - 2), 1)
        # A start also loses its paths back, which are `own`; each person in between counts once in it.
        least = np.maximum(total - lost, 0.0) / pairs
        order = np.lexsort((left, least.round(12)))
        return [(int(left[place]), float(least[place])) for place in order]


Search = Callable[[TieNetwork, int], tuple[str, ...]]
# Goal → search for the set that attains it best.
GOALS: Mapping[str, Search] = {"fragment": fragmenting, "reach": reaching}
