"""Numbers as people and programs write them, in the digits 0 to 9 and within a database's range; counts in words."""

from __future__ import annotations

import math
import re
from types import MappingProxyType

LARGEST = 2**63 - 1
_LEAST_SHOWN = 0.0001
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_REAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
# Irregular plurals.
MANY = MappingProxyType(
    {"entity": "entities", "identity": "identities", "person": "people", "query": "queries", "witness": "witnesses"}
)


def whole(text: str) -> int:
    """Read a whole number. Stricter than `int`, which accepts digits of any script, `1_000`, and any length.

    Raises:
        ValueError: `text` is not a whole number, or is larger than a database stores.

    Example:
        >>> whole(" -12 ")
        -12
    """
    text = text.strip()
    if _WHOLE.fullmatch(text) is None or abs(int(text)) > LARGEST:
        raise ValueError(f"{text[:40]!r} is no whole number")
    return int(text)


def real(text: str) -> float:
    """Read a number. Stricter than `float`, for the same reasons as `whole`.

    Raises:
        ValueError: `text` is not a number, or is larger than a float holds.

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
    """Round to significant digits: rounding by decimal places would turn small numbers into 0.

    Example:
        >>> significant(0.0204), significant(38.44), significant(12345.6), significant(0.0)
        (0.0204, 38.4, 12300.0, 0.0)
    """
    return float(f"{number:.{digits}g}")


def short(number: float) -> str:
    """Format a number of 0 or more: one decimal place, and two significant digits below 1.

    Example:
        >>> short(38.44), short(1.0), short(0.996), short(0.43), short(0.0204), short(0.0), short(0.00002)
        ('38.4', '1.0', '1.0', '0.43', '0.02', '0.0', 'under 0.0001')
    """
    if number == 0 or round(number, 2) >= 1:
        return f"{number:,.1f}"
    return f"{number:.2g}" if number >= _LEAST_SHOWN else f"under {_LEAST_SHOWN}"


def chance(p: float) -> str:
    """Format a p-value.

    Example:
        >>> chance(0.0123), chance(0.00074), chance(0.00002)
        ('0.012', '0.00074', '< 0.0001')
    """
    return f"{p:.2g}" if p >= _LEAST_SHOWN else f"< {_LEAST_SHOWN}"


def plural(number: float | str, singular: str, many: str = "") -> str:
    """Return the form of a word that fits a number: `singular` only for 1.

    Args:
        number: how many; a word such as `few` is plural.
        singular: the word for one.
        many: the word for several; empty for the noun's usual plural.

    Example:
        >>> plural(1, "link"), plural(0, "entity"), plural(2, "is", "are"), plural("few", "group")
        ('link', 'entities', 'are', 'groups')
    """
    return singular if number == 1 else many or MANY.get(singular, f"{singular}s")


def count(number: int | str, singular: str, many: str = "") -> str:
    """Format a number with the noun it counts.

    Args:
        number: how many.
        singular: the word for one.
        many: the word for several; empty for the noun's usual plural.

    Example:
        >>> count(1, "link"), count(1234, "person"), count("few", "group")
        ('1 link', '1,234 people', 'few groups')
    """
    return f"{number if isinstance(number, str) else f'{number:,}'} {plural(number, singular, many)}"
