"""The tables of weights in docs/leads.md have the figures of the score, and no weight is missing."""

from __future__ import annotations

import re
from pathlib import Path

from graphsvc.analysis.ranking.additive import shipped_weights
from graphsvc.analysis.ranking.ingredients import TIES

LEADS = Path(__file__).parents[2] / "docs" / "leads.md"


def test_the_tables_tell_what_each_ingredient_and_tie_adds_and_why() -> None:
    section = LEADS.read_text("utf-8").partition("### Every ingredient")[2].partition("\n## ")[0]
    documented: dict[str, str] = {}
    for row in re.findall(r"^\| `.*$", section, re.MULTILINE):
        name, weight, why = [cell.strip() for cell in row.strip("|").split("|")]
        assert why
        documented[name.strip("`")] = weight
    weights = shipped_weights()
    known = {name: f"{weights.said[place]:+.1f}" for name, place in weights.columns.items()}
    known |= {name: f"{weight:+.1f}" for name, weight in zip(TIES, weights.ties, strict=True)}
    assert documented == known
