"""The ranking: every candidate with a score, its shares, and the sources it rests on.

The score adds up source counts about a person and about the people they are linked to (`additive`). It ranks; it is not
a probability, and never a finding of guilt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from graphsvc.analysis.claims.belief import corroboration
from graphsvc.analysis.claims.bins import distinct
from graphsvc.analysis.claims.claims import Claim, Dependence, Person
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools, Floats, Ledger
from graphsvc.analysis.ranking import additive, chance, stages
from graphsvc.analysis.ranking.additive import ScoreWeights
from graphsvc.analysis.ranking.basis import FEWEST_VOICES, ONLY_CARRIED, Basis, basis, has_roles
from graphsvc.analysis.ranking.ingredients import FAMILIES
from graphsvc.analysis.ranking.network import Operation
from graphsvc.analysis.ranking.reasons import (
    RowShares,
    of_links,
    passive,
    row_shares,
    rows_of,
    split_scores,
)
from graphsvc.analysis.ranking.structure import by_structure, structure_links
from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors
from graphsvc.records.weights import SHIPPED, Weights

# Recorded with every decision on a lead; raise it whenever the same claims may get a different score.
RULES_VERSION = "11"
_FEW_VOICES = f"fewer than {FEWEST_VOICES} independent voices say who arranges, directs, recruits, pays or coerces"
_TOO_LITTLE = (
    "No one stands out: too little is known about the people who rank first. It would take more sources who say that they direct, arrange,"
    " recruit or pay, or records of it."
)
# Reasons for an empty ranking: no people, or only people who were carried.
_NO_PEOPLE = "No one stands out: only people are ranked, and you can see none."
_ALL_CARRIED = "No one stands out: everyone you can see is only said to have been carried or exploited."

Shares = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Lead:
    """One candidate.

    Attributes:
        score: higher ranks first; only the order is meaningful.
        rank: from 1; equal scores share the lowest.
        groups: independent groups of witnesses that assert links which raise the score (`reasons`); `few` where the
            reader may not know the number.
        independent: effective number of independent statements those groups are worth (`independence.effective`); None
            where the reader may not know it.
        other_sources: distinct sources of reports and records that assert such links.
        score_on_record: the score from claims on the record alone; `rank_on_record`: the rank by it, ties share the
            lowest.
        groups_on_record: as `groups`, from claims on the record alone; `other_sources_on_record`: as `other_sources`,
            from the same claims.
        denied: number of claims with weight that deny a link with a share in the score; `few` where the reader may not
            know it.
        denying_groups: independent groups of witnesses that deny such a link; `denying_others`: other sources that do.
        shares: family of ingredients → its share of the score; the shares add up to the score.
        stages: stage of the operation the person has a hand in → rank among the people with a hand in it, from 1.
    """

    id: str
    name: str
    score: float
    rank: int
    groups: int | str
    independent: float | None
    other_sources: int
    score_on_record: float
    denied: int | str
    denying_groups: int
    denying_others: int
    shares: dict[str, float]
    stages: dict[str, int] = field(default_factory=dict)
    rank_on_record: int = 0
    groups_on_record: int | str = 0
    other_sources_on_record: int = 0


@dataclass(frozen=True, slots=True)
class Ranking:
    """All candidates, best first.

    Attributes:
        verdict: `leads`, or `abstains` where the data cannot distinguish anyone; the list is given in both cases.
        reason: the verdict in words.
    """

    verdict: str
    reason: str
    leads: list[Lead]


def rank(
    claims: Iterable[Claim],
    persons: Iterable[Person],
    dependence: Dependence,
    *,
    few_below: int = 0,
    weights: Weights = SHIPPED,
    score_weights: ScoreWeights | None = None,
) -> Ranking:
    """Rank the candidates by the statements about them.

    Args:
        claims: claims visible to the reader.
        persons: persons visible to the reader.
        dependence: shared circumstances of sources, see `dependence`.
        few_below: limit for ranking without source clearance (`folding.as_told`).
        weights: values of gradings.
        score_weights: weights of the score (default: as shipped).

    Example:
        >>> claim = Claim("c1", "p1", "DIRECTED", "p2", "asserts", "active", "t1", "s1", "witness", "2", "C", True, 1, "P",
        ...     "person", "person")
        >>> people = [Person("p1", "Ash", frozenset(), False), Person("p2", "Birch", frozenset(), False)]
        >>> ranking = rank([claim], people, {})
        >>> [(lead.id, lead.rank) for lead in ranking.leads], ranking.verdict
        ([('p1', 1), ('p2', 2)], 'abstains')

    Limits: shows who is worth a look, from statements and records. People no statement mentions cannot be found.
    Statements agreed beforehand by people with no recorded connection count as independent.
    """
    on = basis(claims, persons, dependence, few_below=few_below, weights=weights, score_weights=score_weights)
    return rank_basis(on)


def rank_basis(on: Basis, processors: Processors = THIS_MACHINE) -> Ranking:
    """Rank a basis that is already prepared, see `rank`.

    Args:
        on: the basis of the ranking.
        processors: workers for the test against chance.

    Example:
        >>> rank_basis(basis([], [], {})).verdict
        'abstains'

    Limits: as `rank`.
    """
    ledger = on.ledger
    if not on.people:
        return Ranking("abstains", _ALL_CARRIED if on.persons else _NO_PEOPLE, [])
    on_the_record = on.recorded_claims
    if on.network is not None and on.scored_network is not None:
        recorded = on.operation(on_the_record)
        scored = additive.score(recorded, on.score_weights)
        each = split_scores(on)
        shares = by_family(on, each)
        on_record = _spread(ledger, recorded, scored.score)
        raising_on_record = row_shares(on_the_record, recorded, scored)
        hand = stages.hands(on.told, on.belief)
        staged = dict(
            zip(on.told.ids, stages.places(hand, _spread(on.told, on.network, on.scored_network.score)), strict=True)
        )
        stands_out, reason = _verdict(on, processors)
    else:
        each, shares, staged = split_scores(on), on.positions, {}
        recorded_shares = by_structure(on_the_record, on.inside)
        on_record = sum(recorded_shares.values(), start=np.zeros(len(ledger.ids)))
        raising_on_record = of_links(on_the_record, structure_links(on_the_record, on.inside, recorded_shares))
        stands_out, reason = _structure_verdict(on)
    counts = _counts(on, each, on_the_record, raising_on_record)
    return Ranking(
        verdict="leads" if stands_out else "abstains",
        reason=reason,
        leads=_leads(on, shares, on_record, counts, staged),
    )


def ranks(on: Basis) -> dict[str, int]:
    """Return the rank of each person, without the other results of `rank_basis`.

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> ranks(basis([claim_from("s1: p1 RUNS g1")], people("p1", "p2"), {}))
        {'p1': 1, 'p2': 2}

    Limits: as `rank`.
    """
    return {on.people[number].id: rank for number, rank in _order(on.people, _scores(on))}


def score_of(on: Basis, heard: Ledger) -> Floats:
    """Return the score of each entity of the ledger from some claims alone, as the ranking on the record computes it.

    Args:
        on: the basis of the ranking.
        heard: the claims to use, from `on.told`.

    Example:
        >>> on = basis([], [], {})
        >>> score_of(on, on.told).tolist()
        []

    Limits: as `rank`.
    """
    if on.network is None:
        return sum(by_structure(heard, on.inside).values(), start=np.zeros(len(on.ledger.ids)))
    network = on.operation(heard)
    return _spread(on.ledger, network, additive.score(network, on.score_weights).score)


def by_family(on: Basis, shares: RowShares) -> Shares:
    """Return the shares of the score of each entity of the ledger, by family.

    Args:
        on: the basis of the ranking.
        shares: the shares of claims, see `reasons.split_scores`.

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> on = basis([claim_from("s1: p1 RUNS g1")], people("p1"), {})
        >>> found = by_family(on, split_scores(on))
        >>> sorted(found) == sorted([*FAMILIES, "only_carried"]), bool(found["arranges"][on.ledger.ids.index("p1")] > 0)
        (True, True)

    Limits: as `reasons.row_shares`.
    """
    size = len(on.ledger.ids)
    place = shares.family * size + shares.person
    each = np.bincount(place, weights=shares.share, minlength=len(FAMILIES) * size).astype(float).reshape(-1, size)
    return {**dict(zip(FAMILIES, each, strict=True)), "only_carried": _only_carried(on)}


def _spread(ledger: Ledger, whole: Operation, values: Floats) -> Floats:
    """Spread values of a network's people over all entities; 0 for people who were only carried."""
    result = np.zeros(len(ledger.ids))
    if whole.size:
        result[np.searchsorted(ledger.ids, whole.ids)] = np.where(whole.plays, values, 0.0)
    return result


