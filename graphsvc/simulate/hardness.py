"""Settings of hard worlds: stand-ins, well-told lies, and missing evidence."""

from __future__ import annotations

import random
from dataclasses import dataclass

# Relations and kinds of source that may be nearly absent from a hard world.
RELATIONS = ("DIRECTED", "PAID", "ORGANISED", "MEMBER_OF", "SUPPLIED", "RUNS", "CONTACTED", "ASSOCIATES_WITH")
SOURCES = ("bank", "reports", "records", "bills")


@dataclass(frozen=True)
class Hard:
    """Additional settings of one hard world. Shares and chances are between 0 and 1.

    Attributes:
        insulated: share of organisers and leaders behind a go-between who relays every order.
        relayed: chance that a crossing of an insulated organiser is arranged by the go-between in person.
        financiers: share of hubs who only provide and receive money.
        quiet_brokers: share of brokers who order no one, and only introduce.
        fronting: chance that a controlled workplace has a straw owner in the registers.
        shop: chance that a boat was bought by an aide.
        stand_in: chance that an aide arranged a crossing for the organiser.
        seniors: share of aides who direct, pay and recruit many.
        loud: chance that a source names a loud member as the one who runs a gang.
        lawful_rides: chance that a passenger was driven by a taxi driver, or housed by a landlord.
        unbooked: share of helpers without any recorded service.
        tail: how uneven the contacts of helpers are: weight of the n-th is 1 / n ** tail.
        forced: share of crossings piloted by a passenger under coercion.
        hub_seen: factor on the chance that a witness can report what a hub did.
        plants: stories planted by rivals, per gang.
        insider_lies: chance that a lying aide attributes the boss's part to a colleague.
        smooth: chance that a lie is graded as well as truths are, or better.
        near: share of honest mistakes that name a person of the same cell.
        agreed: maximum number of statements that share one agreed story.
        lost: share of all claims that are missing.
        absent: relations nearly absent from the case.
        silent: kinds of source nearly absent from the case.
    """

    insulated: float
    relayed: float
    financiers: float
    quiet_brokers: float
    fronting: float
    shop: float
    stand_in: float
    seniors: float
    loud: float
    lawful_rides: float
    unbooked: float
    tail: float
    forced: float
    hub_seen: float
    plants: float
    insider_lies: float
    smooth: float
    near: float
    agreed: int
    lost: float
    absent: tuple[str, ...]
    silent: tuple[str, ...]


_RANGES = {
    "insulated": (0.25, 0.6),
    "relayed": (0.3, 0.7),
    "financiers": (0.06, 0.14),
    "quiet_brokers": (0.3, 0.8),
    "fronting": (0.2, 0.6),
    "shop": (0.2, 0.5),
    "stand_in": (0.2, 0.5),
    "seniors": (0.08, 0.2),
    "loud": (0.15, 0.5),
    "lawful_rides": (0.1, 0.5),
    "unbooked": (0.2, 0.6),
    "tail": (0.8, 1.3),
    "forced": (0.1, 0.4),
    "hub_seen": (0.3, 0.8),
    "plants": (0.3, 1.5),
    "insider_lies": (0.3, 0.9),
    "smooth": (0.0, 1.0),
    "near": (0.6, 0.95),
    "lost": (0.05, 0.35),
}


def draw(rng: random.Random) -> Hard:
    """Draw the hardness of one world; about half of them lack a relation, about half a kind of source."""
    values = {name: rng.uniform(low, high) for name, (low, high) in _RANGES.items()}
    return Hard(
        **values,
        agreed=rng.randrange(3, 9),
        absent=(rng.choice(RELATIONS),) if rng.random() < 0.5 else (),
        silent=(rng.choice(SOURCES),) if rng.random() < 0.5 else (),
    )
