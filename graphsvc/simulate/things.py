"""Phones, vehicles, addresses, bank accounts, handles, papers and boat parts, with their users and locations."""

from __future__ import annotations

import random
from dataclasses import dataclass

from graphsvc.simulate import names, places
from graphsvc.simulate.cast import DOUBLE, HUBS, PASSIVE, Cast, InventedPerson, tokens
from graphsvc.simulate.facts import Facts, TrueFact
from graphsvc.simulate.knobs import Knobs
from graphsvc.simulate.sea import Crossing

# Role → chance that a person's phone is in the case.
_PHONE = {"carried": 0.5, "worker": 0.5, "bystander": 0.8, "double": 0.0} | dict.fromkeys(HUBS, 0.7)
_PHONE_OTHERWISE = 0.85
_VEHICLE = ("driver", "taxi driver", "keeper", "supplier")
_ACCOUNT = {"cashier": 0.9, "money transfer agent": 1.0, "manager": 0.5} | dict.fromkeys(HUBS, 0.35)
_ORGANISATION = {
    "charity worker": "Channel Welcome Trust",
    "taxi driver": "Beacon Cars",
    "landlord": "Saltern Lettings",
    "doctor": "Orchard Gap Surgery",
    "interpreter": "Clear Word Interpreting",
    "money transfer agent": "Kestrel Transfers",
}
# In hard worlds possessions reveal nothing about a person's part: all rankable people have the same chances.
_HARD_PHONE, _HARD_VEHICLE, _HARD_ACCOUNT, _HARD_ONLINE = 0.75, 0.25, 0.35, 0.1
_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"


@dataclass(slots=True)
class Thing:
    """One row of things.csv."""

    id: str
    kind: str
    value: str
    name: str = ""


class Things:
    """The things of a world, and each person's phone and account (person id → thing id)."""

    def __init__(self, rng: random.Random, most: int) -> None:
        self._rng = rng
        self._ids = tokens(rng, "T", most)
        self.rows: list[Thing] = []
        self.phone: dict[str, str] = {}
        self.account: dict[str, str] = {}

    def new(self, kind: str, value: str, name: str = "") -> str:
        """Add a thing; return its id."""
        self.rows.append(Thing(self._ids.pop(), kind, value, name))
        return self.rows[-1].id

    def serial(self, digits: int) -> str:
        """Return random digits."""
        return f"{self._rng.randrange(10**digits):0{digits}d}"


def build(rng: random.Random, knobs: Knobs, cast: Cast, crossings: list[Crossing], facts: Facts) -> Things:
    """Make all things of a world; add their users, locations, and calls and payments between them."""
    things = Things(rng, 4 * len(cast.people) + 100)
    ranked = (
        {person.id for person in cast.people.values() if person.role not in (*PASSIVE, DOUBLE)} if knobs.hard else set()
    )
    _phones(rng, cast, ranked, things, facts)
    homes = [things.new("address", _address(rng)) for _ in range(max(2, len(cast.people) // 40))]
    organisations = {role: things.new("organisation", "", name) for role, name in _ORGANISATION.items()}
    for person in cast.people.values():
        _belongings(rng, person, person.id in ranked, things, facts)
        if person.role in organisations and (not knobs.hard or _serves(person, facts)):
            facts.add(TrueFact(person.id, "LOCATED_AT", organisations[person.role]))
        elif person.role != "double" and rng.random() < 0.25:
            facts.add(TrueFact(person.id, "LOCATED_AT", rng.choice(homes)))
    _parts(rng, cast, crossings, things, facts)
    _between_things(things, facts)
    return things


def _serves(person: InventedPerson, facts: Facts) -> bool:
    return any(fact.relation == "SERVED" and fact.subject == person.id for fact in facts.about(person.id))


def _phones(rng: random.Random, cast: Cast, ranked: set[str], things: Things, facts: Facts) -> None:
    def chance(owner: InventedPerson) -> float:
        return _HARD_PHONE if owner.id in ranked else _PHONE.get(owner.role, _PHONE_OTHERWISE)

    owners = [owner for owner in cast.people.values() if rng.random() < chance(owner)]
    for person, number in zip(owners, names.phone_numbers(rng, len(owners)), strict=True):
        thing = things.new("phone", number)
        things.phone[person.id] = thing
        facts.add(TrueFact(person.id, "USED", thing))
        # The user of a phone is often known only from calls, not from the person's papers.
        if rng.random() < 0.6:
            person.phones.append(number)


def _address(rng: random.Random) -> str:
    return f"{rng.randrange(1, 180)} {rng.choice(places.STREETS)}, {rng.choice(places.TOWNS)[0]}"


def _belongings(rng: random.Random, person: InventedPerson, hard: bool, things: Things, facts: Facts) -> None:
    """Add a person's vehicle, account, online handle and papers, with numbers in a form that is never issued."""
    used = []
    if rng.random() < _HARD_VEHICLE if hard else person.role in _VEHICLE and rng.random() < 0.7:
        # The age identifier 00 does not exist on British plates.
        letters = "".join(rng.choice(_LETTERS) for _ in range(5))
        used.append(things.new("vehicle", f"{letters[:2]}00 {letters[2:]}", rng.choice(("van", "car", "estate car"))))
    if rng.random() < (_HARD_ACCOUNT if hard else _ACCOUNT.get(person.role, 0.0)):
        # Check digits 00 make an invalid account number.
        account = things.new("account", f"GB00TEST{things.serial(14)}")
        things.account[person.id] = account
        used.append(account)
    if (
        rng.random() < _HARD_ONLINE
        if hard
        else person.role in ("recruiter", "manager", "broker") and rng.random() < 0.5
    ):
        used.append(things.new("online", f"@{rng.choice(places.FANCIES).lower().replace(' ', '_')}{things.serial(3)}"))
    if person.role == "carried" and rng.random() < 0.06:
        used.append(things.new("document", f"X{things.serial(7)}", "identity card"))
    for thing in used:
        facts.add(TrueFact(person.id, "USED", thing))


def _parts(rng: random.Random, cast: Cast, crossings: list[Crossing], things: Things, facts: Facts) -> None:
    """Add boat engines with serials; engines of one supplier were in one store, which the supplier uses."""
    supplier_of = {fact.object: fact.subject for fact in facts.of("SUPPLIED") if fact.subject in cast.people}
    stores: dict[str, str] = {}
    for crossing in crossings:
        boat = crossing.boat
        if boat.engine_hp == 0 or rng.random() < 0.5:
            continue
        engine = things.new("part", f"HK{things.serial(6)}", f"outboard engine, {boat.engine_hp} hp")
        facts.add(TrueFact(engine, "PART_OF", boat.id, crossing.day))
        supplier = supplier_of.get(boat.id)
        if supplier is not None and rng.random() < 0.5:
            if supplier not in stores:
                stores[supplier] = things.new("address", _address(rng), "store")
                facts.add(TrueFact(supplier, "USED", stores[supplier]))
            facts.add(TrueFact(engine, "LOCATED_AT", stores[supplier], crossing.day))


def _between_things(things: Things, facts: Facts) -> None:
    """Add calls between phones and payments between accounts as separate facts: bills and banks record only those."""
    for relation, of in (("CONTACTED", things.phone), ("PAID", things.account)):
        for fact in facts.of(relation):
            if fact.subject in of and fact.object in of:
                ends = of[fact.subject], of[fact.object]
                facts.add(
                    TrueFact(
                        ends[0],
                        relation,
                        ends[1],
                        fact.on,
                        weight=fact.weight,
                        amount=fact.amount,
                        currency=fact.currency,
                    )
                )
