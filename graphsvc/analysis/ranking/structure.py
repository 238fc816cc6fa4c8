"""Contact networks: ranking by structure where too few claims show roles, and whether structure means anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from graphsvc.analysis.backend import by_backend
from graphsvc.analysis.claims.belief import link_beliefs, strengths
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools, Floats, Ledger
from graphsvc.analysis.claims.roles import MEETING, PUTS_BEFORE

# Distances start from all nodes up to this many; beyond, from a seeded sample (Eppstein & Wang 2004; Brandes & Pich
# 2007).
_PIVOTS = 2000
# Number of starts for which paths are counted at a time; memory grows with this number times the number of people.
_AT_ONCE = 128
# Beyond this distance, chains rather than circles make up most of a network.
_FAR = 40
# No one stands out unless the largest effective size is at least this multiple of the mean.
_APART = 4.0
# Weight of each position in the score.
_PARTS = {"contacts_apart": 0.5, "closeness": 0.25, "between": 0.25}
# Score added by certain belief in a role (arranging, directing, recruiting, paying or coercing); first place adds 1.
_ROLES = 0.5
_SURE = 1 - 1e-9
_REWIRED = 99
# Significance level, which is how often chance may be taken for structure.
_LEVEL, _HAIR = 0.05, 1e-9
# A degree this many standard deviations above the mean, on the log scale, stands out (Shewhart's three sigma).
_SIGMAS = 3.0


@dataclass(frozen=True, slots=True)
class LinkShares:
    """Shares of links in the scores of the people at their ends, where people are ranked by contacts.

    Attributes:
        link: for each share the number of the link in the ledger.
        person: position of the person among the ids of the ledger.
        share: share of the link in the person's score; negative if it lowers the score.
    """

    link: Ints
    person: Ints
    share: Floats


def contacts(first: Ints, second: Ints, size: int) -> scipy.sparse.csr_array:
    """Build the undirected network of some contacts, each counted once, without contacts to oneself.

    Example:
        >>> contacts(np.array([0, 1, 1]), np.array([1, 0, 1]), 2).toarray().tolist()
        [[0.0, 1.0], [1.0, 0.0]]

    Limits: the number of contacts between two people is dropped, as it depends more on surveillance than on people.
    """
    apart = first != second
    ends = np.concatenate((first[apart], second[apart])), np.concatenate((second[apart], first[apart]))
    network = scipy.sparse.coo_array((np.ones(len(ends[0])), ends), shape=(size, size)).tocsr()
    network.data = np.ones_like(network.data)
    return network


def by_structure(ledger: Ledger, inside: Bools) -> dict[str, Floats]:
    """Return the parts of each entity's score where people are ranked by contacts: three positions, and `roles`.

    Args:
        ledger: the claims.
        inside: for each entity whether it may play a part.

    Example:
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> sorted(by_structure(encode([], {}), np.zeros(0, dtype=bool)))
        ['between', 'closeness', 'contacts_apart']

    Limits: a position among watched people, not a role.
    """
    rows = usable(ledger, inside)
    network = contacts(ledger.subject[rows], ledger.object[rows], len(ledger.ids))
    shares = {name: value * _PARTS[name] for name, value in positions(network).items()}
    _, person, share = roles(ledger, inside)
    if len(person):
        shares["roles"] = np.bincount(person, share, len(ledger.ids)).astype(float)
    return shares


def roles(ledger: Ledger, inside: Bools) -> tuple[Ints, Ints, Floats]:
    """List links that show roles (`PUTS_BEFORE`), with the person and the link's share of their score.

    Where people are ranked by contacts, too few roles are reported to rank by them. A person's role links add at most
    half of first place among contacts: half the chance that any is true, split among them.

    Args:
        ledger: the claims.
        inside: for each entity whether it may play a part.

    Example:
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> from graphsvc.analysis.examples import claim_from
        >>> ledger = encode([claim_from("s1: p1 RUNS g1"), claim_from("s2: p2 CONTACTED p1")], {})
        >>> link, person, share = roles(ledger, np.ones(len(ledger.ids), dtype=bool))
        >>> [ledger.ids[who] for who in person], bool(0 < share[0] < 0.5)
        (['p1'], True)

    Limits: all such links count equally, whoever is at the other end.
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
    """Return the share of every link where people are ranked by contacts, from positions and from roles.

    Args:
        ledger: the claims.
        inside: for each entity whether it may play a part.
        shares: parts of the score, see `by_structure`.

    Example:
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> from graphsvc.analysis.examples import claim_from
        >>> ledger = encode([claim_from("s1: p1 CONTACTED p2"), claim_from("s1: p1 RUNS g1")], {})
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
    """Return the share of every link from positions alone, which are split equally among each person's contacts.

    Args:
        ledger: the claims.
        inside: for each entity whether it may play a part.
        score: score of each entity, see `by_structure`.

    Example:
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> from graphsvc.analysis.examples import claim_from
        >>> ledger = encode([claim_from("s1: p1 CONTACTED p2"), claim_from("s1: p2 CONTACTED p3")], {})
        >>> found = contact_links(ledger, np.ones(3, dtype=bool), np.array([1.0, 3.0, 1.0]))
        >>> found.person.tolist(), found.share.tolist()
        ([0, 1, 1, 2], [1.0, 1.5, 1.5, 1.0])

    Limits: does not show which part of a position is due to the contacts of a contact.
    """
    rows = usable(ledger, inside)
    rows = rows[ledger.subject[rows] != ledger.object[rows]]
    link, first = np.unique(ledger.link[rows], return_index=True)
    subject, object_ = ledger.subject[rows][first], ledger.object[rows][first]
    person, contact = np.concatenate((subject, object_)), np.concatenate((object_, subject))
    link = np.tile(link, 2)
    pair = person * max(len(ledger.ids), 1) + contact
    pairs, inverse, times = np.unique(pair, return_inverse=True, return_counts=True)
    tied = np.bincount(pairs // max(len(ledger.ids), 1), minlength=len(ledger.ids))
    share = score[person] / np.maximum(tied[person], 1) / times[inverse]
    order = np.lexsort((link, person))
    return LinkShares(link[order], person[order], share[order])


def usable(ledger: Ledger, inside: Bools) -> Ints:
    """Return rows that assert a contact (not a quarrel) between two possible players; arguments as `by_structure`.

    Example:
        >>> from graphsvc.analysis.claims.ledger import encode
        >>> usable(encode([], {}), np.zeros(0, dtype=bool)).tolist()
        []

    Limits: denials of a contact have no effect.
    """
    return np.flatnonzero(ledger.of(MEETING) & ~ledger.denies & inside[ledger.subject] & inside[ledger.object])


def effective_size(network: scipy.sparse.csr_array) -> Floats:
    """Return Burt's effective size: contacts minus those already reached through other contacts (Borgatti 1997).

    Example:
        >>> effective_size(contacts(np.array([0, 0, 1]), np.array([1, 2, 2]), 4)).tolist()
        [1.0, 1.0, 1.0, 0.0]

    Limits: a closely watched person has many contacts on file, which looks the same as importance.
    """
    degree = np.asarray(network.sum(axis=1), dtype=float)
    closed = np.asarray((network @ network).multiply(network).sum(axis=1), dtype=float)
    result: Floats = degree - np.divide(closed, degree, out=np.zeros(len(degree)), where=degree > 0)
    return result


def harmonic(network: scipy.sparse.csr_array, seed: int = 0) -> Floats:
    """Return harmonic closeness: the mean of 1 / distance to the others (Marchiori & Latora 2000), 0 to 1.

    Example:
        >>> harmonic(contacts(np.array([0, 1]), np.array([1, 2]), 3)).tolist()
        [0.75, 1.0, 0.75]

    Limits: people at the edge of the watched network look peripheral. Sampled in large networks.
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
    """Return betweenness: each node's share of the shortest paths between two others, summed over pairs (Freeman 1977).

    Computed as in Brandes (2001), from many starts at a time; each pair counts once. Sampled in large networks.

    Example:
        >>> betweenness(contacts(np.array([0, 1, 2]), np.array([1, 2, 3]), 4)).tolist()
        [0.0, 2.0, 2.0, 0.0]

    Limits: no paths join people whose contacts were not watched; people who are often mentioned lie on more paths.
    """
    size = network.shape[0]
    pivots = _pivots(size, seed)
    total = np.zeros(size)
    for first in range(0, len(pivots), _AT_ONCE):
        starts = pivots[first : first + _AT_ONCE]
        ways, away = np.zeros((size, len(starts))), np.full((size, len(starts)), -1, dtype=np.int16)
        ways[starts, np.arange(len(starts))], away[starts, np.arange(len(starts))] = 1.0, 0
        # Step by step outwards: the number of shortest paths to each node, and its distance.
        step = 0
        while (last := away == step).any():
            if step == _FAR:
                return _betweenness_far(network, pivots)
            step += 1
            further = np.where(away < 0, network @ np.where(last, ways, 0.0), 0.0)
            ways += further
            away[further > 0] = step
        # And back: paths beyond a node lead through the nodes before it, in proportion to their shortest paths.
        through = np.zeros_like(ways)
        for back in range(step - 1, 0, -1):
            share = np.divide(1.0 + through, ways, out=np.zeros_like(ways), where=away == back)
            through += np.where(away == back - 1, ways * (network @ share), 0.0)
        through[starts, np.arange(len(starts))] = 0.0
        total += through.sum(axis=1)
    result: Floats = total / 2 * size / max(len(pivots), 1)
    return result


