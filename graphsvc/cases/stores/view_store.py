"""Stores the saved views of a case, with versions and drafts, as one reader may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from graphsvc.access.decisions.own_words import Withhold, passed_on, words_for
from graphsvc.access.decisions.stored_rows import StoredRows
from graphsvc.access.log.audit import now
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import seal, unseal
from graphsvc.appdb import tables
from graphsvc.appdb.rows import Condition, fill
from graphsvc.errors import NotFound, RequestError
from graphsvc.records.lines import is_title, plain
from graphsvc.records.relations import CUSTOM_PREFIX
from graphsvc.views.picture import canvas
from graphsvc.views.picture.canvas import State

MOST_PICTURES = 500
MOST_VERSIONS = 500
MOST_SITTINGS = 5
LONGEST_NAME = 120
LONGEST_NOTES = 2_000
_ROW, _VERSION, _DRAFT = tables.pictures, tables.picture_versions, tables.drafts
_VIEWS = StoredRows(_ROW, "created_at")
# Links as returned by `views.picture.since.pack_links`; None if there are too many to compare.
Links = list[list[Any]] | None


@dataclass(frozen=True, slots=True)
class ViewVersion:
    """One saved version of a view. Times are UTC.

    Attributes:
        said: changes since the previous version, in one line; empty if `withheld`.
        withheld: whether its author had source clearance and the reader has none.
    """

    number: int
    account: str
    at: dt.datetime
    said: str
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class SavedView:
    """A saved view of the network, as this reader may see it. Times are UTC.

    Attributes:
        account: the account that owns it.
        mine: whether the reader owns it.
        handling: the level it was made at, `P` or `C`.
        name, notes: words of their author. If `withheld` (the author had source clearance and the reader has none), the
            name gives the day the view was made, and the notes are empty.
        version: number of the newest version, which `changed_by` saved at `changed_at`.
        savable: whether the reader may add versions, because they have the level it was made at.
    """

    id: str
    name: str
    notes: str
    withheld: bool
    account: str
    mine: bool
    shared: bool
    handling: str
    savable: bool
    version: int
    created_at: dt.datetime
    changed_at: dt.datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """An account's unsaved work in one sitting, and the view and version it started from (empty id: no view)."""

    sitting: str
    at: dt.datetime
    state: State
    picture: str
    version: int


