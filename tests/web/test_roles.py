"""What opens to an administrator and to an auditor: over every address of the app's own map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graphsvc.access import accounts
from graphsvc.access.principal import Grant
from graphsvc.web.frame import TWIN

pytestmark = pytest.mark.neo4j
# Pages that show no case, to everyone; and those of the two roles.
EVERYONE = {
    "cases.table",
    "load.start",
    "numbers.page",
    "numbers.roles",
    "account.page",
    "static",
    "bootstrap.static",
    "network.library",
}
PUBLIC = {"signin.form", "signin.enter", "signin.link", "signin.leave", "account.setup", "account.choose"}
OWN = {"administrator": {"people"}, "auditor": {"log"}}
MISSING = "no-such-case"
# Of the case, as the tables and pages would write it.
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
    """One of the two, cleared for everything all the same: the role alone decides."""
    role: str = request.param
    accounts.add(site.service.database, f"only-{role}", [role], {"*": Grant("C", sources=True)})
    return role, site.client(f"only-{role}")


def addresses(site: Any, case: str = "") -> Iterator[tuple[str, str, str, bool]]:
    """(endpoint, method, address, whether it is of a case) of every route, at the case that is there or another."""
    adapter = site.app.url_map.bind("localhost")
    for rule in site.app.url_map.iter_rules():
        values = {
            name: (case or site.case)
            if name == "case"
            else 1
            if "Integer" in type(rule._converters[name]).__name__
            else "x"
            for name in rule.arguments
        }
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, adapter.build(rule.endpoint, values, method=method), "case" in rule.arguments


def test_the_case_opens_to_neither_and_shows_nowhere(site: Any, reader: tuple[str, Any]) -> None:
    role, client = reader
    asked = {"id": site.boss, "q": "a", "subject": site.boss, "relation": "DIRECTED", "object": site.aide}
    of_case, strange = 0, []
    site.app.config["WTF_CSRF_ENABLED"] = False
    try:
        pairs = zip(addresses(site), addresses(site, MISSING), strict=True)
        for (endpoint, method, address, in_case), (_endpoint, _method, elsewhere, _in_case) in pairs:
            room = endpoint.removesuffix(TWIN)
            if method != "GET" and not in_case:
                continue  # changes accounts, not cases: tested with the accounts
            if room in PUBLIC:
                continue
            answer = client.open(address, method=method, query_string=asked)
            text = answer.get_data(as_text=True) if not endpoint.endswith(("static", "library")) else ""
            answer.close()
            for canary in CANARIES:
                assert canary not in text, (address, canary)
            if in_case:
                of_case += 1
                assert answer.status_code in (400, 403, 404), (method, address, answer.status_code)
                # Whether the case is there makes no difference: nothing of it was looked at.
                missing = client.open(elsewhere, method=method, query_string=asked)
                assert missing.status_code == answer.status_code, (method, address)
            elif room not in EVERYONE and room.partition(".")[0] not in OWN[role]:
                strange += [address] * (answer.status_code not in (400, 403, 404))
    finally:
        site.app.config["WTF_CSRF_ENABLED"] = True
    assert strange == []
    assert of_case > 20


def test_the_same_addresses_do_show_the_case_to_a_reader(site: Any) -> None:
    # Otherwise the test above would pass on addresses that show nothing to anybody.
    asked = {"id": site.boss, "q": "O'Neil", "subject": site.boss, "relation": "DIRECTED", "object": site.aide}
    client, seen = site.client("inv"), set()
    for _endpoint, method, address, in_case in addresses(site):
        if in_case and method == "GET":
            answer = client.get(address, query_string=asked)
            text = answer.get_data(as_text=True)
            seen |= {canary for canary in CANARIES if canary in text}
    assert len(seen) >= 4, seen


def test_the_lists_of_cases_are_empty_for_both(site: Any, reader: tuple[str, Any]) -> None:
    _role, client = reader
    assert client.get("/cases.json").get_json() == {"cases": []}
    assert site.case[:4] not in client.get("/").text.replace("&#39;", "'")
