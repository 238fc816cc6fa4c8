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
| the same in small letters, spelt apart, with an s; as users write it (`hkarim`, `karim.h`) | if no word of every day |
| a mistyped name; first and last name with a middle name, a nickname or `known as` between | if written as a name |
| both initials with points | if no one else unsealed, and at most `RARE` sealed people, have them |
| a date of birth | if the full day stands there |

Each is looked for in the text as it is and with its disguises undone (`looks`).

"Written as a name" is with capitals, in a text without any, or in a script that has none. The whole name of somebody
unsealed, letter by letter, is theirs rather than a sealed person's of similar name. A name that several bear is masked
by a word that does not tell which of them is meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from graphsvc.names.called import BEGINNING, CONSONANTS, INSIDE, MOST_WORDS, SEVERAL, Called, Heard, Needle, one_of
from graphsvc.names.everyday import ORDINARY
from graphsvc.names.looks import PAD, looks
from graphsvc.names.naming import spellings
from graphsvc.names.otherwise import MOST_INITIALS, Otherwise, is_initial, may_be_heard
from graphsvc.names.spelling import Word, alike, is_particle, words

__all__ = ["ORDINARY", "SEVERAL", "Masker", "Needle", "Span", "spellings"]

# Words that one name may be spread over that is heard, and in how many ways that may be said.
_MOST_HEARD = 10
_MOST_SAID = 64
_REMEMBERED = 200  # characters: longer texts seldom come twice

Span = tuple[int, int, str]


