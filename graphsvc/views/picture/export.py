"""A picture as exported: pseudonyms for each recipient, belief in steps, no count of claims. Pure.

The files are made by `views.forms`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from graphsvc.records import coarsened
from graphsvc.records.relations import LinkKey, doing, those
from graphsvc.views.picture.folding import BELONGING, groups
from graphsvc.views.picture.layout import layout
from graphsvc.views.picture.network import Edge, Node, Picture

# An internal pseudonym, alone, inside other text, or inside the name of a custom relation.
_PSEUDONYM = re.compile(r"(?<![0-9A-Za-z])[SQT](?:[-_][0-9A-HJKMNP-TV-Z]{4}){3}(?![0-9A-Za-z])")
# Prefix of a folded group's id; its kind and its key follow.
FOLDED = "group:"
# Links that show who a person is or where they live.
_NEAR = doing("is kin", "is the same") | frozenset(those(lambda relation: relation.sealed == "home"))
_KINDS = {"S": "person", "Q": "source", "T": "thing"}

Place = tuple[float, float]
# (kind `person`, `thing` or `source`, internal pseudonym) → external pseudonym.
Pseudonym = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Outward:
    """An exported picture.

    Attributes:
        view: the picture with external ids; each link has the belief of its step, and does not disclose how many claims
            assert or deny it.
        ids: internal id → external id.
        left_out: number of links left out by choice; alone: number of entities left out with them, as they have no
            other links.
    """

    view: Picture
    ids: Mapping[str, str]
    left_out: int
    alone: int


def part(view: Picture, ids: Collection[str], links: Collection[LinkKey] | None = None) -> Picture:
    """Return the part of a picture with the entities `ids` and the links among them; unknown ids are skipped.

    A group `group:gang:G1`, as in URLs of earlier versions, means all of its members in this picture.

    Args:
        view: the picture, without folded groups.
        ids: ids of the entities.
        links: links to keep of those among the entities; None for all.

    Example:
        >>> part(Picture((), (), 0, 0, truncated=False), {"P1"}).nodes
        ()
    """
    named = [identifier.removeprefix(FOLDED).partition(":")[::2] for identifier in ids if identifier.startswith(FOLDED)]
    among = {
        by: {group.key: group.members for group in groups(view, by)}
        for by in {by for by, _ in named} & BELONGING.keys()
    }
    chosen = set(ids).union(*(among.get(by, {}).get(key, ()) for by, key in named))
    edges = tuple(
        edge
        for edge in view.edges
        if edge.subject in chosen and edge.object in chosen and (links is None or edge.key in links)
    )
    nodes = (replace(node, links=_links(node.id, edges)) for node in view.nodes if node.id in chosen)
    return replace(view, nodes=tuple(nodes), edges=edges, hidden=0)


def leaving(view: Picture) -> tuple[Picture, int, int]:
    """Return a picture without what could identify a sealed person, and the numbers of links and entities left out.

    Links to their family, their other identities and their home are never exported. The same is true of things and
    places that only they used.

    Example:
        >>> leaving(Picture((), (), 0, 0, truncated=False))[1:]
        (0, 0)
    """
    sealed = {node.id for node in view.nodes if node.sealed}
    theirs = {node.id for node in view.nodes if node.kind != "person" and _PSEUDONYM.fullmatch(node.id)}
    ties = {
        edge.key for edge in view.edges if edge.relation in _NEAR and not sealed.isdisjoint((edge.subject, edge.object))
    }
    edges = tuple(
        edge for edge in view.edges if edge.key not in ties and theirs.isdisjoint((edge.subject, edge.object))
    )
    nodes = tuple(replace(node, links=_links(node.id, edges)) for node in view.nodes if node.id not in theirs)
    return replace(view, nodes=nodes, edges=edges), len(ties), len(theirs)


def outward(
    view: Picture,
    pseudonym: Pseudonym,
    left_out: Collection[LinkKey] = (),
    arranged: Mapping[str, Place] = MappingProxyType({}),
) -> Outward:
    """Return `view` as exported, without internal pseudonyms.

    Positions are computed again, except of nodes that a user arranged, and nodes are sorted by their new ids. Neither
    discloses the old ids.

    Args:
        view: picture as a reader without source clearance sees it.
        pseudonym: function that returns external pseudonyms for one recipient.
        left_out: links (subject, relation, object) that are not exported.
        arranged: internal id → position chosen by a user, in pixels at zoom 1.
    """
    remaining_edges = [edge for edge in view.edges if edge.key not in left_out]
    tied = {end for edge in remaining_edges for end in (edge.subject, edge.object)}
    was_tied = {end for edge in view.edges for end in (edge.subject, edge.object)}
    stays = [node for node in view.nodes if node.start or node.id in tied or node.id not in was_tied]
    ids = {node.id: _external_id(node.id, pseudonym) for node in stays}
    edges = tuple(
        sorted(
            (
                replace(
                    edge,
                    subject=ids[edge.subject],
                    object=ids[edge.object],
                    relation=_mask_ids(edge.relation, pseudonym),
                    says=_mask_ids(edge.says, pseudonym),
                    belief=_exported_belief(edge.belief),
                    belief_on_record=_exported_belief(edge.belief_on_record),
                    asserting=0,
                    denying=coarsened.CONTESTED
                    if edge.denying == coarsened.CONTESTED
                    else "someone"
                    if edge.denied
                    else 0,
                )
                for edge in remaining_edges
                if edge.subject in ids and edge.object in ids
            ),
            key=lambda edge: edge.key,
        )
    )
    named = sorted(
        (
            replace(
                node,
                id=ids[node.id],
                name=ids[node.id] if node.name == node.id else _mask_ids(node.name, pseudonym),
                gang="",
                handling="",
                identified=node.identified and not node.sealed,
                day=node.day if node.kind == "crossing" else "",
                more=0,
                links=_links(node.id, remaining_edges),
            )
            for node in stays
        ),
        key=lambda node: node.id,
    )
    places = _place_nodes(
        named, edges, {ids[identifier]: place for identifier, place in arranged.items() if identifier in ids}
    )
    nodes = tuple(replace(node, x=places[node.id][0], y=places[node.id][1]) for node in named)
    return Outward(
        Picture(nodes, edges, 0, 0, view.truncated, in_steps=True, turns=arranged.keys().isdisjoint(ids)),
        ids,
        len(view.edges) - len(remaining_edges),
        len(view.nodes) - len(stays),
    )


def _exported_belief(belief: float) -> float:
    """Return a belief as exported: *some* is kept, a number becomes the middle of its step."""
    return belief if belief == coarsened.SOME else coarsened.belief(belief)


def _links(identifier: str, edges: Collection[Edge]) -> int:
    return sum(identifier in (edge.subject, edge.object) for edge in edges)


def _place_nodes(
    nodes: Collection[Node], edges: Collection[Edge], arranged: Mapping[str, Place]
) -> Mapping[str, Place]:
    """Return the position of each node: the one that a user chose, or that of a new layout, shifted to fit these."""
    places = layout([[node.id for node in nodes]], [(edge.subject, edge.object) for edge in edges])
    if not arranged:
        return places
    moved = [
        sum(arranged[identifier][axis] - places[identifier][axis] for identifier in arranged) / len(arranged)
        for axis in (0, 1)
    ]
    beside = {identifier: (round(x + moved[0], 1), round(y + moved[1], 1)) for identifier, (x, y) in places.items()}
    return beside | dict(arranged)


def _external_id(identifier: str, pseudonym: Pseudonym) -> str:
    """Return the external id: the id itself, or a new pseudonym if it is or contains an internal pseudonym."""
    match = _PSEUDONYM.search(identifier)
    if match is None:
        return identifier
    whole = match[0] == identifier
    return pseudonym(_KINDS[identifier[0]] if whole else "thing", identifier)


def _mask_ids(text: str, pseudonym: Pseudonym) -> str:
    def new(match: re.Match[str]) -> str:
        inside = match[0].replace("_", "-")
        outside = pseudonym(_KINDS[inside[0]], inside)
        return outside.replace("-", "_") if "_" in match[0] else outside

    return _PSEUDONYM.sub(new, text)
