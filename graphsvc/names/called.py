"""What sealed people may be called in a text: every spelling, sound and initial by which `names.mask` finds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from graphsvc.names.birthdays import Birthdays
from graphsvc.names.everyday import ABBREVIATIONS, COMMON, KIN, ORDINARY
from graphsvc.names.naming import LONGEST_NAME, MOST_HEARD, MOST_SOUNDS, arranged, heard_as, orders
from graphsvc.names.phones import Phones
from graphsvc.names.spelling import Word, is_particle, latinised, reduced, words

# Stands for a sealed person whose name another bears too: whose it is, the name does not tell.
SEVERAL = "S-SEVERAL"
# Words that one spelling may be spread over.
MOST_WORDS = 30
# Shorter needles would mask ordinary words and numbers everywhere.
SHORTEST = 3
# One part of a name stands for its bearer only where no more than so many people bear it.
RARE = 3
# A name by its sound needs so many consonants; a whole name inside one long word so many letters.
CONSONANTS = 3
INSIDE = 8
_NUMBER = 5
_PART = 4
# Beginnings of what is spelt are kept so far: what is longer is told by all of its letters.
BEGINNING = 48
# What may be heard of two parts of one name; of all its pairs together.
_MOST_IN_PAIRS = 256
# A longer text is looked for in pieces of so many words.
_PIECE = 8
# So many ways to say the vowels of one row of consonants are told apart, and so many initials of one surname.
_MOST_ALIKE = 64
# A user's name of an initial and a part has so many letters; a mistyped name so many parts; so many are one letter apart.
_USER = 5
_MOST_MISTYPED = 3
_MOST_ALIKE_MISTYPED = 4


@dataclass(frozen=True, slots=True)
class Needle:
    """A text that gives somebody sealed away.

    Attributes:
        kind: `name` (also an alias), `phone`, `date` (of birth), `id`, `source` (the id of a source), or `value` (an address, a
            number plate, an account).
        text: as it was delivered.
        pseudonym: what to put in its place.
    """

    kind: str
    text: str
    pseudonym: str


@dataclass(slots=True)
class Spelt:
    """Who is spelt so: pseudonyms, and whether somebody unsealed is too."""

    sealed: set[str] = field(default_factory=set)
    unsealed: bool = False
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """Who may be heard so. `alone`: one part of a longer name."""

    vowels: str | None
    pseudonym: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Initialled:
    """Who bears a first or last part that may be heard so, with the initials of the other parts."""

    vowels: str | None
    initials: frozenset[str]
    pseudonym: str


@dataclass(slots=True)
class Partly:
    """Whose name gives one part of it, or a user's name made of it: pseudonyms, and whether somebody unsealed has it too."""

    sealed: set[str] = field(default_factory=set)
    unsealed: bool = False


