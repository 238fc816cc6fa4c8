"""Pages whose frame is sent early, before slow work: same page and same errors, for browsers that open a page."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from graphsvc.access.log import audit
from graphsvc.appdb import tables, transaction
from graphsvc.errors import Busy, OperatorError
from graphsvc.records.patience import PATIENCE, not_ready
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from graphsvc.service.network.network import Network
from tests.toolbox.clock import standing_still

pytestmark = pytest.mark.neo4j

OPENED = {"Sec-Fetch-Dest": "document"}
_COMING = re.compile(r'<p class="coming" role="status">[^<]*<span class="first-look">[^<]*</span></p>\0?')
_TOKEN = re.compile(r'name="csrf_token" value="([^"]*)"')


@pytest.fixture
def inv(site: Any) -> FlaskClient:
    client: FlaskClient = site.client("inv")
    return client


def test_it_is_the_page_that_others_get(site: Any, inv: FlaskClient) -> None:
    for address in (site.address("network", id=site.boss), site.address("network/overview")):
        with standing_still(audit.now()):  # pages say when they were read
            opened, whole = inv.get(address, headers=OPENED), inv.get(address)
        assert opened.status_code == whole.status_code == 200
        assert opened.headers["Cache-Control"] == whole.headers["Cache-Control"] == "no-store"
        text, coming = _COMING.subn("", opened.text)
        assert coming == 1
        assert "\0" not in opened.text
        assert _TOKEN.sub("", text) == _TOKEN.sub("", whole.text)
        assert "coming" not in whole.text


@pytest.mark.parametrize("name", ["leads", "lead"])
def test_a_list_that_is_worked_out_comes_after_its_frame_and_at_once_where_it_was(
    site: Any, inv: FlaskClient, name: str
) -> None:
    address = site.address(name, **({"id": site.boss} if name == "lead" else {}))
    with standing_still(audit.now()):
        site.service.forget()
        opened = inv.get(address, headers=OPENED)
        first = opened.text  # the list is computed while the answer is read
        again, whole = inv.get(address, headers=OPENED), inv.get(address)
    assert opened.status_code == again.status_code == whole.status_code == 200
    text, coming = _COMING.subn("", first)
    assert coming == 1
    assert _TOKEN.sub("", again.text) == _TOKEN.sub("", whole.text)
    # While a lead is still computed, the title has only its id.
    titles = [re.search(r"<title>([^<]*)</title>", each)[0] for each in (text, whole.text)]  # type: ignore[index]
    assert _TOKEN.sub("", text).replace(titles[0], titles[1]) == _TOKEN.sub("", whole.text)
    assert (titles[0] == titles[1]) == (name == "leads")
    assert inv.get(site.address("lead", id="gone"), headers=OPENED).status_code == 404


def test_who_asks_for_what_another_works_out_is_told_to_look_again_and_a_page_does_so_itself(
    site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_not_ready(_material: Material) -> None:
        assert PATIENCE.get() is not None
        raise not_ready()

    site.service.forget()
    with monkeypatch.context() as patch:
        patch.setattr(Material, "places", fail_not_ready)
        plain, twin = inv.get(site.address("leads")), inv.get(site.address("leads.json"))
        early = inv.get(site.address("leads"), headers=OPENED).text
        assert (plain.status_code, twin.status_code) == (503, 503)
        assert plain.headers["Retry-After"] == twin.headers["Retry-After"] == "15"
        assert twin.json == {"error": str(not_ready())}
        for text in (plain.text, early):
            assert "Being worked out" in text
            assert str(not_ready()) in text
            # An automatic refresh does not keep a session alive; a reader's click does.
            assert re.search(r'<meta http-equiv="refresh" content="15; url=/case/[^"]*/leads\?again=yes">', text)
            assert re.search(r'<a href="/case/[^"?]*/leads">Look now</a>', text)
    assert '<meta http-equiv="refresh"' not in inv.get(site.address("leads")).text


def test_a_page_that_looks_again_by_itself_is_no_use_of_a_session(
    site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses: list[bool] = []
    session_of = site.service.session_of

    def note_use(token: str, used_from: str, *, used: bool) -> Any:
        uses.append(used)
        return session_of(token, used_from, used=used)

    monkeypatch.setattr(site.service, "session_of", note_use)
    inv.get(site.address("leads"))
    inv.get(site.address("leads", again="yes"))
    assert uses == [True, False]


def test_that_the_graph_lost_the_case_is_told_by_the_first_page_that_meets_it(
    site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_ask: Ask) -> None:
        raise OperatorError("The graph lacks the latest changes of the case.")

    monkeypatch.setattr(Ask, "state", property(lost))
    for headers in ({}, OPENED):
        answer = inv.get(site.address("leads"), headers=headers)
        assert answer.status_code == 503
        assert "lacks the latest changes" in answer.text


def test_who_may_not_see_leads_stands_in_the_log_where_they_ask_for_them(site: Any) -> None:
    dis = site.client("dis")
    before = count_refused(site)
    for address in (site.address("leads"), site.address("lead", id=site.boss)):
        for headers in ({}, OPENED):
            assert dis.get(address, headers=headers).status_code == 403
    assert count_refused(site) == before + 4


def count_refused(site: Any) -> int:
    """The number of analyses that were refused."""
    log = tables.log.c
    acts = sa.select(log.id).where(log.action == "analyse")
    with transaction(site.service.database) as connection:
        ends = connection.execute(sa.select(log.outcome).where(log.of_line.in_(acts))).scalars().all()
    return sum(outcome.startswith("refused") for outcome in ends)


def test_its_frame_comes_before_anything_is_read(site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, picture = [], Network.picture

    def noting(network: Network, *args: Any, **named: Any) -> Any:
        calls.append(args)
        return picture(network, *args, **named)

    monkeypatch.setattr(Network, "picture", noting)
    answer = inv.get(site.address("network", id=site.boss), headers=OPENED, buffered=False)
    pieces = answer.iter_encoded()
    first = next(pieces).decode()
    assert not calls
    assert "vis-network.min.js" in first
    assert first.endswith("</p>")
    rest = b"".join(pieces).decode()
    assert calls
    assert 'id="network-data"' in rest


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(RuntimeError("secret of the house"), "unharmed"), (Busy("Too much at once."), "Too much at once.")],
)
def test_a_fault_that_comes_late_is_told_in_the_frame(
    site: Any, inv: FlaskClient, monkeypatch: pytest.MonkeyPatch, fault: Exception, expected: str
) -> None:
    def broken(_network: Network, *_args: Any, **_named: Any) -> None:
        raise fault

    monkeypatch.setattr(Network, "picture", broken)
    text = inv.get(site.address("network", id=site.boss), headers=OPENED).text
    assert expected in text
    assert "secret" not in text
    assert "network-data" not in text
    for tag in ("<main", "</main>", "<html", "</html>", "<h1"):
        assert text.count(tag) == 1, tag


def test_what_can_be_said_at_once_is_said_by_the_status(site: Any, inv: FlaskClient) -> None:
    assert inv.get(site.address("network", id=site.boss, depth="9"), headers=OPENED).status_code == 400
    assert inv.get(site.address("network", id=site.boss, fold="guilt"), headers=OPENED).status_code == 400
    assert inv.get(site.address("network/overview", least="2x"), headers=OPENED).status_code == 400
    assert site.client("dis").get(site.address("network/overview"), headers=OPENED).status_code == 403
    assert site.client("nobody").get(site.address("network", id="p"), headers=OPENED).status_code == 404
    framed, missing = (inv.get(site.address("network", id="gone"), headers=headers) for headers in (OPENED, {}))
    assert missing.status_code == 404
    words = "There is nothing with the id &#39;gone&#39; that you can see in this case."
    assert words in framed.text
    assert words in missing.text


def test_its_forms_can_be_sent_though_it_is_the_first_page_of_a_sitting(site: Any) -> None:
    client = site.client("inv")
    page = client.get(site.address("network", id=site.boss), headers=OPENED).text
    token = _TOKEN.search(page)
    assert token is not None
    assert client.post("/sign-out", data={"csrf_token": "made up"}).status_code == 400
    assert client.post("/sign-out", data={"csrf_token": token.group(1)}).status_code == 302
