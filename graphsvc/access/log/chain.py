"""The chain of the log: each line's HMAC covers all of its columns and the HMAC of the line before.

Lines are only appended, one at a time across all threads and processes. The key is derived from the vault's master key
and never stored in the database. The anchor, also outside the database, records where the chain ends.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from graphsvc.access.log.anchor import NOWHERE, Anchor, AnchorMark, End
from graphsvc.access.people import live
from graphsvc.appdb import alone, tables, transaction

_LOCK = 0x6C6F67  # advisory lock of PostgreSQL
_COLUMNS = (
    "id",
    "of_line",
    "at",
    "account",
    "purpose",
    "action",
    "case_id",
    "detail",
    "outcome",
    "rows",
    "sources_hmac",
)
SERVICE = "graphsvc"  # account named in lines that the log writes about itself
BROKEN = "broken"
SET_BACK = "clock set back"
# Built once: SQLAlchemy caches the compiled form of each.
_END = sa.select(tables.log.c.id, tables.log.c.hmac).order_by(tables.log.c.id.desc()).limit(1)
_NEWEST = sa.select(tables.log.c.id, tables.log.c.hmac, tables.log.c.at).order_by(tables.log.c.id.desc()).limit(1)
_LINE, _SOURCES = tables.log.insert(), tables.log_sources.insert()


def now() -> dt.datetime:
    """Return the current time in UTC, as the application database stores it (without a time zone)."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


class Chain:
    """The log of one database, under one key and with one anchor."""

    def __init__(self, database: sa.Engine, key: bytes, anchor: Anchor) -> None:
        self.database, self.anchor = database, anchor
        self._key = key
        self._seen: dt.datetime | None = None

    # -- codes ------------------------------------------------------------------------------------------------

    def code(self, line: Mapping[str, Any], before: str) -> str:
        """Return the HMAC of a line (columns of `tables.log`) that follows the line with HMAC `before`."""
        values = [_canonical(line[name]) for name in _COLUMNS]
        text = json.dumps(["line", *values, before], sort_keys=True, separators=(",", ":"), default=repr)
        return hmac.digest(self._key, text.encode("ascii"), hashlib.sha256).hex()

    def sources_code(self, line: int, pseudonyms: Iterable[str]) -> str:
        """Return the HMAC over the pseudonyms linked to a line; empty without any."""
        listed = sorted(set(pseudonyms))
        if not listed:
            return ""
        text = json.dumps(["sources", line, *listed], separators=(",", ":"))
        return hmac.digest(self._key, text.encode("ascii"), hashlib.sha256).hex()

    # -- appending --------------------------------------------------------------------------------------------

    def append(self, values: Mapping[str, Any], sources: Iterable[str] = ()) -> int:
        """Append a line and return its number. On return the line is stored and the anchor records it.

        If the clock was set back since the previous line, all sign-ins and open identities end, which an extra line
        records first. Without `values`, only that extra line is appended.

        Raises:
            OperatorError: database or anchor cannot be written; nothing was stored and nothing may be released.
        """
        with self.anchor.lock():
            with alone(self.database, _LOCK) as connection:
                (tail, latest), mark = self._newest(connection), self.anchor.read()
                trusted = tail if agrees(connection, tail, mark) else None
                last = tail if trusted else self._insert(connection, tail, _break(tail, mark))
                at = now()
                if live.set_back(at, latest):
                    last = self._insert(connection, last, _own(SET_BACK, live.end_all(connection, at)))
                if values:
                    last = self._insert(connection, last, values, sources)
                # If the log was cut, the anchor keeps the former end until a line in the log records the break.
                before = trusted or (mark.sure if mark else NOWHERE)
                mark = AnchorMark(last, before, pending=True, counter=mark.counter + 1 if mark else 0)
                self.anchor.write(mark)
            self.anchor.write(replace(mark, pending=False, counter=mark.counter + 1))
            self._seen = at
        return last.line

    def hold_clock(self) -> None:
        """End sign-ins and open identities if the clock was set back since the newest line or the last call.

        Raises:
            OperatorError: database or anchor cannot be used; nothing may be released then.
        """
        at = now()
        with transaction(self.database) as connection:
            latest = self._newest(connection)[1]
        if live.set_back(at, latest):
            self.append({})
        elif self._seen is None or at > self._seen:
            self._seen = at

    def _newest(self, connection: sa.Connection) -> tuple[End, dt.datetime | None]:
        """Return where the log ends, and the latest time recorded in it or seen here; None: no time yet."""
        try:
            row = connection.execute(_NEWEST).first()
            tail, at = (End(row.id, row.hmac), row.at) if row else (End(), None)
        except (ValueError, TypeError):  # the stored value is not a time; `verify` reports the line
            tail, at = end_of(connection), None
        return tail, max((moment for moment in (at, self._seen) if moment is not None), default=None)

    def _insert(
        self, connection: sa.Connection, before: End, values: Mapping[str, Any], sources: Iterable[str] = ()
    ) -> End:
        number = before.line + 1
        listed = sorted(set(sources))
        line = {"of_line": None, "rows": None} | dict(values)
        line |= {"id": number, "at": now(), "sources_hmac": self.sources_code(number, listed)}
        code = self.code(line, before.hmac)
        connection.execute(_LINE, line | {"hmac": code})
        if listed:
            rows = [{"line": number, "pseudonym": pseudonym} for pseudonym in listed]
            connection.execute(_SOURCES, rows)
        return End(number, code)


def end_of(connection: sa.Connection) -> End:
    """Return where the log ends in the database."""
    row = connection.execute(_END).first()
    return End(row.id, row.hmac) if row else End()


def agrees(connection: sa.Connection, tail: End, mark: AnchorMark | None) -> bool:
    """Whether the log reaches at least to the anchor's line; later lines come from a machine with another anchor."""
    if mark is None:
        return tail.line == 0
    return _holds(connection, tail, mark.last) or (mark.pending and _holds(connection, tail, mark.before))


def _holds(connection: sa.Connection, tail: End, end: End) -> bool:
    if end in (tail, End()):
        return True
    if end.line >= tail.line:
        return False
    return connection.execute(sa.select(tables.log.c.hmac).where(tables.log.c.id == end.line)).scalar() == end.hmac


def _break(tail: End, mark: AnchorMark | None) -> dict[str, Any]:
    """Return the line that records for good that log and anchor do not agree."""
    is_anchored = mark is not None and mark.sure != NOWHERE
    return _own(BROKEN, {"found_line": tail.line, "anchor_line": mark.sure.line if mark and is_anchored else None})


def _own(outcome: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "account": SERVICE,
        "purpose": "",
        "action": "log",
        "case_id": "",
        "detail": detail,
        "outcome": outcome,
    }


def _canonical(value: Any) -> Any:
    return value.isoformat(timespec="microseconds") if isinstance(value, dt.datetime) else value
