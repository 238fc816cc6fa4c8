"""The words by which something in a case is found: Latin letters whatever the script, numbers without their grouping.

They are written beside what they are of when a case is loaded (`search` of an entity, `said` of a text), between blanks,
and made of what stands in the graph alone: of somebody sealed there is nothing to find but the pseudonym. A term is

* a word, what stands between two blanks of it as one word, or all of it as one word;
* `=` and all of it as one word, to tell a whole value from a part of one;
* `_` and the consonants of a name as they are heard (`spelling`), so that a name is found in another script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from graphsvc.names.naming import heard_as
from graphsvc.names.spelling import Sound, Word, reduced, undoubled, words
from graphsvc.records.dates import shown
from graphsvc.records.properties import INTEREST, SAID_INTEREST, SAID_UNDER_C
from graphsvc.records.tables import EXTRA_PREFIX

# What an entity is found by: property → what it is called. Earlier ones name it better.
FIELDS = {
    "name": "name",
    "aliases": "alias",
    "id": "id",
    "value": "value",
    "phones": "phone",
    "registration": "registration",
    "date": "date",
    "launch_site": "launch site",
    "landing_site": "landing site",
    "address": "address",
    "nationality": "nationality",
}
# Free text that a search goes through, by label of what it stands at.
TEXTS = {
    "Entity": ("notes",),
    "Statement": ("summary",),
    "Claim": ("subject_as_said", "object_as_said", "place", "notes"),
}
# A name needs so many consonants to be found by how it is heard.
HEARD = 3
_NAMES = frozenset({"name", "alias"})
_MOST_HEARD = 32
# A telephone number has so many digits, and is told apart from a house number or a year by it.
_NUMBER = 6
_LETTER = re.compile(r"[^\W\d_]")
_PSEUDONYM = re.compile(r"[SQTH](-[0-9A-Z]{4}){3}")
# French, and who learned Latin letters from it, writes ch for sh: `Rachid`, `Chérif`. Not in German or English words for ch.
_FRENCH = re.compile(r"(?<![ST])CH", re.IGNORECASE)
_ZERO = re.compile(r"\(\s*0\s*\)")
_RUN = re.compile(r"(?<![\w])[+(]{0,2}\d[\d\s().\-/]{4,}\d")
# Codes of countries that have one or two digits; the others have three (ITU-T E.164).
_SHORT_CODE = re.compile(r"[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")


class FoldedText(NamedTuple):
    """A value as it is looked for.

    Attributes:
        whole: all of it as one word.
        words: its words, what stands between blanks of it, and the whole.
        numbers: of a telephone number, its digits with and without the code of the country.
        heard: of a name, what may be heard: of each word of it, and of all together.
    """

    whole: str
    words: frozenset[str]
    numbers: frozenset[str] = frozenset()
    heard: frozenset[Sound] = frozenset()

    @property
    def terms(self) -> set[str]:
        """What is written beside it."""
        exact = {f"={whole}" for whole in (self.whole, *self.numbers) if whole}
        return {*self.words, *self.numbers, *exact, *(f"_{key}" for key, _ in self.heard)}


def fields(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an entity is found by, as pairs of what it is called and the text; a crossing by its day in words as well.

    Example:
        >>> fields({"id": "P1", "aliases": ["Abu Hewa"], "notes": "none"})
        [('alias', 'Abu Hewa'), ('id', 'P1')]
        >>> fields({"kind": "phone", "value": "+44 7911 123456"})
        [('phone', '+44 7911 123456')]
    """
    pairs: list[tuple[str, str]] = []
    for name, called in FIELDS.items():
        value = values.get(name)
        if not value:
            continue
        if name == "value" and values.get("kind") == "phone":
            called = "phone"
        if name == "date":  # the time of day is not looked for
            day = str(value).partition("T")[0]
            value = [day, shown(day)]
        pairs += [(called, str(text)) for text in (value if isinstance(value, list | tuple) else [value])]
    return pairs


@lru_cache(maxsize=50_000)
def folded(called: str, text: str) -> FoldedText:
    """A text that is `called` so (`FIELDS`), as it is looked for.

    Example:
        >>> sorted(folded("name", "Abd al-Rahman").words)
        ['abd', 'abdalrahman', 'al', 'alrahman', 'rahman']
        >>> folded("name", "Карим").whole, folded("phone", "+44 (0)7911 123456").numbers == {"447911123456", "7911123456"}
        ('karim', True)
    """
    pieces = [word.letters for word in words(text)]
    whole = "".join(pieces)
    if called == "phone" and not _LETTER.search(text):  # how its digits are grouped says nothing
        return FoldedText(whole, frozenset({whole} - {""}), numbers(text))
    if _PSEUDONYM.fullmatch(text):  # nor where letters and digits meet in something made at random
        return FoldedText(whole, frozenset({whole, *text.lower().split("-")[1:]}))
    runs = ("".join(word.letters for word in words(run)) for run in text.split())
    return FoldedText(
        whole,
        frozenset({*pieces, *runs, whole} - {""}),
        heard=heard(text) if called in _NAMES else frozenset(),
    )


