"""The picture of an answer: the entities and links of it that one picture can have, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import url_for

from graphsvc.records.relations import LinkKey
from graphsvc.service import MOST_LINKS, MOST_STARTS
from graphsvc.views.picture.network import link_text


@dataclass(frozen=True, slots=True)
class AnswerPicture:
    """Where an answer is drawn.

    Attributes:
        address: of the picture.
        drawn: how many entities it has. entities: how many the answer names.
        links_left: how many links of the answer between these are more than it can have.
    """

    address: str
    drawn: int
    entities: int
    links_left: int


def answer_picture(case: str, ids: Sequence[str], links: Iterable[LinkKey]) -> AnswerPicture | None:
    """Where these entities are drawn, and of the links between them these alone; None where there are no entities.

    Args:
        case: of the answer.
        ids: of its entities, each once, in its order: the first are drawn.
        links: of the answer, each once, in its order.
    """
    if not ids:
        return None
    drawn = ids[:MOST_STARTS]
    starts = set(drawn)
    between = [link for link in links if link[0] in starts and link[2] in starts]
    # An empty one first: where the answer has no links, none is drawn.
    chosen = ["", *map(link_text, between[:MOST_LINKS])]
    return AnswerPicture(
        url_for("network.view", case=case, id=drawn, depth=0, link=chosen),
        len(drawn),
        len(ids),
        max(len(between) - MOST_LINKS, 0),
    )
