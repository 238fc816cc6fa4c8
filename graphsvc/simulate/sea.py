"""The crossings and their boats: dates, places, people aboard, and the cell behind each."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from graphsvc.simulate import places
from graphsvc.simulate.cast import Cast, InventedPerson, tokens
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.knobs import Knobs

_BOATS = (
    ("inflatable", 4.5, 8.0, (15, 30, 40)),
    ("rigid inflatable", 5.5, 8.5, (60, 90, 115)),
    ("kayak", 3.0, 4.0, (0,)),
)


@dataclass(slots=True)
class Boat:
    """One row of boats.csv."""

    id: str
    kind: str
    length_m: float
    engine_hp: int
    registration: str = ""


@dataclass(slots=True)
class Crossing:
    """One crossing: the cell behind it (`organiser`, an id), its boat, and everyone aboard (ids)."""

    id: str
    day: dt.date
    boat: Boat
    organiser: str
    launch: tuple[str, float, float]
    landing: tuple[str, float, float]
    intercepted_by: str
    pilots: list[str] = field(default_factory=list)
    passengers: list[str] = field(default_factory=list)
    strangers: int = 0

    @property
    def aboard(self) -> int:
        """Number of people on the boat, including those no one could name."""
        return len(self.pilots) + len(self.passengers) + self.strangers


def _days(rng: random.Random, knobs: Knobs, count: int) -> list[dt.date]:
    """Return days of `count` crossings, peak first: increasingly many up to the peak, fewer after it."""
    loads = knobs.peak_loads or ((0,) * max(1, round(count * 0.12)), (0,) * round(count * 0.08))
    days = [knobs.day_peak + dt.timedelta(days=later) for later, boats in enumerate(loads) for _ in boats][:count]
    reserved = len(loads)
    while len(days) < count:
        offset = round(rng.triangular(-100, 55, -1))
        if not 0 <= offset < reserved:
            days.append(knobs.day_peak + dt.timedelta(days=offset))
    return days


def _boat(rng: random.Random, token: str) -> Boat:
    kind, shortest, longest, powers = rng.choices(_BOATS, (85, 13, 2))[0]
    registration = f"XX {rng.randrange(100000, 999999)}" if kind == "rigid inflatable" and rng.random() < 0.6 else ""
    return Boat(token, kind, round(rng.uniform(shortest, longest), 1), rng.choice(powers), registration)


def _seats(rng: random.Random, knobs: Knobs, count: int, riders: int) -> list[int]:
    """Return passengers per crossing: the fixed loads of the peak (less the pilot), the rest distributed unevenly."""
    seats = [load - 1 for loads in knobs.peak_loads for load in loads][:count]
    weights = [rng.uniform(0.5, 1.6) for _ in range(count - len(seats))]
    left = riders - sum(seats)
    edge, total, taken = 0.0, sum(weights), 0
    for weight in weights:
        edge += weight
        seats.append(round(left * edge / total) - taken)
        taken += seats[-1]
    return seats


def _riders(rng: random.Random, cast: Cast) -> list[InventedPerson]:
    """Return all passengers and half of the workers, with people of one country near each other."""
    riders = [*cast.of("carried"), *(person for person in cast.of("worker") if rng.random() < 0.5)]
    rank = {person.nationality: rng.random() for person in riders}
    return sorted(riders, key=lambda person: (rank[person.nationality] + rng.gauss(0, 0.25), person.id))


def build(rng: random.Random, knobs: Knobs, cast: Cast, people: int) -> list[Crossing]:
    """Return the crossings of a world, by day; `tell` adds their facts."""
    count = max(2, round(people * knobs.crossing_share), sum(map(len, knobs.peak_loads)))
    riders = _riders(rng, cast)
    organisers = cast.of("organiser")
    weights = [rng.uniform(0.4, 2) for _ in organisers]
    ids, boat_ids = tokens(rng, "C", count), tokens(rng, "B", count)
    seats = _seats(rng, knobs, count, len(riders))
    rigid: list[Boat] = []
    boarded = 0
    crossings: list[Crossing] = []
    counted = sum(map(len, knobs.peak_loads))
    plan = [
        (day, seat, nth < counted) for nth, (day, seat) in enumerate(zip(_days(rng, knobs, count), seats, strict=True))
    ]
    for day, seat, fixed in rng.sample(plan, count):
        organiser = rng.choices(organisers, weights)[0].id
        # A rigid boat that came back is used again; an inflatable is left on the beach.
        old = rigid if rng.random() < 0.05 else []
        boat = rng.choice(old) if old else _boat(rng, boat_ids.pop())
        site = rng.choice(places.LAUNCH_SITES)
        crossing = Crossing(
            ids.pop(), day, boat, organiser, site, rng.choice(places.LANDING_SITES), rng.choice(places.INTERCEPTORS)
        )
        pilot = rng.choice(cast.team(organiser, "pilot"))
        crossing.pilots = [pilot.id]
        # The fixed loads of the peak may exceed the number of people; the remaining number is then negative.
        upto = boarded + seat if seat >= 0 else max(boarded, len(riders) + seat)
        crossing.passengers = [person.id for person in riders[boarded:upto]]
        boarded = upto
        if boat.kind == "rigid inflatable":
            rigid.append(boat)
        crossing.strangers = 0 if fixed else rng.choice((0, 0, 0, 1, 2))
        crossings.append(crossing)
    _second_attempts(rng, knobs, crossings)
    return sorted(crossings, key=lambda crossing: (crossing.day, crossing.id))


def _second_attempts(rng: random.Random, knobs: Knobs, crossings: list[Crossing]) -> None:
    """Let some people try again after the French stopped their boat, so that they appear on two crossings."""
    early = [crossing for crossing in crossings if crossing.day < knobs.day_peak and len(crossing.passengers) > 2]
    before: dict[dt.date, list[Crossing]] = {}
    for crossing in crossings:
        if crossing.day not in before:
            before[crossing.day] = [earlier for earlier in early if earlier.day < crossing.day]
        if before[crossing.day] and rng.random() < 0.25:
            first = rng.choice(before[crossing.day])
            first.intercepted_by, first.landing = places.FRENCH_INTERCEPTOR, ("", 0.0, 0.0)
            again = rng.sample(crossing.passengers, min(4, len(crossing.passengers)))
            first.passengers += [person for person in again if person not in first.passengers]


def tell(rng: random.Random, cast: Cast, crossings: list[Crossing], facts: Facts) -> None:
    """Add the facts of each crossing: organiser, pilots, assistants, drivers, housing and payments."""
    for crossing in crossings:
        day, place = crossing.day, crossing.launch[0]
        facts.add(TrueFact(crossing.organiser, "ORGANISED", crossing.id, day, place=place))
        facts.add(TrueFact(cast.people[crossing.organiser].gang, "ORGANISED", crossing.id, day))
        facts.add(TrueFact(crossing.boat.id, "USED_ON", crossing.id, day))
        for pilot in crossing.pilots:
            facts.add(TrueFact(pilot, "PILOTED", crossing.id, day, place=place))
            facts.add(TrueFact(pilot, "CROSSED_ON", crossing.id, day))
        assistants = cast.team(crossing.organiser, "assistant")
        for assistant in rng.sample(assistants, min(2, len(assistants))):
            facts.add(TrueFact(assistant.id, "ASSISTED", crossing.id, day, place=place))
        boss = crossing.organiser
        crew = {role: rng.choice(cast.team(boss, role)) for role in ("driver", "keeper", "cashier", "recruiter")}
        enforcers = [person for person in cast.team(boss, "enforcer") if person.role == "enforcer"]
        for passenger in crossing.passengers:
            facts.add(TrueFact(passenger, "CROSSED_ON", crossing.id, day))
            recruiter = crew["recruiter"] if rng.random() < 0.6 else rng.choice(cast.team(boss, "recruiter"))
            weeks = day - dt.timedelta(days=rng.randrange(10, 60))
            facts.add(TrueFact(recruiter.id, "RECRUITED", passenger, weeks))
            facts.add(TrueFact(crew["driver"].id, "TRANSPORTED", passenger, day, place=place))
            if rng.random() < 0.6:
                facts.add(TrueFact(crew["keeper"].id, "HOUSED", passenger, weeks, day))
            fee = rng.randrange(15, 50) * 100
            facts.add(TrueFact(passenger, "PAID", crew["cashier"].id, weeks, amount=fee, currency="EUR"))
            if rng.random() < 0.2:
                lender = rng.choice([crew["cashier"], crew["keeper"], recruiter])
                facts.add(TrueFact(passenger, "OWES", lender.id, weeks, amount=fee // 2, currency="EUR"))
            if enforcers and rng.random() < 0.2:
                facts.add(TrueFact(rng.choice(enforcers).id, "COERCED", passenger, day))
