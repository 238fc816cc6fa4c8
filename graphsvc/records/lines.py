"""Text that people type as a name or as a reason: a single line, or a longer reason."""

from __future__ import annotations

import unicodedata

from graphsvc.errors import RequestError

LONGEST_REASON = 2000
# Zero-width characters that join letters or keep them apart: Persian, Kurdish and Hindi are written with them.
_JOINING = frozenset("\u200c\u200d")


def is_line(text: str, most: int) -> bool:
    """Whether a text can be a name that people type: 1 to `most` printable characters on one line, no outer blanks.

    Example:
        >>> is_line("dover", 100), is_line(" dover", 100), is_line("", 100), is_line("a" + chr(10) + "b", 100)
        (True, False, False, False)
    """
    return 0 < len(text) <= most and text.isprintable() and text == text.strip()


def is_title(text: str, most: int) -> bool:
    """Whether a text can be a title that people read and choose: like `is_line`, but with any character of `is_shown`.

    Example:
        >>> is_title("Ann's boats", 100), is_title("a" + chr(10) + "b", 100)
        (True, False)
    """
    return 0 < len(text) <= most and is_shown(text) and text == text.strip()


def is_shown(text: str) -> bool:
    """Whether all characters can be shown on one line, including joining characters and the spaces of any script.

    Example:
        >>> is_shown("Miryem" + chr(0x200C) + "can"), is_shown("Ann" + chr(0x202E)), is_shown("a" + chr(9) + "b")
        (True, False, False)
    """
    return all(sign.isprintable() or sign in _JOINING or unicodedata.category(sign) == "Zs" for sign in text)


def plain(typed: str) -> str:
    """Return typed text without outer blanks, and with line feeds as line ends: forms send two characters for each.

    Example:
        >>> plain("one" + chr(13) + chr(10) + "two ").split(chr(10))
        ['one', 'two']
    """
    return typed.replace("\r\n", "\n").replace("\r", "\n").strip()


def require_reason(text: str, why: str = "") -> str:
    """Return a typed reason in the form in which it is stored: see `plain`.

    Args:
        text: as typed.
        why: what the reason is for, added to the message if it is missing or too long.

    Example:
        >>> require_reason(" both were on the boat ")
        'both were on the boat'

    Raises:
        RequestError: no reason was given, or it is too long.
    """
    text = plain(text)
    if not 0 < len(text) <= LONGEST_REASON:
        raise RequestError(f"Give a reason, of at most {LONGEST_REASON} characters{f': {why}' if why else ''}.")
    return text
