"""Family `worlds`, by the project: a wide family of randomised worlds, made directly as claims.

Unlike `graphsvc.simulate`, which tells one story in detail, a world is a table of how often each relation holds between
roles. Every rate is drawn for each world, and so are coverage, collusion and kinds of lies (domain randomisation: Tobin
et al. 2017). Whole regions of the family can be held out (`region`).
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.case_folder import Case
from graphsvc.analysis.claims.claims import Claim, Person
from graphsvc.analysis.claims.dependence import shared_keys
from graphsvc.records.relations import RELATIONS

TOP = ("leader", "financier")
HUBS = ("organiser", "controller", "supplier", "broker", *TOP)
AIDES = ("pilot", "recruiter", "driver", "keeper", "cashier", "assistant", "enforcer", "manager")
OUTSIDE = ("taxi driver", "landlord", "interpreter", "charity worker", "transfer agent", "bystander")
SENIORS = ("go-between", "recruiter", "assistant", "cashier")

# Relation, roles of the subject, roles or kind of the object, where the object is found, rate of the pair.
# `cell`: same cell; `gang`: same gang; `touch`: something linked to the subject's cell; `any`.
_TIES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str, float], ...] = (
    ("DIRECTED", ("leader",), ("organiser", "controller"), "gang", 0.6),
    ("DIRECTED", ("leader",), ("go-between",), "gang", 0.15),
    ("DIRECTED", ("financier",), ("organiser", "controller"), "gang", 0.3),
    ("DIRECTED", ("organiser",), ("go-between",), "cell", 0.9),
    ("DIRECTED", ("organiser",), AIDES, "cell", 0.45),
    ("DIRECTED", ("go-between",), AIDES, "cell", 0.6),
    ("DIRECTED", SENIORS, AIDES, "cell", 0.12),
    ("DIRECTED", ("controller",), ("manager",), "cell", 0.8),
    ("DIRECTED", ("broker",), AIDES, "cell", 0.2),
    ("DIRECTED", ("supplier",), ("driver", "assistant"), "cell", 0.15),
    ("DIRECTED", AIDES, AIDES, "cell", 0.02),
    ("PAID", ("organiser", "go-between"), AIDES, "cell", 0.2),
    ("PAID", ("cashier",), AIDES, "cell", 0.25),
    ("PAID", ("cashier", "go-between"), ("organiser",), "cell", 0.5),
    ("PAID", ("organiser", "controller"), TOP, "gang", 0.45),
    ("PAID", ("organiser",), ("supplier", "broker"), "cell", 0.4),
    ("PAID", ("financier",), ("organiser", "supplier"), "gang", 0.25),
    ("PAID", ("manager",), ("controller",), "cell", 0.5),
    ("PAID", ("broker",), AIDES, "cell", 0.06),
    ("RECRUITED", ("organiser", "go-between"), AIDES, "cell", 0.15),
    ("RECRUITED", ("leader", "broker"), ("organiser", "controller"), "gang", 0.12),
    ("COERCED", ("enforcer",), AIDES, "cell", 0.05),
    ("ASSOCIATES_WITH", ("broker",), ("organiser", "controller", "supplier"), "cell", 0.5),
    ("ASSOCIATES_WITH", ("leader", "financier"), ("organiser", "controller", "supplier", "broker"), "gang", 0.12),
    ("ASSOCIATES_WITH", AIDES, AIDES, "cell", 0.2),
    ("ASSOCIATES_WITH", ("organiser",), AIDES, "cell", 0.12),
    ("CONTACTED", AIDES, AIDES, "cell", 0.3),
    ("CONTACTED", ("organiser", "controller", "go-between"), AIDES, "cell", 0.25),
    ("CONTACTED", ("leader", "financier", "broker", "supplier"), ("organiser", "controller", "go-between"), "gang", 0.2),
    ("ORGANISED", ("organiser",), ("crossing",), "touch", 1.0),
    ("ORGANISED", ("leader",), ("crossing",), "touch", 0.05),
    ("ORGANISED", ("go-between",), ("crossing",), "touch", 0.1),
    ("ORGANISED", ("recruiter", "assistant"), ("crossing",), "touch", 0.02),
    ("PILOTED", ("pilot",), ("crossing",), "touch", 0.25),
    ("ASSISTED", ("assistant", "driver", "recruiter"), ("crossing",), "touch", 0.25),
    ("ASSISTED", ("go-between",), ("crossing",), "touch", 0.2),
    ("ASSISTED", ("organiser",), ("crossing",), "touch", 0.04),
    ("SUPPLIED", ("supplier",), ("boat",), "touch", 0.6),
    ("SUPPLIED", ("assistant", "driver", "go-between"), ("boat",), "touch", 0.04),
    ("CONTROLS", ("controller",), ("workplace",), "touch", 0.9),
    ("MANAGED", ("manager",), ("workplace",), "touch", 0.7),
    ("MANAGED", ("controller",), ("workplace",), "touch", 0.08),
    ("RUNS", ("leader",), ("gang",), "touch", 0.9),
    ("RUNS", ("organiser",), ("gang",), "touch", 0.25),
    ("RUNS", ("go-between", "enforcer"), ("gang",), "touch", 0.05),
    ("MEMBER_OF", (*HUBS, *AIDES, "go-between"), ("gang",), "touch", 0.5),
)  # fmt: skip
# Experiences of passengers and workers: relation, roles that act on them, rate for each passenger.
_SUFFERED = (
    ("RECRUITED", ("recruiter",), 0.6), ("TRANSPORTED", ("driver",), 0.5), ("HOUSED", ("keeper",), 0.4),
    ("COERCED", ("enforcer",), 0.12), ("DIRECTED", ("assistant", "pilot"), 0.1), ("RECRUITED", ("broker",), 0.02),
    ("TRANSPORTED", ("taxi driver",), 0.2), ("HOUSED", ("landlord",), 0.2), ("COERCED", ("go-between",), 0.03),
)  # fmt: skip
_REGIONS = ("insulated", "planted", "scarce", "loud", "mixed")


@dataclass
class Tale:
    """One statement being put together."""

    kind: str
    source: str
    true: bool = True
    scene: str = ""
    claims: list[tuple[tuple[str, str, str], str]] = field(default_factory=list)


class World:
    """One world and the statements about it; `case()` returns it."""

    def __init__(self, seed: int, false_share: float, region: str = "") -> None:
        self.rng = rng = random.Random(f"worlds/{seed}")  # noqa: S311 - invented worlds, not secrets
        self.seed = seed
        self.region = region or _REGIONS[seed % len(_REGIONS)]
        self.false_share = false_share
        self.rates = [(*tie[:4], min(1.0, tie[4] * math.exp(rng.gauss(0, 0.7)))) for tie in (*_TIES, *self._odd_ties())]
        self.level = {name: rng.random() for name in ("CONTACTED", "ASSOCIATES_WITH", "RIVAL_OF")}
        self.suffered = [(*row[:2], min(1.0, row[2] * math.exp(rng.gauss(0, 0.6)))) for row in _SUFFERED]
        self.coverage = {name: min(1.0, math.exp(rng.gauss(-0.2, 0.4))) for name in RELATIONS}
        for name in RELATIONS:
            if rng.random() < 0.07:
                self.coverage[name] *= 0.1
        self.hidden = rng.uniform(0.55, 0.95) if self.region == "insulated" else rng.uniform(0.0, 0.6)
        self.scarcity = rng.uniform(0.3, 0.6) if self.region == "scarce" else rng.uniform(0.6, 1.2)
        self.mistake = rng.uniform(0.1, 0.25) if self.region == "loud" else rng.uniform(0.02, 0.12)
        self.near = rng.uniform(0.3, 0.9)
        self.collusion = rng.uniform(0.5, 1.0) if self.region == "planted" else rng.uniform(0.0, 0.8)
        self.story = rng.uniform(0.5, 1.0) if self.region == "planted" else rng.uniform(0.1, 0.7)
        self.skill = rng.uniform(0.0, 0.6)
        self.role: dict[str, str] = {}
        self.cell: dict[str, set[int]] = defaultdict(set)
        self.gang_of: list[int] = []
        self.facts: dict[tuple[str, str, str], None] = {}
        self.about: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self.things: dict[str, list[str]] = defaultdict(list)
        self._touch: dict[str, set[int]] = {}
        self.tales: list[Tale] = []
        self.shares: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._cast()
        self._happen()
        self._make_statements()

    def _odd_ties(self) -> list[tuple[str, tuple[str, ...], tuple[str, ...], str, float]]:
        """Return links contrary to any natural reading: in every world some relations also hold for odd roles."""
        rng = self.rng
        ties: list[tuple[str, tuple[str, ...], tuple[str, ...], str, float]] = []
        for _ in range(rng.randrange(2, 9)):
            relation = rng.choice(
                (
                    "DIRECTED",
                    "PAID",
                    "RECRUITED",
                    "ORGANISED",
                    "SUPPLIED",
                    "CONTROLS",
                    "RUNS",
                    "MANAGED",
                    "COERCED",
                    "OWES",
                )
            )
            kind = {
                "ORGANISED": "crossing",
                "SUPPLIED": "boat",
                "CONTROLS": "workplace",
                "MANAGED": "workplace",
                "RUNS": "gang",
            }
            object_role = kind.get(relation) or rng.choice((*AIDES, *HUBS, "go-between"))
            rate = rng.uniform(0.01, 0.12) if relation in ("DIRECTED", "PAID", "RECRUITED") else rng.uniform(0.02, 0.15)
            ties.append(
                (
                    relation,
                    (rng.choice((*AIDES, *HUBS, "go-between")),),
                    (object_role,),
                    "touch" if relation in kind else "cell",
                    rate,
                )
            )
        return ties

    # -- roles -----------------------------------------------------------------------------------------------------

    def _new(self, role: str, *cells: int) -> str:
        name = f"p{len(self.role):05d}"
        self.role[name] = role
        self.cell[name].update(cells)
        return name

    def _cast(self) -> None:
        rng = self.rng
        for gang in range(rng.randrange(2, 6)):
            self.things["gang"].append(f"g{gang}")
            cells = []
            for _ in range(rng.choice((1, 2, 2, 3, 4))):
                cells.append(len(self.gang_of))
                self.gang_of.append(gang)
            self._touch[f"g{gang}"] = set(cells)
            for cell in cells:
                self._staff(cell)
            if rng.random() < 0.75:
                self._new("leader", *cells)
            if rng.random() < 0.4:
                self._new("financier", *cells)
        cells = list(range(len(self.gang_of)))
        for _ in range(max(1, round(len(cells) * rng.uniform(0.2, 0.7)))):
            self._new("supplier", *rng.sample(cells, min(len(cells), rng.choice((1, 2, 2, 3)))))
        for _ in range(max(1, round(len(cells) * rng.uniform(0.15, 0.6)))):
            self._new("broker", *rng.sample(cells, min(len(cells), rng.choice((2, 2, 3)))))
        members = len(self.role)
        for _ in range(round(members * rng.uniform(0.15, 0.6))):
            self._new(rng.choice(OUTSIDE[:-1]))
        for _ in range(round(members * rng.uniform(0.2, 0.9))):
            self._new("bystander")

    def _staff(self, cell: int) -> None:
        rng = self.rng
        at_work = rng.random() < 0.3
        self._new("controller" if at_work else "organiser", cell)
        if rng.random() < 0.15:
            self._new("organiser", cell)
        for _ in range(rng.choice((0, 1, 1, 2)) if self.region == "insulated" else rng.choice((0, 0, 0, 1, 1, 2))):
            self._new("go-between", cell)
        weights = (1, 1, 1, 1, 1, 1, 1, 6) if at_work else (5, 3, 3, 2, 2, 3, 1, 0.3)
        for role in rng.choices(AIDES, weights, k=rng.randrange(3, 12)):
            self._new(role, cell)
        for _ in range(rng.randrange(1, 4) if at_work else 0):
            name = f"w{len(self.things['workplace'])}"
            self.things["workplace"].append(name)
            self._touch[name] = {cell}
        for _ in range(0 if at_work else rng.randrange(1, 7)):
            number = len(self.things["crossing"])
            self.things["crossing"].append(f"c{number}")
            self.things["boat"].append(f"b{number}")
            self._touch[f"c{number}"] = self._touch[f"b{number}"] = {cell}

    def people(self, *roles: str) -> list[str]:
        """Return everyone with these roles."""
        return [name for name, role in self.role.items() if role in roles]

    # -- events ----------------------------------------------------------------------------------------------------

    def _fact(self, subject: str, relation: str, object_: str) -> None:
        key = (subject, relation, object_)
        if subject != object_ and key not in self.facts:
            self.facts[key] = None
            self.about[subject].append(key)
            self.about[object_].append(key)

    def _happen(self) -> None:
        rng = self.rng
        gangs = {name: {self.gang_of[cell] for cell in cells} for name, cells in self.cell.items()}
        led = {cell for name in self.people("go-between") for cell in self.cell[name]}
        for relation, subjects, objects, scope, rate in self.rates:
            for person in self.people(*subjects):
                ends = self.things.get(objects[0]) or self.people(*objects)
                for target in ends:
                    touch = self._touch.get(target) or self.cell.get(target, set())
                    if scope == "gang":
                        fits = not gangs[person].isdisjoint(gangs.get(target, set()))
                    else:
                        fits = not touch.isdisjoint(self.cell[person])
                    if not fits:
                        continue
                    chance = rate
                    if self.role[person] == "organiser" and target in self.role and self.role[target] in AIDES:
                        chance *= 1 - self.hidden * bool(self.cell[person] & led)
                    if rng.random() < chance:
                        turned = rng.random() < self.level.get(relation, 0.0)
                        self._fact(*((target, relation, person) if turned else (person, relation, target)))
        for thing in ("crossing", "workplace", "boat"):
            relation = {"crossing": "ORGANISED", "workplace": "CONTROLS", "boat": "SUPPLIED"}[thing]
            for name in self.things[thing]:
                if rng.random() < 0.4:
                    self._fact(f"g{self.gang_of[min(self._touch[name])]}", relation, name)
        self._crowds()
        self._outsiders()

    def _crowds(self) -> None:
        rng = self.rng
        self.crowd: dict[str, list[str]] = {}
        for scene in [*self.things["crossing"], *self.things["workplace"]]:
            (cell,) = self._touch[scene]
            role, presence = ("carried", "CROSSED_ON") if scene[0] == "c" else ("worker", "WORKED_AT")
            crowd = [self._new(role) for _ in range(rng.randrange(4, 22))]
            self.crowd[scene] = crowd
            if scene[0] == "c":
                self._fact(f"b{scene[1:]}", "USED_ON", scene)
            if scene[0] == "c" and rng.random() < 0.3:
                forced = rng.choice(crowd)
                self._fact(forced, "PILOTED", scene)
                self.role[forced] = "coerced pilot"
                self.cell[forced] = {cell}
                for boss in self.people("enforcer", "organiser", "assistant"):
                    if cell in self.cell[boss] and rng.random() < 0.5:
                        self._fact(boss, "COERCED", forced)
                        break
            doers = [
                (
                    relation,
                    [member for member in self.people(*roles) if not self.cell[member] or cell in self.cell[member]],
                    rate,
                )
                for relation, roles, rate in self.suffered
            ]
            chosen = {
                (relation, roles[0]): rng.choice(ones)
                for (relation, roles, _), (_, ones, _) in zip(self.suffered, doers, strict=True)
                if ones
            }
            managers = [member for member in self.people("manager") if cell in self.cell[member]]
            cashiers = [
                member for member in self.people("cashier", "go-between", "recruiter") if cell in self.cell[member]
            ]
            for person in crowd:
                self._fact(person, presence, scene)
                for relation, roles, rate in self.suffered:
                    who = chosen.get((relation, roles[0]))
                    if who and rng.random() < rate and (scene[0] == "c" or relation == "RECRUITED"):
                        self._fact(who, relation, person)
                for manager in managers if scene[0] == "w" else ():
                    for relation, rate in (("DIRECTED", 0.5), ("PAID", 0.3), ("COERCED", 0.2)):
                        if rng.random() < rate:
                            self._fact(manager, relation, person)
                if cashiers and rng.random() < 0.5:
                    self._fact(person, "PAID", rng.choice(cashiers))
                if rng.random() < 0.12:
                    lenders = [
                        member
                        for member in self.people(*AIDES, "organiser", "controller", "go-between")
                        if cell in self.cell[member]
                    ]
                    self._fact(person, "OWES", rng.choice(lenders))
                for companion in rng.sample(crowd, min(3, len(crowd))):
                    if rng.random() < 0.3:
                        self._fact(person, rng.choice(("CONTACTED", "ASSOCIATES_WITH", "RELATED_TO")), companion)

    def _outsiders(self) -> None:
        rng = self.rng
        helpers, around = self.people(*OUTSIDE[:-1]), self.people("bystander")
        crowd = self.people("carried", "worker")
        members = self.people(*HUBS, *AIDES, "go-between")
        rng.shuffle(helpers)
        for place, helper in enumerate(helpers):
            reach = min(len(crowd), 2 + int(rng.uniform(10, 60) / (1 + place) ** rng.uniform(0.3, 0.9)))
            noted = rng.random() < 0.75
            for person in rng.sample(crowd, reach):
                if noted:
                    self._fact(helper, "SERVED", person)
                if rng.random() < 0.4:
                    self._fact(*rng.choice(((helper, "CONTACTED", person), (person, "CONTACTED", helper))))
                if rng.random() < 0.15:
                    self._fact(person, "PAID", helper)
            for person in rng.sample(members, min(len(members), rng.randrange(1, 8))):
                relation = rng.choice(("CONTACTED", "ASSOCIATES_WITH", "PAID", "SERVED"))
                if relation == "PAID" and rng.random() < 0.7:
                    self._fact(person, relation, helper)
                else:
                    self._fact(helper, relation, person)
        for person in around:
            for partner in rng.sample(members, min(len(members), rng.randrange(0, 5))):
                ends = (person, partner) if rng.random() < 0.6 else (partner, person)
                self._fact(ends[0], rng.choice(("CONTACTED", "ASSOCIATES_WITH", "CONTACTED", "PAID", "OWES")), ends[1])
        for workplace in self.things["workplace"]:
            if around and rng.random() < 0.35:  # the owner on paper
                self._fact(rng.choice(around + helpers), "CONTROLS", workplace)
        for member, partner in zip(
            rng.sample(members, len(members) // 4), rng.sample(members, len(members) // 4), strict=True
        ):
            self._fact(member, "RIVAL_OF", partner)
        for gang in self.things["gang"]:
            self._fact(gang, "RIVAL_OF", rng.choice(self.things["gang"]))

    # -- statements ------------------------------------------------------------------------------------------------

    def _mistaken(self, key: tuple[str, str, str]) -> tuple[str, str, str]:
        """Sometimes name the wrong person, usually one from the same cell."""
        rng = self.rng
        if key[0] not in self.role or rng.random() >= self.mistake:
            return key
        cells = self.cell.get(key[0]) or self._touch.get(key[2], set())
        near = [
            name for name, own_cells in self.cell.items() if own_cells & cells and self.role[name] != "coerced pilot"
        ]
        pool = near if near and rng.random() < self.near else self.people(*AIDES, *OUTSIDE, "go-between")
        wrong_person = rng.choice(pool)
        return (wrong_person, *key[1:]) if wrong_person != key[2] else key

    def _observe(self, keys: Iterable[tuple[str, str, str]], chance: float) -> list[tuple[str, str, str]]:
        return [key for key in keys if self.rng.random() < chance * self.coverage[key[1]] * self.scarcity]

    def _make_statements(self) -> None:
        rng = self.rng
        scenes = list(self.crowd)
        loud = rng.uniform(0.1, 0.7)  # how well passengers know who organised it
        inside = rng.uniform(0.3, 0.9)
        witnesses: dict[str, str] = {}
        for _ in range(max(5, round(len(self.role) * rng.uniform(0.03, 0.12)))):
            scene = rng.choice(list(witnesses.values())) if witnesses and rng.random() < 0.5 else rng.choice(scenes)
            insider = rng.random() < 0.12
            pool = (
                [name for name in self.people(*AIDES) if self.cell[name] & self._touch[scene]]
                if insider
                else self.crowd[scene]
            )
            if pool:
                witnesses[rng.choice(pool)] = scene
        interpreters = [f"i{number}" for number in range(6)]
        liars = self._liars(witnesses)
        for name, scene in witnesses.items():
            self.shares[name].add(("scene", scene))
            if rng.random() < 0.3:
                self.shares[name].add(("interpreter", rng.choice(interpreters)))
            tale = Tale("witness", name, scene=scene)
            keys = self._observe(self.about[name], 0.9)
            scene_keys = [key for key in self.about[scene] if key[1] not in ("CROSSED_ON", "WORKED_AT")]
            keys += [
                key
                for key in self._observe(scene_keys, 1.0)
                if key[1] not in ("ORGANISED", "CONTROLS") or rng.random() < loud
            ]
            if self.role[name] in AIDES:
                mates = [mate for mate, own_cells in self.cell.items() if own_cells & self.cell[name]]
                keys += self._observe(
                    {
                        key: None
                        for mate in mates
                        for key in self.about[mate]
                        if self.role[mate] not in ("carried", "worker")
                    },
                    inside * 0.25,
                )
            tale.claims = [(self._mistaken(key), "asserts") for key in dict.fromkeys(keys)]
            if rng.random() < 0.15 and scene_keys:  # takes their own contact for the person behind it
                dealt = [key[0] for key in self.about[scene] if key[1] in ("PILOTED", "ASSISTED", "MANAGED")]
                if dealt:
                    tale.claims.append(
                        ((rng.choice(dealt), "ORGANISED" if scene[0] == "c" else "CONTROLS", scene), "asserts")
                    )
            if name in liars:
                shared, denied, hidden = liars[name]
                tale.true = False
                tale.claims = [item for item in tale.claims if hidden not in item[0]]
                tale.claims += [(key, "asserts") for key in shared] + [(key, "denies") for key in denied]
            self.tales.append(tale)
        self._reports()
        self._records()

    def _liars(
        self, witnesses: dict[str, str]
    ) -> dict[str, tuple[list[tuple[str, str, str]], list[tuple[str, str, str]], str]]:
        rng = self.rng
        left = round(self.false_share * len(witnesses))
        plots: dict[str, tuple[list[tuple[str, str, str]], list[tuple[str, str, str]], str]] = {}
        while left > 0:
            free = [name for name in witnesses if name not in plots]
            first = rng.choice(free)
            group = [first]
            if rng.random() < self.collusion:
                group += [name for name in free if name != first and witnesses[name] == witnesses[first]]
            group = group[: min(left, rng.randrange(1, 6))]
            left -= len(group)
            plot = self._plot(witnesses[first], set(group))
            for name in group:
                own = [
                    (plot[0][0][0], relation, name)
                    for relation in rng.sample(("RECRUITED", "COERCED", "TRANSPORTED", "DIRECTED"), rng.randrange(3))
                ]
                accusations = [key for key in plot[0] if rng.random() < 0.85] or plot[0][:1]
                plots[name] = (accusations + own, [key for key in plot[1] if rng.random() < 0.7], plot[2])
        return plots

    def _plot(
        self, scene: str, tellers: set[str]
    ) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]], str]:
        """Return the false claims about one scene, the denied links, and the person they hide."""
        rng = self.rng
        main = "ORGANISED" if scene[0] == "c" else "CONTROLS"
        true = [key for key in self.about[scene] if key[1] == main and key[0] in self.role]
        hidden = true[0][0] if true else ""
        near = [
            name
            for name, own_cells in self.cell.items()
            if own_cells & self._touch[scene] and self.role[name] not in HUBS
        ]
        pools = (
            near,
            self.people(*AIDES, "go-between"),
            self.people(*OUTSIDE[:-1]),
            self.people("bystander"),
            self.people(*HUBS),
        )
        weights = [rng.random() + 0.1 for _ in pools]
        target = ""
        while not target or target in tellers or target == hidden:
            target = rng.choice(rng.choices(pools, weights)[0] or self.people("bystander"))
        lies = [(target, main, scene)]
        mates = [name for name in near if self.role[name] in (*AIDES, "go-between") and name != target]
        lies.extend(
            (target, rng.choice(("DIRECTED", "DIRECTED", "PAID", "RECRUITED")), mate)
            for mate in rng.sample(mates, min(len(mates), rng.randrange(5)))
            if rng.random() < self.story
        )
        if rng.random() < self.story * 0.5:
            lies.append((target, "RUNS", f"g{self.gang_of[min(self._touch[scene])]}"))
        if rng.random() < self.story * 0.4 and scene[0] == "c":
            lies.append((target, "SUPPLIED", f"b{scene[1:]}"))
        if rng.random() < 0.25:
            lies = lies[1:] or lies
        denied = [key for key in true if rng.random() < 0.5]
        return [key for key in lies if key not in self.facts] or lies[:1], denied, hidden

    def _reports(self) -> None:
        rng = self.rng
        weight = {
            "DIRECTED": 1.0, "PAID": 0.4, "ORGANISED": 1.0, "SUPPLIED": 1.0, "RUNS": 3.0, "CONTROLS": 1.5, "MEMBER_OF": 1.0,
            "ASSISTED": 0.6, "PILOTED": 0.7, "ASSOCIATES_WITH": 0.5, "RIVAL_OF": 1.0, "MANAGED": 0.8, "RECRUITED": 0.3, "CONTACTED": 0.2,
        }  # fmt: skip
        weight = {name: value * math.exp(rng.gauss(0, 0.6)) for name, value in weight.items()}
        depth = rng.uniform(0.4, 1.6)
        pool = [key for key in self.facts if key[1] in weight]
        edges = [
            weight[key[1]] * self.coverage[key[1]] * (depth if self.role.get(key[0]) in HUBS else 1.0) for key in pool
        ]
        count = round(len(self.role) * rng.uniform(0.05, 0.25) * self.scarcity)
        planted = rng.uniform(0.1, 0.4) if self.region == "planted" else rng.uniform(0.0, 0.15)
        for number in range(max(2, count)):
            tale = Tale("intelligence", f"r{rng.randrange(1 + number // 2)}")
            focus = rng.choice(pool)
            near = [
                (key, edge) for key, edge in zip(pool, edges, strict=True) if {key[0], key[2]} & {focus[0], focus[2]}
            ]
            drawn_keys = rng.choices([key for key, _ in near], [edge for _, edge in near], k=rng.randrange(1, 7))
            tale.claims = [
                (self._mistaken(key), "denies" if rng.random() < 0.03 else "asserts")
                for key in dict.fromkeys(drawn_keys)
            ]
            if rng.random() < planted * self.false_share * 2:
                lies, denied, _ = self._plot(rng.choice(list(self.crowd)), set())
                tale.claims, tale.true = [(key, "asserts") for key in lies] + [(key, "denies") for key in denied], False
            self.tales.append(tale)

    def _records(self) -> None:
        rng = self.rng
        rates = {
            "CROSSED_ON": 0.9, "USED_ON": 0.9, "WORKED_AT": 0.7, "MANAGED": 0.5, "CONTACTED": 0.5, "PAID": 0.25, "SERVED": 0.9,
            "PILOTED": 0.35, "ASSISTED": 0.1, "ASSOCIATES_WITH": 0.4, "CONTROLS": 0.0, "RELATED_TO": 0.4,
        }  # fmt: skip
        thin = rng.uniform(0.2, 1.0)
        shy = rng.uniform(0.2, 1.0)
        straw = set(self.people(*OUTSIDE))
        by: dict[tuple[str, int], list[tuple[str, str, str]]] = defaultdict(list)
        for number, key in enumerate(self.facts):
            chance = rates.get(key[1], 0.0) * thin
            if self.role.get(key[0]) in HUBS or self.role.get(key[2]) in HUBS:
                chance *= shy
            if key[1] == "CONTROLS" and key[0] in straw:
                chance = 0.8
            if rng.random() < chance:
                by[key[1], number % 7].append(key)
        for (relation, part), keys in by.items():
            self.tales.append(Tale("record", f"{relation} {part}", claims=[(key, "asserts") for key in keys]))

    # -- the outcome ----------------------------------------------------------------------------------------------

    def _grade(self, tale: Tale) -> tuple[str, str]:
        rng = self.rng
        if tale.kind == "record":
            return "1", rng.choice("AAAB")
        low = not tale.true and rng.random() < self.skill
        return (
            rng.choices("123", (10, 60, 30) if low else (25, 65, 10))[0],
            rng.choices("ABCDE", (24, 10, 22, 26, 18) if low else (46, 18, 20, 12, 4))[0],
        )

    def case(self) -> Case:
        """Return the world as a case, shuffled, with its truth."""
        rng = self.rng
        claims: list[Claim] = []
        false_statements: list[str] = []
        names = list(self.role)
        fresh = rng.sample(range(len(names)), len(names))
        called = {name: f"P{number:05d}" for name, number in zip(names, fresh, strict=True)}
        kinds = {name[0]: kind for kind, names in self.things.items() for name in names}
        for number, tale in enumerate(rng.sample(self.tales, len(self.tales))):
            grade, assessment = self._grade(tale)
            if not tale.true:
                false_statements.append(f"t{number}")
            status = "active"
            if tale.kind == "witness" and rng.random() < (0.05 if tale.true else 0.15):
                status = "withdrawn"
            for (subject, relation, object_), polarity in dict(tale.claims).items():
                claims.append(
                    Claim(
                        f"k{len(claims)}", called.get(subject, subject), relation, called.get(object_, object_), polarity, status,
                        f"t{number}", tale.source, tale.kind, grade, assessment, tale.kind == "record", 1, "P",
                        "person" if subject in called else kinds[subject[0]], "person" if object_ in called else kinds[object_[0]],
                    )
                )  # fmt: skip
        passive = ("carried", "worker", "coerced pilot")
        witnesses = {tale.source for tale in self.tales if tale.kind == "witness"}
        persons = [
            Person(called[name], "", frozenset(), role in passive and (name in witnesses or rng.random() < 0.1))
            for name, role in self.role.items()
        ]
        ranked = [name for name, role in self.role.items() if role not in ("carried", "worker")]
        truth = {
            "candidates": sorted(called[name] for name in ranked),
            "hubs": sorted(called[name] for name in self.people(*HUBS)),
            "leaders": sorted(called[name] for name in self.people(*TOP)),
            "brokers": sorted(called[name] for name in self.people("broker")),
            "helpers": sorted(called[name] for name in self.people(*OUTSIDE[:-1])),
            "roles": {called[name]: role for name, role in self.role.items()},
            "false_statements": false_statements,
            "facts": {(called.get(s, s), r, called.get(o, o)) for s, r, o in self.facts},
        }
        return Case(f"world {self.seed}", claims, persons, shared_keys(self.shares), {}, truth)
