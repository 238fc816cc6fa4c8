"""Plain contact networks: what structure alone can tell where nothing says who arranges, directs, recruits, pays or coerces, and whether it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from graphsvc.analysis.backend import by_backend
from graphsvc.analysis.evidence.belief import link_beliefs, strengths
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats, Ledger
from graphsvc.analysis.evidence.roles import MEETING, PUTS_BEFORE

# Distances from all nodes up to this many; beyond, from a seeded sample of them (Eppstein & Wang 2004; Brandes & Pich 2007).
_PIVOTS = 2000
# Ways are counted from so many at once: as many numbers as that times the persons are held.
_AT_ONCE = 128
# Further apart than this, chains and not circles make up most of a network.
_FAR = 40
# Nobody stands out where no one reaches so many times as many people apart as is usual.
_APART = 4.0
# What each position adds to the score.
_PARTS = {"contacts_apart": 0.5, "closeness": 0.25, "between": 0.25}
# What being said for certain to arrange, direct, recruit, pay or coerce adds to them: half of what the first place is worth.
_ROLES = 0.5
_SURE = 1 - 1e-9
_REWIRED = 99
# How often chance may be taken for structure.
_LEVEL, _HAIR = 0.05, 1e-9
# A degree so many standard deviations above the mean, on the log scale, stands out (Shewhart's three sigma).
_SIGMAS = 3.0


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


def contacts(first: Ints, second: Ints, size: int) -> scipy.sparse.csr_array:
    """The undirected network of some ties, each counted once, none to oneself.

    Example:
        >>> contacts(np.array([0, 1, 1]), np.array([1, 0, 1]), 2).toarray().tolist()
        [[0.0, 1.0], [1.0, 0.0]]

    Limits: how often two were in contact is dropped; taps and surveillance decide it more than people do.
    """
    apart = first != second
    ends = np.concatenate((first[apart], second[apart])), np.concatenate((second[apart], first[apart]))
    network = scipy.sparse.coo_array((np.ones(len(ends[0])), ends), shape=(size, size)).tocsr()
    network.data = np.ones_like(network.data)
    return network


def by_structure(ledger: Ledger, inside: Bools) -> dict[str, Floats]:
    """The shares of the score of each entity where there are contacts above all: three positions, contacts apart for half of them, and `roles`.

    Args:
        ledger: the claims.
        inside: for each entity whether it may play a part.

    Example:
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> sorted(by_structure(encode([], {}), np.zeros(0, dtype=bool)))
        ['between', 'closeness', 'contacts_apart']

    Limits: a position among those watched, not a role.
    """
    rows = usable(ledger, inside)
    network = contacts(ledger.subject[rows], ledger.object[rows], len(ledger.ids))
    shares = {name: value * _PARTS[name] for name, value in positions(network).items()}
    _, person, share = roles(ledger, inside)
    if len(person):
        shares["roles"] = np.bincount(person, share, len(ledger.ids)).astype(float)
    return shares


def roles(ledger: Ledger, inside: Bools) -> tuple[Ints, Ints, Floats]:
    """List links that say who arranges, directs, recruits, pays or coerces, with that person and the link's share of their score.

    Where contacts rank, too few sources say such things to rank by. The links together count for at most half of the first place among
    contacts: for half times the chance that any link holds. Each link has a part of that chance.

    Args:
        ledger: the claims.
        inside: for each entity whether it may play a part.

    Example:
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> from graphsvc.analysis.examples import said
        >>> ledger = encode([said("s1: p1 RUNS g1"), said("s2: p2 CONTACTED p1")], {})
        >>> link, person, share = roles(ledger, np.ones(len(ledger.ids), dtype=bool))
        >>> [ledger.ids[who] for who in person], bool(0 < share[0] < 0.5)
        (['p1'], True)

    Limits: all such links count alike, and with whom it is done does not count.
    """
    rows = np.flatnonzero(ledger.of(PUTS_BEFORE) & inside[ledger.subject])
    link, first = np.unique(ledger.link[rows], return_index=True)
    person = ledger.subject[rows][first].astype(np.int64)
    belief = link_beliefs(ledger, strengths(ledger), int(ledger.link.max(initial=-1)) + 1)[0][link]
    failing = -np.log1p(-np.minimum(belief, _SURE))
    total = np.bincount(person, failing, len(ledger.ids))[person]
    share = np.divide(-_ROLES * np.expm1(-total) * failing, total, out=np.zeros(len(total)), where=total > 0)
    return link, person, share


def structure_links(ledger: Ledger, inside: Bools, shares: Mapping[str, Floats]) -> LinkShares:
    """The share of every link where there are contacts above all: those of positions, and those of what is said of a part.

    Args:
        ledger: the claims.
        inside: for each entity whether it may play a part.
        shares: their score, see `by_structure`.

    Example:
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> from graphsvc.analysis.examples import said
        >>> ledger = encode([said("s1: p1 CONTACTED p2"), said("s1: p1 RUNS g1")], {})
        >>> inside = np.ones(len(ledger.ids), dtype=bool)
        >>> found = structure_links(ledger, inside, by_structure(ledger, inside))
        >>> [ledger.ids[who] for who in found.person]
        ['p1', 'p2', 'p1']

    Limits: as `contact_links` and `roles`.
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
        score: for each entity its score, see `by_structure`.

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


