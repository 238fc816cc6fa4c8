"""Deliveries of a case: loaded, taken back and, after a kill, completed.

What the graph should hold is always computed from the deliveries that count, in order; what is written is the
difference to what it does hold. A delivery is first recorded as `loading` (with its rows), then written in batches,
then marked `active`: whatever interrupts that, the next start finds the mark and writes the rest.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout

from graphsvc.access.audit import now
from graphsvc.access.policy import no_such_case
from graphsvc.access.vault import Vault, pack, unpack
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.errors import Busy, GraphsvcError, NotFound, RequestError
from graphsvc.ingest.check import Delivery, Rejection, Row
from graphsvc.ingest.fold import Report, State, fold
from graphsvc.service.graphing import Graphed, graphed
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
        counts: table → what became of its rows (`ingest.fold.Counts` as a dictionary).
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

    def __init__(self, store: Callable[[], Store], database: sa.Engine, vault: Vault, settings: Settings) -> None:
        self._store = store
        self._database = database
        self._vault = vault
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
            key = self._key(case, create=not dry_run)
            progress(0, 0, "reading what is loaded already")
            state = State()
            past = self._deliveries(case)
            for number, row in past.items():
                self._fold(state, key, case, number, row)
            number = self._next_number(case)
            progress(0, 0, "checking the delivery against it")
            report = fold(state, number, delivery.rows, delivery.columns, partial=partial)
            rejections = sorted([*delivery.rejections, *report.rejections], key=lambda one: (one.file, one.line))
            counts = _counts(delivery, report)
            same = next(
                (n for n, row in past.items() if row.digest == delivery.digest and row.partial == partial), None
            )
            nothing = report.changes == 0 and (same is not None or not delivery.rows)
            on = self._opened_on(case)
            if dry_run or nothing or (strict and rejections):
                self._unmake(case)
                return Loaded(case, None, same if nothing else None, counts, rejections, committed=False)
            result = graphed(state, key, on)
            self._begin(case, key, number, account, delivery, counts, on, partial=partial)
            try:
                self._write(case, result, progress)
            except CancelledError:
                self._forget(case, number)
                self._restore(case, key, _quiet)
                self._unmake(case)
                raise
            self._finish(case, key, result, {number: "active"})
            return Loaded(case, number, None, counts, rejections, True, _names(delivery, result))

    def undo(self, case: str, number: int, progress: Progress) -> None:
        """Take a delivery back: the case then equals its other deliveries loaded in order.

        Raises:
            NotFound: there is no such delivery, or it has been taken back.
            CancelledError: `progress` raised it; the case is as it was.
        """
        with self._locked(case):
            self._recover(case, progress)
            key = self._key(case, create=False)
            if number not in self._deliveries(case):
                raise NotFound(
                    f"The case {case} has no delivery {number} that is loaded. `graphsvc deliveries` lists them."
                )
            self._mark(case, number, "undoing", "loading")
            try:
                self._restore(case, key, progress)
            except CancelledError:
                self._mark(case, number, "active", "loading")
                self._restore(case, key, _quiet)
                raise

    def recover(self, progress: Progress) -> list[str]:
        """Complete what a kill interrupted, in every case nobody is working on; gives the cases."""
        with transaction(self._database) as connection:
            waiting = list(
                connection.execute(sa.select(tables.cases.c.id).where(tables.cases.c.state != "open")).scalars()
            )
        done: list[str] = []
        for case in waiting:
            try:
                with self._locked(case):
                    self._recover(case, progress)
                    done.append(case)
            except Busy:
                continue  # its own process is still at work
        return done

    def deliveries(self, case: str) -> list[dict[str, Any]]:
        """The case's deliveries, newest first: number, status, who, when, counts; never their rows."""
        table = tables.deliveries
        columns = [column for column in table.c if column.name not in ("rows_sealed", "digest")]
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(*columns).where(table.c.case_id == case).order_by(table.c.number.desc())
            ).mappings()
            return [dict(row) for row in rows]

    def dependence(self, case: str, level: str) -> dict[str, frozenset[str]]:
        """What the sources of a case share, at level `all` or `p`; for computing only."""
        with transaction(self._database) as connection:
            row = connection.execute(
                sa.select(tables.cases.c.dependence_sealed).where(tables.cases.c.id == case)
            ).first()
        if row is None or row.dependence_sealed is None:
            return {}
        key = self._key(case, create=False)
        kept = unpack(key, row.dependence_sealed, f"dependence {case}")
        return {source: frozenset(keys) for source, keys in kept[level].items()}

    def provenance(self, case: str, claims: list[str]) -> dict[str, tuple[int, int]]:
        """Claim id → (delivery, line in its links file)."""
        table = tables.provenance
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(table.c.claim_id, table.c.delivery, table.c.line).where(
                    table.c.case_id == case, table.c.claim_id.in_(claims)
                )
            )
            return {row.claim_id: (row.delivery, row.line) for row in rows}

    def identities(self, case: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Pseudonym → what only the vault knows of it. Opening any is for custodians, one by one, with a reason."""
        table = tables.identities
        with transaction(self._database) as connection:
            rows = list(connection.execute(sa.select(table).where(table.c.case_id == case)))
        for row in rows:
            what = f"identity {case} {row.pseudonym}"
            yield row.pseudonym, unpack(self._vault.key(row.key_sealed, what), row.values_sealed, what)

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
        with transaction(self._database) as connection:
            state = connection.execute(sa.select(tables.cases.c.state).where(tables.cases.c.id == case)).scalar()
        if state == "loading":
            progress(0, 0, "completing an interrupted load")
            self._restore(case, self._key(case, create=False), progress)

    def _restore(self, case: str, key: bytes, progress: Progress) -> None:
        """Make the graph what the deliveries that count say, and settle their marks."""
        state, settled = State(), {}
        on = self._opened_on(case)
        for number, row in self._deliveries(case).items():
            if row.status == "undoing":
                settled[number] = "undone"
                continue
            if row.status == "loading":
                settled[number] = "active"
            self._fold(state, key, case, number, row)
        result = graphed(state, key, on)
        self._write(case, result, progress)
        self._finish(case, key, result, settled)

    def _write(self, case: str, result: Graphed, progress: Progress) -> None:
        progress(0, 0, "comparing with the graph")
        store = self._store()
        steps = difference(read_image(store, case), result.image)
        write(store, case, steps, self._settings.batch_rows, progress)

    # -- the application database -----------------------------------------------------------------------------

    def _key(self, case: str, *, create: bool) -> bytes:
        """The case's data key; of a new case one that is kept only if `create`."""
        with transaction(self._database) as connection:
            wrapped = connection.execute(sa.select(tables.cases.c.key_sealed).where(tables.cases.c.id == case)).scalar()
            if wrapped is not None:
                return self._vault.key(wrapped, f"case {case}")
            key, wrapped = self._vault.new_key(f"case {case}")
            if create:
                connection.execute(tables.cases.insert().values(id=case, key_sealed=wrapped, created_at=now()))
            return key

    def _unmake(self, case: str) -> None:
        """Forget a case that never held a delivery: a first load that came to nothing leaves no empty case."""
        table = tables.deliveries
        with transaction(self._database) as connection:
            if connection.execute(sa.select(table.c.number).where(table.c.case_id == case).limit(1)).first() is None:
                connection.execute(tables.cases.delete().where(tables.cases.c.id == case))

    def _opened_on(self, case: str) -> dt.date:
        """The day the case was made: who was under 18 then stays sealed, whenever a delivery comes or goes."""
        with transaction(self._database) as connection:
            opened = connection.execute(sa.select(tables.cases.c.created_at).where(tables.cases.c.id == case)).scalar()
        return (opened or now()).date()

    def _deliveries(self, case: str) -> dict[int, Any]:
        """The deliveries that are loaded or being worked on, in order."""
        table = tables.deliveries
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(table).where(table.c.case_id == case, table.c.status != "undone").order_by(table.c.number)
            )
            return {row.number: row for row in rows}

    def _next_number(self, case: str) -> int:
        with transaction(self._database) as connection:
            last = connection.execute(
                sa.select(sa.func.max(tables.deliveries.c.number)).where(tables.deliveries.c.case_id == case)
            ).scalar()
        return (last or 0) + 1

    def _fold(self, state: State, key: bytes, case: str, number: int, row: Any) -> Report:
        kept = unpack(key, row.rows_sealed, f"delivery {case} {number}")
        rows = [Row(table, file, line, values) for table, file, line, values in kept["rows"]]
        return fold(state, number, rows, kept["columns"], partial=row.partial)

    def _begin(
        self,
        case: str,
        key: bytes,
        number: int,
        account: str,
        delivery: Delivery,
        counts: Mapping[str, Mapping[str, int]],
        on: dt.date,
        *,
        partial: bool,
    ) -> None:
        """Record the delivery before the first write; from here on a kill is completed, not forgotten."""
        rows = [(row.table, row.file, row.line, row.values) for row in delivery.rows]
        sealed = pack(key, {"rows": rows, "columns": delivery.columns}, f"delivery {case} {number}")
        with transaction(self._database) as connection:
            connection.execute(
                tables.deliveries.insert().values(
                    case_id=case,
                    number=number,
                    digest=delivery.digest,
                    partial=partial,
                    status="loading",
                    account=account,
                    received_on=on,
                    loaded_at=now(),
                    counts=counts,
                    rows_sealed=sealed,
                )
            )
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state="loading"))

    def _mark(self, case: str, number: int, status: str, state: str) -> None:
        with transaction(self._database) as connection:
            connection.execute(
                tables.deliveries.update()
                .where(tables.deliveries.c.case_id == case, tables.deliveries.c.number == number)
                .values(status=status)
            )
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state=state))

    def _forget(self, case: str, number: int) -> None:
        with transaction(self._database) as connection:
            connection.execute(
                tables.deliveries.delete().where(
                    tables.deliveries.c.case_id == case, tables.deliveries.c.number == number
                )
            )

    def _finish(self, case: str, key: bytes, result: Graphed, settled: Mapping[int, str]) -> None:
        """Bring the vault in line with the graph, settle the deliveries and open the case again, all in one."""
        kept = {level: {s: sorted(k) for s, k in held.items()} for level, held in result.dependence.items()}
        mine = tables.identities.c.case_id == case
        with transaction(self._database) as connection:
            connection.execute(tables.identities.delete().where(mine))
            rows = [
                self._identity(case, pseudonym, kind, values) for pseudonym, (kind, values) in result.identities.items()
            ]
            if rows:
                connection.execute(tables.identities.insert(), rows)
            connection.execute(tables.provenance.delete().where(tables.provenance.c.case_id == case))
            if result.provenance:
                connection.execute(
                    tables.provenance.insert(),
                    [
                        {"case_id": case, "claim_id": claim, "delivery": delivery, "line": line}
                        for claim, (delivery, line) in result.provenance.items()
                    ],
                )
            for number, status in settled.items():
                change: dict[str, Any] = {"status": status}
                if status == "undone":
                    change["rows_sealed"] = None
                connection.execute(
                    tables.deliveries.update()
                    .where(tables.deliveries.c.case_id == case, tables.deliveries.c.number == number)
                    .values(**change)
                )
            connection.execute(
                tables.cases.update()
                .where(tables.cases.c.id == case)
                .values(
                    state="open",
                    version=tables.cases.c.version + 1,
                    dependence_sealed=pack(key, kept, f"dependence {case}"),
                )
            )

    def _identity(self, case: str, pseudonym: str, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
        what = f"identity {case} {pseudonym}"
        key, wrapped = self._vault.new_key(what)
        return {
            "case_id": case,
            "pseudonym": pseudonym,
            "kind": kind,
            "key_sealed": wrapped,
            "values_sealed": pack(key, values, what),
        }


def known_cases(database: sa.Engine) -> list[dict[str, Any]]:
    """Every case: id, state, version, created_at."""
    columns = (tables.cases.c.id, tables.cases.c.state, tables.cases.c.version, tables.cases.c.created_at)
    with transaction(database) as connection:
        return [dict(row) for row in connection.execute(sa.select(*columns).order_by(tables.cases.c.id)).mappings()]


def version_of(database: sa.Engine, case: str) -> int:
    """How often a case has been changed.

    Raises:
        NotFound: there is no such case.
    """
    with transaction(database) as connection:
        version = connection.execute(sa.select(tables.cases.c.version).where(tables.cases.c.id == case)).scalar()
    if version is None:
        raise no_such_case(case)
    return int(version)


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