def _verdict(on: Basis, processors: Processors) -> tuple[bool, str]:
    if on.network is None or on.scored_network is None:
        raise ValueError("nobody is given a part")
    if on.voices < FEWEST_VOICES:  # the number is not shown: it may be a single witness
        return False, f"No one stands out: {_FEW_VOICES}."
    leads = frozenset(person.id for person in on.people) - on.left_out
    listed = np.array([name in leads for name in on.network.ids], dtype=bool)
    if not chance.look_like_hubs(on.scored_network, listed):
        return False, _TOO_LITTLE
    if not chance.stands_out(on.network, on.score_weights, processors=processors):
        return False, "No one stands out: dealt out at random, the same links would put as much on somebody."
    return True, "Ranked by how many sources say who arranges, directs, recruits, pays or coerces."


def _structure_verdict(on: Basis) -> tuple[bool, str]:
    stands_out, why = on.structure
    if has_roles(on.ledger):
        caveat = f"{_FEW_VOICES[0].upper()}{_FEW_VOICES[1:]}, so this is structure above all"
    else:
        caveat = "Nothing says who arranges, directs, recruits, pays or coerces, so this is structure only"
    return stands_out, f"{caveat}: {why}." if stands_out else f"{caveat}, and no one stands out: {why}."


def _counts(on: Basis, shares: RowShares, on_the_record: Ledger, recorded: RowShares) -> tuple[Ints | Floats, ...]:
    """Count the sources that raise each entity's score, and the sources that deny links with a share in it.

    In this order: groups of witnesses and other sources that raise it; effective number of independent statements;
    denials; groups and other sources that deny; groups and other sources that raise it on the record.

    Args:
        on: the basis of the ranking.
        shares: shares of the claims in the score.
        on_the_record: the claims of `told` on the record.
        recorded: shares of the claims in the score on the record.
    """
    ledger, size = on.ledger, len(on.ledger.ids)
    raised, accounts = _speaking(on, *_positive(on.told, shares), ~ledger.denies)
    raising = corroboration(ledger, raised, accounts, size)
    worth = ledger.effective(raised, accounts, size).round(6)
    asserted = ledger.on_record & ~ledger.denies
    on_record = corroboration(ledger, *_speaking(on, *_positive(on_the_record, recorded), asserted), size)
    ends, denials = map(np.concatenate, zip(_denial_pairs(on, shares), _denied_carried(on), strict=True))
    against = corroboration(ledger, ends, denials, size)
    return *raising, worth, np.bincount(ends, minlength=size).astype(np.int64), *against, *on_record


