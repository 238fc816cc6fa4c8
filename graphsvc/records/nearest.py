"""Suggests the nearest known word for a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

# Longer words are not typing mistakes. Comparing long words, or very many, is also slow.
_LONGEST = 80
_MOST_KNOWN = 500
_LONGEST_ID = 40
_MOST_IDS = 100
_LIKELY = 0.85
_MOST_NAMED = 40
# Number of rejected rows of a delivery that get a suggestion: by then the pattern is clear.
SUGGESTIONS = 20


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like `word`, or None if none is similar.

    Example:
        >>> nearest("Suspekt", ("suspect", "victim"))
        'suspect'
    """
    short = (each for each in known if len(each) <= _LONGEST)
    return _nearest(word[:_LONGEST].casefold(), tuple(islice(short, _MOST_KNOWN)))


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    by_folded = {each.casefold(): each for each in known}
    matches = difflib.get_close_matches(word, by_folded, n=1)
    return by_folded[matches[0]] if matches else None


def near_id(word: str, known: Iterable[str]) -> str | None:
    """Return the known id most like a mistyped one, among ids that begin or end like it, or None; takes milliseconds.

    Example:
        >>> near_id("PERSON-O12", ["PERSON-012", "Q9"])
        'PERSON-012'
    """
    if len(word) > _LONGEST_ID:
        return None
    begins, ends = word[:2], word[-2:]
    alike = (
        each for each in known if abs(len(each) - len(word)) <= 2 and (each.startswith(begins) or each.endswith(ends))
    )
    matches = difflib.get_close_matches(word, islice(alike, _MOST_IDS), n=1, cutoff=_LIKELY)
    return matches[0] if matches else None


class UnknownWord(ValueError):
    """An unknown word. The message ends with a suggestion, computed only when the message is read.

    Attributes:
        plain: the message without a suggestion.
    """

    def __init__(self, plain: str, word: str, known: Iterable[str], after: str = "") -> None:
        super().__init__(plain)
        self.plain = plain
        self._word, self._known, self._after = word, known, after

    def __str__(self) -> str:
        return f"{self.plain}; {hint(self._word, self._known)}{self._after}"


def hint(word: str, known: Iterable[str]) -> str:
    """Return the end of a message on an unknown word: the nearest known word, or else all known words.

    Example:
        >>> hint("foo", ("P", "C"))
        'known are P, C'
    """
    words = tuple(known)
    suggestion = nearest(word, words)
    if suggestion:
        return f"did you mean {suggestion}?"
    return f"known are {', '.join(words[:_MOST_NAMED])}{' …' if len(words) > _MOST_NAMED else ''}"
