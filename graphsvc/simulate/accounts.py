"""Witness statements: the witnesses, what each could have seen, and what each says, truly or falsely."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from graphsvc.simulate import lies
from graphsvc.simulate.cast import AIDES, FORCED, InventedPerson
from graphsvc.simulate.facts import TrueFact
from graphsvc.simulate.statements import DENIALS, InventedClaim, InventedStatement, Statement, swap_subject, unique

# Weights of roles among the witnesses.
_WITNESSES = {"carried": 64, "worker": 22, "aide": 10, "bystander": 4}
# In hard worlds more of the witnesses are insiders, with more to hide.
_HARD_WITNESSES = _WITNESSES | {"aide": 110}
# Chance that a source mentions a fact about itself, about its boat or workplace, or (insiders) about its boss.
_SELF = {
    "CROSSED_ON": 1.0,
    "PILOTED": 0.7,
    "ASSISTED": 0.8,
    "WORKED_AT": 1.0,
    "MANAGED": 0.9,
    "LIVED_AT": 0.8,
    "RECRUITED": 0.75,
    "TRANSPORTED": 0.65,
    "HOUSED": 0.6,
    "COERCED": 0.8,
    "DIRECTED": 0.65,
    "PAID": 0.45,
    "OWES": 0.5,
    "SERVED": 0.25,
    "CONTACTED": 0.08,
    "ASSOCIATES_WITH": 0.3,
    "RELATED_TO": 0.3,
    "MEMBER_OF": 0.5,
    "RIVAL_OF": 0.8,
    "X_SHARED_ROOM_WITH": 0.6,
    "X_LENT_PHONE_TO": 0.6,
}
_THERE = {"PILOTED": 0.85, "ASSISTED": 0.6, "USED_ON": 0.5, "MANAGED": 0.85, "CROSSED_ON": 0.1, "WORKED_AT": 0.12}
_BOSS = {"ORGANISED": 0.45, "CONTROLS": 0.6, "DIRECTED": 0.22, "PAID": 0.12, "MEMBER_OF": 0.4, "RUNS": 0.5}
# In hard worlds: chance that the acts of a person who is not a hub are seen, and relations that hubs still report about
# themselves.
_NO_HUB = {"ORGANISED": 0.45, "CONTROLS": 0.45}
_OWN = ("CROSSED_ON", "WORKED_AT", "LIVED_AT", "CONTACTED", "ASSOCIATES_WITH", "RELATED_TO", "RIVAL_OF", "OWES")
# Draws repeated until a witness has something to say.
_TRIES = 20
# Every tenth statement has no sanitised version.
_NOT_SANITISED = 10
_INTERESTS = (
    "Asylum claim pending; asked how giving evidence would bear on it.",
    "Told that support would be considered; nothing was promised.",
    "Still owes part of the fare.",
    "Family member waits on the other side of the Channel.",
    "Awaits a decision as a potential victim of trafficking.",
    "Faces prosecution; hopes that help is taken into account.",
)


@dataclass(frozen=True)
class _Slot:
    """One statement to be given: witness, boat or workplace, number among the witness's statements, and day."""

    witness: InventedPerson
    scene: str
    nth: int
    taken: dt.date


