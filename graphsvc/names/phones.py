"""Find whole phone numbers in text, in any spacing, with or without the country code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from graphsvc.names.spelling import Word, words

# Minimum and maximum digits of a number. Numbers are compared by their last nine digits, without country codes.
_FEWEST, _MOST = 6, 17
_SAME = 9
_BETWEEN = frozenset(" \t\n\u00a0\u202f.-/()+_\u2010\u2011\u2012\u2013\u2014")
_GAP = 3


class Phones:
    """Phone numbers to find.

    Example:
        >>> phones = Phones()
        >>> phones.add("+44 7911 123456")
        >>> text = "on 07911-123456 or 123 456"
        >>> [text[start:end] for start, end in phones.spans(text, words(text))]
        ['07911-123456']
    """

    def __init__(self) -> None:
        self._numbers: set[str] = set()

    def __bool__(self) -> bool:
        """Whether there is any number to find."""
        return bool(self._numbers)

    def add(self, number: str) -> None:
        """Add a number as it was delivered. A number of fewer than six digits is no phone number and is ignored."""
        digits = "".join(word.letters for word in words(number) if word.letters.isdigit()).lstrip("0")
        if len(digits) >= _FEWEST:
            self._numbers.add(digits[-_SAME:])

    def spans(self, text: str, listed: Sequence[Word]) -> Iterator[tuple[int, int]]:
        """Yield the places of numbers in a text, as (start, end).

        Args:
            text: text to search.
            listed: its words (see `spelling`).
        """
        if not self._numbers:
            return
        begin = 0
        for index, (before, word) in enumerate(pairwise([None, *listed])):
            if word is None or not word.letters.isdigit():
                begin = index + 1
                continue
            if before is not None and index > begin and not _is_gap(text[before.end : word.start]):
                begin = index
            digits = ""
            for start in range(index, begin - 1, -1):
                digits = listed[start].letters + digits
                if len(digits) > _MOST:
                    break
                if digits.lstrip("0")[-_SAME:] in self._numbers:
                    yield _with_signs(text, listed[start].start), word.end
                    break


def _with_signs(text: str, start: int) -> int:
    return len(text[:start].rstrip("+(")) if text[start - 1 : start] in ("+", "(") else start


def _is_gap(between: str) -> bool:
    return len(between) <= _GAP and _BETWEEN.issuperset(between)
