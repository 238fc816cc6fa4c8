"""Comparison of rankings with the truth planted in invented cases: a loaded case, or case folders without a server."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.looking import FORMATS, write
from graphsvc.cli.printed import say, say_text
from graphsvc.cli.progress import show_progress
from graphsvc.errors import RequestError
from graphsvc.records.numbers import count
from graphsvc.service import Session, comparison, invented

Opener = Callable[..., AbstractContextManager[Session]]
_COLUMNS = ("method", "figure", "value", "low", "high")
# Short names of the figures, so that the table fits a terminal.
_SHORT = {
    "average precision": "AP",
    "hubs in the first 10": "hubs@10",
    "R-precision": "R-prec.",
    "helpers in the first 10": "helpers@10",
    "leaders in the first tenth": "leaders",
    "brokers in the first tenth": "brokers",
    comparison.HALVED: "AP, half",
}


@click.command()
@click.argument("targets", nargs=-1)
@click.option(
    "--truth",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="truth.json of an invented case that is loaded; the target is then that case.",
)
@click.option(
    "--ranking",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A ranking of your own, beside the others: what `graphsvc hubs --all` prints as JSON or CSV, or id,score;"
    " of several folders case,id,score.",
)
@click.option(
    "--halves", type=int, default=5, show_default=True, help="Number of random halves of the witnesses to rank again."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of halves and samples.")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures as SVG too.")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@acting
def evaluate(
    session: Opener,
    targets: Sequence[str],
    truth: Path | None,
    ranking: Path | None,
    halves: int,
    seed: int,
    picture: Path | None,
    form: str,
) -> None:
    """Compare rankings of invented cases with the truth planted in them.

    TARGETS are case folders with their truth.json; no server is needed. With --truth, TARGETS is a loaded case instead.
    """
    if truth is not None:
        if ranking or picture or len(targets) > 1:
            raise RequestError("--truth is for one loaded case; --ranking and --picture are for case folders.")
        with session(*targets) as acts:
            figures = invented.evaluate(acts, truth)
        for name, value in figures.items():
            say(f"{name:40} {value if isinstance(value, str | int) else f'{value:.3f}'}")
        return
    if picture is not None and not picture.parent.is_dir():
        raise RequestError(f"The folder {picture.parent} for the picture is not there. Make it, or name another one.")
    with show_progress() as progress:
        compared = comparison.compare(list(map(Path, targets)), ranking, halves=halves, seed=seed, progress=progress)
    if picture is not None:
        picture.write_text(comparison.picture(compared), "utf-8")
    for row in compared.left_out:
        say(f"rejected: {row}", err=True)
    if compared.passed_over:
        say(f"The ranking is also of cases that were not named: {', '.join(compared.passed_over)}.", err=True)
    if ranking is not None and compared.unranked:
        say(f"The ranking leaves out {compared.unranked:,} of {compared.candidates:,} candidates: last.", err=True)
    _tell(form, compared)


def _tell(form: str, compared: comparison.Compared) -> None:
    """Print the figures on stdout, and their explanation on stderr."""
    rows = [[getattr(measure, column) for column in _COLUMNS] for measure in compared.measures]
    if form == "csv":
        write(form, _COLUMNS, [[None if _unknown(cell) else cell for cell in row] for row in rows])
    elif form == "json":
        measures = [
            dict(zip(_COLUMNS, (None if _unknown(cell) else cell for cell in row), strict=True)) for row in rows
        ]
        answer = {
            "cases": compared.cases,
            "sampled": compared.sampled,
            "candidates": compared.candidates,
            "measures": measures,
        }
        say_text(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        figures = list(dict.fromkeys(measure.figure for measure in compared.measures))
        cells = {(measure.method, measure.figure): _cell(measure) for measure in compared.measures}
        methods = dict.fromkeys(measure.method for measure in compared.measures)
        table = [[method, *(cells.get((method, figure), "") for figure in figures)] for method in methods]
        write(form, ["method", *(_SHORT.get(figure, figure) for figure in figures)], table)
        say(
            f"{count(len(compared.cases), 'case')}, {count(compared.candidates, 'candidate')}. Beside each "
            f"figure where it lies in 95 of 100 samples of the {compared.sampled}.",
            err=True,
        )


def _cell(measure: comparison.Measure) -> str:
    if math.isnan(measure.value):
        return "-"
    return _short(measure.value) + ("" if math.isnan(measure.low) else f" {_short(measure.low)}-{_short(measure.high)}")


def _short(value: float) -> str:
    text = f"{value:.2f}"
    return text.removeprefix("0") if value < 1 else text


def _unknown(cell: object) -> bool:
    return isinstance(cell, float) and math.isnan(cell)


commands = (evaluate,)
