from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.service.cypher.named import Queries
from graphsvc.web import create_app
from graphsvc.web.csvfile import cell
from tests.toolbox import clock
from tests.toolbox.accounts import session, signed_in
from tests.toolbox.rows import texts

pytestmark = pytest.mark.neo4j

CASE = "queries pages"
ROWS = {
    "people": "id,name,category\nP1,Idris Karam,suspect\nP2,Selam Bekele,witness\nP3,<b>Ana</b>,other\nP4,=1+1,other\n",
    "crossings": "id,date,launch_site\nC1,2020-05-08,Wimereux\nC/2,2020-05-09,Calais\n",
    "statements": "id,kind,source_id,taken_on,handling\nST1,witness,P2,2020-06,C\nST2,record,,2020-07-01,P\n",
    "links": "subject_id,relation,object_id,statement_id\nP1,ORGANISED,C1,ST1\nP1,ORGANISED,C/2,ST2\n"
    "P3,PILOTED,C1,ST2\nP3,PILOTED,C/2,ST2\nP4,ASSISTED,C1,ST2\nP1,DIRECTED,P3,ST2\n",
}

RESTING = "/query?name=quality.resting_on_one&run=1&p.least=0&p.witnessed=no"


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = texts(tmp_path_factory.mktemp("delivery") / "case", **ROWS)
    with Service(at_server(row_cap=3)) as opened:
        accounts.add(opened.database, "ann", ["analyst"], {"*": Grant("C", sources=True)})
        accounts.add(opened.database, "pam", ["analyst"], {"*": Grant("P")})
        accounts.add(opened.database, "adm", ["administrator"], {"*": Grant("P")})
        session(opened, "ann", CASE).deliveries.load(folder, lambda *_progress: None)
        yield opened


@pytest.fixture(scope="module")
def app(service: Service) -> Flask:
    flask = create_app(service)
    flask.testing = True
    return flask


@pytest.fixture
def ann(app: Flask) -> FlaskClient:
    return signed_in(app, "ann")


def at(path: str) -> str:
    return f"/case/{CASE}{path}"


