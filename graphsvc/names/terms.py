"""Search terms of a case, in Latin letters whatever the script, and with the digits of numbers not grouped.

They are stored in the graph when a case is imported (`search` of an entity, `said` of a text), separated by blanks.
They are made only from the content of the graph, so a sealed person can be found only by the pseudonym. A term is

* a word, the text between two blanks as one word, or the whole text as one word;
* `=` and the whole text as one word, to distinguish a whole value from a part of one;
* `_` and the consonants of a name as heard (`spelling`), so that a name is found in another script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from graphsvc.names.naming import heard_as
from graphsvc.names.spelling import Sound, Word, drop_particles, undouble, words
from graphsvc.records.dates import format_date
from graphsvc.records.properties import INTEREST, SAID_INTEREST, SAID_UNDER_C
from graphsvc.records.tables import EXTRA_PREFIX

# Searchable properties of an entity → their label. Earlier properties name the entity better.
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
# Free-text properties that are searched, by label of the node.
TEXTS = {
    "Entity": ("notes",),
    "Statement": ("summary",),
    "Claim": ("subject_as_said", "object_as_said", "place", "notes"),
}
# Minimum number of consonants for a name to be found by its sound.
HEARD = 3
_NAMES = frozenset({"name", "alias"})
_MOST_HEARD = 32
# Minimum digits of a telephone number; a shorter number may be a house number or a year.
_NUMBER = 6
_LETTER = re.compile(r"[^\W\d_]")
_PSEUDONYM = re.compile(r"[SQTH](-[0-9A-Z]{4}){3}")
# French spells sh as ch, also in transcribed names: `Rachid`, `Chérif`. After s or t, ch is German or English and has
# another sound.
_FRENCH = re.compile(r"(?<![ST])CH", re.IGNORECASE)
_ZERO = re.compile(r"\(\s*0\s*\)")
_RUN = re.compile(r"(?<![\w])[+(]{0,2}\d[\d\s().\-/]{4,}\d")
# Country codes of one or two digits; the others have three (ITU-T E.164).
_SHORT_CODE = re.compile(r"[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")


class FoldedText(NamedTuple):
    """A value in its searchable form.

    Attributes:
        whole: all of it as one word.
        words: its words, each text between two blanks as one word, and all of it as one word.
        numbers: digits of a telephone number, with and without the country code.
        heard: sounds of a name, for each word and for all of them together.
    """

    whole: str
    words: frozenset[str]
    numbers: frozenset[str] = frozenset()
    heard: frozenset[Sound] = frozenset()

    @property
    def terms(self) -> set[str]:
        """Search terms stored for the value."""
        exact = {f"={whole}" for whole in (self.whole, *self.numbers) if whole}
        return {*self.words, *self.numbers, *exact, *(f"_{key}" for key, _ in self.heard)}


def fields(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the searchable fields of an entity as (label, text); a date also in words.

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
        if name == "date":  # the time of day is not searched
            day = str(value).partition("T")[0]
            value = [day, format_date(day)]
        pairs += [(called, str(text)) for text in (value if isinstance(value, list | tuple) else [value])]
    return pairs


@lru_cache(maxsize=50_000)
def fold_text(called: str, text: str) -> FoldedText:
    """Return the searchable form of a text labelled `called` (`FIELDS`).

    Example:
        >>> sorted(fold_text("name", "Abd al-Rahman").words)
        ['abd', 'abdalrahman', 'al', 'alrahman', 'rahman']
        >>> fold_text("name", "Карим").whole, fold_text("phone", "+44 (0)7911 123456").numbers == {"447911123456", "7911123456"}
        ('karim', True)
    """
    pieces = [word.letters for word in words(text)]
    whole = "".join(pieces)
    if called == "phone" and not _LETTER.search(text):  # how its digits are grouped means nothing
        return FoldedText(whole, frozenset({whole} - {""}), numbers(text))
    if _PSEUDONYM.fullmatch(text):  # the change from letters to digits means nothing in a random pseudonym
        return FoldedText(whole, frozenset({whole, *text.lower().split("-")[1:]}))
    runs = ("".join(word.letters for word in words(run)) for run in text.split())
    return FoldedText(
        whole,
        frozenset({*pieces, *runs, whole} - {""}),
        heard=heard(text) if called in _NAMES else frozenset(),
    )


def numbers(text: str) -> frozenset[str]:
    """Return the digits of a telephone number without dialling prefixes; with a country code, also without that.

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
    """Return the sounds of a name, for each word and for all together, without particles.

    Example:
        >>> key = lambda text: {consonants for consonants, _ in heard(text)}
        >>> "bdrhmn" in key("Abd al-Rahman") & key("Abdulrahman"), key("كريم") & key("Karim")
        (True, {'krm'})
    """
    ways = (_spoken_words(way) for way in _ways(text))
    return _long_enough(
        sound for parts in ways for sound in (*(sound for part in parts for sound in part.sounds), *_together(parts))
    )


