"""Quality of the score on worlds of authors not used to fit it: `python -m bench.left_out`.

The worlds of each author other than this project are ranked in three ways: by the score, with weights that
`bench.fit_weights` fits on all other authors; by the plain regressions of `bench.plain`, fitted in the same way; and by
the textbook measure that is best there in hindsight. Families are listed worst first. The shipped weights are fitted on
all authors, so they cannot be judged in this way.

`--write` stores the figures in `left_out.csv`, which a test compares with the score: it fails if a change loses more
than .01 of average precision on any author. Run it once for each change; do not use it to choose between changes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench import fit_weights
from bench.case_folder import Case
from bench.plain import Sums, fit, sums
from bench.worlds import FALSE_SHARES, FAMILIES, PROJECT, case, usual_share
from graphsvc.analysis.evaluation import baselines, measures
from graphsvc.analysis.ranking.additive import ScoreWeights
from graphsvc.analysis.ranking.hubs import rank

_World = TypeVar("_World")
FILE = Path(__file__).with_name("left_out.csv")
# Maximum average precision that a change may lose on any author.
MAY_LOSE = 0.01
SCORE = "score"
# Number of worlds of a family to fit the regressions on, and to try methods on for each share of false statements.
_FITTED, _TRIED = 12, 6
_PIVOTS = 200
# Heading of a column → name of a figure of `measures.figures`.
_FIGURES = {
    "AP": "average precision",
    "P@10": f"hubs in the first {measures.TOP}",
    "AUC": "AUC",
    "helpers": f"helpers in the first {measures.TOP}",
    "leaders": "leaders in the first tenth",
    "brokers": "brokers in the first tenth",
}
# For the score only: whether it names no leads in a world with hubs; whether it names leads even after all claims about
# hubs are removed.
_OF_SCORE = ("silent", "called")
COLUMNS = (*_FIGURES, *_OF_SCORE)
_HEADS = ("score", "method", "author", "family", "false", *COLUMNS, "AP before")


@dataclass(frozen=True, slots=True)
class Tried:
    """A world and the figures of methods on it.

    Attributes:
        family, false_share: family of the world, and share of false statements.
        world: the world as numbers; planted: true roles of its people.
        figures: method → column → figure.
    """

    family: str
    false_share: float
    world: Sums
    planted: measures.Planted
    figures: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Row:
    """Mean figures, by column, of one method on a family's worlds at one share of false statements; NaN: no value."""

    method: str
    family: str
    false_share: float
    figures: Mapping[str, float]

    @property
    def author(self) -> str:
        """The author of the family."""
        return FAMILIES[self.family].author


def by_others() -> list[str]:
    """Return the families by other authors."""
    return [name for name, family in FAMILIES.items() if family.author != PROJECT]


def _figures(scores: Mapping[str, float], planted: measures.Planted) -> dict[str, float]:
    known = measures.mean_figures(scores, planted)
    return {head: known[name] for head, name in _FIGURES.items()}


def _try_world(task: tuple[tuple[str, int, float], ScoreWeights]) -> Tried:
    """Rank one world by the score with weights fitted on other authors, and by the textbook measures."""
    world_key, weights = task
    invented_case = case(*world_key)
    planted = invented_case.planted_people
    ranking = rank(invented_case.claims, invented_case.persons, invented_case.dependence, score_weights=weights)
    without = [claim for claim in invented_case.claims if planted.hubs.isdisjoint((claim.subject, claim.object))]
    called = rank(without, invented_case.persons, invented_case.dependence, score_weights=weights).verdict == "leads"
    scored = _figures({lead.id: lead.score for lead in ranking.leads}, planted)
    scored |= zip(_OF_SCORE, (ranking.verdict != "leads", called), strict=True)
    textbook = max(
        (_figures(scores, planted) for scores in _textbook(invented_case)), key=lambda figures: figures["AP"]
    )
    return Tried(world_key[0], world_key[2], sums(invented_case), planted, {SCORE: scored, "textbook": textbook})


def _textbook(invented_case: Case) -> Iterator[Mapping[str, float]]:
    graph = baselines.person_projection(invented_case.claims, {person.id for person in invented_case.persons})
    yield baselines.degree(graph)
    yield baselines.betweenness(graph, sample=_PIVOTS)
    yield baselines.effective_size(graph)
    yield baselines.pagerank(graph)


def _numbers(world_key: tuple[str, int, float]) -> Sums:
    return sums(case(*world_key))


def but(worlds: Mapping[str, list[_World]], author: str) -> dict[str, list[_World]]:
    """Return the worlds of all other authors."""
    return {name: family_worlds for name, family_worlds in worlds.items() if FAMILIES[name].author != author}


def judge_methods(fitted: int = _FITTED, tried: int = _TRIED) -> list[Row]:
    """Return the figures of every method on every family by other authors.

    Args:
        fitted: number of worlds of each family used to fit the regressions.
        tried: number of worlds of each family to try, at each share of false statements.
    """
    to_fit = [(name, seed, usual_share(seed)) for name, family in FAMILIES.items() for seed in family.fitted[:fitted]]
    authors = sorted({FAMILIES[name].author for name in by_others()})
    voices = fit_weights.worlds(count=fitted)
    weights = {author: fit_weights.fit(but(voices, author)) for author in authors}
    to_try = [
        ((name, seed, share), weights[FAMILIES[name].author])
        for name in by_others()
        for seed in FAMILIES[name].tried[:tried]
        for share in FALSE_SHARES
    ]
    with ProcessPoolExecutor() as processes:
        worlds: dict[str, list[Sums]] = defaultdict(list)
        for world_key, numbers in zip(to_fit, processes.map(_numbers, to_fit), strict=True):
            worlds[world_key[0]].append(numbers)
        every = list(processes.map(_try_world, to_try))
    for author in authors:
        other_worlds = but(worlds, author)
        models = {"one step": fit(other_worlds), "two steps": fit(other_worlds, steps=2)}
        for trial in every:
            if FAMILIES[trial.family].author == author:
                for name, model in models.items():
                    scores = dict(zip(trial.world.ids, model.score(trial.world).tolist(), strict=True))
                    trial.figures[name] = _figures(scores, trial.planted)
    return _rows(every)


