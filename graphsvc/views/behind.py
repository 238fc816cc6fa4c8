"""Who is said to be behind something: for each crossing, boat, gang, workplace, person or thing who did what, and what nobody says. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from graphsvc.records.numbers import count
from graphsvc.records.relations import RELATIONS, doing, those
from graphsvc.views.picture.network import Edge, Node, Picture

# A boat of a crossing is asked about with it: whoever supplied the boat is behind the crossing.
CARRIES = "USED_ON"
_ARRANGES = doing("arranges")
# What nobody should be left without: kind of entity → relations of which it is said when nobody is named.
EXPECTED = MappingProxyType(
    {
        "crossing": ("ORGANISED", "PILOTED"),
        "boat": ("SUPPLIED",),
        "workplace": ("CONTROLS",),
        "gang": ("RUNS",),
    }
)
# Those who arrange first, then those who work with their own hands, then who only belongs.
_ORDER = ("arranges", "directs", "recruits", "coerces", "abandons", "pays", "works", "moves", "belongs", "goes with")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands in the ranking: rank, and how far it holds; None: not asked or not told."""

    rank: int
    best: int | None
    worst: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said of somebody.

    Attributes:
        who: whom it is said of. what: the thing it was done to where that is not what was asked about (the boat of a crossing).
        edge: the link, with its figures as released.
        lead: where they stand in the ranking; None: they are not ranked, or this reader sees no ranking.
    """

    who: Node
    what: Node | None
    edge: Edge
    lead: Standing | None

    @property
    def is_weak(self) -> bool:
        """Whether it must not stand beside better ones as if alike: denied, hardly believed, or one voice of low belief."""
        return self.edge.denied or self.edge.doubtful


@dataclass(frozen=True, slots=True)
class Row:
    """What is said of those behind one entity: by relation, those who arrange first.

    Attributes:
        about: the entity. boats: those of a crossing.
        missing: relations that nobody is named for.
    """

    about: Node
    boats: tuple[Node, ...]
    said: tuple[Said, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Common:
    """Somebody, or something, who stands behind several.

    Attributes:
        who: they. rows: behind which of those asked about, in their order.
        said: what is said of them there, the most believed first.
        strength: the product over rows of the best belief in each, 0 to 1: how likely it is that they stand behind all of these, were
            accounts independent.
    """

    who: Node
    rows: tuple[Node, ...]
    said: tuple[Said, ...]
    strength: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to who is behind some things. gaps: what is not known, in sentences."""

    rows: tuple[Row, ...]
    common: tuple[Common, ...]
    gaps: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """The same as plain data: rows, common and gaps, as the page, its JSON twin and the command give it."""
        return {
            "rows": [
                {
                    "about": _named(row.about),
                    "boats": [_named(boat) for boat in row.boats],
                    "said": [_told(said) for said in row.said],
                    "missing": list(row.missing),
                }
                for row in self.rows
            ],
            "common": [
                {
                    "who": _named(common.who),
                    "rows": [_named(row) for row in common.rows],
                    "said": [_told(said) for said in common.said],
                    "strength": round(common.strength, 3),
                }
                for common in self.common
            ],
            "gaps": list(self.gaps),
        }


_FIGURES = (
    "relation",
    "says",
    "belief",
    "denied",
    "groups",
    "other_sources",
    "belief_on_record",
    "first_on",
    "last_on",
)


def _named(node: Node) -> dict[str, Any]:
    return {name: getattr(node, name) for name in ("id", "name", "kind", "sealed")}


def _told(said: Said) -> dict[str, Any]:
    return {name: getattr(said.edge, name) for name in _FIGURES} | {
        "object": said.edge.object,
        "who": _named(said.who),
        "what": _named(said.what) if said.what else None,
        "weak": said.is_weak,
        "rank": said.lead.rank if said.lead else None,
        "best_rank": said.lead.best if said.lead else None,
        "worst_rank": said.lead.worst if said.lead else None,
    }


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