class Masker:
    """Masks texts of one case.

    Args:
        needles: what gives sealed persons away.
        unsealed: names and aliases of everyone else.
        ordinary: words of the case (its places, say) that name nobody when they stand alone.
        common: words that the case's texts write in small letters and mean nobody by.

    Example:
        >>> Masker([Needle("name", "Hewa Karim", "S-1")]).mask("then HEWA  KARIM paid, said Karim Hêwa")
        'then S-1 paid, said S-1'
    """

    def __init__(
        self,
        needles: Iterable[Needle],
        unsealed: Iterable[str] = (),
        ordinary: Iterable[str] = (),
        common: Iterable[str] = (),
    ) -> None:
        called = self._called = Called(needles, unsealed, ordinary, common)
        self._spelt, self._spelt_prefixes = called.spelt, called.spelt_prefixes
        self._heard, self._heard_prefixes = called.heard, called.heard_prefixes
        self._otherwise = Otherwise(called)
        self._known: dict[str, list[Span]] = {}

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self._called)

    def mask(self, text: str, excused: Collection[str] = (), word: str = "", shared: Collection[str] = ()) -> str:
        """`text` with every needle replaced; unchanged if there is none.

        Args:
            text: any text.
            excused: spellings (see `spellings`) of unsealed people whom the text is about, and nobody sealed of the
                same name: there the name is theirs.
            word: what stands for each; empty: their pseudonym.
            shared: spellings by which people unsealed go whom the text is about: whose they are there is not told.
        """
        spans = self.spans(text, excused)
        if not spans:
            return text
        parts: list[str] = []
        done = 0
        for start, end, pseudonym in spans:
            shown = SEVERAL if shared and _spelt(text[start:end]) in shared else pseudonym
            parts += [text[done:start], word or shown]
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
        # What it looks like goes before what its letters say.
        spans = [
            span
            for look in looks(text)
            for start, end, pseudonym in self._found(look, words(look), excused)
            for span in [(start, _padded(look, end), pseudonym)]
        ]
        return _apart(spans) if spans else spans

    def shares(self, name: str) -> bool:
        """Whether a sealed person is spelt like this whole name."""
        return any((spelt := self._spelt.get(key)) is not None and spelt.sealed for key in spellings(name))

    def is_own(self, name: str) -> bool:
        """Whether this may be somebody's own name, rather than words that say whose kin or friend they are."""
        return self._called.is_own(words(name))

    # -- where it stands --------------------------------------------------------------------------------------

    def _found(self, text: str, words: list[Word], excused: Collection[str]) -> list[Span]:
        spans = [
            (start, end, one_of(who))
            for finder in (self._called.phones.spans(text, words), self._called.birthdays.spans(text))
            for start, end, who in finder
        ]
        shouting = not any(word.capital and word.latin for word in words)
        place = 0
        while place < len(words):
            word = words[place]
            end, pseudonym = place, None
            if word.letters[:BEGINNING] in self._spelt_prefixes:
                end, pseudonym = self._spelt_at(words, place, excused)
            if pseudonym == "" and any(
                beyond > end and who
                for beyond, who in (self._spelt_at(words, inside, excused) for inside in range(place + 1, end))
            ):
                place += 1  # "Haji Mirela" may be somebody unsealed, but in "Haji Mirela Marku" it is not
                continue
            if pseudonym != "" and (shouting or word.capital):
                heard_end, heard = self._heard_at(words, place, shouting=shouting)
                if heard and heard_end > end and not _is_excused(words[place:heard_end], excused):
                    end, pseudonym = heard_end, heard
            single = len(word.letters) == 1 or (place + 1 < len(words) and len(words[place + 1].letters) == 1)
            if single and (end == place or (pseudonym and end == place + 1)):
                initials_end, initialled = self._initials_at(text, words, place)
                if initials_end > end and initialled:
                    end, pseudonym = initials_end, initialled
            if pseudonym != "" and (
                shouting or word.capital or word.letters[:BEGINNING] in self._called.partly_prefixes
            ):
                for further_end, further in self._otherwise.at(text, words, place, shouting=shouting):
                    if further_end > end and further and not _is_excused(words[place:further_end], excused):
                        end, pseudonym = further_end, further
            if end == place and len(word.letters) > INSIDE:
                spans += self._inside_of(word)
            if pseudonym and end > place:
                spans.append((word.start, words[end - 1].end, pseudonym))
            place = max(end, place + 1)
        return spans

    def _spelt_at(self, words: list[Word], place: int, excused: Collection[str]) -> tuple[int, str | None]:
        """End of the longest spelling that begins there, and its pseudonym; empty if it is an unsealed person's."""
        best, pseudonym = place, None
        key = ""
        for index in range(place, min(place + MOST_WORDS, len(words))):
            key += words[index].letters
            if key[:BEGINNING] not in self._spelt_prefixes:
                break
            spelt = self._spelt.get(key)
            if spelt is None or (spelt.capital and not words[place].capital):
                continue
            best = index + 1
            pseudonym = one_of(spelt.sealed, unsealed=spelt.unsealed) if spelt.sealed and key not in excused else ""
        return best, pseudonym

    def _heard_at(self, words: list[Word], place: int, *, shouting: bool) -> tuple[int, str | None]:
        """End of the longest name that begins there as it is heard, and its pseudonym."""
        first = words[place]
        if is_particle(first):
            return place, None
        if (
            first.letters in self._called.alone
            and (first.capital or not first.latin)
            and not _shouting_alone(first, shouting)
        ):
            best: tuple[int, str | None] = (place + 1, one_of(self._called.alone[first.letters]))
        else:
            best = (place, None)
        # What may have been heard up to here: consonants, vowels, how many words that are no particles.
        heard: dict[tuple[str, str | None, int], None] = {("", "", 0): None}
        for index in range(place, min(place + _MOST_HEARD, len(words))):
            word = words[index]
            particle = is_particle(word)
            if word.latin != first.latin or not may_be_heard(word, particle=particle, shouting=shouting):
                break
            said: dict[tuple[str, str | None, int], None] = {}
            for key, vowels, spoken in heard:
                for sound, more in word.sounds:
                    if not (longer := key + sound) or longer in self._heard_prefixes:
                        both = None if vowels is None or more is None else vowels + more
                        said[longer, both, spoken + (not particle)] = None
            for key, vowels, spoken in said:
                if key in self._heard and (
                    who := self._who(self._heard[key], key, vowels, spoken, word, shouting=shouting)
                ):
                    best = (index + 1, who) if index + 1 > best[0] else best
                    break
            heard = dict.fromkeys(islice(said, _MOST_SAID))
        return best

    def _who(
        self, named: Iterable[Heard], key: str, said: str | None, spoken: int, word: Word, *, shouting: bool
    ) -> str | None:
        """Whose name was heard, if anybody's."""
        who = set()
        for heard in named:
            if heard.alone and (
                spoken != 1 or shouting or word.letters in self._called.borne or word.letters in self._called.ordinary
            ):
                continue
            if spoken == 1 and word.letters in self._called.ordinary:
                continue
            if len(key) < CONSONANTS and heard.vowels is not None and said is not None and heard.vowels != said:
                continue
            if alike(heard.vowels, said, len(key)):
                who.add(heard.pseudonym)
        return one_of(who) if who else None

    def _initials_at(self, text: str, words: list[Word], place: int) -> tuple[int, str | None]:
        """`H. Karim`, `Karim H.`, `N. V. An`: end and pseudonym."""
        first = place
        last = min(first + MOST_INITIALS, len(words))
        while place < last and is_initial(text, words[place]):
            place += 1
        if place > first:
            after = [words[index].letters for index in range(first, place)]
            last = min(place + MOST_INITIALS, len(words))
            while place < last and is_particle(words[place]):
                place += 1
            if place < len(words) and words[place].capital:
                who = self._with_initials(words[place], after)
                if who:
                    return place + 1, who
            return first, None
        end = first + 1
        while end < min(first + 1 + MOST_INITIALS, len(words)) and is_initial(text, words[end]):
            end += 1
        if end > first + 1 and words[first].capital:
            who = self._with_initials(words[first], [words[index].letters for index in range(first + 1, end)])
            if who:
                return end, who
        return first, None

    def _with_initials(self, word: Word, initials: list[str]) -> str | None:
        who = {
            initialled.pseudonym
            for key, said in ((f"={word.letters}", None), *word.sounds)
            for initialled in self._called.initialled.get(key, ())
            if initialled.initials.issuperset(initials) and alike(initialled.vowels, said, len(key))
        }
        return one_of(who) if who else None

    def _inside_of(self, word: Word) -> Iterator[Span]:
        """Whole names inside one long word, as in `boatofhewakarim`."""
        letters = word.letters
        for place in range(1, len(letters) - INSIDE + 1):
            for length in self._called.inside.get(letters[place : place + 5], ()):
                key = letters[place : place + length]
                if key in self._called.whole:
                    plain = len(letters) == word.end - word.start
                    start = word.start + place if plain else word.start
                    end = start + len(key) if plain else word.end
                    yield start, end, one_of(self._spelt[key].sealed, unsealed=self._spelt[key].unsealed)


def _spelt(text: str) -> str:
    return "".join(word.letters for word in words(text))


def _shouting_alone(word: Word, shouting: bool) -> bool:
    """Whether one part of a name, in Latin letters, stands in a text without capitals: no sign that it is a name."""
    return word.latin and shouting


def _padded(look: str, end: int) -> int:
    """The end of what is read there, with what disguised it."""
    while end < len(look) and look[end] == PAD:
        end += 1
    return end


def _is_excused(words: list[Word], excused: Collection[str]) -> bool:
    return bool(excused) and "".join(word.letters for word in words) in excused


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
