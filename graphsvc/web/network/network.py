"""The network view: the picture with its tables, details of a node or link, and the files that draw it.

The URL contains the starts, filters, opened nodes and hidden nodes of a picture, so that it always opens the same
picture.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from graphsvc.errors import RequestError
from graphsvc.records.coarsened import STEPS
from graphsvc.records.dates import overdue
from graphsvc.records.grading import ASSESSMENTS, SOURCE_GRADES, at_least, stricter
from graphsvc.records.numbers import real, whole
from graphsvc.records.relations import ASIDE, FAMILIES, KINDS, RELATIONS, LinkKey, family, link_key, says
from graphsvc.service import PictureRequest, Session, limits, now
from graphsvc.views import wording
from graphsvc.views.picture import graph
from graphsvc.views.picture.arrangements import ARRANGEMENTS
from graphsvc.views.picture.folding import BELONGING, fold_groups
from graphsvc.views.picture.folding import groups as groups_of
from graphsvc.views.picture.measures import measure
from graphsvc.views.picture.network import Picture, link_of
from graphsvc.web.asked import number
from graphsvc.web.frame import TWIN, View, answer, answer_early, at, page, wants_json
from graphsvc.web.leads.leads import ranked_row
from graphsvc.web.network import pictures
from graphsvc.web.network.entities import mark_of
from graphsvc.web.network.parted import split_claims
from graphsvc.web.rail import Entry

blueprint = Blueprint("network", __name__)
ENTRIES = (Entry(10, "Network", "Canvas", "network.view", "read"),)

# Number of leads at which a picture starts if the URL names no start.
_LEADS = 8
# Query parameters that filter links.
FILTERS = ("relation", "ticked", "least", "recorded", "source_grade", "assessment")
_KEPT = ("depth", "size", *FILTERS, "fade", "without", "presence", "layout", "fold")
# Parameters that only the browser uses, so that the URL also opens the same appearance.
_LOOK = ("colour", "sized", "outline", "labels", "from", "to", "handling")
# All query parameters of this page, including those for the browser and the saved view.
PARAMETERS = ("id", "open", "add", "hide", "link", *_KEPT, *_LOOK, *pictures.WHICH)
# Parameters removed when filters are cleared; all others stay.
_CLEARED = (*FILTERS, "fade", "without", "from", "to", "handling")
# With `fade`, filters remove nothing: the browser draws links that do not pass them faintly.
_NO_FILTERS = {"relations": [], "least": 0.0, "recorded": 0.0, "grades": []}
# Maximum claims of a kind in a panel; it then says how many more are on the page of the entity.
_CLAIMS = 12
# A panel reads the claims of this many links of each relation, the best supported ones.
_LINKS = 50
# With more links than this, the page does not contain the table of links, so that it is ready sooner.
INLINE = 300
_SIZES = (30, limits.USUAL_NODES, 150, 300, limits.MOST_NODES)
_FILES = {graph.SCRIPT: graph.library(), graph.STYLE: graph.library(), graph.DRAW.name: graph.DRAW.parent}
_ON_DAYS = ("crossings", "statements")
# (heading in the filter, its relations).
_MENU = tuple(
    (title, tuple(name for name, relation in RELATIONS.items() if KINDS[relation.kind].menu == title))
    for title in dict.fromkeys(kind.menu for kind in KINDS.values())
)
# Fields that are not among the facts in a panel.
_ELSEWHERE = ("id", "name", "handling", "sealed", "statement_id", "notes")


@page(blueprint, "/case/<case>/network")
def view(case: str) -> ResponseReturnValue:
    """Show the picture that the URL requests; without a start, one of the first leads, or a page to choose a start."""
    session = at(case)
    wanted = request_arguments()
    if not wanted["ids"] and not wanted["added"]:
        with session.look("read", query="network"):
            return pictures.redirect_to_view(session) or _entry(session)
    # Checked before the frame is sent, so that a faulty URL gets an error status.
    PictureRequest(**wanted)
    folds = _folds()
    began = pictures.starting_state(session) if _opens() else None

    def values(picture: Picture) -> dict[str, Any]:
        picture = _apply_folds(picture, folds)
        kinds = [node.kind for node in picture.nodes]
        counts = {kind: kinds.count(kind) for kind in wording.KINDS if kind in kinds}
        plain = {"asked": wanted, "counts": counts, "view": picture}
        return plain if wants_json() else plain | _page(session, picture) | _near(session) | {"began": began}

    def late() -> dict[str, Any]:
        with session.look("read", **PictureRequest(**wanted).particulars):
            picture = session.network.picture(PictureRequest(**wanted))
            lost = began.lost(picture, limits.MOST_NODES) if began else []
            if not lost:
                return values(picture)
        # The second look has a separate line in the log, with the added entities.
        wanted["added"] += lost
        with session.look("read", **PictureRequest(**wanted).particulars):
            return values(session.network.picture(PictureRequest(**wanted)))

    return answer_early("network/view.html", late, case=session.case)


def _one_look(view: View) -> View:
    """Wrap a page about a picture so that it is logged as one look, with the same particulars as the picture."""

    @wraps(view)
    def view_in_look(case: str) -> ResponseReturnValue:
        with at(case).look("read", **PictureRequest(**request_arguments()).particulars):
            return view(case)

    return cast("View", view_in_look)


@page(blueprint, "/case/<case>/network/tables")
@_one_look
def tables(case: str) -> ResponseReturnValue:
    """Show the picture of this URL as tables; the page of a large picture fetches them when they are opened."""
    session = at(case)
    picture = requested_picture(session)
    values: dict[str, Any] = {"case": session.case, "view": picture}
    if not wants_json():
        values |= {"picture": _beside("network.view", session), "grouped": _beside("network.groups", session)}
    return answer("network/tables.html", **values)


@page(blueprint, "/case/<case>/network/measures")
@_one_look
def measures(case: str) -> ResponseReturnValue:
    """Show measures by which the nodes of the picture of this URL can be coloured and sized."""
    session = at(case)
    picture = requested_picture(session)
    figures = measure(picture)
    verdict, ranked_on = "", ""
    if session.may("analyse"):
        ranking = session.leads.ranking()
        verdict = ranking.verdict
        for lead in ranking.leads:
            if lead.id in figures:
                ranked_on = session.leads.ranks_note(ranking)
                order = {} if verdict == "abstains" else {"score": lead.score, "rank": lead.rank}
                figures[lead.id] |= {**order, "groups": lead.groups}
    return answer(
        "network/measures.html",
        case=session.case,
        names=picture.names,
        measures=figures,
        verdict=verdict,
        ranked_on=ranked_on,
        picture="" if wants_json() else _beside("network.view", session),
    )


@page(blueprint, "/case/<case>/network/days")
def days(case: str) -> ResponseReturnValue:
    """Show the number of crossings and statements on each day; witness statements only with source clearance."""
    session = at(case)
    rows = session.network.entities.days()
    crossings, statements = ([(row["day"], row["count"]) for row in rows if row["what"] == kind] for kind in _ON_DAYS)
    return answer(
        "network/days.html",
        case=session.case,
        crossings=crossings,
        statements=statements,
        withheld=not session.grant.sources,
    )


@page(blueprint, "/case/<case>/network/groups")
@_one_look
def groups(case: str) -> ResponseReturnValue:
    """Show the groups of the picture of this URL that can be folded: by gang, workplace, crossing or community."""
    session = at(case)
    picture = session.network.picture(PictureRequest(**request_arguments()))
    return answer(
        "network/groups.html",
        case=session.case,
        groups={by: groups_of(picture, by) for by in BELONGING if by != "presence"},
        picture="" if wants_json() else _beside("network.view", session),
    )


@page(blueprint, "/case/<case>/network/node", look="read", entity="id")
def node(case: str) -> ResponseReturnValue:
    """Show one entity in short: kind, importance, sources, and claims against it."""
    session = at(case)
    entity = session.network.entities.look(request.args.get("id", ""), most=_LINKS)
    claims, whole = entity.claims, entity.whole and not entity.truncated
    if not whole:
        # Denials and withdrawn claims of all of its links.
        claims = split_claims(claims)["claims"] + session.network.entities.against(entity.id).dicts()
    asserting, denying, taken_back = _split_claims(claims, entity.links)
    lead = ranked_row(session, entity.id) if entity.kind == "person" else None
    return answer(
        "network/node.html",
        handling=mark_of(entity),
        case=session.case,
        panel="panel" in request.args,
        id=entity.id,
        kind=entity.kind,
        name=entity.name,
        sealed=bool(entity.values.get("sealed")),
        facts={name: value for name, value in entity.values.items() if name not in _ELSEWHERE},
        overdue=overdue(entity.values.get("review_on"), now().date()),
        lead=lead,
        ranked_on=session.leads.ranked_on if lead else "",
        links=sum(entity.ties.values()),
        denied_links=entity.denied,
        asserting=asserting[:_CLAIMS],
        denying=denying[:_CLAIMS],
        taken_back=taken_back[:_CLAIMS],
        whole=whole,
        more=max(len(asserting) - _CLAIMS, 0) + max(len(denying) - _CLAIMS, 0) + max(len(taken_back) - _CLAIMS, 0),
    )


@page(blueprint, "/case/<case>/network/link", look="read", subject="subject", relation="relation", object="object")
def link(case: str) -> ResponseReturnValue:
    """Show the figures of one link, the claims behind it, and its denials."""
    session = at(case)
    subject, relation, target = (request.args.get(name, "") for name in ("subject", "relation", "object"))
    figures = session.network.entities.link(subject, relation, target)
    released = session.network.entities.between(subject, relation, target)
    claims = released.dicts()
    asserting, denying, taken_back = _split_claims(claims, [])
    return answer(
        "network/link.html",
        # If claims are cut, those may have any handling code.
        handling="" if released.truncated else stricter("P", *(claim["handling"] for claim in claims)),
        case=session.case,
        panel="panel" in request.args,
        link=figures,
        says=says(relation),
        truncated=released.truncated,
        ends={row[end]: (row[f"{end}_name"], row[f"{end}_kind"]) for row in claims for end in ("subject", "object")},
        asserting=asserting,
        denying=denying,
        taken_back=taken_back,
    )


@blueprint.get("/network/library/<name>")
def library(name: str) -> Response:
    """Send the scripts that draw the picture: vis-network from the installed pyvis package, and our own."""
    if name not in _FILES:
        abort(404)
    return send_from_directory(_FILES[name], name, max_age=86_400)


def requested_picture(session: Session) -> Picture:
    """Return the picture that the URL requests, with groups folded as it requests.

    Raises:
        RequestError: a parameter is not a number, or there is no such kind of group.
        NotFound: none of the starts exists.
    """
    folds = _folds()
    return _apply_folds(session.network.picture(PictureRequest(**request_arguments())), folds)


def _folds() -> list[tuple[str, str | None]]:
    """Return (kind, key) of each group that the URL folds; without a key (None), all groups of the kind.

    Raises:
        RequestError: there is no such kind of group.
    """
    parts = [text.partition(":") for text in request.values.getlist("fold")]
    for by, _, _ in parts:
        if by not in BELONGING:
            raise RequestError(f"Groups are folded by {', '.join(BELONGING)}, not by {by[:40]!r}.")
    return [(by, key if colon else None) for by, colon, key in parts]


def _apply_folds(picture: Picture, folds: list[tuple[str, str | None]]) -> Picture:
    if picture.nodes[limits.USUAL_NODES :] and request_arguments()["presence"] and "presence" not in dict(folds):
        # At each entity, fold all people who were only there, and all who served lawfully, into one node each.
        folds = [*folds, ("presence", None)]
    fold: list[tuple[str, str]] = []
    for by, key in folds:
        fold += [(by, key)] if key is not None else [(by, group.key) for group in groups_of(picture, by)]
    return fold_groups(picture, fold)


def _opens() -> bool:
    """Whether a browser opens the page; False if a page that is open already fetches a picture."""
    return not wants_json() and request.headers.get("Sec-Fetch-Dest", "document") == "document"


def request_arguments() -> dict[str, Any]:
    """Return the arguments of `PictureRequest` from the URL (or a form).

    Raises:
        RequestError: a parameter is not a number.
    """
    args = request.values
    chosen = filters()
    return {
        "ids": [identifier for identifier in args.getlist("id") if identifier],
        "depth": number("depth", 1, whole),
        "opened": args.getlist("open"),
        "added": args.getlist("add"),
        "hidden": args.getlist("hide"),
        "links": _links(args.getlist("link")),
        "excluded": [] if args.get("fade") else _ticked_relations(out=True),
        "without": args.getlist("without"),
        # With `fade` there is no filter by relation, so ticking a presence relation must ask for its links here.
        "presence": args.get("presence") == "yes"
        or bool(args.get("fade") and any(family(relation) in ASIDE for relation in _ticked_relations(out=False))),
        "cap": number("size", limits.USUAL_NODES, whole),
        "arrangement": args.get("layout", ""),
        # The browser does not know the grades of links, so the server says which to draw faintly.
    } | (_NO_FILTERS | {"apart": chosen["grades"]} if args.get("fade") else chosen)


def _links(texts: list[str]) -> list[LinkKey] | None:
    """Return the links that the URL lists, the only ones to draw; None if it has no parameter `link`.

    Raises:
        RequestError: a link is malformed.
    """
    try:
        return [link_of(text) for text in texts if text] if texts else None
    except ValueError:
        raise RequestError("In the address, link takes SUBJECT~RELATION~OBJECT, such as P1~PAID~P2.") from None


def filters() -> dict[str, Any]:
    """Return the filters for links of a picture from the URL.

    Raises:
        RequestError: a parameter is not a number or out of range, or a grade is unknown.
    """
    source_grade, assessment = (request.values.get(name, "") for name in ("source_grade", "assessment"))
    try:
        grades = at_least(source_grade, assessment)
    except ValueError:
        raise RequestError(
            f"In the address, source_grade takes {', '.join(SOURCE_GRADES)} and assessment {', '.join(ASSESSMENTS)},"
            f" not {source_grade[:20]!r} and {assessment[:20]!r}."
        ) from None
    return {
        "grades": grades,
        "relations": _ticked_relations(out=False),
        "least": number("least", 0.0, real),
        "recorded": number("recorded", 0.0, real),
    }


def _ticked_relations(*, out: bool) -> list[str]:
    """Return the ticked relations if the URL leaves them out (`out=True`) or draws only them (`out=False`)."""
    ticked = [relation for relation in request.values.getlist("relation") if relation]
    return ticked if (request.values.get("ticked") == "out") == out else []


def grade_choices(session: Session) -> dict[str, Any]:
    """Return the options of the grade filters, the chosen ones, and whether these leave out witness statements."""
    return {
        # Without the worst grade, as every link has at least that.
        "source_grades": list(SOURCE_GRADES.items())[:-1],
        "assessments": list(ASSESSMENTS.items())[:-1],
        "source_grade": request.args.get("source_grade", ""),
        "assessment": request.args.get("assessment", ""),
        "grades_withheld": not session.grant.sources,
    }


def _beside(endpoint: str, session: Session, without: Collection[str] = ()) -> str:
    """Return the URL of another page about this picture, with the same parameters except some."""
    query = urlencode([(name, value) for name, value in request.args.items(multi=True) if name not in without])
    return f"{url_for(endpoint, case=session.case)}?{query}"


def _near(session: Session) -> dict[str, str]:
    """Return the URLs of other pages about this picture."""
    return {
        "tables": _beside("network.tables", session),
        "grouped": _beside("network.groups", session),
        "cleared": _beside("network.view", session, without=_CLEARED),
        "all_links": _beside("network.view", session, without=("link",)),
        "export": _beside("exports.new", session),
        "exposure": _beside("exports.exposure", session),
        "exposure_json": _beside("exports.exposure_json", session),
    }


def _entry(session: Session) -> ResponseReturnValue:
    """Redirect to a picture of the first leads if the reader sees any; otherwise show a search for a start."""
    wanted = request.args.get("find", "").strip()
    reason = ""
    if not wanted and session.may("analyse"):
        ranking = session.leads.ranking()
        reason = ranking.reason
        if ranking.verdict == "leads" and ranking.leads:
            endpoint = "network.view" + (TWIN if wants_json() else "")
            arguments: dict[str, Any] = {name: request.args.getlist(name) for name in (*_KEPT, *_LOOK)}
            starts = [lead.id for lead in ranking.leads[:_LEADS]]
            return redirect(url_for(endpoint, case=session.case, id=starts, **arguments, offer="yes"))
    hits = session.search.find(wanted) if wanted else None
    counts = {} if wanted else session.network.entities.counts()
    return answer(
        "network/entry.html",
        case=session.case,
        wanted=wanted,
        reason=reason,
        counts={kind: counts[kind] for kind in wording.KINDS if kind in counts},
        most_linked=session.network.entities.most_linked() if counts else [],
        going_on=pictures.going_on(session),
        found=hits.dicts() if hits else [],
        truncated=bool(hits and hits.truncated),
    )


def _page(session: Session, picture: Picture) -> dict[str, Any]:
    """Return what the page needs in addition to the data: the picture and the choices of the filters."""
    chosen = filters()
    cap = number("size", limits.USUAL_NODES, whole)
    present: dict[str, int] = {}
    for edge in picture.edges:
        present[edge.relation] = present.get(edge.relation, 0) + 1
    ticked = {*_ticked_relations(out=False), *_ticked_relations(out=True)}
    without = request.args.getlist("without")
    families = {family(edge.relation) for edge in picture.edges if edge.relation}
    own = sorted({*present, *ticked} - set(RELATIONS))
    relations = [*_MENU, *([("The deliverer's own", tuple(own))] if own else [])]
    return {
        "most_inline": INLINE,
        "filters": chosen,
        **grade_choices(session),
        "picture": graph.draw(picture, session.network.waters(picture.frame)),
        "relations": [
            (title, [(name, says(name), present.get(name, 0)) for name in names]) for title, names in relations
        ],
        "ticked": ticked,
        "without": without,
        "families": {name: words for name, words in FAMILIES.items() if name in families or name in without},
        "steps": STEPS,
        "sizes": sorted({*_SIZES, cap}),
        "depths": range(limits.MOST_DEPTH + 1),
        "usual_size": limits.USUAL_NODES,
        "widths": graph.WIDTHS,
        "layouts": ARRANGEMENTS,
        "folds": list(BELONGING),
        "aside": [name for name in RELATIONS if family(name) in ASIDE],
        "twin": TWIN,
        "clearance": session.grant.handling,
    }


def _split_claims(claims: list[dict[str, Any]], links: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], ...]:
    """Split claims into supporting, denying and withdrawn; the first two sorted by belief, highest first.

    Witness statements that are shown as one have no belief, so the belief of their link is used.
    """
    believed = {link_key(link): link["belief"] for link in links}

    def claim_order(claim: dict[str, Any]) -> tuple[float, str, LinkKey]:
        return -(claim["belief"] or believed.get(link_key(claim), 0.0)), claim["claim"] or "", link_key(claim)

    parts = split_claims(claims)
    return sorted(parts["claims"], key=claim_order), sorted(parts["denials"], key=claim_order), parts["taken_back"]
