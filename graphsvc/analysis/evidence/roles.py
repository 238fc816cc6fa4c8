"""What each relation can say of the persons at its ends, as the score reads it: derived from `records.relations`, row by row.

Lawful service, family, presence and identity are in none of the tables of deeds and ties: they give nobody a part in the
operation.
"""

from __future__ import annotations

from types import MappingProxyType

from graphsvc.records.relations import KINDS, RELATIONS, doing, those

# Ties of the operation; the others show presence, lawful service, family or identity.
OPERATION = frozenset(those(lambda relation: KINDS[relation.kind].operation))


def _of_kind(kind: str) -> tuple[str, ...]:
    return those(lambda relation: relation.kind == kind)


# What somebody does to a thing of the operation, whoever else is tied to it.
DEEDS = _of_kind("part")
# Ties between persons of which the one end acts on the other.
ACTS = _of_kind("command")
# Ties of which neither end can be told to be above the other.
LEVEL_TIES = _of_kind("tie")
PAYS_OR_OWES = doing("pays", "owes")

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
