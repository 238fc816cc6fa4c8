"""Saving a view, opening it elsewhere, conflicting saves, resuming a sitting, and comments, in a browser."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.service.network.saved_views import SavedViews
from tests.browser.conftest import open_watched_page
from tests.toolbox.accounts import session

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]

CASE = f"views-{uuid.uuid4().hex[:8]}"
CASE_FOLDER = Path(__file__).parents[1] / "web" / "network_case"
WIDE = {"width": 1400, "height": 900}
EVIL = '<img src=x onerror="document.title=1">'
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings]) -> Iterator[Service]:
    with Service(at_server()) as opened:
        for name in ("ann", "ben"):
            accounts.add(opened.database, name, ["investigator"], {CASE: Grant("C", sources=True)})
        session(opened, "ann", CASE).deliveries.load(CASE_FOLDER, lambda *_progress: None)
        yield opened


@pytest.fixture(scope="module")
def address(service: Service, serving: Callable[[Service], AbstractContextManager[str]]) -> Iterator[str]:
    with serving(service) as origin:
        yield origin


@pytest.fixture
def visit(browser: Browser, address: str, service: Service) -> Iterator[Open]:
    """`visit("ann", "id=p1")`: the drawn network page of an account. Faults and requests to other hosts fail the test.

    `refused`: an error status that the test expects, since the browser reports them. 409, for a view saved by another
    person, is always allowed.
    """
    faults: list[str] = []
    meant = {"409"}
    contexts = []

    def open_page(account: str, query: str, refused: str = "409") -> Page:
        meant.add(refused)
        opened = browser.new_context(base_url=address, viewport=WIDE)  # type: ignore[arg-type]
        contexts.append(opened)
        page = open_watched_page(opened, address, faults)
        page.goto(f"/link/{service.sign_in_link(account, 'tests')}")
        page.goto(f"/case/{CASE}/network?{query}")
        wait_for_drawing(page)
        return page

    yield open_page
    for opened in contexts:
        opened.close()
    assert [fault for fault in faults if not any(status in fault for status in meant)] == []


def wait_for_drawing(page: Page) -> None:
    page.wait_for_selector("#network[data-ready]")


def places(page: Page) -> dict[str, list[int]]:
    """Position of each node, in whole pixels at zoom 1."""
    positions: dict[str, list[int]] = page.evaluate(
        "Object.fromEntries(networkPicture.nodes.get().map(({id, x, y}) => [id, [Math.round(x), Math.round(y)]]))"
    )
    return positions


def move(page: Page, identifier: str, by: tuple[int, int]) -> None:
    """Drag a node as a person does."""
    x, y = page.evaluate(
        """(id) => { const at = networkPicture.network.canvasToDOM(networkPicture.network.getPosition(id));
        const box = document.getElementById("canvas").getBoundingClientRect(); return [at.x + box.x, at.y + box.y]; }""",
        identifier,
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0] / 2, y + by[1] / 2, steps=4)
    page.mouse.move(x + by[0], y + by[1], steps=4)
    page.mouse.up()


def save(page: Page, name: str = "", *, shared: bool = False) -> None:
    page.click('#tools [data-tool="pictures"]')
    if name:
        page.fill("#view-title", name)
    if shared:
        page.check('#view-form [name="shared"]')
    page.click('#view-form [data-view="save"]')


def draft_at(page: Page, identifier: str) -> dict[str, Any]:
    """The draft of the current sitting, once its canvas starts at this entity."""
    for _ in range(100):
        drafts: list[dict[str, Any]] = page.request.get(f"/case/{CASE}/pictures/drafts.json").json()["drafts"]
        if drafts and ["id", identifier] in drafts[0]["canvas"]["asked"]:
            return drafts[0]
        page.wait_for_timeout(100)
    raise AssertionError(f"nothing that starts at {identifier} is kept last")


def link_of(page: Page) -> str:
    """The short link to the open view."""
    params: dict[str, Any] = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    return f"picture={params['picture']}"


def test_what_was_arranged_opens_the_same_for_a_colleague(visit: Open) -> None:
    ann = visit("ann", "id=p1")
    before = places(ann)
    move(ann, "p1", (160, 90))
    expect(ann.locator("#view-state")).to_contain_text("not saved")
    arranged = places(ann)
    assert arranged["p1"] != before["p1"]
    assert {node: at for node, at in arranged.items() if node != "p1"} == {
        node: at for node, at in before.items() if node != "p1"
    }
    save(ann, f"Ann's boats {EVIL}", shared=True)
    expect(ann.locator("#view-state")).to_contain_text("version 1 saved")
    ben = visit("ben", link_of(ann))
    assert places(ben) == arranged
    expect(ben.locator("#view-state")).to_contain_text(f"Ann's boats {EVIL}, version 1 saved")
    assert ben.title() != "1"
    # The long address and a reload open the same view.
    again = visit("ben", ben.url.partition("?")[2])
    assert places(again) == arranged
    again.reload()
    wait_for_drawing(again)
    assert places(again) == arranged
    # The list on the canvas opens the view too, as a step that can be undone.
    colleague = visit("ben", "id=p4")
    elsewhere = places(colleague)
    colleague.click('#tools [data-tool="pictures"]')
    colleague.get_by_role("button", name=f"Ann's boats {EVIL}").first.click()
    expect(colleague.locator("#view-state")).to_contain_text("version 1 saved")
    assert places(colleague) == arranged
    colleague.click('[data-tool="undo"]')
    colleague.wait_for_function("(before) => networkPicture.nodes.length === before", arg=len(elsewhere))
    assert places(colleague) == elsewhere
    # After undo the canvas does not show that view: saving makes a new view, and the draft belongs to no view.
    expect(colleague.locator("#view-name")).to_be_empty()
    assert draft_at(colleague, "p4")["picture"] == ""
    colleague.click('#tools [data-tool="pictures"]')
    expect(colleague.locator('#view-form [data-view="save"]')).to_have_text("Save")
    expect(colleague.locator("#view-title")).to_have_value("")


def test_undoing_leads_back_into_the_view_before_and_out_of_none_that_was_saved(visit: Open) -> None:
    ann = visit("ann", "id=p4")
    save(ann, "the other")
    expect(ann.locator("#view-state")).to_contain_text("the other, version 1 saved")
    ann = visit("ann", "id=p1")
    move(ann, "p1", (80, 40))
    save(ann, "the first")
    expect(ann.locator("#view-state")).to_contain_text("the first, version 1 saved")
    ann.click('#tools [data-tool="pictures"]')
    ann.locator("#views-list").get_by_role("button", name="the other").click()
    expect(ann.locator("#view-name")).to_have_text("the other, version 1")
    ann.click('[data-tool="undo"]')
    expect(ann.locator("#view-name")).to_have_text("the first, version 1")
    ann.click('[data-tool="redo"]')
    expect(ann.locator("#view-name")).to_have_text("the other, version 1")
    ann.click('[data-tool="undo"]')
    expect(ann.locator("#view-name")).to_have_text("the first, version 1")
    move(ann, "p1", (40, 40))
    save(ann)
    expect(ann.locator("#view-state")).to_contain_text("the first, version 2 saved")
    # Undoing past the save stays in the same view, because no one else saved it.
    for _ in range(2):
        ann.click('[data-tool="undo"]')
        expect(ann.locator("#view-state")).to_contain_text("the first, version 2 unsaved changes")
    expect(ann.locator('[data-tool="undo"]')).to_be_disabled()
    save(ann)
    expect(ann.locator("#view-state")).to_contain_text("the first, version 3 saved")


def two_on(visit: Open, name: str) -> tuple[Page, Page, str]:
    """Ann (shares a view), Ben (moved a node in it without saving) and the view's address."""
    ann = visit("ann", "id=p1")
    save(ann, name, shared=True)
    expect(ann.locator("#view-state")).to_contain_text(f"{name}, version 1 saved")
    link = link_of(ann)
    ben = visit("ben", link)
    move(ben, "p1", (120, 60))
    return ann, ben, link


