"""Key-player sets on the command line: `sets`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.printed import say, say_text
from graphsvc.service import Session, answers, limits
from graphsvc.views.sentences import NOT_TOLD

Opener = Callable[..., AbstractContextManager[Session]]


@click.command()
@click.argument("case", default="")
@click.option("--size", default=3, show_default=True, help="How many people, 1 to 10.")
@click.option(
    "--goal",
    type=click.Choice(list(limits.SET_GOALS)),
    default="fragment",
    show_default=True,
    help="What they do best.",
)
@click.option("--person", "people", multiple=True, help="Look at these people instead; may be repeated.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@acting
def sets(session: Opener, case: str, size: int, goal: str, people: tuple[str, ...], form: str) -> None:
    """Show the people who together hold the network together or reach most of it, and the effect of removing them."""
    with session(case) as acts:
        key_set = acts.leads.sets.find(size, goal, people)
    if form == "json":
        say_text(json.dumps(asdict(key_set) | {"reasons": key_set.reasons}, ensure_ascii=False, indent=1))
    else:
        _show(key_set)


def _show(key_set: answers.KeySet) -> None:
    def name_with_id(identifier: str) -> str:
        name = key_set.names.get(identifier, identifier)
        called = identifier if name == identifier else f"{identifier} {name}"
        return f"{called} ({key_set.denied[identifier]})" if identifier in key_set.denied else called

    of_whom = "people and things" if key_set.things else "people"
    unranked = NOT_TOLD if key_set.verdict == "abstains" else "none"
    for gain in key_set.gains:  # largest contribution first
        person = gain.person
        untied = "  no links" if person in key_set.untied else ""
        say(f"{name_with_id(person)}  rank {key_set.ranks.get(person, unranked)}  adds {gain.adds:.3f}{untied}")
        if person in key_set.reasons:
            say(f"    {key_set.reasons[person]}")
        for heir in key_set.successors:
            if heir.of == person:
                say(f"    might take over: {name_with_id(heir.person)}, {heir.shared} of {heir.ties} links")
    # Three digits, as on the page, because sets may differ by less than 0.01.
    say(f"reach {key_set.reach:.3f} of {key_set.of} {of_whom}")
    for when, left in (("as it is", key_set.before), ("without them", key_set.after), ("taken over", key_set.back)):
        pieces = f"{left.pieces} pieces, the biggest of {left.biggest}"
        say(f"{when:13} {left.people} {of_whom}, {pieces}, fragmentation {left.fragmentation:.3f}")
    for rival in key_set.rivals:
        of = f"{name_with_id(rival.gang)}, the gang of {rival.of}" if rival.gang else name_with_id(rival.of)
        say(f"might gain: {name_with_id(rival.rival)}, a rival of {of}{f' ({rival.denied})' if rival.denied else ''}")
    if key_set.ranked_on:
        say(key_set.ranked_on, err=True)
    if key_set.contacts_alone:
        say("No statement gives anybody a part here: this shows contacts only.", err=True)
    if key_set.sampled:
        say(f"Figures come from a sample of the {of_whom}, the same each time.", err=True)
    say("A network answers what is done to it: taking people out has made networks stronger.", err=True)


commands = (sets,)
