"""What false accounts could do to a ranking: how few would have to be false, and how few invented ones would suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.doubt.leaving_out import after, lists, of_one
from graphsvc.analysis.doubt.pieces import Piece
from graphsvc.analysis.doubt.rereading import Read
from graphsvc.analysis.evidence.belief import claim_belief
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools
from graphsvc.analysis.evidence.roles import WHOM
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.basis import Basis
from graphsvc.analysis.score.ingredients import NAMES

TOP = 10
# Kinds of piece that are false as a whole: whatever a witness said, one report, one record.
FALSE = ("witness", "report", "record")
# More than this many all false is no longer worth telling.
MOST = 12
# One after the other is left out of so many of those that say most of somebody; pairs are tried among fewer.
_TRIED_IN_TURN, _TRIED_IN_PAIRS = 60, 25
# An invented account names a crossing and two people directed, and is graded as most are.
_DIRECTED, _GRADE = 2, ("witness", "2", "C")


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
        ranks: pieces x leads, as `leaving_out.Lists` has them, and after the first places for who is not ranked; `ranked` likewise.
    """

    pieces: list[Piece]
    leads: Ints
    ranks: Ints
    ranked: Bools


def alone(on: Basis, pieces: Sequence[Piece], top: int = TOP) -> Alone | None:
    """The rank of everybody in the first places when each piece is false by itself.

    Args:
        on: what the ranking is computed on.
        pieces: of `on.told`, see `pieces.pieces`.
        top: how many first places there are.

    Returns:
        None where nobody is given a part.

    Example:
        >>> from graphsvc.analysis.doubt.pieces import pieces
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 SUPPLIED b1"), said("s2: p2 ORGANISED c1")], people("p1", "p2"), {})
        >>> found = alone(on, pieces(on.told), top=1)
        >>> [piece.sources for piece in found.pieces], found.ranks.tolist()
        ([('s1',), ('s2',)], [[2], [1]])

    Limits: as `stability.places`.
    """
    if on.network is None:
        return None
    leads = np.flatnonzero(rereading.ranks(parts.score(parts.read(on.network)), on.others) <= top)
    tried = [piece for piece in pieces if piece.kind in FALSE]
    touching: list[Piece] = []
    ranks, ranked = [np.zeros((0, len(leads)), dtype=np.int64)], [np.zeros((0, len(leads)), dtype=bool)]
    for some in lists(on, [piece.rows for piece in tried], [on.network.ids[row] for row in leads.tolist()]):
        touching += [tried[number] for number in some.left_out.tolist()]
        ranks.append(after(some, top + 1))
        ranked.append(some.ranked)
    return Alone(touching, leads, np.concatenate(ranks), np.concatenate(ranked))


