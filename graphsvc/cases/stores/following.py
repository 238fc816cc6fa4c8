"""Updates saved views, drafts and comments when ids in the graph change.

Sealed or erased people and things are removed for good: a view that replaced the name by the pseudonym would reveal
that the two are the same. A pseudonym opened by two persons is replaced by the id.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from graphsvc.access.vault import pseudonym, seal, unseal
from graphsvc.appdb import tables
from graphsvc.cases.stores.peoples_words import replace_words
from graphsvc.views.picture import canvas
from graphsvc.views.picture.canvas import Follow

_KINDS = ("person", "thing")
_PSEUDONYM = re.compile(r"[ST](-[0-9A-Z]{4}){3}", re.ASCII)
_VERSIONS, _DRAFTS, _COMMENTS = tables.picture_versions, tables.drafts, tables.comments


def about(key: bytes, ids: Sequence[str]) -> str:
    """Return a keyed hash of a comment's topic: one id, or subject, relation and object."""
    return hmac.digest(key, "\0".join(("comment", *ids)).encode("utf-8", "surrogatepass"), hashlib.sha256).hex()


def id_follower(key: bytes, shown_ids: Mapping[str, str], erased: Collection[str]) -> Follow:
    """Return a function that maps a former id in the graph to the current one, or to None if it is gone for good.

    Args:
        key: the case's data key.
        shown_ids: delivered id → id in the graph now.
        erased: pseudonyms of the people and things erased.
    """
    current_ids = frozenset(shown_ids.values())

    @cache
    def ids_by_pseudonym() -> dict[str, str]:
        return {pseudonym(key, kind, identifier): now for identifier, now in shown_ids.items() for kind in _KINDS}

    def follow(identifier: str) -> str | None:
        if identifier in shown_ids:
            return identifier if shown_ids[identifier] == identifier else None
        if identifier in current_ids:
            return identifier
        if erased and (identifier in erased or any(pseudonym(key, kind, identifier) in erased for kind in _KINDS)):
            return None
        if _PSEUDONYM.fullmatch(identifier):
            return ids_by_pseudonym().get(identifier, identifier)
        return identifier

    return follow


def settle(
    connection: sa.Connection, case: str, key: bytes, follow: Follow, text: Follow = lambda typed: typed
) -> None:
    """Update the ids in the saved views, drafts and comments of a case.

    Words that an author typed into a view stay as typed: a missing word would tell the author that it names somebody
    sealed. After an erasure, `text` removes erased names from each of them.
    """

    def version(stored: list[Any]) -> list[Any]:
        state, links, *reserved = stored
        return [
            canvas.replace_ids(state, follow, text),
            None if links is None else _links(links, follow),
            *([now for each in ids if (now := follow(each)) is not None] for ids in reserved),
        ]

    replace_words(connection, case, key, _VERSIONS.c.state_sealed, version)
    replace_words(connection, case, key, _DRAFTS.c.state_sealed, lambda state: canvas.replace_ids(state, follow, text))
    for row in connection.execute(sa.select(_COMMENTS).where(_COMMENTS.c.case_id == case)).all():
        ids = unseal(key, _COMMENTS.c.about_sealed, row)
        ends = _ends(ids, follow)
        if ends is None:
            connection.execute(_COMMENTS.delete().where(_COMMENTS.c.id == row.id))
        elif ends != ids:
            sealed = seal(key, _COMMENTS.c.about_sealed, row._mapping, ends)
            values = {"about": about(key, ends), "about_sealed": sealed}
            connection.execute(_COMMENTS.update().where(_COMMENTS.c.id == row.id).values(**values))


def _ends(ids: list[str], follow: Follow) -> list[str] | None:
    """Return one id, or subject, relation and object, with their current ids; None if one is gone."""
    now = [name if place == 1 else follow(name) for place, name in enumerate(ids)]
    return None if None in now else [name for name in now if name is not None]


def _links(links: list[list[Any]], follow: Follow) -> list[list[Any]]:
    return [[*ends, *link[3:]] for link in links if (ends := _ends(link[:3], follow)) is not None]
