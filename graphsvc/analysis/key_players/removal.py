"""The network after people are removed: its parts, possible successors, and rivals who might gain.

A network reacts to removals. Removing central people made a simulated criminal network more efficient as it found
replacements (Duijn, Kashirin & Sloot 2014, "The relative ineffectiveness of criminal network disruption"). So the state
right after a removal is shown together with possible recovery.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from graphsvc.analysis.claims.belief import LinkFigures
from graphsvc.analysis.claims.roles import OF_A_GANG, QUARRELS
from graphsvc.analysis.key_players.sets import TieNetwork, fragmentation
from graphsvc.records.relations import LinkKey

# Belief in a link that a successor would have to make, relative to the link it replaces.
ANEW = 0.5
# Relations that show quarrels, and the gangs of the people in them.
WHOSE_QUARREL = QUARRELS | OF_A_GANG
_EACH = 2


@dataclass(frozen=True, slots=True)
class Left:
    """State of a network.

    Attributes:
        people: number of people. pieces: number of parts with no link between them. biggest: people in the largest
            part.
        fragmentation: 0 to 1, see `sets.fragmentation`.
    """

    people: int
    pieces: int
    biggest: int
    fragmentation: float


@dataclass(frozen=True, slots=True)
class Successor:
    """A remaining person who might take over from a removed one.

    Attributes:
        of: the removed person. person: the successor.
        shared: how many of the removed person's `ties` the successor has too, or is at the other end of.
    """

    of: str
    person: str
    shared: int
    ties: int


@dataclass(frozen=True, slots=True)
class Rival:
    """A person or gang that might gain.

    Attributes:
        of: the removed person. gang: their gang, if the quarrel is the gang's. rival: person or gang.
        belief: belief in the quarrel, 0 to 1.
        denied: `denied` or `contested` if the quarrel or the membership of the gang is; set by the code that displays
            it.
    """

    of: str
    gang: str
    rival: str
    belief: float
    denied: str = ""


def state_without(net: TieNetwork, removed: Collection[str] = ()) -> Left:
    """Return the state of a network without some of its people.

    Example:
        >>> from graphsvc.analysis.key_players.sets import network
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> net = network({(f"p{n}", "DIRECTED", f"p{n + 1}"): figures for n in range(4)}, {f"p{n}" for n in range(5)})
        >>> state_without(net, {"p2"})
        Left(people=4, pieces=2, biggest=2, fragmentation=0.6666666666666667)

    Limits: links no one reported may still hold the parts together.
    """
    removed_places = set(net.places(removed).tolist())
    places = np.array([place for place in range(len(net.ids)) if place not in removed_places], dtype=np.int64)
    if not len(places):
        return Left(0, 0, 0, 1.0)
    pieces, labels = scipy.sparse.csgraph.connected_components(net.ties[places][:, places], directed=False)
    return Left(len(places), int(pieces), int(np.bincount(labels).max()), fragmentation(net, removed))


def successors(net: TieNetwork, removed: Collection[str], each: int = _EACH) -> list[Successor]:
    """Return people who share links of a removed person, those who share most first; at most `each` per removed person.

    Example:
        >>> from graphsvc.analysis.key_players.sets import network
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {(a, "DIRECTED", b): figures for a, b in ("ax", "ay", "bx", "by", "cx")}
        >>> [(one.person, one.shared, one.ties) for one in successors(network(links, set("abcxy")), {"a"})]
        [('b', 2, 2), ('c', 1, 2)]

    Limits: a person in the same position need not be willing, able or trusted, and successors also come from outside.
    """
    heirs: list[Successor] = []
    removed_places = net.places(removed)
    for place in removed_places.tolist():
        near = np.setdiff1d(net.ties[[place]].indices, removed_places)
        if not len(near):
            continue
        shared = np.asarray(net.ties[near].sum(axis=0)).ravel()
        count = np.bincount(net.ties[near].indices, minlength=len(net.ties.indptr) - 1)
        # A neighbour of the removed person needs no link to themselves.
        count[near] += count[near] > 0
        count[removed_places] = 0
        best = [int(heir) for heir in np.lexsort((-shared.round(9), -count))[:each] if count[heir] > 0]
        heirs += [
            Successor(net.ids[place], net.ids[heir], min(int(count[heir]), len(near)), len(near)) for heir in best
        ]
    return heirs


def taken_over(net: TieNetwork, removed: Collection[str], heirs: Iterable[Successor]) -> TieNetwork:
    """Return the network after each first successor has taken over, with half the belief in each link taken over.

    Example:
        >>> from graphsvc.analysis.key_players.sets import network
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> net = network({("a", "DIRECTED", n): figures for n in "xyz"} | {("b", "DIRECTED", "x"): figures}, set("abxyz"))
        >>> after = taken_over(net, {"a"}, [Successor("a", "b", 1, 3)])
        >>> state_without(net, {"a"}).pieces, state_without(after, {"a"}).pieces
        (3, 1)

    Limits: one of many possible recoveries; how long it would take is not known.
    """
    first: dict[str, str] = {}
    for successor in heirs:
        first.setdefault(successor.of, successor.person)
    place = {name: number for number, name in enumerate(net.ids)}
    removed_places = set(net.places(removed).tolist())
    ties = net.ties.tolil(copy=True)
    for who, heir in first.items():
        row = net.ties[[place[who]]]
        for neighbour, belief in zip(row.indices.tolist(), row.data.tolist(), strict=True):
            if neighbour not in removed_places and neighbour != place[heir]:
                renewed = max(float(ties[place[heir], neighbour]), ANEW * belief)
                ties[place[heir], neighbour] = ties[neighbour, place[heir]] = renewed
    return TieNetwork(net.ids, scipy.sparse.coo_array(ties).tocsr())


def rivals(links: Mapping[LinkKey, LinkFigures], removed: Collection[str]) -> list[Rival]:
    """Return quarrels with a removed person, or with a gang they run or belong to; most believed first.

    Example:
        >>> figures = LinkFigures(0.6, 1, 0, 1, 0, 0.0, "", "")
        >>> links = {("p1", "RUNS", "g1"): figures, ("g2", "RIVAL_OF", "g1"): figures}
        >>> [(one.of, one.gang, one.rival) for one in rivals(links, {"p1"})]
        [('p1', 'g1', 'g2')]

    Limits: unreported quarrels are missing, and an old quarrel may be settled.
    """
    removed_people = frozenset(removed)
    gangs = [
        (subject, target)
        for (subject, relation, target) in links
        if relation in OF_A_GANG and subject in removed_people
    ]
    sides: list[tuple[str, str]] = [(person, "") for person in removed_people] + gangs
    quarrels: dict[tuple[str, str, str], Rival] = {}
    for (subject, relation, target), figures in links.items():
        if relation not in QUARRELS:
            continue
        for end, opponent in ((subject, target), (target, subject)):
            for person, gang in sides:
                if end == (gang or person) and opponent not in removed_people:
                    key = person, gang, opponent
                    belief = max(figures.belief, quarrels[key].belief if key in quarrels else 0.0)
                    quarrels[key] = Rival(person, gang, opponent, belief)
    return sorted(quarrels.values(), key=lambda rival: (-round(rival.belief, 9), rival.of, rival.gang, rival.rival))
