"""What of a row's cells tells whose row it is: e-mail, names of users, numbers of documents, parts of addresses, days.

A column of the deliverer's own says what it holds by its name, or the text does by its form; what is neither is no
identity, and words of every day are none. So of somebody sealed

| a cell with | is looked for |
|---|---|
| an e-mail address | whole, with `at` and `dot` in words, and what stands before the `@` if it is no plain word |
| `@name`, or an address on the web | the name, and the last part of the address |
| a telephone number of seven digits and more | as other numbers are |
| letters and digits, or five digits and more, and no sentence | whole, in any spacing; no amount of money, no date |
| a number and a street, a British postcode | each, the street also shortened (`St`, `Rd`) |
| two to four words with capitals | whole |
| one word, if the column's name says that it is a name, a number or an address | whole |
| a full day, if the column's name says that it is of birth | in every form (`birthdays`) |
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from graphsvc.names.birthdays import days
from graphsvc.names.spelling import word_list
from graphsvc.records.dates import parse_date
from graphsvc.records.tables import DWELLING

# Words in the name of a column that say what is in it.
_OF_NAMES = word_list(
    "name names alias aliases nick nickname aka kunya handle user username login account profile facebook instagram"
    " telegram whatsapp snapchat tiktok twitter signal skype viber imo passport document doc number no nr ref reference id"
    " card visa licence license iban mother father parent wife husband spouse guardian sibling brother sister child son"
    " daughter kin relative family mail email phone mobile tel address street home lives postcode plate registration ho cid"
)
_OF_BIRTH = word_list("born birth birthday birthdate dob")
_NO_DAY = word_list("flat room unit apartment floor cell house block box number")
_SHORT = {"street": "st", "road": "rd", "lane": "ln", "avenue": "ave", "court": "ct", "drive": "dr", "square": "sq"}

_EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}")
_HANDLE = re.compile(r"(?<![\w.])@(\w[\w.\-]{2,40})")
_WEB = re.compile(
    r"(?:https?://|www\.)?(?:[\w\-]{1,63}\.){1,4}[a-z]{2,12}/(?:[\w.%\-]{1,80}/){0,6}@?([\w.\-]{3,80})", re.I
)
_PHONE = re.compile(r"(?<![\w])[+(]{0,2}\d[\d\s().\-/]{5,24}\d(?![\w])")
_AMOUNT = re.compile(r"\W{0,2}[\d.,]{1,20}\s?(?:[a-z]{1,12}|[€£$])?\W{0,2}", re.IGNORECASE)
_CODE = re.compile(r"[^\W_](?:[\w ./\-]{3,38})[^\W_]")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b")
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
    """What tells whose row it is, in a cell of the deliverer's own: (kind of `Needle`, text).

    Example:
        >>> list(of_cell("x_passport", "AB12CDE")), list(of_cell("x_hair", "black"))
        ([('value', 'AB12CDE')], [])
    """
    named = {word.lower() for word in _WORD.findall(column.replace("_", " "))}
    text = text.strip()
    if named & _OF_BIRTH:
        if days(text):
            yield "date", text
        return
    yield from of_text(text)
    if not 2 < len(text) <= _LONGEST or "@" in text or _is_date(text):
        return
    yield from of_address(text)
    pieces = _WORD.findall(text)
    phone = _PHONE.fullmatch(text) and _digits(text) >= _PHONE_DIGITS
    if not phone and (_is_code(text) or _is_name(pieces) or (named & _OF_NAMES and len(pieces) == 1)):
        yield "value", text


def of_text(text: str) -> Iterator[tuple[str, str]]:
    """E-mail addresses, names of users and telephone numbers inside a text."""
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
    """The street with its number, and a British postcode.

    Example:
        >>> [part for _, part in of_address("Flat 2, 12 Harbour Lane, Dover CT16 1AA")]
        ['CT16 1AA', '12 Harbour Lane', '12 Harbour ln']
    """
    for match in _POSTCODE.finditer(text):
        yield "value", match.group()
    parts = [part.strip() for part in _POSTCODE.sub("", text)[:_LONGEST].split(",")]
    for place, part in enumerate(parts):
        street = f"{part} {parts[place + 1]}" if part.isdigit() and place + 1 < len(parts) else part
        pieces = street.split()
        words = [piece for piece in pieces if _LETTERS.search(piece)]
        numbered = any(piece[0].isdigit() for piece in (pieces[:1] + pieces[-1:]))
        telling = [word for word in words if word.lower() not in _NO_DAY]
        if not (numbered and telling and len("".join(words)) >= _STREET and len(pieces) <= _DOCUMENT):
            continue
        if _LOWER.fullmatch(telling[0]):  # "12 boats": no name of a street
            continue
        yield "value", street
        last = words[-1].lower().rstrip(".")
        if last in _SHORT:
            yield "value", " ".join(_SHORT[last] if piece == words[-1] else piece for piece in pieces)


def of_thing(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What besides its value and name tells whose a thing is."""
    value = values.get("value") or values.get("name") or ""
    if values["kind"] == "address":
        yield from of_address(value)
    elif values["kind"] in ("online", "account"):
        yield from of_text(value)
    elif values["kind"] == DWELLING:
        # What it is called may be a word of every day, or its town; an address tells by its street.
        yield from of_cell("x_place", value)
        for text in (value, values.get("address") or ""):
            yield from of_text(text)
            yield from of_address(text)


def cells(values: Mapping[str, Any], common: Collection[str]) -> Iterator[tuple[str, str]]:
    """What tells whose row it is in all cells of the deliverer's own.

    Args:
        values: the row.
        common: texts (in small letters) that tell nobody apart: several rows have them, or they are somebody's name.
    """
    for column, value in values.items():
        if column.startswith("x_") and isinstance(value, str):
            for kind, text in of_cell(column, value):
                if text.lower() not in common:
                    yield kind, text


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _is_user(name: str) -> bool:
    return len(name) >= (_PLAIN_USER if name.isalpha() else _USER)


def _is_code(text: str) -> bool:
    """Whether it is the number of a document rather than words or an amount."""
    if not _CODE.fullmatch(text) or _LOWER.search(text) or _AMOUNT.fullmatch(text):
        return text.isdigit() and len(text) >= _DOCUMENT
    digits, letters = _digits(text), sum(map(str.isalpha, text))
    return digits >= _DOCUMENT or (digits > 1 and letters > 0 and digits + letters >= _MIXED)


def _is_name(pieces: list[str]) -> bool:
    return 2 <= len(pieces) <= _MOST_NAMES and all(piece.isalpha() and piece[0].isupper() for piece in pieces)


def _is_date(text: str) -> bool:
    if days(text):
        return True
    try:
        parse_date(text.strip())
    except ValueError:
        return False
    return True
