"""One person, boat, crossing, gang, workplace or thing: everything known, each fact with who says so."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.records.dates import overdue
from graphsvc.records.grading import stricter
from graphsvc.records.relations import KINDS, RELATIONS, LinkKey, says
from graphsvc.service import now
from graphsvc.views.payments import PAID, payments
from graphsvc.web.frame import answer, at
from graphsvc.web.frame import page as register
from graphsvc.web.leads.leads import ranked
from graphsvc.web.network.parted import link_key, parted

blueprint = Blueprint("entities", __name__, url_prefix="/case/<case>")

# Links of one relation that are open at once, and that the page holds; with more, all of them have a page of their own.
_OPEN, _LINKS = 10, 50
# Shown elsewhere on the page, or of no use to a reader.
_ELSEWHERE = ("id", "name", "handling", "sealed", "statement_id", "notes")


@register(blueprint, "/entity", look="read", entity="id")
def page(case: str) -> ResponseReturnValue:
    """The page of one entity, or of all its links of one relation."""
    session = at(case)
    relation = request.args.get("relation", "")
    entity = session.network.entities.look(request.args.get("id", ""))
    claims: dict[LinkKey, list[dict[str, Any]]] = defaultdict(list)
    for claim in entity.claims:
        claims[link_key(claim)].append(claim)
    links = [link | parted(claims.pop(link_key(link), [])) for link in entity.links]
    rest = [claim for some in claims.values() for claim in some]
    lead = ranked(session, entity.id) if entity.kind == "person" else None
    return answer(
        "entities/page.html",
        handling=stricter(str(entity.values.get("handling", "")), *(claim["handling"] for claim in entity.claims)),
        case=session.case,
        id=entity.id,
        kind=entity.kind,
        name=entity.name,
        sealed=bool(entity.values.get("sealed")),
        values=entity.values,
        overdue=overdue(entity.values.get("review_on"), now().date()),
        facts={name: value for name, value in entity.values.items() if name not in _ELSEWHERE},
        sections=_sections([link for link in links if relation in ("", link["relation"])]),
        payments=payments(entity.id, entity.claims) if relation in ("", PAID) else [],
        relation=relation,
        open=_OPEN,
        most=None if relation else _LINKS,
        # A denial or a claim taken back stands here when no link does that it speaks of.
        denials=[claim for claim in rest if claim["status"] == "active"],
        taken_back=[claim for claim in rest if claim["status"] != "active"],
        lead=lead,
        ranked_on=session.leads.ranked_on if lead else "",
        truncated=entity.truncated,
    )


def _sections(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Links by relation: parts played and orders given first, who was merely there after them."""
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        grouped[link["relation"]].append(link)
    return [
        {"relation": relation, "says": says(relation), "number": len(some), "links": some}
        for relation, some in sorted(grouped.items(), key=lambda item: (_place(item[0]), item[0]))
    ]


def _place(relation: str) -> int:
    """Where the section of a relation stands; relations of the deliverer's own come last."""
    return KINDS[RELATIONS[relation].kind].page if relation in RELATIONS else len(KINDS) + 1
