"""What is said of those behind crossings, boats, gangs, workplaces, people and things: one row for each that is asked about."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from graphsvc.records.relations import RELATIONS, those
from graphsvc.views.picture.network import Edge, Node, Picture

RUNS, CARRIED, SERVES = "RUNS", "CROSSED_ON", "SERVED"
# What is asked about along with an entity: kind → (relation, end at which the entity is, kind at the other). Whoever supplied the
# boat is behind the crossing, and whoever organised the crossing is behind its boat and behind those whom it carried.
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
# What nobody should be left without: kind of entity → relations of which it is said when nobody is named.
EXPECTED = MappingProxyType(
    {
        "crossing": ("ORGANISED", "PILOTED"),
        "boat": ("SUPPLIED",),
        "workplace": ("CONTROLS",),
        "gang": (RUNS,),
    }
)
EXPECTED_ACTS = tuple(dict.fromkeys(name for names in EXPECTED.values() for name in names))
# Those who arrange first, then those who work with their own hands, then who only belongs.
_ORDER = ("arranges", "directs", "recruits", "coerces", "abandons", "pays", "works", "moves", "belongs", "goes with")


@dataclass(frozen=True, slots=True)
class LeadRank:
    """Where somebody stands in the ranking.

    Attributes:
        rank: from 1. best, worst: it holds so far while what it is told in is left out; None: that is not told.
        rests_on: what half of the score goes with ("one record"); empty if it does not go with one.
        moved_by: without what the rank moves most, no source named; empty if nothing moves it. rank_without: the rank then; None
            beside it: they are not ranked then.
    """

    rank: int
    best: int | None
    worst: int | None
    rests_on: str = ""
    moved_by: str = ""
    rank_without: int | None = None


@dataclass(frozen=True, slots=True)
class PartSaid:
    """One thing said of somebody.

    Attributes:
        who: whom it is said of. what: what it was done to where that is not what was asked about: what is asked about along with
            it (`ALONG`), or a gang that is said to be behind it.
        edge: the link, with its figures as released. way: the link by which `what` comes in; None: it was asked about itself.
        lead: where they stand in the ranking; None: they are not ranked, or this reader sees no ranking.
        served: people whom they are said to have served lawfully.
        coerced: (id, name) of each person who is said to have coerced them.
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
        """Whether it must not stand beside better ones as if alike: it, or the way to it, is denied or believed less than not."""
        return is_weak(self.edge) or self.by_weak_way

    @property
    def by_weak_way(self) -> bool:
        """Whether what it was done to comes in by a link that is denied or believed less than not."""
        return self.way is not None and is_weak(self.way)

    @property
    def is_hardly_believed(self) -> bool:
        """Whether it is believed less than not, or only comes in by a weak way: who is denied and supported all the same is not."""
        return self.edge.doubtful or self.by_weak_way

    @property
    def belief(self) -> float:
        """How far it and the way to it are believed, as if accounts were independent."""
        return self.edge.belief * (self.way.belief if self.way is not None else 1.0)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """The parts of the people behind one entity: by relation, the arranging ones first, then by lead rank.

    Attributes:
        about: the entity. along: what is asked about with it, and the link to it.
        said: what is said; missing: relations that nobody is named for, and what it would have been done to.
        carried: people who are said to have been carried on a crossing.
    """

    about: Node
    along: tuple[tuple[Node, Edge], ...]
    said: tuple[PartSaid, ...]
    missing: tuple[tuple[str, Node], ...]
    carried: int = 0


def denied(row: AnswerRow) -> list[PartSaid]:
    """What of a row is denied: what is said of somebody, and the links by which what is asked about along with it comes in."""
    ways = (
        PartSaid(*((node, row.about) if edge.subject == node.id else (row.about, node)), edge, None)
        for node, edge in row.along
    )
    return [said for said in (*row.said, *ways) if said.edge.denied]


def is_weak(edge: Edge) -> bool:
    """Whether a link is denied, or believed less than not."""
    return edge.denied or edge.doubtful


def relations(kind: str) -> tuple[str, ...]:
    """What those behind an entity of a kind are said to have done, those who arrange first.

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
    asked: Sequence[str],
    leads: Mapping[str, LeadRank],
    carried: Mapping[str, int] = MappingProxyType({}),
    served: Mapping[str, int] = MappingProxyType({}),
    coerced: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({}),
) -> list[AnswerRow]:
    """The rows that a picture of what was asked about, of what is asked along with it, and of whoever is behind either, holds.

    Args:
        view: the picture, as it was released.
        asked: ids asked about, in the order of the answer; who is not in the picture is passed over.
        leads: id → where they stand in the ranking.
        carried: id of a crossing → people said to have been carried on it.
        served: id of a person → people they are said to have served lawfully.
        coerced: id of a person → (id, name) of each person who is said to have coerced them.
    """
    nodes = {node.id: node for node in view.nodes}
    ends: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in view.edges:
        if edge.subject in nodes and edge.object in nodes:
            ends["subject", edge.subject].append(edge)
            ends["object", edge.object].append(edge)

    def of(target: Node, way: Edge | None, only: Iterable[str]) -> list[PartSaid]:
        order = {name: place for place, name in enumerate(only)}
        what = None if way is None else target
        done = [
            PartSaid(
                nodes[edge.subject],
                what,
                edge,
                leads.get(edge.subject),
                served.get(edge.subject, 0),
                way,
                coerced.get(edge.subject, ()),
            )
            for edge in ends["object", target.id]
            if edge.relation in order
        ]
        return sorted(done, key=lambda said: (order[said.edge.relation], *weight(said)))

    def row(about: Node) -> AnswerRow:
        along = [
            (nodes[edge.object if end == "subject" else edge.subject], edge)
            for relation, end, _ in ALONG.get(about.kind, ())
            for edge in ends[end, about.id]
            if edge.relation == relation
        ]
        said, missing = [], []
        ways: dict[str, tuple[Node, Edge | None]] = {about.id: (about, None)}
        for node, edge in sorted(along, key=lambda pair: (is_weak(pair[1]), -pair[1].belief)):
            ways.setdefault(node.id, (node, edge))
        for target, way in ways.values():
            done = of(target, way, relations(target.kind))
            said += done
            named = {each.edge.relation for each in done}
            missing += [(name, target) for name in EXPECTED.get(target.kind, ()) if name not in named]
        gangs: dict[str, tuple[Node, Edge]] = {}
        for each in sorted(said, key=weight):
            if each.who.kind == "gang":
                gangs.setdefault(each.who.id, (each.who, each.edge))
        for gang, edge in gangs.values():
            runs = of(gang, edge, (RUNS,))
            said += runs
            missing += [] if runs else [(RUNS, gang)]
        return AnswerRow(about, tuple(along), tuple(said), tuple(missing), carried.get(about.id, 0))

    return [row(nodes[name]) for name in dict.fromkeys(asked) if name in nodes]


def weight(said: PartSaid) -> tuple[float, float, str, str]:
    """Order parts by lead rank, which one denial does not change; unranked people come last, by belief."""
    return said.lead.rank if said.lead else math.inf, -said.edge.belief, said.who.name, said.who.id
