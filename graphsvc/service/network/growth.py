"""Preview of the neighbours a node would add to the picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphsvc.records.relations import ASIDE, family, says
from graphsvc.service.ask import Ask, nothing
from graphsvc.views.picture.network import OPENING, opens

# If more neighbours than this are not in the picture, the reader is asked which of them to add.
MANY_NEIGHBOURS = 200


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Neighbours of one node that are not in the picture, by one relation or of one kind.

    Attributes:
        word: the relation or the kind; says: the same in words.
        number: how many there are; belief: belief of the most believed link to them, 0 to 1.
        denied: how many have a link to the node that is denied or contested.
        adds: how many of them opening adds to the picture.
        open: value for another `open` parameter in the page's URL, which adds them.
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
    """Neighbours of a node that are not in the picture, and how many opening the node would add.

    Attributes:
        number: number of neighbours not in the picture.
        adds, open: as in `Neighbours`, for all of them; people merely present and lawful service come last.
        super: whether there are more than `MANY_NEIGHBOURS`, so the reader should choose.
        relations, kinds: the same neighbours by relation (mere presence and lawful service at the end), and by kind. A
            neighbour with two relations is counted in both.
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


def growth(ask: Ask, identifier: str, shown_ids: set[str], filters: Mapping[str, Any]) -> Growth:
    """Count the neighbours of `identifier` that are not among `shown_ids`, along links that match `filters`.

    Raises:
        NotFound: it is not visible to this reader.
    """
    named = ask.entity_rows([identifier])
    if not named:
        raise nothing(identifier)
    rows = ask.rows("network.growth", id=identifier, ids=sorted({identifier, *shown_ids}), **filters).dicts()
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
