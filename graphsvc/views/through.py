"""Witness paths as a picture in layers: groups of witnesses, the entities they name, leads. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from graphsvc.records.numbers import count
from graphsvc.records.relations import LinkKey
from graphsvc.views.picture.marks import line, mark
from graphsvc.views.picture.network import Edge, Node, Picture

# Prefix of the id of a node for a group of witnesses. The number of the group follows, unless all are shown as one.
WITNESSES = "witnesses:"
# Pixels between two layers, and between two nodes in one.
_ACROSS, _DOWN = 280.0, 64.0
# Number of layers between witnesses and leads, which is the maximum length of a path.
_BETWEEN = 3
_SWEEPS = 8


@dataclass(frozen=True, slots=True)
class WitnessWay:
    """One path from an entity that witnesses named to a lead.

    Attributes:
        lead: id of the lead.
        group: number of the group of witnesses; empty if witnesses are shown as one.
        links: links of the path, from that entity to the lead.
    """

    lead: str
    group: str
    links: tuple[LinkKey, ...]

    @property
    def path_ids(self) -> tuple[str, ...]:
        """Ids along the path, from the entity that the witnesses named to the lead."""
        along = [self.lead]
        for subject, _, target in reversed(self.links):
            along.append(target if subject == along[-1] else subject)
        return tuple(reversed(along))


def through(view: Picture, ways: Sequence[WitnessWay], groups: Mapping[str, int], leads: Sequence[str]) -> Picture:
    """Return the picture of some witness paths.

    Args:
        view: picture of all entities on the paths, with the links between them.
        ways: the paths.
        groups: group → number of witnesses in it; 0 if they are shown as one.
        leads: ids of the leads, in their order.

    Returns:
        The picture without anything that is on no path, and with a node for each group of witnesses, linked to the
        entities that they named.
    """
    nodes = {node.id: node for node in view.nodes}
    known = [way for way in ways if all(name in nodes for name in way.path_ids)]
    layer: dict[str, int] = {name: _BETWEEN + 1 for name in leads if name in nodes}
    for way in known:
        for distance, name in enumerate(reversed(way.path_ids)):
            layer[name] = max(layer.get(name, 0), _BETWEEN + 1 - distance)
    lines = {(f"{WITNESSES}{way.group}", way.path_ids[0]): way for way in known}
    layer |= dict.fromkeys((end for end, _ in lines), 0)
    on_ways = {link for way in known for link in way.links}
    edges = [edge for edge in view.edges if edge.key in on_ways]
    edges += [line(end, "TOLD_OF", name, "told of", 1.0) for end, name in lines]
    marks = {end: _mark(end, groups[way.group]) for (end, _), way in lines.items()}
    order = [*leads, *(node.id for node in view.nodes), *marks]
    places = _places({name: layer[name] for name in order if name in layer}, edges)
    drawn = [nodes.get(name) or marks[name] for name in places]
    return replace(
        view,
        nodes=tuple(
            replace(node, more=0, start=node.id in leads, x=places[node.id][0], y=places[node.id][1]) for node in drawn
        ),
        edges=tuple(edges),
        turns=False,
    )


def _places(layer: Mapping[str, int], edges: Iterable[Edge]) -> dict[str, tuple[float, float]]:
    """Return id → position: layers from left to right, with each node near the middle of its neighbours.

    This is the barycentre heuristic of Sugiyama, Tagawa and Toda (1981).
    """
    near: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        near[edge.subject].append(edge.object)
        near[edge.object].append(edge.subject)
    layers: dict[int, list[str]] = defaultdict(list)
    for name, at in layer.items():
        layers[at].append(name)
    down = {name: float(turn) for names in layers.values() for turn, name in enumerate(names)}

    def spread(names: Sequence[str]) -> None:
        for turn, name in enumerate(names):
            down[name] = turn - (len(names) - 1) / 2

    for names in layers.values():
        spread(names)
    for sweep in range(_SWEEPS):
        for at in sorted(layers, reverse=sweep % 2 == 0):
            if at == _BETWEEN + 1:
                continue  # leads keep their order
            middle = {
                name: sum(down[neighbour] for neighbour in near[name]) / len(near[name]) if near[name] else down[name]
                for name in layers[at]
            }
            layers[at].sort(key=lambda name: middle[name])
            spread(layers[at])
    most = max((len(names) for names in layers.values()), default=1)
    places: dict[str, tuple[float, float]] = {}
    for at, names in sorted(layers.items()):
        apart = _DOWN * min(max((most - 1) / max(len(names) - 1, 1), 1.0), 2.5)
        places |= {name: (at * _ACROSS, down[name] * apart) for name in names}
    return {name: places[name] for name in layer}


def _mark(identifier: str, witnesses: int) -> Node:
    number = identifier.removeprefix(WITNESSES)
    name = f"Group {number}: {count(witnesses, 'witness')}" if witnesses else "Witnesses"
    return mark(identifier, name, witnesses, number, "P")
