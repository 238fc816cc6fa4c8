"""Matching of searches: the parts of a search, the index queries for candidates, and how well each candidate matches.

The full-text index of the graph database only proposes candidates. Its scores depend on data that a reader may not
see, so they are not used to sort. For the same reason its fuzzy terms are not used: they expand to at most fifty
words, counting words in data hidden from the reader. Words one letter off are found by a pattern, which omits none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from graphsvc.names.spelling import Sound, alike, words
from graphsvc.names.terms import FoldedText, fold_text, heard, heard_together, numbers
from graphsvc.records.dates import TypedDay, typed_day

# Levels of a match, best first.
EXACT, WORD, PREFIX, INSIDE, TYPO, HEARD = range(6)
LEVELS = ("exactly", "a whole word", "the beginning of a word", "inside a word", "one letter off", "sounds alike")
# Minimum letters for a match inside a word; minimum and maximum letters for a match one letter off.
_INSIDE = 3
_TYPO, _LONGEST_TYPO = 5, 24
# Two numbers are the same if their last digits, at least this many, agree.
_SAME = 9
_NUMBER = re.compile(r"[+(]?[\d\s().\-/+]*")
_FEWEST_DIGITS = 4
_MOST_PARTS = 8


@dataclass(frozen=True, slots=True)
class SoughtPart:
    """One part of a search.

    Attributes:
        spelt: its spellings, folded; any of them may match.
        sounds: how it may sound.
        number: whether it is a telephone number, or the beginning of one.
        day: whether it is a day; the index is searched for a day only as the beginning of a term.
    """

    spelt: tuple[str, ...]
    sounds: frozenset[Sound] = frozenset()
    number: bool = False
    day: bool = False

    @property
    def pattern(self) -> str:
        """Index query for the values that this part may match."""
        terms: list[str] = []
        for text in self.spelt:
            terms.append(f"*{text}*" if len(text) >= _INSIDE and not self.day else f"{text}*")
            if self.number and len(text) > _SAME:
                terms.append(f"*{text[-_SAME:]}")
            elif _may_be_mistyped(text):
                terms.append(f"/{_one_off(text)}/")
        terms += sorted(f"_{key}" for key, _ in self.sounds)
        return f"({' '.join(dict.fromkeys(terms))})"


@dataclass(frozen=True)
class SearchText:
    """A search: each of its parts must match something, or all of it must match as one word."""

    text: str

    @cached_property
    def day(self) -> TypedDay | None:
        """The day searched for, or None."""
        return typed_day(self.text)

    @cached_property
    def parts(self) -> tuple[SoughtPart, ...]:
        """Parts of the search, separated by blanks; a telephone number or a day is one part. Empty for a blank search."""
        text = self.text.strip()
        if self.day is not None:
            return (SoughtPart((fold_text("", self.day.words).whole,), day=True),)
        runs = [text] if _is_number(text) else text.split()
        parts = (_part(run) for run in runs)
        return tuple(part for part in parts if any(part.spelt))[:_MOST_PARTS]

    @cached_property
    def whole(self) -> SoughtPart:
        """The whole search as one part."""
        if len(self.parts) == 1:
            return self.parts[0]
        # A value that sounds like only one of its words does not match the whole search.
        return replace(_part(self.text), sounds=heard_together(self.text))

    @cached_property
    def spelt(self) -> list[str]:
        """Spellings of each part, separated by bars."""
        return ["|".join(part.spelt) for part in self.parts]

    @cached_property
    def pattern(self) -> str:
        """Index query for candidates."""
        together = " ".join(f"+{part.pattern}" for part in self.parts)
        return together if len(self.parts) == 1 else f"{self.whole.pattern} ({together})"

    @cached_property
    def day_spelt(self) -> tuple[tuple[str, ...], ...]:
        """Spellings of a day's number, its month and (if given) its year, as they occur in running text."""
        if self.day is None:
            return ()
        number, month, *year = self.day.words.lower().split()
        return ((number, number.zfill(2)), (month, month[:3]), *((each,) for each in year))

    @cached_property
    def text_spelt(self) -> list[str]:
        """Spellings of each part for a search of free texts, in the form of `spelt`."""
        return ["|".join(dict.fromkeys(ways)) for ways in self.day_spelt] or self.spelt

    @cached_property
    def text_pattern(self) -> str:
        """Index query for free texts, without typos and sounds, which would match too many words of prose."""
        if self.day is not None:
            return " ".join(f"+({' '.join(dict.fromkeys(ways))})" for ways in self.day_spelt)
        return " ".join(
            f"+({' '.join(f'*{text}*' if len(text) >= _INSIDE else f'{text}*' for text in part.spelt)})"
            for part in self.parts
        )


