"""Each denial about a named person is shown with its statement, as far as each reader may see that."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.views.behind.answer import CUT
from tests.leaks import commands
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, claim, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {
    "whole": ("analyst", Grant("C", sources=True)),
    "officer": ("investigator", Grant("C")),
    "low": ("investigator", Grant("P")),
}
LINK = ("boss", "ORGANISED", "c1")
ROWS: Tables = {
    "people": [{"id": name, "name": name.title(), "category": "suspect"} for name in ("boss", "aide")]
    + [{"id": "w1", "name": "Vera Quist", "category": "witness"}],
    "crossings": [{"id": f"c{number}", "date": f"2020-05-{number + 7:02}"} for number in (1, 2, 3)],
    "boats": [{"id": "b2"}],
    "statements": [
        {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {
            "id": "r2",
            "kind": "intelligence",
            "handling": "P",
            "source_grade": "2",
            "assessment": "C",
            "taken_on": "2020-06-03",
            "summary": "was in <b>hospital</b> that night",
        },
        {"id": "r3", "kind": "intelligence", "handling": "C", "summary": "was seen elsewhere"},
        {"id": "a1", "kind": "witness", "handling": "P", "source_id": "w1", "summary": "it was another"},
        {"id": "r5", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "r4", "kind": "intelligence", "handling": "P", "status": "withdrawn"},
    ],
    "links": statement_claims("r1", "boss ORGANISED c1", "aide PILOTED c1")
    + statement_claims("r5", "boss ORGANISED c1")
    + [claim(*LINK, statement, polarity="denies") for statement in ("r2", "r3", "a1", "r4")]
    + statement_claims("r1", "b2 USED_ON c2", "aide SUPPLIED b2")
    + [claim("b2", "USED_ON", "c2", "r2", polarity="denies")]
    + statement_claims("r1", "aide PILOTED c3"),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "whole", ROWS)


@pytest.mark.parametrize(
    ("reader", "statements"),
    [("whole", ["r2", "r3", "a1"]), ("officer", ["r2", "r3", ""]), ("low", ["r2", ""])],
)
def test_each_denial_that_stands_is_told_as_the_reader_may_see_it(
    people: Place, reader: str, statements: list[str]
) -> None:
    (item,) = people(reader).behind("c1").answer.against
    assert (item.said.who.name, item.target.id) == ("Boss", "c1")
    assert [each.statement for each in item.denials] == statements
    first = item.denials[0]
    assert first.text == "intelligence report r2 of 3 June 2020, graded 2C"
    assert first.summary == "was in <b>hospital</b> that night"
    if reader != "whole":
        assert item.denials[-1].text == "statements of witnesses, which are not shown one by one"
        assert "it was another" not in str(
            people.client(reader).get(f"/case/{people.case}/behind.json?id=c1").get_json()
        )


def test_that_a_boat_was_the_one_of_the_crossing_is_denied_with_its_statement(people: Place) -> None:
    (item,) = people("low").behind("c2").answer.against
    assert (item.said.who.id, item.said.edge.relation, item.target.id) == ("b2", "USED_ON", "c2")
    assert [each.statement for each in item.denials] == ["r2"]
    page = people.client("low").get(f"/case/{people.case}/behind?id=c2").text
    assert "was the boat of" in page.partition("What speaks against it")[2]
    # A page that lists a denial does not say that nobody denies anything.
    assert "Nobody denies any of this" not in page
    assert "Nobody denies any of this" in people.client("low").get(f"/case/{people.case}/behind?id=c3").text


def test_page_twin_and_paper_say_it_and_what_is_written_is_no_markup(people: Place) -> None:
    client, address = people.client("officer"), f"/case/{people.case}/behind"
    page = client.get(f"{address}?id=c1").text
    assert "What speaks against it" in page
    assert "Intelligence report r2 of 3 June 2020, graded 2C" in page
    assert "was in &lt;b&gt;hospital&lt;/b&gt; that night" in page
    paper = PdfReader(io.BytesIO(client.get(f"{address}.pdf?id=c1").data)).pages[0].extract_text()
    paper = " ".join(paper.split())
    for text in (" ".join(page.split()), paper.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;")):
        assert "graded 2C" in text
        assert "“was in &lt;b&gt;hospital&lt;/b&gt; that night”" in text
        assert "; still said by 2 sources of reports or records" in text
    (contested,) = client.get(f"{address}.json?id=c1").get_json()["against"]
    assert [each["kind"] for each in contested["denials"]] == ["intelligence", "intelligence", "witness"]
    assert (contested["subject"], contested["relation"], contested["object"]) == LINK
    assert "What speaks against it" not in client.get(f"{address}?id=aide").text


def test_so_does_the_command(people: Place) -> None:
    link = people.service.sign_in_link("officer", "tests")
    assert commands.run(people.service.settings, "login", "--link", link, "--purpose", "tests").startswith("0")
    lines = commands.run(people.service.settings, "behind", "--id", "c1", "--case", people.case).splitlines()
    (contested,) = people("officer").behind("c1").answer.against
    assert contested.text in lines
    assert "contested; still said by 2 sources of reports or records. Intelligence report r2" in contested.text


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_command_whose_answer_is_cut_prints_it_and_says_so_by_its_status(
    people: Place, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    settings = people.service.settings
    link = people.service.sign_in_link("officer", "tests")
    assert commands.run(settings, "login", "--link", link, "--purpose", "tests").startswith("0")
    words = ("behind", "--id", "c1", "--case", people.case, "--format", form)
    whole = commands.run(settings, *words)
    assert whole.startswith("0\n")
    monkeypatch.setattr("graphsvc.service.network.answers.MOST_NODES", 0)
    less = commands.run(settings, *words)
    assert less.startswith("75\n")
    assert CUT in less
    assert "c1" in less.partition(CUT)[0]
