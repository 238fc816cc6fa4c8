"""How words are written: one normal form for what is spelt alike, and sounds for what is only said alike.

Tables say what counts as the same; the functions only apply them. A word has

* `letters`: lower-case Latin letters and digits, whatever the script, accents, width or invisible signs were;
* `sounds`: what may be heard: consonants in classes (`kh` and `h` are one, vowels are none), each with its vowels.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from anyascii import anyascii


def word_list(text: str) -> frozenset[str]:
    """The words of a table written as one text."""
    return frozenset(text.split())


# Consonants and vowels as heard. The vowels are None where the script does not write them.
Sound = tuple[str, str | None]

# Scripts that write few vowels or none, and those whose signs are words of their own, without blanks between them.
_ABJADS = frozenset({"ARABIC", "HEBREW", "SYRIAC"})
_SIGNS = frozenset({"CJK", "HANGUL", "HIRAGANA", "KATAKANA"})
_LIQUIDS = str.maketrans("lr", "rl")
# Inside a word, but no part of it: the Arabic stroke that only stretches, and fillers that are called letters.
_FILLERS = "\u0640\u115f\u1160\u3164\uffa0\u180e\u2800"
# Letters whose sound the plain letter does not tell, by what is heard.
_HEARD_AS = "ch ch ch sh sh sh zh gh kh kh dh dh dh th k kh gh h ch sh zh s t"
_HEARD = dict(
    zip(
        "çčćşšșžğгґضظذثقخغحچشژصط",
        _HEARD_AS.split(),
        strict=True,
    )
)
# Letters that Arabic writes for what it has no letter of: b for p as well, j for ch, f for v. Capitals, which no heard word has.
_ARABIC = dict(zip("بجف", "BJF", strict=True))
# What Latin letters may stand for, the longest first; the classes are b p t d k f h l m n r s z w, J (dj, zh),
# S (sh), C (ch). Vowels stand for none. Several: languages differ (Kurdish x is kh, Turkish c is dj, Albanian q is ch).
_CLASSES: dict[str, tuple[str, ...]] = {
    "tsch": ("C",),
    "sch": ("S",),
    "tch": ("C",),
    "dzh": ("J",),
    "kh": ("h", "k"),
    "ch": ("C",),
    "sh": ("S", "sh"),
    "th": ("t", "s", "th"),
    "dh": ("z", "d"),
    "gh": ("k",),
    "ph": ("f",),
    "zh": ("J",),
    "xh": ("J",),
    "dj": ("J",),
    "gj": ("J",),
    "ck": ("k",),
    "qu": ("k",),
    "c": ("k", "J"),
    "g": ("k",),
    "j": ("J", ""),
    "q": ("k", "C"),
    "v": ("w",),
    "w": ("w", ""),
    "x": ("h", "k", "ks", "s"),
    "a": ("",),
    "e": ("",),
    "i": ("",),
    "o": ("",),
    "u": ("",),
    "y": ("",),
    "I": ("",),
    "B": ("b", "p"),
    "J": ("J", "C"),
    "F": ("f", "w"),
} | {letter: (letter,) for letter in "bdfhklmnprstz"}
_PIECE = re.compile("|".join(sorted(_CLASSES, key=lambda piece: -len(piece))))
_MOST_SOUNDS = 8
# Letters: what is longer is no word that anybody says, and is told by its letters alone.
_LONGEST = 64
_LONG_RUN = re.compile(rf"[A-Za-z0-9]{{{_LONGEST + 1}}}")
_NO_SOUNDS: tuple[Sound, ...] = ()
# Vowels by what they are heard as: bits for open, front and back. Two that share a bit are taken for each other.
_VOWELS = {"a": 1, "e": 3, "i": 2, "y": 2, "o": 4, "u": 4, "I": 6}
_VOWEL_GROUP = re.compile("[aeiouyI]+")
# Kurdish writes long vowels with a roof; the i without one is short, and others write it as i or as u (`Hisên`, `Hussein`).
_ROOFED = "êîû"
# Words of a name that may be there or not, be joined to the next or stand alone.
_PARTICLES = word_list(
    "al el ul ad ar as az at ash esh bin ibn ben bint binte abn wuld ould mr mrs ms dr mme sheikh haji hajji"
    " sayed sayyid seyed kak mam ustad mulla"
)
_PARTICLES_ABJAD = word_list("l bn bnt")
_JOINED = re.compile("(?:al|el|ul)(?=[a-z]{4})")
_SERVANT = re.compile("abd(?:[aeiou]?[lrsdzn](?=[a-z]{3})|[aeiou]?l?$)")
_SERVANT_ABJAD = re.compile("[bB]dl(?=[A-Za-z]{2})")
# Letters of other scripts that look like Latin ones.
_LOOKS = str.maketrans(
    "аеорсухіјѕԁһԛԝкмтнвАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονικρτυεηχγωϲϳ",
    "aeopcyxijsdhqwkmthbABEKMHOPCTYXIJSABEZHIKMNOPTYXaovikptuenxywcj",
)
_RUN = re.compile(r"[^\W\d_]+")
_ASCII_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class Word(NamedTuple):
    """A word of a text: where it stands, and its forms.

    Attributes:
        start, end: its place in the text.
        letters: see the module.
        sounds: see the module; the word may be heard as any of them.
        capital: whether it begins with a capital, or its script has none.
        latin: whether it is written in Latin letters.
    """

    start: int
    end: int
    letters: str
    sounds: tuple[Sound, ...]
    capital: bool
    latin: bool


def words(text: str) -> list[Word]:
    """The words of a text. Digits part from letters, a capital from small letters before it, and each sign stands alone.

    Example:
        >>> [word.letters for word in words("HewaKarim_2020 ٣ 王伟")]
        ['hewa', 'karim', '2020', '3', 'wang', 'wei']
    """
    if text.isascii():
        read = _long if _LONG_RUN.search(text) else _ascii
        return [
            Word(match.start(), match.end(), *read(match.group()), latin=True) for match in _ASCII_WORD.finditer(text)
        ]
    return _other_words(text)


def latinised(text: str) -> str:
    """The text with letters that only look Latin as Latin ones, where a word mixes them or has no others.

    Example:
        >>> latinised("Неwa и Петро"), latinised("Петро")
        ('Hewa и Петро', 'Петро')
    """
    if text.isascii():
        return text
    return _RUN.sub(lambda run: _looked(run.group()), text)


def alike(vowels: str | None, other: str | None, consonants: int) -> bool:
    """Whether two rows of vowels may be the same, one more or less allowed; more in a long name.

    Example:
        >>> alike(_vowels("mohammed"), _vowels("muhamad"), 4), alike(_vowels("omar"), _vowels("amir"), 2)
        (True, False)
    """
    if vowels is None or other is None or vowels == other:
        return True
    return _apart(vowels, other) <= (1 if consonants < 5 else 2)


def is_particle(word: Word) -> bool:
    """Whether the word may stand in a name or not, like `al`, `bin` or `Mr`."""
    return word.letters in (_PARTICLES if word.latin else _PARTICLES_ABJAD)


def reduced(words: Iterable[Word]) -> list[Word]:
    """The words without particles, unless nothing else is left."""
    listed = list(words)
    return [word for word in listed if not is_particle(word)] or listed


# -- sounds -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def _ascii(word: str) -> tuple[str, tuple[Sound, ...], bool]:
    letters = word.lower()
    return letters, _sounds(letters, written=True), word[0].isupper()


def _long(word: str) -> tuple[str, tuple[Sound, ...], bool]:
    """As `_ascii`, remembering nothing longer than a word."""
    return _ascii(word) if len(word) <= _LONGEST else (word.lower(), _NO_SOUNDS, word[0].isupper())


@lru_cache(maxsize=200_000)
def _sounds(heard: str, *, written: bool) -> tuple[Sound, ...]:
    """How a word, given by Latin letters, may sound; `written` says whether its vowels are."""
    if heard.isdigit():
        return ((heard, ""),)
    sounds = dict.fromkeys(_plain(heard, written=written))
    if heard.lower() in (_PARTICLES if written else _PARTICLES_ABJAD):
        sounds[("", "" if written else None)] = None
    servant = (_SERVANT if written else _SERVANT_ABJAD).match(heard)
    if servant:
        for key, vowels in _plain(heard[servant.end() :], written=written) or [("", "")]:
            sounds["bd" + key, vowels and "1" + vowels if written else None] = None
    elif written and (joined := _JOINED.match(heard)):
        sounds.update(dict.fromkeys(_plain(heard[joined.end() :], written=written)))
    elif not written and heard.startswith("l") and len(heard) > 3:
        sounds.update(dict.fromkeys(_plain(heard[1:], written=written)))
    return tuple(sounds)


def _plain(heard: str, *, written: bool) -> list[Sound]:
    pieces = [_CLASSES[piece] for piece in _PIECE.findall(heard)]
    if not written:
        # The letter for w is as often the vowel u; what Latin letters say as well.
        pieces = [("w", "") if piece == ("w",) else piece for piece in pieces]
    if len(pieces) > 1 and pieces[-1] == ("h",):
        pieces[-1] = ("h", "")
    keys: dict[str, None] = {}
    for count, choice in enumerate(product(*pieces)):
        if count == _MOST_SOUNDS * 4 or len(keys) == _MOST_SOUNDS:
            break
        keys[undoubled("".join(choice))] = None
    vowels = _vowels(heard) if written else None
    return [(key, vowels) for key in keys]


def undoubled(key: str) -> str:
    """Consonants as they are heard where one stands twice.

    Example:
        >>> undoubled("hmmn")
        'hmn'
    """
    return "".join(letter for place, letter in enumerate(key) if not place or key[place - 1] != letter)


def _vowels(letters: str) -> str:
    groups = []
    for group in _VOWEL_GROUP.findall(letters):
        bits = 0
        for vowel in group:
            bits |= _VOWELS[vowel]
        groups.append(str(bits))
    return "".join(groups)


@lru_cache(maxsize=50_000)
def _apart(vowels: str, other: str) -> int:
    """How many vowels must come or go; a vowel for one it is not taken for costs two."""
    row = list(range(len(other) + 1))
    for left in vowels:
        before, row[0] = row[0], row[0] + 1
        for place, right in enumerate(other, 1):
            same = before if int(left) & int(right) else before + 2
            before, row[place] = row[place], min(same, row[place] + 1, row[place - 1] + 1)
    return row[-1]


# -- other scripts ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter: plain, as heard, its script, what it does (`letter`, `digit`, `sign`, `nothing`, `between`), and whether it has a roof."""

    plain: str
    heard: str
    script: str
    does: str
    capital: bool
    small: bool
    roofed: bool = False


