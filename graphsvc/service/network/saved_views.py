"""Saved views: pictures of the network with their versions, and drafts of the latest state.

A view is private until shared with users of the case who are cleared for its author's handling level. It
stores ids, positions and filters, never the picture itself: opening it draws a new one with the reader's own clearance.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from graphsvc.access.decisions.own_words import for_others
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import alone, transaction
from graphsvc.cases.stores.view_store import MOST_VERSIONS, Links, SavedView, ViewStore, ViewVersion, normalise_texts
from graphsvc.errors import Refused, RequestError
from graphsvc.records.dates import moment
from graphsvc.service.ask import Ask
from graphsvc.views.picture import canvas, since
from graphsvc.views.picture.canvas import State
from graphsvc.views.picture.since import Change, Figures, Key

__all__ = ["Draft", "OpenedView", "OtherLevel", "SavedMeanwhile", "SavedView", "SavedViews", "ViewVersion"]

_SITTING = re.compile(r"[0-9A-Za-z]{8,32}", re.ASCII)
_LOCK = 0x70696374  # advisory lock of PostgreSQL: versions are added one at a time


@dataclass(frozen=True, slots=True)
class OpenedView:
    """One version of a view, for one reader.

    Attributes:
        version: the version that was opened; newest: whether it is the newest.
        state: see `views.picture.canvas`; without ids that are not visible to this reader.
        absent: number of ids removed because they are not visible.
        changes: links that have changed since; None if there were too many to compare.
    """

    picture: SavedView
    version: ViewVersion
    newest: bool
    state: State
    absent: int
    changes: list[Change] | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A user's latest picture in a case, from one sitting. Times are UTC.

    Attributes:
        picture: id of the view it was made from; empty without one, or once deleted. name: the name of that view.
        version: the version of that view.
    """

    sitting: str
    at: dt.datetime
    state: State
    picture: str
    name: str
    version: int


class SavedMeanwhile(RequestError):
    """Another user has saved a newer version than the one that was changed.

    Attributes:
        newest: the newer version.
    """

    status = 409

    def __init__(self, newest: ViewVersion, base: int) -> None:
        super().__init__(
            f"{newest.account} saved version {newest.number} on {moment(newest.at)}, and yours"
            f" began as version {base}. Nothing is lost and nothing was saved yet: save yours as a separate view, look"
            " at theirs, or save yours as the newest version anyway."
        )
        self.newest = newest


class OtherLevel(RequestError):
    """The view was made at a different handling level from the user's."""

    status = 409

    def __init__(self, view: SavedView) -> None:
        super().__init__(
            f"This view was made at handling {view.handling}, and you see more. Save it as a separate view, so that"
            " nothing under C gets into it."
        )


