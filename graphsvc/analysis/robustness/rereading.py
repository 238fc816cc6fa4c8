"""Scores without some claims, computed only where they can change.

A score is a sum, so leaving claims out is a subtraction: from the cells that rest on them, from the chances of the
people they are about, and from the scores of people linked to these. Everyone else keeps their score, and the result
equals a full rerun. Many changes are computed together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.claims.bins import Bins, among, distinct, sorted_into
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Floats
from graphsvc.analysis.ranking import additive
from graphsvc.analysis.ranking.additive import Scored, ScoreWeights, chances
from graphsvc.analysis.ranking.network import Operation


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A change of the claims.

    Attributes:
        gone: rows of the ledger to leave out.
        links: links with a new standing, each once; `standing`: the new standing, 0 to 1.
    """

    gone: Ints
    links: Ints
    standing: Floats


@dataclass(frozen=True, slots=True)
class Read:
    """A scored network with look-up tables for changes.

    Attributes:
        network: the network; `scored`: its scores.
        of_row: the entries of each row of the ledger; `of_link`: the entries of each link; `over`: for each person the
            cells of links that lead to them.
    """

    network: Operation
    scored: Scored
    of_row: Bins
    of_link: Bins
    over: Bins


def read(network: Operation, weights: ScoreWeights, rows: int) -> Read:
    """Score a network and prepare the look-up tables for changes.

    Args:
        network: see `network`.
        weights: weights of the score.
        rows: number of rows of the ledger.

    Example:
        >>> from graphsvc.analysis.examples import network_from
        >>> from graphsvc.analysis.ranking.additive import shipped_weights
        >>> len(read(network_from("s1: p1 DIRECTED p2"), shipped_weights(), 1).scored.score)
        2

    Limits: as `additive.score`.
    """
    entries, cells = network.entries, network.cells
    tied = np.flatnonzero(cells.other >= 0)
    over = sorted_into(cells.other[tied], network.size)
    return Read(
        network,
        additive.score(network, weights),
        sorted_into(entries.row, rows),
        sorted_into(entries.near >> 1, len(network.standing)),
        Bins(tied[over.order], over.starts),
    )


@dataclass(frozen=True, slots=True)
class Rescored:
    """New scores after some changes, each applied separately; everyone else keeps their score.

    Attributes:
        change: for each entry the position of the change; `row`: the person; `score`: their score after it. Sorted by
            change and row.
    """

    change: Ints
    row: Ints
    score: Floats


