"""The ranking again without some of what it is told in: the one that would be there had that never been heard.

Who is ranked changes with it. Each set of rows moves the belief of some links and, of some persons, how they stand
(`candidacy`); both are worked out for a hundred sets side by side, on a network in which everybody has a row who
may play a part with something left out. Most sets change the score of a few; everybody else moves up or back as a whole
stretch of the list does, and is not gone through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.doubt import rereading
from graphsvc.analysis.doubt.candidacy import INSIDE, TIED, Candidacy, Moves
from graphsvc.analysis.doubt.pieces import without
from graphsvc.analysis.doubt.rereading import Change, Rescored
from graphsvc.analysis.doubt.side_by_side import side_by_side
from graphsvc.analysis.evidence.bins import distinct
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.score.basis import ONLY_CARRIED, Basis
from graphsvc.analysis.score.network import Operation

# So many sets are left out side by side, each by itself, and links that are believed otherwise for it.
_AT_ONCE, _LINKS_AT_ONCE = 128, 8_000
# Scores that differ by less than a billionth are the same: as whole numbers they are sorted list by list, each in its own range.
_DIGITS, _RANGE = 9, 1 << 44
# What can happen at a place of the list: somebody comes, leaves, or stands there; others with one of two scores are more or fewer.
_EVENTS = 8


@dataclass(frozen=True, slots=True)
class Order:
    """The list with nothing left out.

    Attributes:
        ids: the persons of the network ranked on.
        at: for each place of the list, best first, the number of the person in `ids`; -1 for another with a row in the network
            gone through. Those without one have no place here, so a place is no rank.
        score: of each of `ids`; `rank` theirs, from 1.
    """

    ids: list[str]
    at: Ints
    score: Floats
    rank: Ints


@dataclass(frozen=True, slots=True)
class Moved:
    """The rankings without some sets of rows, told by what differs from the list with nothing left out.

    Somebody who scores otherwise, or is not ranked any more, has an entry; of everybody else only the rank moves, by as much as
    that of those who stand beside them, and it is said for whole stretches of the list.

    Attributes:
        order: the list with nothing left out.
        left_out: for each ranking the place of its set.
        which: for each entry the ranking, by its place in `left_out`; `person` the number in `order.ids`.
        score: theirs then, 0 for who is not ranked; `rank` theirs, the place after the last for who is not ranked; `ranked`
            whether they are.
        of: for each stretch the ranking; `first` the first place of `order.at`, `end` the one after the last.
        by: by how many places everybody there who has no entry stands further back.
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
    """The rankings without some sets of rows.

    Attributes:
        ids: the persons they are of.
        left_out: for each list the place of its set.
        score: lists x persons: the score there, 0 for who is not ranked then.
        rank: likewise their rank, from 1; for who is not ranked the place after the last.
        ranked: likewise whether they are.
    """

    ids: list[str]
    left_out: Ints
    score: Floats
    rank: Ints
    ranked: Bools


def after(some: Moved | Lists, first: int) -> Ints:
    """The ranks, where who is not ranked has this one or a later one: a list without them may be short.

    Args:
        some: rankings without some sets of rows.
        first: a place, from 1.

    Example:
        >>> none = np.zeros((1, 1))
        >>> after(Lists(["p1"], np.array([0]), none, np.array([[2]]), none > 0), 9).tolist()
        [[9]]

    Limits: none.
    """
    result: Ints = np.where(some.ranked, some.rank, np.maximum(some.rank, first))
    return result


