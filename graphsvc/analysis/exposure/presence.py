"""Documented presence, which shows who could have known a fact: people on that crossing, in that house, on that day.

Each relation defines at which end others could have witnessed it, and whether it accuses its subject
(`records.relations.Privy`). Sets of people are integers with a bit for each person, so intersecting many of them is
fast.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.records.dates import parse_date
from graphsvc.records.relations import RELATIONS, LinkKey, Privy, doing, those

# First and last day as ordinals; None: no day is documented.
Span = tuple[int, int] | None
# Categories of people assumed to read what is released, and to know who was present.
READERS = frozenset({"suspect", "convicted"})


_ALONE = Privy()
PRIVY = MappingProxyType({name: relation.privy for name, relation in RELATIONS.items()})
# Relations that document a person at the object: on its day (a crossing), on the claim's days, or on any day.
_ON_ITS_DAY = frozenset(those(lambda relation: relation.there == "its day"))
_ON_THEIR_DAYS = frozenset(those(lambda relation: relation.there == "their days"))
_ANY_DAY = frozenset(those(lambda relation: relation.there == "any day"))
# Relations that show where a boat or gang was.
_WHERE = frozenset(those(lambda relation: relation.there == "known at"))
_SAME = doing("is the same")
_EVER = (1, dt.date.max.toordinal())


@dataclass(frozen=True, slots=True)
class Fact:
    """One link as it is shown: subject, relation, object, and its days (as given, or empty).

    Attributes:
        denied: `denied` or `contested`, for the reader of the fact, if a claim speaks against the link; else empty.
    """

    subject: str
    relation: str
    object: str
    first_on: str = ""
    last_on: str = ""
    denied: str = field(default="", compare=False)

    @property
    def key(self) -> LinkKey:
        """The link shown."""
        return self.subject, self.relation, self.object


@dataclass(slots=True)
class PresenceGround:
    """Documented presence of people, and the witnesses behind each link.

    Attributes:
        people: id of each person → their number; ids reported to be one person have the same number.
        there: place → (number, span) of people there; stays: number → (place, span).
        known_at: boat or gang → places where it was.
        readers: people assumed to read what is released, as a bit set.
        rests: link → sources of witnesses with an active claim for or against it.
    """

    people: dict[str, int] = field(default_factory=dict)
    there: dict[str, list[tuple[int, Span]]] = field(default_factory=dict)
    stays: dict[int, list[tuple[str, Span]]] = field(default_factory=dict)
    known_at: dict[str, set[str]] = field(default_factory=dict)
    readers: int = 0
    rests: dict[LinkKey, frozenset[str]] = field(default_factory=dict)

    def privy(self, fact: Fact) -> int:
        """Return the people who could have known a fact and reported it, as a bit set by person number.

        Example:
            >>> from graphsvc.analysis.examples import claim_from
            >>> found = ground([claim_from("s1: p1 PILOTED c1"), claim_from("s1: p2 CROSSED_ON c1"), claim_from("s2: p3 CROSSED_ON c1")], [])
            >>> found.privy(Fact("p1", "PILOTED", "c1")).bit_count()
            2

        Limits: see `ground`. A relation not in `PRIVY` is assumed to be known only to the persons at its ends.
        """
        rule, days = PRIVY.get(fact.relation, _ALONE), span(fact.first_on, fact.last_on)
        subject, target = self.people.get(fact.subject), self.people.get(fact.object)
        people = _bit(subject) | _bit(target)
        if rule.at:
            for place in (fact.object, *self.known_at.get(fact.object, ())):
                people |= self._people_at(place, days)
        if rule.beside and target is not None and not (rule.beside == "both" and subject is None):
            people |= self._beside(target, days, _bit(subject) if rule.beside == "both" else 0)
        accused = _bit(subject) if rule.accuses else 0
        return people & ~accused & ~self.readers

    def _people_at(self, place: str, days: Span) -> int:
        people = 0
        for number, stay in self.there.get(place, ()):
            if _meet(days, stay):
                people |= 1 << number
        return people

    def _beside(self, number: int, days: Span, needed: int) -> int:
        """Return people who shared a place with a person at the time, if the `needed` people (a bit set) did too."""
        people = 0
        for place, stay in self.stays.get(number, ()):
            if not _meet(days, stay):
                continue
            present = 0
            for neighbour, theirs in self.there[place]:
                if _meet(days, theirs) and _meet(stay, theirs):
                    present |= 1 << neighbour
            if not needed & ~present:
                people |= present
        return people


def ground(claims: Iterable[Claim], persons: Iterable[Person], days: Mapping[str, str] | None = None) -> PresenceGround:
    """Collect documented presence, from claims with weight.

    Args:
        claims: all claims the reader may see.
        persons: persons with their categories.
        days: crossing → its date as given.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> found = ground([claim_from("s1: p1 CROSSED_ON c1"), claim_from("s2: p2 CROSSED_ON c1"), claim_from("s2: p1 SAME_AS p2")], [])
        >>> len(set(found.people.values())), sorted(found.rests["p1", "CROSSED_ON", "c1"])
        (1, ['s1'])

    Limits: counts people placed there by a claim, unless a claim denies it. Unrecorded people would make a set larger,
    so a set is never overstated. Suspects and convicted people are assumed to read what is released and are not counted
    as possible sources, although one may be the source: then the set has the people others would suspect first. A stay
    without days, or on a day that is only possible (each day of `2020-05`), does not count for a dated fact, as it is
    not known to cover it.
    """
    claims = [claim for claim in claims if claim.counts]
    presence = PresenceGround(people=_numbers(claims, persons))
    denied = {claim.key for claim in claims if claim.denies}
    rests: dict[LinkKey, set[str]] = defaultdict(set)
    stays: dict[tuple[str, int], set[Span]] = defaultdict(set)
    for claim in claims:
        if claim.source_kind == "witness":
            rests[claim.key].add(claim.source)
        if not claim.asserts or claim.key in denied:
            continue
        if claim.relation in _WHERE and claim.subject_kind in ("boat", "gang"):
            presence.known_at.setdefault(claim.subject, set()).add(claim.object)
        if claim.subject_kind != "person":
            continue
        if claim.relation in _ON_ITS_DAY:
            day = (days or {}).get(claim.object, "")
            stays[claim.object, presence.people[claim.subject]].add(span(day, "") if day else span(claim.from_on, ""))
        elif claim.relation in _ON_THEIR_DAYS:
            stays[claim.object, presence.people[claim.subject]].add(_for_certain(claim.from_on, claim.to_on))
        elif claim.relation in _ANY_DAY:
            stays[claim.object, presence.people[claim.subject]].add(_EVER)
    for (place, number), spans in stays.items():
        for stay in spans:
            presence.there.setdefault(place, []).append((number, stay))
            # Belonging to a gang or using a phone does not put people together.
            if stay is not _EVER:
                presence.stays.setdefault(number, []).append((place, stay))
    presence.rests = {key: frozenset(sources) for key, sources in rests.items()}
    for person in persons:
        if person.categories & READERS and person.id in presence.people:
            presence.readers |= 1 << presence.people[person.id]
    return presence


def _numbers(claims: Iterable[Claim], persons: Iterable[Person]) -> dict[str, int]:
    """Return a number for each person; one number for all ids that are reported to be the same."""
    same: dict[str, str] = {}

    def first(name: str) -> str:
        while same.setdefault(name, name) != name:
            same[name] = same[same[name]]
            name = same[name]
        return name

    for person in persons:
        first(person.id)
    for claim in claims:
        if claim.subject_kind == "person":
            first(claim.subject)
        if claim.object_kind == "person":
            first(claim.object)
        if claim.relation in _SAME and claim.asserts:
            low, high = sorted((first(claim.subject), first(claim.object)))
            same[high] = low
    numbers: dict[str, int] = {}
    people = {}
    for person_id in sorted(same):
        people[person_id] = numbers.setdefault(first(person_id), len(numbers))
    return people


@lru_cache(maxsize=50_000)
def span(first: str, last: str) -> Span:
    """Return the days covered by two partial dates as given; None if both are empty.

    Example:
        >>> span("2020-05", "") == (dt.date(2020, 5, 1).toordinal(), dt.date(2020, 5, 31).toordinal())
        True
        >>> span("", "") is None
        True

    Limits: an open end extends to the date given, not further.
    """
    if not first and not last:
        return None
    begin, end = parse_date(first or last), parse_date(last or first)
    days = sorted((begin.earliest, begin.latest, end.earliest, end.latest))
    return days[0].toordinal(), days[-1].toordinal()


def _for_certain(first: str, last: str) -> Span:
    """Return the days of certain presence between two partial dates; the last may be before the first."""
    if not first and not last:
        return None
    return parse_date(first or last).latest.toordinal(), parse_date(last or first).earliest.toordinal()


def _bit(number: int | None) -> int:
    return 0 if number is None else 1 << number


def _meet(days: Span, stay: Span) -> bool:
    """Whether a person there for `stay` is documented there on `days`; True for everyone if no days are given."""
    if days is None:
        return True
    return stay is not None and days[0] <= stay[1] and stay[0] <= days[1]
