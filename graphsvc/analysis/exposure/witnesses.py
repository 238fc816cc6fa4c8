"""Which witnesses could be worked out from what is shown, by someone who knows the people involved.

Of each witness: the people who could have known everything shown that rests on them (their anonymity set). It is counted
over what a recipient has been given already and what is to be shown now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from graphsvc.analysis.exposure.omission import Told, fewest
from graphsvc.analysis.exposure.presence import Fact, PresenceGround

Resting = Mapping[Fact, Collection[str]]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One fact shown now, and what it tells of one witness.

    Attributes:
        people: how many could have known this fact.
        gained: how many more the witness's set would hold if this fact alone were left out.
    """

    fact: Fact
    people: int
    gained: int


@dataclass(frozen=True, slots=True)
class Exposed:
    """One witness behind what is shown.

    Attributes:
        source: their pseudonym; empty where all that is shown is taken to be told by one.
        size: how many people could have known everything shown that rests on them, from 0.
        facts: what is shown now, the most telling first.
        earlier: facts given to the same recipient already that rest on them.
        before: the size by what was given already alone; None: nothing was.
    """

    source: str
    size: int
    facts: tuple[Narrowing, ...]
    earlier: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """How far what is shown exposes witnesses.

    Attributes:
        witnesses: those with at least one fact shown now, the smallest set first.
        below: the least size that is safe.
        leave_out: facts whose leaving out leaves every witness with a set of at least `below`, or with nothing shown.
        exact: no fewer facts would do; else at least `at_least` are needed.
        ranked: facts of witnesses whose set is too small, with the people that leaving out each alone would add.
    """

    witnesses: tuple[Exposed, ...]
    below: int
    leave_out: tuple[Fact, ...]
    exact: bool
    at_least: int
    ranked: tuple[tuple[Fact, int], ...]

    @property
    def smallest(self) -> int | None:
        """The smallest set, or None if nothing shown rests on a witness."""
        return self.witnesses[0].size if self.witnesses else None

    @property
    def safe(self) -> bool:
        """Whether no set is too small."""
        return self.smallest is None or self.smallest >= self.below


def exposure(shown: Resting, ground: PresenceGround, below: int, earlier: Resting | None = None) -> Exposure:
    """How far some facts expose the witnesses they rest on.

    Args:
        shown: each fact shown now → the witnesses it rests on.
        ground: who is documented where.
        below: the least number of people that is safe, from 0.
        earlier: the same of what the recipient has been given.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.exposure.presence import ground
        >>> there = [said(f"r: p{n} CROSSED_ON c1", source_kind="record") for n in range(1, 6)]
        >>> there += [said("r: p1 WORKED_AT w1", source_kind="record"), said("r: p2 WORKED_AT w1", source_kind="record")]
        >>> known = ground(there, [])
        >>> boat, work = Fact("x", "PILOTED", "c1"), Fact("x", "CONTROLS", "w1")
        >>> found = exposure({boat: ["s1"], work: ["s1"]}, known, below=4)
        >>> [(one.source, one.size) for one in found.witnesses], found.leave_out == (work,), found.exact
        ([('s1', 2)], True, True)

    Limits: counts people, not how likely each is; someone who heard of it elsewhere is not counted, and where it was told
    to nobody documented the set is 0. It takes for granted that a reader can tell which facts come from one witness, which
    is more than a picture says. What a way of speaking, a gap or a date of interview gives away is beyond it.
    """
    accounts: dict[str, Told] = {}
    privy = {fact: ground.privy(fact) for fact in {**shown, **(earlier or {})}}
    for place, facts in enumerate((earlier or {}, shown)):
        for fact, sources in facts.items():
            for source in sources:
                account = accounts.setdefault(source, Told())
                (account.now if place else account.before)[fact] = privy[fact]
    there = {source: account for source, account in accounts.items() if account.now}
    witnesses = [_exposed(source, account) for source, account in there.items()]
    witnesses.sort(key=lambda exposed: (exposed.size, exposed.source))
    leave_out, at_least = fewest(list(there.values()), below)
    gained: dict[Fact, int] = {}
    for witness in witnesses:
        if witness.size < below:
            for shows in witness.facts:
                # Without the only fact there is nothing left to work anyone out from.
                more = below if len(witness.facts) == 1 else shows.gained
                gained[shows.fact] = gained.get(shows.fact, 0) + min(more, below - witness.size)
    return Exposure(
        tuple(witnesses),
        below,
        tuple(sorted(leave_out, key=_order)),
        len(leave_out) <= at_least,
        at_least,
        tuple(sorted(gained.items(), key=lambda item: (-item[1], privy[item[0]].bit_count(), _order(item[0])))),
    )


def _exposed(source: str, account: Told) -> Exposed:
    gains = account.gains()
    facts = [Narrowing(fact, those.bit_count(), gains[fact]) for fact, those in account.now.items()]
    facts.sort(key=lambda narrowing: (-narrowing.gained, narrowing.people, _order(narrowing.fact)))
    before = Told(account.before).size() if account.before else None
    return Exposed(source, account.size(), tuple(facts), len(account.before), before)


def _order(fact: Fact) -> tuple[str, ...]:
    return fact.relation, fact.subject, fact.object, fact.first_on, fact.last_on
