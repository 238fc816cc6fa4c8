"""Rows of an answer, one for each crossing, boat, gang, workplace, person or thing: links to people behind it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from graphsvc.analysis.robustness.readings import FEWEST_SERVED
from graphsvc.records.relations import RELATIONS, those
from graphsvc.views.denials import strength
from graphsvc.views.picture.network import Edge, Node, Picture

RUNS, CARRIED, SERVES = "RUNS", "CROSSED_ON", "SERVED"
# A question about an entity also covers entities linked to it: kind → (relation, end of that kind, kind of the other
# entity). The supplier of a boat is behind its crossing; the organiser of a crossing is behind its boat and behind the
# people it carried.
ALONG: Mapping[str, tuple[tuple[str, str, str], ...]] = MappingProxyType(
    {
        "crossing": (("USED_ON", "object", "boat"),),
        "boat": (("USED_ON", "subject", "crossing"),),
        "person": (
            (CARRIED, "subject", "crossing"),
            ("WORKED_AT", "subject", "workplace"),
            ("LIVED_AT", "subject", "workplace"),
        ),
    }
)
# Kind of entity → relations that are reported as missing if the answer names nobody for them.
EXPECTED = MappingProxyType(
    {
        "crossing": ("ORGANISED", "PILOTED"),
        "boat": ("SUPPLIED",),
        "workplace": ("CONTROLS",),
        "gang": (RUNS,),
    }
)
EXPECTED_ACTS = tuple(dict.fromkeys(name for names in EXPECTED.values() for name in names))
# Arranging relations first, then work by hand, then mere membership.
_ORDER = ("arranges", "directs", "recruits", "coerces", "abandons", "pays", "works", "moves", "belongs", "goes with")


@dataclass(frozen=True, slots=True)
class LeadRank:
    """A person's place in the ranking.

    Attributes:
        rank: from 1. best, worst: rank range when any one witness, report or record is left out; None if it may not
            be shown.
        rests_on: evidence that half of the score depends on ("one record"); empty if it depends on no single item.
        moved_by: evidence without which the rank changes most, naming no source; empty if nothing changes it.
        rank_without: rank without that evidence; None, if `moved_by` is not empty, means not ranked without it.
    """

    rank: int
    best: int | None
    worst: int | None
    rests_on: str = ""
    moved_by: str = ""
    rank_without: int | None = None


@dataclass(frozen=True, slots=True)
class PartSaid:
    """One link of an answer, to a person or gang said to be behind an entity.

    Attributes:
        who: the person or gang. what: object of the link; None if it is the entity asked about. Otherwise it is an
            entity covered by the same question (`ALONG`), or a gang said to be behind the entity.
        edge: the link, with its figures as released. way: link between `what` and the entity asked about, or None.
        lead: place in the ranking; None if they are not ranked, or this reader sees no ranking.
        served: number of people they are said to have served lawfully.
        coerced: (id, name) of each person said to have coerced them.
    """

    who: Node
    what: Node | None
    edge: Edge
    lead: LeadRank | None
    served: int = 0
    way: Edge | None = None
    coerced: tuple[tuple[str, str], ...] = ()

    @property
    def is_weak(self) -> bool:
        """Whether the link or the one through which it was found (`way`) is denied or has a belief under one half."""
        return is_weak(self.edge) or self.by_weak_way

    @property
    def by_weak_way(self) -> bool:
        """Whether it was found through a link (`way`) that is denied or has a belief under one half."""
        return self.way is not None and is_weak(self.way)

    @property
    def is_hardly_believed(self) -> bool:
        """Whether its belief is under one half, or it was found through a weak link (`way`). A denial is not enough."""
        return self.edge.doubtful or self.by_weak_way

    @property
    def belief(self) -> float:
        """Belief that the link and the one through which it was found (`way`) both hold, taken as independent."""
        return self.edge.belief * (self.way.belief if self.way is not None else 1.0)

    @property
    def strength(self) -> str:
        """How well it is supported, in one word: the strength of the weaker of the link and its `way`."""
        edges = [self.edge] if self.way is None else [self.edge, self.way]
        return strength(min(edge.belief for edge in edges), denied=any(edge.denied for edge in edges))

    @property
    def served_many(self) -> bool:
        """Whether they are said to have served many people lawfully."""
        return self.served >= FEWEST_SERVED


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """The people behind one entity.

    Attributes:
        about: the entity. along: entities that the question also covers (`ALONG`), and the link to each.
        said: links to these people, arranging ones first. missing: (relation for which nobody is named, its object).
        carried: number of people said to have been carried on a crossing.
    """

    about: Node
    along: tuple[tuple[Node, Edge], ...]
    said: tuple[PartSaid, ...]
    missing: tuple[tuple[str, Node], ...]
    carried: int = 0


def denied_parts(row: AnswerRow) -> list[PartSaid]:
    """Return the denied links of a row: those to people, and those to the entities in `along`."""
    ways = (
        PartSaid(*((node, row.about) if edge.subject == node.id else (row.about, node)), edge, None)
        for node, edge in row.along
    )
    return [part for part in (*row.said, *ways) if part.edge.denied]


def is_weak(edge: Edge) -> bool:
    """Whether a link is denied, or has a belief under one half."""
    return edge.denied or edge.doubtful


def relations(kind: str) -> tuple[str, ...]:
    """Return the relations by which a person is behind an entity of this kind, arranging ones first.

    Example:
        >>> relations("crossing"), relations("boat"), relations("workplace")
        (('ORGANISED', 'PILOTED', 'ASSISTED'), ('SUPPLIED',), ('CONTROLS', 'MANAGED'))
    """
    kinds = ("part", "command") if kind != "thing" else ("material",)
    names = those(
        lambda relation: relation.kind in kinds and kind in relation.objects and relation.does not in ("owes", "meets")
    )
    order = {does: place for place, does in enumerate(_ORDER)}
    return tuple(
        sorted(names, key=lambda name: (order.get(RELATIONS[name].does, len(order)), list(RELATIONS).index(name)))
    )


def rows(
    view: Picture,
    ids: Sequence[str],
    leads: Mapping[str, LeadRank],
    carried: Mapping[str, int] = MappingProxyType({}),
    served: Mapping[str, int] = MappingProxyType({}),
    coerced: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({}),
) -> list[AnswerRow]:
    """Return the rows of an answer, from a picture of the entities asked about and the people behind them.

    Args:
        view: the picture, as released to the reader.
        ids: ids asked about, in the order of the answer; ids that are not in the picture are skipped.
        leads: id → place in the ranking.
        carried: id of a crossing → number of people said to have been carried on it.
        served: id of a person → number of people they are said to have served lawfully.
        coerced: id of a person → (id, name) of each person said to have coerced them.
    """
    nodes = {node.id: node for node in view.nodes}
    ends: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in view.edges:
        if edge.subject in nodes and edge.object in nodes:
            ends["subject", edge.subject].append(edge)
            ends["object", edge.object].append(edge)

    def of(target: Node, way: Edge | None, only: Iterable[str]) -> list[PartSaid]:
        order = {name: place for place, name in enumerate(only)}
        reached = None if way is None else target
        done = [
            PartSaid(
                nodes[edge.subject],
                reached,
                edge,
                leads.get(edge.subject),
                served.get(edge.subject, 0),
                way,
                coerced.get(edge.subject, ()),
            )
            for edge in ends["object", target.id]
            if edge.relation in order
        ]
        return sorted(done, key=lambda part: (order[part.edge.relation], *weight(part)))

    def row(about: Node) -> AnswerRow:
        along = [
            (nodes[edge.object if end == "subject" else edge.subject], edge)
            for relation, end, _ in ALONG.get(about.kind, ())
            for edge in ends[end, about.id]
            if edge.relation == relation
        ]
        parts, missing = [], []
        ways: dict[str, tuple[Node, Edge | None]] = {about.id: (about, None)}
        for node, edge in sorted(along, key=lambda pair: (is_weak(pair[1]), -pair[1].belief)):
            ways.setdefault(node.id, (node, edge))
        for target, way in ways.values():
            done = of(target, way, relations(target.kind))
            parts += done
            named = {each.edge.relation for each in done}
            missing += [(name, target) for name in EXPECTED.get(target.kind, ()) if name not in named]
        gangs: dict[str, tuple[Node, Edge]] = {}
        for each in sorted(parts, key=weight):
            if each.who.kind == "gang":
                gangs.setdefault(each.who.id, (each.who, each.edge))
        for gang, edge in gangs.values():
            runs = of(gang, edge, (RUNS,))
            parts += runs
            missing += [] if runs else [(RUNS, gang)]
        return AnswerRow(about, tuple(along), tuple(parts), tuple(missing), carried.get(about.id, 0))

    return [row(nodes[name]) for name in dict.fromkeys(ids) if name in nodes]


def weight(part: PartSaid) -> tuple[float, float, str, str]:
    """Return the sort key of a link: lead rank (one denial cannot change it), then belief for unranked people."""
    return part.lead.rank if part.lead else math.inf, -part.edge.belief, part.who.name, part.who.id
