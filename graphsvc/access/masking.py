"""Finds what names sealed persons inside other text, and puts their pseudonym in its place.

What is found, and how sure it must be:

| what stands there | is masked |
|---|---|
| a name, alias, id or other value letter by letter, in any case, script, spacing, punctuation, order of its parts | always |
| a phone: all of it in any form, or its last six digits or more | always |
| a name as it may be heard: other vowels, doubled letters, another script, with or without its particles | if written as a name |
| two parts of a longer name | if written as a name |
| an initial and a first or last part | if the initial is a capital |
| one part of a name | if written as a name, and nobody unsealed and at most `RARE` sealed people of the case bear it |

"Written as a name" is with capitals, in a text without any, or in a script that has none. The whole name of somebody
unsealed, letter by letter, is theirs rather than a sealed person's of similar name. A name that several bear is masked
by a word that does not tell which of them is meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, permutations, product

from graphsvc.access.naming import arranged, orders, plainest, spellings
from graphsvc.access.phones import Phones
from graphsvc.access.spelling import Word, alike, is_particle, latinised, reduced, word_list, words

__all__ = ["ORDINARY", "SEVERAL", "Masker", "Needle", "Span", "spellings"]

# Shorter needles would mask ordinary words and numbers everywhere.
SHORTEST = 3
# One part of a name stands for its bearer only where no more than so many people bear it.
RARE = 3
# Stands for a sealed person whose name another bears too: whose it is, the name does not tell.
SEVERAL = "S-SEVERAL"
_NUMBER = 5
_PART = 4
_CONSONANTS = 3
_INSIDE = 8
_MOST_WORDS = 30
_REMEMBERED = 200  # characters: longer texts seldom come twice
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
class _Spelt:
    """Who is spelt so: pseudonyms, and whether somebody unsealed is too."""

    sealed: set[str] = field(default_factory=set)
    unsealed: bool = False
    capital: bool = False


@dataclass(frozen=True, slots=True)
class _Heard:
    """Who may be heard so. `alone`: one part of a longer name."""

    vowels: str | None
    pseudonym: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class _Initialled:
    """Who bears a first or last part that may be heard so, with the initials of the other parts."""

    vowels: str | None
    initials: frozenset[str]
    pseudonym: str


Span = tuple[int, int, str]


class Masker:
    """Masks texts of one case.

    Args:
        needles: what gives sealed persons away.
        unsealed: names and aliases of everyone else.
        ordinary: words of the case (its places, say) that name nobody when they stand alone.

    Example:
        >>> Masker([Needle("name", "Hewa Karim", "S-1")]).mask("then HEWA  KARIM paid, said Karim Hêwa")
        'then S-1 paid, said S-1'
    """

    def __init__(self, needles: Iterable[Needle], unsealed: Iterable[str] = (), ordinary: Iterable[str] = ()) -> None:
        self._spelt: dict[str, _Spelt] = {}
        self._heard: dict[str, set[_Heard]] = {}
        self._alone: dict[str, set[str]] = {}
        self._initialled: dict[str, set[_Initialled]] = {}
        self._inside: dict[str, list[str]] = {}
        self._phones = Phones()
        self._known: dict[str, list[Span]] = {}
        self._borne: set[str] = set()
        self._paired: set[frozenset[str]] = set()
        self._ordinary = ORDINARY | {word.letters for text in ordinary for word in words(text)}
        bearers: dict[str, set[str]] = {}
        names: list[tuple[list[Word], str]] = []
        for needle in dict.fromkeys(needles):
            if needle.kind == "phone":
                self._phones.add(needle.text, needle.pseudonym)
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
        self._borne = {word.letters for found in others for word in found}
        self._paired = {
            frozenset((one.letters, other.letters))
            for found in others
            if len(found) > 2
            for one, other in combinations(found, 2)
        }
        for found, pseudonym in names:
            self._name(found, pseudonym, {part for part, who in bearers.items() if len(who) <= RARE})
        self._spelt_prefixes = {key[:end] for key in self._spelt for end in range(1, len(key) + 1)}
        for found in others:
            self._protect(found)
        self._spelt_prefixes.update(key[:end] for key in self._spelt for end in range(1, len(key) + 1))
        self._heard_prefixes = {key[:end] for key in self._heard for end in range(1, len(key) + 1)}

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self._spelt or self._phones or self._heard)

    def mask(self, text: str, excused: Collection[str] = ()) -> str:
        """`text` with every needle replaced; unchanged if there is none.

        Args:
            text: any text.
            excused: spellings (see `spellings`) of unsealed people whom the text is about, and nobody sealed of the
                same name: there the name is theirs.
        """
        spans = self.spans(text, excused)
        if not spans:
            return text
        parts: list[str] = []
        done = 0
        for start, end, pseudonym in spans:
            parts += [text[done:start], pseudonym]
            done = end
        return "".join([*parts, text[done:]])

    def spans(self, text: str, excused: Collection[str] = ()) -> list[Span]:
        """Where sealed people are named: (start, end, pseudonym), in order and apart from each other."""
        known = self._known.get(text)
        if known is None:
            known = self._spans(text, ()) if text and self else []
            if len(text) < _REMEMBERED:
                self._known[text] = known
        # Who is excused only takes away.
        return self._spans(text, excused) if known and excused else known

    def _spans(self, text: str, excused: Collection[str]) -> list[Span]:
        looked = latinised(text)
        found = self._found(looked, words(looked), excused)
        if looked != text:  # what it looks like goes before what its letters say
            found += self._found(text, words(text), excused)
        return _apart(found) if found else found

    def shares(self, name: str) -> bool:
        """Whether a sealed person is spelt like this whole name."""
        return any((spelt := self._spelt.get(key)) is not None and spelt.sealed for key in spellings(name))

    def is_own(self, name: str) -> bool:
        """Whether this may be somebody's own name, rather than words that say whose kin or friend they are."""
        return self._is_own(words(name))

    # -- what is looked for -----------------------------------------------------------------------------------

    def _value(self, kind: str, found: list[Word], pseudonym: str) -> None:
        key = "".join(word.letters for word in found)
        shortest = _NUMBER if key.isdigit() else 2 if kind == "id" and not key.isalpha() else SHORTEST
        if len(key) >= shortest and not (kind == "value" and key in self._ordinary):
            self._spelt.setdefault(key, _Spelt()).sealed.add(pseudonym)

    def _name(self, found: list[Word], pseudonym: str, rare: Collection[str]) -> None:
        for key in orders([word.letters for word in found]):
            if len(key) >= SHORTEST:
                spelt = self._spelt.setdefault(key, _Spelt())
                spelt.sealed.add(pseudonym)
                spelt.capital = len(found) == 1 and key in self._ordinary
                if len(found) > 1 and len(key) >= _INSIDE:
                    self._inside.setdefault(key[:5], []).append(key)
        parts = reduced(found)
        if len(parts) > 1 and len(parts) < len(found):
            for key in orders([word.letters for word in parts]):
                if len(key) >= SHORTEST:
                    self._spelt.setdefault(key, _Spelt()).sealed.add(pseudonym)
        self._hear(parts, pseudonym, alone=False)
        if len(parts) < 2:
            return
        ends = (parts[0], parts[-1])
        if len(parts) > 2:
            for pair in permutations(parts, 2):
                letters = frozenset((pair[0].letters, pair[1].letters))
                if (pair[0] in ends or pair[1] in ends) and not (letters in self._paired or letters & self._ordinary):
                    self._hear(pair, pseudonym, alone=False, ordered=True)
        for part in parts:
            if part.letters in rare and part.letters not in self._borne and part.letters not in self._ordinary:
                self._hear([part], pseudonym, alone=True)
                if len(part.letters) >= (_PART if part.latin else SHORTEST):
                    self._alone.setdefault(part.letters, set()).add(pseudonym)
        for end in ends:
            initials = frozenset(part.letters[0] for part in parts if part is not end)
            named = _Initialled(None, initials, pseudonym)
            self._initialled.setdefault(f"={end.letters}", set()).add(named)
            for key, vowels in end.sounds:
                if len(key) > 1:
                    self._initialled.setdefault(key, set()).add(_Initialled(vowels, initials, pseudonym))

    def _hear(self, parts: Collection[Word], pseudonym: str, *, alone: bool, ordered: bool = False) -> None:
        listed = list(parts)
        for order in [tuple(listed)] if ordered else arranged(listed):
            for choice in product(*(plainest(part) for part in order)):
                key = "".join(sound for sound, _ in choice)
                if len(key) >= _CONSONANTS or (len(key) == _CONSONANTS - 1 and len(listed) > 1):
                    vowels = None if any(v is None for _, v in choice) else "".join(v or "" for _, v in choice)
                    self._heard.setdefault(key, set()).add(_Heard(vowels, pseudonym, alone))

    def _protect(self, found: list[Word]) -> None:
        """Somebody unsealed is called so, unless that only says whose kin or friend they are."""
        if len(found) < 2 or not self._is_own(found):
            return
        for key in orders([word.letters for word in found]):
            self._spelt.setdefault(key, _Spelt()).unsealed = True

    def _is_own(self, found: list[Word]) -> bool:
        latin = [word for word in found if word.latin and word.letters != "the" and not is_particle(word)]
        telling = len({word.capital for word in latin}) > 1 or any(word.letters in _KIN for word in found)
        return not telling or not any(
            (spelt := self._spelt.get("".join(word.letters for word in found[start:end]))) and spelt.sealed
            for start in range(len(found))
            for end in range(start + 1, len(found) + 1)
            if end - start < len(found)
        )

    # -- where it stands --------------------------------------------------------------------------------------

    def _found(self, text: str, found: list[Word], excused: Collection[str]) -> list[Span]:
        spans = [(start, end, _one_of(who)) for start, end, who in self._phones.spans(text, found)]
        shouting = not any(word.capital and word.latin for word in found)
        place = 0
        while place < len(found):
            word = found[place]
            end, pseudonym = place, None
            if word.letters in self._spelt_prefixes:
                end, pseudonym = self._spelt_at(found, place, excused)
            if pseudonym == "" and any(
                beyond > end and who
                for beyond, who in (self._spelt_at(found, inside, excused) for inside in range(place + 1, end))
            ):
                place += 1  # "Haji Mirela" may be somebody unsealed, but in "Haji Mirela Marku" it is not
                continue
            if pseudonym != "" and (shouting or word.capital):
                heard_end, heard = self._heard_at(found, place, shouting=shouting)
                if heard and heard_end > end and not _is_excused(found[place:heard_end], excused):
                    end, pseudonym = heard_end, heard
            single = len(word.letters) == 1 or (place + 1 < len(found) and len(found[place + 1].letters) == 1)
            if single and (end == place or (pseudonym and end == place + 1)):
                initials_end, initialled = self._initials_at(text, found, place)
                if initials_end > end and initialled:
                    end, pseudonym = initials_end, initialled
            if end == place and len(word.letters) > _INSIDE:
                spans += self._inside_of(word)
            if pseudonym and end > place:
                spans.append((word.start, found[end - 1].end, pseudonym))
            place = max(end, place + 1)
        return spans

    def _spelt_at(self, found: list[Word], place: int, excused: Collection[str]) -> tuple[int, str | None]:
        """End of the longest spelling that begins there, and its pseudonym; empty if it is an unsealed person's."""
        best, pseudonym = place, None
        key = ""
        for index in range(place, min(place + _MOST_WORDS, len(found))):
            key += found[index].letters
            if key not in self._spelt_prefixes:
                break
            spelt = self._spelt.get(key)
            if spelt is None or (spelt.capital and not found[place].capital):
                continue
            best = index + 1
            pseudonym = _one_of(spelt.sealed, unsealed=spelt.unsealed) if spelt.sealed and key not in excused else ""
        return best, pseudonym

    def _heard_at(self, found: list[Word], place: int, *, shouting: bool) -> tuple[int, str | None]:
        """End of the longest name that begins there as it is heard, and its pseudonym."""
        first = found[place]
        if is_particle(first):
            return place, None
        if first.letters in self._alone and (first.capital or not first.latin) and not _shouting_alone(first, shouting):
            best: tuple[int, str | None] = (place + 1, _one_of(self._alone[first.letters]))
        else:
            best = (place, None)
        waiting: list[tuple[int, str, str | None, int]] = [(place, "", "", 0)]
        while waiting:
            index, key, vowels, spoken = waiting.pop()
            if index >= len(found) or index - place >= _MOST_WORDS // 3:
                continue
            word = found[index]
            particle = is_particle(word)
            if word.latin != first.latin or not _may_be_heard(word, particle=particle, shouting=shouting):
                continue
            for sound, more in word.sounds:
                heard = key + sound
                if heard and heard not in self._heard_prefixes:
                    continue
                said = None if vowels is None or more is None else vowels + more
                count = spoken + (0 if particle else 1)
                if index + 1 > best[0] and heard in self._heard:
                    who = self._who(self._heard[heard], heard, said, count, word, shouting=shouting)
                    if who:
                        best = (index + 1, who)
                waiting.append((index + 1, heard, said, count))
        return best

    def _who(
        self, named: Iterable[_Heard], key: str, said: str | None, spoken: int, word: Word, *, shouting: bool
    ) -> str | None:
        """Whose name was heard, if anybody's."""
        who = set()
        for one in named:
            if one.alone and (spoken != 1 or shouting or word.letters in self._borne or word.letters in self._ordinary):
                continue
            if spoken == 1 and word.letters in self._ordinary:
                continue
            if len(key) < _CONSONANTS and one.vowels is not None and said is not None and one.vowels != said:
                continue
            if alike(one.vowels, said, len(key)):
                who.add(one.pseudonym)
        return _one_of(who) if who else None

    def _initials_at(self, text: str, found: list[Word], place: int) -> tuple[int, str | None]:
        """`H. Karim`, `Karim H.`, `N. V. An`: end and pseudonym."""
        first = place
        while place < len(found) and _is_initial(text, found[place]):
            place += 1
        if place > first:
            after = [found[index].letters for index in range(first, place)]
            while place < len(found) and is_particle(found[place]):
                place += 1
            if place < len(found) and found[place].capital:
                who = self._with_initials(found[place], after)
                if who:
                    return place + 1, who
            return first, None
        end = first + 1
        while end < len(found) and _is_initial(text, found[end]):
            end += 1
        if end > first + 1 and found[first].capital:
            who = self._with_initials(found[first], [found[index].letters for index in range(first + 1, end)])
            if who:
                return end, who
        return first, None

    def _with_initials(self, word: Word, initials: list[str]) -> str | None:
        who = {
            one.pseudonym
            for key, said in ((f"={word.letters}", None), *word.sounds)
            for one in self._initialled.get(key, ())
            if one.initials.issuperset(initials) and alike(one.vowels, said, len(key))
        }
        return _one_of(who) if who else None

    def _inside_of(self, word: Word) -> Iterator[Span]:
        """Whole names inside one long word, as in `boatofhewakarim`."""
        letters = word.letters
        for place in range(1, len(letters) - _INSIDE + 1):
            for key in self._inside.get(letters[place : place + 5], ()):
                if letters.startswith(key, place):
                    plain = len(letters) == word.end - word.start
                    start = word.start + place if plain else word.start
                    end = start + len(key) if plain else word.end
                    yield start, end, _one_of(self._spelt[key].sealed, unsealed=self._spelt[key].unsealed)


