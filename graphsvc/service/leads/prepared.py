"""What rankings without some of what is told are made with: of one state of the case, and made when somebody wants it."""

from __future__ import annotations

import threading

from graphsvc.analysis.doubt.falsehood import Alone, alone
from graphsvc.analysis.doubt.leaving_out import LeavingOut
from graphsvc.analysis.doubt.pieces import Piece, pieces
from graphsvc.cases.gc_pause import lasting


class Prepared:
    """What makes the rankings without some of what is told, with what is left out in turn: of one state of the case, whatever it is by now."""

    def __init__(self, leaving: LeavingOut, *, told_as_one: bool) -> None:
        self.leaving = leaving
        self._told_as_one = told_as_one
        self._pieces: list[Piece] | None = None
        self._singly: Alone | None = None
        self._alone = threading.Lock()

    @lasting()
    def pieces(self) -> list[Piece]:
        """What is left out in turn, made when somebody wants it: one lead takes none of it."""
        with self._alone:
            if self._pieces is None:
                self._pieces = pieces(self.leaving.on.told, told_as_one=self._told_as_one)
            return self._pieces

    def alone(self) -> Alone:
        """What becomes of the first places without any one piece, where more share them than are gathered unasked."""
        left_out = self.pieces()
        with self._alone:
            if self._singly is None:
                self._singly = alone(self.leaving, left_out)
            return self._singly