@dataclass(frozen=True, slots=True)
class ViewStore:
    """The views of a case visible to one account, inside one transaction.

    Attributes:
        key: the case's data key.
        grant: clearance of the account in the case.
        withhold: returns the rule for words of others; see `Ask.withhold`.
    """

    connection: sa.Connection
    key: bytes
    case: str
    account: str
    grant: Grant
    withhold: Callable[[], Withhold]

    def pictures(self) -> list[SavedView]:
        """Return the account's own and the shared views, last changed first, then by name (ids are random)."""
        views = map(self._picture, self.connection.execute(self._visible_views()).all())
        named = sorted(views, key=lambda view: (view.name, view.account))
        return sorted(named, key=lambda view: view.changed_at, reverse=True)

    def picture(self, identifier: str) -> SavedView:
        """Return one view.

        Raises:
            NotFound: it does not exist, or the account may not see it.
        """
        row = self.connection.execute(self._visible_views().where(_ROW.c.id == identifier)).first()
        if row is None:
            raise NotFound(
                "There is no such view that you can see in this case. The page Saved views lists those you can."
            )
        return self._picture(row)

    def versions(self, identifier: str) -> list[ViewVersion]:
        """Return the versions of a view, newest first."""
        columns = (_VERSION.c.number, _VERSION.c.account, _VERSION.c.at, _VERSION.c.said, _VERSION.c.sources)
        query = sa.select(*columns).where(_VERSION.c.picture_id == identifier).order_by(_VERSION.c.number.desc())
        return [self._version(row) for row in self.connection.execute(query)]

    def version(self, identifier: str, number: int) -> tuple[ViewVersion, State, Links]:
        """Return one version of a view, its state as this account may read it, and the links in it.

        Raises:
            NotFound: it has no such version.
        """
        row, state, links = self._stored_version(identifier, number)
        return self._version(row), state, links

    def changes(self, identifier: str, number: int, state: State) -> str:
        """Say in one line how a state differs from a version of a view, as far as this account sees that version."""
        row, before, _ = self._stored_version(identifier, number)
        return canvas.changes(before, canvas.bare(state) if self._withheld(row) else state)

    def other(self, identifier: str) -> str:
        """Return the account, other than the reader's, that last saved a version of a view; empty if none did."""
        conditions = (_VERSION.c.picture_id == identifier, _VERSION.c.account != self.account)
        query = sa.select(_VERSION.c.account).where(*conditions).order_by(_VERSION.c.number.desc())
        return str(self.connection.execute(query.limit(1)).scalar() or "")

    # -- changing ---------------------------------------------------------------------------------------------

    def new(self, words: Any, *, shared: bool) -> str:
        """Create a view with these words (`own_words.for_others`) and no version yet; return its id.

        Raises:
            RequestError: the account has reached the limit.
        """
        at = now()
        count = _VIEWS.count(self.connection, _ROW.c.case_id == self.case, _ROW.c.account == self.account)
        if count >= MOST_PICTURES:
            raise RequestError(f"You have {count} views in this case, which is the most there may be. Delete some.")
        return _VIEWS.add(
            self.connection,
            self.key,
            case_id=self.case,
            account=self.account,
            handling=self.grant.handling,
            sources=self.grant.sources,
            words_sealed=words,
            shared=shared,
            version=0,
            created_at=at,
            changed_at=at,
        )

    def add(self, identifier: str, state: State, links: Links, changes: str, reserved: Collection[str] = ()) -> None:
        """Add a version to a view; only readers with source clearance will see its `reserved` ids."""
        at = now()
        last = self.connection.execute(sa.select(_ROW.c.version).where(_ROW.c.id == identifier)).scalar_one()
        row = {
            "picture_id": identifier,
            "number": last + 1,
            "case_id": self.case,
            "account": self.account,
            "at": at,
            "said": changes[:200],
            "sources": self.grant.sources,
        }
        sealed = seal(self.key, _VERSION.c.state_sealed, row, [state, links, sorted(reserved)])
        self.connection.execute(_VERSION.insert().values(**row, state_sealed=sealed))
        self._change(identifier, version=last + 1, changed_at=at)

    def rename(self, identifier: str, words: Any) -> None:
        """Change the name and notes of a view; the clearance of the account that changes them decides who sees them."""
        self._change(identifier, words_sealed=words, sources=self.grant.sources)

    def share(self, identifier: str, *, shared: bool) -> None:
        """Share a view, or stop sharing it."""
        self._change(identifier, shared=shared)

    def pass_to(self, identifier: str, account: str) -> None:
        """Give a view to another account, with the name and notes that others see."""
        row = self.connection.execute(sa.select(_ROW).where(_ROW.c.id == identifier)).one()
        words = passed_on(_VIEWS.words(self.key, row, "words_sealed"), row.handling)
        self._change(identifier, account=account, words_sealed=words)

    def delete(self, identifier: str) -> None:
        """Delete a view with its versions for good."""
        self.connection.execute(_VERSION.delete().where(_VERSION.c.picture_id == identifier))
        self.connection.execute(_ROW.delete().where(_ROW.c.id == identifier))

    # -- drafts -----------------------------------------------------------------------------------------------

    def drafts(self) -> list[StoredDraft]:
        """Return the account's drafts, latest sitting first."""
        query = sa.select(_DRAFT).where(*self._own_drafts(), _DRAFT.c.handling.in_(self.grant.codes))
        return [
            fill(
                StoredDraft,
                row,
                state=unseal(self.key, _DRAFT.c.state_sealed, row),
                picture=row.picture_id,
                version=row.number,
            )
            for row in self.connection.execute(query.order_by(_DRAFT.c.at.desc(), _DRAFT.c.sitting))
        ]

    def keep_draft(self, sitting: str, state: State, picture: str, version: int) -> dt.datetime:
        """Store a draft in place of this sitting's last, drop the oldest sitting beyond the limit; return the time."""
        at = now()
        self.drop_draft(sitting)
        sittings = sa.select(_DRAFT.c.sitting).where(*self._own_drafts()).order_by(_DRAFT.c.at.desc(), _DRAFT.c.sitting)
        for (old,) in self.connection.execute(sittings.offset(MOST_SITTINGS - 1)).all():
            self.drop_draft(old)
        row = {
            "case_id": self.case,
            "account": self.account,
            "sitting": sitting,
            "handling": self.grant.handling,
            "at": at,
            "picture_id": picture,
            "number": version,
        }
        sealed = seal(self.key, _DRAFT.c.state_sealed, row, state)
        self.connection.execute(_DRAFT.insert().values(**row, state_sealed=sealed))
        return at

    def drop_draft(self, sitting: str) -> None:
        """Delete the draft of a sitting."""
        self.connection.execute(_DRAFT.delete().where(*self._own_drafts(), _DRAFT.c.sitting == sitting))

    # -- internals --------------------------------------------------------------------------------------------

    def _stored_version(self, identifier: str, number: int) -> tuple[Any, State, Links]:
        mine = (_VERSION.c.picture_id == identifier, _VERSION.c.number == number)
        row = self.connection.execute(sa.select(_VERSION).where(*mine)).first()
        if row is None:
            raise NotFound(f"This view has no version {number}. Its page lists those it has.")
        # Versions of earlier releases have no third part.
        state, links, *reserved = unseal(self.key, _VERSION.c.state_sealed, row)
        if reserved and not self.grant.sources:
            state = canvas.only(state, canvas.all_ids(state) - {*reserved[0]})
        return row, self._readable(row, state), links and self._without_named(links)

    def _without_named(self, links: list[list[Any]]) -> Links:
        """Leave out links whose custom relation now names somebody sealed: pages show the relation differently."""
        if not any(link[1].startswith(CUSTOM_PREFIX) for link in links):
            return links
        mask = self.withhold()
        return [link for link in links if not link[1].startswith(CUSTOM_PREFIX) or mask(link[1]) == link[1]]

    def _readable(self, row: Any, state: State) -> State:
        """Return a state as this account may read it; its author reads every word as typed."""
        if self._withheld(row):
            return canvas.bare(state)
        if row.account == self.account:
            return state
        return canvas.mask_words(state, partial(self.withhold(), level=self.grant.handling))

    def _version(self, row: Any) -> ViewVersion:
        is_withheld = self._withheld(row)
        return ViewVersion(row.number, row.account, row.at, "" if is_withheld else row.said, is_withheld)

    def _withheld(self, row: Any) -> bool:
        """Whether the author has source clearance and this account does not: the words may be about sources."""
        return bool(row.sources) and not self.grant.sources

    def _own_drafts(self) -> tuple[Condition, ...]:
        return _DRAFT.c.case_id == self.case, _DRAFT.c.account == self.account

    def _change(self, identifier: str, **values: Any) -> None:
        _VIEWS.change(self.connection, identifier, key=self.key, **values)

    def _visible_views(self) -> sa.Select[Any]:
        """Select the views that this account may see, each with the account that saved its newest version."""
        newest = (_VERSION.c.picture_id == _ROW.c.id) & (_VERSION.c.number == _ROW.c.version)
        theirs = (_ROW.c.account == self.account) | _ROW.c.shared
        query = sa.select(_ROW, _VERSION.c.account.label("changed_by")).join(_VERSION, newest)
        return query.where(_ROW.c.case_id == self.case, _ROW.c.handling.in_(self.grant.codes), theirs)

    def _picture(self, row: Any) -> SavedView:
        mine = row.account == self.account
        name, notes = words_for(_VIEWS.words(self.key, row, "words_sealed"), mine=mine, level=self.grant.handling)
        withheld = self._withheld(row)
        if withheld:
            name, notes = f"View made on {row.created_at:%Y-%m-%d}", ""
        savable = row.handling == self.grant.handling
        return fill(SavedView, row, name=name, notes=notes, withheld=withheld, mine=mine, savable=savable)


def normalise_texts(name: str, notes: str) -> list[str]:
    """Return name and notes in the form in which they are stored.

    Raises:
        RequestError: the name is not printable or empty, or either is too long.
    """
    name, notes = " ".join(name.split()), plain(notes)
    if not is_title(name, LONGEST_NAME):
        raise RequestError(f"A view takes a name of 1 to {LONGEST_NAME} characters that can be printed.")
    if len(notes) > LONGEST_NOTES:
        raise RequestError(f"Notes take at most {LONGEST_NOTES:,} characters; these have {len(notes):,}.")
    return [name, notes]
