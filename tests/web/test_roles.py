"""Pages open to an administrator and to an auditor, checked for every address in the app's URL map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from tests.leaks import pages
from tests.leaks.known import Known

pytestmark = pytest.mark.neo4j
# Pages without a case that are open to everyone; further below, pages of the two roles.
EVERYONE = {
    "cases.table",
    "load.start",
    "numbers.page",
    "numbers.topic",
    "numbers.roles",
    "account.page",
    "static",
    "bootstrap.static",
    "network.library",
}
PUBLIC = {"signin.form", "signin.enter", "signin.link", "signin.leave", "account.setup", "account.choose"}
OWN = {"administrator": {"people"}, "auditor": {"log"}}
MISSING = "no-such-case"
# Texts of the case, as they are written in tables and pages.
CANARIES = (
    "onerror=alert",
    "Neil",
    "Dunkirk",
    "Seen by C",
    "leave</u>",
    "Urchin",
    "Nails",
    "the <tall>",
    "the &lt;tall",
)


@pytest.fixture(scope="module", params=list(OWN))
def reader(request: pytest.FixtureRequest, site: Any) -> tuple[str, Any]:
    """One of the two roles, cleared for everything, so the role alone decides."""
    role: str = request.param
    accounts.add(site.service.database, f"only-{role}", [role], {"*": Grant("C", sources=True)})
    return role, site.client(f"only-{role}")


def calls(site: Any, case: str = "") -> Iterator[pages.Call]:
    """Every address of the app with every argument, at the existing case or another."""
    known = Known(
        case or site.case,
        entities=(site.boss, site.aide),
        statements=(site.report,),
        links=((site.boss, "DIRECTED", site.aide),),
        words=("a", "O'Neil"),
    )
    return pages.calls(site.app, known)


def test_the_case_opens_to_neither_and_shows_nowhere(site: Any, reader: tuple[str, Any]) -> None:
    role, client = reader
    of_case, strange = 0, []
    site.app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    try:
        for call, elsewhere in zip(calls(site), calls(site, MISSING), strict=True):
            if call.method != "GET" and not call.of_case:
                continue  # changes accounts, not cases: tested with the accounts
            if call.endpoint in PUBLIC:
                continue
            answer = pages.ask(client, call)
            text = "" if call.endpoint.endswith(("static", "library")) else answer.text
            for canary in CANARIES:
                assert canary not in text, (call, canary)
            if call.of_case:
                of_case += 1
                assert answer.status in (400, 403, 404), call
                # A missing case gives the same answer, so nothing of the case was looked at.
                assert pages.ask(client, elsewhere).status == answer.status, call
            elif call.endpoint not in EVERYONE and call.endpoint.partition(".")[0] not in OWN[role]:
                strange += [call.address] * (answer.status not in (400, 403, 404))
    finally:
        site.app.config["WTF_CSRF_CHECK_DEFAULT"] = True
    assert strange == []
    assert of_case > 20


@pytest.mark.slow(reason="asks every page of the app as a reader")
def test_the_same_addresses_do_show_the_case_to_a_reader(site: Any) -> None:
    # Ensure that the test above does not pass on addresses that show nothing to anyone.
    client, seen = site.client("inv"), set()
    for call in calls(site):
        if call.of_case and call.method == "GET":
            text = pages.ask(client, call).text
            seen |= {canary for canary in CANARIES if canary in text}
    assert len(seen) >= 4, seen


def test_the_lists_of_cases_are_empty_for_both(site: Any, reader: tuple[str, Any]) -> None:
    _role, client = reader
    assert client.get("/cases.json").get_json() == {"cases": []}
    assert site.case[:4] not in client.get("/").text.replace("&#39;", "'")
