"""Figures measured by benchmarks and shown on help pages, such as how many alarms are false."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_figures(part: str) -> dict[str, Any]:
    """Return the figures of one package of views, as `python -m bench.PART --write` wrote them.

    Example:
        >>> sorted(read_figures("surges"))
        ['doublings_found', 'false_alarms_a_year', 'run']
    """
    figures: dict[str, Any] = json.loads(files("graphsvc.views").joinpath(part, "measured.json").read_text("utf-8"))
    return figures
