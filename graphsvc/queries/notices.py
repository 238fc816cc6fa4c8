"""A server's notices about a query that runs but may not do what its author meant: above all, unknown words.

Neo4j accepts an unknown label, type or property as one that nothing in the graph has. It answers with no rows or with
nulls, and adds a remark. Here the remark becomes a sentence with the most similar known word. That word comes from the
service's tables (`records.labels`), never from the graph, so a misspelling reveals nothing of a case. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from graphsvc.records.labels import WORDS
from graphsvc.records.nearest import nearest
from graphsvc.records.relations import CUSTOM_PREFIX, CUSTOM_TYPE

# Status code in the GQL standard → kind of word that is unknown.
_UNKNOWN = {"01N50": "label", "01N51": "relation", "01N52": "property"}
# Missing parameters: looking at a plan needs no values, and a run without them is refused anyway.
_PASSED_OVER = frozenset({"01N60"})
_WORD = re.compile(r"`(.+)` does not exist", re.DOTALL)
_LONGEST = 80
_LISTED = 12  # most words of a kind that a notice lists in full


@dataclass(frozen=True, slots=True)
class Remark:
    """A server's remark about a query. status: in the GQL standard; line, column: from 1; 0 if not stated."""

    status: str
    says: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to check in a query, in one sentence. line, column: from 1; 0 if not known."""

    says: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.says}" if self.line else self.says


def notices(remarks: Iterable[Remark]) -> tuple[Notice, ...]:
    """Return what to check in a query, in the order of its text; each sentence only once.

    Example:
        >>> [str(notice) for notice in notices([Remark("01N50", "warn: The label `Persn` does not exist.", 1, 10)])]
        ['Line 1, column 10: `Persn` is no label here: did you mean `Person`?']
    """
    by_sentence: dict[str, Notice] = {}
    for remark in sorted(remarks, key=lambda remark: (remark.line, remark.column, remark.says)):
        if remark.status not in _PASSED_OVER:
            says = _sentence(remark)
            by_sentence.setdefault(says, Notice(says, remark.line, remark.column))
    return tuple(by_sentence.values())


def _sentence(remark: Remark) -> str:
    kind, match = _UNKNOWN.get(remark.status, ""), _WORD.search(remark.says)
    if kind and match:
        return unknown(kind, match[1])
    # For any other remark, the server's own words without the class name in front.
    _, _, says = " ".join(remark.says.split()).partition(". ")
    return f"Neo4j says: {says or remark.says}"


def unknown(kind: str, word: str) -> str:
    """Describe a word that nothing in the graph has. kind: of `records.labels.WORDS`.

    Example:
        >>> unknown("relation", "PIAD")
        '`PIAD` is no relation here: did you mean `PAID`?'
        >>> unknown("relation", "RIVAL_OF")
        '`RIVAL_OF` is a relation, but nothing in the graph has it.'
        >>> unknown("label", "PAID")
        '`PAID` is no label here: it is a relation.'
    """
    quoted = f"`{word[:_LONGEST]}`"
    if word in WORDS[kind]:
        return f"{quoted} is a {kind}, but nothing in the graph has it."
    no = f"{quoted} is no {kind} here"
    if kind == "relation" and word.startswith(CUSTOM_PREFIX):
        return f"{no}: those of the deliverer's own are `{CUSTOM_TYPE}`, and their name is in `relation`."
    for other_kind, words in WORDS.items():
        if word in words:
            return f"{no}: it is a {other_kind}."
    meant = nearest(word, WORDS[kind])
    if meant:
        return f"{no}: did you mean `{meant}`?"
    if len(WORDS[kind]) <= _LISTED:
        return f"{no}. There are {', '.join(WORDS[kind])}."
    return f"{no}, and none is like it."
