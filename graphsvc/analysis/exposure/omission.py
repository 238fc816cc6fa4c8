"""Fewest facts to leave out so that no witness can be identified.

The choice is exact for small problems; otherwise it is a good one, with a lower bound on the number needed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from operator import and_

from graphsvc.analysis.exposure.presence import Fact

# Maximum number of sets intersected in exact search (well under a second); beyond it, a good choice is returned.
TRIES = 400_000


@dataclass(slots=True)
class Told:
    """Facts resting on one witness, each with the people who could have known it, as a bit set.

    Attributes:
        before: facts already disclosed; now: facts that can still be left out.
    """

    before: dict[Fact, int] = field(default_factory=dict)
    now: dict[Fact, int] = field(default_factory=dict)

    def others(self, without: Collection[Fact] = ()) -> list[int]:
        """Return the sets of people for the facts that remain when some are left out; disclosed facts always remain."""
        left = [those for fact, those in self.now.items() if fact not in without or fact in self.before]
        return [*self.before.values(), *left]

    def size(self, without: Collection[Fact] = ()) -> int:
        """Return the number of people who could have known all remaining facts; 0 if no fact remains.

        Example:
            >>> one, other = Fact("x", "PILOTED", "c1"), Fact("x", "PILOTED", "c2")
            >>> Told(now={one: 0b0111, other: 0b1110}).size()
            2

        Limits: see `exposure`.
        """
        sets = self.others(without)
        return reduce(and_, sets).bit_count() if sets else 0

    def gains(self) -> dict[Fact, int]:
        """Return, for each fact that can be left out, how many people the set gains if only that fact is left out.

        Example:
            >>> one, other = Fact("x", "PILOTED", "c1"), Fact("x", "PILOTED", "c2")
            >>> list(Told(now={one: 0b011, other: 0b110}).gains().values())
            [1, 1]

        Limits: a single fact gains nothing, although without it nothing remains.
        """
        # A person who could not have known exactly one fact joins the set when that fact is left out.
        once, again = 0, 0
        sets = self.others()
        for those in sets:
            again |= once & ~those
            once |= ~those
        single = once & ~again if len(sets) > 1 else 0
        return {fact: (single & ~those).bit_count() for fact, those in self.now.items()}

    def safe(self, below: int, without: Collection[Fact] = ()) -> bool:
        """Whether enough people could have known the remaining facts, or all facts that can be left out are."""
        return all(fact in without for fact in self.now) or self.size(without) >= below


def fewest(witnesses: Sequence[Told], below: int) -> tuple[frozenset[Fact], int]:
    """Return facts to leave out so that each witness is safe, and the minimum number needed.

    The choice is minimal if it has no more facts than that number.

    Example:
        >>> facts = [Fact("x", "PILOTED", f"c{n}") for n in range(3)]
        >>> chosen, least = fewest([Told(now=dict(zip(facts, (0b111, 0b110, 0b011))))], 2)
        >>> chosen, least
        (frozenset({Fact(subject='x', relation='PILOTED', object='c1', first_on='', last_on='', denied='')}), 1)

    Limits: beyond `TRIES`, facts are chosen witness by witness: the people who could have known most of them stay
    possible, and facts those people could not have known are left out.
    """
    exposed = [witness for witness in witnesses if not witness.safe(below)]
    if not exposed:
        return frozenset(), 0
    rough = _prune(_greedy(exposed, below), exposed, below)
    # A fact that rests on no exposed witness changes nothing.
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
    """Leave out, witness by witness, facts unknown to the people who could have known most facts."""
    out: set[Fact] = set()
    for witness in sorted(exposed, key=lambda witness: len(witness.now)):
        if not witness.safe(below, out):
            out |= _loosen(witness, below, out)
    return out


def _loosen(witness: Told, below: int, out: set[Fact]) -> set[Fact]:
    left = [(fact, those) for fact, those in witness.now.items() if fact not in out]
    possible = reduce(and_, witness.before.values()) if witness.before else -1
    # Person → the facts they could have known, also as a bit set.
    knew: dict[int, int] = {}
    for number, (_fact, those) in enumerate(left):
        those &= possible
        while those:
            lowest = those & -those
            knew[lowest] = knew.get(lowest, 0) | 1 << number
            those ^= lowest
    everything = (1 << len(left)) - 1
    omitted = 0
    for _ in range(below):
        if not knew:
            return {fact for fact, _ in left}
        place = min(knew, key=lambda bit: ((everything & ~knew[bit] & ~omitted).bit_count(), bit))
        omitted |= everything & ~knew.pop(place)
    return {fact for number, (fact, _) in enumerate(left) if omitted >> number & 1}


def _prune(out: set[Fact], exposed: Sequence[Told], below: int) -> frozenset[Fact]:
    """Drop facts that need not be left out after all; a very large set is returned unchanged."""
    if len(out) * sum(len(witness.before) + len(witness.now) for witness in exposed) > TRIES:
        return frozenset(out)
    for fact in sorted(out, key=lambda fact: (*fact.key, fact.first_on)):
        if all(witness.safe(below, out - {fact}) for witness in exposed):
            out = out - {fact}
    return frozenset(out)
