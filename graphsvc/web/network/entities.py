"""One person, boat, crossing, gang, workplace or thing: everything known, each fact with who says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from graphsvc.records.dates import overdue
from graphsvc.records.grading import stricter
from graphsvc.records.relations import KINDS, RELATIONS, LinkKey, link_key, says
from graphsvc.service import LINKS_AT_ONCE, EntityPage, Session, now
from graphsvc.views.payments import PAID, PARTS, payments
from graphsvc.web.frame import answer, at
from graphsvc.web.frame import page as register
from graphsvc.web.leads.leads import ranked
from graphsvc.web.network.parted import parted
from graphsvc.web.paging import page_of, pages_of

blueprint = Blueprint("entities", __name__, url_prefix="/case/<case>")

# Links of one relation that are open at once, and that the page holds; with more, they have pages of their own.
_OPEN, _LINKS = 10, 50
# Shown elsewhere on the page, or of no use to a reader.
_ELSEWHERE = ("id", "name", "handling", "sealed", "statement_id", "notes")


@register(blueprint, "/entity", look="read", entity="id")
def page(case: str) -> ResponseReturnValue:
    """The page of one entity, or one of those of all its links of one relation."""
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
    links = [link | parted(claims.pop(link_key(link), [])) for link in entity.links]
    rest = [claim for some in claims.values() for claim in some]
    lead = ranked(session, entity.id) if entity.kind == "person" else None
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
        open=LINKS_AT_ONCE if relation else _OPEN,
        page=number,
        pages=pages,
        # A denial or a claim taken back stands here when no link does that it speaks of.
        denials=[claim for claim in rest if claim["status"] == "active"],
        taken_back=[claim for claim in rest if claim["status"] != "active"],
        lead=lead,
        ranked_on=session.leads.ranked_on if lead else "",
        truncated=entity.truncated,
        paid_truncated=cut,
    )


def mark_of(entity: EntityPage) -> str:
    """The strictest handling of what is told of an entity; empty, for the reader's clearance, where figures rest on what is not given."""
    if not entity.whole or entity.truncated:
        return ""
    return stricter(str(entity.values.get("handling", "")), *(claim["handling"] for claim in entity.claims))


def _paid(session: Session, entity: EntityPage) -> tuple[list[dict[str, Any]], bool]:
    """Claims about payments, whether their links are on the page or not, and whether there are more."""
    if entity.whole and not entity.truncated:
        return entity.claims, False
    released = session.network.entities.payments(entity.id)
    return released.dicts(), released.truncated


def _pages(entity: EntityPage, sides: list[dict[str, Any]]) -> int:
    """How many pages all links of one relation have, and the payments beside them."""
    most = max([*entity.ties.values(), *(len(side[part]) for side in sides for part in PARTS)], default=0)
    return pages_of(most, LINKS_AT_ONCE)


def _range(relation: str, number: int) -> tuple[int, int]:
    """How many rows are passed over on a page, and how many it has."""
    return ((number - 1) * LINKS_AT_ONCE, LINKS_AT_ONCE) if relation else (0, _LINKS)


def _of_page(sides: list[dict[str, Any]], after: int, most: int) -> list[dict[str, Any]]:
    """Payments with the rows of the page alone, and how many there are in all: sums are of all of them."""
    return [
        side
        | {part: side[part][after : after + most] for part in PARTS}
        | {"numbers": {part: len(side[part]) for part in PARTS}}
        for side in sides
    ]


def _sections(links: list[dict[str, Any]], ties: Mapping[str, int]) -> list[dict[str, Any]]:
    """Links by relation: parts played and orders given first, who was merely there after them."""
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        grouped[link["relation"]].append(link)
    return [
        {"relation": relation, "says": says(relation), "number": number, "links": grouped[relation]}
        for relation, number in sorted(ties.items(), key=lambda item: (_place(item[0]), item[0]))
    ]


def _place(relation: str) -> int:
    """Where the section of a relation stands; relations of the deliverer's own come last."""
    return KINDS[RELATIONS[relation].kind].page if relation in RELATIONS else len(KINDS) + 1
