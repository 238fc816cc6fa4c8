"""Finds what names sealed persons inside other text, and puts their pseudonym in its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_WORD = re.compile(r"\w+")
# Shorter needles would mask ordinary words and numbers everywhere.
SHORTEST = 3


class Masker:
    """Masks texts of one case.

    Args:
        pseudonyms: text that names someone sealed (a name, alias, phone or id) → pseudonym.

    Example:
        >>> Masker({"Hewa Karim": "S-1"}).mask("then HEWA  KARIM paid")
        'then S-1 paid'
    """

    def __init__(self, pseudonyms: Mapping[str, str]) -> None:
        self._needles: dict[str, list[tuple[list[str], str]]] = {}
        for text, pseudonym in pseudonyms.items():
            words = _WORD.findall(_folded(text))
            if sum(map(len, words)) >= SHORTEST:
                self._needles.setdefault(words[0], []).append((words, pseudonym))
        for found in self._needles.values():
            found.sort(key=lambda needle: -len(needle[0]))  # the longest name first

    def mask(self, text: str) -> str:
        """`text` with every needle replaced, whatever its case, accents and spacing; unchanged if there is none."""
        if not self._needles:
            return text
        found = [(match.start(), match.end(), _folded(match.group())) for match in _WORD.finditer(text)]
        words = [word for _, _, word in found]
        parts: list[str] = []
        done = place = 0
        while place < len(found):
            for needle, pseudonym in self._needles.get(words[place], ()):
                if words[place : place + len(needle)] == needle:
                    parts += [text[done : found[place][0]], pseudonym]
                    place += len(needle)
                    done = found[place - 1][1]
                    break
            else:
                place += 1
        return "".join([*parts, text[done:]]) if parts else text


def _folded(text: str) -> str:
    """Without case and accents, so that variants of a name meet."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
