"""What each relation can say of the persons at its ends, as the score reads it: derived from `records.relations`, row by row.

Lawful service, family, presence and identity are in none of the tables of deeds and ties: they say nothing of a part in
the operation.
"""

from __future__ import annotations

from types import MappingProxyType

from graphsvc.records.relations import KINDS, RELATIONS, doing, those

# Ties of the operation; the others show presence, lawful service, family or identity.
OPERATION = frozenset(those(lambda relation: KINDS[relation.kind].operation))

# The parts a person can play. Those through whom an operation runs come first: what they share is that others depend
# on them, not what they do.
HUBS = ("top", "organiser", "controller", "supplier", "broker")
PARTS = (*HUBS, "go-between", "hands-on", "outside")
# Whom a tie leads to: somebody only carried or exploited, or somebody who may play one of these parts.
CARRIED = "carried"
WHOM = MappingProxyType(
    {"hub": HUBS, "go-between": ("go-between",), "hands-on": ("hands-on",), "outside": ("outside",)}
)


def _columns(kind: str) -> tuple[str, ...]:
    """Relations of a kind in the order of the fitted tables; those that are not in them yet come last."""
    rows = [relation for relation in RELATIONS.values() if relation.kind == kind]
    return tuple(
        relation.name for relation in sorted(rows, key=lambda relation: relation.weighed.place or len(RELATIONS) + 1)
    )


# What somebody does to a thing of the operation, whoever else is tied to it.
DEEDS = _columns("part")
# Ties between persons of which the one end acts on the other: which whom they tell apart, from either end.
ACTS = MappingProxyType(
    {name: tuple(WHOM) if RELATIONS[name].weighed.whom == "each" else ("anyone",) for name in _columns("command")}
)
# Ties of which neither end can be told to be above the other.
LEVEL_TIES = _columns("tie")
PAYS_OR_OWES = doing("pays", "owes")
# What somebody does to those only carried. That these pay, owe, call or are seen with somebody says nothing of a part: an
# operation lives on it, whoever serves them lawfully meets them too, and what says nothing can hide nobody.
TO_CARRIED = tuple(name for name in ACTS if name not in PAYS_OR_OWES)

# Stage of the operation → what somebody with a hand in it is said to do.
STAGES = MappingProxyType(
    {
        stage: tuple(name for name in (*ACTS, *DEEDS) if RELATIONS[name].stage == stage)
        for stage in ("recruit", "transport", "boat", "house", "workplace", "money")
    }
)

# What puts somebody behind an operation rather than in it.
ARRANGES = doing("arranges")
ORDERS = doing("directs")
# Orders: who takes them stands below who gives them.
TAKES_ORDERS = doing("directs", "recruits", "coerces")
COMMANDS = doing("directs", "recruits", "coerces", "pays")
# Who stands behind an operation: seldom seen by those it carries, and what lies are about.
BEHIND = ARRANGES | ORDERS
# Who does any of this was not merely made to work.
IN_COMMAND = ARRANGES | TAKES_ORDERS
COERCES = doing("coerces")
# These give somebody a part.
ROLE_RELATIONS = frozenset({*DEEDS, *ACTS} - doing("owes"))
# And of these, which put one before another. Without any there is only structure to go by: that all are of one gang, or that some
# steered or drove, says of none that the others depend on them.
PUTS_BEFORE = ROLE_RELATIONS - doing("belongs", "works", "moves", "abandons")
QUARRELS = doing("quarrels")
MEETING = frozenset(LEVEL_TIES) - QUARRELS
# What makes somebody one of a gang, and what makes them its leader.
OF_A_GANG = frozenset(those(lambda relation: relation.kind == "part" and relation.objects == ("gang",)))
LEADS = OF_A_GANG & ARRANGES
# What somebody does with their own hands, or has been made to do.
HANDS_ON = doing("works", "moves")
# What puts a person on a crossing.
ABOARD = frozenset(those(lambda relation: relation.there == "its day"))

# Having played a part makes a candidate, at either end …
PLAYS_PART = frozenset(those(lambda relation: relation.part.subject == "acts"))
# … and who serves lawfully does so in sight of all, though it is no part.
ACTIVE_SUBJECT = PLAYS_PART | frozenset(those(lambda relation: relation.part.subject == "serves"))
ACTIVE_OBJECT = frozenset(those(lambda relation: relation.part.object == "acts"))
# But to be paid by who runs a workplace is a wage, where one is said to have worked at one.
RUNS_WORKPLACE = frozenset(those(lambda relation: relation.kind == "part" and relation.objects == ("workplace",)))
WORKED = frozenset(
    those(
        lambda relation: (
            relation.kind == "presence" and relation.objects == ("workplace",) and relation.sealed != "home"
        )
    )
)
# … while these are said of people who were only carried or exploited. To pay, to owe or to be served tells nothing:
# organisers pay, and are served, as well.
PASSIVE_SUBJECT = frozenset(those(lambda relation: relation.part.subject == "passive"))
PASSIVE_OBJECT = frozenset(those(lambda relation: relation.part.object == "passive"))
# Who is only said to know, pay or take orders from somebody.
TIED_SUBJECT = frozenset(those(lambda relation: relation.part.subject == "tied"))
TIED_OBJECT = frozenset(those(lambda relation: relation.part.object in ("tied", "acts")))
