"""Reasons and other words that people type in a case: stored sealed, and withheld where they name somebody sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decisions.own_words import Withhold, for_others, mask_texts
from graphsvc.access.vault import pack, unpack
from graphsvc.appdb import tables
from graphsvc.appdb.shared_ids import shared_ids
from graphsvc.errors import OperatorError

# Typed words: table, column, and the text they are bound to. Only readers who may know sealed identities see reasons;
# typed queries, and reasons why witnesses depend on each other, have other readers too.
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
# Words that their author always reads as typed, so that typing a name reveals nothing.
OWN = (
    (tables.pictures, "words_sealed", "picture {id}"),
    (tables.comments, "words_sealed", "comment {id}"),
    (tables.reviews, "words_sealed", "review {id}"),
    (tables.reference_series, "words_sealed", "series {id}"),
    (tables.recipients, "name_sealed", "recipient {case_id} {id}"),
)


def withhold_words(connection: sa.Connection, case: str, key: bytes, withhold: Withhold) -> None:
    """Withhold the words of a case that now name somebody sealed; for `OWN`, from everyone but their authors."""
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
    """Mask sealed words of a case; `columns` are (table, column, text the words are bound to)."""
    for words in columns:
        for row in _rows(connection, case, words):
            _change(connection, key, lambda kept_words: mask_texts(kept_words, mask), words, row)


def mask_cypher_elsewhere(
    connection: sa.Connection, case: str, open_key: Callable[[bytes, str], bytes], mask: Callable[[str], str]
) -> None:
    """Mask Cypher typed or saved in all other cases: a query can read every case, and may name people of each.

    Args:
        connection: the current transaction.
        case: the case of the people that `mask` masks.
        open_key: opens a case's wrapped data key, given the text it is bound to.
        mask: takes their names out of a text.

    Texts that cannot be opened, because they or their key do not match, are skipped: nobody can read them either.
    """
    table = tables.cases
    for other_case, wrapped in connection.execute(
        sa.select(table.c.id, table.c.key_sealed).where(table.c.id != case)
    ).all():
        with suppress(OperatorError):
            key = open_key(wrapped, f"case {other_case}")
            for words in _CYPHER:
                for row in _rows(connection, other_case, words):
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
    context = bound.format(**row)
    before = unpack(key, row[column], context)
    now = change(before)
    if now != before:
        mine = sa.and_(*(key_column == row[key_column.name] for key_column in table.primary_key))
        marked = {"masked": True} if "masked" in table.c else {}
        connection.execute(table.update().where(mine).values({column: pack(key, now, context)} | marked))
