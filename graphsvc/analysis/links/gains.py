"""What each member adds to a set: with and without them, who is cut off then, and with who ties the same people in their place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
import scipy

from graphsvc.analysis.links.removal import Successor
from graphsvc.analysis.links.sets import TieNetwork, fragmentation, reach

# What is told is told to so many digits; differences are taken of what is told, so that they agree.
DIGITS = 3


@dataclass(frozen=True, slots=True)
class Gain:
    """What one member adds to a set.

    Attributes:
        person: who. goal: `fragment` or `reach`: whether figures are of fragmentation or of reach, 0 to 1, to three digits.
        of_set: of the whole set. without: of the others alone. adds: the difference.
        instead: who of those left ties most of the same people; empty: nobody. adds_instead: what they would add in this place.
        cut_off: of a set that fragments, how many people their absence cuts off, the others of the set gone as well, in how
            many `pieces`, from the largest piece of `rest` people.
    """

    person: str
    goal: str
    of_set: float
    without: float
    adds: float
    instead: str = ""
    adds_instead: float = 0.0
    cut_off: int = 0
    pieces: int = 0
    rest: int = 0


def gains(net: TieNetwork, people: Collection[str], goal: str, heirs: Iterable[Successor]) -> list[Gain]:
    """What each member of a set adds to it, who adds most first.

    Args:
        net: see `sets.network`.
        people: the set.
        goal: `reach`; with anything else the set is measured by how far it fragments.
        heirs: who ties the same people as a member, the best first (`removal.successors`).

    Example:
        >>> from graphsvc.analysis.evidence.belief import LinkFigures
        >>> from graphsvc.analysis.links.sets import network
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> net = network({(f"p{n}", "DIRECTED", f"p{n + 1}"): figures for n in range(4)}, {f"p{n}" for n in range(5)})
        >>> gain = gains(net, {"p1"}, "fragment", [Successor("p1", "p3", 1, 2)])[0]
        >>> gain.adds, gain.cut_off, gain.pieces, gain.rest, gain.instead, gain.adds_instead
        (0.225, 1, 1, 3, 'p3', 0.225)

    Limits: what a member adds depends on the others: two who tie the same people add little each. Who ties the same people
    is the likeliest in their place, not always the best of all.
    """
    measure: Callable[[TieNetwork, Collection[str]], float] = reach if goal == "reach" else fragmentation
    first: dict[str, str] = {}
    for heir in heirs:
        first.setdefault(heir.of, heir.person)

    def measured(chosen: Collection[str]) -> float:
        return round(measure(net, chosen), DIGITS)

    of_set, rows = measured(people), []
    for person in people:
        others = frozenset(people) - {person}
        without, instead = measured(others), first.get(person, "")
        rows.append(
            Gain(
                person,
                "reach" if goal == "reach" else "fragment",
                of_set,
                without,
                round(of_set - without, DIGITS),
                instead,
                round(measured(others | {instead}) - without, DIGITS) if instead else 0.0,
                *((0, 0, 0) if goal == "reach" else _cut_off(net, person, others)),
            )
        )
    return sorted(rows, key=lambda gain: (-gain.adds, gain.person))


def _cut_off(net: TieNetwork, person: str, others: Collection[str]) -> tuple[int, int, int]:
    """How many people somebody's absence cuts off, in how many pieces, and from how many; the others are gone already."""
    if person not in set(net.ids):
        return 0, 0, 0
    gone = set(net.places(others).tolist())
    left = np.array([place for place in range(len(net.ids)) if place not in gone], dtype=np.int64)
    _, labels = scipy.sparse.csgraph.connected_components(net.ties[left][:, left], directed=False)
    (own,) = net.places([person])
    hung_together = left[(labels == labels[np.flatnonzero(left == own)[0]]) & (left != own)]
    if not len(hung_together):
        return 0, 0, 0
    pieces, parts = scipy.sparse.csgraph.connected_components(net.ties[hung_together][:, hung_together], directed=False)
    largest = int(np.bincount(parts).max())
    return len(hung_together) - largest, int(pieces) - 1, largest
