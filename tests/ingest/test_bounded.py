"""A delivery designed to take for ever takes seconds, because suggestions and mappings are bounded."""

from __future__ import annotations

import random
import time

import pytest

from graphsvc.errors import InputError
from graphsvc.ingest.check import Row, check_delivery
from graphsvc.ingest.fold import fold
from graphsvc.ingest.mapping import mapping_of
from graphsvc.ingest.raw import Limits, RawTable
from graphsvc.ingest.state import State
from graphsvc.records.nearest import SUGGESTIONS, hint, near_id

LIMITS = Limits(file_bytes=1_000_000, cell_chars=1_000)
LONG_S = 10.0  # a slow and busy machine; unbounded, each of these takes minutes


def anagrams(length: int, count: int) -> list[str]:
    """Return words of the same letters, the most expensive to compare."""
    rng = random.Random(4)
    letters = [chr(ord("a") + place % 26) for place in range(length)]
    return ["P1" + "".join(rng.sample(letters, length)) for _ in range(count)]


def test_only_the_first_wrong_words_are_told_what_may_be_meant() -> None:
    lines = [(line, [f"P{line}", f"suspekt{line}"]) for line in range(2, 20_002)]
    began = time.monotonic()
    checked = check_delivery([RawTable("people", "people.csv", ["id", "category"], lines)], LIMITS)
    assert time.monotonic() - began < LONG_S
    hinted = ["did you mean suspect?" in rejection.reason for rejection in checked.rejections]
    assert len(hinted) == 20_000
    assert hinted[:SUGGESTIONS] == [True] * SUGGESTIONS
    assert not any(hinted[SUGGESTIONS:])
    assert checked.rejections[-1].reason == "is no word for category"


@pytest.mark.parametrize("length", [36, 190])
def test_only_the_first_wrong_ids_are_told_what_may_be_meant(length: int) -> None:
    ids = anagrams(length, 4_000)
    people = [Row("people", "people.csv", line, {"id": identifier}) for line, identifier in enumerate(ids, start=2)]
    statement = Row("statements", "statements.csv", 2, {"id": "S1", "kind": "record"})
    wrong = [identifier[:-2] + identifier[-1] + identifier[-2] for identifier in ids]
    links = [
        Row(
            "links",
            "links.csv",
            line,
            {"subject_id": identifier, "relation": "PAID", "object_id": ids[0], "statement_id": "S1"},
        )
        for line, identifier in enumerate(wrong, start=2)
    ]
    began = time.monotonic()
    report = fold(State(), 1, [*people, statement, *links], {}, partial=False)
    assert time.monotonic() - began < LONG_S
    reasons = [rejection.reason for rejection in report.rejections]
    assert len(reasons) > 3_000
    assert sum("did you mean" in reason for reason in reasons) <= SUGGESTIONS


def test_an_id_that_is_nearly_there_is_still_suggested() -> None:
    assert near_id("person-O12", ["Q1", "person-012", "person-999"]) == "person-012"
    assert near_id("person-O12", ["Q1", "P9999"]) is None


def test_a_header_of_very_many_names_is_no_long_list_to_compare_with() -> None:
    known = anagrams(78, 50_000)
    began = time.monotonic()
    hint("P1" + "abc" * 26, known)
    assert time.monotonic() - began < LONG_S


DEEP = {
    "dotted key": ".".join(["a"] * 60_000) + " = 1",
    "dotted quoted key": '"a"."b"' + '."c"' * 20_000 + " = 1",
    "dotted table": "[" + ".".join(["a"] * 60_000) + "]",
    "many dotted keys": "\n".join(f"{'.'.join(['a'] * 40)}.b{line} = 1" for line in range(2_000)),
    "arrays": "x = " + "[" * 60_000,
    "arrays on lines": "x = " + "[\n" * 60_000,
    "tables": "x = " + "{a = " * 20_000,
    "quotes": "x = " + '"' * 200_001,
    "triple quotes": 'x = """' + '\\"""' * 50_000,
    "large": "x = 1\n" * 200_000,
    "number": f"x = {'9' * 5_000}",
    "no such day": "x = 2020-02-31",
    "other digits": "x = \u0662\u0660",
}


@pytest.mark.parametrize("kind", DEEP)
def test_a_mapping_made_to_take_for_ever_is_refused_at_once(kind: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match=r"deep\.toml") as refused:
        mapping_of("deep.toml", DEEP[kind].encode())
    assert time.monotonic() - began < LONG_S
    assert len(str(refused.value)) < 500


def test_dots_and_brackets_in_texts_mean_nothing() -> None:
    title, files = "a.[{" * 100, ", ".join(["'a.b.csv'"] * 100)
    text = f'title = "{title}"\n# {"." * 100}\nignore_files = [{files}]\n'
    with pytest.raises(InputError, match="table is needed at least once"):
        mapping_of("flat.toml", text.encode())
