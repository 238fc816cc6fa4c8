"""Lists that queries in `cypher/` name between double braces, derived from the tables of relations and statements."""

from __future__ import annotations

import re
from types import MappingProxyType

from graphsvc.records.relations import OWN, RELATIONS, Relation, doing, those
from graphsvc.records.statement_kinds import STATEMENT_KINDS

_PARTS = those(lambda relation: relation.kind == "part")
_COMMANDS = those(lambda relation: relation.kind == "command")


def _at(thing: str, *kinds: str) -> tuple[str, ...]:
    return those(lambda relation: relation.objects == (thing,) and relation.kind in kinds)


def _in_order(names: frozenset[str]) -> tuple[str, ...]:
    return those(lambda relation: relation.name in names)


def _touches_boat(relation: Relation) -> bool:
    return "boat" in (*relation.subjects, *relation.objects)


LISTS = MappingProxyType(
    {
        "PARTS": _PARTS,
        "PARTS_IN_CROSSINGS": _at("crossing", "part"),
        "PARTS_IN_BOATS": _at("boat", "part"),
        "PARTS_IN_WORKPLACES": _at("workplace", "part"),
        "PARTS_IN_GANGS": _at("gang", "part"),
        "WORK_ON_CROSSINGS": _in_order(doing("works", "moves") & {*_at("crossing", "part")}),
        "COMMANDS": _COMMANDS,
        # A debt alone does not show that anyone acts on the other person.
        "ACTS_ON_PEOPLE": _in_order(frozenset(_COMMANDS) - doing("owes")),
        # Coercion counts as neither.
        "ORDERS_OR_PAYS": _in_order(doing("directs", "recruits", "pays")),
        "ARRANGES": _in_order(doing("arranges")),
        "DEALINGS": (*_COMMANDS, *_in_order(doing("meets"))),
        "HARMS": those(lambda relation: relation.part.object == "passive"),
        "KEPT_AT_WORK": _in_order(doing("moves", "abandons", "coerces", "owes")),
        "BEHIND_CROSSINGS": _at("crossing", "part", "material"),
        "ABOARD": those(lambda relation: relation.there == "its day"),
        "STAYS_AT_WORKPLACES": _at("workplace", "presence"),
        "OF_BOATS": those(_touches_boat),
        "OWN_THINGS": _in_order(OWN),
        "LASTING": those(lambda relation: relation.lasts),
        "SERVICE": _in_order(doing("serves")),
        # Paths over these relations would connect almost anyone to anyone.
        "AMONG_STRANGERS": _in_order(doing("stays", "serves")),
        # Kinds of statement; the lists above are of relations.
        "STATEMENT_KINDS": tuple(STATEMENT_KINDS),
    }
)
_NAMED = re.compile(r"(['\"]?)\{\{([A-Z_]+(?:\|[A-Z_]+)*)\}\}\1")


def expand_lists(text: str) -> str:
    """Replace each `{{LIST|LIST}}` in a query: in a pattern by `ONE|OTHER`, between quotes by `'ONE', 'OTHER'`.

    Raises:
        KeyError: a name is neither in `LISTS` nor a relation.

    Example:
        >>> expand_lists("-[r:{{PARTS_IN_CROSSINGS|USED_ON}}]->"), expand_lists("IN ['{{OWN_THINGS}}']")
        ('-[r:PILOTED|ASSISTED|ORGANISED|USED_ON]->', "IN ['USED', 'LOCATED_AT']")
    """

    def expand(match: re.Match[str]) -> str:
        quote, lists = match.groups()
        names = [name for key in lists.split("|") for name in (LISTS[key] if key in LISTS else (RELATIONS[key].name,))]
        return quote + (f"{quote}, {quote}" if quote else "|").join(dict.fromkeys(names)) + quote

    return _NAMED.sub(expand, text)
