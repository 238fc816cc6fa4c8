"""What a session can do to the deliveries of a case: look at them, load one, take one back; at once or as a job.

In the browser a delivery is uploaded, previewed, and confirmed or cancelled; each of these asks anew whether the
person may. What rejections say may name sealed persons, so it goes to the one who loads and is kept nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphsvc.access.log.audit import now
from graphsvc.access.people import accounts, policy
from graphsvc.cases.case_name import require_name
from graphsvc.cases.deliveries.batches import next_time
from graphsvc.cases.deliveries.casework import Progress
from graphsvc.cases.deliveries.loaded import Loaded
from graphsvc.cases.gc_pause import uncollected
from graphsvc.cases.jobs import Job
from graphsvc.cases.register import known_cases
from graphsvc.cases.stores.parcel import Parcel
from graphsvc.cases.stores.uploads import Opened, Options, Upload
from graphsvc.errors import Busy, InputError, Refused, RequestError
from graphsvc.ingest.check import Delivery, read_case
from graphsvc.ingest.i2.chart import ChartRead as ChartRead
from graphsvc.ingest.i2.chart import chart_mapping as chart_mapping
from graphsvc.ingest.mapping import built_in_mappings, load_mapping, mapping_of
from graphsvc.ingest.raw import Limits
from graphsvc.service.ask import Reading

# What the mapping is called that somebody chose in a preview.
CORRECTED = "chosen in the preview.toml"


class Loading(Reading):
    """The part of a session that loads."""

    # -- at once ----------------------------------------------------------------------------------------------

    def load(
        self,
        path: Path,
        progress: Progress,
        *,
        mapping: str = "",
        partial: bool = False,
        strict: bool = False,
        dry_run: bool = False,
    ) -> Loaded:
        """Load a delivery (folder, .zip, .xlsx, or an .anx chart) into the case, which is made if it is new.

        Raises:
            InputError: it cannot be read as it is. Refused: loading takes clearance for the whole case.
        """
        source = nullcontext(Opened(path, mapping, named=True))
        return self._load(source, progress, partial=partial, strict=strict, dry_run=dry_run)

    def undo(self, delivery: int, progress: Progress) -> None:
        """Take a delivery back.

        Raises:
            NotFound: there is no such delivery. Refused: it takes clearance for the whole case and for sources.
        """
        with self._service.gate.acting(self.principal, self.purpose, "load", self.case, undo=delivery):
            self._require_undoing(self.case, delivery)
            self._service.casework.undo(self.case, delivery, progress)

    def undoing(self, delivery: int) -> list[str]:
        """What taking a delivery back would do to who is sealed, in sentences that name nobody. Raises as `undo`."""
        with self._service.gate.acting(self.principal, self.purpose, "load", self.case, undo=delivery, dry_run=True):
            self._require_undoing(self.case, delivery)
            return self._service.casework.undoing(self.case, delivery)

    def deliveries(self) -> list[dict[str, Any]]:
        """The deliveries of the case, newest first; none without clearance for handling code C.

        How many statements and claims there were takes source clearance as well.
        """
        with self._service.gate.acting(self.principal, self.purpose, "read", self.case, query="deliveries"):
            # That something came which does not show at all is not told either.
            if self.grant.handling != "C":
                return []
            loaded = self._told_of(self._service.register.deliveries(self.case))
            rows = [*self._yet_to_open(), *(row | {"held_by": ""} for row in loaded)]
            return [row | {"counts": self._counts(row["counts"])} for row in rows]

    def _told_of(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The deliveries as this person may know them.

        Of others' accounts that opened together neither who added them is told nor when, and they are one row.
        """
        opened: dict[dt.datetime, dict[str, Any]] = {}
        told = []
        for row in rows:
            if row["opened_at"] is None or self._is_told(row["account"]):
                told.append(row)
            elif row["status"] == "active":
                first = opened.get(row["opened_at"])
                if first is None:
                    first = row | {"account": "", "loaded_at": row["opened_at"], "received_on": row["opened_at"].date()}
                    opened[row["opened_at"]] = first
                    told.append(first)
                else:
                    first["number"] = row["number"]
                    first["counts"] = _summed(first["counts"], row["counts"])
        return told

    def _yet_to_open(self) -> list[dict[str, Any]]:
        """The accounts that wait, newest first: one's own, all with source clearance."""
        names = ("case_id", "number", "partial", "account", "received_on", "counts", "held_by")
        return [
            {name: getattr(row, name) for name in names}
            | {"status": "waiting", "loaded_at": row.added_at, "opened_at": None}
            for row in reversed(self._service.waitlist.rows(self.case).values())
            if self._is_told(row.account)
        ]

    def _is_told(self, account: str) -> bool:
        """Whether this person may know what that account added by form, and when."""
        return self.grant.sources or account == self.principal.name

    def next_opening(self) -> dt.datetime | None:
        """When accounts that are added by form open to others at the earliest (UTC); None: at once."""
        times = self._service.account_times
        return next_time(times, now()) if times else None

    def _counts(self, counts: dict[str, Any]) -> dict[str, Any]:
        """What of a delivery's counts may be told."""
        if self.grant.sources:
            return counts
        return {table: count for table, count in counts.items() if table not in ("statements", "links")}

    def require_loading(self) -> None:
        """Nothing, if this person may load into the case, or make it.

        Raises:
            Refused: role or clearance is missing. NotFound: the case is not theirs. RequestError: it is no name.
        """
        policy.require(self.principal, "load")
        case = self._case or self.case
        require_name(case)
        self._require_whole(case)

    def mappings(self) -> list[str]:
        """Names of the built-in mappings for other people's tables."""
        return built_in_mappings()

    # -- in the browser ---------------------------------------------------------------------------------------

    @contextmanager
    def receiving(self) -> Iterator[Parcel]:
        """A parcel to stream an upload into; unless `upload` takes it inside the block, nothing stays of it.

        Raises:
            Refused, NotFound, RequestError: see `require_loading`; before a byte is received.
        """
        case = self._case or self.case
        with self._service.gate.acting(self.principal, self.purpose, "load", case, step="upload"):
            self.require_loading()
            with self._service.uploads.receiving() as parcel:
                yield parcel

    def upload(self, parcel: Parcel, name: str, options: Options) -> Upload:
        """Keep what was received, to be previewed and then confirmed or cancelled.

        Raises:
            InputError: it is empty, of the wrong kind, or the mapping cannot be used. RequestError: no such mapping.
        """
        self.require_loading()
        if options.mapping and not options.mapping_text and options.mapping not in built_in_mappings():
            raise RequestError(f"There is no mapping {options.mapping[:60]!r}. Choose one of the list.")
        return self._service.uploads.keep(parcel, self.principal.name, self._case or self.case, name, options)

    def uploads(self) -> list[Upload]:
        """Your uploads that wait in this case."""
        self.require_loading()
        return self._service.uploads.waiting(self.principal.name, self._case or self.case)

    def waiting(self, upload: str) -> Upload:
        """One of your uploads.

        Raises:
            NotFound: it does not wait any more.
        """
        self.require_loading()
        return self._service.uploads.one(upload, *self._whose)

    def preview(self, upload: str, progress: Progress) -> Loaded:
        """What loading an upload would do; worked out once, then remembered as long as the upload waits.

        Raises:
            InputError: it cannot be read as it is. NotFound, Busy: see `cases.stores.uploads`.
        """
        kept = self._service.uploads.previews
        waiting = self.waiting(upload)
        if upload not in kept:
            source = self._service.uploads.opened(upload, *self._whose)
            options = waiting.options
            loaded = self._load(source, progress, partial=options.partial, strict=options.strict, dry_run=True)
            self.waiting(upload)  # cancelled in the meantime: nothing is remembered
            kept[upload] = loaded
        return kept[upload]

    def correct_upload(self, upload: str, mapping: str) -> None:
        """Have one of your uploads, a chart, read by another mapping; its preview is worked out anew.

        Args:
            upload: its id.
            mapping: TOML, as `ingest.i2.chart.chart_mapping` makes it.

        Raises:
            InputError: the mapping cannot be used. NotFound: it does not wait any more. Busy: it is being read.
        """
        case = self._case or self.case
        with self._service.gate.acting(self.principal, self.purpose, "load", case, step="correct upload"):
            waiting = self.waiting(upload)
            mapping_of(CORRECTED, mapping.encode())
            options = replace(waiting.options, mapping=CORRECTED, mapping_text=mapping)
            self._service.uploads.change(upload, *self._whose, options)

    def previewed(self, upload: str) -> Loaded | None:
        """The preview of an upload if this process has worked it out."""
        self.waiting(upload)
        return self._service.uploads.previews.get(upload)

    def start_preview(self, upload: str) -> str:
        """Work out the preview as a job; gives its id."""

        def work(progress: Progress) -> dict[str, Any]:
            try:
                self.preview(upload, progress)
            except InputError:
                self.cancel_upload(upload)  # it will not become readable by waiting
                raise
            return {}

        self.waiting(upload)
        return self._start("preview", work, upload=upload)

    def confirm(self, upload: str) -> str:
        """Load an upload as a job, and delete it; gives the job's id.

        Raises:
            NotFound: it does not wait any more. Busy: the case is being loaded; the upload goes on waiting.
        """
        self.require_loading()
        self._require_quiet()
        options = self.waiting(upload).options
        source = self._service.uploads.claim(upload, *self._whose)

        def work(progress: Progress) -> dict[str, Any]:
            loaded = self._load(source, progress, partial=options.partial, strict=options.strict)
            return {
                "delivery": loaded.delivery,
                "same_as": loaded.same_as,
                "committed": loaded.committed,
                "counts": loaded.counts,
                "rejected": len(loaded.rejections),
                "notes": loaded.notes,
            }

        return self._start("load", work)

    def take_back(self, delivery: int) -> str:
        """Take a delivery back as a job; gives its id.

        Raises:
            Refused: it takes clearance for the whole case and for sources. Busy: the case is being loaded.
        """
        self.require_loading()
        self._require_undoing(self.case, delivery)
        self._require_quiet()

        def work(progress: Progress) -> dict[str, Any]:
            self.undo(delivery, progress)
            return {}

        # Of an account that waits or has waited nobody is told that it is taken back, no more than that it was added.
        rows = {row["number"]: row for row in self.deliveries()}
        kind = (
            "withdraw"
            if delivery in rows and (rows[delivery]["status"] == "waiting" or rows[delivery]["opened_at"])
            else "undo"
        )
        return self._start(kind, work, delivery=delivery)

    def cancel_upload(self, upload: str) -> None:
        """Delete one of your uploads.

        Raises:
            NotFound: it does not wait any more.
        """
        with self._service.gate.acting(self.principal, self.purpose, "load", step="cancel upload"):
            self._service.uploads.drop(upload, *self._whose)

    # -- jobs -------------------------------------------------------------------------------------------------

    def job(self, job: str, wait_s: float = 0.0) -> Job:
        """A job of the case, after waiting for its end so long at most. What an error said goes to who began it.

        Raises:
            NotFound: there is none.
        """
        self.require_loading()
        return self._service.jobs.one(job, self._case or self.case, self.principal.name, wait_s)

    def jobs(self) -> list[Job]:
        """The newest jobs of the case."""
        self.require_loading()
        return self._service.jobs.of(self._case or self.case, self.principal.name, ("preview", "load", "undo"))

    def cancel_job(self, job: str) -> None:
        """Ask a job of the case to stop; the case is then as it was. Nothing if it has ended.

        Raises:
            NotFound: there is none.
        """
        case = self._case or self.case
        with self._service.gate.acting(self.principal, self.purpose, "load", case, step="cancel job"):
            self._service.jobs.cancel(self.job(job).id)

    # -- how --------------------------------------------------------------------------------------------------

    @property
    def _whose(self) -> tuple[str, str]:
        return self.principal.name, self._case or self.case

    def _start(self, kind: str, work: Any, **about: Any) -> str:
        return self._service.jobs.start(*self._whose, kind, work, **about)

    def _load(
        self,
        source: AbstractContextManager[Opened],
        progress: Progress,
        *,
        partial: bool,
        strict: bool,
        dry_run: bool = False,
    ) -> Loaded:
        """Read a delivery, which lies open no longer than that, and load it."""
        case = self._case or self.case
        detail = {"partial": partial, "strict": strict, "dry_run": dry_run}
        with self._service.gate.acting(self.principal, self.purpose, "load", case, **detail) as outcome:
            self._require_whole(case)
            with source as opened:
                delivery = self._read(opened, progress)
            loaded = self._service.casework.load(
                case,
                self.principal.name,
                delivery,
                progress,
                partial=partial,
                strict=strict,
                dry_run=dry_run,
                still=self._require_still,
            )
            outcome["rows"] = sum(counts["read"] for counts in loaded.counts.values())
        return replace(loaded, chart=delivery.chart)

    @uncollected()
    def _read(self, opened: Opened, progress: Progress) -> Delivery:
        settings = self._service.settings
        progress(0, 0, "reading the delivery")
        return read_case(
            opened.path,
            Limits(settings.upload_mb * 1024 * 1024, settings.cell_chars),
            load_mapping(opened.mapping) if opened.mapping else None,
            lambda file, rows: progress(rows, 0, f"reading {file}" if opened.named else "reading the delivery"),
        )

    def _require_whole(self, case: str) -> None:
        if policy.require_case(self.principal, case).handling != "C":
            raise Refused(
                f"Loading takes clearance for handling code C in the case {case}: a delivery may hold both codes."
            )

    def _require_still(self) -> None:
        """Nothing, if this account may still do what it began: it may have been disabled, or its grant taken, meanwhile."""
        now = accounts.current(self.database, self.principal.name)
        if now is not None:
            policy.require(now, "load")
            case = self._case or self.case
            grant = now.grant(case)
            if grant is None or grant.handling != "C":
                raise Refused(f"Your clearance for the case {case} was taken back meanwhile. Nothing was loaded.")

    def _require_undoing(self, case: str, number: int) -> None:
        """Of somebody else's delivery no refusal tells whether it holds what witnesses said: it takes source clearance.

        Whoever delivered it knows what it holds, and takes back without what holds none.
        """
        self._require_whole(case)
        waits = self._service.waitlist.rows(case).get(number)
        if waits is not None and waits.account == self.principal.name:
            return
        own = any(
            row["number"] == number and row["account"] == self.principal.name
            for row in self._service.register.deliveries(case)
        )
        if not own or self._service.casework.holds_accounts(case, number):
            policy.require_sources(self.principal, case)

    def _require_quiet(self) -> None:
        """Nothing, if the case is not being changed at this moment."""
        case = self._case or self.case
        states = {row["id"]: row["state"] for row in known_cases(self._service.database)}
        if states.get(case, "open") != "open" or any(job.unfinished and job.kind != "preview" for job in self.jobs()):
            raise Busy(f"The case {case} is being loaded. Your upload goes on waiting; confirm it when that is done.")


def _summed(one: dict[str, dict[str, int]], other: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The counts of two deliveries together."""
    return {
        table: {
            name: one.get(table, {}).get(name, 0) + other.get(table, {}).get(name, 0)
            for name in {**one.get(table, {}), **other.get(table, {})}
        }
        for table in {**one, **other}
    }