def would_leave(on: Basis, singly: Alone | None, lead: str, top: int = TOP) -> FalseAccounts | None:
    """The fewest accounts, reports and records found that would all have to be false for this person to leave the first places.

    Each is tried by itself. If none does, one after the other of those that say most of the person and of those tied to them is
    left out, each time the one that costs most; pairs are tried among them too.

    Args:
        on: what the ranking is computed on.
        singly: what each does by itself, see `alone`, for as many first places.
        lead: the person.
        top: how many first places there are.

    Returns:
        None where the person is not among them or nobody is given a part.

    Example:
        >>> from graphsvc.analysis.doubt.pieces import pieces
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 SUPPLIED b1"), said("s2: p2 ORGANISED c1")], people("p1", "p2"), {})
        >>> found = would_leave(on, alone(on, pieces(on.told), top=1), "p1", top=1)
        >>> [piece.sources for piece in found.pieces], found.rank, found.fewest
        ([('s1',)], 2, True)

    Limits: takes all a witness said for false together, a source of reports one report at a time. Beyond two it may miss
    fewer that would do, and says so.
    """
    network = on.network
    if network is None or singly is None or lead not in network.ids:
        return None
    row = network.ids.index(lead)
    if row not in singly.leads:
        return None
    column = int(np.searchsorted(singly.leads, row))
    ranks = singly.ranks[:, column]
    if ranks.max(initial=0) > top:
        worst = int(ranks.argmax())
        rank = int(ranks[worst]) if singly.ranked[worst, column] else None
        return FalseAccounts((singly.pieces[worst],), rank, fewest=True)

    before = rereading.read(network)
    stays, score = int(rereading.ranks(before.score, on.others)[row]), float(before.score[row])
    near = _near(on, before, row, singly.pieces)[:_TRIED_IN_TURN]
    # What is false already is out of the case that the next is tried on: its rows by their numbers in the whole.
    now, numbers = on, np.arange(len(on.told.claims))
    left, gone, out = list(near), list[Piece](), False
    standing, rank = (stays, score), None
    # Who is only carried by now and still among the first, as the list is short, does not leave it for more of the same.
    while left and len(gone) < MOST and not out and lead not in now.left_out:
        rows = [np.flatnonzero(np.isin(numbers, piece.rows)) for piece in left]
        without = of_one(now, rows, lead, *standing)
        ranks, scores = after(without, top + 1)[:, 0], without.score[:, 0]
        worst = int(np.lexsort((scores, -ranks))[0]) if ranks.max() > top else int(scores.argmin())
        rank, out = int(ranks[worst]) if without.ranked[worst, 0] else None, bool(ranks[worst] > top)
        standing = int(ranks[worst]), float(scores[worst])
        gone.append(left.pop(worst))
        if not out:
            now, numbers = now.without(rows[worst]), np.delete(numbers, rows[worst])
    if len(gone) > 2 or not out:  # greed may miss two that do it together
        pairs = list(combinations(near[:_TRIED_IN_PAIRS], 2))
        both = [np.union1d(*(piece.rows for piece in pair)) for pair in pairs]
        of_pairs = of_one(on, both, lead, stays, score)
        ranks = after(of_pairs, top + 1)[:, 0]
        if ranks.max(initial=0) > top:
            best = int(ranks.argmax())
            return FalseAccounts(pairs[best], int(ranks[best]) if of_pairs.ranked[best, 0] else None, fewest=True)
    if out:
        return FalseAccounts(tuple(gone), rank, fewest=len(gone) == 2)
    return FalseAccounts((), stays, fewest=False, tried=len(gone))


def _near(on: Basis, before: Read, row: int, pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces that speak of this person or of somebody tied to them, those that say most first."""
    rows = np.union1d(before.near[[row]].indices, [row])
    about = np.zeros(len(before.network.belief))
    about[np.unique(before.touched[:, rows].tocoo().row)] = 1.0
    about[np.unique(before.touched[:, [row]].tocoo().row)] += len(on.told.claims)
    weight = np.array([about[on.told.link[piece.rows]].sum() for piece in pieces])
    return [pieces[number] for number in np.argsort(-weight, kind="stable").tolist() if weight[number] > 0]


def invented_needed(on: Basis, top: int = TOP, most: int = 20) -> int | None:
    """How many agreeing invented accounts would put somebody of whom nothing is told among the first places.

    Each is the account of one more independent witness, graded 2C: that the person organised a crossing and directed the
    two who are most clearly hands-on.

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
    if on.network is None or not on.network.size:
        return None
    before = rereading.read(on.network)
    everyone = np.sort(np.concatenate((before.score, on.others)))[::-1]
    bar = everyone[min(top, len(everyone)) - 1]
    kinds = before.whom[-1]
    directed = kinds[np.argsort(-kinds[:, list(WHOM).index("hands-on")], kind="stable")[:_DIRECTED]].sum(axis=0)
    belief = claim_belief(*_GRADE, behind=True, weights=on.told.weights)
    for accounts in range(1, most + 1):
        support = 1 - (1 - belief) ** accounts
        values = np.zeros((1, len(NAMES)))
        values[0, NAMES.index("ORGANISED")] = np.log1p(support)
        for place, whom in enumerate(WHOM):
            values[0, NAMES.index(f"DIRECTED to {whom}")] = np.log1p(support * directed[place])
        if parts.score(values)[0] > bar:
            return accounts
    return None
