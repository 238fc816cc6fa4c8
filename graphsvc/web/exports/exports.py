"""Exports: preview, list, recalls and a supervisor's answer; also the exposure of a picture, lead or answer."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.records.relations import LinkKey
from graphsvc.service import PictureRequest, Session, Wanted
from graphsvc.views.forms import FORMS
from graphsvc.views.wording import exposure_sentence, title
from graphsvc.web.frame import answer, at, home, or_again, page
from graphsvc.web.network.network import FILTERS, PARAMETERS, request_arguments
from graphsvc.web.rail import Entry

blueprint = Blueprint("exports", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(20, "Import and export", "Export", "exports.table", "export", alone="Export"),)

# Prefix of a query's parameters in a URL, as on the page of the query.
_OWN = "p."
_LINK_PARTS = 3
# Parameters of a URL or form that describe what to export.
_WANTED = (
    "id", "depth", "open", "add", "hide", "link", *FILTERS, "without", "presence", "size", "layout",
    "fade", "query", "only", "inside", "passing", "form", "arranged",
)  # fmt: skip
# Limits for positions on a canvas: number, length as text, and distance from the middle.
_MOST_PLACES, _MOST_PLACED, _FARTHEST = 2000, 200_000, 1_000_000.0
# Maximum length, as text, of the list of links that pass a canvas's filters.
_MOST_PASSING = 400_000


@page(blueprint, "/exposure", look="read", query="=exposure")
def exposure(case: str) -> ResponseReturnValue:
    """Show the sources that a picture, lead or answer could give away; without source clearance, only a warning."""
    session = at(case)
    exposure = session.exports.compute_exposure(_read_wanted())
    cleared = session.grant.sources
    summary: dict[str, Any] = {
        "safe": exposure.safe,
        "line": exposure_sentence([witness.size for witness in exposure.witnesses], exposure.below, by_source=cleared),
    }
    if not cleared:
        return answer("exports/exposure.html", case=session.case, by_source=False, **summary)
    facts = (narrowing.fact for witness in exposure.witnesses for narrowing in witness.facts)
    return answer(
        "exports/exposure.html",
        case=session.case,
        by_source=True,
        **summary,
        exposure=exposure,
        names=_names(session, facts),
        back=_back(session),
    )


@page(blueprint, "/exports")
def table(case: str) -> ResponseReturnValue:
    """List exports that the user made or may agree to; to users who only seal or erase, show exports to recall."""
    session = at(case)
    exports = (
        session.exports.given.list_exports()
        if session.may("export") or not (session.may("erase") or session.may("seal"))
        else session.exports.given.recalls()
    )
    facts = (
        fact.fact
        for export in exports
        if export.exposure
        for witness in export.exposure.witnesses
        for fact in witness.facts
    )
    return answer(
        "exports/table.html",
        case=session.case,
        waiting=[export for export in exports if export.decidable],
        recall=[export for export in exports if export.recall and export.recalled_at is None],
        exports=[export for export in exports if not export.decidable],
        names=_names(session, facts, (link for export in exports for link in export.denied)),
        days=home().settings.export_days,
    )


@page(blueprint, "/export", look="read", query="=export")
def new(case: str) -> ResponseReturnValue:
    """Show the form for an export of a picture or an answer: its recipient, reason and formats."""
    return answer("exports/new.html", **_asking(at(case)))


@blueprint.post("/export/choose")
def choose(case: str) -> ResponseReturnValue:
    """Show the same form for a canvas, whose arrangement is too long for a URL, or again after a preview."""
    return answer("exports/new.html", **_asking(at(case)))


def _asking(session: Session) -> dict[str, Any]:
    session.require("export")
    wanted = _read_wanted()
    view = session.exports.selected_picture(wanted) if wanted.query or (wanted.picture and wanted.picture.ids) else None
    names = request.values.getlist("form")
    chosen = session.exports.known_forms(names) if names else []
    left_out = [json.dumps(link) for link in dict.fromkeys(_left_out())]
    return {
        "case": session.case,
        "entities": len(view.nodes) if view else 0,
        "links": len(view.edges) if view else 0,
        "query": wanted.query,
        "recipients": session.exports.recipients(),
        "forms": [
            {"name": name, "title": form.title, "says": form.says, "chosen": name in chosen}
            for name, form in FORMS.items()
        ],
        "only": bool(wanted.only or wanted.inside),
        "passing": wanted.passing is not None,
        "arranged": bool(wanted.arranged),
        "recipient": request.form.get("recipient", ""),
        "reason": request.form.get("reason", ""),
        "goes": request.form.get("handling", ""),
        "left_out": left_out,
        "carried": _carry_parameters("form"),
        "back": _back(session),
    }


@blueprint.post("/export")
def preview(case: str) -> ResponseReturnValue:
    """Show the content of an export, what was removed, and the sources it could give away; nothing is made."""
    return or_again(lambda: _preview(at(case)), lambda: choose(case))


def _preview(session: Session) -> ResponseReturnValue:
    form = request.form
    if not form.getlist("form"):
        raise RequestError("Tick at least one form in which it should go.")
    preview = session.exports.preview(
        _read_wanted(), form.get("recipient", ""), handling=form.get("handling", ""), left_out=_left_out()
    )
    exposed_facts = (narrowing.fact for witness in preview.exposure.witnesses for narrowing in witness.facts)
    return render_template(
        "exports/preview.html",
        handling=preview.handling,
        case=session.case,
        found=preview,
        called={row["id"]: row["label"] for row in preview.nodes},
        names=_names(session, [*exposed_facts, *preview.exposure.leave_out, *preview.contested], preview.left_out),
        # Ticked, and so left out, until the user has seen the fact and unticked it.
        contested=[(fact, fact.key not in _links_of("weighed")) for fact in preview.contested],
        left_out=[(json.dumps(key), key) for key in preview.left_out],
        reason=form.get("reason", ""),
        forms=[FORMS[name].title for name in session.exports.known_forms(form.getlist("form"))],
        arranged="arranged" in form,
        carried=_carry_parameters(),
    )


@blueprint.post("/export/make")
def make(case: str) -> ResponseReturnValue:
    """Make an export: ready immediately if it is safe, otherwise waiting for a supervisor."""
    form = request.form

    def make_export() -> ResponseReturnValue:
        at(case).exports.make(
            _read_wanted(),
            form.get("recipient", ""),
            form.get("reason", ""),
            handling=form.get("handling", ""),
            left_out=_left_out(),
            ask=form.get("ask") == "yes",
            forms=form.getlist("form"),
        )
        return redirect(url_for("exports.table", case=case), code=303)

    return or_again(make_export, lambda: _preview(at(case)))


@blueprint.post("/exports/fetch")
def fetch(case: str) -> ResponseReturnValue:
    """Send the file of an export."""
    name, content = at(case).exports.given.fetch(request.form.get("id", ""))
    response = Response(content, mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.post("/exports/answer")
def decide(case: str) -> ResponseReturnValue:
    """Agree to an export or refuse it, as a supervisor."""
    identifier, note = request.form.get("id", ""), request.form.get("note", "")

    def decide_export() -> ResponseReturnValue:
        if request.form.get("answer") == "agree":
            at(case).exports.given.agree(identifier, note)
        else:
            at(case).exports.given.refuse(identifier, note)
        return redirect(url_for("exports.table", case=case), code=303)

    return or_again(decide_export, lambda: table(case))


@blueprint.post("/exports/recalled")
def recalled(case: str) -> ResponseReturnValue:
    """Record that a recalled export was returned or destroyed."""
    at(case).exports.given.settle(request.form.get("id", ""))
    return redirect(url_for("exports.table", case=case), code=303)


def _read_wanted() -> Wanted:
    """Return the content that the URL or the form requests.

    Raises:
        RequestError: a number is invalid.
    """
    values = request.values
    parameters = {key.removeprefix(_OWN): text for key, text in values.items() if key.startswith(_OWN)}
    query, lead, picture = values.get("query", ""), values.get("lead", ""), request_arguments()
    drawn = not query and not lead and (picture["ids"] or picture["added"])
    return Wanted(
        picture=PictureRequest(**picture) if drawn else None,
        query=query,
        parameters=parameters,
        lead=lead,
        only=_ids("only"),
        inside=_ids("inside"),
        passing=_passing(values.get("passing", "")),
        arranged=_parse_places(values.get("arranged", "")),
    )


def _ids(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(identifier for identifier in request.values.getlist(name) if identifier))


def _parse_places(text: str) -> dict[str, tuple[float, float]]:
    """Parse the positions on a canvas from its state: id → [x, y].

    Raises:
        RequestError: they are invalid.
    """
    if not text:
        return {}
    try:
        parsed = json.loads(text) if len(text) <= _MOST_PLACED else None
        places = {node: (float(x), float(y)) for node, (x, y) in parsed.items()} if isinstance(parsed, dict) else None
    except (ValueError, TypeError, RecursionError, OverflowError):
        places = None
    if (
        places is None
        or len(places) > _MOST_PLACES
        or not all(math.isfinite(place) and abs(place) <= _FARTHEST for both in places.values() for place in both)
    ):
        raise RequestError("The places of this picture cannot be read. Open the network again and export from there.")
    return places


def _passing(text: str) -> frozenset[LinkKey] | None:
    """Parse the links that pass a canvas's filters, as its page sends them; None if it sends none.

    Raises:
        RequestError: they are invalid.
    """
    if not text:
        return None
    try:
        links = json.loads(text) if len(text) <= _MOST_PASSING else None
    except (ValueError, RecursionError):
        links = None
    if not isinstance(links, list) or not all(map(_is_link, links)):
        raise RequestError("The links of this picture cannot be read. Open the network again and export from there.")
    return frozenset((subject, relation, target) for subject, relation, target in links)


def _is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == _LINK_PARTS and all(isinstance(part, str) for part in value)


def _left_out() -> list[LinkKey]:
    """Return the links to leave out. See `_links_of` for errors."""
    return _links_of("out")


def _links_of(field: str) -> list[LinkKey]:
    """Return the links that a field of the form names.

    Raises:
        RequestError: a value is not a link.
    """
    links = []
    for text in request.form.getlist(field):
        try:
            link = json.loads(text)
        except (ValueError, RecursionError):
            link = None
        if not _is_link(link):
            raise RequestError("A link to leave out is not one. Go back, reload and choose again.")
        links.append((link[0], link[1], link[2]))
    return links


def _carry_parameters(*but: str) -> list[tuple[str, str]]:
    """List the parameters that describe what to export, without those in `but`, for the next form or URL."""
    pairs = [(name, text) for name in dict.fromkeys(request.values) for text in request.values.getlist(name)]
    carried = [(name, text) for name, text in pairs if (name in _WANTED and name not in but) or name.startswith(_OWN)]
    return carried if request.values.get("query") else [*carried, ("back", _network_query())]


def _back(session: Session) -> str:
    """Return the URL of the page that shows the content to export."""
    values = request.values
    if values.get("lead"):
        return url_for("leads.lead", case=session.case, id=values["lead"])
    if values.get("query"):
        own: dict[str, Any] = {name: text for name, text in values.items() if name.startswith(_OWN)}
        return url_for("queries.one", case=session.case, name=values["query"], run=1, **own)
    return f"{url_for('network.view', case=session.case)}?{_network_query()}"


def _network_query() -> str:
    """Return the query string of the network page as it was when the user began the export."""
    back = request.values.get("back")
    if back is not None:
        return urlencode([(name, text) for name, text in parse_qsl(back, keep_blank_values=True) if name in PARAMETERS])
    # With a recipient, `handling` is the limit of the export, not a setting of the canvas.
    but = ("handling",) if "recipient" in request.values else ()
    pairs = [(name, text) for name in PARAMETERS for text in request.values.getlist(name) if name not in but]
    return urlencode(pairs)


def _names(session: Session, facts: Iterable[Any], links: Iterable[tuple[str, str, str]] = ()) -> dict[str, str]:
    """Map the ids at the ends of facts and links to names."""
    ends = {end for fact in facts for end in (fact.subject, fact.object)}
    ids = sorted(ends | {end for subject, _, target in links for end in (subject, target)})
    return {
        identifier: title(row["name"] or identifier, row["kind"])
        for identifier, row in session.network.entities.by_id(ids).items()
    }
