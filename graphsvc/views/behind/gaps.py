"""Gaps of an answer: roles for which nobody is named, links in doubt, and links that rest on a single source."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from graphsvc.records.numbers import count
from graphsvc.records.relations import RELATIONS
from graphsvc.views.behind.rows import EXPECTED_ACTS, AnswerRow, PartSaid, is_weak
from graphsvc.views.behind.words import HARDLY, moves

# Maximum number of entities listed by name or id, and of people whose change of rank is shown.
_NAMED, _MOVED = 4, 6


@dataclass(frozen=True, slots=True)
class MovedRank:
    """A person named in the answer, and how their rank would change without one piece of evidence.

    Attributes:
        said: the link to the person. rank: their rank.
        moves: sentence on their rank without the evidence that changes it most.
    """

    said: PartSaid
    rank: int
    moves: str

    @property
    def text(self) -> str:
        """The whole entry on one line."""
        return f"{self.said.who.name}: {self.moves}."


def gaps(rows: Collection[AnswerRow]) -> Iterator[str]:
    """Yield sentences on the gaps, for one kind of the entities asked about after the other."""
    for kind in dict.fromkeys(row.about.kind for row in rows):
        of_kind = [row for row in rows if row.about.kind == kind]
        if kind == "crossing":
            unknown = sum(all(is_weak(edge) for _, edge in row.along) for row in of_kind)
            if unknown:
                yield f"The boat of {_of(unknown, len(of_kind), kind)} is not known."
        missing = dict.fromkeys(pair for row in of_kind for pair in _missing(row))
        for name, target in sorted(missing, key=lambda pair: EXPECTED_ACTS.index(pair[0])):
            lacking = sum((name, target) in _missing(row) for row in of_kind)
            of = _of(lacking, len(of_kind), kind)
            lacked = of if target == kind else _lacking_words(of_kind, name, target, of)
            yield f"Who {RELATIONS[name].says} {lacked} is not known."
        for name in EXPECTED_ACTS:
            doubted = [row.about.id for row in of_kind if _only_doubted(row, name)]
            if doubted:
                target_words = _done_to(name, kind, _of(len(doubted), len(of_kind), kind)) + _ids(doubted, of_kind)
                yield f"Who {RELATIONS[name].says} {target_words} is in doubt: every name is denied or {HARDLY}."


def unnamed_sentence(row: AnswerRow) -> str:
    """Return a sentence on the relations for which a row names nobody; may be empty.

    Example:
        >>> from graphsvc.views.picture.network import Node
        >>> crossing = Node("c1", "crossing", "c1", "", True, False, "P", "", True, 0, 0, 0.0, 0.0)
        >>> boat = Node("b1", "boat", "Gull", "", True, False, "P", "", False, 0, 0, 0.0, 0.0)
        >>> unnamed_sentence(AnswerRow(crossing, (), (), (("PILOTED", crossing), ("SUPPLIED", boat))))
        'Not known: who piloted it, who supplied Gull.'
    """
    parts = [f"who {RELATIONS[name].says} {'it' if node is row.about else node.name}" for name, node in row.missing]
    return f"Not known: {', '.join(parts)}." if parts else ""


def lone(rows: Collection[AnswerRow]) -> Iterator[str]:
    """Yield sentences on the links that rest on a single source, where one error would change the answer."""
    for kind in dict.fromkeys(row.about.kind for row in rows):
        of_kind = [row for row in rows if row.about.kind == kind]
        for name in EXPECTED_ACTS:
            row_ids = [row.about.id for row in of_kind if _on_one_voice(row, name)]
            if row_ids:
                target_words = _done_to(name, kind, _of(len(row_ids), len(of_kind), kind)) + _ids(row_ids, of_kind)
                yield (
                    f"Who {RELATIONS[name].says} {target_words} rests on one source: if it is wrong, no well supported name"
                    " is left."
                )


def rank_changes(rows: Collection[AnswerRow]) -> list[MovedRank]:
    """Return how the rank of each person named would change, best ranks first."""
    moved_ranks = {
        part.who.id: MovedRank(part, part.lead.rank, moves(part.lead.rank, part.lead.rank_without, part.lead.moved_by))
        for row in rows
        for part in row.said
        if part.lead is not None and part.lead.moved_by and not part.is_weak
    }
    return sorted(moved_ranks.values(), key=lambda each: (each.rank, each.said.who.id))[:_MOVED]


def _only_doubted(row: AnswerRow, relation: str) -> bool:
    """Whether people are named for a relation, but each of their links is denied or weakly supported."""
    named = [part for part in row.said if part.edge.relation == relation]
    return bool(named) and all(part.is_weak for part in named)


def _ids(ids: Collection[str], rows: Collection[AnswerRow]) -> str:
    """Return the ids in brackets; empty if there are more than four, or if there is only one row."""
    return f" ({', '.join(ids)})" if len(rows) > 1 and len(ids) <= _NAMED else ""


def _done_to(relation: str, kind: str, of: str) -> str:
    """Return the object of a relation in words: the entity itself, or its boat or gang."""
    return of if kind in RELATIONS[relation].objects else f"the {RELATIONS[relation].objects[0]} of {of}"


def _on_one_voice(row: AnswerRow, relation: str) -> bool:
    """Whether only one link of a relation is believed, and a single group of witnesses or other source supports it."""
    believed = [part.edge for part in row.said if part.edge.relation == relation and not part.is_weak]
    return len(believed) == 1 and (believed[0].groups, believed[0].other_sources) in ((1, 0), (0, 1))


def _missing(row: AnswerRow) -> set[tuple[str, str]]:
    """Return the relations for which nobody is named, with the kind of their object."""
    return {(name, node.kind) for name, node in row.missing}


def _lacking_words(rows: Collection[AnswerRow], relation: str, target: str, of: str) -> str:
    """Name the objects of a relation for which nobody is named: gangs by name if they are at most four."""
    gangs = dict.fromkeys(
        node.name for row in rows for name, node in row.missing if (name, node.kind) == (relation, "gang")
    )
    if gangs and len(gangs) <= _NAMED:
        *first, last = gangs
        return f"{', '.join(first)}{' or ' * bool(first)}{last}, named for {of},"
    return f"the {target} of {of}"


def _of(number: int, every: int, kind: str) -> str:
    return f"the {kind}" if every == 1 else f"{number} of {count(every, kind)}"
