"""Official records: registers of boats, bills, bank rows, appointment books, inspections, seizures, custody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from graphsvc.simulate.facts import TrueFact
from graphsvc.simulate.statements import InventedClaim, InventedStatement, Statement, after

# Long books are delivered in parts of this many claims.
_ROWS = 60


def build(telling: InventedStatement) -> list[Statement]:
    """Return all records of a world: every claim in them is true, but many facts are not recorded."""
    statements = [
        *_crossings(telling),
        *_bills(telling),
        *_banks(telling),
        *_services(telling),
        *_inspections(telling),
        *_seizures(telling),
        *_screenings(telling),
        *_custody(telling),
        *_surveillance(telling),
        *_companies(telling),
    ]
    for statement in statements:
        telling.grade(statement, true=True)
        # A record is handed over unchanged, so only its coverage can be in doubt.
        statement.grade, statement.assessment = "1", telling.rng.choice("AAAB")
    return statements


def _record(source: str, taken: dt.date, summary: str, facts: Iterable[TrueFact]) -> Statement:
    claims = [InventedClaim(fact, fact.on.isoformat() if fact.on else "") for fact in facts]
    return Statement("record", source, after(taken, claims), summary, claims)


def _parts(source: str, taken: dt.date, summary: str, facts: list[TrueFact]) -> list[Statement]:
    """Split a long book into parts."""
    return [_record(source, taken, summary, facts[start : start + _ROWS]) for start in range(0, len(facts), _ROWS)]


def _traces(
    telling: InventedStatement, facts: Iterable[TrueFact], chance: float | Callable[[TrueFact], float]
) -> list[TrueFact]:
    """Return the facts that left a trace and were found."""
    limit = chance if callable(chance) else lambda _: chance
    return [fact for fact in facts if telling.rng.random() < limit(fact)]


def _after(telling: InventedStatement, days: int = 90) -> dt.date:
    return telling.world.knobs.day_peak + dt.timedelta(days=telling.rng.randrange(20, 20 + days))


def _crossings(telling: InventedStatement) -> list[Statement]:
    facts, coverage = telling.world.facts, telling.world.knobs.register_coverage
    records = []
    for crossing in telling.world.crossings:
        known = [fact for fact in facts.about(crossing.id) if fact.relation in ("CROSSED_ON", "USED_ON")]
        register = _traces(telling, known, coverage)
        source = f"Register of arrivals, {crossing.landing[0] or crossing.launch[0]}"
        records.append(_record(source, crossing.day, "Those found aboard, as registered.", register))
    return records


def _bills(telling: InventedStatement) -> list[Statement]:
    """Return phone records: bills name phones, handsets name people. A call is known if either phone's record is."""
    world, rng = telling.world, telling.rng
    records = []
    for owner, phone in world.things.phone.items():
        if rng.random() >= world.knobs.bill_coverage:
            continue
        handset = rng.random() < 0.3
        end = owner if handset else phone
        calls = [fact for fact in world.facts.about(end) if fact.relation == "CONTACTED"]
        used = [fact for fact in world.facts.about(phone) if fact.relation == "USED"]
        # A prepaid phone has no subscriber, so the bill does not say whose it is.
        known = used if handset or rng.random() < 0.7 else []
        summary = "Contents of a handset." if handset else "Calls of one number."
        records.append(
            _record("Handset download" if handset else "Phone operator", _after(telling), summary, known + calls)
        )
    return records


def _banks(telling: InventedStatement) -> list[Statement]:
    world, coverage = telling.world, telling.world.knobs.bank_coverage
    hubs, accounts = telling.hubs, set(world.things.account.values())

    def chance(fact: TrueFact) -> float:
        # Hubs have their money carried; payments between accounts are easier to find.
        if fact.subject in hubs or fact.object in hubs:
            return coverage * 0.5
        return coverage * (1.2 if fact.subject in accounts else 0.8)

    records = _parts("Bank", _after(telling), "Payments.", _traces(telling, world.facts.of("PAID"), chance))
    holders = [fact for fact in world.facts.of("USED") if fact.object in accounts]
    return records + _parts("Bank", _after(telling), "Holders of accounts.", _traces(telling, holders, 0.6))


