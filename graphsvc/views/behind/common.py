"""Links between several of the entities asked about: people behind more than one, and what those people share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.records.relations import RELATIONS, those
from graphsvc.views.behind.rows import AnswerRow, PartSaid, is_weak, weight
from graphsvc.views.picture.network import Edge, Node, Picture

# What may link several entities asked about: kind → relations to it, and at which of their ends it is (empty: either).
_SHARED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "thing": (("USED", "CONTACTED", "PAID", "LOCATED_AT", "PART_OF"), ""),
    "workplace": (("CONTROLS", "MANAGED", "LIVED_AT"), "object"),
    "gang": (("RUNS", "MEMBER_OF"), "object"),
    "subject of orders": (those(lambda relation: relation.does in ("directs", "recruits")), "subject"),
    "object of money": (("PAID",), "object"),
}
# Relations to read for the people behind the entities.
LINKING = tuple(name for name in RELATIONS if any(name in names for names, _ in _SHARED.values()))


@dataclass(frozen=True, slots=True)
class Common:
    """A person or thing that links several of the entities asked about.

    Attributes:
        who: the person or thing. rows: the linked entities, in the order asked.
        said: for a person who is behind several entities, the links to them, by lead rank.
        ties: for something that people behind several entities share, (one of these people, their link to it).
        strength: sum of the beliefs in the best path to each entity. It is the expected number of linked entities
            if statements were right as often as they are believed.
    """

    who: Node
    rows: tuple[Node, ...]
    said: tuple[PartSaid, ...]
    ties: tuple[tuple[Node, Edge], ...]
    strength: float


def common(rows: Sequence[AnswerRow], view: Picture) -> list[Common]:
    """Return the people and things that link at least two rows, strongest first.

    Links that are denied, or have a belief under one half, do not count.

    Args:
        rows: rows of the answer.
        view: picture of the rows, with the links of the people behind their entities.
    """
    linking = [*_behind_several(rows), *_tied_to_several(rows, view)]
    return sorted(
        linking, key=lambda shared: (-round(shared.strength, 6), -len(shared.rows), shared.who.name, shared.who.id)
    )


def shared_by(rows: Sequence[AnswerRow], links: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return ids to add to the picture: people and things shared by the people behind different rows.

    Args:
        rows: rows of the answer.
        links: rows of `network.around` about the people behind them.
    """
    anchors = _anchors(rows)
    reached: dict[str, set[str]] = defaultdict(set)
    for link in links:
        for near, far in (("subject", "object"), ("object", "subject")):
            if link[near] in anchors and _may_link(link["relation"], link[f"{far}_kind"], far):
                reached[link[far]].add(link[near])
    return [name for name, near in reached.items() if name not in anchors and _adds(near, anchors)]


def _behind_several(rows: Sequence[AnswerRow]) -> Iterator[Common]:
    first = _together(rows)
    about = {row.about.id: row.about for row in rows}
    by_who: dict[str, list[tuple[str, PartSaid]]] = defaultdict(list)
    for row in rows:
        for part in row.said:
            if not part.is_weak:
                by_who[part.who.id].append((first[row.about.id], part))
    for pairs in by_who.values():
        best: dict[str, float] = defaultdict(float)
        for row_id, part in pairs:
            best[row_id] = max(best[row_id], part.belief)
        if len(best) > 1:
            ordered = sorted((part for _, part in pairs), key=weight)
            yield Common(ordered[0].who, tuple(about[name] for name in best), tuple(ordered), (), sum(best.values()))


def _tied_to_several(rows: Sequence[AnswerRow], view: Picture) -> Iterator[Common]:
    anchors = _anchors(rows)
    nodes = {node.id: node for node in view.nodes}
    about = {row.about.id: row.about for row in rows}
    ties: dict[str, list[tuple[Node, Edge]]] = defaultdict(list)
    for edge in view.edges:
        if is_weak(edge):
            continue
        for near, far, end in ((edge.subject, edge.object, "object"), (edge.object, edge.subject, "subject")):
            if (
                near in anchors
                and far not in anchors
                and far in nodes
                and _may_link(edge.relation, nodes[far].kind, end)
            ):
                ties[far].append((nodes[near], edge))
    for name, links in ties.items():
        if name not in about and _adds({actor.id for actor, _ in links}, anchors):
            best: dict[str, float] = defaultdict(float)
            for actor, edge in links:
                for row, belief in anchors[actor.id].items():
                    best[row] = max(best[row], belief * edge.belief)
            linked = tuple(node for row, node in about.items() if row in best)
            yield Common(nodes[name], linked, (), tuple(links), sum(best.values()))


def _anchors(rows: Sequence[AnswerRow]) -> dict[str, dict[str, float]]:
    """Map each boat, and each person behind an entity, to their rows and to the belief in the link to each."""
    first = _together(rows)
    anchors: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        mine = first[row.about.id]
        for part in row.said:
            if not part.is_weak:
                anchors[part.who.id][mine] = max(anchors[part.who.id][mine], part.belief)
        for node, edge in row.along:
            if node.kind == "boat" and not is_weak(edge):
                anchors[node.id][mine] = max(anchors[node.id][mine], edge.belief)
        if row.about.kind == "boat":
            anchors[row.about.id][mine] = 1.0
    return anchors


def _together(rows: Sequence[AnswerRow]) -> dict[str, str]:
    """Map each entity to the first entity of its operation: a boat and its crossing are one operation, not two."""
    first = {row.about.id: row.about.id for row in rows}
    for row in rows:
        for node, edge in row.along:
            if node.id in first and not is_weak(edge):
                old, new = first[node.id], first[row.about.id]
                first |= {name: new for name, to in first.items() if to == old}
    order = [row.about.id for row in rows]
    return {
        name: min((member for member in first if first[member] == to), key=order.index) for name, to in first.items()
    }


def _adds(near: Iterable[str], anchors: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether something these people or boats share links more rows than each of them does alone."""
    of = [anchors[name].keys() for name in near]
    linked = {row for row_ids in of for row in row_ids}
    return len(linked) > 1 and all(len(row_ids) < len(linked) for row_ids in of)


def _may_link(relation: str, kind: str, end: str) -> bool:
    """Whether an entity of this kind, at this end of a relation, counts as shared by the entities at the other end."""
    kinds = (kind,) if kind != "person" else ("subject of orders", "object of money")
    return any(
        relation in names and at in ("", end) for names, at in (_SHARED[name] for name in kinds if name in _SHARED)
    )
