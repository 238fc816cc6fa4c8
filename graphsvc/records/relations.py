"""The relations a claim may assert, as one table: who to whom, what it says, and what kind of tie it is.

`kind` says what a relation can tell about the running of an operation. It is the only place where this is decided:

* `part`: a part played in a crossing, boat, gang or workplace
* `command`: one person acts on another (orders, recruits, moves, pays)
* `tie`: an undirected tie between people (seen together, quarrel)
* `presence`: being there only (carried, worked, lived)
* `service`: lawful service; no tie of the operation
* `family`: family; no tie of the operation
* `material`: boats, things and places
* `identity`: says two persons are one
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

# Subject, relation and object of a link: no two links have the same.
LinkKey = tuple[str, str, str]
ENTITIES = ("person", "boat", "crossing", "gang", "workplace", "thing")


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: its name, the kinds of entity at its ends, its words and the kind of tie it is."""

    name: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    says: str
    kind: str


_P, _G = ("person",), ("person", "gang")
_TABLE = (
    Relation("CROSSED_ON", _P, ("crossing",), "was carried on", "presence"),
    Relation("USED_ON", ("boat",), ("crossing",), "was the boat of", "material"),
    Relation("PILOTED", _P, ("crossing",), "piloted", "part"),
    Relation("ASSISTED", _P, ("crossing",), "assisted on", "part"),
    Relation("ORGANISED", _G, ("crossing",), "organised", "part"),
    Relation("SUPPLIED", _G, ("boat",), "supplied", "part"),
    Relation("MEMBER_OF", _P, ("gang",), "is a member of", "part"),
    Relation("RUNS", _P, ("gang",), "runs", "part"),
    Relation("CONTROLS", _G, ("workplace",), "controls", "part"),
    Relation("MANAGED", _P, ("workplace",), "managed", "part"),
    Relation("WORKED_AT", _P, ("workplace",), "worked at", "presence"),
    Relation("LIVED_AT", _P, ("workplace",), "lived at", "presence"),
    Relation("RECRUITED", _G, _P, "recruited", "command"),
    Relation("TRANSPORTED", _P, _P, "transported", "command"),
    Relation("HOUSED", _P, _P, "housed", "command"),
    Relation("COERCED", _P, _P, "coerced", "command"),
    Relation("DIRECTED", _P, _P, "gave instructions to", "command"),
    Relation("CONTACTED", ("person", "thing"), ("person", "thing"), "was in contact with", "tie"),
    Relation("PAID", ("person", "gang", "thing"), ("person", "thing"), "paid", "command"),
    Relation("OWES", ("person", "gang", "thing"), ("person", "thing"), "owes", "command"),
    Relation("ASSOCIATES_WITH", _P, _P, "was seen with", "tie"),
    Relation("RELATED_TO", _P, _P, "is family of", "family"),
    Relation("RIVAL_OF", _G, _G, "is a rival of", "tie"),
    Relation("SERVED", _P, _P, "lawfully served", "service"),
    Relation("SAME_AS", _P, _P, "is the same person as", "identity"),
    Relation("USED", _G, ("thing",), "used", "material"),
    Relation("LOCATED_AT", ENTITIES, ("thing",), "was at", "material"),
    Relation("PART_OF", ("thing",), ("boat",), "belongs to", "material"),
)
RELATIONS = MappingProxyType({relation.name: relation for relation in _TABLE})
# Kind of tie → what a list of its relations is headed.
TIES = MappingProxyType(
    {
        "part": "A part played",
        "command": "One acts on another",
        "tie": "Ties between people",
        "presence": "Being there",
        "material": "Boats, things and places",
        "family": "Family",
        "service": "Lawful service",
        "identity": "Who is who",
    }
)


def fitting(subject: str = "", target: str = "") -> list[Relation]:
    """The relations that two kinds of entity may have, one of which may not be known yet (empty).

    Example:
        >>> [relation.name for relation in fitting("person", "gang")], len(fitting()) == len(RELATIONS)
        (['MEMBER_OF', 'RUNS', 'RIVAL_OF'], True)
    """
    return [
        relation
        for relation in _TABLE
        if (not subject or subject in relation.subjects) and (not target or target in relation.objects)
    ]


# Relations of the deliverer's own: kept and shown, never scored. In the graph they share one relationship type,
# so that types are never made from data; the delivered name stands in the property `relation`.
CUSTOM_PREFIX = "X_"
CUSTOM_TYPE = "X_CUSTOM"


def graph_type(relation: str) -> str:
    """The relationship type that stands for a relation in the graph.

    Example:
        >>> graph_type("PILOTED"), graph_type("X_SOLD_PHONE_TO")
        ('PILOTED', 'X_CUSTOM')
    """
    return relation if relation in RELATIONS else CUSTOM_TYPE


def says(relation: str) -> str:
    """A relation in words, to stand between its two ends."""
    if relation in RELATIONS:
        return RELATIONS[relation].says
    return relation.removeprefix(CUSTOM_PREFIX).replace("_", " ").lower()
