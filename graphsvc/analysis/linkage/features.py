"""Kinds of names that crossings are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Dates, places, weather, kinds of boat, nationality, sex and ethnicity are not among them. People who were only carried are not
# either: crossings were done to them.
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
# The people and groups behind a crossing: these alone link two crossings.
BEHIND = frozenset({"organiser", "pilot", "helper", "supplier"})


@dataclass(frozen=True, slots=True)
class Trait:
    """A name that is reported about a crossing.

    Attributes:
        crossing: its id.
        feature: of `SHARED`.
        value: id of an entity, or the batch of a serial.
        belief: how far it is believed, 0 to 1.
        via: the entity that it is reached through (user of a phone, boat of a supplier); empty: directly. Two crossings that reach a
            name through the same entity have only that entity in common.
        voices: sources of statements that it rests on alone; empty where a record supports it.
        denied: `denied` or `contested` if a link that it rests on is; empty otherwise.
    """

    crossing: str
    feature: str
    value: str
    belief: float
    via: str = ""
    voices: frozenset[str] = frozenset()
    denied: str = ""
