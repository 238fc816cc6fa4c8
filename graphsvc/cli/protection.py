"""Protecting sources and material on the command line: the vault's key, reveals, holds, sealing, erasing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.printed import say
from graphsvc.cli.progress import show_progress
from graphsvc.errors import RequestError
from graphsvc.records.dates import moment
from graphsvc.service import NewHold, Session, answers, limits

Opener = Callable[..., AbstractContextManager[Session]]
_REASON = click.option("--reason", required=True, help="Why; who agrees reads it.")
_NOTE = click.option("--note", default="", help="Words to who asked.")


@click.group()
def vault() -> None:
    """The vault with the identities of sealed people."""


@vault.command()
@click.option("--yes", is_flag=True, help="Do not ask first: for scripts.")
@acting
def rotate(session: Opener, *, yes: bool) -> None:
    """Give the vault a new master key; nobody is signed out. Requires the administrator role."""
    with session() as acts:
        acts.require("keys")
        if not yes and not _confirm("Every copy of the old master key becomes useless. Give the vault a new one?"):
            raise RequestError("The master key stays as it was, for nobody said yes. A script says it with --yes.")
        say(acts.protection.rotate_key())


@click.group()
def reveal() -> None:
    """Reveals: a custodian asks who is behind a pseudonym, a supervisor agrees or refuses."""


@reveal.command()
@click.argument("case")
@click.argument("pseudonym")
@_REASON
@acting
def ask(session: Opener, case: str, pseudonym: str, reason: str) -> None:
    """Ask for the identity behind a pseudonym. Requires the custodian role."""
    with session(case) as acts:
        say(acts.protection.reveals.ask(pseudonym, reason))
    say("Asked. It opens for you alone once a supervisor, another person, agrees.", err=True)


@reveal.command("list")
@acting
def list_reveals(session: Opener) -> None:
    """List the reveals you asked for, and those of your cases if you may agree; with state and times."""
    with session() as acts:
        _show(acts.protection.reveals.list_reveals(), "There is no reveal you can see.")


@reveal.command()
@acting
def pending(session: Opener) -> None:
    """List the reveals that wait for your answer."""
    with session() as acts:
        _show(
            [request for request in acts.protection.reveals.list_reveals() if request.decidable],
            "No reveal waits for your answer.",
        )


@reveal.command()
@click.argument("request")
@_NOTE
@acting
def agree(session: Opener, request: str, note: str) -> None:
    """Agree to a reveal that another person asked for. Requires the supervisor role."""
    with session() as acts:
        agreed = acts.protection.reveals.agree(request, note)
        say(f"Agreed. It is open for {agreed.asked_by} until {_at(agreed.until)}.", err=True)


@reveal.command()
@click.argument("request")
@_NOTE
@acting
def refuse(session: Opener, request: str, note: str) -> None:
    """Refuse a reveal that another person asked for. Requires the supervisor role."""
    with session() as acts:
        acts.protection.reveals.refuse(request, note)
    say("Refused.", err=True)


@reveal.command("open")
@click.argument("request")
@acting
def open_identity(session: Opener, request: str) -> None:
    """Show the identity behind the pseudonym of an agreed reveal of yours. The log records each time."""
    with session() as acts:
        revealed = acts.protection.reveals.open(request)
    for name, value in revealed.values.items():
        say(f"{name:16} {', '.join(map(str, value)) if isinstance(value, list) else value}")
    say(f"Open until {_at(revealed.until)}. Do not write it down where others read.", err=True)


@reveal.command()
@click.argument("request")
@acting
def end(session: Opener, request: str) -> None:
    """End one of your reveals early."""
    with session() as acts:
        acts.protection.reveals.end(request)
    say("Ended.", err=True)


@click.group("hold")
def holds() -> None:
    """Holds keep material of an investigation or prosecution from erasure and undo. Requires the supervisor role."""


@holds.command("add")
@click.argument("case")
@click.option("--person", default="", help="Id of one person; without it the whole case is held.")
@click.option("--kind", type=click.Choice(limits.HOLD_KINDS), required=True, help="What the material is held for.")
@click.option("--owner", required=True, help="Who answers for the hold.")
@click.option("--reason", required=True, help="Why.")
@click.option("--review", type=click.DateTime(["%Y-%m-%d"]), required=True, help="When to look at it again.")
@acting
def add_hold(session: Opener, case: str, person: str, kind: str, owner: str, reason: str, review: dt.datetime) -> None:
    """Put a hold on a case, or on one person in it."""
    with session(case) as acts:
        say(acts.protection.holds.add(NewHold(kind, owner, reason, review.date()), person))


@holds.command("list")
@click.argument("case")
@acting
def list_holds(session: Opener, case: str) -> None:
    """List the holds of a case, those in force first."""
    with session(case) as acts:
        holds = acts.protection.holds.list_holds()
    for hold in holds:
        state = f"released by {hold.released_by} {_at(hold.released_at)}" if hold.released_by else "lasts"
        due = f"  {hold.overdue.upper()}" if hold.overdue else ""
        say(f"{hold.id}  {hold.kind:13} {hold.person or 'whole case'}  {state}  review {hold.review_on}{due}")
        say(f"    {hold.owner}: {hold.reason}  (added by {hold.added_by} {_at(hold.added_at)})")
    if not holds:
        say("Nothing is held in this case.", err=True)


@holds.command("release")
@click.argument("case")
@click.argument("hold")
@acting
def release_hold(session: Opener, case: str, hold: str) -> None:
    """Release a hold; it stays in the list."""
    with session(case) as acts:
        acts.protection.holds.release(hold)
    say("Released.", err=True)


@click.group()
def seal() -> None:
    """Seal or name people: one person asks, and a different person, a supervisor, agrees."""


@seal.command("ask")
@click.argument("case")
@click.argument("person")
@click.option("--open", "opening", is_flag=True, help="Ask to name a sealed person again. Takes the role custodian.")
@_REASON
@acting
def ask_sealing(session: Opener, case: str, person: str, reason: str, *, opening: bool) -> None:
    """Ask to seal a named person. Requires the role custodian or supervisor."""
    with session(case) as acts:
        say(
            acts.protection.sealings.ask_opening(person, reason)
            if opening
            else acts.protection.sealings.ask(person, reason)
        )
    say("Asked. Nothing is changed until a supervisor, another person, agrees.", err=True)


@seal.command("protect")
@click.argument("case")
@click.argument("protection", type=click.Choice(list(limits.PROTECTIONS)))
@click.option("--reason", default="", help="Why the looser one (marked) is right; a supervisor reads it.")
@acting
def protect_case(session: Opener, case: str, protection: str, reason: str) -> None:
    """Make a case a witness case, or ask to protect marked people only (a supervisor has to agree)."""
    with session(case) as acts, show_progress() as progress:
        if protection == "witness":
            acts.protection.sealings.tighten(progress)
        else:
            say(acts.protection.sealings.ask_loosening(reason))
    say(
        "Done: the case is a witness case."
        if protection == "witness"
        else "Asked. Nothing is changed until a supervisor, another person, agrees.",
        err=True,
    )


@seal.command("list")
@acting
def list_sealings(session: Opener) -> None:
    """List your requests to seal or name people, and those of your cases if you may agree; with state and times."""
    with session() as acts:
        _show(acts.protection.sealings.list_requests(), "Nothing was asked for that you can see.")


@seal.command("agree")
@click.argument("request")
@_NOTE
@acting
def agree_sealing(session: Opener, request: str, note: str) -> None:
    """Agree to another person's request and carry it out. Requires the supervisor role."""
    with session() as acts, show_progress() as progress:
        outcome = acts.protection.sealings.agree(request, progress, note)
    say(f"Done. {outcome}", err=True)


