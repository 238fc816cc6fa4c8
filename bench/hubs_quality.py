"""Quality of the ranking of leads on invented cases, compared with degree, betweenness, PageRank and chance.

`python -m bench.hubs_quality --seeds 101-120 --people 1000`: seeds 1 to 20 were used to set weights by hand.
`python -m bench.hubs_quality --hard --seeds 1-60`: the hard family; bench/README.md explains its seeds.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import networkx as nx
import numpy as np

from bench.case_folder import Case, read
from graphsvc.analysis.claims.claims import Claim
from graphsvc.analysis.evaluation import baselines, measures
from graphsvc.analysis.ranking.hubs import rank
from graphsvc.simulate import simulate

FALSE_SHARES = (0.0, 0.2, 0.4)
COLUMNS = ("AP", "P@10", "helpers@10", "leaders", "brokers")


def scorings(case: Case) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Yield the name of each method, and its scores by person."""
    candidates = case.truth["candidates"]
    yield "graphsvc", {lead.id: lead.score for lead in rank(case.claims, case.persons, case.dependence).leads}
    graph = baselines.person_projection(case.claims, {person.id for person in case.persons})
    yield "degree", baselines.degree(graph)
    yield "betweenness", baselines.betweenness(graph, sample=200)
    yield "pagerank", nx.pagerank(graph)
    true = [claim for claim in case.claims if claim.asserts and not _untrue(case, claim)]
    yield "true claims", {lead.id: lead.score for lead in rank(true, case.persons, case.dependence).leads}
    luck = np.random.default_rng(1).random(len(candidates)).tolist()
    yield "chance", dict(zip(sorted(candidates), luck, strict=True))


def _untrue(case: Case, claim: Claim) -> bool:
    return (claim.subject, claim.relation, claim.object) in case.untrue


def figures(case: Case, scores: Mapping[str, float]) -> tuple[float, ...]:
    """Return the columns of the table for one method on one case."""
    truth = case.truth
    ranked = measures.order(scores, truth["candidates"])
    return (
        measures.average_precision(ranked, set(truth["hubs"])),
        measures.precision_at(ranked, set(truth["hubs"]), 10),
        measures.precision_at(ranked, set(truth["helpers"]), 10),
        measures.top_tenth(ranked, set(truth["leaders"])),
        measures.top_tenth(ranked, set(truth["brokers"])),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="101-120")
    parser.add_argument("--people", type=int, help="default 1000; in the hard family drawn from the seed")
    parser.add_argument("--hard", action="store_true", help="the hard family of worlds")
    options = parser.parse_args()
    people = options.people or (None if options.hard else 1000)
    first, last = (int(part) for part in options.seeds.split("-"))
    print(f"{'false':>6} {'method':<12}" + "".join(f"{name:>12}" for name in COLUMNS))
    for share in FALSE_SHARES:
        by_method: dict[str, list[tuple[float, ...]]] = defaultdict(list)
        for seed in range(first, last + 1):
            with tempfile.TemporaryDirectory() as folder:
                simulate(Path(folder) / "case", seed=seed, people=people, false_share=share, hard=options.hard)
                case = read(Path(folder) / "case")
            for method, scores in scorings(case):
                by_method[method].append(figures(case, scores))
        for method, rows in by_method.items():
            print(
                f"{share:>6} {method:<12}" + "".join(f"{value:>12.3f}" for value in np.mean(rows, axis=0)), flush=True
            )


if __name__ == "__main__":
    main()
