"""Ways through a network from one to another: the shortest, the likeliest, and every one up to a length.

A way passes nobody twice and goes over a link in either direction; of several links between two it takes the most
believed. How many ways there are grows with every step, so all work has an end that is counted, not timed: the same
question gets the same answer, however busy the machine is.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from graphsvc.analysis.evidence.claims import Claim, Dependence
from graphsvc.analysis.evidence.dependence import groups
from graphsvc.analysis.links.ties import Tie, Web

# The longest way that is looked for at all, and the longest of which every one is.
LONGEST, EVERY = 8, 6
# Ways that are counted, and neighbours that are looked at on the way, before it is said that there are more.
COUNTED, LOOKED = 5_000, 2_000_000
# Ends of which it is kept how likely each way there is.
_ENDS = 8


@dataclass(frozen=True, slots=True)
class Rules:
    """Which links a way may take, and whom it may pass.

    Attributes:
        relations: only these; empty for all. least: links believed at least so much, 0 to 1.
        recorded: only what is said on the record counts, for belief as well.
        avoiding: ids that no way passes.
    """

    relations: frozenset[str] = frozenset()
    least: float = 0.0
    recorded: bool = False
    avoiding: frozenset[str] = frozenset()

    def strength(self, tie: Tie) -> float:
        """How far a link is believed under these rules; 0 if no way may take it."""
        return self.strength_of(tie.other, tie.relation, tie.belief, tie.recorded)

    def strength_of(self, other: str, relation: str, belief: float, recorded: float) -> float:
        """The same of plain values, as `Web.beside` gives them.

        Example:
            >>> Rules(recorded=True).strength_of("b", "PAID", 0.8, 0.3)
            0.3

        Limits: as `strength`.
        """
        held = recorded if self.recorded else belief
        allowed = (not self.relations or relation in self.relations) and other not in self.avoiding
        return held if allowed and held >= self.least else 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """A way: who is on it, in order, and how far each step is believed (0 to 1)."""

    nodes: tuple[str, ...]
    beliefs: tuple[float, ...]

    @property
    def belief(self) -> float:
        """How far all of it is believed, if its links fail independently: the product."""
        return math.prod(self.beliefs)

    @property
    def weakest(self) -> int:
        """The step that is believed least; of several the first."""
        return self.beliefs.index(min(self.beliefs))


@dataclass(frozen=True, slots=True)
class Ways:
    """What was found.

    Attributes:
        ways: best first.
        number: how many there are; with `over` those that were counted before it was given up.
        over: there are more than were counted or looked for.
    """

    ways: tuple[Way, ...] = ()
    number: int = 0
    over: bool = False


class WayGround:
    """A network under rules: who is beside whom, each by the most believed link that a way may take.

    It keeps what it worked out for the next way.
    """

    def __init__(self, web: Web, rules: Rules) -> None:
        self._web = web
        self._rules = rules
        self._beside: dict[str, dict[str, float]] = {}
        self._likelihoods: dict[str, dict[str, float]] = {}

    def beside(self, node: str) -> dict[str, float]:
        """Neighbours with how far they are believed to be, most believed first, then by id."""
        known = self._beside.get(node)
        if known is None:
            best: dict[str, float] = {}
            strength_of = self._rules.strength_of
            for other, relation, belief, recorded in self._web.beside(node):
                strength = strength_of(other, relation, belief, recorded)
                if strength > best.get(other, 0.0):
                    best[other] = strength
            known = self._beside[node] = dict(sorted(best.items(), key=lambda pair: (-pair[1], pair[0])))
        return known

    def likelihoods(self, end: str) -> Mapping[str, float]:
        """How far the likeliest way from each to `end` is believed, wherever there is one."""
        known = self._likelihoods.get(end)
        if known is not None:
            return known
        best: dict[str, float] = {}
        heap, so_far = [(-1.0, end)], {end: -1.0}
        while heap:
            believed, node = heapq.heappop(heap)
            if node in best:
                continue
            best[node] = -believed
            for other, belief in self.beside(node).items():
                if (through := believed * belief) < so_far.get(other, 0.0):
                    so_far[other] = through
                    heapq.heappush(heap, (through, other))
        if len(self._likelihoods) >= _ENDS:
            self._likelihoods.clear()
        self._likelihoods[end] = best
        return best

    def between(self, node: str, other: str) -> list[Tie]:
        """The links from one to another that a way may take, most believed first."""
        ties = [tie for tie in self._web.ties(node) if tie.other == other and self._rules.strength(tie) > 0]
        return sorted(ties, key=lambda tie: (-self._rules.strength(tie), tie.relation, tie.outward))

    def way(self, nodes: Iterable[str]) -> Way:
        """A row of neighbours as a way."""
        row = tuple(nodes)
        return Way(row, tuple(self.beside(node)[other] for node, other in pairwise(row)))


def shortest(ground: WayGround, start: str, end: str, most: int) -> Ways:
    """All shortest ways, at most `most` of them given, most believed first.

    Example:
        >>> web = Web([("a", "PAID", "b", 0.9, 0), ("b", "PAID", "d", 0.5, 0), ("a", "PAID", "c", 0.7, 0),
        ...     ("c", "PAID", "d", 0.9, 0)])
        >>> found = shortest(WayGround(web, Rules()), "a", "d", 1)
        >>> found.ways[0].nodes, found.number
        (('a', 'c', 'd'), 2)

    Limits: the shortest way is seldom the likeliest: one busy phone or address joins anyone to anyone.
    """
    away = distances(ground, end, LONGEST, start)
    if start not in away:
        return Ways()
    number, best = {end: 1}, {end: 1.0}
    for node in sorted(_onward(ground, start, away), key=lambda name: (away[name], name)):
        onward = [(other, belief) for other, belief in ground.beside(node).items() if away.get(other) == away[node] - 1]
        number[node] = sum(number[other] for other, _ in onward)
        best[node] = max(belief * best[other] for other, belief in onward)
    ways = _best_first(ground, start, end, best, lambda node, other, _steps: away.get(other) == away[node] - 1)
    return Ways(tuple(islice(ways, most)), number[start])


def likeliest(ground: WayGround, start: str, end: str, most: int, look: int = LOOKED) -> Ways:
    """The `most` ways of up to eight steps that are believed most: the product of the beliefs of their links.

    `look` is how many neighbours are looked at before it is given up (`over`); so it is for `every`.

    Example:
        >>> web = Web([("a", "PAID", "d", 0.3, 0), ("a", "PAID", "c", 0.9, 0), ("c", "PAID", "d", 0.9, 0)])
        >>> [way.nodes for way in likeliest(WayGround(web, Rules()), "a", "d", 2).ways]
        [('a', 'c', 'd'), ('a', 'd')]

    Limits: takes links as if they failed independently, though one account may stand behind several of them.
    """
    best = ground.likelihoods(end)
    if start not in best:
        return Ways()
    looked = _Looked(look)
    ways = list(
        islice(_best_first(ground, start, end, best, lambda _node, _other, steps: steps < LONGEST, looked), most + 1)
    )
    return Ways(tuple(ways[:most]), min(len(ways), most), over=looked.over or len(ways) > most)


def every(ground: WayGround, start: str, end: str, steps: int, most: int, look: int = LOOKED) -> Ways:
    """Every way of at most `steps` steps, `most` of them given: the shorter first, then the more believed.

    Example:
        >>> web = Web([("a", "PAID", "d", 0.3, 0), ("a", "PAID", "c", 0.9, 0), ("c", "PAID", "d", 0.9, 0)])
        >>> found = every(WayGround(web, Rules()), "a", "d", 3, 1)
        >>> found.ways[0].nodes, found.number, found.over
        (('a', 'd'), 2, False)

    Limits: stops counting at some thousands; then the shorter ways are all there, and of the longest only the first found.
    """
    away = distances(ground, end, min(steps, EVERY))
    if start not in away:
        return Ways()
    ways: list[Way] = []
    looked = _Looked(look)
    for length in range(away[start], min(steps, EVERY) + 1):
        room = COUNTED - len(ways)
        same = list(islice(_exactly(ground, (start,), end, length, away, looked), room + 1))
        ways += map(ground.way, same[:room])
        looked.over |= len(same) > room
        if looked.over:
            break
    ways.sort(key=lambda way: (len(way.nodes), -round(way.belief, 12), way.nodes))
    return Ways(tuple(ways[:most]), len(ways), over=looked.over)


def distances(ground: WayGround, end: str, most: int, until: str = "") -> dict[str, int]:
    """How many steps everyone within `most` steps is away from `end`; once `until` is met, nobody farther is looked for.

    Example:
        >>> distances(WayGround(Web([("a", "PAID", "b", 0.9, 0), ("b", "PAID", "c", 0.5, 0)]), Rules()), "c", 4)
        {'c': 0, 'b': 1, 'a': 2}

    Limits: a step says nothing of how far it is believed.
    """
    away, front = {end: 0}, [end]
    for step in range(1, most + 1):
        neighbours = dict.fromkeys(other for node in front for other in ground.beside(node) if other not in away)
        away.update(dict.fromkeys(neighbours, step))
        front = list(neighbours)
        if not front or until in away:
            break
    return away


@dataclass(frozen=True, slots=True)
class AccountWay:
    """The shortest way from what a group of witnesses says to somebody.

    Attributes:
        group: pseudonyms of the sources that depend on each other; source: of the one whose claim begins the way.
        claim: that claim; both its ends are on the way, and it is the first step.
        way: from the far end of the claim.
    """

    group: frozenset[str]
    source: str
    claim: Claim
    way: Way


def accounts(
    ground: WayGround,
    rules: Rules,
    claims: Iterable[Claim],
    dependence: Dependence,
    end: str,
    strength: Callable[[Claim], float],
) -> list[AccountWay]:
    """For each group of witnesses whose accounts lead to `end`, the shortest way there, most believed of several.

    Args:
        ground: the network, under `rules`.
        rules: which claims may begin a way: the same as which links it may take.
        claims: what sources say; only what witnesses assert begins a way.
        dependence: which sources depend on each other. Groups are those among the sources that lead there at all.
        end: where the ways go.
        strength: how far one claim is believed, 0 to 1.

    Example:
        >>> claim = Claim("c1", "p1", "PAID", "p2", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "person")
        >>> ground = WayGround(Web([("p1", "PAID", "p2", 0.5, 0), ("p2", "PAID", "p3", 0.9, 0)]), Rules())
        >>> [(one.source, one.way.nodes) for one in accounts(ground, Rules(), [claim], {}, "p3", lambda _claim: 0.5)]
        [('s1', ('p1', 'p2', 'p3'))]

    Limits: names sources, so that only those cleared for them are shown it. A way of true claims can still mean nothing.
    """
    away = distances(ground, end, LONGEST - 1)
    onward = _towards(ground, end, away)
    best: dict[str, tuple[tuple[int, float, tuple[str, ...], str], AccountWay]] = {}
    for claim in claims:
        recorded = claim.on_record or not rules.recorded
        if claim.source_kind != "witness" or not claim.asserts or not recorded:
            continue
        believed = strength(claim)
        for far, near in ((claim.subject, claim.object), (claim.object, claim.subject)):
            tie = Tie(near, claim.relation, believed, believed, outward=True)
            if near not in away or far == near or far in rules.avoiding or not rules.strength(tie):
                continue
            rest = onward[near]
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


# -- how ways are found -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Looked:
    """How many neighbours may be looked at; `over`: these were not enough, or there are more ways than are counted."""

    most: int = LOOKED
    over: bool = False

    def at(self, neighbours: Mapping[str, float]) -> bool:
        """Whether these may be looked at as well."""
        self.most -= len(neighbours)
        self.over |= self.most < 0
        return not self.over


def _best_first(
    ground: WayGround,
    start: str,
    end: str,
    best: Mapping[str, float],
    may: Callable[[str, str, int], bool],
    looked: _Looked | None = None,
) -> Iterator[Way]:
    """Ways in falling belief; `best` is how far the rest of a way is believed at most, from each node on."""
    looked = looked or _Looked()
    promising: dict[str, list[tuple[str, float]]] = {}
    # By what each promises. Of a way that goes on in many directions only those are in it that promise as much as what is
    # taken now, and one more; and instead of the others, before all ways that promise the same, where to go on with them.
    heap: list[tuple[float, tuple[str, ...], float, Any]] = [(-best[start], (start,), 1.0, ())]
    turn = 0
    while heap:
        promise, nodes, so_far, known = heapq.heappop(heap)
        if nodes:
            node = nodes[-1]
            if node == end:
                yield Way(nodes, known)
                continue
            beside = ground.beside(node)
            if not looked.at(beside):
                return
            if node not in promising:
                there = [(other, belief) for other, belief in beside.items() if other in best]
                promising[node] = sorted(there, key=lambda pair: -pair[1] * best[pair[0]])
            rest = _Rest(nodes, known, so_far, iter(promising[node]))
            promise = -math.inf
        else:
            rest = known
        for other, belief in rest.onward:
            if other in rest.nodes or not may(rest.nodes[-1], other, len(rest.nodes) - 1):
                continue
            believed = rest.so_far * belief
            next_promise = -round(believed * best[other], 12)
            heapq.heappush(heap, (next_promise, (*rest.nodes, other), believed, (*rest.beliefs, belief)))
            if next_promise > promise > -math.inf:
                turn += 1
                heapq.heappush(heap, (next_promise, (), turn, rest))
                break
            promise = next_promise


@dataclass(frozen=True, slots=True)
class _Rest:
    """Where a way may go on: to whom is left, whoever promises most first."""

    nodes: tuple[str, ...]
    beliefs: tuple[float, ...]
    so_far: float
    onward: Iterator[tuple[str, float]]


def _onward(ground: WayGround, start: str, away: Mapping[str, int]) -> set[str]:
    """Who is on a shortest way, but for its end."""
    nodes, front = {start}, [start]
    while front:
        front = list(
            {
                other
                for node in front
                for other in ground.beside(node)
                if away.get(other) == away[node] - 1 and away[other] and other not in nodes
            }
        )
        nodes.update(front)
    return nodes


def _towards(ground: WayGround, end: str, away: Mapping[str, int]) -> dict[str, Way]:
    """The most believed of the shortest ways from each to `end`."""
    ways = {end: Way((end,), ())}
    for node in sorted(away, key=lambda name: (away[name], name)):
        if node != end:
            ways[node] = min(
                (
                    Way((node, *ways[other].nodes), (belief, *ways[other].beliefs))
                    for other, belief in ground.beside(node).items()
                    if away.get(other) == away[node] - 1
                ),
                key=lambda way: (-round(way.belief, 12), way.nodes),
            )
    return ways


def _exactly(
    ground: WayGround, nodes: tuple[str, ...], end: str, steps: int, away: Mapping[str, int], looked: _Looked
) -> Iterator[tuple[str, ...]]:
    """Ways of exactly so many more steps, going first where a link is believed most."""
    if not looked.at(ground.beside(nodes[-1])):
        return
    for other in ground.beside(nodes[-1]):
        if other == end:
            if steps == 1:
                yield (*nodes, end)
        elif other not in nodes and away.get(other, steps) < steps:
            yield from _exactly(ground, (*nodes, other), end, steps - 1, away, looked)
