"""Pairs of cases that share their ids, as declared by a custodian cleared for all of both cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from graphsvc.access.people import policy
from graphsvc.cases.deliveries.casework import Casework
from graphsvc.cases.progress import quiet
from graphsvc.errors import Refused
from graphsvc.records.lines import require_reason
from graphsvc.service.ask import Ask
from graphsvc.service.protection.clearance import require_whole

_STEP = "share ids"


@dataclass(frozen=True, slots=True)
class SharedCase:
    """A case that shares ids with the current case. Times are UTC.

    Attributes:
        other: its name. Readers not cleared for that case get an empty name and no other details.
        account: the account of the custodian who declared it.
        reason: why they declared it.
    """

    other: str
    account: str = ""
    at: dt.datetime | None = None
    reason: str = ""


class CaseSharing:
    """The cases that share their ids with one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def declare(self, partner: str, reason: str) -> None:
        """Declare that this case and another share their ids: an id sealed in one is then sealed in the other as well.

        Raises:
            Refused: the role custodian, clearance for all of both cases or source clearance is missing.
            NotFound: one of the cases does not exist, or the custodian may not see it.
            Busy: one of them is being imported.
            RequestError: they share their ids already, the two are the same case, or the reason is missing.
        """
        require_reason(reason)
        with self._both(partner) as casework:
            casework.across.declare(self._ask.case, partner, self._ask.principal.name, reason)
            casework.rewrite(quiet)

    def end(self, partner: str) -> None:
        """End a declaration. People who were sealed because of it stay sealed.

        Raises:
            Refused, NotFound: as `declare`.
        """
        with self._both(partner):
            self._ask.home.register.shared_ids.end(self._ask.case, partner, self._ask.principal.name)

    def list_cases(self) -> list[SharedCase]:
        """Return the cases that share ids with the current case, for custodians and supervisors with source clearance.

        Raises:
            Refused: role or clearance is missing.
        """
        with self._ask.act("seal", step="shared ids"):
            self._require_knowing(self._ask)
            declared = self._ask.home.register.shared_ids.of(self._ask.case)
        return [
            SharedCase(each.other, each.account, each.at, each.reason)
            if self._ask.principal.grant(each.other) is not None
            else SharedCase("")
            for each in declared
        ]

    @contextmanager
    def _both(self, partner: str) -> Iterator[Casework]:
        """Log one act in both cases; only for custodians with clearance for all of both."""
        theirs = self._ask.at(partner)
        with self._ask.act("seal", step=_STEP), theirs.act("seal", step=_STEP):
            for ask in (self._ask, theirs):
                self._require_knowing(ask)
            if "custodian" not in self._ask.principal.roles:
                raise Refused("To declare that two cases share their ids takes the role custodian.")
            yield self._ask.home.casework

    @staticmethod
    def _require_knowing(ask: Ask) -> None:
        require_whole(ask)
        policy.require_sources(ask.principal, ask.case)
