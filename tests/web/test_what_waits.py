"""The Inbox, its list on the overview and its number in the bar agree, with links that lead there."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from graphsvc.access.log import audit
from graphsvc.access.vault import pseudonym
from graphsvc.config import Settings
from graphsvc.records.iso import json_safe
from graphsvc.service import NewHold
from tests.leaks import commands
from tests.service.test_what_waits import FIRST, RISES, ROLES, more
from tests.toolbox import clock
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.pages import post

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), ROLES, "ana", FIRST)


def sealed_person(people: Place) -> str:
    return pseudonym(people.service.register.key(people.case, create=False), "person", "wit")


def count_in_bar(page: str) -> str:
    """The number in the bar with its label; empty if the bar shows no number."""
    match = re.search(r'class="to-do-count"[^>]*aria-label="([^"]+)">(\d+)</a>', page)
    return f"{match[2]}: {match[1]}" if match else ""


def timeless(waits: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in waits.items() if name != "at"}


@pytest.mark.changes
def test_page_overview_bar_command_and_notebook_say_the_same(people: Place) -> None:
    case = f"/case/{people.case}"
    sup = people.client("sup")
    post(sup, f"{case}/waiting", f"{case}/waiting/seen", **seen_until(people, "sup"))
    people("cus").protection.reveals.ask(sealed_person(people), "safe house")
    people("cus").protection.sealings.ask("aide", "threatened")
    people.load("ana", more("P", *RISES))
    waits = json_safe(people("sup").waiting.listed().plain())
    assert waits["to_do"] == 2
    assert [item["kind"] for item in waits["items"]] == ["reveal", "seal", "delivery"]
    assert timeless(sup.get(f"{case}/waiting.json").get_json()["waiting"]) == timeless(waits)
    assert sup.get(f"{case}/overview.json").get_json()["waiting"] == timeless(waits)
    for page in ("", "/waiting", "/leads", "/network", "/lead?id=boss"):
        assert count_in_bar(sup.get(case + page).text) == "2: 2 things wait for you", page
    for page in ("", "/waiting"):
        text = sup.get(case + page).text
        assert all(item["text"] in text for item in waits["items"]), page
    settings = people.service.settings
    link = people.service.sign_in_link("sup", "tests")
    assert commands.run(settings, "login", "--link", link, "--purpose", "tests").startswith("0")
    output = commands.run(settings, "waiting", "--case", people.case, "--format", "json")
    assert timeless(json.JSONDecoder().raw_decode(output.partition("\n")[2])[0]) == timeless(waits)


def seen_until(people: Place, name: str) -> dict[str, Any]:
    waits = people(name).waiting.listed()
    return {"at": waits.at.isoformat(), "version": waits.version}


@pytest.mark.changes
def test_every_address_leads_straight_there(people: Place) -> None:
    behind = sealed_person(people)
    opened = people("cus").protection.reveals.ask(behind, "safe house")
    people("sup").protection.reveals.agree(opened)
    people("cus").protection.sealings.ask("aide", "threatened")
    people("sup").protection.erasures.ask(behind, "asked to go")
    for name, kind in (("sup", "investigation"), ("sup2", "prosecution")):
        day = audit.now().date() + dt.timedelta(days=1)
        people(name).protection.holds.add(NewHold(kind, "DI Reeve", "trial in May", day), "boss")
    people("inv").leads.reviews.add("boss", "park", "wait for the bank")
    people("ana").network.views.save({"arranged": {"boss": [0, 0]}}, "Dover", shared=True)
    people("cus").protection.job(people("cus").protection.waiting.start(), wait_s=60)
    people.load("ana", more("P", *RISES))
    met = set()
    for item in people("cus").waiting.listed().items:
        met.add(item.kind)
        assert people.client("cus").get(item.address).status_code == 200, item
    with clock.standing_still(audit.now() + dt.timedelta(days=2)):
        for name in ("inv", "ana", "sup", "sup2"):
            for item in people(name).waiting.listed().items:
                met.add(item.kind)
                assert people.client(name).get(item.address).status_code == 200, item
    assert met == {"reveal", "seal", "erase", "hold", "review", "view", "job", "delivery"}


def test_nothing_waits_is_one_short_line(people: Place) -> None:
    case, low = f"/case/{people.case}", people.client("low")
    for page in (case, f"{case}/waiting"):
        text = low.get(page).text
        assert "Nothing waits for you." in text
        assert count_in_bar(text) == ""
    post(low, f"{case}/waiting", f"{case}/waiting/seen", **seen_until(people, "low"))
    assert "Nothing waits for you, and nothing is new." in low.get(f"{case}/waiting").text


def test_what_is_seen_is_new_no_more_and_what_is_to_be_done_stays(people: Place) -> None:
    case, sup = f"/case/{people.case}", people.client("sup")
    people("cus").protection.reveals.ask(sealed_person(people), "safe house")
    people("ana").network.views.save({"arranged": {"boss": [0, 0]}}, "Dover", shared=True)
    assert "ana shared the view Dover" in sup.get(f"{case}/waiting").text
    page = sup.get(f"{case}/waiting").text
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("at", "version")}
    sent = {name: match[1] for name, match in fields.items() if match}
    assert post(sup, f"{case}/waiting", f"{case}/waiting/seen", **sent).status_code == 303
    page = sup.get(f"{case}/waiting").text
    assert "ana shared the view Dover" not in page
    assert "cus asks who is behind a pseudonym" in page
    for wrong in ({"at": "yesterday", "version": "1"}, {"at": "2020-01-01T00:00:00", "version": "x"}, {}):
        answer = post(sup, f"{case}/waiting", f"{case}/waiting/seen", **wrong)
        assert answer.status_code == 400
        assert "Say until when it was seen" in answer.text


@pytest.mark.changes
def test_a_name_that_is_markup_stays_text(people: Place) -> None:
    people("ana").network.views.save({"arranged": {"boss": [0, 0]}}, "<img src=x onerror=alert(1)>", shared=True)
    text = people.client("sup").get(f"/case/{people.case}/waiting").text
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


@pytest.mark.changes
def test_the_page_says_what_a_delivery_did_and_by_which_statements(people: Place) -> None:
    case, ana = f"/case/{people.case}", people.client("ana")
    post(ana, f"{case}/waiting", f"{case}/waiting/seen", **seen_until(people, "ana"))
    people.load("ana", more("P", *RISES))
    page = ana.get(f"{case}/waiting").text
    rows = re.findall(r"<tr>\s*<td>.*?</tr>", page, re.S)
    (aide,) = (row for row in rows if "Cas Roe" in row)
    assert "<td>rose from 3 to 2</td>" in aide
    assert f"{case}/statement?id=N1" in aide


def test_the_custodian_sees_whom_they_keep_and_what_is_asked_about_them(people: Place) -> None:
    case, behind = f"/case/{people.case}", sealed_person(people)
    people("cus").protection.reveals.ask(behind, "safe house")
    cus = people.client("cus")
    tabs = cus.get(f"{case}/waiting").text.partition('class="tabs"')[2].partition("</nav>")[0]
    assert f'href="{case}/reveals"' in tabs
    assert f'href="{case}/sealed"' in tabs
    for name, has_links in (("sup", True), ("inv", False), ("ana", False)):
        page_text = people.client(name).get(f"{case}/waiting").text
        assert ((f'href="{case}/reveals"' in page_text), (f'href="{case}/sealed"' in page_text)) == (
            has_links,
            has_links,
        )
    page = cus.get(f"{case}/sealed").text
    assert "What is asked about them: 1" in page
    link = f'href="{case}/entity?id={behind}"'
    for address in (f"{case}/sealed", f"{case}/reveals", "/reveals"):
        assert link in cus.get(address).text, address
    assert cus.get(f"{case}/entity?id={behind}").status_code == 200
    assert cus.get(f"{case}/sealed.json").get_json()["requests"][0]["pseudonym"] == behind


def test_a_pseudonym_of_somebody_by_name_leads_nowhere(people: Place) -> None:
    """Erasures and sealings of a named person use a pseudonym, which has no page."""
    people("cus").protection.sealings.ask("boss", "threatened")
    case, sup = f"/case/{people.case}", people.client("sup")
    key = people.service.register.key(people.case, create=False)
    behind = pseudonym(key, "person", "boss")
    for address in (f"{case}/waiting", "/sealings"):
        text = sup.get(address).text
        assert behind in text, address
        assert f"entity?id={behind}" not in text, address


def test_reveals_of_a_case_are_its_own(people: Place) -> None:
    people("cus").protection.reveals.ask(sealed_person(people), "safe house")
    case, cus = f"/case/{people.case}", people.client("cus")
    assert sealed_person(people) in cus.get(f"{case}/reveals").text
    assert people.client("inv").get(f"{case}/reveals").status_code == 403
    assert people.client("nobody").get(f"{case}/reveals").status_code == 404
