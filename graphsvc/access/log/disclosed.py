"""Reduces an act's details to the parts that the log may contain: kinds, numbers, dates and own ids, never names.

A typed text may name a witness or a sealed person, so typed text is only logged if it is known to be safe: a pseudonym,
a claim's id, a code such as `P12`, a partial date, a relation. For anything else the log records its length.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from graphsvc.errors import RequestError
from graphsvc.queries import Query
from graphsvc.records.relations import RELATIONS

# Details whose values come from this software or its operators, never from a search.
_WORDS = frozenset(
    {
        "account",
        "action",
        "format",
        "grant",
        "grants",
        "kind",
        "of",
        "opened",
        "query",
        "role",
        "roles",
        "state",
        "step",
    }
    | {"what", "where"}
)
_SAFE = re.compile(
    r"[NQST](-[0-9A-Z]{4}){3}"  # pseudonym, or id of a row added by hand
    r"|[0-9a-f]{24}|[0-9a-f]{32}"  # id of a claim, an upload or a job
    r"|[A-Za-z]{0,4}[-_]?[0-9]{1,6}"  # a code such as P12; phone numbers are longer
    r"|[0-9]{4}(-[0-9]{2}){0,2}",  # a date, perhaps partial
    re.ASCII,
)
_TOLD = re.compile(r"[0-9]+ (characters|values)", re.ASCII)
_FREE = frozenset({"text", "site", "sought"})  # details typed as free text
_MOST = 20  # longest list that is logged in full
_LONGEST = 200


def disclosed_details(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details of an act as the log keeps them.

    Example:
        >>> disclosed_details({"query": "entities.find", "parameters": {"text": "Wilma W.", "id": "P12"}, "partial": True})
        {'query': 'entities.find', 'parameters': {'text': '8 characters', 'id': 'P12'}, 'partial': True}
    """
    return {str(name)[:60]: _disclose(str(name), value, ours=name in _WORDS) for name, value in detail.items()}


def parameters(query: Query, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a named query's given parameters as the log keeps them, each by its type; unknown ones only as a count.

    Parameters left blank are not logged.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    values: dict[str, Any] = {}
    for name, value in arguments.items():
        if value is None or (isinstance(value, Collection) and not value):
            continue
        if name not in known:
            values["unknown"] = values.get("unknown", 0) + 1
        elif known[name].type in ("int", "float", "date", "choice"):
            try:
                number = known[name].value(value)
                values[name] = Plain(number) if isinstance(number, str) else number
            except RequestError:
                values[name] = characters(str(value))
        else:
            values[name] = _disclose(name, value)
    return values


def sources(columns: Sequence[str], rows: Sequence[Sequence[Any]], returns: Mapping[str, str]) -> set[str]:
    """Return the pseudonyms of the sources in an answer; `returns`: column → the property it shows."""
    places = [place for place, column in enumerate(columns) if returns.get(column) == "Source.id"]
    pseudonyms: set[str] = set()
    for row in rows if places else ():
        for place in places:
            value = row[place]
            pseudonyms |= set(map(str, value)) if isinstance(value, list | tuple) else {str(value)} if value else set()
    return pseudonyms


class Plain(str):
    """A text known to name nobody, such as a word of a query's own vocabulary."""

    __slots__ = ()


def _disclose(name: str, value: Any, *, ours: bool = False) -> Any:
    """Return one detail as the log keeps it; `ours`: whether its value comes from this software or its operators."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Plain):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key)[:60]: _disclose(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        if len(value) > _MOST:
            return f"{len(value)} values"
        return sorted((_disclose(name, item, ours=ours) for item in value), key=str)
    text = str(value)
    if _TOLD.fullmatch(text):
        return text
    if ours:
        return storable(text)[:_LONGEST]
    if name == "relation":
        return text if text in RELATIONS else characters(text)
    return text if _SAFE.fullmatch(text) and name not in _FREE else characters(text)


def characters(text: str) -> str:
    """Return a phrase such as `8 characters`, which is logged instead of a text."""
    return f"{len(text)} characters"


def storable(text: str) -> str:
    """Return a text in a form every database can store: without NUL and unpaired surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
