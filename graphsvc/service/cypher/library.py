"""The case's library of Cypher queries, private and shared.

Shared queries are visible to everyone who may write Cypher in the case. Only their author may change them; if the
author can no longer write Cypher there, everyone may.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.access.log.audit import now
from graphsvc.access.people import accounts, policy
from graphsvc.appdb import alone, tables, transaction
from graphsvc.appdb.rows import fill
from graphsvc.cases.versions import known_cases
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.service.ask import Ask
from graphsvc.service.cypher import exchange
from graphsvc.service.cypher.exchange import Words

_ROW = tables.saved_queries
_QUERIES = StoredRows(_ROW, "created_at")
_LOCK = 0x63797068  # advisory lock of PostgreSQL
_READ_BY_OTHERS = (
    "A query of this name is shared in this case: everyone would get this text. Save it there by hand, or give it another name"
    " in the file."
)


@dataclass(frozen=True, slots=True)
class Saved:
    """A query of the library.

    Attributes:
        account: its author.
        mine: whether this person is the author.
        changeable: whether this person may change it, as author or because the author can no longer write Cypher here.
        version: 1 at first; every change of its contents adds 1.
    """

    id: str
    words: Words
    account: str
    shared: bool
    version: int
    created_at: dt.datetime
    changed_at: dt.datetime
    mine: bool
    changeable: bool

    @property
    def name(self) -> str:
        """Unique name."""
        return self.words.name


class NameTaken(RequestError):
    """A query of this name exists already.

    Attributes:
        by: the existing query; its `changeable` says whether it can be replaced.
    """

    status = 409

    def __init__(self, by: Saved) -> None:
        origin = "you have saved" if by.mine else f"{by.account} has shared"
        way_out = "Replace it, or choose another name." if by.changeable else "Choose another name."
        super().__init__(f"There is a query named {by.name!r} that {origin} in this case. {way_out}")
        self.by = by


@dataclass(frozen=True, slots=True)
class Import:
    """Effect of importing a file of queries.

    Attributes:
        new, changed, same: the queries, by effect; `changed` replace the person's private ones of the same name.
        refused: (name or number, reason).
    """

    new: list[Words]
    changed: list[Words]
    same: list[Words]
    refused: list[tuple[str, str]]


class QueryLibrary:
    """The library of one case. Every method requires the current right to write Cypher, and is logged."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def list_queries(self) -> list[Saved]:
        """Return the person's own queries and shared ones, by name.

        Raises:
            Refused: this person may not write free Cypher now. The same for all methods here.
        """
        with self._library("list", writing=False) as (connection, key):
            return self._visible(connection, key)

    def look(self, identifier: str) -> Saved:
        """Return one query.

        Raises:
            NotFound: it does not exist, or this person may not see it. The same for all methods that take an id.
        """
        with self._library("open", writing=False, query_id=identifier) as (connection, key):
            return self._saved_row(connection, key, identifier)

    def save(self, words: Words, *, shared: bool = False, replacing: bool = False) -> Saved:
        """Save a query.

        If title or purpose is empty, that of the replaced query is kept; `rename` can remove it.

        Args:
            words: the query.
            shared: whether to share it; a replaced query that was shared stays shared.
            replacing: replace a query of the same name.

        Raises:
            NameTaken: a query of this name exists and is not replaced.
            RequestError: the query cannot be stored, or there are too many queries.
        """
        with self._library("save") as (connection, key):
            words = exchange.require(words)
            visible = self._visible(connection, key)
            existing = self._of_name(visible, words.name)
            if existing is not None and not (replacing and existing.changeable):
                raise NameTaken(existing)
            if existing is not None:
                was = existing.words
                words = replace(words, title=words.title or was.title, why=words.why or was.why)
            if shared:
                self._require_free(visible, words.name, existing)
            return self._keep(
                connection, key, words, existing, shared=shared or (existing is not None and existing.shared)
            )

    def rename(self, identifier: str, name: str, title: str, why: str) -> Saved:
        """Change a query's name, title and purpose.

        Raises:
            NameTaken: another query has this name.
            Refused: this person may not change it. The same for all methods that change a query.
        """
        with self._library("rename", query_id=identifier) as (connection, key):
            saved = self._changeable(connection, key, identifier)
            words = exchange.require(replace(saved.words, name=name, title=title, why=why))
            other_queries = [query for query in self._visible(connection, key) if query.id != saved.id]
            existing = self._of_name(other_queries, words.name)
            if existing is not None:
                raise NameTaken(replace(existing, changeable=False))
            return self._keep(connection, key, words, saved, shared=saved.shared)

    def share(self, identifier: str, *, shared: bool) -> Saved:
        """Share a query with everyone who may write Cypher in the case, or stop sharing it."""
        with self._library("share" if shared else "unshare", query_id=identifier) as (connection, key):
            saved = self._changeable(connection, key, identifier)
            if shared:
                self._require_free(self._visible(connection, key), saved.name, saved)
            _QUERIES.change(connection, saved.id, shared=shared)
            return replace(saved, shared=shared)

    def delete(self, identifier: str) -> None:
        """Delete a query for good."""
        with self._library("delete", query_id=identifier) as (connection, key):
            saved = self._changeable(connection, key, identifier)
            connection.execute(_ROW.delete().where(_ROW.c.id == saved.id))

    def export_file(self) -> str:
        """Return the person's own queries and shared ones as a file (JSON)."""
        with self._library("export", writing=False) as (connection, key):
            return exchange.file_text(self._ask.case, (saved.words for saved in self._visible(connection, key)))

    def preview_file(self, file: bytes) -> Import:
        """Preview importing a file of queries; nothing is stored.

        Raises:
            InputError: it is not a file of saved queries.
        """
        with self._library("preview import", writing=False) as (connection, key):
            return self._sort_import(self._visible(connection, key), file)

    def import_file(self, file: bytes) -> Import:
        """Import the queries of a file as private ones; each replaces the person's private query of the same name.

        Raises:
            InputError: it is not a file of saved queries.
        """
        with self._library("import") as (connection, key):
            visible = self._visible(connection, key)
            imported = self._sort_import(visible, file)
            for words in (*imported.new, *imported.changed):
                self._keep(connection, key, words, self._of_name(visible, words.name), shared=False)
            return imported

    # -- helpers ----------------------------------------------------------------------------------------------

    @contextmanager
    def _library(self, operation: str, *, writing: bool = True, **detail: Any) -> Iterator[tuple[sa.Connection, bytes]]:
        """Log one act on the library, in one transaction; yield its connection and the case's key.

        Writing acts run one at a time, so that no name is stored twice.
        """
        with self._ask.act("cypher", step="library", what=operation, **detail):
            policy.require_cypher(self._ask.principal, [row["id"] for row in known_cases(self._ask.database)])
            key = self._ask.key
            with alone(self._ask.database, _LOCK) if writing else transaction(self._ask.database) as connection:
                yield connection, key

    def _visible(self, connection: sa.Connection, key: bytes) -> list[Saved]:
        mine = _ROW.c.account == self._ask.principal.name
        rows = _QUERIES.newest(connection, _ROW.c.case_id == self._ask.case, mine | _ROW.c.shared)
        writers = self._writers() if any(row.account != self._ask.principal.name for row in rows) else set()
        visible = [self._read_row(row, key, writers) for row in rows]
        return sorted(visible, key=lambda saved: (saved.name.casefold(), not saved.mine, saved.account))

    def _saved_row(self, connection: sa.Connection, key: bytes, identifier: str) -> Saved:
        for saved in self._visible(connection, key):
            if saved.id == identifier:
                return saved
        raise NotFound("There is no such saved query that you can see in this case. The library lists those you can.")

    def _changeable(self, connection: sa.Connection, key: bytes, identifier: str) -> Saved:
        saved = self._saved_row(connection, key, identifier)
        if not saved.changeable:
            raise Refused(f"Only {saved.account} can change this query. Open it and save a copy under another name.")
        return saved

    @staticmethod
    def _of_name(known: list[Saved], name: str) -> Saved | None:
        """Return the query with a name, ignoring case; the person's own comes before shared ones."""
        matches = [saved for saved in known if saved.name.casefold() == name.casefold()]
        return matches[0] if matches else None

    def _require_free(self, visible: list[Saved], name: str, saved: Saved | None) -> None:
        """Raise NameTaken if another query with this name is shared."""
        other_queries = [query for query in visible if query.shared and (saved is None or query.id != saved.id)]
        existing = self._of_name(other_queries, name)
        if existing is not None:
            raise NameTaken(replace(existing, changeable=False))

    def _read_row(self, row: Any, key: bytes, writers: set[str]) -> Saved:
        words = Words(*_QUERIES.words(key, row, "words_sealed"))
        mine = row.account == self._ask.principal.name
        return fill(Saved, row, words=words, mine=mine, changeable=mine or row.account not in writers)

    def _writers(self) -> set[str]:
        """Return the accounts allowed to write Cypher in this case, even if another case suspends their grant."""
        return {
            account.name
            for account in accounts.list_accounts(self._ask.database)
            if not policy.cypher_refusal(account, [self._ask.case])
        }

    def _keep(
        self, connection: sa.Connection, key: bytes, words: Words, existing: Saved | None, *, shared: bool
    ) -> Saved:
        # A list, not an object: masking checks every text in it, including field names.
        plain = [words.name, words.text, words.title, words.why, words.parameters]
        values = {
            "account": self._ask.principal.name,
            "words_sealed": plain,
            "shared": shared,
            "version": existing.version + 1 if existing else 1,
            "changed_at": now(),
        }
        if existing:
            identifier = existing.id
            _QUERIES.change(connection, identifier, key=key, **values)
        else:
            mine = (_ROW.c.case_id == self._ask.case, _ROW.c.account == self._ask.principal.name)
            count = _QUERIES.count(connection, *mine)
            if count >= exchange.MOST:
                raise RequestError(
                    f"You have {count} queries in this case, which is the most there may be. Delete some."
                )
            values |= {"case_id": self._ask.case, "created_at": values["changed_at"]}
            identifier = _QUERIES.add(connection, key, **values)
        return self._read_row(_QUERIES.one(connection, identifier), key, {self._ask.principal.name})

    def _sort_import(self, visible: list[Saved], file: bytes) -> Import:
        queries, refused = exchange.read(file)
        imported = Import([], [], [], refused)
        for words in queries:
            existing = self._of_name(visible, words.name)
            if existing is None:
                imported.new.append(words)
            elif existing.words == words:
                imported.same.append(words)
            elif existing.mine and not existing.shared:
                imported.changed.append(words)
            elif existing.changeable:
                imported.refused.append((words.name, _READ_BY_OTHERS))
            else:
                imported.refused.append((words.name, str(NameTaken(existing))))
        return imported
