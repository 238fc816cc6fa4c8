"""Requested material that an export omits, and why: in words, with amounts. No I/O.

Some omissions are also in the manifest, with coarsened amounts (see `coarsen`). Others only the maker of the export may
know: they reveal that there is material under another handling code, or that figures differ with source clearance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from graphsvc.access.gate.redact import coarsen
from graphsvc.access.people.principal import Grant
from graphsvc.records.relations import LinkKey
from graphsvc.service.exports.exposure import Wanted
from graphsvc.views.picture.export import FOLDED
from graphsvc.views.picture.network import Picture

# Omission in words → how many, or a word if not counted.
Amounts = dict[str, int | str]
SOME = "some"
# Why an entity has links that are not in the picture, although the picture is not full.
PUT_ASIDE = "as people only present and lawful service were not asked for"


def not_reached(wanted: Wanted, view: Picture) -> Amounts:
    """Return requested material that is missing from the picture as the export's recipient may see it.

    Args:
        wanted: the request.
        view: that picture, before anything was removed.
    """
    amounts: Amounts = {}
    if missing := absent(wanted, view):
        amounts["ids that were asked for and are not there, or not under this handling code"] = len(missing)
    if wanted.picture is not None and (short := _cut_short(view, wanted.picture.depth)):
        full = len(view.nodes) + view.hidden >= wanted.picture.cap
        why = f"as the picture was to hold {wanted.picture.cap} at most" if full else PUT_ASIDE
        amounts[f"entities that are tied to more than goes, {why}"] = short
    if view.truncated:
        amounts["links or entities above the limit of one question"] = SOME
    return amounts


def absent(wanted: Wanted, view: Picture) -> list[str]:
    """Return individually requested ids that are not in the picture; only the requester may see them."""
    return sorted(_requested_ids(wanted) - {node.id for node in view.nodes})


def differs(wanted: Wanted, handling: str, grant: Grant) -> list[str]:
    """Return reasons why the maker may see more of the requested material than is exported; may be empty."""
    drawn = wanted.picture
    by_figures = wanted.query or (drawn is not None and (drawn.least or drawn.recorded or drawn.grades))
    whys = {
        f"not under handling {handling}": handling != grant.handling,
        "chosen by figures that take source clearance": bool(grant.sources and by_figures),
    }
    return [why for why, holds in whys.items() if holds]


def withheld(own: Picture, exported: Picture, whys: Sequence[str]) -> Amounts:
    """Return requested material that the maker of an export sees and its recipient does not.

    Args:
        own: the picture as the maker sees it.
        exported: the exported picture, before anything was removed.
        whys: see `differs`.

    Example:
        >>> empty = Picture((), (), 0, 0, truncated=False)
        >>> withheld(empty, empty, ["not under handling P"])
        {}
    """
    why = f"that you see and this recipient does not ({' or '.join(whys)})"
    entities = {node.id for node in own.nodes} - {node.id for node in exported.nodes}
    links = _keys(own) - _keys(exported)
    amounts = {f"entities {why}": len(entities), f"links {why}": len(links)}
    return {words: number for words, number in amounts.items() if number}


def coarsen_amounts(amounts: Amounts, handling: str, few_below: int) -> Amounts:
    """Return amounts for the manifest: small numbers become `few`, as for any reader without source clearance.

    Example:
        >>> coarsen_amounts({"names": 2, "links": 3, "others": SOME}, "C", 3)
        {'names': 'few', 'links': 3, 'others': 'some'}
    """
    return {
        words: coarsen(Grant(handling), number, few_below) if isinstance(number, int) else number
        for words, number in amounts.items()
    }


def _requested_ids(wanted: Wanted) -> set[str]:
    """Return individually requested ids; folded groups and their members are not included."""
    if wanted.only or wanted.inside:
        return {identifier for identifier in wanted.only if not identifier.startswith(FOLDED)}
    if wanted.picture is None:
        return set()
    return {*wanted.picture.starts, *wanted.picture.alone} - set(wanted.picture.hidden)


def _cut_short(view: Picture, depth: int) -> int:
    """Return the number of entities less than `depth` links from the start that have neighbours outside the picture."""
    beside: dict[str, set[str]] = defaultdict(set)
    for edge in view.edges:
        beside[edge.subject].add(edge.object)
        beside[edge.object].add(edge.subject)
    front = reached = {node.id for node in view.nodes if node.start}
    for _ in range(depth - 1):
        front = {neighbour for identifier in front for neighbour in beside[identifier]} - reached
        reached = reached | front
    return sum(node.more > 0 for node in view.nodes if depth and node.id in reached)


def _keys(view: Picture) -> set[LinkKey]:
    return {edge.key for edge in view.edges}
