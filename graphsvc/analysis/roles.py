"""What each relation says of the persons at its ends, as tables: the only place where the score's reading is decided.

Lawful service, family, presence and identity appear in none of them: they say nothing of a part in the operation.
"""

from __future__ import annotations

from types import MappingProxyType

from graphsvc.records.relations import RELATIONS

# Kinds of relation that are ties of the operation; the others show presence, lawful service, family or identity.
OPERATION_KINDS = frozenset({"part", "command", "tie", "material"})
OPERATION = frozenset(name for name, relation in RELATIONS.items() if relation.kind in OPERATION_KINDS)
# Ties of which neither end can be told to be above the other.
LEVEL_TIES = frozenset({"CONTACTED", "ASSOCIATES_WITH", "RIVAL_OF"})

# Weight of one fully believed claim, by ingredient and the end the person stands at. Commands count towards those who
# play a part themselves: to order about, recruit or coerce those who are carried or exploited is the daily work of aides.
COMMANDS = MappingProxyType({"DIRECTED": 1.0, "PAID": 0.4, "RECRUITED": 0.3, "COERCED": 0.3})
ARRANGES = MappingProxyType({"RUNS": 1.2, "ORGANISED": 1.0, "SUPPLIED": 0.9, "CONTROLS": 0.9})
TAKES_ORDERS = MappingProxyType({"DIRECTED": 1.0, "COERCED": 0.8, "RECRUITED": 0.5})
HANDS_ON = MappingProxyType({"PILOTED": 1.0, "ASSISTED": 0.9, "TRANSPORTED": 0.5, "HOUSED": 0.4, "MANAGED": 0.6})

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
