"""Who stands out: every candidate with a score, its shares, and what it rests on.

The score adds up what accounts say of a person. It ranks; it is no probability, and never a finding of guilt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from graphsvc.analysis import ingredients
from graphsvc.analysis.belief import corroboration, once
from graphsvc.analysis.candidates import parted
from graphsvc.analysis.dependence import Ints
from graphsvc.analysis.evidence import Claim, Dependence, Person
from graphsvc.analysis.ledger import Bools, Floats, Ledger, encode
from graphsvc.analysis.roles import ARRANGES, COMMANDS, HANDS_ON, LEVEL_TIES, OPERATION, TAKES_ORDERS
from graphsvc.analysis.structure import contacts, positions, stands_out

# What each ingredient adds to the score, per unit. Set by hand on invented cases with seeds 1 to 20.
WEIGHTS = MappingProxyType(
    {
        "commands": 0.6,
        "arranges": 1.0,
        "reaches": 0.6,
        "bridges": 0.2,
        "takes_orders": -0.6,
        "hands_on": -1.0,
        "seen_by_many": -0.3,
    }
)
# Named beside every judgement of a person about a lead: it goes up whenever the same claims may score otherwise.
RULES_VERSION = "1"
# Fewer independent groups and other sources than this, over all accounts of roles, cannot single anyone out.
FEWEST_VOICES = 3

Shares = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Lead:
    """One candidate.

    Attributes:
        score: higher is further forward; only the order means something.
        rank: from 1; ties share the lowest.
        groups: independent groups of witnesses whose accounts raise the score; `few` where a reader may not know more.
        other_sources: distinct reports and records whose claims raise it.
        score_on_record: the score on claims on the record alone.
        denied: claims with weight that deny something said of the person; `few` where a reader may not know more.
        denying_groups: independent groups of witnesses among those who deny it; `denying_others` reports and records.
        shares: ingredient → its share of the score; they add up to it.
    """

    id: str
    name: str
    score: float
    rank: int
    groups: int | str
    other_sources: int
    score_on_record: float
    denied: int | str
    denying_groups: int
    denying_others: int
    shares: dict[str, float]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every candidate, best first.

    Attributes:
        verdict: `leads`, or `abstains` where the data cannot tell anyone apart; the list is given with either.
        reason: the verdict in words.
    """

    verdict: str
    reason: str
    leads: list[Lead]


def rank(
    claims: Iterable[Claim], persons: Iterable[Person], dependence: Dependence, *, singly: bool = False
) -> Ranking:
    """Ranks the candidates by what accounts say of them, direction first.

    Args:
        claims: those the reader may see.
        persons: likewise.
        dependence: what sources share, see `dependence`.
        singly: of each group of witnesses only the strongest claim about a link counts, so that scores do not tell how
            many of a group spoke.

    Example:
        >>> claim = Claim("c1", "p1", "DIRECTED", "p2", "asserts", "active", "t1", "s1", "witness", "2", "C", True, 1, "P",
        ...     "person", "person")
        >>> people = [Person("p1", "Ash", frozenset(), False), Person("p2", "Birch", frozenset(), False)]
        >>> ranking = rank([claim], people, {})
        >>> [(lead.id, lead.rank) for lead in ranking.leads], ranking.verdict
        ([('p1', 1), ('p2', 2)], 'abstains')

    Limits: says who is worth a look, on what was said and recorded. Whoever no account mentions cannot be found, and
    accounts agreed beforehand by people with nothing recorded in common count as independent.
    """
    claims, persons = list(claims), list(persons)
    ledger = encode(claims, dependence)
    chosen, left_out = parted(claims, persons)
    people = sorted((person for person in persons if person.id in chosen), key=lambda person: person.id)
    inside = ingredients.inside(ledger, left_out)
    roles = bool(set(ledger.relations) & {*COMMANDS, *ARRANGES, *HANDS_ON})
    score = by_roles if roles else by_structure
    counted = once if singly else lambda rows: rows
    shares = score(counted(ledger), inside)
    recorded = _total(score(counted(ledger.rows(ledger.on_record)), inside), len(ledger.ids))
    stands, reason = _verdict(ledger, inside) if roles else _structure_verdict(ledger, inside)
    return Ranking(
        verdict="leads" if stands else "abstains",
        reason=reason,
        leads=_leads(people, ledger, shares, recorded, _counts(ledger, roles)),
    )


