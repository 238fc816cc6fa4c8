"""Cases with contacts alone, which pages must say: phones without known users, and people who were overheard."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import chain, combinations
from pathlib import Path

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service import PictureRequest, quiet
from graphsvc.service.answers import RANKS_HELD
from tests.leaks import commands
from tests.toolbox.cases import Place, open_place, send_upload
from tests.toolbox.rows import Tables, statement_claims, write, zip_tables

pytestmark = pytest.mark.neo4j
ROLES = {"ana": ("analyst", Grant("C", sources=True)), "cus": ("custodian", Grant("C", sources=True))}
RECORD = {"id": "bill", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}
# Three circles and the hub that joins them, the only person in contact with everyone.
CIRCLES = (("a1", "a2", "a3"), ("b1", "b2", "b3"), ("c1", "c2", "c3"))
JOINS = "hub"
CALLS = [f"{first} CONTACTED {second}" for circle in CIRCLES for first, second in combinations((*circle, JOINS), 2)]
EVERYONE = sorted({*chain(*CIRCLES), JOINS})
PHONES: Tables = {
    "people": [],
    "things": [
        {"id": name, "kind": "phone", "value": f"+44 7700 9000{place:02}"} for place, name in enumerate(EVERYONE)
    ],
    "statements": [RECORD],
    "links": statement_claims("bill", *CALLS),
}
TAPPED: Tables = {
    "people": [{"id": name} for name in EVERYONE],
    "statements": [RECORD],
    "links": statement_claims("bill", *CALLS),
}
# A clandestine group without a crossing: acquaintances, relatives, and custom relations.
CELLS = (*CIRCLES, ("d1", "d2", "d3", "d4"))
KNOWN = [f"{first} ASSOCIATES_WITH {second}" for cell in CELLS for first, second in combinations(cell, 2)]
KIN = ["a1 RELATED_TO a2", "b1 RELATED_TO c1", "a3 RELATED_TO d4", f"{JOINS} RELATED_TO a1"]
OWN = ["a2 X_BUSINESS b2", "c2 X_BUSINESS d1", "d2 X_TRAINED_WITH b3", f"{JOINS} X_BUSINESS d2"]
MET = [f"{JOINS} ASSOCIATES_WITH {name}" for cell in CELLS for name in cell]
MEMBERS = sorted({*chain(*CELLS), JOINS})
CLANDESTINE: Tables = {
    "people": [{"id": name, "name": f"Member {name}"} for name in MEMBERS],
    "statements": [RECORD | {"kind": "intelligence", "source_grade": "2", "assessment": "B"}],
    "links": statement_claims("bill", *KNOWN, *KIN, *OWN, *MET),
}
# No claim mentions "lone", who therefore has no range. The others have one, even the passenger.
TIED: Tables = {
    "people": [*({"id": name} for name in ("boss", "aide", "pal")), {"id": "lone", "category": "suspect"}],
    "crossings": [{"id": "x1", "date": "2020-05-08"}],
    "statements": [RECORD],
    "links": statement_claims(
        "bill", "boss ORGANISED x1", "boss DIRECTED aide", "pal CROSSED_ON x1", "pal CONTACTED boss"
    ),
}
# The same rows, in a case that a test may change.
CHANGED: Tables = {**TIED}
# Phones in circles, and people without any contact.
BESIDE: Tables = PHONES | {"people": [{"id": f"p{number}", "name": f"P {number}"} for number in range(6)]}


@pytest.fixture(scope="module")
def place(at_server: Callable[..., Settings]) -> Iterator[Callable[[Tables], Place]]:
    """`place(rows)`: a case of these rows."""
    places: dict[int, Place] = {}
    opened = []

    def of(rows: Tables) -> Place:
        if id(rows) not in places:
            opened.append(open_place(at_server(), ROLES, "ana", rows))
            places[id(rows)] = opened[-1].__enter__()
        return places[id(rows)]

    yield of
    for context in opened:
        context.__exit__(None, None, None)


@pytest.mark.parametrize("who", ["ana", "cus"])
def test_phones_alone_have_a_page_that_says_what_there_is(place: Callable[[Tables], Place], who: str) -> None:
    phones = place(PHONES)
    client = phones.client(who)
    page = client.get(f"/case/{phones.case}/network")
    assert page.status_code == 200
    data = client.get(f"/case/{phones.case}/network.json").get_json()
    assert data["counts"] == {"thing": len(EVERYONE)}
    assert [(row["id"], row["links"]) for row in data["most_linked"]][:2] == [(JOINS, 9), ("a1", 3)]
    assert len(data["most_linked"]) == len(EVERYONE)
    assert "What there is" in page.text
    assert ("The whole case at a glance" in page.text) == (who == "ana")  # other roles may not see it
    assert f"id={JOINS}" in page.text
    # The page also links to a picture.
    assert client.get(f"/case/{phones.case}/network?id={JOINS}").status_code == 200


def test_a_picture_that_starts_at_nobody_and_finds_nothing_says_so(place: Callable[[Tables], Place]) -> None:
    phones = place(PHONES)
    page = phones.client("ana").get(f"/case/{phones.case}/network?find=zzzz").text
    assert "Nothing found" in page
    assert "What there is" not in page


@pytest.mark.parametrize("rows", [PHONES, BESIDE], ids=["no people", "people without contacts"])
def test_what_is_in_contact_makes_no_leads_of_nobody(place: Callable[[Tables], Place], rows: Tables) -> None:
    case = place(rows)
    ranking = case("ana").leads.ranking()
    assert ranking.verdict == "abstains"
    assert "No one stands out" in ranking.reason or "no one stands out" in ranking.reason
    client = case.client("ana")
    assert ranking.reason in client.get(f"/case/{case.case}/leads").text
    assert ranking.reason in client.get(f"/case/{case.case}/network").text


def test_verdict_and_list_agree_on_people_who_were_overheard(place: Callable[[Tables], Place]) -> None:
    tapped = place(TAPPED)
    ranking = tapped("ana").leads.ranking()
    assert ranking.verdict == "leads"
    assert ranking.leads[0].id == JOINS
    moved = tapped.client("ana").get(f"/case/{tapped.case}/network")
    assert moved.status_code == 302
    assert f"id={JOINS}" in moved.headers["Location"]


@pytest.mark.parametrize(
    ("rows", "without"),
    [(TAPPED, set(EVERYONE)), (TIED, {"lone"})],
    ids=["contacts alone", "nothing told"],
)
def test_a_range_that_was_never_computed_is_not_told(
    place: Callable[[Tables], Place], rows: Tables, without: set[str]
) -> None:
    case = place(rows)
    client, base = case.client("ana"), f"/case/{case.case}"
    untold = (*RANKS_HELD, "rests_on", "moved_by", "rank_without")
    for leads in (
        case("ana").leads.table()["hubs"],
        listed := client.get(f"{base}/leads.json?all=yes").get_json()["leads"],
    ):
        assert {row["id"] for row in leads if {row[name] for name in untold} == {None}} == without
        assert {row["id"] for row in leads if row["best_rank"] is None} == without
    assert {row["id"] for row in listed if row["line"] is None} == without
    for rests in ("more", "one", "record"):  # whether they lose half their score with one source is unknown
        listed_leads = client.get(f"{base}/leads.json?rests={rests}").get_json()["leads"]
        assert without.isdisjoint(row["id"] for row in listed_leads)
    by_range = [row["id"] for row in client.get(f"{base}/leads.json?sort=worst_rank").get_json()["leads"]]
    assert set(by_range[-len(without) :]) == without
    assert client.get(f"{base}/leads?all=yes").text.count("not told") == len(without)
    for name in sorted(without)[:2]:
        page = client.get(f"{base}/lead?id={name}").text
        assert "Not told" in page
        assert "; 1 to" not in page
        lead = client.get(f"{base}/lead.json?id={name}").get_json()
        assert (lead["line"], lead["lead"]["best_rank"]) == (None, None)
    rows_of = csv.DictReader(io.StringIO(client.get(f"{base}/leads.csv").text))
    assert {row["id"] for row in rows_of if not row["best_rank"]} == without
    frame = case("ana").hubs()
    assert set(frame[frame["worst_rank"].isna()]["id"]) == without
    ranks = [name for name in map(str, frame) if name.startswith("rank_without") or name in RANKS_HELD]
    assert len(ranks) == len(RANKS_HELD) + 2
    assert {str(frame[name].dtype) for name in ranks} == {"Int64"}
    assert {str(frame[name].dtype) for name in ("rank", "rank_on_record")} == {"int64"}


def test_where_no_one_stands_out_nothing_beside_a_name_tells_of_an_order(place: Callable[[Tables], Place]) -> None:
    tied, tapped = place(TIED), place(TAPPED)
    ranking = tied("ana").leads.ranking()
    assert ranking.verdict == "abstains"
    untold = f"There are no ranks. {ranking.reason}"
    client, base = tied.client("ana"), f"/case/{tied.case}"
    # Checks on the canvas and in the table of its measures.
    data = client.get(f"{base}/network/measures.json?id=boss").get_json()
    assert (data["verdict"], data["ranked_on"]) == ("abstains", untold)
    assert {"score", "rank"}.isdisjoint(name for figures in data["measures"].values() for name in figures)
    assert data["measures"]["boss"]["groups"] == 0
    assert untold in client.get(f"{base}/network/measures?id=boss").text
    # Checks among key players.
    players = tied("ana").leads.sets.find(1)
    assert (players.of, players.ranks, players.verdict, players.ranked_on) == (2, {}, "abstains", untold)
    page = client.get(f"{base}/sets?size=1").text
    assert untold in page
    assert "not told" in page
    assert client.get(f"{base}/sets.json?size=1").get_json()["ranked_on"] == untold
    # Checks in the witness paths.
    data = client.get(f"{base}/through.json").get_json()
    assert (data["verdict"], data["reason"]) == ("abstains", ranking.reason)
    assert ranking.reason in client.get(f"{base}/through").text
    # Checks on the first page of the case, whose twin counts as many leads as the list has.
    data = client.get(f"{base}/overview.json").get_json()
    assert (data["verdict"], data["leads"], data["total"]) == ("abstains", [], len(ranking.leads))
    assert f"All {len(ranking.leads)} leads" in client.get(base).text

    client, base = tapped.client("ana"), f"/case/{tapped.case}"
    data = client.get(f"{base}/network/measures.json?id={JOINS}").get_json()
    assert (data["verdict"], data["ranked_on"], data["measures"][JOINS]["rank"]) == ("leads", "", 1)
    players = tapped("ana").leads.sets.find(1)
    assert (players.ranks[JOINS], players.verdict, players.ranked_on) == (1, "leads", "")
    assert "not told" not in client.get(f"{base}/sets?size=1").text
    assert client.get(f"{base}/through.json").get_json()["verdict"] == "leads"
    assert client.get(f"{base}/overview.json").get_json()["leads"][0]["id"] == JOINS


@pytest.fixture
def command(place: Callable[[Tables], Place]) -> Callable[..., str]:
    """`command(rows, name, ...)`: the output of a command on a case of these rows."""

    def run(rows: Tables, name: str, *words: str) -> str:
        case = place(rows)
        settings = case.service.settings
        link = case.service.sign_in_link("ana", "tests")
        assert commands.run(settings, "login", "--link", link, "--purpose", "tests").startswith("0")
        said_of_it = commands.run(settings, name, case.case, *words)
        assert said_of_it.startswith("0"), said_of_it
        return said_of_it.removeprefix("0\n")

    return run


def test_the_command_lists_leads_as_the_page_and_its_csv_do(
    place: Callable[[Tables], Place], command: Callable[..., str]
) -> None:
    tapped, tied = place(TAPPED), place(TIED)
    tapped("ana").leads.reviews.add(JOINS, "park", "another look next week")
    header = tapped.client("ana").get(f"/case/{tapped.case}/leads.csv").text.splitlines()[0]
    answer = command(TAPPED, "hubs", "--format", "csv")
    assert answer.splitlines()[0] == header
    (joins,) = [row for row in csv.DictReader(io.StringIO(answer)) if row["id"] == JOINS]
    assert (joins["best_rank"], joins["review"], joins["verdict"]) == ("", "park", "leads")
    listing = command(TAPPED, "hubs")
    assert {"rank_without_witnesses", "surfaced", "low_rank", "high_rank", "review"} <= {
        *listing.splitlines()[0].split()
    }
    assert "not told" in listing
    assert "--all" not in listing
    # If no one stands out, leads are listed only on request.
    reason, ranked = tied("ana").leads.ranking().reason, len(tied("ana").leads.ranking().leads)
    for form in ("table", "csv"):
        answer = command(TIED, "hubs", "--format", form)
        assert reason in answer
        assert f"{ranked} are ranked, and where no one stands out none is listed; --all" in answer
        assert "boss" not in answer
        assert "boss" in command(TIED, "hubs", "--format", form, "--all")
    data = json.loads(command(TIED, "hubs", "--format", "json"))
    assert (data["verdict"], data["total"], data["hubs"]) == ("abstains", ranked, [])
    assert len(json.loads(command(TIED, "hubs", "--format", "json", "--all"))["hubs"]) == ranked


def test_the_command_says_of_how_many_leads_it_lists_the_first(
    command: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphsvc.cli.looking._SHOWN_LEADS", 4)
    for form in ("table", "csv"):
        answer = command(TAPPED, "hubs", "--format", form)
        assert f"4 of {len(EVERYONE)}; --all gives all." in answer
        assert "; --all" not in command(TAPPED, "hubs", "--format", form, "--all")
    data = json.loads(command(TAPPED, "hubs", "--format", "json"))
    assert (len(data["hubs"]), data["total"]) == (4, len(EVERYONE))


def test_the_command_says_who_of_a_set_has_no_ties_and_that_no_rank_is_told(
    place: Callable[[Tables], Place], command: Callable[..., str]
) -> None:
    answer = command(TIED, "sets", "--person", "lone", "--person", "boss")
    (line,) = [line for line in answer.splitlines() if line.startswith("lone ")]
    assert line.endswith("  no links")
    assert "rank not told" in line
    assert f"There are no ranks. {place(TIED)('ana').leads.ranking().reason}" in answer
    assert f"{JOINS}  rank 1  adds " in command(TAPPED, "sets", "--size", "1")


@pytest.mark.parametrize("rows", [PHONES, TAPPED], ids=["phones", "people"])
def test_sets_are_looked_for_among_contacts_where_nobody_has_a_part(
    place: Callable[[Tables], Place], rows: Tables
) -> None:
    case = place(rows)
    players = case("ana").leads.sets.find(1)
    assert (players.people, players.of) == ((JOINS,), len(EVERYONE))
    assert (players.contacts_alone, players.things) == (True, rows is PHONES)
    assert (players.before.pieces, players.after.pieces) == (1, 3)
    assert case("ana").leads.sets.find(people=["a1"]).people == ("a1",)
    page = case.client("ana").get(f"/case/{case.case}/sets").text
    assert "Nobody is said to have played a part here" in page
    assert "No network to look at" not in page


def test_where_somebody_has_a_part_contacts_alone_make_no_network(place: Callable[[Tables], Place]) -> None:
    directed = TAPPED | {"links": statement_claims("bill", *CALLS, "a1 DIRECTED a2")}
    players = place(directed)("ana").leads.sets.find(1)
    assert not players.contacts_alone
    assert players.of == 2


def test_a_group_without_a_crossing_has_its_hub_first_sets_and_pages(place: Callable[[Tables], Place]) -> None:
    group = place(CLANDESTINE)
    session, client = group("ana"), group.client("ana")
    ranking = session.leads.ranking()
    assert (ranking.verdict, ranking.leads[0].id) == ("leads", JOINS)
    # Family and custom relations make nobody a lead.
    assert {lead.id for lead in ranking.leads} == {*MEMBERS}
    players = session.leads.sets.find(1)
    assert (players.people, players.of, players.contacts_alone, players.things) == ((JOINS,), len(MEMBERS), True, False)
    assert (players.before.pieces, players.after.pieces) == (1, len(CELLS))
    case = f"/case/{group.case}"
    for page in (
        "leads",
        "sets",
        "network",
        f"network?id={JOINS}",
        "where",
        "linked",
        "displacement",
        "search?q=Member",
    ):
        assert (page, client.get(f"{case}/{page}", follow_redirects=True).status_code) == (page, 200)
    # Every other page asks for input, or says that it has nothing to show.
    other_pages = {
        rule.rule.replace("<case>", group.case)
        for rule in client.application.url_map.iter_rules()
        if rule.arguments == {"case"} and "GET" in (rule.methods or ())
    }
    assert len(other_pages) > 30
    assert [page for page in sorted(other_pages) if client.get(page).status_code >= 500] == []
    assert "No network to look at" not in client.get(f"{case}/sets").text
    assert f"Member {JOINS}" in client.get(f"{case}/leads").text


def test_what_has_the_most_links_is_counted_as_the_reader_sees_it(place: Callable[[Tables], Place]) -> None:
    tapped = place(TAPPED)
    session = tapped("ana")
    counted = {row["id"]: row["links"] for row in session.network.entities.most_linked()}
    picture = session.network.picture(PictureRequest([JOINS], depth=4))
    assert counted == {name: sum(name in (edge.subject, edge.object) for edge in picture.edges) for name in EVERYONE}


def test_moves_of_leads_say_that_no_one_stands_out(place: Callable[[Tables], Place], tmp_path: Path) -> None:
    tied = place(CHANGED)
    ana, client, settings = tied("ana"), tied.client("ana"), tied.service.settings
    more = {
        "statements": [RECORD | {"id": "more"}],
        "links": statement_claims("more", "pal DIRECTED aide", "pal ORGANISED x1"),
    }
    folder = write(tmp_path / "more", **more)
    nobody = "No one stands out in this case: ranks are for reading, not for acting on."
    expected = ana.deliveries.load(folder, quiet, partial=True, dry_run=True).moves
    assert {move.plain()["verdict"] for move in expected} == {"abstains"}
    link = tied.service.sign_in_link("ana", "tests")
    assert commands.run(settings, "login", "--link", link, "--purpose", "tests").startswith("0")
    lines = commands.run(settings, "load", str(folder), "--case", tied.case, "--partial", "--dry-run").splitlines()
    assert next(line for line in lines if line.startswith("leads: ")) == f"leads: {nobody}"
    upload = send_upload(
        ana, zip_tables(**{path.stem: path.read_text("utf-8") for path in folder.iterdir()}), partial=True
    )
    ana.deliveries.uploads.preview(upload, quiet)
    assert nobody in client.get(f"/case/{tied.case}/load/preview?upload={upload}").text
    waits = ana.waiting.listed()
    ana.waiting.mark_seen(waits.at, waits.version)
    ana.deliveries.load(folder, quiet, partial=True)
    waits = ana.waiting.listed()
    assert waits.moved
    assert {move["verdict"] for move in waits.plain()["moved"]} == {"abstains"}
    assert any(item.text.endswith("; no one stands out in this case") for item in waits.items)
    assert nobody in client.get(f"/case/{tied.case}/waiting").text
    assert nobody in commands.run(settings, "waiting", "--case", tied.case)