def usable(ledger: Ledger, inside: Bools) -> Ints:
    """Rows that assert a tie between two who may play a part, and one that weighs something: no quarrel; arguments as `by_structure`.

    Example:
        >>> from graphsvc.analysis.evidence.ledger import encode
        >>> usable(encode([], {}), np.zeros(0, dtype=bool)).tolist()
        []

    Limits: a tie somebody denies is one that somebody asserts.
    """
    return np.flatnonzero(ledger.of(MEETING) & ~ledger.denies & inside[ledger.subject] & inside[ledger.object])


def effective_size(network: scipy.sparse.csr_array) -> Floats:
    """Burt's effective size: contacts less those a person's other contacts already reach (Borgatti 1997).

    Example:
        >>> effective_size(contacts(np.array([0, 0, 1]), np.array([1, 2, 2]), 4)).tolist()
        [1.0, 1.0, 1.0, 0.0]

    Limits: a much-watched person has many contacts on file; it cannot tell that from importance.
    """
    degree = np.asarray(network.sum(axis=1), dtype=float)
    closed = np.asarray((network @ network).multiply(network).sum(axis=1), dtype=float)
    result: Floats = degree - np.divide(closed, degree, out=np.zeros(len(degree)), where=degree > 0)
    return result


def harmonic(network: scipy.sparse.csr_array, seed: int = 0) -> Floats:
    """Harmonic closeness: the mean of 1 / distance to the others (Marchiori & Latora 2000), 0 to 1.

    Example:
        >>> harmonic(contacts(np.array([0, 1]), np.array([1, 2]), 3)).tolist()
        [0.75, 1.0, 0.75]

    Limits: those at the edge of what was watched look peripheral. Sampled in large networks.
    """
    size = network.shape[0]
    pivots = _pivots(size, seed)
    total = np.zeros(size)
    for pivot in pivots:
        away = scipy.sparse.csgraph.dijkstra(network, indices=pivot, unweighted=True)
        total += np.divide(1.0, away, out=np.zeros(size), where=np.isfinite(away) & (away > 0))
    result: Floats = total / max(len(pivots) - (len(pivots) == size), 1)
    return result


