"""What a score is made of: each ingredient a small pure function from accounts to one number per entity.

An *account* is one end of one claim that carries weight: what it says of the person there. Values of an ingredient
are 0 or more; whether it raises or lowers the score is decided in `hubs`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from graphsvc.analysis.belief import link_beliefs, strengths
from graphsvc.analysis.dependence import Ints
from graphsvc.analysis.ledger import Bools, Floats, Ledger
from graphsvc.analysis.roles import ARRANGES, COMMANDS, HANDS_ON, LEVEL_TIES, OPERATION, TAKES_ORDERS

# What further claims of one group about one person add, as a share of their strength: one storyteller is one.
SAME_GROUP = 0.2
# What an accusation keeps when others tell much of its object and nothing of it fits.
UNFITTING = 0.6


@dataclass(frozen=True, slots=True)
class Accounts:
    """Each claim of the operation twice, once for each end: rows 0 to n-1 for subjects, then for objects.

    Attributes:
        size: number of entities.
        owner: the entity at this end; `other` at the far end.
        forward: whether this end is the subject.
        relation: number of the relation in `relations`.
        group: number of the group of sources among all those who say anything of the owner.
        strength: 0 to 1: belief of the claim, lowered by denials of its link and where it fits nothing else known.
        inside: for each entity whether it may play a part: no person who was only carried.
    """

    size: int
    relations: list[str]
    owner: Ints
    other: Ints
    forward: Bools
    relation: Ints
    group: Ints
    strength: Floats
    inside: Bools

    def weights(self, table: Mapping[str, float]) -> Floats:
        """For each row what `table` says its relation weighs, 0 if nothing."""
        return np.array([table.get(name, 0.0) for name in self.relations] or [0.0])[self.relation]


def accounts(ledger: Ledger, inside: Bools) -> Accounts:
    """The accounts that the claims of the operation make.

    `inside` says of each entity of the ledger whether it may play a part.

    Example:
        >>> from graphsvc.analysis.ledger import encode
        >>> accounts(encode([], {}), np.zeros(0, dtype=bool)).size
        0

    Limits: denials lower what the same link's other claims are worth; they are not accounts themselves.
    """
    size = len(ledger.ids)
    strength = strengths(ledger)
    links = int(ledger.link.max(initial=-1)) + 1
    belief, before = link_beliefs(ledger, strength, links)
    kept = np.divide(belief, before, out=np.zeros(links), where=before > 0)
    rows = np.flatnonzero(ledger.of(OPERATION) & ~ledger.denies)
    value = strength[rows] * kept[ledger.link[rows]]
    value = value * (1 - (1 - UNFITTING) * known(ledger, rows, value) * (1 - fit(ledger, rows, value, inside)))
    subject, object_ = ledger.subject[rows], ledger.object[rows]
    owner = np.concatenate((subject, object_))
    return Accounts(
        size=size,
        relations=ledger.relations,
        owner=owner,
        other=np.concatenate((object_, subject)),
        forward=np.repeat((True, False), len(rows)),
        relation=np.tile(ledger.relation[rows], 2),
        group=ledger.groups(owner, np.tile(rows, 2)),
        strength=np.tile(value, 2),
        inside=inside,
    )


def inside(ledger: Ledger, carried: Collection[str]) -> Bools:
    """For each entity of the ledger whether it may play a part: everything but the persons who were only carried.

    Example:
        >>> from graphsvc.analysis.ledger import encode
        >>> inside(encode([], {}), ["p1"]).tolist()
        []

    Limits: gangs, boats, crossings and workplaces are always inside.
    """
    return np.array([name not in carried for name in ledger.ids], dtype=bool)


def known(ledger: Ledger, rows: Ints, value: Floats) -> Floats:
    """How much other sources tell of each claim's object, 0 to 1: of what nobody else speaks, nothing can fit or not.

    Example:
        >>> from graphsvc.analysis.examples import said
        >>> from graphsvc.analysis.ledger import encode
        >>> ledger = encode([said("s1: p1 RUNS g1"), said("s2: p2 RUNS g1"), said("s2: p2 RUNS g2")], {})
        >>> known(ledger, np.arange(3), np.ones(3)).round(3).tolist()
        [0.632, 0.632, 0.0]

    Limits: counts how much is told, not how good it is.
    """
    object_ = ledger.object[rows]
    told_by, row = np.unique(object_ * len(ledger.starts) + ledger.source[rows], return_inverse=True)
    own = np.bincount(row, weights=value, minlength=len(told_by))[row]
    everyone = np.bincount(object_, weights=value, minlength=len(ledger.ids))[object_]
    result: Floats = 0.0 - np.expm1(-np.maximum(everyone - own, 0.0))
    return result


def fit(ledger: Ledger, rows: Ints, value: Floats, inside: Bools) -> Floats:
    """Coherence: how well each claim fits what *other* sources say, 0 to 1.

    A claim fits when its two ends have neighbours in common, where the first step from the subject is told by
    another source than the claim's own. Busy neighbours say less (Adamic & Adar 2003).

    Example:
        >>> from graphsvc.analysis.ledger import encode
        >>> fit(encode([], {}), np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=bool)).tolist()
        []

    Limits: what nobody else can know of fits nothing; a false account built round true ties fits well.
    """
    size = max(len(ledger.ids), 1)
    subject, object_, source = ledger.subject[rows], ledger.object[rows], ledger.source[rows]
    usable = inside[subject] & inside[object_]
    ends = np.concatenate((subject[usable], object_[usable]))
    far = np.concatenate((object_[usable], subject[usable]))
    weight, who = np.tile(value[usable], 2), np.tile(source[usable], 2)
    ties = coo_array((weight, (ends, far)), shape=(size, size)).tocsr()
    ties.data = np.minimum(ties.data, 1.0)
    degree = np.asarray(ties.sum(axis=0))
    damped = ties.multiply(1 / np.log(np.e + degree)[None, :]).tocsr()
    speakers, row = np.unique(subject * (int(source.max(initial=0)) + 1) + source, return_inverse=True)
    own_code = ends * (int(source.max(initial=0)) + 1) + who
    place = np.searchsorted(speakers, own_code)
    place[place == len(speakers)] = 0
    known = speakers[place] == own_code if len(speakers) else np.zeros(0, dtype=bool)
    own = coo_array((weight[known], (place[known], far[known])), shape=(max(len(speakers), 1), size)).tocsr()
    shared = _paths(ties, damped, subject, object_) - _paths(own, damped, row, object_)
    result: Floats = -np.expm1(-2.0 * np.maximum(shared, 0.0))
    return result


def _paths(first: csr_array, second: csr_array, start: Ints, end: Ints) -> Floats:
    if not len(start):
        return np.zeros(0)
    return np.asarray(first[start].multiply(second[end]).sum(axis=1), dtype=float)


def told(accounts: Accounts, value: Floats) -> Floats:
    """What accounts with these values add up to for each entity, over independent groups.

    Of each group the strongest account counts in full and `SAME_GROUP` of the rest; the sum over groups is
    flattened by log(1 + x), so that the second group adds more than the fifth.

    Example:
        >>> one = Accounts(1, [], np.zeros(2, int), np.zeros(2, int), np.ones(2, bool), np.zeros(2, int),
        ...     np.array([0, 0]), np.ones(2), np.ones(1, bool))
        >>> told(one, np.array([1.0, 0.5])).round(3).tolist()
        [0.742]

    Limits: it cannot tell a much-watched person from an important one; the other ingredients must.
    """
    rows = np.flatnonzero(value > 0)
    group, owner, worth = accounts.group[rows], accounts.owner[rows], value[rows]
    order = np.lexsort((-worth, group))
    group, owner, worth = group[order], owner[order], worth[order]
    first = np.ones(len(group), dtype=bool)
    first[1:] = group[1:] != group[:-1]
    total = np.bincount(owner, weights=worth * np.where(first, 1.0, SAME_GROUP), minlength=accounts.size)
    result: Floats = np.log1p(total)
    return result


def commands(accounts: Accounts) -> Floats:
    """Direction: gives orders, pays, recruits, coerces.

    Example:
        >>> from graphsvc.analysis.examples import tell
        >>> commands(tell("s1: p1 DIRECTED p2", "s2: p1 DIRECTED p3")).round(3).tolist()
        [0.887, 0.0, 0.0]

    Limits: go-betweens pass on orders of others, and are told of as if they gave them.
    """
    return told(accounts, _commanding(accounts))


def _commanding(accounts: Accounts) -> Floats:
    value: Floats = accounts.strength * accounts.weights(COMMANDS) * accounts.forward * accounts.inside[accounts.other]
    return value


def arranges(accounts: Accounts) -> Floats:
    """Upper roles: runs gangs, organises crossings, supplies boats, controls workplaces.

    Example:
        >>> from graphsvc.analysis.examples import tell
        >>> arranges(tell("s1: p1 RUNS g1")).round(3).tolist()  # g1, p1
        [0.0, 0.619]

    Limits: who arranges in the open is told of more often than who arranges.
    """
    return told(accounts, accounts.strength * accounts.weights(ARRANGES) * accounts.forward)


def takes_orders(accounts: Accounts) -> Floats:
    """Is directed, paid, coerced or recruited.

    Example:
        >>> from graphsvc.analysis.examples import tell
        >>> takes_orders(tell("s1: p1 DIRECTED p2")).round(3).tolist()
        [0.0, 0.539]

    Limits: a leader who takes one order from a financier receives too; it lowers, it does not exclude.
    """
    return told(accounts, accounts.strength * accounts.weights(TAKES_ORDERS) * ~accounts.forward)


def hands_on(accounts: Accounts) -> Floats:
    """Lower roles: pilots, assists, transports, houses, manages.

    Example:
        >>> from graphsvc.analysis.examples import tell
        >>> hands_on(tell("s1: p1 PILOTED c1")).round(3).tolist()  # c1, p1
        [0.0, 0.539]

    Limits: in a small gang the one who runs it may pilot as well.
    """
    return told(accounts, accounts.strength * accounts.weights(HANDS_ON) * accounts.forward)


def reaches(accounts: Accounts, standing: Floats) -> Floats:
    """Who is directed: commanding those who themselves arrange and command passes on.

    `standing` says how far accounts already show each entity as upper, 0 or more. Finds those who never touch a
    crossing. One step per call; called with its own result it goes further.

    Example:
        >>> from graphsvc.analysis.examples import tell
        >>> reaches(tell("s1: p1 DIRECTED p2"), np.array([0.0, 0.5])).round(3).tolist()
        [0.305, 0.0]

    Limits: rests on the standing of others, so a false account of them carries over, at a discount.
    """
    value = _commanding(accounts)
    return told(accounts, value * np.minimum(standing[accounts.other], 1.0))


def bridges(accounts: Accounts) -> Floats:
    """Brokerage: gives orders in several cells, counted beyond the cell where most is told of it.

    Cells are found by label propagation (Raghavan, Albert & Kumara 2007) among those who may play a part.

    Example:
        >>> from graphsvc.analysis.examples import tell
        >>> cell = [f"s{n}: {c}{n} DIRECTED {c}{m}" for c in "ab" for n, m in ((1, 2), (1, 3), (2, 3))]
        >>> value = bridges(tell(*cell, "s8: p DIRECTED a1", "s9: p DIRECTED b1"))
        >>> int(value.argmax())  # a1, a2, a3, b1, b2, b3, p
        6

    Limits: cells are guesses from ties; with few accounts a cell may be two halves nobody has linked yet. Brokers who
    only introduce others, and order nobody, are not found.
    """
    label = cells(operation_ties(accounts))
    orders = (
        accounts.weights({"DIRECTED": 1.0}) * accounts.forward * accounts.inside[accounts.other] * accounts.strength
    )
    rows = np.flatnonzero((orders > 0) & (np.bincount(label, minlength=accounts.size)[label[accounts.other]] >= 3))
    cell = label[accounts.other[rows]]
    pairs, where = np.unique(accounts.owner[rows] * max(accounts.size, 1) + cell, return_inverse=True)
    strength = np.minimum(np.bincount(where, weights=orders[rows], minlength=len(pairs)), 1.0)
    owner = pairs // max(accounts.size, 1)
    most = np.zeros(accounts.size)
    np.maximum.at(most, owner, strength)
    result: Floats = np.log1p(np.bincount(owner, weights=strength, minlength=accounts.size) - most)
    return result


def operation_ties(accounts: Accounts) -> csr_array:
    """Undirected ties between all that may play a part, weighted 0 to 1.

    Example:
        >>> from graphsvc.analysis.examples import tell
        >>> operation_ties(tell("s1: p1 DIRECTED p2", "s1: p1 DIRECTED p3", carried=["p3"])).toarray()[0].round(3).tolist()
        [0.0, 0.714, 0.0]

    Limits: what only carried persons tie together is left out on purpose.
    """
    inside = accounts.inside[accounts.owner] & accounts.inside[accounts.other]
    shape = (accounts.size, accounts.size)
    ties = coo_array((accounts.strength[inside], (accounts.owner[inside], accounts.other[inside])), shape=shape).tocsr()
    ties.data = np.minimum(ties.data, 1.0)
    return ties


def cells(ties: csr_array, rounds: int = 4) -> Ints:
    """The cell of each entity: the number of one entity in it.

    Example:
        >>> from graphsvc.analysis.examples import tell
        >>> cells(operation_ties(tell("s1: p1 DIRECTED p2", "s1: p3 DIRECTED p4"))).tolist()
        [1, 1, 3, 3]

    Limits: one of many reasonable partitions; deterministic, ties go to the lowest number.
    """
    size = ties.shape[0]
    label = np.arange(size)
    edges = ties.tocoo()
    row, far = np.concatenate((edges.row, label)).astype(np.int64), np.concatenate((edges.col, label))
    weight = np.concatenate((edges.data, np.full(size, 0.01)))
    # Every other entity moves in each turn, or two neighbours would swap labels for ever.
    halves = [(row[chosen], far[chosen], weight[chosen]) for chosen in (row % 2 == 0, row % 2 == 1)]
    for turn in range(2 * rounds):
        mover, neighbour, strength = halves[turn % 2]
        pairs, where = np.unique(mover * size + label[neighbour], return_inverse=True)
        total = np.bincount(where, weights=strength)
        who, what = np.divmod(pairs, size)
        order = np.lexsort((what, -total.round(9), who))
        moved, first = np.unique(who[order], return_index=True)
        label = label.copy()
        label[moved] = what[order][first]
    return label


def seen_by_many(accounts: Accounts) -> Floats:
    """Mere visibility: contacts with many who were only carried, beyond what else is told of the person.

    Example:
        >>> from graphsvc.analysis.examples import tell
        >>> seen_by_many(tell("s1: p1 CONTACTED p2", carried=["p2"])).round(3).tolist()
        [0.539, 0.0]

    Limits: lawful service never enters; what remains may still be lawful contact nobody has recorded as such.
    """
    level = accounts.weights(dict.fromkeys(LEVEL_TIES, 1.0))
    outside = ~accounts.inside[accounts.other] * level * accounts.strength
    result: Floats = np.log1p(np.bincount(accounts.owner, weights=outside, minlength=accounts.size))
    return result
