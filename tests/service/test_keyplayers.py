"""Key players on a real case: computed on what the reader sees, chosen by hand or searched for, shown on pages."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.records.numbers import short
from tests.leaks import commands
from tests.leaks.small import FIRST, HIDDEN, SEALED, SECOND
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
ROLES = {
    "low": ("investigator", Grant("P")),
    "sourced": ("analyst", Grant("P", sources=True)),
    "whole": ("analyst", Grant("C", sources=True)),
    "cus": ("custodian", Grant("C", sources=True)),
}
MORE: Tables = {
    "people": [{"id": f"hand-{n}", "name": f"Hand {n}"} for n in range(4)],
    "gangs": [{"id": "gang-2", "name": "The Others"}],
    "statements": [{"id": "report-2", "kind": "intelligence", "handling": "P", "source_grade": "1", "assessment": "A"}],
    "links": statement_claims(
        "report-2",
        *(f"boss-1 DIRECTED hand-{n}" for n in range(4)),
        *(f"aide-2 DIRECTED hand-{n}" for n in range(3)),
        "gang-2 RIVAL_OF gang-1",
    ),
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    """A small case, all of it P."""
    return lambda: open_place(at_server(), ROLES, "whole", FIRST, MORE)


def test_who_holds_it_together_what_is_left_and_who_takes_over(people: Place) -> None:
    players = people("whole").leads.sets.find(1)
    assert (players.goal, players.people, players.untied) == ("fragment", ("boss-1",), ())
    assert (players.before.pieces, players.before.people) == (1, players.of)
    assert players.after.people == players.of - 1
    assert players.after.fragmentation > players.before.fragmentation
    assert players.back.fragmentation < players.after.fragmentation
    assert players.successors[0].person == "aide-2"
    assert [(rivalry.rival, rivalry.gang, rivalry.of) for rivalry in players.rivals] == [("gang-2", "gang-1", "boss-1")]
    assert players.names["gang-2"] == "The Others"
    assert (players.ranks, players.verdict) == ({}, "abstains")  # tests/service/test_contacts.py has a case with ranks
    assert not players.sampled


def test_people_are_chosen_by_hand(people: Place) -> None:
    players = people("low").leads.sets.find(people=("hand-0", "hand-1", "hand-0"))
    assert (players.goal, players.people) == ("chosen", ("hand-0", "hand-1"))
    assert players.rivals == ()
    assert people("low").leads.sets.find(2, "reach").reach >= players.reach
    # A mere passenger plays no part, and gets the same error as someone who does not exist.
    messages = set()
    for person in (SEALED, HIDDEN, "nobody"):
        with pytest.raises(NotFound) as error:
            people("low").leads.sets.find(people=(person,))
        messages.add(str(error.value).replace(repr(person), ""))
    assert len(messages) == 1


@pytest.mark.changes
def test_what_is_hidden_moves_no_set(people: Place) -> None:
    requests = [(size, goal) for size in (1, 2, 3) for goal in ("fragment", "reach")]
    before = {
        name: [people(name).leads.sets.find(*request) for request in requests] for name in ("low", "sourced", "whole")
    }
    people.load("whole", SECOND)
    for name in ("low", "sourced"):
        assert [people(name).leads.sets.find(*request) for request in requests] == before[name]
    assert [people("whole").leads.sets.find(*request) for request in requests] != before["whole"]


def test_a_set_has_a_size_a_goal_and_a_role(people: Place) -> None:
    for wrong in ((0, "fragment"), (11, "reach"), (3, "arrest")):
        with pytest.raises(RequestError):
            people("low").leads.sets.find(*wrong)
    with pytest.raises(RequestError):
        people("low").leads.sets.find(people=[f"p{n}" for n in range(11)])
    with pytest.raises(Refused):
        people("cus").leads.sets.find()


def test_an_empty_case_has_no_set(at_server: Callable[..., Settings]) -> None:
    rows: Tables = {
        "people": [{"id": person, "handling": "P"} for person in ("p1", "p2")],
        "statements": [{"id": "r1", "kind": "record", "handling": "P"}],
        "links": statement_claims("r1", "p1 RELATED_TO p2"),
    }
    with open_place(at_server(), {"ana": ("analyst", Grant("C"))}, "ana", rows) as place:
        players = place("ana").leads.sets.find()
        assert (players.people, players.of) == ((), 0)


def test_the_page_tells_it_and_its_twin_too(case: str, people: Place) -> None:
    assert people("low").case == case
    low = people.client("low")
    page = low.get(f"/case/{case}/sets?size=1").text
    for words in (
        "Ari Berg",
        "Who holds it together",
        "Cas Roe",
        "The Others",
        "made networks stronger",
        "What if they were gone",
    ):
        assert words in page
    assert f"/case/{case}/sets" in people.client("whole").get(f"/case/{case}/network").text
    twin = low.get(f"/case/{case}/sets.json?id=hand-0%0Ahand-1").get_json()
    assert twin["found"]["people"] == ["hand-0", "hand-1"]
    assert [row["when"] for row in twin["states"]] == ["as it is", "without them", "once others took over"]
    for wrong, status in (("size=99", 400), ("size=x", 400), ("goal=arrest", 400), (f"id={HIDDEN}", 404)):
        assert low.get(f"/case/{case}/sets?{wrong}").status_code == status
    assert people.client("cus").get(f"/case/{case}/sets").status_code == 403


def test_why_somebody_is_in_a_set_is_said_with_the_figures_that_were_computed(people: Place) -> None:
    players = people("whole").leads.sets.find(2)
    assert {gain.person for gain in players.gains} == set(players.people)
    assert [gain.adds for gain in players.gains] == sorted((gain.adds for gain in players.gains), reverse=True)
    client = people.client("whole")
    for goal in ("fragment", "reach"):
        twin = client.get(f"/case/{people.case}/sets.json?size=3&goal={goal}").get_json()
        page = client.get(f"/case/{people.case}/sets?size=3&goal={goal}").text
        assert f"Together they reach {short(twin['found']['reach'])} of the network" in page
        whole = twin["found"]["reach"] if goal == "reach" else twin["found"]["after"]["fragmentation"]
        rows = {gain["person"]: gain for gain in twin["found"]["gains"]}
        assert len(twin["reasons"]) == 3
        for person, sentence in twin["reasons"].items():
            gain = rows[person]
            assert gain["of_set"] == round(whole, 3)
            assert gain["adds"] == round(gain["of_set"] - gain["without"], 3)
            # The sentence and the bar next to it show the computed figures and no others.
            numbers = [float(number) for number in re.findall(r"-?\b[01]\.\d{3}\b", sentence)]
            expected = [gain["of_set"], gain["without"]]
            if gain["instead"]:
                difference = abs(round(gain["adds"] - gain["adds_instead"], 3))
                expected += [gain["adds_instead"], *([difference] if difference else [])]
            assert numbers == expected
            assert html.escape(sentence, quote=False).replace("&#x27;", "&#39;") in page
            assert f'<span class="num">{short(gain["adds"])}</span>' in page
            if gain["cut_off"]:
                assert f"{gain['cut_off']} " in sentence
                assert f"from the other {gain['rest']}" in sentence
    assert "Bars begin at 0 and end at" in page


@pytest.mark.parametrize("name", ["whole", "low"])
def test_the_command_says_what_the_page_does(people: Place, name: str) -> None:
    settings = people.service.settings
    link = people.service.sign_in_link(name, "tests")
    assert commands.run(settings, "login", "--link", link, "--purpose", "tests").startswith("0")
    players = people(name).leads.sets.find(3)
    twin = people.client(name).get(f"/case/{people.case}/sets.json?size=3").get_json()
    answer = json.loads(commands.run(settings, "sets", people.case, "--format", "json").removeprefix("0\n"))
    assert answer == twin["found"] | {"reasons": twin["reasons"]}
    assert answer["ranked_on"] == twin["ranked_on"]
    assert bool(answer["ranked_on"]) == (name == "low" or answer["verdict"] == "abstains")
    text = commands.run(settings, "sets", people.case)
    assert twin["ranked_on"] in text
    lines = [line for line in text.splitlines() if "  adds " in line]
    assert [line.split()[0] for line in lines] == [gain.person for gain in players.gains]  # largest contribution first
    assert [line.rpartition(" ")[2] for line in lines] == [f"{gain.adds:.3f}" for gain in players.gains]
    for sentence in twin["reasons"].values():
        assert sentence in text
    for left in (players.before, players.after, players.back):
        assert f"fragmentation {left.fragmentation:.3f}" in text
    assert f"reach {players.reach:.3f} of" in text


def test_who_is_cut_off_is_counted_as_the_pieces_are(people: Place) -> None:
    (gain,) = people("whole").leads.sets.find(1).gains
    players = people("whole").leads.sets.find(1)
    assert gain.rest == players.after.biggest
    assert gain.cut_off == players.after.people - players.after.biggest
    assert gain.pieces == players.after.pieces - 1
