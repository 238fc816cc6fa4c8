"""Texts of a case that name somebody or something sealed are withheld as a whole. Pure.

Every name, number and id ever delivered of the sealed is looked for, and the ids of sources. Nothing excuses a text. So a
withheld text stays withheld, even when a namesake is named later or a row is corrected.
"""

from __future__ import annotations

from collections.abc import Iterable

from graphsvc.cases.image.standing import Standings
from graphsvc.ingest.fold import State
from graphsvc.names.seal import needles, source_names
from graphsvc.names.spelling import words
from graphsvc.names.whole import Needle, WholeNames, is_name

# Shown instead of a text or name that names somebody or something sealed.
WITHHELD = "[withheld]"
# The same within the names of custom relations and columns.
_WITHHELD_WORD = "WITHHELD"


class Texts:
    """Withholds the texts of one case.

    Args:
        standing: how everybody stands.
        sources: ids and handles of sources (see `named_sources`).
    """

    def __init__(self, standing: Standings, sources: Iterable[str] = ()) -> None:
        known = [
            (entity.level == "P" and row.get("handling") != "C", needle)
            for entity in standing.values()
            if entity.sealed
            for row in entity.identities
            for needle in needles(row)
        ]
        self.names = WholeNames((*(needle for _, needle in known), *(Needle("id", source) for source in sources)))
        told_by_p = {_letters(needle.text) for is_under_p, needle in known if is_under_p}
        # What only C tells of somebody sealed, whole.
        self._under_c = {_letters(needle.text) for is_under_p, needle in known if not is_under_p} - told_by_p

    def text(self, text: str) -> str:
        """A free text, or `WITHHELD`."""
        return WITHHELD if self.names.is_in(text) else text

    def value(self, text: str, level: str = "C") -> str:
        """The name or number of something, or `WITHHELD`; a name of one word must be all of it.

        At handling level P a cell is its bearer's own, if it is all that C alone tells of somebody sealed.
        """
        is_theirs = level == "P" and _letters(text) in self._under_c
        return WITHHELD if not is_theirs and self.names.is_in_a_name(text) else text

    def own_name(self, text: str, level: str = "C") -> str:
        """The name of a named person, which is theirs even if somebody sealed has it too; words on somebody's kin are a text."""
        return text if is_name(text) else self.value(text, level)

    def made_up(self, name: str) -> str:
        """The name of a custom relation or column; withheld if it contains a name of several words."""
        if self.value(name) == name or len(words(name)) == 1:
            return name
        return _WITHHELD_WORD if name.isupper() else _WITHHELD_WORD.lower()


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum()).casefold()


def named_sources(state: State, known: Iterable[str] = ()) -> frozenset[str]:
    """Ids of sources that are nobody's and nothing's own id, with their handles, and those that were known before.

    A source stays one: a text that was withheld for them would come to light otherwise.
    """
    statements = (row.values for row in state.records["statements"].values())
    apart = (
        (source, values["kind"])
        for values in statements
        if (source := values.get("source_id")) and state.kinds.get(source, "statements") == "statements"
    )
    return frozenset(text for source, kind in apart for text in source_names(source, kind)) | frozenset(known)