@seal.command("refuse")
@click.argument("request")
@_NOTE
@acting
def refuse_sealing(session: Opener, request: str, note: str) -> None:
    """Refuse another person's request. Requires the supervisor role."""
    with session() as acts:
        acts.protection.sealings.refuse(request, note)
    say("Refused.", err=True)


@seal.command("who")
@click.argument("case")
@acting
def who_is_sealed(session: Opener, case: str) -> None:
    """List sealed people with day and reason, named people to check, and people named by the newest delivery."""
    with session(case) as acts:
        to_check, sealed = acts.protection.sealings.to_be_sealed(), acts.protection.sealings.sealed_entities()
        named = acts.protection.sealings.newly_named()
        shared = acts.protection.sharing.list_cases()
    for case_sharing in shared:
        partner = case_sharing.other or "another case"
        since = _at(case_sharing.at)
        say(f"shares its ids with {partner}  {since}  {case_sharing.account}  {case_sharing.reason}".rstrip())
    for person, why in to_check.items():
        say(f"{person}  named; to check: {why}")
    for person, why in named.items():
        say(f"{person}  named by the newest delivery: {why}")
    for entity in sealed:
        against = f"  STAYS SEALED AGAINST DELIVERY {entity.against}" if entity.delivered and entity.against else ""
        absent = "" if entity.delivered else "  in no delivery any more"
        say(f"{entity.pseudonym}  since {entity.since}  {entity.why}{against}{absent}")
    if not to_check and not sealed and not named:
        say("Nobody is sealed in this case.", err=True)