class LeavingOut:
    """The ranking of one case without some of what it is told in, as often as one likes: what all of that takes is made once.

    Attributes:
        on: what the ranking is computed on.
        network: of `on`. numbers: id of a person → their row in it. before: it as it was read. order: the list.

    Raises:
        ValueError: there is no network, as nobody is given a part.

    Example:
        >>> from graphsvc.analysis.score.basis import basis
        >>> from graphsvc.analysis.examples import people, said
        >>> on = basis([said("s1: p1 ORGANISED c1"), said("s2: p2 HOUSED p3")], people("p1", "p2", "p3"), {})
        >>> leaving = LeavingOut(on)
        >>> (some,) = leaving.moved([np.array([0])])
        >>> some.order.ids, some.person.tolist(), some.rank.tolist(), some.score.tolist()
        (['p1', 'p2'], [0], [1], [0.0])
        >>> (some,) = leaving.lists([np.array([0])])
        >>> some.ids, some.left_out.tolist(), some.rank.tolist(), some.ranked.tolist()
        (['p1', 'p2'], [0], [[1, 2]], [[True, True]])
        >>> leaving.of_one([np.array([0]), np.array([], dtype=int)], "p2").rank.tolist()
        [[2], [2]]

    Limits: a set that moves nobody is passed over, but by `of_one`. Equal, but for rounding, to everything made anew without the
    rows, where something still puts anyone before others (`Basis.without`). Holds two networks, and what was read of them.
    """

    def __init__(self, on: Basis) -> None:
        if on.network is None:
            raise ValueError("nobody is given a part: there is no network to leave anything out of")
        self.on, self.network = on, on.network
        self._candidacy = Candidacy(on.told, on.everyone)
        self._board = _Board(on, on.network, self._candidacy)
        self.before, self.order = self._board.before, self._board.order
        self.numbers = {name: number for number, name in enumerate(on.network.ids)}
        # The board of a larger network, and who of those besides has a row in it.
        self._larger: tuple[_Board, frozenset[str]] | None = None

    def moved(self, left_out: Sequence[Ints]) -> Iterator[Moved]:
        """What the ranking without each of some sets of rows has otherwise, a hundred sets at a time.

        Args:
            left_out: sets of numbers of rows of `on.told`.
        """
        if not left_out:
            return
        ledger = self.on.told
        moves = self._candidacy.without(left_out)
        # Of whom nothing is told any more, nothing speaks for a part either: they are further persons in the list.
        turns_in = (self._candidacy.now[moves.entity] != INSIDE) & (moves.to == INSIDE) & moves.speaks
        turning = np.bincount(moves.left_out[turns_in], minlength=len(left_out)) > 0
        dormant = frozenset(ledger.ids[number] for number in np.unique(moves.entity[turns_in]).tolist())
        beliefs = without(ledger, left_out)
        # The larger network is gone through for those alone without which somebody turns out to play a part.
        if not turning.all():
            yield from _ranked(self._board, np.flatnonzero(~turning), moves, beliefs)
        if dormant:
            yield from _ranked(self._with(dormant), np.flatnonzero(turning), moves, beliefs)

    def lists(self, left_out: Sequence[Ints], persons: Sequence[str] | None = None) -> Iterator[Lists]:
        """`moved` as whole lists, of some persons of the network or of all; takes memory for sets x persons.

        Args:
            left_out: see `moved`.
            persons: their ids (default: all of the network).
        """
        ids = self.network.ids if persons is None else list(persons)
        for some in self.moved(left_out):
            yield self.listed(some, ids)

    def listed(self, some: Moved, ids: list[str]) -> Lists:
        """What `moved` gave as whole lists, of some persons of the network."""
        number, column = np.array([self.numbers[name] for name in ids], dtype=np.int64), np.full(self.network.size, -1)
        column[number] = np.arange(len(ids))
        shape = len(some.left_out), 1
        score, rank = np.tile(some.order.score[number], shape), np.tile(some.order.rank[number], shape)
        ranked = np.ones(rank.shape, dtype=bool)
        at = np.flatnonzero(some.order.at >= 0)
        for place in at[column[some.order.at[at]] >= 0].tolist():
            over = (some.first <= place) & (place < some.end)
            rank[some.of[over], column[some.order.at[place]]] += some.by[over]
        entry = np.flatnonzero(column[some.person] >= 0)
        cell = some.which[entry], column[some.person[entry]]
        score[cell], rank[cell], ranked[cell] = some.score[entry], some.rank[entry], some.ranked[entry]
        return Lists(ids, some.left_out, score, rank, ranked)

    def of_one(self, left_out: Sequence[Ints], person: str) -> Lists:
        """What becomes of one person of the network without each of some sets of rows: lists for every set, in their order.

        Args:
            left_out: see `moved`.
            person: their id.
        """
        return self._of_one(self.moved(left_out), len(left_out), person)

    def believing(self, changes: Sequence[Change], person: str) -> Lists:
        """What becomes of one person of the network where some links are believed otherwise: a list for each change, in their order.

        Args:
            changes: each by itself; everybody stands as they do.
            person: their id.
        """
        none = np.zeros(0, dtype=np.int64)
        moved = _ranked(self._board, np.arange(len(changes)), Moves(none, none, none, none > 0), changes)
        return self._of_one(moved, len(changes), person)

    def _of_one(self, moved: Iterator[Moved], count: int, person: str) -> Lists:
        number, order = self.numbers[person], self.order
        ranks, scores = np.full((count, 1), order.rank[number]), np.full((count, 1), order.score[number])
        ranked = np.ones((count, 1), dtype=bool)
        for some in (self.listed(each, [person]) for each in moved):
            ranks[some.left_out], scores[some.left_out], ranked[some.left_out] = some.rank, some.score, some.ranked
        return Lists([person], np.arange(count), scores, ranks, ranked)

    def _with(self, dormant: frozenset[str]) -> _Board:
        """The board of a network in which these have a row as well, and whoever had one before."""
        larger = self._larger
        if larger is None or not dormant <= larger[1]:
            those = dormant if larger is None else dormant | larger[1]
            network = self.on.operation(self.on.told, sorted(those))
            larger = self._larger = _Board(self.on, network, self._candidacy), those
        return larger[0]


