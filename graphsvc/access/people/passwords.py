"""Which passwords are taken: long enough, and not among the first that anyone would try."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from importlib.resources import files

MINIMUM_PASSWORD = 12
# Longer ones are not hashed: that would be work without end for whoever sends them.
LONGEST_PASSWORD = 1_000
_FEWEST_SIGNS = 5
# What has to be left once everything that is tried first has been taken out.
_LEAST_OF_ONES_OWN = 5
_LEAST_OF_A_NAME = 4
_SHORTEST_RUN = 4
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()",
)


def _lines(name: str) -> list[str]:
    """The lines of a word list, the longest first, since one may hold another."""
    return files("graphsvc.access.people").joinpath(name).read_text("ascii").split()


# What lists of stolen passwords are made of.
_COMMON, _PHRASES = _lines("common_words.txt"), _lines("common_phrases.txt")
# Several of these are a good password where spaces or hyphens part them, and among the first guesses where they run together.
_EVERYDAY = _lines("everyday_words.txt")
_LEET = str.maketrans("0134578@$!|", "oieastbasil")
_PARTED = re.compile(r"[^\W_][\W_]+[^\W_]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def refusal(password: str, name: str = "") -> str:
    """Why a password is not taken, in one sentence; empty if it is.

    Args:
        password: as it was typed.
        name: of the account, which must not be what it rests on.

    Example:
        >>> refusal("Password-2026!")[:51]
        'This password is among the first that anyone would '
        >>> refusal("tern over Dunkirk sand")
        ''
    """
    if len(password) < MINIMUM_PASSWORD:
        return f"A password needs at least {MINIMUM_PASSWORD} characters."
    if len(password) > LONGEST_PASSWORD:
        return f"A password has at most {LONGEST_PASSWORD:,} characters."
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(set(plain)) < _FEWEST_SIGNS or _repeats(plain):
        return "This password repeats itself. Take several words that have nothing to do with each other."
    parts = [part for part in re.split(r"[\W_]+", name.casefold()) if len(part) >= _LEAST_OF_A_NAME]
    if any(part in text for text in (plain, plain.translate(_LEET)) for part in parts):
        return "This password holds the name of its account. Take several words that have nothing to do with it."
    if min(len(_own(plain)), len(_own(plain.translate(_LEET)))) < _LEAST_OF_ONES_OWN:
        return (
            "This password is among the first that anyone would try: common words, known phrases, rows of keys,"
            " years and other figures. Take several words that have nothing to do with each other."
        )
    return ""


def _repeats(text: str) -> bool:
    """Whether it is one piece, of half its length at most, again and again."""
    return any(text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _own(text: str) -> str:
    """Remove common words, known phrases, years, rows of keys, and signs that are not letters."""
    left = _YEAR.sub(" ", text)
    runs_together = _PARTED.search(text) is None
    left = _without(_without_phrases(left), [*_COMMON, *_EVERYDAY] if runs_together else _COMMON)
    left = _without_runs(left)
    letters = "".join(sign for sign in left if sign.isalpha())
    # The same letter again tells nothing new.
    return re.sub(r"(.)\1+", r"\1", letters)


def _without_phrases(text: str) -> str:
    """A text without known phrases, however their words are parted; unchanged if it has none."""
    letters = "".join(sign for sign in text if sign.isalpha())
    return _without(letters, _PHRASES) if any(phrase in letters for phrase in _PHRASES) else text


def _without(text: str, words: Sequence[str]) -> str:
    for word in words:
        text = text.replace(word, " ")
    return text


def _without_runs(text: str) -> str:
    """A text without what stands next to each other on a keyboard or in the alphabet, in either direction."""
    signs, at = [], 0
    while at < len(text):
        run = max(_run(text[at:], row) for keys in _ROWS for row in (keys, keys[::-1]))
        if run < _SHORTEST_RUN:
            signs.append(text[at])
            run = 1
        at += run
    return "".join(signs)


def _run(text: str, row: str) -> int:
    """How many signs a text begins with that follow each other in a row."""
    start = row.find(text[0])
    if start < 0:
        return 0
    return next(
        (n for n, pair in enumerate(zip(text, row[start:], strict=False)) if pair[0] != pair[1]),
        min(len(text), len(row) - start),
    )
