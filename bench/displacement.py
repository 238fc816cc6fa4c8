"""Where people went when places closed, on invented worlds in which it is known: `python -m bench.displacement`.

Each world draws its own size, closures, coverage, vagueness of dates and mistakes. In some nobody is moved, and whether p is uniform there is
asked of 500 of them; in others some closures move their people to one place, and what is asked is how many are found, and how many of those
found are chance.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from graphsvc.analysis.displacement.cohorts import Whereabouts, closings, cohort, whereabouts
from graphsvc.analysis.displacement.flows import arrivals, displaced
from graphsvc.analysis.displacement.permutation import FEWEST, reached
from graphsvc.analysis.displacement.stays import WorkPlace, WorkTie

_LOCKDOWN = dt.date(2020, 3, 16)
_KINDS = ("premises", "premises", "site", "online")


@dataclass(frozen=True, slots=True)
class Invented:
    """A world.

    Attributes:
        known: where everybody is said to have been.
        planted: place that closed → the place its people were moved to.
        told: of these, how many of those moved are told of at both ends, on days that can be compared.
    """

    known: Whereabouts
    planted: dict[str, str] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)


def world(seed: int, *, people: int = 0, moves: bool = True) -> Invented:
    """An invented world. `people` 0: as many as its seed draws; `moves` False: nobody is moved, everybody goes where work is."""
    rng = np.random.default_rng(seed)
    people = people or int(rng.integers(300, 2500))
    places = max(20, int(people * rng.uniform(0.015, 0.04)))
    sizes = rng.lognormal(0, rng.uniform(0.3, 0.9), places)
    closing = rng.random(places) < rng.uniform(0.3, 0.65)
    closed_on = [_LOCKDOWN + dt.timedelta(int(day)) for day in rng.integers(0, rng.integers(40, 120), places)]
    coverage, again, pull = rng.uniform(0.5, 0.95), rng.uniform(0.5, 0.9), rng.uniform(0.5, 0.9)
    coming, mistaken, vague = rng.uniform(0.1, 0.6), rng.uniform(0.0, 0.08), rng.uniform(0.0, 0.3)
    still_open = np.flatnonzero(~closing)
    chance = sizes[still_open] / sizes[still_open].sum()
    planted = {
        place: int(rng.choice(still_open)) for place in np.flatnonzero(closing).tolist() if moves and rng.random() < 0.4
    }
    hand = rng.integers(0, max(3, places // 3), places)
    for place, to in planted.items():
        hand[to] = hand[place]
    ties = [WorkTie(f"K{hand[place]}", "CONTROLS", f"W{place}", 0.7) for place in range(places) if rng.random() < 0.6]
    spots = sizes / sizes.sum()
    told: dict[str, int] = {}

    def tell(person: str, place: int, begin: dt.date, until: dt.date | None) -> bool:
        """Whether it is told, rightly and on a day that can be compared."""
        if rng.random() > coverage:
            return False
        wrong = rng.random() < mistaken
        where = int(rng.integers(places)) if wrong else place
        first, kind = str(begin), rng.random()
        if kind < vague:
            first = first[:7] if kind < 0.7 * vague else first[:4] if kind < 0.85 * vague else ""
        last = str(until) if until is not None and rng.random() < 0.4 else first
        belief = float(rng.uniform(0.45, 0.95))
        ties.append(WorkTie(person, "WORKED_AT", f"W{where}", belief, False, first, last))
        return not wrong and len(first) > len("2020") and belief >= 0.5

    for number in range(people):
        person = f"P{number}"
        if rng.random() < coming * 0.3:
            # Whoever came to the case by then has no place before it.
            begin = _LOCKDOWN + dt.timedelta(int(rng.integers(-10, 150)))
            tell(person, int(rng.choice(still_open, p=chance)), begin, None)
            continue
        first = int(rng.choice(places, p=spots))
        begin = _LOCKDOWN - dt.timedelta(int(rng.integers(20, 400)))
        if closing[first]:
            until = closed_on[first]
            seen = tell(person, first, begin, until)
            if rng.random() < again:
                moved = first in planted and rng.random() < pull
                to = planted[first] if moved else int(rng.choice(still_open, p=chance))
                seen &= tell(person, to, until + dt.timedelta(int(rng.integers(0, 45))), None)
                if moved and seen:
                    told[f"W{first}"] = told.get(f"W{first}", 0) + 1
        else:
            left = _LOCKDOWN + dt.timedelta(int(rng.integers(0, 150))) if rng.random() < coming else None
            tell(person, first, begin, left)
            if left is not None:
                tell(person, int(rng.choice(still_open, p=chance)), left + dt.timedelta(int(rng.integers(0, 30))), None)
    known = whereabouts(
        (
            WorkPlace(f"W{n}", "", _KINDS[n % len(_KINDS)], "", str(closed_on[n]) if closing[n] else "")
            for n in range(places)
        ),
        ties,
    )
    return Invented(known, {f"W{place}": f"W{to}" for place, to in planted.items()}, told)


def calm_p(seed: int, draws: int = 999) -> tuple[float, float] | None:
    """P of one closure of a world in which nobody is moved: as it is told, and with ties broken by lot; None: no closure tells.

    Counts are whole numbers, so p as it is told is too large by the ties; by lot it is uniform where the test is right.
    """
    known = world(seed, moves=False).known
    rng = np.random.default_rng(seed + 1)
    some = [closing for closing in closings(known) if closing.why == "closed"]
    for place in rng.permutation(len(some)).tolist():
        left = cohort(known, some[place])
        went = [became.following.place for became in left.went if became.following]
        if len(went) >= FEWEST:
            standing = reached(went, arrivals(known, left), draws=draws, seed=seed)
            by_lot = (standing.beyond + rng.random() * (standing.equal + 1)) / (standing.draws + 1)
            return standing.p, by_lot
    return None


@dataclass(slots=True)
class Score:
    """What was found in some worlds: closures and places, of those planted, and of those that could be seen."""

    planted: int = 0
    visible: int = 0
    found: int = 0
    found_visible: int = 0
    called: int = 0
    false: int = 0
    places: int = 0
    false_places: int = 0


def scored(seeds: range, draws: int) -> Score:
    """Planted moves found, and what was called a move that is none."""
    score = Score()
    for seed in seeds:
        invented = world(seed)
        every = displaced(invented.known, draws=draws)
        called = {place for place, left in every.items() if left.test.verdict == "together"}
        visible = {place for place in invented.planted if invented.told.get(place, 0) >= FEWEST}
        score.planted += len(invented.planted)
        score.visible += len(visible)
        score.found += len(called & set(invented.planted))
        score.found_visible += len(called & visible)
        score.called += len(called)
        score.false += len(called - set(invented.planted))
        for place in called:
            for excess in every[place].test.places:
                score.places += excess.together
                score.false_places += excess.together and excess.place != invented.planted.get(place)
    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calm", type=int, default=500, help="worlds in which nobody is moved (%(default)s)")
    parser.add_argument("--worlds", type=int, default=60, help="worlds in which some are (%(default)s)")
    parser.add_argument("--first", type=int, default=5001, help="seed of the first of each (%(default)s)")
    parser.add_argument("--draws", type=int, default=9_999, help="deals of a test (%(default)s)")
    options = parser.parse_args()
    tried = [calm_p(seed) for seed in range(options.first, options.first + options.calm)]
    p, by_lot = np.array([both for both in tried if both is not None]).T
    uniform = stats.kstest(by_lot, "uniform")
    print(f"calm: {len(p)} of {options.calm} worlds tell; ties by lot: KS {uniform.statistic:.3f}, p {uniform.pvalue:.2f}; "
          f"by lot at most .05 in {(by_lot <= 0.05).mean():.3f}, as told in {(p <= 0.05).mean():.3f}", flush=True)  # fmt: skip
    score = scored(range(options.first, options.first + options.worlds), options.draws)
    print(f"planted: {score.planted} moves, {score.visible} told of by {FEWEST} at both ends; found {score.found_visible} of these "
          f"({score.found_visible / score.visible:.2f}), {score.found} of all ({score.found / score.planted:.2f}); "
          f"called {score.called}, of them chance {score.false} ({score.false / max(score.called, 1):.3f}); "
          f"places called {score.places}, of them another {score.false_places} ({score.false_places / max(score.places, 1):.3f})",
          flush=True)  # fmt: skip
    large = world(options.first, people=20_000)
    begin = time.perf_counter()
    every = displaced(large.known, draws=options.draws)
    print(f"20,000 people, {len(every)} closures, {len(large.known.ties)} links: {time.perf_counter() - begin:.1f} s")


if __name__ == "__main__":
    main()