def _rows(every: Iterable[Tried]) -> list[Row]:
    """Return the means over the worlds of each family and share of false statements."""
    parts: dict[tuple[str, str, float], list[dict[str, float]]] = defaultdict(list)
    for trial in every:
        for method, figures in trial.figures.items():
            parts[method, trial.family, trial.false_share].append(figures)
    return [
        Row(*key, {head: measures.mean([figures.get(head, math.nan) for figures in all_figures]) for head in COLUMNS})
        for key, all_figures in parts.items()
    ]


def by_author(rows: Iterable[Row], method: str, head: str) -> dict[str, float]:
    """Return author → mean of a column: over shares of false statements, then over the author's families."""
    return author_means((row.family, row.figures[head]) for row in rows if row.method == method)


def author_means(values: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return author → mean over the author's families of the mean value of each family; NaN is ignored."""
    authors: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for family, value in values:
        authors[FAMILIES[family].author][family].append(value)
    return {
        author: measures.mean([measures.mean(family_values) for family_values in of.values()])
        for author, of in authors.items()
    }


def fingerprint() -> str:
    """Return a digest of the scores in one world of each family by other authors, which shows whether they changed."""
    digest = hashlib.sha256()
    for name in by_others():
        invented_case = case(name, FAMILIES[name].tried[0], FALSE_SHARES[1])
        for lead in rank(invented_case.claims, invented_case.persons, invented_case.dependence).leads:
            digest.update(f"{lead.id} {lead.score:.4f}\n".encode())
    return digest.hexdigest()[:16]


def read(path: Path = FILE) -> list[dict[str, str]]:
    """Read the rows of the file as heading → text; empty if there is no file."""
    return list(csv.DictReader(path.read_text("utf-8").splitlines())) if path.exists() else []


def write(rows: Sequence[Row], path: Path = FILE) -> None:
    """Write the file. Its last column is the average precision before the last change of the score."""
    score, before = fingerprint(), read(path)
    column = "AP before" if before and before[0]["score"] == score else "AP"
    former = {(row["method"], row["family"], row["false"]): row[column] for row in before}
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_HEADS)
        for row in rows:
            figures = ["" if math.isnan(value := row.figures[head]) else f"{value:.4f}" for head in COLUMNS]
            share = f"{row.false_share:g}"
            known = former.get((row.method, row.family, share), figures[0])
            table.writerow([score, row.method, row.author, row.family, share, *figures, known])


def lost(rows: Sequence[Mapping[str, str]]) -> dict[str, float]:
    """Return author → average precision lost by the last change of the score, if it is more than `MAY_LOSE`.

    Args:
        rows: rows of the file.
    """
    falls: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["method"] == SCORE:
            falls[row["author"]][row["family"]].append(float(row["AP before"]) - float(row["AP"]))
    means = {
        author: float(np.mean([np.mean(family_losses) for family_losses in families.values()]))
        for author, families in falls.items()
    }
    return {author: fall for author, fall in means.items() if fall > MAY_LOSE}


def show(rows: Sequence[Row]) -> None:
    """Print the table, beginning with the family on which the score is worst, and the mean and worst author."""
    shipped: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.method == SCORE:
            shipped[row.family].append(row.figures["AP"])
    worst_first = sorted(shipped, key=lambda name: measures.mean(shipped[name]))
    ordered = sorted(rows, key=lambda row: (worst_first.index(row.family), row.false_share))
    print(f"{'family':>12} {'author':>6} {'false':>5} {'method':<10}" + "".join(f"{head:>11}" for head in COLUMNS))
    for row in ordered:
        figures = "".join(f"{'-':>11}" if math.isnan(row.figures[head]) else f"{row.figures[head]:>11.3f}" for head in COLUMNS)  # fmt: skip
        print(f"{row.family:>12} {row.author:>6} {row.false_share:>5.0%} {row.method:<10}{figures}")
    for method in dict.fromkeys(row.method for row in rows):
        means = {head: by_author(rows, method, head).values() for head in COLUMNS}
        print(
            f"{method:<10} mean over authors: "
            + ", ".join(
                f"{head} {mean:.3f}"
                for head, author_values in means.items()
                if not math.isnan(mean := measures.mean(list(author_values)))
            )
            + f"; worst AP {min(means['AP']):.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fitted", type=int, default=_FITTED, help="worlds of each family to fit the regressions on")
    parser.add_argument("--tried", type=int, default=_TRIED, help="worlds of each to try on, at each share")
    parser.add_argument("--write", action="store_true", help="put the figures in left_out.csv")
    options = parser.parse_args()
    rows = judge_methods(options.fitted, options.tried)
    show(rows)
    if options.write:
        write(rows)


if __name__ == "__main__":
    main()
