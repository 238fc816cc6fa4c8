"""Numbers as people and programs write them: in the digits 0 to 9 and no larger than a database keeps; counts in words."""

from __future__ import annotations

import math
import re
from types import MappingProxyType

LARGEST = 2**63 - 1
_LEAST_SHOWN = 0.0001
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_REAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
# Nouns whose plural is not the noun with an s.
MANY = MappingProxyType(
    {"entity": "entities", "identity": "identities", "person": "people", "query": "queries", "witness": "witnesses"}
)


def whole(text: str) -> int:
    """The whole number that a text is. Python's own `int` takes digits of every script, `1_000`, and any length.

    Raises:
        ValueError: it is none, or larger than a database keeps.

    Example:
        >>> whole(" -12 ")
        -12
    """
    text = text.strip()
    if _WHOLE.fullmatch(text) is None or abs(int(text)) > LARGEST:
        raise ValueError(f"{text[:40]!r} is no whole number")
    return int(text)


def real(text: str) -> float:
    """The number that a text is, of which `float` takes too much in the same way.

    Raises:
        ValueError: it is none, or larger than a float holds.

    Example:
        >>> real("0.5"), real("1e3")
        (0.5, 1000.0)
    """
    text = text.strip()
    number = float(text) if _REAL.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]!r} is no number")
    return number


def significant(number: float, digits: int = 3) -> float:
    """A number to so many significant digits: places after the point would make 0 of what is far below 1.

    Example:
        >>> significant(0.0204), significant(38.44), significant(12345.6), significant(0.0)
        (0.0204, 38.4, 12300.0, 0.0)
    """
    return float(f"{number:.{digits}g}")


def short(number: float) -> str:
    """A number of 0 or more as it is read: one place after the point, and below 1 two digits that say something.

    Example:
        >>> short(38.44), short(1.0), short(0.996), short(0.43), short(0.0204), short(0.0), short(0.00002)
        ('38.4', '1.0', '1.0', '0.43', '0.02', '0.0', 'under 0.0001')
    """
    if number == 0 or round(number, 2) >= 1:
        return f"{number:,.1f}"
    return f"{number:.2g}" if number >= _LEAST_SHOWN else f"under {_LEAST_SHOWN}"


def chance(p: float) -> str:
    """A p as it is read.

    Example:
        >>> chance(0.0123), chance(0.00074), chance(0.00002)
        ('0.012', '0.00074', '< 0.0001')
    """
    return f"{p:.2g}" if p >= _LEAST_SHOWN else f"< {_LEAST_SHOWN}"


def plural(number: float | str, singular: str, many: str = "") -> str:
    """A word as it stands with a number: `singular` with 1 alone.

    Args:
        number: of how many it is said; a word such as `few` is of several.
        singular: the word of one.
        many: the word of several; empty for a noun's plural.

    Example:
        >>> plural(1, "link"), plural(0, "entity"), plural(2, "is", "are"), plural("few", "group")
        ('link', 'entities', 'are', 'groups')
    """
    return singular if number == 1 else many or MANY.get(singular, f"{singular}s")


def count(number: int | str, singular: str, many: str = "") -> str:
    """A number with what it counts.

    Args:
        number: of how many it is said.
        singular: the word of one.
        many: the word of several; empty for a noun's plural.

    Example:
        >>> count(1, "link"), count(1234, "person"), count("few", "group")
        ('1 link', '1,234 people', 'few groups')
    """
    return f"{number if isinstance(number, str) else f'{number:,}'} {plural(number, singular, many)}"
