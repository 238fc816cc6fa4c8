"""Reviews of leads, and questions to ask about them, on the command line: `review`, `question`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from graphsvc.cli.acting import acting
from graphsvc.cli.printed import say
from graphsvc.records.dates import moment
from graphsvc.service import Session, answers
from graphsvc.views.wording import JUDGEMENTS

Opener = Callable[..., AbstractContextManager[Session]]


@click.group()
def review() -> None:
    """Decisions about leads, with their reasons and the figures shown. They change no score, and are kept."""


@review.command("add")
@click.argument("case")
@click.argument("person")
@click.argument("judgement", type=click.Choice(list(JUDGEMENTS)))
@click.option("--reason", required=True, help="Why; colleagues read it, so name nobody who is sealed.")
@acting
def add(session: Opener, case: str, person: str, judgement: str, reason: str) -> None:
    """Agree with a lead, refuse it or park it. Requires the role investigator or analyst."""
    with session(case) as acts:
        acts.leads.reviews.add(person, judgement, reason)
    say("Kept. It cannot be changed or taken back, only followed by another.", err=True)


@review.command("list")
@click.argument("case")
@click.argument("person", default="")
@acting
def list_reviews(session: Opener, case: str, person: str) -> None:
    """List decisions about one lead, or about all leads you see; newest first."""
    with session(case) as acts:
        reviews = acts.leads.reviews.of(person)
    for review in reviews:
        _show(review)
    if not reviews:
        say("Nobody has decided about a lead that you can see here.", err=True)


@click.group()
def question() -> None:
    """Show the next best question about a lead, for the officer responsible for the statement."""


@question.command("list")
@click.argument("case")
@click.argument("person")
@acting
def questions(session: Opener, case: str, person: str) -> None:
    """Show what to ask next about a lead, and its innocent readings."""
    with session(case) as acts:
        read, asking = acts.leads.questions.readings(person), acts.leads.questions.next(person)
    for reading in read:
        say(f"reading: {reading.text}")
    for question in asking.questions:
        claim = question.claim
        denies = "not " if claim.denies else ""
        denied = f"  {question.denied}" if question.denied else ""
        say(f"{claim.id}  {claim.subject} {denies}{claim.relation} {claim.object}{denied}  statement {claim.statement}")
        say(f"    {question.text}")
        if question.rank_if_true is not None:
            then = "not ranked" if question.rank_if_false is None else f"about {question.rank_if_false}"
            say(f"    rank about {question.rank_if_true} if it is so, {then} without it")
    for note in asking.notes:
        say(note)
    if not asking.questions and not asking.notes:
        say("No claim about this person is worth a check for where they stand.", err=True)


@question.command("put")
@click.argument("case")
@click.argument("person")
@click.argument("claim")
@acting
def put_question(session: Opener, case: str, person: str, claim: str) -> None:
    """Record that a question was asked. Requires the role investigator or analyst."""
    with session(case) as acts:
        acts.leads.questions.put(person, claim)
    say("Noted.", err=True)


def _show(review: answers.Review) -> None:
    say(f"{review.lead}  {review.done} by {review.account} {moment(review.at)}  handling {review.handling}")
    say(f"    why: {review.reason or 'written with source clearance, and takes it to be read'}")
    say(f"    shown then: {review.figures_line}")
    if review.since:
        say(f"    {review.since}")


commands = (review, question)
