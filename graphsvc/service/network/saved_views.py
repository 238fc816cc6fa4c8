"""Saved views: pictures of the network with their versions, and where one was last.

A view is private until it is shared with those of the case who are cleared for the handling level it was made at. It
keeps ids, places and filters, never what was drawn: opening it draws anew through the reader's own gate.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from graphsvc.access.decided.own_words import for_others
from graphsvc.access.people import policy
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import alone, transaction
from graphsvc.cases.stores.view_store import MOST_VERSIONS, Links, SavedView, ViewStore, ViewVersion, worded
from graphsvc.errors import Refused, RequestError
from graphsvc.records.dates import moment
from graphsvc.service.ask import Ask
from graphsvc.views.picture import canvas, since
from graphsvc.views.picture.canvas import State
from graphsvc.views.picture.since import Change, Figures, Key

__all__ = ["Draft", "OpenedView", "OtherLevel", "SavedMeanwhile", "SavedView", "SavedViews", "ViewVersion"]

_SITTING = re.compile(r"[0-9A-Za-z]{8,32}", re.ASCII)
_LOCK = 0x70696374  # advisory lock of PostgreSQL: versions come one after the other


@dataclass(frozen=True, slots=True)
class OpenedView:
    """One version of a view, for one reader.

    Attributes:
        version: the one that was opened; newest: it is the newest.
        state: see `views.picture.canvas`; ids that are not there for this reader are not in it.
        absent: how many ids of it are not there.
        changes: its links that are not as they were; None if there were too many to compare.
    """

    picture: SavedView
    version: ViewVersion
    newest: bool
    state: State
    absent: int
    changes: list[Change] | None


@dataclass(frozen=True, slots=True)
class Draft:
    """Where somebody was in a case, in one sitting. Times are UTC.

    Attributes:
        picture: id of the view it began as; empty if none, or if that is not there any more. name: what it is called.
        version: the version of it.
    """

    sitting: str
    at: dt.datetime
    state: State
    picture: str
    name: str
    version: int


class SavedMeanwhile(RequestError):
    """Somebody saved a newer version than the one that was changed.

    Attributes:
        newest: that version.
    """

    status = 409

    def __init__(self, newest: ViewVersion, base: int) -> None:
        super().__init__(
            f"{newest.account} saved version {newest.number} on {moment(newest.at)}, and yours"
            f" began as version {base}. Nothing is lost and nothing was saved yet: save yours as a view of your own, look"
            " at theirs, or save yours as the newest version all the same."
        )
        self.newest = newest


class OtherLevel(RequestError):
    """A view that was made at another handling level than that of who would save in it."""

    status = 409

    def __init__(self, view: SavedView) -> None:
        super().__init__(
            f"This view was made at handling {view.handling}, and you see more. Save it as a view of your own, so that"
            " nothing of what is C gets into it."
        )


class SavedViews:
    """The saved views of one case."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def listed(self) -> list[SavedView]:
        """One's own and the shared ones, last changed first."""
        with self._stored("read", "list") as views:
            return views.pictures()

    def look(self, identifier: str) -> tuple[SavedView, list[ViewVersion]]:
        """A view and its versions, newest first.

        Raises:
            NotFound: it is not there, or not theirs to see. So for all here that name one.
        """
        with self._stored("read", "open", picture_id=identifier) as views:
            return views.picture(identifier), views.versions(identifier)

    def open(self, identifier: str, version: int = 0) -> OpenedView:
        """One version of a view (0: the newest), with what has become of its links since.

        Raises:
            NotFound: it has no such version.
        """
        with self._stored("read", "open", picture_id=identifier, version=version) as views:
            view = views.picture(identifier)
            opened, state, links = views.version(identifier, version or view.version)
        there = self._standing(canvas.named(state))
        shown = canvas.shown(state)
        changes = self._since(links, self._linked(shown, view.handling), there)
        newest = opened.number == view.version
        return OpenedView(view, opened, newest, canvas.drawable(state, there), len(shown - there), changes)

    def newest(self, identifier: str) -> ViewVersion:
        """The newest version of a view: cheap, for who asks again and again, and without a line in the log."""
        policy.require(self._ask.principal, "read")
        grant = policy.require_case(self._ask.principal, self._ask.case)
        key = self._ask.key
        with transaction(self._ask.database) as connection:
            views = ViewStore(connection, key, self._ask.case, self._ask.principal.name, grant, self._ask.withhold)
            views.picture(identifier)
            return views.versions(identifier)[0]

    def save(self, state: Any, name: str, notes: str = "", *, shared: bool = False) -> SavedView:
        """Keep a new view; private unless `shared`.

        Raises:
            RequestError: the state cannot be kept, or name or notes cannot be, or there are too many.
        """
        words = worded(name, notes)
        visible, links = self._as_kept(canvas.checked(state), self._ask.grant.handling)
        with self._stored("keep", "save", writing=True) as views:
            identifier = views.new(for_others(words, self._ask.withhold()), shared=shared)
            views.add(identifier, visible, links, "saved first")
            return views.picture(identifier)

    def save_version(self, identifier: str, state: Any, base: int, *, anyway: bool = False) -> SavedView:
        """Add a version to a view: what was changed began as version `base`.

        Raises:
            SavedMeanwhile: that is not the newest any more, and it is not to be added `anyway`.
            OtherLevel: it was made at another handling level. RequestError: the state cannot be kept.
        """
        return self._added("save", identifier, canvas.checked(state), None if anyway else base)

    def restore(self, identifier: str, version: int) -> SavedView:
        """Make an earlier version the newest again, as a version of its own.

        Raises:
            NotFound: there is no such version. OtherLevel: the view was made at another handling level.
        """
        with self._stored("read", "open", picture_id=identifier, version=version) as views:
            views.picture(identifier)
            _, state, _ = views.version(identifier, version)
        return self._added("restore", identifier, state, None, f"version {version} again")

    def rename(self, identifier: str, name: str, notes: str) -> SavedView:
        """Change what a view is called and the notes on it.

        Raises:
            Refused: somebody else made it. RequestError: name or notes cannot be kept.
        """
        words = worded(name, notes)
        with self._stored("keep", "rename", writing=True, picture_id=identifier) as views:
            _require_own(views.picture(identifier))
            views.rename(identifier, for_others(words, self._ask.withhold()))
            return views.picture(identifier)

    def share(self, identifier: str, *, shared: bool) -> SavedView:
        """Share a view with those of the case who are cleared for its level, or share it no more.

        Raises:
            Refused: somebody else made it, or has saved in it.
        """
        step = "share" if shared else "unshare"
        with self._stored("keep", step, writing=True, picture_id=identifier) as views:
            _require_own(views.picture(identifier))
            other = views.other(identifier)
            if other and not shared:
                raise Refused(f"{other} has saved in this view, so it stays shared: their work would be out of reach.")
            views.share(identifier, shared=shared)
            return views.picture(identifier)

    def delete(self, identifier: str) -> str:
        """Delete a view with its versions for good; one that another saved in passes to them instead.

        Gives the account it passed to, or an empty text.

        Raises:
            Refused: somebody else made it.
        """
        with self._stored("keep", "delete", writing=True, picture_id=identifier) as views:
            _require_own(views.picture(identifier))
            other = views.other(identifier)
            if other:
                views.pass_to(identifier, other)
            else:
                views.delete(identifier)
            return other

    # -- where one was ----------------------------------------------------------------------------------------

    def drafts(self) -> list[Draft]:
        """Where one was last in this case, as far as it is there: the latest sitting first, five at most."""
        with self._stored("read", "drafts") as views:
            drafts = views.drafts()
            names = {view.id: view.name for view in views.pictures()} if drafts else {}
        there = self._standing({identifier for draft in drafts for identifier in canvas.named(draft.state)})
        return [
            Draft(
                draft.sitting,
                draft.at,
                canvas.drawable(draft.state, there),
                draft.picture if draft.picture in names else "",
                names.get(draft.picture, ""),
                draft.version if draft.picture in names else 0,
            )
            for draft in drafts
        ]

    def keep_draft(self, sitting: str, state: Any, picture: str = "", version: int = 0) -> dt.datetime:
        """Keep where one is, in place of where one was in this sitting; gives when.

        Args:
            sitting: of one's own choice, 8 to 32 letters or digits: another for each page that is opened.
            state: see `views.picture.canvas`.
            picture: id of the view it began as; empty for none.
            version: the version of that.

        Raises:
            RequestError: the state cannot be kept. NotFound: there is no such view.
        """
        if not _SITTING.fullmatch(sitting):
            raise RequestError("A sitting is called by 8 to 32 letters or digits.")
        checked = canvas.checked(state)
        checked = canvas.only(checked, self._standing(canvas.named(checked)))
        with self._stored("keep", "draft", writing=True) as views:
            if picture:
                views.picture(picture)
            return views.keep_draft(sitting, checked, picture, version)

    def drop_draft(self, sitting: str) -> None:
        """Forget where one was in a sitting."""
        with self._stored("keep", "forget", writing=True) as views:
            views.drop_draft(sitting)

    # -- how --------------------------------------------------------------------------------------------------

    @contextmanager
    def _stored(self, action: str, what: str, *, writing: bool = False, **detail: Any) -> Iterator[ViewStore]:
        """One logged act on the kept views, in one transaction. Nothing else may be logged inside.

        Those that write are done one after the other.
        """
        case = self._ask.case
        with self._ask.act(action, step="view", what=what, **detail):
            self._ask.require_open()
            key = self._ask.key
            with alone(self._ask.database, _LOCK) if writing else transaction(self._ask.database) as connection:
                yield ViewStore(connection, key, case, self._ask.principal.name, self._ask.grant, self._ask.withhold)

    def _added(self, what: str, identifier: str, state: State, base: int | None, said: str = "") -> SavedView:
        """A view with a version more; `base`: which one must still be the newest, if one must."""
        with self._stored("read", "open", picture_id=identifier) as views:
            view = _require_addable(views, identifier, base)
        visible, links = self._as_kept(state, view.handling)
        with self._stored("keep", what, writing=True, picture_id=identifier) as views:
            view = _require_addable(views, identifier, base)
            views.add(identifier, visible, links, said or views.changes(identifier, view.version, visible))
            return views.picture(identifier)

    def _as_kept(self, state: State, handling: str) -> tuple[State, Links]:
        """A state with what is there for this reader alone, and its links as they are kept."""
        visible = canvas.only(state, self._standing(canvas.named(state)))
        links = self._linked(canvas.shown(visible), handling)
        return visible, None if links is None else since.packed(links)

    def _standing(self, ids: Collection[str]) -> set[str]:
        """Those of some ids that are there for this reader."""
        return {row["id"] for row in self._ask.of_ids("network.there", ids)}

    def _linked(self, ids: Collection[str], handling: str) -> dict[Key, Figures] | None:
        """Links among some ids at a handling level, as told without source clearance; None if there are too many."""
        if not ids:
            return {}
        rows = self._ask.as_(Grant(handling)).rows("network.among", ids=sorted(ids))
        return None if rows.truncated else since.figures(rows.dicts())

    @staticmethod
    def _since(links: Links, current: dict[Key, Figures] | None, there: Collection[str]) -> list[Change] | None:
        """What has become of links, as far as both ends are there for this reader.

        Held against what who is cleared for the view's level sees now, so that no clearance shows as a change.
        """
        if links is None or current is None:
            return None
        was, stands = (
            {key: figures for key, figures in linked.items() if key[0] in there and key[2] in there}
            for linked in (since.unpacked(links), current)
        )
        return since.changed(was, stands)


def _require_own(view: SavedView) -> None:
    if not view.mine:
        raise Refused(f"Only {view.account} can change this view. Save it as a view of your own.")


def _require_addable(views: ViewStore, identifier: str, base: int | None) -> SavedView:
    """The view, if a version may be added to it."""
    view = views.picture(identifier)
    if not view.savable:
        raise OtherLevel(view)
    if base is not None and base != view.version:
        raise SavedMeanwhile(views.versions(identifier)[0], base)
    if view.version >= MOST_VERSIONS:
        raise RequestError(
            f"This view has {view.version} versions, which is the most there may be. Save it as a view of your own."
        )
    return view