class SavedViews:
    """The saved views of one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def list_views(self) -> list[SavedView]:
        """Return the user's own views and shared ones, last changed first."""
        with self._open_store("read", "list") as views:
            return views.pictures()

    def look(self, identifier: str) -> tuple[SavedView, list[ViewVersion]]:
        """Return a view and its versions, newest first.

        Raises:
            NotFound: it does not exist, or this reader may not see it. The same for all methods that take a view's id.
        """
        with self._open_store("read", "open", picture_id=identifier) as views:
            return views.picture(identifier), views.versions(identifier)

    def open(self, identifier: str, version: int = 0) -> OpenedView:
        """Return one version of a view (0 for the newest), with the changes to its links since it was saved.

        Raises:
            NotFound: it has no such version.
        """
        with self._open_store("read", "open", picture_id=identifier, version=version) as views:
            view = views.picture(identifier)
            opened, state, links = views.version(identifier, version or view.version)
        visible_ids = self._standing(canvas.all_ids(state))
        shown_ids = canvas.shown_ids(state)
        changes = self._since(links, self._links_among(shown_ids, view.handling), visible_ids)
        newest = opened.number == view.version
        # The author of a withheld version may have seen people who are only sources: their number must not show.
        absent = 0 if view.withheld or opened.withheld else len(shown_ids - visible_ids)
        return OpenedView(view, opened, newest, canvas.drawable(state, visible_ids), absent, changes)

    def newest(self, identifier: str) -> ViewVersion:
        """Return the newest version of a view. Cheap and not logged, for polling."""
        policy.require(self._ask.principal, "read")
        grant = policy.require_case(self._ask.principal, self._ask.case)
        key = self._ask.key
        with transaction(self._ask.database) as connection:
            views = ViewStore(connection, key, self._ask.case, self._ask.principal.name, grant, self._ask.withhold)
            views.picture(identifier)
            return views.versions(identifier)[0]

    def save(self, state: Any, name: str, notes: str = "", *, shared: bool = False) -> SavedView:
        """Store a new view; private unless `shared`.

        Raises:
            RequestError: state, name or notes are invalid, or there are too many views.
        """
        words = normalise_texts(name, notes)
        visible, links, reserved = self._as_kept(canvas.check_state(state), self._ask.grant.handling)
        with self._open_store("keep", "save", writing=True) as views:
            identifier = views.new(for_others(words, self._ask.withhold()), shared=shared)
            views.add(identifier, visible, links, "saved first", reserved)
            return views.picture(identifier)

    def save_version(self, identifier: str, state: Any, base: int, *, anyway: bool = False) -> SavedView:
        """Add a version to a view, made by changing version `base`.

        Raises:
            SavedMeanwhile: `base` is no longer the newest, and `anyway` is not set.
            OtherLevel: the view was made at another handling level.
            RequestError: the state is invalid.
        """
        return self._add_version("save", identifier, canvas.check_state(state), None if anyway else base)

    def restore(self, identifier: str, version: int) -> SavedView:
        """Add a copy of an earlier version as the newest version.

        Raises:
            NotFound: there is no such version.
            OtherLevel: the view was made at another handling level.
        """
        with self._open_store("read", "open", picture_id=identifier, version=version) as views:
            views.picture(identifier)
            _, state, _ = views.version(identifier, version)
        return self._add_version("restore", identifier, state, None, f"version {version} again")

    def rename(self, identifier: str, name: str, notes: str) -> SavedView:
        """Change the name and notes of a view.

        Raises:
            Refused: another user made it.
            RequestError: name or notes are invalid.
        """
        words = normalise_texts(name, notes)
        with self._open_store("keep", "rename", writing=True, picture_id=identifier) as views:
            _require_own(views.picture(identifier))
            views.rename(identifier, for_others(words, self._ask.withhold()))
            return views.picture(identifier)

    def share(self, identifier: str, *, shared: bool) -> SavedView:
        """Share a view with users of the case who are cleared for its level, or stop sharing it.

        Raises:
            Refused: another user made it; or sharing should stop, but another user has saved a version.
        """
        step = "share" if shared else "unshare"
        with self._open_store("keep", step, writing=True, picture_id=identifier) as views:
            _require_own(views.picture(identifier))
            co_author = views.other(identifier)
            if co_author and not shared:
                raise Refused(
                    f"{co_author} has saved in this view, so it stays shared: their work would be out of reach."
                )
            views.share(identifier, shared=shared)
            return views.picture(identifier)

    def delete(self, identifier: str) -> str:
        """Delete a view for good, with its versions; if another user has saved a version, pass it to them instead.

        Returns:
            The account that it was passed to; empty if it was deleted.

        Raises:
            Refused: another user made it.
        """
        with self._open_store("keep", "delete", writing=True, picture_id=identifier) as views:
            _require_own(views.picture(identifier))
            co_author = views.other(identifier)
            if co_author:
                views.pass_to(identifier, co_author)
            else:
                views.delete(identifier)
            return co_author

    # -- drafts -----------------------------------------------------------------------------------------------

    def drafts(self) -> list[Draft]:
        """Return the user's drafts in this case, as far as visible: at most five, the latest first."""
        with self._open_store("read", "drafts") as views:
            drafts = views.drafts()
            names = {view.id: view.name for view in views.pictures()} if drafts else {}
        visible_ids = self._standing({identifier for draft in drafts for identifier in canvas.all_ids(draft.state)})
        return [
            Draft(
                draft.sitting,
                draft.at,
                canvas.drawable(draft.state, visible_ids),
                draft.picture if draft.picture in names else "",
                names.get(draft.picture, ""),
                draft.version if draft.picture in names else 0,
            )
            for draft in drafts
        ]

    def keep_draft(self, sitting: str, state: Any, picture: str = "", version: int = 0) -> dt.datetime:
        """Store a draft, replacing an earlier one of the same sitting; return its time.

        Args:
            sitting: name of the sitting, 8 to 32 letters or digits; each opened page uses a new one.
            state: see `views.picture.canvas`.
            picture: id of the view it was made from; empty for none.
            version: the version of that view.

        Raises:
            RequestError: the state is invalid.
            NotFound: there is no such view.
        """
        if not _SITTING.fullmatch(sitting):
            raise RequestError("A sitting is called by 8 to 32 letters or digits.")
        checked = canvas.check_state(state)
        checked = canvas.only(checked, self._standing(canvas.all_ids(checked)))
        with self._open_store("keep", "draft", writing=True) as views:
            if picture:
                views.picture(picture)
            return views.keep_draft(sitting, checked, picture, version)

    def drop_draft(self, sitting: str) -> None:
        """Delete the draft stored for a sitting."""
        with self._open_store("keep", "forget", writing=True) as views:
            views.drop_draft(sitting)

    # -- helpers ----------------------------------------------------------------------------------------------

    @contextmanager
    def _open_store(self, action: str, operation: str, *, writing: bool = False, **detail: Any) -> Iterator[ViewStore]:
        """Log one act on the stored views, in one transaction. Nothing else may be logged inside.

        Writing acts run one at a time.
        """
        case = self._ask.case
        with self._ask.act(action, step="view", what=operation, **detail):
            self._ask.require_open()
            key = self._ask.key
            with alone(self._ask.database, _LOCK) if writing else transaction(self._ask.database) as connection:
                yield ViewStore(connection, key, case, self._ask.principal.name, self._ask.grant, self._ask.withhold)

    def _add_version(
        self, operation: str, identifier: str, state: State, base: int | None, summary: str = ""
    ) -> SavedView:
        """Add a version to a view; `base`, if given, must still be the newest."""
        with self._open_store("read", "open", picture_id=identifier) as views:
            view = _require_addable(views, identifier, base)
        visible, links, reserved = self._as_kept(state, view.handling)
        with self._open_store("keep", operation, writing=True, picture_id=identifier) as views:
            view = _require_addable(views, identifier, base)
            summary = summary or views.changes(identifier, view.version, visible)
            views.add(identifier, visible, links, summary, reserved)
            return views.picture(identifier)

    def _as_kept(self, state: State, handling: str) -> tuple[State, Links, set[str]]:
        """Return the visible part of a state, its links in stored form, and the reserved ids.

        Reserved ids are those visible now only with source clearance. If they became visible to others later, an old
        view with them would reveal that these people were in the case before, so probably as sources.
        """
        ids = self._standing(canvas.all_ids(state))
        visible = canvas.only(state, ids)
        links = self._links_among(canvas.shown_ids(visible), handling)
        reserved = set[str]()
        if self._ask.grant.sources:
            open_rows = self._ask.as_(Grant(handling)).of_ids("network.there", ids)
            reserved = ids - {row["id"] for row in open_rows}
        return visible, None if links is None else since.pack_links(links), reserved

    def _standing(self, ids: Collection[str]) -> set[str]:
        """Return the ids that are visible to this reader."""
        return {row["id"] for row in self._ask.of_ids("network.there", ids)}

    def _links_among(self, ids: Collection[str], handling: str) -> dict[Key, Figures] | None:
        """Return the links among some ids as seen at a handling level without source clearance; None if too many."""
        if not ids:
            return {}
        rows = self._ask.as_(Grant(handling)).rows("network.among", ids=sorted(ids))
        return None if rows.truncated else since.figures(rows.dicts())

    @staticmethod
    def _since(links: Links, current: dict[Key, Figures] | None, visible_ids: Collection[str]) -> list[Change] | None:
        """Return the changes to links with both ends visible to this reader.

        Both sides are as seen at the view's handling level, so that a different clearance does not look like a change.
        """
        if links is None or current is None:
            return None
        was, latest = (
            {key: figures for key, figures in linked.items() if key[0] in visible_ids and key[2] in visible_ids}
            for linked in (since.unpack_links(links), current)
        )
        return since.changed_links(was, latest)


def _require_own(view: SavedView) -> None:
    if not view.mine:
        raise Refused(f"Only {view.account} can change this view. Save it as a separate view.")


def _require_addable(views: ViewStore, identifier: str, base: int | None) -> SavedView:
    """Return the view; raise an error unless a version may be added to it."""
    view = views.picture(identifier)
    if not view.savable:
        raise OtherLevel(view)
    if base is not None and base != view.version:
        raise SavedMeanwhile(views.versions(identifier)[0], base)
    if view.version >= MOST_VERSIONS:
        raise RequestError(
            f"This view has {view.version} versions, which is the most allowed. Save it as a separate view."
        )
    return view
