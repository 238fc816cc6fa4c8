"""What a session can do with accounts that wait to open: see them, hold one back, let it open, open all that wait.

For custodians and supervisors with clearance for the whole case and for sources. Whoever added an account takes it back
as any delivery of theirs.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from graphsvc.access.log.audit import now
from graphsvc.access.people import policy
from graphsvc.cases.deliveries.batches import SERVICE
from graphsvc.cases.deliveries.casework import Progress
from graphsvc.errors import NotFound
from graphsvc.service.protection.requests import Protecting


@dataclass(frozen=True, slots=True)
class WaitingAccount:
    """One account that was added by form and waits to open.

    Attributes:
        delivery: its number, drawn by lot; it gets another when it opens.
        account: whose account added it. added_at: when (UTC).
        claims: how many it makes.
        held_by: who holds it back; empty: nobody.
    """

    delivery: int
    account: str
    added_at: dt.datetime
    claims: int
    held_by: str

    @property
    def unfit(self) -> bool:
        """Whether it is held back because it names somebody or something that was taken back meanwhile."""
        return self.held_by == SERVICE


class Waiting(Protecting):
    """The part of a session that sees to accounts that wait."""

    def waiting_accounts(self) -> list[WaitingAccount]:
        """The accounts that wait, in the order they were added.

        Raises:
            Refused: role or clearance is missing. So for all here.
        """
        case = self.case
        with self._protecting("seal", case, step="accounts"):
            self._require_deciding(case)
            return [
                WaitingAccount(number, row.account, row.added_at, row.counts["links"]["read"], row.held_by)
                for number, row in self._service.waitlist.rows(case).items()
            ]

    def hold_account(self, delivery: int) -> None:
        """Hold back an account that waits: it opens to nobody until it is let go.

        Raises:
            NotFound: there is none. Busy: they open at this moment.
        """
        self._hold(delivery, self.principal.name)

    def release_account(self, delivery: int) -> None:
        """Let an account that is held back open with the others at the next set time. Raises as `hold_account`."""
        self._hold(delivery, "")

    def open_accounts(self, progress: Progress) -> int:
        """Open all that wait and are not held back now, together; gives how many those were."""
        case = self.case
        with self._protecting("seal", case, step="open accounts"):
            self._require_deciding(case)
            opened = self._service.opener.open(
                case, lambda waiting: [number for number, one in waiting.items() if not one.held], now(), progress
            )
        return len(opened)

    def start_opening_accounts(self) -> str:
        """Open them as a job; gives its id."""
        with self._protecting("seal", self.case, step="open accounts", dry_run=True):
            self._require_deciding(self.case)

        def work(progress: Progress) -> str:
            self.open_accounts(progress)
            return ""

        return self._working("accounts", work)

    def _hold(self, delivery: int, by: str) -> None:
        case = self.case
        with self._protecting("seal", case, step="hold account" if by else "release account", delivery=delivery):
            self._require_deciding(case)
            if not self._service.opener.hold_back(case, delivery, by):
                raise NotFound(f"The case {case} has no account {delivery} that waits.")

    def _require_deciding(self, case: str) -> None:
        self._require_whole_case(case)
        policy.require_sources(self.principal, case)
