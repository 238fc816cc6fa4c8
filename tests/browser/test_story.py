"""The two stories of docs/story.md, from the first click to the answer, as the demo's own investigator."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]
Visiting = Callable[..., AbstractContextManager[Visit]]
STORY = (Path(__file__).parents[2] / "docs" / "story.md").read_text("utf-8")
VIEWPORT = {"width": 1440, "height": 900}


def check_story(words: str) -> str:
    """Check that the story contains these words of the page, so that it stays true, and return them."""
    assert words in re.sub(r"\s+", " ", STORY), f"the story does not say {words!r}"
    return words


def rail(page: Page, door: str, tab: str) -> None:
    check_story(f"*{door}*, tab *{tab}*")
    page.locator(".rail").get_by_role("link", name=door, exact=True).click()
    page.locator(".tabs").get_by_role("link", name=tab, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_from_8_may_to_the_crossings_that_hang_together_with_its_boats(visit: Visiting) -> None:
    with visit("investigator", viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto("/case/demo")
        rail(page, "Crossings", "Surges")
        expect(
            page.get_by_text(check_story("1 surge: 8 crossings on 8 May 2020, where 0.32 was expected."))
        ).to_be_visible()
        page.get_by_role("link", name=re.compile("^8 May 2020: 8 crossings")).last.click()
        expect(page.get_by_role("heading", name=check_story("Who is behind 8 crossings of 8 May 2020"))).to_be_visible()
        short = page.locator(".in-short tbody tr", has_text=check_story("C0035"))
        short.locator(".others summary").first.click()
        expect(short.get_by_role("link", name=check_story("Station group")).first).to_be_visible()
        expect(short.locator("td div", has_text=check_story("Gentian Marku"))).to_contain_text("contested")
        rail(page, "Crossings", "Linked")
        row = page.locator("table tbody tr", has_text="Dilshad Aziz")
        row.get_by_role("link", name=re.compile("^Cluster")).click()
        expect(page.get_by_role("heading", name=check_story("3 crossings that hang together"))).to_be_visible()
        shared = page.locator("table tbody tr", has_text=check_story("Dilshad Aziz")).first
        expect(shared).to_contain_text(check_story("falls apart"))
        page.locator("main").get_by_role("link", name=check_story("Who is behind it")).first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Who is behind 3 crossings")
        expect(page.locator("#gaps + ul li").first).to_be_visible()


def test_from_a_place_that_closed_to_the_site_its_people_appear_at(visit: Visiting) -> None:
    with visit("investigator", viewport=VIEWPORT) as seen:
        page = seen.page
        page.goto("/case/demo")
        rail(page, "Workplaces", "Worker movements")
        page.locator("table tbody tr", has_text="W0002").get_by_role(
            "link", name=check_story("North Light Barbers")
        ).click()
        expect(
            page.get_by_text(check_story("More of those seen again went to Amber Rooms than chance would send there."))
        ).to_be_visible()
        expect(page.get_by_role("heading", name=check_story("People who may have moved them"))).to_be_visible()
        expect(page.get_by_role("link", name=check_story("Arash Sadeghi")).first).to_be_visible()
        page.locator("table tbody").first.get_by_role("link", name="Amber Rooms").click()
        expect(page.get_by_role("heading", name=check_story("People said to run it"))).to_be_visible()
        expect(page.get_by_role("heading", name=re.compile(check_story("People to look after")))).to_be_visible()
        page.get_by_role("link", name="Who is behind this").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Who is behind Amber Rooms")


def test_pictures_of_the_story_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\((pictures/[^)]+)\)", STORY)
    assert len(pictures) >= 4
    assert all((Path(__file__).parents[2] / "docs" / name).stat().st_size > 10_000 for name in pictures)
