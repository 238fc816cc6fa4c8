"""What types of i2 Analyst's Notebook charts stand for, as data: read by those who write charts and those who read them.

A chart has entity types and link types of whoever drew it. Those below are what its palettes come with in English, and our
own; any other is told to whoever loads the chart, to be chosen.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from graphsvc.records.relations import NONE, RELATIONS
from graphsvc.records.tables import THING_KINDS

# Kind, or kind of a thing → (its type in a chart, the icon it has there).
TYPES = MappingProxyType(
    {
        "person": ("Person", "Person"),
        "boat": ("Boat", "Boat"),
        "crossing": ("Crossing", "Event"),
        "gang": ("Gang", "Group"),
        "workplace": ("Workplace", "Office"),
        "phone": ("Phone", "Phone"),
        "vehicle": ("Vehicle", "Car"),
        "address": ("Address", "House"),
        "account": ("Account", "Account"),
        "online": ("Online account", "Internet"),
        "document": ("Document", "Document"),
        "organisation": ("Organisation", "Organization"),
        "part": ("Part", "Component"),
    }
)
# What a type of a chart can be read as; `ignore` leaves it and its links out.
ENTITY_CHOICES = ("person", "boat", "crossing", "gang", "workplace", *THING_KINDS, "ignore")
# Type, as written or in small letters → what it is read as.
READ_AS = MappingProxyType(
    {name.casefold(): kind for kind, (name, _) in TYPES.items()}
    | dict.fromkeys(
        ("man", "woman", "child", "male", "female", "anonymous", "person (shaded shirt)", "suspect"), "person"
    )
    | dict.fromkeys(("ship", "vessel", "dinghy", "rib", "yacht", "motor boat", "ferry"), "boat")
    | dict.fromkeys(("crossing event", "landing", "journey", "voyage"), "crossing")
    | dict.fromkeys(("criminal group", "organised crime group", "ocg", "crime group"), "gang")
    | dict.fromkeys(
        (
            "business",
            "company",
            "shop",
            "factory",
            "restaurant",
            "office",
            "premises",
            "farm",
            "hotel",
            "car wash",
            "nail bar",
        ),
        "workplace",
    )
    | dict.fromkeys(
        ("telephone", "mobile", "mobile phone", "cell phone", "sim", "sim card", "handset", "imei"), "phone"
    )
    | dict.fromkeys(("car", "lorry", "truck", "van", "motorcycle", "bus", "trailer", "flight", "aircraft"), "vehicle")
    | dict.fromkeys(("house", "home", "place", "location", "property"), "address")
    | dict.fromkeys(("bank account", "bank card", "credit card"), "account")
    | dict.fromkeys(("email", "e-mail", "email address", "website", "web page", "internet", "ip address"), "online")
    | dict.fromkeys(("passport", "identity card", "driving licence", "visa", "ticket"), "document")
    # What happened stands here by the paper that tells of it; of an event see `ingest.i2.chart`.
    | dict.fromkeys(("event", "incident"), "document")
    | dict.fromkeys(("organization", "agency", "charity"), "organisation")
    | dict.fromkeys(("engine", "outboard", "hull"), "part")
)
# Words of a type of person, or names of their attributes: whoever is drawn with one may have to be sealed.
_MARKS = frozenset(
    [
        "child",
        "children",
        "minor",
        "juvenile",
        "infant",
        "baby",
        "boy",
        "girl",
        "teenager",
        "victim",
        "victims",
        "exploited",
        "survivor",
        "witness",
        "protected",
        "vulnerable",
        "sealed",
    ]
)
# Attribute, in small letters with one line between words → the column of a person that it fills.
_FILLS = MappingProxyType(
    dict.fromkeys(("dob", "d_o_b", "birth_date", "birthdate", "birthday", "born", "date_of_birth"), "date_of_birth")
    | dict.fromkeys(("category", "categories"), "category")
    | {"age_disputed": "age_disputed", "disputed_age": "age_disputed"}
)
_NO = frozenset(("", "no", "n", "false", "0"))
_ADULT = 18
# The types that may be crossings: an event has a day, and is whatever is told of it.
EVENTS = frozenset({"event"})
# Link type in small letters → relation.
LINKED_AS = MappingProxyType(
    {word: name for name in RELATIONS for word in (name.casefold(), name.casefold().replace("_", " "))}
    | {relation.says.casefold(): name for name, relation in RELATIONS.items()}
    | {word: name for name, relation in RELATIONS.items() if relation.i2 != NONE for word in relation.i2.split(", ")}
)
# Relation → the one that its word means where its ends are of kinds that it does not take: somebody owns a car and lives at
# an address, and neither is a workplace. It has to say less, never more: what nobody said would count against somebody.
OTHERWISE = MappingProxyType({"CONTROLS": "USED", "LIVED_AT": "LOCATED_AT"})


def marks_by_type(name: str) -> dict[str, str]:
    """Return the cells by which somebody drawn as this type of person is sealed: none for a type that says nothing of it.

    Example:
        >>> marks_by_type("Child (unaccompanied)"), marks_by_type("Man")
        ({'sealed': 'yes'}, {})
    """
    return {} if _MARKS.isdisjoint(re.findall(r"[a-z]+", name.casefold())) else {"sealed": "yes"}


def mark_in(attribute: str, value: str) -> tuple[str, str] | None:
    """Return the column and cell of a person that an attribute fills because it may mark them; None if it cannot.

    Args:
        attribute: in small letters, with one line between words.
        value: as it is written in the chart.

    Example:
        >>> mark_in("d_o_b", "2013"), mark_in("is_victim", "Yes"), mark_in("age", "13"), mark_in("age", "about 40"), mark_in("hair", "red")
        (('date_of_birth', '2013'), ('sealed', 'yes'), ('sealed', 'yes'), None, None)
    """
    if attribute in _FILLS:
        return _FILLS[attribute], value
    if attribute == "sealed":
        return attribute, value
    if not _MARKS.isdisjoint(attribute.split("_")):
        return None if value.strip().casefold() in _NO else ("sealed", "yes")
    if "age" in attribute.split("_"):
        years = re.search(r"\d+", value)
        return ("sealed", "yes") if years and int(years[0]) < _ADULT else None
    return None
