"""The texts of a case, masked: who is sealed in it, who else is called so, and whom a row is about."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphsvc.access import vault
from graphsvc.access.masking import SEVERAL, Masker, Needle
from graphsvc.access.naming import sound_alike, spellings
from graphsvc.access.sealing import needles
from graphsvc.ingest.fold import State, is_extra
from graphsvc.records import grading

_NOBODY: frozenset[str] = frozenset()
# Stands for the name of somebody sealed in what people typed: a pseudonym would tell its writer whose it is.
TAKEN_OUT = "[withheld]"
# Columns whose words are places and trades: alone they name nobody.
_PLACES = {
    "people": ("nationality",),
    "crossings": ("launch_site", "landing_site", "intercepted_by"),
    "workplaces": ("sector",),
}

# A word that so many texts write in small letters, and ten times as many as with a capital, is no name in them.
_ORDINARY_IN, _OFTENER = 20, 10
_SMALL = re.compile(r"\b[^\W\d_]{4,}\b")
# Where a text is a value of somebody unsealed, and that of somebody sealed too.
WITHHELD = "withheld"


class Texts:
    """Masks the texts of one state.

    A name that somebody unsealed bears as well as somebody sealed is the unsealed one's in their own row, and where
    a claim or statement is about them and not about the sealed one; elsewhere it is masked.

    Args:
        state: the case.
        sealed: ids of sealed persons and things → pseudonyms.
        key: the case's data key, of which the pseudonyms of sources are made.
        identities: pseudonym → every row ever delivered of whom it stands for, those of earlier deliveries and of what
            was taken back among them; without it the rows of the state are looked for.
    """

    def __init__(
        self,
        state: State,
        sealed: Mapping[str, str],
        key: bytes,
        identities: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
    ) -> None:
        self._state = state
        people = state.records["people"]
        own = {identifier: _own_names(row.values) for identifier, row in people.items() if identifier not in sealed}
        # What several things are called ("identity card") names none of them.
        called = Counter(row.values.get("name") for row in state.records["things"].values())
        common = _common_cells(state) | {name.lower() for names in own.values() for name in names}
        self._pseudonyms = {SEVERAL, *(identities or sealed.values()), *sealed.values()}
        self._masker = Masker(
            (
                *_sources(state, key),
                *(
                    needle
                    for pseudonym, rows in (identities or _rows(state, sealed)).items()
                    for values in rows
                    for needle in needles(values, pseudonym, common)
                    if "kind" not in values or called[needle.text] < 2
                ),
            ),
            (name for names in own.values() for name in names),
            (
                row.values[column]
                for table, columns in _PLACES.items()
                for row in state.records[table].values()
                for column in columns
                if column in row.values
            ),
            _ordinary(state),
        )
        self._own = {identifier: names for identifier, names in own.items() if names and self._masker.is_own(names[0])}
        # Unsealed people who are called as somebody sealed is, and the spellings of them and of everyone sealed.
        self._namesakes = {
            identifier: _spelt(names)
            for identifier, names in self._own.items()
            if any(self._masker.shares(name) for name in names)
        }
        self._sealed_names = (
            {
                identifier: _spelt([row.values.get("name", ""), *row.values.get("aliases", ())])
                for identifier, row in people.items()
                if identifier in sealed
            }
            if self._namesakes
            else {}
        )
        self._ends = self._ends_of_statements() if self._namesakes else {}

    def mask(self, text: str, excused: frozenset[str] = _NOBODY) -> str:
        """`text` with what names sealed people masked, but for the excused spellings."""
        return self._masker.mask(text, excused)

    def withhold(self, text: str) -> str:
        """`text` with what names sealed people taken out, without a word of who they are."""
        return self._masker.mask(text, word=TAKEN_OUT)

    def value(self, text: str, excused: frozenset[str] = _NOBODY) -> str:
        """As `mask`, of a value that is somebody unsealed's own: `WITHHELD` if all of it is what somebody sealed has too."""
        masked = self.mask(text, excused)
        return WITHHELD if masked != text and masked.strip() in self._pseudonyms else masked

    def excused_by_row(self, identifier: str) -> frozenset[str]:
        """Spellings of the person whose row it is, if they are unsealed."""
        names = self._own.get(identifier)
        return _spelt(names) if names else _NOBODY

    def excused_by_ends(self, *identifiers: str) -> frozenset[str]:
        """Spellings of unsealed namesakes among these ids, without those of sealed people among them."""
        found = _NOBODY
        for identifier in identifiers:
            found |= self._namesakes.get(identifier, _NOBODY)
        if found:
            for identifier in identifiers:
                found -= self._sealed_names.get(identifier, _NOBODY)
        return found

    def excused_by_statement(self, identifier: str) -> frozenset[str]:
        """As `excused_by_ends`, of all whom the statement is about or by."""
        return self.excused_by_ends(*sorted(self._ends.get(identifier, ())))

    def _ends_of_statements(self) -> dict[str, set[str]]:
        ends: dict[str, set[str]] = defaultdict(set)
        for row in self._state.claims.values():
            ends[row.values["statement_id"]].update((row.values["subject_id"], row.values["object_id"]))
        for identifier, row in self._state.records["statements"].items():
            ends[identifier].update(row.values[name] for name in ("source_id", "interpreter_id") if name in row.values)
        return ends


def _rows(state: State, sealed: Mapping[str, str]) -> dict[str, list[Mapping[str, Any]]]:
    return {
        sealed[identifier]: [row.values]
        for table in ("people", "things")
        for identifier, row in state.records[table].items()
        if identifier in sealed
    }


def _sources(state: State, key: bytes) -> Iterator[Needle]:
    """Ids of sources that are nobody's and nothing's own id: each stands for somebody who is told to nobody."""
    for row in state.records["statements"].values():
        source = row.values.get("source_id")
        if source and state.kinds.get(source, "statements") == "statements":
            kind = "value" if row.values["kind"] == "record" else "source"
            yield Needle(kind, source, vault.pseudonym(key, "source", source))


def _common_cells(state: State) -> set[str]:
    """Texts (in small letters) that several rows hold in columns of the deliverer's own: they tell nobody apart."""
    held = Counter(
        value.lower()
        for rows in state.records.values()
        for row in rows.values()
        for name, value in row.values.items()
        if is_extra(name) and isinstance(value, str)
    )
    return {text for text, number in held.items() if number > 1}


def _ordinary(state: State) -> set[str]:
    """Words that texts under P write in small letters again and again: no names there, whoever is called so."""
    small, capital = Counter[str](), Counter[str]()
    for row in state.records["statements"].values():
        if row.values.get("handling", grading.DEFAULT_HANDLING) == "P" and (text := row.values.get("summary")):
            found = set(_SMALL.findall(text))
            small.update(word for word in found if word.islower())
            capital.update(word.lower() for word in found if not word.islower())
    return {word for word, number in small.items() if number >= _ORDINARY_IN and number >= _OFTENER * capital[word]}


def _own_names(values: Mapping[str, Any]) -> list[str]:
    """The name of somebody unsealed, and aliases that are the same name otherwise written."""
    name = values.get("name", "")
    return [name, *(alias for alias in values.get("aliases", ()) if sound_alike(name, alias))] if name else []


def _spelt(names: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*map(spellings, names))
