"""Finds phone numbers in text: whole in any form, or the last digits of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from graphsvc.access.spelling import Word, words

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
        self._by_end: dict[str, set[tuple[str, str]]] = {}

    def __bool__(self) -> bool:
        """Whether there is any number to find."""
        return bool(self._by_end)

    def add(self, number: str, whose: str) -> None:
        """Take a number in, as it was delivered; one of fewer than six digits is none."""
        digits = "".join(word.letters for word in words(number) if word.letters.isdigit()).lstrip("0")
        if len(digits) >= _END:
            self._by_end.setdefault(digits[-_END:], set()).add((digits, whose))

    def spans(self, text: str, found: Sequence[Word]) -> Iterator[tuple[int, int, set[str]]]:
        """Where numbers stand, with what belongs to them: (start, end, whose).

        Args:
            text: the text.
            found: its words (see `spelling`).
        """
        if not self._by_end:
            return
        begin = 0
        for index, (before, word) in enumerate(pairwise([None, *found])):
            if word is None or not word.letters.isdigit():
                begin = index + 1
                continue
            if before is not None and index > begin and not _is_gap(text[before.end : word.start]):
                begin = index
            digits, best = "", None
            for start in range(index, begin - 1, -1):
                digits = found[start].letters + digits
                if len(digits) > _LONGEST:
                    break
                if whose := self._whose(digits):
                    best = (found[start].start, whose)
            if best:
                start = best[0]
                while start and text[start - 1] in "+(":
                    start -= 1
                yield start, word.end, best[1]

    def _whose(self, digits: str) -> set[str]:
        return {
            whose
            for number, whose in self._by_end.get(digits[-_END:], ())
            if number.endswith(digits.lstrip("0"))
            or (len(number) >= _SAME and number[-_SAME:] == digits[-_SAME:])
            or (len(digits) - len(number) <= _BEFORE and digits.endswith(number))
        }


def _is_gap(between: str) -> bool:
    return len(between) <= _GAP and _BETWEEN.issuperset(between)
