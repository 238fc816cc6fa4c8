"""How what is computed of all leads of a case is kept on disk: as rows of plain values, and made of them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np

from graphsvc.access.door.snapshots import AsRows
from graphsvc.analysis.doubt.brought import Brought
from graphsvc.analysis.doubt.falsehood import Alone
from graphsvc.analysis.doubt.pieces import Piece
from graphsvc.analysis.doubt.stability import Place
from graphsvc.analysis.score.hubs import Lead, Ranking

Rows = list[tuple[Any, ...]]
Beside = Mapping[str, Any]
_LEAD = attrgetter(*(item.name for item in fields(Lead)))
_PLACE = attrgetter("best", "worst", "loss", "low", "high", "rests_on", "rank_without")
_PIECE = attrgetter("kind", "statement", "sources", "claims")
_NUMBERS = ("leads", "worst", "without", "ranked")


def _ranking_rows(ranking: Ranking) -> tuple[Rows, Beside]:
    return list(map(_LEAD, ranking.leads)), {"verdict": ranking.verdict, "reason": ranking.reason}


def _ranking_made(rows: Rows, beside: Beside) -> Ranking:
    return Ranking(beside["verdict"], beside["reason"], [Lead(*row) for row in rows])


def _piece(kind: str, statement: str, sources: list[str], claims: int) -> Piece:
    return Piece(kind, statement, tuple(sources), claims, np.zeros(0, dtype=np.int64))


def _places_rows(places: dict[str, Place]) -> tuple[Rows, Beside]:
    return [
        (name, *_PLACE(place), None if place.most is None else _PIECE(place.most)) for name, place in places.items()
    ], {}


def _places_made(rows: Rows, _beside: Beside) -> dict[str, Place]:
    """What moves a place most is told apart by what it is, and not by its rows of the ledger."""
    return {
        name: Place(
            best,
            worst,
            loss,
            low,
            high,
            tuple(rests_on),
            None if most is None else _piece(*most),
            without,
        )
        for name, best, worst, loss, low, high, rests_on, without, most in rows
    }


def alone_among(left_out: Sequence[Piece]) -> AsRows[Alone]:
    """How what becomes of the first places is written: its pieces by their places among all that are left out in turn.

    Of a case that stands as it did these are the same in every process, and each has them once in memory.
    """

    def rows(alone: Alone) -> tuple[Rows, Beside]:
        place = {id(piece): number for number, piece in enumerate(left_out)}
        numbers = {name: getattr(alone, name).tolist() for name in _NUMBERS}
        return [(place[id(piece)],) for piece in alone.pieces], numbers

    def made(rows: Rows, beside: Beside) -> Alone:
        leads, worst, without = (np.array(beside[name], dtype=np.int64) for name in _NUMBERS[:3])
        ranked = np.array(beside["ranked"], dtype=bool)
        return Alone([left_out[number] for (number,) in rows], leads, worst, without, ranked)

    return AsRows("alone", rows, made)


def _brought_rows(brought: dict[str, Brought]) -> tuple[Rows, Beside]:
    return [(name, theirs.rank, theirs.without) for name, theirs in brought.items()], {}


def _brought_made(rows: Rows, _beside: Beside) -> dict[str, Brought]:
    return {name: Brought(rank, without) for name, rank, without in rows}


def _interest_rows(interest: dict[str, str]) -> tuple[Rows, Beside]:
    return list(interest.items()), {}


def _interest_made(rows: Rows, _beside: Beside) -> dict[str, str]:
    return dict(rows)


RANKING = AsRows("ranking", _ranking_rows, _ranking_made)
PLACES = AsRows("places", _places_rows, _places_made, heavy=True)
BROUGHT = AsRows("brought", _brought_rows, _brought_made)
INTEREST = AsRows("interest", _interest_rows, _interest_made)