def _betweenness_far(network: scipy.sparse.csr_array, pivots: Ints) -> Floats:
    """Compute `betweenness` over long distances, start by start, as each step of a batch costs a full pass."""
    import networkx as nx

    nodes = range(network.shape[0])
    graph = nx.from_scipy_sparse_array(network)
    sums = by_backend(nx.betweenness_centrality_subset, graph, pivots.tolist(), nodes)
    result: Floats = np.array([sums[node] for node in nodes]) * len(nodes) / len(pivots)
    return result


def _pivots(size: int, seed: int) -> Ints:
    """Return the nodes from which distances and paths are computed: all, or a sample."""
    if size <= _PIVOTS:
        return np.arange(size)
    return np.sort(np.random.default_rng(seed).choice(size, _PIVOTS // 8, replace=False))


def positions(network: scipy.sparse.csr_array) -> dict[str, Floats]:
    """Return the three measures as ranks among people with contacts, 0 to 1 (1: highest; 0: no contacts), by name.

    Example:
        >>> {name: value.tolist() for name, value in positions(contacts(np.array([0, 1]), np.array([1, 2]), 3)).items()}
        {'contacts_apart': [0.5, 1.0, 0.5], 'closeness': [0.5, 1.0, 0.5], 'between': [0.5, 1.0, 0.5]}

    Limits: a position among watched people, not a role.
    """
    # Imported here, since the import alone takes longer than everything else a command needs.
    from scipy.stats import rankdata

    # People without contacts are not ranked here, so claims about a quarrel or a boat move no score.
    tied = np.asarray(network.sum(axis=1)) > 0
    measures = {}
    measured = (effective_size(network), harmonic(network), betweenness(network))
    for name, value in zip(_PARTS, measured, strict=True):
        measures[name] = np.zeros(len(value))
        measures[name][tied] = rankdata(value[tied].round(9), method="average") / max(int(tied.sum()), 1)
    return measures


def closure(network: scipy.sparse.csr_array) -> float:
    """Return the share of pairs of contacts of one person who are in contact themselves, 0 to 1.

    Example:
        >>> closure(contacts(np.array([0, 0, 1]), np.array([1, 2, 2]), 3))
        1.0

    Limits: dominated by the people with the most contacts.
    """
    degree = np.asarray(network.sum(axis=1), dtype=float)
    pairs = float((degree * (degree - 1)).sum())
    return float((network @ network).multiply(network).sum()) / pairs if pairs else 0.0


def rewire(network: scipy.sparse.csr_array, rng: np.random.Generator, rounds: int = 30) -> scipy.sparse.csr_array:
    """Return a random network in which everyone has as many contacts as before (Maslov & Sneppen 2002).

    Example:
        >>> ring = contacts(np.arange(9), (np.arange(9) + 1) % 9, 9)
        >>> rewire(ring, np.random.default_rng(1)).sum(axis=1).tolist()
        [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]

    Swaps come in batches. A swap is made only if no other swap of its batch would add a contact that it adds or
    removes. Then each batch can be undone by an equally likely one, and every network with these numbers of contacts is
    equally likely.

    Limits: small or dense networks lose many swaps of a batch, so they mix more slowly.
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
        codes, inverse, often = np.unique(new, return_inverse=True, return_counts=True)
        alone = (often[inverse.reshape(2, half)] == 1).all(axis=0)
        wanted = np.isin(old, codes).any(axis=0)
        good = alone & ~present & ~wanted & (a != d) & (c != b)
        first[left[good]], second[left[good]] = a[good], d[good]
        first[right[good]], second[right[good]] = c[good], b[good]
    return contacts(first, second, size)


def _edge(first: Ints, second: Ints, size: int) -> Ints:
    return np.minimum(first, second) * size + np.maximum(first, second)


def stands_out(network: scipy.sparse.csr_array, people: Bools | None = None, seed: int = 0) -> tuple[bool, str]:
    """Return whether positions in this network can mean anything, and why.

    They can if one person's number of contacts is far out of proportion to the others'. They also can if two things
    hold: contacts close into circles more than in networks rewired with the same numbers of contacts (one-sided, at
    most 5 %), and one person's effective size is several times the mean (`effective_size`). Circles alone distinguish
    no one: in a ring of equal circles all are alike.

    Args:
        network: the contact network, see `contacts`.
        people: whether each node is ranked; None: all are. Contacts may lead through the other nodes, which are never
            leads.
        seed: seed of the rewired networks; the same seed gives the same answer.

    Example:
        >>> ring = contacts(np.arange(9), (np.arange(9) + 1) % 9, 9)
        >>> stands_out(ring)[0]
        False

    Limits: a structured network need not have its leaders where the structure points.
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
    # Number of random networks that may close as much as the case; if one more does, the answer is settled.
    may_reach, reached = int(_LEVEL * (1 + runs) + _HAIR) - 1, 0
    for _ in range(runs):
        reached += closure(rewire(network, rng)) >= share
        if reached > may_reach:
            return False, "the network looks like chance with the same numbers of contacts"
    return True, "contacts close into circles more than chance with the same numbers of contacts would"