def betweenness(network: scipy.sparse.csr_array, seed: int = 0) -> Floats:
    """Betweenness: the share of shortest ways between two others that lead through each, summed over pairs (Freeman 1977).

    Worked out as Brandes (2001) does, from many starts at once; each pair counts once. Sampled in large networks.

    Example:
        >>> betweenness(contacts(np.array([0, 1, 2]), np.array([1, 2, 3]), 4)).tolist()
        [0.0, 2.0, 2.0, 0.0]

    Limits: those between whom nobody was watched have no ways; who is often told of lies on more of them.
    """
    size = network.shape[0]
    pivots = _pivots(size, seed)
    total = np.zeros(size)
    for first in range(0, len(pivots), _AT_ONCE):
        starts = pivots[first : first + _AT_ONCE]
        ways, away = np.zeros((size, len(starts))), np.full((size, len(starts)), -1, dtype=np.int16)
        ways[starts, np.arange(len(starts))], away[starts, np.arange(len(starts))] = 1.0, 0
        # Step by step outwards: in how many shortest ways each is reached, and at which step.
        step = 0
        while (last := away == step).any():
            if step == _FAR:
                return _betweenness_far(network, pivots)
            step += 1
            further = np.where(away < 0, network @ np.where(last, ways, 0.0), 0.0)
            ways += further
            away[further > 0] = step
        # And back: what leads on from somebody leads through those before them, by their share of the ways.
        through = np.zeros_like(ways)
        for back in range(step - 1, 0, -1):
            share = np.divide(1.0 + through, ways, out=np.zeros_like(ways), where=away == back)
            through += np.where(away == back - 1, ways * (network @ share), 0.0)
        through[starts, np.arange(len(starts))] = 0.0
        total += through.sum(axis=1)
    result: Floats = total / 2 * size / max(len(pivots), 1)
    return result


def _betweenness_far(network: scipy.sparse.csr_array, pivots: Ints) -> Floats:
    """`betweenness` where some are many steps apart: start by start, since all at once each step costs as much as the whole."""
    import networkx as nx

    nodes = range(network.shape[0])
    graph = nx.from_scipy_sparse_array(network)
    sums = by_backend(nx.betweenness_centrality_subset, graph, pivots.tolist(), nodes)
    result: Floats = np.array([sums[node] for node in nodes]) * len(nodes) / len(pivots)
    return result


