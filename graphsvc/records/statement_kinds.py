"""The kinds of statement, one row each: how readers see them, and how the score counts them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class StatementKind:
    """One kind of statement. Every row fills every field.

    Attributes:
        words: name of one statement of this kind.
        sources: word for several of its sources or statements.
        item: name of an evidence item that is one statement of this kind.
        is_open: whether readers without source clearance see its statements one by one, with their ids.
        counts_as: kind as which the score counts its claims; its chances apply unless `weights.toml` gives others for
            this kind.
        if_asserts, if_denies: how to check a claim from a statement of this kind.
    """

    words: str
    sources: str
    item: str
    is_open: bool
    counts_as: Literal["witness", "intelligence", "record"]
    if_asserts: str
    if_denies: str


_HOW_GRADED = (
    "Ask the owner of this report to check how its grade was reached, and whether it shares its origin with another."
)
STATEMENT_KINDS = MappingProxyType(
    {
        "witness": StatementKind(
            words="witness statement",
            sources="witnesses",
            item="account",
            is_open=False,
            counts_as="witness",
            if_asserts="Ask the officer of this statement to check how the witness knows that this is so: first hand, or from others.",
            if_denies="Ask the officer of this statement to check how the witness knows that this is not so: first hand, or from others.",
        ),
        "intelligence": StatementKind(
            words="intelligence report",
            sources="reports",
            item="report",
            is_open=True,
            counts_as="intelligence",
            if_asserts=_HOW_GRADED,
            if_denies=_HOW_GRADED,
        ),
        "record": StatementKind(
            words="official record",
            sources="records",
            item="record",
            is_open=True,
            counts_as="record",
            if_asserts="Check the record: does it show this, and does it show this person.",
            if_denies="Check the record: does it show that this is not so, and does it show this person.",
        ),
    }
)
# Kinds whose statements readers without source clearance see one by one.
OPEN_KINDS = tuple(name for name, kind in STATEMENT_KINDS.items() if kind.is_open)
# Evidence items that consist of one open statement.
OPEN_ITEMS = tuple(kind.item for kind in STATEMENT_KINDS.values() if kind.is_open)
