"""What somebody types to name or to justify something: one line, or a reason."""

from __future__ import annotations

import unicodedata

from graphsvc.errors import RequestError

LONGEST_REASON = 2000
# Signs without width that join letters or keep them apart: Persian, Kurdish and Hindi write with them.
_JOINING = frozenset("\u200c\u200d")


def is_line(text: str, most: int) -> bool:
    """Whether a text can be a name that others type: 1 to `most` printable characters of one line, without blanks around them.

    Example:
        >>> is_line("dover", 100), is_line(" dover", 100), is_line("", 100), is_line("a" + chr(10) + "b", 100)
        (True, False, False, False)
    """
    return 0 < len(text) <= most and text.isprintable() and text == text.strip()


def is_title(text: str, most: int) -> bool:
    """Whether a text can be a name that is read and chosen, in any script: as `is_line`, of signs that can be shown.

    Example:
        >>> is_title("Ann's boats", 100), is_title("a" + chr(10) + "b", 100)
        (True, False)
    """
    return 0 < len(text) <= most and is_shown(text) and text == text.strip()


def is_shown(text: str) -> bool:
    """Whether all signs of a text can be shown, on one line: those that join letters and spaces of any script among them.

    Example:
        >>> is_shown("Miryem" + chr(0x200C) + "can"), is_shown("Ann" + chr(0x202E)), is_shown("a" + chr(9) + "b")
        (True, False, False)
    """
    return all(sign.isprintable() or sign in _JOINING or unicodedata.category(sign) == "Zs" for sign in text)


def plain(typed: str) -> str:
    """What was typed, without the blanks at its ends, each line ended by one character: a form sends two for each.

    Example:
        >>> plain("one" + chr(13) + chr(10) + "two ").split(chr(10))
        ['one', 'two']
    """
    return typed.replace("\r\n", "\n").replace("\r", "\n").strip()


def require_reason(text: str, why: str = "") -> str:
    """A reason as it is kept: `plain`.

    Args:
        text: as it was typed.
        why: what it is for, told to who gave none.

    Example:
        >>> require_reason(" both were on the boat ")
        'both were on the boat'

    Raises:
        RequestError: there is none, or it is too long.
    """
    text = plain(text)
    if not 0 < len(text) <= LONGEST_REASON:
        raise RequestError(f"Give a reason, of at most {LONGEST_REASON} characters{f': {why}' if why else ''}.")
    return text
