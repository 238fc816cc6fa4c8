"""The part of a session that says what a node would bring into the picture, before it is brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphsvc.errors import NotFound
from graphsvc.records.relations import says
from graphsvc.service.network.network import Asked, Picturing
from graphsvc.views.picture.network import OPENING, opens

# With more neighbours that are not shown than this, which of them is asked first.
MANY = 200


@dataclass(frozen=True, slots=True)
class Way:
    """Neighbours of one node that the picture does not show, by one relation or of one kind.

    Attributes:
        word: the relation or the kind; says: in words. number: how many; belief: of the most believed link, 0 to 1.
        adds: how many of them the next step brings. open: what to put into the address for it, as another `open`.
    """

    word: str
    says: str
    number: int
    belief: float
    adds: int
    open: str


@dataclass(frozen=True, slots=True)
class Growth:
    """What one node would bring into the picture.

    Attributes:
        number: neighbours that are not shown; adds and open: as of a `Way`, for all of them.
        super: there are so many that it should be said which.
        relations, kinds: the same neighbours, told apart; one by two relations is counted in both.
    """

    id: str
    name: str
    kind: str
    number: int
    super: bool
    adds: int
    open: str
    relations: tuple[Way, ...]
    kinds: tuple[Way, ...]


class Growing(Picturing):
    """Growing of the picture."""

    def growth(self, identifier: str, **picture: Any) -> Growth:
        """Counts of the neighbours of `identifier` that a picture does not show.

        Args:
            identifier: of the node.
            picture: what the picture is asked for with, as for `network` (`ids`, `depth`, `opened` …); without `ids` and
                `added` it shows the node alone.

        Raises:
            NotFound: it is not there for this reader. RequestError: as `network`.
        """
        named = self.rows("entities.named", ids=[identifier]).dicts()
        if not named:
            raise NotFound(f"There is nothing with the id {identifier[:80]!r} that you can see in this case.")
        if not picture.get("ids") and not picture.get("added"):
            picture |= {"ids": [identifier], "depth": 0}
        asked = Asked(**picture)
        stages, _ = self._stages(asked)
        shown = {identifier, *(one for stage in stages for one in stage)}
        rows = self.rows("network.growth", id=identifier, ids=sorted(shown), **asked.filters).dicts()
        number = sum(row["number"] for row in rows if row["by"] == "all")
        return Growth(
            id=identifier,
            name=named[0]["name"] or identifier,
            kind=named[0]["kind"],
            number=number,
            super=number > MANY,
            adds=min(number, OPENING),
            open=opens(identifier),
            relations=tuple(_way(identifier, row, says(row["word"])) for row in rows if row["by"] == "relation"),
            kinds=tuple(_way(identifier, row, row["word"]) for row in rows if row["by"] == "kind"),
        )


def _way(identifier: str, row: dict[str, Any], words: str) -> Way:
    number = row["number"]
    return Way(row["word"], words, number, row["belief"], min(number, OPENING), opens(identifier, row["word"]))
