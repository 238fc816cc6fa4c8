"""Saved views of the network: the list, one view with its versions, what changed since, and the user's drafts."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import NotFound
from graphsvc.records.iso import json_safe
from graphsvc.records.numbers import whole
from graphsvc.service import SavedMeanwhile, Session, answers
from graphsvc.views.picture import canvas
from graphsvc.views.picture.canvas import MOST_BYTES, State
from graphsvc.views.picture.network import Picture
from graphsvc.views.sentences import since_saved
from graphsvc.web.asked import number
from graphsvc.web.frame import TWIN, answer, at, or_again, page, wants_json
from graphsvc.web.rail import Entry

blueprint = Blueprint("pictures", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(20, "Network", "Saved views", "pictures.table", "read"),)

_DONE = {
    "saved": "The view is saved.",
    "restored": "The earlier version is the newest again. The one before it is still there.",
    "renamed": "Name and notes are saved.",
    "shared": "The view is shared.",
    "private": "The view is private.",
    "deleted": "The view is deleted.",
    "passed": "Somebody else has saved in the view, so it was not deleted: it is theirs now.",
}
_SORTS = ("changed", "name", "by", "made")
# Query parameters that name a saved view or draft; the others describe the picture.
WHICH = ("picture", "version", "sitting")


@page(blueprint, "/pictures", look="read", query="=views")
def table(case: str) -> ResponseReturnValue:
    """List the user's own views and those shared by others, searched and sorted, and the user's drafts."""
    session = at(case)
    wanted, sort = request.args.get("q", "").strip()[:200], request.args.get("sort", "")
    views = session.network.views.list_views()
    fitting = [view for view in views if _fits(view, wanted.casefold())]
    orders = {
        "name": lambda view: view.name.casefold(),
        "by": lambda view: (view.account.casefold(), view.name.casefold()),
        "made": lambda view: -view.created_at.timestamp(),
    }
    if sort in orders:
        fitting.sort(key=orders[sort])
    return answer(
        "pictures/table.html",
        case=session.case,
        pictures=[_view_fields(session, view) for view in fitting],
        total=len(views),
        drafts=[_draft_line(session, draft) for draft in session.network.views.drafts()],
        asked={"q": wanted, "sort": sort if sort in _SORTS else "changed"},
        sorts=_SORTS,
        notice=_DONE.get(request.args.get("done", ""), ""),
    )


@page(blueprint, "/pictures/one")
def one(case: str) -> ResponseReturnValue:
    """Show one view: what it is, its versions, and the forms that change it."""
    session = at(case)
    return _one(session, request.args.get("id", ""))


@page(blueprint, "/pictures/version")
def version(case: str) -> ResponseReturnValue:
    """Show one version of a view, and which of its links have changed since."""
    session = at(case)
    opened = session.network.views.open(request.args.get("id", ""), number("version", 0, whole))
    return answer("pictures/version.html", case=session.case, **_version_fields(session, opened))


def state(case: str) -> ResponseReturnValue:
    """Return the newest version of a view, for a page that polls it."""
    return jsonify(_version(at(case).network.views.newest(request.args.get("id", ""))))


def drafts(case: str) -> ResponseReturnValue:
    """Return the drafts of the user's last sittings."""
    session = at(case)
    return jsonify(
        {"drafts": [_draft_line(session, draft) | {"canvas": draft.state} for draft in session.network.views.drafts()]}
    )


blueprint.add_url_rule("/pictures/state.json", f"state{TWIN}", state, methods=["GET"])
blueprint.add_url_rule("/pictures/drafts.json", f"drafts{TWIN}", drafts, methods=["GET"])


@blueprint.post("/pictures/save")
def save(case: str) -> ResponseReturnValue:
    """Save a view, or a version of the view that `id` names; `base` is the version that was changed."""
    session, form = at(case), request.form
    identifier, sent = form.get("id", ""), _state()
    if not identifier:
        shared = form.get("shared") == "yes"
        view = session.network.views.save(sent, form.get("name", ""), form.get("notes", ""), shared=shared)
        return _done(session, view, "saved")
    try:
        view = session.network.views.save_version(
            identifier, sent, number("base", 0, whole), anyway=form.get("anyway") == "yes"
        )
    except SavedMeanwhile as error:
        if not wants_json():
            raise
        response = jsonify({"error": str(error), "newest": _version(error.newest)})
        response.status_code = error.status
        return response
    return _done(session, view, "saved")


@blueprint.post("/pictures/restore")
def restore(case: str) -> ResponseReturnValue:
    """Make an earlier version the newest."""
    session = at(case)
    view = session.network.views.restore(request.form.get("id", ""), number("version", 0, whole))
    return _done(session, view, "restored")


