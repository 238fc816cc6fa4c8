"""Who is to be ranked: everyone but those who were only carried or exploited, or only witnesses."""

from __future__ import annotations

from collections.abc import Iterable

from graphsvc.analysis.evidence import Claim, Person
from graphsvc.analysis.roles import ACTIVE_OBJECT, ACTIVE_SUBJECT, PASSIVE_OBJECT, PASSIVE_SUBJECT

_CHARGED = frozenset({"suspect", "convicted"})


def candidates(claims: Iterable[Claim], persons: Iterable[Person]) -> frozenset[str]:
    """The ids of the persons to be ranked.

    In are: suspects and convicted persons; anyone a claim with weight gives an active part; and anyone of whom
    nothing speaks of being carried or exploited (not sealed, no victim, no passive relation). Being a source counts
    for nothing, either way.

    Example:
        >>> claim = Claim("c1", "p1", "PILOTED", "x1", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "crossing")
        >>> sealed = [Person(name, "", frozenset(), True) for name in ("p1", "p2")]
        >>> sorted(candidates([claim], [*sealed, Person("p3", "", frozenset(), False)]))
        ['p1', 'p3']

    Limits: an organiser known only as a passenger, and sealed as one, is not ranked until a claim gives them a part.
    """
    active: set[str] = set()
    passive: set[str] = set()
    for claim in claims:
        if not claim.asserts:
            continue
        if claim.relation in ACTIVE_SUBJECT:
            active.add(claim.subject)
        if claim.relation in ACTIVE_OBJECT:
            active.add(claim.object)
        if claim.relation in PASSIVE_SUBJECT:
            passive.add(claim.subject)
        if claim.relation in PASSIVE_OBJECT:
            passive.add(claim.object)
    return frozenset(
        person.id
        for person in persons
        if person.id in active
        or person.categories & _CHARGED
        or not (person.sealed or "victim" in person.categories or person.id in passive)
    )
