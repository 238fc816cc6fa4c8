"""Kinds of names by which crossings are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Dates, places, weather, kinds of boat, nationality, sex and ethnicity are left out. So are people who were only
# carried: crossings were done to them.
SHARED: Mapping[str, str] = MappingProxyType(
    {
        "organiser": "organised by",
        "pilot": "piloted by",
        "helper": "helped by",
        "supplier": "boat supplied by",
        "boat": "boat",
        "part": "part of the boat",
        "batch": "serials next to each other",
        "store": "parts from",
        "thing": "phone, account or the like used by those behind it",
        "contact": "in contact with those behind it",
        "recruiter": "passengers recruited by",
        "driver": "passengers brought by",
        "house": "passengers housed at or by",
    }
)
# The people and groups behind a crossing; only these link two crossings.
BEHIND = frozenset({"organiser", "pilot", "helper", "supplier"})


@dataclass(frozen=True, slots=True)
class Trait:
    """A name reported about a crossing.

    Attributes:
        crossing: its id.
        feature: a key of `SHARED`.
        value: id of an entity, or the batch of a serial.
        belief: belief in the trait, 0 to 1.
        via: the entity that connects the name to the crossing (user of a phone, boat of a supplier), or empty. Two
            crossings connected to a name by the same entity have only that entity in common.
        voices: sources of the statements it rests on; empty where a record supports it too.
        denied: `denied` or `contested` if a link it rests on is; empty otherwise.
    """

    crossing: str
    feature: str
    value: str
    belief: float
    via: str = ""
    voices: frozenset[str] = frozenset()
    denied: str = ""