def by_roles(ledger: Ledger, inside: Bools) -> Shares:
    """The shares of the score of each entity where accounts give people roles, ingredient by ingredient.

    `inside` says of each entity of the ledger whether it may play a part.

    Example:
        >>> sorted(by_roles(encode([], {}), np.zeros(0, dtype=bool))) == sorted(WEIGHTS)
        True

    Limits: see each ingredient.
    """
    said = ingredients.accounts(ledger, inside)
    found = {
        "commands": ingredients.commands(said),
        "arranges": ingredients.arranges(said),
        "takes_orders": ingredients.takes_orders(said),
        "hands_on": ingredients.hands_on(said),
        "bridges": ingredients.bridges(said),
        "seen_by_many": ingredients.seen_by_many(said),
    }
    standing = np.maximum(found["arranges"] + 0.5 * found["commands"], 0.0)
    found["reaches"] = ingredients.reaches(said, standing)
    found["reaches"] = ingredients.reaches(said, standing + 0.5 * found["reaches"])
    return {name: WEIGHTS[name] * found[name] for name in WEIGHTS}


def by_structure(ledger: Ledger, inside: Bools) -> Shares:
    """The shares of the score of each entity where there are only contacts: two positions, half and half.

    Example:
        >>> sorted(by_structure(encode([], {}), np.zeros(0, dtype=bool)))
        ['closeness', 'contacts_apart']

    Limits: see `structure`; a position among those watched, not a role.
    """
    rows = _usable(ledger, inside)
    network = contacts(ledger.subject[rows], ledger.object[rows], len(ledger.ids))
    return {name: value / 2 for name, value in positions(network).items()}


def _usable(ledger: Ledger, inside: Bools) -> Ints:
    """Rows that assert a tie between two who may play a part."""
    return np.flatnonzero(ledger.of(LEVEL_TIES) & ~ledger.denies & inside[ledger.subject] & inside[ledger.object])


def _verdict(ledger: Ledger, inside: Bools) -> tuple[bool, str]:
    said = ledger.of({*COMMANDS, *ARRANGES, *TAKES_ORDERS, *HANDS_ON}) & ~ledger.denies
    rows = np.flatnonzero(said & inside[ledger.subject])
    groups, others = corroboration(ledger, np.zeros(len(rows), dtype=np.int64), rows, 1)
    voices = int(groups[0] + others[0])
    if voices < FEWEST_VOICES:  # how many is not told: it may be one witness
        return False, f"No one stands out: fewer than {FEWEST_VOICES} independent voices say who played which part."
    return True, "Ranked by what accounts say of who directs, arranges and links."


def _structure_verdict(ledger: Ledger, inside: Bools) -> tuple[bool, str]:
    rows = _usable(ledger, inside)
    stands, why = stands_out(contacts(ledger.subject[rows], ledger.object[rows], len(ledger.ids)))
    told = "No account gives anyone a role, so this is structure only"
    return stands, f"{told}: {why}." if stands else f"{told}, and no one stands out: {why}."


def _total(shares: Shares, size: int) -> Floats:
    return sum(shares.values(), start=np.zeros(size))


def _counts(ledger: Ledger, roles: bool) -> tuple[Ints, ...]:
    """For each entity who raises it, and who denies what is said of it.

    In this order: groups of witnesses and other sources that raise it; denials; groups and other sources that deny.
    """
    size = len(ledger.ids)
    rows = np.flatnonzero(ledger.of({*COMMANDS, *ARRANGES} if roles else LEVEL_TIES) & ~ledger.denies)
    owner = ledger.subject[rows]
    if not roles:
        owner, rows = np.concatenate((owner, ledger.object[rows])), np.tile(rows, 2)
    groups, others = corroboration(ledger, owner, rows, size)
    denying = ledger.of(OPERATION) & ledger.denies
    ends = np.concatenate((ledger.subject[denying], ledger.object[denying]))
    against = corroboration(ledger, ends, np.tile(np.flatnonzero(denying), 2), size)
    return groups, others, np.bincount(ends, minlength=size).astype(np.int64), *against


def _leads(
    people: Sequence[Person], ledger: Ledger, shares: Shares, recorded: Floats, counts: tuple[Ints, ...]
) -> list[Lead]:
    place = {name: number for number, name in enumerate(ledger.ids)}
    rows = [place.get(person.id, -1) for person in people]
    # One more row, of nothing, for persons of whom no claim speaks.
    columns = {name: np.append(value, 0.0)[rows].round(9).tolist() for name, value in shares.items()}
    record = np.append(recorded, 0.0)[rows].round(9).tolist()
    groups, others, denied, deniers, denying_others = (np.append(count, 0)[rows].tolist() for count in counts)
    scores = [round(sum(column[number] for column in columns.values()), 9) for number in range(len(people))]
    order = sorted(range(len(people)), key=lambda number: (-scores[number], people[number].id))
    leads: list[Lead] = []
    for position, number in enumerate(order, start=1):
        tied = bool(leads) and leads[-1].score == scores[number]
        leads.append(
            Lead(
                id=people[number].id,
                name=people[number].name,
                score=scores[number],
                rank=leads[-1].rank if tied else position,
                groups=groups[number],
                other_sources=others[number],
                score_on_record=record[number],
                denied=denied[number],
                denying_groups=deniers[number],
                denying_others=denying_others[number],
                shares={name: column[number] for name, column in columns.items()},
            )
        )
    return leads
