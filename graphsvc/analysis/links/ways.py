"""Ways through a network from one to another: the shortest, the likeliest, and every one up to a length.

A way passes nobody twice and goes over a link in either direction; of several links between two it takes the most
believed. How many ways there are grows with every step, so all work has an end that is counted, not timed: the same
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

from graphsvc.analysis.evidence.claims import Claim, Dependence
from graphsvc.analysis.evidence.dependence import Ints, groups
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.links.ties import Tie, Web

# The longest way that is looked for at all, and the longest of which every one is.
LONGEST, EVERY = 8, 6
# Ways that are counted, and neighbours that are looked at on the way, before it is said that there are more.
COUNTED, LOOKED = 5_000, 2_000_000
# How far who is not met is away, and where who has no ties stands.
NOWHERE = -1
# One in so many links, and fewer, are gone through one by one.
_FEW = 4
# Ends of which it is kept how likely each way there is.
_ENDS = 2


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
        held = tie.recorded if self.recorded else tie.belief
        allowed = (not self.relations or tie.relation in self.relations) and tie.other not in self.avoiding
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

    It keeps what it worked out for the next way. People and things stand by their places among all names, sorted.
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
        """Who has neighbours; how many each has; and who is somebody's: who is avoided has neighbours, and is nobody's."""
        steps = np.diff(self.near.starts)
        met = np.zeros(len(steps), dtype=bool)
        met[self.near.others] = True
        return np.flatnonzero(steps), steps, met

    def likelihoods(self, end: int) -> list[Floats]:
        """How far the likeliest way from each to `end` is believed, 0 where there is none: of no step, of one at most, and so on to `LONGEST`."""
        known = self._likelihoods.get(end)
        if known is not None:
            return known
        near, (there, steps, met) = self.near, self._shape
        best = np.zeros(len(steps))
        best[end] = 1.0
        within, front = [best], np.array([end])
        while len(within) <= LONGEST:
            before, best = best, best.copy() if len(front) else best
            # Who is beside whoever gained, or all at once, which is quicker for many.
            if steps[front].sum() * _FEW < len(near.others):
                whose, which = near.onward(front)
                others, through = near.others[which], before[front][whose] * near.beliefs[which]
                np.maximum.at(best, others, through)
                front = _marked(others[through > before[others]], len(best))
            else:
                through = np.maximum.reduceat(before[near.others] * near.beliefs, near.starts[there])
                gains = (through > before[there]) & met[there]
                front = there[gains]
                best[front] = through[gains]
            within.append(best)
        if len(self._likelihoods) >= _ENDS:
            self._likelihoods.clear()
        self._likelihoods[end] = within
        return within

    def distances(self, end: int, most: int, until: int = NOWHERE) -> Ints:
        """How many steps everyone within `most` steps is away from `end`, others -1; once `until` is met, nobody farther is looked for."""
        away = np.full(len(self.near.starts) - 1, NOWHERE)
        away[end] = 0
        front = np.array([end])
        for step in range(1, most + 1):
            others = self.near.others[self.near.onward(front)[1]]
            front = _marked(others[away[others] == NOWHERE], len(away))
            away[front] = step
            if not len(front) or (until != NOWHERE and away[until] != NOWHERE):
                break
        return away

    def between(self, node: str, other: str) -> list[Tie]:
        """The links from one to another that a way may take, most believed first."""
        ties = [tie for tie in self.web.between(node, other) if self._rules.strength(tie) > 0]
        return sorted(ties, key=lambda tie: (-self._rules.strength(tie), tie.relation, tie.outward))

    def way(self, places: Iterable[int], beliefs: tuple[float, ...]) -> Way:
        """Those at some places as a way."""
        return Way(self.web.names(places), beliefs)


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
    first, last = _places(ground, start, end)
    if first == NOWHERE or last == NOWHERE:
        return Ways()
    away = ground.distances(last, LONGEST, first)
    if away[first] == NOWHERE:
        return Ways()
    number, best = {last: 1}, np.zeros(len(away))
    best[last] = 1.0
    on_the_way = _onward(ground, first, away)
    for node in on_the_way[np.argsort(away[on_the_way], kind="stable")].tolist():
        others, beliefs = _nearer(ground, node, away)
        number[node] = sum(map(number.__getitem__, others.tolist()))
        best[node] = (beliefs * best[others]).max()
    ways = _best_first(ground, first, last, [best] * (LONGEST + 1), lambda node: _nearer(ground, node, away))
    return Ways(tuple(islice(ways, most)), number[first])


def likeliest(ground: WayGround, start: str, end: str, most: int, look: int = LOOKED) -> Ways:
    """The `most` ways of up to eight steps that are believed most: the product of the beliefs of their links.

    `look` is how many neighbours are looked at before it is given up (`over`); so it is for `every`.

    Example:
        >>> web = Web([("a", "PAID", "d", 0.3, 0), ("a", "PAID", "c", 0.9, 0), ("c", "PAID", "d", 0.9, 0)])
        >>> [way.nodes for way in likeliest(WayGround(web, Rules()), "a", "d", 2).ways]
        [('a', 'c', 'd'), ('a', 'd')]

    Limits: takes links as if they failed independently, though one account may stand behind several of them.
    """
    first, last = _places(ground, start, end)
    if first == NOWHERE or last == NOWHERE or not (within := ground.likelihoods(last))[LONGEST][first]:
        return Ways()
    looked = _Looked(look)
    ways = list(islice(_best_first(ground, first, last, within, ground.near.of, looked), most + 1))
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
    first, last = _places(ground, start, end)
    if first == NOWHERE or last == NOWHERE:
        return Ways()
    away = ground.distances(last, min(steps, EVERY))
    if away[first] == NOWHERE:
        return Ways()
    ways: list[Way] = []
    looked = _Looked(look)
    for length in range(int(away[first]), min(steps, EVERY) + 1):
        room = COUNTED - len(ways)
        same = list(islice(_exactly(ground, ((first,), ()), last, length, away, looked), room + 1))
        ways += [ground.way(*way) for way in same[:room]]
        looked.over |= len(same) > room
        if looked.over:
            break
    ways.sort(key=lambda way: (len(way.nodes), -round(way.belief, 12), way.nodes))
    return Ways(tuple(ways[:most]), len(ways), over=looked.over)


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
    last = ground.web.place(end)
    if last is None:
        return []
    away = ground.distances(last, LONGEST - 1)
    onward = {last: Way((end,), ())}
    best: dict[str, tuple[tuple[int, float, tuple[str, ...], str], AccountWay]] = {}
    for claim in claims:
        recorded = claim.on_record or not rules.recorded
        if claim.source_kind != "witness" or not claim.asserts or not recorded:
            continue
        believed = strength(claim)
        for far, near in ((claim.subject, claim.object), (claim.object, claim.subject)):
            tie = Tie(near, claim.relation, believed, believed, outward=True)
            place = ground.web.place(near)
            if place is None or away[place] == NOWHERE or far == near or far in rules.avoiding:
                continue
            if not rules.strength(tie):
                continue
            rest = _towards(ground, place, away, onward)
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

    def at(self, neighbours: int) -> bool:
        """Whether so many may be looked at as well."""
        self.most -= neighbours
        self.over |= self.most < 0
        return not self.over


def _marked(places: Ints, size: int) -> Ints:
    """Each of some places below `size` once, in order."""
    there = np.zeros(size, dtype=bool)
    there[places] = True
    return np.flatnonzero(there)


def _places(ground: WayGround, *names: str) -> list[int]:
    """Where some stand; NOWHERE for who has no ties."""
    places = map(ground.web.place, names)
    return [NOWHERE if place is None else place for place in places]


def _best_first(
    ground: WayGround,
    start: int,
    end: int,
    within: Sequence[Floats],
    onward: Callable[[int], tuple[Ints, Floats]],
    looked: _Looked | None = None,
) -> Iterator[Way]:
    """Ways of up to eight steps in falling belief.

    `within` is how far the rest of a way is believed at most, by the steps that are left and from each node on: of one that is
    likelier with more steps nothing is promised. `onward`: whom it may go on to from one.
    """
    looked = looked or _Looked()
    promising: dict[tuple[int, int], _Onward] = {}
    # By what each promises. Of a way that goes on in many directions only those are in it that promise as much as what is
    # taken now, and one more; and instead of the others, before all ways that promise the same, where to go on with them.
    heap: list[tuple[float, tuple[int, ...], float, Any]] = [(-within[LONGEST][start], (start,), 1.0, ())]
    turn = 0
    while heap:
        promise, nodes, so_far, known = heapq.heappop(heap)
        if nodes:
            node = nodes[-1]
            if node == end:
                yield ground.way(nodes, known)
                continue
            at = node, LONGEST - len(nodes)  # steps that are left after the next
            if at not in promising:
                promising[at] = _promising(within[at[1]], *onward(node), len(ground.near.of(node)[0]))
            if not looked.at(promising[at].beside):
                return
            rest = _Rest(nodes, known, so_far, promising[at].each())
            promise = -math.inf
        else:
            rest = known
        for other, belief, more in rest.onward:
            if other in rest.nodes:
                continue
            believed = rest.so_far * belief
            next_promise = -round(believed * more, 12)
            heapq.heappush(heap, (next_promise, (*rest.nodes, other), believed, (*rest.beliefs, belief)))
            if next_promise > promise > -math.inf:
                turn += 1
                heapq.heappush(heap, (next_promise, (), turn, rest))
                break
            promise = next_promise


class _Onward(NamedTuple):
    """Whom a way may go on to from one, whoever promises most first; `beside`: how many are beside that one."""

    others: list[int]
    beliefs: list[float]
    bests: list[float]
    beside: int

    def each(self) -> Iterator[tuple[int, float, float]]:
        """Each with how far it is believed, and the rest of a way from there at most."""
        return zip(self.others, self.beliefs, self.bests, strict=True)


def _promising(best: Floats, others: Ints, beliefs: Floats, beside: int) -> _Onward:
    bests = best[others]
    promised = beliefs * bests
    order = np.argsort(-promised, kind="stable")[: np.count_nonzero(promised)]
    return _Onward(others[order].tolist(), beliefs[order].tolist(), bests[order].tolist(), beside)


class _Rest(NamedTuple):
    """Where a way may go on: to whom is left, whoever promises most first."""

    nodes: tuple[int, ...]
    beliefs: tuple[float, ...]
    so_far: float
    onward: Iterator[tuple[int, float, float]]


def _nearer(ground: WayGround, node: int, away: Ints) -> tuple[Ints, Floats]:
    """Of those beside one whoever is a step nearer to the end, and how far they are believed."""
    others, beliefs = ground.near.of(node)
    nearer = away[others] == away[node] - 1
    return others[nearer], beliefs[nearer]


def _onward(ground: WayGround, start: int, away: Ints) -> Ints:
    """Who is on a shortest way, but for its end."""
    fronts = [np.array([start])]
    while len(front := fronts[-1]):
        whose, which = ground.near.onward(front)
        others = ground.near.others[which]
        nearer = (away[others] == away[front][whose] - 1) & (away[others] > 0)
        fronts.append(_marked(others[nearer], len(away)))
    return np.concatenate(fronts)


def _towards(ground: WayGround, node: int, away: Ints, known: dict[int, Way]) -> Way:
    """The most believed of the shortest ways from one to the end; `known`: those of some."""
    if node not in known:
        others, beliefs = _nearer(ground, node, away)
        (name,) = ground.web.names([node])
        ways = (
            (belief, _towards(ground, other, away, known))
            for other, belief in zip(others.tolist(), beliefs.tolist(), strict=True)
        )
        known[node] = min(
            (Way((name, *way.nodes), (belief, *way.beliefs)) for belief, way in ways),
            key=lambda way: (-round(way.belief, 12), way.nodes),
        )
    return known[node]


def _exactly(
    ground: WayGround,
    so_far: tuple[tuple[int, ...], tuple[float, ...]],
    end: int,
    steps: int,
    away: Ints,
    looked: _Looked,
) -> Iterator[tuple[tuple[int, ...], tuple[float, ...]]]:
    """Ways of exactly so many more steps, each with its beliefs, going first where a link is believed most."""
    nodes, held = so_far
    others, beliefs = ground.near.of(nodes[-1])
    if not looked.at(len(others)):
        return
    goes = (away[others] != NOWHERE) & (away[others] < steps)
    for other, belief in zip(others[goes].tolist(), beliefs[goes].tolist(), strict=True):
        longer = (*nodes, other), (*held, belief)
        if other == end:
            if steps == 1:
                yield longer
        elif other not in nodes:
            yield from _exactly(ground, longer, end, steps - 1, away, looked)
