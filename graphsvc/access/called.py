"""What sealed people may be called in a text: every spelling, sound and initial by which `access.masking` finds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import combinations, permutations, product

from graphsvc.access.naming import arranged, orders, plainest
from graphsvc.access.phones import Phones
from graphsvc.access.spelling import Word, is_particle, latinised, reduced, word_list, words

# Shorter needles would mask ordinary words and numbers everywhere.
SHORTEST = 3
# One part of a name stands for its bearer only where no more than so many people bear it.
RARE = 3
# A name by its sound needs so many consonants; a whole name inside one long word so many letters.
CONSONANTS = 3
INSIDE = 8
_NUMBER = 5
_PART = 4
# Words that are names too; alone they are masked only with a capital, and never as part of a longer name.
ORDINARY = word_list(
    "will may mark grant hope rose grace van boat man woman boss driver captain pilot uncle doctor june april august"
    " summer joy faith dawn bill frank rich young brown white black green king price long short rock stone hill wood"
    " lane street road house port bay ford dean bishop north south east west river sea sun moon star april march"
    " france dover calais london police border ship phone car shop farm one two the this that then they there what when"
    " who witness victim suspect person people named known said told paid came went from with and for not her his she"
    " him was were has had are our all any both each here home man men son brother sister father mother friend wife"
    " husband cousin mister sir lady old little big tall small red quiet"
)
# "The brother of N" names N, although it is all that somebody is called.
_KIN = word_list(
    "brother sister son daughter wife husband father mother cousin uncle aunt friend nephew niece partner boyfriend"
    " girlfriend boss driver family relative known aka alias"
)


@dataclass(frozen=True, slots=True)
class Needle:
    """A text that gives somebody sealed away.

    Attributes:
        kind: `name` (also an alias), `phone`, `id`, or `value` (an address, a number plate, an account).
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


