"""The inbox, and witness statements that wait to open together, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.looking import FORMATS, write
from graphsvc.cli.printed import say, say_text
from graphsvc.cli.progress import show_progress
from graphsvc.records.dates import moment
from graphsvc.records.iso import json_safe
from graphsvc.service import Session
from graphsvc.views.waits import no_one_stands_out

Opener = Callable[..., AbstractContextManager[Session]]


@click.group(invoke_without_command=True)
@click.option("--case", "case", default="", help="The case; may be left out while you can see only one.")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--seen", is_flag=True, help="Mark what is new as read, after it is shown.")
@click.pass_context
@acting
def waiting(session: Opener, context: click.Context, case: str, form: str, *, seen: bool) -> None:
    """Show your open work and news in a case, and how new deliveries moved the leads.

    The commands are about witness statements that were added by form and wait to open with others; they require the
    role custodian or supervisor.
    """
    if context.invoked_subcommand is not None:
        return
    with session(case) as acts:
        waits = acts.waiting.listed()
        if form == "json":
            say_text(json.dumps(json_safe(waits.plain()), ensure_ascii=False, indent=1))
        else:
            columns = ["to_do", "kind", "text", "about", "since", "address"]
            rows = ([getattr(item, name) for name in columns[1:]] for item in waits.items)
            done = ("yes" if item.to_do else "" for item in waits.items)
            write(form, columns, ([to_do, *row] for to_do, row in zip(done, rows, strict=True)))
            moves = waits.moved or []
            no_one = no_one_stands_out(move.verdict for move in moves)
            notable = (str(move) for move in moves if move.notable)
            say(
                *filter(None, [no_one]),
                *notable,
                *filter(None, (waits.others, waits.ranked_on if waits.moved else "")),
                err=True,
            )
        if seen:
            acts.waiting.mark_seen(waits.at, waits.version)


@waiting.command("list")
@click.argument("case")
@acting
def list_waiting(session: Opener, case: str) -> None:
    """List the waiting statements, in the order they were added."""
    with session(case) as acts:
        accounts, opens = acts.protection.waiting.list_statements(), acts.deliveries.next_opening()
    for account in accounts:
        hold_note = (
            "  names what was taken back"
            if account.unfit
            else f"  held back by {account.held_by}"
            if account.held_by
            else ""
        )
        say(
            f"{account.delivery:>4}  {moment(account.added_at)}  {account.claims:>4} claims  by {account.account}{hold_note}"
        )
    if accounts and opens:
        say(f"The next set time is {moment(opens)}.", err=True)
    if not accounts:
        say("No account waits in this case.", err=True)


@waiting.command("hold")
@click.argument("case")
@click.argument("delivery", type=int)
@acting
def hold_waiting(session: Opener, case: str, delivery: int) -> None:
    """Hold back a waiting statement: it opens to nobody until it is released."""
    with session(case) as acts:
        acts.protection.waiting.hold(delivery)
    say("Held back.", err=True)


@waiting.command("release")
@click.argument("case")
@click.argument("delivery", type=int)
@acting
def release_waiting(session: Opener, case: str, delivery: int) -> None:
    """Release a statement that is held back; it opens together with the others that wait."""
    with session(case) as acts:
        acts.protection.waiting.release(delivery)
    say("Released. It opens with the others at the next set time.", err=True)


@waiting.command("open")
@click.argument("case")
@acting
def open_waiting(session: Opener, case: str) -> None:
    """Open all waiting statements now, together, except those held back."""
    with session(case) as acts, show_progress() as progress:
        opened = acts.protection.waiting.open(progress)
    say(f"Opened: {len(opened.numbers)}.", *filter(None, [opened.owed]), err=True)


commands = (waiting,)
