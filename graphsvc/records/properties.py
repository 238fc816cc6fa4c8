"""What stands in the graph and what a query may return, each with its sensitivity: the table the gate redacts by.

A column of a query declares the property it shows; a column that shows none of these does not come out.
Sensitivities (see `tables`): `open`, `identity`, `text`, `source`, `interest`, `conditional` (free text of the
deliverer's own columns: only with clearance for handling code C), `voices` (a number that tells how few witnesses there
may be: small ones read `few` without source clearance), and `material` (for analyses inside the service: never shown).
"""

from __future__ import annotations

from types import MappingProxyType

from graphsvc.records.tables import ENTITY_TABLES, EXTRA_PREFIX, TABLES, Column
from graphsvc.records.told import TOLD_FIGURES, TOLD_SUFFIX

# Figures of a link; each stands twice, from all statements and (with this suffix) from handling-P statements alone, and
# those of `told.TOLD_FIGURES` each time once more, as a reader without source clearance is told them.
LINK_FIGURES = (
    "belief",
    "asserting",
    "denying",
    "groups",
    "independent",
    "other_sources",
    "belief_on_record",
    "groups_on_record",
    "other_sources_on_record",
    "first_on",
    "last_on",
)
P_SUFFIX = "_p"
# What the source of a claim is to one whom it is about (`grading.INTERESTS`): twice as well.
INTEREST = "interest"
# What a person wrote of a witness statement for every reader: alone it shows no single statement.
SANITISED = "Statement.sanitised"
# The folded words that a search looks in (`names.terms`): of names and numbers, of free text, and of what fewer may read.
# They repeat other properties, and stand in no table of sensitivities: nothing shows them.
SEARCH, SAID, SAID_UNDER_C, SAID_INTEREST = "search", "said", "said_under_c", "said_interest"
LOOKED_IN = frozenset({SEARCH, SAID, SAID_UNDER_C, SAID_INTEREST})


def figure_names(*, conditional: bool, sources: bool) -> dict[str, str]:
    """Figure of a link, and mark of a claim → the property that holds it for a reader with or without clearance.

    Example:
        >>> figure_names(conditional=False, sources=False)["belief"], figure_names(conditional=True, sources=True)["belief"]
        ('belief_told_p', 'belief')
    """
    return {
        figure: figure
        + (TOLD_SUFFIX if figure in TOLD_FIGURES and not sources else "")
        + ("" if conditional else P_SUFFIX)
        for figure in (*LINK_FIGURES, INTEREST)
    }


# What a query computes rather than reads. A count of witnesses is not among them: that is `Source.count`.
COMPUTED = ("count", "kind", "relation", "date", "number", "flag", "reason")


def _columns(label: str, columns: tuple[Column, ...]) -> dict[str, str]:
    named: dict[str, str] = {}
    for column in columns:
        named[f"{label}.{column.name}"] = column.sensitivity
        if column.kind == "date":
            named[f"{label}.{column.name}_earliest"] = column.sensitivity
            named[f"{label}.{column.name}_latest"] = column.sensitivity
    return named


def _properties() -> dict[str, str]:
    named: dict[str, str] = {f"computed.{name}": "open" for name in COMPUTED}
    # Blocks of rows for an analysis inside the service: never shown, whatever is in them.
    named["computed.rows"] = "material"
    for table in ENTITY_TABLES:
        named |= _columns(table.label, table.columns)
        named[f"{table.label}.extra"] = "conditional"
    named |= {"Person.categories": "open", "Person.category_dates": "open"}
    # Any entity, where a query does not know which kind it meets.
    named |= {
        "Entity.id": "open",
        "Entity.name": "identity",
        "Entity.kind": "open",
        "Entity.handling": "open",
        "Entity.sealed": "open",
        "Entity.latitude": "open",
        "Entity.longitude": "open",
        "Entity.notes": "text",
        "Entity.extra": "conditional",
    }
    named |= _columns("Statement", TABLES["statements"].columns)
    named["Statement.extra"] = "conditional"
    named |= {"Source.id": "source", "Source.kind": "open", "Source.count": "source", "Source.unnamed": "source"}
    named |= {
        f"Claim.{name}": "open"
        for name in ("id", "relation", "polarity", "status", "weight", "amount", "currency", "source_grade")
    }
    for date in ("from_on", "to_on"):
        named |= {f"Claim.{date}{end}": "open" for end in ("", "_earliest", "_latest")}
    named |= {f"Claim.{name}": "open" for name in ("assessment", "handling", "on_record", "belief")}
    named |= {f"Claim.{name}": "text" for name in ("place", "subject_as_said", "object_as_said", "notes")}
    named["Claim.extra"] = "conditional"
    # Tells who its source is to somebody, and so who the source may be.
    named[f"Claim.{INTEREST}"] = "interest"
    named |= {f"Link.{name}": "open" for name in ("relation", *LINK_FIGURES)}
    # Claims as well as groups: where one claim asserts or denies a link, one witness may.
    named |= dict.fromkeys(("Link.groups", "Link.groups_on_record", "Link.asserting", "Link.denying"), "voices")
    # How many independent accounts those groups are worth tells who of them one interpreter heard.
    named["Link.independent"] = "source"
    return named


SENSITIVITY = MappingProxyType(_properties())


def property_of(label: str, name: str) -> str:
    """The property by whose sensitivity a field of a node is released: columns of the deliverer's own share one.

    Example:
        >>> property_of("Statement", "summary"), property_of("Claim", "x_page")
        ('Statement.summary', 'Claim.extra')
    """
    return f"{label}.{'extra' if name.startswith(EXTRA_PREFIX) else name}"


def says_something(name: str) -> bool:
    """Whether a property says something of its own, rather than the ends of a date or what a search looks in.

    Example:
        >>> says_something("date_of_birth"), says_something("date_of_birth_latest"), says_something("said_interest")
        (True, False, False)
    """
    return name not in LOOKED_IN and not name.endswith(("_earliest", "_latest"))
