"""Stores the Cypher queries that people typed, each with its line in the log.

A query may name people, so it is sealed under its case's key. Its line in the log contains a keyed code of the query,
which the chain covers. So a changed, added or removed query is detected. When a person is erased, their name can be
masked in a query: the code no longer matches then, and the row says why.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from graphsvc.access.vault import seal, unseal
from graphsvc.appdb import tables, transaction
from graphsvc.errors import OperatorError
from graphsvc.records.iso import iso

_ROW = tables.cypher_texts
_BLOCK = 500
GONE, CHANGED = "The text is gone.", "The text is not the one that was typed."


@dataclass(frozen=True, slots=True)
class Text:
    """One typed query. `note` says how it was changed after it was typed; empty if it was not."""

    text: str
    parameters: Mapping[str, Any]
    note: str = ""


class CypherTexts:
    """The kept queries of one application database.

    Args:
        database: the application database.
        code_key: key of the codes that identify queries in the log.
        key_of: returns a case's key, under which its queries are kept.
    """

    def __init__(self, database: sa.Engine, code_key: bytes, key_of: Callable[[str], bytes]) -> None:
        self._database, self._code_key, self._key_of = database, code_key, key_of

    def code(self, text: str, arguments: Mapping[str, Any]) -> str:
        """Return the code of a query and its parameters for the log: 32 digits that reveal nothing without the key."""
        typed = json.dumps([text, _serialise(arguments)]).encode()
        return hmac.digest(self._code_key, typed, hashlib.sha256)[:16].hex()

    def keep(self, line: int, case: str, text: str, arguments: Mapping[str, Any]) -> None:
        """Store the query that belongs to a line of the log."""
        row = {"line": line, "case_id": case}
        sealed = seal(self._key_of(case), _ROW.c.text_sealed, row, [text, _serialise(arguments)])
        with transaction(self._database) as connection:
            connection.execute(_ROW.insert().values(**row, text_sealed=sealed))

    def of(self, lines: Iterable[Mapping[str, Any]]) -> dict[int, Text]:
        """Return the queries of acts (rows of `audit.lines`) by line number; acts without a query are left out."""
        codes = {line["id"]: line["detail"]["code"] for line in lines if "code" in line["detail"]}
        with transaction(self._database) as connection:
            rows = connection.execute(sa.select(_ROW).where(_ROW.c.line.in_(codes))).all()
        by_line = {row.line: row for row in rows}
        return {line: self._text(by_line.get(line), code) for line, code in codes.items()}

    def faults(self) -> Iterator[str]:
        """Yield a sentence for every query that is missing or was changed, in log order."""
        table, last = tables.log, 0
        while True:
            query = (
                sa.select(table.c.id, table.c.detail)
                .where(table.c.action == "cypher", table.c.of_line.is_(None), table.c.id > last)
                .order_by(table.c.id)
                .limit(_BLOCK)
            )
            with transaction(self._database) as connection:
                block = [dict(row) for row in connection.execute(query).mappings()]
            if not block:
                return
            last = block[-1]["id"]
            for line, text in self.of(block).items():
                if text.note in (GONE, CHANGED):
                    yield f"Line {line}: {text.note}"

    def _text(self, row: Any, code: str) -> Text:
        if row is None:
            return Text("", {}, GONE)
        try:
            text, arguments = unseal(self._key_of(row.case_id), _ROW.c.text_sealed, row)
        except (OperatorError, ValueError):
            return Text("", {}, CHANGED)
        if row.masked:
            return Text(
                text,
                {},
                "Someone it named was sealed or erased later, so the name is masked and its parameters are left out.",
            )
        parameters = json.loads(arguments)
        return Text(text, parameters, "" if self.code(text, parameters) == code else CHANGED)


def _serialise(arguments: Mapping[str, Any]) -> str:
    return json.dumps(dict(arguments), sort_keys=True, default=lambda value: str(iso(value)))
