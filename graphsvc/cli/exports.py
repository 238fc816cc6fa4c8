"""Exports on the command line: preview, make, fetch, answer, recall and verify them, and export a whole case."""

from __future__ import annotations

import datetime as dt
import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.looking import as_given
from graphsvc.cli.printed import say
from graphsvc.cli.progress import show_progress
from graphsvc.errors import InputError, RequestError
from graphsvc.records.dates import moment
from graphsvc.records.numbers import count
from graphsvc.records.relations import LinkKey, says
from graphsvc.service import PictureRequest, Session, Wanted, answers, limits, verify_export
from graphsvc.views.forms import FORMS

Opener = Callable[..., AbstractContextManager[Session]]
_NOTE = click.option("--note", default="", help="Words to who asked.")
_PARTS = 3
# Options that describe a picture → their parameter. They cannot be used with a query.
_OF_PICTURES = {
    "--id": "ids",
    "--depth": "depth",
    "--relation": "relations",
    "--least": "least",
    "--presence": "presence",
}


@click.group()
def export() -> None:
    """Sanitised exports: one that could give a witness away waits until a supervisor, a different person, agrees."""


def wanting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of an export to a command: content, recipient, links to leave out."""
    for option in (
        click.option("--id", "ids", multiple=True, help="Where the picture starts; may be repeated."),
        click.option("--depth", type=int, help="Links away from the start, 0 to 4; 1 where it is not said."),
        click.option("--relation", "relations", multiple=True, help="Only links of this relation; may be repeated."),
        click.option("--least", type=float, help="Only links believed at least so much, 0 to 1."),
        click.option(
            "--presence",
            is_flag=True,
            default=None,
            help="Include people who were only present, and lawful service; by default only where nothing else is linked.",
        ),
        click.option("--only", "only", multiple=True, help="Of the picture, this id alone; may be repeated."),
        click.option("--query", "query", default="", help="Instead of a picture: the entities in a query's answer."),
        click.option("--param", "assignments", multiple=True, metavar="NAME=VALUE", help="A parameter of the query."),
        click.option(
            "--without",
            multiple=True,
            metavar="SUBJECT:RELATION:OBJECT",
            help="A link that stays here, as the preview prints it.",
        ),
        click.option("--handling", type=click.Choice(["P", "C"]), default=None, help="Only what this code covers."),
        click.option("--for", "recipient", required=True, help="Who it is for: an organisation or a person."),
    ):
        command = option(command)
    return command


@export.command("preview")
@click.argument("case")
@wanting
@acting
def preview(session: Opener, case: str, recipient: str, handling: str | None, **options: Any) -> None:
    """Preview an export and the sources it could give away; nothing is made."""
    with session(case) as acts:
        preview = acts.exports.preview(
            _parse_options(options), recipient, handling=handling or "", left_out=_links(options["without"])
        )
    say(f"{count(len(preview.nodes), 'entity')}, {count(len(preview.links), 'link')}, handling {preview.handling}")
    for words, number in (preview.taken_out | preview.withheld).items():
        say(f"left out: {words}: {number}")
    if preview.contested:
        say(f"{preview.against} Leave it out, or it goes marked as contested:", err=True)
    for fact in preview.contested:
        say(_without(fact.key, preview.names))
    exposure = preview.exposure
    if preview.by_source:
        for witness in exposure.witnesses:
            few = "  TOO FEW" if witness.size < exposure.below else ""
            say(f"{witness.source}  {witness.size} could have known it all{few}")
    if exposure.safe:
        say("It can be made at once.", err=True)
        return
    say("It could give a witness away: leave these out, or ask a supervisor (--ask).", err=True)
    for fact in exposure.leave_out:
        say(_without(fact.key, preview.names))


@export.command("make")
@click.argument("case")
@click.option("--reason", required=True, help="Why; printed in the manifest.")
@click.option("--form", "forms", multiple=True, type=click.Choice(list(FORMS)), help="Only this form; may be repeated.")
@click.option("--ask", is_flag=True, help="If it could give a witness away, ask a supervisor.")
@wanting
@acting
def make(
    session: Opener,
    case: str,
    reason: str,
    recipient: str,
    handling: str | None,
    *,
    ask: bool,
    forms: Sequence[str],
    **options: Any,
) -> None:
    """Make an export and print its id."""
    wanted, left_out = _parse_options(options), _links(options["without"])
    with session(case) as acts:
        new_export = acts.exports.make(
            wanted, recipient, reason, handling=handling or "", left_out=left_out, ask=ask, forms=forms
        )
    say(new_export.id)
    waits = (
        "A supervisor, another person, has to agree."
        if new_export.state == "waiting"
        else "`graphsvc export get` has it."
    )
    for words, number in (new_export.taken_out | new_export.withheld).items():
        say(f"left out: {words}: {number}", err=True)
    say(
        f"{new_export.number} for {new_export.recipient}: {count(new_export.nodes, 'entity')}, {count(new_export.links, 'link')}. {waits}",
        err=True,
    )


@export.command("parquet")
@click.argument("case")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="Folder to make (default: one named by case and version)."
)
@click.option("--for", "recipient", default="", help="Who it is for, cleared as you are (default: you).")
@click.option("--reason", default="", help="Why; printed in the manifest (default: the purpose).")
@acting
def parquet(session: Opener, case: str, target: Path | None, recipient: str, reason: str) -> None:
    """Write a whole case as Parquet, one file per table, not sanitised. Requires clearance for C and for sources."""
    with session(case) as acts, show_progress() as progress:
        parquet_export = acts.exports.whole.parquet(target, recipient=recipient, reason=reason, progress=progress)
    say(parquet_export.folder)
    for name, rows in parquet_export.rows.items():
        say(f"{name}: {count(rows, 'row')}", err=True)
    say(
        f"{parquet_export.number}: {parquet_export.size:,} bytes. `graphsvc export verify` says whether it is as it was.",
        err=True,
    )


@export.command("list")
@click.argument("case")
@acting
def list_exports(session: Opener, case: str) -> None:
    """List the exports you made, and all exports of the case if you may agree to them."""
    with session(case) as acts:
        _show(acts.exports.given.list_exports(), "There is no export you can see in this case.")


@export.command("get")
@click.argument("case")
@click.argument("identifier", metavar="EXPORT")
@click.option("--to", "target", type=click.Path(path_type=Path), help="File to write (default: its number, here).")
@acting
def get(session: Opener, case: str, identifier: str, target: Path | None) -> None:
    """Fetch the file of one of your exports; the export then counts as given."""
    with session(case) as acts:
        target = acts.exports.given.save(identifier, target)
    say(target)


@export.command("agree")
@click.argument("case")
@click.argument("identifier", metavar="EXPORT")
@_NOTE
@acting
def agree(session: Opener, case: str, identifier: str, note: str) -> None:
    """Agree to an export that another person asked for. Requires the supervisor role."""
    with session(case) as acts:
        acts.exports.given.agree(identifier, note)
    say("Agreed. Who asked can fetch it now.", err=True)


@export.command("refuse")
@click.argument("case")
@click.argument("identifier", metavar="EXPORT")
@_NOTE
@acting
def refuse(session: Opener, case: str, identifier: str, note: str) -> None:
    """Refuse an export that another person asked for. Requires the supervisor role."""
    with session(case) as acts:
        acts.exports.given.refuse(identifier, note)
    say("Refused.", err=True)


@export.command("recall")
@click.argument("case")
@click.option("--done", default="", metavar="EXPORT", help="Record that an export was returned or destroyed.")
@acting
def recall(session: Opener, case: str, done: str) -> None:
    """List given exports that show a person who was sealed or erased afterwards."""
    with session(case) as acts:
        if done:
            acts.exports.given.settle(done)
        _show(acts.exports.given.recalls(), "Nothing that you can see has to be asked back.")


@export.command("verify")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
def verify_file(path: Path) -> None:
    """Check that every file of an export matches its manifest. Needs no account."""
    faults = verify_export(path)
    if faults:
        raise InputError(f"{path} is not as it was given: {'; '.join(faults)}.")
    say("It is as its manifest says.")


def _parse_options(options: dict[str, Any]) -> Wanted:
    parameters = as_given(options["assignments"])
    if options["query"]:
        drawn = [option for option, name in _OF_PICTURES.items() if options[name] not in (None, ())]
        if drawn:
            raise RequestError(f"A query says itself what goes: leave out {' and '.join(drawn)}, or --query.")
        return Wanted(query=options["query"], parameters=parameters, only=tuple(options["only"]))
    if parameters:
        raise RequestError("--param is for a query: name it with --query, or leave --param out.")
    return Wanted(
        picture=PictureRequest(
            ids=options["ids"],
            depth=1 if options["depth"] is None else options["depth"],
            relations=options["relations"],
            least=options["least"] or 0.0,
            presence=bool(options["presence"]),
            # Unlike on a canvas, the user does not choose the number of nodes.
            cap=limits.MOST_NODES,
        ),
        only=tuple(options["only"]),
    )


def _links(texts: Sequence[str]) -> list[LinkKey]:
    return [_link(text) for text in texts]


def _link(text: str) -> LinkKey:
    """Parse a link in the form of `_link_text`.

    Raises:
        RequestError: the text is not a link.
    """
    parts: Any = text.split(":")
    if text.startswith("["):
        with suppress(ValueError, RecursionError):
            parts = json.loads(text)
    if len(parts) != _PARTS or not all(isinstance(part, str) for part in parts):
        raise RequestError(
            f"A link is written SUBJECT:RELATION:OBJECT, or as a list in JSON as the preview prints it, not {text[:80]!r}."
        )
    return parts[0], parts[1], parts[2]


def _without(link: LinkKey, names: Mapping[str, str]) -> str:
    """Return the option that leaves out a link, followed by the link in words."""
    subject, relation, target = link
    words = f"{names.get(subject, subject)} {says(relation)} {names.get(target, target)}"
    return f"--without {_link_text(link)}  # {words}"


def _link_text(link: LinkKey) -> str:
    """Return a link as a value of `--without`, quoted for a shell: with colons or, if these are ambiguous, as JSON.

    Example:
        >>> print(_link_text(("P1", "CONTROLS", "K1")), _link_text(("P1", "CONTROLS", "wp:12")))
        'P1:CONTROLS:K1' '["P1", "CONTROLS", "wp:12"]'
    """
    plainly = ":".join(link)
    if plainly.count(":") < _PARTS and "'" not in plainly and not plainly.startswith("["):
        return f"'{plainly}'"
    return shlex.quote(json.dumps(link, ensure_ascii=False))


def _show(exports: list[answers.Export], nothing: str) -> None:
    for export in exports:
        say(
            f"{export.id}  {export.number}  {export.state:8} for {export.recipient}  by {export.account} {_at(export.made_at)}"
        )
        say(
            f"    {count(export.nodes, 'entity')}, {count(export.links, 'link')}, handling {export.handling}; why: {export.reason}"
        )
        if export.given_at:
            say(f"    given {_at(export.given_at)}")
        if export.recall:
            back = f", back or destroyed {_at(export.recalled_at)}" if export.recalled_at else ": ASK IT BACK"
            say(f"    shows somebody who was {export.recall} {_at(export.recall_at)}{back}")
        if export.decidable:
            say("    waits for your answer")
        for (subject, relation, target), words in export.denied.items():
            say(f"    {subject} {says(relation)} {target}: {words}")
    if not exports:
        say(nothing, err=True)


def _at(time: dt.datetime | None) -> str:
    return moment(time) if time else ""


commands = (export,)
