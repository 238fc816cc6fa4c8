"""Recently released answers: limited in number, and dropped when their case version changes."""

from __future__ import annotations

from graphsvc.access.gate.redact import Released
from graphsvc.access.gate.repeats import Repeats, answer_key
from graphsvc.access.people.principal import Grant

P, C = Grant("P"), Grant("C")


def answer(text: str) -> Released:
    return Released(("text",), [(text,)])


def question(name: str, case: str = "dover", grant: Grant = P) -> tuple[str, str, bool, str, bool, str]:
    return answer_key(case, grant, name, {"limit": 5}, whole=False)


def test_the_answers_wanted_last_stay_within_the_bytes_there_are_for_them() -> None:
    repeats = Repeats(most=3_000, largest=1_500)
    for name in "abc":
        repeats.keep(question(name), 1, answer("x" * 800))
    assert repeats.get(question("a"), 1) == answer("x" * 800)
    repeats.keep(question("d"), 1, answer("x" * 800))
    assert [name for name in "abcd" if repeats.get(question(name), 1)] == ["a", "c", "d"]
    repeats.keep(question("e"), 1, answer("x" * 2_000))
    assert repeats.get(question("e"), 1) is None
    repeats.keep(question("a"), 1, answer("y"))
    assert repeats.get(question("a"), 1) == answer("y")


def test_a_new_version_drops_what_was_of_another_and_leaves_other_cases_and_clearances() -> None:
    repeats = Repeats()
    questions = [question("a"), question("a", grant=C), question("a", case="calais")]
    for asking in questions:
        repeats.keep(asking, 1, answer("old"))
    assert repeats.get(questions[0], 2) is None
    assert repeats.get(questions[0], 1) is None  # gone for good, even if version numbers start again
    assert [repeats.get(asking, 1) for asking in questions[1:]] == [answer("old")] * 2
    repeats.forget()
    assert [repeats.get(asking, 1) for asking in questions] == [None] * 3
