"""What a server notices about a text that runs, and may not mean what it says: above all words that nothing bears.

Neo4j takes an unknown label, type or property for one that nothing has, answers with no rows or with nulls, and says so
beside the answer. Here that becomes a sentence, with the known word most like it. It is looked for in the tables of the
service (`records.labels`) and never in what stands in the graph, so that a misspelling asks nothing of a case. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from graphsvc.records.labels import WORDS
from graphsvc.records.nearest import nearest
from graphsvc.records.relations import CUSTOM_PREFIX, CUSTOM_TYPE

# Status of the GQL standard → the kind of word that nothing bears.
_UNKNOWN = {"01N50": "label", "01N51": "relation", "01N52": "property"}
# Parameters that nobody gave yet: who only looks at a plan needs none, and a run without them is refused.
_PASSED_OVER = frozenset({"01N60"})
_WORD = re.compile(r"`(.+)` does not exist", re.DOTALL)
_LONGEST = 80
_LISTED = 12  # words of a kind, if that is all there are


@dataclass(frozen=True, slots=True)
class Remark:
    """What a server said of a text. status: of the GQL standard; line, column: where, from 1; 0: it does not say."""

    status: str
    says: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """What to look at in a text, in one sentence. line, column: where, from 1; 0: not known."""

    says: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.says}" if self.line else self.says


def notices(remarks: Iterable[Remark]) -> tuple[Notice, ...]:
    """What to look at, from the beginning of the text on; of the same sentence the first.

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
    # Of any other the server's own words, without the name of its class before them.
    _, _, says = " ".join(remark.says.split()).partition(". ")
    return f"Neo4j says: {says or remark.says}"


def unknown(kind: str, word: str) -> str:
    """What to say of a word that nothing in the graph bears. kind: of `records.labels.WORDS`.

    Example:
        >>> unknown("relation", "PIAD")
        '`PIAD` is no relation here: did you mean `PAID`?'
        >>> unknown("relation", "RIVAL_OF")
        '`RIVAL_OF` is a relation, but nothing in the graph has it.'
        >>> unknown("label", "PAID")
        '`PAID` is no label here: it is a relation.'
    """
    shown = f"`{word[:_LONGEST]}`"
    if word in WORDS[kind]:
        return f"{shown} is a {kind}, but nothing in the graph has it."
    no = f"{shown} is no {kind} here"
    if kind == "relation" and word.startswith(CUSTOM_PREFIX):
        return f"{no}: those of the deliverer's own are `{CUSTOM_TYPE}`, and their name is in `relation`."
    for other, words in WORDS.items():
        if word in words:
            return f"{no}: it is a {other}."
    meant = nearest(word, WORDS[kind])
    if meant:
        return f"{no}: did you mean `{meant}`?"
    if len(WORDS[kind]) <= _LISTED:
        return f"{no}. There are {', '.join(WORDS[kind])}."
    return f"{no}, and none is like it."
