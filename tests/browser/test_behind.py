"""*Who is behind it* for the boats of 8 May 2020, as asked on the demo: one page, two clicks from the overview."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]
VIEWPORT = {"width": 1440, "height": 900}
# A person falsely accused of a crossing of that day by several people, who served its passengers lawfully; a crossing;
# and a named gang.
ACCUSED, CROSSING, GANG = "Karen Bennett", "C0040", "G0004"
Visiting = Callable[..., AbstractContextManager[Visit]]


def wait_for_answer(page: Page) -> None:
    page.wait_for_selector(".beside-picture[data-ready]")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who is behind")


def middle(page: Page, end: str) -> list[float]:
    """Position on the screen of the line from `end` to the crossing."""
    position: list[float] = page.evaluate(
        """([end, crossing]) => { const { data, network, container } = besidePicture;
        const edge = data.edges.find(({ from, to }) => from === end && to === crossing);
        const places = new Map(data.nodes.map((node) => [node.id, node]));
        const [x, y] = besidePicture.middle(edge, places.get(edge.from), places.get(edge.to));
        const place = () => { const at = network.canvasToDOM({ x, y }), box = container.getBoundingClientRect();
            return [at.x + box.x, at.y + box.y]; };
        scrollBy({ top: place()[1] - innerHeight / 2, behavior: "instant" }); return place(); }""",
        [end, CROSSING],
    )
    return position


def test_two_clicks_from_the_overview_name_who_organised_the_boats_of_8_may(visit: Visiting) -> None:
    with visit("investigator", viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto("/case/demo")
        page.get_by_role("link", name="Crossings", exact=True).first.click()
        page.get_by_role("link", name="8 May 2020", exact=True).first.click()
        wait_for_answer(page)
        assert page.locator(".behind-row").count() == 8
        expect(page.get_by_role("heading", name="Who is behind 8 crossings of 8 May 2020")).to_be_visible()
        # Gaps are stated as plainly as findings.
        assert page.locator("#gaps + ul li").count() >= 2
        # One line for each boat, all eight on the first screen.
        table = page.locator(".in-short table").bounding_box()
        assert table is not None
        assert table["y"] + table["height"] < VIEWPORT["height"] * 0.65
        page.evaluate("document.querySelectorAll('.others, .behind-row').forEach((folded) => { folded.open = true; })")
        # At a glance, without reading on: the organiser, and the person whose part others deny.
        short = page.locator(".in-short tbody tr", has_text=CROSSING)
        expect(short.get_by_role("link", name="Station group").first).to_be_visible()
        denied = short.locator("td div", has=page.locator(".strength-contested"))
        expect(denied).to_have_count(1)
        expect(denied).to_contain_text(ACCUSED)
        row = page.locator(".behind-row", has_text=CROSSING)
        facts = row.locator(".fact")
        expect(facts.filter(has_text="Station group").first).to_be_visible()
        # Sorted by lead rank, so the accused does not come first.
        expect(facts.first).not_to_contain_text(ACCUSED)
        expect(facts.first).to_contain_text("rank ")
        # Navid Haji is known only by name, so the page also says that he is not identified.
        unidentified = page.locator(".behind-row", has_text="C0007").locator(".fact", has_text="Navid Haji")
        expect(unidentified.first).to_contain_text("not identified")
        weak = row.locator(".fact.weak", has_text=f"{ACCUSED} organised")
        expect(weak.get_by_text(re.compile("^(denied by .+|contested)$"))).to_be_visible()
        expect(weak.get_by_role("link", name="lawfully served")).to_be_visible()
        # In the picture each crossing has its number of people, and a line leads to each person behind it.
        marks = page.evaluate("besidePicture.data.nodes.filter(({ fold }) => fold).map(({ letter }) => Number(letter))")
        assert len(marks) == 8
        counts = [
            int(text.split()[0])
            for text in page.locator(".behind-row > p.small").all_inner_texts()
            for text in text.split("·")
            if "carried" in text
        ]
        assert sorted(marks) == sorted(counts)
        page.mouse.click(*middle(page, GANG))
        expect(page.locator(".picked .panel-title")).to_be_visible()
        expect(page.locator(".picked .claim").first).to_be_visible()


def test_one_click_from_the_overview_says_what_a_lead_rests_on_and_one_more_leads_through_the_witnesses(
    visit: Visiting,
) -> None:
    with visit("investigator", viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto("/case/demo")
        page.locator("ol.leads a.entity").first.click()
        expect(page.get_by_text("Intelligence, not evidence.")).to_be_visible()
        expect(page.get_by_role("heading", name="What supports it")).to_be_visible()
        assert page.locator('section[aria-labelledby="supporting"] .claim').count() > 0
        page.goto("/case/demo")
        page.get_by_role("link", name="Which leads do the witnesses point to?").click()
        page.wait_for_url("**/through")
        # An officer without source clearance reads the paths; a picture with one mark for all witnesses says nothing.
        expect(page.get_by_text("The same in words")).to_be_visible()
        expect(page.get_by_text(re.compile("^Witnesses:")).first).to_be_visible()
        expect(page.locator(".beside-picture")).to_have_count(0)


def test_a_bar_of_a_chart_is_one_click_to_the_answer(visit: Visiting) -> None:
    with visit("investigator", viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto("/case/demo")
        bar = page.locator(".timeline a", has=page.locator("rect.peak"))
        query = parse_qs(urlsplit(bar.get_attribute("href") or "").query)
        assert query["day"][0] <= "2020-05-08" <= query.get("until", query["day"])[0]
        bar.focus()
        page.keyboard.press("Enter")
        wait_for_answer(page)


def test_a_selection_on_the_canvas_and_chosen_days_are_one_click_to_the_answer(visit: Visiting) -> None:
    with visit("investigator", viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto(f"/case/demo/network?id={CROSSING}&id=B0021&depth=0")
        page.wait_for_selector("#network[data-ready]")
        page.keyboard.press("Control+a")
        page.get_by_role("button", name="Who is behind these").click()
        wait_for_answer(page)
        assert parse_qs(urlsplit(page.url).query)["id"] == [CROSSING, "B0021"]
        page.goto(f"/case/demo/network?id={CROSSING}&depth=0&from=2020-05-08&to=2020-05-08")
        page.wait_for_selector("#network[data-ready]")
        page.keyboard.press("d")
        page.locator("#time-behind").click()
        wait_for_answer(page)
        assert page.locator(".behind-row").count() == 8


def test_on_a_phone_the_answer_is_read_without_being_moved_sideways(visit: Visiting) -> None:
    with visit("investigator", viewport={"width": 390, "height": 844}) as seen:
        page = seen.page
        page.goto("/case/demo/behind?day=2020-05-08")
        wait_for_answer(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
