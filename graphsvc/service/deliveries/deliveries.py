"""Preview, import and undo deliveries of a case, immediately or as a job."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from graphsvc.access.log.audit import now
from graphsvc.access.people import policy
from graphsvc.cases.deliveries.batches import next_time
from graphsvc.cases.deliveries.held import require_unheld
from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.deliveries.protecting import holds_witness_statements, is_mentioned_elsewhere
from graphsvc.cases.jobs import Job
from graphsvc.cases.stores.uploads import Opened
from graphsvc.errors import Refused
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.deliveries.form import StatementForms
from graphsvc.service.deliveries.loading import Loading, counts_told
from graphsvc.service.deliveries.statements import Statements
from graphsvc.service.deliveries.uploads import Uploads
from graphsvc.service.leads.moves import LeadMoves
from graphsvc.service.search.search import Search


class Deliveries:
    """The deliveries of one case."""

    def __init__(self, ask: Ask, search: Search, moves: LeadMoves) -> None:
        self._ask = ask
        self._loading = Loading(ask, moves)
        self.uploads = Uploads(ask, self._loading)
        self.statements = Statements(ask)
        self.form = StatementForms(ask, self._loading, self.statements, search)

    def load(
        self,
        path: Path,
        progress: Progress,
        *,
        mapping: str = "",
        partial: bool = False,
        strict: bool = False,
        dry_run: bool = False,
        identities: bool = False,
        other_names: bool = False,
        protection: str = "",
    ) -> Loaded:
        """Import a delivery (a folder, or a file in one of `ingest.forms`); a case is created if new.

        Args:
            path: the delivery's path.
            progress: receives progress reports.
            mapping: for a graph or a table of another format.
            partial: see `Casework.load`.
            strict: see `Casework.load`.
            dry_run: preview only.
            identities: also return the sealed people in the delivery (`Loaded.names`); the log records the request.
            other_names: accept that most ids shared with the case have a different name.
            protection: protection of a new case (`cases.protection.PROTECTIONS`); by default the stricter one.

        Raises:
            InputError: it cannot be read, or most ids it shares with the case have a different name and `other_names`
                is not set.
            Refused: importing needs clearance for the whole case.
        """
        source = nullcontext(Opened(path, mapping, named=True))
        return self._loading.load(
            source,
            progress,
            partial=partial,
            strict=strict,
            dry_run=dry_run,
            identities=identities,
            other_names=other_names,
            protection=protection,
        )

    def undo(self, delivery: int, progress: Progress) -> str:
        """Undo a delivery; return a sentence on remaining work, or an empty one.

        Raises:
            NotFound: there is no such delivery.
            Refused: clearance for the whole case, or source clearance where needed, is missing.
        """
        with self._ask.act("load", undo=delivery):
            self._require_undoing(delivery)
            return self._ask.home.casework.undo(self._ask.case, delivery, self._ask.progress(progress))

    def undoing(self, delivery: int) -> list[str]:
        """Preview undoing a delivery: effects on sealed people, and rows of later deliveries that would be lost.

        The sentences name no one. Raises as `undo`.
        """
        with self._ask.act("load", undo=delivery, dry_run=True):
            self._require_undoing(delivery)
            return self._ask.home.casework.undoing(self._ask.case, delivery, sources=self._ask.grant.sources)

    def list_deliveries(self) -> list[dict[str, Any]]:
        """Return the deliveries of the case, newest first; none without clearance for handling code C.

        The number of statements and claims is shown only with source clearance.
        """
        with self._ask.act("read", query="deliveries"):
            # Even the existence of deliveries is hidden from readers who cannot see their contents.
            if self._ask.grant.handling != "C":
                return []
            loaded = self._told_of(self._ask.home.register.deliveries(self._ask.case))
            rows = [*self._yet_to_open(), *(row | {"held_by": ""} for row in loaded)]
            return [row | {"counts": counts_told(row["counts"], self._ask.grant)} for row in rows]

    def _told_of(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the deliveries as this person may see them.

        Other people's statements that opened together are merged into one row, without their authors and times.
        """
        opened: dict[dt.datetime, dict[str, Any]] = {}
        deliveries = []
        for row in rows:
            if row["opened_at"] is None or self._is_told(row["account"]):
                deliveries.append(row)
            elif row["status"] == "active":
                first = opened.get(row["opened_at"])
                if first is None:
                    first = row | {"account": "", "loaded_at": row["opened_at"], "received_on": row["opened_at"].date()}
                    opened[row["opened_at"]] = first
                    deliveries.append(first)
                else:
                    first["number"] = row["number"]
                    first["counts"] = _add_counts(first["counts"], row["counts"])
        return deliveries

    def _yet_to_open(self) -> list[dict[str, Any]]:
        """Return the waiting statements, newest first: all with source clearance, otherwise the person's own."""
        names = ("case_id", "number", "partial", "account", "received_on", "counts", "held_by")
        return [
            {name: getattr(row, name) for name in names}
            | {"status": "waiting", "loaded_at": row.added_at, "opened_at": None}
            for row in reversed(self._ask.home.waitlist.rows(self._ask.case).values())
            if self._is_told(row.account)
        ]

    def _is_told(self, account: str) -> bool:
        """Whether this person may see what that account added by form, and when."""
        return self._ask.grant.sources or account == self._ask.principal.name

    def next_opening(self) -> dt.datetime | None:
        """Return the earliest time at which statements added by form open to others (UTC); None if immediately."""
        times = self._ask.home.account_times
        return next_time(times, now()) if times else None

    def take_back(self, delivery: int) -> str:
        """Undo a delivery as a job; return the job's id.

        Raises:
            Refused: as `undo`.
            Busy: the case is being imported.
        """
        self._loading.require()
        self._require_undoing(delivery)
        self._loading.require_quiet()

        def work(progress: Progress) -> dict[str, Any]:
            return {"owed": self.undo(delivery, progress)}

        # A statement that waits or has waited is undone as discreetly as it was added: other users do not see the job.
        rows = {row["number"]: row for row in self.list_deliveries()}
        kind = (
            "withdraw"
            if delivery in rows and (rows[delivery]["status"] == "waiting" or rows[delivery]["opened_at"])
            else "undo"
        )
        return self._loading.start(kind, work, delivery=delivery)

    def require(self) -> None:
        """Raise an error unless this person may import into the case, or create it. Raises as `Loading.require`."""
        self._loading.require()

    # -- jobs -------------------------------------------------------------------------------------------------

    def job(self, job: str, wait_s: float = 0.0) -> Job:
        """Return a job of the case, after waiting at most `wait_s` seconds for it to end. Raises as `Loading.job`."""
        return self._loading.job(job, wait_s)

    def jobs(self) -> list[Job]:
        """Return the newest jobs of the case."""
        return self._loading.jobs()

    def cancel_job(self, job: str) -> None:
        """Ask a job of the case to stop; the case is then left unchanged. No effect if the job has ended.

        Raises:
            NotFound: there is no such job.
            Refused: it is another person's job, and stopping it needs source clearance.
        """
        with self._ask.act("load", step="cancel job"):
            stopping = self.job(job)
            if stopping.account != self._ask.principal.name and not self._ask.grant.sources:
                raise Refused("Only the account that began this job, or one with source clearance, can stop it.")
            self._ask.home.jobs.cancel(stopping.id)

    def _require_undoing(self, number: int) -> None:
        """Require source clearance to undo a delivery.

        It is not needed for a person's own delivery that waits, or that has no witness statements and whose people no
        other delivery has claims about. For other people's deliveries it always is, so a refusal reveals nothing.
        """
        case = self._ask.case
        self._loading.require_whole()
        if not self._ask.grant.sources:
            require_unheld(self._ask.home.register.held_people(case))
        waits = self._ask.home.waitlist.rows(case).get(number)
        if waits is not None and waits.account == self._ask.principal.name:
            return
        own = any(
            row["number"] == number and row["account"] == self._ask.principal.name
            for row in self._ask.home.register.deliveries(case)
        )
        casework = self._ask.home.casework
        if (
            not own
            or holds_witness_statements(casework, case, number)
            or is_mentioned_elsewhere(casework, case, number)
        ):
            policy.require_sources(self._ask.principal, case)


def _add_counts(counts: dict[str, dict[str, int]], second: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Add up the counts of two deliveries."""
    return {
        table: {
            name: counts.get(table, {}).get(name, 0) + second.get(table, {}).get(name, 0)
            for name in {**counts.get(table, {}), **second.get(table, {})}
        }
        for table in {**counts, **second}
    }
