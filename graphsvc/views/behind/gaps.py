"""What is not known of those behind something: whom nobody names, what is doubted; and what rests on one voice."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from graphsvc.records.numbers import count
from graphsvc.records.relations import RELATIONS
from graphsvc.views.behind.rows import EXPECTED_ACTS, AnswerRow, PartSaid, is_weak
from graphsvc.views.behind.words import moves

# So many are named one by one, and of so many it is said where their rank would go.
_NAMED, _MOVED = 4, 6


@dataclass(frozen=True, slots=True)
class MovedRank:
    """Somebody named, and where their rank would go.

    Attributes:
        said: what is said of them. rank: theirs. moves: where it would go without what moves it most, in words.
    """

    said: PartSaid
    rank: int
    moves: str

    @property
    def text(self) -> str:
        """All of it on one line."""
        return f"{self.said.who.name}: {self.moves}."


def gaps(rows: Collection[AnswerRow]) -> Iterator[str]:
    """Sentences on what is not known, kind by kind of what is asked about."""
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
            lacked = of if target == kind else _lacked(of_kind, name, target, of)
            yield f"Nobody is named who {RELATIONS[name].says} {lacked}."
        for name in EXPECTED_ACTS:
            doubted = sum(_only_doubted(row, name) for row in of_kind)
            if doubted:
                what = _done_to(name, kind, _of(doubted, len(of_kind), kind))
                yield f"Everybody named who {RELATIONS[name].says} {what} is denied, or hardly believed."


def unnamed(row: AnswerRow) -> str:
    """One sentence on whom nobody names of one row; empty if somebody is named for all.

    Example:
        >>> from graphsvc.views.picture.network import Node
        >>> crossing = Node("c1", "crossing", "c1", "", True, False, "P", "", True, 0, 0, 0.0, 0.0)
        >>> boat = Node("b1", "boat", "Gull", "", True, False, "P", "", False, 0, 0, 0.0, 0.0)
        >>> unnamed(AnswerRow(crossing, (), (), (("PILOTED", crossing), ("SUPPLIED", boat))))
        'Nobody is named who piloted it or who supplied Gull.'
    """
    parts = [f"who {RELATIONS[name].says} {'it' if node is row.about else node.name}" for name, node in row.missing]
    return f"Nobody is named {' or '.join(parts)}." if parts else ""


def lone(rows: Collection[AnswerRow]) -> Iterator[str]:
    """Sentences on what rests on one voice, so that one error would change the answer."""
    for kind in dict.fromkeys(row.about.kind for row in rows):
        of_kind = [row for row in rows if row.about.kind == kind]
        for name in EXPECTED_ACTS:
            some = [row.about.id for row in of_kind if _on_one_voice(row, name)]
            if some:
                which = f" ({', '.join(some)})" if len(of_kind) > 1 and len(some) <= _NAMED else ""
                yield f"Who {RELATIONS[name].says} {_done_to(name, kind, _of(len(some), len(of_kind), kind))}{which} rests on one voice: if that errs, nobody is left who is believed to have done it."


def moved(rows: Collection[AnswerRow]) -> list[MovedRank]:
    """Where the rank of those named would go without what moves it most: each once, the first of the ranking."""
    some = {
        said.who.id: MovedRank(said, said.lead.rank, moves(said.lead.rank, said.lead.rank_without, said.lead.moved_by))
        for row in rows
        for said in row.said
        if said.lead is not None and said.lead.moved_by and not said.is_weak
    }
    return sorted(some.values(), key=lambda each: (each.rank, each.said.who.id))[:_MOVED]


def _only_doubted(row: AnswerRow, relation: str) -> bool:
    """Whether somebody is named who did it, and nobody who is believed to have and not denied."""
    named = [said for said in row.said if said.edge.relation == relation]
    return bool(named) and all(said.is_weak for said in named)


def _done_to(relation: str, kind: str, of: str) -> str:
    """What something was done to: itself, or the boat of it, the gang of it."""
    return of if kind in RELATIONS[relation].objects else f"the {RELATIONS[relation].objects[0]} of {of}"


def _on_one_voice(row: AnswerRow, relation: str) -> bool:
    """Whether all that is believed of who did it is one account, report or record, of one of them."""
    believed = [said.edge for said in row.said if said.edge.relation == relation and not said.is_weak]
    return len(believed) == 1 and (believed[0].groups, believed[0].other_sources) in ((1, 0), (0, 1))


def _missing(row: AnswerRow) -> set[tuple[str, str]]:
    """Relations that nobody is named for, and the kind of what it would have been done to."""
    return {(name, node.kind) for name, node in row.missing}


def _lacked(rows: Collection[AnswerRow], relation: str, target: str, of: str) -> str:
    """What nobody is named for: a few gangs by name, since several rows may be of one; else how many rows lack it."""
    gangs = dict.fromkeys(
        node.name for row in rows for name, node in row.missing if (name, node.kind) == (relation, "gang")
    )
    if gangs and len(gangs) <= _NAMED:
        return f"{' or '.join(gangs)}, named for {of}"
    return f"the {target} of {of}"


def _of(some: int, every: int, kind: str) -> str:
    return f"the {kind}" if every == 1 else f"{some} of {count(every, kind)}"
