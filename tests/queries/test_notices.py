"""Notices about names that do not occur in the graph, among other notices of a server."""

from __future__ import annotations

import pytest

from graphsvc.queries.notices import Remark, notices, unknown
from graphsvc.records.labels import WORDS


@pytest.mark.parametrize(
    ("kind", "word", "says"),
    [
        ("label", "Persn", "`Persn` is no label here: did you mean `Person`?"),
        ("label", "PERSON", "`PERSON` is no label here: did you mean `Person`?"),
        ("label", "Gang", "`Gang` is a label, but nothing in the graph has it."),
        ("label", "PAID", "`PAID` is no label here: it is a relation."),
        ("label", "Zq", f"`Zq` is no label here. There are {', '.join(WORDS['label'])}."),
        ("relation", "ORGANIZED", "`ORGANIZED` is no relation here: did you mean `ORGANISED`?"),
        ("relation", "STATED", "`STATED` is no relation here: did you mean `STATED_IN`?"),
        ("relation", "X_SOLD", "`X_SOLD` is no relation here: those of the deliverer's own are `X_CUSTOM`, and their name is in `relation`."),
        ("property", "naem", "`naem` is no property here: did you mean `name`?"),
        ("property", "beleif", "`beleif` is no property here: did you mean `belief`?"),
        ("property", "amount", "`amount` is a property, but nothing in the graph has it."),
        ("property", "Person", "`Person` is no property here: it is a label."),
        ("property", "qqqq", "`qqqq` is no property here, and none is like it."),
    ],
)  # fmt: skip
def test_an_unknown_word_is_told_with_the_nearest_known(kind: str, word: str, says: str) -> None:
    assert unknown(kind, word) == says


def test_a_long_word_is_cut() -> None:
    assert len(unknown("property", "x" * 10_000)) < 150


def test_remarks_are_told_in_the_order_of_the_text_and_once() -> None:
    remarks = [
        Remark("01N52", "warn: property key does not exist. The property `we`ird` does not exist in database `neo4j`.", 3, 2),
        Remark("01N50", "warn: label does not exist. The label `Persn` does not exist.", 2, 9),
        Remark("01N50", "warn: label does not exist. The label `Persn` does not exist.", 1, 9),
        Remark("01N60", "warn: parameter missing. Provide the parameter(s)."),
        Remark("01N01", "warn: feature deprecated with replacement. id is deprecated. It is replaced by elementId.", 1, 2),
        Remark("01N99", "what no version says yet", 0, 0),
    ]  # fmt: skip
    assert [str(notice) for notice in notices(remarks)] == [
        "Neo4j says: what no version says yet",
        "Line 1, column 2: Neo4j says: id is deprecated. It is replaced by elementId.",
        "Line 1, column 9: `Persn` is no label here: did you mean `Person`?",
        "Line 3, column 2: `we`ird` is no property here, and none is like it.",
    ]
