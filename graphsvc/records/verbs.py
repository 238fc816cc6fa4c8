"""Words → the relations that they name, as somebody types them in a search."""

from __future__ import annotations

import re
from types import MappingProxyType

from graphsvc.records.relations import CUSTOM_PREFIX, NONE, RELATIONS

# Words that stand in what pages call a relation and name none.
_EMPTY = frozenset(["a", "an", "as", "at", "by", "in", "is", "of", "on", "the", "to", "was", "were", "with"])
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[A-Z]")
_LONGEST = 60


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _called() -> dict[str, tuple[str, ...]]:
    """What a relation is called → its names: by itself, in the words of pages and of charts, and by each word that tells something."""
    called: dict[str, list[str]] = {}
    for name, relation in RELATIONS.items():
        whole = [name, relation.says, *(relation.i2.split(", ") if relation.i2 != NONE else ())]
        telling = [word for word in _words(relation.says).split() if word not in _EMPTY]
        for words in dict.fromkeys(map(_words, [*whole, *telling])):
            called.setdefault(words, []).append(name)
    return {words: tuple(names) for words, names in called.items()}


_CALLED = MappingProxyType(_called())


def relations_named(text: str) -> tuple[str, ...]:
    """The relations that all of a text names; last one of the deliverer's own that would be called so, which may not be there.

    Example:
        >>> relations_named("Abandoned"), relations_named("x_sold_phone_to"), relations_named("?")
        (('ABANDONED', 'X_ABANDONED'), ('X_SOLD_PHONE_TO',), ())
    """
    words = _words(text)
    own = "_".join(words.removeprefix("x ").upper().split())
    # A number alone is called so by nobody, and typed as what it is the log tells its length alone.
    if not own.isascii() or not _LETTER.search(own) or len(own) > _LONGEST:
        return _CALLED.get(words, ())
    return *_CALLED.get(words, ()), f"{CUSTOM_PREFIX}{own}"
