"""Groups of a picture that can be folded into one node: by gang, workplace, crossing, community or presence. Pure.

Everything is computed from the picture alone, so it discloses only what its reader sees. A node is in at most one group
of each kind: that of its most believed link. Links that are denied or contested do not make anyone a member.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from graphsvc.records.coarsened import denial_mark
from graphsvc.records.dates import ending
from graphsvc.records.grading import stricter
from graphsvc.records.numbers import count
from graphsvc.records.relations import ASIDE, RELATIONS, LinkKey, family
from graphsvc.views.picture.measures import communities
from graphsvc.views.picture.network import Edge, Node, Picture
from graphsvc.views.wording import of_kinds

# Kind of group → relations that make an entity a member.
BELONGING = MappingProxyType(
    {
        **{
            kind: tuple(name for name, relation in RELATIONS.items() if relation.folds and kind in relation.objects)
            for kind in ("gang", "workplace", "crossing")
        },
        "community": (),
        # People whose only link is presence at an entity, or lawful service to or by it.
        "presence": (),
    }
)
# Minimum members of a group.
_FEWEST = 2
# (kind of a group; its key: the id of its gang, workplace or crossing, the number of its community, or for presence the
# relation and the id of the other entity).
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FoldedGroup:
    """A group of a picture that can be folded into one node.

    Attributes:
        by, key: kind and key, written `gang:G1` or `community:2` in URLs. name: its name.
        members: ids in it, in the order of the picture, but its gang, workplace or crossing first.
        kinds: kind → number of members, largest first.
    """

    by: str
    key: str
    name: str
    members: tuple[str, ...]
    kinds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class FoldedPicture(Node):
    """A group as one node of kind `group`, in the middle of its members' positions.

    Attributes:
        by, key: of the group; its id is `group:by:key`. by is empty for a node of `views.picture.marks`.
        members: number of members; kinds: kind → number of members, largest first; within: number of links between
            members.
        ids: ids of the members; among: the links between them. denying: combined denials of those links, as in a
            `Bundle`.
        handling: the strictest of its members. more: 0, as neighbours outside the picture are shown only after
            unfolding.
    """

    by: str = ""
    key: str = ""
    members: int = 0
    kinds: tuple[tuple[str, int], ...] = ()
    within: int = 0
    ids: tuple[str, ...] = ()
    among: tuple[LinkKey, ...] = ()
    denying: int | str = 0


@dataclass(frozen=True, slots=True)
class Bundle(Edge):
    """All links between a group and another group or node, as one line.

    Attributes:
        links: the links in it, most believed first. relation, says: the relation that all links have, and its words
            with the number of links; with several relations, empty, and the number of links.
        belief, step: of the most believed link. belief_on_record: the highest of the links. doubtful: whether no link
            has a belief of at least one half.
        denied: whether at least one link is denied. denying: that of the only link, or `contested` or `someone` if
            there are several.
        directed: whether all links point the same way.
        asserting, groups, other_sources, and the same on record: those of the only link. They are empty or 0 if there
            are several links, as support cannot be added up.
    """

    links: tuple[LinkKey, ...] = ()


def groups(view: Picture, by: str) -> list[FoldedGroup]:
    """Return the groups of a picture, largest first.

    Args:
        view: the picture, without folded groups.
        by: one of BELONGING.
    """
    computed = {"community": _communities, "presence": _present}
    members = computed[by](view) if by in computed else _belonging(view, by)
    names, kind_of = view.names, {node.id: node.kind for node in view.nodes}
    folded_groups = []
    for key, ids in members.items():
        if len(ids) >= _FEWEST:
            kinds = _kinds(kind_of[member] for member in ids)
            name = {"community": f"Community {key}", "presence": of_kinds(kinds)}.get(by) or names[key]
            folded_groups.append(FoldedGroup(by, key, name, tuple(ids), kinds))
    return sorted(folded_groups, key=lambda group: (-len(group.members), group.name, group.key))


def fold_groups(view: Picture, fold: Sequence[Key]) -> Picture:
    """Return a picture with some of its groups folded.

    Args:
        view: the picture, without folded groups.
        fold: (by, key) of each group. A node of several groups goes into the first of them. Keys without a group are
            skipped, and so are groups with fewer than two members that are not in an earlier one.
    """
    known = {by: {group.key: group for group in groups(view, by)} for by in {by for by, _ in fold} & BELONGING.keys()}
    inside: dict[str, FoldedGroup] = {}
    chosen: list[FoldedGroup] = []
    for by, key in dict.fromkeys(fold):
        group = known.get(by, {}).get(key)
        left = tuple(member for member in group.members if member not in inside) if group else ()
        if group is not None and len(left) >= _FEWEST:
            chosen.append(replace(group, members=left))
            inside |= dict.fromkeys(left, chosen[-1])
    if not chosen:
        return view
    bundles, within = _bundles(view.edges, inside)
    degree: Counter[str] = Counter()
    for edge in bundles:
        degree.update({edge.subject, edge.object})
    by_id = {node.id: node for node in view.nodes}
    nodes: dict[str, Node] = {}
    for node in view.nodes:
        group = inside.get(node.id)
        if group is None:
            nodes[node.id] = replace(node, links=degree[node.id])
        elif _id(group) not in nodes:
            members = [by_id[member] for member in group.members]
            nodes[_id(group)] = _node(group, members, degree[_id(group)], within[_id(group)])
    names = {member: by_id[member].name for member in inside}
    return replace(view, nodes=tuple(nodes.values()), edges=bundles, inside=names)


def _communities(view: Picture) -> dict[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for identifier, number in communities(view).items():
        members[str(number)].append(identifier)
    return members


def _present(view: Picture) -> dict[str, list[str]]:
    """Map each (relation of presence or service, entity) to the nodes whose only line in the picture is that link.

    Starts and entities that the reader asked for are never folded, and denied or contested links do not count.
    """
    lines: dict[str, list[Edge]] = defaultdict(list)
    for edge in view.edges:
        for end in {edge.subject, edge.object}:
            lines[end].append(edge)
    members: dict[str, list[str]] = defaultdict(list)
    for node in view.nodes:
        if node.start or node.id in view.asked or len(lines[node.id]) != 1:
            continue
        edge = lines[node.id][0]
        if family(edge.relation) in ASIDE and not edge.denied:
            key = f"{edge.relation}~{edge.object}" if edge.subject == node.id else f"{edge.relation}~~{edge.subject}"
            members[key].append(node.id)
    return members


def _belonging(view: Picture, by: str) -> dict[str, list[str]]:
    """Map each gang, workplace or crossing to itself and its members; a member's most believed link decides."""
    kinds = {node.id: node.kind for node in view.nodes}
    home: dict[str, str] = {}
    for edge in sorted(view.edges, key=lambda edge: (-edge.belief, edge.relation, edge.object, edge.subject)):
        if edge.relation in BELONGING[by] and kinds[edge.object] == by and not edge.denied:
            home.setdefault(edge.subject, edge.object)
    members = {identifier: [identifier] for identifier in kinds if identifier in home.values()}
    for identifier in kinds:
        if identifier in home:
            members[home[identifier]].append(identifier)
    return members


