"""Statistics of how sources report each family of worlds: `python -m bench.reporting`.

For each family it prints the number of claims in true and in false witness statements, the share of false statements
with more than one false claim, how informative gradings are, the share of hubs among registered controllers, and the
share of people whom a witness names.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from bench.case_folder import Case
from bench.reporters import auc
from bench.worlds import FAMILIES, case
from graphsvc.analysis.claims.claims import Claim

_WORLDS = 6


@dataclass(frozen=True, slots=True)
class Reporting:
    """Statistics of the reporting in some worlds.

    Attributes:
        true_claims: median number of claims in a true witness statement.
        false_claims: the same for a false statement.
        repeated: share of false statements with more than one false claim.
        grade: chance that a true statement has a better source grade than a false one; ties count half.
        assessment: the same for its assessment.
        directs: chance that a true claim of directing has a better assessment than a false one.
        controllers: share of registered controllers who are hubs.
        leaders: share of leaders named by a witness.
        hubs: share of hubs named by a witness.
        others: share of the other candidates named by a witness.
    """

    true_claims: float
    false_claims: float
    repeated: float
    grade: float
    assessment: float
    directs: float
    controllers: float
    leaders: float
    hubs: float
    others: float


def reporting(worlds: Iterable[Case]) -> Reporting:
    """Measure the reporting in some worlds."""
    lengths: dict[bool, list[int]] = {True: [], False: []}
    repeated: list[bool] = []
    graded: list[tuple[bool, str, str]] = []
    directs: list[tuple[bool, str]] = []
    registered: list[bool] = []
    leaders: list[bool] = []
    named: dict[bool, list[bool]] = {True: [], False: []}
    for world in worlds:
        false = set(world.truth.get("false_statements", ()))
        accounts: dict[str, list[Claim]] = defaultdict(list)
        for claim in world.claims:
            if claim.source_kind == "witness":
                accounts[claim.statement].append(claim)
        for statement, claims in accounts.items():
            is_true = statement not in false
            lengths[is_true].append(len(claims))
            graded.append((is_true, claims[0].source_grade, claims[0].assessment))
            wrong = [claim for claim in claims if claim.asserts and not _holds(world, claim)]
            if not is_true:
                repeated.append(len(wrong) > 1)
            directs += [
                (_holds(world, claim), claim.assessment)
                for claim in claims
                if claim.relation == "DIRECTED" and claim.asserts
            ]
        hubs = world.planted_people.hubs
        registered += [
            claim.subject in hubs
            for claim in world.claims
            if claim.source_kind == "record" and claim.relation == "CONTROLS" and claim.asserts
        ]
        known = {end for claims in accounts.values() for claim in claims for end in (claim.subject, claim.object)}
        leaders += [name in known for name in world.planted_people.leaders]
        for name in world.planted_people.candidates:
            named[name in hubs].append(name in known)
    return Reporting(
        float(np.median(lengths[True])),
        float(np.median(lengths[False])),
        _mean(repeated),
        _auc([row[0] for row in graded], [row[1] for row in graded]),
        _auc([row[0] for row in graded], [row[2] for row in graded]),
        _auc([row[0] for row in directs], [row[1] for row in directs]),
        _mean(registered),
        _mean(leaders),
        _mean(named[True]),
        _mean(named[False]),
    )


def _holds(world: Case, claim: Claim) -> bool:
    """Whether a claim is true, by the list of true links or, without one, that of false links."""
    if "facts" in world.truth:
        return claim.key in world.truth["facts"]
    return claim.key not in world.untrue


def _mean(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _auc(is_true: Sequence[bool], letters: Sequence[str]) -> float:
    """Return the chance that a true item has an earlier letter than a false one; ties count half."""
    return auc(np.array(is_true, dtype=bool), np.array([-ord(letter or "Z") for letter in letters], dtype=float))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--false", type=float, default=0.2, help="share of false statements (%(default)s)")
    options = parser.parse_args()
    names = [field.name for field in fields(Reporting)]
    print(f"{'family':>12}" + "".join(f"{name:>13}" for name in names))
    for family, details in FAMILIES.items():
        worlds = [case(family, seed, options.false) for seed in details.fitted[:_WORLDS]]
        if "false_statements" in worlds[0].truth:
            statistics = reporting(worlds)
            print(f"{family:>12}" + "".join(f"{getattr(statistics, name):>13.3f}" for name in names), flush=True)


if __name__ == "__main__":
    main()
