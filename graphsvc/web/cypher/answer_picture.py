"""Picture of a query's answer: its URL, and how many entities and links are left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import url_for

from graphsvc.records.relations import LinkKey
from graphsvc.service import limits
from graphsvc.views.picture.network import link_text


@dataclass(frozen=True, slots=True)
class AnswerPicture:
    """URL and size of the picture of an answer.

    Attributes:
        address: URL of the picture.
        drawn: number of entities drawn.
        entities: number of entities that the answer names.
        links_left: number of links between drawn entities that are left out, as a picture has a limit.
    """

    address: str
    drawn: int
    entities: int
    links_left: int


def answer_picture(case: str, ids: Sequence[str], links: Iterable[LinkKey]) -> AnswerPicture | None:
    """Return the picture of these entities with only the links of the answer; None without entities.

    Args:
        case: case of the answer.
        ids: the answer's entities, each once, in order; the first ones are drawn.
        links: the answer's links, each once, in order.
    """
    if not ids:
        return None
    drawn = ids[: limits.MOST_STARTS]
    starts = set(drawn)
    between = [link for link in links if link[0] in starts and link[2] in starts]
    # Because of the empty text, only listed links are drawn, so an answer without links shows none.
    chosen = ["", *map(link_text, between[: limits.MOST_LINKS])]
    return AnswerPicture(
        url_for("network.view", case=case, id=drawn, depth=0, link=chosen),
        len(drawn),
        len(ids),
        max(len(between) - limits.MOST_LINKS, 0),
    )
