"""Exporting a picture from the canvas (arrange, select, choose, preview, download), and importing a chart."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from playwright.sync_api import Browser, Page, expect

from graphsvc.config import Settings
from graphsvc.service import Service, quiet
from graphsvc.views.forms import files
from graphsvc.views.picture.export import outward
from tests.browser.conftest import open_watched_page
from tests.service.test_exporting import load_case
from tests.toolbox.rows import texts
from tests.views.test_forms import ABOUT, NAMES, everything

pytestmark = [
    pytest.mark.browser,
    pytest.mark.neo4j,
    pytest.mark.slow(reason="a browser is driven through whole pages"),
]
CASE = "taken-out"
WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
# F1 is in the gang and at the workplace, F2 at the workplace alone.
MORE = {
    "people": "id,name,category\nF1,Fay Oak,suspect\nF2,Finn Elm,suspect\nF3,Flo Ash,suspect\n",
    "gangs": "id,name,handling\nG1,Canal,P\n",
    "workplaces": "id,name,handling\nWP,Yard,P\n",
    "statements": "id,kind,handling\nStmt-more,record,P\n",
    "links": "subject_id,relation,object_id,statement_id,from_date\nF1,MEMBER_OF,G1,Stmt-more,\nF3,MEMBER_OF,G1,Stmt-more,\n"
    "F1,WORKED_AT,WP,Stmt-more,2020-05-08\nF2,WORKED_AT,WP,Stmt-more,\n",
}


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(at_server()) as service:
        folder = tmp_path_factory.mktemp("taken")
        people = load_case(service, CASE, folder / "case")
        assert people("inv").deliveries.load(texts(folder / "more", **MORE), quiet).rejections == []
        yield service


@pytest.fixture(scope="module")
def address(service: Service, serving: Callable[[Service], AbstractContextManager[str]]) -> Iterator[str]:
    with serving(service) as origin:
        yield origin


@pytest.fixture
def pages(browser: Browser, address: str, service: Service) -> Iterator[Callable[..., Page]]:
    """`pages(account, path, **context)`: a page. Faults and requests to other hosts fail the test."""
    faults: list[str] = []
    contexts = []

    def open_page(account: str, path: str, **context: Any) -> Page:
        contexts.append(browser.new_context(base_url=address, **context))
        page = open_watched_page(contexts[-1], address, faults)
        page.goto(f"/link/{service.sign_in_link(account, 'tests')}")
        page.goto(f"/case/{CASE}/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def fetch_files(page: Page) -> dict[str, bytes]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Fetch").click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_is_selected_and_arranged_goes_as_it_stands(pages: Callable[..., Page], size: dict[str, int]) -> None:
    page = pages("inv", "network?id=C1", viewport=size, accept_downloads=True)
    page.wait_for_selector("#network[data-ready]")
    page.evaluate(
        """() => {
          const ids = networkPicture.data.nodes.filter(({id}) => ["P2", "C1"].includes(id)).map(({id}) => id);
          networkPicture.move({ P2: [812, -344], C1: [40, 60] });
          networkCanvas.arranged("moved 2");
          networkCanvas.select(ids);
        }"""
    )
    page.locator("#panel").get_by_role("button", name="Export…").click()
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog.get_by_role("radio", name="What is selected 2")).to_be_checked()
    expect(dialog.get_by_role("radio", name="What passes the filters")).to_be_hidden()
    dialog.get_by_role("button", name="Choose a recipient…").click()
    expect(page.locator("main")).to_contain_text(
        "What you selected: 2 entities, 1 link. It goes arranged as you left it."
    )
    page.get_by_label("For whom").fill(f"Kent {size['width']}")
    page.get_by_label("Why").fill("the hearing")
    page.get_by_label("What goes").select_option("C")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    for form in ("SVG", "CSV", "GraphML", "i2 chart", "FollowTheMoney"):
        page.get_by_role("checkbox", name=form).check()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("main")).to_contain_text("Arranged as you left it.")
    # Going back keeps the choices.
    page.get_by_role("button", name="Choose again").click()
    expect(page.get_by_role("checkbox", name="PDF")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="SVG")).to_be_checked()
    expect(page.get_by_label("Why")).to_have_value("the hearing")
    page.get_by_label("What goes").select_option("C")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Export", exact=True).click()
    contents = fetch_files(page)
    assert set(contents) == {
        "manifest.json", "picture.svg", "nodes.csv", "links.csv", "graph.graphml", "chart.anx", "entities.ftm.json",
    }  # fmt: skip
    chart: Any = ElementTree.fromstring(contents["chart.anx"])
    ends = {end.find("Entity").attrib["Identity"]: (end.attrib["X"], end.attrib["Y"]) for end in chart.iter("End")}
    # A portrait screen turns the picture by 90 degrees; the export is not turned.
    arranged = {"P2": ("812", "-344"), "C1": ("40", "60")}
    assert ends == ({node: place[::-1] for node, place in arranged.items()} if size == NARROW else arranged)
    assert json.loads(contents["manifest.json"])["entities"] == 2


def test_all_of_it_goes_where_nothing_is_selected_and_filters_are_a_choice(pages: Callable[..., Page]) -> None:
    page = pages("inv", "network?id=C1&presence=yes&fade=yes&relation=PILOTED", viewport=WIDE)
    page.wait_for_selector("#network[data-ready]")
    page.locator("#tools").get_by_text("Export", exact=True).click()
    page.locator("#network-export").click()
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog.get_by_role("radio", name="What is selected")).to_be_hidden()
    passing = dialog.get_by_role("radio", name="What passes the filters 2")
    expect(passing).to_be_checked()
    dialog.get_by_role("radio", name="All that is on the canvas").check()
    dialog.get_by_role("button", name="Choose a recipient…").click()
    expect(page.locator("main")).to_contain_text("The picture: 8 entities, 7 links")
    page.go_back()
    page.wait_for_selector("#network[data-ready]")
    page.locator("#tools").get_by_text("Export", exact=True).click()
    page.locator("#network-export").click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize(
    ("query", "passes", "goes"),
    [
        ("id=P1&id=P2&fade=yes&relation=PAID", (2, "1 link"), (2, "1 link")),
        # Both entities pass, but only one of the links between them.
        ("id=P1&id=P2&depth=0&fade=yes&relation=PAID", (2, "1 link"), (2, "1 link")),
        ("id=P1&id=P2&depth=0&from=2020-05-08&to=2020-05-08", (2, "1 link"), (2, "1 link")),
        # Links of folded entities pass the filters by their relation or not at all.
        ("id=G1&id=WP&fold=gang:G1&fade=yes&relation=WORKED_AT", (3, "2 links"), (5, "2 links")),
        ("id=G1&id=WP&fold=gang:G1&from=2020-05-08&to=2020-05-08", (2, "1 link"), (4, "1 link")),
    ],
)
def test_of_what_passes_the_filters_only_the_links_that_pass_go(
    pages: Callable[..., Page], query: str, passes: tuple[int, str], goes: tuple[int, str]
) -> None:
    page = pages("inv", f"network?{query}", viewport=WIDE)
    page.wait_for_selector("#network[data-ready]")
    expect(page.locator("#network-narrowed")).to_have_text(f"{passes[0]} entities and {passes[1]} pass the filters")
    page.locator("#tools").get_by_text("Export", exact=True).click()
    page.locator("#network-export").click()
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog.get_by_role("radio", name=f"What passes the filters {goes[0]}", exact=True)).to_be_checked()
    dialog.get_by_role("button", name="Choose a recipient…").click()
    expect(page.locator("main")).to_contain_text(f"What passes the filters: {goes[0]} entities, {goes[1]}.")


def test_of_a_folded_group_goes_who_is_in_it_on_the_canvas(pages: Callable[..., Page]) -> None:
    """F1 is in the gang and at the workplace. The gang is folded first, so F1 is in the gang."""
    page = pages("inv", "network?id=G1&id=WP&fold=gang:G1&fold=workplace:WP", viewport=WIDE, accept_downloads=True)
    page.wait_for_selector("#network[data-ready]")
    page.evaluate("networkCanvas.select(['group:workplace:WP'])")
    page.locator("#tools").get_by_text("Export", exact=True).click()
    page.locator("#network-export").click()
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog.get_by_role("radio", name="What is selected 2")).to_be_checked()
    dialog.get_by_role("button", name="Choose a recipient…").click()
    expect(page.locator("main")).to_contain_text("What you selected: 2 entities, 1 link.")
    page.get_by_label("For whom").fill("Folded")
    page.get_by_label("Why").fill("the hearing")
    page.get_by_label("What goes").select_option("C")
    page.get_by_role("checkbox", name="CSV").check()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Export", exact=True).click()
    nodes = fetch_files(page)["nodes.csv"].decode().splitlines()[1:]
    assert {line.partition(",")[0] for line in nodes} == {"WP", "F2"}
    # On the way back from the form, the canvas is the same.
    page.goto(f"/case/{CASE}/network?id=G1&id=WP&fold=gang:G1&colour=gang")
    page.wait_for_selector("#network[data-ready]")
    page.locator("#tools").get_by_text("Export", exact=True).click()
    page.locator("#network-export").click()
    dialog.get_by_role("button", name="Choose a recipient…").click()
    page.get_by_role("link", name="Back to it").click()
    page.wait_for_url("**fold=gang%3AG1&colour=gang**")


def test_without_scripts_the_same_link_leads_to_the_form(pages: Callable[..., Page]) -> None:
    page = pages("inv", "network?id=C1&presence=yes", java_script_enabled=False)
    page.get_by_role("link", name="Export…").click()
    expect(page.locator("main")).to_contain_text("The picture: 8 entities, 7 links")
    assert not page.get_by_role("checkbox", name="PDF").is_checked()


def test_who_may_not_export_is_not_asked(pages: Callable[..., Page]) -> None:
    page = pages("cus", "network?id=C1", viewport=WIDE)
    page.wait_for_selector("#network[data-ready]")
    assert page.locator("#network-export, #out").count() == 0


def test_an_svg_that_went_out_opens_offline_with_every_name(browser: Browser, tmp_path: Path) -> None:
    faults: list[str] = []
    path = tmp_path / "picture.svg"
    path.write_bytes(files(outward(everything(), lambda _kind, _inside: "new").view, ABOUT, ["svg"])["picture.svg"])
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda request: faults.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(path.as_uri())
    names = page.locator("svg text").all_text_contents()
    assert {*NAMES, ABOUT.mark, ABOUT.title, "not identified"} <= set(names)
    # Every name is inside the picture, none crosses its edge.
    inside = page.evaluate(
        """() => {
          const [x, y, width, height] = document.documentElement.getAttribute("viewBox").split(" ").map(Number);
          return [...document.querySelectorAll("text")].filter((one) => !one.closest("[transform*=rotate]")).every((one) => {
            const matrix = document.documentElement.getScreenCTM().inverse().multiply(one.getScreenCTM());
            const box = one.getBBox();
            const at = new DOMPoint(box.x, box.y).matrixTransform(matrix);
            return at.x >= x - 1 && at.x + box.width <= x + width + 1 && at.y >= y - 1 && at.y + box.height <= y + height + 1;
          });
        }"""
    )
    assert inside
    context.close()
    assert faults == []


def test_a_chart_is_uploaded_corrected_and_loaded(pages: Callable[..., Page], tmp_path: Path) -> None:
    path = tmp_path / "port.anx"
    style = '<Icon><IconStyle Type="{}"/></Icon>'
    items = "".join(
        f'<ChartItem Label="{name}"><End><Entity EntityId="{name}" Identity="{name}">{style.format(kind)}</Entity></End></ChartItem>'
        for name, kind in (("Ash", "Person"), ("HR-1", "Tractor"))
    )
    link = '<ChartItem><Link End1Id="Ash" End2Id="HR-1"><LinkStyle Type="User"/></Link></ChartItem>'
    path.write_text(f"<Chart><ChartItemCollection>{items}{link}</ChartItemCollection></Chart>")
    page = pages("inv", "load", viewport=WIDE)
    page.locator("#file").set_input_files(path)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="What the chart is read as")).to_be_visible()
    row = page.locator("form.chart tr", has_text="Tractor")
    expect(row).to_contain_text("left out until you choose")
    expect(page.get_by_text("nobody has said what this type is")).to_be_visible()
    row.get_by_role("combobox").select_option("vehicle")
    page.get_by_role("button", name="Read it so, and preview again").click()
    expect(page.get_by_text("None: every row can be loaded.")).to_be_visible()
    expect(page.locator("form.chart tr", has_text="Tractor").get_by_role("combobox")).to_have_value("vehicle")
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_text("Loaded").first).to_be_visible(timeout=60_000)
    # No claim gives Ash a part, so a pseudonym is shown; readers who know the name may ask for the pseudonym.
    page.goto(f"/case/{CASE}/search?q=Ash")
    page.get_by_role("button", name="Ask for").click()
    page.locator("main a.sealed").click()
    expect(page.get_by_text("A sealed person.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("used")
    expect(page.locator("main")).not_to_contain_text("Ash")