def _positive(ledger: Ledger, shares: RowShares) -> tuple[Ints, Ints]:
    """Return pairs of person and link where the claims of the link together raise the person's score."""
    links = ledger.link[shares.row]
    size = int(links.max(initial=0)) + 1
    pairs, place = np.unique(shares.person * size + links, return_inverse=True)
    total = np.bincount(place, weights=shares.share, minlength=len(pairs))
    person, link = np.divmod(pairs[total.round(12) > 0], size)
    return person, link


def _speaking(on: Basis, person: Ints, link: Ints, chosen: Bools) -> tuple[Ints, Ints]:
    """Pair each person with each of the rows `chosen` about one of their links."""
    ledger = on.ledger
    # Links have the same numbers in both ledgers, since `told` leaves no link out.
    position, row = rows_of(link, ledger)
    spoken = chosen[row]
    return person[position][spoken], row[spoken]


def _denial_pairs(on: Basis, shares: RowShares) -> tuple[Ints, Ints]:
    """Pair each person with each row that denies a link with a share in their score (both orders if undirected)."""
    ledger = on.ledger
    size = len(ledger.ids)
    nonzero = np.flatnonzero(shares.share)
    pairs = distinct(on.told.link[shares.row[nonzero]] * size + shares.person[nonzero])
    link, person = np.divmod(pairs, max(size, 1))
    place, position = ledger.denials.members(link)
    return person[position], ledger.against[1][place]


