"""What a crossing has, by which it may be like another one of its series: figures, and things it shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Nobody's nationality, sex or ethnicity is among them, and nobody who was carried and is no crew: they are whom it was done to.
SHARED: Mapping[str, str] = MappingProxyType(
    {
        "organiser": "organised by",
        "pilot": "piloted by",
        "helper": "helped by",
        "boat": "boat",
        "supplier": "boat supplied by",
        "part": "part of the boat",
        "batch": "serials next to each other",
        "store": "parts from",
        "kind": "kind of boat",
        "engine": "power of the engine",
        "thing": "phone, account or the like used by those behind it",
        "contact": "in contact with those behind it",
        "recruiter": "passengers recruited by",
        "driver": "passengers brought by",
        "house": "passengers housed at or by",
        "words": "called in the same words",
        "launch_site": "launched at",
        "landing_site": "landed at",
    }
)
NEAR: Mapping[str, str] = MappingProxyType(
    {
        "launch": "km between the places of launch",
        "landing": "km between the places of landing",
        "days": "days apart",
        "length": "m between the lengths of the boats",
        "price": "times the lower price of a place",
    }
)


@dataclass(frozen=True, slots=True)
class CrossingFigures:
    """What of a crossing can be nearer to that of another or farther from it; None where it is not known.

    Attributes:
        id: of the crossing.
        day: as a number of days.
        launch: latitude and longitude in degrees; landing likewise.
        length: of the boat in m. price: of a place, in one currency.
    """

    id: str
    day: float | None = None
    launch: tuple[float, float] | None = None
    landing: tuple[float, float] | None = None
    length: float | None = None
    price: float | None = None


@dataclass(frozen=True, slots=True)
class Trait:
    """Something said of a crossing that it may have in common with another.

    Attributes:
        crossing: its id.
        feature: of `SHARED`.
        value: what it is: the id of an entity, or a word.
        belief: how far it is believed, 0 to 1.
        via: through whom or what it comes in (the user of a phone, the boat of a supplier); empty: directly. What two crossings share
            through the same one is told by that one already.
        voices: sources of accounts that it rests on alone; empty where a record stands behind it too, or it is nobody's word.
        denied: `denied` or `contested` if a link that it rests on is; empty otherwise.
    """

    crossing: str
    feature: str
    value: str
    belief: float
    via: str = ""
    voices: frozenset[str] = frozenset()
    denied: str = ""