def build(telling: InventedStatement, false_share: float) -> list[Statement]:
    """Generate the witness statements of a world; exactly the rounded share of them is false.

    Args:
        telling: draws the wording and grading.
        false_share: share of the statements that are false, 0 to 1.
    """
    rng, world = telling.rng, telling.world
    days = {crossing.id: crossing.day for crossing in world.crossings}
    slots = [
        _Slot(witness, scene, nth, _day_taken(telling, days.get(scene, world.knobs.day_peak), nth))
        for witness, scene in _witnesses(telling)
        for nth in range(rng.choices((1, 2), (75, 25))[0])
    ]
    scenes = [slot.scene for slot in slots]
    plots: dict[int, lies.Plot] = {}
    hard = world.knobs.hard
    most = hard.agreed if hard else 4
    count = round(false_share * len(slots))
    alone = dict.fromkeys(_insiders_who_lie(telling, slots, false_share) if hard else ())
    rest = [position for position in range(len(slots)) if position not in alone]
    agreed_on = lies.groups(
        rng, [scenes[position] for position in rest], count - len(alone), world.knobs.collusion, most
    )
    for group in [[position] for position in alone] + [[rest[place] for place in places] for places in agreed_on]:
        agreed = lies.plot(rng, world, [slots[position].witness for position in group], slots[group[0]].scene)
        plots |= dict.fromkeys(group, agreed)
    told_of: dict[str, list[lies.Plot]] = {}
    for position, agreed in plots.items():
        told_of.setdefault(scenes[position], []).append(agreed)
    interpreters = rng.sample(world.cast.of("interpreter"), len(world.cast.of("interpreter")))
    about = {crossing.id: f"a boat from {crossing.launch[0]}" for crossing in world.crossings}
    about |= {workplace.id: f"work at a {workplace.sector}" for workplace in world.workplaces}
    statements: list[Statement] = []
    claims_before: dict[str, list[InventedClaim]] = {}
    for number, slot in enumerate(slots):
        story = plots.get(number)
        of = about[slot.scene]
        summary = f"Further account of {of}." if slot.nth else f"Account of {of}."
        statement = Statement("witness", slot.witness.id, slot.taken, summary, false=story is not None)
        if world.knobs.sanitised and number % _NOT_SANITISED:
            statement.sanitised = f"A person who was there describes {of}."
        well = hard is not None and story is not None and rng.random() < hard.smooth
        telling.grade(statement, true=story is None, well=well)
        statement.on_record = "yes" if rng.random() < 0.6 else ""
        statement.interpreter = telling.interpreter(slot.witness, interpreters)
        statement.interest = _interest(telling, story)
        stories = told_of.get(slot.scene, [])
        earlier = claims_before.get(slot.witness.id, [])
        claims = _honest(telling, slot, stories, earlier) if story is None else _false(telling, slot, story)
        statement.claims = unique(claims)
        claims_before[slot.witness.id] = statement.claims
        statements.append(statement)
    _retract(telling, statements)
    return statements


def _insiders_who_lie(telling: InventedStatement, slots: list[_Slot], false_share: float) -> list[int]:
    """Choose the false statements of aides. They lie individually: in groups, whole boats would crowd them out."""
    aides = [number for number, slot in enumerate(slots) if slot.witness.boss]
    lying = [number for number in aides if telling.rng.random() < false_share]
    return lying[: round(false_share * len(slots))]


def _day_taken(telling: InventedStatement, event: dt.date, nth: int) -> dt.date:
    return event + dt.timedelta(days=telling.rng.randrange(2, 60) + nth * telling.rng.randrange(61, 110))


def _witnesses(telling: InventedStatement) -> list[tuple[InventedPerson, str]]:
    """Choose the witnesses, each with the boat or workplace they speak of; often several share one."""
    rng, world = telling.rng, telling.world
    crowds = {crossing.id: crossing.passengers for crossing in world.crossings} | {
        workplace.id: workplace.workers for workplace in world.workplaces
    }
    scenes: dict[str, list[str]] = {}
    for scene, crowd in crowds.items():
        for token in crowd:
            scenes.setdefault(token, []).append(scene)
    pools = {
        "carried": world.cast.of("carried"),
        "worker": world.cast.of("worker"),
        "aide": _insiders(telling),
        "bystander": world.cast.of("bystander"),
    }
    peak = [crossing.id for crossing in world.crossings if crossing.day == world.knobs.day_peak]
    count = max(4, round(len(world.cast.people) * world.knobs.witness_share))
    kinds = _HARD_WITNESSES if world.knobs.hard else _WITNESSES
    witnesses: dict[str, str] = {}
    spoken_of: list[str] = []
    while len(witnesses) < count:
        if witnesses and rng.random() < world.knobs.clustering:
            scene = rng.choice(spoken_of)
            token = rng.choice(crowds[scene] or [""])
        elif world.knobs.from_peak and rng.random() < world.knobs.from_peak:
            scene = rng.choice(peak)
            token = rng.choice(crowds[scene] or [""])
        else:
            token = rng.choice(pools[rng.choices(list(kinds), list(kinds.values()))[0]]).id
            scene = _scene(telling, token, scenes)
        if token and token not in witnesses:
            witnesses[token] = scene
            spoken_of.append(scene)
    return [(world.cast.people[token], scene) for token, scene in witnesses.items()]