def test_two_people_on_one_view_are_told_and_nothing_is_lost(visit: Open) -> None:
    ann, ben, link = two_on(visit, "ours")
    expect(ben.locator("#view-state")).to_contain_text("unsaved changes")
    bens = places(ben)
    save(ben)
    expect(ben.locator("#view-state")).to_contain_text("version 2 saved")
    # Ann is notified without a reload.
    ann.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(ann.locator("#view-newer")).to_contain_text("ben saved version 2 of this view just now: 1 moved")
    ann.click('#view-newer [data-view="later"]')
    move(ann, "p1", (-140, -70))
    anns = places(ann)
    save(ann)
    expect(ann.locator("#views-conflict")).to_contain_text("ben saved version 2")
    expect(ann.locator("#views-conflict")).to_contain_text("yours began as version 1")
    ann.click('#views-conflict [data-view="anyway"]')
    expect(ann.locator("#view-state")).to_contain_text("version 3 saved")
    for version, expected in (("2", bens), ("3", anns)):
        assert places(visit("ben", f"{link}&version={version}")) == expected
    # Other choices are to look at the other version or to save a copy.
    move(ben, "p1", (30, 30))
    save(ben)
    expect(ben.locator("#views-conflict")).to_be_visible()
    ben.click('#views-conflict [data-view="theirs"]')
    expect(ben.locator("#view-state")).to_contain_text("ours, version 3 saved")
    assert places(ben) == anns


