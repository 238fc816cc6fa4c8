"""Comments on an entity or a link.

A comment is shown at its author's level. Readers with a lower handling clearance, or without the author's source
clearance, do not see it: it may mention a person hidden from them, such as a source. Authors can take a comment
back: it stays listed, but only supervisors can still read it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decisions.own_words import for_others, words_for
from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.access.log.audit import now
from graphsvc.appdb import alone, tables, transaction
from graphsvc.appdb.rows import Condition, fill
from graphsvc.cases.stores.following import about
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.records.lines import plain
from graphsvc.service.ask import Ask, nothing

LONGEST_COMMENT = 2_000
MOST_COMMENTS = 500  # by one account on one entity or link
_LOCK = 0x636D6E74  # advisory lock of PostgreSQL: comments are added one at a time
_ROW = tables.comments
_COMMENTS = StoredRows(_ROW)
_ENDS = 3
# Subject, relation, object.
Link = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on an entity or a link, as this reader may see it. Times are UTC.

    Attributes:
        about: one id, or subject, relation and object.
        text: empty if taken back and the reader is not a supervisor.
        mine: this reader wrote it.
        taken_back_at: None if not taken back.
    """

    id: str
    about: tuple[str, ...]
    account: str
    at: dt.datetime
    text: str
    handling: str
    mine: bool
    taken_back_at: dt.datetime | None


