"""Forms of words: one normal form for spellings that mean the same, and sounds for words that only sound alike.

Tables define what counts as the same; the functions only apply them. A word has

* `letters`: its lower-case Latin letters and digits, whatever the script, accents, width or invisible characters were;
* `sounds`: its possible sounds, each as classes of consonants (`kh` and `h` share one) and the vowels separately.
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
    """Return the words of a table written as one text."""
    return frozenset(text.split())


# Consonants and vowels as heard. The vowels are missing (None) if the script does not write them.
Sound = tuple[str, str | None]

# Scripts that write few or no vowels, and scripts in which each sign is a word, without blanks between words.
_ABJADS = frozenset({"ARABIC", "HEBREW", "SYRIAC"})
_SIGNS = frozenset({"CJK", "HANGUL", "HIRAGANA", "KATAKANA"})
_LIQUIDS = str.maketrans("lr", "rl")
# Found inside a word but not part of it: the Arabic stretching stroke, and fillers that Unicode calls letters.
_FILLERS = "\u0640\u115f\u1160\u3164\uffa0\u180e\u2800"
# Letters whose plain form does not show their sound, and those sounds.
_HEARD_AS = "ch ch ch sh sh sh zh gh kh kh dh dh dh th k kh gh h ch sh zh s t"
_HEARD = dict(
    zip(
        "çčćşšșžğгґضظذثقخغحچشژصط",
        _HEARD_AS.split(),
        strict=True,
    )
)
# Letters that Arabic also uses for sounds it lacks: b for p, j for ch, f for v. Capitals occur in no transcription.
_ARABIC = dict(zip("بجف", "BJF", strict=True))
# Latin letters, longest groups first → their possible classes of sound: b p t d k f h l m n r s z w, J (dj, zh), S
# (sh), C (ch). Vowels have no class. Languages differ, so some letters have several classes (Kurdish x is kh, Turkish c
# is dj, Albanian q is ch).
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
# A longer word is not a spoken word and is compared by its letters alone.
_LONGEST = 64
_LONG_RUN = re.compile(rf"[A-Za-z0-9]{{{_LONGEST + 1}}}")
_NO_SOUNDS: tuple[Sound, ...] = ()
# Vowels by their sound, as bits for open, front and back. Two vowels that share a bit may be mistaken for each other.
_VOWELS = {"a": 1, "e": 3, "i": 2, "y": 2, "o": 4, "u": 4, "I": 6}
_VOWEL_GROUP = re.compile("[aeiouyI]+")
# Kurdish marks long vowels with a circumflex; an i without one is short, and others write it as i or u (`Hisên`,
# `Hussein`).
_ROOFED = "êîû"
# Optional words of a name, which may also be joined to the next word.
_PARTICLES = word_list(
    "al el ul ad ar as az at ash esh bin ibn ben bint binte abn wuld ould mr mrs ms dr mme sheikh haji hajji"
    " sayed sayyid seyed kak mam ustad mulla"
)
_PARTICLES_ABJAD = word_list("l bn bnt")
_JOINED = re.compile("(?:al|el|ul)(?=[a-z]{4})")
_SERVANT = re.compile("abd(?:[aeiou]?[lrsdzn](?=[a-z]{3})|[aeiou]?l?$)")
_SERVANT_ABJAD = re.compile("[bB]dl(?=[A-Za-z]{2})")
# Letters of other scripts that look like Latin letters.
_LOOKS = str.maketrans(
    "аеорсухіјѕԁһԛԝкмтнвАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονικρτυεηχγωϲϳ",
    "aeopcyxijsdhqwkmthbABEKMHOPCTYXIJSABEZHIKMNOPTYXaovikptuenxywcj",
)
_RUN = re.compile(r"[^\W\d_]+")
_ASCII_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class Word(NamedTuple):
    """A word of a text: its place and its forms.

    Attributes:
        start, end: its place in the text.
        letters: see the module.
        sounds: see the module; the word may sound like any of them.
        capital: whether it begins with a capital, or its script has no capitals.
        latin: whether it is written in Latin letters.
    """

    start: int
    end: int
    letters: str
    sounds: tuple[Sound, ...]
    capital: bool
    latin: bool


def words(text: str) -> list[Word]:
    """Split a text into words: between digits and letters, before a capital (`aB`), and around each East Asian sign.

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


def latinise(text: str) -> str:
    """Replace letters that only look Latin by Latin ones, in words that mix both or have no others.

    Example:
        >>> latinise("Неwa и Петро"), latinise("Петро")
        ('Hewa и Петро', 'Петро')
    """
    if text.isascii():
        return text
    return _RUN.sub(lambda run: _replace_lookalikes(run.group()), text)


def alike(vowels: str | None, other_vowels: str | None, consonants: int) -> bool:
    """Whether two sequences of vowels may be the same, give or take one vowel, or two in a long name.

    Example:
        >>> alike(_vowels("mohammed"), _vowels("muhamad"), 4), alike(_vowels("omar"), _vowels("amir"), 2)
        (True, False)
    """
    if vowels is None or other_vowels is None or vowels == other_vowels:
        return True
    return _apart(vowels, other_vowels) <= (1 if consonants < 5 else 2)


