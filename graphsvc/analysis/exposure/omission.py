"""The fewest facts to leave out so that nobody can be worked out.

Exact while there is little to choose from; else a good choice, with the number that fewer than which cannot do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from operator import and_

from graphsvc.analysis.exposure.presence import Fact

# Sets that are met in trying choices one by one, before a good choice has to do: well under a second.
TRIES = 400_000


@dataclass(slots=True)
class Told:
    """What rests on one witness: each fact → those who could have known it, as a set of bits.

    Attributes:
        before: facts that are out already; now: facts that can still be left out.
    """

    before: dict[Fact, int] = field(default_factory=dict)
    now: dict[Fact, int] = field(default_factory=dict)

    def others(self, without: Collection[Fact] = ()) -> list[int]:
        """The sets of what is left when some facts are left out; a fact that is out already stays out."""
        left = [those for fact, those in self.now.items() if fact not in without or fact in self.before]
        return [*self.before.values(), *left]

    def size(self, without: Collection[Fact] = ()) -> int:
        """How many could have known all that is left; 0 if nothing is.

        Example:
            >>> one, other = Fact("x", "PILOTED", "c1"), Fact("x", "PILOTED", "c2")
            >>> Told(now={one: 0b0111, other: 0b1110}).size()
            2

        Limits: see `exposure`.
        """
        sets = self.others(without)
        return reduce(and_, sets).bit_count() if sets else 0

    def gains(self) -> dict[Fact, int]:
        """How many more people the set would hold if one fact that can be left out were, each alone.

        Example:
            >>> one, other = Fact("x", "PILOTED", "c1"), Fact("x", "PILOTED", "c2")
            >>> list(Told(now={one: 0b011, other: 0b110}).gains().values())
            [1, 1]

        Limits: a fact that is alone gains nothing, though without it nothing is left to tell.
        """
        # Who could not have known exactly one of all facts comes in when that one is left out.
        once, again = 0, 0
        sets = self.others()
        for those in sets:
            again |= once & ~those
            once |= ~those
        single = once & ~again if len(sets) > 1 else 0
        return {fact: (single & ~those).bit_count() for fact, those in self.now.items()}

    def safe(self, below: int, without: Collection[Fact] = ()) -> bool:
        """Whether enough could have known what is left, or nothing is left that can be left out."""
        return all(fact in without for fact in self.now) or self.size(without) >= below


def fewest(witnesses: Sequence[Told], below: int) -> tuple[frozenset[Fact], int]:
    """Facts to leave out so that each witness is safe, and how many it takes at least.

    The choice is of the fewest facts if it is no longer than that number.

    Example:
        >>> facts = [Fact("x", "PILOTED", f"c{n}") for n in range(3)]
        >>> chosen, least = fewest([Told(now=dict(zip(facts, (0b111, 0b110, 0b011))))], 2)
        >>> chosen, least
        (frozenset({Fact(subject='x', relation='PILOTED', object='c1', first_on='', last_on='')}), 1)

    Limits: where trying takes more than `TRIES`, the facts are chosen witness by witness: who shares the most of them with
    others stays possible, and what those could not know is left out.
    """
    exposed = [witness for witness in witnesses if not witness.safe(below)]
    if not exposed:
        return frozenset(), 0
    rough = _pruned(_greedy(exposed, below), exposed, below)
    # A fact that rests on nobody who is exposed changes nothing.
    candidates = sorted(
        {fact for witness in exposed for fact in witness.now}, key=lambda fact: (*fact.key, fact.first_on)
    )
    tried, cost = 0, sum(len(witness.before) + len(witness.now) for witness in exposed)
    for number in range(1, len(rough)):
        for chosen in combinations(candidates, number):
            tried += cost
            if tried > TRIES:
                return rough, number
            without = frozenset(chosen)
            if all(witness.safe(below, without) for witness in exposed):
                return without, number
    return rough, len(rough)


def _greedy(exposed: Sequence[Told], below: int) -> set[Fact]:
    """Witness by witness: the people who share the most facts stay possible, and what they could not know goes."""
    out: set[Fact] = set()
    for witness in sorted(exposed, key=lambda witness: len(witness.now)):
        if not witness.safe(below, out):
            out |= _loosened(witness, below, out)
    return out


def _loosened(witness: Told, below: int, out: set[Fact]) -> set[Fact]:
    left = [(fact, those) for fact, those in witness.now.items() if fact not in out]
    possible = reduce(and_, witness.before.values()) if witness.before else -1
    # Person → the facts they could have known, as a set of bits as well.
    knew: dict[int, int] = {}
    for number, (_fact, those) in enumerate(left):
        those &= possible
        while those:
            lowest = those & -those
            knew[lowest] = knew.get(lowest, 0) | 1 << number
            those ^= lowest
    everything = (1 << len(left)) - 1
    gone = 0
    for _ in range(below):
        if not knew:
            return {fact for fact, _ in left}
        place = min(knew, key=lambda bit: ((everything & ~knew[bit] & ~gone).bit_count(), bit))
        gone |= everything & ~knew.pop(place)
    return {fact for number, (fact, _) in enumerate(left) if gone >> number & 1}


def _pruned(out: set[Fact], exposed: Sequence[Told], below: int) -> frozenset[Fact]:
    """Without what need not be left out after all; of very many facts all stay."""
    if len(out) * sum(len(witness.before) + len(witness.now) for witness in exposed) > TRIES:
        return frozenset(out)
    for fact in sorted(out, key=lambda fact: (*fact.key, fact.first_on)):
        if all(witness.safe(below, out - {fact}) for witness in exposed):
            out = out - {fact}
    return frozenset(out)