def _insiders(telling: InventedStatement) -> tuple[InventedPerson, ...]:
    """Return members who may be witnesses: aides; in a hard world anyone rankable, so that this reveals nothing."""
    cast = telling.world.cast
    return cast.aides + cast.hubs + cast.helpers + cast.of(FORCED) if telling.world.knobs.hard else cast.aides


def _scene(telling: InventedStatement, token: str, scenes: dict[str, list[str]]) -> str:
    """Choose what is described: the witness's boat or workplace, one they or their boss took part in, or any boat."""
    person = telling.world.cast.people[token]
    own = scenes.get(token, [])
    part = [
        fact.object for fact in telling.world.facts.about(token) if fact.relation in ("PILOTED", "ASSISTED", "MANAGED")
    ]
    boss = [
        fact.object for fact in telling.world.facts.about(person.boss) if fact.relation in ("ORGANISED", "CONTROLS")
    ]
    return telling.rng.choice(own or part or boss or [crossing.id for crossing in telling.world.crossings])


def _facts_seen(telling: InventedStatement, slot: _Slot) -> list[TrueFact]:
    """Return facts that the witness could have seen by the day of the statement, and remembers."""
    rng, world, me = telling.rng, telling.world, slot.witness
    hard, hubs = world.knobs.hard, telling.hubs

    def chance(fact: TrueFact, base: float) -> float:
        if hard is None or not base:
            return base
        if me.id in hubs and fact.subject == me.id and fact.relation not in _OWN:
            return 0.0
        if fact.subject in world.cast.people and fact.subject not in hubs:
            base = _NO_HUB.get(fact.relation, base)
        return base * (hard.hub_seen if {fact.subject, fact.object} & hubs else 1)

    def recall_facts(token: str, chances: Mapping[str, float]) -> list[TrueFact]:
        past = [fact for fact in world.facts.about(token) if fact.on is None or fact.on <= slot.taken]
        return [fact for fact in past if rng.random() < chance(fact, chances.get(fact.relation, 0.0))]

    scene_chances = _THERE | {"ORGANISED": world.knobs.organiser_seen, "CONTROLS": world.knobs.controller_seen}
    for _ in range(_TRIES):
        seen = recall_facts(me.id, _SELF) + recall_facts(slot.scene, scene_chances)
        seen += recall_facts(me.boss, _BOSS) if me.boss else []
        if seen:
            break
    if hard and not seen:
        # A boat or a place can always be described.
        seen = [fact for fact in world.facts.about(slot.scene) if fact.relation in ("USED_ON", "WORKED_AT")][:1]
    return seen