def behind(view: Picture, asked: Sequence[str], leads: Mapping[str, Standing]) -> Answer:
    """The answer that a picture of what was asked about, of its boats, and of whoever did something to either holds.

    Args:
        view: the picture, as it was released.
        asked: ids asked about, in the order of the answer; who is not in the picture is passed over.
        leads: id → where they stand in the ranking.
    """
    nodes = {node.id: node for node in view.nodes}
    into: dict[str, list[Edge]] = defaultdict(list)
    for edge in view.edges:
        into[edge.object].append(edge)
    rows = [_row(nodes[name], nodes, into, leads) for name in dict.fromkeys(asked) if name in nodes]
    return Answer(tuple(rows), tuple(_common(rows)), tuple(_gaps(rows)))


def _row(about: Node, nodes: Mapping[str, Node], into: Mapping[str, list[Edge]], leads: Mapping[str, Standing]) -> Row:
    boats = [nodes[edge.subject] for edge in into[about.id] if edge.relation == CARRIES and edge.subject in nodes]
    said: list[Said] = []
    missing: list[str] = []
    for target in (about, *boats):
        order = {name: place for place, name in enumerate(relations(target.kind))}
        told = [
            Said(nodes[edge.subject], None if target is about else target, edge, leads.get(edge.subject))
            for edge in into[target.id]
            if edge.relation in order and edge.subject in nodes
        ]
        said += sorted(told, key=lambda one: (order[one.edge.relation], *_weight(one)))
        named = {one.edge.relation for one in told}
        missing += [name for name in EXPECTED.get(target.kind, ()) if name not in named]
    return Row(about, tuple(boats), tuple(said), tuple(dict.fromkeys(missing)))


def _weight(one: Said) -> tuple[bool, float, str, str]:
    return one.is_weak, -one.edge.belief, one.who.name, one.who.id


def _common(rows: Iterable[Row]) -> list[Common]:
    by_who: dict[str, list[tuple[Row, Said]]] = defaultdict(list)
    for row in rows:
        for one in row.said:
            by_who[one.who.id].append((row, one))
    shared = []
    for those_said in by_who.values():
        of = {row.about.id: row.about for row, _ in those_said}
        if len(of) < 2:
            continue
        strength = 1.0
        for name in of:
            strength *= max(one.edge.belief for row, one in those_said if row.about.id == name)
        said = sorted((one for _, one in those_said), key=_weight)
        shared.append(Common(said[0].who, tuple(of.values()), tuple(said), strength))
    return sorted(shared, key=lambda common: (-len(common.rows), -common.strength, common.who.name, common.who.id))


def _gaps(rows: Collection[Row]) -> Iterator[str]:
    """What is not known: whom nobody names, which boats, and where all who are named are doubted."""
    for kind in dict.fromkeys(row.about.kind for row in rows):
        of_kind = [row for row in rows if row.about.kind == kind]
        if kind == "crossing":
            unknown = sum(not row.boats for row in of_kind)
            if unknown:
                yield f"The boat of {_of(unknown, len(of_kind), kind)} is not known."
        for name in dict.fromkeys(name for row in of_kind for name in row.missing):
            lacking = sum(name in row.missing for row in of_kind)
            what = "the boat of " if kind not in RELATIONS[name].objects else ""
            yield f"Nobody is named who {RELATIONS[name].says} {what}{_of(lacking, len(of_kind), kind)}."
        doubted = sum(_only_doubted(row) for row in of_kind)
        if doubted:
            yield f"Whoever is named as behind {_of(doubted, len(of_kind), kind)} is denied, or hardly believed."


def _only_doubted(row: Row) -> bool:
    arranging = [one for one in row.said if one.edge.relation in _ARRANGES]
    return bool(arranging) and all(one.is_weak for one in arranging)


def _of(some: int, every: int, kind: str) -> str:
    return f"the {kind}" if every == 1 else f"{some} of {count(every, kind)}"
