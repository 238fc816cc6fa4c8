"""Settings that make one invented world differ from another: shares, coverage, collusion and noise."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from graphsvc.simulate import hardness
from graphsvc.simulate.hardness import Hard

# Smaller organisations cannot have one of each kind of hub with people to direct.
SMALLEST_ORGANISATION = 12
SMALLEST_HUBS = 6


@dataclass(frozen=True)
class Knobs:
    """The settings of one world. Shares and chances are between 0 and 1; the defaults describe a typical world.

    Attributes:
        member_share: share of all people who belong to an organisation.
        hub_share: share of members who are hubs (the rest are aides).
        helper_share: share of all people who are lawful helpers.
        bystander_share: share of all people who are uninvolved but known to the case.
        double_share: share of all rows that are a second row of a member, known by a nickname.
        worker_share: share of all people who work at workplaces.
        leader_share: share of hubs who are leaders.
        broker_share: share of hubs who are brokers.
        second_gang: chance that a supplier of boats supplies a second gang.
        crossing_share: crossings per person.
        workplace_share: workplaces per person.
        closing: chance that a workplace closes in the lockdown.
        witness_share: cooperating witnesses per person.
        clustering: chance that a witness comes from the boat or workplace of an earlier one.
        from_peak: chance that any other witness comes from a boat of the peak day.
        sanitised: whether most witness statements have a sanitised version.
        organiser_seen: chance that a passenger can name the organiser of the crossing.
        controller_seen: chance that a worker can name the controller of the workplace.
        attribution: chance that an honest passenger takes an aide for the organiser.
        mistake: chance that an honest claim names the wrong person.
        collusion: chance that a false statement is agreed with others of the same boat or house.
        denial: chance that a false statement denies the part of the person truly responsible.
        rebuttal: chance that an honest witness who was there denies the false statement.
        retraction: share of false statements later retracted as false.
        withdrawal: share of honest statements later withdrawn.
        grading_skill: how far grades follow the truth: 0 not at all, 1 as far as possible.
        report_share: intelligence reports per person.
        report_depth: weight of facts about hubs in reports (facts about aides weigh 1).
        register_coverage: chance that a person aboard is registered.
        bill_coverage: chance that the calls of a phone are in the case.
        bank_coverage: chance that a payment is in the case.
        day_peak: day of the most crossings.
        peak_loads: people aboard each boat of the peak day and of the following days; empty to draw them.
        hard: settings of a hard world; None in clean ones.
    """

    member_share: float = 0.10
    hub_share: float = 0.15
    helper_share: float = 0.025
    bystander_share: float = 0.06
    double_share: float = 0.008
    worker_share: float = 0.12
    leader_share: float = 0.15
    broker_share: float = 0.12
    second_gang: float = 0.4
    crossing_share: float = 0.03
    workplace_share: float = 0.02
    closing: float = 0.65
    witness_share: float = 0.01
    clustering: float = 0.6
    from_peak: float = 0.0
    sanitised: bool = False
    organiser_seen: float = 0.3
    controller_seen: float = 0.35
    attribution: float = 0.12
    mistake: float = 0.05
    collusion: float = 0.7
    denial: float = 0.45
    rebuttal: float = 0.35
    retraction: float = 0.2
    withdrawal: float = 0.08
    grading_skill: float = 0.5
    report_share: float = 0.04
    report_depth: float = 1.0
    register_coverage: float = 0.93
    bill_coverage: float = 0.6
    bank_coverage: float = 0.3
    day_peak: dt.date = dt.date(2020, 5, 8)
    peak_loads: tuple[tuple[int, ...], ...] = ()
    hard: Hard | None = None


# Statements are the main source here, many about the peak day: the demo shows how they lead to hubs.
DEMO = Knobs(
    witness_share=0.031,
    clustering=0.15,
    from_peak=0.35,
    sanitised=True,
    organiser_seen=0.75,
    controller_seen=0.8,
    report_share=0.02,
    bill_coverage=0.5,
    peak_loads=((24, 21, 11, 19, 16, 20, 18, 16), (17, 14, 20, 12, 19)),
)

_RANGES = {
    "member_share": (0.07, 0.13),
    "hub_share": (0.12, 0.18),
    "helper_share": (0.015, 0.035),
    "bystander_share": (0.04, 0.09),
    "double_share": (0.004, 0.015),
    "worker_share": (0.06, 0.2),
    "leader_share": (0.1, 0.2),
    "broker_share": (0.08, 0.18),
    "second_gang": (0.2, 0.7),
    "crossing_share": (0.025, 0.04),
    "workplace_share": (0.012, 0.03),
    "closing": (0.4, 0.8),
    "witness_share": (0.007, 0.03),
    "clustering": (0.3, 0.8),
    "organiser_seen": (0.15, 0.4),
    "controller_seen": (0.2, 0.5),
    "attribution": (0.05, 0.2),
    "mistake": (0.02, 0.1),
    "collusion": (0.3, 0.9),
    "denial": (0.2, 0.7),
    "rebuttal": (0.15, 0.5),
    "retraction": (0.05, 0.3),
    "withdrawal": (0.03, 0.15),
    "grading_skill": (0.1, 0.9),
    "report_share": (0.02, 0.06),
    "report_depth": (0.6, 1.5),
    "register_coverage": (0.8, 1.0),
    "bill_coverage": (0.45, 0.8),
    "bank_coverage": (0.15, 0.45),
}

# Hubs are about 14 to 20 % of the ranked people, and helpers are numerous.
_HARD_RANGES = {
    "member_share": (0.14, 0.19),
    "hub_share": (0.22, 0.3),
    "helper_share": (0.035, 0.06),
    "bystander_share": (0.02, 0.05),
    "leader_share": (0.1, 0.18),
    "broker_share": (0.1, 0.18),
    "second_gang": (0.4, 0.9),
    "witness_share": (0.01, 0.04),
    "clustering": (0.4, 0.85),
    "organiser_seen": (0.02, 0.25),
    "controller_seen": (0.05, 0.3),
    "attribution": (0.1, 0.35),
    "mistake": (0.05, 0.15),
    "collusion": (0.5, 0.95),
    "denial": (0.2, 0.8),
    "rebuttal": (0.05, 0.35),
    "retraction": (0.0, 0.2),
    "grading_skill": (0.0, 0.4),
    "report_share": (0.07, 0.16),
    "report_depth": (1.8, 4.0),
    "bank_coverage": (0.1, 0.45),
}
HARD_PEOPLE = (300, 1500)


def draw(rng: random.Random) -> Knobs:
    """Draw the knobs of one world from the family of worlds; the peak falls between April and June 2020."""
    values = {name: rng.uniform(low, high) for name, (low, high) in _RANGES.items()}
    return Knobs(**values, day_peak=dt.date(2020, 4, 10) + dt.timedelta(days=rng.randrange(75)))  # type: ignore[arg-type]


def draw_hard(rng: random.Random) -> Knobs:
    """Draw the knobs of one world from the family of hard worlds."""
    values = {name: rng.uniform(low, high) for name, (low, high) in (_RANGES | _HARD_RANGES).items()}
    peak = dt.date(2020, 4, 10) + dt.timedelta(days=rng.randrange(75))
    return Knobs(**values, day_peak=peak, hard=hardness.draw(rng))  # type: ignore[arg-type]


def hard_people(seed: int) -> int:
    """Return the default number of people in the hard world of a seed."""
    return random.Random(f"{seed}/people").randint(*HARD_PEOPLE)
