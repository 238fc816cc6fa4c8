"""Reads numbers as countries write them (`1.250,50`, `1,250.50`, `1 250,50`); the caller gives the decimal sign."""

from __future__ import annotations

import re

_SPACES = re.compile(r"[ \u00a0\u202f]+")
# Digits in groups of three, or grouped as in India.
_GROUPS = re.compile(r"\d+|\d{1,3}(?:([,.' ])\d{3})(?:\1\d{3})*|\d{1,2}(?:([,.' ])\d\d)(?:\2\d\d)*\2\d{3}", re.ASCII)


def plain(text: str) -> str:
    """Return a written number with plain spaces and apostrophes.

    Example:
        >>> plain("1\u00a0250\u2019000")
        "1 250'000"
    """
    return _SPACES.sub(" ", text.replace("\u2019", "'"))


def is_grouped(text: str) -> bool:
    """Whether text is a whole number, with nothing between its thousands or always the same sign.

    Example:
        >>> [is_grouped(text) for text in ("1250", "1.250", "1.25", "1.250.000", "1.250,000", "1,00,000")]
        [True, True, False, True, False, True]
    """
    return _GROUPS.fullmatch(text) is not None


def decimal_text(text: str, decimal: str) -> str:
    """Return a number in the case format: digits, and a point before decimals.

    Args:
        text: the number as written.
        decimal: the sign before decimals; empty: the number has no decimals.

    Raises:
        ValueError: the text is not a number written in this way.

    Example:
        >>> decimal_text("-1.250,50", ","), decimal_text("1.250", ","), decimal_text("980", ",")
        ('-1250.50', '1250', '980')
    """
    sign = text[:1] if text[:1] in ("+", "-") else ""
    body = plain(text[len(sign) :])
    whole, _, rest = body.partition(decimal) if decimal else (body, "", "")
    if not is_grouped(whole) or not (rest == "" or (rest.isascii() and rest.isdigit())):
        raise ValueError(text)
    digits = re.sub("[^0-9]", "", whole)
    return f"{sign.strip('+')}{digits}{'.' if rest else ''}{rest}"
