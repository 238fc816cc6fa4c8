"""The log: who did what, when, why and with which outcome. Written before anything is released.

An act is one line and its outcome another; no line is ever changed (`access.log.chain`). Results are never logged, and
questions only by parts that cannot name anyone (`access.log.disclosed`). Released sources are logged by pseudonym.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from graphsvc.access.log.anchor import Anchor
from graphsvc.access.log.chain import Chain, now
from graphsvc.access.log.disclosed import disclosed_details, storable
from graphsvc.access.people.principal import Principal
from graphsvc.appdb import tables, transaction
from graphsvc.errors import OperatorError, Refused

__all__ = ["EVERYTHING", "Sought", "begin", "finish", "hold_clock", "keep", "lines", "log_act", "newest_ending", "now"]

_CHAINS: WeakKeyDictionary[sa.Engine, Chain] = WeakKeyDictionary()


def keep(engine: sa.Engine, key: bytes, anchor: Path) -> Chain:
    """Open the log of a database under `key` (32 bytes, from the vault), with its end recorded in the file `anchor`.

    Without an open log nothing can be logged, so nothing is released.

    Raises:
        OperatorError: the anchor's folder or the database cannot be used.
    """
    chain = Chain(engine, key, Anchor(anchor, key))
    chain.hold_clock()
    _CHAINS[engine] = chain
    return chain


def hold_clock(engine: sa.Engine) -> None:
    """End sign-ins and open identities if the clock was set back. Called before anything that expires is used.

    Raises:
        OperatorError: the change could not be written; nothing may be released then.
    """
    chain = _CHAINS.get(engine)
    if chain is not None:  # without an open log nothing is released
        chain.hold_clock()


def begin(engine: sa.Engine, principal: Principal, purpose: str, action: str, case: str = "", **detail: Any) -> int:
    """Write the line of an act about to start, and return its number.

    `detail` describes the act: the software's own words, numbers, dates, pseudonyms. Anything else in it is
    logged as its length (`disclosed.disclosed_details`).

    Raises:
        OperatorError: the line could not be written; nothing may be released then.
    """
    return _chain(engine).append(
        {
            "account": storable(principal.name)[:100],
            "purpose": storable(purpose),
            "action": action,
            "case_id": storable(case)[:100],
            "detail": disclosed_details(detail),
            "outcome": "begun",
        }
    )


def finish(
    engine: sa.Engine,
    line: int,
    outcome: str,
    rows: int | None = None,
    sources: Iterable[str] = (),
    opened: Iterable[str] = (),
) -> None:
    """Write the outcome of an act, once: `released`, `refused`, `failed: …`, with the number of rows and the sources.

    Args:
        engine: the application database.
        line: number returned by `begin`.
        outcome: the software's own words, never values.
        rows: number of rows.
        sources: pseudonyms of the sources that were released.
        opened: the things that a look opened, in the software's own words.

    Raises:
        OperatorError: the line could not be written; nothing may be released then.
    """
    detail = disclosed_details({"opened": sorted(set(opened))}) if opened else {}
    end = {"of_line": line, "account": "", "purpose": "", "action": "", "case_id": "", "detail": detail}
    try:
        _chain(engine).append(end | {"outcome": storable(outcome)[:200], "rows": rows}, sources)
    except sa.exc.IntegrityError:
        raise OperatorError(
            f"Line {line} of the log, which began this, is gone or has ended already, so nothing is released."
            " `graphsvc audit verify` tells what happened to the log."
        ) from None


@contextmanager
def log_act(
    engine: sa.Engine, principal: Principal, purpose: str, action: str, case: str = "", **detail: Any
) -> Iterator[dict[str, Any]]:
    """Log an act: a line before the block, and its outcome afterwards, even if it is refused or fails.

    Yields a dictionary with the act's `line`. The block can add values for the log: `rows`, `sources` (pseudonyms of
    released sources), `opened` (things opened in a look) and `outcome` (the software's own words).
    """
    line = begin(engine, principal, purpose, action, case, **detail)
    outcome: dict[str, Any] = {"line": line}
    try:
        yield outcome
    except BaseException as error:
        kind = "refused" if isinstance(error, Refused) else "failed"
        finish(engine, line, f"{kind}: {type(error).__name__}", opened=outcome.get("opened", ()))
        raise
    words = outcome.get("outcome", "released")
    finish(engine, line, words, outcome.get("rows"), outcome.get("sources", ()), outcome.get("opened", ()))


@dataclass(frozen=True, slots=True)
class Sought:
    """Filter for acts; empty fields do not filter.

    Attributes:
        account: the act's author. case, action: as in the log.
        source: pseudonym of a source: acts that showed it.
        since, until: when the act began (UTC); `until` itself is excluded.
    """

    account: str = ""
    case: str = ""
    action: str = ""
    source: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


EVERYTHING = Sought()


def lines(
    engine: sa.Engine, *, newest: int = 200, before: int | None = None, sought: Sought = EVERYTHING
) -> list[dict[str, Any]]:
    """List acts with their outcomes, newest first; with `before` (a line's number), only older ones.

    `sources` is the number of sources released; `detail` includes the things `opened` in a look.
    """
    act, end, linked = tables.log.alias("act"), tables.log.alias("ended"), tables.log_sources
    query = (
        sa.select(
            *(act.c[name] for name in ("id", "at", "account", "purpose", "action", "case_id", "detail")),
            sa.func.coalesce(end.c.outcome, act.c.outcome).label("outcome"),
            end.c.rows,
            end.c.at.label("ended_at"),
            end.c.detail.label("ending"),
            sa.select(sa.func.count()).where(linked.c.line == end.c.id).scalar_subquery().label("sources"),
        )
        .join_from(act, end, end.c.of_line == act.c.id, isouter=True)
        .where(act.c.of_line.is_(None))
        .order_by(act.c.id.desc())
        .limit(newest)
    )
    for column, value in ((act.c.account, sought.account), (act.c.case_id, sought.case), (act.c.action, sought.action)):
        if value:
            query = query.where(column == value)
    if sought.source:
        ends = sa.select(tables.log.c.of_line).join(linked, linked.c.line == tables.log.c.id)
        query = query.where(act.c.id.in_(ends.where(linked.c.pseudonym == sought.source)))
    if sought.since is not None:
        query = query.where(act.c.at >= sought.since)
    if sought.until is not None:
        query = query.where(act.c.at < sought.until)
    if before is not None:
        query = query.where(act.c.id < before)
    with transaction(engine) as connection:
        acts = [dict(row) for row in connection.execute(query).mappings()]
    return [line | {"detail": line["detail"] | (line.pop("ending") or {})} for line in acts]


def last_of(engine: sa.Engine, actions: Collection[str], case: str, *, except_by: str) -> str:
    """Return when an account other than `except_by` last began one of some actions in a case (ISO, UTC); empty: never."""
    table = tables.log
    query = (
        sa.select(table.c.at)
        .where(table.c.of_line.is_(None), table.c.case_id == case, table.c.action.in_(actions))
        .where(table.c.account != except_by)
        .order_by(table.c.id.desc())
        .limit(1)
    )
    with transaction(engine) as connection:
        at: dt.datetime | None = connection.execute(query).scalar()
    return "" if at is None else at.isoformat()


def newest_ending(engine: sa.Engine, action: str, prefix: str) -> dict[str, Any] | None:
    """Return the newest act of a kind whose outcome begins with `prefix`: account, outcome, rows and end time."""
    act, end = tables.log.alias("act"), tables.log.alias("ended")
    query = (
        sa.select(act.c.account, end.c.outcome, end.c.rows, end.c.at.label("ended_at"))
        .join_from(act, end, end.c.of_line == act.c.id)
        .where(act.c.action == action, end.c.outcome.startswith(prefix, autoescape=True))
        .order_by(act.c.id.desc())
        .limit(1)
    )
    with transaction(engine) as connection:
        row = connection.execute(query).mappings().first()
        return dict(row) if row else None


def _chain(engine: sa.Engine) -> Chain:
    chain = _CHAINS.get(engine)
    if chain is None:
        raise OperatorError("The log is not open, so nothing can be done. Open the home with Service, which opens it.")
    return chain
