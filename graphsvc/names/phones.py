"""Finds phone numbers in text: whole in any form, or the last digits of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from graphsvc.names.spelling import Word, words

# Digits: the least of a number that is found, and how many at its end make two whole numbers the same one, whatever
# the country code before them.
_END = 6
_SAME = 9
_LONGEST = 17
# A number that follows a country code may be written with a 0 before it, or the code with two.
_BEFORE = 4
_BETWEEN = frozenset(" \t\n\u00a0\u202f.-/()+_\u2010\u2011\u2012\u2013\u2014")
_GAP = 3


class Phones:
    """Numbers to find, each with whose it is.

    Example:
        >>> phones = Phones()
        >>> phones.add("+44 7911 123456", "S-1")
        >>> text = "on 07911-123456 or 123 456"
        >>> [(text[start:end], who) for start, end, who in phones.spans(text, words(text))]
        [('07911-123456', {'S-1'}), ('123 456', {'S-1'})]
    """

    def __init__(self) -> None:
        self._whole: dict[str, set[str]] = {}
        # The last digits of each number, six or more, and those by which two whole numbers are one.
        self._ends: dict[str, set[str]] = {}
        self._same: dict[str, set[str]] = {}

    def __bool__(self) -> bool:
        """Whether there is any number to find."""
        return bool(self._whole)

    def add(self, number: str, whose: str) -> None:
        """Take a number in, as it was delivered; one of fewer than six digits is none."""
        digits = "".join(word.letters for word in words(number) if word.letters.isdigit()).lstrip("0")
        if len(digits) < _END:
            return
        self._whole.setdefault(digits, set()).add(whose)
        for length in range(_END, min(len(digits), _LONGEST) + 1):
            self._ends.setdefault(digits[-length:], set()).add(whose)
        if len(digits) >= _SAME:
            self._same.setdefault(digits[-_SAME:], set()).add(whose)

    def spans(self, text: str, words: Sequence[Word]) -> Iterator[tuple[int, int, set[str]]]:
        """Where numbers stand, with what belongs to them: (start, end, whose).

        Args:
            text: the text.
            words: its words (see `spelling`).
        """
        if not self._whole:
            return
        begin = 0
        for index, (before, word) in enumerate(pairwise([None, *words])):
            if word is None or not word.letters.isdigit():
                begin = index + 1
                continue
            if before is not None and index > begin and not _is_gap(text[before.end : word.start]):
                begin = index
            digits, best = "", None
            for start in range(index, begin - 1, -1):
                digits = words[start].letters + digits
                if len(digits) > _LONGEST:
                    break
                if whose := self._owner(digits):
                    best = (words[start].start, whose)
            if best:
                start = best[0]
                while start and best[0] - start < _GAP and text[start - 1] in "+(":
                    start -= 1
                yield start, word.end, best[1]

    def _owner(self, digits: str) -> set[str]:
        if len(digits) < _END:
            return set()
        bare = digits.lstrip("0")
        whose = self._ends.get(bare if len(bare) >= _END else digits[-_END:], set()) | self._same.get(
            digits[-_SAME:], set()
        )
        for before in range(min(_BEFORE, len(digits) - _END) + 1):
            whose |= self._whole.get(digits[before:], set())
        return whose


def _is_gap(between: str) -> bool:
    return len(between) <= _GAP and _BETWEEN.issuperset(between)
