"""Statements that wait to open: list them, hold one back, release one, open all.

For custodians and supervisors with clearance for the whole case and for sources. The author of a statement undoes it
like any other delivery.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from graphsvc.access.log.audit import now
from graphsvc.access.people import policy
from graphsvc.cases.deliveries.batches import SERVICE
from graphsvc.cases.deliveries.opener import OpenedAccounts
from graphsvc.errors import NotFound
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.protection.clearance import require_whole


@dataclass(frozen=True, slots=True)
class WaitingAccount:
    """One statement that was added by form and waits to open.

    Attributes:
        delivery: its number, a random one; it gets a different number when it opens.
        account: the account that added it.
        added_at: when it was added (UTC).
        claims: number of its claims.
        held_by: the account holding it back; empty if none.
    """

    delivery: int
    account: str
    added_at: dt.datetime
    claims: int
    held_by: str

    @property
    def unfit(self) -> bool:
        """Whether it is held back because the delivery of a person or thing in it was undone."""
        return self.held_by == SERVICE


class WaitingAccounts:
    """The waiting statements of one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def list_statements(self) -> list[WaitingAccount]:
        """Return the waiting statements, in the order they were added.

        Raises:
            Refused: role or clearance is missing. The same for all methods here.
        """
        case = self._ask.case
        with self._ask.act("seal", step="accounts"):
            self._require_deciding()
            return [
                WaitingAccount(number, row.account, row.added_at, row.counts["links"]["read"], row.held_by)
                for number, row in self._ask.home.waitlist.rows(case).items()
            ]

    def hold(self, delivery: int) -> None:
        """Hold back a waiting statement: it opens to no one until released.

        Raises:
            NotFound: there is no such statement.
            Busy: statements are being opened.
        """
        self._hold(delivery, self._ask.principal.name)

    def release(self, delivery: int) -> None:
        """Let a held statement open with the others at the next set time. Raises as `hold`."""
        self._hold(delivery, "")

    def open(self, progress: Progress) -> OpenedAccounts:
        """Open all waiting statements that are not held back, together."""
        case = self._ask.case
        with self._ask.act("seal", step="open accounts"):
            self._require_deciding()
            return self._ask.home.opener.open(
                case, lambda waiting: [number for number, row in waiting.items() if not row.held], now(), progress
            )

    def start(self) -> str:
        """Start `open` as a job; return its id."""
        with self._ask.act("seal", step="open accounts", dry_run=True):
            self._require_deciding()

        def work(progress: Progress) -> dict[str, Any]:
            owed = self.open(progress).owed
            return {"owed": owed, "recall": self._ask.home.export_store.to_recall(self._ask.case)}

        return self._ask.home.jobs.start(self._ask.principal.name, self._ask.case, "accounts", work)

    def _hold(self, delivery: int, by: str) -> None:
        case = self._ask.case
        with self._ask.act("seal", step="hold account" if by else "release account", delivery=delivery):
            self._require_deciding()
            if not self._ask.home.opener.hold_back(case, delivery, by):
                raise NotFound(f"The case {case} has no waiting statement {delivery}.")

    def _require_deciding(self) -> None:
        require_whole(self._ask)
        policy.require_sources(self._ask.principal, self._ask.case)
