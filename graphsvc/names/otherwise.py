"""What else may stand for a sealed name than the name itself.

A part of it in small letters, what users call themselves, a mistyped name, first and last name with something between,
initials alone: each is tried at one word of a text, beside what `masking` finds there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from graphsvc.names.called import BEGINNING, INSIDE, MOST_WORDS, Called, one_of
from graphsvc.names.everyday import ORDINARY
from graphsvc.names.likeness import one_off
from graphsvc.names.spelling import Word, is_particle

# Initials of one name.
MOST_INITIALS = 6
# Words that a mistyped name may have (and one), that may stand inside one name with its ends, and of these names between;
# signs between the words of a user's name, and of what stands inside a name.
_MOST_MISTYPED = 3
_MOST_BETWEEN = 9
_MOST_MIDDLE = 3
_MOST_JOINING = 2
_LONGEST_BETWEEN = 48
_APOSTROPHES = frozenset("'’‘`´")
_QUOTES = frozenset("()[]\"'‘’“”„«»‹›")
_KNOWN_AS = re.compile(
    r"(?:also |better )?(?:known|called|named|aka|a\.k\.a|alias|genannt|dit|nicknamed)\b", re.IGNORECASE
)
_APART = re.compile(r"[.;:!?/|]\s|[;:!?|]")


class Otherwise:
    """Finds them by what sealed people may be called."""

    def __init__(self, called: Called) -> None:
        self._called = called
        self._spelt = called.spelt

    def at(self, text: str, words: list[Word], place: int, *, shouting: bool) -> Iterator[tuple[int, str | None]]:
        """Ends of what else may stand there for a name, with whose it is."""
        word = words[place]
        if word.letters[:BEGINNING] in self._called.partly_prefixes:
            yield self._partly_at(text, words, place)
        if word.capital or shouting:
            if place + 1 < len(words) and (words[place + 1].capital or shouting):
                yield self._mistyped_at(words, place, shouting=shouting)
            if (ends := self._called.ends.get(word.letters)) is not None:
                yield self._around_at(text, words, place, ends)
        if self._called.initials and len(word.letters) == 1 and word.capital:
            yield self._only_initials_at(text, words, place)

    def _partly_at(self, text: str, words: list[Word], place: int) -> tuple[int, str | None]:
        """A part of a name, or a user's name made of it, in whatever letters, its letters apart or joined by signs."""
        best: tuple[int, str | None] = (place, None)
        key = ""
        for index in range(place, min(place + MOST_WORDS, len(words))):
            if index > place and not _is_joined(text, words[index - 1], words[index]):
                break
            key += words[index].letters
            if key[:BEGINNING] not in self._called.partly_prefixes:
                break
            if (partly := self._called.partly.get(key)) is not None:
                best = (index + 1, one_of(partly.sealed, unsealed=partly.unsealed))
        return best

    def _mistyped_at(self, words: list[Word], place: int, *, shouting: bool) -> tuple[int, str | None]:
        """A whole name with one letter more, less, other or in another place."""
        key = ""
        for index in range(place, min(place + _MOST_MISTYPED, len(words))):
            word = words[index]
            if not (word.latin and may_be_heard(word, particle=False, shouting=shouting)) or len(key) > BEGINNING:
                break
            key += word.letters
            if index == place or not INSIDE <= len(key) + 1 <= BEGINNING + 2 or key in self._spelt:
                continue
            cut = (key, *(key[:gap] + key[gap + 1 :] for gap in range(len(key))))
            meant = [name for less in cut for name in self._called.mistyped.get(less, ())]
            meant += [less for less in cut if less in self._called.whole]
            for whole in meant:
                if one_off(key, whole) and (spelt := self._spelt.get(whole)) is not None and spelt.sealed:
                    return index + 1, one_of(spelt.sealed, unsealed=spelt.unsealed)
        return place, None

    def _around_at(
        self, text: str, words: list[Word], place: int, ends: Mapping[str, set[str]]
    ) -> tuple[int, str | None]:
        """First and last part of a name with something between: a middle name, what somebody is known as."""
        for index in range(place + 2, min(place + _MOST_BETWEEN, len(words))):
            if (who := ends.get(words[index].letters)) is not None and _encloses(text, words, place, index):
                return index + 1, one_of(who)
        return place, None

    def _only_initials_at(self, text: str, words: list[Word], place: int) -> tuple[int, str | None]:
        """`H. K.` with nothing behind or before that it belongs to."""
        if place and _is_point(text, words[place - 1]) and is_initial(text, words[place - 1]):
            return place, None
        end, initials = place, ""
        while end < min(place + MOST_INITIALS, len(words)) and is_initial(text, words[end]):
            if not _is_point(text, words[end]):
                return place, None
            initials += words[end].letters
            end += 1
        who = self._called.initials.get(initials[:1] + initials[-1:]) if len(initials) > 1 else None
        if who is None or (end < len(words) and words[end].capital and words[end].letters in self._called.borne):
            return place, None
        return end, one_of(who)


def may_be_heard(word: Word, *, particle: bool, shouting: bool) -> bool:
    """Whether a word may be part of a name that is told by its sound alone."""
    if word.letters.isdigit() or (word.latin and len(word.letters) == 1):
        return False
    return particle or (word.capital and not (shouting and word.latin)) or (shouting and word.letters not in ORDINARY)


def is_initial(text: str, word: Word) -> bool:
    """Whether a word is one Latin capital."""
    return word.end - word.start == 1 and word.capital and word.latin and text[word.start].isalpha()


def _is_point(text: str, word: Word) -> bool:
    return text[word.end : word.end + 1] == "."


def _is_joined(text: str, word: Word, other: Word) -> bool:
    """Whether two words may be one: no blank between, or letters that stand alone, or a point after an initial."""
    between = text[word.end : other.start]
    if len(between) > _MOST_JOINING or (other.letters == "s" and between in _APOSTROPHES):
        return False
    return not any(map(str.isspace, between)) or (
        len(word.letters) == 1 and (len(other.letters) == 1 or between.startswith("."))
    )


def _encloses(text: str, words: list[Word], place: int, last: int) -> bool:
    """Whether what stands between two words may stand inside one name."""
    between = text[words[place].end : words[last].start]
    inside = between.strip(" \t\u00a0,")
    if len(between) > _LONGEST_BETWEEN or not inside or "\n" in between:
        return False
    if inside[0] in _QUOTES and inside[-1] in _QUOTES:
        return len(inside) > 2
    if _KNOWN_AS.match(inside):
        return True
    return (
        last - place <= _MOST_MIDDLE
        and "," not in between
        and all(word.capital or is_particle(word) for word in words[place + 1 : last + 1])
        and not _APART.search(between)
    )
