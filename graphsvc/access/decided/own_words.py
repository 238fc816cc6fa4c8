"""Words that their author always reads as typed, and other readers with whatever names somebody sealed withheld. Pure.

What others read depends on their clearance: readers cleared for P must not learn from it which people only C names.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

_TYPED, _SHOWN, _SHOWN_TO_P = "typed", "shown", "shown to P"


class Withhold(Protocol):
    """Withholds a typed text if it names a sealed person known at a handling level."""

    def __call__(self, text: str, level: str = "C") -> str:
        """The text, or `[withheld]`."""
        ...


def for_others(words: Any, withhold: Withhold) -> Any:
    """Words as they are kept: as typed, and as others read them if that is different.

    Example:
        >>> for_others(["Bo", "x"], lambda text, level="C": "[withheld]" if text == "Bo" else text)
        {'typed': ['Bo', 'x'], 'shown': ['[withheld]', 'x'], 'shown to P': ['[withheld]', 'x']}
    """
    typed, public, to_p = (
        words_for(words, mine=True),
        mask_texts(words_for(words, level="C"), withhold),
        mask_texts(words_for(words, level="P"), partial(withhold, level="P")),
    )
    return typed if public == to_p == typed else {_TYPED: typed, _SHOWN: public, _SHOWN_TO_P: to_p}


def words_for(words: Any, *, mine: bool = False, level: str = "C") -> Any:
    """Kept words as their author reads them, or another reader who is cleared for a handling level."""
    if not isinstance(words, dict):
        return words
    return words[_TYPED] if mine else words.get(_SHOWN_TO_P, words[_SHOWN]) if level == "P" else words[_SHOWN]


def passed_on(words: Any, level: str) -> Any:
    """Kept words for a new owner: from now on they read what other readers of a handling level read."""
    return words | {_TYPED: words_for(words, level=level)} if isinstance(words, dict) else words


def mask_texts(words: Any, mask: Callable[[str], str]) -> Any:
    """A JSON value with every text in it masked, names of fields too."""
    if isinstance(words, str):
        return mask(words)
    if isinstance(words, list):
        return [mask_texts(word, mask) for word in words]
    if isinstance(words, dict):
        return {mask(name): mask_texts(word, mask) for name, word in words.items()}
    return words
