"""Accuracy of linked crossings on invented worlds: figures measured by `python -m bench.linkage --write`."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("figures.csv")


@dataclass(frozen=True, slots=True)
class FamilyFigures:
    """Figures for the worlds of one family; no world by its author was used to develop linked crossings.

    Attributes:
        family: its name. author: a letter.
        links: number of linked pairs.
        right: share of linked pairs with one operation behind both. clustered: the same for pairs in one cluster.
        found: share of pairs with one operation behind both that are linked.
        by_chance: share of pairs that are linked if names are assigned to crossings at random.
    """

    family: str
    author: str
    links: int
    right: float
    clustered: float
    found: float
    by_chance: float


HEADS = tuple(field.name for field in fields(FamilyFigures))


@cache
def read_figures() -> tuple[FamilyFigures, ...]:
    """Read the figures shipped with the package.

    Example:
        >>> len({family.author for family in read_figures()})
        8

    Limits: real cases differ from invented ones.
    """
    rows = csv.DictReader(io.StringIO(FILE.read_text(encoding="utf-8")))
    return tuple(
        FamilyFigures(row["family"], row["author"], int(row["links"]), *(float(row[name]) for name in HEADS[3:]))
        for row in rows
    )
