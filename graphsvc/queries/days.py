"""Finds comparisons of a day with text or with a moment: they never match, except that `<>` always does.

The graph stores a date as the text given and, next to it, as the earliest and latest day it can mean. A property's kind
follows from its name, a parameter's kind from its value. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphsvc.queries.notices import Notice
from graphsvc.queries.tokens import Token, position, tokens
from graphsvc.records.labels import WORDS

_ENDS = ("_earliest", "_latest")
_DAYS = frozenset(name for name in WORDS["property"] if name.endswith(_ENDS))
_GIVEN = frozenset(name.removesuffix(end) for name in _DAYS for end in _ENDS) - _DAYS
_SPANS = frozenset({"first_on", "last_on", "first_on_p", "last_on_p"})
_COMPARING = "<>="
# Next to one of these signs, a result of arithmetic is compared, not the property itself.
_RECKONING = "+-*/%^"
_SHOWN = {"day": "a day", "text": "text", "moment": "a moment"}
_MAKES = {"day": "date", "text": "toString"}
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class _Operand:
    """One side of a comparison. kind: of `_SHOWN`; called: its name or value in the query."""

    kind: str
    called: str
    offset: int
    is_property: bool = False


def mixed_comparisons(text: str, arguments: Mapping[str, Any]) -> tuple[Notice, ...]:
    """Find where a query compares a property with a value of another kind, so that nothing or everything matches.

    Args:
        text: Cypher.
        arguments: name → value of its parameters, as far as known.

    Example:
        >>> [str(notice) for notice in mixed_comparisons("MATCH (c) WHERE c.date_latest < '2020-05-08' RETURN c", {})]
        ["Line 1, column 17: `date_latest` is a day and '2020-05-08' is text, which never fit. Write date('2020-05-08')."]
    """
    stream = tokens(text)
    return tuple(
        Notice(_sentence(left, sign, right), *position(text, left.offset))
        for left, sign, right in _comparisons(stream, arguments)
        if left.kind != right.kind and (left.is_property or right.is_property)
    )


def _comparisons(stream: Sequence[Token], arguments: Mapping[str, Any]) -> Iterator[tuple[_Operand, str, _Operand]]:
    place = 1
    while place < len(stream):
        end = place
        while end < len(stream) and stream[end].kind == "sign" and stream[end].text in _COMPARING:
            end += 1
        if end > place:
            left, right = _before(stream, place, arguments), _behind(stream, end, arguments)
            if left is not None and right is not None:
                yield left, "".join(token.text for token in stream[place:end]), right
        place = end + 1 if end == place else end


def _before(stream: Sequence[Token], end: int, arguments: Mapping[str, Any]) -> _Operand | None:
    last, begin = stream[end - 1], end - 1
    if last.kind in ("name", "quoted"):
        while begin >= 2 and _is_dot(stream, begin - 1) and stream[begin - 2].kind in ("name", "quoted"):
            begin -= 2
    if begin > 0 and _is_reckoning(stream[begin - 1]):
        return None
    if begin < end - 1:
        return _property(last.text, stream[begin].offset)
    return _value(last, arguments)


def _behind(stream: Sequence[Token], begin: int, arguments: Mapping[str, Any]) -> _Operand | None:
    if begin >= len(stream):
        return None
    first, end = stream[begin], begin + 1
    while end + 1 < len(stream) and _is_dot(stream, end) and stream[end + 1].kind in ("name", "quoted"):
        end += 2
    if end < len(stream) and _is_reckoning(stream[end]):
        return None
    called = end < len(stream) and stream[end].kind == "sign" and stream[end].text in "(["
    if first.word == "DATE" and end == begin + 1 and called:
        return _Operand("day", "date(…)", first.offset)
    if called:
        return None
    if first.kind in ("name", "quoted"):
        return _property(stream[end - 1].text, first.offset) if end > begin + 1 else None
    return _value(first, arguments) if end == begin + 1 else None


def _is_reckoning(token: Token) -> bool:
    return token.kind == "sign" and token.text in _RECKONING


def _is_dot(stream: Sequence[Token], place: int) -> bool:
    return stream[place].kind == "sign" and stream[place].text == "."


def _property(name: str, offset: int) -> _Operand | None:
    kind = "day" if name in _DAYS else "text" if name in _GIVEN | _SPANS else ""
    return _Operand(kind, f"`{name}`", offset, is_property=True) if kind else None


def _value(token: Token, arguments: Mapping[str, Any]) -> _Operand | None:
    if token.kind == "string":
        return _Operand("text", f"'{token.text[:_LONGEST]}'", token.offset)
    value = arguments.get(token.text) if token.kind == "parameter" else None
    for of, kind in ((str, "text"), (dt.datetime, "moment"), (dt.date, "day")):  # in Python a moment is also a day
        if isinstance(value, of):
            return _Operand(kind, f"${token.text}", token.offset)
    return None


def _sentence(left: _Operand, sign: str, right: _Operand) -> str:
    known, compared = (left, right) if left.is_property else (right, left)
    outcome = "always differ" if sign == "<>" else "never fit"
    says = f"{known.called} is {_SHOWN[known.kind]} and {compared.called} is {_SHOWN[compared.kind]}, which {outcome}."
    return (
        f"{says} Write {_MAKES[known.kind]}({compared.called.strip('`') if compared.is_property else compared.called})."
    )