class Called:
    """All that sealed people of one case may be called.

    Args:
        needles: what gives sealed persons away.
        unsealed: names and aliases of everyone else.
        ordinary: words of the case (its places, say) that name nobody when they stand alone.

    Attributes:
        spelt: letters without blanks → who is spelt so. spelt_prefixes: how these begin.
        heard: consonants → who may be heard so. heard_prefixes: how these begin.
        alone: letters of one part of a name → whose it is.
        initialled: letters (after `=`) or consonants of a first or last part → whose it is.
        inside: five letters → whole names that begin with them.
        phones: telephone numbers.
        borne: parts of names of people unsealed. ordinary: words that name nobody alone.
    """

    def __init__(self, needles: Iterable[Needle], unsealed: Iterable[str] = (), ordinary: Iterable[str] = ()) -> None:
        self.spelt: dict[str, Spelt] = {}
        self.heard: dict[str, set[Heard]] = {}
        self.alone: dict[str, set[str]] = {}
        self.initialled: dict[str, set[Initialled]] = {}
        self.inside: dict[str, list[str]] = {}
        self.phones = Phones()
        self.borne: set[str] = set()
        self._paired: set[frozenset[str]] = set()
        self.ordinary = ORDINARY | {word.letters for text in ordinary for word in words(text)}
        bearers: dict[str, set[str]] = {}
        names: list[tuple[list[Word], str]] = []
        for needle in dict.fromkeys(needles):
            if needle.kind == "phone":
                self.phones.add(needle.text, needle.pseudonym)
                continue
            for text in dict.fromkeys((needle.text, latinised(needle.text))):
                found = words(text)
                if needle.kind == "name":
                    names.append((found, needle.pseudonym))
                    for word in reduced(found):
                        bearers.setdefault(word.letters, set()).add(needle.pseudonym)
                else:
                    self._value(needle.kind, found, needle.pseudonym)
        others = [words(text) for text in dict.fromkeys(unsealed)] if self or names else []
        self.borne = {word.letters for found in others for word in found}
        self._paired = {
            frozenset((one.letters, other.letters))
            for found in others
            if len(found) > 2
            for one, other in combinations(found, 2)
        }
        for found, pseudonym in names:
            self._name(found, pseudonym, {part for part, who in bearers.items() if len(who) <= RARE})
        self.spelt_prefixes = {key[:end] for key in self.spelt for end in range(1, len(key) + 1)}
        for found in others:
            self._protect(found)
        self.spelt_prefixes.update(key[:end] for key in self.spelt for end in range(1, len(key) + 1))
        self.heard_prefixes = {key[:end] for key in self.heard for end in range(1, len(key) + 1)}

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self.spelt or self.phones or self.heard)

    def _value(self, kind: str, found: list[Word], pseudonym: str) -> None:
        key = "".join(word.letters for word in found)
        shortest = _NUMBER if key.isdigit() else 2 if kind == "id" and not key.isalpha() else SHORTEST
        if len(key) >= shortest and not (kind == "value" and key in self.ordinary):
            self.spelt.setdefault(key, Spelt()).sealed.add(pseudonym)

    def _name(self, found: list[Word], pseudonym: str, rare: Collection[str]) -> None:
        for key in orders([word.letters for word in found]):
            if len(key) >= SHORTEST:
                spelt = self.spelt.setdefault(key, Spelt())
                spelt.sealed.add(pseudonym)
                spelt.capital = len(found) == 1 and key in self.ordinary
                if len(found) > 1 and len(key) >= INSIDE:
                    self.inside.setdefault(key[:5], []).append(key)
        parts = reduced(found)
        if len(parts) > 1 and len(parts) < len(found):
            for key in orders([word.letters for word in parts]):
                if len(key) >= SHORTEST:
                    self.spelt.setdefault(key, Spelt()).sealed.add(pseudonym)
        self._hear(parts, pseudonym, alone=False)
        if len(parts) < 2:
            return
        ends = (parts[0], parts[-1])
        if len(parts) > 2:
            for pair in permutations(parts, 2):
                letters = frozenset((pair[0].letters, pair[1].letters))
                if (pair[0] in ends or pair[1] in ends) and not (letters in self._paired or letters & self.ordinary):
                    self._hear(pair, pseudonym, alone=False, ordered=True)
        for part in parts:
            if part.letters in rare and part.letters not in self.borne and part.letters not in self.ordinary:
                self._hear([part], pseudonym, alone=True)
                if len(part.letters) >= (_PART if part.latin else SHORTEST):
                    self.alone.setdefault(part.letters, set()).add(pseudonym)
        for end in ends:
            initials = frozenset(part.letters[0] for part in parts if part is not end)
            named = Initialled(None, initials, pseudonym)
            self.initialled.setdefault(f"={end.letters}", set()).add(named)
            for key, vowels in end.sounds:
                if len(key) > 1:
                    self.initialled.setdefault(key, set()).add(Initialled(vowels, initials, pseudonym))

    def _hear(self, parts: Collection[Word], pseudonym: str, *, alone: bool, ordered: bool = False) -> None:
        listed = list(parts)
        for order in [tuple(listed)] if ordered else arranged(listed):
            for choice in product(*(plainest(part) for part in order)):
                key = "".join(sound for sound, _ in choice)
                if len(key) >= CONSONANTS or (len(key) == CONSONANTS - 1 and len(listed) > 1):
                    vowels = None if any(v is None for _, v in choice) else "".join(v or "" for _, v in choice)
                    self.heard.setdefault(key, set()).add(Heard(vowels, pseudonym, alone))

    def _protect(self, found: list[Word]) -> None:
        """Somebody unsealed is called so, unless that only says whose kin or friend they are."""
        if len(found) < 2 or not self.is_own(found):
            return
        for key in orders([word.letters for word in found]):
            self.spelt.setdefault(key, Spelt()).unsealed = True

    def is_own(self, found: list[Word]) -> bool:
        """Whether this may be somebody's own name, rather than words that say whose kin or friend they are."""
        latin = [word for word in found if word.latin and word.letters != "the" and not is_particle(word)]
        telling = len({word.capital for word in latin}) > 1 or any(word.letters in _KIN for word in found)
        return not telling or not any(
            (spelt := self.spelt.get("".join(word.letters for word in found[start:end]))) and spelt.sealed
            for start in range(len(found))
            for end in range(start + 1, len(found) + 1)
            if end - start < len(found)
        )
