"""Exports: what would go and whom it could give away, the list with its states and recalls, and a supervisor's answer.

And the exposure of any picture, lead or answer that a page shows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.service import PictureRequest, Session, Wanted, known_forms
from graphsvc.views.forms import FORMS
from graphsvc.views.wording import exposed, title
from graphsvc.web.frame import answer, at, home, page
from graphsvc.web.network.network import asked
from graphsvc.web.rail import Entry

blueprint = Blueprint("exports", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(110, "Exports", "exports.table", "export"),)

# A query's own parameters bear this in an address, as on the page of the query.
_OWN = "p."
_LINK_PARTS = 3
# What of an address or form says what is wanted.
_WANTED = (
    "id", "depth", "open", "add", "hide", "relation", "least", "recorded", "source_grade", "assessment", "size", "layout",
    "fade", "query", "only", "form", "arranged",
)  # fmt: skip
# Places on a canvas: how many, how long as text, and how far from its middle.
_MOST_PLACES, _MOST_PLACED, _FARTHEST = 2000, 200_000, 1_000_000.0


@page(blueprint, "/exposure")
def exposure(case: str) -> ResponseReturnValue:
    """Whom a picture, a lead or an answer could give away: by source for those cleared for sources, else a warning."""
    here = at(case)
    found = here.exports.exposed(_wanted())
    cleared = here.grant.sources
    told: dict[str, Any] = {
        "safe": found.safe,
        "line": exposed([one.size for one in found.witnesses], found.below, by_source=cleared),
    }
    if not cleared:
        return answer("exports/exposure.html", case=here.case, by_source=False, **told)
    facts = (one.fact for witness in found.witnesses for one in witness.facts)
    return answer(
        "exports/exposure.html",
        case=here.case,
        by_source=True,
        **told,
        exposure=found,
        names=_names(here, facts),
        back=_back(here),
    )


@page(blueprint, "/exports")
def table(case: str) -> ResponseReturnValue:
    """The exports this person made or may answer, newest first; for others who protect, those to ask back."""
    here = at(case)
    found = (
        here.exports.given.listed()
        if here.may("export") or not (here.may("erase") or here.may("seal"))
        else here.exports.given.recalls()
    )
    facts = (fact.fact for one in found if one.exposure for witness in one.exposure.witnesses for fact in witness.facts)
    return answer(
        "exports/table.html",
        case=here.case,
        waiting=[one for one in found if one.decidable],
        recall=[one for one in found if one.recall and one.recalled_at is None],
        exports=[one for one in found if not one.decidable],
        names=_names(here, facts),
        days=home().settings.export_days,
    )


@page(blueprint, "/export")
def new(case: str) -> ResponseReturnValue:
    """Asks who an export of a picture or an answer is for, why, and in which forms."""
    return answer("exports/new.html", **_asking(at(case)))


@blueprint.post("/export/choose")
def choose(case: str) -> ResponseReturnValue:
    """The same for a canvas, whose arrangement is too long for an address."""
    return answer("exports/new.html", **_asking(at(case)))


def _asking(here: Session) -> dict[str, Any]:
    here.require("export")
    wanted = _wanted()
    view = here.exports.selected(wanted) if wanted.query or (wanted.picture and wanted.picture.ids) else None
    chosen = known_forms(request.values.getlist("form"))
    return {
        "case": here.case,
        "entities": len(view.nodes) if view else 0,
        "links": len(view.edges) if view else 0,
        "query": wanted.query,
        "recipients": here.exports.recipients(),
        "forms": [
            {"name": name, "title": form.title, "says": form.says, "chosen": name in chosen}
            for name, form in FORMS.items()
        ],
        "only": len(wanted.only),
        "arranged": bool(wanted.arranged),
        "recipient": request.form.get("recipient", ""),
        "reason": request.form.get("reason", ""),
        "carried": _carried("form"),
        "back": _back(here),
    }


@blueprint.post("/export")
def preview(case: str) -> ResponseReturnValue:
    """Shows what would go, what was taken out, and whom it could give away; makes nothing."""
    here, form = at(case), request.form
    found = here.exports.preview(
        _wanted(), form.get("recipient", ""), handling=form.get("handling", ""), left_out=_left_out()
    )
    shown = (one.fact for witness in found.exposure.witnesses for one in witness.facts)
    return render_template(
        "exports/preview.html",
        handling=found.handling,
        case=here.case,
        found=found,
        called={row["id"]: row["name"] for row in found.nodes},
        names=_names(here, [*shown, *found.exposure.leave_out], found.left_out),
        left_out=[(json.dumps(key), key) for key in found.left_out],
        reason=form.get("reason", ""),
        forms=[FORMS[name].title for name in known_forms(form.getlist("form"))],
        arranged="arranged" in form,
        carried=_carried(),
    )


@blueprint.post("/export/make")
def make(case: str) -> ResponseReturnValue:
    """Makes an export: held at once if it is safe, else waiting for a supervisor."""
    form = request.form
    at(case).exports.make(
        _wanted(),
        form.get("recipient", ""),
        form.get("reason", ""),
        handling=form.get("handling", ""),
        left_out=_left_out(),
        ask=form.get("ask") == "yes",
        forms=form.getlist("form"),
    )
    return redirect(url_for("exports.table", case=case), code=303)


@blueprint.post("/exports/fetch")
def fetch(case: str) -> ResponseReturnValue:
    """Gives the file of an export."""
    name, content = at(case).exports.given.fetch(request.form.get("id", ""))
    response = Response(content, mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.post("/exports/answer")
def decide(case: str) -> ResponseReturnValue:
    """Agrees or refuses."""
    identifier, note = request.form.get("id", ""), request.form.get("note", "")
    if request.form.get("answer") == "agree":
        at(case).exports.given.agree(identifier, note)
    else:
        at(case).exports.given.refuse(identifier, note)
    return redirect(url_for("exports.table", case=case), code=303)


@blueprint.post("/exports/recalled")
def recalled(case: str) -> ResponseReturnValue:
    """Writes down that a recalled export is back or destroyed."""
    at(case).exports.given.settle(request.form.get("id", ""))
    return redirect(url_for("exports.table", case=case), code=303)


def _wanted() -> Wanted:
    """What the address or the form asks for.

    Raises:
        RequestError: a number is none.
    """
    values = request.values
    given = {key.removeprefix(_OWN): text for key, text in values.items() if key.startswith(_OWN)}
    query, lead, picture = values.get("query", ""), values.get("lead", ""), asked()
    drawn = not query and not lead and (picture["ids"] or picture["added"])
    return Wanted(
        picture=PictureRequest(**picture) if drawn else None,
        query=query,
        parameters=given,
        lead=lead,
        only=tuple(dict.fromkeys(one for one in values.getlist("only") if one)),
        arranged=_arranged(values.get("arranged", "")),
    )


def _arranged(text: str) -> dict[str, tuple[float, float]]:
    """Places on a canvas, as its state tells them: id → [x, y].

    Raises:
        RequestError: they are none.
    """
    if not text:
        return {}
    try:
        told = json.loads(text) if len(text) <= _MOST_PLACED else None
        places = {one: (float(x), float(y)) for one, (x, y) in told.items()} if isinstance(told, dict) else None
    except (ValueError, TypeError, RecursionError, OverflowError):
        places = None
    if (
        places is None
        or len(places) > _MOST_PLACES
        or not all(math.isfinite(place) and abs(place) <= _FARTHEST for both in places.values() for place in both)
    ):
        raise RequestError("The places of this picture cannot be read. Open the network again and export from there.")
    return places


def _left_out() -> list[tuple[str, str, str]]:
    """Links that stay here.

    Raises:
        RequestError: one of them is none.
    """
    found = []
    for text in request.form.getlist("out"):
        try:
            link = json.loads(text)
        except (ValueError, RecursionError):
            link = None
        if not (isinstance(link, list) and len(link) == _LINK_PARTS and all(isinstance(part, str) for part in link)):
            raise RequestError("A link to leave out is not one. Go back, reload and choose again.")
        found.append((link[0], link[1], link[2]))
    return found


def _carried(*but: str) -> list[tuple[str, str]]:
    """What is wanted, to be carried along in a form or address, without some of it."""
    pairs = [(name, text) for name in dict.fromkeys(request.values) for text in request.values.getlist(name)]
    return [(name, text) for name, text in pairs if (name in _WANTED and name not in but) or name.startswith(_OWN)]


def _back(here: Session) -> str:
    """The page that shows what is wanted."""
    values = request.values
    if values.get("lead"):
        return url_for("leads.lead", case=here.case, id=values["lead"])
    if values.get("query"):
        own: dict[str, Any] = {name: text for name, text in values.items() if name.startswith(_OWN)}
        return url_for("queries.one", case=here.case, name=values["query"], run=1, **own)
    return f"{url_for('network.view', case=here.case)}?{urlencode(_carried('only', 'form', 'arranged'))}"


def _names(here: Session, facts: Iterable[Any], links: Iterable[tuple[str, str, str]] = ()) -> dict[str, str]:
    """What to call the ends of facts and links."""
    ends = {end for fact in facts for end in (fact.subject, fact.object)}
    ids = sorted(ends | {end for subject, _, target in links for end in (subject, target)})
    return {one: title(row["name"] or one, row["kind"]) for one, row in here.network.entities.named(ids).items()}
