"""The accounts of witnesses that were added by form and wait to open with others, in the application database."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from graphsvc.access.log.audit import now
from graphsvc.appdb import tables, transaction
from graphsvc.cases.deliveries.batches import SERVICE, Wait
from graphsvc.cases.deliveries.sealed_rows import open_rows, seal_rows
from graphsvc.errors import Busy, RequestError
from graphsvc.ingest.check import Delivery, Row, digest
from graphsvc.ingest.fold import State

_TABLE = tables.waiting
# Numbers of those that wait, drawn by lot from as many: far beyond those of deliveries.
_FIRST, _MANY = 1_000_000, 900_000_000


@dataclass(frozen=True, slots=True)
class Opening:
    """One that opens, as a delivery is kept.

    Attributes:
        waited: its number while it waited.
    """

    waited: int
    status: str
    partial: bool
    rows_sealed: bytes


class Waitlist:
    """Who waits in each case. Whoever changes anything holds the case's lock."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    def cases(self) -> list[str]:
        """Cases in which somebody waits."""
        with transaction(self._database) as connection:
            rows = connection.execute(sa.select(_TABLE.c.case_id).distinct().order_by(_TABLE.c.case_id))
            return [row.case_id for row in rows]

    def rows(self, case: str) -> dict[int, Any]:
        """Number → row, in the order they were added."""
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(_TABLE).where(_TABLE.c.case_id == case).order_by(_TABLE.c.added_at, _TABLE.c.number)
            )
            return {row.number: row for row in rows}

    def waits(self, case: str, key: bytes) -> dict[int, Wait]:
        """How each waits, by number."""
        return {number: _wait(key, case, row) for number, row in self.rows(case).items()}

    def keep(
        self,
        case: str,
        key: bytes,
        account: str,
        delivery: Delivery,
        counts: Mapping[str, Any],
        on: dt.date,
        *,
        partial: bool,
    ) -> int:
        """Keep one; gives its number."""
        number, moment = _FIRST + secrets.randbelow(_MANY), now()
        with transaction(self._database) as connection:
            connection.execute(
                _TABLE.insert().values(
                    case_id=case,
                    number=number,
                    partial=partial,
                    account=account,
                    received_on=on,
                    added_at=moment,
                    since=moment,
                    counts=counts,
                    rows_sealed=seal_rows(
                        key, case, number, delivery.rows, delivery.columns, delivery.incomplete, delivery.accepted
                    ),
                )
            )
        return number

    def chosen(
        self,
        case: str,
        key: bytes,
        choose: Callable[[Mapping[int, Wait]], Collection[int]],
        state: Callable[[], State],
        first: int,
    ) -> dict[int, Opening]:
        """Those that are to open, by the numbers they get; what does not fit the case any more is held back.

        Args:
            case: the case.
            key: its data key.
            choose: given how each waits, the numbers of those that are to open; asked again whenever one falls out.
            state: what the deliveries that count make.
            first: the number of the next delivery. In which order they follow is drawn by lot.
        """
        while True:
            rows = self.rows(case)
            numbers = choose(self.waits(case, key))
            order = [number for number in rows if number in numbers]
            secrets.SystemRandom().shuffle(order)
            opening, now_there = dict[int, Opening](), state() if order else State()
            for number in order:
                row, anew = rows[number], first + len(opening)
                delivery = open_rows(key, case, number, row.rows_sealed, partial=row.partial)
                if delivery.fold(now_there, anew).rejections:
                    self.hold_back(case, number, SERVICE)
                    break
                sealed = seal_rows(
                    key, case, anew, delivery.rows, delivery.columns, delivery.incomplete, delivery.accepted
                )
                opening[anew] = Opening(number, "loading", row.partial, sealed)
            else:
                return opening

    def repeated(self, case: str, key: bytes, delivery: Delivery) -> int | None:
        """The number of the one that waits and says the same; None if none does.

        Raises:
            RequestError: one waits that the same form made, and the form says something else by now.
        """
        sought, made = delivery.digest, _statements(delivery.rows)
        for number, row in self.rows(case).items():
            rows = open_rows(key, case, number, row.rows_sealed, partial=row.partial).rows
            if digest(rows) == sought:
                return number
            if made & _statements(rows):
                raise RequestError(
                    f"This form was added already: it waits as number {number}, without what you have typed since. Take"
                    " that back on the page Load and add this one, or begin a new form."
                )
        return None

    def begin_opening(self, case: str, opening: Mapping[int, Opening], at: dt.datetime, state: str) -> None:
        """Make deliveries of them, all at once; `state` is that of the case until they are written.

        Raises:
            Busy: one of them was held back or taken back meanwhile; nothing is changed.
        """
        with transaction(self._database) as connection:
            for number, delivery in opening.items():
                mine = (_TABLE.c.case_id == case, _TABLE.c.number == delivery.waited, _TABLE.c.held_by == "")
                row = connection.execute(sa.select(_TABLE).where(*mine)).one_or_none()
                if row is None or not connection.execute(_TABLE.delete().where(*mine)).rowcount:
                    raise Busy("An account that was to open was held back or taken back at this moment. Try again.")
                connection.execute(
                    tables.deliveries.insert().values(
                        case_id=case,
                        number=number,
                        partial=row.partial,
                        status=delivery.status,
                        account=row.account,
                        received_on=row.received_on,
                        loaded_at=row.added_at,
                        opened_at=at,
                        counts=row.counts,
                        rows_sealed=delivery.rows_sealed,
                    )
                )
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state=state))

    def hold_back(self, case: str, number: int, by: str) -> bool:
        """Hold one back, or let it go (`by` nobody), and then it waits from now on; whether there is such a one."""
        change: dict[str, Any] = {"held_by": by} if by else {"held_by": "", "since": now()}
        with transaction(self._database) as connection:
            mine = (_TABLE.c.case_id == case, _TABLE.c.number == number)
            return bool(connection.execute(_TABLE.update().where(*mine).values(**change)).rowcount)

    def withdraw(self, case: str, number: int) -> None:
        """Take one back: nothing of it stays."""
        with transaction(self._database) as connection:
            connection.execute(_TABLE.delete().where(_TABLE.c.case_id == case, _TABLE.c.number == number))


def _wait(key: bytes, case: str, row: Any) -> Wait:
    rows = open_rows(key, case, row.number, row.rows_sealed, partial=row.partial).rows
    statements = [record.values for record in rows if record.table == "statements"]
    # The loader is part of it: a statement made up in the name of a real source must not change when others open.
    given_by = frozenset(f"{row.account}\n{statement.get('source_id', statement['id'])}" for statement in statements)
    open_too = any(statement.get("handling") == "P" for statement in statements)
    return Wait(row.since, given_by, held=bool(row.held_by), handling="P" if open_too else "C")


def _statements(rows: Iterable[Row]) -> set[str]:
    return {row.values["id"] for row in rows if row.table == "statements"}