def is_particle(word: Word) -> bool:
    """Whether the word is optional in a name, like `al`, `bin` or `Mr`."""
    return word.letters in (_PARTICLES if word.latin else _PARTICLES_ABJAD)


def drop_particles(words: Iterable[Word]) -> list[Word]:
    """Return the words without particles, unless nothing else is left."""
    listed = list(words)
    return [word for word in listed if not is_particle(word)] or listed


# -- sounds -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def _ascii(word: str) -> tuple[str, tuple[Sound, ...], bool]:
    letters = word.lower()
    return letters, _sounds(letters, written=True), word[0].isupper()


def _long(word: str) -> tuple[str, tuple[Sound, ...], bool]:
    """Do the same as `_ascii`, but without caching a text longer than any word."""
    return _ascii(word) if len(word) <= _LONGEST else (word.lower(), _NO_SOUNDS, word[0].isupper())


@lru_cache(maxsize=200_000)
def _sounds(heard: str, *, written: bool) -> tuple[Sound, ...]:
    """Return the sounds of a word in Latin letters; `written`: whether its script writes vowels."""
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
        # In these scripts too, the letter for w is often the vowel u.
        pieces = [("w", "") if piece == ("w",) else piece for piece in pieces]
    if len(pieces) > 1 and pieces[-1] == ("h",):
        pieces[-1] = ("h", "")
    keys: dict[str, None] = {}
    for count, choice in enumerate(product(*pieces)):
        if count == _MOST_SOUNDS * 4 or len(keys) == _MOST_SOUNDS:
            break
        keys[undouble("".join(choice))] = None
    vowels = _vowels(heard) if written else None
    return [(key, vowels) for key in keys]


def undouble(key: str) -> str:
    """Reduce each run of the same consonant to one.

    Example:
        >>> undouble("hmmn")
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
def _apart(vowels: str, other_vowels: str) -> int:
    """Return how many vowels must be added or removed; replacing a vowel by an unlike one counts as two."""
    row = list(range(len(other_vowels) + 1))
    for left in vowels:
        before, row[0] = row[0], row[0] + 1
        for place, right in enumerate(other_vowels, 1):
            same = before if int(left) & int(right) else before + 2
            before, row[place] = row[place], min(same, row[place] + 1, row[place - 1] + 1)
    return row[-1]


# -- other scripts ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Letter:
    """A character: plain form, sound, script, case, and its function in a word (`letter`, `sign`, `between`, …)."""

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
    # A letter in a ring or a flag counts as that letter; a picture does not, even if its name is a letter's.
    if category[0] not in "LNM" and not (category == "So" and len(plain) == 1):
        return _Letter("", "", "", "between", capital=False, small=False)
    heard = _ARABIC.get(letter) or _HEARD.get(letter.lower(), plain)
    does = "digit" if plain.isdigit() else "sign" if script in _SIGNS else "letter"
    return _Letter(
        plain, heard, script, does, capital=letter.isupper(), small=letter.islower(), roofed=letter.lower() in _ROOFED
    )


def _other_words(text: str) -> list[Word]:
    words: list[Word] = []
    letters: list[tuple[int, _Letter]] = []
    before = ""

    def close() -> None:
        if letters:
            word = _word(letters)
            if word.letters:
                words.append(word)
            letters.clear()

    for place, character in enumerate(text):
        letter = _letter(character)
        if letter.does == "nothing":
            continue
        if letter.does == "between":
            close()
            before = ""
            continue
        last = letters[-1][1] if letters else None
        if letter.does != before or letter.does == "sign" or (last and last.small and letter.capital):
            close()
        letters.append((place, letter))
        before = letter.does
    close()
    return words


def _word(letters: list[tuple[int, _Letter]]) -> Word:
    first = letters[0][1]
    scripts = {letter.script for _, letter in letters}
    plain = "".join(letter.plain for _, letter in letters)
    # In these scripts h is always a separate letter, so an apostrophe keeps it from forming a pair such as `sh` with
    # the preceding letter.
    heard = "".join("'h" if letter.heard == "h" and letter.script in _ABJADS else letter.heard for _, letter in letters)
    if any(letter.roofed for _, letter in letters):
        heard = "".join("I" if letter.heard == "i" and not letter.roofed else letter.heard for _, letter in letters)
    cased = any(letter.capital or letter.small for _, letter in letters)
    latin = first.does == "digit" or bool(scripts & {"LATIN"})
    sounds = _sounds(heard, written=not scripts & _ABJADS) if len(heard) <= _LONGEST else _NO_SOUNDS
    if scripts & _SIGNS:  # these scripts use the same signs for l and r
        sounds = (*sounds, *((key.translate(_LIQUIDS), vowels) for key, vowels in sounds if {*key} & {*"lr"}))
    if not latin:  # other scripts' vowels are transcribed in too many ways to rule out a name
        sounds = tuple((key, None) for key, _ in sounds)
    return Word(letters[0][0], letters[-1][0] + 1, plain, sounds, first.capital or not cased, latin)


def _replace_lookalikes(run: str) -> str:
    looked = run.translate(_LOOKS)
    return looked if looked.isascii() or any(letter.isascii() for letter in run) else run
