"""The pages of free Cypher: permissions, the words for each state, and no text, name or value that becomes markup."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphsvc.access.people import accounts, changes
from graphsvc.access.people.principal import Grant
from graphsvc.appdb import tables, transaction
from graphsvc.config import Settings
from graphsvc.records.labels import LABELS
from graphsvc.service import Service
from graphsvc.web import create_app
from graphsvc.web.cypher.examples import EXAMPLES
from tests.toolbox.accounts import session, signed_in
from tests.toolbox.rows import texts

pytestmark = pytest.mark.neo4j

CASE, OTHER = "cypher 'pages' <i>", "cypher other"
ROWS = {
    "people": "id,name,category\nP1,Idris Karam,suspect\nP2,Selam Bekele,witness\n"
    "P3,<b>Ana</b>,suspect\nP4,=1+1,suspect\n",
    "crossings": "id,date\nC1,2020-05-08\n",
    "statements": "id,kind,handling\nST2,record,P\n",
    "links": "subject_id,relation,object_id,statement_id,polarity\nP1,ORGANISED,C1,ST2,asserts\n"
    "P3,PILOTED,C1,ST2,asserts\nP1,DIRECTED,P3,ST2,asserts\nP4,DIRECTED,P3,ST2,denies\n",
}
# Text that an attacker would type or deliver.
HOSTILE = "</textarea></script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


class Tags(HTMLParser):
    """The tags that a browser would read from a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def harmless(page: str) -> None:
    for tag, attributes in Tags(page).tags:
        assert tag not in ("img", "b", "i"), tag
        assert not [name for name in attributes if name.startswith("on") or name == "style"], attributes
        assert tag != "script" or (attributes.get("src") or "").startswith("/static/"), attributes
    assert "7*7" in page or HOSTILE not in page


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = texts(tmp_path_factory.mktemp("delivery") / "case", **ROWS)
    with Service(at_server(row_cap=500, cypher_timeout_s=5.0)) as opened:
        database, whole = opened.database, Grant("C", sources=True)
        for name in ("ann", "ben"):
            accounts.add(database, name, ["analyst"], {"*": whole})
        accounts.add(database, "half", ["analyst"], {CASE: whole})
        accounts.add(database, "plain", ["analyst"], {"*": whole})
        accounts.add(database, "inv", ["investigator"], {"*": whole})
        for name in ("ann", "ben", "half", "inv"):
            changes.set_free_cypher(database, name, is_granted=True)
        for case in (CASE, OTHER):
            session(opened, "ann", case).deliveries.load(folder, lambda *_progress: None)
        yield opened


@pytest.fixture(scope="module")
def app(service: Service) -> Flask:
    flask = create_app(service)
    flask.testing = True
    flask.config["WTF_CSRF_ENABLED"] = False
    return flask


@pytest.fixture
def ann(app: Flask) -> FlaskClient:
    return signed_in(app, "ann")


@pytest.fixture
def ben(app: Flask) -> FlaskClient:
    return signed_in(app, "ben")


@pytest.fixture(autouse=True)
def empty_library(service: Service) -> Iterator[None]:
    yield
    with transaction(service.database) as connection:
        connection.execute(tables.saved_queries.delete())


def at(path: str = "", **query: str) -> str:
    from urllib.parse import quote, urlencode

    return f"/case/{quote(CASE)}/cypher{path}" + (f"?{urlencode(query)}" if query else "")


