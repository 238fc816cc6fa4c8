"""The log: who did what, when, for which purpose, and how it ended. Written before anything is released.

An act is a line of its own and so is how it ended; no line is ever changed (`access.log.chain`). What is found is never in
it, and of what was asked only what can name nobody (`access.log.disclosed`); the sources that were released are, by pseudonym.
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
from graphsvc.access.log.disclosed import storable, told
from graphsvc.access.people.principal import Principal
from graphsvc.appdb import tables, transaction
from graphsvc.errors import OperatorError, Refused

__all__ = ["EVERYTHING", "Sought", "begin", "finish", "hold_clock", "keep", "lines", "newest_ending", "now", "recorded"]

_CHAINS: WeakKeyDictionary[sa.Engine, Chain] = WeakKeyDictionary()


def keep(engine: sa.Engine, key: bytes, anchor: Path) -> Chain:
    """Keep the log of a database under `key` (32 bytes, from the vault), its end in the file `anchor`.

    Nothing can be written in a log that is not kept, so nothing is released then.

    Raises:
        OperatorError: the anchor's folder or the database cannot be used.
    """
    chain = Chain(engine, key, Anchor(anchor, key))
    chain.hold_clock()
    _CHAINS[engine] = chain
    return chain


def hold_clock(engine: sa.Engine) -> None:
    """End what is live in a database if the clock was set back. Called before anything that lives until a time is used.

    Raises:
        OperatorError: that could not be written; nothing may be released then.
    """
    chain = _CHAINS.get(engine)
    if chain is not None:  # else nothing has been opened here that could be used
        chain.hold_clock()


def begin(engine: sa.Engine, principal: Principal, purpose: str, action: str, case: str = "", **detail: Any) -> int:
    """Write the line of something about to be done, and give its number.

    `detail` says what kind and how many: words of ours, numbers, dates, pseudonyms. Anything else in it is written
    down as its length (`telling.told`).

    Raises:
        OperatorError: it could not be written; nothing may be released then.
    """
    return _chain(engine).append(
        {
            "account": storable(principal.name)[:100],
            "purpose": storable(purpose),
            "action": action,
            "case_id": storable(case)[:100],
            "detail": told(detail),
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
    """Write how an act ended, once: `released`, `refused`, `failed: …`, the number of rows, and who was released.

    Args:
        engine: the application database.
        line: what `begin` gave.
        outcome: words of ours, never values.
        rows: how many.
        sources: pseudonyms of the sources that were released.
        opened: of a look that opens several things: what they are, in words of ours.

    Raises:
        OperatorError: it could not be written; nothing may be released then.
    """
    detail = told({"opened": sorted(set(opened))}) if opened else {}
    end = {"of_line": line, "account": "", "purpose": "", "action": "", "case_id": "", "detail": detail}
    try:
        _chain(engine).append(end | {"outcome": storable(outcome)[:200], "rows": rows}, sources)
    except sa.exc.IntegrityError:
        raise OperatorError(
            f"Line {line} of the log, which began this, is gone or has ended already, so nothing is released."
            " `graphsvc audit verify` tells what happened to the log."
        ) from None


@contextmanager
def recorded(
    engine: sa.Engine, principal: Principal, purpose: str, action: str, case: str = "", **detail: Any
) -> Iterator[dict[str, Any]]:
    """An act in the log: its line before the block and how it ended after it, also when it is refused or fails.

    Yields a dictionary with the `line` of the act: `rows`, `sources` (pseudonyms of sources released), `opened` (what a
    look opened) and `outcome` (words of ours) put into it go into the log.
    """
    line = begin(engine, principal, purpose, action, case, **detail)
    outcome: dict[str, Any] = {"line": line}
    try:
        yield outcome
    except BaseException as error:
        kind = "refused" if isinstance(error, Refused) else "failed"
        finish(engine, line, f"{kind}: {type(error).__name__}", opened=outcome.get("opened", ()))
        raise
    said = outcome.get("outcome", "released")
    finish(engine, line, said, outcome.get("rows"), outcome.get("sources", ()), outcome.get("opened", ()))


@dataclass(frozen=True, slots=True)
class Sought:
    """Which acts are wanted; what is empty is not asked.

    Attributes:
        account: who did it. case, action: as they stand in the log.
        source: pseudonym of a source: who was shown it.
        since, until: when it began (UTC); until itself is not in it.
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
    """Acts and how they ended, newest first; `before` (a line's number) gives the older ones.

    `sources` is the number of sources released; `detail` has what a look `opened`, too.
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


def last_of(engine: sa.Engine, actions: Collection[str], case: str) -> str:
    """When one of some actions was last begun in a case (ISO, UTC); empty: never."""
    table = tables.log
    query = (
        sa.select(table.c.at)
        .where(table.c.of_line.is_(None), table.c.case_id == case, table.c.action.in_(actions))
        .order_by(table.c.id.desc())
        .limit(1)
    )
    with transaction(engine) as connection:
        at: dt.datetime | None = connection.execute(query).scalar()
    return "" if at is None else at.isoformat()


def newest_ending(engine: sa.Engine, action: str, prefix: str) -> dict[str, Any] | None:
    """The newest act of a kind whose outcome begins with `prefix`: account, outcome, rows and when it ended."""
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
