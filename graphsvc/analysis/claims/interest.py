"""Finds claims about a rival, debtor, creditor or accuser of the source who makes them.

Only the service matches sources with persons, so only the service can mark these claims. The mark is for readers with
source clearance, since it narrows down who the source is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.roles import ACTS, DEEDS, OF_A_GANG, PAYS_OR_OWES, QUARRELS
from graphsvc.records.grading import INTERESTS
from graphsvc.records.relations import doing

# Asserting one of these relations accuses the subject. Paying and owing do not count: people being smuggled do both.
ACCUSES = frozenset({*DEEDS, *ACTS} - PAYS_OR_OWES)
_OWES = doing("owes")


def interests(claims: Iterable[Claim], persons: Mapping[str, str]) -> dict[str, str]:
    """Return, by claim id, the source's interest in a person the claim is about, for claims with such an interest.

    Args:
        claims: the claims visible to one class of readers. Only claims with weight establish quarrels, debts and
            accusations, but claims without weight are marked too.
        persons: source → id of the person who is the source, as used in the claims.

    The values are those of `records.grading.INTERESTS`; the first that applies is returned. No source has an interest
    in themselves here.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> told = [claim_from("s1: p9 RUNS g1"), claim_from("r: p1 OWES p9", source_kind="record"), claim_from("s2: p9 RUNS g1", id="c2")]
        >>> interests(told, {"s1": "p1", "s2": "p2"})
        {'s1: p9 RUNS g1': 'owes'}

    Limits: knows only recorded quarrels and debts. A mark shows that there is an interest, not that it influenced the
    source, and a claim without a mark may come from an enemy. Persons reported to be the same are not merged, and a
    rival gang's members are not marked.
    """
    claims = list(claims)
    known: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in INTERESTS}
    gangs: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        if not claim.asserts:
            continue
        if claim.relation in OF_A_GANG:
            gangs[claim.subject].add(claim.object)
        elif claim.relation in QUARRELS:
            known["rival"][claim.subject].add(claim.object)
            known["rival"][claim.object].add(claim.subject)
        elif claim.relation in _OWES:
            known["owes"][claim.subject].add(claim.object)
            known["owed"][claim.object].add(claim.subject)
        if claim.relation in ACCUSES and claim.source_kind == "witness" and claim.source in persons:
            known["accuser"][claim.subject].add(persons[claim.source])
    to: dict[str, dict[str, set[str]]] = {}
    marks: dict[str, str] = {}
    for claim in claims:
        person = persons.get(claim.source)
        # An intelligence source is never a person of the case, even if their id is in `persons`.
        if person is None or claim.source_kind != "witness":
            continue
        if person not in to:
            to[person] = {name: set(those.get(person, ())) for name, those in known.items()}
            for gang in gangs.get(person, ()):
                to[person]["rival"] |= known["rival"].get(gang, set())
        about = {claim.subject, claim.object} - {person}
        interest = next((name for name, those in to[person].items() if not about.isdisjoint(those)), "")
        if interest:
            marks[claim.id] = interest
    return marks
