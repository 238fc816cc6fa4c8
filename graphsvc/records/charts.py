"""Meaning of the types in i2 Analyst's Notebook charts, as data: shared by the code that writes charts and reads them.

Each author of a chart defines its entity types and link types. The types below come with the English palettes, or are
our own; any other type is shown to the person who imports the chart, who chooses its meaning.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from graphsvc.records.relations import NONE, RELATIONS
from graphsvc.records.tables import THING_KINDS

# Kind of entity or thing → (its type in a chart, its icon there).
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
# Possible readings of a chart's type; `ignore` leaves out the type and its links.
ENTITY_CHOICES = ("person", "boat", "crossing", "gang", "workplace", *THING_KINDS, "ignore")
# Type, in lower case → how it is read.
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
    # An event is represented by the document that reports it; for events read as crossings see `ingest.i2.chart`.
    | dict.fromkeys(("event", "incident"), "document")
    | dict.fromkeys(("organization", "agency", "charity"), "organisation")
    | dict.fromkeys(("engine", "outboard", "hull"), "part")
)
# Words in a type of person, or names of attributes: a person drawn with one may have to be sealed.
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
# Attribute, in lower case with an underscore between words → the column of a person that it fills.
_FILLS = MappingProxyType(
    dict.fromkeys(("dob", "d_o_b", "birth_date", "birthdate", "birthday", "born", "date_of_birth"), "date_of_birth")
    | dict.fromkeys(("category", "categories"), "category")
    | {"age_disputed": "age_disputed", "disputed_age": "age_disputed"}
)
_NO = frozenset(("", "no", "n", "false", "0"))
_ADULT = 18
# Types that may be crossings: an event has a day, and may report anything.
EVENTS = frozenset({"event"})
# Link type in lower case → relation.
LINKED_AS = MappingProxyType(
    {word: name for name in RELATIONS for word in (name.casefold(), name.casefold().replace("_", " "))}
    | {relation.says.casefold(): name for name, relation in RELATIONS.items()}
    | {word: name for name, relation in RELATIONS.items() if relation.i2 != NONE for word in relation.i2.split(", ")}
)
# Relation → its replacement where the ends are of kinds that it does not accept: a person can own a car or live at an
# address, and neither is a workplace. The replacement must claim less, never more: a claim that nobody made could
# incriminate someone.
OTHERWISE = MappingProxyType({"CONTROLS": "USED", "LIVED_AT": "LOCATED_AT"})


def marks_by_type(name: str) -> dict[str, str]:
    """Return the cells that seal a person drawn as this type: empty for a type that gives no reason to.

    Example:
        >>> marks_by_type("Child (unaccompanied)"), marks_by_type("Man")
        ({'sealed': 'yes'}, {})
    """
    return {} if _MARKS.isdisjoint(re.findall(r"[a-z]+", name.casefold())) else {"sealed": "yes"}


def mark_in(attribute: str, value: str) -> tuple[str, str] | None:
    """Return the person column and cell that an attribute fills because it may have them sealed, or None.

    Args:
        attribute: in lower case, with an underscore between words.
        value: as written in the chart.

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
