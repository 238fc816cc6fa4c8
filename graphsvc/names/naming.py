"""Whole names with their parts in any order, as spelt and as heard; the number of forms of each name is bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations, product
from math import prod

from graphsvc.names.spelling import Sound, Word, drop_particles, words

# Names with more parts are rotated and reversed rather than put in every order. Names with more than LONGEST_NAME parts
# are texts and keep their order.
_MOST_PARTS = 3
LONGEST_NAME = 12
# Names with more parts are not compared by sound.
MOST_HEARD = 6
# Maximum number of sounds of one name: a word may have eight or more, and the numbers of several words multiply.
MOST_SOUNDS = 64


def spellings(name: str) -> frozenset[str]:
    """Return the spellings of a name in the orders of its parts, each joined into one word.

    Example:
        >>> sorted(spellings("Hêwa Karim"))
        ['hewakarim', 'karimhewa']
    """
    return frozenset(map("".join, orders([word.letters for word in words(name)])))


def sound_alike(name: str, second: str) -> bool:
    """Whether two whole names may sound the same, in any script.

    Example:
        >>> sound_alike("Saeed Moradi", "سعید مرادی"), sound_alike("Saeed Moradi", "Shorty")
        (True, False)
    """
    return bool(_keys(name) & _keys(second))


def _keys(name: str) -> set[str]:
    parts = drop_particles(words(name))
    return {key for key, _ in heard_as(parts)} - {""} if len(parts) <= MOST_HEARD else set()


def heard_as(parts: Sequence[Word], most: int = MOST_SOUNDS) -> Iterator[Sound]:
    """Yield how parts of a name sound in sequence: at most `most` ways, the plainest of each part first.

    As long as there are more ways, the least likely sound of the part with the most sounds is dropped.
    """
    sounds = [plainest(part) for part in parts]
    while prod(map(len, sounds)) > most:
        longest = max(sounds, key=len)
        if len(longest) == 1:
            break
        longest.pop()
    for choice in product(*sounds):
        vowels = (
            None
            if any(part_vowels is None for _, part_vowels in choice)
            else "".join(part_vowels or "" for _, part_vowels in choice)
        )
        yield "".join(sound for sound, _ in choice), vowels


def plainest(part: Word) -> list[Sound]:
    """Return the sounds of a part, without the empty sound (a particle left out) unless there is no other."""
    return [sound for sound in part.sounds if sound != ("", "")] or list(part.sounds)


def orders(parts: list[str]) -> list[tuple[str, ...]]:
    """Return the orders in which the parts of a name may be written; for a long name, its rotations and its reverse.

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