@seal.command("share-ids")
@click.argument("case")
@click.argument("other")
@_REASON
@acting
def share_ids(session: Opener, case: str, other: str, reason: str) -> None:
    """Declare that CASE and OTHER share ids: an id sealed in one is sealed in both. Requires the custodian role."""
    with session(case) as acts:
        acts.protection.sharing.declare(other, reason)
    say("Declared. From now on an id sealed in one of the two is sealed in the other.", err=True)


@seal.command("end-shared-ids")
@click.argument("case")
@click.argument("other")
@acting
def end_shared_ids(session: Opener, case: str, other: str) -> None:
    """End the declaration that CASE and OTHER share ids; sealed people stay sealed. Requires the custodian role."""
    with session(case) as acts:
        acts.protection.sharing.end(other)
    say("Ended. Sealed people stay sealed.", err=True)


@click.command()
@click.argument("case")
@click.argument("what")
@acting
def known(session: Opener, case: str, what: str) -> None:
    """Find the pseudonym of a person whose whole name, number or id (WHAT) you know. Each search is logged."""
    with session(case) as acts:
        rows = acts.search.find_pseudonyms(what)
    for row in rows:
        say(row["id"])
    if not rows:
        say("Nobody you can see under a pseudonym has that name.", err=True)


@click.group()
def erase() -> None:
    """Erasing a person for good: one person asks, and a different person, a supervisor, agrees."""


@erase.command("ask")
@click.argument("case")
@click.argument("person")
@_REASON
@acting
def ask_erasure(session: Opener, case: str, person: str, reason: str) -> None:
    """Ask to erase a person. Requires the role custodian or supervisor."""
    with session(case) as acts:
        say(acts.protection.erasures.ask(person, reason))
    say("Asked. Nothing is erased until a supervisor, another person, agrees.", err=True)


@erase.command("list")
@acting
def list_erasures(session: Opener) -> None:
    """List the erasures you asked for, and those of your cases if you may agree; with state and times."""
    with session() as acts:
        _show(acts.protection.erasures.list_erasures(), "There is no erasure you can see.")


@erase.command("agree")
@click.argument("request")
@_NOTE
@acting
def agree_erasure(session: Opener, request: str, note: str) -> None:
    """Agree to another person's erasure request and carry it out for good. Requires the supervisor role."""
    with session() as acts, show_progress() as progress:
        outcome = acts.protection.erasures.agree(request, progress, note)
    say(f"Erased. {outcome}", err=True)


@erase.command("refuse")
@click.argument("request")
@_NOTE
@acting
def refuse_erasure(session: Opener, request: str, note: str) -> None:
    """Refuse an erasure that another person asked for. Requires the supervisor role."""
    with session() as acts:
        acts.protection.erasures.refuse(request, note)
    say("Refused.", err=True)


def _show(requests: list[answers.Request], nothing: str) -> None:
    for request in requests:
        say(
            f"{request.id}  {request.kind:6} {request.state:8} {request.case}  {request.pseudonym}  asked by {request.asked_by} {_at(request.asked_at)}"
        )
        say(f"    why: {request.reason}")
        if request.decided_by:
            say(
                f"    {request.decided_by} answered {_at(request.decided_at)}{': ' if request.answer else ''}{request.answer}"
            )
        times = (("opened", request.opened_at), ("until", request.until), ("ended", request.ended_at))
        timeline = ", ".join(f"{word} {_at(time)}" for word, time in times if time)
        if timeline:
            say(f"    {timeline}")
    if not requests:
        say(nothing, err=True)


def _confirm(question: str) -> bool:
    """Ask the user a question and return whether the answer is yes; False if there is no one to ask."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        say("", err=True)
        return False


def _at(time: dt.datetime | None) -> str:
    return moment(time) if time else ""


commands = (vault, reveal, holds, seal, known, erase)
