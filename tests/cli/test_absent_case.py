"""Every command reports a missing case with the same error and the same status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts, changes
from graphsvc.access.people.policy import ROLES
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service
from tests.leaks.commands import COMMANDS
from tests.leaks.known import Known

pytestmark = pytest.mark.neo4j
Command = Callable[..., Any]
ABSENT = "no-such-case"
PASSWORD = "correct horse battery"
# Commands whose case need not exist.
MAY = {
    "evaluate": "a folder, unless a truth is given",
    "audit": "looks for it in the log, where a case that is gone still stands",
    "users add": "clears an account for a case before it is loaded",
    "users grant": "clears an account for a case before it is loaded",
}
MORE = (
    ("load", "--undo", "1", "--case", ABSENT),
    ("query", "crossings.per_day", "--cypher", "--case", ABSENT),
    ("cypher", "--saved", "x", "--case", ABSENT),
    ("cypher", "RETURN 1", "--explain", "--case", ABSENT),
    ("export", "recall", ABSENT, "--done", "x"),
)


def calls() -> Iterator[tuple[str, ...]]:
    """Yield every command that takes a case, with a case that does not exist."""
    for name, entry in COMMANDS.items():
        if name in MAY or isinstance(entry, str):
            continue
        for words in entry(Known(ABSENT)):
            if ABSENT in words and not (name == "load" and "--undo" not in words):
                yield *name.split(), *words
    yield from MORE


@pytest.mark.slow(reason="runs every command")
def test_a_case_that_is_not_there_is_told_alike_by_every_command(
    home: Settings, command: Command, must: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRAPHSVC_SECOND_FACTOR_ROLES", "none")
    with Service(home) as service:
        accounts.add(service.database, "all", list(ROLES), {"*": Grant("C", sources=True)}, PASSWORD)
        changes.set_free_cypher(service.database, "all", is_granted=True)
    must("login", "all", typed=(PASSWORD, ""))
    (tmp_path / "truth.json").write_text(
        '{"candidates": ["P1"], "hubs": [], "leaders": [], "brokers": [], "helpers": []}'
    )
    evaluated = ("evaluate", ABSENT, "--truth", str(tmp_path / "truth.json"))
    answers = {call: command(*call) for call in (*calls(), evaluated)}
    assert len(answers) > 60
    sentence = f"graphsvc: There is no case '{ABSENT}' that you can see. `graphsvc cases` lists those you can."
    wrong = {call: done for call, done in answers.items() if (done.status, done.messages.strip()) != (66, sentence)}
    assert wrong == {}
    assert {done.answer for done in answers.values()} == {""}
    log = must("audit", "--case", ABSENT, "--newest", "500").answer
    assert log.count("failed: NotFound") == len(answers)


def test_who_may_read_no_case_is_told_nothing_of_which_there_are(home: Settings, command: Command, case: str) -> None:
    with Service(home) as service:
        accounts.add(service.database, "adm", ["administrator"], {"*": Grant("C")}, PASSWORD)
    command("login", "adm", typed=(PASSWORD, ""))
    absent, present = (command("deliveries", name).refusal().replace(name, "") for name in (ABSENT, case))
    assert absent == present
    assert "may not" in absent
