"""The nearest known word for a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache

# Words longer than this are no typing mistakes, and comparing them takes long.
_LONGEST = 80
_MOST_NAMED = 40


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None where none is like it.

    Example:
        >>> nearest("Suspekt", ("suspect", "victim"))
        'suspect'
    """
    return _nearest(word[:_LONGEST].casefold(), tuple(known))


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    by_folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(word, by_folded, n=1)
    return by_folded[found[0]] if found else None


def hint(word: str, known: Iterable[str]) -> str:
    """What to say after "unknown": the nearest known word, else all of them.

    Example:
        >>> hint("foo", ("P", "C"))
        'known are P, C'
    """
    words = tuple(known)
    found = nearest(word, words)
    if found:
        return f"did you mean {found}?"
    return f"known are {', '.join(words[:_MOST_NAMED])}{' …' if len(words) > _MOST_NAMED else ''}"
