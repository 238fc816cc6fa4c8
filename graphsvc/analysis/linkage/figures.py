"""How well linked crossings did on invented worlds: figures that `python -m bench.linkage --write` measures."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("figures.csv")


@dataclass(frozen=True, slots=True)
class FamilyFigures:
    """Figures of the worlds of one family, by an author that linked crossings had not seen.

    Attributes:
        family: its name. author: a letter.
        links: number of linked pairs.
        right: share of linked pairs with one operation behind both. clustered: the same of pairs in one cluster.
        found: share of pairs with one operation behind both that are linked.
        by_chance: share of pairs that are linked where names are dealt to crossings at random.
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
    """Read the figures that come with the package.

    Example:
        >>> len({family.author for family in read_figures()})
        8

    Limits: real cases are not like invented ones.
    """
    rows = csv.DictReader(io.StringIO(FILE.read_text(encoding="utf-8")))
    return tuple(
        FamilyFigures(row["family"], row["author"], int(row["links"]), *(float(row[name]) for name in HEADS[3:]))
        for row in rows
    )
