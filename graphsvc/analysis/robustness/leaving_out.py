"""The ranking without some rows: equal to a ranking of the case as if these rows had never existed.

The people ranked change too. Each set of rows takes sources away and changes the status of some people (`candidacy`).
Both are computed for about a hundred sets at a time. Most sets change the score of a few people; everyone else moves as
part of a whole stretch of the list and is not visited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools, Floats
from graphsvc.analysis.ranking.basis import Basis
from graphsvc.analysis.robustness import rereading
from graphsvc.analysis.robustness.board import listed_scores, make_board, without_some
from graphsvc.analysis.robustness.candidacy import Candidacy, Moves
from graphsvc.analysis.robustness.pieces import without
from graphsvc.analysis.robustness.rereading import ClaimChange
from graphsvc.analysis.side_by_side import THIS_MACHINE, Processors

# Number of sets left out at a time, and of rows in all of them together. A larger set is processed alone.
_AT_ONCE, _ROWS_AT_ONCE = 128, 16_000


@dataclass(frozen=True, slots=True)
class Order:
    """The list with nothing left out.

    Attributes:
        ids: the people of the network.
        at: for each place of the list, best first, the number of the person in `ids`. People no claim mentions have no
            place here, so a place is not a rank.
        score: listed score of each of `ids`, minus infinity for people not listed; `rank`: their ranks, from 1.
    """

    ids: list[str]
    at: Ints
    score: Floats
    rank: Ints


@dataclass(frozen=True, slots=True)
class Moved:
    """Rankings without some sets of rows, as differences from the list with nothing left out.

    A person with a different score, or no longer ranked, has an entry. For everyone else only the rank changes, by
    the same number of places as their neighbours' ranks, so these changes are given for whole stretches of the list.

    Attributes:
        order: the list with nothing left out.
        left_out: for each ranking the position of its set.
        which: for each entry the ranking, as a position in `left_out`; `person`: the number in `order.ids`.
        score: the new score, 0 for a person not ranked; `rank`: the new rank, the place after the last for a person not
            ranked; `ranked`: whether the person is ranked.
        of: for each stretch the ranking; `first`: the first place of `order.at`; `end`: the place after the last.
        by: number of places by which everyone there without an entry moves back.
    """

    order: Order
    left_out: Ints
    which: Ints
    person: Ints
    score: Floats
    rank: Ints
    ranked: Bools
    of: Ints
    first: Ints
    end: Ints
    by: Ints


@dataclass(frozen=True, slots=True)
class Lists:
    """Full rankings without some sets of rows.

    Attributes:
        ids: the people listed.
        left_out: for each list the position of its set.
        score: lists x people: the score, 0 for a person not ranked then.
        rank: lists x people: the rank, from 1; for a person not ranked the place after the last.
        ranked: lists x people: whether they are ranked.
    """

    ids: list[str]
    left_out: Ints
    score: Floats
    rank: Ints
    ranked: Bools


def after(rankings: Moved | Lists, first: int) -> Ints:
    """Return the ranks, at least `first` for people not ranked, since a list without them may be shorter than that.

    Args:
        rankings: rankings without some sets of rows.
        first: a place, from 1.

    Example:
        >>> none = np.zeros((1, 1))
        >>> after(Lists(["p1"], np.array([0]), none, np.array([[2]]), none > 0), 9).tolist()
        [[9]]

    Limits: none.
    """
    result: Ints = np.where(rankings.ranked, rankings.rank, np.maximum(rankings.rank, first))
    return result


class LeavingOut:
    """The ranking of one case without some rows, computed as often as needed from one preparation.

    Attributes:
        on: the basis of the ranking. processors: the workers, which receive only numbers. network: the network of `on`.
            numbers: id of a person → row in the network. board: the list in numbers. before: the scored network,
            without ids. order: the list.

    Raises:
        ValueError: if there is no network, as people are ranked by contacts.

    Example:
        >>> from graphsvc.analysis.ranking.basis import basis
        >>> from graphsvc.analysis.examples import claim_from, people
        >>> on = basis([claim_from("s1: p1 ORGANISED c1"), claim_from("s2: p2 HOUSED p3")], people("p1", "p2", "p3"), {})
        >>> leaving = LeavingOut(on)
        >>> (some,) = leaving.differences([np.array([0])])
        >>> some.order.ids, some.person.tolist(), some.rank.tolist(), some.score.round(9).tolist()
        (['p1', 'p2', 'p3'], [0], [1], [0.0])
        >>> (some,) = leaving.lists([np.array([0])])
        >>> some.ids, some.left_out.tolist(), some.rank.tolist(), some.ranked.tolist()
        (['p1', 'p2', 'p3'], [0], [[1, 2, 3]], [[True, True, False]])
        >>> leaving.of_one([np.array([0]), np.array([], dtype=int)], "p2").rank.tolist()
        [[2], [2]]

    Limits: equal, except for rounding, to recomputing everything without the rows, if some claim still ranks anyone
    above others (`Basis.without`).
    """

    def __init__(self, on: Basis, processors: Processors = THIS_MACHINE) -> None:
        if on.network is None:
            raise ValueError("nobody is given a part: there is no network to leave anything out of")
        self.on, self.network, self.processors = on, on.network, processors
        self._candidacy = Candidacy(on.told, on.everyone)
        self.numbers = {name: number for number, name in enumerate(on.network.ids)}
        row_of = np.array([self.numbers.get(name, -1) for name in on.told.ids], dtype=np.int64)
        status = np.empty(on.network.size, dtype=np.int64)
        entity = np.flatnonzero(row_of >= 0)
        status[row_of[entity]] = self._candidacy.now[entity]
        self.before = rereading.read(on.network.nameless(), on.score_weights.nameless(), len(on.told.claims))
        self.board = make_board(self.before, status, row_of, on.unheard)
        score = listed_scores(self.before.scored.score, status)
        at = np.argsort(-self.board.listed, kind="stable")[: len(self.board.falling)]
        self.order = Order(on.network.ids, at, score, self.board.ranks(score))

    def differences(self, left_out: Sequence[Ints]) -> Iterator[Moved]:
        """Yield the differences of the ranking without each of some sets of rows, about a hundred sets at a time.

        Args:
            left_out: sets of row numbers of `on.told`.
        """
        if left_out:
            yield from self._rank_batches(without(self.on.told, left_out), self._candidacy.without(left_out))

    def lists(self, left_out: Sequence[Ints], persons: Sequence[str] | None = None) -> Iterator[Lists]:
        """Yield `differences` as full lists, of some or all people of the network; needs memory for sets x people.

        Args:
            left_out: see `differences`.
            persons: ids of the people (default: all of the network).
        """
        ids = self.network.ids if persons is None else list(persons)
        for rankings in self.differences(left_out):
            yield self.full_lists(rankings, ids)

    def full_lists(self, rankings: Moved, ids: list[str]) -> Lists:
        """Expand a result of `differences` to full lists that cover only the people with these ids."""
        number, column = np.array([self.numbers[name] for name in ids], dtype=np.int64), np.full(self.network.size, -1)
        column[number] = np.arange(len(ids))
        shape = len(rankings.left_out), 1
        score, rank = np.tile(rankings.order.score[number], shape), np.tile(rankings.order.rank[number], shape)
        ranked = np.isfinite(score)
        for place in np.flatnonzero(column[rankings.order.at] >= 0).tolist():
            over = (rankings.first <= place) & (place < rankings.end)
            rank[rankings.of[over], column[rankings.order.at[place]]] += rankings.by[over]
        entry = np.flatnonzero(column[rankings.person] >= 0)
        cell = rankings.which[entry], column[rankings.person[entry]]
        score[cell], rank[cell], ranked[cell] = rankings.score[entry], rankings.rank[entry], rankings.ranked[entry]
        return Lists(ids, rankings.left_out, score, rank, ranked)

    def of_one(self, left_out: Sequence[Ints], person: str) -> Lists:
        """Rank one person without each of some sets of rows; return one list for each set, in order.

        Args:
            left_out: see `differences`.
            person: id of the person.
        """
        return self._of_one(self.differences(left_out), len(left_out), person)

    def standing(self, changes: Sequence[ClaimChange], person: str) -> Lists:
        """Rank one person again after each of some changes; return one list for each change, in order.

        Args:
            changes: the changes, each applied separately; the candidates stay the same.
            person: id of the person.
        """
        none = np.zeros(0, dtype=np.int64)
        return self._of_one(self._rank_batches(changes, Moves(none, none, none)), len(changes), person)

    def _of_one(self, moved: Iterator[Moved], count: int, person: str) -> Lists:
        number, order = self.numbers[person], self.order
        ranks, scores = np.full((count, 1), order.rank[number]), np.full((count, 1), order.score[number])
        ranked = np.isfinite(scores)
        for lists in (self.full_lists(each, [person]) for each in moved):
            ranks[lists.left_out], scores[lists.left_out], ranked[lists.left_out] = (
                lists.rank,
                lists.score,
                lists.ranked,
            )
        return Lists([person], np.arange(count), scores, ranks, ranked)

    def _rank_batches(self, changes: Sequence[ClaimChange], moves: Moves) -> Iterator[Moved]:
        rows = np.cumsum([len(change.gone) + len(change.links) for change in changes])
        full = np.arange(len(changes)) // _AT_ONCE, rows // _ROWS_AT_ONCE
        starts = np.flatnonzero(np.any([np.diff(number) for number in full], axis=0)) + 1
        batches = np.split(np.arange(len(changes)), starts)
        tasks = (([changes[number] for number in batch.tolist()], moves.among(batch)) for batch in batches)
        for batch, differs in zip(batches, self.processors.each(without_some, self.board, tasks), strict=True):
            yield Moved(self.order, batch, *differs)
