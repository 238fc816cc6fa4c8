"""How sure a ranking is: what becomes of it when a witness, all who share something, or what few say of one person is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.evidence.belief import met, strengths, support
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Floats, Ledger
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.basis import Basis
from graphsvc.analysis.score.network import Operation

# A lead rests on one witness if so much of its score goes with them.
RESTS_ON = 0.5
DRAWS = 40
# Of the draws so many lie outside the interval at either end.
_TAIL = 0.05


@dataclass(frozen=True, slots=True)
class Place:
    """How far one person's place in the list holds.

    Attributes:
        best: best rank over all that was left out, from 1; `worst` the worst. Both hold the rank with nothing left out.
        loss: greatest share of a positive score that goes with one of what was left out, from 0; more than 1 where the
            score turns negative, 0 where it is not positive.
        low: best of the nine in ten ranks that uncertain data leave likely; `high` the worst of them.
    """

    best: int
    worst: int
    loss: float
    low: int
    high: int

    @property
    def rests_on_one(self) -> bool:
        """Whether so much goes with one of what was left out that the place rests on it."""
        return self.loss >= RESTS_ON


def witnesses(ledger: Ledger) -> list[Ints]:
    """Each witness, as the sets of sources to leave out.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> [one.tolist() for one in witnesses(encode([said("s1: p1 RUNS g1"), said("s2: p1 RUNS g1")], {}))]
        [[0], [1]]

    Limits: witnesses whose every account was taken back are none.
    """
    return [np.array([source]) for source in np.unique(ledger.source[ledger.witness]).tolist()]


def together(ledger: Ledger) -> list[Ints]:
    """All witnesses who share one thing, thing by thing, and each who shares nothing: what may fail together.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> claims = [said(f"s{number}: p1 RUNS g1") for number in range(3)]
        >>> [one.tolist() for one in together(encode(claims, {"s0": {"boat"}, "s1": {"boat"}}))]
        [[0, 1], [2]]

    Limits: who is joined only through a third is left out with that third, not with each other.
    """
    holders: dict[int, list[int]] = defaultdict(list)
    alone = []
    for source in np.unique(ledger.source[ledger.witness]).tolist():
        keys = ledger.keys[ledger.starts[source] : ledger.starts[source + 1]].tolist()
        for key in keys:
            holders[key].append(source)
        if not keys:
            alone.append(source)
    sets = sorted({tuple(those) for those in holders.values()} | {(source,) for source in alone})
    return [np.array(sources) for sources in sets]


def by_person(ledger: Ledger) -> list[Ints]:
    """Of what is told as one (`folding.as_told`): for each person the first account of every link of theirs.

    Where few witnesses speak of a link, that is all that they said of it.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.score.folding import as_told
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> told = as_told([said("s1: p1 RUNS g1"), said("s1: p2 RUNS g1")], {}, 3)
        >>> [one.tolist() for one in by_person(encode(told, {}))]
        [[0], [1]]

    Limits: who is named by one witness and who is named by two of the few stand and fall alike.
    """
    rows = np.flatnonzero(ledger.witness)
    side = ledger.link[rows] * 2 + ledger.denies[rows]
    first = rows[np.unique(side, return_index=True)[1]]
    theirs: dict[int, set[int]] = defaultdict(set)
    for row in first.tolist():
        claim = ledger.claims[row]
        for end, kind in ((ledger.subject[row], claim.subject_kind), (ledger.object[row], claim.object_kind)):
            if kind == "person":
                theirs[int(end)].add(int(ledger.source[row]))
    return [np.array(sources) for sources in sorted({tuple(sorted(sources)) for sources in theirs.values()})]


def without(ledger: Ledger, left_out: Sequence[Ints]) -> list[tuple[Ints, Floats]]:
    """For each set of sources the links they speak of, and how far those are believed without them.

    Args:
        ledger: the claims.
        left_out: sets of numbers of sources.

    Returns:
        For each set (links, belief), the links each once.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> ledger = encode([said("s1: p1 RUNS g1"), said("s2: p1 RUNS g1")], {})
        >>> [(links.tolist(), belief.round(3).tolist()) for links, belief in without(ledger, [np.array([0])])]
        [([0], [0.714])]

    Limits: groups are made anew among those who remain, as they would be had the others never spoken.
    """
    sources = len(ledger.starts)
    of = np.repeat(np.arange(len(left_out)), [len(numbers) for numbers in left_out])
    gone = np.unique(of * sources + np.concatenate([*left_out, np.zeros(0, dtype=np.int64)]).astype(np.int64))
    by_source = np.argsort(ledger.source, kind="stable")
    bounds = np.searchsorted(ledger.source[by_source], np.arange(sources + 1))
    row, owner = _spread(bounds, by_source, gone % sources, gone // sources)
    links = int(ledger.link.max(initial=-1)) + 1
    pairs = np.unique(owner * max(links, 1) + ledger.link[row])
    which, link = np.divmod(pairs, max(links, 1))
    by_link = np.argsort(ledger.link, kind="stable")
    edges = np.searchsorted(ledger.link[by_link], np.arange(links + 1))
    row, pair = _spread(edges, by_link, link, np.arange(len(pairs)))
    remaining = ~np.isin(which[pair] * sources + ledger.source[row], gone)
    row, pair = row[remaining], pair[remaining]
    strength = strengths(ledger)
    sides = []
    for chosen in (~ledger.denies[row], ledger.denies[row]):
        rows, whose = row[chosen], pair[chosen]
        sides.append(support(whose, ledger.groups(whose, rows), strength[rows], len(pairs), ledger.weights.repeated))
    belief = met(*sides)
    ends = np.searchsorted(which, np.arange(len(left_out) + 1))
    return [(link[a:b], belief[a:b]) for a, b in pairwise(ends.tolist())]


def _spread(bounds: Ints, order: Ints, wanted: Ints, owner: Ints) -> tuple[Ints, Ints]:
    """The members of each wanted bin, one after the other, and whose each is."""
    count = bounds[wanted + 1] - bounds[wanted]
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return order[np.repeat(bounds[wanted], count) + offset], np.repeat(owner, count)


def places(on: Basis, left_out: Sequence[Ints], seed: int = 0) -> dict[str, Place]:
    """How far each place holds when each set of sources is left out, and when links are drawn by their belief.

    Args:
        on: what the ranking is computed on.
        left_out: sets of numbers of sources of `on.told`, see `witnesses`, `together` and `by_person`.
        seed: of the draws; the same seed gives the same interval.

    Returns:
        Person → place, for those of whom the network knows; nothing where nobody is given a part.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 PILOTED c1")], people("p1", "p2"), {})
        >>> found = places(on, witnesses(on.told))
        >>> [(name, place.best, place.worst, place.rests_on_one) for name, place in found.items()]
        [('p1', 1, 1, True), ('p2', 2, 2, False)]

    Limits: leaves out what was said, not what it led others to say. Draws take links as independent of each other.
    """
    if on.network is None:
        return {}
    others = on.others
    before = rereading.read(on.network)
    rank = rereading.ranks(before.score, others)
    best, worst, loss = rank.copy(), rank.copy(), np.zeros(on.network.size)
    raised = before.score > 0
    for links, belief in without(on.told, left_out):
        score = rereading.score_if(before, links, belief)
        if score is before.score:
            continue
        now = rereading.ranks(score, others)
        np.minimum(best, now, out=best)
        np.maximum(worst, now, out=worst)
        gone = np.divide(before.score - score, before.score, out=np.zeros(on.network.size), where=raised)
        np.maximum(loss, gone, out=loss)
    low, high = _drawn(on.network, others, seed)
    columns = (best, worst, loss.round(6), np.minimum(low, rank), np.maximum(high, rank))
    return {
        name: Place(*row) for name, *row in zip(on.network.ids, *(column.tolist() for column in columns), strict=True)
    }


def _drawn(network: Operation, others: Sequence[float], seed: int) -> tuple[Ints, Ints]:
    """The interval that holds nine in ten ranks when each link holds as often as it is believed."""
    rng = np.random.default_rng(seed)
    links = np.arange(len(network.belief))
    drawn = np.empty((DRAWS, network.size), dtype=np.int64)
    for number in range(DRAWS):
        holds = (rng.random(len(links)) < network.belief).astype(float)
        drawn[number] = rereading.ranks(parts.score(parts.read(network.believing(links, holds))), others)
    drawn.sort(axis=0)
    tail = int(_TAIL * DRAWS)
    return drawn[tail], drawn[DRAWS - 1 - tail]