class Comments:
    """The comments of one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def of(self, *ids: str) -> list[Comment]:
        """Return comments on an entity (its id) or a link (subject, relation, object), oldest first.

        Raises:
            NotFound: it does not exist, or this reader may not see it.
            RequestError: there is not one id, or three.
        """
        self._require_there(ids)
        with self._ask.act("read", step="comments", about=list(ids)) as outcome:
            key = self._ask.key
            mine = (_ROW.c.about == about(key, ids), *self._visibility())
            rows = _COMMENTS.newest(self._ask.database, *mine)
            outcome["rows"] = len(rows)
            return [self._comment(row, key) for row in reversed(rows)]

    def counts(self) -> tuple[dict[str, int], dict[Link, int]]:
        """Return the number of comments on each commented entity and link that this reader can see.

        Comments taken back are not counted.
        """
        with self._ask.look("read", step="comments", what="counts"):
            key = self._ask.key
            columns = (_ROW.c.id, _ROW.c.about, _ROW.c.about_sealed)
            standing = (*self._visibility(), _ROW.c.taken_back_at.is_(None))
            with transaction(self._ask.database) as connection:
                rows = connection.execute(sa.select(*columns).where(*standing)).all()
            counts = Counter(row.about for row in rows)
            subjects = {row.about: row for row in rows}  # one row per subject, to decrypt it only once
            counted = {
                tuple(_COMMENTS.words(key, row, "about_sealed")): counts[hashed] for hashed, row in subjects.items()
            }
            nodes = {ids[0]: number for ids, number in counted.items() if len(ids) == 1}
            links = {(ids[0], ids[1], ids[2]): number for ids, number in counted.items() if len(ids) == _ENDS}
            present_ids = self._present({*nodes, *(end for link in links for end in (link[0], link[2]))})
            joined = self._visible_links({end for link in links for end in (link[0], link[2])} & present_ids)
        return (
            {identifier: number for identifier, number in sorted(nodes.items()) if identifier in present_ids},
            {link: number for link, number in sorted(links.items()) if link in joined},
        )

    def add(self, ids: Sequence[str], text: str) -> str:
        """Add a comment on an entity (one id) or a link (subject, relation, object); return the comment's id.

        Raises:
            NotFound: it does not exist, or this reader may not see it.
            RequestError: the text cannot be stored, or there are too many comments.
        """
        ids, text, grant = list(ids), plain(text), self._ask.grant
        if not text or len(text) > LONGEST_COMMENT:
            raise RequestError(f"A comment takes 1 to {LONGEST_COMMENT:,} characters; this has {len(text):,}.")
        self._require_there(ids)
        with self._ask.act("keep", step="comment", what="add", about=ids):
            self._ask.require_open()
            key = self._ask.key
            hashed = about(key, ids)
            words = for_others([text], self._ask.withhold())
            # Only this account's comments are counted, so that nothing shows how many others wrote, at any level.
            mine = (_ROW.c.about == hashed, _ROW.c.account == self._ask.principal.name)
            with alone(self._ask.database, _LOCK) as connection:
                if _COMMENTS.count(connection, _ROW.c.case_id == self._ask.case, *mine) >= MOST_COMMENTS:
                    raise RequestError(
                        f"You have said {MOST_COMMENTS} things about this, which is the most there may be."
                    )
                return _COMMENTS.add(
                    connection,
                    key,
                    case_id=self._ask.case,
                    about=hashed,
                    account=self._ask.principal.name,
                    handling=grant.handling,
                    sources=grant.sources,
                    about_sealed=ids,
                    words_sealed=words,
                )

    def take_back(self, identifier: str) -> None:
        """Take back the user's own comment: it stays listed, but only supervisors can read it. No effect if repeated.

        Raises:
            NotFound: it does not exist, or this reader may not see it.
            Refused: another person wrote it.
        """
        with (
            self._ask.act("keep", step="comment", what="take back", comment=identifier),
            alone(self._ask.database, _LOCK) as connection,
        ):
            row = _COMMENTS.one(connection, identifier, *self._visibility())
            if row is None:
                raise NotFound("There is no such comment that you can see in this case.")
            if row.account != self._ask.principal.name:
                raise Refused(f"Only {row.account}, who wrote it, can take it back.")
            _COMMENTS.change(connection, identifier, _ROW.c.taken_back_at.is_(None), taken_back_at=now())

    # -- helpers ----------------------------------------------------------------------------------------------

    def _visibility(self) -> tuple[Condition, ...]:
        """Return the conditions that select comments this reader may see."""
        grant = self._ask.grant
        of_sources = () if grant.sources else (_ROW.c.sources.is_(False),)
        return _ROW.c.case_id == self._ask.case, _ROW.c.handling.in_(grant.codes), *of_sources

    def _require_there(self, ids: Sequence[str]) -> None:
        """Raise an error unless this entity or link is visible to this reader.

        Raises:
            NotFound: it is not.
            RequestError: there is not one id, or three.
        """
        if len(ids) not in (1, _ENDS) or not all(ids):
            raise RequestError(
                "A comment is about one entity, by its id, or one link, by subject, relation and object."
            )
        if len(ids) == 1:
            is_present = bool(self._present(ids))
        else:
            is_present = (ids[0], ids[1], ids[2]) in self._visible_links({ids[0], ids[2]})
        if not is_present:
            raise nothing(" ".join(ids))

    def _present(self, ids: set[str] | Sequence[str]) -> set[str]:
        """Return the ids that are visible to this reader."""
        return {row["id"] for row in self._ask.rows("network.there", ids=sorted(ids)).dicts()} if ids else set()

    def _visible_links(self, ids: set[str]) -> set[Link]:
        """Return the links among these ids that are visible to this reader."""
        rows = self._ask.rows("network.among", ids=sorted(ids)).dicts() if ids else []
        return {(row["subject"], row["relation"], row["object"]) for row in rows}

    def _comment(self, row: Any, key: bytes) -> Comment:
        mine = row.account == self._ask.principal.name
        hidden = row.taken_back_at is not None and not self._ask.may("agree")
        (text,) = words_for(_COMMENTS.words(key, row, "words_sealed"), mine=mine, level=self._ask.grant.handling)
        return fill(
            Comment,
            row,
            about=tuple(_COMMENTS.words(key, row, "about_sealed")),
            text="" if hidden else text,
            mine=mine,
        )
