"""Page of one person, boat, crossing, gang, workplace or thing: everything known, each fact with its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.records.dates import overdue
from graphsvc.records.grading import stricter
from graphsvc.records.relations import KINDS, RELATIONS, LinkKey, link_key, says
from graphsvc.service import Session, answers, limits, now
from graphsvc.views.payments import PAID, PARTS, payments
from graphsvc.web.frame import answer, at
from graphsvc.web.frame import page as register
from graphsvc.web.leads.leads import ranked_row
from graphsvc.web.network.parted import split_claims
from graphsvc.web.paging import page_of, pages_of

blueprint = Blueprint("entities", __name__, url_prefix="/case/<case>")

# Maximum links of one relation that are shown unfolded, and that are on the page; a separate page lists more.
_OPEN, _LINKS = 10, 50
# Shown elsewhere on the page, or of no use to a reader.
_ELSEWHERE = ("id", "name", "handling", "sealed", "statement_id", "notes")


@register(blueprint, "/entity", look="read", entity="id")
def page(case: str) -> ResponseReturnValue:
    """Show one entity or, given a relation, one page of its links of that relation."""
    session = at(case)
    identifier, relation = request.args.get("id", ""), request.args.get("relation", "")
    number = page_of(request.args) if relation else 1
    entity = session.network.entities.look(identifier, relation, *_range(relation, number))
    paid, cut = _paid(session, entity) if relation in ("", PAID) else ([], False)
    sides = payments(entity.id, paid)
    pages = _pages(entity, sides) if relation else 1
    if number > pages:
        number = pages
        entity = session.network.entities.look(identifier, relation, *_range(relation, number))
    claims: dict[LinkKey, list[dict[str, Any]]] = defaultdict(list)
    for claim in entity.claims:
        claims[link_key(claim)].append(claim)
    links = [link | split_claims(claims.pop(link_key(link), [])) for link in entity.links]
    rest = [claim for link_claims in claims.values() for claim in link_claims]
    lead = ranked_row(session, entity.id) if entity.kind == "person" else None
    return answer(
        "entities/page.html",
        handling=mark_of(entity),
        case=session.case,
        id=entity.id,
        kind=entity.kind,
        name=entity.name,
        sealed=bool(entity.values.get("sealed")),
        values=entity.values,
        overdue=overdue(entity.values.get("review_on"), now().date()),
        facts={name: value for name, value in entity.values.items() if name not in _ELSEWHERE},
        sections=_sections(links, entity.ties),
        payments=_of_page(sides, *_range(relation, number)),
        relation=relation,
        open=limits.LINKS_AT_ONCE if relation else _OPEN,
        page=number,
        pages=pages,
        # Denials and withdrawn claims whose link is not on the page.
        denials=[claim for claim in rest if claim["status"] == "active"],
        taken_back=[claim for claim in rest if claim["status"] != "active"],
        lead=lead,
        ranked_on=session.leads.ranked_on if lead else "",
        truncated=entity.truncated,
        paid_truncated=cut,
    )


def mark_of(entity: answers.EntityPage) -> str:
    """Return the strictest handling code on an entity's page; empty, for the reader's own code, if claims are cut."""
    if not entity.whole or entity.truncated:
        return ""
    return stricter(str(entity.values.get("handling", "")), *(claim["handling"] for claim in entity.claims))


def _paid(session: Session, entity: answers.EntityPage) -> tuple[list[dict[str, Any]], bool]:
    """Return claims about payments, including those whose links are not on the page, and whether there are more."""
    if entity.whole and not entity.truncated:
        return entity.claims, False
    released = session.network.entities.payments(entity.id)
    return released.dicts(), released.truncated


def _pages(entity: answers.EntityPage, sides: list[dict[str, Any]]) -> int:
    """Return how many pages are needed for the links of one relation and their payments."""
    most = max([*entity.ties.values(), *(len(side[part]) for side in sides for part in PARTS)], default=0)
    return pages_of(most, limits.LINKS_AT_ONCE)


def _range(relation: str, number: int) -> tuple[int, int]:
    """Return the number of rows before a page, and the number of rows on it."""
    return ((number - 1) * limits.LINKS_AT_ONCE, limits.LINKS_AT_ONCE) if relation else (0, _LINKS)


def _of_page(sides: list[dict[str, Any]], after: int, most: int) -> list[dict[str, Any]]:
    """Keep only the payments of one page, and add their total numbers; the sums still cover all payments."""
    return [
        side
        | {part: side[part][after : after + most] for part in PARTS}
        | {"numbers": {part: len(side[part]) for part in PARTS}}
        for side in sides
    ]


def _sections(links: list[dict[str, Any]], ties: Mapping[str, int]) -> list[dict[str, Any]]:
    """Group links by relation: roles and orders first, mere presence last."""
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        grouped[link["relation"]].append(link)
    return [
        {"relation": relation, "says": says(relation), "number": number, "links": grouped[relation]}
        for relation, number in sorted(ties.items(), key=lambda item: (_place(item[0]), item[0]))
    ]


def _place(relation: str) -> int:
    """Return a relation's position on the page; custom relations are last."""
    return KINDS[RELATIONS[relation].kind].page if relation in RELATIONS else len(KINDS) + 1
