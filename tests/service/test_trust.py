"""Certainty of a ranking, on a real case: rank ranges, leads that rest on one witness, effects of false statements."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused
from graphsvc.service import Session
from graphsvc.service.leads import leads, material, questions, through
from tests.leaks import commands
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {
    "low": ("analyst", Grant("P")),
    "sourced": ("analyst", Grant("P", sources=True)),
    "whole": ("analyst", Grant("C", sources=True)),
}
REPORTED = [f"chief-{number}" for number in range(12)]
WITNESSES = ("wit-1", "wit-2", "wit-3")
# One report names twelve organisers. Only the first of three witnesses says that told-1 leads.
ROWS: Tables = {
    "people": [
        {"id": person, "name": person, "category": "suspect"}
        for person in (*REPORTED, "told-1", "heard-1", "aide-1", "aide-2")
    ]
    + [{"id": witness, "name": witness, "category": "witness"} for witness in WITNESSES]
    + [{"id": person, "name": person} for person in ("rode-1", "duo-1", "duo-2")],
    "gangs": [{"id": "gang-1", "name": "The Landing"}],
    "crossings": [{"id": f"crossing-{number}", "date": "2020-05-08"} for number in range(14)],
    "statements": [
        {"id": "report-1", "kind": "intelligence", "handling": "P", "source_grade": "2", "assessment": "C"},
        {"id": "record-1", "kind": "record", "handling": "P", "source_grade": "2", "assessment": "C"},
        {"id": "record-2", "kind": "record", "handling": "P", "source_grade": "2", "assessment": "C"},
        {"id": "report-2", "kind": "intelligence", "handling": "P", "source_grade": "2", "assessment": "C"},
        *(
            {"id": f"account-{witness}", "kind": "witness", "handling": "P", "source_id": witness, "interest": interest}
            for witness, interest in zip(WITNESSES, ("a debt", "a promise", ""), strict=True)
        ),
    ],
    "links": [
        row
        for number, person in enumerate(REPORTED)
        for row in statement_claims("report-1", f"{person} ORGANISED crossing-{number}")
    ]
    + statement_claims(
        "account-wit-1",
        "told-1 DIRECTED aide-1",
        "told-1 RUNS gang-1",
        "told-1 ORGANISED crossing-13",
    )
    + statement_claims(
        "record-1", "heard-1 DIRECTED aide-1", "heard-1 DIRECTED aide-2", "heard-1 PAID aide-2", "heard-1 RUNS gang-1"
    )
    + statement_claims("record-2", "rode-1 RUNS gang-1", "rode-1 DIRECTED aide-1", "rode-1 DIRECTED aide-2")
    + statement_claims("report-2", "rode-1 CROSSED_ON crossing-0")
    + statement_claims("account-wit-2", "aide-2 PILOTED crossing-1", "aide-2 PILOTED crossing-2")
    + statement_claims("account-wit-3", "aide-2 PILOTED crossing-1", "aide-2 PILOTED crossing-3")
    # duo-1 has two witnesses, which few readers may count. duo-2 has a report and a witness, which everybody sees.
    + [row for witness in WITNESSES[1:] for row in statement_claims(f"account-{witness}", "duo-1 PILOTED crossing-2")]
    + [
        row
        for statement in ("report-2", "account-wit-2")
        for row in statement_claims(statement, "duo-2 ORGANISED crossing-12")
    ],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "whole", ROWS)


def lead_row(session: Session, identifier: str) -> dict[str, object]:
    row: dict[str, object]
    (row,) = [row for row in session.leads.table()["hubs"] if row["id"] == identifier]
    return row


def test_who_rests_on_one_witness_is_marked_and_falls_without_them(people: Place) -> None:
    session = people("sourced")
    row = lead_row(session, "told-1")
    place = session.leads.places()["told-1"]
    assert row["rests_on"] == "one witness"
    assert place.best <= int(str(row["rank"])) < place.worst == row["worst_rank"]
    assert place.loss == pytest.approx(1, abs=0.05)


def test_without_source_clearance_no_witness_is_told_of(people: Place) -> None:
    row = lead_row(people("low"), "told-1")
    assert (row["rests_on"], row["moved_by"]) == ("few statements", "few statements")
    place = people("low").leads.place("told-1")
    assert place is not None
    assert place.most is not None
    assert (place.most.kind, place.most.statement, place.most.sources) == ("few", "", ())


@pytest.mark.parametrize("name", ["low", "sourced"])
def test_who_rests_on_one_report_or_record_is_marked_and_it_is_named(people: Place, name: str) -> None:
    """One report says that twelve people organised, one record what another person did; no other source says so."""
    session = people(name)
    assert {lead_row(session, person)["rests_on"] for person in REPORTED} == {"one report"}
    row = lead_row(session, "heard-1")
    assert (row["rests_on"], row["moved_by"]) == ("one record", "record record-1")
    assert int(str(row["rank"])) < int(str(row["rank_without"])) == row["worst_rank"]


@pytest.mark.parametrize("name", ["low", "sourced"])
def test_whom_one_record_alone_tells_from_a_passenger_is_not_ranked_without_it(people: Place, name: str) -> None:
    session = people(name)
    row = lead_row(session, "rode-1")
    assert (row["rests_on"], row["moved_by"], row["rank_without"]) == ("one record", "record record-2", None)
    assert row["worst_rank"] == len(session.leads.table()["hubs"]) + 1  # a rank after everyone in the list
    client = people.client(name)
    page = client.get(f"/case/{people.case}/lead?id=rode-1").text
    assert "(3 claims): not ranked without" in " ".join(page.split())
    assert "Without record record-2 they are not ranked" in client.get(f"/case/{people.case}/leads?all=yes").text


@pytest.mark.parametrize("name", ["low", "sourced"])
def test_leads_of_several_voices_and_on_the_record_are_those_whose_figures_say_so(people: Place, name: str) -> None:
    client = people.client(name)

    def leads_by_id(**query: str) -> dict[str, dict[str, Any]]:
        rows = client.get(f"/case/{people.case}/leads.json", query_string=query).get_json()["leads"]
        return {row["id"]: row for row in rows}

    everyone = leads_by_id(all="yes")
    # Where the number of groups reads `few`, being in the list must not reveal that it is two.
    groups = {name: 1 if row["groups"] == "few" else row["groups"] for name, row in everyone.items()}
    several = {name for name, row in everyone.items() if groups[name] + row["other_sources"] >= 2}
    recorded = {name for name, row in everyone.items() if row["score_on_record"] > 0}
    assert leads_by_id(voices="several").keys() == several
    assert leads_by_id(record="yes").keys() == recorded
    assert recorded - several
    assert several - recorded
    assert several | recorded < everyone.keys()
    assert leads_by_id(voices="several", record="yes").keys() == several & recorded


def badges(page: str) -> list[str]:
    """The text of the tags on a page or a part of one."""
    return [" ".join(text.split()) for text in re.findall(r'<span class="tag[^>]*>(.*?)</span>', page, re.DOTALL)]


@pytest.mark.parametrize(
    ("name", "lead", "badge"),
    [
        ("low", "told-1", "rests on few statements"),
        ("sourced", "told-1", "rests on one witness"),
        ("low", "heard-1", "rests on one record"),
        ("sourced", "heard-1", "rests on one record"),
        ("sourced", "chief-3", "rests on one report"),
        ("sourced", "duo-1", ""),
    ],
)
def test_what_a_lead_rests_on_stands_on_its_page_and_in_the_list(
    people: Place, name: str, lead: str, badge: str
) -> None:
    client, base = people.client(name), f"/case/{people.case}"
    (row,) = [
        part for part in client.get(f"{base}/leads?all=yes").text.split("<tr>") if f"{base}/lead?id={lead}" in part
    ]
    (rank,) = re.findall(r"<dt>Rank.*?</dd>", client.get(f"{base}/lead?id={lead}").text, re.DOTALL)
    for part in (row, rank):
        assert [text for text in badges(part) if text.startswith("rests on")] == [badge] * bool(badge)


def test_a_page_of_a_lead_says_what_its_figures_count(people: Place) -> None:
    page = " ".join(people.client("sourced").get(f"/case/{people.case}/lead?id=duo-2").text.split())
    assert "Sources of reports and records that raise the score, each counted once" in page
    assert "Other sources, of reports and records: " in page


def noted_everywhere(people: Place, name: str) -> list[dict[str, str]]:
    """Lead → sources with a noted interest, as shown by page, list, JSON, CSV, session and command."""
    client, base = people.client(name), f"/case/{people.case}"
    on_page = {
        lead: "".join(text.removeprefix("interest: ") for text in badges(part) if text.startswith("interest"))
        for part in client.get(f"{base}/leads?all=yes").text.split("<tr>")
        for lead in re.findall(rf'"{base}/lead\?id=([^"#]*)"', part)[:1]
    }
    settings = people.service.settings
    assert commands.run(settings, "login", "--link", people.service.sign_in_link(name, "tests")).startswith("0")
    printed = [
        commands.run(settings, "hubs", people.case, "--all", "--format", form).removeprefix("0\n")
        for form in ("csv", "json")
    ]
    rows = [
        client.get(f"{base}/leads.json?all=yes").get_json()["leads"],
        list(csv.DictReader(io.StringIO(client.get(f"{base}/leads.csv").text))),
        people(name).leads.table()["hubs"],
        people(name).hubs().to_dict("records"),
        list(csv.DictReader(io.StringIO(printed[0].partition("\nleads: ")[0]))),
        json.JSONDecoder().raw_decode(printed[1])[0]["hubs"],
        [client.get(f"{base}/lead.json?id={lead}").get_json()["lead"] for lead in on_page],
    ]
    # A note below the rows of a file says what the ranking leaves out.
    return [on_page, *({row["id"]: row["interest"] or "" for row in table if row["id"]} for table in rows)]


def test_what_was_offered_to_a_witness_stands_beside_every_lead_that_rests_on_them(people: Place) -> None:
    """The first of three witnesses has a debt and the second a promise; nothing is noted about the third."""
    noted = noted_everywhere(people, "sourced")
    assert noted == [noted[0]] * len(noted)
    # Piloting raises no score, so no interest is noted for the sources of duo-1.
    expected = {"told-1": "all", "duo-2": "some"}
    assert {lead: interest for lead, interest in noted[0].items() if interest} == expected
    # Each page says the same among the innocent readings.
    beginnings = {"all": "Said only by", "some": "Among who says"}
    session = people("sourced")
    for lead, interest in noted[0].items():
        readings = [each.text for each in session.leads.questions.readings(lead) if each.name == "owing"]
        assert [text[: len(beginnings[interest])] for text in readings] == (
            [beginnings[interest]] if interest else []
        ), lead
        page = people.client("sourced").get(f"/case/{people.case}/lead?id={lead}").text
        assert [text for text in badges(page) if text.startswith("interest: ")] == (
            [f"interest: {interest}"] if interest else []
        )


def test_without_source_clearance_no_interest_of_a_witness_is_told(people: Place) -> None:
    assert {"".join(noted.values()) for noted in noted_everywhere(people, "low")} == {""}
    assert {row["interest"] for row in people("low").leads.table()["hubs"]} == {None}
    for page in ("leads?all=yes", "lead?id=told-1", "through"):
        assert "interest: " not in people.client("low").get(f"/case/{people.case}/{page}").text
    assert "interest: all" in people.client("sourced").get(f"/case/{people.case}/through?id=told-1").text


def test_in_the_list_no_source_is_named_and_for_one_lead_the_log_counts_them(people: Place) -> None:
    session = people("sourced")
    row = lead_row(session, "told-1")
    assert row["moved_by"] == "one witness"
    assert all(place.most is None or place.most.sources == () for place in session.leads.places().values())
    place = session.leads.place("told-1")
    assert place is not None
    assert place.most is not None
    (source,) = place.most.sources
    assert source in {claim.source for claim in session._material.analysis_input()[0] if claim.subject == "told-1"}
    lines = [line for line in people.lines() if line["detail"].get("query") == "places"]
    assert [line["sources"] for line in lines] == [1, 0, 0]


def test_the_fewest_false_accounts_are_named_and_the_log_counts_them(
    people: Place,
) -> None:
    session = people("sourced")
    assert int(str(lead_row(session, "told-1")["rank"])) <= 10
    falsehood, invented_accounts = session.leads.falsehood("told-1")
    assert falsehood is not None
    (piece,) = falsehood.pieces
    assert piece.kind == "witness"
    (source,) = piece.sources
    assert source in {claim.source for claim in session._material.analysis_input()[0] if claim.subject == "told-1"}
    assert falsehood.fewest
    assert falsehood.rank is not None
    assert falsehood.rank > 10
    assert invented_accounts is not None
    assert invented_accounts >= 1
    (line,) = [entry for entry in people.lines() if entry["detail"].get("query") == "falsehood"]
    assert line["sources"] == 1


def test_why_somebody_is_a_lead_is_worked_out_once_while_the_case_stays_as_it_is(
    people: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def note_calls(module: ModuleType, name: str, of: Callable[..., object]) -> None:
        real = getattr(module, name)

        def call(*arguments: Any, **more: Any) -> Any:
            done.append(f"{name} {of(*arguments)}")
            return real(*arguments, **more)

        monkeypatch.setattr(module, name, call)

    note_calls(material, "would_leave", lambda _on, _singly, lead: lead)
    note_calls(leads, "explain", lambda lead, *_: lead)
    note_calls(questions, "readings", lambda lead, *_: lead)
    note_calls(through, "paths", lambda ends, *_: " ".join(ends))
    session = people("sourced")
    session.ask.home.forget()
    for lead in ("told-1", "told-1", "heard-1", "told-1"):
        session.leads.falsehood(lead)
        first, again = session.leads.look(lead), session.leads.look(lead)
        assert first == again
        assert session.leads.questions.readings(lead) == session.leads.questions.readings(lead)
        session.leads.witnesses.through([lead])
    every = [f"{name} {lead}" for lead in ("told-1", "heard-1") for name in ("explain", "readings", "paths")]
    false = [entry for entry in done if entry.startswith("would_leave")]
    assert sorted(entry for entry in done if entry not in false) == sorted(every)
    # The first ranks are computed together, each once.
    assert len(set(false)) == len(false)
    assert "would_leave told-1" in false
    # For another reader the lead is computed again.
    people("whole").leads.look("told-1")
    assert done[-1] == "explain told-1"


def test_what_false_accounts_could_do_is_for_who_knows_sources(people: Place) -> None:
    with pytest.raises(Refused, match="source clearance"):
        people("low").leads.falsehood("told-1")


def test_of_nobody_it_is_not_told(people: Place) -> None:
    with pytest.raises(NotFound):
        people("sourced").leads.falsehood("nobody")