@lru_cache(maxsize=20_000)
def _letter(letter: str) -> _Letter:
    category = unicodedata.category(letter)
    if category in ("Cf", "Mn", "Me") or letter in _FILLERS:
        return _Letter("", "", "", "nothing", capital=False, small=False)
    stripped = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
    base = unicodedata.normalize("NFC", stripped)
    script = unicodedata.name(base[:1], "").split(" ")[0] if base else ""
    plain = "".join(c for c in anyascii(base).lower() if c.isascii() and c.isalnum())
    # A sign that is a letter in a ring or a flag is one; a picture is none, whatever it is called.
    if category[0] not in "LNM" and not (category == "So" and len(plain) == 1):
        return _Letter("", "", "", "between", capital=False, small=False)
    heard = _ARABIC.get(letter) or _HEARD.get(letter.lower(), plain)
    does = "digit" if plain.isdigit() else "sign" if script in _SIGNS else "letter"
    return _Letter(
        plain, heard, script, does, capital=letter.isupper(), small=letter.islower(), roofed=letter.lower() in _ROOFED
    )


def _other_words(text: str) -> list[Word]:
    words: list[Word] = []
    held: list[tuple[int, _Letter]] = []
    before = ""

    def close() -> None:
        if held:
            word = _word(held)
            if word.letters:
                words.append(word)
            held.clear()

    for place, character in enumerate(text):
        letter = _letter(character)
        if letter.does == "nothing":
            continue
        if letter.does == "between":
            close()
            before = ""
            continue
        last = held[-1][1] if held else None
        if letter.does != before or letter.does == "sign" or (last and last.small and letter.capital):
            close()
        held.append((place, letter))
        before = letter.does
    close()
    return words


