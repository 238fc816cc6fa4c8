"""What makes a world hard: who stands in for whom, what is told falsely and well, and what is missing."""

from __future__ import annotations

import random
from dataclasses import dataclass

# What can be nearly absent from a hard world.
RELATIONS = ("DIRECTED", "PAID", "ORGANISED", "MEMBER_OF", "SUPPLIED", "RUNS", "CONTACTED", "ASSOCIATES_WITH")
SOURCES = ("bank", "reports", "records", "bills")


@dataclass(frozen=True)
class Hard:
    """The settings of one hard world, beside its other knobs. Shares and chances are between 0 and 1.

    Attributes:
        insulated: part of the organisers and leaders behind a go-between who relays every order.
        relayed: chance that a crossing of an insulated organiser is arranged by the go-between in person.
        financiers: part of the hubs who only put up and take money.
        quiet_brokers: part of the brokers who order nobody, and only introduce.
        fronting: chance that a controlled workplace has a straw owner in the registers.
        shop: chance that a boat was bought by an aide.
        stand_in: chance that an aide arranged a crossing for the organiser.
        seniors: part of the aides who direct, pay and recruit many.
        loud: chance that whoever tells who runs a gang names a loud member instead.
        lawful_rides: chance that somebody carried was driven by a taxi driver, or housed by a landlord.
        unbooked: part of the helpers of whom no service is recorded.
        tail: how uneven the contacts of helpers are: weight of the n-th is 1 / n ** tail.
        forced: part of the crossings piloted by somebody carried who was made to.
        hub_seen: factor on the chance that a witness can tell what a hub did.
        plants: stories planted by rivals, per gang.
        insider_lies: chance that a lying aide puts the boss's part on a colleague.
        smooth: chance that a lie is graded as well as truths are, or better.
        near: part of the honest mistakes that name somebody of the same cell.
        agreed: most accounts that tell one agreed story.
        lost: part of all claims that is missing.
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
    """The hardness of one world; about half of them lack a relation, about half a kind of source."""
    values = {name: rng.uniform(low, high) for name, (low, high) in _RANGES.items()}
    return Hard(
        **values,
        agreed=rng.randrange(3, 9),
        absent=(rng.choice(RELATIONS),) if rng.random() < 0.5 else (),
        silent=(rng.choice(SOURCES),) if rng.random() < 0.5 else (),
    )
