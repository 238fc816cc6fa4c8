"""Belief of links against what was planted: `python -m bench.calibration`.

Among links that are believed by so much, as many should be true. For each family of worlds how far off that is, of all links and of those
where it counts: without a record, of one group of witnesses alone, of who stands behind an operation. `--diagram` tells it bin by bin;
`--seeds hard=1001-1040` takes worlds other than those the table in docs/leads.md is of.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.case_folder import Case
from bench.worlds import case, usual_share
from graphsvc.analysis.evidence.belief import link_table
from graphsvc.analysis.evidence.ledger import Bools, Floats
from graphsvc.analysis.evidence.roles import BEHIND

_BINS = 10
# Worlds for tuning, family by family.
TRIED = (
    ("hard", range(1, 25)),
    ("hard", range(2001, 2013)),
    ("worlds", range(3001, 3025)),
    ("close", range(3001, 3025)),
)


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Links, one place each.

    Attributes:
        belief: of the link, 0 to 1.
        true: whether it is so.
        record: whether a record asserts it.
        lone: whether one group of witnesses is all that does.
        behind: whether it says who arranges, runs or directs.
    """

    belief: Floats
    true: Bools
    record: Bools
    lone: Bools
    behind: Bools

    def rows(self) -> dict[str, Bools]:
        """The rows of the table in docs/leads.md: in words → which links they are of."""
        return {
            "all": np.ones(len(self.belief), dtype=bool),
            "that no record asserts": ~self.record,
            "one group of witnesses alone": self.lone,
            "who arranges, runs or directs, no record": self.behind & ~self.record,
            "the same, one group of witnesses alone": self.behind & self.lone,
        }

    def off(self) -> dict[str, float]:
        """For each of the rows how far belief is from how many are true; NaN where there is no such link."""
        return {
            name: off(self.belief[those], self.true[those]) if those.any() else float("nan")
            for name, those in self.rows().items()
        }


def beliefs(worlds: Iterable[Case]) -> Beliefs:
    """The links of some worlds that tell which of them are true."""
    rows = [row for world in worlds for row in _links(world)]
    belief, true, record, lone, behind = zip(*rows, strict=True)
    return Beliefs(np.array(belief), *(np.array(column, dtype=bool) for column in (true, record, lone, behind)))


def _links(world: Case) -> Iterator[tuple[float, bool, bool, bool, bool]]:
    # Randomised worlds tell all that is so, simulated ones what of what is told is not.
    facts: frozenset[tuple[str, str, str]] = frozenset(world.truth.get("facts", ()))
    untrue = frozenset() if facts else world.untrue
    recorded = {claim.key for claim in world.claims if claim.asserts and claim.source_kind == "record"}
    for key, figures in link_table(world.claims, world.dependence).items():
        true = key in facts if facts else key not in untrue
        lone = figures.groups == 1 and not figures.other_sources
        yield figures.belief, true, key in recorded, lone, key[1] in BEHIND


def off(belief: Floats, true: Floats | Bools) -> float:
    """How far belief is from how many are true, bin by bin, each bin by how many links are in it."""
    place = np.minimum((belief * _BINS).astype(int), _BINS - 1)
    bins = [place == number for number in np.unique(place)]
    return float(sum(inside.sum() * abs(belief[inside].mean() - true[inside].mean()) for inside in bins) / len(belief))


def diagram(name: str, belief: Floats, true: Bools) -> None:
    """Prints one reliability diagram as a table: for each bin how many links, their mean belief, and how many of them are true."""
    place = np.minimum((belief * _BINS).astype(int), _BINS - 1)
    print(f"{name}: {len(belief):,} links\n{'belief':>8} {'links':>9} {'believed':>9} {'true':>7}")
    for number in range(_BINS):
        inside = place == number
        if inside.any():
            row = f"{number / _BINS:>8.1f} {inside.sum():>9,} {belief[inside].mean():>9.3f} {true[inside].mean():>7.3f}"
            print(row)
    print()


def _asked(text: str) -> tuple[str, range]:
    family, _, seeds = text.partition("=")
    first, _, last = seeds.partition("-")
    return family, range(int(first), int(last or first) + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--seeds",
        action="append",
        type=_asked,
        metavar="FAMILY=FIRST-LAST",
        help="these worlds instead; may be repeated",
    )
    parser.add_argument("--diagram", action="store_true", help="each row bin by bin as well")
    options = parser.parse_args()
    for family, seeds in options.seeds or TRIED:
        links = beliefs(case(family, seed, usual_share(seed)) for seed in seeds)
        called = f"{family} {seeds[0]}-{seeds[-1]}"
        for name, those in links.rows().items():
            print(f"{called:<16} {name:<42} {those.sum():>8,} links {links.off()[name]:.3f}", flush=True)
            if options.diagram and those.any():
                diagram(name, links.belief[those], links.true[those])


if __name__ == "__main__":
    main()
