"""What each claim adds to a score, so that the reasons shown are the score's own.

What an ingredient or tie adds is dealt to its voices by how far each counts, and what a voice adds to the claims it rests on, alike. A
claim that is denied adds what it would add undenied, and its denials take away the rest. All of it adds up to the score. How far
somebody at the other end of a tie looks like a hub is read from claims about them: these have no share in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.evidence.belief import asserted_shares, strengths
from graphsvc.analysis.evidence.claims import Claim
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats, Ledger
from graphsvc.analysis.evidence.roles import PASSIVE_OBJECT, PASSIVE_SUBJECT, PUTS_BEFORE
from graphsvc.analysis.score.additive import Scored
from graphsvc.analysis.score.basis import ONLY_CARRIED, Basis
from graphsvc.analysis.score.ingredients import ENDS, FAMILIES, FAMILY_OF, family
from graphsvc.analysis.score.network import Operation
from graphsvc.analysis.score.structure import roles, usable
from graphsvc.records.relations import LinkKey

# A claim by its id; what witnesses said, told as one, by what it says: subject, relation, object, polarity.
ShareKey = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkShares:
    """The share each link has in the score of a person at an end of it, where contacts rank.

    Attributes:
        link: for each share the number of the link in the ledger.
        person: place of the person among the ids of the ledger.
        share: of the link in their score; less than 0: it lowers it.
    """

    link: Ints
    person: Ints
    share: Floats


@dataclass(frozen=True, slots=True)
class RowShares:
    """The share each claim has in the score of a person at an end of it; one claim may have several.

    Attributes:
        row: for each share the row of the ledger.
        person: place of the person among the ids of the ledger.
        share: of the claim in their score; less than 0: it lowers it.
        family: for each share the place in `ingredients.FAMILIES`; 0 where contacts rank.
    """

    row: Ints
    person: Ints
    share: Floats
    family: Ints

    def chosen(self, which: Ints | Bools) -> RowShares:
        """Some of the shares."""
        return RowShares(self.row[which], self.person[which], self.share[which], self.family[which])

    def summed(self) -> RowShares:
        """One share for each person and claim, what is nothing left out; of no family."""
        size = int(self.row.max(initial=0)) + 1
        pairs, place = np.unique(self.person * size + self.row, return_inverse=True)
        share = np.bincount(place, weights=self.share, minlength=len(pairs)).astype(float)
        some = np.flatnonzero(share.round(12) != 0)
        person, row = np.divmod(pairs[some], size)
        return RowShares(row, person, share[some], np.zeros(len(some), dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Reasons:
    """The shares of claims in the score of one person.

    Attributes:
        shares: claim → its share; claims without a share are left out.
    """

    shares: Mapping[ShareKey, float]

    def share(self, claim: Claim) -> float:
        """The share of a claim in the score; 0: it has none."""
        return self.shares.get(share_key(claim), 0.0) if claim.counts else 0.0


def share_key(claim: Claim) -> ShareKey:
    """By what a claim is known among shares.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> share_key(said("s1: p1 RUNS g1"))
        's1: p1 RUNS g1'

    Limits: accounts told as one are known by what they say, so they have one share together.
    """
    return claim.id or (*claim.key, claim.polarity)


def row_shares(ledger: Ledger, network: Operation, scored: Scored, of: int | None = None) -> RowShares:
    """The share of every claim in the score of everybody at an end of it.

    Args:
        ledger: the claims the network is made of.
        network: their voices.
        scored: the network as it is weighed.
        of: the person alone whose shares are wanted, by their row in the network (default: everybody).

    Example:
        >>> from graphsvc.analysis.examples import people, said
        >>> from graphsvc.analysis.score.basis import basis
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p1 not ORGANISED c1")], people("p1"), {})
        >>> found = row_shares(on.told, on.network, on.scored)
        >>> bool(abs(found.share.sum() - on.scored.score[0]) < 1e-9), sorted(found.share > 0), sorted(set(found.row.tolist()))
        (True, [np.False_, np.False_, np.True_, np.True_], [0, 1])

    Limits: says what a claim did to the number, not how good the claim is. Leaving out one of several on which a voice rests changes
    nothing, though each has a share.
    """
    cells, entries, stands = network.cells, network.entries, network.stands
    counts = scored.voice[cells.of] != 0
    if of is not None:
        counts &= cells.person[cells.of] == of
    counts &= network.plays[cells.person[cells.of]]
    # A voice rests on those of its claims that stand furthest.
    chosen = np.flatnonzero(counts & (stands == scored.value[cells.of]))
    cell = cells.of[chosen].astype(np.int64)
    rests = np.bincount(cell, minlength=len(cells.person))[cell]
    undenied = scored.rates(cells.person[cell], cells.column[cell]) * scored.voice[cell] / scored.value[cell] / rests
    row, near = entries.row[chosen].astype(np.int64), entries.near[chosen].astype(np.int64)
    of_family = _families(ledger)[ledger.relation[row], near & 1]
    of_family[cells.other[cell] >= 0] = FAMILIES.index("reaches")
    place = _places(ledger, network)
    person = place[cells.person[cell]]
    denied, denials, part = _denials(ledger, near >> 1)
    lost = undenied[denied] * (stands[chosen][denied] - 1) * part
    return RowShares(
        np.concatenate((row, denials)),
        np.concatenate((person, person[denied])),
        np.concatenate((undenied, lost)),
        np.concatenate((of_family, of_family[denied])),
    )


def _places(ledger: Ledger, network: Operation) -> Ints:
    """The place of each person of a network among the ids of the ledger."""
    return np.fromiter((bisect_left(ledger.ids, name) for name in network.ids), dtype=np.int64, count=network.size)


def _families(ledger: Ledger) -> Ints:
    """The place in `FAMILIES` of each relation and end, 0 for none."""
    return np.array(
        [[FAMILIES.index(family(name, end)) if name in FAMILY_OF else 0 for end in ENDS] for name in ledger.relations]
        or [[0, 0]]
    )


def _denials(ledger: Ledger, links: Ints) -> tuple[Ints, Ints, Floats]:
    """The denials of some links: which of `links`, the row of the ledger, and its part in all that denies the link."""
    denied, rows = ledger.against
    place, which = ledger.denials.members(links)
    weight = strengths(ledger)[rows]
    total = np.bincount(denied, weights=weight, minlength=int(denied.max(initial=-1)) + 1)
    return which, rows[place], weight[place] / total[denied[place]]


def rows_of(link: Ints, ledger: Ledger) -> tuple[Ints, Ints]:
    """The rows of some links: which of `link`, and which row of the ledger.

    Example:
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> from graphsvc.analysis.examples import said
        >>> ledger = encode([said("s1: p1 RUNS g1"), said("s2: p1 RUNS g1")], {})
        >>> [places.tolist() for places in rows_of(np.array([0]), ledger)]
        [[0, 0], [0, 1]]

    Limits: none; a link that no row speaks of has none.
    """
    rows = ledger.by_link
    spoken_of = np.flatnonzero(link < len(rows.starts) - 1)
    row, which = rows.members(link[spoken_of])
    return spoken_of[which], row


def dealt(on: Basis) -> RowShares:
    """The scores of everybody, dealt to claims.

    Args:
        on: what the ranking is computed on.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> dealt(basis([], [], {})).share.tolist()
        []

    Limits: as `row_shares` and `contact_links`. People who were only carried have no shares here.
    """
    if on.network is None or on.scored is None:
        return of_links(on.told, structure_links(on.told, on.inside, on.positions))
    return row_shares(on.told, on.network, on.scored)


def of_links(ledger: Ledger, links: LinkShares) -> RowShares:
    """The shares of links dealt to their claims: of a part by how far each supports it, of contacts alike.

    Args:
        ledger: the claims.
        links: the shares.

    Example:
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> from graphsvc.analysis.examples import said
        >>> ledger = encode([said("s1: p1 CONTACTED p2"), said("s2: p1 CONTACTED p2")], {})
        >>> of_links(ledger, LinkShares(np.array([0]), np.array([0]), np.array([1.0]))).share.tolist()
        [0.5, 0.5]

    Limits: a denial has no share where contacts rank.
    """
    size = int(ledger.link.max(initial=-1)) + 1
    asserting = np.bincount(ledger.link[~ledger.denies], minlength=size)[ledger.link]
    part = np.divide(1.0, asserting, out=np.zeros(len(ledger.link)), where=~ledger.denies)
    by_role = ledger.of(PUTS_BEFORE)
    part[by_role] = asserted_shares(ledger, strengths(ledger), size)[by_role]
    which, row = rows_of(links.link, ledger)
    return RowShares(row, links.person[which], links.share[which] * part[row], np.zeros(len(row), dtype=np.int64))


def scored_by(on: Basis, links: Collection[LinkKey]) -> frozenset[str]:
    """The people in whose score any of some links has a share, whichever end of it they are.

    Args:
        on: what the ranking is computed on.
        links: the links.

    Example:
        >>> from graphsvc.analysis.examples import people, said
        >>> from graphsvc.analysis.score.basis import basis
        >>> on = basis([said("s1: p1 PAID p2"), said("s1: p3 DIRECTED p4"), said("s1: p3 SERVED p1")], people("p1", "p2", "p3", "p4"), {})
        >>> sorted(scored_by(on, {("p1", "PAID", "p2")}))
        ['p1', 'p2']

    Limits: as `row_shares`; with contacts alone those whose contacts count.
    """
    ledger = on.told
    numbers = _numbers_of(ledger, links)
    if not len(numbers):  # as in most cases; shares take long
        return frozenset()
    shares = dealt(on)
    people = shares.person[np.isin(ledger.link[shares.row], numbers) & (shares.share != 0)]
    if on.network is not None:
        people = np.concatenate((people, passive(ledger, ~on.inside, np.isin(ledger.link, numbers))[0]))
    return frozenset(ledger.ids[number] for number in np.unique(people).tolist())


def _numbers_of(ledger: Ledger, links: Collection[LinkKey]) -> Ints:
    """Numbers of some links in a ledger; links that it does not hold are left out."""
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
    """What the score of one person is made of, claim by claim; the shares add up to it.

    Args:
        on: what the ranking is computed on; for who lacks source clearance, the claims as they are told.
        lead: the person's id.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.evidence.claims import Person
        >>> claims = [said("s1: p1 ORGANISED c1"), said("s2: p1 CROSSED_ON c1")]
        >>> list(reasons(basis(claims, [Person("p1", "", frozenset(), False)], {}), "p1").shares)
        ['s1: p1 ORGANISED c1']

    Limits: says what an account did to the number, not how good the account is. Where there are only contacts, each person
    somebody is tied to has the same share of their position, whatever it owes to whom.
    """
    ledger = on.told
    place = _place_of(ledger.ids, lead)
    if place is None:
        return Reasons({})
    if on.network is None or on.scored is None:
        shares = dealt(on)
        return Reasons(_keyed(ledger, shares.chosen(shares.person == place).summed()))
    if lead in on.left_out:
        return Reasons(_of_carried(ledger, place))
    row = _place_of(on.network.ids, lead)
    return Reasons({} if row is None else _keyed(ledger, row_shares(ledger, on.network, on.scored, row).summed()))


def _place_of(ids: Sequence[str], wanted: str) -> int | None:
    """Where an id stands among some that are sorted; None: it does not."""
    place = bisect_left(ids, wanted)
    return place if place < len(ids) and ids[place] == wanted else None


def raising(on: Basis, shares: RowShares) -> tuple[Ints, Ints]:
    """Which claims raise whose score: places of persons among the ids of the ledger, and rows of it, pair by pair.

    Args:
        on: what the ranking is computed on.
        shares: `dealt(on)`.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.evidence.claims import Person
        >>> claims = [said("s1: p1 ORGANISED c1"), said("s2: p1 PILOTED c2")]
        >>> on = basis(claims, [Person("p1", "", frozenset(), False)], {})
        >>> person, row = raising(on, dealt(on))
        >>> [(on.told.ids[who], on.told.claims[which].id) for who, which in zip(person, row)]
        [('p1', 's1: p1 ORGANISED c1')]

    Limits: as `reasons`, which says the same of one person, and by how much.
    """
    every = shares.summed()
    raises = (every.share > 0) & ~on.told.denies[every.row]
    return every.person[raises], every.row[raises]


def _keyed(ledger: Ledger, shares: RowShares) -> dict[ShareKey, float]:
    keyed: dict[ShareKey, float] = {}
    for row, share in zip(shares.row.tolist(), shares.share.tolist(), strict=True):
        key = share_key(ledger.claims[row])
        keyed[key] = keyed.get(key, 0.0) + share
    return keyed


def passive(ledger: Ledger, who: Bools, rows: Bools) -> tuple[Ints, Ints]:
    """Of whom of some entities it is told that they were carried or exploited, and in which of some rows of a ledger, pair by pair.

    Args:
        ledger: the claims.
        who: for each entity whether it is asked about.
        rows: for each row whether it is looked at.

    Example:
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> from graphsvc.analysis.examples import said
        >>> ledger = encode([said("s1: p1 CROSSED_ON c1"), said("s1: p2 HOUSED p1"), said("s1: p2 PILOTED c1")], {})
        >>> entity, row = passive(ledger, np.ones(len(ledger.ids), dtype=bool), ~ledger.denies)
        >>> [ledger.ids[number] for number in entity], [ledger.claims[number].relation for number in row]
        (['p1', 'p1'], ['CROSSED_ON', 'HOUSED'])

    Limits: who was carried and did more besides is told as well.
    """
    pairs = [
        (ends[those], those)
        for relations, ends in ((PASSIVE_SUBJECT, ledger.subject), (PASSIVE_OBJECT, ledger.object))
        for those in (np.flatnonzero(rows & ledger.of(relations) & who[ends]),)
    ]
    entity, row = (np.concatenate(column).astype(np.int64) for column in zip(*pairs, strict=True))
    return entity, row


def _of_carried(ledger: Ledger, place: int) -> dict[ShareKey, float]:
    """Of somebody only carried: alike to each claim that says so."""
    who = np.zeros(len(ledger.ids), dtype=bool)
    who[place] = True
    _, rows = passive(ledger, who, ~ledger.denies)
    shares = np.full(len(rows), ONLY_CARRIED / max(len(rows), 1))
    return _keyed(
        ledger, RowShares(np.sort(rows), np.full(len(rows), place), shares, np.zeros(len(rows), dtype=np.int64))
    )


def structure_links(ledger: Ledger, inside: Bools, shares: Mapping[str, Floats]) -> LinkShares:
    """The share of every link where there are contacts above all: those of positions, and those of what is said of a part.

    Args:
        ledger: the claims.
        inside: for each entity whether it may play a part.
        shares: their score, see `structure.by_structure`.

    Example:
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.score.structure import by_structure
        >>> ledger = encode([said("s1: p1 CONTACTED p2"), said("s1: p1 RUNS g1")], {})
        >>> inside = np.ones(len(ledger.ids), dtype=bool)
        >>> found = structure_links(ledger, inside, by_structure(ledger, inside))
        >>> [ledger.ids[who] for who in found.person]
        ['p1', 'p2', 'p1']

    Limits: as `contact_links` and `structure.roles`.
    """
    positions = (share for name, share in shares.items() if name != "roles")
    of_contacts = contact_links(ledger, inside, sum(positions, start=np.zeros(len(ledger.ids))))
    if "roles" not in shares:
        return of_contacts
    link, person, share = roles(ledger, inside)
    return LinkShares(
        np.concatenate((of_contacts.link, link)),
        np.concatenate((of_contacts.person, person)),
        np.concatenate((of_contacts.share, share)),
    )


def contact_links(ledger: Ledger, inside: Bools, score: Floats) -> LinkShares:
    """The share of every link where there are only contacts: a position is dealt alike to everybody somebody is tied to.

    Args:
        ledger: the claims.
        inside: for each entity whether it may play a part.
        score: for each entity its score, see `structure.by_structure`.

    Example:
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> from graphsvc.analysis.examples import said
        >>> ledger = encode([said("s1: p1 CONTACTED p2"), said("s1: p2 CONTACTED p3")], {})
        >>> found = contact_links(ledger, np.ones(3, dtype=bool), np.array([1.0, 3.0, 1.0]))
        >>> found.person.tolist(), found.share.tolist()
        ([0, 1, 1, 2], [1.0, 1.5, 1.5, 1.0])

    Limits: what a contact owes to what others of theirs know is not told apart.
    """
    rows = usable(ledger, inside)
    rows = rows[ledger.subject[rows] != ledger.object[rows]]
    link, first = np.unique(ledger.link[rows], return_index=True)
    subject, object_ = ledger.subject[rows][first], ledger.object[rows][first]
    person, other = np.concatenate((subject, object_)), np.concatenate((object_, subject))
    link = np.tile(link, 2)
    pair = person * max(len(ledger.ids), 1) + other
    pairs, which, times = np.unique(pair, return_inverse=True, return_counts=True)
    tied = np.bincount(pairs // max(len(ledger.ids), 1), minlength=len(ledger.ids))
    share = score[person] / np.maximum(tied[person], 1) / times[which]
    order = np.lexsort((link, person))
    return LinkShares(link[order], person[order], share[order])
