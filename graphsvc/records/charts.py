"""Meaning of the types in i2 Analyst's Notebook charts, as tables used both to write charts and to read them.

Each author of a chart defines its entity types and link types. The types below come with the English palettes, or are
our own; any other type is shown to the person who imports the chart, who chooses its meaning.
"""

from __future__ import annotations

from types import MappingProxyType

from graphsvc.records.relations import NONE, RELATIONS
from graphsvc.records.tables import THING_KINDS

# Kind of entity or thing → (its type and its icon in a chart).
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
    | dict.fromkeys(("man", "woman", "child", "male", "female", "person (shaded shirt)", "suspect"), "person")
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
# Types that may be crossings: an event has a day and can be of any kind.
EVENTS = frozenset({"event"})
# Link type in lower case → relation.
LINKED_AS = MappingProxyType(
    {word: name for name in RELATIONS for word in (name.casefold(), name.casefold().replace("_", " "))}
    | {relation.says.casefold(): name for name, relation in RELATIONS.items()}
    | {word: name for name, relation in RELATIONS.items() if relation.i2 != NONE for word in relation.i2.split(", ")}
)
# Relation → its replacement if it does not accept the kinds of its ends: a person can control a car or live at an
# address, but these relations accept only workplaces. The replacement must claim less, never more: a claim that
# nobody made could incriminate someone.
OTHERWISE = MappingProxyType({"CONTROLS": "USED", "LIVED_AT": "LOCATED_AT"})
