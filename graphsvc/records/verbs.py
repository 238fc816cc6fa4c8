"""Finds the relations that a word typed in a search names."""

from __future__ import annotations

import re
from types import MappingProxyType

from graphsvc.records.relations import CUSTOM_PREFIX, NONE, RELATIONS

# Words in the wording of relations that alone name no relation.
_EMPTY = frozenset(["a", "an", "as", "at", "by", "in", "is", "of", "on", "the", "to", "was", "were", "with"])
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[A-Z]")
_LONGEST = 60


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _relations_by_word() -> dict[str, tuple[str, ...]]:
    """Map each word for a relation to the relations it fits: names, wordings on pages and charts, and key words."""
    called: dict[str, list[str]] = {}
    for name, relation in RELATIONS.items():
        whole = [name, relation.says, *(relation.i2.split(", ") if relation.i2 != NONE else ())]
        telling = [word for word in _words(relation.says).split() if word not in _EMPTY]
        for words in dict.fromkeys(map(_words, [*whole, *telling])):
            called.setdefault(words, []).append(name)
    return {words: tuple(names) for words, names in called.items()}


_CALLED = MappingProxyType(_relations_by_word())


def relations_named(text: str) -> tuple[str, ...]:
    """Return the relations that the whole text names, and last a custom relation of that name, which may not exist.

    Example:
        >>> relations_named("Abandoned"), relations_named("x_sold_phone_to"), relations_named("?")
        (('ABANDONED', 'X_ABANDONED'), ('X_SOLD_PHONE_TO',), ())
    """
    words = _words(text)
    own = "_".join(words.removeprefix("x ").upper().split())
    # A number alone names no relation; if typed as a relation, only its length would be logged.
    if not own.isascii() or not _LETTER.search(own) or len(own) > _LONGEST:
        return _CALLED.get(words, ())
    return *_CALLED.get(words, ()), f"{CUSTOM_PREFIX}{own}"
