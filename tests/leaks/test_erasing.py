"""A refused erasure reveals nothing about the source of a statement, whichever person is under a hold.

Two cases differ in one hidden cell: which of two people is the source of a statement, or of a waiting statement. A
supervisor without source clearance puts one person after another under a hold, and each time asks to have both people
erased.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from graphsvc.access.decisions.holds import NewHold
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.cases.deliveries.statement_form import FormPart
from graphsvc.config import Settings
from graphsvc.errors import GraphsvcError
from graphsvc.service import quiet
from tests.toolbox.accounts import WHOLE, Roles
from tests.toolbox.cases import Place, open_place
from tests.toolbox.rows import Tables, claim, statement_claims

pytestmark = pytest.mark.neo4j
ROLES: Roles = {
    "inv": ("investigator", WHOLE),
    "cus": ("custodian", WHOLE),
    "sup": ("supervisor", Grant("C")),
    "sup2": ("supervisor", Grant("C")),
    "cus2": ("custodian", Grant("C")),
}
GUESSES = ("wit-1", "wit-2")
LINK = ("boss-1", "DIRECTED", "aide-1")
BASE: Tables = {
    "people": [
        {"id": "boss-1", "name": "Ari Berg", "category": "suspect"},
        {"id": "aide-1", "name": "Bo Quist", "category": "suspect"},
        *({"id": guess, "name": f"Selam {guess}"} for guess in GUESSES),
    ],
    "crossings": [{"id": "crossing-1", "date": "2020-05-08"}],
    "statements": [{"id": "rec-1", "kind": "record"}],
    "links": statement_claims(
        "rec-1",
        "aide-1 PILOTED crossing-1",
        "boss-1 CONTACTED aide-1",
        *(f"{guess} CROSSED_ON crossing-1" for guess in GUESSES),
    ),
}
HELD = ("boss-1", "aide-1", "")


def deliver(people: Place, source: str) -> None:
    people.load(
        "inv",
        {
            "statements": [{"id": "acc-1", "kind": "witness", "handling": "C", "source_id": source}],
            "links": [claim(*LINK, "acc-1")],
        },
        partial=True,
    )


def add_by_form(people: Place, source: str) -> None:
    form = people("inv").deliveries.form
    parts = (FormPart("c1", "links", dict(zip(("subject_id", "relation", "object_id"), LINK, strict=True))),)
    cells = {"kind": "witness", "handling": "P", "source_id": pseudonym_of(people, source)}
    job = people("inv").deliveries.job(form.enter(replace(form.new(), statement=cells, claims=parts)), wait_s=60)
    assert job.result["waits"]


def pseudonym_of(people: Place, person: str) -> str:
    return pseudonym(people.service.register.key(people.case, create=False), "person", person)


def tries(people: Place) -> Iterator[str]:
    """All answers to erasures requested or agreed without source clearance, with each person held in turn."""
    requests = [people("cus").protection.erasures.ask(pseudonym_of(people, guess), "asked for it") for guess in GUESSES]
    for person in HELD:
        hold = NewHold("investigation", "DI Marsh", "still open", dt.date(2999, 1, 1))
        hold_id = people("sup").protection.holds.add(hold, person)
        for request, guess in zip(requests, GUESSES, strict=True):
            for who in ("sup", "cus2"):
                yield answer_to(people(who).protection.erasures.ask, pseudonym_of(people, guess), "as asked")
            yield answer_to(people("sup2").protection.erasures.agree, request, quiet)
        people("sup").protection.holds.release(hold_id)


def answer_to(act: Callable[..., object], *arguments: object) -> str:
    try:
        act(*arguments)
    except GraphsvcError as error:
        return f"{type(error).__name__}: {error}"
    return "done"


@pytest.mark.changes
@pytest.mark.parametrize("add", [deliver, add_by_form])
def test_no_refusal_tells_who_gave_a_statement(
    at_server: Callable[..., Settings], add: Callable[[Place, str], None]
) -> None:
    answers: dict[str, list[str]] = {}
    for guess in GUESSES:
        settings = at_server(accounts_open=Settings.accounts_open)
        with open_place(settings, ROLES, "inv", BASE) as people:
            add(people, guess)
            answers[guess] = [answer.replace(people.case, "") for answer in tries(people)]
    assert answers[GUESSES[0]] == answers[GUESSES[1]]
    assert "done" not in answers[GUESSES[0]]
