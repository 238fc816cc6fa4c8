"""Turns waiting witness statements into deliveries of their case, all together."""

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
    """Result of opening waiting statements.

    Attributes:
        numbers: their numbers as deliveries.
        owed: work still to be done, in a sentence; empty: none.
    """

    numbers: list[int]
    owed: str


class Opener:
    """Opens waiting statements, and holds them back."""

    def __init__(self, casework: Casework, waitlist: Waitlist) -> None:
        self._casework, self._waitlist = casework, waitlist

    def open(
        self, case: str, chosen: Callable[[Mapping[int, Wait]], Collection[int]], at: dt.datetime, progress: Progress
    ) -> OpenedAccounts:
        """Open the chosen waiting statements, all together.

        A statement that no longer fits the case is held back, for example if the delivery of a person in it was undone.

        Args:
            case: the case.
            chosen: given the waiting statements, returns the numbers of those to open.
            at: the time recorded as their opening.
            progress: called with each step. Once begun, the opening is completed, at the latest by the next start.

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
        """Hold a statement back, or release it if `by` is empty; return whether it is waiting.

        Raises:
            Busy: the case is being loaded, or statements are being opened.
        """
        with self._casework.at_work(case, quiet):
            return self._waitlist.hold_back(case, number, by)

    def waits(self, case: str) -> dict[int, Wait]:
        """Return the waiting statements of a case, by number."""
        return self._waitlist.waits(case, self._casework.register.key(case, create=False))