def _denied_carried(on: Basis) -> tuple[Ints, Ints]:
    """Pair each person who was only carried with each denial of that; no other link has a share in their score."""
    ledger = on.ledger
    nobody = np.zeros(0, dtype=np.int64)
    if on.network is None:
        return nobody, nobody
    asserted = np.bincount(ledger.link[~ledger.denies], minlength=int(ledger.link.max(initial=-1)) + 1) > 0
    return passive(ledger, ~on.inside, ledger.denies & asserted[ledger.link])


def _leads(
    on: Basis,
    shares: Shares,
    recorded: Floats,
    counts: tuple[Ints | Floats, ...],
    staged: Mapping[str, dict[str, int]],
) -> list[Lead]:
    people, rows, scores = on.people, _rows(on), _scores(on)
    columns = {name: np.append(value, 0.0)[rows].round(9).tolist() for name, value in shares.items()}
    record = np.append(recorded, 0.0)[rows].round(9).tolist()
    groups, other_sources, worth, denied, deniers, denying_others, groups_on_record, others_on_record = (
        np.append(count, 0)[rows].tolist() for count in counts
    )
    placed = sorted(record, reverse=True)
    first = {score: place for place, score in reversed(list(enumerate(placed, start=1)))}
    return [
        Lead(
            id=people[number].id,
            name=people[number].name,
            score=scores[number],
            rank=rank,
            groups=groups[number],
            independent=worth[number],
            other_sources=other_sources[number],
            score_on_record=record[number],
            denied=denied[number],
            denying_groups=deniers[number],
            denying_others=denying_others[number],
            shares={name: column[number] for name, column in columns.items()},
            stages=staged.get(people[number].id, {}),
            rank_on_record=first[record[number]],
            groups_on_record=groups_on_record[number],
            other_sources_on_record=others_on_record[number],
        )
        for number, rank in _order(people, scores)
    ]


def _rows(on: Basis) -> list[int]:
    """Return each ranked person's row among the entities of the ledger; -1 if no claim mentions them."""
    place = {name: number for number, name in enumerate(on.ledger.ids)}
    return [place.get(person.id, -1) for person in on.people]


def _scores(on: Basis) -> list[float]:
    """Return the score of each ranked person."""
    if on.network is None or on.scored_network is None:
        score = sum(on.positions.values(), start=np.zeros(len(on.ledger.ids)))
    else:
        score = _spread(on.ledger, on.network, on.scored_network.score) + _only_carried(on)
    # Rounding turns a tiny negative score into -0.0; adding 0.0 makes it 0.0.
    listed: list[float] = (np.append(score, 0.0)[_rows(on)].round(9) + 0.0).tolist()
    return listed


def _only_carried(on: Basis) -> Floats:
    """Return the score of each entity that was only carried; 0 for others."""
    return np.where([name in on.left_out for name in on.ledger.ids], ONLY_CARRIED, 0.0)


def _order(people: Sequence[Person], scores: list[float]) -> Iterator[tuple[int, int]]:
    """Yield the number and rank of each person, best first; equal scores share a rank."""
    rank, last = 0, float("nan")
    for place, number in enumerate(
        sorted(range(len(people)), key=lambda person: (-scores[person], people[person].id)), start=1
    ):
        if scores[number] != last:
            rank, last = place, scores[number]
        yield number, rank
