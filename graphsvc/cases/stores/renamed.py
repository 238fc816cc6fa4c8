"""Updates stored ids and pseudonyms after an erasure removed a name from an id, in the decision's transaction.

Named people stay named, under the new id; their records do not move to a pseudonym. The log is not updated: it
records each act with the pseudonym of that time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from graphsvc.access.vault import seal, unseal
from graphsvc.appdb import tables
from graphsvc.cases.stores import export_store
from graphsvc.cases.stores.peoples_words import replace_words

# Columns that hold the pseudonym of a person, thing or source (not in requests for an export).
_BY_PSEUDONYM = (
    tables.holds.c.pseudonym,
    tables.requests.c.pseudonym,
    tables.reviews.c.pseudonym,
    tables.questions.c.source,
)


@dataclass(frozen=True, slots=True)
class Renamed:
    """Ids changed by an erasure: old → new.

    Attributes:
        names: pseudonyms that people, things and sources have or would have.
        shown: ids in the graph of entries that are named or sealed as before.
        claims: ids of claims.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.names or self.shown or self.claims)

    def name(self, name: str) -> str:
        """Return the current id or pseudonym for one that the graph showed before."""
        return self.names.get(name) or self.shown.get(name, name)

    def text(self, text: str) -> str:
        """Return a typed text with the ids and pseudonyms in it replaced by the current ones."""
        names = sorted({**self.names, **self.shown}, key=len, reverse=True)
        if not any(name in text for name in names):
            return text
        return re.sub(
            rf"(?<![\w-])({'|'.join(map(re.escape, names))})(?![\w-])", lambda match: self.name(match[1]), text
        )


def follow(connection: sa.Connection, case: str, key: bytes, renamed: Renamed, mask: Callable[[str], str]) -> None:
    """Update the changed ids in requests, holds, reviews, questions, decisions and exports of a case.

    `mask` removes the erased names from a text.
    """
    if not renamed:
        return
    for column in _BY_PSEUDONYM:
        _follow(connection, case, column, renamed.names)
    _follow(connection, case, tables.questions.c.claim_id, renamed.claims)
    _pairings(connection, case, renamed)
    # A hold also stores the id of the person, which is shown while the person is named.
    reason = tables.holds.c.reason_sealed
    replace_words(connection, case, key, reason, lambda words: [words[0], renamed.name(words[1])])
    _decisions(connection, case, key, renamed)
    export_store.follow(connection, case, key, lambda name: mask(renamed.name(name)))


def _follow(connection: sa.Connection, case: str, column: sa.Column[str], names: Mapping[str, str]) -> None:
    mine = column.table.c.case_id == case
    for old in connection.execute(sa.select(column).where(mine).distinct()).scalars().all():
        if old in names:
            connection.execute(sa.update(column.table).where(mine, column == old).values({column: names[old]}))


def _pairings(connection: sa.Connection, case: str, renamed: Renamed) -> None:
    table = tables.pairings
    for row in connection.execute(sa.select(table).where(table.c.case_id == case)).all():
        source, second = sorted(map(renamed.name, (row.one, row.other)))
        if (source, second) != (row.one, row.other):
            connection.execute(table.update().where(table.c.id == row.id).values(one=source, other=second))


def _decisions(connection: sa.Connection, case: str, key: bytes, renamed: Renamed) -> None:
    """Copy decisions by two persons to the new pseudonym, with their day; the old id may be delivered again."""
    table = tables.overrules
    rows = {row.pseudonym: row for row in connection.execute(sa.select(table).where(table.c.case_id == case)).all()}
    for old, row in rows.items():
        new = renamed.names.get(old)
        if new is None or new in rows or row.kind == "erased":
            continue
        values = {**row._mapping, "pseudonym": new}
        sealed = seal(key, table.c.reason_sealed, values, unseal(key, table.c.reason_sealed, row))
        connection.execute(table.insert().values({**values, "reason_sealed": sealed}))
