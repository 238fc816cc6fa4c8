"""Saved queries, and the file that carries them to another case or home. No I/O; file contents are untrusted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from graphsvc.errors import InputError, RequestError
from graphsvc.records.lines import is_shown
from graphsvc.service.cypher import parameters

FORMAT = "graphsvc saved queries"
VERSION = 1
MOST_BYTES = 256 * 1024
MOST = 500  # maximum number of queries in one file, and per person in one case
LONGEST = {"name": 100, "title": 200, "why": 1_000, "text": 20_000}
_LINES = str.maketrans("\n\t", "  ")
_TOP = ("format", "version", "case", "queries")
_KEYS = (*LONGEST, "parameters")


@dataclass(frozen=True, slots=True)
class Words:
    """A query as typed.

    Attributes:
        name: its unique name.
        title, why: the question it answers and its purpose, in words.
        text: the Cypher.
        parameters: name → JSON value.
    """

    name: str
    text: str
    title: str = ""
    why: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)


def require(words: Words) -> Words:
    """Normalise a query for storage: single spaces in name, title and purpose; uniform line ends in the text.

    Raises:
        RequestError: a part cannot be stored; the message is one sentence.
    """
    texts = {name: getattr(words, name).replace("\r\n", "\n").replace("\r", "\n") for name in LONGEST}
    for name in ("name", "title", "why"):
        texts[name] = " ".join(texts[name].split())
    texts["text"] = texts["text"].rstrip()
    for name, most in LONGEST.items():
        if len(texts[name]) > most:
            raise RequestError(f"The {name} has {len(texts[name]):,} characters; it may have {most:,}. Shorten it.")
        if not is_shown(texts[name] if name != "text" else texts[name].translate(_LINES)):
            raise RequestError(f"The {name} holds characters that cannot be shown. Write it without them.")
    if not texts["name"]:
        raise RequestError("Give the query a name.")
    if not texts["text"].strip():
        raise RequestError("There is no text to save.")
    parameters.require(words.parameters)
    return Words(**texts, parameters=dict(words.parameters))


def file_text(case: str, queries: Iterable[Words]) -> str:
    """Write queries as a file (JSON)."""
    known = [{key: asdict(words)[key] for key in _KEYS} for words in queries]
    file = {"format": FORMAT, "version": VERSION, "case": case, "queries": known}
    return json.dumps(file, ensure_ascii=False, indent=1) + "\n"


def read(file: bytes) -> tuple[list[Words], list[tuple[str, str]]]:
    """Return the queries of a file, and its refused entries: (name or number, reason in one sentence).

    Raises:
        InputError: it is not a file of saved queries; the message is one sentence.
    """
    if len(file) > MOST_BYTES:
        raise InputError(f"The file is larger than {MOST_BYTES // 1024} KiB. Export fewer queries at a time.")
    try:
        content = json.loads(file.decode("utf-8-sig"), object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"The file is no JSON{where}. Choose one that Export made.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError("The file is JSON, but no library of saved queries. Choose one that Export made.")
    if content.get("version") != VERSION:
        raise InputError(f"The file has another version of the format than {VERSION}, which this service reads.")
    _require_keys(content, _TOP, "The file")
    queries = content.get("queries")
    if not isinstance(queries, list):
        raise InputError("The file has no list of queries.")
    if len(queries) > MOST:
        raise InputError(f"The file has {len(queries):,} queries; {MOST} can be read at once.")
    by_name: dict[str, Words] = {}
    refused: list[tuple[str, str]] = []
    for number, query in enumerate(queries, 1):
        name = _query_label(query, number)
        try:
            words = _words(query)
            if words.name.casefold() in by_name:
                raise RequestError("The file has another query of this name before it.")
            by_name[words.name.casefold()] = words
        except (RequestError, InputError) as error:
            refused.append((name, str(error)))
    return list(by_name.values()), refused


def _words(query: Any) -> Words:
    if not isinstance(query, dict):
        raise InputError("It is no query but another kind of value.")
    _require_keys(query, _KEYS, "The query")
    for key in LONGEST:
        if not isinstance(query.get(key, ""), str):
            raise InputError(f"Its {key} is no text.")
    if not isinstance(query.get("parameters", {}), dict):
        raise InputError("Its parameters are no object of names and values.")
    return require(Words(query.get("name", ""), query.get("text", ""), query.get("title", ""), query.get("why", ""),
                         query.get("parameters", {})))  # fmt: skip


def _require_keys(value: Mapping[str, Any], known: Iterable[str], holder: str) -> None:
    for key in value:
        if key not in known:
            raise InputError(f"{holder} has a field {_printable(key)} that is not known. It takes: {', '.join(known)}.")


def _query_label(query: Any, number: int) -> str:
    name = query.get("name") if isinstance(query, dict) else None
    return _printable(name) if isinstance(name, str) and name.strip() else f"number {number}"


def _printable(text: str) -> str:
    """Return text from the file, made safe to use in a message."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:60]


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InputError("The file says a field of one and the same object twice. Choose one that Export made.")
    return fields


def _no_number(word: str) -> Any:
    raise ValueError(word)
