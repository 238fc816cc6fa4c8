"""The texts of a case, masked: who is sealed in it, who else is called so, and whom a row is about."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from graphsvc.cases.image.handling import Handling
from graphsvc.ingest.fold import State, is_extra
from graphsvc.ingest.report import FoldedRow
from graphsvc.names.mask import SEVERAL, Masker, Needle
from graphsvc.names.naming import sound_alike, spellings
from graphsvc.names.seal import needles
from graphsvc.records import grading

_NOBODY: frozenset[str] = frozenset()
_STATEMENTS = "statements"
# Table, who or what holds the row, and its values.
Shown = tuple[str, str, Mapping[str, Any]]


class Bearers(NamedTuple):
    """Spellings that are people's whom a text is about, and who stand by name.

    Attributes:
        own: of the very name of a sealed person: there it is theirs.
        shared: of their other aliases: where one is a sealed person's too, nothing tells which of them is meant.
    """

    own: frozenset[str] = _NOBODY
    shared: frozenset[str] = _NOBODY


UNKNOWN = Bearers()
# Stands for the name of somebody sealed in what people typed: a pseudonym would tell its writer whose it is.
TAKEN_OUT = "[withheld]"
# Stands, until it is told, for whom only what is C speaks: texts under P do not tell them apart.
_HIDDEN = f"{SEVERAL}\0"
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
    a claim or statement is about them and not about the sealed one; elsewhere it is masked. An alias of theirs that is a
    sealed person's too is masked there as well, but by a word that does not tell whose it is.

    Args:
        state: the case.
        sealed: ids of sealed persons, things and dwellings → pseudonyms.
        identities: pseudonym → every row ever delivered of whom it stands for, those of earlier deliveries and of what
            was taken back among them; without it the rows of the state are looked for.
        handling: what of the state stands under P; without it texts under P are masked as all others.
        under_c: pseudonyms of whom only what is C speaks: texts under P do not tell them apart.
    """

    def __init__(
        self,
        state: State,
        sealed: Mapping[str, str],
        identities: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
        handling: Handling | None = None,
        under_c: Collection[str] = (),
    ) -> None:
        self._state = state
        people = state.records["people"]
        self._handling = handling
        # What stands under P of people unsealed: what is C makes no other text under P.
        self._aliases = {
            identifier: _spelt(_open(row).get("aliases", ()))
            for identifier, row in people.items()
            if identifier not in sealed
        }
        own = {identifier: _own_names(_open(row)) for identifier, row in people.items() if identifier not in sealed}
        known = dict(identities or _rows(state, sealed))
        self._pseudonyms = {SEVERAL, TAKEN_OUT, *known, *sealed.values()}
        self._masker = _sealing(state, known, own)
        self._open_masker = self._masker
        # What is C moves nothing under P: who is named or sealed there alone makes no other text of one under P.
        if handling is not None and (
            any(handling.entity(identifier) == "C" for identifier in own) or not frozenset(under_c).isdisjoint(known)
        ):
            hidden = frozenset(under_c)
            self._open_masker = _sealing(
                state,
                known,
                {identifier: names for identifier, names in own.items() if handling.entity(identifier) == "P"},
                lambda identifier: handling.entity(identifier) == "P",
                lambda name: _HIDDEN if name in hidden else name,
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
        self._ends = self._ends_of_statements()
        self._sealed = frozenset(sealed)
        self._open_ends = (
            self._ends_of_statements(lambda claim: handling.claim(claim) == "P") if handling is not None else self._ends
        )

    def mask(self, text: str, bearers: Bearers = UNKNOWN, level: str = "P") -> str:
        """A text that stands at a handling code with what names sealed people masked, but for the spellings that are others'."""
        masker = self._open_masker if level == "P" else self._masker
        return masker.mask(text, bearers.own, shared=bearers.shared).replace(_HIDDEN, SEVERAL)

    def withhold(self, text: str) -> str:
        """`text` with what names sealed people taken out, without a word of who they are."""
        return self._masker.mask(text, word=TAKEN_OUT)

    def value(self, text: str, bearers: Bearers = UNKNOWN, level: str = "P") -> str:
        """As `mask`, of a value that is somebody unsealed's own: `WITHHELD` if all of it is what somebody sealed has too.

        Under P that is their own whatever C says of somebody sealed.
        """
        if level == "P" and self._open_masker.mask(text, bearers.own).strip() == _HIDDEN:
            return text
        masked = self.mask(text, bearers, level)
        return WITHHELD if masked != text and masked.strip() in self._pseudonyms else masked

    def by_row(self, identifier: str) -> Bearers:
        """Of the person whose row it is, if they are unsealed."""
        names = self._own.get(identifier)
        return Bearers(_spelt(names) if names else _NOBODY, self._aliases.get(identifier, _NOBODY))

    def by_ends(self, *identifiers: str) -> Bearers:
        """Of unsealed people among these ids, without what sealed people among them are called."""
        return Bearers(self._excused(*identifiers), self._shared(identifiers))

    def by_statement(self, identifier: str) -> Bearers:
        """As `by_ends`, of all whom the statement is about: who gave it makes no other text of it.

        Claims under C make no other text of a statement under P.
        """
        ends = self._open_ends if self._level(identifier) == "P" else self._ends
        return self.by_ends(*sorted(ends.get(identifier, ())))

    def _shared(self, identifiers: Iterable[str]) -> frozenset[str]:
        ends = [*identifiers]
        # Where it is about somebody sealed, the word may well be theirs: their pseudonym stands there as it did.
        if any(identifier in self._sealed for identifier in ends):
            return _NOBODY
        return _NOBODY.union(*(self._aliases.get(identifier, _NOBODY) for identifier in ends))

    def _level(self, statement: str) -> str:
        return self._handling.statement(statement) if self._handling is not None else "P"

    def _excused(self, *identifiers: str) -> frozenset[str]:
        excused = _NOBODY
        for identifier in identifiers:
            excused |= self._namesakes.get(identifier, _NOBODY)
        if excused:
            for identifier in identifiers:
                excused -= self._sealed_names.get(identifier, _NOBODY)
        return excused

    def _ends_of_statements(self, stands: Callable[[Mapping[str, Any]], bool] = bool) -> dict[str, set[str]]:
        """Statement → whom and what its claims are about, of the claims that stand."""
        ends: dict[str, set[str]] = defaultdict(set)
        for row in self._state.claims.values():
            if not stands(row.values):
                continue
            ends[row.values["statement_id"]].update((row.values["subject_id"], row.values["object_id"]))
        return ends


def _rows(state: State, sealed: Mapping[str, str]) -> dict[str, list[Mapping[str, Any]]]:
    return {
        sealed[identifier]: [row.values]
        for table in ("people", "things", "workplaces")
        for identifier, row in state.records[table].items()
        if identifier in sealed
    }


def _sealing(
    state: State,
    known: Mapping[str, Iterable[Mapping[str, Any]]],
    own: Mapping[str, list[str]],
    seen: Callable[[str], bool] = bool,
    replacement: Callable[[str], str] = str,
) -> Masker:
    """Masks by the identities of the sealed and by what else is called so, as far as it is seen.

    Args:
        state: the case.
        known: pseudonym → identities.
        own: id of somebody unsealed → their names.
        seen: whether an entity is.
        replacement: pseudonym → what stands for it.
    """
    named = ((replacement(pseudonym), values) for pseudonym, rows in known.items() for values in rows)
    unsealed = [name for names in own.values() for name in names]
    return masker(named, shown_rows(state, seen), unsealed, _sources(state))


def masker(
    named: Iterable[tuple[str, Mapping[str, Any]]],
    shown: Iterable[Shown],
    unsealed: Collection[str],
    beside: Iterable[Needle] = (),
) -> Masker:
    """Masks by what tells somebody apart in a case: the same of who is sealed and of who is erased.

    What several hold, places, trades and words of every day name nobody, and whatever they are put in place of would say
    nothing true of the others.

    Args:
        named: what stands for somebody or something, and a row of theirs.
        shown: what the case says of everybody and everything.
        unsealed: names of people who are none of these.
        beside: what else is looked for.
    """
    rows: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for table, holder, values in shown:
        rows[table].append((holder, values))
    statements = [values for _, values in rows.pop(_STATEMENTS, ())]
    # What several things or places are called ("identity card") names none of them.
    called = _several(
        (holder, values["name"])
        for table in ("things", "workplaces")
        for holder, values in rows[table]
        if "name" in values
    )
    places = [
        values[column]
        for table, columns in _PLACES.items()
        for _, values in rows[table]
        for column in columns
        if column in values
    ]
    common = _common_cells(rows.values()) | {text.lower() for text in (*unsealed, *places)}
    return Masker(
        (
            *beside,
            *(
                needle
                for word, values in named
                for needle in needles(values, word, common)
                if "kind" not in values or needle.text not in called
            ),
        ),
        unsealed,
        places,
        _ordinary(statements),
    )


def shown_rows(state: State, seen: Callable[[str], bool] = bool) -> Iterator[Shown]:
    """What a state says under P of everybody and everything that is seen, all of it where nothing stands there; statements whole."""
    for table, rows in state.records.items():
        for identifier, row in rows.items():
            if table == _STATEMENTS:
                yield table, identifier, row.values
            elif seen(identifier):
                yield table, identifier, _open(row)


def _open(row: FoldedRow) -> Mapping[str, Any]:
    """What of a row stands under P; all of it where nothing does."""
    return row.values if row.open is None else row.open


def _sources(state: State) -> Iterator[Needle]:
    """Ids of sources that are nobody's and nothing's own id: each stands for somebody who is told to nobody."""
    for row in state.records["statements"].values():
        source = row.values.get("source_id")
        if source and state.kinds.get(source, "statements") == "statements":
            yield Needle("value" if row.values["kind"] == "record" else "source", source, TAKEN_OUT)


def _several(held: Iterable[tuple[str, str]]) -> set[str]:
    """Of holders and what they hold, what more than one of them does."""
    first: dict[str, str] = {}
    return {text for holder, text in held if first.setdefault(text, holder) != holder}


def _common_cells(rows: Iterable[Iterable[tuple[str, Mapping[str, Any]]]]) -> set[str]:
    """Texts (in small letters) that several hold in columns of the deliverer's own: they tell nobody apart."""
    return _several(
        (holder, value.lower())
        for table in rows
        for holder, values in table
        for name, value in values.items()
        if is_extra(name) and isinstance(value, str)
    )


def _ordinary(statements: Iterable[Mapping[str, Any]]) -> set[str]:
    """Words that texts under P write in small letters again and again: no names there, whoever is called so."""
    small, capital = Counter[str](), Counter[str]()
    for values in statements:
        if values.get("handling", grading.DEFAULT_HANDLING) == "P" and (text := values.get("summary")):
            words = set(_SMALL.findall(text))
            small.update(word for word in words if word.islower())
            capital.update(word.lower() for word in words if not word.islower())
    return {word for word, number in small.items() if number >= _ORDINARY_IN and number >= _OFTENER * capital[word]}


def _own_names(values: Mapping[str, Any]) -> list[str]:
    """The name of somebody unsealed, and aliases that are the same name otherwise written."""
    name = values.get("name", "")
    return [name, *(alias for alias in values.get("aliases", ()) if sound_alike(name, alias))] if name else []


def _spelt(names: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*map(spellings, names))