def _pivots(size: int, seed: int) -> Ints:
    """From whom distances and ways are taken: everybody, or a sample."""
    if size <= _PIVOTS:
        return np.arange(size)
    return np.sort(np.random.default_rng(seed).choice(size, _PIVOTS // 8, replace=False))


def positions(network: scipy.sparse.csr_array) -> dict[str, Floats]:
    """The three measures as ranks among those with contacts, from 0 to 1 (1 the highest, 0 without contacts), by name.

    Example:
        >>> {name: value.tolist() for name, value in positions(contacts(np.array([0, 1]), np.array([1, 2]), 3)).items()}
        {'contacts_apart': [0.5, 1.0, 0.5], 'closeness': [0.5, 1.0, 0.5], 'between': [0.5, 1.0, 0.5]}

    Limits: a position among those who were watched, not a role.
    """
    # Imported here: it alone takes longer than everything else a command needs.
    from scipy.stats import rankdata

    # Those without contacts are nobody's rank: who is told of besides, of a quarrel or a boat, moves no score.
    tied = np.asarray(network.sum(axis=1)) > 0
    measures = {}
    measured = (effective_size(network), harmonic(network), betweenness(network))
    for name, value in zip(_PARTS, measured, strict=True):
        measures[name] = np.zeros(len(value))
        measures[name][tied] = rankdata(value[tied].round(9), method="average") / max(int(tied.sum()), 1)
    return measures


def closure(network: scipy.sparse.csr_array) -> float:
    """The share of pairs of contacts of one person who are in contact themselves, 0 to 1.

    Example:
        >>> closure(contacts(np.array([0, 0, 1]), np.array([1, 2, 2]), 3))
        1.0

    Limits: dominated by the persons with the most contacts.
    """
    degree = np.asarray(network.sum(axis=1), dtype=float)
    pairs = float((degree * (degree - 1)).sum())
    return float((network @ network).multiply(network).sum()) / pairs if pairs else 0.0


def rewired(network: scipy.sparse.csr_array, rng: np.random.Generator, rounds: int = 30) -> scipy.sparse.csr_array:
    """A random network in which everybody has as many contacts as before (Maslov & Sneppen 2002).

    Example:
        >>> ring = contacts(np.arange(9), (np.arange(9) + 1) % 9, 9)
        >>> rewired(ring, np.random.default_rng(1)).sum(axis=1).tolist()
        [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]

    Swaps come in batches. One is made only where no other of its batch would tie, or asks to tie, what this one ties or unties:
    then each batch can be undone by one as likely, and every network with these numbers of contacts comes up as often.

    Limits: many swaps of a batch fall out in small or dense networks, which are mixed the slower.
    """
    upper = scipy.sparse.coo_array(network)
    size = network.shape[0]
    keep = upper.row < upper.col
    first, second = upper.row[keep].astype(np.int64), upper.col[keep].astype(np.int64)
    for _ in range(rounds):
        order = rng.permutation(len(first))
        half = len(order) // 2
        left, right = order[:half], order[half : 2 * half]
        flip = rng.random(half) < 0.5
        a, b = first[left], second[left]
        c, d = np.where(flip, second[right], first[right]), np.where(flip, first[right], second[right])
        old = np.stack((_edge(a, b, size), _edge(c, d, size)))
        new = np.stack((_edge(a, d, size), _edge(c, b, size)))
        present = np.isin(new, _edge(first, second, size)).any(axis=0)
        codes, which, often = np.unique(new, return_inverse=True, return_counts=True)
        alone = (often[which.reshape(2, half)] == 1).all(axis=0)
        wanted = np.isin(old, codes).any(axis=0)
        good = alone & ~present & ~wanted & (a != d) & (c != b)
        first[left[good]], second[left[good]] = a[good], d[good]
        first[right[good]], second[right[good]] = c[good], b[good]
    return contacts(first, second, size)


def _edge(first: Ints, second: Ints, size: int) -> Ints:
    return np.minimum(first, second) * size + np.maximum(first, second)


def stands_out(network: scipy.sparse.csr_array, people: Bools | None = None, seed: int = 0) -> tuple[bool, str]:
    """Whether positions in this network can mean anything, and why.

    They can if someone's number of contacts is out of all proportion to the others'; or if contacts close into circles more than in
    networks rewired with the same number of contacts for each (one-sided, at most 5 %) and someone reaches several times as many people
    apart as is usual (`effective_size`). Circles alone tell nobody apart: in a ring of equal circles all are alike.

    Args:
        network: who is in contact, see `contacts`.
        people: whether each of its nodes is ranked; None: all are. Contacts lead through the others, who are nobody's lead.
        seed: of the rewired networks; the same seed gives the same answer.

    Example:
        >>> ring = contacts(np.arange(9), (np.arange(9) + 1) % 9, 9)
        >>> stands_out(ring)[0]
        False

    Limits: that a network has structure does not say that its leaders are where structure points.
    """
    degree = np.asarray(network.sum(axis=1), dtype=float)
    ranked = (degree > 0) & (True if people is None else people)
    logs = np.log(degree[ranked])
    if len(logs) < 4:
        return False, "there are too few contacts to compare"
    spread = float(logs.std())
    if spread > 0 and float(logs.max() - logs.mean()) / spread >= _SIGMAS:
        return True, "someone has contacts out of all proportion to the others"
    apart = effective_size(network)
    if float(apart[ranked].max()) < _APART * float(apart[degree > 0].mean()):
        return False, "all are much alike in how many people their contacts keep apart"
    rng = np.random.default_rng(seed)
    share = closure(network)
    runs = _REWIRED if network.nnz < 20_000 else 19
    # Of so many networks chance may reach this one that often: once more, and no further network can change the answer.
    may_reach, reached = int(_LEVEL * (1 + runs) + _HAIR) - 1, 0
    for _ in range(runs):
        reached += closure(rewired(network, rng)) >= share
        if reached > may_reach:
            return False, "the network looks like chance with the same numbers of contacts"
    return True, "contacts close into circles more than chance with the same numbers of contacts would"