@blueprint.post("/pictures/rename")
def rename(case: str) -> ResponseReturnValue:
    """Change a view's name and notes."""
    session, form = at(case), request.form
    identifier = form.get("id", "")

    def rename_view() -> ResponseReturnValue:
        view = session.network.views.rename(identifier, form.get("name", ""), form.get("notes", ""))
        return _done(session, view, "renamed")

    return or_again(rename_view, lambda: _one(session, identifier))


@blueprint.post("/pictures/share")
def share(case: str) -> ResponseReturnValue:
    """Share a view, or make it private."""
    session, shared = at(case), request.form.get("shared") == "yes"
    view = session.network.views.share(request.form.get("id", ""), shared=shared)
    return _done(session, view, "shared" if shared else "private")


@blueprint.post("/pictures/delete")
def delete(case: str) -> ResponseReturnValue:
    """Delete a view, or pass it to another user who has saved in it."""
    passed = at(case).network.views.delete(request.form.get("id", ""))
    if wants_json():
        return jsonify({"passed_to": passed})
    return redirect(url_for("pictures.table", case=case, done="passed" if passed else "deleted"), code=303)


@blueprint.post("/pictures/draft")
def keep_draft(case: str) -> ResponseReturnValue:
    """Keep the user's picture as the draft of this sitting."""
    form = request.form
    kept_at = at(case).network.views.keep_draft(
        form.get("sitting", ""), _state(), form.get("picture", ""), number("version", 0, whole)
    )
    return jsonify({"at": f"{kept_at.isoformat()}Z"})


@blueprint.post("/pictures/draft/forget")
def forget(case: str) -> ResponseReturnValue:
    """Drop the draft of one sitting."""
    at(case).network.views.drop_draft(request.form.get("sitting", ""))
    if wants_json():
        return jsonify({})
    return redirect(url_for("pictures.table", case=case), code=303)


# -- for the network page -------------------------------------------------------------------------------------


def redirect_to_view(session: Session) -> ResponseReturnValue | None:
    """Redirect to the picture of the view (`picture`) or the draft (`sitting`) that the URL names.

    Return None if the URL names neither.
    """
    identifier, sitting = request.args.get("picture", ""), request.args.get("sitting", "")
    if identifier:
        opened = session.network.views.open(identifier, number("version", 0, whole))
        if not canvas.shown_ids(opened.state):
            return redirect(url_for("pictures.one", case=session.case, id=identifier))
        return redirect(_address(session, opened.state, identifier, opened.version.number))
    draft = _sat(session, sitting) if sitting else None
    if draft is None or not canvas.shown_ids(draft.state):
        return redirect(url_for("pictures.table", case=session.case)) if sitting else None
    return redirect(_address(session, draft.state, draft.picture, draft.version, sitting))


def going_on(session: Session) -> dict[str, Any] | None:
    """Return the user's latest draft that is not empty, to be offered on the page for choosing a start."""
    return next(
        (_draft_line(session, draft) for draft in session.network.views.drafts() if canvas.shown_ids(draft.state)), None
    )


@dataclass(frozen=True, slots=True)
class Begun:
    """The saved state that the network page was opened from.

    Attributes:
        kept: the state as saved, but with the parameters of the present URL.
        as_kept: whether the URL requests exactly the saved state, not a picture that was developed from it.
        opened: fields of the version of a saved view from which the picture began; empty without one.
    """

    kept: State
    as_kept: bool
    opened: dict[str, Any]

    def lost(self, view: Picture, most: int) -> list[str]:
        """Return entities of the saved state that are missing from this picture, as many as may be added.

        They are also added to the parameters in `kept`.
        """
        if not self.as_kept:
            return []
        left = set(view.names) | {value for name, value in self.kept["asked"] if name == "hide"}
        room = most - sum(name == "add" for name, _ in self.kept["asked"])
        # Groups are skipped: if one is no longer folded, its members are in the picture.
        ids = [identifier for identifier in self.kept["arranged"] if canvas.entity(identifier) == identifier]
        missing = [identifier for identifier in ids if identifier not in left][: max(room, 0)]
        self.kept["asked"].extend(["add", identifier] for identifier in missing)
        return missing


