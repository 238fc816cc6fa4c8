"""Randomised worlds of crossings with planted series: what `analysis.linkage` is fitted on and tried with.

A world is a coast with places that many use, a market of suppliers, recruiters, houses and pilots for hire, and series: crossings that
one operation arranged. How far a series keeps to its own beaches, days, boats and people is drawn anew for each world and each series, and so
is how much of it anyone tells, how well beliefs follow the truth, and how often somebody is taken for somebody else (domain
randomisation: Tobin et al. 2017). In worlds of the family `other` things happen in other ways than in any that is fitted on: operations change hands,
share their beaches and boats by arrangement, copy each other, and stand in the rows under two ids.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphsvc.analysis.linkage.features import CrossingFigures, Trait

# Held out as a whole when it is said how good the ratios are on worlds of a kind never seen.
REGIONS = ("plain", "crowded", "scarce", "freelance", "wide", "false", "bare")
_KINDS = ("inflatable", "rigid inflatable", "kayak", "fishing boat")
_POWERS = ("15", "30", "40", "60", "90", "115")
_NAMES = 60


@dataclass(frozen=True, slots=True)
class LinkageWorld:
    """One world: what is told of its crossings, and which series each is truly of."""

    figures: list[CrossingFigures]
    traits: list[Trait]
    dependence: dict[str, frozenset[str]]
    series: list[int]


class _Series:
    """One operation: where, when and with whom it works."""

    def __init__(self, world: _Making, number: int) -> None:
        rng = world.rng
        self.number = number
        self.beach = rng.choice(world.beaches)
        self.keeps_beach, self.keeps_landing = world.loyal("beach"), world.loyal("landing")
        self.landing = rng.choice(world.landings)
        self.middle = rng.uniform(0, world.span)
        short = rng.random() < (0.2 if world.region == "bare" else 0.8)
        self.lasts = max(2.0, rng.lognormvariate(2.8, 0.8) if short else world.span)
        self.kind, self.keeps_kind = world.market_kind(), world.loyal("kind")
        self.length, self.spread = rng.uniform(4.5, 9.0), rng.uniform(0.1, 1.5)
        self.power = world.market_power()
        self.price, self.varies = world.price * rng.lognormvariate(0, world.prices_differ), rng.uniform(0.03, 0.3)
        names = [f"s{number}"]
        self.organisers = [f"organiser {names[0]}.{nth}" for nth in range(rng.choice((1, 1, 2)))]
        self.own = {
            what: [f"{what} {names[0]}.{nth}" for nth in range(rng.randint(1, most))]
            for what, most in (
                ("pilot", 6),
                ("helper", 5),
                ("recruiter", 4),
                ("driver", 4),
                ("house", 4),
                ("thing", 3),
                ("contact", 6),
            )
        }
        self.suppliers = [world.any_of("supplier") for _ in range(rng.choice((1, 1, 2, 3)))]
        self.words = rng.sample(range(_NAMES), 2)
        self.loyalty = {what: world.loyal(what) for what in (*self.own, "supplier", "words", "engine")}
        self.batch = rng.randrange(1_000)


class _Making:
    def __init__(self, seed: int, family: str, region: str, crossings: int | None, linked: float | None) -> None:
        self.rng = rng = random.Random(f"linkage/{family}/{seed}")  # noqa: S311 - invented worlds, not secrets
        self.family, self.region = family, region or REGIONS[seed % len(REGIONS)]
        self.size = crossings or rng.randint(40, 220)
        self.span = rng.choice((30, 60, 120, 240, 400))
        coast = rng.uniform(15, 400) if self.region == "wide" else rng.uniform(10, 150)
        beaches = rng.randint(2, 4) if self.region == "crowded" else rng.randint(3, 18)
        start = rng.uniform(40, 52), rng.uniform(-5, 20)
        self.beaches = [
            (start[0] + rng.uniform(0, coast) / 111, start[1] + rng.uniform(0, coast) / 160) for _ in range(beaches)
        ]
        self.landings = [(start[0] + 0.4 + rng.uniform(0, coast) / 111, start[1]) for _ in range(rng.randint(2, 9))]
        self.scatter = rng.choice((0.0, 0.005, 0.02, 0.06))
        self.level = {
            what: rng.random()
            for what in (
                "beach",
                "landing",
                "kind",
                "engine",
                "supplier",
                "words",
                "pilot",
                "helper",
                "recruiter",
                "driver",
                "house",
                "thing",
                "contact",
            )
        }
        if self.region == "freelance":
            self.level |= dict.fromkeys(("pilot", "helper", "supplier", "recruiter", "house"), rng.uniform(0, 0.35))
        # Nothing but those who work on them tells the crossings of one series from others.
        if self.region == "bare":
            self.level |= {what: -0.5 for what in self.level if what not in ("pilot", "helper") and rng.random() < 0.75}
        self.market = {
            what: [f"{what} market.{nth}" for nth in range(max(2, round(self.size * rng.uniform(low, high))))]
            for what, low, high in (
                ("supplier", 0.02, 0.12), ("pilot", 0.1, 0.8), ("helper", 0.1, 0.6), ("recruiter", 0.03, 0.3), ("driver", 0.03, 0.4),
                ("house", 0.03, 0.3), ("thing", 0.3, 1.0), ("contact", 0.2, 1.0),
            )
        }  # fmt: skip
        self.most = {"pilot": 1} | {
            what: rng.choice((1, 2, 3, most))
            for what, most in (
                ("helper", 4),
                ("recruiter", 4),
                ("driver", 4),
                ("house", 9),
                ("thing", 5),
                ("contact", 18),
            )
        }
        self.price, self.prices_differ = rng.uniform(800, 6000), rng.uniform(0.02, 0.5)
        self.kinds, self.powers = ([rng.random() ** 2 + 0.02 for _ in some] for some in (_KINDS, _POWERS))
        self.popular = rng.uniform(0.0, 1.2)
        scale = rng.uniform(0.15, 0.6) if self.region == "scarce" else rng.uniform(0.5, 1.2)
        whole = (
            "organiser",
            "pilot",
            "helper",
            "boat",
            "supplier",
            "part",
            "store",
            "kind",
            "engine",
            "thing",
            "contact",
            "recruiter",
            "driver",
            "house",
            "words",
            "launch",
            "landing",
            "length",
            "price",
        )
        self.coverage = {
            name: 0.0 if rng.random() < 0.2 else min(0.98, scale * rng.uniform(0.2, 1.0)) for name in whole
        }
        for name in ("launch", "landing", "kind", "engine"):
            self.coverage[name] = 0.0 if rng.random() < 0.1 else rng.uniform(0.5, 1.0)
        self.sites_alone = rng.random() < 0.15
        self.mistakes = rng.uniform(0.1, 0.35) if self.region == "false" else rng.uniform(0.0, 0.12)
        self.skill = rng.uniform(0.2, 1.0)
        self.recorded = rng.uniform(0.1, 0.7)
        self.linked = rng.uniform(0.1, 1.0) if linked is None else linked

    def loyal(self, what: str) -> float:
        """How often a series uses its own: around what is usual in the world."""
        return min(1.0, max(0.0, self.level[what] + self.rng.gauss(0, 0.2)))

    def any_of(self, what: str) -> str:
        """One of the market; some serve many."""
        names = self.market[what]
        return self.rng.choices(names, [1 / (rank + 1) ** self.popular for rank in range(len(names))])[0]

    def market_power(self) -> str:
        return self.rng.choices(_POWERS, self.powers)[0]

    def market_kind(self) -> str:
        return self.rng.choices(_KINDS, self.kinds)[0]

    def made(self) -> LinkageWorld:
        rng = self.rng
        sizes: list[int] = []
        while sum(sizes) < self.size * self.linked:
            sizes.append(min(2 + int(rng.paretovariate(1.1)) - 1, max(2, self.size // 5)))
        series = [number for number, size in enumerate(sizes) for _ in range(size)][: self.size]
        series += range(len(sizes), len(sizes) + self.size - len(series))
        operations = {number: _Series(self, number) for number in sorted(set(series))}
        if self.family == "other":
            self._arranged(operations)
        rng.shuffle(series)
        figures: list[CrossingFigures] = []
        self.traits: list[Trait] = []
        self.dependence: dict[str, frozenset[str]] = {}
        self.said_by: dict[int, list[str]] = defaultdict(list)
        self.past: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for place, number in enumerate(series):
            figures.append(self._crossing(f"c{place}", operations[number]))
        return LinkageWorld(figures, self.traits, self.dependence, series)

    def _arranged(self, operations: dict[int, _Series]) -> None:
        """Other ways: a copy of another's beach and boats, one supplier for all, hands that change half-way, people under two ids."""
        rng = self.rng
        numbers = list(operations)
        for number in numbers:
            it = operations[number]
            if rng.random() < 0.25:
                model = operations[rng.choice(numbers)]
                it.beach, it.kind, it.power, it.length, it.price = (
                    model.beach,
                    model.kind,
                    model.power,
                    model.length,
                    model.price,
                )
            if rng.random() < 0.2:
                model = operations[rng.choice(numbers)]
                it.own["pilot"], it.own["house"] = model.own["pilot"], model.own["house"]
            if rng.random() < 0.3:
                it.organisers.append(f"organiser second row of s{number}")
            if rng.random() < 0.3:
                it.suppliers = self.market["supplier"][:1]

    # -- what is told ---------------------------------------------------------------------------------------------

    def _crossing(self, name: str, it: _Series) -> CrossingFigures:
        rng = self.rng
        day = it.middle + rng.gauss(0, it.lasts / 2)
        if rng.random() < 0.15:
            day = rng.uniform(0, self.span)
        self.witnesses = self._witnesses(it)
        beach = it.beach if rng.random() < it.keeps_beach else rng.choice(self.beaches)
        landing = it.landing if rng.random() < it.keeps_landing else rng.choice(self.landings)
        self._boat(name, it)
        self._people(name, it)
        launch, ashore = self._place(beach, "launch"), self._place(landing, "landing")
        if self.sites_alone:
            for feature, where, known in (("launch_site", beach, launch), ("landing_site", landing, ashore)):
                if known:
                    self._say(name, feature, f"{where}", 1.0)
            launch = ashore = None
        price = (
            round(it.price * rng.lognormvariate(0, it.varies), -1) if rng.random() < self.coverage["price"] else None
        )
        length = round(max(3.0, rng.gauss(it.length, it.spread)), 1) if rng.random() < self.coverage["length"] else None
        return CrossingFigures(name, float(int(day)) if rng.random() < 0.97 else None, launch, ashore, length, price)

    def _place(self, where: tuple[float, float], what: str) -> tuple[float, float] | None:
        rng = self.rng
        if rng.random() >= self.coverage[what]:
            return None
        return where[0] + rng.gauss(0, self.scatter), where[1] + rng.gauss(0, self.scatter)

    def _witnesses(self, it: _Series) -> list[str]:
        """Who tells of a crossing: some tell of several of one series, and some depend on each other."""
        rng = self.rng
        names = []
        for _ in range(rng.randint(1, 3)):
            earlier = self.said_by[it.number]
            if earlier and rng.random() < 0.3:
                names.append(rng.choice(earlier))
                continue
            names.append(f"w{len(self.dependence)}")
            self.dependence[names[-1]] = frozenset({f"k{it.number}"} if rng.random() < 0.2 else ())
            earlier.append(names[-1])
        return names

    def _boat(self, name: str, it: _Series) -> None:
        rng = self.rng
        kind = it.kind if rng.random() < it.keeps_kind else self.market_kind()
        power = it.power if rng.random() < it.loyalty["engine"] else self.market_power()
        supplier = rng.choice(it.suppliers) if rng.random() < it.loyalty["supplier"] else self.any_of("supplier")
        again = [boat for boat, of in self.past[it.number] if of == "boat"]
        boat = rng.choice(again) if again and rng.random() < 0.03 else f"boat {name}"
        self.past[it.number].append((boat, "boat"))
        self._told(name, "boat", boat, sure=True)
        self._told(name, "kind", kind, via=boat, sure=True)
        self._told(name, "engine", power, via=boat, sure=True)
        self._told(name, "supplier", supplier, via=boat)
        if rng.random() < self.coverage["part"]:
            used = rng.random() < 0.03 and again
            part = f"part of {rng.choice(again)}" if used else f"part of {boat}"
            self._say(name, "part", part, 0.9)
            near = rng.random() < 0.4 * it.loyalty["supplier"]
            self._say(name, "batch", f"batch {it.batch if near else rng.randrange(1_000)}", 0.9, via=part)
            if rng.random() < self.coverage["store"]:
                self._say(name, "store", f"store of {supplier}", 0.8, via=part)

    def _people(self, name: str, it: _Series) -> None:
        rng = self.rng
        organiser = rng.choice(it.organisers)
        self._told(name, "organiser", organiser)
        self._told(
            name,
            "words",
            f"word {rng.choice(it.words) if rng.random() < it.loyalty['words'] else rng.randrange(_NAMES)}",
            via=organiser,
        )
        for what in ("pilot", "helper", "recruiter", "driver", "house", "thing", "contact"):
            for nth in range(rng.randint(1, self.most[what])):
                chance = rng.random()
                if chance < it.loyalty[what]:
                    value = rng.choice(it.own[what])
                elif what == "pilot" and chance > 0.7:
                    value = f"pilot of {name}"  # somebody who was carried steered
                else:
                    value = self.any_of(what)
                self._told(
                    name,
                    what,
                    value,
                    via=f"{name} {nth}" if what in ("thing", "contact", "recruiter", "driver", "house") else "",
                )

    def _told(self, name: str, feature: str, value: str, *, via: str = "", sure: bool = False) -> None:
        rng = self.rng
        if rng.random() >= self.coverage[feature]:
            return
        wrong = rng.random() < self.mistakes
        if wrong and not sure:
            value = self._mistaken(feature, value)
        seems = rng.gauss(0.62 - 0.3 * self.skill * wrong + 0.12 * self.skill, 0.16)
        recorded = rng.random() < self.recorded or sure
        belief = min(0.98, max(0.15, seems + 0.15 * recorded))
        voices = (
            frozenset()
            if recorded
            else frozenset(rng.sample(self.witnesses, rng.randint(1, min(2, len(self.witnesses)))))
        )
        self._say(name, feature, value, belief, via, voices)

    def _mistaken(self, feature: str, value: str) -> str:
        """Somebody else of the kind: a name heard of, or whoever is blamed most."""
        rng = self.rng
        if feature == "organiser":
            return rng.choice((f"organiser s{rng.randrange(40)}.0", f"helper s{rng.randrange(40)}.0", "organiser s0.0"))
        return self.any_of(feature) if feature in self.market else value

    def _say(
        self, name: str, feature: str, value: str, belief: float, via: str = "", voices: frozenset[str] = frozenset()
    ) -> None:
        self.traits.append(Trait(name, feature, value, belief, via, voices))


def linkage_world(
    seed: int, *, family: str = "worlds", region: str = "", crossings: int | None = None, linked: float | None = None
) -> LinkageWorld:
    """A world of a seed.

    Args:
        seed: which.
        family: `worlds`, which is fitted on, or `other`.
        region: of `REGIONS`; empty: goes with the seed.
        crossings: how many; None: drawn.
        linked: share of crossings that are of a series; 0: none is, and nothing links any; None: drawn.
    """
    return _Making(seed, family, region, crossings, linked).made()


def truth(series: Sequence[int], first: Sequence[int], second: Sequence[int]) -> list[bool]:
    """For each pair whether both are of one series."""
    return [series[low] == series[high] for low, high in zip(first, second, strict=True)]


Maker = Callable[[int], LinkageWorld]
