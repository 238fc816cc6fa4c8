"""Wording of an answer, shared by the page, its print and the command line."""

from __future__ import annotations

from collections.abc import Sequence

from graphsvc.records.numbers import count
from graphsvc.records.relations import says
from graphsvc.views.behind.rows import PartSaid
from graphsvc.views.denials import denial
from graphsvc.views.picture.network import Edge, Node
from graphsvc.views.wording import SIGNS, voices

HARDLY = "weakly supported"
# Only people with such links are counted (`network.counted`); the page that opens from the number lists all of them.
COUNTED = "belief of 0.25 or more"
_BEGINNING = 160  # characters


def name_with_id(node: Node) -> str:
    """Return a node's name with its id, as names repeat: three boats may cross from one place on one day."""
    return node.name if node.name == node.id else f"{node.name} ({node.id})"


def carried_text(number: int) -> str:
    """Say how many people are recorded as carried on a crossing.

    Example:
        >>> carried_text(24)
        '24 people reported as carried (belief of 0.25 or more)'
    """
    return f"{count(number, 'person')} reported as carried ({COUNTED})"


def served_text(number: int) -> str:
    """Say how many people someone is said to have served lawfully.

    Example:
        >>> served_text(1)
        'lawfully served 1 person (belief of 0.25 or more)'
    """
    return f"lawfully served {count(number, 'person')} ({COUNTED})"


def coercion(by: Sequence[str]) -> str:
    """Name the people who are said to have coerced someone.

    Example:
        >>> coercion(["Ann"]), coercion(["Ann", "Bo"])
        ('said to have been coerced by Ann', 'said to have been coerced by Ann and Bo')
    """
    return f"said to have been coerced by {', '.join(by[:-1])}{' and ' if by[:-1] else ''}{by[-1]}"


def who_did(relation: str) -> str:
    """Return the heading of a column with the people behind something.

    Example:
        >>> who_did("ORGANISED"), who_did("DIRECTED")
        ('Who organised', 'Who gave instructions to')
    """
    return f"Who {says(relation).removesuffix(' on')}"


def doubts(denying: int | str, *, doubtful: bool) -> str:
    """Describe doubts about a link: denials, a low belief or both; empty without doubts.

    Example:
        >>> doubts(1, doubtful=True), doubts(0, doubtful=False)
        ('denied by 1, weakly supported', '')
    """
    return ", ".join(filter(None, (denial(denying), HARDLY if doubtful else "")))


def weak_way(name: str) -> str:
    """Warn that an entity was found only through a link that is contested or weakly supported."""
    return f"{name} is {SIGNS['contested']} or {HARDLY}"


def all_the_same(groups: int | str, other_sources: int, *, hardly: bool) -> str:
    """Describe the support that a link has despite a denial, or say that this is weak.

    Example:
        >>> all_the_same(1, 0, hardly=False), all_the_same(1, 0, hardly=True)
        ('still said by 1 independent group of witnesses', 'weakly supported')
    """
    return HARDLY if hardly else f"still said by {voices(groups, other_sources)}"


def moves(rank: int, without: int | None, moved_by: str) -> str:
    """Say how a person's rank would change without the evidence that moves it most.

    Example:
        >>> moves(3, 41, "one record"), moves(3, None, "one record")
        ('rank 3; without one record, rank 41', 'rank 3; without one record, not ranked')
    """
    rank_then = "not ranked" if without is None else f"rank {without}"
    return f"rank {rank}; without {moved_by}, {rank_then}"


def beginning(text: str) -> str:
    r"""Return the beginning of a statement's text, on one line.

    Example:
        >>> beginning("was seen\nelsewhere"), len(beginning("word " * 99))
        ('was seen elsewhere', 160)
    """
    text = " ".join(text.split())
    return text if len(text) <= _BEGINNING else f"{text[:_BEGINNING].rpartition(' ')[0] or text[:_BEGINNING]}…"


def doubts_of(edge: Edge) -> str:
    """Describe doubts about a link: see `doubts`."""
    return doubts(edge.denying, doubtful=edge.doubtful)


def against_it(part: PartSaid) -> str:
    """Describe, for a table cell, doubts about a link and about the one through which it was found."""
    way = weak_way(part.what.name) if part.by_weak_way and part.what is not None else ""
    return ", ".join(filter(None, (doubts_of(part.edge), way)))
