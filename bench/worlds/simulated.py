"""Families `hard` and `clean`, by the project: cases of `graphsvc simulate`, with and without their difficulties."""

from __future__ import annotations

from pathlib import Path

from graphsvc.simulate import simulate

_SIZES = (300, 400, 500, 600, 800, 1000, 1200)


def make_hard(folder: Path, seed: int, false_share: float) -> None:
    """Write one hard case; its number of people depends on the seed."""
    simulate(folder, seed=seed, people=_SIZES[seed % len(_SIZES)], false_share=false_share, hard=True)


def make_clean(folder: Path, seed: int, false_share: float) -> None:
    """Write one clean case; its number of people depends on the seed."""
    simulate(folder, seed=seed, people=_SIZES[seed % len(_SIZES)], false_share=false_share, hard=False)
