"""Reading and verifying the log on the command line. Requires the auditor role."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.printed import say, say_text
from graphsvc.cli.progress import show_progress
from graphsvc.errors import NotFound
from graphsvc.records.dates import stamp
from graphsvc.records.numbers import count
from graphsvc.service import Session, build_search

_MOST = 2**53  # more than the lines of any log
Opener = Callable[..., AbstractContextManager[Session]]


@click.group(invoke_without_command=True)
@click.option("--account", default="", help="What this account did.")
@click.option("--case", default="", help="What was done in this case.")
@click.option("--source", default="", metavar="PSEUDONYM", help="Accounts that were shown this source.")
@click.option("--action", default="", help="What was done: read, query, analyse, load, log, accounts, …")
@click.option(
    "--since", default="", metavar="DAY", help="From this day on (UTC), such as 8 May 2020, 2020-05-08 or 2020-05."
)
@click.option("--until", default="", metavar="DAY", help="To the end of this day, month or year (UTC).")
@click.option("--newest", type=click.IntRange(1, _MOST), default=50, show_default=True, help="How many, newest first.")
@click.pass_context
@acting
def audit(
    session: Opener,
    context: click.Context,
    *,
    account: str,
    case: str,
    source: str,
    action: str,
    since: str,
    until: str,
    newest: int,
) -> None:
    """Show the log, newest first: who did what, when, why, and how it ended. Requires the auditor role."""
    if context.invoked_subcommand is not None:
        return
    wanted = build_search(account, case, action, source, since, until)
    with session() as acts:
        for line in acts.log.lines(newest=newest, sought=wanted):
            say(_format_line(line))


@audit.command()
@click.argument("line", type=click.IntRange(1, _MOST))
@acting
def text(session: Opener, line: int) -> None:
    """Show the Cypher query that was typed, for one line of the log."""
    with session() as acts:
        typed = acts.log.texts(acts.log.lines(newest=1, before=line + 1)).get(line)
    if typed is None:
        raise NotFound(f"Line {line} has no text of Cypher. `graphsvc audit --action cypher` lists the lines with one.")
    if typed.note:
        say(typed.note, err=True)
    say_text(typed.text)
    for name, value in typed.parameters.items():
        say(f"${name} = {value!r}")


@audit.command()
@acting
def verify(session: Opener) -> None:
    """Check every line of the log, and its end, against the chain; the exit status is 1 if anything is wrong."""
    with session() as acts, show_progress() as progress:
        verified = acts.log.verify(progress)
    for fault in verified.faults:
        say(fault)
    if verified.count > len(verified.faults):
        say(f"… and {verified.count - len(verified.faults):,} more.")
    if verified.whole:
        say(f"The log is as it was written, up to line {verified.lines:,} (seal {verified.seal[:16] or 'none'}).")
    else:
        sys.exit(1)


def _format_line(line: dict[str, Any]) -> str:
    detail = " ".join(f"{name}={value}" for name, value in line["detail"].items())
    rows = "" if line["rows"] is None else f" {count(line['rows'], 'row')}"
    sources = f" {line['sources']:,} sources" if line["sources"] else ""
    return (
        f"{line['id']} {stamp(line['at'])}Z {line['account']} {line['action']} {line['case_id']} {detail}"
        f" [{line['purpose']}] {line['outcome']}{rows}{sources}"
    )


commands = (audit,)
