"""Share of each claim in a score, so that the reasons shown are the score's own.

The contribution of an ingredient is split among its cells by their value. A cell's contribution is split equally among
the claims it rests on. A denied claim gets the share it would have without denials; its denials get negative shares for
the part they take away. All shares add up to the score. Claims about the person at the other end of a link decide how
much that person looks like a hub, but have no share in the result.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphsvc.analysis.claims.belief import asserted_shares, strengths
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools, Floats, Ledger
from graphsvc.analysis.claims.roles import PASSIVE_OBJECT, PASSIVE_SUBJECT, PUTS_BEFORE
from graphsvc.analysis.ranking.additive import Scored
from graphsvc.analysis.ranking.basis import ONLY_CARRIED, Basis
from graphsvc.analysis.ranking.ingredients import ENDS, FAMILIES, FAMILY_OF, SOURCE_KINDS, family
from graphsvc.analysis.ranking.network import Operation
from graphsvc.analysis.ranking.structure import LinkShares, structure_links
from graphsvc.records.relations import LinkKey

# Claim id; for merged witness statements subject, relation, object and polarity.
ShareKey = str | tuple[str, ...]
DENIED = "denied"
_KINDS = (*SOURCE_KINDS, DENIED)


@dataclass(frozen=True, slots=True)
class RowShares:
    """Shares of claims in the scores of the people at their ends; a claim may have several.

    Attributes:
        row: for each share the row of the ledger.
        person: position of the person among the ids of the ledger.
        share: share of the claim in the person's score; negative if it lowers the score.
        family: for each share its position in `ingredients.FAMILIES`; 0 where people are ranked by contacts.
    """

    row: Ints
    person: Ints
    share: Floats
    family: Ints

    def chosen(self, selection: Ints | Bools) -> RowShares:
        """Select some of the shares."""
        return RowShares(self.row[selection], self.person[selection], self.share[selection], self.family[selection])

    def sum_by_claim(self) -> RowShares:
        """Add up the shares of each person and claim, without zero shares and without families."""
        size = int(self.row.max(initial=0)) + 1
        pairs, place = np.unique(self.person * size + self.row, return_inverse=True)
        share = np.bincount(place, weights=self.share, minlength=len(pairs)).astype(float)
        nonzero = np.flatnonzero(share.round(12) != 0)
        person, row = np.divmod(pairs[nonzero], size)
        return RowShares(row, person, share[nonzero], np.zeros(len(nonzero), dtype=np.int64))


@dataclass(frozen=True, slots=True)
class RelationShare:
    """Share of one relation in one family of a score.

    Attributes:
        family: one of `ingredients.FAMILIES`, or `only_carried`.
        relation: its name; `end` is `to` if the person is its subject, `by` if its object.
        by_kind: kind of source, or `denied` for denials by any kind → share; None without source clearance.
    """

    family: str
    relation: str
    end: str
    by_kind: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Shares of claims in the score of one person.

    Attributes:
        shares: claim → its share; claims without a share are left out.
        made_of: the shares by family and relation; empty where people are ranked by contacts.
    """

    shares: Mapping[ShareKey, float]
    made_of: tuple[RelationShare, ...] = ()

    def share(self, claim: Claim) -> float:
        """Return the share of a claim in the score; 0 if it has none."""
        return self.shares.get(share_key(claim), 0.0) if claim.counts else 0.0


def share_key(claim: Claim) -> ShareKey:
    """Return the key of a claim among shares.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> share_key(claim_from("s1: p1 RUNS g1"))
        's1: p1 RUNS g1'

    Limits: merged statements with the same content have the same key, so their shares are added up.
    """
    return claim.id or (*claim.key, claim.polarity)


