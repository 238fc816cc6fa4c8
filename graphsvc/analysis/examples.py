"""Claims in short notation, for examples and tests of the analysis: `claim_from("s1: p1 DIRECTED p2")`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from graphsvc.analysis.claims.belief import standing, strengths
from graphsvc.analysis.claims.claims import Claim, Dependence, Person
from graphsvc.analysis.claims.ledger import encode
from graphsvc.analysis.ranking.additive import shipped_weights
from graphsvc.analysis.ranking.network import Operation, network
from graphsvc.records.relations import RELATIONS


def claim_from(text: str, **changes: Any) -> Claim:
    """Make the claim of an untested witness (2C, not on record) from `source: subject RELATION object`.

    `not` before the relation makes it a denial. `changes` override fields of the claim.

    Example:
        >>> claim = claim_from("s1: p1 not PILOTED c1", source_kind="record")
        >>> claim.source, claim.subject, claim.relation, claim.object, claim.polarity, claim.object_kind, claim.source_kind
        ('s1', 'p1', 'PILOTED', 'c1', 'denies', 'crossing', 'record')

    Limits: takes the first kind a relation allows at each end.
    """
    source, rest = text.split(": ", 1)
    subject, *denial, relation, object_ = rest.split()
    ends = RELATIONS[relation]
    claim = Claim(
        id=text,
        subject=subject,
        relation=relation,
        object=object_,
        polarity="denies" if denial else "asserts",
        status="active",
        statement=f"statement of {source}",
        source=source,
        source_kind="witness",
        source_grade="2",
        assessment="C",
        on_record=False,
        weight=1,
        handling="P",
        subject_kind=ends.subjects[0],
        object_kind=ends.objects[0],
    )
    return replace(claim, **changes)


def people(*ids: str, sealed: Collection[str] = ()) -> list[Person]:
    """Make persons without categories, named after their ids; those in `sealed` are sealed.

    Example:
        >>> [(person.id, person.sealed) for person in people("p1", "p2", sealed=["p2"])]
        [('p1', False), ('p2', True)]

    Limits: makes no suspects or victims.
    """
    return [Person(name, name, frozenset(), name in sealed) for name in ids]


def network_from(*texts: str, carried: Collection[str] = (), dependence: Dependence | None = None) -> Operation:
    """Make the network of some claims in short notation, in which all but `carried` may play a part.

    Example:
        >>> network_from("s1: p1 DIRECTED p2").ids
        ['p1', 'p2']

    Limits: an end counts as a person if its relation lists `person` as the first kind for that end.
    """
    claims = [claim_from(text) for text in texts]
    ledger = encode(claims, dependence or {})
    standings = standing(ledger, strengths(ledger), int(ledger.link.max(initial=-1)) + 1)
    ends = [(claim.subject, claim.subject_kind) for claim in claims] + [(c.object, c.object_kind) for c in claims]
    persons = [name for name, kind in ends if kind == "person"]
    return network(ledger, standings, persons, carried, shipped_weights().columns)
