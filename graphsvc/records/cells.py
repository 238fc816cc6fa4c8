"""Text for table cells in exports, made safe so that no spreadsheet runs it as a formula."""

from __future__ import annotations

# A spreadsheet reads a cell that starts with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    Example:
        >>> inert("=1+1"), inert("Ash")
        ("'=1+1", 'Ash')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text