def row_shares(ledger: Ledger, network: Operation, scored: Scored, of: int | None = None) -> RowShares:
    """Return the share of every claim in the score of each person at an end of it.

    Args:
        ledger: the claims of the network.
        network: the network of these claims.
        scored: the scored network.
        of: row in the network of the only person whose shares are wanted (default: everyone).

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> on = basis([claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p1 not ORGANISED c1")], people("p1"), {})
        >>> found = row_shares(on.told, on.network, on.scored_network)
        >>> bool(abs(found.share.sum() - on.scored_network.score[0]) < 1e-9), sorted(found.share > 0), sorted(set(found.row.tolist()))
        (True, [np.False_, np.False_, np.True_, np.True_], [0, 1])

    Limits: shows what a claim did to the number, not how good the claim is. Leaving out one of several claims on which
    a cell rests changes nothing, although each has a share.
    """
    cells, entries, standings = network.cells, network.entries, network.stands
    counts = scored.voice[cells.of] != 0
    if of is not None:
        counts &= cells.person[cells.of] == of
    counts &= network.plays[cells.person[cells.of]]
    # A cell's value comes from its claims with the best standing.
    chosen = np.flatnonzero(counts & (standings == scored.value[cells.of]))
    cell = cells.of[chosen].astype(np.int64)
    rests = np.bincount(cell, minlength=len(cells.person))[cell]
    undenied = scored.rates(cells.person[cell], cells.column[cell]) * scored.voice[cell] / scored.value[cell] / rests
    row, near = entries.row[chosen].astype(np.int64), entries.near[chosen].astype(np.int64)
    of_family = _families(ledger)[ledger.relation[row], near & 1]
    of_family[cells.other[cell] >= 0] = FAMILIES.index("reaches")
    place = _places(ledger, network)
    person = place[cells.person[cell]]
    denied, denials, part = _denials(ledger, near >> 1)
    lost = undenied[denied] * (standings[chosen][denied] - 1) * part
    return RowShares(
        np.concatenate((row, denials)),
        np.concatenate((person, person[denied])),
        np.concatenate((undenied, lost)),
        np.concatenate((of_family, of_family[denied])),
    )


def _places(ledger: Ledger, network: Operation) -> Ints:
    """Return the position of each person of a network among the ids of the ledger."""
    return np.fromiter((bisect_left(ledger.ids, name) for name in network.ids), dtype=np.int64, count=network.size)


def _families(ledger: Ledger) -> Ints:
    """Return the position in `FAMILIES` of each relation and end, 0 for none."""
    return np.array(
        [[FAMILIES.index(family(name, end)) if name in FAMILY_OF else 0 for end in ENDS] for name in ledger.relations]
        or [[0, 0]]
    )


def _denials(ledger: Ledger, links: Ints) -> tuple[Ints, Ints, Floats]:
    """Return the denials of some links: position in `links`, row of the ledger, share of all denials of the link."""
    denied, rows = ledger.against
    place, position = ledger.denials.members(links)
    weight = strengths(ledger)[rows]
    total = np.bincount(denied, weights=weight, minlength=int(denied.max(initial=-1)) + 1)
    return position, rows[place], weight[place] / total[denied[place]]


def rows_of(link: Ints, ledger: Ledger) -> tuple[Ints, Ints]:
    """Return the rows of some links: position in `link`, and row of the ledger.

    Example:
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> from graphsvc.analysis.examples import claim_from
        >>> ledger = encode([claim_from("s1: p1 RUNS g1"), claim_from("s2: p1 RUNS g1")], {})
        >>> [places.tolist() for places in rows_of(np.array([0]), ledger)]
        [[0, 0], [0, 1]]

    Limits: none; a link without rows is absent.
    """
    rows = ledger.by_link
    spoken_of = np.flatnonzero(link < len(rows.starts) - 1)
    row, position = rows.members(link[spoken_of])
    return spoken_of[position], row


def split_scores(on: Basis) -> RowShares:
    """Split everyone's score among claims.

    Args:
        on: the basis of the ranking.

    Example:
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> split_scores(basis([], [], {})).share.tolist()
        []

    Limits: as `row_shares` and `contact_links`. People who were only carried have no shares here.
    """
    if on.network is None or on.scored_network is None:
        return of_links(on.told, structure_links(on.told, on.inside, on.positions))
    return row_shares(on.told, on.network, on.scored_network)


