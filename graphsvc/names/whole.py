"""Find whole names, numbers and ids in text, in any script, but not names that only sound alike or parts of names.

| kind of needle | how it is found |
|---|---|
| `name` (also an alias, a user name) | in any case, order, spacing and punctuation, joined or not, with or without accents and particles (`al`, `bin`) |
| `phone` | whole, in any spacing, with or without the country code |
| `value` (a plate, an account, an address), `id` | whole, with no letter or digit directly before or after it |

Names are compared by their words in Latin letters (`spelling`), so a name is found in the scripts in which it was
delivered. An additional needle never reduces the matches, not even if two people have the same name.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from graphsvc.names.naming import LONGEST_NAME, orders
from graphsvc.names.phones import Phones
from graphsvc.names.spelling import Word, drop_particles, is_particle, latinise, words

# With fewer letters, ordinary words and numbers would be withheld everywhere.
_SHORTEST, _FEWEST_DIGITS = 3, 5
# Minimum letters to find a name written as one word, and a code written with spaces.
_JOINED = 8
_SPACED = 6
# Maximum number of words that a name may be spread over, for example letter by letter.
_MOST_WORDS = 40
# Lengths of the prefixes by which words that begin no needle are dismissed early.
_BEGINNINGS = (2, 5)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,100}>")
_PARTED = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011\u00ad=][ \t]{0,8}\r?\n[ \t]{0,8}(?=[^\W\d_])")
_CODED = re.compile(r"[%&<\n]")

Span = tuple[int, int]


class Needle(NamedTuple):
    """A text that names a sealed person or thing; see the module for its kinds."""

    kind: str
    text: str


class WholeNames:
    """Whole names, numbers and ids to find.

    Example:
        >>> sealed = WholeNames([Needle("name", "Hewa Karim"), Needle("id", "P0012")])
        >>> [sealed.is_in(text) for text in ("said KARIM, Hêwa", "ST-P0012-3", "Hewa and Ali Karim", "P00123")]
        [True, True, False, False]
    """

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._names: set[str] = set()
        self._single: set[str] = set()
        self._codes: set[str] = set()
        self._parts: set[str] = set()
        self._phones = Phones()
        for kind, text in dict.fromkeys(needles):
            if kind == "phone":
                self._phones.add(text)
            elif kind == "name":
                self._name(words(latinise(text))[:LONGEST_NAME])
            else:
                self._code("".join(word.letters for word in words(latinise(text))))
        keys = {key.replace(" ", "") for key in (*self._names, *self._single, *self._codes)}
        self._begins = {key[:length] for key in keys for length in _BEGINNINGS}
        self._longest = max(map(len, keys), default=0)

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self._names or self._single or self._codes or self._phones)

    def is_in(self, text: str) -> bool:
        """Whether a text contains any of the names."""
        return bool(text) and bool(self) and any(True for read in _readings(text) for _ in self._spans(read))

    def is_in_a_name(self, text: str) -> bool:
        """Whether the name of something contains any of the names; a name of one word must be the whole text.

        Example:
            >>> sealed = WholeNames([Needle("name", "Caller"), Needle("name", "Hewa Karim")])
            >>> [sealed.is_in_a_name(text) for text in ("CALLER", "Caller Street", "Hewa Karim Street")]
            [True, False, True]
        """
        if not (text and self):
            return False
        for read in _readings(text):
            listed = words(read)
            for start, end in self._spans(read):
                whole = bool(listed) and (start, end) == (listed[0].start, listed[-1].end)
                if whole or not self._is_single(read[start:end]):
                    return True
        return False

    def is_all_of(self, text: str) -> bool:
        """Whether the name of something consists of one of the names or numbers, however it is written.

        Example:
            >>> sealed = WholeNames([Needle("name", "Hewa Karim"), Needle("phone", "+447700900555")])
            >>> [sealed.is_all_of(text) for text in ("Karim, HEWA", "0044 7700 900555", "Hewa Karim Street")]
            [True, True, False]
        """
        return any(self._is_whole(read, span) for read in _readings(text) for span in self._spans(read))

    @staticmethod
    def _is_whole(text: str, span: Span) -> bool:
        start, end = span
        # The country code may be separated from the number.
        is_number = not any(map(str.isalpha, text))
        left = text[end:] if is_number else text[:start] + text[end:]
        return not any(map(str.isalnum, left))

    def is_in_a_label(self, text: str) -> bool:
        """Whether the name of a relation or column contains a name of several words, also written as one.

        Example:
            >>> sealed = WholeNames([Needle("name", "Caller"), Needle("name", "Hewa Karim")])
            >>> [sealed.is_in_a_label(text) for text in ("CALLER", "CALLER_OF", "HEWA_KARIM_FRIEND", "HEWAKARIM")]
            [False, False, True, True]
        """
        if not (text and self):
            return False
        names = (words(read[start:end]) for read in _readings(text) for start, end in self._spans(read))
        return any(len(listed) > 1 or listed[0].letters in self._names for listed in names)

    def is_one(self, text: str) -> bool:
        """Whether a text is one of the names, in any order, case and script, and contains no other.

        Example:
            >>> sealed = WholeNames([Needle("name", "Hewa Karim"), Needle("name", "Umm Hewa Karim")])
            >>> [sealed.is_one(text) for text in ("KARIM, Hewa", "Brother of Hewa Karim", "Umm Hewa Karim", "Hewa")]
            [True, False, False, False]
        """
        listed = words(latinise(text))
        lengths = {len(words(text[start:end])) for text in _readings(text) for start, end in self._spans(text)}
        if any(1 < number < len(drop_particles(listed)) for number in lengths):
            return False
        spelt = {" ".join(word.letters for word in spoken) for spoken in (listed, drop_particles(listed))}
        return any(name in self._names or name in self._single for name in spelt)

    def replace(self, text: str, word: str) -> str:
        """Return `text` with `word` in place of each name; only `word` if a name appears only once `text` is decoded."""
        if not (text and self):
            return text
        first, *decoded = _readings(text)
        parts, done = list[str](), 0
        for start, end in _apart(self._spans(first)):
            parts += [text[done:start], word]
            done = end
        if not parts:
            return word if any(True for read in decoded for _ in self._spans(read)) else text
        return "".join([*parts, text[done:]])

    def listed_in(self, text: str) -> list[str]:
        """Return the names, numbers and ids in a text, as written there; each once.

        Example:
            >>> WholeNames([Needle("name", "Hewa Karim")]).listed_in("Then KARIM, Hewa left")
            ['KARIM, Hewa']
        """
        return list(dict.fromkeys(text[start:end] for start, end in _apart(self._spans(latinise(text)))))

    def parts_in(self, text: str) -> list[str]:
        """Return the capitalised words of a text that are part of a name looked for; each once.

        Example:
            >>> WholeNames([Needle("name", "Hewa Karim")]).parts_in("Then Karim left with Ali; a karim rug.")
            ['Karim']
        """
        parts = (text[word.start : word.end] for word in words(text) if word.capital and word.letters in self._parts)
        return list(dict.fromkeys(parts)) if self._parts else []

    # -- needles ----------------------------------------------------------------------------------------------

    def _name(self, listed: list[Word]) -> None:
        without = drop_particles(listed)
        for spoken in (listed, without if len(without) > 1 else listed):
            letters = [word.letters for word in spoken]
            if len("".join(letters)) < _SHORTEST:
                continue
            if len(letters) == 1:
                self._single.update(letters)
                continue
            for order in orders(letters):
                self._names.add(" ".join(order))
                if len(joined := "".join(order)) >= _JOINED:
                    self._names.add(joined)
        if len(listed) > 1:
            self._parts.update(word.letters for word in drop_particles(listed) if len(word.letters) >= _SHORTEST)

    def _code(self, key: str) -> None:
        if len(key) >= (_FEWEST_DIGITS if key.isdigit() else _SHORTEST if key.isalpha() else _SHORTEST - 1):
            self._codes.add(key)

    # -- matches ----------------------------------------------------------------------------------------------

    def _spans(self, text: str) -> Iterator[Span]:
        listed = words(text)
        yield from self._phones.spans(text, listed)
        yield from self._spelt(text, listed)
        without = [word for word in listed if not is_particle(word)]
        if len(without) < len(listed):
            yield from self._spelt(text, without)

    def _spelt(self, text: str, listed: Sequence[Word]) -> Iterator[Span]:
        for place, first in enumerate(listed):
            if not self._may_begin(first.letters):
                continue
            spaced = joined = ""
            best = 0
            for word in listed[place : place + _MOST_WORDS]:
                spaced = f"{spaced} {word.letters}" if spaced else word.letters
                joined += word.letters
                if len(joined) > self._longest or not self._may_begin(joined):
                    break
                if self._is(text, first, word, spaced, joined):
                    best = word.end
            if best:
                yield first.start, best

    def _is(self, text: str, first: Word, last: Word, spaced: str, joined: str) -> bool:
        if spaced in self._names or (joined in self._names and len(joined) >= _JOINED) or spaced in self._single:
            return True
        if (
            joined not in self._codes
            or text[first.start - 1 : first.start].isalnum()
            or text[last.end : last.end + 1].isalnum()
        ):
            return False
        return len(joined) >= _SPACED or not any(map(str.isspace, text[first.start : last.end]))

    def _may_begin(self, letters: str) -> bool:
        return all(len(letters) < length or letters[:length] in self._begins for length in _BEGINNINGS)

    def _is_single(self, text: str) -> bool:
        return " ".join(word.letters for word in words(text)) in self._single


def _readings(text: str) -> list[str]:
    r"""Return the text with look-alikes as Latin letters, and a second time with markup, codes and split words undone.

    Example:
        >>> _readings("Hewa%20Karim"), _readings("Ka-\nrim")
        (['Hewa%20Karim', 'Hewa Karim'], ['Ka-\nrim', 'Karim'])
    """
    plain = latinise(text)
    if not _CODED.search(plain):
        return [plain]
    decoded = _TAG.sub("", html.unescape(unquote(_PARTED.sub("", plain))))
    return list(dict.fromkeys((plain, decoded)))


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Merge spans that overlap, in order."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