def _may_be_heard(word: Word, *, particle: bool, shouting: bool) -> bool:
    """Whether a word may be part of a name that is told by its sound alone."""
    if word.letters.isdigit() or (word.latin and len(word.letters) == 1):
        return False
    return particle or (word.capital and not (shouting and word.latin)) or (shouting and word.letters not in ORDINARY)


def _shouting_alone(word: Word, shouting: bool) -> bool:
    """Whether one part of a name, in Latin letters, stands in a text without capitals: no sign that it is a name."""
    return word.latin and shouting


def _one_of(pseudonyms: Collection[str], *, unsealed: bool = False) -> str:
    return SEVERAL if unsealed or len(pseudonyms) > 1 else next(iter(pseudonyms))


def _is_initial(text: str, word: Word) -> bool:
    return word.end - word.start == 1 and word.capital and word.latin and text[word.start].isalpha()


def _is_excused(found: list[Word], excused: Collection[str]) -> bool:
    return bool(excused) and "".join(word.letters for word in found) in excused


def _apart(spans: list[Span]) -> list[Span]:
    """In order; of spans that overlap the longer, stretched over what only the other one covers."""
    result: list[Span] = []
    for start, end, pseudonym in sorted(dict.fromkeys(spans), key=lambda span: (span[0], -span[1])):
        if result and start < result[-1][1]:
            before = result[-1]
            longer = pseudonym if end - start > before[1] - before[0] else before[2]
            result[-1] = (before[0], max(before[1], end), longer)
        else:
            result.append((start, end, pseudonym))
    return result