class Called:
    """All that sealed people of one case may be called.

    Args:
        needles: what gives sealed persons away.
        unsealed: names and aliases of everyone else.
        ordinary: words of the case (its places, say) that name nobody when they stand alone.
        common: words that the case's texts write in small letters and mean nobody by.

    Attributes:
        spelt: letters without blanks → who is spelt so. spelt_prefixes: how these begin, `BEGINNING` letters at most.
        heard: consonants → who may be heard so. heard_prefixes: how these begin.
        alone: letters of one part of a name → whose it is.
        initialled: letters (after `=`) or consonants of a first or last part → whose it is.
        inside: five letters → how long whole names are that begin with them. whole: those names.
        partly: letters of a rare part of a name, or of an initial and a part as users are called → whose it is, in small
            letters too. partly_prefixes: how these begin.
        initials: of first and last part → whose they are, where rare. ends: first part → last part → whose name they enclose.
        mistyped: whole names with one letter less → those names.
        phones: telephone numbers. birthdays: days.
        borne: parts of names of people unsealed. ordinary: words that name nobody alone.
    """

    def __init__(
        self,
        needles: Iterable[Needle],
        unsealed: Iterable[str] = (),
        ordinary: Iterable[str] = (),
        common: Iterable[str] = (),
    ) -> None:
        self.spelt: dict[str, Spelt] = {}
        self.heard: dict[str, tuple[Heard, ...]] = {}
        self.alone: dict[str, set[str]] = {}
        self.initialled: dict[str, tuple[Initialled, ...]] = {}
        self.inside: dict[str, set[int]] = {}
        self.whole: set[str] = set()
        self.partly: dict[str, Partly] = {}
        self.initials: dict[str, set[str]] = {}
        self.ends: dict[str, dict[str, set[str]]] = {}
        self.mistyped: dict[str, list[str]] = {}
        self.phones = Phones()
        self.birthdays = Birthdays()
        self.borne: set[str] = set()
        self._heard: dict[str, set[Heard]] = {}
        self._initialled: dict[str, set[Initialled]] = {}
        self._paired: set[frozenset[str]] = set()
        self._rare: frozenset[str] = frozenset()
        self.ordinary = ORDINARY | {word.letters for text in ordinary for word in words(text)}
        self._common = COMMON | self.ordinary | {*common}
        bearers: dict[str, set[str]] = {}
        # Many bear the same name: what it may be written and heard as is worked out once.
        names: dict[str, tuple[list[Word], set[str]]] = {}
        for needle in dict.fromkeys(needles):
            if needle.kind == "phone":
                self.phones.add(needle.text, needle.pseudonym)
                continue
            if needle.kind == "date":
                self.birthdays.add(needle.text, needle.pseudonym)
                continue
            for text in dict.fromkeys((needle.text, latinised(needle.text))):
                if needle.kind != "name":
                    self._value(needle.kind, words(text), needle.pseudonym)
                elif text in names:
                    names[text][1].add(needle.pseudonym)
                else:
                    names[text] = (words(text), {needle.pseudonym})
        for name, who in names.values():
            for word in reduced(name):
                bearers.setdefault(word.letters, set()).update(who)
        others = [words(text) for text in dict.fromkeys(unsealed)] if self or names else []
        self.borne = {word.letters for name in others for word in name}
        self._bearers = bearers.keys()
        self._rare = frozenset(part for part, who in bearers.items() if len(who) <= RARE)
        self._paired = {
            frozenset((part.letters, other.letters))
            for name in others
            if len(name) > 2
            for part, other in combinations(name[:LONGEST_NAME], 2)
        }
        for name, who in names.values():
            self._name(name, who)
        self.partly_prefixes = _beginnings(self.partly)
        self._begin(self.spelt)
        self._protect(others)
        self.heard = {key: _few(named) for key, named in self._heard.items()}
        self.initialled = {key: _few_initials(named) for key, named in self._initialled.items()}
        self.heard_prefixes = {key[:end] for key in self.heard for end in range(1, len(key) + 1)}
        # What this was made of is as much again.
        del self._heard, self._initialled, self._paired, self._bearers

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self.spelt or self.phones or self.birthdays or self.heard)

    def _begin(self, keys: Iterable[str]) -> None:
        self.spelt_prefixes = _beginnings(keys)

    def _value(self, kind: str, words: list[Word], pseudonym: str) -> None:
        for piece in _pieces(words):
            key = "".join(word.letters for word in piece)
            shortest = _NUMBER if key.isdigit() else 2 if kind == "id" and not key.isalpha() else SHORTEST
            word = len(words) == 1 and key in self._common
            if len(key) >= shortest and not (kind == "value" and key in self.ordinary):
                spelt = self.spelt.setdefault(key, Spelt())
                spelt.sealed.add(pseudonym)
                spelt.capital = kind != "id" and word

    def _name(self, words: list[Word], who: set[str]) -> None:
        for piece in _pieces(words):
            self._spell(piece, who)
        parts = reduced(words)
        if len(words) > LONGEST_NAME:  # a text, of which words with capitals may be names
            self._alone([part for part in parts if part.capital], who)
            return
        if len(parts) > 1 and len(parts) < len(words):
            for key in orders([word.letters for word in parts]):
                if len(key) >= SHORTEST:
                    self.spelt.setdefault(key, Spelt()).sealed.update(who)
        if len(parts) <= MOST_HEARD:
            for order in arranged(parts):
                self._hear(order, who)
        if len(parts) < 2:
            return
        ends = (parts[0], parts[-1])
        self._otherwise(parts, who)
        if len(parts) > 2:
            pairs = [pair for pair in _pairs(parts) if self._tells(pair)]
            for pair in pairs:
                self._hear(pair, who, most=_MOST_IN_PAIRS // len(pairs))
        self._alone(parts, who)
        for end in ends:
            initials = frozenset(part.letters[0] for part in parts if part is not end)
            ways = [(f"={end.letters}", None), *((key, vowels) for key, vowels in end.sounds if len(key) > 1)]
            for key, vowels in ways:
                self._initialled.setdefault(key, set()).update(Initialled(vowels, initials, name) for name in who)

    def _spell(self, words: list[Word], who: set[str]) -> None:
        for key in orders([word.letters for word in words]):
            if len(key) >= SHORTEST:
                ordinary = len(words) == 1 and key in self.ordinary
                spelt = self.spelt.setdefault(key, Spelt(capital=ordinary))
                spelt.sealed.update(who)
                # Where another spelling of it is no word of every day, it names somebody in small letters too.
                spelt.capital = spelt.capital and ordinary
                if len(words) > 1 and INSIDE <= len(key) <= BEGINNING:
                    self.inside.setdefault(key[:5], set()).add(len(key))
                    self.whole.add(key)

    def _tells(self, pair: tuple[Word, Word]) -> bool:
        """Whether two parts of a longer name tell whose it is: nobody unsealed bears both, and neither is a word."""
        letters = frozenset((pair[0].letters, pair[1].letters))
        return not (letters in self._paired or letters & self.ordinary)

    def _alone(self, parts: Iterable[Word], who: set[str]) -> None:
        for part in parts:
            if part.letters in self._rare and part.letters not in self.borne and part.letters not in self.ordinary:
                self._hear([part], who, alone=True)
                if len(part.letters) < (_PART if part.latin else SHORTEST):
                    continue
                self.alone.setdefault(part.letters, set()).update(who)
                for key in (part.letters, f"{part.letters}s"):
                    if key not in self._common and key not in self.borne:
                        self.partly.setdefault(key, Partly()).sealed.update(who)

    def _otherwise(self, parts: list[Word], who: set[str]) -> None:
        """What a name of several parts is written as besides: users' names, initials, with words between, mistyped."""
        first, last = parts[0], parts[-1]
        for key in _users(parts):
            if not (key in self._common or key in self.borne or key in self._bearers):
                self.partly.setdefault(key, Partly()).sealed.update(who)
        for part, other in ((first, last), (last, first)):
            self.initials.setdefault(part.letters[0] + other.letters[0], set()).update(who)
            if self._tells((part, other)):
                self.ends.setdefault(part.letters, {}).setdefault(other.letters, set()).update(who)
        letters = [part.letters for part in parts]
        for whole in ("".join(letters), "".join(reversed(letters))):
            if len(parts) <= _MOST_MISTYPED and INSIDE <= len(whole) <= BEGINNING:
                for place in range(len(whole)):
                    known = self.mistyped.setdefault(whole[:place] + whole[place + 1 :], [])
                    if whole not in known and len(known) < _MOST_ALIKE_MISTYPED:
                        known.append(whole)
        backwards = "".join(letters)[::-1]
        if INSIDE <= len(backwards) <= BEGINNING:
            self.spelt.setdefault(backwards, Spelt()).sealed.update(who)

    def _hear(self, parts: Sequence[Word], who: set[str], *, alone: bool = False, most: int = MOST_SOUNDS) -> None:
        for key, vowels in heard_as(parts, most):
            if len(key) >= CONSONANTS or (len(key) == CONSONANTS - 1 and len(parts) > 1):
                self._heard.setdefault(key, set()).update(Heard(vowels, name, alone) for name in who)

    def _protect(self, others: Iterable[list[Word]]) -> None:
        """People unsealed are called so, unless that only says whose kin or friend they are."""
        initials = set[str]()
        for name in others:
            parts = reduced(name)
            if 2 <= len(parts) <= LONGEST_NAME:
                initials |= {parts[0].letters[0] + parts[-1].letters[0], parts[-1].letters[0] + parts[0].letters[0]}
                for key in _users(parts):
                    if (known := self.partly.get(key)) is not None:
                        known.unsealed = True
            if len(name) >= 2 and self.is_own(name):
                for key in orders([word.letters for word in name]):
                    self.spelt.setdefault(key, Spelt()).unsealed = True
        self._begin(self.spelt)
        self.initials = {
            both: who
            for both, who in self.initials.items()
            if both not in initials and both not in ABBREVIATIONS and len(who) <= RARE
        }

    def is_own(self, words: list[Word]) -> bool:
        """Whether this may be somebody's own name, rather than words that say whose kin or friend they are."""
        latin = [word for word in words if word.latin and word.letters != "the" and not is_particle(word)]
        telling = len({word.capital for word in latin}) > 1 or any(word.letters in KIN for word in words)
        return not telling or not any(
            self._names_somebody(words[start : start + LONGEST_NAME], whole=not start and len(words) <= LONGEST_NAME)
            for start in range(len(words))
        )

    def _names_somebody(self, words: list[Word], *, whole: bool) -> bool:
        """Whether somebody sealed is spelt as these words begin; all of them are not asked for if they are `whole`."""
        key = ""
        for place, word in enumerate(words, 1):
            key += word.letters
            if key[:BEGINNING] not in self.spelt_prefixes:
                return False
            if (spelt := self.spelt.get(key)) and spelt.sealed and not (whole and place == len(words)):
                return True
        return False


def one_of(pseudonyms: Collection[str], *, unsealed: bool = False) -> str:
    """The pseudonym to put there: `SEVERAL` if it is not one person's. Who goes by it anyway is not counted beside another."""
    persons = {pseudonym for pseudonym in pseudonyms if not pseudonym.startswith(SEVERAL)} or set(pseudonyms)
    return SEVERAL if unsealed or len(persons) > 1 else next(iter(persons))


def _pieces(words: list[Word]) -> Iterator[list[Word]]:
    """A name as it is, a longer text in pieces that follow each other; the last is not shorter than the others."""
    if len(words) <= LONGEST_NAME:
        yield words
        return
    starts = range(0, len(words) - _PIECE + 1, _PIECE)
    for start in starts:
        yield words[start : start + _PIECE] if start != starts[-1] else words[start:]


def _beginnings(keys: Iterable[str]) -> set[str]:
    return {key[:end] for key in keys for end in range(1, min(len(key), BEGINNING) + 1)}


def _users(parts: list[Word]) -> Iterator[str]:
    """What somebody of this name may call themselves as a user: an initial and a first or last part, in both orders."""
    for part, other in ((parts[0].letters, parts[-1].letters), (parts[-1].letters, parts[0].letters)):
        for key in (part[0] + other, other + part[0]):
            if len(key) >= _USER:
                yield key


def _pairs(parts: list[Word]) -> list[tuple[Word, Word]]:
    """Two parts of a name of three and more, the first or last among them, in both orders."""
    first, *middle, last = parts
    ends = [(first, last), *((first, part) for part in middle), *((part, last) for part in middle)]
    return [*ends, *((right, left) for left, right in ends)]


def _few(named: Collection[Heard]) -> tuple[Heard, ...]:
    """Of those who are heard alike two stand for all, as their name does not tell which is meant.

    Where the vowels differ in more ways than can be told apart, they tell nobody apart.
    """
    if len(named) == 1:
        return tuple(named)
    groups: dict[tuple[str | None, bool], dict[str, None]] = {}
    for heard in sorted(named, key=lambda heard: (heard.vowels or "", heard.pseudonym)):
        groups.setdefault((heard.vowels, heard.alone), {})[heard.pseudonym] = None
    if len(groups) > _MOST_ALIKE:
        merged: dict[tuple[str | None, bool], dict[str, None]] = {}
        for (_, alone), who in groups.items():
            merged.setdefault((None, alone), {}).update(who)
        groups = merged
    return tuple(
        Heard(vowels, pseudonym, alone) for (vowels, alone), who in groups.items() for pseudonym in list(who)[:2]
    )


def _few_initials(named: Collection[Initialled]) -> tuple[Initialled, ...]:
    """As `_few`, of people with the same surname; of too many initials each goes with each."""
    if len(named) == 1:
        return tuple(named)
    groups: dict[tuple[str | None, frozenset[str]], dict[str, None]] = {}
    for initialled in sorted(named, key=lambda known: (known.vowels or "", sorted(known.initials), known.pseudonym)):
        groups.setdefault((initialled.vowels, initialled.initials), {})[initialled.pseudonym] = None
    if len(groups) > _MOST_ALIKE:
        initials = frozenset[str]().union(*(known for _, known in groups))
        groups = {(None, initials): {pseudonym: None for who in groups.values() for pseudonym in who}}
    return tuple(
        Initialled(vowels, initials, pseudonym)
        for (vowels, initials), who in groups.items()
        for pseudonym in list(who)[:2]
    )
