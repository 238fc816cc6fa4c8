"""Withholds, as a whole, each text of a case that names a sealed person or thing. Pure.

Texts are searched for every name, number and id ever delivered for the sealed. A namesake or a correction does not
excuse a text, so a withheld text stays withheld. Delivered free texts are also searched for ids and handles of sources,
unless a named person or thing has the same: what happens to a name, an id or a phone must never depend on whether it
is a source's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

from graphsvc.access.vault import pseudonym
from graphsvc.cases.graph.handling import Handling
from graphsvc.cases.graph.sealing import has_identity
from graphsvc.cases.graph.standing import Standings
from graphsvc.ingest.state import State
from graphsvc.names.seal import needles, source_names
from graphsvc.names.spelling import latinise, words
from graphsvc.names.whole import Needle, WholeNames
from graphsvc.records.tables import ENTITY_TABLES, Column

# Shown instead of a text that names somebody or something sealed.
WITHHELD = "[withheld]"
# The same within the names of custom relations and columns.
_WITHHELD_WORD = "WITHHELD"
# Kinds of columns with names of people and things, unless the column is free text.
_CALLED = ("id", "text", "list")
# Numbers with the same last nine digits count as the same, with any country code or none.
_SAME_DIGITS = 9


@dataclass(frozen=True, slots=True)
class SourceIds:
    """Ids of sources, divided by whether a person or thing also had that id when the statement came.

    Attributes:
        apart: ids that belong to no person or thing, with their handles: texts are withheld for them.
        owned: ids that also belong to a person or thing, as the id of every witness does. Texts are never withheld for
            them, even after the person's row is undone: its loader would learn that the person is a source.
    """

    apart: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()

    @classmethod
    def of_json(cls, value: Sequence[Any]) -> Self:
        """Read the result of `as_json`; homes of earlier versions hold only the ids `apart`."""
        lists = value if value and isinstance(value[0], list) else [value]
        return cls(*map(frozenset, lists))

    def as_json(self) -> list[list[str]]:
        """Return both attributes as sorted lists."""
        return [sorted(self.apart), sorted(self.owned)]

    def only(self, stays: Callable[[str], bool]) -> SourceIds:
        """Return the ids for which a condition holds."""
        return SourceIds(frozenset(filter(stays, self.apart)), frozenset(filter(stays, self.owned)))


NO_SOURCES = SourceIds()


class Texts:
    """Withholds the texts of one case.

    Args:
        standing: standing of every person and thing.
        sources: handling level → ids and handles of sources for which its free texts are withheld (see
            `sought_sources`).
        unshown: names for which free texts under handling code C are withheld as well (see `unshown_identities`).
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
        """Return a delivered free text under a handling level, or `WITHHELD`."""
        hidden_names = (self._sources.get(level), self._unshown if level == "C" else None)
        names_sealed = self.names.is_in(text) or any(names is not None and names.is_in(text) for names in hidden_names)
        return WITHHELD if names_sealed else text

    def words(self, text: str, level: str = "C") -> str:
        """Return words that a person typed, or `WITHHELD`; at level P only identities known under P are looked for."""
        names = self._names_under_p if level == "P" else self.names
        return WITHHELD if names.is_in(text) else text

    def value(self, text: str, level: str = "C") -> str:
        """Return the name or number of something, or `WITHHELD`; a sealed one-word name counts only as the whole text.

        At level P, only identities known under P are looked for in a text that equals, in any script, an identity known
        only under C: it belongs to that person or thing.
        """
        is_theirs = level == "P" and self._names_under_c.is_all_of(text)
        names = self._names_under_p if is_theirs else self.names
        return WITHHELD if names.is_in_a_name(text) else text

    def own_name(self, text: str, level: str = "C") -> str:
        """Return a named person's name, even if a sealed person shares it; treat other texts as `value` does."""
        return text if self.names.is_one(text) else self.value(text, level)

    def made_up(self, name: str) -> str:
        """Return the name of a custom relation or column; withheld if it contains a name of several words."""
        if not self.names.is_in_a_label(name):
            return name
        return _WITHHELD_WORD if name.isupper() else _WITHHELD_WORD.lower()


def named_sources(state: State, known: SourceIds = NO_SOURCES) -> SourceIds:
    """Return the source ids of a state together with those known before.

    An id once known as a source's stays known: texts withheld for it would otherwise be shown.
    """
    owned, apart = set(known.owned), set(known.apart)
    statements = (row.values for row in state.records["statements"].values())
    for source, kind in ((values["source_id"], values["kind"]) for values in statements if "source_id" in values):
        if source not in apart and state.kinds.get(source, "statements") != "statements":
            owned.add(source)
        elif source not in owned:
            apart.update(source_names(source, kind))
    return SourceIds(frozenset(apart), frozenset(owned))


def hides_identity(cells: Mapping[str, Any], key: bytes, to_check: Collection[str]) -> bool:
    """Whether pages hide a named person's C-only identities: only an id is known under P, or a check is due.

    Args:
        cells: the cells of the person that are shown under P.
        key: data key of the case.
        to_check: pseudonyms of the named people that the custodian has to check.
    """
    return not has_identity(cells) or pseudonym(key, "person", cells["id"]) in to_check


def unshown_identities(state: State, key: bytes, to_check: Collection[str], handling: Handling) -> list[Needle]:
    """Return C-only names and numbers of named people that no page shows; texts under C with them are withheld."""
    identities: list[Needle] = []
    under_p, under_c = state.layer("P"), state.layer("C")
    for identifier, row in state.records["people"].items():
        known = under_p.get(identifier)
        if known is None and handling.entity(identifier) == "C":
            continue
        cells = {"id": identifier} if known is None else known.values
        if hides_identity(cells, key, to_check):
            for values in (row.values, under_c[identifier].values) if identifier in under_c else (row.values,):
                own = {name: value for name, value in values.items() if name == "id" or value != cells.get(name)}
                identities += [needle for needle in needles(own) if needle.kind != "id"]
    return identities


def sought_sources(
    sources: Collection[str], state: State, sealed: Collection[str], handling: Handling
) -> dict[str, frozenset[str]]:
    """Return ids and handles of sources for which free texts are withheld, by handling level of the text.

    Names of named people and things are left out: withheld texts would reveal that a source has the same name.

    Args:
        sources: ids `apart`, see `SourceIds`.
        state: see `ingest.fold`.
        sealed: ids of sealed people and things.
        handling: handling codes of the state.
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
    """Yield the id, names and numbers in the row of a person or thing, and the source handle contained in the id."""
    yield from (identifier, *source_names(identifier, ""))
    for column in columns:
        value = values.get(column.name)
        if value and column.kind in _CALLED and column.sensitivity != "text":
            yield from value if isinstance(value, list) else (value,)


def _same(text: str) -> str:
    """Return a key that is equal for ids that a search would not tell apart; for telephone numbers, the last digits."""
    letters = "".join(word.letters for word in words(latinise(text)))
    return letters.lstrip("0")[-_SAME_DIGITS:] if letters.isdigit() else letters
