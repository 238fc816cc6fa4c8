"""The relations that a claim may assert, one row each, with their possible ends, wording and meaning.

The score, the pictures, the exports and the protection of sources derive what they need from a relation's row and from
its kind's row in `KINDS`; docs/architecture.md, "Adding a relation", says what to fill in. Queries name relations
themselves: tests/records/test_relations.py checks each of their lists against the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

# Subject, relation and object of a link: unique among links.
LinkKey = tuple[str, str, str]
ENTITIES = ("person", "boat", "crossing", "gang", "workplace", "thing")
# Value of a field that does not apply to a relation; every field must be filled, so that none is forgotten.
NONE: Literal["none"] = "none"


@dataclass(frozen=True, slots=True)
class Kind:
    """Properties common to all relations of one kind.

    Attributes:
        heading: heading of a list of them.
        menu: heading of their filter over a picture; several kinds may share one.
        page: position of their section on an entity's page, from 1.
        operation: whether they are links of the operation.
        directed: whether the subject acts on the object, so that a picture draws an arrow.
        over: whether the subject is above the object in a picture laid out by command.
    """

    heading: str
    menu: str
    page: int
    operation: bool
    directed: bool
    over: bool


KINDS = MappingProxyType(
    {
        # A role in a crossing, boat, gang or workplace.
        "part": Kind("A part played", "Parts played", 1, operation=True, directed=True, over=True),
        # One person acts on another.
        "command": Kind("One acts on another", "Acting on others", 2, operation=True, directed=True, over=True),
        # Neither person is known to be above the other.
        "tie": Kind("Links between people", "Links", 3, operation=True, directed=False, over=False),
        # Mere presence.
        "presence": Kind("Being there", "Presence and service", 6, operation=False, directed=True, over=False),
        "material": Kind(
            "Boats, things and places", "Boats, places and things", 5, operation=True, directed=True, over=False
        ),
        "family": Kind("Family", "Ties", 7, operation=False, directed=False, over=False),
        "service": Kind("Lawful service", "Presence and service", 8, operation=False, directed=True, over=False),
        "identity": Kind("Who is who", "Ties", 4, operation=False, directed=False, over=False),
    }
)


# Families of lines in a picture, which decide their colour and can be hidden: name → words.
FAMILIES = MappingProxyType(
    {
        "did": "what they did",
        "directed": "whom they directed",
        "money": "money",
        "tied": "other links",
        "presence": "being there",
        "service": "lawful service",
    }
)
# Families with very many links, which a picture shows last: see `beside`.
ASIDE = ("presence", "service")
_MONEY = ("pays", "owes")


@dataclass(frozen=True, slots=True)
class Part:
    """The parts that, by a relation, its two ends play.

    Attributes:
        subject, object: `acts` plays a part in the operation · `serves` serves lawfully and openly · `tied` is only
            said to know, pay or take orders · `passive` is carried or exploited · `none`.
    """

    subject: Literal["acts", "serves", "tied", "passive", "none"]
    object: Literal["acts", "tied", "passive", "none"]


@dataclass(frozen=True, slots=True)
class Privy:
    """People who could have known a fact with this relation, apart from the people at its ends.

    Attributes:
        at: the end (`object`) that is a place, boat or gang: people documented there could know; empty: no such end.
        beside: people documented in the same place as the person at the `object`, or as `both`, could know; empty:
            nobody.
        accuses: whether the fact accuses the subject, which rules them out as its source.
    """

    at: str = ""
    beside: str = ""
    accuses: bool = False


Does = Literal[
    "arranges", "belongs", "works",
    "directs", "recruits", "coerces", "moves", "abandons", "pays", "owes",
    "meets", "quarrels",
    "stays", "goes with", "is kin", "serves", "is the same",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation. Every row fills every field; a field that does not apply is `none`.

    Attributes:
        name: as in the files.
        subjects, objects: kinds of entity at its ends.
        says: its wording, between the ends.
        kind: one of `KINDS`.
        does: the subject's action, in more detail. Part: `arranges` (others depend on it), `belongs`, `works`
            (with their own hands). Command: `directs`, `recruits`, `coerces`, `moves` (or puts up), `abandons`, `pays`,
            `owes`. Tie: `meets`, `quarrels`.
            Others: `stays` (strangers are there too), `goes with`, `is kin`, `serves`, `is the same`.
        part: the parts that its two ends play.
        stage: stage of the operation in which the subject is involved.
        privy: people who could have known about it.
        there: when it places a person at the object: on `its day` (a crossing's), on `their days` (the claim's), on
            `any day`; `known at`: the object is a place where a boat or gang is known.
        shares: what two witnesses who have this relation must share to be dependent. `crossing`, `place`: the same
            object, for its subjects; `recruiter`: the same subject, for its objects; `family`: the relation itself.
        met: whether it shows that two people met; lawful service alone can explain such a relation.
        sealed: what is sealed along with a sealed person: `theirs` (the thing), `home` (the dwelling).
        folds: whether a picture folds the subject into its gang, workplace or crossing.
        lasts: whether it belongs to no particular day, so that a missing date is no gap.
        again: whether it recurs between the same two entities: equal rows without an id are then separate events, not
            copies. True of contacts and payments, and of the deliverer's own relations (`happens_again`); a debt
            reported twice is one debt.
        ftm: schema of FollowTheMoney; if its ends do not fit the schema, the link becomes an `UnknownLink`.
        i2: names in charts in addition to `name` and `says`, in lower case, separated by `, `.
    """

    name: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    says: str
    kind: Literal["part", "command", "tie", "presence", "material", "family", "service", "identity"]
    does: Does
    part: Part
    stage: Literal["recruit", "transport", "boat", "house", "workplace", "money", "none"]
    privy: Privy
    there: Literal["its day", "their days", "any day", "known at", "none"]
    shares: Literal["crossing", "place", "recruiter", "family", "none"]
    met: bool
    sealed: Literal["theirs", "home", "none"]
    folds: bool
    lasts: bool
    again: bool
    ftm: str
    i2: str