def of_links(ledger: Ledger, links: LinkShares) -> RowShares:
    """Split shares of links among their claims: for roles by how much each supports the link, for contacts equally.

    Args:
        ledger: the claims.
        links: each link's share of the scores of the people at its ends.

    Example:
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> from graphsvc.analysis.examples import claim_from
        >>> ledger = encode([claim_from("s1: p1 CONTACTED p2"), claim_from("s2: p1 CONTACTED p2")], {})
        >>> of_links(ledger, LinkShares(np.array([0]), np.array([0]), np.array([1.0]))).share.tolist()
        [0.5, 0.5]

    Limits: a denial has no share where people are ranked by contacts.
    """
    size = int(ledger.link.max(initial=-1)) + 1
    asserting = np.bincount(ledger.link[~ledger.denies], minlength=size)[ledger.link]
    part = np.divide(1.0, asserting, out=np.zeros(len(ledger.link)), where=~ledger.denies)
    by_role = ledger.of(PUTS_BEFORE)
    part[by_role] = asserted_shares(ledger, strengths(ledger), size)[by_role]
    position, row = rows_of(links.link, ledger)
    return RowShares(row, links.person[position], links.share[position] * part[row], np.zeros(len(row), dtype=np.int64))


def scored_by(on: Basis, links: Collection[LinkKey]) -> frozenset[str]:
    """Return the people at the ends of some links whose score includes a share of one of these links.

    Args:
        on: the basis of the ranking.
        links: the links.

    Example:
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> on = basis([claim_from("s1: p1 PAID p2"), claim_from("s1: p3 DIRECTED p4"), claim_from("s1: p3 SERVED p1")], people("p1", "p2", "p3", "p4"), {})
        >>> sorted(scored_by(on, {("p1", "PAID", "p2")}))
        ['p1', 'p2']

    Limits: as `row_shares`; where people are ranked by contacts, the people whose contacts count.
    """
    ledger = on.told
    numbers = _numbers_of(ledger, links)
    if not len(numbers):  # the usual case; computing shares takes long
        return frozenset()
    shares = split_scores(on)
    people = shares.person[np.isin(ledger.link[shares.row], numbers) & (shares.share != 0)]
    if on.network is not None:
        people = np.concatenate((people, passive(ledger, ~on.inside, np.isin(ledger.link, numbers))[0]))
    return frozenset(ledger.ids[number] for number in np.unique(people).tolist())


def _numbers_of(ledger: Ledger, links: Collection[LinkKey]) -> Ints:
    """Return the numbers of some links in a ledger; links absent from it are left out."""
    entity = {name: number for number, name in enumerate(ledger.ids)} if links else {}
    relation = {name: number for number, name in enumerate(ledger.relations)}
    known = [
        (entity[subject] * len(relation) + relation[name]) * len(entity) + entity[target]
        for subject, name, target in links
        if subject in entity and target in entity and name in relation
    ]
    code = (ledger.subject * len(relation) + ledger.relation) * len(entity) + ledger.object
    return np.unique(ledger.link[np.isin(code, known)]) if known else np.zeros(0, dtype=np.int64)


def reasons(on: Basis, lead: str) -> Reasons:
    """Return the score of one person by claim; the shares add up to the score.

    Args:
        on: the basis of the ranking; for readers without source clearance, from the claims disclosed to them.
        lead: the person's id.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.claims.claims import Person
        >>> claims = [claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p1 CROSSED_ON c1")]
        >>> list(reasons(basis(claims, [Person("p1", "", frozenset(), False)], {}), "p1").shares)
        ['s1: p1 ORGANISED c1']

    Limits: shows what a statement did to the number, not how good the statement is. Where people are ranked by
    contacts, each contact of a person has the same share of their position, whatever it contributes.
    """
    ledger = on.told
    place = _place_of(ledger.ids, lead)
    if place is None:
        return Reasons({})
    if on.network is None or on.scored_network is None:
        shares = split_scores(on)
        return Reasons(_shares_by_key(ledger, shares.chosen(shares.person == place).sum_by_claim()))
    if lead in on.left_out:
        return _reasons(ledger, _of_carried(ledger, place), ("only_carried",))
    row = _place_of(on.network.ids, lead)
    return (
        Reasons({})
        if row is None
        else _reasons(ledger, row_shares(ledger, on.network, on.scored_network, row), FAMILIES)
    )


def _reasons(ledger: Ledger, shares: RowShares, families: Sequence[str]) -> Reasons:
    """Add up the shares of one person by claim, and by family and relation."""
    parts: dict[tuple[int, str, str], dict[str, float]] = {}
    for row, person, share, number in zip(
        shares.row.tolist(), shares.person.tolist(), shares.share.tolist(), shares.family.tolist(), strict=True
    ):
        claim = ledger.claims[row]
        kinds = parts.setdefault((number, claim.relation, ENDS[int(ledger.subject[row] != person)]), {})
        kind = DENIED if claim.denies else claim.source_kind
        kinds[kind] = kinds.get(kind, 0.0) + share
    return Reasons(
        _shares_by_key(ledger, shares.sum_by_claim()),
        tuple(
            RelationShare(
                families[number], relation, end, {kind: round(kinds[kind], 9) for kind in _KINDS if kind in kinds}
            )
            for (number, relation, end), kinds in sorted(parts.items())
        ),
    )


