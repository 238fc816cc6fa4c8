"""Text in a cell of a table that goes out: a spreadsheet that opens it runs nothing."""

from __future__ import annotations

# A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    Example:
        >>> inert("=1+1"), inert("Ash")
        ("'=1+1", 'Ash')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text