def numbers(text: str) -> frozenset[str]:
    """The digits of a telephone number, without what is dialled before it; with a code of a country also without that.

    Example:
        >>> sorted(numbers("0044 7911-123456")), sorted(numbers("07911 123456")), sorted(numbers("+353 87 12"))
        (['447911123456', '7911123456'], ['7911123456'], ['3538712', '8712'])
    """
    written = _ZERO.sub("", text).strip()
    digits = "".join(word.letters for word in words(written) if word.letters.isdigit())
    abroad = written.startswith("+") or digits.startswith("00")
    digits = digits.lstrip("0")
    if not digits:
        return frozenset()
    code = _SHORT_CODE.match(digits)
    at_home = digits[code.end() if code else 3 :].lstrip("0") if abroad else ""
    return frozenset({digits, at_home} - {""})


def heard(text: str) -> frozenset[Sound]:
    """What a name may be heard as, each word of it and all together, particles left out.

    Example:
        >>> key = lambda text: {consonants for consonants, _ in heard(text)}
        >>> "bdrhmn" in key("Abd al-Rahman") & key("Abdulrahman"), key("كريم") & key("Karim")
        (True, {'krm'})
    """
    ways = (_said(way) for way in _ways(text))
    return _long_enough(
        sound for parts in ways for sound in (*(sound for part in parts for sound in part.sounds), *_together(parts))
    )


def heard_together(text: str) -> frozenset[Sound]:
    """What all words of a name may be heard as together, in this order and the other way round, particles left out.

    Example:
        >>> key = lambda text: {consonants for consonants, _ in heard_together(text)}
        >>> bool(key("Karim Hewa") & key("هێوا کەریم")), bool(key("Karim Hewa") & key("کەریم"))
        (True, False)
    """
    ways = [_said(way) for way in _ways(text)]
    apart = {key for parts in ways if len(parts) > 1 for part in parts for key, _ in part.sounds}
    both = {sound for parts in ways for sound in (*_together(parts), *_together(parts[::-1]))}
    return _long_enough(sound for sound in both if sound[0] not in apart)


def _ways(text: str) -> tuple[str, ...]:
    """The text, and as it is read where French wrote it.

    Example:
        >>> _ways("Rachid"), _ways("Schmidt")
        (('Rachid', 'Rashid'), ('Schmidt',))
    """
    french = _FRENCH.sub("sh", text)
    return (text,) if french == text else (text, french)


def _said(text: str) -> list[Word]:
    return [word for word in reduced(words(text)) if not word.letters.isdigit()]


def _together(parts: Sequence[Word]) -> set[Sound]:
    """What parts are heard as one after the other; a consonant that ends one and begins the next is heard once as well."""
    joined = set(heard_as(parts, _MOST_HEARD)) if parts else set()
    return {sound for key, vowels in joined for sound in ((key, vowels), (undoubled(key), vowels))}


def _long_enough(sounds: Iterable[Sound]) -> frozenset[Sound]:
    return frozenset(sound for sound in sounds if len(sound[0]) >= HEARD)


def entity_terms(identifier: str, properties: Mapping[str, Any]) -> str:
    """What an entity is found by, as it is written beside it; a blank before and behind each term.

    Example:
        >>> entity_terms("P1", {"name": "Ash"})
        ' 1 =ash =p1 ash p p1 '
    """
    terms: set[str] = set()
    for called, text in fields({**properties, "id": identifier}):
        terms |= folded(called, text).terms
    return _written(terms)


def text_terms(label: str, properties: Mapping[str, Any]) -> str:
    """What the free texts at something are found by (see `TEXTS`); empty if there are none.

    Example:
        >>> text_terms("Statement", {"summary": "Rang 07911 123 456."})
        ' 07911 123 456 7911123456 rang '
    """
    return _text_terms([str(text) for name in TEXTS[label] if (text := properties.get(name))])


def restricted_terms(properties: Mapping[str, Any]) -> dict[str, str]:
    """What the free texts at something are found by that not everyone may see who sees it.

    The deliverer's own columns are under handling code C, and the interest of a source takes source clearance.

    Example:
        >>> restricted_terms({"name": "Ash", "x_ship": "Dove", "interest": "Owes the fare"})
        {'said_under_c': ' dove ', 'said_interest': ' fare owes the '}
    """
    own = [str(value) for name, value in properties.items() if value and name.startswith(EXTRA_PREFIX)]
    interest = [str(properties[INTEREST])] if properties.get(INTEREST) else []
    made = {SAID_UNDER_C: _text_terms(own), SAID_INTEREST: _text_terms(interest)} if own or interest else {}
    return {name: terms for name, terms in made.items() if terms}


def _text_terms(texts: Sequence[str]) -> str:
    if not texts:  # as of nearly every claim
        return ""
    terms: set[str] = set()
    for text in texts:
        terms |= {word.letters for word in words(text)}
        for run in _RUN.findall(text):
            terms |= {number for number in numbers(run) if len(number) >= _NUMBER}
    return _written(terms)


def _written(terms: Iterable[str]) -> str:
    sorted_terms = sorted({*terms} - {""})
    return f" {' '.join(sorted_terms)} " if sorted_terms else ""
