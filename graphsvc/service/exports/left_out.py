"""What of what was asked for does not go in an export, and why: in words, with how much it is. Pure.

Two kinds: what the manifest tells too, coarsened (see `coarsened`), and what is for who makes the export alone, as it
tells that there is something under another handling code, or that figures differ with source clearance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from graphsvc.access.door.redact import told
from graphsvc.access.people.principal import Grant
from graphsvc.records.relations import LinkKey
from graphsvc.service.exports.exposure import Wanted
from graphsvc.views.picture.export import FOLDED
from graphsvc.views.picture.network import Picture

# In words → how many; a word where they are not counted.
Amounts = dict[str, int | str]
SOME = "some"
# Why somebody in a picture that is not full is tied to more than it holds.
PUT_ASIDE = "as who was only there, and lawful service, was not asked for"


def not_reached(wanted: Wanted, shown: Picture) -> Amounts:
    """What was asked for and is not in a picture of it, at the handling code and without source clearance.

    Args:
        wanted: what was asked for.
        shown: the picture of it, before anything was taken out.
    """
    amounts: Amounts = {}
    if missing := absent(wanted, shown):
        amounts["ids that were asked for and are not there, or not under this handling code"] = len(missing)
    if wanted.picture is not None and (short := _cut_short(shown, wanted.picture.depth)):
        full = len(shown.nodes) + shown.hidden >= wanted.picture.cap
        why = f"as the picture was to hold {wanted.picture.cap} at most" if full else PUT_ASIDE
        amounts[f"entities that are tied to more than goes, {why}"] = short
    if shown.truncated:
        amounts["links or entities beyond the most that one question gives"] = SOME
    return amounts


def absent(wanted: Wanted, shown: Picture) -> list[str]:
    """The ids that were asked for one by one and are not in the picture: to be named to nobody but who asked for them."""
    return sorted(_named(wanted) - {node.id for node in shown.nodes})


def differs(wanted: Wanted, handling: str, grant: Grant) -> list[str]:
    """Why who makes an export may see more of what was asked for than goes; nothing where they cannot."""
    drawn = wanted.picture
    by_figures = wanted.query or (drawn is not None and (drawn.least or drawn.recorded or drawn.grades))
    whys = {
        f"not under handling {handling}": handling != grant.handling,
        "chosen by figures that take source clearance": bool(grant.sources and by_figures),
    }
    return [why for why, holds in whys.items() if holds]


def withheld(own: Picture, shown: Picture, whys: Sequence[str]) -> Amounts:
    """What who makes an export sees of what was asked for, and who gets it is not shown.

    Args:
        own: the picture as the maker sees it.
        shown: as goes out, before anything was taken out.
        whys: see `differs`.

    Example:
        >>> empty = Picture((), (), 0, 0, truncated=False)
        >>> withheld(empty, empty, ["not under handling P"])
        {}
    """
    why = f"that you see and this recipient does not ({' or '.join(whys)})"
    entities = {node.id for node in own.nodes} - {node.id for node in shown.nodes}
    links = _keys(own) - _keys(shown)
    amounts = {f"entities {why}": len(entities), f"links {why}": len(links)}
    return {words: number for words, number in amounts.items() if number}


def coarsened(amounts: Amounts, handling: str, few_below: int) -> Amounts:
    """Amounts as a manifest tells them: as to a reader without source clearance, small ones as few.

    Example:
        >>> coarsened({"names": 2, "links": 3, "others": SOME}, "C", 3)
        {'names': 'few', 'links': 3, 'others': 'some'}
    """
    return {
        words: told(Grant(handling), number, few_below) if isinstance(number, int) else number
        for words, number in amounts.items()
    }


def _named(wanted: Wanted) -> set[str]:
    """The ids that were asked for one by one; folded groups are none, nor who is in them."""
    if wanted.only or wanted.inside:
        return {identifier for identifier in wanted.only if not identifier.startswith(FOLDED)}
    if wanted.picture is None:
        return set()
    return {*wanted.picture.starts, *wanted.picture.alone} - set(wanted.picture.hidden)


def _cut_short(shown: Picture, depth: int) -> int:
    """How many entities that are nearer to the start than `depth` links have neighbours that are not in the picture."""
    beside: dict[str, set[str]] = defaultdict(set)
    for edge in shown.edges:
        beside[edge.subject].add(edge.object)
        beside[edge.object].add(edge.subject)
    front = reached = {node.id for node in shown.nodes if node.start}
    for _ in range(depth - 1):
        front = {other for identifier in front for other in beside[identifier]} - reached
        reached = reached | front
    return sum(node.more > 0 for node in shown.nodes if depth and node.id in reached)


def _keys(shown: Picture) -> set[LinkKey]:
    return {edge.key for edge in shown.edges}
