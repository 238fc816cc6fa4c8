"""Every link on a page leads its reader somewhere: never to a refusal, never to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import quote, urljoin

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.policy import ROLES
from graphsvc.access.people.principal import Grant

pytestmark = [
    pytest.mark.neo4j,
    pytest.mark.slow(reason="follows each link of the main pages for each role and clearance"),
]
GRANTS = {"part": Grant("P"), "whole": Grant("C", sources=True)}
# Pages that need a separate grant as well as the role. The refusal says how to get it.
EXPLAINED = re.compile("/cypher$")
# Signing out would end the session, and with it the walk.
NEVER = ("/leave", "/static/", "/bootstrap/")


def links(page: str, at: str) -> Iterator[str]:
    for href in re.findall(r'<a\b[^>]*\bhref="([^"]+)', page):
        address = urljoin(at, unescape(href)).partition("#")[0]
        if address.startswith("/") and not address.startswith(NEVER):
            yield address


@pytest.mark.parametrize("grant", GRANTS)
@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_link_leads_to_a_refusal(site: Any, role: str, grant: str) -> None:
    name = f"menu-{role}-{grant}"
    accounts.add(site.service.database, name, [role], {site.case: GRANTS[grant]})
    client = site.client(name)
    pages = {"/": client.get("/", follow_redirects=True).text}
    for address in dict.fromkeys(links(pages["/"], "/")):
        answer = client.get(address)
        pages[address] = answer.text if answer.mimetype == "text/html" else ""
    for address in [site.address(""), site.address("entity", id=site.boss), site.address("statement", id=site.report)]:
        answer = client.get(address)
        if answer.status_code == 200:
            pages[address] = answer.text
    statuses: dict[str, int] = {}
    wrong = set()
    for page, text in pages.items():
        for address in dict.fromkeys(links(text, page)):
            place, _, query = address.partition("?")
            # One of several links that differ only in their values is enough.
            kind = f"{place}?{'&'.join(sorted(part.partition('=')[0] for part in query.split('&')))}"
            if kind not in statuses:
                statuses[kind] = client.get(address).status_code
            if statuses[kind] in (403, 404, 500) and not EXPLAINED.search(place):
                wrong.add(
                    (
                        statuses[kind],
                        page.partition("?")[0].rpartition("/")[2],
                        address.replace(quote(site.case), "CASE")[:90],
                    )
                )
    assert wrong == set()
    assert len(statuses) > 2
