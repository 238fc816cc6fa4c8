"""Reading and verifying the log, for auditors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from graphsvc.access.log import audit
from graphsvc.access.log.audit import EVERYTHING, Sought
from graphsvc.access.log.cyphertexts import Text
from graphsvc.access.log.verify import Verified, verify
from graphsvc.access.people import accounts, policy
from graphsvc.cases.jobs import Job
from graphsvc.records.dates import typed_date
from graphsvc.records.numbers import count
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask

__all__ = ["Log", "Sought", "Verified", "build_search"]

_KIND = "verify"
_VERIFIED = "verified: "


class Log:
    """The audit log: people, acts, times, purposes and outcomes, and whether the log is intact."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def lines(
        self, *, newest: int = 200, before: int | None = None, sought: Sought = EVERYTHING
    ) -> list[dict[str, Any]]:
        """Return acts and their outcomes, newest first; with `before` (a line's number), only older ones.

        Raises:
            Refused: the role auditor is missing. The same for all methods here.
        """
        filters = {name: getattr(sought, name) for name in ("account", "source", "since", "until")}
        if not accounts.is_known(self._ask.database, sought.account):
            filters["account"] = len(sought.account)  # typed text may name anyone: log only its length
        filters["in_case"], filters["what"] = sought.case, sought.action if sought.action in policy.ACTIONS else ""
        detail = {name: value for name, value in filters.items() if value}
        with self._ask.act_anywhere("log", **detail) as outcome:
            lines = audit.lines(self._ask.database, newest=newest, before=before, sought=sought)
            outcome["rows"] = len(lines)
        return lines

    def texts(self, lines: Iterable[Mapping[str, Any]]) -> dict[int, Text]:
        """Map line numbers to Cypher typed by users, for lines returned by `lines`. Each access is logged."""
        with self._ask.act_anywhere("log", what="texts") as outcome:
            texts = self._ask.home.cypher_texts.of(lines)
            outcome["rows"] = len(texts)
        return texts

    def verify(self, progress: Progress) -> Verified:
        """Check every line of the log, and its end, against the chain; the check itself is logged too.

        Raises:
            OperatorError: the database or the anchor cannot be read.
        """
        with self._ask.act_anywhere("log", what=_KIND) as outcome:
            verified = verify(self._ask.home.log, progress, self._ask.home.cypher_texts.faults())
            verdict = "whole" if verified.whole else count(verified.count, "fault")
            outcome |= {"rows": verified.lines, "outcome": f"{_VERIFIED}{verdict} up to line {verified.lines}"}
        return verified

    def last_verification(self) -> dict[str, Any] | None:
        """Return the last completed verification: account, outcome, rows (lines verified), ended_at; or None."""
        policy.require(self._ask.principal, "log")
        return audit.newest_ending(self._ask.database, "log", _VERIFIED)

    def start(self) -> str:
        """Start verifying the log as a job; return its id. Its result has `lines`, `seal`, `count` and `faults`."""
        with self._ask.act_anywhere("log", what="start verify"):

            def work(progress: Progress) -> Mapping[str, Any]:
                verified = self.verify(progress)
                return {
                    "lines": verified.lines,
                    "seal": verified.seal,
                    "count": verified.count,
                    "faults": list(verified.faults),
                }

            return self._ask.home.jobs.start(self._ask.principal.name, "", _KIND, work)

    def job(self, job: str, wait_s: float = 0.0) -> Job:
        """Return a verification job, after waiting at most `wait_s` seconds for it to end.

        Raises:
            NotFound: there is no such job.
        """
        policy.require(self._ask.principal, "log")
        return self._ask.home.jobs.one(job, "", self._ask.principal.name, wait_s)


def build_search(
    account: str = "", case: str = "", action: str = "", source: str = "", since: str = "", until: str = ""
) -> Sought:
    """Build a search from typed text; `since` and `until` are UTC days, months or years, both included.

    Raises:
        RequestError: a day is invalid.
    """
    first, last = _day(since), _day(until)
    return Sought(
        account.strip(),
        case.strip(),
        action.strip(),
        source.strip(),
        first[0] if first else None,
        last[1] if last else None,
    )


def _day(text: str) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the start of a day, month or year, and the start of the next."""
    if not text.strip():
        return None
    date = typed_date(text)
    last = min(date.latest, dt.date.max - dt.timedelta(days=1))
    return dt.datetime.combine(date.earliest, dt.time()), dt.datetime.combine(last + dt.timedelta(days=1), dt.time())