def page_text(page: str) -> str:
    """The text of a page, without its markup."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def run(client: FlaskClient, text: str, **fields: Any) -> tuple[str, Any]:
    """Run a query to its end, and return the address of its page and the page."""
    sent = client.post(at(), data={"text": text, "do": "run", **fields})
    assert sent.status_code == 303, page_text(sent.text)
    return sent.location.partition("#")[0], wait_for_run(client, sent.location)


def wait_for_run(client: FlaskClient, where: str) -> Any:
    """The page of a run once the run has ended. Each request waits for that for a while."""
    for _ in range(40):
        answer = client.get(where)
        assert answer.status_code == 200
        if "data-run=" not in answer.text:
            return answer
    raise AssertionError("the run does not end")


def says_why(client: FlaskClient, where: str, status: int, sentence: str) -> None:
    """Check that a run without an answer returns a page that says why, and not an empty file."""
    answer = client.get(f"{where}&as=csv")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert sentence in page_text(answer.text)
    assert "attachment" not in answer.headers.get("Content-Disposition", "")


def save(client: FlaskClient, called: str, text: str = "RETURN 1 AS one", **more: Any) -> Any:
    return client.post(at(), data={"do": "save", "text": text, "save-name": called, **more})


def library(client: FlaskClient) -> list[dict[str, Any]]:
    queries: list[dict[str, Any]] = client.get(at("/saved.json")).json["queries"]  # type: ignore[index]
    return queries


# -- permissions --------------------------------------------------------------------------------------------------

PAGES = ("", "/run", "/progress", "/history", "/saved", "/saved/one", "/saved/export", ".json", "/saved.json")
POSTS = ("", "/cancel", "/saved/rename", "/saved/share", "/saved/delete", "/saved/import", "/saved/bring")


@pytest.mark.parametrize("name", ["inv", "plain", "half"])
def test_who_may_not_write_cypher_gets_none_of_it(app: Flask, ann: FlaskClient, name: str) -> None:
    location = save(ann, "Karam's boats", **{"save-shared": "yes"}).location
    client = signed_in(app, name)
    answers = [client.get(at(path, id=location[-32:], saved=location)) for path in PAGES]
    answers += [client.post(at(path), data={"text": "RETURN 1", "id": location, "do": "run"}) for path in POSTS]
    for answer in answers:
        assert answer.status_code == 403
        assert "Karam" not in answer.text
        assert "textarea" not in answer.text
    assert len(library(ann)) == 1
    page = page_text(answers[0].text)
    if name == "plain":
        assert "an administrator can give the grant for it" in page
        assert f"graphsvc users grant {name} --cypher" in page
    if name == "half":
        assert "suspended: it takes clearance for handling code C and sources in every case" in page
        assert OTHER not in page
    queries = signed_in(app, name).get(f"/case/{CASE}/queries").text
    assert (">Cypher</a>" in queries) is (name != "inv")


def test_another_case_and_one_that_is_not_there_answer_alike(app: Flask) -> None:
    client = signed_in(app, "half")
    hidden, absent = client.get(f"/case/{OTHER}/cypher"), client.get("/case/cypher nowhere/cypher")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(OTHER, "X") == absent.text.replace("cypher nowhere", "X")


def test_nothing_is_taken_without_the_token_of_a_form(app: Flask, ann: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for path in POSTS:
            assert ann.post(at(path), data={"text": "RETURN 1 AS one", "do": "run"}).status_code == 400, path
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert "RETURN 1 AS one" not in ann.get(at("/history")).text


# -- the editor ---------------------------------------------------------------------------------------------------


def test_the_empty_editor_offers_examples_that_run(ann: FlaskClient) -> None:
    page = ann.get(at()).text
    assert all(html.escape(example.title) in page for example in EXAMPLES)
    assert "500 rows at most and takes 5 s at most" in page
    for number, example in enumerate(EXAMPLES, 1):
        opened = ann.get(at(example=str(number))).text
        assert example.text.splitlines()[0] in page_text(opened)
        fields = {"name": list(example.parameters), "value": [str(value) for value in example.parameters.values()]}
        _, answer = run(ann, example.text, **fields)
        assert answer.status_code == 200
        assert "It did not work" not in answer.text
    assert ann.get(at(example="4")).status_code == 404


def test_what_the_graph_is_said_to_be_made_of_is_what_it_is(ann: FlaskClient) -> None:
    text = "MATCH (n {case: $case}) UNWIND keys(n) AS key RETURN labels(n) AS labels, collect(DISTINCT key) AS keys"
    where, _ = run(ann, text)
    for row in ann.get(where.replace("/run?", "/run.json?")).json["run"]["rows"]:  # type: ignore[index]
        (label,) = set(row["labels"]) - {"Entity"}
        properties = {key for key in row["keys"] if not key.endswith(("_earliest", "_latest"))}
        assert properties - {"case"} <= set(LABELS[label]), label


def test_check_shows_plan_and_missing_parameters_and_runs_nothing(ann: FlaskClient) -> None:
    before = ann.get(at("/history.json")).json
    text = "MATCH (p:Person {case: $case, id: $who})\nRETURN p.name AS name"
    answer = ann.post(at(), data={"do": "check", "text": text})
    assert answer.status_code == 200
    assert "Nothing is wrong with it" in answer.text
    assert "ProduceResults" in answer.text
    assert 'name="name" value="who"' in answer.text
    assert 'value="case"' not in answer.text
    assert ann.get(at("/history.json")).json == before


def test_a_word_that_nothing_bears_is_told_whatever_is_done_with_the_text(ann: FlaskClient) -> None:
    text = "MATCH (p:Persn {case: $case})\nRETURN p.name, p.`<b>naem</b>`"
    checked = ann.post(at(), data={"do": "check", "text": text})
    where, answer = run(ann, text)
    for page in (checked, answer):
        harmless(page.text)
        assert "Line 1, column 10: Persn is no label here: did you mean Person?" in page_text(page.text)
        assert "Line 2, column 18: <b>naem</b> is no property here" in page_text(page.text)
    assert "Nothing is wrong with it" not in checked.text
    assert "It runs, but look at this" in checked.text
    assert "No rows" in answer.text
    notices = ann.get(where.replace("/run?", "/run.json?")).json["run"]["notices"]  # type: ignore[index]
    assert notices[0] == {"says": "`Persn` is no label here: did you mean `Person`?", "line": 1, "column": 10}
    assert "`Persn` is no label here" in ann.get(f"{where}&as=csv").text
    assert "notices" not in run(ann, "MATCH (p:Person {case: $case}) RETURN p.id")[1].text


def test_a_fault_points_at_its_line_and_loses_nothing(ann: FlaskClient) -> None:
    text = "MATCH (p:Person {case: $case})\nRETRUN p.name"
    for do in ("check", "run"):
        answer = ann.post(at(), data={"do": do, "text": text, "name": "who", "value": "P1"})
        assert answer.status_code == 400
        assert "Line 2, column 1:" in page_text(answer.text)
        assert '<span class="bad">2</span>' in answer.text
        assert 'data-line="2" data-column="1"' in answer.text
        assert 'aria-invalid="true" aria-describedby="fault editor-help"' in answer.text
        assert "RETRUN p.name\n^" in page_text(answer.text)
        assert f"\n{text}</textarea>" in html.unescape(answer.text)
        assert 'value="who"' in answer.text


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        (["a", "$a"], ["1", "2"], "$a is given twice"),
        (["a b"], ["1"], "is no name of a parameter"),
        (["case"], ["another"], "$case is bound by the service"),
        (["n"], [str(2**63)], "larger whole number"),
        (["n"], ["[" * 30 + "]" * 30], "nested more than"),
        (["n"], ["x" * 30_000], "longer than"),
    ],
)
def test_a_wrong_parameter_is_one_sentence(ann: FlaskClient, name: list[str], value: list[str], says: str) -> None:
    answer = ann.post(at(), data={"do": "run", "text": "RETURN 1", "name": name, "value": value})
    assert answer.status_code == 400
    assert says in page_text(answer.text)


def test_values_are_read_as_json_or_text(ann: FlaskClient) -> None:
    values = {"i": "12", "l": '["P1", 2]', "t": "P12", "q": '"12"', "n": "null"}
    text = "RETURN $i AS i, $l AS l, $t AS t, $q AS q, $n AS n, $case AS case"
    where, _ = run(ann, text, name=list(values), value=list(values.values()))
    answer = ann.get(where.replace("/run?", "/run.json?")).json
    assert answer is not None
    assert answer["run"]["rows"] == [{"i": 12, "l": ["P1", 2], "t": "P12", "q": "12", "n": None, "case": CASE}]
    # The run's page shows the same values when opened again.
    again = ann.get(where).text
    for text in ('value="12"', "[&#34;P1&#34;, 2]", 'value="&#34;12&#34;"', 'value="null"'):
        assert text in again


# -- the answer ---------------------------------------------------------------------------------------------------


def test_an_answer_is_sorted_paged_linked_and_never_markup(ann: FlaskClient) -> None:
    text = "MATCH (p:Person {case: $case}) RETURN p.id AS id, p.name AS `<b>name</b>`, size(p.id) AS n ORDER BY id"
    where, answer = run(ann, text)
    harmless(answer.text)
    assert "4 rows" in answer.text
    assert "entity?id=P1" in answer.text
    assert "&lt;b&gt;Ana" in answer.text
    assert "&lt;b&gt;name" in answer.text
    rows = list(csv.reader(io.StringIO(ann.get(f"{where}&as=csv").text)))
    assert ["P4", "'=1+1", "2"] in rows
    by_name = ann.get(f"{where}&sort=-1").text
    assert by_name.index("entity?id=P4") < by_name.index("entity?id=P1")
    assert ann.get(f"{where}&sort=nothing&page=x").status_code == 200
    where, answer = run(ann, "UNWIND range(1, 450) AS n RETURN n")
    assert "rows 1 to 200 of 450" in answer.text
    assert "rows 401 to 450 of 450" in ann.get(f"{where}&page=3&sort=1").text
    assert len(ann.get(where.replace("/run?", "/run.json?")).json["run"]["rows"]) == 450  # type: ignore[index]


def test_a_cut_no_rows_and_what_failed_are_said(ann: FlaskClient) -> None:
    where, answer = run(ann, "UNWIND range(1, 900) AS n RETURN n")
    assert "The first 500 rows" in answer.text
    assert ann.get(f"{where}&as=csv").text.splitlines()[-1].startswith('"The answer is cut at 500 rows')
    assert "No rows" in run(ann, "MATCH (p:Person {case: $case, id: 'nobody'}) RETURN p")[1].text
    where, answer = run(ann, "RETURN 1 AS one,\n 1 / (size([1]) - 1) AS two")
    assert "It did not work" in answer.text
    assert "/ by zero" in answer.text
    assert ann.get(where.replace("/run?", "/run.json?")).json["run"]["state"] == "failed"  # type: ignore[index]
    says_why(ann, where, 400, "/ by zero")
    assert ann.get(at("/run", id="0" * 32)).status_code == 404


def picture_of(client: FlaskClient, answer: Any) -> tuple[set[str], set[tuple[str, str, str]]]:
    """The entities and links of the picture that an answer links to."""
    picture = re.search(r'href="([^"]*/network[^"]*)"[^>]*>As a picture', answer.text)
    assert picture, page_text(answer.text)
    view = client.get(html.unescape(picture[1]).replace("/network?", "/network.json?")).json["view"]  # type: ignore[index]
    return (
        {node["id"] for node in view["nodes"]},
        {(edge["subject"], edge["relation"], edge["object"]) for edge in view["edges"]},
    )


@pytest.mark.parametrize(
    ("text", "nodes", "links"),
    [
        # The three entities have links that the query did not ask for.
        ("MATCH (n:Entity {case: $case}) WHERE n.id IN ['P1', 'P3', 'C1'] RETURN n", "P1 P3 C1", ""),
        ("MATCH (n:Entity {case: $case}) WHERE n.id IN ['P1', 'P3', 'C1'] RETURN n.id", "P1 P3 C1", ""),
        ("MATCH (:Person {case: $case, id: 'P1'})-[r:DIRECTED]->() RETURN r", "P1 P3", "P1 DIRECTED P3"),
        (
            "MATCH path = (:Person {case: $case, id: 'P1'})-[:ORGANISED]->()<-[:PILOTED]-() RETURN {of: [path]} AS way",
            "P1 C1 P3",
            "P1 ORGANISED C1,P3 PILOTED C1",
        ),
        ("MATCH (a:Person {case: $case})-[r:ORGANISED]->(c) MATCH (x {case: $case, id: 'P3'}) RETURN r, x", "P1 C1 P3", "P1 ORGANISED C1"),
    ],
)  # fmt: skip
def test_a_picture_has_the_nodes_and_links_of_the_answer_alone(
    ann: FlaskClient, text: str, nodes: str, links: str
) -> None:
    _, answer = run(ann, text)
    wanted = {tuple(link.split()) for link in links.split(",") if link}
    assert picture_of(ann, answer) == (set(nodes.split()), wanted)


def test_a_picture_of_an_answer_grows_like_any_other(ann: FlaskClient) -> None:
    _, answer = run(ann, "MATCH (:Person {case: $case, id: 'P1'})-[r:DIRECTED]->(b) RETURN r, b")
    picture = re.search(r'href="([^"]*/network[^"]*)"[^>]*>As a picture', answer.text)
    assert picture
    address = html.unescape(picture[1])
    page = ann.get(address).text
    assert "between these only the links of the answer, not" in page_text(page)
    assert 'name="link" value="P1~DIRECTED~P3"' in page
    view = ann.get(address.replace("/network?", "/network.json?") + "&open=P3").json["view"]  # type: ignore[index]
    assert {(edge["subject"], edge["relation"], edge["object"]) for edge in view["edges"]} == {
        ("P1", "DIRECTED", "P3"), ("P3", "PILOTED", "C1"), ("P1", "ORGANISED", "C1")
    }  # fmt: skip
    for wrong in ("P1~PAID", "a~b~c~d", "[1, 2, 3]", "[" * 100_000, "P1~~P2"):
        refused = ann.get(f"/case/{CASE}/network", query_string={"id": "P1", "link": wrong})
        assert refused.status_code == 400
        assert "link takes SUBJECT~RELATION~OBJECT" in page_text(refused.text)
    nothing = ann.get(f"/case/{CASE}/network", query_string={"id": ["P1", "P3"], "depth": "0", "link": ""})
    assert "The answer has no link." in page_text(nothing.text)


def test_graph_values_are_drawn_in_this_case_alone(ann: FlaskClient) -> None:
    # The server has cases of other tests too.
    text = (
        "MATCH path = (a:Person {id: 'P1'})-[:DIRECTED]->(b) WHERE a.case IN [$case, $other]\n"
        "RETURN path, a, [b] AS others, {of: a.id} AS map"
    )
    _, answer = run(ann, text, name="other", value=OTHER)
    harmless(answer.text)
    picture = re.search(r'href="([^"]*/network[^"]*)"[^>]*>As a picture', answer.text)
    assert picture
    address = html.unescape(picture[1])
    assert "id=P1" in address
    assert "id=P3" in address
    assert "gave instructions to" in answer.text
    # Nodes of the other case have the same ids. They are shown with their case, but have no link and are not in the
    # picture.
    assert "2 ids in the answer are" in page_text(answer.text)
    assert f"(:Person P1 of {OTHER})" in page_text(answer.text)
    _, answer = run(ann, f"MATCH (p:Person {{case: '{OTHER}'}})-[r:DIRECTED]->() RETURN r, p")
    assert "As a picture" not in answer.text


def test_a_map_that_says_it_is_a_node_is_a_map(ann: FlaskClient) -> None:
    text = "RETURN {kind: 'node', labels: 'x'} AS a, {kind: ['path']} AS b, {kind: 'relationship', id: 'P1'} AS c"
    _, answer = run(ann, text)
    assert answer.status_code == 200
    assert '{"kind": "node", "labels": "x"}' in page_text(answer.text)


def test_a_long_run_is_shown_as_it_runs_and_cancelled(ann: FlaskClient) -> None:
    slow = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a = -b RETURN count(*) AS n"
    where = ann.post(at(), data={"do": "run", "text": slow}).location.partition("#")[0]
    page = ann.get(where).text
    assert "data-run=" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert ">Cancel</button>" in page
    identifier = where.rpartition("id=")[2]
    assert ann.get(at("/progress", id=identifier)).json["state"] == "running"  # type: ignore[index]
    assert "You have a run in progress" in ann.get(at()).text
    says_why(ann, where, 503, "The text still runs")
    stopped = ann.post(at("/cancel"), data={"id": identifier})
    assert stopped.status_code == 303
    assert "Stopped after" in wait_for_run(ann, stopped.location).text
    says_why(ann, where, 400, "The query was cancelled")
    assert "You have a run in progress" not in ann.get(at()).text


def test_a_run_and_a_history_are_ones_own(ann: FlaskClient, ben: FlaskClient) -> None:
    where, _ = run(ann, "RETURN 'of ann alone' AS one")
    identifier = where.rpartition("id=")[2]
    assert "of ann alone" in ann.get(at("/history")).text
    assert ann.get(at(past=ann.get(at("/history.json")).json["past"][0]["id"])).status_code == 200  # type: ignore[index]
    for answer in (ben.get(where), ben.get(at("/progress", id=identifier)), ben.get(at(past=identifier))):
        assert answer.status_code == 404
    assert ben.post(at("/cancel"), data={"id": identifier}).status_code == 404
    assert "of ann alone" not in ben.get(at("/history")).text


def test_a_hostile_text_is_text_wherever_it_stands(ann: FlaskClient) -> None:
    text = f"RETURN '{HOSTILE.replace(chr(39), '')}' AS one // {HOSTILE}"
    fields = {
        "name": ["who"],
        "value": [HOSTILE],
        "save-name": HOSTILE[:90],
        "save-title": HOSTILE,
        "save-why": HOSTILE,
    }
    _, answer = run(ann, text, **fields)
    harmless(answer.text)
    harmless(ann.post(at(), data={"do": "check", "text": text + " RETRUN", **fields}).text)
    assert ann.post(at(), data={"do": "save", "text": text, **fields}).status_code == 303
    harmless(ann.post(at(), data={"do": "save", "text": text, **fields}).text)  # asks whether to replace the first
    identifier = library(ann)[0]["id"]
    pages = (at("/saved"), at("/saved/one", id=identifier), at(saved=identifier), at("/history"), at())
    for address in pages:
        page = ann.get(address)
        assert page.status_code == 200
        harmless(page.text)
    assert HOSTILE in page_text(ann.get(at("/saved")).text) or HOSTILE in html.unescape(ann.get(at("/saved")).text)


def test_what_was_typed_to_save_it_by_outlives_a_run(ann: FlaskClient) -> None:
    typed = {"save-name": "Half <b>done", "save-title": "What it asks", "save-why": "to be sure", "save-shared": "yes"}
    address, answer = run(ann, "RETURN 1 AS one", **typed)
    page = answer.text
    fields = dict(re.findall(r'name="(save-[a-z]+)" [^>]*value="([^"]*)"', page))
    assert fields | {"save-name": html.unescape(fields["save-name"])} == typed
    assert 'value="yes" checked' in page
    assert "saving" not in ann.get(address.replace("/run?", "/run.json?")).get_json()["run"]
    assert not re.search(r'name="save-name" [^>]*value="[^"]', run(ann, "RETURN 1 AS one")[1].text)


# -- the library --------------------------------------------------------------------------------------------------


def test_a_query_is_saved_opened_and_replaced_when_asked(ann: FlaskClient) -> None:
    text = "MATCH (p:Person {id: $who})\nRETURN p.name"
    saved = save(ann, "Who is it", text, **{"name": ["who"], "value": ["P1"], "save-title": "A name"})
    assert saved.status_code == 303
    opened = ann.get(saved.location).text
    assert "Saved as Who is it, version 1." in opened
    assert f"\n{text}</textarea>" in html.unescape(opened)
    assert 'name="value" value="P1"' in opened
    taken = save(ann, "who IS it", "RETURN 2 AS two")
    assert taken.status_code == 409
    assert "you have saved in this case" in page_text(taken.text)
    assert 'value="replace">Replace it' in taken.text
    assert "RETURN 2 AS two" in taken.text
    replaced = ann.post(at(), data={"do": "replace", "text": "RETURN 2 AS two", "save-name": "Who is it"})
    assert "version 2" in ann.get(replaced.location).text
    assert [(query["text"], query["version"]) for query in library(ann)] == [("RETURN 2 AS two", 2)]
    assert library(ann)[0]["title"] == "A name"  # fields not typed again stay as they were
    for name, fault in (
        ("", "Give the query a name"),
        ("x" * 101, "has 101 characters"),
        ("a\u202eb", "cannot be shown"),
    ):
        assert fault in page_text(save(ann, name).text)
    assert "There is no text to save" in page_text(save(ann, "empty", " ").text)


def test_what_is_shared_opens_for_those_who_may_and_stays_its_authors(ann: FlaskClient, ben: FlaskClient) -> None:
    save(ann, "Private one")
    save(ann, "Boats", "RETURN 'boats' AS one", **{"save-shared": "yes"})
    assert [(query["name"], query["author"], query["changeable"]) for query in library(ben)] == [
        ("Boats", "ann", False)
    ]
    ids = {query["name"]: query["id"] for query in library(ann)}
    assert "RETURN 'boats'" in page_text(ben.get(at(saved=ids["Boats"])).text)
    taken = save(ben, "Boats")
    assert taken.status_code == 409
    assert "ann has shared" in page_text(taken.text)
    assert "Replace it</button>" not in taken.text
    assert ben.post(at(), data={"do": "replace", "text": "RETURN 3", "save-name": "Boats"}).status_code == 409
    page = ben.get(at("/saved/one", id=ids["Boats"])).text
    assert "Delete" not in page
    forms = {"id": ids["Boats"], "name": "Mine now", "shared": "no"}
    for path in ("/saved/rename", "/saved/share", "/saved/delete"):
        assert ben.post(at(path), data=forms).status_code == 403
        assert ben.post(at(path), data=forms | {"id": ids["Private one"]}).status_code == 404
    for path in ("", "/saved/one"):
        assert ben.get(at(path, saved=ids["Private one"], id=ids["Private one"])).status_code == 404
    # A query that is no longer shared disappears for others, and a deleted query for all.
    ann.post(at("/saved/share"), data={"id": ids["Boats"], "shared": "no"})
    assert library(ben) == []
    assert ann.post(at("/saved/rename"), data={"id": ids["Boats"], "name": "Private one"}).status_code == 409
    assert ann.post(at("/saved/rename"), data={"id": ids["Boats"], "name": "Ships"}).status_code == 303
    assert ann.post(at("/saved/delete"), data={"id": ids["Boats"]}).status_code == 303
    assert [query["name"] for query in library(ann)] == ["Private one"]


def test_what_its_author_can_change_no_more_everyone_can(
    ann: FlaskClient, ben: FlaskClient, service: Service, app: Flask
) -> None:
    accounts.add(service.database, "gone", ["analyst"], {"*": Grant("C", sources=True)})
    changes.set_free_cypher(service.database, "gone", is_granted=True)
    save(signed_in(app, "gone"), "Left behind", **{"save-shared": "yes"})
    assert [query["changeable"] for query in library(ben)] == [False]
    changes.disable(service.database, "gone")
    (left,) = library(ben)
    assert left["changeable"]
    assert "its author can no longer write Cypher here" in ben.get(at("/saved/one", id=left["id"])).text
    assert ben.post(at(), data={"do": "replace", "text": "RETURN 2", "save-name": "Left behind"}).status_code == 303
    assert [(query["author"], query["version"], query["shared"]) for query in library(ann)] == [("ben", 2, True)]


def test_nothing_typed_lies_in_the_clear(ann: FlaskClient, service: Service) -> None:
    save(
        ann,
        "Quillfeather",
        "RETURN 'Quillfeather'",
        **{"save-title": "Quillfeather", "name": "a", "value": "Quillfeather"},
    )
    with transaction(service.database) as connection:
        rows = connection.execute(tables.saved_queries.select()).mappings().all()
        log = connection.execute(tables.log.select()).mappings().all()
    assert len(rows) == 1
    assert b"Quillfeather" not in b"".join(str(dict(row)).encode() for row in (*rows, *log))


# -- export and import --------------------------------------------------------------------------------------------


def import_queries(client: FlaskClient, content: bytes, name: str = "queries.json") -> Any:
    return client.post(at("/saved/import"), data={"file": (io.BytesIO(content), name)})


def test_an_exported_library_comes_back_elsewhere(ann: FlaskClient, ben: FlaskClient) -> None:
    save(ann, "One", "RETURN 1 AS one", **{"name": "n", "value": "[1]", "save-why": "ünïcode"})
    save(ann, "Two", "RETURN 2", **{"save-shared": "yes"})
    exported = ann.get(at("/saved/export"))
    assert exported.headers["Content-Disposition"] == "attachment; filename=queries.json"
    content = exported.get_data()
    same = import_queries(ann, content)
    assert page_text(same.text).count("no change") == 2
    assert "Import 2" not in same.text
    changed = content.replace(b"RETURN 1 AS one", b"RETURN 11 AS one").replace(b"RETURN 2", b"RETURN 22")
    preview = import_queries(ben, changed)
    assert "new" in preview.text
    assert "ann has shared in this case" in page_text(preview.text)
    assert library(ben)[0]["author"] == "ann"  # the import is not saved yet
    assert "Import 1 query" in preview.text
    hidden = re.search(r'<textarea name="file" hidden>\n(.*?)</textarea>', preview.text, re.DOTALL)
    assert hidden
    assert ben.post(at("/saved/bring"), data={"file": html.unescape(hidden[1])}).status_code == 303
    mine = next(query for query in library(ben) if query["mine"])
    assert (mine["name"], mine["text"], mine["parameters"], mine["why"], mine["shared"]) == (
        "One",
        "RETURN 11 AS one",
        {"n": [1]},
        "ünïcode",
        False,
    )
    assert "replaces yours" in import_queries(ben, content).text


def test_an_import_changes_no_query_that_others_read(ann: FlaskClient, ben: FlaskClient) -> None:
    save(ann, "Two", "RETURN 2", **{"save-shared": "yes"})
    save(ann, "One", "RETURN 1")
    content = (
        ann.get(at("/saved/export")).get_data().replace(b"RETURN 2", b"RETURN 22").replace(b"RETURN 1", b"RETURN 11")
    )
    preview = import_queries(ann, content)
    assert "everyone would get this text" in page_text(preview.text)
    assert "Import 1 query" in preview.text
    assert ann.post(at("/saved/bring"), data={"file": content.decode()}).status_code == 303
    assert [(query["name"], query["text"], query["shared"]) for query in library(ann)] == [
        ("One", "RETURN 11", False),
        ("Two", "RETURN 2", True),
    ]
    assert [query["text"] for query in library(ben)] == ["RETURN 2"]


def test_a_text_with_a_joiner_in_a_name_is_saved_as_it_is(ann: FlaskClient) -> None:
    text = "MATCH (p:Person {name: 'مریم\u200cجان'}) RETURN p.id"
    save(ann, "مریم\u200cجان", text)
    assert [(query["name"], query["text"]) for query in library(ann)] == [("مریم\u200cجان", text)]


def file(*queries: Any, **more: Any) -> bytes:
    return json.dumps({"format": "graphsvc saved queries", "version": 1, "queries": queries} | more).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON (line 1, column 2)"),
        (b"\xff\xfe", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b'{"a": NaN}', "is no JSON"),
        (b"9" * 5000, "is no JSON"),
        (b"[]", "no library of saved queries"),
        (b'{"format": 1}', "no library of saved queries"),
        (file(version=2), "another version of the format"),
        (file(extra=1), "has a field extra that is not known"),
        (file(queries={}), "has no list of queries"),
        (file(*[{}] * 501), "has 501 queries"),
        (b" " * (256 * 1024 + 1), "larger than 256 KiB"),
        (b'{"format": "graphsvc saved queries", "version": 1, "version": 1, "queries": []}', "object twice"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(ann: FlaskClient, content: bytes, says: str) -> None:
    answer = import_queries(ann, content)
    assert answer.status_code == 422
    assert says in page_text(answer.text)
    assert "Nothing was imported" in answer.text
    assert ann.post(at("/saved/bring"), data={"file": content.decode("latin-1")}).status_code in (413, 422)
    assert library(ann) == []


def test_each_query_that_cannot_be_kept_is_one_sentence(ann: FlaskClient) -> None:
    good = {"name": "Good", "text": "RETURN 1"}
    faults: list[tuple[Any, str]] = [
        (7, "no query but another kind of value"),
        ({"text": "RETURN 1"}, "Give the query a name"),
        ({"name": "n"}, "There is no text to save"),
        (good | {"owner": "x"}, "has a field owner that is not known"),
        (good | {"text": 5}, "Its text is no text"),
        (good | {"parameters": [1]}, "no object of names and values"),
        (good | {"parameters": {"a b": 1}}, "is no name of a parameter"),
        (good | {"parameters": {"case": "other"}}, "is bound by the service"),
        (good | {"parameters": {"n": 1e400}}, "is no JSON"),
        (good | {"name": "\ud800"}, "characters that cannot be shown"),
        (good | {"name": "<b>x</b>\u0000"}, "characters that cannot be shown"),
        (good | {"text": "x" * 20_001}, "it may have 20,000"),
        ({"name": "GOOD", "text": "RETURN 2"}, "another query of this name before it"),
    ]
    for fault, says in faults:
        answer = import_queries(ann, file(good, fault))
        harmless(answer.text)
        assert says in page_text(answer.text), says
    rejected = [fault for fault, says in faults if says != "is no JSON"]
    ann.post(at("/saved/bring"), data={"file": file(good, *rejected).decode()})
    assert [(query["name"], query["text"], query["shared"]) for query in library(ann)] == [("Good", "RETURN 1", False)]
    assert "No file was chosen" in ann.post(at("/saved/import"), data={}).text
