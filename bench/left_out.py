"""How well the score ranks worlds of authors whom it has not seen: `python -m bench.left_out`.

Worlds of every other author are ranked by the score with weights that `bench.fit_weights` fits on all authors but that one, by the plain
regressions of `bench.plain`, fitted likewise, and by the textbook measure that does best there in hindsight. Families come worst
first. What is shipped is fitted on all authors together, so on worlds of none of them would it be a left-out figure.

`--write` puts the figures in `left_out.csv`, which a test compares with the score: a change that loses more than .01 of average
precision on any author does not pass. Run it once for a change, and choose nothing by it.
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
from graphsvc.analysis.score.additive import ScoreWeights
from graphsvc.analysis.score.hubs import rank

_World = TypeVar("_World")
FILE = Path(__file__).with_name("left_out.csv")
# So much average precision may go on any author left out.
MAY_LOSE = 0.01
SCORE = "score"
# Worlds of a family that the regressions are fitted on, and worlds that all are tried on, at each share of false statements.
_FITTED, _TRIED = 12, 6
_PIVOTS = 200
# Head of a column → figure of `measures.figures`.
_FIGURES = {
    "AP": "average precision",
    "P@10": f"hubs in the first {measures.TOP}",
    "AUC": "AUC",
    "helpers": f"helpers in the first {measures.TOP}",
    "leaders": "leaders in the first tenth",
    "brokers": "brokers in the first tenth",
}
# Of the score alone: worlds that it says nothing of though they have hubs, and worlds that it names leads in though all claims on
# hubs were taken out.
_OF_SCORE = ("silent", "called")
COLUMNS = (*_FIGURES, *_OF_SCORE)
_HEADS = ("score", "method", "author", "family", "false", *COLUMNS, "AP before")


@dataclass(frozen=True, slots=True)
class Tried:
    """A world with what does not depend on a fit.

    Attributes:
        family, false_share: which world it is.
        world: as numbers; planted: who is who in it.
        figures: method → column → figure.
    """

    family: str
    false_share: float
    world: Sums
    planted: measures.Planted
    figures: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one method on the worlds of a family at one share of false statements, by column; NaN: there are none."""

    method: str
    family: str
    false_share: float
    figures: Mapping[str, float]

    @property
    def author(self) -> str:
        """Who wrote the family."""
        return FAMILIES[self.family].author


def by_others() -> list[str]:
    """The families that other authors wrote."""
    return [name for name, family in FAMILIES.items() if family.author != PROJECT]


def _figures(scores: Mapping[str, float], planted: measures.Planted) -> dict[str, float]:
    known = measures.measured(scores, planted)
    return {head: known[name] for head, name in _FIGURES.items()}


def _tried(given: tuple[tuple[str, int, float], ScoreWeights]) -> Tried:
    """Rank one world by weights fitted without its author, and by everything that needs no fit."""
    which, weights = given
    made = case(*which)
    planted = made.planted
    ranking = rank(made.claims, made.persons, made.dependence, score_weights=weights)
    without = [claim for claim in made.claims if planted.hubs.isdisjoint((claim.subject, claim.object))]
    called = rank(without, made.persons, made.dependence, score_weights=weights).verdict == "leads"
    scored = _figures({lead.id: lead.score for lead in ranking.leads}, planted)
    scored |= zip(_OF_SCORE, (ranking.verdict != "leads", called), strict=True)
    textbook = max((_figures(scores, planted) for scores in _textbook(made)), key=lambda figures: figures["AP"])
    return Tried(which[0], which[2], sums(made), planted, {SCORE: scored, "textbook": textbook})


def _textbook(made: Case) -> Iterator[Mapping[str, float]]:
    graph = baselines.person_projection(made.claims, {person.id for person in made.persons})
    yield baselines.degree(graph)
    yield baselines.betweenness(graph, sample=_PIVOTS)
    yield baselines.effective_size(graph)
    yield baselines.pagerank(graph)


def _numbers(which: tuple[str, int, float]) -> Sums:
    return sums(case(*which))


