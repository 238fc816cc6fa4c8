"""*As a picture*, for a named query and for Cypher: the picture shows only the answer, and says what it leaves out."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from graphsvc.access.people import accounts, changes
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import Service
from graphsvc.web import create_app
from tests.toolbox.accounts import session, signed_in
from tests.toolbox.rows import texts

pytestmark = pytest.mark.neo4j

WIDE, DENSE = "answer pictures wide", "answer pictures dense"
_HEAD = "subject_id,relation,object_id,statement_id,polarity\n"
_STATEMENTS = "id,kind,handling\nS1,record,P\n"
# More people than a picture starts with. Some have a link that queries about recruiting do not return.
_WIDE = [f"P{n}" for n in range(71)]
# More links than fit into a picture, between a few people.
_DENSE = [f"P{n}" for n in range(25)]
FILES = {
    WIDE: {
        "people": "id,name,category\n" + "".join(f"{person},Name {person},suspect\n" for person in _WIDE),
        "statements": _STATEMENTS,
        "links": _HEAD
        + "".join(f"P0,RECRUITED,{person},S1,asserts\n" for person in _WIDE[1:])
        + "P70,COERCED,P69,S1,asserts\nP0,DIRECTED,P1,S1,asserts\nP1,PAID,P2,S1,asserts\n",
    },
    DENSE: {
        "people": "id,name,category\n" + "".join(f"{person},Name {person},suspect\n" for person in _DENSE),
        "statements": _STATEMENTS,
        "links": _HEAD
        + "".join(f"{a},PAID,{b},S1,asserts\n" for a in _DENSE for b in _DENSE if a != b)
        + "P0,RIVAL_OF,P1,S1,asserts\n",
    },
}
ASKED = {
    "by a named query": ("people.acted_on", "quality.resting_on_one&p.least=0&p.witnessed=no"),
    "by Cypher": (
        "MATCH (a {case: $case})-[r:RECRUITED|COERCED]->(b) RETURN r ORDER BY a.id, size(b.id), b.id",
        "MATCH (a {case: $case})-[r:PAID]->(b) RETURN r",
    ),
}


@pytest.fixture(scope="module")
def client(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with Service(at_server(row_cap=2000)) as service:
        accounts.add(service.database, "ann", ["analyst"], {"*": Grant("C", sources=True)})
        changes.set_free_cypher(service.database, "ann", is_granted=True)
        for case, rows in FILES.items():
            folder = texts(tmp_path_factory.mktemp("delivery") / "case", **rows)
            session(service, "ann", case).deliveries.load(folder, lambda *_progress: None)
        app = create_app(service)
        app.testing = True
        app.config["WTF_CSRF_ENABLED"] = False
        yield signed_in(app, "ann")


def answer_page(client: FlaskClient, case: str, query: str) -> str:
    """The page with the answer to a named query or a Cypher text."""
    if not query.startswith("MATCH"):
        page = client.get(f"/case/{case}/query?run=1&name={query}")
    else:
        page = client.post(f"/case/{case}/cypher", data={"text": query, "do": "run"}, follow_redirects=True)
        while "data-run=" in page.text:
            page = client.get(page.request.full_path)
    assert page.status_code == 200, page.text
    return page.text


def picture_of(client: FlaskClient, page: str) -> tuple[set[str], set[tuple[str, str, str]]]:
    """The entities and links of the picture that an answer links to."""
    address = re.search(r'href="([^"]*/network[^"]*)"[^>]*>As a picture', page)
    assert address, page
    picture = client.get(html.unescape(address[1]).replace("/network?", "/network.json?"))
    assert picture.status_code == 200, picture.text
    view = picture.get_json()["view"]
    return (
        {node["id"] for node in view["nodes"]},
        {(edge["subject"], edge["relation"], edge["object"]) for edge in view["edges"]},
    )


def notes(page: str) -> list[str]:
    """The notes above the rows of an answer."""
    return [
        " ".join(re.sub(r"<[^>]*>", "", note).split())
        for note in re.findall(r'<p class="note">(.*?)</p>', page, re.DOTALL)
    ]


@pytest.mark.parametrize("way", ASKED)
def test_a_picture_of_more_than_it_starts_at_says_so_and_draws_no_link_that_was_not_asked_for(
    client: FlaskClient, way: str
) -> None:
    page = answer_page(client, WIDE, ASKED[way][0])
    assert "71 rows" in page
    entities, links = picture_of(client, page)
    assert len(entities) == 60
    assert links == {("P0", "RECRUITED", entity) for entity in entities - {"P0"}}
    assert notes(page) == ["The picture has the first 60 of 71 entities, and the links of the answer between these."]


@pytest.mark.parametrize("way", ASKED)
def test_a_picture_of_more_links_than_it_can_have_says_so(client: FlaskClient, way: str) -> None:
    page = answer_page(client, DENSE, ASKED[way][1])
    entities, links = picture_of(client, page)
    assert entities == set(_DENSE)
    assert len(links) == 500
    assert {relation for _, relation, _ in links} == {"PAID"}
    assert notes(page) == ["The picture leaves out 100 links of the answer: more than it can have."]


def test_a_picture_that_has_all_of_an_answer_says_nothing(client: FlaskClient) -> None:
    page = answer_page(client, WIDE, "people.acted_on&p.person=P70")
    assert picture_of(client, page) == ({"P70", "P69"}, {("P70", "COERCED", "P69")})
    assert notes(page) == []
    page = answer_page(client, WIDE, "people.on_the_record&p.person=P1")
    assert picture_of(client, page) == ({"P1", "P2"}, {("P1", "PAID", "P2")})
