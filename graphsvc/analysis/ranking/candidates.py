"""Choose the people to rank: everyone except children, forced pilots, and people only carried or exploited.

Whether a person is sealed makes no difference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.analysis.claims.laid import columnar_claims
from graphsvc.analysis.claims.roles import (
    ACTIVE_OBJECT,
    ACTIVE_SUBJECT,
    COERCES,
    HANDS_ON,
    IN_COMMAND,
    LEVEL_TIES,
    PASSIVE_OBJECT,
    PASSIVE_SUBJECT,
    PLAYS_PART,
    RUNS_WORKPLACE,
    WORKED,
)
from graphsvc.records.columns import distinct_texts, where

Bools = NDArray[np.bool_]
CHARGED = frozenset({"suspect", "convicted"})


def split_people(claims: Iterable[Claim], persons: Iterable[Person]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of people to rank, and the result of `carried_people`; people in both are ranked for a link.

    The ranking includes all people not carried, and carried people who are not victims and have a link (contact, seen
    together, quarrel) to someone who plays a part. It never includes people under 18 or of disputed age, or forced
    pilots: people reported to have been coerced and to have worked with their own hands, but not to have commanded
    anyone.

    Example:
        >>> claims = [Claim(f"c{number}", person, relation, "x1", "asserts", "active", "t1", "s1", "witness", "2", "D", True,
        ...     1, "P", "person", "crossing") for number, person, relation in ((1, "p1", "PILOTED"), (2, "p2", "CROSSED_ON"))]
        >>> ranked, left_out = split_people(claims, [Person(name, "", frozenset(), True) for name in ("p1", "p2", "p3")])
        >>> sorted(ranked), sorted(left_out)
        (['p1', 'p3'], ['p2'])

    Limits: an organiser known only as a passenger is not ranked until a claim gives them a part or such a link. A
    single claim that a forced pilot organised, supplied, controlled, directed, recruited or coerced makes them ranked.
    """
    persons = list(persons)
    ends = _Ends(claims)
    never = _forced_workers(ends) | {person.id for person in persons if person.child}
    tied = ends.level_tie_ends(ends.standing(PLAYS_PART, ()) | ends.paid())
    left_out = _carried_ids(ends, persons)
    chosen = frozenset(
        person.id
        for person in persons
        if person.id not in never
        and (person.id not in left_out or (person.id in tied and "victim" not in person.categories))
    )
    return chosen, left_out


def carried_people(claims: Iterable[Claim], persons: Iterable[Person]) -> frozenset[str]:
    """Return the ids of people known only to have been carried or exploited.

    The result excludes suspects and convicted persons, people with an active part by a claim with weight, and people
    not reported as carried or exploited (not a victim, no passive relation). A wage (paid by a person who runs a
    workplace to a person who worked at one) is no active part. Being a source or being sealed makes no difference.

    Example:
        >>> claim = Claim("c1", "p1", "CROSSED_ON", "x1", "asserts", "active", "t1", "s1", "witness", "2", "D", True, 1, "P",
        ...     "person", "crossing")
        >>> sorted(carried_people([claim], [Person(name, "", frozenset(), False) for name in ("p1", "p2")]))
        ['p1']

    Limits: acts that go with being carried (paying, being in contact) look the same as those of organisers.
    """
    return _carried_ids(_Ends(claims), persons)


class _Ends:
    """Subjects and objects of relations, by asserting claims with weight."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        columns = columnar_claims(claims).columns()
        asserted = where(columns["status"], {"active"}) & where(columns["polarity"], {"asserts"})
        self._subject, self._relation, self._object = (
            columns[name].filter(asserted) for name in ("subject", "relation", "object")
        )

    def standing(self, as_subject: Collection[str], as_object: Collection[str]) -> set[str]:
        """Return the subjects of relations in `as_subject` and the objects of relations in `as_object`."""
        return distinct_texts(self._subject, self._of(as_subject)) | distinct_texts(self._object, self._of(as_object))

    def paid(self) -> set[str]:
        """Return the ids that were paid, apart from wages (paid by people who run a workplace to workers)."""
        runs, worked = self.standing(RUNS_WORKPLACE, ()), self.standing(WORKED, ())
        wages = where(self._subject, runs) & where(self._object, worked)
        return distinct_texts(self._object, self._of(ACTIVE_OBJECT) & ~wages)

    def level_tie_ends(self, active: Collection[str]) -> set[str]:
        """Return both ends of every level link (`roles.LEVEL_TIES`) that touches one of these ids."""
        those = where(self._subject, active) | where(self._object, active)
        those &= self._of(LEVEL_TIES)
        return distinct_texts(self._subject, those) | distinct_texts(self._object, those)

    def _of(self, relations: Collection[str]) -> Bools:
        return where(self._relation, relations)


def _forced_workers(ends: _Ends) -> set[str]:
    """Return people reported as coerced and as working with their own hands, but not as commanding."""
    return (ends.standing(HANDS_ON, ()) & ends.standing((), COERCES)) - ends.standing(IN_COMMAND, ())


def _carried_ids(ends: _Ends, persons: Iterable[Person]) -> frozenset[str]:
    active = ends.standing(ACTIVE_SUBJECT, ()) | ends.paid()
    passive = ends.standing(PASSIVE_SUBJECT, PASSIVE_OBJECT)
    return frozenset(
        person.id
        for person in persons
        if person.id not in active
        and not person.categories & CHARGED
        and ("victim" in person.categories or person.id in passive)
    )
