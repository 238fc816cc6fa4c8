"""Lists in graphs of other programs → their values one by one, as the texts of cells."""

from __future__ import annotations

import json
import re

# One value of a list as Gephi writes it, in quotes where it holds what stands between values.
_VALUE = re.compile(
    r"""\s*(?:(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)\s*|[^,]*)(?:,|\Z)""", re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# How Gephi writes a list without values.
_EMPTY = "<empty>"


def gexf_values(text: str) -> list[str]:
    r"""The values of a list of GEXF: in brackets with commas between, as Gephi writes it, or with bars between.

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
    """The values of a list that stands in a cell as JSON, as APOC writes it to GraphML; of anything else the text itself.

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
    """A value of JSON as the text of a cell.

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
    r"""Whether a text out of JSON can stand in a cell: half a sign is nothing that can be stored, and no table holds a NUL.

    Example:
        >>> is_storable("Hewa"), is_storable("\ud800"), is_storable("\0")
        (True, False, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
