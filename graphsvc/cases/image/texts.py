"""Texts of a case that name somebody or something sealed are withheld as a whole. Pure.

Every name, number and id ever delivered of the sealed is looked for. No namesake and no correction excuses a text, so a withheld
text stays withheld. In delivered free texts ids and handles of sources are looked for too, unless somebody or something named
has the same: what becomes of a name, an id or a phone must never depend on being a source.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

from graphsvc.access.vault import pseudonym
from graphsvc.cases.image.handling import Handling
from graphsvc.cases.image.sealing import has_identity
from graphsvc.cases.image.standing import Standings
from graphsvc.ingest.fold import State
from graphsvc.ingest.report import FoldedRow
from graphsvc.names.seal import needles, source_names
from graphsvc.names.spelling import latinised, words
from graphsvc.names.whole import Needle, WholeNames
from graphsvc.records.tables import ENTITY_TABLES, Column

# Shown instead of a text or name that names somebody or something sealed.
WITHHELD = "[withheld]"
# The same within the names of custom relations and columns.
_WITHHELD_WORD = "WITHHELD"
# Columns of these kinds hold what somebody or something is called, unless they are free text.
_CALLED = ("id", "text", "list")
# Numbers with the same last nine digits are one, with the code of any country or none.
_SAME_DIGITS = 9


@dataclass(frozen=True, slots=True)
class SourceIds:
    """Ids of sources, divided by whether they were the id of somebody or something when their statement came.

    Attributes:
        apart: nobody's and nothing's own ids, with their handles: texts are withheld for them.
        owned: ids that also belong to a person or thing, as the id of every witness does. Texts are never withheld for them, even once that row
            is taken back: the loader of the row would learn that the person is a source.
    """

    apart: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()

    @classmethod
    def of_json(cls, value: Sequence[Any]) -> Self:
        """Return what `as_json` gave; in homes of earlier versions only the ids `apart`."""
        lists = value if value and isinstance(value[0], list) else [value]
        return cls(*map(frozenset, lists))

    def as_json(self) -> list[list[str]]:
        """Return both as sorted lists."""
        return [sorted(self.apart), sorted(self.owned)]

    def only(self, stays: Callable[[str], bool]) -> SourceIds:
        """Return those for which a condition holds."""
        return SourceIds(frozenset(filter(stays, self.apart)), frozenset(filter(stays, self.owned)))


NO_SOURCES = SourceIds()


class Texts:
    """Withholds the texts of one case.

    Args:
        standing: how everybody stands.
        sources: handling level → ids and handles of sources that its free texts are withheld for (see `sought_sources`).
        unshown: what free texts under handling code C are withheld for as well (see `unshown_identities`).
    """

    def __init__(
        self,
        standing: Standings,
        sources: Mapping[str, Iterable[str]] = MappingProxyType({}),
        unshown: Collection[Needle] = (),
    ) -> None:
        known = [
            (entity.level == "P" and row.get("handling") != "C", needle)
            for entity in standing.values()
            if entity.sealed
            for row in entity.identities
            for needle in needles(row)
        ]
        self.names = WholeNames(needle for _, needle in known)
        self._unshown = WholeNames(unshown) if unshown else None
        self._sources = {
            level: WholeNames(Needle("id", source) for source in sought) for level, sought in sources.items()
        }
        self._known_by_p = [needle for is_under_p, needle in known if is_under_p]
        self._all_by_p = len(self._known_by_p) == len(known)
        self._names_under_c = WholeNames(needle for is_under_p, needle in known if not is_under_p)

    @cached_property
    def _names_under_p(self) -> WholeNames:
        return self.names if self._all_by_p else WholeNames(self._known_by_p)

    def text(self, text: str, level: str = "C") -> str:
        """A delivered free text under a handling level, or `WITHHELD`."""
        others = (self._sources.get(level), self._unshown if level == "C" else None)
        names_sealed = self.names.is_in(text) or any(names is not None and names.is_in(text) for names in others)
        return WITHHELD if names_sealed else text

    def words(self, text: str, level: str = "C") -> str:
        """Words that a person typed, or `WITHHELD`; at handling level P by what P alone tells of somebody sealed."""
        names = self._names_under_p if level == "P" else self.names
        return WITHHELD if names.is_in(text) else text

    def value(self, text: str, level: str = "C") -> str:
        """The name or number of something, or `WITHHELD`; a name of one word must be all of it.

        At handling level P a cell is its bearer's own if all of it, in whatever writing, is what C alone tells of somebody sealed.
        """
        is_theirs = level == "P" and self._names_under_c.is_all_of(text)
        names = self._names_under_p if is_theirs else self.names
        return WITHHELD if names.is_in_a_name(text) else text

    def own_name(self, text: str, level: str = "C") -> str:
        """The name of a named person, which is theirs even if somebody sealed has it too; with more words it is a text."""
        return text if self.names.is_one(text) else self.value(text, level)

    def made_up(self, name: str) -> str:
        """The name of a custom relation or column; withheld if it contains a name of several words."""
        if not self.names.is_in_a_label(name):
            return name
        return _WITHHELD_WORD if name.isupper() else _WITHHELD_WORD.lower()


def named_sources(state: State, known: SourceIds = NO_SOURCES) -> SourceIds:
    """Return the source ids of a state together with those known before.

    A source stays one: a text that was withheld for them would come to light otherwise.
    """
    owned, apart = set(known.owned), set(known.apart)
    statements = (row.values for row in state.records["statements"].values())
    for source, kind in ((values["source_id"], values["kind"]) for values in statements if "source_id" in values):
        if source not in apart and state.kinds.get(source, "statements") != "statements":
            owned.add(source)
        elif source not in owned:
            apart.update(source_names(source, kind))
    return SourceIds(frozenset(apart), frozenset(owned))


def hides_identity(row: FoldedRow, key: bytes, to_check: Collection[str]) -> bool:
    """Whether pages show no identity that C alone tells of a person named under P: of a bare id, and of somebody marked under C.

    Args:
        row: of the person.
        key: of the case.
        to_check: pseudonyms of the named people that the custodian has to check.
    """
    return not has_identity(row.open or {}) or pseudonym(key, "person", row.values["id"]) in to_check


def unshown_identities(state: State, key: bytes, to_check: Collection[str]) -> list[Needle]:
    """Names and numbers of named people that only C gives and no page shows; texts under C do not show them either."""
    identities: list[Needle] = []
    for row in state.records["people"].values():
        if row.open is not None and hides_identity(row, key, to_check):
            own = {name: value for name, value in row.values.items() if name == "id" or value != row.open.get(name)}
            identities += [needle for needle in needles(own) if needle.kind != "id"]
    return identities


def sought_sources(
    sources: Collection[str], state: State, sealed: Collection[str], handling: Handling
) -> dict[str, frozenset[str]]:
    """Ids and handles of sources that free texts are withheld for, by handling level of the text.

    What somebody or something named is called is left out: their texts would tell otherwise that a source is called the same.

    Args:
        sources: ids `apart`, see `SourceIds`.
        state: see `ingest.fold`.
        sealed: ids of sealed people and things.
        handling: under which level each entity is.
    """
    if not sources:
        return {}
    named = [
        (identifier, table.columns, row)
        for table in ENTITY_TABLES
        for identifier, row in state.records[table.name].items()
        if identifier not in sealed
    ]
    under_p = {
        _same(text)
        for identifier, columns, row in named
        if handling.entity(identifier) == "P"
        for text in _names_of(identifier, columns, row.open or {})
    }
    under_c = {_same(text) for identifier, columns, row in named for text in _names_of(identifier, columns, row.values)}
    return {
        level: frozenset(source for source in sources if _same(source) not in called)
        for level, called in (("P", under_p), ("C", under_p | under_c))
    }


def _names_of(identifier: str, columns: Sequence[Column], values: Mapping[str, Any]) -> Iterator[str]:
    """Id, names and numbers in the row of a person or thing, and the handle in the id, as it is looked for of a source."""
    yield from (identifier, *source_names(identifier, ""))
    for column in columns:
        value = values.get(column.name)
        if value and column.kind in _CALLED and column.sensitivity != "text":
            yield from value if isinstance(value, list) else (value,)


def _same(text: str) -> str:
    """Signs by which two ids are the same wherever they are looked for; of telephone numbers the last digits."""
    letters = "".join(word.letters for word in words(latinised(text)))
    return letters.lstrip("0")[-_SAME_DIGITS:] if letters.isdigit() else letters
