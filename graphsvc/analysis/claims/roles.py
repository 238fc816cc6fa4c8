"""Meaning of each relation for the score of the persons at its ends, derived from `records.relations`, row by row.

The tables of deeds and links leave out lawful service, family, presence and identity, which give no one a part in the
operation.
"""

from __future__ import annotations

from types import MappingProxyType

from graphsvc.records.lists import LISTS
from graphsvc.records.relations import KINDS, RELATIONS, doing, those

# Relations of the operation; the others show presence, lawful service, family or identity.
OPERATION = frozenset(those(lambda relation: KINDS[relation.kind].operation))

# Actions on a thing of the operation, regardless of other people's links to it.
DEEDS = LISTS["PARTS"]
# Links between persons in which one end acts on the other.
ACTS = LISTS["COMMANDS"]
# Links that put neither end above the other.
LEVEL_TIES = those(lambda relation: relation.kind == "tie")
PAYS_OR_OWES = doing("pays", "owes")

# Stage of the operation → relations that show a part in it.
STAGES = MappingProxyType(
    {
        stage: tuple(name for name in (*ACTS, *DEEDS) if RELATIONS[name].stage == stage)
        for stage in ("recruit", "transport", "boat", "house", "workplace", "money")
    }
)

# Relations that put a person behind an operation rather than in it.
ARRANGES = doing("arranges")
ORDERS = doing("directs")
# Relations in which one person is below another and takes orders.
TAKES_ORDERS = doing("directs", "recruits", "coerces")
COMMANDS = doing("directs", "recruits", "coerces", "pays")
# Relations of people behind an operation. Passengers seldom see these people, and lies are often about them.
BEHIND = ARRANGES | ORDERS
# A person who does any of these was not merely made to work.
IN_COMMAND = ARRANGES | TAKES_ORDERS
COERCES = doing("coerces")
# Relations that imply a role for the person.
ROLE_RELATIONS = frozenset({*DEEDS, *ACTS} - doing("owes"))
# The role relations that rank one person above another. Without any of these, only structure is left: membership of one
# gang, steering or driving does not show that others depend on a person.
PUTS_BEFORE = ROLE_RELATIONS - doing("belongs", "works", "moves", "abandons")
QUARRELS = doing("quarrels")
MEETING = frozenset(LEVEL_TIES) - QUARRELS
# Relations that make a person a member of a gang; `LEADS` makes them its leader.
OF_A_GANG = frozenset(LISTS["PARTS_IN_GANGS"])
LEADS = OF_A_GANG & ARRANGES
# Manual work, which a person may have been made to do.
HANDS_ON = doing("works", "moves")
# Relations that put a person on a crossing.
ABOARD = frozenset(LISTS["ABOARD"])

# Relations that show their subject playing a part, which makes the subject a candidate.
PLAYS_PART = frozenset(those(lambda relation: relation.part.subject == "acts"))
# Lawful service also makes the subject a candidate, although it is not a part.
ACTIVE_SUBJECT = PLAYS_PART | frozenset(those(lambda relation: relation.part.subject == "serves"))
ACTIVE_OBJECT = frozenset(those(lambda relation: relation.part.object == "acts"))
# A payment is a wage, not a part, if its payer runs a workplace and the payee is reported to have worked at one.
RUNS_WORKPLACE = frozenset(LISTS["PARTS_IN_WORKPLACES"])
WORKED = frozenset(
    those(
        lambda relation: (
            relation.kind == "presence" and relation.objects == ("workplace",) and relation.sealed != "home"
        )
    )
)
# Relations of people who were only carried or exploited. Paying, owing or being served shows nothing: organisers pay,
# and are served, too.
PASSIVE_SUBJECT = frozenset(those(lambda relation: relation.part.subject == "passive"))
PASSIVE_OBJECT = frozenset(LISTS["HARMS"])
# Relations of a person who is only reported to know, pay or take orders from someone.
TIED_SUBJECT = frozenset(those(lambda relation: relation.part.subject == "tied"))
TIED_OBJECT = frozenset(those(lambda relation: relation.part.object in ("tied", "acts")))