def _services(telling: InventedStatement) -> list[Statement]:
    """Return helpers' books: the people they served, and where they work."""
    records = []
    for helper in telling.world.cast.helpers:
        served = [
            fact
            for fact in telling.world.facts.about(helper.id)
            if (fact.relation == "SERVED" and fact.subject == helper.id) or fact.relation == "LOCATED_AT"
        ]
        book = _traces(telling, served, 0.85)
        records += _parts(f"Book of a {helper.role}", _after(telling), "People served.", book)
    return records


def _inspections(telling: InventedStatement) -> list[Statement]:
    records = []
    for workplace in telling.world.workplaces:
        chances = {"WORKED_AT": 0.75, "LIVED_AT": 0.75, "MANAGED": 0.6}
        present = telling.world.facts.about(workplace.id)
        facts = _traces(telling, present, lambda fact, chances=chances: chances.get(fact.relation, 0.0))  # type: ignore[misc]
        if facts:
            records.append(_record("Labour inspection", _after(telling), f"Visit to a {workplace.sector}.", facts))
    return records


def _seizures(telling: InventedStatement) -> list[Statement]:
    facts = telling.world.facts
    records = _parts("Seizure log", _after(telling), "Boat parts seized.", _traces(telling, facts.of("PART_OF"), 0.9))
    parts = {fact.subject for fact in facts.of("PART_OF")}
    stored = [fact for fact in facts.of("LOCATED_AT") if fact.subject in parts]
    records += _parts("Seizure log", _after(telling), "Where parts came from.", _traces(telling, stored, 0.6))
    kinds = {thing.id: thing.kind for thing in telling.world.things.rows}
    used_things = [fact for fact in facts.of("USED") if kinds.get(fact.object) in ("vehicle", "document", "address")]
    return records + _parts("Search log", _after(telling), "Things found.", _traces(telling, used_things, 0.6))


def _screenings(telling: InventedStatement) -> list[Statement]:
    """Return family and addresses, as noted when people are registered."""
    facts, people = telling.world.facts, telling.world.cast.people
    housed = [fact for fact in facts.of("LOCATED_AT") if fact.subject in people]
    noted = _traces(telling, facts.of("RELATED_TO"), 0.6) + _traces(telling, housed, 0.5)
    shared = _traces(telling, facts.of("X_SHARED_ROOM_WITH"), 0.8)
    return _parts("Screening", _after(telling), "Family and address.", noted + shared)


def _custody(telling: InventedStatement) -> list[Statement]:
    """Return arrests at the tiller, or while helping at the beach."""
    caught = _traces(telling, telling.world.facts.of("PILOTED"), 0.4)
    caught += _traces(telling, telling.world.facts.of("ASSISTED"), 0.15)
    records = [_record("Custody record", fact.on or _after(telling), "Arrest at a landing.", [fact]) for fact in caught]
    candidates = telling.world.candidates()
    for fact in caught:
        day = f"{fact.on:%Y-%m}" if fact.on else ""
        person = telling.world.cast.people[fact.subject]
        if telling.world.knobs.hard:
            # In a hard world a charge may fall on any candidate, so that it reveals nothing about the part played.
            person = telling.world.cast.people[telling.rng.choice(candidates)]
        word = "convicted" if telling.rng.random() < 0.3 else "suspect"
        if not any(entry.startswith(word) for entry in person.category):
            person.category.append(f"{word}@{day}" if day else word)
    return records


def _surveillance(telling: InventedStatement) -> list[Statement]:
    """Return observation logs of people seen together. Hubs avoid the street, so they appear less often."""
    hubs = telling.hubs

    def chance(fact: TrueFact) -> float:
        if telling.world.knobs.hard:
            return 0.5
        return 0.25 if fact.subject in hubs or fact.object in hubs else 0.6

    seen = _traces(telling, telling.world.facts.of("ASSOCIATES_WITH"), chance)
    telling.rng.shuffle(seen)
    return _parts("Observation log", _after(telling), "Seen together.", seen)


def _companies(telling: InventedStatement) -> list[Statement]:
    """Return registered owners of workplaces, in hard worlds only, where ownership says little about control."""
    world = telling.world
    if world.knobs.hard is None:
        return []
    hubs = telling.hubs
    owned = [fact for fact in world.facts.of("CONTROLS") if fact.subject in world.cast.people]
    listed = _traces(telling, owned, lambda fact: 0.1 if fact.subject in hubs else 0.75)
    return _parts("Register of companies", _after(telling), "Owners of premises.", listed)
