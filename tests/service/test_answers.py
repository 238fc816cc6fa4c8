"""The answer about the boats of a day, on a real case: named organisers, denials and gaps."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable

import networkx
import pytest
from pypdf import PdfReader

from graphsvc.access.people.principal import Grant, Principal
from graphsvc.config import Settings
from graphsvc.errors import NotFound, RequestError
from graphsvc.service import Service, quiet
from graphsvc.service.answers import NoCrossings
from graphsvc.views.behind.answer import COLUMNS
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {
    "ana": ("analyst", Grant("C", sources=True)),
    "low": ("analyst", Grant("P")),
    "cus": ("custodian", Grant("C", sources=True)),
}
PEOPLE = ("boss", "rival", "pilot", "dealer", "rider", "stowaway")
ROWS: Tables = {
    "people": [{"id": name, "name": name.title(), "category": "suspect"} for name in PEOPLE],
    "crossings": [{"id": f"c{number}", "date": "2020-05-08"} for number in (1, 2)]
    + [{"id": "c3", "date": "2020-05-20"}, {"id": "c4", "date": "2020-06-01"}],
    "boats": [{"id": "b1", "name": "Gull"}],
    "statements": [
        {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "r2", "kind": "intelligence", "handling": "C", "source_grade": "2", "assessment": "B"},
        {"id": "r3", "kind": "intelligence", "handling": "P", "source_grade": "2", "assessment": "C"},
    ],
    "links": statement_claims(
        "r1", "b1 USED_ON c1", "dealer SUPPLIED b1", "pilot PILOTED c1", "rider CROSSED_ON c1", "rider CROSSED_ON c4"
    )
    + statement_claims("r2", "boss ORGANISED c1", "boss ORGANISED c2", "stowaway CROSSED_ON c1")
    + statement_claims("r3", "rival ORGANISED c1", "rival ORGANISED c3"),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "ana", ROWS)


def test_a_crossing_of_a_coarse_date_is_of_no_day_for_certain_and_is_named(at_server: Callable[..., Settings]) -> None:
    coarse = [{"id": f"m{number}", "date": "2020-05"} for number in range(1, 8)] + [{"id": "y1", "date": "2020"}]
    rows = {**ROWS, "crossings": [*ROWS["crossings"], *coarse, {"id": "t1", "date": "2020-05-08T04:30Z"}]}
    with open_place(at_server(), READERS, "ana", rows) as place:
        answers = place("ana").network.answers
        for day in ("2020-05-01", "2020-05-31"):  # the timeline draws and links them on the first day
            perhaps = answers.behind(day=day).answer
            assert {row.about.id for row in perhaps.rows} == {"y1", *(f"m{number}" for number in range(1, 8))}
            page = place.client("ana").get(f"/case/{place.case}/behind?day={day}").text
            assert "8 crossings that may be of" in " ".join(page.split())
            assert perhaps.gaps[0] == "No crossing is known to be of these days: those asked about may be."
        with pytest.raises(RequestError, match="8 June 2020 is after 1 May 2020"):
            answers.behind(day="2020-06-08", until="2020-05-01")
        response = answers.behind(day="2020-05-08")
        assert {row.about.id for row in response.answer.rows} == {"c1", "c2", "t1"}
        days = {
            row["day"]: row["count"]
            for row in place("ana").ask.rows("cases.days").dicts()
            if row["what"] == "crossings"
        }
        assert days == {"2020-05-08": 3, "2020-05-20": 1, "2020-06-01": 1, "2020-05": 7, "2020": 1}
        assert response.answer.gaps[0] == (
            "May be of these days too, and not asked about: y1 (2020), m1 (2020-05), m2 (2020-05), m3 (2020-05), m4 (2020-05)"
            " and 3 others."
        )
        assert response.answer.gaps[0] in html.unescape(
            place.client("ana").get(f"/case/{place.case}/behind?day=2020-05-08").text
        )
        narrowed = answers.behind(["m1"], day="2020-05-08").answer
        assert {row.about.id for row in narrowed.rows} == {"c1", "c2", "t1", "m1"}
        assert "m1" not in narrowed.gaps[0]
        month = answers.behind(day="2020-05-01", until="2020-05-31").answer
        assert {row.about.id for row in month.rows} == {
            "c1",
            "c2",
            "c3",
            "t1",
            *(f"m{number}" for number in range(1, 8)),
        }
        assert month.gaps[0] == "May be of these days too, and not asked about: y1 (2020)."
        assert not any("May be of" in gap for gap in answers.behind(day="2019-05-08", ids=["c1"]).answer.gaps)


def test_the_boats_of_a_day_are_answered_by_name(people: Place) -> None:
    response = people("ana").network.answers.behind(day="2020-05-08")
    answer, view = response.answer, response.view
    assert [row.about.id for row in answer.rows] == ["c1", "c2"]
    first = [
        (participant.who.name, participant.edge.relation, participant.what.name if participant.what else "")
        for participant in answer.rows[0].said
    ]
    assert first == [
        ("Boss", "ORGANISED", ""),
        ("Rival", "ORGANISED", ""),
        ("Pilot", "PILOTED", ""),
        ("Dealer", "SUPPLIED", "Gull"),
    ]
    assert [common.who.id for common in answer.common] == ["boss"]
    assert answer.gaps == (
        "The boat of 1 of 2 crossings is not known.",
        "Who piloted 1 of 2 crossings is not known.",
    )
    assert {node.id for node in view.nodes} >= {"boss", "dealer", "b1", "c1", "c2"}
    # With so small a case no one stands out, and the order of people must not look like a ranking.
    assert response.ranked_on.startswith("There are no ranks. No one stands out: ")
    assert all(participant.lead is None for participant in answer.rows[0].said)


def test_who_may_not_see_c_is_answered_by_what_is_left(people: Place) -> None:
    answer = people("low").network.answers.behind(["c1", "c2", "c3"]).answer
    assert [row.about.id for row in answer.rows] == ["c1", "c3"]  # only a report under C mentions c2
    assert [participant.who.id for participant in answer.rows[0].said] == ["rival", "pilot", "dealer"]
    assert [common.who.id for common in answer.common] == ["rival"]


def test_those_carried_are_counted_among_what_the_reader_sees(people: Place) -> None:
    counted = {who: people(who).behind("c1").answer.rows[0].carried for who in ("ana", "low")}
    assert counted == {"ana": 2, "low": 1}
    page = people.client("ana").get(f"/case/{people.case}/behind?id=c1").text
    # The page of the crossing lists every link, so its number is larger.
    assert "2 people reported as carried (belief of 0.25 or more)" in page


def test_who_sees_no_ranking_is_told_no_rank(people: Place) -> None:
    answer = people("cus").network.answers.behind(["c1"]).answer
    assert all(participant.lead is None for participant in answer.rows[0].said)


def test_what_is_not_there_or_not_asked_is_said(people: Place) -> None:
    answers = people("ana").network.answers
    with pytest.raises(NotFound):
        answers.behind(["nobody"])
    with pytest.raises(RequestError, match="Say what is asked about"):
        answers.behind()
    with pytest.raises(
        NoCrossings, match=r"No crossing on 1 January 2020. The nearest days with crossings: 8 May 2020 \(2\)"
    ):
        answers.behind(day="1 January 2020")
    with pytest.raises(RequestError, match="no date"):
        answers.behind(day="8 Mai")
    # A crossing dated to the month is certain to be of the month.
    assert {*answers.behind(day="May 2020").asked} - {*answers.behind(day="2020-05-08").asked} == {"c3"}


def test_a_day_without_boats_leads_to_the_nearest_that_have_some(people: Place) -> None:
    client, address = people.client("ana"), f"/case/{people.case}/behind"
    for typed, says, status in (("7 May 2020", "No crossing on 7 May 2020", 200), ("8 Mai", "is no date", 400)):
        page = client.get(address, query_string={"day": typed})
        assert page.status_code == status
        assert says in page.text
        assert f'value="{typed}"' in page.text
        assert client.get(f"{address}.json", query_string={"day": typed}).status_code == 400
    assert f'href="{address}?day=2020-05-08"' in client.get(f"{address}?day=2020-05-07").text
    assert '<option value="8 May 2020" label="2 boats">' in client.get(address).text


def test_page_twin_table_paper_and_notebook_give_one_answer(people: Place) -> None:
    client, address = people.client("ana"), f"/case/{people.case}/behind"
    twin = client.get(f"{address}.json?day=2020-05-08").get_json()
    response = people("ana").behind(day="2020-05-08")
    plain = response.answer.plain()
    assert {name: twin[name] for name in plain} == plain
    page = client.get(f"{address}?day=2020-05-08")
    assert page.status_code == 200
    assert all(sentence in page.text for sentence in (*plain["gaps"], *plain["lone"]))
    assert all(participant["who"]["name"] in page.text for row in plain["rows"] for participant in row["said"])
    rows = list(csv.reader(io.StringIO(client.get(f"{address}?day=2020-05-08&as=csv").text)))
    assert tuple(rows[0]) == tuple(response.frame.columns) == COLUMNS
    table, alone = rows[1 : len(response.frame) + 1], rows[len(response.frame) + 1 :]
    assert [row[2:5] for row in table] == response.frame[["who", "name", "relation"]].fillna("").to_numpy().tolist()
    assert [row[-1] for row in alone] == response.beside == [*plain["gaps"], response.ranked_on]
    assert not any(cell for row in alone for cell in row[:-1])
    assert response.frame.attrs["gaps"] == plain["gaps"]
    assert list(response.common["id"]) == [shared["who"]["id"] for shared in plain["common"]]
    assert {"boss", "dealer", "b1", "c1"} <= set(response.graph)
    assert response.graph.edges["boss", "c1", "ORGANISED"]["belief"] == plain["rows"][0]["said"][0]["belief"]
    networkx.write_graphml(response.graph, io.BytesIO())
    paper = client.get(f"{address}.pdf?day=2020-05-08")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.data)).pages)
    assert all(name in text for name in ("Boss", "Rival", "Pilot", "Dealer", "printed by ana"))
    assert client.get(address).status_code == 200
    wrong = client.get(f"{address}?day=no-day")
    assert (wrong.status_code, "no-day" in wrong.text) == (400, True)
    assert client.get(f"{address}?id=nobody").status_code == 404
    assert "1 of those asked about is not here" in client.get(f"{address}?id=nobody&id=c1").text


@pytest.mark.slow(reason="loads the demo")
@pytest.mark.parametrize("grant", [Grant("C", sources=True), Grant("C"), Grant("P")], ids=str)
def test_the_eight_boats_of_a_day_of_the_demo_are_four_sheets(demo: Service, grant: Grant) -> None:
    """The table with ranks, what speaks against it, the picture, and one to look things up, however many denials."""
    session = demo.session(Principal("reader", frozenset({"analyst"}), {"demo": grant}), "tests", "demo")
    sheets = PdfReader(io.BytesIO(session.network.answers.pdf(day="2020-05-08"))).pages
    assert len(sheets) == 4
    first, second, _, last = (" ".join(sheet.extract_text().split()) for sheet in sheets)
    assert "Who organised" in first
    assert all(heading in second for heading in ("What is not known", "What speaks against it", "What would change it"))
    assert "Everything said" in last


def test_a_file_of_it_names_what_nobody_is_named_for(people: Place) -> None:
    """Otherwise someone opening the file elsewhere would think that a missing boat had not been asked about."""
    rows = list(
        csv.reader(
            io.StringIO(people.client("low").get(f"/case/{people.case}/behind?id=c4&id=c1&id=nobody&as=csv").text)
        )
    )
    about = rows[0].index("about")
    (nothing,) = [row for row in rows if row[about] == "c4"]
    assert nothing[rows[0].index("who")] == ""
    assert nothing[-1].startswith("Not known: who organised it")
    assert any("1 of those asked about is not here" in row[-1] for row in rows)


def test_a_file_bears_the_handling_code_of_who_took_it(people: Place) -> None:
    """Recipients of the file do not see the page, which states the code."""
    addresses = ("behind?id=c1&as=csv", "leads.csv", "query?name=crossings.per_day&run=1&as=csv", "linked?as=csv")
    for who, code in (("ana", "C"), ("low", "P")):
        for address in addresses:
            name = people.client(who).get(f"/case/{people.case}/{address}").headers["Content-Disposition"]
            assert name.endswith(f"-handling-{code}.csv"), (address, name)


def test_the_answer_is_one_look_in_the_log(people: Place) -> None:
    client = people.client("ana")
    people.begin()
    client.get(f"/case/{people.case}/behind.json?day=2020-05-08")
    assert [(line["action"], line["detail"].get("query")) for line in people.lines()] == [("read", "behind")]


def test_lists_search_queries_and_pages_lead_to_the_answer(people: Place) -> None:
    client, case = people.client("ana"), f"/case/{people.case}"
    leads = {
        "/crossings": (f"{case}/behind?id=c1", f"{case}/behind?day=2020-05-08"),
        "/entity?id=c1": (f"{case}/behind?id=c1",),
        "/network/node?id=c1": (f"{case}/behind?id=c1",),
        "/lead?id=boss": (f"{case}/behind?id=boss",),
        "": (f"{case}/behind?day=2020-05-08",),
        "/query?name=crossings.per_day&run=1": (),
        "/query?name=crossings.on_days&run=1&p.first=2020-05-08&p.last=2020-05-08": (f"{case}/behind?id=c1&id=c2",),
    }
    for page, addresses in leads.items():
        text = html.unescape(client.get(f"{case}{page}").text)
        assert all(f'href="{address}"' in text for address in addresses), page
    search_page = client.get(f"{case}/search?q=c1").text
    assert '<input type="checkbox" name="id" value="c1"' in search_page
    crossings = client.get(f"{case}/crossings").text
    assert all(name in crossings for name in ("Boss", "Rival", "Pilot", "Gull"))
    # Links for readers without clearance for C lead only to entities that they may see.
    low = people.client("low").get(f"{case}/crossings").text
    assert "Rival" in low
    assert "Boss" not in low


def test_a_gap_is_put_to_who_answers_for_a_statement_that_tells_of_it(people: Place) -> None:
    (question,) = people("ana").behind("c2").answer.questions
    assert question.text == (
        "Who piloted 8 May 2020 (c2): intelligence report r2 is about it and does not say; ask who answers for it."
    )
    assert people("cus").behind("c2").answer.questions == ()


def test_an_answer_follows_the_case_over_deliveries_and_an_undo(at_server: Callable[..., Settings]) -> None:
    with open_place(at_server(), READERS, "ana", ROWS) as place:

        def organisers() -> list[tuple[str, bool]]:
            (row,) = place("ana").behind("c2").answer.rows
            return [(participant.who.id, participant.edge.denied) for participant in row.said]

        assert organisers() == [("boss", False)]
        denial = {**statement_claims("r9", "boss ORGANISED c2")[0], "polarity": "denies"}
        more: Tables = {
            "statements": [
                {"id": name, "kind": "record", "handling": "C", "source_grade": "1", "assessment": "A"}
                for name in ("r8", "r9")
            ],
            "links": [
                denial,
                *statement_claims("r9", "rival ORGANISED c2"),
                *statement_claims("r8", "boss CROSSED_ON c2"),
            ],
        }
        place.load("ana", more, partial=True)
        assert organisers() == [("rival", False), ("boss", True)]
        # The statement that names an actor is asked about before one that only mentions the crossing.
        (question,) = place("ana").behind("c2").answer.questions
        assert question.statement == "r9"
        place("ana").deliveries.undo(2, quiet)
        assert organisers() == [("boss", False)]
