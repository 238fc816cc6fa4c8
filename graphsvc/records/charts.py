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
# Words in a type of person, or in an attribute of theirs: people drawn with one may have to be sealed.
_MARKS = frozenset(
    [
        *(
            "child",
            "children",
            "minor",
            "juvenile",
            "infant",
            "baby",
            "boy",
            "girl",
            "teenager",
            "underage",
            "u18",
            "uasc",
        ),
        *(
            "victim",
            "exploited",
            "exploitation",
            "trafficked",
            "survivor",
            "witness",
            "protected",
            "vulnerable",
            "sealed",
        ),
    ]
)
_BORN = frozenset({"birth", "dob", "yob", "born", "birthday", "birthdate"})
_PLACES = frozenset({"place", "country", "town", "city"})
_AGED = frozenset({"age", "aged"})
_NO = frozenset({"", "no", "n", "false", "0"})
# Words of an age that do not say it is below a number.
_ABOUT = frozenset({"about", "approx", "c", "ca", "circa", "year", "yr", "y", "old"})
_ADULT = "18"
# Values with more words are notes, which say more than what somebody is.
_MOST_WORDS = 3
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
    """Return the cells that seal people drawn as this type; none for a type that marks nobody.

    Example:
        >>> marks_by_type("Children (unaccompanied)"), marks_by_type("Under 18"), marks_by_type("Man")
        ({'sealed': 'yes'}, {'sealed': 'yes'}, {})
    """
    words = _words(name)
    return {"sealed": "yes"} if words & _MARKS or {"under", _ADULT} <= words else {}


def mark_in(attribute: str, value: str) -> tuple[str, str] | None:
    """Return the column and cell of a person that an attribute fills because it may mark them; None if it marks nobody.

    Whatever may be read as a mark is one: a person sealed by mistake can be opened, but a name cannot be taken back.

    Args:
        attribute: name of the attribute.
        value: as it is written in the chart.

    Example:
        >>> mark_in("D.O.B.", "2013"), mark_in("Is victim?", "Yes"), mark_in("Role", "Victim"), mark_in("Age", "under 18")
        (('date_of_birth', '2013'), ('sealed', 'yes'), ('sealed', 'yes'), ('sealed', 'yes'))
        >>> mark_in("Age", "about 40"), mark_in("Hair", "red"), mark_in("Place of birth", "Dover"), mark_in("Minor", "no")
        (None, None, None, None)
    """
    name = _words(attribute)
    column = "_".join(re.findall(r"[a-z]+", attribute.casefold()))
    if column in ("sealed", "age_disputed"):
        return column, value
    if column in ("category", "categories"):
        return "category", value
    if name & _BORN and not name & _PLACES:
        return "date_of_birth", value
    return ("sealed", "yes") if _says_marked(name, value) else None


def _says_marked(name: frozenset[str], value: str) -> bool:
    """Whether an attribute may say that somebody is a child, a victim or the like."""
    is_no, words = value.strip().casefold() in _NO, _words(value)
    if name & _AGED:
        return not is_no and not _is_adult_age(words)
    if "adult" in name or {"over", _ADULT} <= name:
        return is_no
    if name & _MARKS or {"under", _ADULT} <= name:
        return not is_no
    return len(words) <= _MOST_WORDS and bool(words & _MARKS or {"under", _ADULT} <= words)


def _is_adult_age(words: frozenset[str]) -> bool:
    numbers = [int(word) for word in words if word.isdecimal()]
    others = {word for word in words if not word.isdecimal()} - _ABOUT
    return bool(numbers) and min(numbers) >= int(_ADULT) and not others


def _words(text: str) -> frozenset[str]:
    """Words of a text in lower case, without plural endings; an abbreviation with dots is one word."""
    joined = re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1", text.casefold()).replace("_", " ")
    return frozenset(word.removesuffix("s") if len(word) > 3 else word for word in re.findall(r"[a-z0-9]+|<", joined))
