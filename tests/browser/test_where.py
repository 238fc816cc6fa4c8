"""Map, calendar and list filter each other, and show what the service shows for the same address."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from graphsvc.errors import RequestError
from graphsvc.records.dates import typed_date
from tests.browser.conftest import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]
Visiting = Callable[..., AbstractContextManager[Visit]]
# Everything on the page that the filters change.
STANDS = """() => [document.querySelector("[data-status]").textContent,
    ...[...document.querySelectorAll("tr[data-places]")].map((row) => row.hidden),
    ...[...document.querySelectorAll("a.day, a.place, path.route")].map((at) => at.getAttribute("class"))]"""


def same_without_script(page: Page) -> None:
    """Check that the page changed by its script equals the page the service returns for the same address."""
    plain_context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr] # a context of a browser
    plain_context.add_cookies(page.context.cookies())  # type: ignore[arg-type] # as they were given
    plain = plain_context.new_page()
    plain.goto(page.url)
    served = plain.evaluate(STANDS)
    plain_context.close()
    assert page.evaluate(STANDS) == served


def test_a_day_a_place_and_words_filter_all_three_as_the_service_does(visit: Visiting) -> None:
    with visit("investigator", viewport={"width": 1440, "height": 900}) as seen:
        page = seen.page
        page.goto("/case/demo")
        page.locator(".rail").get_by_role("link", name="Crossings", exact=True).click()
        page.locator(".tabs").get_by_role("link", name="Map and calendar", exact=True).click()
        page.wait_for_url("**/where")
        page.locator('a.day[data-from="2020-05-08"]').click()
        page.wait_for_url("**from=2020-05-08&to=2020-05-08")
        expect(page.locator("tr[data-kind=crossing]:visible")).to_have_count(8)
        same_without_script(page)
        page.locator('a.day[data-from="2020-05-09"]').click(modifiers=["Shift"])
        page.wait_for_url("**from=2020-05-08&to=2020-05-09")
        same_without_script(page)
        page.locator("a.place:not(.none)").last.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("location.search.includes('at=')")
        assert 0 < page.locator("tr[data-places]:visible").count() < page.locator("tr[data-places]").count()
        same_without_script(page)
        page.get_by_role("searchbox", name="With").fill("zzz")
        expect(page.locator("tr[data-places]:visible")).to_have_count(0)
        same_without_script(page)
        page.get_by_role("link", name="All of it").click()
        expect(page.locator("tr[data-places][hidden]")).to_have_count(0)
        # Each row links to its answer.
        page.locator("tr[data-kind=crossing]").first.get_by_role("link", name="Who is behind it").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Who is behind")


def test_playing_moves_on_by_itself_and_stops_when_told(visit: Visiting) -> None:
    with visit("investigator", viewport={"width": 390, "height": 844}) as seen:
        page = seen.page
        page.goto("/case/demo/where")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name="Play").click()
        page.wait_for_function("location.search.includes('from=')")
        first = page.url
        page.wait_for_function("(url) => location.href !== url", arg=first)
        page.get_by_role("button", name="Stop").click()
        stopped = page.url
        page.wait_for_timeout(1500)
        assert page.url == stopped
        assert page.locator("tr[data-places]:visible").count() > 0


def test_a_list_shows_the_rows_with_all_words_and_keeps_what_is_ticked(visit: Visiting) -> None:
    with visit("investigator", viewport={"width": 1440, "height": 900}) as seen:
        page = seen.page
        page.goto("/case/demo/crossings")
        rows = page.locator("table tbody tr")
        every = rows.count()
        page.get_by_role("checkbox").first.check()
        page.get_by_label("Show only rows with").fill("8 may")
        expect(page.locator("[data-filtered]")).to_contain_text(f"of {every} shown")
        visible_rows = page.locator("table tbody tr:visible")
        assert 8 <= visible_rows.count() < every
        expect(page.get_by_role("checkbox").first).to_be_visible()
        page.get_by_label("Show only rows with").fill("")
        expect(visible_rows).to_have_count(every)


def test_playing_stops_where_the_days_are_asked_otherwise(visit: Visiting) -> None:
    with visit("investigator", viewport={"width": 1440, "height": 900}) as seen:
        page = seen.page
        page.goto("/case/demo/where")
        page.get_by_role("button", name="Play").click()
        page.wait_for_function("location.search.includes('from=')")
        page.locator('.where-form [name="from"]').fill("")
        expect(page.locator("[data-play] button")).to_have_text("Play")
        page.wait_for_timeout(1500)
        assert "from=" not in page.url
        expect(page.locator("[data-play] button")).to_have_attribute("aria-pressed", "false")


TYPED = (
    *(
        "8 May 2020",
        " 8th of may 2020 ",
        "8/5/2020",
        "08.05.2020",
        "2020-05-08",
        "May 2020",
        "feb 2020",
        "2020-02",
        "2020",
    ),
    *("30 Feb 2020", "2020-13", "2020-02-30", "soon", "8 Mai 2020", "13/13/2020", "", "20200508"),
)


def test_the_browser_reads_a_typed_day_as_the_service_does(visit: Visiting) -> None:
    with visit("investigator") as seen:
        page = seen.page
        page.goto("/case/demo/where")
        read = page.evaluate(
            """async ([typed, where]) => {
                const { isoDay } = await import(where);
                return typed.map((text) => [isoDay(text), isoDay(text, true)]);
            }""",
            [
                TYPED,
                page.evaluate(
                    "() => document.querySelector('script[src*=\"where.js\"]').src.replace('where.js', 'day.js')"
                ),
            ],
        )
        assert read == [read_days(typed) for typed in TYPED]


def read_days(typed: str) -> list[str]:
    try:
        date = typed_date(typed)
    except RequestError:
        return ["", ""]
    return [date.earliest.isoformat(), date.latest.isoformat()]


def test_a_field_for_a_day_shows_it_in_words_and_says_what_is_none(visit: Visiting) -> None:
    with visit("investigator", viewport={"width": 1440, "height": 900}) as seen:
        page = seen.page
        page.goto("/case/demo/where")
        begin = page.locator('.where-form [name="from"]')
        begin.fill("8 May 2020")
        begin.press("Enter")
        page.wait_for_url("**from=2020-05-08")
        page.reload()
        expect(begin).to_have_value("8 May 2020")
        begin.fill("soon")
        begin.press("Enter")
        assert begin.evaluate("field => field.validationMessage") == "Write a day as 8 May 2020."
        begin.fill("May 2020")
        begin.press("Enter")
        assert begin.evaluate("field => field.validationMessage") == ""
        page.wait_for_url("**from=2020-05-01")


def test_links_are_sorted_by_when_they_were(visit: Visiting) -> None:
    with visit("investigator", viewport={"width": 1440, "height": 900}) as seen:
        page = seen.page
        page.goto("/case/demo/network/tables?id=G0004&depth=2&size=150&presence=yes")
        cells = page.locator("#network-links td:last-child")
        begun = """(cells) => cells.map((cell) => cell.textContent.trim().replace(/^until /, "").split(" to ")[0])
            .filter((day) => /^\\d+ \\w+ \\d{4}$/.test(day)).map((day) => Date.parse(`${day} UTC`))"""
        unsorted = cells.evaluate_all(begun)
        assert len(set(unsorted)) > 3
        header = page.locator("th", has_text="When").get_by_role("button")
        header.click()
        assert cells.evaluate_all(begun) == sorted(unsorted, reverse=True)
        header.click()
        assert cells.evaluate_all(begun) == sorted(unsorted)