def _honest(
    telling: InventedStatement, slot: _Slot, stories: list[lies.Plot], earlier: list[InventedClaim]
) -> list[InventedClaim]:
    """Make the claims of a true statement, with honest mistakes; it may rebut a lie or withdraw an earlier claim."""
    rng, world = telling.rng, telling.world
    claims = []
    for fact in _facts_seen(telling, slot):
        substitute = None
        if fact.subject in world.cast.people and fact.subject != slot.witness.id and rng.random() < world.knobs.mistake:
            substitute = telling.misjudge(fact)
        substitute = substitute or _rumour(telling, fact)
        claim = telling.account(slot.witness.id, substitute or telling.known_as(fact))
        claim.mistaken = substitute is not None
        claims.append(claim)
    people = world.cast.people
    named = [claim.fact.subject for claim in claims if claim.fact.subject in people]
    aides = [token for token in named if people[token].role in AIDES]
    if aides and rng.random() < world.knobs.attribution:
        # The most visible contact is easily mistaken for the organiser.
        around = world.facts.about(slot.scene)
        wrong = [swap_subject(fact, rng.choice(aides)) for fact in around if fact.relation in ("ORGANISED", "CONTROLS")]
        for fact in lies.untrue(world, wrong)[:1]:
            claims.append(telling.account(slot.witness.id, fact))
            claims[-1].mistaken = True
    for story in stories:
        if rng.random() < world.knobs.rebuttal and story.target != slot.witness.id:
            claims.insert(0, _denial(telling, story.shared[0]))
    retractable = [claim for claim in earlier if claim.polarity == "asserts" and claim.fact.subject != slot.witness.id]
    if retractable and rng.random() < 0.4:
        taken_back = rng.choice(retractable)
        claims.insert(0, InventedClaim(taken_back.fact, polarity="withdrawn", notes="Is no longer sure of this."))
    return claims


def _rumour(telling: InventedStatement, fact: TrueFact) -> TrueFact | None:
    """At times, replace the person who runs a gang by its loudest member."""
    hard = telling.world.knobs.hard
    if hard is None or fact.relation != "RUNS" or telling.rng.random() >= hard.loud:
        return None
    rumours = [rumour for rumour in telling.world.rumours if rumour.object == fact.object]
    return telling.rng.choice(rumours) if rumours else None


def _false(telling: InventedStatement, slot: _Slot, story: lies.Plot) -> list[InventedClaim]:
    """Make the claims of a false statement: the agreed story, mixed with true facts that do not harm the hidden hub."""
    rng, world = telling.rng, telling.world
    hidden = {story.hidden} | ({slot.witness.boss} & telling.hubs)
    claims = [
        telling.account(slot.witness.id, fact) for fact in (*story.shared, *lies.own(rng, world, story, slot.witness))
    ]
    for claim in claims:
        claim.planted = True
    denied = [_denial(telling, fact) for fact in story.denied]
    true = [fact for fact in _facts_seen(telling, slot) if not {fact.subject, fact.object} & hidden]
    return claims + denied + [telling.account(slot.witness.id, telling.known_as(fact)) for fact in true]


def _denial(telling: InventedStatement, fact: TrueFact) -> InventedClaim:
    """Deny a fact, in the same wording for true and false denials."""
    return InventedClaim(fact, polarity="denies", notes=telling.rng.choice(DENIALS))


def _interest(telling: InventedStatement, story: lies.Plot | None) -> str:
    """Return a note on the source's interest: more frequent for liars, but not exclusive to them."""
    if story is not None and telling.rng.random() < 0.45:
        return story.interest
    return telling.rng.choice(_INTERESTS) if telling.rng.random() < 0.5 else ""


def _retract(telling: InventedStatement, statements: list[Statement]) -> None:
    """Mark some false statements as retracted, and some true ones as withdrawn, as happens mostly out of fear."""
    knobs, rng = telling.world.knobs, telling.rng
    for false, share, status in (
        (True, knobs.retraction, "retracted_as_false"),
        (False, knobs.withdrawal, "withdrawn"),
    ):
        candidates = [statement for statement in statements if statement.false is false]
        for statement in rng.sample(candidates, min(len(candidates), max(1, round(share * len(candidates))))):
            statement.status = status
            statement.status_on = (statement.taken + dt.timedelta(days=rng.randrange(10, 120))).isoformat()
