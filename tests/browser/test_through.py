"""Witness paths to the leads, as a user meets them: on a lead's page, and on *Witness paths*."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from graphsvc.records.patience import not_ready
from graphsvc.service.network.entities import Entities
from tests.browser.conftest import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]
VIEWPORT = {"width": 1440, "height": 900}
Visiting = Callable[..., AbstractContextManager[Visit]]
# Screen position of a node, scrolled to the middle first, because a picture may be taller than the screen.
NODE = """(id) => { const place = () => {
        const at = besidePicture.network.canvasToDOM(besidePicture.network.getPosition(id));
        const box = besidePicture.container.getBoundingClientRect(); return [at.x + box.x, at.y + box.y]; };
    scrollBy({ top: place()[1] - innerHeight / 2, behavior: "instant" }); return place(); }"""


def wait_for_drawing(page: Page) -> None:
    page.wait_for_selector(".beside-picture[data-ready]")


def test_one_click_from_the_overview_leads_through_the_witnesses(visit: Visiting) -> None:
    with visit(viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto("/case/demo")
        page.get_by_role("link", name="Which leads do the witnesses point to?").click()
        page.wait_for_url("**/through")
        wait_for_drawing(page)
        sides = page.evaluate(
            """() => { const x = (test) => besidePicture.data.nodes.filter(test).map((node) => node.x);
            return [Math.max(...x((node) => node.fold)), Math.min(...x((node) => node.start))]; }"""
        )
        assert sides[0] < sides[1]
        group = page.evaluate("besidePicture.data.nodes.find(({ fold }) => fold).id")
        page.mouse.click(*page.evaluate(NODE, group))
        page.wait_for_url("**/groups?q=Q-**")
        expect(page.get_by_role("heading", name="Groups of witnesses")).to_be_visible()


def test_a_lead_shows_its_way_and_a_name_in_it_opens_beside_it(visit: Visiting) -> None:
    with visit(viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto("/case/demo/leads")
        page.locator("table.leads tbody a.entity").first.click()
        wait_for_drawing(page)
        start = page.evaluate("besidePicture.data.nodes.find((node) => node.start).id")
        page.mouse.click(*page.evaluate(NODE, start))
        expect(page.locator(".picked .panel-title")).to_be_visible()


def test_what_is_still_worked_out_is_said_beside_the_picture(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    def waits(*_given: object, **_named: object) -> None:
        raise not_ready()

    with visit(viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto("/case/demo/through")
        wait_for_drawing(page)
        start = page.evaluate("besidePicture.data.nodes.find((node) => node.start).id")
        monkeypatch.setattr(Entities, "look", waits)
        page.mouse.click(*page.evaluate(NODE, start))
        expect(page.locator(".picked")).to_contain_text("This is still to be worked out")
        # The browser itself logs a response with status 503.
        seen.faults.clear()


def test_what_an_agreement_would_carry_is_worked_out_when_it_is_asked_for(visit: Visiting) -> None:
    with visit(viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto("/case/demo/through")
        expect(page.get_by_text("Nobody may be pressed")).to_be_visible()
        page.get_by_role("link", name="Work out which leads").click()
        page.wait_for_url("**record=yes**")
        expect(page.locator("#record")).to_be_visible()
        expect(page.get_by_role("link", name="Work out which leads")).to_have_count(0)
