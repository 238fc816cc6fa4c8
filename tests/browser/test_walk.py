from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]

Visiting = Callable[..., AbstractContextManager[Any]]
NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1400, "height": 900}


def fits(page: Page) -> bool:
    """Whether the page, once loaded, fits without scrolling sideways."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_from_the_link_to_a_statement(visit: Visiting, scheme: str, viewport: dict[str, int]) -> None:
    with visit(color_scheme=scheme, viewport=viewport) as seen:
        page: Page = seen.page
        assert page.locator("html").get_attribute("data-bs-theme") == scheme
        page.goto("/case/demo")
        expect(page.get_by_role("heading", name="Crossings over time")).to_be_visible()
        assert fits(page)
        page.get_by_role("link", name=re.compile("^All .* leads$")).click()
        expect(page.get_by_role("heading", name="Leads", exact=True)).to_be_visible()
        assert fits(page)
        page.locator("table.leads tbody a").first.click()
        expect(page.get_by_text("Intelligence, not evidence.")).to_be_visible()
        assert fits(page)
        page.get_by_role("link", name="Everything known").click()
        expect(page.get_by_role("heading", name="What is known")).to_be_visible()
        assert fits(page)
        page.locator("li.link details summary").first.click()
        page.locator("li.link details[open] a.statement-link").first.click()
        expect(page.get_by_text("Grading")).to_be_visible()
        assert fits(page)


def test_the_search_box_suggests_and_works_by_keyboard(visit: Visiting) -> None:
    with visit(viewport=WIDE) as seen:
        page: Page = seen.page
        page.goto("/case/demo")
        page.keyboard.press("/")
        expect(page.get_by_label("Search the case")).to_be_focused()
        page.keyboard.type("ami")
        option = page.get_by_role("option").first
        expect(option).to_be_visible()
        name = option.locator("a").inner_text().split()[0]
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/entity?id=*")
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_keys_open_and_close_what_they_say(visit: Visiting) -> None:
    with visit(viewport=WIDE) as seen:
        page: Page = seen.page
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()


def test_tables_sort_by_their_headers(visit: Visiting) -> None:
    with visit(viewport=WIDE) as seen:
        page: Page = seen.page
        page.goto("/case/demo/crossings")
        page.get_by_role("button", name="People").click()
        cells = page.locator("tbody td.num").all_inner_texts()
        values = [int(cell) for cell in cells if cell.strip()]
        assert values == sorted(values, reverse=True)
        assert len(values) > 2
        for turn in (True, False):
            page.locator("thead th", has_text="Date").get_by_role("button").click()
            days = page.locator("tbody td[data-value]").evaluate_all("cells => cells.map((cell) => cell.dataset.value)")
            assert days == sorted(days, reverse=turn)
            assert len(set(days)) > 2


def test_everything_works_without_scripts(visit: Visiting) -> None:
    with visit(viewport=NARROW, java_script_enabled=False) as seen:
        page: Page = seen.page
        page.goto("/case/demo")
        page.locator(".rail-menu summary").click()
        page.locator(".rail-menu").get_by_role("link", name="Leads").click()
        page.get_by_label("Name or id").fill("a")
        page.get_by_role("button", name="Filter").click()
        expect(page.locator("table.leads tbody tr").first).to_be_visible()
        page.locator(".who summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_lead_prints_on_two_sheets(visit: Visiting) -> None:
    with visit(viewport=WIDE) as seen:
        page: Page = seen.page
        page.goto("/case/demo/leads")
        page.locator("table.leads tbody a").first.click()
        expect(page.get_by_text("Intelligence, not evidence.")).to_be_visible()
        sheets = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
        assert 1 <= sheets <= 2


@pytest.mark.parametrize(("viewport", "least"), [(WIDE, 8), (NARROW, 3)], ids=["wide", "narrow"])
def test_leads_and_the_reasons_for_one_are_seen_without_scrolling(
    visit: Visiting, viewport: dict[str, int], least: int
) -> None:
    with visit(viewport=viewport) as seen:
        page: Page = seen.page
        page.goto("/case/demo/leads")
        names = page.locator("table.leads tbody th a")
        expect(names.first).to_be_visible()
        assert names.evaluate_all(_COUNT_ON_SCREEN) >= least
        names.first.click()
        expect(page.get_by_text("Intelligence, not evidence.")).to_be_visible()
        if viewport == WIDE:
            assert page.get_by_role("row").evaluate_all(_COUNT_ON_SCREEN) > 0


_COUNT_ON_SCREEN = """some => some.map(one => one.getBoundingClientRect())
  .filter(box => box.right <= innerWidth && box.bottom <= innerHeight).length"""
