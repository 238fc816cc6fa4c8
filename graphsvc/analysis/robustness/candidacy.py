"""Changes of candidacy when rows are left out: these may be all that gives people a part, or shows them as carried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from graphsvc.analysis.claims.bins import Bins, Kept, among, distinct, narrow, sorted_into
from graphsvc.analysis.claims.claims import Person
from graphsvc.analysis.claims.dependence import Ints
from graphsvc.analysis.claims.ledger import Bools, Ledger
from graphsvc.analysis.claims.roles import (
    ACTIVE_OBJECT,
    ACTIVE_SUBJECT,
    COERCES,
    HANDS_ON,
    IN_COMMAND,
    LEVEL_TIES,
    PASSIVE_OBJECT,
    PASSIVE_SUBJECT,
    PLAYS_PART,
    RUNS_WORKPLACE,
    WORKED,
)
from graphsvc.analysis.ranking.candidates import CHARGED

# Status of a person: may play a part; only carried, but ranked for a link to someone who plays a part; only carried;
# plays a part but is never ranked (a child or a forced pilot).
INSIDE, TIED, APART, BARRED = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Moves:
    """Changes of status without some sets of rows, each set left out separately.

    Attributes:
        left_out: for each change the position of the set; `entity`: the person's number in the ledger; `to`: the new
            status.
    """

    left_out: Ints
    entity: Ints
    to: Ints

    def among(self, left_out: Ints) -> Moves:
        """Return the changes of some sets (positions, sorted), renumbered from 0."""
        those = np.isin(self.left_out, left_out)
        place = np.searchsorted(left_out, self.left_out[those])
        return Moves(place, self.entity[those], self.to[those])


def plays(stand: Ints) -> Bools:
    """Return whether each status has a part in the network, ranked or not.

    Example:
        >>> plays(np.array([INSIDE, TIED, APART, BARRED])).tolist()
        [True, False, False, True]

    Limits: none.
    """
    result: Bools = (stand == INSIDE) | (stand == BARRED)
    return result


class Candidacy:
    """Status of everyone mentioned in claims, with all claims and without some; see `candidates.split_people`.

    Attributes:
        now: status of each entity of the ledger; -1: not a person.
    """

    def __init__(self, ledger: Ledger, persons: Iterable[Person]) -> None:
        size = len(ledger.ids)
        by_id = {person.id: person for person in persons}
        those = [by_id.get(name) for name in ledger.ids]
        self._size = size
        self._person = np.array([person is not None for person in those], dtype=bool)
        self._victim = np.array([person is not None and "victim" in person.categories for person in those], dtype=bool)
        self._charged = np.array(
            [person is not None and bool(person.categories & CHARGED) for person in those], dtype=bool
        )
        self._child = np.array([person is not None and person.child for person in those], dtype=bool)
        asserts = ~ledger.denies
        ties = ledger.of(LEVEL_TIES) & asserts
        nobody = np.zeros(len(ledger.claims), dtype=bool)
        self._runs = _ends(ledger, ledger.of(RUNS_WORKPLACE) & asserts, nobody)
        self._worked = _ends(ledger, ledger.of(WORKED) & asserts, nobody)
        paid = ledger.of(ACTIVE_OBJECT) & asserts
        wage = paid & (self._runs.total[ledger.subject] > 0) & (self._worked.total[ledger.object] > 0)
        self._wages = np.flatnonzero(wage)
        self._wages_of_payer = sorted_into(ledger.subject[self._wages], size)
        self._wages_of_payee = sorted_into(ledger.object[self._wages], size)
        self._active = _ends(ledger, ledger.of(ACTIVE_SUBJECT) & asserts, paid & ~wage)
        self._worked_by_hand = _ends(ledger, ledger.of(HANDS_ON) & asserts, nobody)
        self._coerced = _ends(ledger, nobody, ledger.of(COERCES) & asserts)
        self._commands = _ends(ledger, ledger.of(IN_COMMAND) & asserts, nobody)
        self._passive = _ends(ledger, ledger.of(PASSIVE_SUBJECT) & asserts, ledger.of(PASSIVE_OBJECT) & asserts)
        self._plays = _ends(ledger, ledger.of(PLAYS_PART) & asserts, paid & ~wage)
        player = self._plays.total > 0
        counted = ties & (player[ledger.subject] | player[ledger.object])
        self._tied = _ends(ledger, counted, counted)
        self._ties = _ends(ledger, ties, ties)
        self._player = player
        self._ledger = ledger
        everyone = np.arange(size)
        none = np.zeros(size, dtype=bool)
        stand = self._stand(everyone, none, none, none, none, none)
        self.now: Ints = np.where(self._person, self._bar_leads(everyone, stand, none, none, none), -1)

    def without(self, left_out: Sequence[Ints]) -> Moves:
        """Return the changes of status without each of some sets of rows.

        Args:
            left_out: sets of row numbers.

        Example:
            >>> from graphsvc.analysis.examples import claim_from, people
            >>> from graphsvc.analysis.claims.ledger import encode
            >>> ledger = encode([claim_from("s1: p1 CROSSED_ON c1"), claim_from("s2: p1 PILOTED c1")], {})
            >>> moves = Candidacy(ledger, people("p1")).without([np.array([0]), np.array([1])])
            >>> moves.left_out.tolist(), [ledger.ids[number] for number in moves.entity], moves.to.tolist() == [APART]
            ([1], ['p1'], True)

        Limits: people no claim mentions are absent; nothing left out changes their status.
        """
        size = max(self._size, 1)
        of = np.repeat(np.arange(len(left_out)), [len(rows) for rows in left_out])
        row = np.concatenate([*left_out, np.zeros(0, dtype=np.int64)]).astype(np.int64)
        removed = of * max(len(self._ledger.claims), 1) + row
        idle, lawful, former_players = (ends.lost(of, row, size) for ends in (self._active, self._passive, self._plays))
        earning = self._earning(of, row, removed, size)
        former_players = former_players[~among(former_players, earning)]
        untied = self._newly_untied(removed, former_players, size)
        newly = self._newly_tied(removed, earning, size)
        unforced = [ends.lost(of, row, size) for ends in (self._worked_by_hand, self._coerced, self._commands)]
        moved = distinct(np.concatenate((idle, lawful, untied, earning, newly, *unforced)))
        set_number, entity = np.divmod(moved, size)
        to = self._stand(entity, *(among(moved, keys) for keys in (idle, lawful, untied, earning, newly)))
        to = self._bar_leads(entity, to, *(among(moved, keys) for keys in unforced))
        differs = self._person[entity] & (to != self.now[entity])
        return Moves(set_number[differs], entity[differs], to[differs])

    def _stand(self, entity: Ints, idle: Bools, lawful: Bools, untied: Bools, earning: Bools, newly: Bools) -> Ints:
        """Return the status of entities, given which have lost every row that made them active, passive or linked.

        Entities in `earning` received payments that no longer count as wages; entities in `newly` are linked to these.
        """
        active = ((self._active.total[entity] > 0) & ~idle) | earning
        passive = (self._passive.total[entity] > 0) & ~lawful
        tied = ((self._tied.total[entity] > 0) & ~untied) | newly
        victim = self._victim[entity]
        carried = ~active & ~self._charged[entity] & (victim | passive)
        result: Ints = np.where(carried, np.where(tied & ~victim, TIED, APART), INSIDE)
        return result

    def _bar_leads(self, entity: Ints, stand: Ints, no_work: Bools, uncoerced: Bools, no_command: Bools) -> Ints:
        """Bar children and forced pilots (`candidates.split_people`), given who lost all rows that show this."""
        forced = (self._worked_by_hand.total[entity] > 0) & ~no_work
        forced &= (self._coerced.total[entity] > 0) & ~uncoerced
        forced &= (self._commands.total[entity] == 0) | no_command
        never = self._child[entity] | forced
        result: Ints = np.where(never, np.where(stand == INSIDE, BARRED, APART), stand)
        return result

    def _earning(self, of: Ints, row: Ints, removed: Ints, size: int) -> Ints:
        """Return payees (set x entity, sorted) of payments that are no longer wages, as an end lost its workplace."""
        set_number, payer = np.divmod(self._runs.lost(of, row, size), size)
        by_payer, from_payer = self._wages_of_payer.members(payer)
        those, payee = np.divmod(self._worked.lost(of, row, size), size)
        by_payee, from_payee = self._wages_of_payee.members(payee)
        rows = max(len(self._ledger.claims), 1)
        payment = self._wages[np.concatenate((by_payer, by_payee))]
        key = np.concatenate((set_number[from_payer], those[from_payee])) * rows + payment
        set_number, payment = np.divmod(_remaining(key, removed), rows)
        return distinct(set_number * size + self._ledger.object[payment])

    def _newly_tied(self, removed: Ints, earning: Ints, size: int) -> Ints:
        """Return both ends of the links of payees in `earning`, sorted, as set x entity."""
        ledger, rows = self._ledger, max(len(self._ledger.claims), 1)
        set_number, player = np.divmod(earning, size)
        end, pair = self._ties.by_entity.members(player)
        set_number, tie = np.divmod(_remaining(set_number[pair] * rows + self._ties.row[end], removed), rows)
        return distinct(
            np.concatenate((set_number * size + ledger.subject[tie], set_number * size + ledger.object[tie]))
        )

    def _newly_untied(self, removed: Ints, former_players: Ints, size: int) -> Ints:
        """Return people who lost every link to a player, as set x entity.

        `former_players` no longer play a part.
        """
        ledger, rows = self._ledger, max(len(self._ledger.claims), 1)
        set_number, player = np.divmod(former_players, size)
        tie, pair = self._tied.by_entity.members(player)
        tie = self._tied.row[tie]
        set_number, player = set_number[pair], player[pair]
        neighbour = np.where(ledger.subject[tie] == player, ledger.object[tie], ledger.subject[tie])
        still = self._player[neighbour] & ~among(set_number * size + neighbour, former_players)
        # A row that no longer links anyone to a player counts as left out.
        lost = distinct(np.concatenate((removed, (set_number * rows + tie)[~still])))
        return self._tied.lost(*np.divmod(lost, rows), size)


def _remaining(keys: Ints, removed: Ints) -> Ints:
    """Return the keys that are not removed, sorted. The removed keys are not sorted, since there are many."""
    ordered = distinct(keys)
    return ordered[~among(ordered, distinct(removed[among(removed, ordered)]))]


@dataclass(frozen=True, slots=True)
class _Ends:
    """Rows that say something about entities at their ends.

    Attributes:
        row: for each end its row; `entity`: the entity there.
        by_row: the ends of each row; `by_entity`: the ends of each entity.
        total: number of ends of each entity.
    """

    row: Kept
    entity: Kept
    by_row: Bins
    by_entity: Bins
    total: Ints

    def lost(self, of: Ints, row: Ints, size: int) -> Ints:
        """Return sorted pairs (set x entity) where all rows on the entity are left out, from pairs of set and row."""
        end, pair = self.by_row.members(row)
        ordered = np.sort(of[pair] * size + self.entity[end])
        first = np.flatnonzero(np.diff(ordered, prepend=-1))
        keys, count = ordered[first], np.diff(first, append=len(ordered))
        result: Ints = keys[count == self.total[keys % size]]
        return result


def _ends(ledger: Ledger, as_subject: Bools, as_object: Bools) -> _Ends:
    subjects, objects = np.flatnonzero(as_subject), np.flatnonzero(as_object)
    row = np.concatenate((subjects, objects))
    entity = np.concatenate((ledger.subject[subjects], ledger.object[objects])).astype(np.int64)
    size = len(ledger.ids)
    return _Ends(
        narrow(row),
        narrow(entity),
        sorted_into(row, len(ledger.claims)),
        sorted_into(entity, size),
        np.bincount(entity, minlength=size),
    )