def starting_state(session: Session) -> Begun | None:
    """Return the saved state from which the picture began, according to the URL; None if there is no such state."""
    identifier, version_number = request.args.get("picture", ""), number("version", 0, whole)
    sitting = request.args.get("sitting", "")
    opened = draft = None
    if identifier and version_number:
        with suppress(NotFound):
            opened = session.network.views.open(identifier, version_number)
    if sitting:
        draft = _sat(session, sitting)
    if draft is None and opened is None:
        return None
    state = draft.state if draft else opened.state if opened else {}
    pairs = [[name, value] for name, value in request.args.items(multi=True) if name != "sitting"]
    plainly = [pair for pair in pairs if pair[0] not in WHICH]
    return Begun(
        state | {"asked": pairs}, plainly == state["asked"], _version_fields(session, opened) if opened else {}
    )


def _sat(session: Session, sitting: str) -> answers.Draft | None:
    return next((draft for draft in session.network.views.drafts() if draft.sitting == sitting), None)


def _address(session: Session, state: State, identifier: str = "", number: int = 0, sitting: str = "") -> str:
    """Return the URL of the network page for a state, with the view or sitting from which it began."""
    origin = [("picture", identifier), ("version", str(number))] if identifier else []
    origin += [("sitting", sitting)] if sitting else []
    pairs = [(name, value) for name, value in state["asked"] if name not in WHICH]
    endpoint = "network.view" + (TWIN if wants_json() else "")
    return f"{url_for(endpoint, case=session.case)}?{urlencode(pairs + origin)}"


# -- how ------------------------------------------------------------------------------------------------------


def _state() -> State:
    """Read the state that was sent: in a field or, if it is long, in a file.

    Raises:
        RequestError: it is not a state that can be saved.
    """
    sent = request.files.get("state")
    if sent is None:
        return canvas.parse_state(request.form.get("state", ""))
    with closing(sent):  # it may be a temporary file
        return canvas.parse_state(sent.stream.read(MOST_BYTES + 1).decode("utf-8", "replace"))


def _done(session: Session, view: answers.SavedView, outcome: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(json_safe(_view_fields(session, view)))
    return redirect(url_for("pictures.one", case=session.case, id=view.id, done=outcome), code=303)


def _one(session: Session, identifier: str) -> ResponseReturnValue:
    view, versions = session.network.views.look(identifier)
    return answer(
        "pictures/one.html",
        case=session.case,
        picture=_view_fields(session, view),
        versions=[_version(version) for version in versions],
        notice=_DONE.get(request.args.get("done", ""), ""),
        others=sorted({version.account for version in versions} - {view.account}),
        may_keep=session.may("keep"),
    )


def _view_fields(session: Session, view: answers.SavedView) -> dict[str, Any]:
    """Return a view's fields for page and JSON."""
    names = ("id", "name", "notes", "withheld", "mine", "shared", "savable", "version", "created_at", "changed_at")
    fields = {name: getattr(view, name) for name in names}
    return fields | {
        "made_at": view.handling,
        "author": view.account,
        "changed_by": view.changed_by,
        "address": url_for("network.view", case=session.case, picture=view.id),
    }


def _version(version: answers.ViewVersion) -> dict[str, Any]:
    return {"version": version.number, "by": version.account, "at": f"{version.at.isoformat()}Z", "said": version.said}


def _version_fields(session: Session, opened: answers.OpenedView) -> dict[str, Any]:
    """Return the fields of one version for page and JSON, with names for the ends of changed links."""
    changes = opened.changes or []
    ends = sorted({end for change in changes for end in (change.subject, change.object)})
    named = session.network.entities.by_id(ends)
    return {
        "picture": _view_fields(session, opened.picture),
        "version": _version(opened.version),
        "newest": opened.newest,
        "canvas": opened.state,
        "entities": len(canvas.shown_ids(opened.state)),
        "absent": opened.absent,
        "compared": opened.changes is not None,
        "changes": changes,
        "names": {identifier: row["name"] or identifier for identifier, row in named.items()},
        "since": _since(opened),
        "draws": url_for("network.view", case=session.case, picture=opened.picture.id, version=opened.version.number),
    }


def _since(opened: answers.OpenedView) -> str:
    """Say in one line what has changed since the view was saved; empty if nothing has."""
    if opened.changes is None:
        return "More links than can be compared with when it was saved"
    return since_saved(len(opened.changes), opened.absent)


def _draft_line(session: Session, draft: answers.Draft) -> dict[str, Any]:
    return {
        "sitting": draft.sitting,
        "at": f"{draft.at.isoformat()}Z",
        "entities": len(canvas.shown_ids(draft.state)),
        "picture": draft.picture,
        "name": draft.name,
        "version": draft.version,
        "address": url_for("network.view", case=session.case, sitting=draft.sitting),
    }


def _fits(view: answers.SavedView, wanted: str) -> bool:
    return not wanted or any(wanted in text.casefold() for text in (view.name, view.notes, view.account))
