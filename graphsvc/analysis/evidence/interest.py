"""Claims about someone their own source has a quarrel, a debt or an accusation with.

Only inside the service are source and person brought together, so only there can this be told; the mark is for those
with source clearance, since it narrows down who a source is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from graphsvc.analysis.evidence.claims import Claim
from graphsvc.analysis.evidence.roles import ACTS, DEEDS, OF_A_GANG, PAYS_OR_OWES, QUARRELS
from graphsvc.records.grading import INTERESTS
from graphsvc.records.relations import doing

# Who says one of these of somebody accuses them. Those who are carried pay and owe as well.
ACCUSES = frozenset({*DEEDS, *ACTS} - PAYS_OR_OWES)
_OWES = doing("owes")


def interests(claims: Iterable[Claim], persons: Mapping[str, str]) -> dict[str, str]:
    """Id of a claim → what its source is to one whom it is about, for the claims where they are something.

    Args:
        claims: those one level of readers may see; what they say of quarrels, debts and accusations counts with weight
            alone, while a claim without weight is marked like any other.
        persons: source → the id of the person who it is, as it stands in the claims.

    The values are those of `records.grading.INTERESTS`, the first one that holds. About oneself nobody has one here.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> told = [said("s1: p9 RUNS g1"), said("r: p1 OWES p9", source_kind="record"), said("s2: p9 RUNS g1", id="c2")]
        >>> interests(told, {"s1": "p1", "s2": "p2"})
        {'s1: p9 RUNS g1': 'owes'}

    Limits: only what somebody told and recorded of a quarrel or debt; a mark says that there is one, not that it moved
    the source, and a claim without a mark may come from an enemy. Persons said to be the same are not taken as one, and
    a rival gang is not its members.
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
        # A source of intelligence is nobody of the case, whatever their id says.
        if person is None or claim.source_kind != "witness":
            continue
        if person not in to:
            to[person] = {name: set(those.get(person, ())) for name, those in known.items()}
            for gang in gangs.get(person, ()):
                to[person]["rival"] |= known["rival"].get(gang, set())
        about = {claim.subject, claim.object} - {person}
        held = next((name for name, those in to[person].items() if not about.isdisjoint(those)), "")
        if held:
            marks[claim.id] = held
    return marks
