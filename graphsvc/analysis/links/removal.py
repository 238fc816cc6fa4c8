"""What would be left if some people were gone: pieces, who might take over, and which rivals might gain.

A network answers what is done to it. Removing central people made a simulated criminal network more efficient as it found
replacements (Duijn, Kashirin & Sloot 2014, "The relative ineffectiveness of criminal network disruption"): so what is left at first
is told together with what may grow back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from graphsvc.analysis.evidence.belief import LinkFigures
from graphsvc.analysis.evidence.roles import OF_A_GANG, QUARRELS
from graphsvc.analysis.links.sets import TieNetwork, fragmentation
from graphsvc.records.relations import LinkKey

# A tie that would have to be made anew is worth so much of the one it replaces.
ANEW = 0.5
# Relations that tell whose quarrel it is.
WHOSE_QUARREL = QUARRELS | OF_A_GANG
_EACH = 2


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a network.

    Attributes:
        people: how many. pieces: how many parts with no tie between them. biggest: people in the largest part.
        fragmentation: 0 to 1, see `sets.fragmentation`.
    """

    people: int
    pieces: int
    biggest: int
    fragmentation: float


@dataclass(frozen=True, slots=True)
class Successor:
    """Who of those left might take over from somebody.

    Attributes:
        of: who is gone. person: who might.
        shared: how many of the `ties` of who is gone they have as well, or would have to one of themselves.
    """

    of: str
    person: str
    shared: int
    ties: int


@dataclass(frozen=True, slots=True)
class Rival:
    """Who might gain.

    Attributes:
        of: who is gone. gang: theirs, if the quarrel is the gang's. rival: person or gang.
        belief: how far the quarrel is believed, 0 to 1.
        denied: `denied` or `contested` if the quarrel, or that the gang is theirs, is; who shows it sets that.
    """

    of: str
    gang: str
    rival: str
    belief: float
    denied: str = ""


def left(net: TieNetwork, removed: Collection[str] = ()) -> Left:
    """What is left of a network without some of its people.

    Example:
        >>> from graphsvc.analysis.links.sets import network
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> net = network({(f"p{n}", "DIRECTED", f"p{n + 1}"): figures for n in range(4)}, {f"p{n}" for n in range(5)})
        >>> left(net, {"p2"})
        Left(people=4, pieces=2, biggest=2, fragmentation=0.6666666666666667)

    Limits: what nobody told of may hold the pieces together all the same.
    """
    gone = set(net.places(removed).tolist())
    places = np.array([place for place in range(len(net.ids)) if place not in gone], dtype=np.int64)
    if not len(places):
        return Left(0, 0, 0, 1.0)
    pieces, labels = scipy.sparse.csgraph.connected_components(net.ties[places][:, places], directed=False)
    return Left(len(places), int(pieces), int(np.bincount(labels).max()), fragmentation(net, removed))


def successors(net: TieNetwork, removed: Collection[str], each: int = _EACH) -> list[Successor]:
    """Who of those left ties the same people as somebody who is gone, most first; at most `each` for each of them.

    Example:
        >>> from graphsvc.analysis.links.sets import network
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {(a, "DIRECTED", b): figures for a, b in ("ax", "ay", "bx", "by", "cx")}
        >>> [(one.person, one.shared, one.ties) for one in successors(network(links, set("abcxy")), {"a"})]
        [('b', 2, 2), ('c', 1, 2)]

    Limits: whoever stands in the same place need not be willing, able or trusted; and successors come from outside as well.
    """
    heirs: list[Successor] = []
    gone = net.places(removed)
    for place in gone.tolist():
        near = np.setdiff1d(net.ties[[place]].indices, gone)
        if not len(near):
            continue
        shared = np.asarray(net.ties[near].sum(axis=0)).ravel()
        count = np.bincount(net.ties[near].indices, minlength=len(net.ties.indptr) - 1)
        # Whoever is one of those ties would not have to make it.
        count[near] += count[near] > 0
        count[gone] = 0
        best = [int(heir) for heir in np.lexsort((-shared.round(9), -count))[:each] if count[heir] > 0]
        heirs += [
            Successor(net.ids[place], net.ids[heir], min(int(count[heir]), len(near)), len(near)) for heir in best
        ]
    return heirs


def taken_over(net: TieNetwork, removed: Collection[str], heirs: Iterable[Successor]) -> TieNetwork:
    """The network once the first successor of each has taken over their ties, each believed by half of what it was.

    Example:
        >>> from graphsvc.analysis.links.sets import network
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> net = network({("a", "DIRECTED", n): figures for n in "xyz"} | {("b", "DIRECTED", "x"): figures}, set("abxyz"))
        >>> after = taken_over(net, {"a"}, [Successor("a", "b", 1, 3)])
        >>> left(net, {"a"}).pieces, left(after, {"a"}).pieces
        (3, 1)

    Limits: one way it may grow back, of many; how long that takes, nobody knows.
    """
    first: dict[str, str] = {}
    for successor in heirs:
        first.setdefault(successor.of, successor.person)
    place = {name: number for number, name in enumerate(net.ids)}
    gone = set(net.places(removed).tolist())
    ties = net.ties.tolil(copy=True)
    for who, heir in first.items():
        row = net.ties[[place[who]]]
        for other, belief in zip(row.indices.tolist(), row.data.tolist(), strict=True):
            if other not in gone and other != place[heir]:
                renewed = max(float(ties[place[heir], other]), ANEW * belief)
                ties[place[heir], other] = ties[other, place[heir]] = renewed
    return TieNetwork(net.ids, scipy.sparse.coo_array(ties).tocsr())


def rivals(links: Mapping[LinkKey, LinkFigures], removed: Collection[str]) -> list[Rival]:
    """Who is said to be in a quarrel with somebody who is gone, or with a gang they run or belong to; best believed first.

    Example:
        >>> figures = LinkFigures(0.6, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {("p1", "RUNS", "g1"): figures, ("g2", "RIVAL_OF", "g1"): figures}
        >>> [(one.of, one.gang, one.rival) for one in rivals(links, {"p1"})]
        [('p1', 'g1', 'g2')]

    Limits: quarrels nobody told of are missing, and an old one may be settled.
    """
    gone = frozenset(removed)
    gangs = [(subject, target) for (subject, relation, target) in links if relation in OF_A_GANG and subject in gone]
    sides: list[tuple[str, str]] = [(person, "") for person in gone] + gangs
    quarrels: dict[tuple[str, str, str], Rival] = {}
    for (subject, relation, target), figures in links.items():
        if relation not in QUARRELS:
            continue
        for end, other in ((subject, target), (target, subject)):
            for person, gang in sides:
                if end == (gang or person) and other not in gone:
                    key = person, gang, other
                    belief = max(figures.belief, quarrels[key].belief if key in quarrels else 0.0)
                    quarrels[key] = Rival(person, gang, other, belief)
    return sorted(quarrels.values(), key=lambda rival: (-round(rival.belief, 9), rival.of, rival.gang, rival.rival))
