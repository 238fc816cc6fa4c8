"""Turn results about all leads of a case into rows of plain values, to store them on disk, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import numpy as np

from graphsvc.access.gate.snapshots import AsRows
from graphsvc.analysis.ranking.hubs import Lead, Ranking
from graphsvc.analysis.robustness.brought import Brought
from graphsvc.analysis.robustness.falsehood import FalseAccounts
from graphsvc.analysis.robustness.pieces import Piece
from graphsvc.analysis.robustness.stability import Place

Rows = list[tuple[Any, ...]]
Beside = Mapping[str, Any]
_LEAD = attrgetter(*(item.name for item in fields(Lead)))
_PLACE = attrgetter("best", "worst", "loss", "low", "high", "rests_on", "rank_without")
_PIECE = attrgetter("kind", "statement", "sources", "claims")


def _ranking_rows(ranking: Ranking) -> tuple[Rows, Beside]:
    return list(map(_LEAD, ranking.leads)), {"verdict": ranking.verdict, "reason": ranking.reason}


def _ranking_made(rows: Rows, beside: Beside) -> Ranking:
    return Ranking(beside["verdict"], beside["reason"], [Lead(*row) for row in rows])


def _piece(kind: str, statement: str, sources: list[str], claims: int) -> Piece:
    return Piece(kind, statement, tuple(sources), claims, np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class HeldPlaces:
    """How firm the ranks are, and how false statements could change them. One leave-out pass computes both.

    Attributes:
        places: person → how far their rank can move.
        falsehood: person in the first places → the fewest witnesses, reports and records that would have to be false
            for them to drop out. Empty without source clearance. None if too many people share the first places: it
            is then computed on request.
        invented: how many agreeing invented statements would put an unmentioned person among the first places; None if
            no number tried would.
    """

    places: Mapping[str, Place]
    falsehood: Mapping[str, FalseAccounts] | None
    invented: int | None


def _places_rows(cached_places: HeldPlaces) -> tuple[Rows, Beside]:
    rows = [
        (name, *_PLACE(place), None if place.most is None else _PIECE(place.most))
        for name, place in cached_places.places.items()
    ]
    falsehood = (
        None
        if cached_places.falsehood is None
        else {name: _false_row(those) for name, those in cached_places.falsehood.items()}
    )
    return rows, {"falsehood": falsehood, "invented": cached_places.invented}


def _false_row(those: FalseAccounts) -> list[Any]:
    return [list(map(_PIECE, those.pieces)), those.rank, those.fewest, those.tried]


def _places_made(rows: Rows, beside: Beside) -> HeldPlaces:
    """Rebuild the places. Pieces of evidence are described by their kind and sources; their claims are not restored."""
    places = {
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
    false = beside["falsehood"]
    falsehood = None if false is None else {name: _false_made(*those) for name, those in false.items()}
    return HeldPlaces(places, falsehood, beside["invented"])


def _false_made(pieces: list[Any], rank: int | None, fewest: bool, tried: int) -> FalseAccounts:
    return FalseAccounts(tuple(_piece(*piece) for piece in pieces), rank, fewest=fewest, tried=tried)


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
