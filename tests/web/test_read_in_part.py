"""Pages that read only part of the rows never say that there is no denial, or that nobody is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.service.network import answers
from graphsvc.service.network.request import PictureRequest
from graphsvc.service.search.search import Found, Search
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Place, open_place
from tests.toolbox.rows import Tables, parse_tables, statement_claims

pytestmark = pytest.mark.neo4j
TABLES = {
    "people": "id,name,category,handling\nHUB,Hub,suspect,P\nA,Aide,suspect,P\nB,Bea,,P\nC,Cem,,P\n",
    "crossings": "id,date,handling\nX1,2020-05-08,P\n",
    "statements": "id,kind,handling,status,source_grade,assessment\n"
    + "".join(f"R{number},record,P,given,1,A\n" for number in range(4))
    + "D1,intelligence,C,given,3,D\n",
    "links": "id,subject_id,relation,object_id,statement_id,polarity\n"
    + "".join(f"{number},HUB,DIRECTED,A,R{number},asserts\n" for number in range(4))
    + "5,HUB,DIRECTED,A,D1,denies\n6,HUB,PILOTED,X1,R0,asserts\n7,HUB,PILOTED,X1,D1,denies\n",
}
ROLES = {"whole": ("analyst", WHOLE), "low": ("analyst", Grant("P"))}


@pytest.fixture(scope="module")
def place(at_server: Callable[..., Settings]) -> Iterator[Place]:
    """A case in which at most three rows are read at a time."""
    with open_place(at_server(row_cap=3), ROLES, "whole", parse_tables(**TABLES)) as opened:
        yield opened


def get_page(place: Place, address: str) -> Any:
    answer = place.client("whole").get(f"/case/{place.case}{address}")
    assert answer.status_code == 200, answer.text
    return answer.get_json() if ".json" in address else answer.text


def test_a_panel_tells_what_denies_though_not_all_claims_are_read(place: Place) -> None:
    panel = get_page(place, "/network/node.json?id=HUB")
    assert {row["relation"] for row in panel["denying"]} == {"DIRECTED", "PILOTED"}
    assert (panel["whole"], panel["denied_links"]) == (False, 2)
    assert "Everything else on its page" in get_page(place, "/network/node?id=HUB")


def test_a_link_tells_what_denies_it_first_and_is_marked_for_what_is_not_read(place: Place) -> None:
    address = "subject=HUB&relation=DIRECTED&object=A"
    panel = get_page(place, f"/network/link.json?{address}")
    assert [row["statement"] for row in panel["denying"]] == ["D1"]
    assert panel["handling"] == "C"
    assert "More is said about it than this page reads" in get_page(place, f"/network/link?{address}")
    few = get_page(place, "/network/link.json?subject=HUB&relation=PILOTED&object=X1")
    assert (few["truncated"], few["handling"]) == (False, "C")


def test_more_are_named_than_are_read_at_once(place: Place) -> None:
    session = place("whole")
    ids = {row["id"] for row in session.ask.rows("cases.entities", whole=True).dicts()}
    assert len(ids) == 5
    assert session.ask.entity_rows({*ids, "nobody"}).keys() == ids
    assert session.ask.entity_rows([]) == {}


def test_a_search_that_did_not_look_through_all_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Search, "find", lambda *_asked: Found((), truncated=True))
    page = get_page(place, "/search?q=mohammed")
    assert "Nothing found" not in page
    assert "None has this name" not in page
    assert "Give more of the name" in page


def test_what_does_not_fit_into_an_answer_is_told(
    at_server: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: Tables = {
        "people": [{"id": name, "name": name, "category": "suspect"} for name in ("boss", "rival")],
        "crossings": [{"id": name, "date": "2020-05-08"} for name in ("c1", "c2")],
        "things": [{"id": f"t{number}", "kind": "phone", "value": f"+4470090000{number}"} for number in range(5)],
        "statements": [{"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"}],
        "links": statement_claims(
            "r1",
            *("boss ORGANISED c1", "rival ORGANISED c2"),
            *(f"{who} USED t{number}" for who in ("boss", "rival") for number in range(5)),
        ),
    }
    with open_place(at_server(), ROLES, "whole", rows) as place:
        asking = place("whole").network.answers
        assert not asking.behind(["c1", "c2"]).answer.cut
        monkeypatch.setattr(answers, "MOST_NODES", 3)
        assert asking.behind(["c2", "c1"]).answer.cut


def test_opening_one_relation_of_who_has_many_brings_what_is_offered(at_server: Callable[..., Settings]) -> None:
    """If only the most believed links of all openings were read, the less believed ones on offer would never appear."""
    met = [f"p{number}" for number in range(9)]
    rows: Tables = {
        "people": [{"id": name, "name": name, "category": "suspect"} for name in ("hub", "other", *met)],
        "crossings": [{"id": "c1", "date": "2020-05-08"}],
        "statements": [
            {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
            {"id": "i1", "kind": "intelligence", "handling": "P", "source_grade": "3", "assessment": "D"},
        ],
        "links": statement_claims("r1", *(f"hub CONTACTED {name}" for name in met), "other CONTACTED hub")
        + statement_claims("i1", "hub PILOTED c1", "hub DIRECTED p8", "other PAID p7"),
    }
    with open_place(at_server(row_cap=8), ROLES, "whole", rows) as place:

        def brought(*opened: str, **filters: Any) -> list[str]:
            """The ids that each opening adds, one after the other."""
            views = [
                place("whole").network.picture(PictureRequest(["hub"], depth=0, opened=opened[:number], **filters))
                for number in range(len(opened) + 1)
            ]
            names = [{node.id for node in view.nodes} for view in views]
            return [" ".join(sorted(after - before)) for before, after in pairwise(names)]

        assert brought("~PILOTED~hub", "~DIRECTED~hub", "~DIRECTED~hub") == ["c1", "p8", ""]
        assert brought("~crossing~hub", "other", "~PAID~hub") == ["c1", "", ""]
        assert brought("~crossing~hub", "~DIRECTED~hub", relations=["DIRECTED"]) == ["", "p8"]
        assert brought("other", "~DIRECTED~hub", added=["other"]) == ["p7", "p8"]
        assert brought("", "~PILOTED~hub", "~PAID~ ", "~DIRECTED~hub") == ["", "c1", "", "p8"]


def test_more_openings_than_are_read_at_once_are_told(place: Place) -> None:
    def draw_opened(*opened: str) -> tuple[bool, bool]:
        view = place("whole").network.picture(PictureRequest(["HUB"], depth=0, opened=opened))
        return "X1" in {node.id for node in view.nodes}, view.truncated

    same = ["~DIRECTED~HUB"] * 3
    assert draw_opened(*same[:2], "~PILOTED~HUB") == (True, False)
    assert draw_opened(*same, "~PILOTED~HUB") == (False, True)


def test_whom_a_form_means_is_sought_among_people_where_it_must_be_one(at_server: Callable[..., Settings]) -> None:
    """Crossings of this name once filled the search limit and hid the interpreter: *nobody that you can see*."""
    rows: Tables = {
        "people": [{"id": "i1", "name": "Wissant Amal of Somewhere Far Away in the Hills", "category": "suspect"}],
        "crossings": [{"id": f"c{number}", "date": "2020-05-08", "launch_site": "Wissant"} for number in range(5)],
        "statements": [],
        "links": [],
    }
    with open_place(at_server(row_cap=3), ROLES, "whole", rows) as place:
        form = place("whole").deliveries.form
        statement = {"kind": "intelligence", "handling": "P", "assessment": "B", "interpreter_id": "Wissant"}
        (fault,) = (
            fault
            for fault in form.check(replace(form.new(), statement=statement)).faults
            if "interpreter" in fault.field
        )
        assert "several may have" in fault.reason
        assert [row["id"] for row in fault.meant] == ["i1"]