def _part(text: str) -> SoughtPart:
    whole = fold_text("", text).whole
    if _is_number(text):
        return SoughtPart(
            tuple(dict.fromkeys([*sorted(numbers(text), key=lambda digits: -len(digits)), whole])), number=True
        )
    return SoughtPart((whole,), heard(text))


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and sum(map(str.isdigit, text)) >= _FEWEST_DIGITS


def level(part: SoughtPart, value: FoldedText) -> int | None:
    """Return the level at which a value matches one part (`LEVELS`), or None.

    Example:
        >>> of = lambda sought, text: level(SearchText(sought).whole, fold_text("name", text))
        >>> [of("karim", text) for text in ("Karim", "Hewa Karim", "Karimov", "Abukarim", "Karem", "كريم", "Omar")]
        [0, 1, 2, 3, 4, 5, None]
    """
    known = value.words | value.numbers
    levels = [_spelt(text, value, known, number=part.number) for text in part.spelt]
    best = min((reached for reached in levels if reached is not None), default=None)
    if best is None and any(
        key == sound and alike(vowels, sound_vowels, len(key))
        for key, vowels in part.sounds
        for sound, sound_vowels in value.heard
    ):
        return HEARD
    return best


def _spelt(text: str, value: FoldedText, known: Iterable[str], *, number: bool) -> int | None:
    if text == value.whole or text in value.numbers:
        return EXACT
    if number and len(text) >= _SAME and any(text[-_SAME:] == digits[-_SAME:] for digits in value.numbers):
        return EXACT
    if text in known:
        return WORD
    if any(term.startswith(text) for term in known):
        return PREFIX
    if len(text) >= _INSIDE and any(_within(text, term) for term in known):
        return INSIDE
    if not number and _may_be_mistyped(text) and any(one_off(text, term) for term in known):
        return TYPO
    return None


def _within(text: str, term: str) -> bool:
    """Whether a text occurs in a word. Digits before letters must be a whole number: `8may` is not in `28may2020`."""
    if text.isdigit() or not text[0].isdigit():
        return text in term
    return bool(re.search(rf"(?<!\d){re.escape(text)}", term))


@dataclass(frozen=True, slots=True)
class Match:
    """How an entity matches a search.

    Attributes:
        level: level of its worst part, 0 to 5 (`LEVELS`).
        weight: levels of all parts added up; a lower weight is a better match.
        why: where each part was found, as (label of the field, text).
    """

    level: int
    weight: int
    why: tuple[tuple[str, str], ...]


def match(sought: SearchText, named: Sequence[tuple[str, str]]) -> Match | None:
    """Return how an entity, given its searchable fields (`terms.fields`), matches a search; None if it does not.

    Example:
        >>> match(SearchText("hewa 07911"), [("name", "Hewa K."), ("phone", "+44 7911 123456")])
        Match(level=2, weight=3, why=(('name', 'Hewa K.'), ('phone', '+44 7911 123456')))
    """
    if not sought.parts:
        return None
    values = [(fold_text(called, text), (called, text)) for called, text in named]
    together = _best(sought.whole, values)
    apart = [_best(part, values) for part in sought.parts]
    options = []
    if together is not None:
        options.append(Match(together[0], together[0], (together[1],)))
    if all(apart):
        hits = [hit for hit in apart if hit is not None]
        levels = [hit[0] for hit in hits]
        # No single value contains the whole search, so several parts match at best as whole words.
        worst = max(max(levels), WORD) if len(hits) > 1 else levels[0]
        options.append(Match(worst, sum(levels), tuple(dict.fromkeys(hit[1] for hit in hits))))
    return min(options, key=lambda option: (option.level, option.weight, len(option.why)), default=None)


def _best(part: SoughtPart, values: Sequence[tuple[FoldedText, tuple[str, str]]]) -> tuple[int, tuple[str, str]] | None:
    hits = [(reached, place) for place, (value, _) in enumerate(values) if (reached := level(part, value)) is not None]
    if not hits:
        return None
    best, place = min(hits)
    return best, values[place][1]


