"""Walk the command line: the arguments each command is run with. A command without an entry here fails a test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, cast

import click
from click.testing import CliRunner

from graphsvc import cli
from graphsvc.config import Settings
from tests.leaks.known import NOWHERE, Known
from tests.leaks.pages import RANDOM

Lines = list[list[str]]
Entry = Callable[[Known], Lines] | str
_REASON = ("--reason", "a reason that is long enough")
_REVIEW = ("--review", "2999-01-01")
_PASSWORD = "a password of nobody"


def _alone(_known: Known) -> Lines:
    """Run the command once, without arguments."""
    return [[]]


def _queries(known: Known) -> Lines:
    runs = [
        [
            name,
            "--case",
            known.case,
            *(word for key, text in parameters.items() for word in ("--param", f"{key}={text}")),
        ]
        for name, parameters in known.firsts
    ]
    # Only every eighth run, because the walks of pages and notebooks cover all of them.
    sample = runs[::8]
    forms = [[*line, "--format", form] for line, form in zip(sample, ("csv", "json"), strict=False)]
    return [["--case", known.case], ["cases.counts", "--cypher", "--case", known.case], ["no.such"], *sample, *forms]


# Command → its arguments for each run, or the reason why it is not run.
COMMANDS: dict[str, Entry] = {
    "serve": "serves until it is stopped; what it serves is walked as pages",
    "demo": "makes a new home and serves it",
    "load": lambda known: [
        ["no-such-folder", "--case", known.case, "--dry-run"],
        ["--undo", "9", "--case", known.case],
        ["--undo", "9", "--dry-run", "--case", known.case],
    ],
    "deliveries": lambda known: [[known.case]],
    "cases": _alone,
    "simulate": "writes an invented case; reads none",
    "hubs": lambda known: [
        [known.case],
        [known.case, "--format", "csv", "--all"],
        [known.case, "--format", "json", "--all"],
    ],
    "waiting": lambda known: [["--case", known.case], ["--case", known.case, "--format", "json"]],
    "behind": lambda known: [
        [*(word for entity in known.entities[:40] for word in ("--id", entity)), "--case", known.case],
        ["--date", "1990-01-01", "--until", "2999-12-31", "--case", known.case, "--format", "json"],
    ],
    "moves": lambda known: [
        ["--case", known.case],
        ["--case", known.case, "--format", "json"],
        *(["--id", entity, "--day", "2020-05-08", "--case", known.case] for entity in known.entities[::4]),
    ],
    "series load": lambda known: [[__file__, "--as", "x", "--case", known.case]],
    "series list": lambda known: [["--case", known.case]],
    "series remove": lambda known: [["no-such-series", "--case", known.case]],
    "series surges": lambda known: [
        ["--case", known.case],
        ["people", "--by", "week", "--case", known.case, "--format", "json"],
        *(["crossings", "--gang", entity, "--case", known.case, "--format", "csv"] for entity in known.entities[::8]),
        ["no-such-series", "--case", known.case],
    ],
    "linked": lambda known: [
        ["--case", known.case],
        ["--case", known.case, "--format", "json"],
        ["--id", known.entities[0], "--case", known.case, "--format", "csv"],
    ],
    "query": _queries,
    "evaluate": lambda known: [
        [known.case, "--truth", __file__],
        [known.case],
        [],
        ["no-such-folder", "--ranking", __file__],
    ],
    "login": lambda _known: [["nobody", "--purpose", "none"], ["--link", "x", "--purpose", "none"]],
    "logout": "ends who walks; the other commands are run signed in",
    "account password": _alone,
    "account second-factor": lambda _known: [["--remove"]],
    "account end-others": _alone,
    "users list": _alone,
    "users add": lambda known: [["mallory", "--role", "administrator", "--grant", f"{known.case}:C+sources"]],
    "users reset": lambda known: [[known.accounts[0]]],
    "users roles": lambda known: [[known.accounts[0], "administrator"]],
    "users grant": lambda known: [[known.accounts[0], f"{known.case}:C"]],
    "users disable": lambda known: [[known.accounts[0]]],
    "users enable": lambda known: [[known.accounts[0]]],
    "audit": lambda known: [[], ["--case", known.case], ["--source", known.pseudonyms[-1]], ["--until", "2000-01-01"]],
    "audit text": lambda _known: [["1"]],
    "audit verify": _alone,
    "cypher": lambda known: [[f"MATCH (n {{id: '{known.entities[0]}'}}) RETURN n", "--case", known.case]],
    "export preview": lambda known: [
        [known.case, "--id", entity, "--depth", "1", *more, "--for", "Europol"]
        for entity in known.entities[::3]
        for more in ((), ("--presence",))
    ],
    "export make": lambda known: [[known.case, "--id", known.entities[0], "--for", "Europol", *_REASON]],
    # A reader without full clearance is refused before the folder is read.
    "export parquet": lambda known: [[known.case, "--to", "no-such-folder/all"]],
    "export list": lambda known: [[known.case]],
    "export get": lambda known: [[known.case, known.requests[0]]],
    "export agree": lambda known: [[known.case, known.requests[0]]],
    "export refuse": lambda known: [[known.case, known.requests[0]]],
    "export recall": lambda known: [[known.case]],
    "export verify": "verifies a file that somebody has; reads no case",
    "review add": lambda known: [[known.case, entity, "refuse", *_REASON] for entity in known.entities[:3]],
    "review list": lambda known: [[known.case], [known.case, known.entities[0]]],
    "question list": lambda known: [[known.case, entity] for entity in known.entities[:3]],
    "question put": lambda known: [[known.case, known.entities[0], known.claims[0]]],
    "sets": lambda known: [[known.case], [known.case, "--person", known.entities[0], "--format", "json"]],
    "vault rotate": _alone,
    "reveal ask": lambda known: [[known.case, pseudonym, *_REASON] for pseudonym in known.pseudonyms],
    "reveal list": _alone,
    "reveal pending": _alone,
    "reveal agree": lambda known: [[known.requests[0]]],
    "reveal refuse": lambda known: [[known.requests[0]]],
    "reveal open": lambda known: [[known.requests[0]]],
    "reveal end": lambda known: [[known.requests[0]]],
    "hold add": lambda known: [
        [known.case, "--person", known.entities[0], "--kind", "prosecution", "--owner", "x", *_REASON, *_REVIEW]
    ],
    "hold list": lambda known: [[known.case]],
    "hold release": lambda known: [[known.case, "x"]],
    "groups list": lambda known: [
        [known.case],
        [known.case, "--source", known.pseudonyms[-1]],
        [known.case, "--format", "json"],
    ],
    "groups decide": lambda known: [
        [known.case, pseudonym, NOWHERE, "--as", "independent", *_REASON] for pseudonym in known.pseudonyms
    ],
    "groups decisions": lambda known: [[known.case]],
    "groups take-back": lambda known: [[known.case, "x", *_REASON]],
    "known": lambda known: [[known.case, name] for name in (*known.entities[:3], "Nobody At All")],
    "seal ask": lambda known: [
        [known.case, "no-such-person", *_REASON],
        *([known.case, pseudonym, "--open", *_REASON] for pseudonym in known.pseudonyms),
    ],
    "seal list": _alone,
    "seal protect": lambda known: [[known.case, "marked", "--reason", "no witness here"]],
    "seal agree": lambda known: [[known.requests[0]]],
    "seal refuse": lambda known: [[known.requests[0]]],
    "seal share-ids": lambda known: [[known.case, "no-such-case", *_REASON]],
    "seal end-shared-ids": lambda known: [[known.case, "no-such-case"]],
    "waiting list": lambda known: [[known.case]],
    "waiting hold": lambda known: [[known.case, "1"]],
    "waiting release": lambda known: [[known.case, "1"]],
    "waiting open": lambda known: [[known.case]],
    "seal who": lambda known: [[known.case]],
    "erase ask": lambda known: [[known.case, "no-such-person", *_REASON]],
    "erase list": _alone,
    "erase agree": lambda known: [[known.requests[0]]],
    "erase refuse": lambda known: [[known.requests[0]]],
    "neo4j fetch": "fetches the server's program; reads no case",
    "neo4j start": "starts the managed server; reads no case",
    "neo4j status": _alone,
    "neo4j stop": "stops the managed server; reads no case",
    "settings": _alone,
    "worker": "works on numbers for a scheduler; opens no home and reads no case",
}


def leaves(command: click.Command = cli.program, *path: str) -> Iterator[str]:
    """Every command that can be run, so not the groups."""
    if isinstance(command, click.Group):
        if command.invoke_without_command:
            yield " ".join(path)
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from leaves(inner, *path, name)
    else:
        yield " ".join(path)


class _Program:
    """`graphsvc` as a shell runs it, with errors as sentences and an exit status."""

    name = "graphsvc"

    def main(self, args: list[str], prog_name: str, **_more: Any) -> None:
        """Run the program."""
        before, sys.argv = sys.argv, [prog_name, *args]
        try:
            cli.main()
        finally:
            sys.argv = before


def run(settings: Settings, *words: str) -> str:
    """Status and output of a command in a home, with the home's own path replaced."""
    variables = {
        "GRAPHSVC_HOME": str(settings.home),
        "GRAPHSVC_JARS": str(settings.jars or ""),
        "GRAPHSVC_DATABASE_URL": settings.database_url,
        "NEO4J_URI": settings.neo4j_uri,
        "NEO4J_PASSWORD": settings.neo4j_password,
        "COLUMNS": "120",
    }
    typed = "\n".join([_PASSWORD] * 3)
    done = CliRunner().invoke(
        cast("click.Command", _Program()), list(words), input=typed, env=variables, catch_exceptions=False
    )
    printed = f"{done.exit_code}\n{done.stdout}\n{done.stderr}"
    return printed.replace(str(settings.home), "HOME")


def walk(settings: Settings, known: Known) -> dict[str, str]:
    """Run every command with each set of its arguments, and return status and output of each."""
    answers: dict[str, str] = {}
    for name, entry in COMMANDS.items():
        if not isinstance(entry, str):
            for words in entry(known):
                answers[" ".join([name, *words])] = RANDOM.sub("ID", run(settings, *name.split(), *words))
    return answers
