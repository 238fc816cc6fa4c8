"""Witness paths: the picture from witnesses to leads, what witnesses contribute, and effects of agreements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from graphsvc.service import Session, answers, limits
from graphsvc.views.picture.graph import draw
from graphsvc.views.picture.network import Edge
from graphsvc.views.through import WITNESSES
from graphsvc.views.wording import is_pseudonym
from graphsvc.web.frame import answer_early, at, page, wants_json
from graphsvc.web.rail import Entry

# Characters of a pseudonym that a short label keeps, such as `S-7K3Q`.
_BEGINNING = 6

blueprint = Blueprint("through", __name__, url_prefix="/case/<case>")
ENTRIES = (Entry(10, "Witness paths", "Paths", "through.view", "analyse"),)


@page(blueprint, "/through", look="analyse", query="=through")
def view(case: str) -> ResponseReturnValue:
    """Show paths from witnesses to leads, leads found only through witnesses, and what agreements would change."""
    session = at(case)

    def late() -> dict[str, Any]:
        values, witness_paths = _page_values(session)
        if wants_json():
            return values
        return values | {
            "picture": _picture(session, witness_paths) if session.grant.sources else None,
            "names": witness_paths.view.names,
            "around": _around(witness_paths),
        }

    return answer_early("leads/through.html", late, case=session.case, asked=_ids())


def _page_values(session: Session) -> tuple[dict[str, Any], answers.Through]:
    """Return the content of the page as plain data, and the witness paths."""
    witness_paths = session.leads.witnesses.through(_ids())
    # The page may show the requested leads, and the first ones of the list.
    named = {lead.id for lead in witness_paths.leads}
    ranking = session.leads.ranking()
    leads = [lead for lead in ranking.leads if lead.rank <= limits.FIRST_LEADS or lead.id in named]
    rows = {row.id: row for row in session.leads.rows(leads)}
    cleared = session.grant.sources
    links = {edge.key: _link(edge) for edge in witness_paths.view.edges}
    record = cleared and request.args.get("record") == "yes"
    agreements = session.leads.witnesses.agreements() if record else []
    numbers = session.leads.groups.numbers([each.sources for each, _ in agreements]) if record else []
    values: dict[str, Any] = {
        "verdict": ranking.verdict,
        "reason": ranking.reason,
        "ranked_on": session.leads.ranked_on,
        "leads": [rows[lead.id].columns() for lead in witness_paths.leads],
        "surfaced": [row.columns() for row in rows.values() if row.surfaced],
        "ways": [
            {"lead": way.lead, "group": way.group, "links": [links[link] for link in way.links if link in links]}
            for way in witness_paths.ways
        ],
        "groups": {str(group): list(sources) for group, sources in witness_paths.groups.items()} if cleared else {},
        "agreements": [
            {
                "number": number,
                "sources": list(each.sources),
                "leads": [
                    {"id": name, "name": rows[name].name, "now": now, "then": then}
                    for name, (now, then) in each.ranks.items()
                ],
                "asked_enough": enough,
            }
            for number, (each, enough) in zip(numbers, agreements, strict=True)
        ],
        "record": record,
        "what_if": what_if_values(session, [lead.id for lead in witness_paths.leads]) if record else None,
    }
    return values, witness_paths


def what_if_values(session: Session, ids: Sequence[str]) -> dict[str, Any]:
    """Return the ranks of some leads after each change (`Witnesses.what_if`) as plain data."""
    what_if = session.leads.witnesses.what_if(ids)
    rows = {row.id: row for row in session.leads.rows(what_if.leads)}
    return {
        "leads": [
            {
                "id": lead.id,
                "name": rows[lead.id].name,
                "rank": lead.rank,
                "rank_on_record": lead.rank_on_record if lead.score_on_record > 0 else None,
            }
            for lead in what_if.leads
        ],
        "without": [asdict(change) for change in what_if.without],
        "unchanged": what_if.unchanged,
        "agreed": [asdict(change) for change in what_if.agreed],
    }


@blueprint.get("/through/picture.json")
def picture(case: str) -> ResponseReturnValue:
    """Return only the picture, for a page that draws it (JSON)."""
    session = at(case)
    return jsonify(_picture(session, session.leads.witnesses.through(_ids())))


def _picture(session: Session, witness_paths: answers.Through) -> dict[str, Any]:
    to = {
        f"{WITNESSES}{group}": url_for("groups.table", case=session.case, q=sources[0])
        for group, sources in witness_paths.groups.items()
        if sources and session.grant.sources
    }
    drawn = draw(witness_paths.view)
    _shorten_pseudonyms(drawn["nodes"])
    return drawn | {"to": to}


def _shorten_pseudonyms(nodes: Iterable[dict[str, Any]]) -> None:
    """Shorten the labels of pseudonyms if they remain different; the title keeps the whole pseudonym."""
    pseudonyms = {node["label"] for node in nodes if is_pseudonym(node["label"])}
    begun = Counter(name[:_BEGINNING] for name in pseudonyms)
    for node in nodes:
        if node["label"] in pseudonyms and begun[node["label"][:_BEGINNING]] == 1:
            node["label"] = f"{node['label'][:_BEGINNING]}…"


def _around(witness_paths: answers.Through) -> dict[str, Any]:
    """Return the parameters of the canvas or an export for this picture, without the nodes for witnesses."""
    leads = [lead.id for lead in witness_paths.leads]
    drawn = [node.id for node in witness_paths.view.nodes if node.kind != "group"]
    return {"id": leads, "add": [name for name in drawn if name not in leads], "depth": 0}


def _link(edge: Edge) -> dict[str, Any]:
    values = ("subject", "relation", "object", "belief", "denied", "doubtful")
    return {name: getattr(edge, name) for name in values}


def _ids() -> list[str]:
    return [identifier for identifier in request.args.getlist("id") if identifier.strip()]
