"""What each claim adds to a score, so that the reasons shown are the score's own.

The share of an ingredient (`parts.shares`) is dealt to its links by what each brings to its sum, and the share of a link to
the claims about it by what each does to its belief (`belief.belief_shares`). All of it adds up to the score. What somebody
at the other end is taken for is read from claims about them: these say what a share is of, and have none themselves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphsvc.analysis.evidence.belief import belief_shares, strengths, supported
from graphsvc.analysis.evidence.claims import Claim
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats, Ledger
from graphsvc.analysis.evidence.roles import PASSIVE_OBJECT, PASSIVE_SUBJECT, PUTS_BEFORE
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.basis import ONLY_CARRIED, Basis
from graphsvc.analysis.score.ingredients import CARRIED_COLUMNS, TIE_COLUMNS, ingredients
from graphsvc.analysis.score.network import Operation
from graphsvc.analysis.score.structure import roles, usable
from graphsvc.records.relations import LinkKey

# Beliefs that differ by less are the same.
_HAIR = 1e-12
# A claim by its id; what witnesses said, told as one, by what it says: subject, relation, object, polarity.
ShareKey = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkShares:
    """The share each link has in the score of a person at an end of it.

    Attributes:
        link: for each share the number of the link in the ledger.
        person: place of the person among the ids of the ledger.
        share: of the link in their score; less than 0: it lowers it.
    """

    link: Ints
    person: Ints
    share: Floats


@dataclass(frozen=True, slots=True)
class Reasons:
    """What the score of one person is made of.

    Attributes:
        shares: claim → its share; claims that have none are not in it.
        joining: claims without a share that make two who assert the same depend on each other, or alike: without them their link
            would be believed more.
    """

    shares: Mapping[ShareKey, float]
    joining: frozenset[ShareKey] = frozenset()

    def share(self, claim: Claim) -> float:
        """The share of a claim in the score; 0: it has none."""
        return self.shares.get(share_key(claim), 0.0) if claim.counts else 0.0


@dataclass(frozen=True, slots=True)
class Dealt:
    """What the scores of everybody are made of.

    Attributes:
        links: the share of each link.
        part: for each row of the ledger its share of the belief of its link, 0 to 1; less than 0 of a denial.
    """

    links: LinkShares
    part: Floats


def share_key(claim: Claim) -> ShareKey:
    """By what a claim is known among shares.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> share_key(said("s1: p1 RUNS g1"))
        's1: p1 RUNS g1'

    Limits: accounts told as one are known by what they say, so they have one share together.
    """
    return claim.id or (*claim.key, claim.polarity)


def link_shares(ledger: Ledger, whole: Operation, whom: Floats, values: Floats, of: int | None = None) -> LinkShares:
    """The share of every link in the score of everybody at an end of it.

    Args:
        ledger: the claims the network is made of.
        whole: their network.
        whom: for what the last reading takes everybody, see `parts.seen`.
        values: their ingredients with that.
        of: row, in the network, of the one person whose shares are wanted; `values` are theirs alone then (default: everybody).

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.evidence.claims import Person
        >>> on = basis([said("s1: p1 ORGANISED c1")], [Person("p1", "", frozenset(), False)], {})
        >>> whom, values = parts.seen(on.network), parts.read(on.network)
        >>> found = link_shares(on.told, on.network, whom, values)
        >>> on.told.ids[found.person[0]], bool(abs(found.share[0] - parts.score(values)[0]) < 1e-9)
        ('p1', True)

    Limits: with whom a tie is, is taken as the last reading has it.
    """
    sums = np.expm1(values)
    rate = np.divide(parts.shares(values), sums, out=np.zeros_like(sums), where=sums > 0)
    deeds, carried, ties = whole.in_deeds, whole.in_carried, whole.in_ties
    if of is not None:
        theirs = (entries.chosen(np.flatnonzero(entries.person == of)) for entries in (deeds, carried, ties))
        deeds, carried, ties = (replace(entries, person=np.zeros_like(entries.person)) for entries in theirs)
    column = CARRIED_COLUMNS[carried.column]
    by_kind = rate[ties.person[:, None], TIE_COLUMNS[ties.column]] * whom[ties.other]
    rates = (
        rate[deeds.person, deeds.column],
        np.where(column >= 0, rate[carried.person, column], 0.0),
        by_kind.sum(axis=1),
    )
    link = np.concatenate((deeds.link, carried.link, ties.link))
    ids = whole.ids if of is None else whole.ids[of : of + 1]
    # One by one: to be searched at once, all ids of the case would be put into an array first.
    place = np.fromiter((bisect_left(ledger.ids, name) for name in ids), dtype=np.int64, count=len(ids))
    person = place[np.concatenate((deeds.person, carried.person, ties.person))]
    return LinkShares(link, person.astype(np.int64), np.concatenate(rates) * whole.belief[link])


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


def dealt(on: Basis) -> Dealt:
    """The scores of everybody, dealt to links and claims.

    Args:
        on: what the ranking is computed on.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> dealt(basis([], [], {})).part.tolist()
        []

    Limits: as `link_shares` and `contact_links`.
    """
    ledger, network = on.told, on.network
    believed = None if network is None else network.belief[ledger.link]
    return Dealt(_every_share(on), _part(ledger, believed))


def _every_share(on: Basis) -> LinkShares:
    if on.network is None:
        return structure_links(on.told, on.inside, on.positions)
    return link_shares(on.told, on.network, on.whom, ingredients(on.network, on.whom))


def scored_by(on: Basis, links: Collection[LinkKey]) -> frozenset[str]:
    """The people in whose score any of some links has a share, whichever end of it they are.

    Args:
        on: what the ranking is computed on.
        links: the links.

    Example:
        >>> from graphsvc.analysis.examples import people, said
        >>> from graphsvc.analysis.score.basis import basis
        >>> on = basis([said("s1: p1 PAID p2"), said("s1: p3 DIRECTED p4"), said("s1: p3 SERVED p1")], people("p1", "p2", "p3", "p4"), {})
        >>> sorted(scored_by(on, {("p1", "PAID", "p2"), ("p3", "SERVED", "p1")}))
        ['p1', 'p2']

    Limits: as `link_shares`; with contacts alone those whose contacts count.
    """
    ledger = on.told
    numbers = _numbers_of(ledger, links)
    if not len(numbers):  # as in most cases; shares take long
        return frozenset()
    shares = _every_share(on)
    people = shares.person[np.isin(shares.link, numbers) & (shares.share != 0)]
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


def _part(ledger: Ledger, believed: Floats | None) -> Floats:
    """For each row its share of the belief of its link; `believed`: for each row how far that is; None: there are contacts above all."""
    size = int(ledger.link.max(initial=-1)) + 1
    shares = belief_shares(ledger, strengths(ledger), size)
    if believed is not None:
        return np.divide(shares, believed, out=np.zeros(len(believed)), where=believed > 0)
    asserting = np.bincount(ledger.link[~ledger.denies], minlength=size)[ledger.link]
    part = np.divide(1.0, asserting, out=np.zeros(len(ledger.link)), where=~ledger.denies)
    of_link = np.bincount(ledger.link, shares, size)[ledger.link]
    by_role = ledger.of(PUTS_BEFORE) & (of_link > 0)
    part[by_role] = shares[by_role] / of_link[by_role]
    return part


def reasons(on: Basis, lead: str) -> Reasons:
    """What the score of one person is made of, claim by claim; the shares add up to it.

    Nothing but the claims that have the person at an end is gone through: no other has a share.

    Args:
        on: what the ranking is computed on; for who lacks source clearance, the claims as they are told.
        lead: the person's id.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.evidence.claims import Person
        >>> claims = [said("s1: p1 ORGANISED c1"), said("s2: p1 SERVED p2")]
        >>> list(reasons(basis(claims, [Person("p1", "", frozenset(), False)], {}), "p1").shares)
        ['s1: p1 ORGANISED c1']

    Limits: says what an account did to the number, not how good the account is. Where there are only contacts, each person
    somebody is tied to has the same share of their position, whatever it owes to whom.
    """
    place = _place_of(on.told.ids, lead)
    if place is None:
        return Reasons({})
    about = on.told.rows((on.told.subject == place) | (on.told.object == place))
    if on.network is not None and lead in on.left_out:
        return Reasons(_of_carried(about, place))
    links, number = np.unique(about.link, return_inverse=True)
    belief = None if on.network is None else on.network.belief[about.link]
    about = replace(about, link=number.astype(np.int64))
    shares = _shares_of(on, about, links, place)
    part = _part(about, belief)
    which, row = rows_of(shares.link, about)
    share = shares.share[which] * part[row]
    idle = (shares.share[which] != 0) & (part[row] == 0) & ~about.denies[row]
    return Reasons(_keyed(about, row, share), _joining(about, row[idle]))


def _shares_of(on: Basis, about: Ledger, links: Ints, place: int) -> LinkShares:
    """The share of each link in the score of one person, by its place among `links`, which are those of the rows that have them at an end."""
    network = on.network
    if network is None:
        every = structure_links(about, on.inside, on.positions)
        mine = every.person == place
        return LinkShares(every.link[mine], every.person[mine], every.share[mine])
    row = _place_of(network.ids, on.told.ids[place])
    if row is None:
        nobody = np.zeros(0, dtype=np.int64)
        return LinkShares(nobody, nobody, np.zeros(0))
    shares = link_shares(on.told, network, on.whom, ingredients(network, on.whom, np.array([row])), row)
    return replace(shares, link=np.searchsorted(links, shares.link).astype(np.int64))


def _place_of(ids: Sequence[str], wanted: str) -> int | None:
    """Where an id stands among some that are sorted; None: it does not."""
    place = bisect_left(ids, wanted)
    return place if place < len(ids) and ids[place] == wanted else None


def raising(on: Basis, of: Dealt) -> tuple[Ints, Ints]:
    """Which claims raise whose score: places of persons among the ids of the ledger, and rows of it, pair by pair.

    Args:
        on: what the ranking is computed on.
        of: `dealt(on)`.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.evidence.claims import Person
        >>> claims = [said("s1: p1 ORGANISED c1"), said("s2: p1 SERVED p2")]
        >>> on = basis(claims, [Person("p1", "", frozenset(), False)], {})
        >>> person, row = raising(on, dealt(on))
        >>> [(on.told.ids[who], on.told.claims[which].id) for who, which in zip(person, row)]
        [('p1', 's1: p1 ORGANISED c1')]

    Limits: as `reasons`, which says the same of one person, and by how much.
    """
    ledger, links, size = on.told, of.links, max(len(on.told.claims), 1)
    which, row = rows_of(links.link, ledger)
    share = links.share[which] * of.part[row]
    # A link may have several shares in one score, of which one raises it and another lowers it.
    pairs, turn = np.unique(links.person[which] * size + row, return_inverse=True)
    person, row = np.divmod(pairs[np.bincount(turn, share, len(pairs)) > 0], size)
    carried = np.array([on.network is not None and name in on.left_out for name in ledger.ids], dtype=bool)
    raises = ~ledger.denies[row] & ~carried[person]
    return person[raises], row[raises]


def _keyed(ledger: Ledger, rows: Ints, shares: Floats) -> dict[ShareKey, float]:
    keyed: dict[ShareKey, float] = {}
    for row, share in zip(rows.tolist(), shares.tolist(), strict=True):
        if share:
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
    return _keyed(ledger, np.sort(rows), np.full(len(rows), ONLY_CARRIED / max(len(rows), 1)))


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


def _joining(ledger: Ledger, rows: Ints) -> frozenset[ShareKey]:
    """Those of some rows that assert something without which their link would be believed more."""
    joining = set()
    strength = strengths(ledger)
    for row in rows.tolist():
        alike = np.flatnonzero((ledger.link == ledger.link[row]) & ~ledger.denies)
        without = alike[alike != row]
        with_it, apart = (supported(ledger, 0 * those, those, strength[those], 1)[0] for those in (alike, without))
        if apart > with_it + _HAIR:
            joining.add(share_key(ledger.claims[row]))
    return frozenset(joining)
