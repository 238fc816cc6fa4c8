"""Deliveries of a case: loaded, taken back and, after a kill, completed.

What the graph should hold is always computed from the deliveries that count, in order; what is written is the
difference to what it does hold. A delivery is first recorded as `loading` (with its rows), then written in batches,
then marked `active`: whatever interrupts that, the next start finds the mark and writes the rest.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from filelock import FileLock, Timeout

from graphsvc.access.vault import unpack
from graphsvc.config import Settings
from graphsvc.errors import Busy, GraphsvcError, NotFound, RequestError
from graphsvc.ingest.check import Delivery, Rejection, Row
from graphsvc.ingest.fold import Report, State, fold
from graphsvc.service.collector import uncollected
from graphsvc.service.graphing import Graphed, graphed
from graphsvc.service.register import Register
from graphsvc.store.bolt import Store
from graphsvc.store.image import difference, read_image, write

Progress = Callable[[int, int, str], None]
_CASE_NAME = 100


class CancelledError(GraphsvcError):
    """The person who asked for it stopped it; what had been written was taken back."""

    exit_code = 130
    status = 409


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a delivery did, or would do.

    Attributes:
        case: the case.
        delivery: its number; None if nothing was committed.
        same_as: number of the earlier delivery that this one repeats, if it changes nothing.
        counts: table → what became of its rows (`ingest.fold.Counts` as a dictionary), and, once committed, how many
            of its cells named somebody sealed and are `masked`.
        rejections: rows left out, in the order of file and line.
        committed: whether the graph was changed.
        names: pseudonym → delivered id and name, for sealed persons of this delivery: for the loader's live answer
            alone, never to be kept.
    """

    case: str
    delivery: int | None
    same_as: int | None
    counts: dict[str, dict[str, int]]
    rejections: list[Rejection]
    committed: bool
    names: dict[str, str] = field(default_factory=dict)


