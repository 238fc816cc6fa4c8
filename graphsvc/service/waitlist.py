"""The accounts of witnesses that were added by form and wait to open with others, in the application database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from graphsvc.appdb import tables, transaction
from graphsvc.errors import RequestError
from graphsvc.ingest.check import Delivery, Row, digest
from graphsvc.ingest.fold import State, fold
from graphsvc.service.batches import SERVICE, Wait
from graphsvc.service.delivered import open_rows

_TABLE = tables.deliveries
_WAITS = _TABLE.c.status == "waiting"


class Waitlist:
    """Who waits in each case. Whoever changes anything holds the case's lock."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    def cases(self) -> list[str]:
        """Cases in which somebody waits."""
        with transaction(self._database) as connection:
            rows = connection.execute(sa.select(_TABLE.c.case_id).where(_WAITS).distinct().order_by(_TABLE.c.case_id))
            return [row.case_id for row in rows]

    def rows(self, case: str) -> dict[int, Any]:
        """Number of a delivery → its row, in order."""
        with transaction(self._database) as connection:
            rows = connection.execute(
                sa.select(_TABLE).where(_TABLE.c.case_id == case, _WAITS).order_by(_TABLE.c.number)
            )
            return {row.number: row for row in rows}

    def chosen(
        self,
        case: str,
        key: bytes,
        choose: Callable[[Mapping[int, Wait]], Collection[int]],
        state: Callable[[], State],
    ) -> dict[int, Any]:
        """The rows of those that are to open, in order; what does not fit the case any more is held back.

        Args:
            case: the case.
            key: its data key.
            choose: given how each waits, the numbers of those that are to open.
            state: what the deliveries that count make.
        """
        rows = self.rows(case)
        numbers = choose({number: _wait(key, case, row) for number, row in rows.items()})
        opening = {number: row for number, row in rows.items() if number in numbers}
        now = state() if opening else State()
        for number, row in list(opening.items()):
            delivered, columns = open_rows(key, case, number, row.rows_sealed)
            if fold(now, number, delivered, columns, partial=row.partial).rejections:
                self.hold_back(case, number, SERVICE)
                del opening[number]
        return opening

    def repeated(self, case: str, key: bytes, delivery: Delivery) -> int | None:
        """The number of the one that waits and says the same; None if none does.

        Raises:
            RequestError: one waits that the same form made, and the form says something else by now.
        """
        sought, made = delivery.digest, _statements(delivery.rows)
        for number, row in self.rows(case).items():
            rows, _ = open_rows(key, case, number, row.rows_sealed)
            if digest(rows) == sought:
                return number
            if made & _statements(rows):
                raise RequestError(
                    f"This form was added already: it waits as delivery {number}, without what you have typed since. Take"
                    " that back on the page Load and add this one, or begin a new form."
                )
        return None

    def begin_opening(self, case: str, numbers: Collection[int], at: dt.datetime, state: str) -> None:
        """Begin to open them, all at once; `state` is that of the case until they are written."""
        with transaction(self._database) as connection:
            connection.execute(
                _TABLE.update()
                .where(_TABLE.c.case_id == case, _TABLE.c.number.in_(list(numbers)))
                .values(status="loading", opened_at=at)
            )
            connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(state=state))

    def hold_back(self, case: str, number: int, by: str) -> None:
        """Say who holds one back; empty: nobody any more."""
        self._change(case, number, held_by=by)

    def withdraw(self, case: str, number: int) -> None:
        """Take one back: nothing of what it said stays."""
        self._change(case, number, status="undone", rows_sealed=None)

    def _change(self, case: str, number: int, **values: Any) -> None:
        mine = (_TABLE.c.case_id == case, _TABLE.c.number == number, _WAITS)
        with transaction(self._database) as connection:
            connection.execute(_TABLE.update().where(*mine).values(**values))


def _wait(key: bytes, case: str, row: Any) -> Wait:
    rows, _ = open_rows(key, case, row.number, row.rows_sealed)
    given_by = {one.values.get("source_id", one.values["id"]) for one in rows if one.table == "statements"}
    return Wait(row.loaded_at, frozenset(given_by), held=bool(row.held_by))


def _statements(rows: Iterable[Row]) -> set[str]:
    return {row.values["id"] for row in rows if row.table == "statements"}