_P, _G = ("person",), ("person", "gang")
_PAYERS = ("person", "gang", "thing")
_NO_PART = Part(NONE, NONE)
_ALONE, _ACCUSES = Privy(), Privy(accuses=True)
_SEEN_THERE, _DONE_THERE = Privy(at="object"), Privy(at="object", accuses=True)
_DONE_TO = Privy(beside="object", accuses=True)
_UNKNOWN = "UnknownLink"
# fmt: off
_TABLE = (
    Relation("CROSSED_ON", _P, ("crossing",), "was carried on", "presence",
        does="stays", part=Part("passive", NONE), stage=NONE,
        privy=_SEEN_THERE, there="its day", shares="crossing",
        met=False, sealed=NONE, folds=True, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("USED_ON", ("boat",), ("crossing",), "was the boat of", "material",
        does="goes with", part=_NO_PART, stage=NONE,
        privy=_SEEN_THERE, there="known at", shares=NONE,
        met=False, sealed=NONE, folds=True, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("PILOTED", _P, ("crossing",), "piloted", "part",
        does="works", part=Part("acts", NONE), stage="transport",
        privy=_DONE_THERE, there="its day", shares="crossing",
        met=False, sealed=NONE, folds=True, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("ASSISTED", _P, ("crossing",), "assisted on", "part",
        does="works", part=Part("acts", NONE), stage="transport",
        privy=_DONE_THERE, there="its day", shares="crossing",
        met=False, sealed=NONE, folds=True, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("ORGANISED", _G, ("crossing",), "organised", "part",
        does="arranges", part=Part("acts", NONE), stage="transport",
        privy=_DONE_THERE, there="known at", shares=NONE,
        met=False, sealed=NONE, folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("SUPPLIED", _G, ("boat",), "supplied", "part",
        does="arranges", part=Part("acts", NONE), stage="boat",
        privy=_DONE_THERE, there=NONE, shares=NONE,
        met=False, sealed=NONE, folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("MEMBER_OF", _P, ("gang",), "is a member of", "part",
        does="belongs", part=Part("acts", NONE), stage=NONE,
        privy=_DONE_THERE, there="any day", shares=NONE,
        met=False, sealed=NONE, folds=True, lasts=True, again=False, ftm="Membership", i2="member, member of"),
    Relation("RUNS", _P, ("gang",), "runs", "part",
        does="arranges", part=Part("acts", NONE), stage=NONE,
        privy=_DONE_THERE, there="any day", shares=NONE,
        met=False, sealed=NONE, folds=True, lasts=True, again=False, ftm="Directorship", i2="leader, leader of, boss of"),
    Relation("CONTROLS", _G, ("workplace",), "controls", "part",
        does="arranges", part=Part("acts", NONE), stage="workplace",
        privy=_DONE_THERE, there="known at", shares=NONE,
        met=False, sealed=NONE, folds=False, lasts=False, again=False, ftm="Ownership", i2="owner, owns, controls"),
    Relation("MANAGED", _P, ("workplace",), "managed", "part",
        does="works", part=Part("acts", NONE), stage="workplace",
        privy=_DONE_THERE, there="their days", shares="place",
        met=False, sealed=NONE, folds=True, lasts=False, again=False, ftm="Directorship", i2=NONE),
    Relation("WORKED_AT", _P, ("workplace",), "worked at", "presence",
        does="stays", part=Part("passive", NONE), stage=NONE,
        privy=_SEEN_THERE, there="their days", shares="place",
        met=False, sealed=NONE, folds=True, lasts=False, again=False, ftm="Employment", i2="employee, employed by, works at, worker"),
    Relation("LIVED_AT", _P, ("workplace",), "lived at", "presence",
        does="stays", part=Part("passive", NONE), stage=NONE,
        privy=_SEEN_THERE, there="their days", shares="place",
        met=False, sealed="home", folds=True, lasts=False, again=False, ftm=_UNKNOWN, i2="lives at, resident, occupant"),
    Relation("RECRUITED", _G, _P, "recruited", "command",
        does="recruits", part=Part("acts", "passive"), stage="recruit",
        privy=_ACCUSES, there=NONE, shares="recruiter",
        met=False, sealed=NONE, folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("TRANSPORTED", _P, _P, "transported", "command",
        does="moves", part=Part("acts", "passive"), stage="transport",
        privy=_DONE_TO, there=NONE, shares=NONE,
        met=True, sealed=NONE, folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("HOUSED", _P, _P, "housed", "command",
        does="moves", part=Part("acts", "passive"), stage="house",
        privy=_DONE_TO, there=NONE, shares=NONE,
        met=True, sealed=NONE, folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("COERCED", _P, _P, "coerced", "command",
        does="coerces", part=Part("acts", "passive"), stage=NONE,
        privy=_DONE_TO, there=NONE, shares=NONE,
        met=False, sealed=NONE, folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("ABANDONED", _G, _P, "abandoned", "command",
        does="abandons", part=Part("acts", "passive"), stage="workplace",
        privy=_DONE_TO, there=NONE, shares=NONE,
        met=False, sealed=NONE, folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2="left behind"),
    Relation("DIRECTED", _P, _P, "gave instructions to", "command",
        does="directs", part=Part("acts", "tied"), stage=NONE,
        privy=_DONE_TO, there=NONE, shares=NONE,
        met=True, sealed=NONE, folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("CONTACTED", ("person", "thing"), ("person", "thing"), "was in contact with", "tie",
        does="meets", part=Part("tied", "tied"), stage=NONE,
        privy=_ALONE, there=NONE, shares=NONE,
        met=True, sealed=NONE, folds=False, lasts=False, again=True, ftm=_UNKNOWN, i2="call, calls, telephone call, called, phoned, contact, message, text message"),
    Relation("PAID", _PAYERS, ("person", "thing"), "paid", "command",
        does="pays", part=Part("tied", "acts"), stage="money",
        privy=_ACCUSES, there=NONE, shares=NONE,
        met=True, sealed=NONE, folds=False, lasts=False, again=True, ftm="Payment", i2="payment, paid, money, transaction, transfer"),
    Relation("OWES", _PAYERS, ("person", "thing"), "owes", "command",
        does="owes", part=_NO_PART, stage=NONE,
        privy=_ALONE, there=NONE, shares=NONE,
        met=False, sealed=NONE, folds=False, lasts=False, again=False, ftm="Debt", i2=NONE),
    Relation("ASSOCIATES_WITH", _P, _P, "was seen with", "tie",
        does="meets", part=Part("tied", "tied"), stage=NONE,
        privy=Privy(beside="both"), there=NONE, shares=NONE,
        met=True, sealed=NONE, folds=False, lasts=False, again=False, ftm="Associate", i2="associate, associates, associated with, seen with, friend"),
    Relation("RELATED_TO", _P, _P, "is family of", "family",
        does="is kin", part=_NO_PART, stage=NONE,
        privy=_ALONE, there=NONE, shares="family",
        met=False, sealed=NONE, folds=False, lasts=True, again=False, ftm="Family", i2="relative, family, brother, sister, parent, spouse, married to"),
    Relation("RIVAL_OF", _G, _G, "is a rival of", "tie",
        does="quarrels", part=Part("tied", "tied"), stage=NONE,
        privy=_ALONE, there=NONE, shares=NONE,
        met=False, sealed=NONE, folds=False, lasts=True, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("SERVED", _P, _P, "lawfully served", "service",
        does="serves", part=Part("serves", NONE), stage=NONE,
        privy=Privy(beside="object"), there=NONE, shares=NONE,
        met=False, sealed=NONE, folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("SAME_AS", _P, _P, "is the same person as", "identity",
        does="is the same", part=_NO_PART, stage=NONE,
        privy=_ALONE, there=NONE, shares=NONE,
        met=False, sealed=NONE, folds=False, lasts=True, again=False, ftm=_UNKNOWN, i2=NONE),
    Relation("USED", _G, ("thing",), "used", "material",
        does="goes with", part=_NO_PART, stage=NONE,
        privy=_SEEN_THERE, there="any day", shares=NONE,
        met=False, sealed="theirs", folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2="user, uses, subscriber, used by"),
    Relation("LOCATED_AT", ENTITIES, ("thing",), "was at", "material",
        does="stays", part=_NO_PART, stage=NONE,
        privy=_SEEN_THERE, there=NONE, shares=NONE,
        met=False, sealed="theirs", folds=False, lasts=False, again=False, ftm=_UNKNOWN, i2="located at, seen at, location"),
    Relation("PART_OF", ("thing",), ("boat",), "belongs to", "material",
        does="goes with", part=_NO_PART, stage=NONE,
        privy=_SEEN_THERE, there=NONE, shares=NONE,
        met=False, sealed=NONE, folds=False, lasts=True, again=False, ftm=_UNKNOWN, i2=NONE),
)
# fmt: on
RELATIONS = MappingProxyType({relation.name: relation for relation in _TABLE})


def link_key(row: Mapping[str, Any]) -> LinkKey:
    """Return the link that a row of links or claims is about."""
    return row["subject"], row["relation"], row["object"]


def orders(link: LinkKey) -> tuple[LinkKey, ...]:
    """Return the links with the same meaning: the link itself and, if its relation is undirected, the reversed link.

    Example:
        >>> orders(("p1", "ASSOCIATES_WITH", "p2")), orders(("p1", "PAID", "p2"))
        ((('p1', 'ASSOCIATES_WITH', 'p2'), ('p2', 'ASSOCIATES_WITH', 'p1')), (('p1', 'PAID', 'p2'),))
    """
    subject, relation, target = link
    known = RELATIONS.get(relation)
    if known is None or KINDS[known.kind].directed or subject == target:
        return (link,)
    return link, (target, relation, subject)


def those(condition: Callable[[Relation], bool]) -> tuple[str, ...]:
    """Return the names of the relations that satisfy a condition, in the order of the table.

    Example:
        >>> those(lambda relation: relation.kind == "service")
        ('SERVED',)
    """
    return tuple(name for name, relation in RELATIONS.items() if condition(relation))


def doing(*does: Does) -> frozenset[str]:
    """Return the names of the relations whose subject does one of these actions (`Relation.does`).

    Example:
        >>> sorted(doing("pays", "owes"))
        ['OWES', 'PAID']
    """
    return frozenset(those(lambda relation: relation.does in does))


# Relations to a person's own things, which are sealed with the person: they identify the person, not the operation.
OWN = frozenset(those(lambda relation: relation.sealed == "theirs"))
SAME = doing("is the same")
# Claims with these relations may reveal who a sealed person is.
RESERVED = SAME | OWN


def fitting(subject: str = "", target: str = "") -> list[Relation]:
    """Return the relations possible between two kinds of entity; an empty kind is not known yet.

    Example:
        >>> [relation.name for relation in fitting("person", "gang")], len(fitting()) == len(RELATIONS)
        (['MEMBER_OF', 'RUNS', 'RIVAL_OF'], True)
    """
    return [
        relation
        for relation in RELATIONS.values()
        if (not subject or subject in relation.subjects) and (not target or target in relation.objects)
    ]


# The deliverer's own relations: kept and shown, never scored. In the graph they share one relationship type,
# so that types are never made from data; the delivered name is in the property `relation`.
CUSTOM_PREFIX = "X_"
CUSTOM_TYPE = "X_CUSTOM"


def graph_type(relation: str) -> str:
    """Return the relationship type that represents a relation in the graph.

    Example:
        >>> graph_type("PILOTED"), graph_type("X_SOLD_PHONE_TO")
        ('PILOTED', 'X_CUSTOM')
    """
    return relation if relation in RELATIONS else CUSTOM_TYPE


def happens_again(relation: str) -> bool:
    """Whether a relation may recur between the same two entities; assumed of the deliverer's own relations.

    Example:
        >>> happens_again("PAID"), happens_again("RUNS"), happens_again("X_SOLD_PHONE_TO")
        (True, False, True)
    """
    return relation not in RELATIONS or RELATIONS[relation].again


def says(relation: str) -> str:
    """Return a relation's wording, which is written between its two ends."""
    if relation in RELATIONS:
        return RELATIONS[relation].says
    return relation.removeprefix(CUSTOM_PREFIX).replace("_", " ").lower()


def family(relation: str) -> str:
    """Return the family of a relation's line (`FAMILIES`); `tied` for custom relations, and for a line of several.

    Example:
        >>> [family(name) for name in ("ORGANISED", "DIRECTED", "PAID", "CROSSED_ON", "SERVED", "CONTACTED", "X_OWN", "")]
        ['did', 'directed', 'money', 'presence', 'service', 'tied', 'tied', 'tied']
    """
    known = RELATIONS.get(relation)
    if known is None:
        return "tied"
    if known.does in _MONEY:
        return "money"
    return {"part": "did", "command": "directed"}.get(known.kind, known.kind if known.kind in FAMILIES else "tied")


def beside(near: Literal["object", "both"]) -> tuple[str, ...]:
    """Return relations with very many links: at `both` ends (lawful service), or at the `object` (mere presence).

    Example:
        >>> beside("object"), beside("both")
        (('CROSSED_ON', 'WORKED_AT', 'LIVED_AT'), ('SERVED',))
    """
    return those(lambda relation: relation.kind == ("service" if near == "both" else "presence"))
