"""Groups of witnesses on the command line: which witnesses depend on each other, why, and decisions about that."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.printed import say, say_text
from graphsvc.cli.progress import show_progress
from graphsvc.records.dates import moment
from graphsvc.service import Session, limits

Opener = Callable[..., AbstractContextManager[Session]]


@click.group("groups")
def groups() -> None:
    """Groups of witnesses that depend on each other, and why. Requires source clearance."""


@groups.command("list")
@click.argument("case")
@click.option("--source", "sources", multiple=True, help="Only among these sources, by pseudonym; may be repeated.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@acting
def list_groups(session: Opener, case: str, sources: tuple[str, ...], form: str) -> None:
    """List a case's groups of witnesses, largest first, with what each group shares."""
    with session(case) as acts:
        groups = acts.leads.groups.of(sources or None)
    if form == "json":
        answer = [
            {
                "sources": group.sources,
                "shared": [
                    {
                        "reason": shared.reason,
                        "thing": shared.thing,
                        "sources": shared.sources,
                        "denied": shared.denied,
                    }
                    for shared in group.shared
                ],
                "decided": [
                    {"id": pairing.id, "kind": pairing.kind, "sources": pairing.pair} for pairing in group.decided
                ],
            }
            for group in groups
        ]
        say_text(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    for group in groups:
        say(f"{len(group.sources)}  {', '.join(group.sources)}")
        for shared in group.shared:
            words = [part for part in (shared.reason, shared.thing, shared.denied) if part]
            say(f"    {' '.join(words)}: {', '.join(shared.sources)}")
        for decided in group.decided:
            say(f"    {decided.kind} by decision {decided.id}: {', '.join(decided.pair)}")
    if not groups:
        say("There is no witness you can see in this case.", err=True)


@groups.command("decide")
@click.argument("case")
@click.argument("source")
@click.argument("other")
@click.option("--as", "kind", type=click.Choice(limits.PAIR_KINDS), required=True, help="What the two are after all.")
@click.option("--reason", required=True, help="Why; kept sealed with the decision.")
@click.option(
    "--handling",
    type=click.Choice(["P", "C"]),
    default=None,
    help="P: what this rests on may be known to those cleared for P alone. Without it: your own level.",
)
@acting
def decide(session: Opener, case: str, source: str, other: str, kind: str, reason: str, handling: str | None) -> None:
    """Decide that two witnesses are independent after all, or dependent. Requires the role analyst or supervisor."""
    with session(case) as acts, show_progress() as progress:
        say(acts.leads.groups.decide(source, other, kind, reason, progress, handling or ""))
    say("Decided. Figures that depend on the two are computed again.", err=True)


@groups.command("decisions")
@click.argument("case")
@acting
def decisions(session: Opener, case: str) -> None:
    """List decisions about pairs of witnesses, newest first, including withdrawn ones."""
    with session(case) as acts:
        pairings = acts.leads.groups.pairings()
    for pairing in pairings:
        say(f"{pairing.id}  {pairing.kind:11} {pairing.handling}  {pairing.one} {pairing.other}")
        say(f"    {pairing.by} {moment(pairing.at)}: {pairing.reason}")
        if pairing.ended_at:
            say(f"    taken back by {pairing.ended_by} {moment(pairing.ended_at)}: {pairing.ended_reason}")
    if not pairings:
        say("Nobody has decided against what the case says, as far as you can see.", err=True)


@groups.command("take-back")
@click.argument("case")
@click.argument("decision")
@click.option("--reason", required=True, help="Why; kept sealed with the decision.")
@acting
def take_back(session: Opener, case: str, decision: str, reason: str) -> None:
    """Withdraw a decision; it stays in the list. Requires the role analyst or supervisor."""
    with session(case) as acts, show_progress() as progress:
        acts.leads.groups.end(decision, reason, progress)
    say("Taken back. Figures that depend on the two are computed again.", err=True)


commands = (groups,)
