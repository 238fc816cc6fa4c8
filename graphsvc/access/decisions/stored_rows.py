"""Rows that people add, decide on and end: requests, holds, decisions, comments, exports.

Each step is one update that changes a row only if it is in the expected state: if two people decide at the same time,
only the first succeeds. Callers check permissions first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from graphsvc.access.log.audit import now
from graphsvc.access.vault import seal, unseal
from graphsvc.appdb.rows import Condition, Database, new_id, within


@dataclass(frozen=True, slots=True)
class StoredRows:
    """The rows of one table, each with a random id and the time at which it was added.

    In a table with a column `number`, rows are numbered within their case and listed in that order; whoever adds a row
    holds the table's lock.

    Attributes:
        table: the table.
        dated: name of the column with that time.
    """

    table: sa.Table
    dated: str = "at"

    def add(self, database: Database, key: bytes = b"", **values: Any) -> str:
        """Add a row, with the current time and a new id unless given; return the id. Words are sealed under `key`."""
        row = {"id": new_id(), self.dated: now(), **values}
        with within(database) as connection:
            if "number" in self.table.c:
                last = sa.select(sa.func.max(self.table.c.number)).where(self.table.c.case_id == row["case_id"])
                row["number"] = (connection.execute(last).scalar() or 0) + 1
            connection.execute(self.table.insert().values(self._seal_words(key, row["id"], row)))
        return str(row["id"])

    def change(
        self, database: Database, identifier: str, *conditions: Condition, key: bytes = b"", **values: Any
    ) -> bool:
        """Change a row if it meets the conditions; return whether it did. Words are sealed under `key`."""
        mine = (self.table.c.id == identifier, *conditions)
        with within(database) as connection:
            changed = self.table.update().where(*mine).values(self._seal_words(key, identifier, values))
            return bool(connection.execute(changed).rowcount)

    def one(self, database: Database, identifier: str, *conditions: Condition) -> sa.Row[Any] | None:
        """Return a row if it meets the conditions; None if there is no such row."""
        with within(database) as connection:
            return connection.execute(sa.select(self.table).where(self.table.c.id == identifier, *conditions)).first()

    def newest(self, database: Database, *conditions: Condition) -> Sequence[sa.Row[Any]]:
        """List the rows that meet the conditions, newest first."""
        order = self.table.c[next(name for name in ("number", self.dated) if name in self.table.c)]
        with within(database) as connection:
            query = sa.select(self.table).where(*conditions).order_by(order.desc(), self.table.c.id)
            return connection.execute(query).all()

    def count(self, database: Database, *conditions: Condition) -> int:
        """Count the rows that meet the conditions."""
        with within(database) as connection:
            return connection.execute(
                sa.select(sa.func.count()).select_from(self.table).where(*conditions)
            ).scalar_one()

    def words(self, key: bytes, row: Any, column: str) -> Any:
        """Return the words sealed in a column of a row; empty if the column is empty."""
        return unseal(key, self.table.c[column], row)

    def _seal_words(self, key: bytes, identifier: str, values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: seal(key, column, {"id": identifier}, value)
            if value is not None and "context" in (column := self.table.c[name]).info
            else value
            for name, value in values.items()
        }
