"""Words of people in a case, sealed: what they gave as reasons, and what they typed; masked when somebody is sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from graphsvc.access.vault import pack, unpack
from graphsvc.appdb import tables

# Words of people, by table, column, and what they are bound to. Reasons are read by those who may know who is sealed;
# what was typed as a query, about a lead, or to say which witnesses depend on each other, is not.
REASONS = (
    (tables.requests, "reason_sealed", "request {id} reason"),
    (tables.requests, "answer_sealed", "request {id} answer"),
    (tables.holds, "reason_sealed", "hold {id}"),
    (tables.exports, "reason_sealed", "export {id} reason"),
    (tables.recipients, "name_sealed", "recipient {case_id} {id}"),
    (tables.overrules, "reason_sealed", "overrule {case_id} {pseudonym}"),
)
TYPED = (
    (tables.saved_queries, "words_sealed", "saved query {id}"),
    (tables.cypher_texts, "text_sealed", "cypher {line}"),
    (tables.pairings, "reason_sealed", "pairing {id} reason"),
    (tables.pairings, "ended_sealed", "pairing {id} end"),
    (tables.reviews, "words_sealed", "review {id}"),
    (tables.pictures, "words_sealed", "picture {id}"),
    (tables.comments, "words_sealed", "comment {id}"),
    (tables.reference_series, "words_sealed", "series {id}"),
)


def mask_words(
    connection: sa.Connection,
    case: str,
    key: bytes,
    mask: Callable[[str], str],
    columns: Iterable[tuple[sa.Table, str, str]],
) -> None:
    """Mask sealed words of a case: (table, column, what they are bound to) each."""
    for table, column, bound in columns:
        rows = connection.execute(sa.select(table).where(table.c.case_id == case)).mappings().all()
        for row in rows:
            if row[column] is None:
                continue
            what = bound.format(**row)
            words = unpack(key, row[column], what)
            masked = _masked(words, mask)
            if masked != words:
                mine = sa.and_(*(key_column == row[key_column.name] for key_column in table.primary_key))
                said = {"masked": True} if "masked" in table.c else {}
                connection.execute(table.update().where(mine).values({column: pack(key, masked, what)} | said))


def _masked(words: Any, mask: Callable[[str], str]) -> Any:
    """A JSON value with every text in it masked, names of fields too."""
    if isinstance(words, str):
        return mask(words)
    if isinstance(words, list):
        return [_masked(word, mask) for word in words]
    if isinstance(words, dict):
        return {mask(name): _masked(word, mask) for name, word in words.items()}
    return words
