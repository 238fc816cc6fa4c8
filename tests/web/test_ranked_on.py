"""The page, its twin and the command all say what a ranking leaves out for its reader, in the same words."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.records.coarsened import ranked_on
from graphsvc.service.evaluation import ranking_file
from tests.leaks import commands
from tests.service.test_what_waits import FIRST, RISES, more
from tests.toolbox import pages
from tests.toolbox.cases import Lay, Place, open_place, send_upload
from tests.toolbox.rows import statement_claims, write, zip_tables

pytestmark = pytest.mark.neo4j
LEAVES_OUT = ranked_on("C", sources=False)
READERS = {"whole": ("analyst", Grant("C", sources=True)), "plain": ("analyst", Grant("C"))}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "whole", FIRST)


def rank_note(page: str) -> str:
    """The page's note about its ranking."""
    return html.unescape(page.partition('<p class="note ranked-on">')[2].partition("<a")[0]).strip()


@pytest.mark.parametrize(
    ("page", "twin"),
    [
        ("", "/overview.json"),
        ("/leads", "/leads.json"),
        ("/lead?id=boss", "/lead.json?id=boss"),
        ("/through?id=boss", "/through.json?id=boss"),
        ("/behind?id=boss", "/behind.json?id=boss"),
        ("/linked", "/linked.json"),
        ("/entity?id=boss", "/entity.json?id=boss"),
        ("/network/node?id=boss", "/network/node.json?id=boss"),
        ("/network/measures?id=boss", "/network/measures.json?id=boss"),
        ("/sets?size=2", "/sets.json?size=2"),
        ("/waiting", "/waiting.json"),
    ],
)
@pytest.mark.changes
def test_a_page_and_its_twin_say_the_same(people: Place, page: str, twin: str) -> None:
    for name in READERS:
        waits = people(name).waiting.listed()
        people(name).waiting.mark_seen(waits.at, waits.version)
    people.load("whole", more("P", *RISES))
    for name, sentence in (("whole", ""), ("plain", LEAVES_OUT)):
        on_page = rank_note(people.client(name).get(f"/case/{people.case}{page}").text)
        in_twin = people.client(name).get(f"/case/{people.case}{twin}").get_json()["ranked_on"]
        assert on_page == in_twin
        # If no one stands out, these pages say so first.
        beside_names = page.startswith(("/behind", "/sets", "/network/measures"))
        assert in_twin.endswith(sentence) if beside_names else in_twin == sentence


@pytest.mark.parametrize("file", ["leads.csv", "behind?id=boss&as=csv", "linked?as=csv"])
def test_so_does_a_file_that_is_read_without_its_page(people: Place, file: str) -> None:
    for name, sentence in (("whole", ""), ("plain", LEAVES_OUT)):
        header, *rows = csv.reader(io.StringIO(people.client(name).get(f"/case/{people.case}/{file}").text))
        below = [cell for row in rows for cell in row if "Ranked on what you may see" in cell]
        assert bool(below) is bool(sentence)
        assert all(cell.endswith(sentence) for cell in below)
        assert {len(row) for row in rows} <= {len(header)}
        if file.startswith("behind"):  # with so few leads, even a fully cleared reader gets no ranks
            assert rows[-1][-1].startswith("There are no ranks.") == (
                people(name).leads.ranking().verdict == "abstains"
            )


def test_a_list_that_says_what_it_leaves_out_is_read_again_as_a_ranking(people: Place, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(people.client("plain").get(f"/case/{people.case}/leads.csv").text, "utf-8")
    (scores,) = ranking_file.read(path).values()
    assert set(scores) == {lead.id for lead in people("plain").leads.ranking().leads}


def test_a_preview_without_source_clearance_says_nothing_of_the_leads(people: Place) -> None:
    columns = "subject_id,relation,object_id,statement_id"
    links = "\n".join(",".join(row[name] for name in columns.split(",")) for row in statement_claims("N1", *RISES))
    content = zip_tables(
        people="id,name\n",
        statements="id,kind,handling,source_grade,assessment\nN1,intelligence,P,1,A\n",
        links=f"{columns}\n{links}\n",
    )
    upload = send_upload(people("plain"), content)
    client, address = people.client("plain"), f"/case/{people.case}/load/preview"
    if working := client.get(f"{address}?upload={upload}").headers.get("Location"):  # the work may have ended already
        pages.wait_for_work(client, working)
    preview = client.get(f"{address}.json?upload={upload}").get_json()
    # Changes to the leads need source clearance, so the preview does not mention them.
    assert (preview["moves"], preview["ranked_on"]) == ([], "")
    assert LEAVES_OUT not in client.get(f"{address}?upload={upload}").text


@pytest.mark.parametrize(("name", "has_leads"), [("plain", False), ("whole", True)])
def test_nor_does_the_command_that_loads(people: Place, tmp_path: Path, name: str, *, has_leads: bool) -> None:
    settings = people.service.settings
    link = people.service.sign_in_link(name, "tests")
    assert commands.run(settings, "login", "--link", link, "--purpose", "tests").startswith("0")
    folder = write(tmp_path / "more", **more("P", *RISES))
    lines = commands.run(settings, "load", str(folder), "--case", people.case, "--dry-run").splitlines()
    leads = [line.removeprefix("leads: ") for line in lines if line.startswith("leads: ")]
    assert bool(leads) == has_leads
    assert LEAVES_OUT not in leads
