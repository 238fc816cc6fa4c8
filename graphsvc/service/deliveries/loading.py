"""Checks, imports and jobs shared by everything that changes a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from graphsvc.access.people import accounts, policy
from graphsvc.access.people.principal import Grant
from graphsvc.analysis.ranking.moved import Move
from graphsvc.cases.case_name import require_name
from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.gc_pause import uncollected
from graphsvc.cases.graph.graphing import Graphed
from graphsvc.cases.jobs import Job
from graphsvc.cases.progress import without_amounts
from graphsvc.cases.stores.uploads import Opened
from graphsvc.cases.versions import known_cases
from graphsvc.errors import Busy, Refused
from graphsvc.ingest.check import Delivery, read_case
from graphsvc.ingest.mapping import load_mapping
from graphsvc.ingest.raw import Limits
from graphsvc.records.progress import Progress
from graphsvc.service.ask import Ask
from graphsvc.service.leads.moves import LeadMoves


class Loading:
    """Imports into one case."""

    def __init__(self, ask: Ask, moves: LeadMoves) -> None:
        self._ask = ask
        self._moves = moves

    @property
    def owner(self) -> tuple[str, str]:
        """Account and case to which these uploads and jobs belong."""
        return self._ask.principal.name, self._ask.case

    def require(self) -> None:
        """Raise an error unless this person may import into the case, or create it.

        Raises:
            Refused: role or clearance is missing.
            NotFound: this person may not see the case.
            RequestError: the case name is invalid.
        """
        policy.require(self._ask.principal, "load")
        case = self._ask.case
        require_name(case)
        self.require_whole()

    def require_whole(self) -> None:
        """Raise an error unless this person is cleared for all of the case.

        Raises:
            Refused: they are not.
            NotFound: they may not see the case.
        """
        case = self._ask.case
        if policy.require_case(self._ask.principal, case).handling != "C":
            raise Refused(
                f"Loading takes clearance for handling code C in the case {case}: a delivery may hold both codes."
            )

    def require_still(self) -> None:
        """Raise Refused if, since the work began, the account has been disabled or lost its role or clearance."""
        now = accounts.current(self._ask.database, self._ask.principal.name)
        if now is not None:
            policy.require(now, "load")
            case = self._ask.case
            grant = now.grant(case)
            if grant is None or grant.handling != "C":
                raise Refused(f"Your clearance for the case {case} was withdrawn in the meantime. Nothing was loaded.")

    def require_quiet(self) -> None:
        """Raise Busy if the case is being changed."""
        case = self._ask.case
        states = {row["id"]: row["state"] for row in known_cases(self._ask.database)}
        if states.get(case, "open") != "open" or any(
            job.is_unfinished and job.kind != "preview" for job in self.jobs()
        ):
            raise Busy(f"The case {case} is being loaded. Your upload goes on waiting; confirm it when that is done.")

    def load(
        self,
        source: AbstractContextManager[Opened],
        progress: Progress,
        *,
        partial: bool,
        strict: bool,
        dry_run: bool = False,
        identities: bool = False,
        other_names: bool = False,
        protection: str = "",
    ) -> Loaded:
        """Read a delivery, which is open only while being read, and import it. See `Casework.load`.

        If `identities` is set, the sealed people in it are returned as well; the log records this.

        Raises:
            Refused: `identities` without source clearance: that a person is sealed or missing could reveal a source.
        """
        if identities and not self._ask.grant.sources:
            raise Refused("To list who is sealed in a delivery takes source clearance. Nothing was loaded.")
        case, progress = self._ask.case, self._ask.progress(progress)
        require_name(case)
        detail = {"partial": partial, "strict": strict, "dry_run": dry_run} | (
            {"identities": True} if identities else {}
        )
        with self._ask.act("load", **detail) as outcome:
            self.require_whole()
            with source as opened:
                delivery = self._read(opened, progress)
            moves: list[Move] = []
            loaded = self._ask.home.casework.load(
                case,
                self._ask.principal.name,
                delivery,
                progress,
                partial=partial,
                strict=strict,
                dry_run=dry_run,
                compares=self.comparing(moves) if dry_run else None,
                sources=self._ask.grant.sources,
                other_names=other_names,
                protection=protection,
                still=self.require_still,
            )
            outcome |= taken_in(loaded)
        return replace(loaded, chart=delivery.chart, moves=moves, names=loaded.names if identities else {})

    def comparing(self, moves: list[Move]) -> Callable[[Graphed], None]:
        """Return a callback that adds the expected changes of the leads to `moves`, if this person may rank the leads.

        It needs source clearance: by importing a guess about someone and watching the leads, a reader could find out
        whether they are a source.
        """
        sees_case = self._ask.case in {known.id for known in self._ask.cases()}

        def compare(result: Graphed) -> None:
            if sees_case and self._ask.grant.sources and self._ask.may("analyse"):
                moves.extend(self._moves.expected_moves(result))

        return compare

    @uncollected()
    def _read(self, opened: Opened, progress: Progress) -> Delivery:
        settings = self._ask.settings
        progress(0, 0, "reading the delivery")
        return read_case(
            opened.path,
            Limits(settings.upload_mb * 1024 * 1024, settings.cell_chars),
            load_mapping(opened.mapping) if opened.mapping else None,
            lambda file, rows: progress(rows, 0, f"reading {file}" if opened.named else "reading the delivery"),
        )

    def start(self, kind: str, work: Any, **about: Any) -> str:
        """Start a job; return its id."""
        return self._ask.home.jobs.start(*self.owner, kind, work, **about)

    def job(self, job: str, wait_s: float = 0.0) -> Job:
        """Return a job of the case, after waiting at most `wait_s` seconds. Only its owner sees error details.

        Raises:
            NotFound: there is no such job.
        """
        self.require()
        return self._redact(self._ask.home.jobs.one(job, self._ask.case, self._ask.principal.name, wait_s))

    def jobs(self) -> list[Job]:
        """Return the newest jobs of the case."""
        self.require()
        jobs = self._ask.home.jobs.of(self._ask.case, self._ask.principal.name, ("preview", "load", "undo"))
        return [self._redact(job) for job in jobs]

    def _redact(self, job: Job) -> Job:
        """Remove from a job what this person may not know.

        Readers without source clearance do not see how much was written. Of other people's jobs they see no numbers of
        statements, claims or sealed people: if the job imports a single statement, these would reveal its contents.
        """
        if self._ask.grant.sources:
            return job
        done, total = without_amounts(job.done, job.total)
        job = replace(job, done=done, total=total)
        if job.account == self._ask.principal.name:
            return job
        result = {name: value for name, value in job.result.items() if name not in ("rejected", "notes", "owed")}
        if "counts" in result:
            result["counts"] = counts_told(result["counts"], self._ask.grant)
        return replace(job, result=result)


def taken_in(loaded: Loaded) -> dict[str, Any]:
    """Return what to log at the end of an import: the number of rows and, unless it waits, the delivery's number."""
    if not loaded.committed:
        return {"rows": 0}
    rows = sum(counts["read"] - counts["rejected"] for counts in loaded.counts.values())
    return {"rows": rows} if loaded.waits else {"rows": rows, "outcome": f"released, delivery {loaded.delivery}"}


def counts_told(counts: Mapping[str, Any], grant: Grant) -> dict[str, Any]:
    """Return those counts of a delivery, by table, that a reader with this clearance may see."""
    return {table: count for table, count in counts.items() if grant.sources or table not in ("statements", "links")}
