"""Compare rankings and textbook measures with the truth planted in invented cases, with intervals for each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphsvc.analysis.evaluation import comparison, measures
from graphsvc.analysis.evaluation.measures import FIGURES
from graphsvc.errors import RequestError
from graphsvc.records.numbers import count
from graphsvc.records.progress import Progress
from graphsvc.service.evaluation import ranking_file, simulated_cases
from graphsvc.service.evaluation.simulated_cases import Trial
from graphsvc.views import intervals

GIVEN, CHANCE = "ranking given", "chance"
HALVED = "average precision on half of the witnesses"
# Number of samples for an interval. Sampling cases costs nothing; sampling candidates takes time.
_OF_CASES, _OF_CANDIDATES = 2000, 200

# Method → figure → values: one for each case, or for each sample of one case.
Values = dict[str, dict[str, list[float]]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of one method: mean over the cases, and the range of 95% of samples (NaN if unknown)."""

    method: str
    figure: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Result of a comparison.

    Attributes:
        cases: names of the folders.
        sampled: basis of the intervals: `cases` or `candidates`.
        candidates: number of candidates to rank, in all cases.
        unranked: candidates missing from the supplied ranking.
        passed_over: cases in that ranking whose folders were not given.
        left_out: rows that an import would reject, in words; with the folder's name if there are several folders.
        measures: the figures, ordered by method, then figure.
    """

    cases: list[str]
    sampled: str
    candidates: int
    unranked: int
    passed_over: list[str]
    left_out: list[str]
    measures: list[Measure]


def compare(
    folders: Sequence[Path], ranking: Path | None, *, halves: int = 5, seed: int = 0, progress: Progress
) -> Compared:
    """Compare every ranking method on every folder.

    Args:
        folders: case folders with their truth.json.
        ranking: a ranking of these folders to compare with the computed ones; None to compare only those.
        halves: how many random halves of the witnesses to rank from as well.
        seed: random seed of halves and samples.
        progress: receives progress reports.

    Raises:
        RequestError: there is no folder, two folders have the same name and a ranking is given, or halves is negative.
        InputError: a folder is not a case folder with a truth.json, or the ranking is invalid or not of these cases.
    """
    if not folders:
        raise RequestError("Name one or several case folders, or a case and its --truth.")
    called = [folder.resolve().name for folder in folders]
    if ranking is not None and len(set(called)) < len(called):
        raise RequestError("A ranking tells cases apart by their folders: name no two that are called alike.")
    if halves < 0:
        raise RequestError(f"halves is {halves}, but takes a whole number from 0.")
    rankings = ranking_file.read(ranking) if ranking is not None else {}
    givens = [
        None if ranking is None else ranking_file.of_folder(ranking, rankings, name, alone=len(folders) == 1)
        for name in called
    ]
    cases: Values = {}
    samples: Values = {}
    names, candidates, unranked, left_out = [], 0, 0, list[str]()
    for number, (folder, supplied) in enumerate(zip(folders, givens, strict=True), start=1):
        of = f" ({number:,} of {len(folders):,})" if len(folders) > 1 else ""

        def step(done: int, total: int, phase: str, of: str = of, name: str = folder.name) -> None:
            progress(done, total, f"{name}{of}: {phase}")

        step(0, 0, "reading")
        trial = simulated_cases.read(folder)
        names.append(trial.name)
        left_out += [f"{trial.name}: {row}" if len(folders) > 1 else str(row) for row in trial.rejections]
        candidates += len(trial.planted_people.candidates)
        unranked += len(trial.planted_people.candidates - supplied.keys()) if supplied is not None else 0
        scores = _scores(trial, supplied, step)
        for method, by_person in scores.items():
            for figure, value in measures.mean_figures(by_person, trial.planted_people).items():
                _add(cases, method, figure, value)
        halved = _half_precisions(trial, halves, seed, step)
        for method, on_half in halved.items():
            _add(cases, method, HALVED, measures.mean(on_half))
        if len(folders) == 1:
            samples = _sample_figures(trial, scores, seed, step)
            for method, on_half in halved.items():
                samples[method][HALVED] = on_half
    sampled = "candidates" if len(folders) == 1 else "cases"
    if sampled == "cases":
        samples = {
            method: {figure: measures.means(values, _OF_CASES, seed) for figure, values in figures.items()}
            for method, figures in cases.items()
        }
    passed_over = sorted(rankings.keys() - set(called) - {""}) if len(rankings) > 1 else []
    return Compared(names, sampled, candidates, unranked, passed_over, left_out, _measures(cases, samples))


def _add(values: Values, method: str, figure: str, value: float) -> None:
    values.setdefault(method, {}).setdefault(figure, []).append(value)


def _scores(trial: Trial, supplied: Mapping[str, float] | None, step: Progress) -> dict[str, Mapping[str, float]]:
    """Return the scores by method: the supplied ranking first, chance last (without scores, so that all people tie)."""
    scores: dict[str, Mapping[str, float]] = {} if supplied is None else {GIVEN: supplied}
    witnesses = set(trial.witness_of.values())
    for place, method in enumerate(comparison.METHODS):
        step(place, len(comparison.METHODS), f"ranking by {method}")
        scores |= comparison.scorings(trial.claims, trial.persons, trial.dependence, witnesses, [method])
    return scores | {CHANCE: {}}


def _half_precisions(trial: Trial, count: int, seed: int, step: Progress) -> dict[str, list[float]]:
    """Map each method to its average precisions, one for each random half of the witnesses."""
    precisions: dict[str, list[float]] = {}
    for place, claims in enumerate(comparison.halves(trial.claims, count, seed)):
        step(place, count, "ranking on half of the witnesses")
        heard = {trial.witness_of[claim.source] for claim in claims if claim.source in trial.witness_of}
        for method, scores in comparison.scorings(claims, trial.persons, trial.dependence, heard).items():
            ranked_half = measures.order(scores, trial.planted_people.candidates, place)
            precisions.setdefault(method, []).append(measures.average_precision(ranked_half, trial.planted_people.hubs))
    return precisions


def _sample_figures(trial: Trial, scores: Mapping[str, Mapping[str, float]], seed: int, step: Progress) -> Values:
    """Return the figures of each method on samples of the candidates of a single case."""
    samples: Values = {}
    for place, (method, those) in enumerate(scores.items()):
        step(place, len(scores), "sampling candidates")
        for sample in measures.bootstrap_figures(those, trial.planted_people, _OF_CANDIDATES, seed):
            for figure, value in sample.items():
                _add(samples, method, figure, value)
    return samples


def _measures(cases: Values, samples: Values) -> list[Measure]:
    return [
        Measure(
            method,
            figure,
            measures.mean(cases[method][figure]),
            *measures.interval(samples[method][figure]),
        )
        for method in cases
        for figure in (*FIGURES, HALVED)
        if figure in cases[method]
    ]


def picture(compared: Compared) -> str:
    """Return the result as one SVG: a panel for each figure."""
    first = compared.measures[0].method if compared.measures else ""
    panels: dict[str, list[intervals.IntervalMark]] = {}
    for measure in compared.measures:
        mark = intervals.IntervalMark(
            measure.method, measure.value, measure.low, measure.high, ours=measure.method == first
        )
        panels.setdefault(measure.figure, []).append(mark)
    cases = compared.cases[0] if len(compared.cases) == 1 else count(len(compared.cases), "case")
    return intervals.svg(f"{cases}: {compared.candidates:,} candidates", list(panels.items()))