def test_a_version_is_saved_whatever_becomes_of_its_sharing(visit: Open) -> None:
    _, ben, link = two_on(visit, "between us")
    save(ben)
    expect(ben.locator("#view-state")).to_contain_text("version 2 saved")
    ann = visit("ann", link, refused="403")
    move(ann, "p1", (-60, 30))
    moved = places(ann)
    ann.click('#tools [data-tool="pictures"]')
    ann.fill("#view-notes", "read by both")
    ann.uncheck('#view-form [name="shared"]')
    for version in ("3", "4"):
        ann.click('#view-form [data-view="save"]')
        expect(ann.locator("#views-wrong")).to_contain_text(f"Version {version} is saved, but")
        expect(ann.locator("#views-wrong")).to_contain_text("ben has saved in this view, so it stays shared")
        expect(ann.locator("#view-open")).to_contain_text(f"between us, version {version}")
        expect(ann.locator("#view-state")).to_contain_text(f"between us, version {version} saved")
        expect(ann.locator("#views-conflict")).to_be_hidden()
        expect(ann.locator('#view-form [data-view="save"]')).to_be_enabled()
    again = visit("ben", link)
    expect(again.locator("#view-state")).to_contain_text("between us, version 4 saved")
    assert places(again) == moved
    again.click('#tools [data-tool="pictures"]')
    expect(again.locator("#view-notes")).to_have_value("read by both")


