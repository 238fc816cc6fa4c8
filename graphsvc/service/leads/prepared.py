"""Prepared leave-out rankings for one state of the case; slow parts are computed on first use."""

from __future__ import annotations

from graphsvc.analysis.robustness.falsehood import Alone, alone
from graphsvc.analysis.robustness.leaving_out import LeavingOut
from graphsvc.analysis.robustness.pieces import Piece, pieces
from graphsvc.cases.cache import Cache
from graphsvc.cases.gc_pause import lasting

# Cache key. The object belongs to one state of the case, so a constant will do.
_ANY = ("", 0, "")


class Prepared:
    """Prepared leave-out rankings, with the pieces to leave out in turn.

    Attributes:
        leaving: computes a ranking without some of the material.
    """

    def __init__(self, leaving: LeavingOut, *, told_as_one: bool) -> None:
        self.leaving = leaving
        self._told_as_one = told_as_one
        self._pieces: Cache[list[Piece]] = Cache(1)
        self._alone: Cache[Alone] = Cache(1)

    def pieces(self) -> list[Piece]:
        """Return the pieces to leave out in turn.

        Raises:
            NotReady: another thread is making them and did not finish in time; also raised by `alone`.
        """
        return self._pieces.of(_ANY, self._make_pieces)

    @lasting()
    def _make_pieces(self) -> list[Piece]:
        return pieces(self.leaving.on.told, told_as_one=self._told_as_one)

    def alone(self) -> Alone:
        """Return what becomes of the first places without each single piece; needed if too many leads share them."""
        return self._alone.of(_ANY, lambda: alone(self.leaving, self.pieces()))
