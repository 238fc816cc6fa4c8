"""Paths through a network between two entities: the shortest, the likeliest, and all up to a length.

A path visits no one twice and uses links in either direction; of several links between two entities it uses the most
believed. The number of paths grows with every step, so all work has a limit that is counted, not timed: the same
question gets the same answer, however busy the machine is.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from graphsvc.analysis.claims.claims import Claim, Dependence
from graphsvc.analysis.claims.dependence import Ints, groups
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.paths.ties import Tie, Web

# Maximum length of a path, and maximum length for listing all paths.
LONGEST, EVERY = 8, 6
# Maximum number of paths counted, and of neighbours visited, before the result says that there are more.
COUNTED, LOOKED = 5_000, 2_000_000
# Distance of a name not reached, and position of a name without links.
NOWHERE = -1
# If fewer than one link in this many is affected, links are followed one by one.
_FEW = 4
# Number of path ends for which likelihoods are cached.
_ENDS = 2


@dataclass(frozen=True, slots=True)
class Rules:
    """Links that a path may use, and names it may visit.

    Attributes:
        relations: only these relations; empty for all. least: minimum belief of a link, 0 to 1.
        recorded: whether only claims on the record count, including for belief.
        avoiding: ids that no path visits.
    """

    relations: frozenset[str] = frozenset()
    least: float = 0.0
    recorded: bool = False
    avoiding: frozenset[str] = frozenset()

    def strength(self, tie: Tie) -> float:
        """Return the belief in a link under these rules; 0 if no path may use it."""
        belief = tie.recorded if self.recorded else tie.belief
        allowed = (not self.relations or tie.relation in self.relations) and tie.other not in self.avoiding
        return belief if allowed and belief >= self.least else 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """A path: its nodes, in order, and the belief in each step (0 to 1)."""

    nodes: tuple[str, ...]
    beliefs: tuple[float, ...]

    @property
    def belief(self) -> float:
        """Belief in the whole path if its links fail independently, which is the product."""
        return math.prod(self.beliefs)

    @property
    def weakest(self) -> int:
        """Index of the least believed step; the first of several."""
        return self.beliefs.index(min(self.beliefs))


@dataclass(frozen=True, slots=True)
class Ways:
    """Result of a search for paths.

    Attributes:
        ways: the paths, best first.
        number: number of paths; with `over` the number counted before the search stopped.
        over: whether there are more paths than were counted or searched.
    """

    ways: tuple[Way, ...] = ()
    number: int = 0
    over: bool = False


class WayGround:
    """A network under rules, with the neighbours of each name by the most believed link that a path may use.

    Results are cached for the next path. Names are positions in the sorted list of names.
    """

    def __init__(self, web: Web, rules: Rules) -> None:
        self._rules = rules
        self._likelihoods: dict[int, list[Floats]] = {}
        self.web = web
        self.near = web.nearest(
            relations=rules.relations, least=rules.least, recorded=rules.recorded, avoiding=rules.avoiding
        )

    @cached_property
    def _shape(self) -> tuple[Ints, Ints, Bools]:
        """Positions with neighbours, neighbour counts, and whether each may be used (avoided names may not)."""
        steps = np.diff(self.near.starts)
        met = np.zeros(len(steps), dtype=bool)
        met[self.near.others] = True
        return np.flatnonzero(steps), steps, met

    def likelihoods(self, end: int) -> list[Floats]:
        """Return, for 0 to `LONGEST` steps, the belief in the likeliest path from each position to `end`; 0 if none."""
        known = self._likelihoods.get(end)
        if known is not None:
            return known
        near, (sources, steps, met) = self.near, self._shape
        best = np.zeros(len(steps))
        best[end] = 1.0
        within, front = [best], np.array([end])
        while len(within) <= LONGEST:
            before, best = best, best.copy() if len(front) else best
            # Visit the neighbours of positions that gained, or all positions, which is faster if many gained.
            if steps[front].sum() * _FEW < len(near.others):
                origins, rows = near.onward(front)
                neighbours, through = near.others[rows], before[front][origins] * near.beliefs[rows]
                np.maximum.at(best, neighbours, through)
                front = _distinct(neighbours[through > before[neighbours]], len(best))
            else:
                through = np.maximum.reduceat(before[near.others] * near.beliefs, near.starts[sources])
                gains = (through > before[sources]) & met[sources]
                front = sources[gains]
                best[front] = through[gains]
            within.append(best)
        if len(self._likelihoods) >= _ENDS:
            self._likelihoods.clear()
        self._likelihoods[end] = within
        return within

    def distances(self, end: int, most: int, until: int = NOWHERE) -> Ints:
        """Return distances to `end` up to `most` steps, else -1; stops once `until` is reached."""
        away = np.full(len(self.near.starts) - 1, NOWHERE)
        away[end] = 0
        front = np.array([end])
        for step in range(1, most + 1):
            neighbours = self.near.others[self.near.onward(front)[1]]
            front = _distinct(neighbours[away[neighbours] == NOWHERE], len(away))
            away[front] = step
            if not len(front) or (until != NOWHERE and away[until] != NOWHERE):
                break
        return away

    def between(self, node: str, partner: str) -> list[Tie]:
        """Return the links between two nodes that a path may use, most believed first."""
        ties = [tie for tie in self.web.between(node, partner) if self._rules.strength(tie) > 0]
        return sorted(ties, key=lambda tie: (-self._rules.strength(tie), tie.relation, tie.outward))

    def way(self, places: Iterable[int], beliefs: tuple[float, ...]) -> Way:
        """Return the path through some positions."""
        return Way(self.web.names(places), beliefs)


def shortest(network: WayGround, start: str, end: str, most: int) -> Ways:
    """Return up to `most` of the shortest paths, most believed first, and their number.

    Example:
        >>> web = Web([("a", "PAID", "b", 0.9, 0), ("b", "PAID", "d", 0.5, 0), ("a", "PAID", "c", 0.7, 0),
        ...     ("c", "PAID", "d", 0.9, 0)])
        >>> found = shortest(WayGround(web, Rules()), "a", "d", 1)
        >>> found.ways[0].nodes, found.number
        (('a', 'c', 'd'), 2)

    Limits: the shortest path is seldom the likeliest: one busy phone or address joins anyone to anyone.
    """
    first, last = _places(network, start, end)
    if first == NOWHERE or last == NOWHERE:
        return Ways()
    away = network.distances(last, LONGEST, first)
    if away[first] == NOWHERE:
        return Ways()
    number, best = {last: 1}, np.zeros(len(away))
    best[last] = 1.0
    on_the_way = _onward(network, first, away)
    for node in on_the_way[np.argsort(away[on_the_way], kind="stable")].tolist():
        neighbours, beliefs = _nearer(network, node, away)
        number[node] = sum(map(number.__getitem__, neighbours.tolist()))
        best[node] = (beliefs * best[neighbours]).max()
    ways = _best_first(network, first, last, [best] * (LONGEST + 1), lambda node: _nearer(network, node, away))
    return Ways(tuple(islice(ways, most)), number[first])


def likeliest(network: WayGround, start: str, end: str, most: int, look: int = LOOKED) -> Ways:
    """Return the `most` paths of up to eight steps with the greatest belief, the product of their links' beliefs.

    `look` is the number of neighbours to visit before the search stops (`over`); the same holds for `every`.

    Example:
        >>> web = Web([("a", "PAID", "d", 0.3, 0), ("a", "PAID", "c", 0.9, 0), ("c", "PAID", "d", 0.9, 0)])
        >>> [way.nodes for way in likeliest(WayGround(web, Rules()), "a", "d", 2).ways]
        [('a', 'c', 'd'), ('a', 'd')]

    Limits: treats links as if they failed independently, although several may rest on the same statement.
    """
    first, last = _places(network, start, end)
    if first == NOWHERE or last == NOWHERE or not (within := network.likelihoods(last))[LONGEST][first]:
        return Ways()
    looked = _Looked(look)
    ways = list(islice(_best_first(network, first, last, within, network.near.of, looked), most + 1))
    return Ways(tuple(ways[:most]), min(len(ways), most), over=looked.over or len(ways) > most)


def every(network: WayGround, start: str, end: str, steps: int, most: int, look: int = LOOKED) -> Ways:
    """Return up to `most` of all paths of at most `steps` steps, by length and then falling belief.

    Example:
        >>> web = Web([("a", "PAID", "d", 0.3, 0), ("a", "PAID", "c", 0.9, 0), ("c", "PAID", "d", 0.9, 0)])
        >>> found = every(WayGround(web, Rules()), "a", "d", 3, 1)
        >>> found.ways[0].nodes, found.number, found.over
        (('a', 'd'), 2, False)

    Limits: counting stops after some thousands. All shorter paths are then included, but of the longest only the
    first found.
    """
    first, last = _places(network, start, end)
    if first == NOWHERE or last == NOWHERE:
        return Ways()
    away = network.distances(last, min(steps, EVERY))
    if away[first] == NOWHERE:
        return Ways()
    ways: list[Way] = []
    looked = _Looked(look)
    for length in range(int(away[first]), min(steps, EVERY) + 1):
        room = COUNTED - len(ways)
        same = list(islice(_exactly(network, ((first,), ()), last, length, away, looked), room + 1))
        ways += [network.way(*way) for way in same[:room]]
        looked.over |= len(same) > room
        if looked.over:
            break
    ways.sort(key=lambda way: (len(way.nodes), -round(way.belief, 12), way.nodes))
    return Ways(tuple(ways[:most]), len(ways), over=looked.over)


@dataclass(frozen=True, slots=True)
class AccountWay:
    """The shortest path from a group of witnesses to a person.

    Attributes:
        group: pseudonyms of the sources that depend on each other; source: the source whose claim starts the path.
        claim: that claim; it is the first step, and both its ends are on the path.
        way: the path, starting at the far end of the claim.
    """

    group: frozenset[str]
    source: str
    claim: Claim
    way: Way


def accounts(
    network: WayGround,
    rules: Rules,
    claims: Iterable[Claim],
    dependence: Dependence,
    end: str,
    strength: Callable[[Claim], float],
) -> list[AccountWay]:
    """Return the shortest path to `end` for each group of witnesses; of equally short paths, the most believed.

    Args:
        network: the network, under `rules`.
        rules: the rules for links; a claim may start a path if a link like it may be used.
        claims: claims of sources; only assertions of witnesses start a path.
        dependence: dependence between sources. Groups are formed among the sources that lead to `end` at all.
        end: id where the paths end.
        strength: function that returns the belief in a claim, 0 to 1.

    Example:
        >>> claim = Claim("c1", "p1", "PAID", "p2", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "person")
        >>> ground = WayGround(Web([("p1", "PAID", "p2", 0.5, 0), ("p2", "PAID", "p3", 0.9, 0)]), Rules())
        >>> [(one.source, one.way.nodes) for one in accounts(ground, Rules(), [claim], {}, "p3", lambda _claim: 0.5)]
        [('s1', ('p1', 'p2', 'p3'))]

    Limits: names sources, so it is for readers with source clearance. A path of true claims can still mean nothing.
    """
    last = network.web.place(end)
    if last is None:
        return []
    away = network.distances(last, LONGEST - 1)
    onward = {last: Way((end,), ())}
    best: dict[str, tuple[tuple[int, float, tuple[str, ...], str], AccountWay]] = {}
    for claim in claims:
        recorded = claim.on_record or not rules.recorded
        if claim.source_kind != "witness" or not claim.asserts or not recorded:
            continue
        believed = strength(claim)
        for far, near in ((claim.subject, claim.object), (claim.object, claim.subject)):
            tie = Tie(near, claim.relation, believed, believed, outward=True)
            place = network.web.place(near)
            if place is None or away[place] == NOWHERE or far == near or far in rules.avoiding:
                continue
            if not rules.strength(tie):
                continue
            rest = _towards(network, place, away, onward)
            if far in rest.nodes:
                continue
            way = Way((far, *rest.nodes), (believed, *rest.beliefs))
            order = (len(way.nodes), -round(way.belief, 12), way.nodes, claim.id)
            if claim.source not in best or order < best[claim.source][0]:
                best[claim.source] = order, AccountWay(frozenset(), claim.source, claim, way)
    pairs = []
    for group in groups(best, dependence):
        order, account = min((best[source] for source in group), key=lambda pair: pair[0])
        pairs.append((order, AccountWay(group, account.source, account.claim, account.way)))
    return [account for _, account in sorted(pairs, key=lambda pair: (pair[0], min(pair[1].group)))]


# -- path search ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Looked:
    """Number of neighbours still to visit; `over`: the limit was reached, or there are more paths than are counted."""

    most: int = LOOKED
    over: bool = False

    def at(self, neighbours: int) -> bool:
        """Record a visit to some neighbours; return False once the limit is exceeded."""
        self.most -= neighbours
        self.over |= self.most < 0
        return not self.over


def _distinct(places: Ints, size: int) -> Ints:
    """Return the distinct positions below `size`, sorted."""
    is_marked = np.zeros(size, dtype=bool)
    is_marked[places] = True
    return np.flatnonzero(is_marked)


def _places(network: WayGround, *names: str) -> list[int]:
    """Return the positions of some names; NOWHERE for names without links."""
    places = map(network.web.place, names)
    return [NOWHERE if place is None else place for place in places]


def _best_first(
    network: WayGround,
    start: int,
    end: int,
    within: Sequence[Floats],
    onward: Callable[[int], tuple[Ints, Floats]],
    looked: _Looked | None = None,
) -> Iterator[Way]:
    """Yield paths of up to eight steps in falling order of belief.

    `within` limits the belief in the rest of a path, by steps left and node; `onward` returns the next nodes.
    """
    looked = looked or _Looked()
    promising: dict[tuple[int, int], _Onward] = {}
    # Entries are ordered by bound. For a path with many continuations, the heap has only those with a bound as high as
    # the current entry, and the next one. One more entry resumes the rest, ahead of paths with the same bound.
    heap: list[tuple[float, tuple[int, ...], float, Any]] = [(-within[LONGEST][start], (start,), 1.0, ())]
    turn = 0
    while heap:
        promise, nodes, so_far, known = heapq.heappop(heap)
        if nodes:
            node = nodes[-1]
            if node == end:
                yield network.way(nodes, known)
                continue
            at = node, LONGEST - len(nodes)  # steps left after the next
            if at not in promising:
                promising[at] = _promising(within[at[1]], *onward(node), len(network.near.of(node)[0]))
            if not looked.at(promising[at].beside):
                return
            rest = _Rest(nodes, known, so_far, promising[at].each())
            promise = -math.inf
        else:
            rest = known
        for neighbour, belief, more in rest.onward:
            if neighbour in rest.nodes:
                continue
            believed = rest.so_far * belief
            next_promise = -round(believed * more, 12)
            heapq.heappush(heap, (next_promise, (*rest.nodes, neighbour), believed, (*rest.beliefs, belief)))
            if next_promise > promise > -math.inf:
                turn += 1
                heapq.heappush(heap, (next_promise, (), turn, rest))
                break
            promise = next_promise


class _Onward(NamedTuple):
    """Continuations of a path from one node, highest bound first; `beside` counts the neighbours of the node."""

    others: list[int]
    beliefs: list[float]
    bests: list[float]
    beside: int

    def each(self) -> Iterator[tuple[int, float, float]]:
        """Yield each continuation with its belief and the bound of the rest from there."""
        return zip(self.others, self.beliefs, self.bests, strict=True)


def _promising(best: Floats, neighbours: Ints, beliefs: Floats, beside: int) -> _Onward:
    bests = best[neighbours]
    promised = beliefs * bests
    order = np.argsort(-promised, kind="stable")[: np.count_nonzero(promised)]
    return _Onward(neighbours[order].tolist(), beliefs[order].tolist(), bests[order].tolist(), beside)


class _Rest(NamedTuple):
    """A path with the continuations still to try, highest bound first."""

    nodes: tuple[int, ...]
    beliefs: tuple[float, ...]
    so_far: float
    onward: Iterator[tuple[int, float, float]]


def _nearer(network: WayGround, node: int, away: Ints) -> tuple[Ints, Floats]:
    """Return the neighbours of a node that are a step nearer to the end, and the belief in the links to them."""
    neighbours, beliefs = network.near.of(node)
    nearer = away[neighbours] == away[node] - 1
    return neighbours[nearer], beliefs[nearer]


def _onward(network: WayGround, start: int, away: Ints) -> Ints:
    """Return the nodes of all shortest paths, except their end."""
    fronts = [np.array([start])]
    while len(front := fronts[-1]):
        origins, rows = network.near.onward(front)
        neighbours = network.near.others[rows]
        nearer = (away[neighbours] == away[front][origins] - 1) & (away[neighbours] > 0)
        fronts.append(_distinct(neighbours[nearer], len(away)))
    return np.concatenate(fronts)


def _towards(network: WayGround, node: int, away: Ints, known: dict[int, Way]) -> Way:
    """Return the most believed of the shortest paths from a node to the end; `known`: results so far."""
    if node not in known:
        neighbours, beliefs = _nearer(network, node, away)
        (name,) = network.web.names([node])
        ways = (
            (belief, _towards(network, neighbour, away, known))
            for neighbour, belief in zip(neighbours.tolist(), beliefs.tolist(), strict=True)
        )
        known[node] = min(
            (Way((name, *way.nodes), (belief, *way.beliefs)) for belief, way in ways),
            key=lambda way: (-round(way.belief, 12), way.nodes),
        )
    return known[node]


def _exactly(
    network: WayGround,
    so_far: tuple[tuple[int, ...], tuple[float, ...]],
    end: int,
    steps: int,
    away: Ints,
    looked: _Looked,
) -> Iterator[tuple[tuple[int, ...], tuple[float, ...]]]:
    """Yield paths of exactly this many more steps, with their beliefs, trying the most believed links first."""
    nodes, path_beliefs = so_far
    neighbours, beliefs = network.near.of(nodes[-1])
    if not looked.at(len(neighbours)):
        return
    goes = (away[neighbours] != NOWHERE) & (away[neighbours] < steps)
    for neighbour, belief in zip(neighbours[goes].tolist(), beliefs[goes].tolist(), strict=True):
        longer = (*nodes, neighbour), (*path_beliefs, belief)
        if neighbour == end:
            if steps == 1:
                yield longer
        elif neighbour not in nodes:
            yield from _exactly(network, longer, end, steps - 1, away, looked)
