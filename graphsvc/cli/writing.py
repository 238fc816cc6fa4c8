"""Free Cypher on the command line: run or explain a query; Ctrl-C stops it in the database too."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.looking import FORMATS, Opener, as_given, write
from graphsvc.cli.printed import say
from graphsvc.cli.progress import show_progress
from graphsvc.errors import Busy, CypherFault, NotFound, RequestError
from graphsvc.records.iso import json_safe
from graphsvc.records.numbers import count
from graphsvc.service import Session, answers, parameters
from graphsvc.views.beside import cut_message

_LOOK_S = 0.5
_SAID_AFTER_S = 2.0


@click.command()
@click.argument("text", default="")
@click.option(
    "--file", "file", type=click.File(encoding="utf-8"), help="Read the text from a file; - is standard input."
)
@click.option("--saved", default="", metavar="NAME", help="Take a query of the case's library, with its parameters.")
@click.option("--case", "case", default="", help="The case; may be left out while you can see only one.")
@click.option(
    "--param",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter, read as JSON if it is some (12, true, '[\"P1\"]'), else as text; may be repeated.",
)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--explain", is_flag=True, help="Show the plan and any faults; run nothing.")
@acting
def cypher(
    session: Opener,
    text: str,
    file: TextIO | None,
    saved: str,
    case: str,
    assignments: Sequence[str],
    form: str,
    *,
    explain: bool,
) -> None:
    """Run a Cypher query that only reads. Requires the grant for free Cypher.

    Words that occur nowhere in the graph are shown with the answer. If the answer is cut, the exit status is 75.
    """
    if sum(map(bool, (text.strip(), file, saved))) != 1:
        raise RequestError("Give one text to run: as TEXT, with --file, or by the name it is --saved under.")
    values = parameters.parse_pairs(as_given(assignments).items())
    if file is not None:
        text = _read(file)
    with session(case) as acts:
        if saved:
            text, defaults = _saved_query(acts, saved)
            values = defaults | values
        if explain:
            examined = acts.cypher.examine(text)
            say(*_plan(examined.plan))
            say(f"parameters: {', '.join(examined.parameters) or 'none'}", err=True)
            say(*examined.notices, err=True)
            return
        run = _run(acts, text, values)
    if run.restarted:
        say("The text could only be stopped by restarting the managed Neo4j.", err=True)
    say(*run.notices, err=True)
    if run.state == "failed":
        raise CypherFault(run.fault)
    # Cells of tables and CSV cannot be nested, so they contain graph values as JSON.
    rows = run.rows if form == "json" else [tuple(map(_flat, row)) for row in run.rows]
    write(form, run.columns, rows)
    if run.truncated:
        raise Busy(cut_message(len(run.rows)))


def _run(acts: Session, text: str, values: dict[str, Any]) -> answers.Run:
    """Run a query, and show progress if it takes long; an interrupt also stops the query in the database."""
    began = time.monotonic()
    identifier = acts.cypher.start(text, values)
    with show_progress() as progress:
        try:
            while True:
                run = acts.cypher.result(identifier, wait_s=_LOOK_S)
                if run.state != "running":
                    return run
                if time.monotonic() - began > _SAID_AFTER_S:
                    progress(0, 0, "running; Ctrl-C stops it")
        except KeyboardInterrupt:
            acts.cypher.cancel(identifier)
            raise


def _saved_query(acts: Session, name: str) -> tuple[str, dict[str, Any]]:
    known = acts.cypher.library.list_queries()
    for query in known:
        if query.name.casefold() == name.strip().casefold():
            return query.words.text, query.words.parameters
    names = ", ".join(query.name for query in known) or "none yet"
    raise NotFound(f"There is no saved query {name[:80]!r} that you can see in this case. There are: {names}.")


def _read(file: TextIO) -> str:
    try:
        return file.read()
    except UnicodeDecodeError:
        raise RequestError(f"{file.name} is not UTF-8 text.") from None


def _plan(step: answers.PlanStep, depth: int = 0) -> Iterator[str]:
    about = f"about {count(round(step.rows), 'row')}"
    details = f"  {' '.join(step.details.split())[:120]}" if step.details else ""
    yield f"{'  ' * depth}{step.operator} ({about}){details}"
    for child in step.children:
        yield from _plan(child, depth + 1)


def _flat(value: Any) -> Any:
    value = json_safe(value)
    nested = isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(part, dict | list) for part in value)
    )
    return json.dumps(value, ensure_ascii=False) if nested else value


commands = (cypher,)
