"""Witnesses who could be identified from the facts shown, by a reader who knows the people involved.

The anonymity set of a witness contains the people who could have known every fact shown that rests on the witness. It
covers facts that the recipient has already and facts about to be shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from graphsvc.analysis.exposure.omission import Told, fewest
from graphsvc.analysis.exposure.presence import Fact, PresenceGround

Resting = Mapping[Fact, Collection[str]]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One fact shown now, and its effect on one witness's anonymity set.

    Attributes:
        people: number of people who could have known this fact.
        gained: number of people the witness's set would gain if this fact alone were left out.
    """

    fact: Fact
    people: int
    gained: int


@dataclass(frozen=True, slots=True)
class Exposed:
    """One witness behind the facts shown.

    Attributes:
        source: the witness's pseudonym; empty if all facts shown are assumed to come from one witness.
        size: number of people who could have known everything shown that rests on the witness; may be 0.
        facts: facts shown now, most revealing first.
        earlier: number of facts resting on the witness that the recipient has already.
        before: the size from those earlier facts alone; None: no earlier facts.
    """

    source: str
    size: int
    facts: tuple[Narrowing, ...]
    earlier: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """How far the facts shown expose witnesses.

    Attributes:
        witnesses: witnesses behind at least one fact shown now, smallest set first.
        below: the minimum size that is safe.
        leave_out: facts to leave out so that every witness has a set of at least `below`, or nothing shown.
        exact: whether these are the fewest possible; else at least `at_least` are needed.
        ranked: facts of witnesses with too small a set, with the number of people gained by leaving out each alone.
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


def exposure(current: Resting, presence: PresenceGround, below: int, earlier: Resting | None = None) -> Exposure:
    """Measure how far some facts expose the witnesses they rest on.

    Args:
        current: each fact shown now → the witnesses it rests on.
        presence: the documented presence.
        below: the minimum number of people that is safe, from 0.
        earlier: as `current`, for facts the recipient already has.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> from graphsvc.analysis.exposure.presence import ground
        >>> there = [claim_from(f"r: p{n} CROSSED_ON c1", source_kind="record") for n in range(1, 6)]
        >>> there += [claim_from("r: p1 WORKED_AT w1", source_kind="record"), claim_from("r: p2 WORKED_AT w1", source_kind="record")]
        >>> known = ground(there, [])
        >>> boat, work = Fact("x", "PILOTED", "c1"), Fact("x", "CONTROLS", "w1")
        >>> found = exposure({boat: ["s1"], work: ["s1"]}, known, below=4)
        >>> [(one.source, one.size) for one in found.witnesses], found.leave_out == (work,), found.exact
        ([('s1', 2)], True, True)

    Limits: counts people, not how likely each is. People who only heard of a fact are not counted, and the set is 0
    where no documented person could have known the facts. Assumes that a reader can tell which facts come from one
    witness, which is more than a picture shows. Clues in wording, in gaps or in a date of interview are not covered.
    """
    accounts: dict[str, Told] = {}
    privy = {fact: presence.privy(fact) for fact in {**current, **(earlier or {})}}
    for place, facts in enumerate((earlier or {}, current)):
        for fact, sources in facts.items():
            for source in sources:
                account = accounts.setdefault(source, Told())
                (account.now if place else account.before)[fact] = privy[fact]
    current_accounts = {source: account for source, account in accounts.items() if account.now}
    witnesses = [_measure_witness(source, account) for source, account in current_accounts.items()]
    witnesses.sort(key=lambda exposed: (exposed.size, exposed.source))
    leave_out, at_least = fewest(list(current_accounts.values()), below)
    gained: dict[Fact, int] = {}
    for witness in witnesses:
        if witness.size < below:
            for shows in witness.facts:
                # Without its only fact, nothing is left that could identify the witness.
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


def _measure_witness(source: str, account: Told) -> Exposed:
    gains = account.gains()
    facts = [Narrowing(fact, those.bit_count(), gains[fact]) for fact, those in account.now.items()]
    facts.sort(key=lambda narrowing: (-narrowing.gained, narrowing.people, _order(narrowing.fact)))
    before = Told(account.before).size() if account.before else None
    return Exposed(source, account.size(), tuple(facts), len(account.before), before)


def _order(fact: Fact) -> tuple[str, ...]:
    return fact.relation, fact.subject, fact.object, fact.first_on, fact.last_on
