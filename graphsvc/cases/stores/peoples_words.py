"""Reasons and other typed words of people in a case, sealed; withheld where they name somebody sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decided.own_words import Withhold, for_others, mask_texts
from graphsvc.access.vault import pack, unpack
from graphsvc.appdb import tables
from graphsvc.appdb.shared_ids import shared_ids
from graphsvc.errors import OperatorError

# Words of people, by table, column, and what they are bound to. Reasons are read by those who may know who is sealed;
# what was typed as a query, or to say which witnesses depend on each other, is not.
REASONS = (
    (tables.requests, "reason_sealed", "request {id} reason"),
    (tables.requests, "answer_sealed", "request {id} answer"),
    (tables.holds, "reason_sealed", "hold {id}"),
    (tables.exports, "reason_sealed", "export {id} reason"),
    (tables.overrules, "reason_sealed", "overrule {case_id} {pseudonym}"),
    (shared_ids, "reason_sealed", "shared ids {case_id} {other_id}"),
)
_CYPHER = (
    (tables.saved_queries, "words_sealed", "saved query {id}"),
    (tables.cypher_texts, "text_sealed", "cypher {line}"),
)
TYPED = (
    *_CYPHER,
    (tables.pairings, "reason_sealed", "pairing {id} reason"),
    (tables.pairings, "ended_sealed", "pairing {id} end"),
)
# Words whose author always reads them as typed, so that typing a name tells nothing.
OWN = (
    (tables.pictures, "words_sealed", "picture {id}"),
    (tables.comments, "words_sealed", "comment {id}"),
    (tables.reviews, "words_sealed", "review {id}"),
    (tables.reference_series, "words_sealed", "series {id}"),
    (tables.recipients, "name_sealed", "recipient {case_id} {id}"),
)


def withhold_words(connection: sa.Connection, case: str, key: bytes, withhold: Withhold) -> None:
    """Withhold the words of a case that name somebody sealed by now: of `OWN`, from everyone but their authors."""
    mask_words(connection, case, key, withhold, TYPED)
    for words in OWN:
        for row in _rows(connection, case, words):
            _change(connection, key, lambda kept_words: for_others(kept_words, withhold), words, row)


def mask_words(
    connection: sa.Connection,
    case: str,
    key: bytes,
    mask: Callable[[str], str],
    columns: Iterable[tuple[sa.Table, str, str]],
) -> None:
    """Mask sealed words of a case: (table, column, what they are bound to) each."""
    for words in columns:
        for row in _rows(connection, case, words):
            _change(connection, key, lambda kept_words: mask_texts(kept_words, mask), words, row)


def mask_cypher_elsewhere(
    connection: sa.Connection, case: str, open_key: Callable[[bytes, str], bytes], mask: Callable[[str], str]
) -> None:
    """Mask Cypher that was typed or saved in every case but this one: a text sees them all, and may name somebody of any.

    Args:
        connection: of the transaction.
        case: the case of whom `mask` masks.
        open_key: opens a case's wrapped data key, given what it is bound to.
        mask: takes their names out of a text.

    What cannot be opened, as its key or itself is another one, stops nothing: nobody can read it either.
    """
    table = tables.cases
    for other, wrapped in connection.execute(sa.select(table.c.id, table.c.key_sealed).where(table.c.id != case)).all():
        with suppress(OperatorError):
            key = open_key(wrapped, f"case {other}")
            for words in _CYPHER:
                for row in _rows(connection, other, words):
                    with suppress(OperatorError):
                        _change(connection, key, lambda kept_words: mask_texts(kept_words, mask), words, row)


def _rows(connection: sa.Connection, case: str, words: tuple[sa.Table, str, str]) -> Iterable[sa.RowMapping]:
    table, column, _ = words
    query = sa.select(table).where(table.c.case_id == case, table.c[column].is_not(None))
    return connection.execute(query).mappings().all()


def _change(
    connection: sa.Connection,
    key: bytes,
    change: Callable[[Any], Any],
    words: tuple[sa.Table, str, str],
    row: sa.RowMapping,
) -> None:
    table, column, bound = words
    what = bound.format(**row)
    said = unpack(key, row[column], what)
    now = change(said)
    if now != said:
        mine = sa.and_(*(key_column == row[key_column.name] for key_column in table.primary_key))
        marked = {"masked": True} if "masked" in table.c else {}
        connection.execute(table.update().where(mine).values({column: pack(key, now, what)} | marked))
