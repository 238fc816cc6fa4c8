"""The score again with some links believed otherwise, worked out only where it can have changed.

What one statement told touches a few persons; the first reading changes for them alone, each further one for those tied
to whom it changed for. Everybody else keeps what they had, so the answer is the one a full rerun gives. Many such changes,
each by itself, are worked out at once: what each adds to the sums of whom is one sparse product.

Who may play a part can change with it. A tie to somebody who turns out to be only carried counts as one to the carried, and
one to somebody who turns out to play a part as one to them: that is added in place of what the tie added before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from graphsvc.analysis.evidence.bins import Bins, Kept, among, distinct, narrow, sorted_into
from graphsvc.analysis.evidence.dependence import Ints
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.evidence.roles import WHOM
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.ingredients import CARRIED_COLUMNS, NAMES, TIE_COLUMNS, ingredients
from graphsvc.analysis.score.network import Entries, Operation

# Links believed otherwise (numbers, each once), and how far.
Change = tuple[Ints, Floats]
_WIDTH = len(NAMES)
# So many persons are weighed at once: what is computed of them stays near the processor, however many a piece touches.
_ROWS_AT_ONCE = 8_192
# Blocks whose ties go to one ingredient, whoever is at the other end.
_ANYONE = TIE_COLUMNS.min(axis=1) == TIE_COLUMNS.max(axis=1)


@dataclass(frozen=True, slots=True)
class Adds:
    """What links add to the sums that ingredients are made of: each entry the belief of its link.

    Attributes:
        by_link: the entries of each link.
        cell: for each entry person x ingredient, as one number.
        other: the person at the far end whose kind says how much of it counts; -1: all of it does.
        kind: place of that kind in `roles.WHOM`.
    """

    by_link: Bins
    cell: Kept
    other: Kept
    kind: Kept


@dataclass(frozen=True, slots=True)
class Turns:
    """What changes in the sums of others where somebody turns: each entry the belief of its link, added or taken away.

    Attributes:
        by_person: the entries of each person who turns.
        link: for each entry its link; `sign` 1 or -1.
        cell: as those of `Adds`; `other` and `kind` likewise.
    """

    by_person: Bins
    link: Kept
    sign: Floats
    cell: Kept
    other: Kept
    kind: Kept


@dataclass(frozen=True, slots=True)
class Handed:
    """What is added to whom for each bit that somebody is of a kind.

    Attributes:
        cells: persons x ingredients, as one number, of those to which anything is added of who may play a part; sorted.
        among: (persons x kinds) x `cells`.
        by_person: the entries of each who may play none, for where they turn: `source` persons x kinds as one number, `cell` as
            above, `amount` what is added.
    """

    cells: Kept
    among: scipy.sparse.csr_array
    by_person: Bins
    source: Kept
    cell: Kept
    amount: Floats


@dataclass(frozen=True, slots=True)
class Read:
    """A network as it was read, round by round.

    Attributes:
        network: what was read.
        plays: for each person whether they may play a part. Of who may not nothing goes on to others, and no score is asked for.
        whom: before each reading persons x `roles.WHOM`; the first takes everybody for the average.
        sums: at each reading persons x ingredients, before the logarithm.
        weighed: at each reading persons x the parts of its table, log-odds.
        score: for each person, see `parts.score`.
        near: persons x persons: who is tied to whom at all.
        touched: link x persons: whose sums it adds to.
        reach: for each person how many, at most, score otherwise where their sums change.
        adds: what each link adds.
        turns: what each link adds less and more where the person at its far end turns from one who may play a part into one only
            carried, or back.
        handed: what somebody being of a kind adds to others.
    """

    network: Operation
    plays: Bools
    whom: list[Floats]
    sums: list[Floats]
    weighed: list[Floats]
    score: Floats
    near: scipy.sparse.csr_array
    touched: scipy.sparse.csr_array
    reach: Kept
    adds: Adds
    turns: Turns
    handed: Handed


def read(network: Operation, plays: Bools | None = None) -> Read:
    """Reads a network and keeps what further readings need.

    Args:
        network: see `network`.
        plays: for each person whether they may play a part (default: everybody may).

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> len(read(tied("s1: p1 DIRECTED p2")).whom)
        3

    Limits: as `parts.read`.
    """
    tables = parts.readings()
    whom = [np.tile(parts.kinds(tables[0].start[None, :]), (network.size, 1))]
    sums: list[Floats] = []
    weighed: list[Floats] = []
    for reading in tables:
        if weighed:
            whom.append(parts.kinds(weighed[-1]))
        values = ingredients(network, whom[-1])
        sums.append(np.expm1(values))
        weighed.append(parts.weigh(values, reading))
    ties = network.ties.tocoo()
    size = network.size
    near = scipy.sparse.coo_array(
        (np.ones(ties.nnz, dtype=bool), (ties.row % max(size, 1), ties.col)), shape=(size, size)
    ).tocsr()
    entries = (network.in_deeds, network.in_carried, network.in_ties)
    link, person = (np.concatenate([getattr(entry, name) for entry in entries]) for name in ("link", "person"))
    shape = (len(network.belief), size)
    touched = scipy.sparse.coo_array((np.ones(len(link), dtype=bool), (link, person)), shape=shape).tocsr()
    score = parts.fits(weighed[-1])
    adds, turns = _adds(network), _turns(network)
    plays = np.ones(size, dtype=bool) if plays is None else plays
    # Each reading goes on to those tied to whom the one before changed for: at the last they are two ties away.
    counting = plays.astype(np.int64)
    tied = near.astype(np.int64)
    ties_of = tied @ counting
    reach = narrow(np.minimum(1 + ties_of + tied @ (ties_of * counting), size))
    handed = _handed(network, plays)
    return Read(network, plays, whom, sums, weighed, score, near, touched, reach, adds, turns, handed)


# Entries as columns: link, cell (person x ingredient), person at the far end (-1: whoever it is), place of their kind.
_Columns = tuple[Ints, Ints, Ints, Ints]


def _deeds(entries: Entries) -> _Columns:
    # Deeds come first among ingredients, in their order.
    nobody = np.full(len(entries.link), -1)
    return entries.link, entries.person * _WIDTH + entries.column, nobody, np.zeros(len(nobody), dtype=np.int64)


def _with_carried(entries: Entries) -> tuple[_Columns, Ints]:
    """What ties with those only carried add, and which of the entries each is of."""
    column = CARRIED_COLUMNS[entries.column]
    which = np.flatnonzero(column >= 0)
    nobody = np.full(len(which), -1)
    cell = entries.person[which] * _WIDTH + column[which]
    return (entries.link[which], cell, nobody, np.zeros(len(which), dtype=np.int64)), which


def _with_others(entries: Entries) -> tuple[_Columns, Ints]:
    """What ties with those who may play a part add, and which of the entries each is of."""
    alike, apart = np.flatnonzero(_ANYONE[entries.column]), np.flatnonzero(~_ANYONE[entries.column])
    kinds = len(WHOM)
    which = np.concatenate((alike, np.repeat(apart, kinds)))
    kind = np.concatenate((np.zeros(len(alike), dtype=np.int64), np.tile(np.arange(kinds), len(apart))))
    other = entries.other[which].copy()
    other[: len(alike)] = -1
    cell = entries.person[which] * _WIDTH + TIE_COLUMNS[entries.column[which], kind]
    return (entries.link[which], cell, other, kind), which


def _joined(*parts: Sequence[Ints]) -> list[Ints]:
    return [np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True)]


def _adds(network: Operation) -> Adds:
    carried, ties = _with_carried(network.in_carried)[0], _with_others(network.in_ties)[0]
    link, cell, other, kind = _joined(_deeds(network.in_deeds), carried, ties)
    return Adds(sorted_into(link, len(network.belief)), narrow(cell), narrow(other), narrow(kind))


def _turns(network: Operation) -> Turns:
    ties, dormant = network.in_ties, network.in_carried.chosen(np.flatnonzero(network.in_carried.other >= 0))
    parts, whose, signs = [], [], []
    for entries, as_tie in ((ties, -1.0), (dormant, 1.0)):
        for sign, (columns, which) in ((as_tie, _with_others(entries)), (-as_tie, _with_carried(entries))):
            parts.append(columns)
            whose.append(entries.other[which])
            signs.append(np.full(len(which), sign))
    link, cell, other, kind = _joined(*parts)
    by_person = sorted_into(np.concatenate(whose).astype(np.int64), network.size)
    return Turns(by_person, narrow(link), np.concatenate(signs), narrow(cell), narrow(other), narrow(kind))


def _handed(network: Operation, plays: Bools) -> Handed:
    ties, size, kinds = network.ties.tocoo(), network.size, len(WHOM)
    block, person = np.divmod(ties.row.astype(np.int64), max(size, 1))
    apart = np.flatnonzero(~_ANYONE[block])
    tie, kind = np.repeat(apart, kinds), np.tile(np.arange(kinds), len(apart))
    source = ties.col[tie].astype(np.int64) * kinds + kind
    whose = person[tie]
    cell = whose * _WIDTH + TIE_COLUMNS[block[tie], kind]
    to, idle = np.flatnonzero(plays[whose]), np.flatnonzero(~plays[whose])
    # Few of all cells are ever added to: so what is worked out for a hundred sets does not take room for each cell there is.
    cells = distinct(cell[to])
    column = np.searchsorted(cells, cell[to])
    added = scipy.sparse.coo_array((ties.data[tie[to]], (source[to], column)), shape=(size * kinds, len(cells)))
    by_person = sorted_into(whose[idle], size)
    return Handed(
        narrow(cells), added.tocsr(), by_person, narrow(source[idle]), narrow(cell[idle]), ties.data[tie[idle]]
    )


def reached(before: Read, changes: Sequence[Change], turned: tuple[Ints, Ints]) -> Ints:
    """How many persons score otherwise after each change, at most: what `rescored` takes memory for.

    Args:
        before: see `read`.
        changes: links believed otherwise.
        turned: as `rescored` has it.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> none = np.array([], dtype=int)
        >>> before = read(tied("s1: p1 DIRECTED p2", "s2: p3 PILOTED c1"))
        >>> reached(before, [(np.array([0]), np.array([0.0])), (none, none + 0.0)], (none, none)).tolist()
        [3, 0]

    Limits: a bound, by ties and by how many those tied to somebody are tied to; often it is everybody.
    """
    whose, row = turned
    touched = before.touched[np.concatenate([np.zeros(0, dtype=np.int64), *(links for links, _ in changes)])].tocoo()
    by_link = np.repeat(np.arange(len(changes)), [len(links) for links, _ in changes])[touched.row]
    entry, of = before.turns.by_person.members(row)
    others = before.turns.cell[entry] // _WIDTH
    of_change = np.concatenate((by_link, whose, whose[of]))
    reach = before.reach[np.concatenate((touched.col, row, others))]
    together = np.bincount(of_change, weights=reach, minlength=len(changes)).astype(np.int64)
    return np.minimum(together, before.network.size)


@dataclass(frozen=True, slots=True)
class Rescored:
    """Who scores otherwise after some changes, each by itself; everybody else scores as before.

    Attributes:
        change: for each entry the place of the change; `row` the person, `score` theirs after it. Sorted by change and row.
    """

    change: Ints
    row: Ints
    score: Floats


def rescored(before: Read, changes: Sequence[Change], turned: tuple[Ints, Ints] | None = None) -> Rescored:
    """The scores where some links are believed otherwise, for many such changes, each by itself: of those alone for whom something changes.

    Args:
        before: see `read`.
        changes: links believed otherwise.
        turned: who turns from one who may play a part into one only carried, or back: the places of the changes, and rows of
            the network. What they themselves score then means nothing where they turn into one only carried.

    Example:
        >>> from graphsvc.analysis.examples import tied
        >>> before = read(tied("s1: p1 ORGANISED c1", "s2: p2 SUPPLIED b2"))
        >>> some = rescored(before, [(np.array([0]), np.array([1.0])), (np.array([1]), np.array([0.0]))])
        >>> some.change.tolist(), some.row.tolist(), (some.score > before.score).tolist()
        ([0, 1], [0, 1], [True, False])

    Limits: none beyond `parts.read`: equal, but for rounding, to reading the changed network whole; takes memory for all whom the changes touch, so give a hundred at a time.
    """
    count, size, kinds = len(changes), before.network.size, len(WHOM)
    change = np.repeat(np.arange(count), [len(links) for links, _ in changes])
    link = np.concatenate([np.zeros(0, dtype=np.int64), *(links for links, _ in changes)])
    moved_by = np.concatenate([np.zeros(0), *(belief for _, belief in changes)]) - before.network.belief[link]
    adds = before.adds
    entry, of = adds.by_link.members(link)
    parts_of: list[tuple[Ints, Floats, Kept, Kept, Kept]] = [
        (change[of], moved_by[of], adds.cell[entry], adds.other[entry], adds.kind[entry])
    ]
    turning = np.zeros(0, dtype=np.int64)
    if turned is not None:
        parts_of.append(_turned(before, (change, link, moved_by), *turned))
        turning = np.sort(turned[0] * size + turned[1])
    change, amount, cell, other, kind = (np.concatenate(part) for part in zip(*parts_of, strict=True))
    with_whom = np.flatnonzero(other >= 0)
    kind, far = kind[with_whom], other[with_whom]
    whose_kind = change[with_whom] * size + far
    # Whom (change x person) a reading takes otherwise than before, and for how much of each kind: at the first it is nobody.
    keys, shifted = np.zeros(0, dtype=np.int64), np.zeros((0, kinds))
    for number, reading in enumerate(parts.readings()):
        counted = amount.copy()
        taken_for = before.whom[number][far, kind]
        if len(keys):
            place = np.minimum(np.searchsorted(keys, whose_kind), len(keys) - 1)
            taken_for = taken_for + np.where(keys[place] == whose_kind, shifted[place, kind], 0.0)
        counted[with_whom] *= taken_for
        added = scipy.sparse.coo_array((counted, (change, cell)), shape=(count, size * _WIDTH)).tocsr()
        if len(keys):
            columns = (keys % size)[:, None] * kinds + np.arange(kinds)
            starts = np.searchsorted(keys, np.arange(count + 1) * size) * kinds
            otherwise = scipy.sparse.csr_array(
                (shifted.reshape(-1), columns.reshape(-1), starts), shape=(count, size * kinds)
            )
            # Turned over twice it is sorted, sooner than by sorting; what is sorted is added up in a fraction of the time.
            more = (otherwise @ before.handed.among).tocsc().tocsr()
            cells = before.handed.cells[more.indices]
            added = added + scipy.sparse.csr_array((more.data, cells, more.indptr), shape=added.shape)
            if len(turning):
                added = added + _to_turned(before.handed, turning, keys, shifted, added.shape)
        person, column = np.divmod(added.indices, _WIDTH)
        whose = np.repeat(np.arange(count) * size, np.diff(added.indptr)) + person
        counts = before.plays[person]
        counts[~counts] = among(whose[~counts], turning)
        whose, column = whose[counts], column[counts]
        former = before.sums[number].reshape(-1)[added.indices[counts]]
        # Rounding may leave a hair below nothing where a belief was taken away again.
        grown = np.log1p(np.maximum(former + added.data[counts], 0.0)) - np.log1p(former)
        first = np.flatnonzero(np.diff(whose, prepend=-1))
        keys, rows, ends = whose[first], whose[first] % size, np.append(first, len(whose))
        shifted, score = np.empty((len(rows), kinds)), np.empty(len(rows))
        for begin in range(0, len(rows), _ROWS_AT_ONCE):
            span = slice(begin, begin + _ROWS_AT_ONCE)
            some, starts = rows[span], ends[begin : begin + _ROWS_AT_ONCE + 1]
            those = slice(starts[0], starts[-1])
            values = scipy.sparse.csr_array((grown[those], column[those], starts - starts[0]), (len(some), _WIDTH))
            # Column by column: sums and greatest over the few parts are taken of long columns, not of short rows.
            weighed = np.asfortranarray(before.weighed[number][some] + values @ reading.says)
            if number + 1 < len(before.whom):
                shifted[span] = parts.kinds(weighed) - before.whom[number + 1][some]
            else:
                score[span] = parts.fits(weighed)
    return Rescored(keys // max(size, 1), rows, score)


def _to_turned(
    handed: Handed, turning: Ints, keys: Ints, shifted: Floats, shape: tuple[int, int]
) -> scipy.sparse.csr_array:
    """What is added, list by list, to those who turn and might play no part before, as others are taken otherwise.

    Args:
        handed: what is added to whom.
        turning: list x person, sorted.
        keys: list x person of whom a reading takes otherwise, sorted.
        shifted: for how much more of each kind.
        shape: lists x (persons x ingredients).
    """
    size, kinds = shape[1] // _WIDTH, shifted.shape[1]
    change, person = np.divmod(turning, max(size, 1))
    entry, of = handed.by_person.members(person)
    other, kind = np.divmod(handed.source[entry], kinds)
    wanted = change[of] * size + other
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    moved = np.where(keys[place] == wanted, shifted[place, kind], 0.0) * handed.amount[entry]
    return scipy.sparse.coo_array((moved, (change[of], handed.cell[entry])), shape=shape).tocsr()


def _turned(
    before: Read, moved: tuple[Ints, Ints, Floats], change: Ints, row: Ints
) -> tuple[Ints, Floats, Kept, Kept, Kept]:
    """What is added where some turn, entry by entry: change, how much, cell, whom it is with, and of what kind."""
    turns, links = before.turns, max(len(before.network.belief), 1)
    entry, of = turns.by_person.members(row)
    change, link = change[of], turns.link[entry]
    belief = before.network.belief[link]
    keys = moved[0] * links + moved[1]
    order = np.argsort(keys)
    wanted = change * links + link
    place = np.minimum(np.searchsorted(keys[order], wanted), max(len(keys) - 1, 0))
    if len(keys):
        belief = belief + np.where(keys[order][place] == wanted, moved[2][order][place], 0.0)
    return change, turns.sign[entry] * belief, turns.cell[entry], turns.other[entry], turns.kind[entry]


def ranks(score: Floats, others: Mapping[float, int | Ints] | Sequence[float] = ()) -> Ints:
    """Place of each in the list of all, from 1; ties share the lowest.

    Args:
        score: for each; or several lists at once, one in each row.
        others: scores of further persons in the list; or score → how many have it, one number or one for each list.

    Example:
        >>> ranks(np.array([2.0, 1.0, 2.0]), [3.0]).tolist()
        [2, 4, 2]
        >>> ranks(np.array([[2.0, 1.0], [1.0, 2.0]]), {1.5: np.array([0, 3])}).tolist()
        [[1, 2], [5, 1]]

    Limits: scores that differ by less than a billionth are the same.
    """
    further = others if isinstance(others, Mapping) else Counter(others)
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
