from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from graphsvc.views.picture.graph import draw
from graphsvc.views.picture.network import Picture, picture
from graphsvc.views.picture.page import offline_page

EVIL = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\u2028"


def hostile() -> Picture:
    entity = {"kind": "person", "name": EVIL, "sort": None, "sealed": False, "handling": "P", "identified": None}
    figures = {
        "asserting": 1,
        "denying": 1,
        "groups": 1,
        "other_sources": 0,
        "belief_on_record": 0.0,
        "groups_on_record": 0,
        "other_sources_on_record": 0,
    }
    link = {
        "subject": EVIL,
        "object": "b",
        "relation": "PAID",
        "belief": 0.4,
        "first_on": None,
        "last_on": None,
        **figures,
    }
    entities = [
        {"id": identifier, "gang": None, "day": None, "lat": None, "lon": None, "more": 0, **entity}
        for identifier in (EVIL, "b")
    ]
    return picture([[EVIL, "b"]], entities, [link], starts=["b"])


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(page)
    return parser.found


def test_the_page_loads_nothing() -> None:
    parsed = elements(offline_page(hostile(), "x"))
    assert not [attrs for _, attrs in parsed if {"src", "href", "srcset", "action", "data"} & attrs.keys()]
    assert {tag for tag, _ in parsed}.isdisjoint({"link", "img", "iframe", "object", "form"})
    policy = next(attrs["content"] for tag, attrs in parsed if tag == "meta" and "http-equiv" in attrs)
    assert policy is not None
    assert policy.startswith("default-src 'none';")


def test_text_of_the_case_is_never_markup() -> None:
    page = offline_page(hostile(), EVIL)
    parsed = elements(page)
    assert [tag for tag, _ in parsed if tag == "script"] == ["script"] * 4
    assert not [attrs for _, attrs in parsed if any(name.startswith("on") for name in attrs)]
    assert "\u2028" not in page[page.index('id="data"') : page.index("</script>")]


def test_the_data_in_the_page_is_the_picture() -> None:
    page = offline_page(hostile(), "x")
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert block
    assert json.loads(block[1]) == draw(hostile())


def test_the_links_stand_in_a_table_as_well() -> None:
    page = offline_page(hostile(), "x")
    table = page[page.index("<table>") : page.index("</table>")]
    assert "denied by 1" in table
    assert "paid" in table
