r"""Cypher text as tokens, just fine enough to tell the language's words from strings, quoted names and comments.

Not a parser: the server says whether a query is correct. Its purpose is to find forbidden words however they are
written. So where two readings are possible it takes the one that finds more: a comment ends at any line end, and
escapes for a character (`\u0043`) are refused, since a server may resolve them first.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from graphsvc.errors import CypherFault

_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_ESCAPE = re.compile(r"\\u+", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"\d[\d.]*")  # letters after it form a separate token: no word may hide there


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a query.

    Attributes:
        kind: `name`, `quoted` (a name in backticks), `string`, `number`, `parameter` or `sign`.
        text: its content: without quotes or backticks, and without the `$` of a parameter.
        offset: its start, in characters from 0.
    """

    kind: str
    text: str
    offset: int

    @property
    def word(self) -> str:
        """The Cypher word that this token may be, in capitals; empty for a token that cannot be one."""
        return unicodedata.normalize("NFKC", self.text).upper() if self.kind == "name" else ""


def tokens(text: str) -> list[Token]:
    r"""Split a Cypher text into tokens, without comments and blanks.

    Raises:
        CypherFault: a string, a name or a comment does not end, or a character is written as an escape.

    Example:
        >>> [token.text for token in tokens("MATCH (n) /* all */ WHERE n.id = 'CALL' RETURN n")]
        ['MATCH', '(', 'n', ')', 'WHERE', 'n', '.', 'id', '=', 'CALL', 'RETURN', 'n']
    """
    escape = _ESCAPE.search(text)
    if escape:
        raise fault(
            text, escape.start(), "Characters written as \\u escapes are not taken. Write the character itself."
        )
    pieces: list[Token] = []
    place = 0
    while place < len(text):
        sign, pair = text[place], text[place : place + 2]
        if pair == "//":
            end = _LINE_ENDS.search(text, place)
            place = end.end() if end else len(text)
        elif pair == "/*":
            place = _after(text, place, "*/", place + 2, "This comment does not end: */ is missing.")
        elif sign in "'\"":
            end_of = _end_of_string(text, place)
            pieces.append(Token("string", text[place + 1 : end_of - 1], place))
            place = end_of
        elif sign == "`":
            end_of = _end_of_quoted(text, place)
            _add(pieces, Token("quoted", text[place + 1 : end_of - 1].replace("``", "`"), place))
            place = end_of
        elif match := _NAME.match(text, place):
            _add(pieces, Token("name", match.group(), place))
            place = match.end()
        elif match := _NUMBER.match(text, place):
            pieces.append(Token("number", match.group(), place))
            place = match.end()
        else:
            if not sign.isspace():
                pieces.append(Token("sign", sign, place))
            place += 1
    return pieces


def _add(pieces: list[Token], name: Token) -> None:
    """Add a name; directly after a `$` it is a parameter."""
    if pieces and pieces[-1] == Token("sign", "$", name.offset - 1):
        pieces[-1] = Token("parameter", name.text, name.offset - 1)
    else:
        pieces.append(name)


def position(text: str, offset: int) -> tuple[int, int]:
    """Return a character's line and column, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def fault(text: str, offset: int, says: str) -> CypherFault:
    """Return the error for something wrong at a character of a query."""
    return CypherFault(says, *position(text, offset))


def _after(text: str, begin: int, end: str, start: int, missing: str) -> int:
    """Return the place after the next `end` from `start` on."""
    place = text.find(end, start)
    if place < 0:
        raise fault(text, begin, missing)
    return place + len(end)


def _end_of_string(text: str, begin: int) -> int:
    place = begin + 1
    while place < len(text):
        if text[place] == "\\":
            place += 2
        elif text[place] == text[begin]:
            return place + 1
        else:
            place += 1
    raise fault(text, begin, f"This text does not end: {text[begin]} is missing.")


def _end_of_quoted(text: str, begin: int) -> int:
    place = begin
    while True:
        place = _after(text, begin, "`", place + 1, "This name does not end: ` is missing.")
        if text[place : place + 1] != "`":
            return place