def _ranked(board: _Board, chosen: Ints, moves: Moves, beliefs: Sequence[Change]) -> Iterator[Moved]:
    touches = np.diff(board.before.touched.indptr) > 0
    moving = frozenset(moves.left_out.tolist())
    changes: dict[int, Change] = {}
    for number in chosen.tolist():
        links, belief = beliefs[number]
        touching = touches[links]
        if number in moving or touching.any():
            changes[number] = links[touching], belief[touching]
    numbers = np.array(list(changes), dtype=np.int64)
    ends = np.cumsum([len(links) for links, _ in changes.values()]) // _LINKS_AT_ONCE
    together = ends * len(numbers) + np.arange(len(numbers)) // _AT_ONCE

    def without_some(some: Ints) -> Moved:
        return board.moved(some, [changes[number] for number in some.tolist()], moves.among(some))

    batches = np.split(numbers, np.flatnonzero(np.diff(together)) + 1) if len(numbers) else []
    yield from side_by_side(without_some, batches)


@dataclass(frozen=True, slots=True)
class _Otherwise:
    """Those of a board who score otherwise, or are listed otherwise, list by list the best first: so ranks are looked up."""

    which: Ints
    row: Ints
    score: Floats
    now: Floats
    before: Floats


class _Board:
    """Who is in the list, with what score: those with a row in a network, and how many there are besides.

    Attributes:
        before: the network as it was read. order: the list of those who have a row in the network ranked on, too.
    """

    def __init__(self, on: Basis, network: Operation, candidacy: Candidacy) -> None:
        self.before = rereading.read(network)
        place = {name: number for number, name in enumerate(network.ids)}
        shown = np.array([row for row, name in enumerate(network.ids) if name not in on.left_out], dtype=np.int64)
        self._now = candidacy.now
        self._row_of = np.array([place.get(name, -1) for name in on.told.ids], dtype=np.int64)
        entity = np.flatnonzero(self._row_of >= 0)
        self._stands = np.empty(network.size, dtype=np.int64)
        self._stands[self._row_of[entity]] = self._now[entity]
        apart = [person.id for person in on.people if person.id not in place]
        carried = sum(name in on.left_out for name in apart)
        # Score of those besides → how they stand and how many they are.
        self._others = {0.0: (INSIDE, len(apart) - carried), ONLY_CARRIED: (TIED, carried)}
        self._score = _listed(self.before.score, self._stands)
        self._listed = self._score.round(_DIGITS)
        falling = np.argsort(-self._listed, kind="stable")[: int(np.isfinite(self._listed).sum())]
        self._falling = -self._listed[falling]
        self._place = np.full(network.size, -1)
        self._place[falling] = np.arange(len(falling))
        self._number = np.full(network.size, -1)
        self._number[shown] = np.arange(len(shown))
        rank = rereading.ranks(self._score, {value: number for value, (_, number) in self._others.items()})[shown]
        ids = [network.ids[row] for row in shown.tolist()]
        self.order = Order(ids, self._number[falling], self._score[shown], rank)

    def moved(self, left_out: Ints, changes: Sequence[Change], moves: Moves) -> Moved:
        """What is otherwise without some sets: of each the links believed otherwise, and who stands otherwise."""
        count = len(left_out)
        row = self._row_of[moves.entity]
        inside = row >= 0
        turned = inside & ((moves.to == INSIDE) != (self._now[moves.entity] == INSIDE))
        some = rereading.rescored(self.before, changes, (moves.left_out[turned], row[turned]))
        those = self._otherwise(some, moves.left_out[inside] * len(self._stands) + row[inside], moves.to[inside])
        which, now = moves.left_out[~inside], self._now[moves.entity[~inside]]
        more = {
            value: np.bincount(
                which, weights=(moves.to[~inside] == stand).astype(float) - (now == stand), minlength=count
            ).astype(np.int64)
            for value, (stand, _) in self._others.items()
        }
        rank, ranked = self._ranks(those, count, more), np.isfinite(those.now)
        shown = self._number[those.row] >= 0
        return Moved(
            self.order,
            left_out,
            those.which[shown],
            self._number[those.row[shown]],
            np.where(ranked, those.score, 0.0)[shown],
            rank[shown],
            ranked[shown],
            *self._stretches(those, count, more),
        )

    def _otherwise(self, some: Rescored, moving: Ints, to: Ints) -> _Otherwise:
        """Entries of who scores otherwise and of who stands otherwise (list x row, and how), but where it changes nothing."""
        size = len(self._stands)
        scored = some.change * size + some.row
        keys = distinct(np.concatenate((scored, moving)))
        row = keys % size
        score, stands = self.before.score[row], self._stands[row]
        score[np.searchsorted(keys, scored)] = some.score
        stands[np.searchsorted(keys, moving)] = to
        score = _listed(score, stands)
        now, before = score.round(_DIGITS), self._listed[row]
        differs = np.flatnonzero(now != before)
        # List by list the best first: what is looked up for them then lies close together.
        differs = differs[np.argsort(_keys(keys[differs] // size, now[differs]))]
        return _Otherwise(keys[differs] // size, row[differs], score[differs], now[differs], before[differs])

    def _ranks(self, those: _Otherwise, count: int, more: Mapping[float, Ints]) -> Ints:
        """The rank of each entry: who of the list as it was stands before them, and how many more, or fewer, for the entries."""
        wanted, every = _keys(those.which, those.now), np.arange(count) * _RANGE
        was = np.isfinite(those.before)
        earlier = np.sort(_keys(those.which[was], those.before[was]))
        rank: Ints = 1 + np.searchsorted(self._falling, -those.now)
        for sign, keys in ((1, wanted), (-1, earlier)):
            rank += sign * (np.searchsorted(keys, wanted) - np.searchsorted(keys, every)[those.which])
        for value, (_, number) in self._others.items():
            rank += (those.now < value) * (number + more[value][those.which])
        return rank

    def _stretches(self, those: _Otherwise, count: int, more: Mapping[float, Ints]) -> tuple[Ints, Ints, Ints, Ints]:
        """Where everybody else stands further back, and by how much: `of`, `first`, `end` and `by` of `Moved`."""
        width = len(self._falling) + 1
        came, left = np.flatnonzero(np.isfinite(those.now)), np.flatnonzero(np.isfinite(those.before))
        own = those.which[left] * width + self._place[those.row[left]]
        # Whoever comes to stand before others moves all of them back, whoever leaves lets them move up.
        keys = [
            those.which[came] * width + np.searchsorted(self._falling, -those.now[came], side="right"),
            those.which[left] * width + np.searchsorted(self._falling, -those.before[left], side="right"),
            own,
            own + 1,
        ]
        for value, number in more.items():
            keys.append(np.flatnonzero(number) * width + int(np.searchsorted(self._falling, -value, side="right")))
        # What each stands for goes with it as its last digit: so whole numbers alone are sorted.
        ordered = np.sort(np.concatenate([part * _EVENTS + event for event, part in enumerate(keys)]))
        place, event = np.divmod(ordered, _EVENTS)
        of, first = np.divmod(place, width)
        shifts = np.array([1, -1, 0, 0, *(0 for _ in more)])[event]
        for turn, number in enumerate(more.values(), start=4):
            those_besides = np.flatnonzero(event == turn)
            shifts[those_besides] = number[of[those_besides]]
        grown = np.concatenate(([0], np.cumsum(shifts)))
        shift = grown[1:] - grown[np.searchsorted(of, np.arange(count))][of]
        end = np.where(np.append(of[1:], -1) == of, np.append(first[1:], 0), width - 1)
        apart = np.cumsum(np.array([0, 0, 1, -1, *(0 for _ in more)])[event]) == 0
        chosen = np.flatnonzero((shift != 0) & (end > first) & apart)
        return of[chosen], first[chosen], end[chosen], shift[chosen]


def _listed(score: Floats, stands: Ints) -> Floats:
    """Scores as they are listed: minus infinity for who is not."""
    result: Floats = np.where(stands == INSIDE, score, np.where(stands == TIED, ONLY_CARRIED, -np.inf))
    return result


def _keys(which: Ints, score: Floats) -> Ints:
    """Whole numbers that sort list by list, best first; who is not listed comes last."""
    listed = np.isfinite(score)
    falling = np.where(listed, _RANGE // 2 - np.rint(np.where(listed, score, 0.0) * 10**_DIGITS), _RANGE - 1)
    keys: Ints = which * _RANGE + falling.astype(np.int64)
    return keys