def _word(held: list[tuple[int, _Letter]]) -> Word:
    first = held[0][1]
    scripts = {letter.script for _, letter in held}
    plain = "".join(letter.plain for _, letter in held)
    # A letter for h on its own makes no pair with the one before it, as it would in Latin letters.
    heard = "".join("'h" if letter.heard == "h" and letter.script in _ABJADS else letter.heard for _, letter in held)
    if any(letter.roofed for _, letter in held):
        heard = "".join("I" if letter.heard == "i" and not letter.roofed else letter.heard for _, letter in held)
    cased = any(letter.capital or letter.small for _, letter in held)
    latin = first.does == "digit" or bool(scripts & {"LATIN"})
    sounds = _sounds(heard, written=not scripts & _ABJADS) if len(heard) <= _LONGEST else _NO_SOUNDS
    if scripts & _SIGNS:  # which write one sign for l and r
        sounds = (*sounds, *((key.translate(_LIQUIDS), said) for key, said in sounds if {*key} & {*"lr"}))
    if not latin:  # the vowels of other scripts are rendered in too many ways to be held against a name
        sounds = tuple((key, None) for key, _ in sounds)
    return Word(held[0][0], held[-1][0] + 1, plain, sounds, first.capital or not cased, latin)


def _looked(run: str) -> str:
    looked = run.translate(_LOOKS)
    return looked if looked.isascii() or any(letter.isascii() for letter in run) else run