def without_amounts(made_of: Iterable[RelationShare]) -> tuple[RelationShare, ...]:
    """Keep which kinds of source assert each relation, but not how much of the score comes from each.

    Example:
        >>> [share.by_kind for share in without_amounts([RelationShare("arranges", "RUNS", "to", {"witness": 1.0, "denied": -0.5})])]
        [{'witness': None}]

    Limits: reports and records are listed one by one elsewhere, with their shares.
    """
    return tuple(replace(share, by_kind={kind: None for kind in share.by_kind if kind != DENIED}) for share in made_of)


def _place_of(ids: Sequence[str], wanted: str) -> int | None:
    """Return the position of an id in a sorted list; None if absent."""
    place = bisect_left(ids, wanted)
    return place if place < len(ids) and ids[place] == wanted else None


def raising(on: Basis, shares: RowShares) -> tuple[Ints, Ints]:
    """Return pairs of a person and a claim that raises their score: positions among ids, and rows of the ledger.

    Args:
        on: the basis of the ranking.
        shares: `split_scores(on)`.

    Example:
        >>> from graphsvc.analysis.examples import claim_from
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.claims.claims import Person
        >>> claims = [claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p1 PILOTED c2")]
        >>> on = basis(claims, [Person("p1", "", frozenset(), False)], {})
        >>> person, row = raising(on, split_scores(on))
        >>> [(on.told.ids[who], on.told.claims[which].id) for who, which in zip(person, row)]
        [('p1', 's1: p1 ORGANISED c1')]

    Limits: as `reasons`, which returns the same for one person, with amounts.
    """
    every = shares.sum_by_claim()
    raises = (every.share > 0) & ~on.told.denies[every.row]
    return every.person[raises], every.row[raises]


def _shares_by_key(ledger: Ledger, shares: RowShares) -> dict[ShareKey, float]:
    keyed: dict[ShareKey, float] = {}
    for row, share in zip(shares.row.tolist(), shares.share.tolist(), strict=True):
        key = share_key(ledger.claims[row])
        keyed[key] = keyed.get(key, 0.0) + share
    return keyed


def passive(ledger: Ledger, who: Bools, rows: Bools) -> tuple[Ints, Ints]:
    """Return pairs of an entity and a row which says that the entity was carried or exploited.

    Args:
        ledger: the claims.
        who: for each entity whether to include it.
        rows: for each row whether to include it.

    Example:
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> from graphsvc.analysis.examples import claim_from
        >>> ledger = encode([claim_from("s1: p1 CROSSED_ON c1"), claim_from("s1: p2 HOUSED p1"), claim_from("s1: p2 PILOTED c1")], {})
        >>> entity, row = passive(ledger, np.ones(len(ledger.ids), dtype=bool), ~ledger.denies)
        >>> [ledger.ids[number] for number in entity], [ledger.claims[number].relation for number in row]
        (['p1', 'p1'], ['CROSSED_ON', 'HOUSED'])

    Limits: includes people who were carried and also did more.
    """
    pairs = [
        (ends[those], those)
        for relations, ends in ((PASSIVE_SUBJECT, ledger.subject), (PASSIVE_OBJECT, ledger.object))
        for those in (np.flatnonzero(rows & ledger.of(relations) & who[ends]),)
    ]
    entity, row = (np.concatenate(column).astype(np.int64) for column in zip(*pairs, strict=True))
    return entity, row


def _of_carried(ledger: Ledger, place: int) -> RowShares:
    """Return the shares for a person who was only carried, equal for each claim that says so."""
    who = np.zeros(len(ledger.ids), dtype=bool)
    who[place] = True
    _, rows = passive(ledger, who, ~ledger.denies)
    shares = np.full(len(rows), ONLY_CARRIED / max(len(rows), 1))
    return RowShares(np.sort(rows), np.full(len(rows), place), shares, np.zeros(len(rows), dtype=np.int64))