def test_where_one_was_is_offered_at_the_next_visit(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts, keep = [], SavedViews.keep_draft

    def note_draft(*arguments: Any, **named: Any) -> Any:
        drafts.append(keep(*arguments, **named))
        return drafts[-1]

    monkeypatch.setattr(SavedViews, "keep_draft", note_draft)
    ann = visit("ann", "id=p4")
    move(ann, "p4", (90, 90))
    arranged = places(ann)
    expect(ann.locator("#view-state")).to_contain_text("kept", timeout=10_000)
    before = len(drafts)
    move(ann, "p4", (40, 0))
    arranged = places(ann)
    ann.close()  # before the draft was saved: the waiting draft is sent
    # Another page may be requested and answered first.
    end = time.monotonic() + 20
    while len(drafts) == before and time.monotonic() < end:
        time.sleep(0.05)
    assert len(drafts) > before
    later = visit("ann", "offer=yes&id=p1")
    expect(later.locator("#view-offer")).to_contain_text("Go on where you were")
    assert "offer" not in later.url
    later.click('#view-offer [data-view="go-on"]')
    expect(later.locator("#view-offer")).to_be_hidden()
    later.wait_for_function("(x) => Math.round(networkPicture.nodes.get('p4')?.x) === x", arg=arranged["p4"][0])
    assert places(later) == arranged
    # The page of saved views links to the draft as well.
    later.goto(f"/case/{CASE}/pictures")
    later.locator(".sittings a").first.click()
    wait_for_drawing(later)
    assert places(later) == arranged


def test_a_comment_is_written_read_counted_and_taken_back(visit: Open) -> None:
    ann, ben = visit("ann", "id=p1"), visit("ben", "id=p1")
    ann.evaluate("networkCanvas.select(['p1'])")
    ann.fill("#panel .comments textarea", f"seen at the harbour {EVIL}")
    ann.click("#panel .comments form:last-of-type button")
    expect(ann.locator("#panel .comments .said")).to_have_text(f"seen at the harbour {EVIL}")
    ben.reload()
    wait_for_drawing(ben)
    ben.evaluate("networkCanvas.select(['p1'])")
    expect(ben.locator("#panel .comments")).to_contain_text("ann")
    expect(ben.locator("#panel .comments .said")).to_have_text(f"seen at the harbour {EVIL}")
    assert ben.locator("#panel .comments li button").count() == 0
    for page in (ann, ben):
        page.click('#tools [data-tool="table"]')
        expect(page.locator("#network-tables .comment-count")).to_have_text("1 comment")
        expect(page.locator("#network-nodes tr", has_text="1 comment")).to_have_count(1)
    # The selection panel does not cover the tables or their button.
    ben.click('#tables [data-tool="table"]')
    expect(ben.locator("#tables")).to_be_hidden()
    ann.click("#panel .comments li button")
    expect(ann.locator("#panel .comments")).to_contain_text("Taken back")
    expect(ann.locator("#network-tables .comment-count")).to_have_count(0)
    assert ann.locator("#panel .comments .said").count() == 0
    assert ann.title() != "1"


def test_saving_works_from_the_keyboard_and_says_what_is_missing(visit: Open) -> None:
    ann = visit("ann", "id=p1")
    ann.focus('#tools [data-tool="pictures"]')
    ann.keyboard.press("Enter")
    expect(ann.locator("#views")).to_be_visible()
    ann.focus("#view-title")
    ann.keyboard.type("by keys")
    ann.keyboard.press("Enter")
    expect(ann.locator("#view-state")).to_contain_text("by keys, version 1 saved")
    ann.keyboard.press("Escape")
    expect(ann.locator("#views")).to_be_hidden()


def sittings(page: Page) -> dict[str, list[list[str]]]:
    """Sitting of each saved draft → the ids that its canvas starts at."""
    drafts = page.request.get(f"/case/{CASE}/pictures/drafts.json").json()["drafts"]
    return {draft["sitting"]: [pair for pair in draft["canvas"]["asked"] if pair[0] == "id"] for draft in drafts}


def test_on_the_way_back_each_picture_is_its_own_sitting(visit: Open) -> None:
    ann = visit("ann", "id=p1")
    move(ann, "p1", (90, 40))
    expect(ann.locator("#view-state")).to_contain_text("kept", timeout=10_000)
    ann.goto(f"/case/{CASE}/network?id=p4")
    wait_for_drawing(ann)
    move(ann, "p4", (60, 40))
    expect(ann.locator("#view-state")).to_contain_text("kept", timeout=10_000)
    both = sittings(ann)
    assert [["id", "p1"]] in both.values()
    assert [["id", "p4"]] in both.values()
    ann.go_back()
    expect(ann.locator('[data-tool="undo"]')).to_be_disabled()
    ann.go_back()
    ann.wait_for_url("**id=p1")
    wait_for_drawing(ann)
    move(ann, "p1", (-40, 30))
    expect(ann.locator("#view-state")).to_contain_text("kept", timeout=10_000)
    assert sittings(ann) == both
    # Still so after a reload.
    ann.reload()
    wait_for_drawing(ann)
    move(ann, "p1", (20, 30))
    expect(ann.locator("#view-state")).to_contain_text("kept", timeout=10_000)
    assert sittings(ann) == both


def test_a_page_that_goes_while_it_is_kept_sends_it_again(visit: Open) -> None:
    ann = visit("ann", "id=p1")
    sent: list[Route] = []
    ann.route("**/pictures/draft", lambda route: sent.append(route))
    move(ann, "p1", (90, 40))
    while not sent:
        ann.wait_for_timeout(50)
    for _ in range(2):
        ann.evaluate("() => void dispatchEvent(new Event('pagehide'))")
        ann.wait_for_timeout(200)
    assert len(sent) == 2
    for route in sent:
        route.continue_()
    expect(ann.locator("#view-state")).to_contain_text("kept", timeout=10_000)
    # A draft is sent only once.
    ann.wait_for_timeout(300)
    ann.evaluate("() => void dispatchEvent(new Event('pagehide'))")
    ann.wait_for_timeout(200)
    assert len(sent) == 2


def test_what_is_listed_late_moves_nothing_from_under_the_pointer(visit: Open) -> None:
    ann = visit("ann", "id=p1")
    late: list[Route] = []
    ann.route("**/pictures.json*", lambda route: late.append(route))
    ann.click('#tools [data-tool="pictures"]')
    save = ann.locator('#view-form [data-view="save"]')
    while not late:
        ann.wait_for_timeout(50)
    before = save.bounding_box()
    views = [{"id": str(number), "name": f"view {number}"} for number in range(12)]
    ann.evaluate(
        """(views) => document.getElementById("views-list").append(...views.map(({ name }) => {
            const line = document.createElement("li"); line.textContent = name; return line; }))""",
        views,
    )
    assert save.bounding_box() == before
    for route in late:
        route.continue_()


def test_a_double_click_saves_one_view(visit: Open) -> None:
    ann = visit("ann", "id=p1")
    posts: list[Request] = []
    ann.on("request", lambda request: posts.append(request) if request.url.endswith("/pictures/save") else None)
    ann.click('#tools [data-tool="pictures"]')
    ann.fill("#view-title", "saved once")
    ann.dblclick('#view-form [data-view="save"]', force=True)
    expect(ann.locator("#view-state")).to_contain_text("saved once, version 1 saved")
    assert len(posts) == 1
    ann.click('#tools [data-tool="pictures"]')
    expect(ann.locator('#view-form [data-view="save"]')).to_be_enabled()
    expect(ann.locator("#views-list").get_by_role("button", name="saved once")).to_have_count(1)


def test_a_comment_that_is_being_written_waits_for_its_writer(visit: Open) -> None:
    ann = visit("ann", "id=p1")
    text = ann.locator("#panel .comments textarea")
    ann.evaluate("networkCanvas.select(['p1'])")
    text.fill("begun and not")
    ann.evaluate("networkCanvas.select(['g1'])")
    expect(ann.locator("#panel .panel-title")).to_contain_text("Canal group")
    expect(text).to_have_value("")
    text.fill("of the gang")
    ann.evaluate("networkCanvas.select(['p1'])")
    expect(text).to_have_value("begun and not")
    text.fill("begun and ended")
    ann.click("#panel .comments form:last-of-type button")
    expect(ann.locator("#panel .comments .said")).to_have_text("begun and ended")
    expect(text).to_have_value("")
    ann.evaluate("networkCanvas.select(['g1'])")
    expect(text).to_have_value("of the gang")
    ann.evaluate("networkCanvas.select(['p1'])")
    expect(ann.locator("#panel .comments .said")).to_have_text("begun and ended")
    expect(text).to_have_value("")
    ann.click("#panel .comments li button")
    expect(ann.locator("#panel .comments")).to_contain_text("Taken back")


def test_a_line_of_a_folded_canvas_that_stands_for_one_link_has_its_comments(visit: Open) -> None:
    ann = visit("ann", "id=p1")
    ann.click('#tools [data-tool="table"]')
    organised = ann.locator("#network-links tr", has_text="organised")
    organised.locator("a").click()
    ann.fill("#panel .comments textarea", "on the pier that night")
    ann.click("#panel .comments form:last-of-type button")
    expect(organised.locator(".comment-count")).to_have_text("1 comment")
    ann.evaluate("networkCanvas.fold('gang')")
    ann.wait_for_url("**fold=gang**")
    ann.wait_for_function("() => networkPicture.data.nodes.some(({ fold }) => fold)")
    expect(organised.locator(".comment-count")).to_have_text("1 comment")
    organised.locator("a").click()
    expect(ann.locator("#panel .comments .said")).to_have_text("on the pier that night")
    expect(ann.locator("#wrong")).to_be_hidden()
    ann.click("#panel .comments li button")
    expect(organised.locator(".comment-count")).to_have_count(0)
