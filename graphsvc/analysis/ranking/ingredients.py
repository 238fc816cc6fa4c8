"""The ingredients of a score: counts of the sources that report something about a person.

An ingredient is a relation (`DIRECTED to person`), a family of relations for one kind of source (`arranges to thing,
witness`), or all arranging and commanding together (`upper part, witness`). Its value is log(1 + number of distinct
sources). So the second source adds more than the fifth, and naming ten boats counts as much as naming one.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from types import MappingProxyType

from graphsvc.analysis.claims.roles import (
    ARRANGES,
    COMMANDS,
    HANDS_ON,
    ORDERS,
    PAYS_OR_OWES,
    TAKES_ORDERS,
)
from graphsvc.records.relations import doing, those
from graphsvc.records.statement_kinds import STATEMENT_KINDS

SOURCE_KINDS = tuple(STATEMENT_KINDS)
ENDS, FAR = ("to", "by"), ("person", "thing")
_SERVES = doing("serves")
# Relation → family. Relations in no family (presence, family, company, membership) show no part.
FAMILY_OF = MappingProxyType(
    {
        name: family
        for family, relations in {
            "arranges": ARRANGES,
            "commands": TAKES_ORDERS,
            "money": PAYS_OR_OWES,
            "hands on": HANDS_ON,
            "service": _SERVES,
        }.items()
        for name in sorted(relations)
    }
)
_UPPER = ARRANGES | COMMANDS
# Owning a boat or a workplace is a title that anyone may hold for another person.
_TITLES = frozenset(those(lambda relation: relation.objects in (("boat",), ("workplace",))))
# The one ingredient of records that counts against a person. `bench.fit_weights` bounds its weight.
SERVICE_ON_RECORD = "service to person, record"
_COUNTS_ON_RECORD = (ARRANGES | ORDERS) - _TITLES
# Links over which likely hubs raise a person's score: name → relations, and the person's end of the link.
TIES = MappingProxyType(
    {
        "commands": (TAKES_ORDERS, ("to",)),
        "pays": (doing("pays"), ("to",)),
        "is paid by": (doing("pays"), ("by",)),
    }
)


def names(relation: str, end: str, far: str, source_kind: str) -> tuple[str, ...]:
    """Return the ingredients that count a claim, for the person at one end of it.

    A record that a person organised, ran or directed something counts as a report does, and one of lawful service
    counts a little. Any other record counts for nothing here: a title in a register or a staged seizure is cheap.
    Records of orders and payments still count as links to likely hubs.

    Args:
        relation: relation of the claim.
        end: `to` for the subject, `by` for the object.
        far: kind of entity at the other end, `person` or `thing`.
        source_kind: a key of `STATEMENT_KINDS`.

    Example:
        >>> names("PILOTED", "to", "thing", "witness"), names("PILOTED", "to", "thing", "record")
        (('PILOTED to thing', 'hands on to thing, witness'), ())
        >>> names("DIRECTED", "to", "person", "record")
        ('DIRECTED to person', 'commands to person, intelligence', 'upper part, intelligence')
        >>> names("CROSSED_ON", "to", "thing", "witness")
        ()

    Limits: the grade of an asserting claim is ignored; in worlds of other authors it did not separate true from false
    claims for any kind of source.
    """
    family = FAMILY_OF.get(relation)
    if family is None:
        return ()
    source_kind = STATEMENT_KINDS[source_kind].counts_as
    if source_kind == "record":
        if relation in _SERVES and (end, far) == ("to", "person"):
            return (SERVICE_ON_RECORD,)
        if end == "by" or relation not in _COUNTS_ON_RECORD:
            return ()
        source_kind = "intelligence"
    upper = (f"upper part, {source_kind}",) if end == "to" and relation in _UPPER else ()
    return (f"{relation} {end} {far}", f"{family} {end} {far}, {source_kind}", *upper)


def every_name(relations: Iterable[str] = tuple(FAMILY_OF)) -> tuple[str, ...]:
    """Return all possible ingredients, each once, in a fixed order.

    Example:
        >>> len(every_name(["RUNS"]))
        14

    Limits: some never occur, such as running a person.
    """
    return tuple(dict.fromkeys(name for cell in product(relations, ENDS, FAR, SOURCE_KINDS) for name in names(*cell)))


# Families by which shares of a score are shown.
FAMILIES = ("commands", "arranges", "reaches", "money", "service", "takes_orders", "hands_on")


def family(relation: str, end: str) -> str:
    """Return the family under which a claim's share is shown, for the person at one end of it.

    Example:
        >>> family("DIRECTED", "to"), family("DIRECTED", "by"), family("SERVED", "by")
        ('commands', 'takes_orders', 'service')

    Limits: shares of links to likely hubs are shown under `reaches`, whatever the relation.
    """
    name = FAMILY_OF[relation]
    if end == "by" and name in ("commands", "hands on"):
        return "takes_orders"
    return "hands_on" if name == "hands on" else name
