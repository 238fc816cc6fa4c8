"""Identifiers in the cells of a row: e-mail addresses, user names, document numbers, streets with a number.

A cell's text is recognised as an identifier by its form or by the name of its column. Everyday words identify nobody.

| cell of a sealed person | looked for in texts |
|---|---|
| an e-mail address | whole, with `at` and `dot` in words, and the part before the `@` unless it is a short word |
| `@name`, or a web address | the name, and the last part of the address |
| a telephone number of at least seven digits | like any other number |
| a code of letters and digits, or at least five digits | whole, in any spacing; not amounts of money or dates |
| a number and a street | the street with its number, also shortened (`St`, `Rd`) |
| a name, in a column named for one (`x_nickname`) | whole |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphsvc.names.spelling import word_list
from graphsvc.records.dates import parse_date

# Words that mark a column as holding a person's name.
_OF_NAMES = word_list(
    "x name names full other alias aliases nick nickname aka kunya handle user username login telegram"
)
# A number after one of these words is not a house number.
_NO_STREET = word_list("flat room unit apartment floor cell house block box number")
_SHORT = {"street": "st", "road": "rd", "lane": "ln", "avenue": "ave", "court": "ct", "drive": "dr", "square": "sq"}

_EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}")
_HANDLE = re.compile(r"(?<![\w.])@(\w[\w.\-]{2,40})")
_WEB = re.compile(
    r"(?:https?://|www\.)?(?:[\w\-]{1,63}\.){1,4}[a-z]{2,12}/(?:[\w.%\-]{1,80}/){0,6}@?([\w.\-]{3,80})", re.I
)
_PHONE = re.compile(r"(?<![\w])[+(]{0,2}\d[\d\s().\-/]{5,24}\d(?![\w])")
_AMOUNT = re.compile(r"\W{0,2}[\d.,]{1,20}\s?(?:[a-z]{1,12}|[€£$])?\W{0,2}", re.IGNORECASE)
_CODE = re.compile(r"[^\W_](?:[\w ./\-]{3,38})[^\W_]")
_DAY = re.compile(r"\W*(?:\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|\d{1,2}\s\w{3,9}\s\d{4})\W*")
_LOWER = re.compile(r"[^\W\d_A-Z]{4,}")
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_LONGEST = 200
_USER = 5
_PLAIN_USER = 8
_DOCUMENT = 5
_MIXED = 6
_PHONE_DIGITS = 7
_MOST_NAMES = 4
_STREET = 6


def of_cell(column: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the identifiers in a custom cell, as (kind of `names.whole.Needle`, text).

    Example:
        >>> list(of_cell("x_passport", "AB12CDE")), list(of_cell("x_hair", "black")), list(of_cell("x_nickname", "Wolf"))
        ([('value', 'AB12CDE')], [], [('name', 'Wolf')])
    """
    text = text.strip()
    yield from of_text(text)
    if not 2 < len(text) <= _LONGEST or "@" in text or _is_date(text):
        return
    yield from of_address(text)
    called = {word.lower() for word in _WORD.findall(column.replace("_", " "))}
    pieces = _WORD.findall(text)
    if called <= _OF_NAMES and len(pieces) <= _MOST_NAMES:
        yield "name", text
    elif _is_code(text) and not (_PHONE.fullmatch(text) and _digits(text) >= _PHONE_DIGITS):
        yield "value", text


def of_text(text: str) -> Iterator[tuple[str, str]]:
    """Yield e-mail addresses, user names and telephone numbers found in a text."""
    for match in _EMAIL.finditer(text):
        address = match.group()
        local, _, domain = address.partition("@")
        yield "value", address
        yield "value", f"{local} at {domain}"
        yield "value", f"{local} at {domain.replace('.', ' dot ')}"
        if _is_user(local):
            yield "value", local
    for match in (*_HANDLE.finditer(text), *_WEB.finditer(text)):
        if _is_user(name := match.group(1).rstrip(".-")):
            yield "value", name
    for match in _PHONE.finditer(text):
        if _digits(match.group()) >= _PHONE_DIGITS and not _is_date(match.group()):
            yield "phone", match.group()


def of_address(text: str) -> Iterator[tuple[str, str]]:
    """Yield streets with their house number, as written and with the type of street shortened.

    Example:
        >>> [part for _, part in of_address("Flat 2, 12 Harbour Lane, Dover CT16 1AA")]
        ['12 Harbour Lane', '12 Harbour ln']
    """
    parts = [part.strip() for part in text[:_LONGEST].split(",")]
    for place, part in enumerate(parts):
        street = f"{part} {parts[place + 1]}" if part.isdigit() and place + 1 < len(parts) else part
        pieces = street.split()
        spelt = [piece for piece in pieces if _LETTERS.search(piece)]
        telling = [word for word in spelt if word.lower() not in _NO_STREET]
        numbered = any(piece[0].isdigit() for piece in (pieces[:1] + pieces[-1:]))
        if not (numbered and telling and len("".join(spelt)) >= _STREET and len(pieces) <= _DOCUMENT):
            continue
        if _LOWER.fullmatch(telling[0]):  # "12 boats" is not a street name
            continue
        yield "value", street
        last = spelt[-1].lower().rstrip(".")
        if last in _SHORT:
            yield "value", " ".join(_SHORT[last] if piece == spelt[-1] else piece for piece in pieces)


def of_thing(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the identifiers of a thing or dwelling (number, account, street), but not a plain name (`identity card`).

    Example:
        >>> list(of_thing({"kind": "vehicle", "value": "LN02 SVE", "name": "white van"}))
        [('value', 'LN02 SVE')]
    """
    value = values.get("value") or ""
    if values["kind"] == "phone":
        yield "phone", value
    elif values["kind"] == "account" or (value and _digits(value) and values["kind"] != "address"):
        yield "value", value
    for text in (value, values.get("address") or "", values.get("name") or ""):
        yield from of_text(text)
        yield from of_address(text)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _is_user(name: str) -> bool:
    return len(name) >= (_PLAIN_USER if name.isalpha() else _USER)


def _is_code(text: str) -> bool:
    """Whether the text looks like a document number rather than words or an amount."""
    if not _CODE.fullmatch(text) or _LOWER.search(text) or _AMOUNT.fullmatch(text):
        return text.isdigit() and len(text) >= _DOCUMENT
    digits, letters = _digits(text), sum(map(str.isalpha, text))
    return digits >= _DOCUMENT or (digits > 1 and letters > 0 and digits + letters >= _MIXED)


def _is_date(text: str) -> bool:
    if _DAY.fullmatch(text):
        return True
    try:
        parse_date(text.strip())
    except ValueError:
        return False
    return True
