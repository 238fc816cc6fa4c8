"""Every property of the graph and of query results, with the sensitivity by which the gate redacts it.

A query column declares the property it shows; the gate drops any column that shows none of these.
Sensitivities (see `tables`): `open`, `identity`, `text`, `source`, `interest`, `conditional` (free text of the
deliverer's own columns: only with clearance for handling code C), `voices` (a number that may reveal how few witnesses
there are: without source clearance, small ones are shown as `few`), and `material` (for analyses inside the service:
never shown).
"""

from __future__ import annotations

from types import MappingProxyType

from graphsvc.records.coarsened import TOLD_FIGURES, TOLD_SUFFIX
from graphsvc.records.tables import ENTITY_TABLES, EXTRA_PREFIX, TABLES, Column

# Figures of a link. Each is stored twice: from all statements and (with this suffix) from handling-P statements alone.
# Each of `coarsened.TOLD_FIGURES` is stored twice more, as readers without source clearance see it.
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
# How the source of a claim relates to a person it is about (`grading.INTERESTS`): stored twice as well.
INTEREST = "interest"
# A statement's summary reworded for every reader: a query that returns it alone does not show single statements.
SANITISED = "Statement.sanitised"
# The folded words that a search matches (`names.terms`): from names and numbers, from free text, and from text that
# fewer readers may see. They repeat other properties and are never shown, so they have no sensitivity.
SEARCH, SAID, SAID_UNDER_C, SAID_INTEREST = "search", "said", "said_under_c", "said_interest"
LOOKED_IN = frozenset({SEARCH, SAID, SAID_UNDER_C, SAID_INTEREST})


def figure_names(*, conditional: bool, sources: bool) -> dict[str, str]:
    """Map each figure of a link to the property that contains it for a reader with this clearance.

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


# Values that a query computes rather than reads. A count of witnesses is not among them: that is `Source.count`.
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
    # Blocks of rows for an analysis inside the service: never shown, whatever they contain.
    named["computed.rows"] = "material"
    for table in ENTITY_TABLES:
        named |= _columns(table.label, table.columns)
        named[f"{table.label}.extra"] = "conditional"
    named |= {"Person.categories": "open", "Person.category_dates": "open"}
    # For queries on entities of any kind.
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
    # Reveals how the source relates to a person, and so who the source may be.
    named[f"Claim.{INTEREST}"] = "interest"
    named |= {f"Link.{name}": "open" for name in ("relation", *LINK_FIGURES)}
    # The number of claims is as sensitive as that of groups: a single claim may mean a single witness.
    named |= dict.fromkeys(("Link.groups", "Link.groups_on_record", "Link.asserting", "Link.denying"), "voices")
    # The number of independent statements, after grouping, would reveal which witnesses shared an interpreter.
    named["Link.independent"] = "source"
    return named


SENSITIVITY = MappingProxyType(_properties())


def property_of(label: str, name: str) -> str:
    """Return the property whose sensitivity governs the release of a node's field; the deliverer's columns share one.

    Example:
        >>> property_of("Statement", "summary"), property_of("Claim", "x_page")
        ('Statement.summary', 'Claim.extra')
    """
    return f"{label}.{'extra' if name.startswith(EXTRA_PREFIX) else name}"


def says_something(name: str) -> bool:
    """Whether a property holds content, rather than the bounds of a date or words for search.

    Example:
        >>> says_something("date_of_birth"), says_something("date_of_birth_latest"), says_something("said_interest")
        (True, False, False)
    """
    return name not in LOOKED_IN and not name.endswith(("_earliest", "_latest"))
