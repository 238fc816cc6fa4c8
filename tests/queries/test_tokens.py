"""Cypher as tokens: words of the language, and words that only look like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.errors import CypherFault
from graphsvc.queries.tokens import tokens


def words(text: str) -> list[str]:
    return [token.word for token in tokens(text) if token.word]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call db.labels()", ["CALL", "DB", "LABELS"]),
        ("RETURN 'CALL x' AS a", ["RETURN", "AS", "A"]),
        ('RETURN "it\'s CALL" AS a', ["RETURN", "AS", "A"]),
        (r"RETURN 'a\' CALL' AS a", ["RETURN", "AS", "A"]),
        ("RETURN `CALL x``y` AS a", ["RETURN", "AS", "A"]),
        ("RETURN 1 // CALL x", ["RETURN"]),
        ("RETURN 1 /* CALL\n x */ AS a", ["RETURN", "AS", "A"]),
        ("RETURN 1 // a\nCALL x", ["RETURN", "CALL", "X"]),
        ("RETURN 1 // a\u2028CALL x", ["RETURN", "CALL", "X"]),
        ("RETURN 1CALL x", ["RETURN", "CALL", "X"]),
        ("RETURN $call, $`show users`", ["RETURN"]),
        ("CA/**/LL x", ["CA", "LL", "X"]),
        ("\u017fHOW", ["SHOW"]),
    ],
)
def test_words_are_told_from_what_only_looks_like_one(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_parameters_and_quoted_names_are_what_they_mean() -> None:
    pairs = {(token.kind, token.text) for token in tokens("MATCH (`a``b`) WHERE $x = $`y z` RETURN $ w")}
    assert {("quoted", "a`b"), ("parameter", "x"), ("parameter", "y z"), ("name", "w")} <= pairs


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("RETURN 'a", 1, 8),
        ("a\nb /* c", 2, 3),
        ("a\n\n`b", 3, 1),
        ("x\n \\u0043", 2, 2),
        ("\\UU0043", 1, 1),
        ("'a\\'", 1, 1),
    ],
)
def test_what_does_not_end_or_is_an_escape_is_refused_where_it_stands(text: str, line: int, column: int) -> None:
    with pytest.raises(CypherFault) as refused:
        tokens(text)
    assert (refused.value.line, refused.value.column) == (line, column)


@given(st.text(alphabet="abCALL$`'\"\\/*\n 1.{}", max_size=40))
def test_every_text_is_read_to_its_end_or_refused(text: str) -> None:
    try:
        parsed = tokens(text)
    except CypherFault as fault:
        where = fault.line
    else:
        where = 1
        places = [token.offset for token in parsed]
        assert places == sorted(set(places))
    assert 1 <= where <= text.count("\n") + 1
