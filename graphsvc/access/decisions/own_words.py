"""Prepares typed words: their author reads them as typed, other readers see no text that names a sealed person. Pure.

The version for other readers depends on clearance: under P it must not show which people only C material names.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

_TYPED, _SHOWN, _SHOWN_TO_P = "typed", "shown", "shown to P"


class Withhold(Protocol):
    """Function that withholds a typed text if it names a person who is sealed at a handling level."""

    def __call__(self, text: str, level: str = "C") -> str:
        """Return the text, or `[withheld]`."""
        ...


def for_others(words: Any, withhold: Withhold) -> Any:
    """Prepare words for storage: as typed, with the versions for other readers if those differ.

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
    """Return stored words as their author (`mine`) or another reader at a handling level may read them."""
    if not isinstance(words, dict):
        return words
    return words[_TYPED] if mine else words.get(_SHOWN_TO_P, words[_SHOWN]) if level == "P" else words[_SHOWN]


def passed_on(words: Any, level: str) -> Any:
    """Return stored words for a new owner, who gets what other readers at this handling level saw until now."""
    return words | {_TYPED: words_for(words, level=level)} if isinstance(words, dict) else words


def mask_texts(words: Any, mask: Callable[[str], str]) -> Any:
    """Mask every text in a JSON value, including names of fields."""
    if isinstance(words, str):
        return mask(words)
    if isinstance(words, list):
        return [mask_texts(word, mask) for word in words]
    if isinstance(words, dict):
        return {mask(name): mask_texts(word, mask) for name, word in words.items()}
    return words
