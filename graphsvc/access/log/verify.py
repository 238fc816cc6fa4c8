"""Verifies the log: detects every line altered, removed, inserted or moved, and a tail that was cut.

Walks the chain from its first line to its last in blocks, so memory use does not grow with the log. docs/log.md explains
the limits of this proof.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from graphsvc.access.log.anchor import NOWHERE, AnchorMark, End
from graphsvc.access.log.chain import BROKEN, SERVICE, Chain, agrees, end_of, now
from graphsvc.appdb import tables, transaction
from graphsvc.errors import GraphsvcError
from graphsvc.records.dates import stamp
from graphsvc.records.progress import Progress

_BLOCK = 2_000
# Errors from reading a line with a value that does not fit its column (SQLite stores any value).
_UNREADABLE = (ValueError, TypeError, GraphsvcError, sa.exc.DBAPIError)
_SAID = 50  # this many faults are described; any more are only counted


@dataclass(frozen=True, slots=True)
class Verified:
    """Result of a verification.

    Attributes:
        lines: number of the last line when verification began; `seal` is the HMAC of that line.
        faults: descriptions of the faults, one sentence each, in order; of very many only the first.
        count: number of faults.
        at: when verification ended (UTC).
    """

    lines: int
    seal: str
    faults: tuple[str, ...]
    count: int
    at: dt.datetime

    @property
    def whole(self) -> bool:
        """Whether no fault was found."""
        return self.count == 0


def verify(chain: Chain, progress: Progress, beside: Iterable[str] = ()) -> Verified:
    """Check every line, and the end, against the chain; lines appended in the meantime are left for the next time.

    `beside`: further faults, found by the caller in data stored with the lines.

    Raises:
        OperatorError: database or anchor cannot be read.
    """
    with chain.anchor.lock(), transaction(chain.database) as connection:
        tail, mark = end_of(connection), chain.anchor.read()
        in_agreement = agrees(connection, tail, mark)
    faults: list[str] = []
    count = 0
    for fault in itertools.chain(_faults(chain, tail, None if in_agreement else (mark,), progress), beside):
        count += 1
        if len(faults) < _SAID:
            faults.append(fault)
    return Verified(tail.line, tail.hmac, tuple(faults), count, now())


def _faults(chain: Chain, tail: End, disagrees: tuple[AnchorMark | None] | None, progress: Progress) -> Iterator[str]:
    yield from _along(chain, tail, progress)
    yield from _strays(chain, tail)
    if disagrees is not None:
        yield _at_the_end(chain, tail, *disagrees)


def _along(chain: Chain, tail: End, progress: Progress) -> Iterator[str]:
    """Yield the faults in the existing lines, and a fault for each gap between them."""
    before: str | None = ""  # None: the line before is missing, so its HMAC is not known
    expected = 1
    for done, (row, sources) in enumerate(_rows(chain, tail)):
        number = row["id"]
        if number < expected:
            yield f"Line {number} was put in: lines are numbered from 1."
            continue
        if number > expected:
            yield _missing(expected, number - 1)
            before = None
        expected = number + 1
        if "at" not in row:
            yield f"Line {number} cannot be read: a value that does not belong there was put into it."
        else:
            yield from _one(chain, row, sources, before)
        before = row.get("hmac")
        if done and done % _BLOCK == 0:
            progress(number, tail.line, "verifying the log")


def _one(chain: Chain, row: Mapping[str, Any], sources: list[str], before: str | None) -> Iterator[str]:
    """Yield the faults of one line; `before` is the HMAC of the line before it."""
    number = row["id"]
    if row["sources_hmac"] != chain.sources_code(number, sources):
        yield f"Line {number}: the sources linked to it are not those it was written with."
    if before is not None and row["hmac"] != chain.code(row, before):
        yield (
            f"Line {number} ({stamp(row['at'])}Z) is not as it was written, or does not follow the line"
            " before it: it was altered, put in or put elsewhere, or the line before it was."
        )
    elif row["account"] == SERVICE and row["outcome"] == BROKEN:
        yield _describe_break(row)


def _rows(chain: Chain, tail: End) -> Iterator[tuple[Mapping[str, Any], list[str]]]:
    """Yield each line up to `tail` with the pseudonyms linked to it, by number, reading in blocks.

    For an unreadable line, yield only its number and, if readable, its HMAC.
    """
    last: int | None = None
    while True:
        block = tables.log.c.id <= tail.line
        if last is not None:
            block &= tables.log.c.id > last
        rows = _block(chain.database, block)
        if not rows:
            return
        linked = _linked_sources(chain.database, rows[0]["id"], rows[-1]["id"])
        for row in rows:
            yield row, linked.get(row["id"], [])
        last = rows[-1]["id"]


def _block(database: sa.Engine, condition: sa.ColumnElement[bool]) -> Sequence[Mapping[str, Any]]:
    log = tables.log
    with suppress(*_UNREADABLE), transaction(database) as connection:
        query = sa.select(log).where(condition).order_by(log.c.id).limit(_BLOCK)
        return [dict(row) for row in connection.execute(query).mappings()]
    with transaction(database) as connection:
        numbers = (
            connection.execute(sa.select(log.c.id).where(condition).order_by(log.c.id).limit(_BLOCK)).scalars().all()
        )
    return [_readable(database, number) for number in numbers]


def _readable(database: sa.Engine, number: int) -> Mapping[str, Any]:
    """Return as much of a line as can be read."""
    log = tables.log
    for columns in ((log,), (log.c.id, log.c.hmac)):
        with suppress(*_UNREADABLE), transaction(database) as connection:
            return dict(connection.execute(sa.select(*columns).where(log.c.id == number)).mappings().one())
    return {"id": number}


def _linked_sources(database: sa.Engine, first: int, last: int) -> dict[int, list[str]]:
    linked = tables.log_sources
    pseudonyms: dict[int, list[str]] = defaultdict(list)
    with transaction(database) as connection:
        query = sa.select(linked.c.line, linked.c.pseudonym).where(linked.c.line.between(first, last))
        for line, pseudonym in connection.execute(query):
            pseudonyms[line].append(str(pseudonym))
    return pseudonyms


def _strays(chain: Chain, tail: End) -> Iterator[str]:
    """Yield a fault for sources linked to missing lines."""
    linked = tables.log_sources
    line_exists = sa.select(tables.log.c.id).where(tables.log.c.id == linked.c.line).exists()
    query = sa.select(linked.c.line).where(~line_exists, linked.c.line <= tail.line).distinct().order_by(linked.c.line)
    beyond = sa.select(sa.func.count()).select_from(linked).where(~line_exists, linked.c.line > tail.line)
    with transaction(chain.database) as connection:
        for line in connection.execute(query.limit(_SAID)).scalars():
            yield f"Sources are linked to line {line}, which is not there."
        count = connection.execute(beyond).scalar() or 0
    if count:
        yield f"{count} sources are linked to lines after {tail.line}, which is the last."


def _at_the_end(chain: Chain, tail: End, mark: AnchorMark | None) -> str:
    if mark is None or mark.sure == NOWHERE:
        return (
            f"The anchor {chain.anchor.path} is missing or unreadable, so lines after {tail.line} may have been cut."
            " Put back the file, or GRAPHSVC_LOG_ANCHOR that says where it is."
        )
    ends = mark.sure
    if ends.line > tail.line:
        return (
            _missing(tail.line + 1, ends.line)[:-1]
            + f": the anchor says that the log went on to line {ends.line}, but it ends with line {tail.line}."
        )
    return f"Line {ends.line} differs from the one the anchor names: the log was restored and rewritten from that line or an earlier one."


def _describe_break(row: Mapping[str, Any]) -> str:
    last, anchored = row["detail"].get("found_line"), row["detail"].get("anchor_line")
    when = f"{stamp(row['at'])}Z"
    if anchored is None:
        return f"Line {row['id']} records that the anchor was missing on {when}: lines after {last} may have been cut."
    if anchored > last:
        lost = _missing(last + 1, anchored)[:-1]
        return f"Line {row['id']} records what was noticed on {when}: {lost[0].lower()}{lost[1:]}, cut from the end."
    return f"Line {row['id']} records that line {anchored} was no longer the one the anchor named on {when}."


def _missing(first: int, last: int) -> str:
    return f"Line {first} is missing." if first == last else f"Lines {first} to {last} are missing."