def _node(group: FoldedGroup, members: Sequence[Node], links: int, among: Sequence[Edge]) -> FoldedPicture:
    return FoldedPicture(
        id=_id(group),
        kind="group",
        name=group.name,
        sort=group.by,
        identified=True,
        sealed=False,
        handling=stricter(*(node.handling for node in members)),
        gang="",
        start=any(node.start for node in members),
        links=links,
        more=0,
        x=sum(node.x for node in members) / len(members),
        y=sum(node.y for node in members) / len(members),
        by=group.by,
        key=group.key,
        members=len(members),
        kinds=_kinds(node.kind for node in members),
        within=len(among),
        ids=group.members,
        among=tuple(edge.key for edge in among),
        denying=_denying(among),
    )


def _bundles(edges: Iterable[Edge], inside: dict[str, FoldedGroup]) -> tuple[tuple[Edge, ...], dict[str, list[Edge]]]:
    """Return the edges to draw with the groups folded, and the links within each group."""
    between: dict[frozenset[str], list[tuple[Edge, LinkKey]]] = defaultdict(list)
    drawn: list[Edge] = []
    within: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        subject, target = (_id(inside[end]) if end in inside else end for end in (edge.subject, edge.object))
        if (subject, target) == (edge.subject, edge.object):
            drawn.append(edge)
        elif subject == target:
            within[subject].append(edge)
        else:
            moved = replace(edge, subject=subject, object=target, bend=0)
            between[frozenset((subject, target))].append((moved, edge.key))
    drawn += [_bundle(links) for links in between.values()]
    return tuple(sorted(drawn, key=lambda edge: (-edge.belief, edge.relation, edge.subject, edge.object))), within


def _bundle(links: Sequence[tuple[Edge, LinkKey]]) -> Bundle:
    """Combine links between the same two nodes into one line; they are given with their new ends, best first."""
    first = links[0][0]
    values = {name: getattr(first, name) for name in Edge.__dataclass_fields__}
    if len(links) > 1:
        edges = [edge for edge, _ in links]
        relation = first.relation if len({edge.relation for edge in edges}) == 1 else ""
        same_way = len({(edge.subject, edge.object) for edge in edges}) == 1 and all(edge.directed for edge in edges)
        values |= {
            "relation": relation,
            "says": f"{first.says} ({len(links)})" if relation else count(len(links), "link"),
            "directed": same_way,
            "doubtful": all(edge.doubtful for edge in edges),
            "denied": any(edge.denied for edge in edges),
            "ungraded": all(edge.ungraded for edge in edges),
            "belief_on_record": max(edge.belief_on_record for edge in edges),
            "first_on": min((edge.first_on for edge in edges if edge.first_on), default=""),
            "last_on": max((edge.last_on for edge in edges if edge.last_on), key=ending, default=""),
            "denying": _denying(edges),
            **dict.fromkeys(("asserting", "groups", "groups_on_record"), ""),
            **dict.fromkeys(("other_sources", "other_sources_on_record"), 0),
        }
    return Bundle(**values, links=tuple(key for _, key in links))


def _denying(edges: Iterable[Edge]) -> int | str:
    """Combine the denials of several links: 0 without any, `contested` if all are contested, else `someone`."""
    mark = denial_mark(*(edge.denying or edge.denied for edge in edges))
    return "someone" if mark == "denied" else mark or 0


def _id(group: FoldedGroup) -> str:
    return f"group:{group.by}:{group.key}"


def _kinds(kinds: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(kinds).items(), key=lambda pair: (-pair[1], pair[0])))
