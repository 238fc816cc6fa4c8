"""Find the relations named by a word that is typed in a search."""

from __future__ import annotations

import re
from types import MappingProxyType

from graphsvc.records.relations import CUSTOM_PREFIX, NONE, RELATIONS

# Words in the wording of relations that do not identify a relation on their own.
_EMPTY = frozenset(["a", "an", "as", "at", "by", "in", "is", "of", "on", "the", "to", "was", "were", "with"])
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[A-Z]")
_LONGEST = 60


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _relations_by_word() -> dict[str, tuple[str, ...]]:
    """Map each word to the relations it may mean: their names, wordings on pages and charts, and keywords."""
    called: dict[str, list[str]] = {}
    for name, relation in RELATIONS.items():
        whole = [name, relation.says, *(relation.i2.split(", ") if relation.i2 != NONE else ())]
        telling = [word for word in _words(relation.says).split() if word not in _EMPTY]
        for words in dict.fromkeys(map(_words, [*whole, *telling])):
            called.setdefault(words, []).append(name)
    return {words: tuple(names) for words, names in called.items()}


_CALLED = MappingProxyType(_relations_by_word())


def relations_named(text: str) -> tuple[str, ...]:
    """Return the relations that the whole text names; the last is a custom relation, which may not exist.

    Example:
        >>> relations_named("Abandoned"), relations_named("x_sold_phone_to"), relations_named("?")
        (('ABANDONED', 'X_ABANDONED'), ('X_SOLD_PHONE_TO',), ())
    """
    words = _words(text)
    own = "_".join(words.removeprefix("x ").upper().split())
    # A number alone names no custom relation. If it were searched for as one, only its length would be logged.
    if not own.isascii() or not _LETTER.search(own) or len(own) > _LONGEST:
        return _CALLED.get(words, ())
    return *_CALLED.get(words, ()), f"{CUSTOM_PREFIX}{own}"
