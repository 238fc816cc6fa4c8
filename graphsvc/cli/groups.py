"""Groups of witnesses on the command line: who depends on whom and why, and decisions against it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.printed import say, say_text
from graphsvc.cli.progress import shown
from graphsvc.records.dates import moment
from graphsvc.service import PAIR_KINDS, Session

Opener = Callable[..., AbstractContextManager[Session]]


@click.group("groups")
def groups() -> None:
    """Which witnesses depend on each other, and why. Takes source clearance."""


@groups.command("list")
@click.argument("case")
@click.option("--source", "sources", multiple=True, help="Only among these sources, by pseudonym; may be repeated.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@acting
def list_groups(session: Opener, case: str, sources: tuple[str, ...], form: str) -> None:
    """The groups of witnesses of a case, the largest first, with what each shares."""
    with session(case) as acts:
        found = acts.leads.groups.of(sources or None)
    if form == "json":
        told = [
            {
                "sources": group.sources,
                "shared": [{"reason": one.reason, "thing": one.thing, "sources": one.sources} for one in group.shared],
                "decided": [{"id": one.id, "kind": one.kind, "sources": one.pair} for one in group.decided],
            }
            for group in found
        ]
        say_text(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for group in found:
        say(f"{len(group.sources)}  {', '.join(group.sources)}")
        for one in group.shared:
            say(f"    {f'{one.reason} {one.thing}'.strip()}: {', '.join(one.sources)}")
        for decided in group.decided:
            say(f"    {decided.kind} by decision {decided.id}: {', '.join(decided.pair)}")
    if not found:
        say("There is no witness you can see in this case.", err=True)


@groups.command("decide")
@click.argument("case")
@click.argument("one")
@click.argument("other")
@click.option("--as", "kind", type=click.Choice(PAIR_KINDS), required=True, help="What the two are after all.")
@click.option("--reason", required=True, help="Why; kept sealed with the decision.")
@click.option(
    "--handling",
    type=click.Choice(["P", "C"]),
    default=None,
    help="P: what this rests on may be known to those cleared for P alone. Without it: your own level.",
)
@acting
def decide(session: Opener, case: str, one: str, other: str, kind: str, reason: str, handling: str | None) -> None:
    """Decide that two witnesses are independent, or depend on each other, after all. Takes the role analyst or supervisor."""
    with session(case) as acts, shown() as progress:
        say(acts.leads.groups.decide(one, other, kind, reason, progress, handling or ""))
    say("Decided. The figures that rest on the two are computed anew.", err=True)


@groups.command("decisions")
@click.argument("case")
@acting
def decisions(session: Opener, case: str) -> None:
    """What was decided on two witnesses, newest first; also what was taken back."""
    with session(case) as acts:
        found = acts.leads.groups.pairings()
    for one in found:
        say(f"{one.id}  {one.kind:11} {one.handling}  {one.one} {one.other}")
        say(f"    {one.by} {moment(one.at)}: {one.reason}")
        if one.ended_at:
            say(f"    taken back by {one.ended_by} {moment(one.ended_at)}: {one.ended_reason}")
    if not found:
        say("Nobody has decided against what the case says.", err=True)


@groups.command("take-back")
@click.argument("case")
@click.argument("decision")
@click.option("--reason", required=True, help="Why; kept sealed with the decision.")
@acting
def take_back(session: Opener, case: str, decision: str, reason: str) -> None:
    """Take a decision back; it stays in the list. Takes the role analyst or supervisor."""
    with session(case) as acts, shown() as progress:
        acts.leads.groups.end(decision, reason, progress)
    say("Taken back. The figures that rest on the two are computed anew.", err=True)
