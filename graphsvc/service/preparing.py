"""Compute the first pages of cases before anyone opens them, so that the first reader after a start need not wait."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from graphsvc.access.people import accounts
from graphsvc.access.people.policy import may
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.cases.cache import CLEARANCES
from graphsvc.cases.deliveries.batches import SERVICE
from graphsvc.cases.versions import known_cases
from graphsvc.errors import GraphsvcError
from graphsvc.service.service import Service
from graphsvc.service.session import Session
from graphsvc.service.surges.over_time import SeriesChoice

_LOG = logging.getLogger(__name__)
_PURPOSE = "computing the first pages before anybody opens them"


def start_preparing(service: Service) -> threading.Thread:
    """Prepare the most recently read cases in a background thread, which ends early when the service closes."""
    return service.start_thread("preparing", lambda: prepare_cases(service))


def prepare_cases(service: Service) -> int:
    """Compute the first pages of the most recently read cases, once per clearance; return the number of clearances.

    Only clearances of accounts that may analyse are prepared, and in all cases together no more than the cache keeps.
    Each is one line in the log, under the service's own name.
    """
    last_read = service.register.last_read
    readers = [account for account in accounts.list_accounts(service.database) if may(account, "analyse")]
    number = 0
    cases = [known["id"] for known in known_cases(service.database)]
    for case in sorted(cases, key=last_read, reverse=True):
        grants = {(grant.handling, grant.sources) for reader in readers if (grant := reader.grant(case))}
        for handling, sources in sorted(grants)[: CLEARANCES - number]:
            principal = Principal(SERVICE, frozenset({"analyst"}), {case: Grant(handling, sources)})
            session = service.session(principal, _PURPOSE, case)
            try:
                with session.look("analyse", query="first pages"):
                    _prepare(session, lambda: not service.is_closing)
            except GraphsvcError as error:
                # Not raised: nobody waits for this thread, and a request for the page reports the same error.
                _LOG.info("preparing ended early: %s", error)
                return number
            number += 1
    return number


def _prepare(session: Session, goes_on: Callable[[], bool]) -> None:
    lists = session.network.lists
    steps: list[Callable[[], object]] = [
        lists.over_time,
        session.leads.ranking,
        lists.crossings,
        lists.workplaces,
        lambda: session.leads.rows(session.leads.ranking().leads[:1]),
        lambda: _prepare_surge(session),
    ]
    for step in steps:
        if not goes_on():
            return
        step()


def _prepare_surge(session: Session) -> None:
    """Compute the surges, and who is behind the peak of the newest one."""
    if session.network.lists.over_time().days and (surges := session.time.surges(SeriesChoice()).surges):
        session.network.answers.behind([], day=surges[-1].peak.isoformat())
