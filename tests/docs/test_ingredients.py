"""The table of ingredients in docs/leads.md: its figures are those of the score, and none is forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from graphsvc.analysis.evidence.roles import CARRIED, WHOM
from graphsvc.analysis.score import parts
from graphsvc.analysis.score.ingredients import NAMES, WEIGHED

LEADS = Path(__file__).parents[2] / "docs" / "leads.md"


def alone(name: str) -> float:
    """What one ingredient does to a score, where one link of it is certain and nothing else is told."""
    values = np.zeros((1, len(NAMES)))
    values[0, NAMES.index(name)] = np.log1p(1.0)
    return float(parts.score(values)[0])


def test_the_table_tells_what_each_ingredient_does_and_why() -> None:
    section = LEADS.read_text("utf-8").partition("### Every ingredient")[2].partition("\n## ")[0]
    told: dict[str, str] = {}
    for row in re.findall(r"^\| `.*$", section, re.MULTILINE):
        tie, *figures, why = [cell.strip() for cell in row.strip("|").split("|")]
        assert why
        tie = tie.strip("`")
        kinds = list(WHOM) if figures[1] else [""]
        for kind, figure in zip(kinds, figures, strict=False):
            told[f"{tie} {kind}".strip()] = figure
    known = {
        name.removesuffix(" anyone"): f"{alone(name):+.1f}"
        for name, weighed in zip(NAMES, WEIGHED, strict=True)
        if weighed
    }
    assert told == known
    assert any(name.endswith(CARRIED) for name in told)