def heard_together(text: str) -> frozenset[Sound]:
    """Return the sounds of all words of a name together, in this order and reversed, without particles.

    Example:
        >>> key = lambda text: {consonants for consonants, _ in heard_together(text)}
        >>> bool(key("Karim Hewa") & key("هێوا کەریم")), bool(key("Karim Hewa") & key("کەریم"))
        (True, False)
    """
    ways = [_spoken_words(way) for way in _ways(text)]
    apart = {key for parts in ways if len(parts) > 1 for part in parts for key, _ in part.sounds}
    both = {sound for parts in ways for sound in (*_together(parts), *_together(parts[::-1]))}
    return _long_enough(sound for sound in both if sound[0] not in apart)


def _ways(text: str) -> tuple[str, ...]:
    """Return the text, and its reading by French spelling if that differs.

    Example:
        >>> _ways("Rachid"), _ways("Schmidt")
        (('Rachid', 'Rashid'), ('Schmidt',))
    """
    french = _FRENCH.sub("sh", text)
    return (text,) if french == text else (text, french)


def _spoken_words(text: str) -> list[Word]:
    return [word for word in drop_particles(words(text)) if not word.letters.isdigit()]


def _together(parts: Sequence[Word]) -> set[Sound]:
    """Return the sounds of parts in sequence, also with a consonant that ends one and begins the next heard once."""
    joined = set(heard_as(parts, _MOST_HEARD)) if parts else set()
    return {sound for key, vowels in joined for sound in ((key, vowels), (undouble(key), vowels))}


def _long_enough(sounds: Iterable[Sound]) -> frozenset[Sound]:
    return frozenset(sound for sound in sounds if len(sound[0]) >= HEARD)


def entity_terms(identifier: str, properties: Mapping[str, Any]) -> str:
    """Return the search terms of an entity as they are stored, with a blank before and after each term.

    Example:
        >>> entity_terms("P1", {"name": "Ash"})
        ' 1 =ash =p1 ash p p1 '
    """
    terms: set[str] = set()
    for called, text in fields({**properties, "id": identifier}):
        terms |= fold_text(called, text).terms
    return _join_terms(terms)


def text_terms(label: str, properties: Mapping[str, Any]) -> str:
    """Return the search terms of a node's free texts (see `TEXTS`), or an empty text.

    Example:
        >>> text_terms("Statement", {"summary": "Rang 07911 123 456."})
        ' 07911 123 456 7911123456 rang '
    """
    return _text_terms([str(text) for name in TEXTS[label] if (text := properties.get(name))])


def restricted_terms(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return search terms of free texts that not every reader of the node may see.

    The deliverer's own columns have handling code C, and the interest of a source needs source clearance.

    Example:
        >>> restricted_terms({"name": "Ash", "x_ship": "Dove", "interest": "Owes the fare"})
        {'said_under_c': ' dove ', 'said_interest': ' fare owes the '}
    """
    own = [str(value) for name, value in properties.items() if value and name.startswith(EXTRA_PREFIX)]
    interest = [str(properties[INTEREST])] if properties.get(INTEREST) else []
    restricted = {SAID_UNDER_C: _text_terms(own), SAID_INTEREST: _text_terms(interest)} if own or interest else {}
    return {name: terms for name, terms in restricted.items() if terms}


def _text_terms(texts: Sequence[str]) -> str:
    if not texts:  # true of nearly every claim
        return ""
    terms: set[str] = set()
    for text in texts:
        terms |= {word.letters for word in words(text)}
        for run in _RUN.findall(text):
            terms |= {number for number in numbers(run) if len(number) >= _NUMBER}
    return _join_terms(terms)


def _join_terms(terms: Iterable[str]) -> str:
    sorted_terms = sorted({*terms} - {""})
    return f" {' '.join(sorted_terms)} " if sorted_terms else ""
