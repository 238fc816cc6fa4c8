"""Rules for passwords: long enough, and not among the first guesses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from importlib.resources import files

MINIMUM_PASSWORD = 12
# Longer passwords are not hashed: otherwise anyone could cause unlimited work.
LONGEST_PASSWORD = 1_000
_FEWEST_SIGNS = 5
# At least this many letters must remain when all parts that an attacker guesses first are removed.
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
    """Return the lines of a word list, longest first, since one may contain another."""
    return files("graphsvc.access.people").joinpath(name).read_text("ascii").split()


# Parts that stolen passwords are made of.
_COMMON, _PHRASES = _lines("common_words.txt"), _lines("common_phrases.txt")
# Several of these make a good password if separated by spaces or hyphens, and an easy guess if run together.
_EVERYDAY = _lines("everyday_words.txt")
_LEET = str.maketrans("0134578@$!|", "oieastbasil")
_PARTED = re.compile(r"[^\W_][\W_]+[^\W_]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def refusal(password: str, name: str = "") -> str:
    """Say in one sentence why a password is refused; empty if it is accepted.

    Args:
        password: as typed.
        name: the account's name, which must not be part of it.

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
    """Whether a text is one piece repeated, the last time perhaps cut short."""
    return any(text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _own(text: str) -> str:
    """Remove common words, known phrases, years, rows of keys, and characters that are not letters."""
    left = _YEAR.sub(" ", text)
    runs_together = _PARTED.search(text) is None
    left = _without(_without_phrases(left), [*_COMMON, *_EVERYDAY] if runs_together else _COMMON)
    left = _without_runs(left)
    letters = "".join(sign for sign in left if sign.isalpha())
    # A repeated letter adds nothing.
    return re.sub(r"(.)\1+", r"\1", letters)


def _without_phrases(text: str) -> str:
    """Return a text without known phrases, however their words are separated; unchanged if it has none."""
    letters = "".join(sign for sign in text if sign.isalpha())
    return _without(letters, _PHRASES) if any(phrase in letters for phrase in _PHRASES) else text


def _without(text: str, words: Sequence[str]) -> str:
    for word in words:
        text = text.replace(word, " ")
    return text


def _without_runs(text: str) -> str:
    """Return a text without runs of neighbouring keys or letters of the alphabet, in either direction."""
    signs, at = [], 0
    while at < len(text):
        run = max(_run(text[at:], row) for keys in _ROWS for row in (keys, keys[::-1]))
        if run < _SHORTEST_RUN:
            signs.append(text[at])
            run = 1
        at += run
    return "".join(signs)


def _run(text: str, row: str) -> int:
    """Return how many characters at the start of a text follow each other in a row of keys."""
    start = row.find(text[0])
    if start < 0:
        return 0
    return next(
        (n for n, pair in enumerate(zip(text, row[start:], strict=False)) if pair[0] != pair[1]),
        min(len(text), len(row) - start),
    )
