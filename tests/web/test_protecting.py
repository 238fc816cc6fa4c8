"""Pages of reveals, holds, sealing and erasure: each for its role; an identity is shown once and never cached."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graphsvc.config import Settings
from graphsvc.service import quiet
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.pages import post
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
Browser = Callable[[str], FlaskClient]


PEOPLE: Tables = {
    "people": [
        {"id": "P1", "name": "Ari Berg", "category": "suspect"},
        {"id": "P2", "name": "Wit <b>Ness", "phones": "+447700900001"},
    ],
    "statements": [{"id": "S1", "kind": "witness", "source_id": "P2", "handling": "P"}],
    "links": statement_claims("S1", "P1 PAID P2"),
}
ROLES = {"cus": ("custodian", WHOLE), "sup": ("supervisor", WHOLE), "inv": ("investigator", WHOLE)}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(named="part"), ROLES, "inv", PEOPLE)


@pytest.fixture
def browser(people: Place) -> Browser:
    return people.client


def pseudonyms_by_id(people: Place) -> dict[str, str]:
    """Original id → pseudonym, for each sealed person."""
    identities = people.service.register.identities(people.case)
    return {values["id"]: pseudonym for pseudonym, values in identities if pseudonym.startswith("S-")}


def request_id(client: FlaskClient, page: str) -> str:
    match = re.search(r'name="id" value="([0-9a-f]{32})"', client.get(page).text)
    assert match is not None
    return match[1]


def test_a_reveal_from_asking_to_its_end(people: Place, browser: Browser, case: str) -> None:
    pseudonym = pseudonyms_by_id(people)["P2"]
    cus, sup = browser("cus"), browser("sup")
    assert "Ask who this is" in cus.get(f"/case/{case}/entity?id={pseudonym}").text
    form = f"/case/{case}/reveal"
    long = post(cus, form, form, id=pseudonym, reason="<i>" * 2000)
    assert long.status_code == 400
    assert "Give a reason, of at most 2000 characters" in long.text
    assert f'value="{pseudonym}"' in long.text
    assert "&lt;i&gt;&lt;i&gt;</textarea>" in long.text
    absent = post(cus, form, form, id="S-0000-0000-0000", reason="it was typed")
    assert (absent.status_code, "\nit was typed</textarea>" in absent.text) == (404, True)
    assert post(cus, form, form, id=pseudonym, reason="<i>needs</i> help").status_code == 303
    queue = sup.get("/reveals").text
    assert "&lt;i&gt;needs" in queue
    identifier = request_id(sup, "/reveals")
    assert post(cus, "/reveals", "/reveals/open", id=identifier).status_code == 403
    assert post(sup, "/reveals", "/reveals/answer", id=identifier, answer="agree").status_code == 303
    response = post(cus, "/reveals", "/reveals/open", id=identifier)
    assert "Wit &lt;b&gt;Ness" in response.text
    assert "+447700900001" in response.text
    assert response.headers["Cache-Control"] == "no-store"
    left = re.search(r'<meta http-equiv="refresh" content="([0-9]+);url=/reveals">', response.text)
    assert left
    minutes = people.service.settings.reveal_minutes
    assert 60 * minutes - 60 < int(left[1]) <= 60 * minutes  # after that time the identity leaves the screen
    assert post(sup, "/reveals", "/reveals/open", id=identifier).status_code == 403
    assert cus.get("/reveals/open").status_code == 405
    for page in ("/reveals", "/reveals.json"):
        for client in (cus, sup):
            text = client.get(page).text
            assert "opened" in text
            assert "Ness" not in text
    assert post(cus, "/reveals", "/reveals/end", id=identifier).status_code == 303
    assert post(cus, "/reveals", "/reveals/open", id=identifier).status_code == 403


def test_pages_are_for_their_roles(browser: Browser, case: str) -> None:
    inv = browser("inv")
    for page in (
        "/reveals",
        "/erasures",
        f"/case/{case}/holds",
        f"/case/{case}/seal",
        f"/case/{case}/erase",
        f"/case/{case}/reveal",
    ):
        assert inv.get(page).status_code == 403, page
    text = inv.get(f"/case/{case}/entity?id=P1").text
    for words in ("Ask who this is", "Seal this person", "Ask to erase", "Holds", "Reveals"):
        assert words not in text
    assert browser("cus").get(f"/case/{case}/holds").status_code == 403


def test_a_hold_is_added_refuses_an_undo_and_is_released(browser: Browser, case: str) -> None:
    sup = browser("sup")
    page = f"/case/{case}/holds"
    fields = {"kind": "prosecution", "owner": "DI Marsh", "reason": "R v Berg", "review_on": "2999-01-01"}
    assert post(sup, page, page, **fields | {"review_on": "soon"}).status_code == 400
    refused = post(sup, page, page, **fields, person="nobody")
    assert refused.status_code == 404
    for typed in (
        'value="nobody"',
        'prosecution" selected',
        'value="DI Marsh"',
        "\nR v Berg</textarea>",
        'value="1 January 2999"',
    ):
        assert typed in refused.text
    assert re.search(r"data-day required", refused.text)
    assert post(sup, page, page, **fields | {"review_on": "1 May 2020"}).status_code == 400
    assert post(sup, page, page, **fields, person="P1").status_code == 303
    assert "DI Marsh" in sup.get(page).text
    assert sup.get(f"{page}.json").get_json()["holds"][0]["owner"] == "DI Marsh"
    hold = request_id(sup, page)
    assert post(sup, page, f"{page}/release", id=hold).status_code == 303
    assert "released by sup" in sup.get(page).text


@pytest.mark.changes
def test_who_is_in_no_delivery_any_more_stands_apart_from_who_is_sealed(
    people: Place, browser: Browser, case: str
) -> None:
    loaded = people.load("inv", {"people": [{"id": "P9", "name": "Ivo Strand", "sealed": "yes"}]})
    absent = pseudonyms_by_id(people)["P9"]
    page = f"/case/{case}/sealed"
    before, many = browser("cus").get(page).text, browser("cus").get(f"{page}.json").get_json()["number"]
    assert f"/entity?id={absent}" in before
    people("inv").deliveries.undo(loaded.delivery or 0, quiet)
    after, twin = browser("cus").get(page).text, browser("cus").get(f"{page}.json").get_json()
    assert f"/entity?id={absent}" not in after  # a person in no delivery has no page
    apart = after.partition("In no delivery any more: 1")[2]
    assert f"/case/{case}/erase?id={absent}" in apart
    assert (twin["number"], [person["pseudonym"] for person in twin["absent"]]) == (many - 1, [absent])
    assert twin["due"] == []


@pytest.mark.changes
def test_sealing_and_erasing_run_as_work_that_says_how_it_ended(people: Place, browser: Browser, case: str) -> None:
    cus, sup = browser("cus"), browser("sup")
    assert "Ask to seal" in cus.get(f"/case/{case}/entity?id=P1").text
    form = f"/case/{case}/seal"
    assert post(cus, form, form, id="nobody", reason="why").status_code == 404
    assert post(cus, form, form, id="P1", reason="threatened").status_code == 303
    assert "waits for a supervisor" in cus.get("/sealings").text
    identifier = request_id(sup, "/sealings")
    wait_for_end(sup, post(sup, "/sealings", "/sealings/answer", id=identifier, answer="agree"), "Sealed")
    assert "two persons decided" in cus.get(f"/case/{case}/sealed").text
    assert cus.get(f"/case/{case}/entity?id=P1").status_code == 404
    form = f"/case/{case}/erase"
    person = pseudonyms_by_id(people)["P1"]
    assert post(cus, form, form, id=person, reason="the court").status_code == 303
    identifier = request_id(sup, "/erasures")
    wait_for_end(sup, post(sup, "/erasures", "/erasures/answer", id=identifier, answer="agree"), "Erased")
    assert sup.get(f"/case/{case}/entity?id={person}").status_code == 404
    assert "done" in cus.get("/erasures").text


def wait_for_end(client: FlaskClient, began: TestResponse, words: str) -> None:
    assert began.status_code == 303
    deadline = time.monotonic() + 60
    while re.search("<h1>(Sealing|Opening|Erasing)</h1>", text := client.get(began.location).text):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert f"<h1>{words}</h1>" in text
