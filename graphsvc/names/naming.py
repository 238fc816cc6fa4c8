"""Whole names in all their orders, as they are spelt and as they are heard: a bounded number of forms of each name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations, product
from math import prod

from graphsvc.names.spelling import Sound, Word, reduced, words

# Longer names are turned and reversed rather than put in every order; what has yet more words is a text, and stands
# as it is.
_MOST_PARTS = 3
LONGEST_NAME = 12
# Names of more parts are heard by some of their parts only.
MOST_HEARD = 6
# What may be heard of one name: a word has up to eight sounds and more, and those of several words multiply.
MOST_SOUNDS = 64


def spellings(name: str) -> frozenset[str]:
    """The orders in which the parts of a name may be spelt, each as one row of letters.

    Example:
        >>> sorted(spellings("Hêwa Karim"))
        ['hewakarim', 'karimhewa']
    """
    return frozenset(map("".join, orders([word.letters for word in words(name)])))


def sound_alike(name: str, other: str) -> bool:
    """Whether two whole names may be the same as heard, in whatever script.

    Example:
        >>> sound_alike("Saeed Moradi", "سعید مرادی"), sound_alike("Saeed Moradi", "Shorty")
        (True, False)
    """
    return bool(_keys(name) & _keys(other))


def _keys(name: str) -> set[str]:
    parts = reduced(words(name))
    return {key for key, _ in heard_as(parts)} - {""} if len(parts) <= MOST_HEARD else set()


def heard_as(parts: Sequence[Word], most: int = MOST_SOUNDS) -> Iterator[Sound]:
    """How parts of a name sound one after the other: at most `most` ways, the plainest of each part first.

    Where there would be more, the least likely sound of the part that has most goes, until they are few enough.
    """
    sounds = [plainest(part) for part in parts]
    while prod(map(len, sounds)) > most:
        longest = max(sounds, key=len)
        if len(longest) == 1:
            break
        longest.pop()
    for choice in product(*sounds):
        vowels = None if any(said is None for _, said in choice) else "".join(said or "" for _, said in choice)
        yield "".join(sound for sound, _ in choice), vowels


def plainest(part: Word) -> list[Sound]:
    """How a part of a needle sounds; not the sound of nothing that a particle has."""
    return [sound for sound in part.sounds if sound != ("", "")] or list(part.sounds)


def orders(parts: list[str]) -> list[tuple[str, ...]]:
    """The orders in which the parts of a name may stand; of a long name its turns and its reverse.

    Example:
        >>> orders(["hewa", "karim"])
        [('hewa', 'karim'), ('karim', 'hewa')]
    """
    if len(parts) <= _MOST_PARTS:
        return list(dict.fromkeys(permutations(parts)))
    if len(parts) > LONGEST_NAME:
        return [tuple(parts)]
    turns = [tuple(parts[turn:] + parts[:turn]) for turn in range(len(parts))]
    return list(dict.fromkeys([*turns, tuple(reversed(parts))]))
