"""Saved views and comments: lists, versions, changes since, conflicts, and the network page they open."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from tests.leaks.small import FIRST, SECOND
from tests.toolbox.cases import Lay, Place, open_place

pytestmark = pytest.mark.neo4j
Browser = Callable[[str], FlaskClient]
HOSTILE = '<script>alert(1)</script> {{ 7*7 }} "quoted"'
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}"
STATE = {
    "asked": [["id", "boss-1"], ["depth", "0"], ["add", "aide-1"]],
    "arranged": {"boss-1": [1, 2], "aide-1": [3, 4], "gang-1": [5, 6]},
    "pinned": ["boss-1"],
    "look": {},
}
GRANTS = {
    "ana": ("analyst", Grant("C", sources=True)),
    "bea": ("investigator", Grant("C")),
    "low": ("investigator", Grant("P")),
    "sup": ("supervisor", Grant("C", sources=True)),
    "out": ("investigator", None),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), GRANTS, "ana", FIRST)


@pytest.fixture
def browser(people: Place) -> Browser:
    """`browser("ana")`: a signed-in browser, at a small case."""
    people.app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    return people.client


def save(client: FlaskClient, case: str, state: Any = STATE, **fields: str) -> Any:
    """Save like the canvas: state sent as a file (or unchanged if it is text), answer in JSON."""
    sent = state if isinstance(state, str) else json.dumps(state)
    boundary, body = encode_multipart(fields | {"state": FileStorage(io.BytesIO(sent.encode()), "state.json")})
    form = f'multipart/form-data; boundary="{boundary}"'
    headers = {"Accept": "application/json"}
    return client.post(f"/case/{case}/pictures/save", data=body, content_type=form, headers=headers)


def kept_state(client: FlaskClient, address: str) -> Any:
    """Initial state of the network page at an address, after redirects."""
    page = client.get(address, follow_redirects=True)
    assert page.status_code == 200
    match = re.search(r'id="network-kept">(.*?)</script>', page.text)
    return json.loads(match[1]) if match else None


def test_who_is_brought_back_into_a_saved_view_is_told_in_the_log(case: str, browser: Browser, people: Place) -> None:
    ana = browser("ana")
    identifier = save(ana, case, name="a view").get_json()["id"]
    address = ana.get(f"/case/{case}/network?picture={identifier}").location
    before = people.lines()[0]["id"]
    page = ana.get(address).text
    assert "gang-1" in page
    looks = [line["detail"] for line in people.lines() if line["id"] > before and "entities" in line["detail"]]
    assert [detail["entities"] for detail in looks] == [["aide-1", "boss-1", "gang-1"], ["aide-1", "boss-1"]]


def test_a_saved_view_is_listed_found_opened_and_changed(case: str, browser: Browser) -> None:
    ana = browser("ana")
    page = ana.get(f"/case/{case}/pictures").text
    assert "No view is saved yet" in page
    assert 'aria-current="page">Saved views' in page
    view = save(ana, case, name=HOSTILE, notes=f"notes {HOSTILE}").get_json()
    assert (view["version"], view["shared"], view["mine"], view["made_at"]) == (1, False, True, "C")
    identifier = view["id"]
    page = ana.get(f"/case/{case}/pictures").text
    assert "<script>alert" not in page
    assert ESCAPED in page
    listed = ana.get(f"/case/{case}/pictures.json?q=QUOTED&sort=name").get_json()
    assert [view["id"] for view in listed["pictures"]] == [identifier]
    assert ana.get(f"/case/{case}/pictures.json?q=nothing").get_json()["pictures"] == []
    assert "No view fits" in ana.get(f"/case/{case}/pictures?q=nothing").text
    text = ana.get(f"/case/{case}/pictures/one?id={identifier}").text
    assert "<script>alert" not in text
    for action, fields, says in (
        ("rename", {"name": "calm", "notes": "n"}, "Name and notes are saved."),
        ("share", {"shared": "yes"}, "The view is shared."),
        ("share", {"shared": "no"}, "The view is private."),
    ):
        sent = ana.post(f"/case/{case}/pictures/{action}", data={"id": identifier} | fields, follow_redirects=True)
        assert says in sent.text
    assert ">calm</h1>" in ana.get(f"/case/{case}/pictures/one?id={identifier}").text
    wrong = ana.post(f"/case/{case}/pictures/rename", data={"id": identifier, "name": " "})
    assert (wrong.status_code, "A view takes a name" in wrong.text) == (400, True)
    wrong = ana.post(f"/case/{case}/pictures/rename", data={"id": identifier, "name": "", "notes": "all I wrote"})
    assert "\nall I wrote</textarea>" in wrong.text
    assert ">n</textarea>" not in wrong.text
    deleted = ana.post(f"/case/{case}/pictures/delete", data={"id": identifier}, follow_redirects=True)
    assert "The view is deleted." in deleted.text
    assert ana.get(f"/case/{case}/pictures/one?id={identifier}").status_code == 404


def test_the_network_page_begins_as_the_view_was_kept(case: str, browser: Browser) -> None:
    ana = browser("ana")
    identifier = save(ana, case, name="a").get_json()["id"]
    leads_on = ana.get(f"/case/{case}/network?picture={identifier}")
    assert leads_on.status_code == 302
    assert leads_on.location == f"/case/{case}/network?id=boss-1&depth=0&add=aide-1&picture={identifier}&version=1"
    began = kept_state(ana, leads_on.location)
    assert (began["arranged"], began["pinned"]) == (STATE["arranged"], ["boss-1"])
    # Everything in the view comes back, even entities that the address alone would not add.
    assert ["add", "gang-1"] in began["asked"]
    assert "gang-1" in ana.get(leads_on.location).text
    # After a further step the view is not restored. A picture fetched by script has no state.
    assert ["add", "gang-1"] not in kept_state(ana, f"{leads_on.location}&relation=RUNS")["asked"]
    fetched = ana.get(leads_on.location, headers={"Sec-Fetch-Dest": "empty"}).text
    assert "network-kept" not in fetched
    # For a view that does not exist, or is another reader's, the requested picture is drawn.
    assert kept_state(ana, f"/case/{case}/network?id=boss-1&picture=none&version=1") is None
    assert ana.get(f"/case/{case}/network?picture=none").status_code == 404
    assert browser("bea").get(f"/case/{case}/network?picture={identifier}").status_code == 404


def test_saving_over_a_newer_version_says_who_and_when(case: str, browser: Browser) -> None:
    ana, bea = browser("ana"), browser("bea")
    identifier = save(ana, case, name="ours", shared="yes").get_json()["id"]
    moved = STATE | {"arranged": {"boss-1": [90, 90]}}
    assert save(bea, case, moved, id=identifier, base="1").get_json()["version"] == 2
    refused = save(ana, case, id=identifier, base="1")
    assert refused.status_code == 409
    conflict = refused.get_json()
    assert (conflict["newest"]["by"], conflict["newest"]["version"]) == ("bea", 2)
    assert conflict["newest"]["said"] == "1 moved, 1 left out"
    assert conflict["error"].startswith("bea saved version 2 on ")
    newest = ana.get(f"/case/{case}/pictures/state.json?id={identifier}").get_json()
    assert newest == conflict["newest"]
    assert save(ana, case, id=identifier, base="1", anyway="yes").get_json()["version"] == 3
    page = ana.get(f"/case/{case}/pictures/one?id={identifier}").text
    assert "bea saved in it, so it stays shared" in page
    assert "Let it pass to them" in page
    sent = ana.post(f"/case/{case}/pictures/restore", data={"id": identifier, "version": "1"}, follow_redirects=True)
    assert "The earlier version is the newest again" in sent.text
    assert "version 1 again" in sent.text


@pytest.mark.changes
def test_what_changed_since_is_listed_with_names(case: str, people: Place, browser: Browser) -> None:
    ana = browser("ana")
    identifier = save(ana, case, name="a", shared="yes").get_json()["id"]
    address = f"/case/{case}/pictures/version?id={identifier}"
    assert "Nothing changed" in ana.get(address).text
    people.load("ana", SECOND)
    page = ana.get(address).text
    assert "1 link is not as it was" in page
    assert "Ari Berg" in page
    version = ana.get(address.replace("version?", "version.json?")).get_json()
    assert version["since"] == "1 link changed since it was saved"
    assert [(change["relation"], change["kind"]) for change in version["changes"]] == [("DIRECTED", "moved")]
    page = ana.get(f"/case/{case}/network?picture={identifier}", follow_redirects=True).text
    assert "1 link changed since it was saved" in page
    assert ana.get(f"{address}&version=7").status_code == 404
    assert ana.get(f"{address}&version=x").status_code == 400


def test_who_may_not_see_a_view_is_told_nothing_of_it(case: str, browser: Browser) -> None:
    ana = browser("ana")
    identifier = save(ana, case, name="with C", shared="yes").get_json()["id"]
    for name, status in (("low", 404), ("out", 404)):
        client = browser(name)
        for address in ("one", "version", "one.json", "version.json", "state.json"):
            theirs = client.get(f"/case/{case}/pictures/{address}?id={identifier}")
            nothing = client.get(f"/case/{case}/pictures/{address}?id={'0' * 32}")
            assert (theirs.status_code, nothing.status_code) == (status, status)
        for action in ("rename", "share", "delete", "restore"):
            fields = {"id": identifier, "name": "x", "version": "1", "shared": "yes"}
            assert client.post(f"/case/{case}/pictures/{action}", data=fields).status_code == status
        assert save(client, case, id=identifier, base="1").status_code == status
    assert browser("low").get(f"/case/{case}/pictures.json").get_json()["pictures"] == []


def test_what_cannot_be_kept_is_refused_in_one_sentence(case: str, browser: Browser) -> None:
    ana = browser("ana")
    for sent, words in (
        ("", "it is no JSON"),
        ("[" * 5000, "it is no JSON"),
        ('{"arranged": {"boss-1": [NaN, 0]}}', "it is no JSON"),
        ("[]", "it is no object"),
        (json.dumps({"look": {"a": "x" * 1_000_001}}), "at most 1 MB"),
    ):
        answer = save(ana, case, sent, name="x")
        assert answer.status_code == 400
        assert words in answer.get_json()["error"]
    large = {
        "arranged": {f"person-{number:04}": [number, number] for number in range(5000)},
        "look": {"a": ["y" * 1999] * 350},
    }
    assert save(ana, case, large, name="large").status_code == 200
    assert save(ana, case, {"arranged": {str(number): [0, 0] for number in range(5001)}}, name="x").status_code == 400


def test_where_one_was_is_offered(case: str, browser: Browser) -> None:
    ana = browser("ana")
    entry = ana.get(f"/case/{case}/network").text
    assert "Go on where you were" not in entry
    assert "Saved views" in entry
    sent = ana.post(
        f"/case/{case}/pictures/draft",
        data={"sitting": "sitting1", "state": (io.BytesIO(json.dumps(STATE).encode()), "state.json")},
    )
    assert sent.get_json()["at"].endswith("Z")
    (draft,) = ana.get(f"/case/{case}/pictures/drafts.json").get_json()["drafts"]
    assert (draft["entities"], draft["canvas"]["arranged"]) == (3, STATE["arranged"])
    for page in (f"/case/{case}/network", f"/case/{case}/pictures"):
        assert "Go on where you were" in ana.get(page).text
    assert kept_state(ana, draft["address"])["arranged"] == STATE["arranged"]
    assert browser("bea").get(f"/case/{case}/pictures/drafts.json").get_json()["drafts"] == []
    assert "Saved views" in browser("bea").get(draft["address"], follow_redirects=True).text
    ana.post(f"/case/{case}/pictures/draft/forget", data={"sitting": "sitting1"})
    assert ana.get(f"/case/{case}/pictures/drafts.json").get_json()["drafts"] == []


def test_comments_are_shown_beside_and_by_themselves(case: str, browser: Browser) -> None:
    ana, bea = browser("ana"), browser("bea")
    about = {"subject": "boss-1", "relation": "DIRECTED", "object": "aide-1"}
    sent = bea.post(f"/case/{case}/network/comments/add", data={"id": "boss-1", "text": HOSTILE}, follow_redirects=True)
    assert "<script>alert" not in sent.text
    assert ESCAPED in sent.text
    ana.post(f"/case/{case}/network/comments/add", data=about | {"text": "Q-AAAA-BBBB-CCCC is sure"})
    panel = ana.get(f"/case/{case}/network/comments?panel=1&id=boss-1").text
    assert "<html" not in panel
    assert ESCAPED in panel
    counts = ana.get(f"/case/{case}/network/comments/counts.json").get_json()
    assert counts == {"nodes": {"boss-1": 1}, "links": [about | {"count": 1}]}
    link_panel = bea.get(f"/case/{case}/network/comments", query_string=about).text
    assert "is sure" not in link_panel
    assert "ana" not in link_panel
    (comment,) = bea.get(f"/case/{case}/network/comments.json?id=boss-1").get_json()["comments"]
    bea.post(f"/case/{case}/network/comments/take-back", data={"comment": comment["id"], "id": "boss-1"})
    assert "Taken back" in ana.get(f"/case/{case}/network/comments?id=boss-1").text
    assert "only supervisors read it" in browser("sup").get(f"/case/{case}/network/comments?id=boss-1").text
    assert browser("low").get(f"/case/{case}/network/comments.json?id=boss-1").get_json()["comments"] == []
    for name, status in (("bea", 404), ("out", 404)):
        assert browser(name).get(f"/case/{case}/network/comments?id=nobody").status_code == status
    assert bea.get(f"/case/{case}/network/comments").status_code == 400
    assert bea.post(f"/case/{case}/network/comments/add", data={"id": "boss-1", "text": " "}).status_code == 400
