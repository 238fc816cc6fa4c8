"""What a node would bring into the picture, before it is brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphsvc.records.relations import ASIDE, family, says
from graphsvc.service.ask import Ask, nothing
from graphsvc.views.picture.network import OPENING, opens

# With more neighbours that are not shown than this, which of them is asked first.
MANY_NEIGHBOURS = 200


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Neighbours of one node that the picture does not show, by one relation or of one kind.

    Attributes:
        word: the relation or the kind; says: in words. number: how many; belief: of the most believed link, 0 to 1.
        denied: how many of them a link leads to that is denied or contested.
        adds: how many of them the next step brings. open: what to put into the address for it, as another `open`.
    """

    word: str
    says: str
    number: int
    belief: float
    denied: int
    adds: int
    open: str


@dataclass(frozen=True, slots=True)
class Growth:
    """What one node would bring into the picture.

    Attributes:
        number: neighbours that are not shown; adds and open: as of a `Neighbours`, for all of them, of whom those who were
            only there and lawful service come last.
        super: there are so many that it should be said which.
        relations, kinds: the same neighbours, told apart, those who come last last; one by two relations is counted in both.
    """

    id: str
    name: str
    kind: str
    number: int
    super: bool
    adds: int
    open: str
    relations: tuple[Neighbours, ...]
    kinds: tuple[Neighbours, ...]


def growth(ask: Ask, identifier: str, shown: set[str], filters: Mapping[str, Any]) -> Growth:
    """Counts of the neighbours of `identifier` that are not `shown`, by links as `filters` want them, and who comes last.

    Raises:
        NotFound: it is not there for this reader.
    """
    named = ask.named([identifier])
    if not named:
        raise nothing(identifier)
    rows = ask.rows("network.growth", id=identifier, ids=sorted({identifier, *shown}), **filters).dicts()
    number, first = (sum(row["number"] for row in rows if row["by"] == by) for by in ("all", "first"))
    by_relation = sorted((row for row in rows if row["by"] == "relation"), key=lambda row: family(row["word"]) in ASIDE)
    return Growth(
        id=identifier,
        name=named[identifier]["name"] or identifier,
        kind=named[identifier]["kind"],
        number=number,
        super=number > MANY_NEIGHBOURS,
        adds=min(first or number, OPENING),
        open=opens(identifier),
        relations=tuple(_way(identifier, row, says(row["word"])) for row in by_relation),
        kinds=tuple(_way(identifier, row, row["word"]) for row in rows if row["by"] == "kind"),
    )


def _way(identifier: str, row: dict[str, Any], words: str) -> Neighbours:
    number = row["number"]
    return Neighbours(
        word=row["word"],
        says=words,
        number=number,
        belief=row["belief"],
        denied=row["denied"],
        adds=min(number, OPENING),
        open=opens(identifier, row["word"]),
    )
