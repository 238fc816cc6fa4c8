"""What each relation can say of the persons at its ends, as tables: the only place where the score's reading is decided.

Lawful service, family, presence and identity appear in none of them: they say nothing of a part in the operation.
"""

from __future__ import annotations

from types import MappingProxyType

from graphsvc.records.relations import RELATIONS

# Kinds of relation that are ties of the operation; the others show presence, lawful service, family or identity.
OPERATION_KINDS = frozenset({"part", "command", "tie", "material"})
OPERATION = frozenset(name for name, relation in RELATIONS.items() if relation.kind in OPERATION_KINDS)

# The parts a person can play. Those through whom an operation runs come first: what they share is that others depend
# on them, not what they do.
HUBS = ("top", "organiser", "controller", "supplier", "broker")
PARTS = (*HUBS, "go-between", "hands-on", "outside")
# Whom a tie leads to: somebody only carried or exploited, or somebody who may play one of these parts.
CARRIED = "carried"
WHOM = MappingProxyType(
    {"hub": HUBS, "go-between": ("go-between",), "hands-on": ("hands-on",), "outside": ("outside",)}
)

# What somebody does to a thing of the operation, whoever else is tied to it.
DEEDS = ("RUNS", "ORGANISED", "SUPPLIED", "CONTROLS", "MEMBER_OF", "MANAGED", "PILOTED", "ASSISTED")
# Ties between persons of which the one end acts on the other: which whom they tell apart, from either end.
ACTS = MappingProxyType(
    {
        "DIRECTED": tuple(WHOM),
        "PAID": tuple(WHOM),
        "RECRUITED": tuple(WHOM),
        "COERCED": ("anyone",),
        "TRANSPORTED": ("anyone",),
        "HOUSED": ("anyone",),
        "OWES": ("anyone",),
    }
)
# Ties of which neither end can be told to be above the other.
LEVEL_TIES = ("CONTACTED", "ASSOCIATES_WITH", "RIVAL_OF")
# Towards those only carried, where it is said at all: whoever is carried does none of the rest.
TO_CARRIED = ("DIRECTED", "RECRUITED", "COERCED", "TRANSPORTED", "HOUSED", "CONTACTED", "ASSOCIATES_WITH", "RIVAL_OF")
BY_CARRIED = ("PAID", "OWES")

# Stage of the operation → what somebody with a hand in it is said to do.
STAGES = MappingProxyType(
    {
        "recruit": ("RECRUITED",),
        "transport": ("TRANSPORTED", "PILOTED", "ASSISTED", "ORGANISED"),
        "boat": ("SUPPLIED",),
        "house": ("HOUSED",),
        "workplace": ("CONTROLS", "MANAGED"),
        "money": ("PAID",),
    }
)

# Said of somebody, these raise a lead: what its corroboration counts and its page lists as support.
ARRANGES = frozenset({"RUNS", "ORGANISED", "SUPPLIED", "CONTROLS"})
# Orders: who takes them stands below who gives them.
TAKES_ORDERS = frozenset({"DIRECTED", "RECRUITED", "COERCED"})
COMMANDS = frozenset({"DIRECTED", "PAID", "RECRUITED", "COERCED"})
# Without any of these nobody is given a part, and there is only structure to go by.
ROLE_RELATIONS = frozenset({*DEEDS, *ACTS} - {"OWES"})

# Having played a part makes a candidate, at either end …
ACTIVE_SUBJECT = frozenset(
    {
        "PILOTED", "ASSISTED", "ORGANISED", "SUPPLIED", "MEMBER_OF", "RUNS", "CONTROLS", "MANAGED",
        "RECRUITED", "TRANSPORTED", "HOUSED", "COERCED", "DIRECTED", "SERVED",
    }
)  # fmt: skip
ACTIVE_OBJECT = frozenset({"PAID"})
# … while these are said of people who were only carried or exploited. To pay, to owe or to be served tells nothing:
# organisers pay, and are served, as well.
PASSIVE_SUBJECT = frozenset({"CROSSED_ON", "WORKED_AT", "LIVED_AT"})
PASSIVE_OBJECT = frozenset({"RECRUITED", "TRANSPORTED", "HOUSED", "COERCED"})
