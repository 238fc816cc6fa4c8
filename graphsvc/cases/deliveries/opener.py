"""Accounts of witnesses that waited become deliveries of their case, all at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from graphsvc.cases.deliveries.batches import Wait
from graphsvc.cases.deliveries.casework import Casework
from graphsvc.cases.deliveries.waitlist import Waitlist
from graphsvc.cases.progress import quiet, unstoppable
from graphsvc.records.progress import Progress


class OpenedAccounts(NamedTuple):
    """What became of accounts that waited.

    Attributes:
        numbers: those they got as deliveries.
        owed: what is still to be done of it, in a sentence; empty: nothing.
    """

    numbers: list[int]
    owed: str


class Opener:
    """Opens accounts that wait, and holds them back."""

    def __init__(self, casework: Casework, waitlist: Waitlist) -> None:
        self._casework, self._waitlist = casework, waitlist

    def open(
        self, case: str, chosen: Callable[[Mapping[int, Wait]], Collection[int]], at: dt.datetime, progress: Progress
    ) -> OpenedAccounts:
        """Open accounts that wait, all at once.

        One that does not fit the case any more (whom it names was taken back meanwhile) is held back.

        Args:
            case: the case.
            chosen: given who waits, the numbers of those that are to open.
            at: the moment they are told to have opened.
            progress: told what is done. What was begun is completed, if not here then by the next start.

        Raises:
            Busy: the case is being loaded.
        """
        casework = self._casework
        with casework.at_work(case, progress) as key:
            replay, first = casework.replay, casework.register.next_number(case)
            opening = self._waitlist.chosen(case, key, chosen, lambda: replay.now(case, key), first)
            if not opening:
                return OpenedAccounts([], "")
            plan = replay.plan(case, key, progress, opening=opening)
            self._waitlist.begin_opening(case, opening, at, plan.state)
            replay.carry_out(plan, unstoppable(progress))
        return OpenedAccounts(list(opening), casework.rewrite_after(plan, progress))

    def hold_back(self, case: str, number: int, by: str) -> bool:
        """Hold one back, or let it go (`by` nobody); whether there is such a one.

        Raises:
            Busy: the case is being loaded, or accounts open at this moment.
        """
        with self._casework.at_work(case, quiet):
            return self._waitlist.hold_back(case, number, by)

    def waits(self, case: str) -> dict[int, Wait]:
        """How the accounts of a case wait, by number."""
        return self._waitlist.waits(case, self._casework.register.key(case, create=False))
