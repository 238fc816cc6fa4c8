"""Worker movements after closures, on invented worlds with known moves: `python -m bench.displacement`.

The size of a world, its closures, coverage, mistakes and vagueness of dates are drawn at random. In some worlds no one
is moved: people are free to go anywhere, or prefer their town and trade. In others, people of some closed places are
moved together to one place; the figures show how many of these are found, and how many findings are due to chance. In a
third sort of world, a few controllers have many small places.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from dataclasses import asdict, dataclass, field

import numpy as np

from bench.measured import write_measured
from graphsvc.analysis.displacement.cohorts import Whereabouts, whereabouts
from graphsvc.analysis.displacement.deals import ALPHA, FEWEST
from graphsvc.analysis.displacement.flows import find_departures
from graphsvc.analysis.displacement.one_hand import hand_tests
from graphsvc.analysis.displacement.stays import WorkPlace, WorkTie

_LOCKDOWN = dt.date(2020, 3, 16)
_KINDS = ("premises", "premises", "site", "online")


@dataclass(frozen=True, slots=True)
class Invented:
    """An invented world.

    Attributes:
        known: reported whereabouts of everyone.
        planted: place that closed → place to which its people were moved.
        told: place that closed → number of its moved people who are reported at both places on comparable days.
    """

    known: Whereabouts
    planted: dict[str, str] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taste:
    """How many times as often people who are free to choose go to a place in their town, or in their trade."""

    town: float = 1.0
    trade: float = 1.0


TASTES = {
    "anywhere": Taste(),
    "their town 7 times, their trade 4 times as often": Taste(7, 4),
    "their town 20 times, their trade 4 times as often": Taste(20, 4),
}
_TOWNS, _TRADES = 8, 4


def world(
    seed: int, *, people: int = 0, moves: bool = True, taste: Taste = TASTES["anywhere"], under: float | None = None
) -> Invented:
    """Draw a world.

    Args:
        seed: seed of all draws.
        people: number of people; if 0, it is drawn.
        moves: whether the people of some closed places are moved together; otherwise everyone is free to choose.
        taste: preferences of people who are free to choose.
        under: if given, a place has about six people, and when it closes each goes to a place of the same controller
            with this chance.
    """
    rng = np.random.default_rng(seed)
    people = people or int(rng.integers(300, 2500))
    places = max(20, int(people * (rng.uniform(0.015, 0.04) if under is None else 1 / 6)))
    sizes = rng.lognormal(0, rng.uniform(0.3, 0.9), places)
    closing = rng.random(places) < rng.uniform(0.3, 0.65)
    closed_on = [_LOCKDOWN + dt.timedelta(int(day)) for day in rng.integers(0, rng.integers(40, 120), places)]
    coverage, again, pull = rng.uniform(0.5, 0.95), rng.uniform(0.5, 0.9), rng.uniform(0.5, 0.9)
    coming, mistaken, vague = rng.uniform(0.1, 0.6), rng.uniform(0.0, 0.08), rng.uniform(0.0, 0.3)
    still_open = np.flatnonzero(~closing)
    chance = sizes[still_open] / sizes[still_open].sum()
    town, trade = rng.integers(0, _TOWNS, places), rng.integers(0, _TRADES, places)

    def choose(left: int) -> int:
        """Choose the next place of a person: with chance `under` one of the same controller, else by preference."""
        theirs = still_open[(hand[still_open] == hand[left]) & (still_open != left)]
        if under and closing[left] and len(theirs) and rng.random() < under:
            return int(rng.choice(theirs))
        pull = sizes[still_open] * np.where(town[still_open] == town[left], taste.town, 1.0)
        pull *= np.where(trade[still_open] == trade[left], taste.trade, 1.0) * (still_open != left)
        return int(rng.choice(still_open, p=pull / pull.sum()))

    hand = rng.integers(0, max(3, places // 3), places)
    if under is not None:
        moves, hand = False, rng.integers(0, max(3, places // 8), places)
    planted = {
        place: int(rng.choice(still_open)) for place in np.flatnonzero(closing).tolist() if moves and rng.random() < 0.4
    }
    for place, to in planted.items():
        hand[to] = hand[place]
    ties = [WorkTie(f"K{hand[place]}", "CONTROLS", f"W{place}", 0.7) for place in range(places) if rng.random() < 0.6]
    spots = sizes / sizes.sum()
    reported_moves: dict[str, int] = {}

    def tell(person: str, place: int, begin: dt.date, until: dt.date | None) -> bool:
        """Report a stay, or not; return whether the report is right, believed, and precise enough to compare."""
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
            # Newcomers arrive just before the lockdown or later, and have no earlier place.
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
                to = planted[first] if moved else choose(first)
                seen &= tell(person, to, until + dt.timedelta(int(rng.integers(0, 45))), None)
                if moved and seen:
                    reported_moves[f"W{first}"] = reported_moves.get(f"W{first}", 0) + 1
        else:
            left = _LOCKDOWN + dt.timedelta(int(rng.integers(0, 150))) if rng.random() < coming else None
            tell(person, first, begin, left)
            if left is not None:
                tell(person, choose(first), left + dt.timedelta(int(rng.integers(0, 30))), None)
    known = whereabouts(
        (
            WorkPlace(
                f"W{n}",
                "",
                _KINDS[n % len(_KINDS)],
                "",
                str(closed_on[n]) if closing[n] else "",
                f"trade {trade[n]}",
                f"{n} High Street, Town {town[n]}",
            )
            for n in range(places)
        ),
        ties,
    )
    return Invented(known, {f"W{place}": f"W{to}" for place, to in planted.items()}, reported_moves)


def calm(seeds: range, taste: Taste, draws: int = 999) -> tuple[list[float], int]:
    """Return p of every closure in worlds where no one is moved, and how many closures are called `together`."""
    p, called = [], 0
    for seed in seeds:
        every = find_departures(world(seed, moves=False, taste=taste).known, draws=draws)
        p += [left.test.p for left in every.values() if left.test.p is not None]
        called += sum(left.test.verdict == "together" for left in every.values())
    return p, called


@dataclass(slots=True)
class Pooled:
    """Tests of controllers in some worlds: `hands` tested, `called` together, and `single` closures called together."""

    hands: int = 0
    called: int = 0
    single: int = 0
    seen: int = 0
    stayed: int = 0
    expected: float = 0.0


def pool_tests(seeds: range, under: float, draws: int = 199) -> Pooled:
    """Test controllers of many small places; `under`: chance that people go to a place of the same controller."""
    pool = Pooled()
    for seed in seeds:
        known = world(seed, under=under).known
        every = find_departures(known, draws=draws)
        tests = hand_tests(known, every)
        pool.hands += len(tests)
        pool.called += sum(test.together for test in tests)
        pool.single += sum(left.test.verdict == "together" for left in every.values())
        pool.seen += sum(sum(test.seen) for test in tests)
        pool.stayed += sum(sum(test.stayed) for test in tests)
        pool.expected += sum(test.expected for test in tests)
    return pool


@dataclass(slots=True)
class Score:
    """Counts over some worlds: planted, visible and found moves; closures and places called, and how many are false."""

    planted: int = 0
    visible: int = 0
    found: int = 0
    found_visible: int = 0
    called: int = 0
    false: int = 0
    places: int = 0
    false_places: int = 0


def score_moves(seeds: range, draws: int, taste: Taste = TASTES["anywhere"]) -> Score:
    """Count the planted moves that are found, and the closures and places that are wrongly called."""
    score = Score()
    for seed in seeds:
        invented = world(seed, taste=taste)
        every = find_departures(invented.known, draws=draws)
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


def measure(first: int, worlds: int, draws: int) -> dict[str, dict[str, float]]:
    """Measure false alarms and power for each taste, and for controllers of small places; print figures when ready."""
    seeds, figures = range(first, first + worlds), {}
    for name, taste in TASTES.items():
        p, called = calm(seeds, taste, draws)
        score = score_moves(seeds, draws, taste)
        figures[name] = {
            "closures": len(p),
            "p_at_most_5_percent": round(float(np.mean(np.array(p) <= ALPHA)), 3),
            "called_with_nobody_moved": called,
            "visible": score.visible,
            "found": score.found_visible,
            "called": score.called,
            "false": score.false,
        }
        print(name, figures[name], f"places called {score.places}, of them another {score.false_places}", flush=True)
    for name, under in (("one hand, nobody moved", 0.0), ("one hand, most moved", 0.7)):
        pool = pool_tests(seeds, under)
        figures[name] = {**asdict(pool), "expected": round(pool.expected, 1)}
        print(name, figures[name], flush=True)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=60, help="worlds of each sort (%(default)s)")
    parser.add_argument("--first", type=int, default=5001, help="seed of the first of each (%(default)s)")
    parser.add_argument("--draws", type=int, default=9_999, help="deals of a test (%(default)s)")
    parser.add_argument("--write", action="store_true", help="write the figures that the help page prints")
    options = parser.parse_args()
    figures = measure(options.first, options.worlds, options.draws)
    if options.write:
        write_measured("displacement", figures | {"run": {"first": options.first, "worlds": options.worlds}})
    large = world(options.first, people=20_000)
    begin = time.perf_counter()
    every = find_departures(large.known, draws=options.draws)
    print(f"20,000 people, {len(every)} closures, {len(large.known.ties)} links: {time.perf_counter() - begin:.1f} s")


if __name__ == "__main__":
    main()
