"""Effect of false statements on a ranking: how few would have to be false, and how few invented ones would suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools
from graphsvc.analysis.ranking.basis import ONLY_CARRIED, Basis
from graphsvc.analysis.ranking.ingredients import names
from graphsvc.analysis.robustness.leaving_out import LeavingOut, Moved, after
from graphsvc.analysis.robustness.pieces import Piece
from graphsvc.analysis.robustness.rereading import Read
from graphsvc.records.statement_kinds import OPEN_ITEMS

TOP = 10
# Kinds of evidence item that may be false as a whole: everything one witness said, one report, one record.
FALSE = ("witness", *OPEN_ITEMS)
# Larger numbers of false items are not worth reporting.
MOST = 12
# Number of items about a person that are left out one after another, and number among which pairs are tried.
_TRIED_IN_TURN, _TRIED_IN_PAIRS = 60, 25
# An invented statement says that a person organised a crossing and directed somebody.
_INVENTED = (("ORGANISED", "thing"), ("DIRECTED", "person"))


@dataclass(frozen=True, slots=True)
class FalseAccounts:
    """Evidence items that would have to be false for a person to leave the first places.

    Attributes:
        pieces: the items (everything one witness said, one report or one record), the item with the largest effect
            first; empty where nothing tried would suffice.
        rank: the rank then; None: not ranked then.
        fewest: whether these are certainly the fewest possible. Each item alone was tried, so this is known for one and
            two items only.
        tried: number of items that were false together at the end, where nothing tried would suffice.
    """

    pieces: tuple[Piece, ...]
    rank: int | None
    fewest: bool
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Alone:
    """Change of the first places when any one item is false.

    Attributes:
        pieces: items of the kinds `FALSE`.
        leads: rows in the network of the people in the first places.
        worst: for each of these people the worst rank without one item, from 1; after the first places for a person not
            ranked then; 0 where there are no items.
        without: position in `pieces` of the first item with that effect; `ranked`: whether the person is ranked then.
    """

    pieces: list[Piece]
    leads: Ints
    worst: Ints
    without: Ints
    ranked: Bools


class Gathering:
    """Collector of changes of the first places, from rankings without one item each.

    Args:
        leaving: computes the rankings.
        pieces: the items left out; only those of the kinds `FALSE` are collected.
        top: number of first places.

    Attributes:
        ids: ids of the people in the first places.

    Example:
        >>> from graphsvc.analysis.robustness.pieces import pieces
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> on = basis([claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p2 PAID p1")], people("p1", "p2"), {})
        >>> leaving, those = LeavingOut(on), pieces(on.told)
        >>> gathering = Gathering(leaving, those, top=1)
        >>> for some in leaving.differences([piece.rows for piece in those]):
        ...     gathering.take(some)
        >>> singly = gathering.result()
        >>> [piece.sources for piece in singly.pieces], singly.worst.tolist(), singly.without.tolist()
        ([('s1',), ('s2',)], [2], [0])
        >>> would = would_leave(on, singly, "p1", top=1)
        >>> [piece.sources for piece in would.pieces], would.rank, would.fewest
        ([('s1',)], 2, True)

    Limits: as `LeavingOut`.
    """

    def __init__(self, leaving: LeavingOut, pieces: Sequence[Piece], top: int = TOP) -> None:
        self._leaving, self._pieces, self._top = leaving, pieces, top
        self._false = np.array([piece.kind in FALSE for piece in pieces], dtype=bool)
        self._leads = first_places(leaving, top)
        self.ids = [leaving.network.ids[row] for row in self._leads.tolist()]
        self._touching: list[Piece] = []
        self._worst, self._without = np.zeros(self.width, dtype=np.int64), np.zeros(self.width, dtype=np.int64)
        self._ranked = np.zeros(self.width, dtype=bool)

    @property
    def width(self) -> int:
        """Number of people in the first places; more than the number of places where several share one."""
        return len(self._leads)

    def take(self, rankings: Moved) -> None:
        """Record some rankings; their sets have the same positions as the items."""
        those = self._false[rankings.left_out]
        if those.any():
            listed = self._leaving.full_lists(rankings, self.ids)
            ranks, lead = after(listed, self._top + 1)[those], np.arange(self.width)
            first = ranks.argmax(axis=0)
            worse = np.flatnonzero(ranks[first, lead] > self._worst)
            self._worst[worse] = ranks[first, lead][worse]
            self._without[worse] = len(self._touching) + first[worse]
            self._ranked[worse] = listed.ranked[those][first, lead][worse]
            self._touching += [self._pieces[number] for number in rankings.left_out[those].tolist()]

    def result(self) -> Alone:
        """Return the collected result."""
        return Alone(self._touching, self._leads, self._worst, self._without, self._ranked)


def first_places(leaving: LeavingOut, top: int = TOP) -> Ints:
    """Return rows in the network of the people in the first places; false statements are assessed for them alone.

    Args:
        leaving: computes rankings without some rows.
        top: number of first places.

    Example:
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> on = basis([claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p2 PAID p1")], people("p1", "p2"), {})
        >>> len(first_places(LeavingOut(on), top=1))
        1

    Limits: returns more people than places if several people share a place.
    """
    return np.flatnonzero((leaving.order.rank <= top) & np.isfinite(leaving.order.score))


def alone(leaving: LeavingOut, pieces: Sequence[Piece], top: int = TOP) -> Alone:
    """Return the change of the first places when each item is false; to share the rankings, use `Gathering`.

    Args:
        leaving: computes the rankings.
        pieces: see `pieces.pieces`.
        top: number of first places.

    Example:
        >>> from graphsvc.analysis.robustness.pieces import pieces
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> on = basis([claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p2 PAID p1")], people("p1", "p2"), {})
        >>> alone(LeavingOut(on), pieces(on.told), top=1).worst.tolist()
        [2]

    Limits: as `Gathering`.
    """
    gathering = Gathering(leaving, pieces, top)
    for rankings in leaving.differences([piece.rows for piece in pieces]):
        gathering.take(rankings)
    return gathering.result()


def would_leave(
    on: Basis, singly: Alone | None, lead: str, top: int = TOP, leaving: LeavingOut | None = None
) -> FalseAccounts | None:
    """Find the fewest evidence items that would all have to be false for this person to leave the first places.

    Each item is tried alone. If no single item suffices, those that say most about the person and their links are left out
    one after another, each time the one with the largest effect. Pairs of them are tried too.

    Args:
        on: the basis of the ranking.
        singly: the effect of each item alone, see `Gathering`, for the same `top`.
        lead: id of the person.
        top: number of first places.
        leaving: `LeavingOut` of `on`, if already made.

    Returns:
        None if the person is not in the first places, or people are ranked by contacts.

    Example:
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> would_leave(basis([], [], {}), None, "p1") is None
        True

    Limits: treats everything a witness said as false together, but reports of one source one at a time. Beyond two
    items it may miss a smaller set, and says so.
    """
    if on.network is None or singly is None:
        return None
    leaving = leaving or LeavingOut(on)
    row = leaving.numbers.get(lead)
    if row is None or row not in singly.leads:
        return None
    column = int(np.searchsorted(singly.leads, row))
    if singly.worst[column] > top:
        rank = int(singly.worst[column]) if singly.ranked[column] else None
        return FalseAccounts((singly.pieces[singly.without[column]],), rank, fewest=True)

    near = _near(on, leaving.before, row, singly.pieces)[:_TRIED_IN_TURN]
    left, false_items, out, carried, rank = list(near), list[Piece](), False, False, None
    rows = np.zeros(0, dtype=np.int64)  # rows of the items false already
    # If the person is now only carried but still among the first of a short list, more false items change nothing.
    while left and len(false_items) < MOST and not out and not carried:
        without = leaving.of_one([np.union1d(rows, piece.rows) for piece in left], lead)
        ranks, scores = after(without, top + 1)[:, 0], without.score[:, 0]
        worst = int(np.lexsort((scores, -ranks))[0]) if ranks.max() > top else int(scores.argmin())
        rank, out = int(ranks[worst]) if without.ranked[worst, 0] else None, bool(ranks[worst] > top)
        carried = bool(scores[worst] == ONLY_CARRIED)
        false_items.append(left.pop(worst))
        rows = np.union1d(rows, false_items[-1].rows)
    if len(false_items) > 2 or not out:  # the greedy search may miss a pair that suffices
        pairs = list(combinations(near[:_TRIED_IN_PAIRS], 2))
        both = [np.union1d(*(piece.rows for piece in pair)) for pair in pairs]
        of_pairs = leaving.of_one(both, lead)
        ranks = after(of_pairs, top + 1)[:, 0]
        if ranks.max(initial=0) > top:
            best = int(ranks.argmax())
            return FalseAccounts(pairs[best], int(ranks[best]) if of_pairs.ranked[best, 0] else None, fewest=True)
    if out:
        return FalseAccounts(tuple(false_items), rank, fewest=len(false_items) == 2)
    return FalseAccounts((), int(leaving.order.rank[row]), fewest=False, tried=len(false_items))


def _near(on: Basis, before: Read, row: int, pieces: Sequence[Piece]) -> list[Piece]:
    """Return items about this person or people linked to them, the items that say most first."""
    cells, ledger = before.network.cells, on.told
    tied = np.flatnonzero(cells.other >= 0)
    person, neighbour = cells.person[tied], cells.other[tied]
    about = np.zeros(before.network.size + 1)
    about[neighbour[person == row]] = about[person[neighbour == row]] = 1.0
    about[row] = 1.0 + len(ledger.claims)
    ends = before.network.at[2 * ledger.link], before.network.at[2 * ledger.link + 1]
    says = np.maximum(*(about[end] for end in ends))
    weight = np.array([says[piece.rows].sum() for piece in pieces])
    return [pieces[number] for number in np.argsort(-weight, kind="stable").tolist() if weight[number] > 0]


def invented_needed(on: Basis, top: int = TOP, most: int = 20) -> int | None:
    """Return how many agreeing invented statements would put a person no claim mentions among the first places.

    Each is the statement of one more witness, who says that the person organised a crossing and directed someone who
    is not a hub.

    Args:
        on: the basis of the ranking.
        top: number of first places.
        most: where to stop counting.

    Returns:
        None if `most` would not suffice, or people are ranked by contacts.

    Example:
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> told = [claim_from("s1: p1 RUNS g1"), claim_from("s2: p2 PILOTED c1"), claim_from("s3: p3 PILOTED c1")]
        >>> invented_needed(basis(told, people("p1", "p2", "p3"), {}), top=1)
        2

    Limits: one kind of story; its effect on other people's scores is ignored. Shows how much care is needed, not that
    anyone lied.
    """
    if on.network is None or on.scored_network is None or not on.network.size:
        return None
    leads = {person.id for person in on.people}
    listed = np.array([name in leads for name in on.network.ids], dtype=bool)
    everyone = np.sort(np.concatenate((on.scored_network.score[listed], np.zeros(on.unheard))))[::-1]
    bar = everyone[min(top, len(everyone)) - 1]
    weights = on.score_weights
    ingredients = {name for relation, far in _INVENTED for name in names(relation, "to", far, "witness")}
    rate = sum(weights.said[weights.columns[name]] for name in ingredients if name in weights.columns)
    return next((accounts for accounts in range(1, most + 1) if rate * np.log1p(accounts) > bar), None)
