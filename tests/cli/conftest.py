"""The command line in this process: calls as a person makes them, with answer and messages separate."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import click
import pytest
from click.testing import CliRunner

from graphsvc.cli import main
from graphsvc.config import Settings

PURPOSE = "testing the command line"


@dataclass(frozen=True)
class Outcome:
    """A command's exit status, its answer (stdout) and its messages (stderr)."""

    status: int
    answer: str
    messages: str

    def refusal(self) -> str:
        """Error line of a command that failed."""
        assert self.status != 0, (self.answer, self.messages)
        last = self.messages.strip().splitlines()[-1]
        assert last.startswith("graphsvc: "), self.messages
        return last


Command = Callable[..., Outcome]


@pytest.fixture
def home(at_server: Callable[..., Settings]) -> Settings:
    return at_server()


@pytest.fixture
def command(home: Settings, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`command("users", "list", typed=("first answer", …), VARIABLE="value")`: graphsvc with these arguments at `home`."""
    environ = {
        "GRAPHSVC_HOME": str(home.home),
        "NEO4J_URI": home.neo4j_uri,
        "NEO4J_PASSWORD": home.neo4j_password,
        "GRAPHSVC_DATABASE_URL": home.database_url,
        "GRAPHSVC_PURPOSE": PURPOSE,
        "GRAPHSVC_NAMED": home.named,
    }

    def call(*arguments: str, typed: tuple[str, ...] = (), **more: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["graphsvc", *arguments])
        lines = "".join(f"{line}\n" for line in typed)
        done = CliRunner(env=environ | more).invoke(click.Command("graphsvc", callback=main), [], input=lines)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Outcome(done.exit_code, done.stdout, done.stderr)

    return call


@pytest.fixture
def must(command: Command) -> Command:
    """`command`, for a command that must succeed."""

    def call(*arguments: str, typed: tuple[str, ...] = ()) -> Outcome:
        done = command(*arguments, typed=typed)
        assert done.status == 0, done.messages
        return done

    return call