class Casework:
    """Changes cases. Who may is decided before it is called."""

    def __init__(self, store: Callable[[], Store], register: Register, settings: Settings) -> None:
        self._store = store
        self.register = register
        self._settings = settings

    def load(
        self,
        case: str,
        account: str,
        delivery: Delivery,
        progress: Progress,
        *,
        partial: bool = False,
        strict: bool = False,
        dry_run: bool = False,
    ) -> Loaded:
        """Take a delivery into a case, which is made if it is new.

        Raises:
            RequestError: the case's name is none.
            Busy: another delivery of the case is being loaded.
            CancelledError: `progress` raised it; the case is as it was.
        """
        require_name(case)
        with self._locked(case):
            self._recover(case, progress)
            key = self.register.key(case, create=not dry_run)
            progress(0, 0, "reading what is loaded already")
            state = State()
            past = self.register.counting(case)
            for number, row in past.items():
                self._fold(state, key, case, number, row)
            number = self.register.next_number(case)
            progress(0, 0, "checking the delivery against it")
            with uncollected():
                report = fold(state, number, delivery.rows, delivery.columns, partial=partial)
            rejections = sorted([*delivery.rejections, *report.rejections], key=lambda one: (one.file, one.line))
            counts = _counts(delivery, report)
            same = next(
                (n for n, row in past.items() if row.digest == delivery.digest and row.partial == partial), None
            )
            nothing = report.changes == 0 and (same is not None or not delivery.rows)
            on = self.register.opened_on(case)
            if dry_run or nothing or (strict and rejections):
                self.register.unmake(case)
                return Loaded(case, None, same if nothing else None, counts, rejections, committed=False)
            result = graphed(state, key, on)
            counts = {table: row | {"masked": result.masked[number, table]} for table, row in counts.items()}
            self.register.begin(case, key, number, account, delivery, counts, on, partial=partial)
            try:
                self._write(case, result, progress)
            except CancelledError:
                self.register.forget(case, number)
                self._restore(case, key, _quiet)
                self.register.unmake(case)
                raise
            self.register.finish(case, key, result, {number: "active"})
            return Loaded(case, number, None, counts, rejections, True, _names(delivery, result))

    def undo(self, case: str, number: int, progress: Progress) -> None:
        """Take a delivery back: the case then equals its other deliveries loaded in order.

        Raises:
            NotFound: there is no such delivery, or it has been taken back.
            CancelledError: `progress` raised it; the case is as it was.
        """
        with self._locked(case):
            self._recover(case, progress)
            key = self.register.key(case, create=False)
            if number not in self.register.counting(case):
                raise NotFound(
                    f"The case {case} has no delivery {number} that is loaded. `graphsvc deliveries` lists them."
                )
            self.register.mark(case, number, "undoing", "loading")
            try:
                self._restore(case, key, progress)
            except CancelledError:
                self.register.mark(case, number, "active", "loading")
                self._restore(case, key, _quiet)
                raise

    def recover(self, progress: Progress) -> list[str]:
        """Complete what a kill interrupted, in every case nobody is working on; gives the cases."""
        waiting = [row["id"] for row in self.register.cases() if row["state"] != "open"]
        done: list[str] = []
        for case in waiting:
            try:
                with self._locked(case):
                    self._recover(case, progress)
                    done.append(case)
            except Busy:
                continue  # its own process is still at work
        return done

    # -- one case under its lock ------------------------------------------------------------------------------

    @contextmanager
    def _locked(self, case: str) -> Iterator[None]:
        """One writer a case, over all processes of a home; the lock ends with its process, whatever kills it."""
        folder = self._settings.home / "locks"
        folder.mkdir(mode=0o700, exist_ok=True)
        name = hashlib.sha256(case.encode()).hexdigest()[:16]
        try:
            with FileLock(folder / f"{name}.lock", timeout=0.1):
                yield
        except Timeout:
            raise Busy(f"The case {case} is being loaded by someone else. Try again when that is done.") from None

    def _recover(self, case: str, progress: Progress) -> None:
        if any(row["id"] == case and row["state"] == "loading" for row in self.register.cases()):
            progress(0, 0, "completing an interrupted load")
            self._restore(case, self.register.key(case, create=False), progress)

    def _restore(self, case: str, key: bytes, progress: Progress) -> None:
        """Make the graph what the deliveries that count say, and settle their marks."""
        state, settled = State(), {}
        on = self.register.opened_on(case)
        for number, row in self.register.counting(case).items():
            if row.status == "undoing":
                settled[number] = "undone"
                continue
            if row.status == "loading":
                settled[number] = "active"
            self._fold(state, key, case, number, row)
        result = graphed(state, key, on)
        self._write(case, result, progress)
        self.register.finish(case, key, result, settled)

    def _write(self, case: str, result: Graphed, progress: Progress) -> None:
        progress(0, 0, "comparing with the graph")
        store = self._store()
        with uncollected():
            steps = difference(read_image(store, case), result.image)
        write(store, case, steps, self._settings.batch_rows, progress)

    @uncollected()
    def _fold(self, state: State, key: bytes, case: str, number: int, row: Any) -> Report:
        kept = unpack(key, row.rows_sealed, f"delivery {case} {number}")
        rows = [Row(table, file, line, values) for table, file, line, values in kept["rows"]]
        return fold(state, number, rows, kept["columns"], partial=row.partial)


def require_name(case: str) -> None:
    """Nothing, if a case may be called so.

    Raises:
        RequestError: it may not, and what a name is.
    """
    if (
        not case
        or len(case) > _CASE_NAME
        or not case.isprintable()
        or case != case.strip()
        or case == "*"
        or "/" in case
    ):
        raise RequestError(
            f"A case needs a name of 1 to {_CASE_NAME} printable characters without / and without blanks at its ends."
        )


def _counts(delivery: Delivery, report: Report) -> dict[str, dict[str, int]]:
    """What became of the rows of each table: read = added + changed + unchanged + duplicate + rejected."""
    counts: dict[str, dict[str, int]] = {}
    for table, read in delivery.read.items():
        folded = dataclasses.asdict(report.counts[table])
        refused = read - folded["read"]
        counts[table] = folded | {"read": read, "rejected": folded["rejected"] + refused}
    return counts


def _names(delivery: Delivery, result: Graphed) -> dict[str, str]:
    return {
        pseudonym: f"{row.values['id']} {row.values.get('name', '')}".strip()
        for row in delivery.rows
        if row.table == "people" and (pseudonym := result.sealed.get(row.values["id"]))
    }


def _quiet(_done: int, _total: int, _text: str) -> None:
    """Progress that nobody watches."""