def rescore(before: Read, changes: Sequence[ClaimChange], turned: tuple[Ints, Ints] | None = None) -> Rescored:
    """Score again after each of many changes, but only the people whose score can change.

    Args:
        before: see `read`.
        changes: the changes.
        turned: people who become, or stop being, only carried: positions of the changes, and rows of the
            network.

    Example:
        >>> from graphsvc.analysis.examples import network_from
        >>> from graphsvc.analysis.ranking.additive import shipped_weights
        >>> before = read(network_from("s1: p1 ORGANISED c1", "s2: p2 PILOTED c2"), shipped_weights(), 2)
        >>> none = np.zeros(0, dtype=np.int64)
        >>> some = rescore(before, [ClaimChange(np.array([row]), none, none + 0.0) for row in (0, 1)])
        >>> some.change.tolist(), some.row.tolist(), some.score.round(9).tolist()
        ([0, 1], [0, 1], [0.0, 0.0])

    Limits: equal, except for rounding, to scoring the whole changed network; takes memory for all cells the changes
    affect, so pass about a hundred at a time.
    """
    network, scored = before.network, before.scored
    size, cells, own_width, weights = max(network.size, 1), network.cells, network.columns, scored.weights
    pairs, value = _voices(before, changes)
    change, cell = np.divmod(pairs, max(len(cells.person), 1))
    # Cells of people themselves.
    own = np.flatnonzero(cells.other[cell] < 0)
    differs = value[own] - scored.value[cell[own]]
    shifted_keys, shift = _score_shifts(
        scored.sums[:, :own_width],
        weights.said,
        change[own] * size + cells.person[cell[own]],
        cells.column[cell[own]],
        differs,
        size,
    )
    # New chances.
    turning = np.zeros(0, dtype=np.int64) if turned is None else np.sort(turned[0] * size + turned[1])
    keys = distinct(np.concatenate((shifted_keys, turning)))
    moved = np.zeros(len(keys))
    moved[np.searchsorted(keys, shifted_keys)] = shift
    plays = network.plays[keys % size] ^ among(keys, turning)
    chance = np.where(plays, chances(scored.own[keys % size] + moved, weights), 0.0)
    # Links that lead to these people, and links that rest on changed claims.
    over, of = before.over.members(keys % size)
    tie = distinct(np.concatenate((pairs[cells.other[cell] >= 0], keys[of] // size * len(cells.person) + over)))
    change, cell = np.divmod(tie, max(len(cells.person), 1))
    known = among(tie, pairs)
    value_now = scored.value[cell]
    value_now[known] = value[np.searchsorted(pairs, tie[known])]
    far = change * size + cells.other[cell]
    chance_now = scored.chance[cells.other[cell]]
    otherwise = among(far, keys)
    chance_now[otherwise] = chance[np.searchsorted(keys, far[otherwise])]
    differs = value_now * chance_now - scored.voice[cell]
    tied, more = _score_shifts(
        scored.sums[:, own_width:],
        weights.ties,
        change * size + cells.person[cell],
        cells.column[cell] - own_width,
        differs,
        size,
    )
    every = distinct(np.concatenate((keys, tied)))
    score = scored.score[every % size]
    score[np.searchsorted(every, keys)] += moved
    score[np.searchsorted(every, tied)] += more
    return Rescored(every // size, every % size, score)


def _voices(before: Read, changes: Sequence[ClaimChange]) -> tuple[Ints, Floats]:
    """Return the cells that changes affect, as change x cell, sorted, and their new values."""
    network = before.network
    cells, links, rows = network.cells, max(len(network.standing), 1), max(len(before.of_row.starts) - 1, 1)
    none = np.zeros(0, dtype=np.int64)
    set_number = np.repeat(np.arange(len(changes)), [len(change.gone) for change in changes])
    row = np.concatenate([none, *(change.gone for change in changes)])
    by_link = np.repeat(np.arange(len(changes)), [len(change.links) for change in changes])
    link = np.concatenate([none, *(change.links for change in changes)])
    standing = np.concatenate([none + 0.0, *(change.standing for change in changes)])
    entry, of = before.of_row.members(row)
    other_entry, other_of = before.of_link.members(link)
    touched = np.concatenate(
        (
            set_number[of] * len(cells.person) + cells.of[entry],
            by_link[other_of] * len(cells.person) + cells.of[other_entry],
        )
    )
    pairs = distinct(touched.astype(np.int64))
    change, cell = np.divmod(pairs, max(len(cells.person), 1))
    entry, pair = cells.entries.members(cell)
    standings = network.stands[entry]
    order = np.argsort(by_link * links + link)
    otherwise = (by_link * links + link)[order]
    wanted = change[pair] * links + (network.entries.near[entry] >> 1)
    is_replaced = among(wanted, otherwise)
    standings[is_replaced] = standing[order][np.searchsorted(otherwise, wanted[is_replaced])]
    removed = np.sort(set_number * rows + row)
    standings[among(change[pair] * rows + network.entries.row[entry], removed)] = 0.0
    if not len(pairs):
        return pairs, np.zeros(0)
    starts = np.searchsorted(pair, np.arange(len(pairs)))
    return pairs, np.maximum.reduceat(standings, starts)


def _score_shifts(
    sums: Floats, weights: Floats, keys: Ints, column: Ints, differs: Floats, size: int
) -> tuple[Ints, Floats]:
    """Return the scores that change (change x person, sorted) and by how much, given differences of sums."""
    width = max(sums.shape[1], 1)
    places, turn = np.unique(keys * width + column, return_inverse=True)
    by = np.bincount(turn, weights=differs, minlength=len(places))
    person, column = np.divmod(places, width)
    former = sums[person % size, column]
    # Rounding may leave a tiny negative sum where a cell was taken away.
    moved = weights[column] * (np.log1p(np.maximum(former + by, 0.0)) - np.log1p(former))
    people, turn = np.unique(person, return_inverse=True)
    return people, np.bincount(turn, weights=moved, minlength=len(people)).astype(float)


def ranks(score: Floats, further_scores: Mapping[float, int | Ints] | Sequence[float] = ()) -> Ints:
    """Return the rank of each score in the list of all, from 1; ties share the lowest.

    Args:
        score: the scores; or several lists at a time, one in each row.
        further_scores: scores of further people in the list; or score → number of people with it, one number or one
            for each list.

    Example:
        >>> ranks(np.array([2.0, 1.0, 2.0]), [3.0]).tolist()
        [2, 4, 2]
        >>> ranks(np.array([[2.0, 1.0], [1.0, 2.0]]), {1.5: np.array([0, 3])}).tolist()
        [[1, 2], [5, 1]]

    Limits: scores that differ by less than a billionth are equal.
    """
    further = further_scores if isinstance(further_scores, Mapping) else Counter(further_scores)
    lists = np.atleast_2d(score).round(9)
    order = np.argsort(-lists, axis=1)
    falling = np.take_along_axis(lists, order, axis=1)
    place = np.zeros(lists.shape, dtype=np.int64)
    place[:, 1:] = np.where(falling[:, 1:] != falling[:, :-1], np.arange(1, lists.shape[1]), 0)
    result = np.empty(lists.shape, dtype=np.int64)
    np.put_along_axis(result, order, np.maximum.accumulate(place, axis=1), axis=1)
    result += 1
    for value, count in further.items():
        result += (lists < round(value, 9)) * np.reshape(count, (-1, 1))
    return result.reshape(np.shape(score))
