"""axe-core finds no serious fault in any page, in light and dark themes, on wide and narrow screens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]
WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
Visiting = Callable[..., AbstractContextManager[Visit]]
SERIOUS = {"serious", "critical"}
PAGES = {
    "network": "/case/demo/network",
    "whole case": "/case/demo/network/overview",
    "tables": "/case/demo/network/tables?id={lead}",
    "measures": "/case/demo/network/measures?id={lead}",
    "days": "/case/demo/network/days",
    "behind": "/case/demo/behind?day=2020-05-08",
    "crossings": "/case/demo/crossings",
    "crossings with words": "/case/demo/crossings?q=dunkirk&sort=-date",
    "workplaces": "/case/demo/workplaces",
    "surges": "/case/demo/surges",
    "where and when": "/case/demo/where?from=2020-05-08&to=2020-05-09",
    "where workers went": "/case/demo/displacement",
    "one closure": "/case/demo/displacement/place?id=W0002",
    "through": "/case/demo/through?record=yes",
    "leads": "/case/demo/leads",
    "lead": "/case/demo/lead?id={lead}",
    "search": "/case/demo/search?q=ahmed",
    "ways": "/case/demo/network/paths?from={lead}&to=P0397&kind=likeliest",
    "growth": "/case/demo/network/growth?node={lead}",
    "export": "/case/demo/export?id={lead}",
    "load": "/case/demo/load",
    "overview": "/case/demo",
    "what waits": "/case/demo/waiting",
}
# Rules that depend on a theme's colours; the rest of a page is the same in each theme.
OF_COLOURS = ("color-contrast", "link-in-text-block")
# Tools to open on the network page before it is checked.
OPENED = {
    "menus": "Appearance",
    "filters": "Filters",
    "table": "Table",
    "time": "Time",
    "out": "Export",
    "ways": "Paths",
}


def faults(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return one line for each serious fault: its rule and its place on the page; only for `rules` if given."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    violations: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in violations
        if violation["impact"] in SERIOUS
        for node in violation["nodes"][:4]
    ]


@pytest.mark.parametrize(("theme", "rules"), [("light", ()), ("dark", OF_COLOURS)])
def test_pages_have_no_serious_fault(visit: Visiting, theme: str, rules: Sequence[str]) -> None:
    with visit(viewport=WIDE, color_scheme=theme) as seen:
        page: Page = seen.page
        page.goto("/case/demo/leads")
        lead = page.locator("table.leads tbody a").first.get_attribute("href") or ""
        faults_by_page = {}
        for name, address in PAGES.items():
            page.goto(address.format(lead=lead.split("id=")[1]))
            if name in ("network", "whole case", "behind", "through"):
                page.wait_for_selector("[data-ready]")
            faults_by_page[name] = faults(page, rules)
        assert {name: page_faults for name, page_faults in faults_by_page.items() if page_faults} == {}


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_opens_on_the_canvas_has_no_serious_fault(visit: Visiting, viewport: dict[str, int]) -> None:
    with visit(viewport=viewport) as seen:
        page: Page = seen.page
        faults_by_view = {}
        for name, words in OPENED.items():
            page.goto("/case/demo/network")
            page.wait_for_selector("#network[data-ready]")
            page.locator("#network .tool", has_text=re.compile(f"^{words}")).first.click()
            page.wait_for_timeout(300)
            faults_by_view[name] = faults(page)
            if name == "out":
                page.locator("#network-export").click()
                faults_by_view["export"] = faults(page)
        page.goto("/case/demo/network")
        page.wait_for_selector("#network[data-ready]")
        page.evaluate("networkCanvas.selecting.all()")
        faults_by_view["several"] = faults(page)
        page.evaluate("networkCanvas.select([networkPicture.data.nodes[0].id])")
        page.wait_for_selector("#panel .panel-title:not(:empty)")
        faults_by_view["panel"] = faults(page)
        assert {name: view_faults for name, view_faults in faults_by_view.items() if view_faults} == {}
