"""Splits lists in graphs of other programs into values, as the texts of cells."""

from __future__ import annotations

import json
import re

# One value of a list as Gephi writes it, in quotes if it contains a separator.
_VALUE = re.compile(
    r"""\s*(?:(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)\s*|[^,]*)(?:,|\Z)""", re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# An empty list as Gephi writes it.
_EMPTY = "<empty>"


def gexf_values(text: str) -> list[str]:
    r"""Return the values of a GEXF list: in brackets with commas, as Gephi writes it, or separated by bars.

    Example:
        >>> gexf_values('[Hewa, "Berg, Ari"]'), gexf_values("Hewa|Karo"), gexf_values("Berg, Ari"), gexf_values("[]")
        (['Hewa', 'Berg, Ari'], ['Hewa', 'Karo'], ['Berg, Ari'], [])
    """
    if text == _EMPTY:
        return []
    if not (text.startswith("[") and text.endswith("]")):
        return [value.strip() for value in text.split("|")]
    values = (
        _ESCAPED.sub(r"\1", match["text"]) if match["quote"] else match[0].removesuffix(",").strip()
        for match in _VALUE.finditer(text[1:-1])
    )
    return [value for value in values if value]


def json_values(text: str) -> list[str]:
    """Return the values of a JSON list in a cell, as APOC writes it to GraphML; for any other text, the text itself.

    Example:
        >>> json_values('["H", 2, true]'), json_values("H, Hewo")
        (['H', '2', 'yes'], ['H, Hewo'])
    """
    try:
        values = json.loads(text)
        texts = [json_text(value) for value in values] if isinstance(values, list) else [text]
    except (ValueError, RecursionError):
        return [text]
    return texts if all(map(is_storable, texts)) else [text]


def json_text(value: object) -> str:
    """Return a JSON value as the text of a cell.

    Example:
        >>> json_text(True), json_text(42), json_text(None), json_text({"x": 1.5})
        ('yes', '42', '', '{"x": 1.5}')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def is_storable(text: str) -> bool:
    r"""Whether text from JSON can be stored in a cell: it has no lone surrogate and no NUL.

    Example:
        >>> is_storable("Hewa"), is_storable("\ud800"), is_storable("\0")
        (True, False, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
