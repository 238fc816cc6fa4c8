"""Whole names in all their orders, as they are spelt and as they are heard."""

from __future__ import annotations

from itertools import permutations, product

from graphsvc.access.spelling import Word, reduced, words

# Longer names are turned and reversed rather than put in every order.
_MOST_PARTS = 3
_MOST_HEARD = 6


def spellings(name: str) -> frozenset[str]:
    """The orders in which the parts of a name may be spelt, each as one row of letters.

    Example:
        >>> sorted(spellings("Hêwa Karim"))
        ['hewakarim', 'karimhewa']
    """
    return frozenset(orders([word.letters for word in words(name)]))


def sound_alike(one: str, other: str) -> bool:
    """Whether two whole names may be the same as heard, in whatever script.

    Example:
        >>> sound_alike("Saeed Moradi", "سعید مرادی"), sound_alike("Saeed Moradi", "Shorty")
        (True, False)
    """
    return bool(_keys(one) & _keys(other))


def _keys(name: str) -> set[str]:
    parts = [plainest(word) for word in reduced(words(name))]
    return (
        {"".join(sound for sound, _ in choice) for choice in product(*parts)} - {""}
        if len(parts) <= _MOST_HEARD
        else set()
    )


def plainest(part: Word) -> list[tuple[str, str | None]]:
    """How a part of a needle sounds; not the sound of nothing that a particle has."""
    return [sound for sound in part.sounds if sound != ("", "")] or list(part.sounds)


def arranged(parts: list[Word]) -> list[tuple[Word, ...]]:
    """The orders in which the parts of a name may stand; of a long name its turns and its reverse."""
    if len(parts) <= _MOST_PARTS:
        return list(dict.fromkeys(permutations(parts)))
    turns = [tuple(parts[turn:] + parts[:turn]) for turn in range(len(parts))]
    return [*turns, tuple(reversed(parts))]


def orders(parts: list[str]) -> list[str]:
    """As `arranged`, of spelt parts, each order as one row of letters."""
    if len(parts) <= _MOST_PARTS:
        return list(dict.fromkeys("".join(order) for order in permutations(parts)))
    turns = ["".join(parts[turn:] + parts[:turn]) for turn in range(len(parts))]
    return list(dict.fromkeys([*turns, "".join(reversed(parts))]))
