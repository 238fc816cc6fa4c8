"""Reasons and other words that people type in a case: stored sealed, and withheld where they name somebody sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decisions.own_words import Withhold, for_others, mask_texts
from graphsvc.access.vault import seal, unseal
from graphsvc.appdb import tables
from graphsvc.appdb.shared_ids import shared_ids
from graphsvc.errors import OperatorError

# Columns of typed words. `REASONS` are shown only to readers who may know sealed identities. `TYPED` (queries, and
# reasons why witnesses depend on each other) have other readers too.
REASONS = (
    tables.requests.c.reason_sealed,
    tables.requests.c.answer_sealed,
    tables.holds.c.reason_sealed,
    tables.exports.c.reason_sealed,
    tables.overrules.c.reason_sealed,
    shared_ids.c.reason_sealed,
)
_CYPHER = (tables.saved_queries.c.words_sealed, tables.cypher_texts.c.text_sealed)
TYPED = (*_CYPHER, tables.pairings.c.reason_sealed, tables.pairings.c.ended_sealed)
# Words that their author always reads as typed: if they were withheld, authors could test whether a name is sealed.
OWN = (
    tables.pictures.c.words_sealed,
    tables.comments.c.words_sealed,
    tables.reviews.c.words_sealed,
    tables.reference_series.c.words_sealed,
    tables.recipients.c.name_sealed,
)


def withhold_words(connection: sa.Connection, case: str, key: bytes, withhold: Withhold) -> None:
    """Withhold the words of a case that now name somebody sealed; authors still read their own (`OWN`)."""
    mask_words(connection, case, key, withhold, TYPED)
    for column in OWN:
        replace_words(connection, case, key, column, lambda words: for_others(words, withhold))


def mask_words(
    connection: sa.Connection,
    case: str,
    key: bytes,
    mask: Callable[[str], str],
    columns: Iterable[sa.Column[bytes]],
    *,
    readable: bool = True,
) -> None:
    """Mask the words of a case in some columns. If not `readable`, skip words that cannot be decrypted."""
    for column in columns:
        replace_words(connection, case, key, column, lambda words: mask_texts(words, mask), readable=readable)


def mask_cypher_elsewhere(
    connection: sa.Connection, case: str, open_key: Callable[[bytes, str], bytes], mask: Callable[[str], str]
) -> None:
    """Mask queries typed or saved in all other cases: a query can read every case, so it may name anyone.

    Args:
        connection: the current transaction.
        case: the case of the people that `mask` masks.
        open_key: opens a case's wrapped data key, given the text it is bound to.
        mask: removes their names from a text.

    Texts that cannot be decrypted are skipped: nobody can read them either.
    """
    table = tables.cases
    for other_case, wrapped in connection.execute(
        sa.select(table.c.id, table.c.key_sealed).where(table.c.id != case)
    ).all():
        with suppress(OperatorError):
            key = open_key(wrapped, f"case {other_case}")
            mask_words(connection, other_case, key, mask, _CYPHER, readable=False)


def replace_words(
    connection: sa.Connection,
    case: str,
    key: bytes,
    column: sa.Column[bytes],
    change: Callable[[Any], Any],
    *,
    readable: bool = True,
) -> None:
    """Replace the sealed words in each row of a case with the result of `change`. See `mask_words`."""
    table = column.table
    query = sa.select(table).where(table.c.case_id == case, column.is_not(None))
    for row in connection.execute(query).mappings().all():
        with nullcontext() if readable else suppress(OperatorError):
            before = unseal(key, column, row)
            now = change(before)
            if now != before:
                mine = (key_column == row[key_column] for key_column in table.primary_key)
                marked = {"masked": True} if "masked" in table.c else {}
                sealed = {column.name: seal(key, column, row, now)}
                connection.execute(sa.update(table).where(*mine).values(sealed | marked))
