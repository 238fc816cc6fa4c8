"""What false accounts could do to a ranking: how few would have to be false, and how few invented ones would suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from graphsvc.analysis.doubt.leaving_out import LeavingOut, Moved, after
from graphsvc.analysis.doubt.pieces import Piece
from graphsvc.analysis.doubt.rereading import Read
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools
from graphsvc.analysis.score.basis import ONLY_CARRIED, Basis
from graphsvc.analysis.score.ingredients import names

TOP = 10
# Kinds of piece that are false as a whole: whatever a witness said, one report, one record.
FALSE = ("witness", "report", "record")
# More than this many all false is no longer worth telling.
MOST = 12
# One after the other is left out of so many of those that say most of somebody; pairs are tried among fewer.
_TRIED_IN_TURN, _TRIED_IN_PAIRS = 60, 25
# An invented account names a crossing and somebody directed.
_INVENTED = (("ORGANISED", "thing"), ("DIRECTED", "person"))


@dataclass(frozen=True, slots=True)
class FalseAccounts:
    """What would have to be false for somebody to leave the first places.

    Attributes:
        pieces: each all that one witness said, one report or one record, the one that carries most first; empty where nothing
            tried would do.
        rank: the rank then; None: they are not ranked then.
        fewest: whether fewer would certainly not do: each by itself was tried, and that is all there is to try below two.
        tried: how many were false together at the end, where nothing tried would do.
    """

    pieces: tuple[Piece, ...]
    rank: int | None
    fewest: bool
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Alone:
    """What becomes of the first places when any one piece is false.

    Attributes:
        pieces: of the kinds `FALSE`, those that touch anybody.
        leads: rows, in the network, of those in the first places.
        worst: for each of these the worst rank without one piece, from 1; after the first places for who is not ranked then; 0 where
            there are no pieces.
        without: place, in `pieces`, of the first that does it; `ranked` whether they are ranked then.
    """

    pieces: list[Piece]
    leads: Ints
    worst: Ints
    without: Ints
    ranked: Bools


class Gathering:
    """Gathers what becomes of the first places from rankings without one piece each, as these come.

    Args:
        leaving: what makes them.
        pieces: what is left out; of those only the kinds `FALSE` are gathered.
        top: how many first places there are.

    Attributes:
        ids: persons in the first places.

    Example:
        >>> from graphsvc.analysis.doubt.pieces import pieces
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 PAID p1")], people("p1", "p2"), {})
        >>> leaving, those = LeavingOut(on), pieces(on.told)
        >>> gathering = Gathering(leaving, those, top=1)
        >>> for some in leaving.moved([piece.rows for piece in those]):
        ...     gathering.take(some)
        >>> singly = gathering.held()
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
        """How many stand in the first places; more than there are places, where several share one."""
        return len(self._leads)

    def take(self, some: Moved) -> None:
        """Note some rankings; the places of their sets are those of the pieces."""
        those = self._false[some.left_out]
        if those.any():
            listed = self._leaving.listed(some, self.ids)
            ranks, lead = after(listed, self._top + 1)[those], np.arange(self.width)
            first = ranks.argmax(axis=0)
            worse = np.flatnonzero(ranks[first, lead] > self._worst)
            self._worst[worse] = ranks[first, lead][worse]
            self._without[worse] = len(self._touching) + first[worse]
            self._ranked[worse] = listed.ranked[those][first, lead][worse]
            self._touching += [self._pieces[number] for number in some.left_out[those].tolist()]

    def held(self) -> Alone:
        """What was gathered."""
        return Alone(self._touching, self._leads, self._worst, self._without, self._ranked)


def first_places(leaving: LeavingOut, top: int = TOP) -> Ints:
    """Rows, in the network, of those in the first places: of whom alone it is told what false accounts could do.

    Args:
        leaving: what makes rankings without some of what is told.
        top: how many first places there are.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 PAID p1")], people("p1", "p2"), {})
        >>> len(first_places(LeavingOut(on), top=1))
        1

    Limits: more than there are places, where several share one.
    """
    return np.flatnonzero((leaving.order.rank <= top) & np.isfinite(leaving.order.score))


def alone(leaving: LeavingOut, pieces: Sequence[Piece], top: int = TOP) -> Alone:
    """What becomes of the first places when each piece is false by itself, where nothing else goes through the pieces.

    Args:
        leaving: what makes the rankings without them.
        pieces: see `pieces.pieces`.
        top: how many first places there are.

    Example:
        >>> from graphsvc.analysis.doubt.pieces import pieces
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 PAID p1")], people("p1", "p2"), {})
        >>> alone(LeavingOut(on), pieces(on.told), top=1).worst.tolist()
        [2]

    Limits: as `Gathering`.
    """
    gathering = Gathering(leaving, pieces, top)
    for some in leaving.moved([piece.rows for piece in pieces]):
        gathering.take(some)
    return gathering.held()


