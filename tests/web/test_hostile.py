"""Texts of a delivery never become markup, addresses or formulas."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from typing import Any

import pytest

pytestmark = pytest.mark.neo4j

# Tags that the hostile case tries to put into a page.
NEVER = {"img", "b", "u", "em", "tall", "dunkirk", "i"}


class Reader(HTMLParser):
    """The tags, attributes and text that a browser would read from a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def pages(site: Any) -> list[str]:
    every = (site.boss, site.aide, "=cmd", "X1", "B1", "K1", "W1")
    addresses = [site.address(page) for page in ("", "leads", "crossings", "workplaces")]
    addresses += [site.address("entity", id=entity) for entity in every]
    addresses += [site.address("lead", id=entity) for entity in (site.boss, site.aide, "=cmd")]
    addresses += [site.address("statement", id=statement) for statement in (site.report, "T1", "T2", "R1", "C1")]
    addresses += [
        site.address("search", q=text) for text in ("<script>", '"><img src=x onerror=alert(1)>', "e", "zzz'")
    ]
    addresses += [site.address("search", q=text) for text in ("bold", "tall", "alert", "dunkirk")]
    addresses += [
        site.address("network/paths", **{"from": site.boss, "to": to}) for to in (site.aide, "=cmd", "X1", "zzz'")
    ]
    addresses += [site.address("network/growth", node=entity) for entity in (site.boss, site.aide, "X1")]
    addresses += [site.address("leads", q='"><img src=x>'), site.address("entity", id='"><img src=x>')]
    return [*addresses, "/", "/numbers", "/roles"]


def test_no_text_becomes_markup(site: Any) -> None:
    inv = site.client("inv")
    seen = ""
    for address in pages(site):
        answer = inv.get(address)
        assert answer.status_code in (200, 404), address
        reader = Reader()
        reader.feed(answer.text)
        seen += reader.text
        for tag, attributes in reader.tags:
            assert tag not in NEVER, (address, tag)
            assert not [name for name in attributes if name.startswith("on") or name == "style"], (address, attributes)
            assert not (attributes.get("href") or "").lower().startswith(("javascript:", "data:", "//")), address
            if tag == "script":
                assert (attributes.get("src") or "").startswith("/static/") or attributes["type"] == "application/json"
    for text in (site.boss_name, site.aide_name, site.boss, "</script><script>alert(2)</script>", "<b>bold</b>"):
        assert text in seen
    assert "49" not in site.aide_name


def test_every_link_of_a_page_leads_to_a_page(site: Any) -> None:
    inv = site.client("inv")
    for address in (site.address("entity", id=site.boss), site.address("statement", id=site.report)):
        reader = Reader()
        reader.feed(inv.get(address).text)
        links = {attributes["href"] or "" for tag, attributes in reader.tags if tag == "a" and "href" in attributes}
        assert len(links) > 10
        for link in sorted(links):
            if not link.startswith("#"):
                assert inv.get(link, follow_redirects=True).status_code == 200, link


def test_the_csv_holds_no_formula(site: Any) -> None:
    answer = site.client("inv").get(site.address("leads.csv"))
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {"'=1+1", site.boss_name} <= {row["name"] for row in rows}
    assert not [value for row in rows for value in row.values() if value.startswith(("=", "+", "@"))]
    assert [row["rank"] for row in rows] == sorted((row["rank"] for row in rows), key=int)
