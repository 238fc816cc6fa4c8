"""Removes erased people and things from the application database, in the transaction that stores the decision."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from graphsvc.access.decisions import pairs
from graphsvc.access.vault import pack, unpack
from graphsvc.appdb import tables
from graphsvc.cases.graph.sealing import pack_standings
from graphsvc.cases.graph.standing import Standings
from graphsvc.cases.graph.texts import NO_SOURCES, SourceIds
from graphsvc.cases.stores import export_store, following
from graphsvc.cases.stores import renamed as renaming
from graphsvc.cases.stores.peoples_words import OWN, REASONS, TYPED, mask_words
from graphsvc.cases.stores.renamed import Renamed


@dataclass(frozen=True, slots=True)
class Leaving:
    """Consequences of an erasure: rows removed and rows left.

    Attributes:
        mask: removes the erased names from a text.
        renamed: remaining people, things, sources and claims with a new id, because the old one contained an erased
            name.
        rows: delivery or waiting statement → its sealed rows from now on.
        sources: pseudonyms of the sources removed: questions to them, decisions on them and facts that rest on them are
            removed too.
        standing: standings of everybody else, without the erased names; None: they were never kept.
        emptied: waiting deliveries with nothing left in them.
        sources_named: known ids and handles of sources, without erased ones.
    """

    mask: Callable[[str], str]
    renamed: Renamed = field(default_factory=Renamed)
    rows: Mapping[int, bytes] = field(default_factory=dict)
    sources: Collection[str] = ()
    standing: Standings | None = None
    emptied: Collection[int] = ()
    sources_named: SourceIds = NO_SOURCES


def take_out(
    connection: sa.Connection,
    case: str,
    key: bytes,
    erased_now: Collection[str],
    erased: Collection[str],
    leaving: Leaving,
) -> None:
    """Remove erased people and things from the application database.

    Their names are known for the last time here: if a separate transaction was killed, they would be left behind for
    good.

    Args:
        connection: the transaction that stores the decision.
        case: the case.
        key: its data key.
        erased_now: pseudonyms of the people and things erased now.
        erased: these, and all erased before.
        leaving: consequences of the erasure.
    """
    for table, column, ids in (
        (tables.reviews, tables.reviews.c.pseudonym, erased_now),
        (tables.questions, tables.questions.c.source, leaving.sources),
    ):
        connection.execute(table.delete().where(table.c.case_id == case, column.in_(ids)))
    pairs.forget(connection, case, leaving.sources)
    renamed = leaving.renamed
    renaming.follow(connection, case, key, renamed, leaving.mask)
    waits = tables.waiting
    connection.execute(waits.delete().where(waits.c.case_id == case, waits.c.number.in_(leaving.emptied)))
    for number, sealed in leaving.rows.items():
        for table in (tables.deliveries, tables.waiting):
            mine = (table.c.case_id == case, table.c.number == number)
            connection.execute(table.update().where(*mine).values(rows_sealed=sealed))
    if leaving.standing is not None:
        sealed = pack(key, pack_standings(leaving.standing), f"standings {case}")
        connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(standings_sealed=sealed))
    _keep_sources(connection, case, key, leaving.sources_named)
    export_store.settle(connection, case, key, erased=erased_now, sources=leaving.sources)

    def mask(text: str) -> str:
        return leaving.mask(renamed.text(text))

    def current_id(identifier: str) -> str | None:
        now = renamed.name(identifier)
        # An id that still contains an erased name is dropped: its entry changed both its id and its standing.
        return None if still(identifier) is None or leaving.mask(now) != now else now

    def text(typed: str) -> str | None:
        now = current_id(typed)
        return mask(typed) if now == typed else now

    still = following.id_follower(key, {}, erased)
    mask_words(connection, case, key, mask, (*REASONS, *TYPED, *OWN))
    following.settle(connection, case, key, current_id, text)


def _keep_sources(connection: sa.Connection, case: str, key: bytes, sources: SourceIds) -> None:
    table, bound = tables.cases, f"dependence {case}"
    before = connection.execute(sa.select(table.c.dependence_sealed).where(table.c.id == case)).scalar()
    if before is not None:
        sealed = pack(key, unpack(key, before, bound) | {"sources_named": sources.as_json()}, bound)
        connection.execute(table.update().where(table.c.id == case).values(dependence_sealed=sealed))