def would_leave(
    on: Basis, singly: Alone | None, lead: str, top: int = TOP, leaving: LeavingOut | None = None
) -> FalseAccounts | None:
    """The fewest accounts, reports and records found that would all have to be false for this person to leave the first places.

    Each is tried by itself. If none does, one after the other of those that say most of the person and of those tied to them is
    left out, each time the one that costs most; pairs are tried among them too.

    Args:
        on: what the ranking is computed on.
        singly: what each does by itself, see `Gathering`, for as many first places.
        lead: the person.
        top: how many first places there are.
        leaving: of `on`, where it was made already.

    Returns:
        None where the person is not among them or nobody is given a part.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> would_leave(basis([], [], {}), None, "p1") is None
        True

    Limits: takes all a witness said for false together, a source of reports one report at a time. Beyond two it may miss
    fewer that would do, and says so.
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
    left, gone, out, carried, rank = list(near), list[Piece](), False, False, None
    rows = np.zeros(0, dtype=np.int64)  # of all that is false already
    # Who is only carried by now and still among the first, as the list is short, does not leave it for more of the same.
    while left and len(gone) < MOST and not out and not carried:
        without = leaving.of_one([np.union1d(rows, piece.rows) for piece in left], lead)
        ranks, scores = after(without, top + 1)[:, 0], without.score[:, 0]
        worst = int(np.lexsort((scores, -ranks))[0]) if ranks.max() > top else int(scores.argmin())
        rank, out = int(ranks[worst]) if without.ranked[worst, 0] else None, bool(ranks[worst] > top)
        carried = bool(scores[worst] == ONLY_CARRIED)
        gone.append(left.pop(worst))
        rows = np.union1d(rows, gone[-1].rows)
    if len(gone) > 2 or not out:  # greed may miss two that do it together
        pairs = list(combinations(near[:_TRIED_IN_PAIRS], 2))
        both = [np.union1d(*(piece.rows for piece in pair)) for pair in pairs]
        of_pairs = leaving.of_one(both, lead)
        ranks = after(of_pairs, top + 1)[:, 0]
        if ranks.max(initial=0) > top:
            best = int(ranks.argmax())
            return FalseAccounts(pairs[best], int(ranks[best]) if of_pairs.ranked[best, 0] else None, fewest=True)
    if out:
        return FalseAccounts(tuple(gone), rank, fewest=len(gone) == 2)
    return FalseAccounts((), int(leaving.order.rank[row]), fewest=False, tried=len(gone))


def _near(on: Basis, before: Read, row: int, pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces that speak of this person or of somebody tied to them, those that say most first."""
    cells, ledger = before.network.cells, on.told
    tied = np.flatnonzero(cells.other >= 0)
    person, other = cells.person[tied], cells.other[tied]
    about = np.zeros(before.network.size + 1)
    about[other[person == row]] = about[person[other == row]] = 1.0
    about[row] = 1.0 + len(ledger.claims)
    ends = before.network.at[2 * ledger.link], before.network.at[2 * ledger.link + 1]
    says = np.maximum(*(about[end] for end in ends))
    weight = np.array([says[piece.rows].sum() for piece in pieces])
    return [pieces[number] for number in np.argsort(-weight, kind="stable").tolist() if weight[number] > 0]


def invented_needed(on: Basis, top: int = TOP, most: int = 20) -> int | None:
    """How many agreeing invented accounts would put somebody of whom nothing is told among the first places.

    Each is the account of one more witness: that the person organised a crossing and directed somebody who is no hub.

    Args:
        on: what the ranking is computed on.
        top: how many first places there are.
        most: where to stop counting.

    Returns:
        None where `most` would not do, or nobody is given a part.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> told = [said("s1: p1 RUNS g1"), said("s2: p2 PILOTED c1"), said("s3: p3 PILOTED c1")]
        >>> invented_needed(basis(told, people("p1", "p2", "p3"), {}), top=1)
        1

    Limits: one kind of story; what it does to the score of others is left out. It says what care is worth, not that
    anybody lied.
    """
    if on.network is None or on.scored is None or not on.network.size:
        return None
    leads = {person.id for person in on.people}
    listed = np.array([name in leads for name in on.network.ids], dtype=bool)
    everyone = np.sort(np.concatenate((on.scored.score[listed], np.zeros(on.unheard))))[::-1]
    bar = everyone[min(top, len(everyone)) - 1]
    weights = on.score_weights
    ingredients = {name for relation, far in _INVENTED for name in names(relation, "to", far, "witness")}
    rate = sum(weights.said[weights.columns[name]] for name in ingredients if name in weights.columns)
    return next((accounts for accounts in range(1, most + 1) if rate * np.log1p(accounts) > bar), None)