def but(worlds: Mapping[str, list[_World]], author: str) -> dict[str, list[_World]]:
    """The worlds of all authors but one."""
    return {name: some for name, some in worlds.items() if FAMILIES[name].author != author}


def judged(fitted: int = _FITTED, tried: int = _TRIED) -> list[Row]:
    """The figures of every method on every family of other authors.

    Args:
        fitted: worlds of each family that the regressions are fitted on.
        tried: worlds of each that all are tried on, at each share of false statements.
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
        for which, numbers in zip(to_fit, processes.map(_numbers, to_fit), strict=True):
            worlds[which[0]].append(numbers)
        every = list(processes.map(_tried, to_try))
    for author in authors:
        others = but(worlds, author)
        models = {"one step": fit(others), "two steps": fit(others, steps=2)}
        for one in every:
            if FAMILIES[one.family].author == author:
                for name, model in models.items():
                    scores = dict(zip(one.world.ids, model.score(one.world).tolist(), strict=True))
                    one.figures[name] = _figures(scores, one.planted)
    return _rows(every)


def _rows(every: Iterable[Tried]) -> list[Row]:
    """The means over the worlds of each family and share of false statements."""
    parts: dict[tuple[str, str, float], list[dict[str, float]]] = defaultdict(list)
    for one in every:
        for method, figures in one.figures.items():
            parts[method, one.family, one.false_share].append(figures)
    return [
        Row(*key, {head: measures.mean([one.get(head, math.nan) for one in some]) for head in COLUMNS})
        for key, some in parts.items()
    ]


def by_author(rows: Iterable[Row], method: str, head: str) -> dict[str, float]:
    """The mean of a column for each author: over the shares of false statements of a family, then over the author's families."""
    return author_means((row.family, row.figures[head]) for row in rows if row.method == method)


def author_means(values: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return for each author the mean over their families of the means of (family, value); NaN is left out."""
    authors: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for family, value in values:
        authors[FAMILIES[family].author][family].append(value)
    return {author: measures.mean([measures.mean(some) for some in of.values()]) for author, of in authors.items()}


def fingerprint() -> str:
    """A digest of what the shipped weights make of one world of each family by others: another one wherever the score has changed."""
    digest = hashlib.sha256()
    for name in by_others():
        made = case(name, FAMILIES[name].tried[0], FALSE_SHARES[1])
        for lead in rank(made.claims, made.persons, made.dependence).leads:
            digest.update(f"{lead.id} {lead.score:.4f}\n".encode())
    return digest.hexdigest()[:16]


def read(path: Path = FILE) -> list[dict[str, str]]:
    """The rows of the file, by head of column; none where there is no file."""
    return list(csv.DictReader(path.read_text("utf-8").splitlines())) if path.exists() else []


def write(rows: Sequence[Row], path: Path = FILE) -> None:
    """Write the file. Its last column has what the score reached before it last changed."""
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
    """Author → how much average precision of the score went with its last change, of those who lost more than they may.

    Args:
        rows: of the file.
    """
    falls: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["method"] == SCORE:
            falls[row["author"]][row["family"]].append(float(row["AP before"]) - float(row["AP"]))
    means = {
        author: float(np.mean([np.mean(some) for some in families.values()])) for author, families in falls.items()
    }
    return {author: fall for author, fall in means.items() if fall > MAY_LOSE}


def show(rows: Sequence[Row]) -> None:
    """Print the table, families worst first for the score, and the mean and the worst over authors."""
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
                for head, some in means.items()
                if not math.isnan(mean := measures.mean(list(some)))
            )
            + f"; worst AP {min(means['AP']):.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fitted", type=int, default=_FITTED, help="worlds of each family to fit the regressions on")
    parser.add_argument("--tried", type=int, default=_TRIED, help="worlds of each to try on, at each share")
    parser.add_argument("--write", action="store_true", help="put the figures in left_out.csv")
    options = parser.parse_args()
    rows = judged(options.fitted, options.tried)
    show(rows)
    if options.write:
        write(rows)


if __name__ == "__main__":
    main()
