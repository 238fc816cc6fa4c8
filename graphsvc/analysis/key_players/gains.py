"""Contribution of each member to a set: the set without them, people they cut off, and a successor in their place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
import scipy

from graphsvc.analysis.key_players.removal import Successor
from graphsvc.analysis.key_players.sets import TieNetwork, fragmentation, reach

# Figures are shown with this many digits; differences are taken of rounded figures, so that they agree.
DIGITS = 3


@dataclass(frozen=True, slots=True)
class Gain:
    """Contribution of one member to a set.

    Attributes:
        person: the member. goal: `fragment` or `reach`: whether figures are fragmentation or reach, 0 to 1, to three
            digits.
        of_set: figure of the whole set. without: figure of the others alone. adds: the difference.
        instead: the successor with most of the same links; empty: no one. adds_instead: what they would add in the
            member's place.
        cut_off: for a set that fragments, number of people cut off by the member's absence, with the rest of the set
            gone too; `pieces`: the number of parts they form; `rest`: people in the largest part, from which they are
            cut off.
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
    """Return the contribution of each member of a set, largest first.

    Args:
        net: see `sets.network`.
        people: ids of the set.
        goal: `reach`; with any other value the set is measured by fragmentation.
        heirs: successors of members, best first (`removal.successors`).

    Example:
        >>> from graphsvc.analysis.claims.belief import LinkFigures
        >>> from graphsvc.analysis.key_players.sets import network
        >>> figures = LinkFigures(1.0, 1, 0, 1, 0, 0.0, "", "")
        >>> net = network({(f"p{n}", "DIRECTED", f"p{n + 1}"): figures for n in range(4)}, {f"p{n}" for n in range(5)})
        >>> gain = gains(net, {"p1"}, "fragment", [Successor("p1", "p3", 1, 2)])[0]
        >>> gain.adds, gain.cut_off, gain.pieces, gain.rest, gain.instead, gain.adds_instead
        (0.225, 1, 1, 3, 'p3', 0.225)

    Limits: a member's contribution depends on the others: two with the same links each add little. The successor is the
    likeliest in the member's place, not always the best of all.
    """
    measure: Callable[[TieNetwork, Collection[str]], float] = reach if goal == "reach" else fragmentation
    first: dict[str, str] = {}
    for heir in heirs:
        first.setdefault(heir.of, heir.person)

    def measure_set(chosen: Collection[str]) -> float:
        return round(measure(net, chosen), DIGITS)

    of_set, rows = measure_set(people), []
    for person in people:
        rest = frozenset(people) - {person}
        without, instead = measure_set(rest), first.get(person, "")
        rows.append(
            Gain(
                person,
                "reach" if goal == "reach" else "fragment",
                of_set,
                without,
                round(of_set - without, DIGITS),
                instead,
                round(measure_set(rest | {instead}) - without, DIGITS) if instead else 0.0,
                *((0, 0, 0) if goal == "reach" else _cut_off(net, person, rest)),
            )
        )
    return sorted(rows, key=lambda gain: (-gain.adds, gain.person))


def _cut_off(net: TieNetwork, person: str, removed: Collection[str]) -> tuple[int, int, int]:
    """Count people cut off by a person's absence, the parts they form, and people in the rest, without `removed`."""
    if person not in set(net.ids):
        return 0, 0, 0
    removed_places = set(net.places(removed).tolist())
    left = np.array([place for place in range(len(net.ids)) if place not in removed_places], dtype=np.int64)
    _, labels = scipy.sparse.csgraph.connected_components(net.ties[left][:, left], directed=False)
    (own,) = net.places([person])
    hung_together = left[(labels == labels[np.flatnonzero(left == own)[0]]) & (left != own)]
    if not len(hung_together):
        return 0, 0, 0
    pieces, parts = scipy.sparse.csgraph.connected_components(net.ties[hung_together][:, hung_together], directed=False)
    largest = int(np.bincount(parts).max())
    return len(hung_together) - largest, int(pieces) - 1, largest