def get_json(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json  # type: ignore[assignment]
    return content


def test_every_query_one_may_run_is_listed_by_subject(ann: FlaskClient, service: Service) -> None:
    page = ann.get(at("/queries")).text
    for query in service.library.public():
        allowed = not query.roles or "analyst" in query.roles
        assert (html.escape(query.title, quote=False).replace("'", "&#39;") in page) is allowed, query.name
    assert page.index(">People<") < page.index(">Boats<") < page.index(">Quality of the data<")


def test_a_search_keeps_what_has_all_its_words(ann: FlaskClient) -> None:
    listing = get_json(ann, at("/queries.json?q=behind+CROSSING"))
    names = [query["name"] for group in listing["subjects"] for query in group["queries"]]
    assert "crossings.behind" in names
    assert 0 < listing["count"] == len(names) < listing["of"]
    assert "No query has these words" in ann.get(at("/queries?q=xyzzy")).text


def test_queries_about_sources_are_for_those_with_source_clearance(ann: FlaskClient, app: Flask) -> None:
    pam = signed_in(app, "pam")
    assert "statements.sources" in ann.get(at("/queries")).text
    assert "statements.sources" not in pam.get(at("/queries")).text
    assert pam.get(at("/query?name=statements.sources&run=1")).status_code == 404


def test_a_role_that_runs_no_queries_is_refused(app: Flask) -> None:
    client = signed_in(app, "adm")
    assert client.get(at("/queries")).status_code == 403
    assert client.get(at("/query?name=crossings.behind")).status_code == 403


@pytest.mark.parametrize("name", ["", "no.such", "entities.named", "../schema/0001_keys"])
def test_what_is_no_public_query_is_not_found(ann: FlaskClient, name: str) -> None:
    assert ann.get(at("/query"), query_string={"name": name}).status_code == 404


def test_the_form_is_made_from_the_header(ann: FlaskClient, service: Service) -> None:
    query = service.library["people.several_crossings"]
    page = ann.get(at(f"/query?name={query.name}")).text
    for parameter in query.parameters:
        field = re.search(rf'<input [^>]*name="p\.{parameter.name}"[^>]*>', page, re.DOTALL)
        assert field
        assert 'type="number"' in field[0]
        assert f'value="{parameter.default}"' in field[0]
        assert parameter.help in page
    assert "rows</h2>" not in page
    choice = ann.get(at("/query?name=people.shared_phones")).text
    assert '<option value="phone">phone</option>' in choice
    needed = ann.get(at("/query?name=crossings.behind")).text
    assert re.search(r'<input [^>]*name="p\.crossing"[^>]*required', needed, re.DOTALL)


def test_the_answer_links_to_what_it_names(ann: FlaskClient) -> None:
    page = ann.get(at("/query"), query_string={"name": "crossings.behind", "p.crossing": "C/2", "run": "1"}).text
    assert "2 rows" in page
    assert "Idris Karam" in page
    assert "id=C/2" in page or "id=C%2F2" in page
    assert 'title="ORGANISED"' in page


def test_the_address_reopens_the_same_answer(ann: FlaskClient) -> None:
    address = at("/query?name=people.several_crossings&run=1&p.crossings=2&p.least=0.1&sort=-name")
    with clock.standing_still(audit.now()):  # pages show the time of reading
        page = ann.get(address).text
        again = re.search(r'data-copy-link="([^"]+)"', page)
        assert again
        reopened = html.unescape(again[1]).removeprefix("http://localhost")
        second = ann.get(reopened).text
    assert "p.crossings=2" in reopened
    assert "p.least=0.1" in reopened
    main = re.compile(r"<main.*</main>", re.DOTALL)
    main_part, once_more = main.search(page), main.search(second)
    assert main_part
    assert once_more
    assert main_part[0] == once_more[0]


def test_values_are_never_markup_nor_formulas(ann: FlaskClient) -> None:
    address = at("/query?name=crossings.on_days&run=1&p.first=2020-05-08&p.last=2020-05-08")
    assert "<b>Ana</b>" not in ann.get(at("/query?name=people.several_crossings&run=1")).text
    assert "&lt;b&gt;Ana" in ann.get(at("/query?name=people.several_crossings&run=1")).text
    rows = list(csv.reader(io.StringIO(ann.get(address + "&as=csv").text)))
    assert rows[0][:2] == ["crossing", "crossing_name"]
    assert rows[1][:2] == ["C1", "8 May 2020, Wimereux"]
    behind = ann.get(at("/query?name=crossings.behind&p.crossing=C1&as=csv")).text
    assert all(not field.startswith("=") for row in csv.reader(io.StringIO(behind)) for field in row)
    assert "'=1+1" in behind


def test_the_twin_gives_every_row_and_column(ann: FlaskClient, service: Service) -> None:
    answer = get_json(ann, at("/query.json?name=crossings.behind&run=1&p.crossing=C/2"))
    assert answer["result"]["columns"] == list(service.library["crossings.behind"].returns)
    assert {row["subject"] for row in answer["result"]["rows"]} == {"P1", "P3"}
    assert answer["result"]["truncated"] is False


def test_a_cut_is_said(ann: FlaskClient) -> None:
    page = ann.get(at(RESTING)).text
    assert "The first 3 rows" in page
    assert "There are more" in page


def test_a_file_says_that_it_is_cut_and_what_is_withheld(ann: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise someone who opens the file elsewhere would think it complete."""
    cut = list(csv.reader(io.StringIO(ann.get(at(f"{RESTING}&as=csv")).text)))
    assert len(cut) == 1 + 3 + 1
    assert cut[-1][0].startswith("The answer is cut at 3 rows and there are more")
    assert not any(cut[-1][1:])
    assert len(cut[-1]) == len(cut[0])
    released = Queries.run_without_warnings
    monkeypatch.setattr(
        Queries, "run_without_warnings", lambda *arguments: replace(released(*arguments), withheld=("source", "extra"))
    )
    says = "Withheld, since your clearance does not cover them: source, extra."
    assert says in ann.get(at(RESTING)).text
    assert ann.get(at(f"{RESTING}&as=csv")).text.splitlines()[-1].startswith(f'"{says}"')


def test_what_is_computed_is_computed_at_the_readers_level(app: Flask) -> None:
    pam = signed_in(app, "pam")
    assert "nothing fits what was asked" in pam.get(at("/query?name=people.several_crossings&p.crossings=3")).text
    answer = get_json(pam, at("/query.json?name=crossings.behind&p.crossing=C1"))
    assert "P1" not in {row["subject"] for row in answer["result"]["rows"]}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("p.crossings=two", "takes a whole number, not &#39;two&#39;"),
        ("p.least=1,5", "takes a number, not &#39;1,5&#39;"),
        ("p.nothing=1", "no parameter &#39;nothing&#39;"),
    ],
)
def test_a_wrong_parameter_is_said_beside_the_form(ann: FlaskClient, query: str, says: str) -> None:
    answer = ann.get(at(f"/query?name=people.several_crossings&run=1&{query}"))
    assert answer.status_code == 400
    assert says in answer.text
    assert '<form class="ask"' in answer.text
    twin = ann.get(at(f"/query.json?name=people.several_crossings&run=1&{query}"))
    assert twin.status_code == 400
    assert twin.json is not None
    assert twin.json["result"] is None


def test_what_must_be_filled_in_is_said(ann: FlaskClient) -> None:
    answer = ann.get(at("/query?name=crossings.behind&run=1"))
    assert answer.status_code == 400
    assert "This must be filled in." in answer.text


def test_the_cypher_is_shown_as_it_is_run(ann: FlaskClient, service: Service) -> None:
    page = ann.get(at("/query?name=crossings.behind")).text
    match = re.search(r'<pre id="cypher-text"[^>]*><code>(.*?)</code>', page, re.DOTALL)
    assert match
    assert html.unescape(match[1]) == service.library["crossings.behind"].text


def test_sorting_puts_what_is_unknown_last(ann: FlaskClient) -> None:
    def order(sort: str) -> list[str]:
        page = ann.get(at(f"/query?name=people.several_crossings&p.crossings=1&run=1&sort={sort}")).text
        return re.findall(r'<span class="quiet small">(P\d)</span>', page)

    assert order("name") == ["P3", "P4", "P1"]
    assert order("-name") == ["P1", "P4", "P3"]


@pytest.mark.parametrize(
    ("value", "written"),
    [("=1", "'=1"), ("@x", "'@x"), ("-x", "'-x"), (-1, -1), (None, ""), (["a", "=b"], "a;=b"), (["=a"], "'=a")],
)
def test_a_csv_cell_is_no_formula(value: Any, written: Any) -> None:
    assert cell(value) == written


def test_only_what_was_asked_is_in_the_log(ann: FlaskClient, service: Service) -> None:
    before = len(_queries(service))
    ann.get(at("/query?name=crossings.behind"))
    ann.get(at("/query?name=crossings.behind&run=1"))
    assert len(_queries(service)) == before
    ann.get(at("/query?name=crossings.behind&run=1&p.crossing=C1"))
    assert _queries(service)[0] == {"query": "crossings.behind", "parameters": {"crossing": "C1"}}


def _queries(service: Service) -> list[dict[str, Any]]:
    return [line["detail"] for line in audit.lines(service.database, newest=500) if line["action"] == "query"]


def test_names_stand_beside_ids_on_the_page_in_json_and_in_csv(app: Flask, ann: FlaskClient) -> None:
    """The query `several_crossings` returns crossings by id, without their names."""
    address = at("/query?name=people.several_crossings&run=1")
    page = ann.get(address).text
    names = {"C1": "8 May 2020, Wimereux", "C/2": "9 May 2020, Calais"}
    for identifier, name in names.items():
        assert f'<span>{name}</span></a> <span class="quiet small">{identifier}</span>' in page
    rows = ann.get(at("/query.json?name=people.several_crossings&run=1")).get_json()["result"]["rows"]
    assert rows
    assert all(row["which_name"] == [names[identifier] for identifier in row["which"]] for row in rows)
    table = list(csv.DictReader(io.StringIO(ann.get(f"{address}&as=csv").text)))
    assert list(table[0]).index("which_name") == list(table[0]).index("which") + 1
    assert all("9 May 2020, Calais" in row["which_name"] for row in table)
