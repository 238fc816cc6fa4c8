"""Intelligence reports: mixed grades, partly wrong, more about people at the bottom than at the top."""

from __future__ import annotations

import datetime as dt

from graphsvc.simulate.cast import HUBS
from graphsvc.simulate.facts import TrueFact
from graphsvc.simulate.statements import DENIALS, InventedClaim, InventedStatement, Statement, after, unique

# Relative frequency of relations in reports.
_TOLD = {
    "DIRECTED": 1.0,
    "PAID": 0.35,
    "ORGANISED": 1.2,
    "SUPPLIED": 1.2,
    "RUNS": 6.0,
    "CONTROLS": 2.5,
    "MEMBER_OF": 1.2,
    "ASSISTED": 0.6,
    "PILOTED": 0.8,
    "ASSOCIATES_WITH": 0.7,
    "RIVAL_OF": 1.5,
    "SAME_AS": 3.0,
    "USED": 0.3,
    "MANAGED": 1.0,
    "X_LENT_PHONE_TO": 1.5,
    "X_VOUCHED_FOR": 0.8,
}
# Chance that a claim is wrong, by assessment.
_WRONG = {"A": 0.04, "B": 0.08, "C": 0.16, "D": 0.24, "E": 0.5}
_SUBJECTS = (
    "Movements and contacts of a group on the coast.",
    "Who arranges places on boats.",
    "Money and instructions within a group.",
    "Control of premises and of those who work there.",
    "Quarrels between groups.",
)


def build(telling: InventedStatement) -> list[Statement]:
    """Return the reports of a world; each is about one gang and its surroundings."""
    world, rng = telling.world, telling.rng
    pools = _pools(telling)
    gangs = sorted(pools)
    weights = [len(pools[gang][0]) for gang in gangs]
    reports = []
    for number in range(max(6, round(len(world.cast.people) * world.knobs.report_share))):
        facts, edges = pools[rng.choices(gangs, weights)[0]]
        taken = world.knobs.day_peak + dt.timedelta(days=rng.randrange(-60, 150))
        source = f"R{rng.randrange(1, 10 + number // 3):03d}"
        report = Statement("intelligence", source, taken, rng.choice(_SUBJECTS))
        telling.grade(report, true=rng.random() < 0.7)
        chosen = {fact.key: fact for fact in rng.choices(facts, edges, k=rng.randrange(2, 8))}
        report.claims = unique(_claim(telling, report, fact) for fact in chosen.values())
        report.taken = after(taken, report.claims)
        reports.append(report)
    return reports


def _pools(telling: InventedStatement) -> dict[str, tuple[list[TrueFact], list[float]]]:
    """Return facts that a report about each gang can contain, with their weights."""
    people, depth = telling.world.cast.people, telling.world.knobs.report_depth
    gangs = {gang.id for gang in telling.world.cast.gangs}
    pools: dict[str, tuple[list[TrueFact], list[float]]] = {}
    linking = set(telling.world.linking())
    for fact in [*telling.world.facts.of(*_TOLD), *telling.world.rumours]:
        subject = people.get(fact.subject)
        gang = fact.subject if fact.subject in gangs else subject.gang if subject else ""
        if subject is not None and (subject.id in linking or subject.same_as or subject.role == "bystander"):
            # People who link gangs, or are outside them, belong in reports about the gang of the other person.
            partner = people.get(subject.same_as or fact.object)
            gang = (partner.gang if partner else "") or gang
        if not gang:
            continue
        hub = subject is not None and subject.role in HUBS
        facts, weights = pools.setdefault(gang, ([], []))
        facts.append(fact)
        weights.append(_TOLD[fact.relation] * (depth if hub else 1.0))
    return pools


def _claim(telling: InventedStatement, report: Statement, fact: TrueFact) -> InventedClaim:
    """Return the fact as reported: at times about the wrong person, denied, or graded unlike its report."""
    rng = telling.rng
    grade = rng.choice("ABCDE") if rng.random() < 0.15 else report.assessment
    wrong = None
    if fact.subject in telling.world.cast.people and rng.random() < _WRONG[grade]:
        wrong = telling.misjudge(fact)
    mistaken = wrong is not None or fact.key not in telling.world.facts
    claim = InventedClaim(wrong or telling.known_as(fact), telling.date(fact.on), mistaken=mistaken)
    if wrong is None and rng.random() < (0.25 if fact.relation == "SAME_AS" else 0.04):
        claim.polarity, claim.notes = "denies", rng.choice(DENIALS)
    claim.assessment = grade if grade != report.assessment else ""
    return claim
