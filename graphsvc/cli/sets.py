"""Key-player sets on the command line: `sets`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.printed import say, say_text
from graphsvc.service import GOALS, KeySet, Session

Opener = Callable[..., AbstractContextManager[Session]]


@click.command()
@click.argument("case", default="")
@click.option("--size", default=3, show_default=True, help="How many people, 1 to 10.")
@click.option(
    "--goal", type=click.Choice(list(GOALS)), default="fragment", show_default=True, help="What they do best."
)
@click.option("--person", "people", multiple=True, help="Look at these people instead; may be repeated.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@acting
def sets(session: Opener, case: str, size: int, goal: str, people: tuple[str, ...], form: str) -> None:
    """Who together holds the network together or reaches most of it, and what if they were gone."""
    with session(case) as acts:
        found = acts.leads.sets.find(size, goal, people)
    if form == "json":
        say_text(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        _show(found)


def _show(found: KeySet) -> None:
    def named(identifier: str) -> str:
        name = found.names.get(identifier, identifier)
        return identifier if name == identifier else f"{identifier} {name}"

    for one in found.people:
        say(f"{named(one)}  rank {found.ranks.get(one, 'none')}")
        for heir in found.successors:
            if heir.of == one:
                say(f"    might take over: {named(heir.person)}, {heir.shared} of {heir.ties} ties")
    say(f"reach {found.reach:.2f} of {found.of} people")
    for when, left in (("as it is", found.before), ("without them", found.after), ("taken over", found.back)):
        pieces = f"{left.pieces} pieces, the biggest of {left.biggest}"
        say(f"{when:13} {left.people} people, {pieces}, fragmentation {left.fragmentation:.2f}")
    for rival in found.rivals:
        of = f"{named(rival.gang)}, the gang of {rival.of}" if rival.gang else named(rival.of)
        say(f"might gain: {named(rival.rival)}, a rival of {of}")
    if found.sampled:
        say("Figures come from a sample of the people, the same each time.", err=True)
    say("A network answers what is done to it: taking people out has made networks stronger.", err=True)


commands = (sets,)