def one_off(word: str, second: str) -> bool:
    """Whether two words differ by one letter (added, missing or changed) or by two neighbouring letters swapped.

    Example:
        >>> [one_off("karim", other) for other in ("karem", "karm", "kariem", "kairm", "krem", "karim")]
        [True, True, True, True, False, False]
    """
    if word == second or abs(len(word) - len(second)) > 1:
        return False
    start = next(
        (place for place, (a, b) in enumerate(zip(word, second, strict=False)) if a != b), min(len(word), len(second))
    )
    left, right = word[start:], second[start:]
    if len(left) != len(right):
        return left[1:] == right if len(left) > len(right) else left == right[1:]
    return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])


def _may_be_mistyped(text: str) -> bool:
    """Whether one wrong letter is accepted; in numbers and short words it makes a different word."""
    return _TYPO <= len(text) <= _LONGEST_TYPO and text.isalpha()


def _one_off(text: str) -> str:
    """Return a pattern of all words one letter off, in the index's syntax."""
    places = range(len(text))
    patterns = [f"{text[:place]}.?{text[place + 1 :]}" for place in places]
    patterns += [f"{text[:place]}.{text[place:]}" for place in range(len(text) + 1)]
    patterns += [
        f"{text[:place]}{text[place + 1]}{text[place]}{text[place + 2 :]}"
        for place in places[:-1]
        if text[place] != text[place + 1]
    ]
    return "|".join(patterns)


# -- free text --------------------------------------------------------------------------------------------------

# Letters of context shown before and after a match; maximum groups of digits in one number.
_AROUND, _MOST_GROUPS = 70, 6
# Words that may occur between a day's number and its month: `8th of May`.
_IN_DAYS = frozenset({"st", "nd", "rd", "th", "of"})


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a text: the match, and the words before and after it."""

    before: str
    found: str
    behind: str


def excerpt(sought: SearchText, text: str) -> Excerpt | None:
    """Return the words around the best match of any part in a text, whole words first; None if nothing matches.

    Example:
        >>> excerpt(SearchText("sami"), "He said that Sami met them there.")
        Excerpt(before='He said that ', found='Sami', behind=' met them there.')
    """
    if sought.day is not None:
        return _day_in(sought.day_spelt, text)
    best: tuple[int, int, int, int] | None = None
    for place, part in enumerate(sought.parts):
        for start, end, letters in _pieces(text, number=part.number):
            reached = _as_text(part, letters)
            if reached is not None and (best is None or (reached, place) < best[:2]):
                best = (reached, place, start, end)
    return None if best is None else _around(text, *best[2:])


def _day_in(spelt: Sequence[Sequence[str]], text: str) -> Excerpt | None:
    """Return the words around the first mention of a day: number and month adjacent, then the year if one is sought."""
    pieces = [piece for piece in _pieces(text, number=False) if piece[2] not in _IN_DAYS]
    number, month, *year = spelt
    for place, (first, second) in enumerate(pairwise(pieces)):
        written = (first[2], second[2])
        if not (written[0] in number and written[1] in month) and not (written[0] in month and written[1] in number):
            continue
        behind = pieces[place + 2][2] if place + 2 < len(pieces) else ""
        if not year or behind in year[0]:
            return _around(text, first[0], second[1])
    return None


def _around(text: str, start: int, end: int) -> Excerpt:
    """Return the text from `start` to `end`, with the words before and after it."""
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    if first:
        first = text.find(" ", first, start) + 1 or first
    if last < len(text):
        last = text.rfind(" ", end, last) if text.rfind(" ", end, last) > 0 else last
    before = ("… " if first else "") + text[first:start].lstrip()
    return Excerpt(before, text[start:end], text[end:last] + (" …" if last < len(text) else ""))


def _pieces(text: str, *, number: bool) -> list[tuple[int, int, str]]:
    """Return the words of a text with their places; for a number, also adjacent groups of digits joined into one."""
    pieces = [(word.start, word.end, word.letters) for word in words(text)]
    if number:
        digits = [piece for piece in pieces if piece[2].isdigit()]
        pieces += [
            (digits[first][0], digits[last][1], "".join(piece[2] for piece in digits[first : last + 1]))
            for first in range(len(digits))
            for last in range(first + 1, min(first + _MOST_GROUPS, len(digits)))
        ]
    return pieces


def _as_text(part: SoughtPart, letters: str) -> int | None:
    bare = letters.lstrip("0") if part.number else letters
    for text in part.spelt:
        if bare == text or (part.number and len(text) >= _SAME and bare[-_SAME:] == text[-_SAME:]):
            return WORD
    if any(bare.startswith(text) for text in part.spelt):
        return PREFIX
    return INSIDE if any(len(text) >= _INSIDE and _within(text, bare) for text in part.spelt) else None
