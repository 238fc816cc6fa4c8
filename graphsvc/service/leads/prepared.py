"""What rankings without some of what is told are made with: of one state of the case, and made when somebody wants it."""

from __future__ import annotations

from graphsvc.analysis.doubt.falsehood import Alone, alone
from graphsvc.analysis.doubt.leaving_out import LeavingOut
from graphsvc.analysis.doubt.pieces import Piece, pieces
from graphsvc.cases.cache import Cache
from graphsvc.cases.gc_pause import lasting

# It is of one state, whatever the case is by now: under what it is cached says nothing.
_ANY = ("", 0, "")


class Prepared:
    """What makes the rankings without some of what is told, with what is left out in turn.

    Attributes:
        leaving: what makes them.
    """

    def __init__(self, leaving: LeavingOut, *, told_as_one: bool) -> None:
        self.leaving = leaving
        self._told_as_one = told_as_one
        self._pieces: Cache[list[Piece]] = Cache(1)
        self._alone: Cache[Alone] = Cache(1)

    def pieces(self) -> list[Piece]:
        """What is left out in turn.

        Raises:
            NotReady: somebody makes it for longer than this one waits; so `alone`.
        """
        return self._pieces.of(_ANY, self._parted)

    @lasting()
    def _parted(self) -> list[Piece]:
        return pieces(self.leaving.on.told, told_as_one=self._told_as_one)

    def alone(self) -> Alone:
        """What becomes of the first places without any one piece, where more share them than are gathered unasked."""
        return self._alone.of(_ANY, lambda: alone(self.leaving, self.pieces()))
