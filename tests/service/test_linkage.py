"""Linked crossings on a real case: pages, tables and graphs agree for each reader, and show nothing hidden."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from dataclasses import replace

import networkx
import numpy as np
import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.analysis.linkage.figures import read_figures
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused
from graphsvc.records.coarsened import ranked_on
from graphsvc.service.ask import Ask
from graphsvc.service.leads.material import Material
from graphsvc.service.linkage import compared as compared_module
from graphsvc.service.linkage import linkage
from graphsvc.service.linkage.compared import ComparedCase, comparison
from graphsvc.views.linked import COLUMNS, IN_NO_CLUSTER, NO_NAME, in_hundred, nothing_links
from tests.toolbox.cases import Lay, Place, open_place
from tests.toolbox.rows import Tables, statement_claims

pytestmark = pytest.mark.neo4j
READERS = {
    "ana": ("analyst", Grant("C", sources=True)),
    "low": ("analyst", Grant("P")),
    "aud": ("auditor", Grant("C")),
}
# Records link c1 and c2, a record and one witness link c1 and c3; c4 and c5 are linked under C alone.
OTHERS = [f"c{number}" for number in range(4, 24)]
HOSTILE = '<img src=x onerror="alert(1)">'
ROWS: Tables = {
    "people": [
        {"id": name, "name": HOSTILE if name == "boss" else name.title(), "category": "suspect"}
        for name in (
            "boss",
            "steersman",
            "dealer",
            "hidden",
            "hidden2",
            "aide1",
            "aide2",
            *(f"own{name}" for name in OTHERS),
        )
    ]
    + [{"id": name, "name": f"Wit {name}", "category": "witness"} for name in ("wit1", "rider1", "rider2")],
    "crossings": [
        {"id": name, "date": f"2020-05-{number + 1:02d}", "launch_lat": "50.9", "launch_lon": "1.7", "handling": "P"}
        for number, name in enumerate(["c1", "c2", "c3", *OTHERS])
    ],
    "boats": [{"id": f"b{name}", "kind": "inflatable", "handling": "P"} for name in ("c1", "c2", "c3", *OTHERS)],
    "things": [
        {"id": "t1", "kind": "phone", "value": "+44700", "handling": "P"},
        {"id": "e1", "kind": "part", "value": "HK123401", "handling": "P"},
        {"id": "e2", "kind": "part", "value": "HK123402", "handling": "P"},
    ],
    "statements": [
        {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "r2", "kind": "record", "handling": "C", "source_grade": "1", "assessment": "A"},
        {"id": "w1", "kind": "witness", "source_id": "wit1", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "w2", "kind": "witness", "source_id": "rider1", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "i1", "kind": "intelligence", "handling": "P", "source_grade": "1", "assessment": "A"},
    ],
    "links": [
        *statement_claims("r1", *(f"b{name} USED_ON {name}" for name in ("c1", "c2", "c3", *OTHERS))),
        *statement_claims("r1", *(f"own{name} ORGANISED {name}" for name in OTHERS)),
        *statement_claims(
            "r1", "boss ORGANISED c1", "boss ORGANISED c2", "steersman PILOTED c1", "steersman PILOTED c2"
        ),
        *statement_claims("r1", "dealer SUPPLIED bc1", "dealer SUPPLIED bc2", "e1 PART_OF bc1", "e2 PART_OF bc2"),
        *statement_claims("r1", "boss USED t1", "rider1 CROSSED_ON c1", "rider2 CROSSED_ON c2"),
        *statement_claims(
            "r2", "hidden ORGANISED c4", "hidden ORGANISED c5", "hidden2 PILOTED c4", "hidden2 PILOTED c5"
        ),
        *statement_claims("w1", "boss ORGANISED c3", "steersman PILOTED c3"),
        # A single witness names the crews of c6 and c7.
        *statement_claims(
            "w2", *(f"{name} ASSISTED {crossing}" for name in ("aide1", "aide2") for crossing in ("c6", "c7"))
        ),
        *statement_claims("i1", "aide1 CONTACTED boss"),
    ],
}


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_place(at_server(), READERS, "ana", ROWS)


def test_what_is_planted_is_a_cluster_and_the_rest_is_not(people: Place) -> None:
    answer = people("ana").linkage.clusters()
    clusters = [{row["id"] for row in cluster["crossings"]} for cluster in answer["clusters"]]
    assert clusters == [{"c1", "c2", "c3"}, {"c4", "c5"}]
    assert (answer["compared"], answer["apart"], answer["apart_says"]) == (23, 18, "18 crossings are in no cluster.")
    assert {"boss", "steersman"} <= {row["value"] for row in answer["clusters"][0]["shares"]}


def test_two_crossings_are_compared_name_by_name_and_nobody_carried_is_one(people: Place) -> None:
    pair = people("ana").linkage.pair("c1", "c2")
    by = {line["value"]: line for line in pair["lines"]}
    assert list(by) == ["boss", "dealer", "steersman", "HK123401 to HK123402"]
    assert (by["dealer"]["name"], by["dealer"]["first"]) == ("Dealer", "boat supplied by")
    assert [name for name, line in by.items() if line["is_behind"]] == ["boss", "dealer", "steersman"]
    assert (pair["people"], pair["of_people"], pair["is_link"]) == (3, 3, True)
    assert pair["says"] == "Linked: the same people or groups are behind both."
    # The phone of the shared organiser is not a second shared name, but their boats and engines count.
    assert (pair["names"], pair["of_names"]) == (4, 8)
    apart = people("ana").linkage.pair("c1", "c9")
    assert (apart["lines"], apart["says"]) == ([], "No support for one operation: they share no name.")
    assert [row["value"] for row in apart["second_alone"]] == ["ownc9"]


def test_one_witness_s_word_on_both_links_nothing(people: Place) -> None:
    pair = people("ana").linkage.pair("c6", "c7")
    assert (pair["people"], pair["is_link"]) == (2, False)
    assert pair["says"] == "Not linked: one source, or one group of sources, alone says who is behind both."
    # A record names the crew of c1 and a witness the crew of c3: two sources.
    assert people("ana").linkage.pair("c1", "c3")["is_link"]


def test_what_would_split_it_is_said(people: Place) -> None:
    cluster = people("ana").linkage.cluster("c1")
    assert {row["id"] for row in cluster["crossings"]} == {"c1", "c2", "c3"}
    pieces = {(piece["kind"], piece["id"]): piece for piece in cluster["pieces"]}
    assert pieces["record", "r1"]["says"] == "falls apart: no two of them are linked then"
    (witness,) = (piece for (kind, _), piece in pieces.items() if kind == "witness")
    assert witness["parts"] == [["c1", "c2"], ["c3"]]
    without = {thing["value"]: thing["without"] for thing in cluster["things"]}
    assert without["boss"]["parts"] == [["c1", "c2"], ["c3"]]
    assert not without["dealer"]["splits"]
    assert [(row["first"], row["second"]) for row in cluster["pairs"]] == [("c1", "c2"), ("c1", "c3"), ("c2", "c3")]


def test_what_is_under_c_links_nothing_for_who_may_not_see_it(people: Place) -> None:
    assert people("ana").linkage.cluster("c4")["crossings"]
    low = people("low")
    assert low.linkage.cluster("c4")["crossings"] == []
    assert "hidden" not in str(low.linkage.of("c4"))
    assert "hidden" not in str(low.linkage.pair("c4", "c5"))
    with pytest.raises(NotFound):
        low.linkage.of("no-such")


def test_no_witness_is_named_without_source_clearance(people: Place) -> None:
    pieces = people("low").linkage.cluster("c1")["pieces"]
    assert {piece["kind"] for piece in pieces} <= {"record", "report", "witnesses"}
    assert all(not piece["id"] for piece in pieces if piece["kind"] == "witnesses")


def test_tables_graphs_pages_and_files_agree(people: Place) -> None:
    ana = people("ana")
    frame = ana.linked_crossings()
    assert list(frame.columns) == list(COLUMNS)
    graph = ana.graph("linked")
    assert graph.number_of_edges() == len(frame)
    assert graph.nodes["c1"]["cluster"] == graph.nodes["c2"]["cluster"]
    assert list(networkx.generate_graphml(graph))
    client = people.client("ana")
    rows = list(csv.reader(io.StringIO(client.get(f"/case/{people.case}/linked?as=csv").text)))
    assert tuple(rows[0]) == COLUMNS
    assert [row[0] for row in rows[1:]] == list(frame["first"])
    twin = client.get(f"/case/{people.case}/linked.json").get_json()
    assert twin["clusters"] == client.get(f"/case/{people.case}/linked.json").get_json()["clusters"]
    assert len(twin["clusters"]) == len(frame.attrs["clusters"])


def test_what_a_comparison_leaves_out_is_said_wherever_it_is_read(people: Place) -> None:
    """Readers with less clearance see it on the page, in its twin, in the file and next to a notebook's table."""
    leaves_out = ranked_on("P", sources=False)
    client, case = people.client("low"), f"/case/{people.case}"
    for of in ("linked", "linked?id=c1", "linked/cluster?id=c1", "linked/pair?first=c1&second=c2", "linked?id=c9"):
        name, _, query = of.partition("?")
        assert leaves_out in html.unescape(client.get(f"{case}/{of}").text), of
        assert client.get(f"{case}/{name}.json?{query}").get_json()["ranked_on"] == leaves_out, of
    rows = list(csv.reader(io.StringIO(client.get(f"{case}/linked?as=csv").text)))
    assert rows[-1][0] == leaves_out
    assert leaves_out in people("low").linked_crossings().attrs["warnings"]
    assert people("low").graph("linked").graph["ranked_on"] == leaves_out
    whole = people.client("ana")
    assert whole.get(f"{case}/linked.json").get_json()["ranked_on"] == ""
    assert "leaves out" not in whole.get(f"{case}/linked?as=csv").text


def test_a_file_that_is_cut_says_so_in_its_last_line(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    client, address = people.client("ana"), f"/case/{people.case}/linked?as=csv"
    whole = list(csv.reader(io.StringIO(client.get(address).text)))
    assert "cut" not in whole[-1][0]
    monkeypatch.setattr(linkage, "_PAIRS", 1)
    cut = list(csv.reader(io.StringIO(client.get(address).text)))
    assert cut[:2] == whole[:2]
    assert cut[2][0].startswith("The answer is cut at 1 row")
    assert {len(row) for row in cut} == {len(COLUMNS)}


def test_a_file_of_one_crossing_holds_what_its_page_names(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    client, case = people.client("ana"), f"/case/{people.case}"

    def others(crossing: str) -> list[str]:
        rows = list(csv.DictReader(io.StringIO(client.get(f"{case}/linked?id={crossing}&as=csv").text)))
        pairs = [row for row in rows if row["second"]]
        assert pairs or [row["first"] for row in rows] == [NO_NAME]
        return [row["second"] if row["first"] == crossing else row["first"] for row in pairs]

    for crossing in ("c1", "c3", "c9"):
        twin = client.get(f"{case}/linked.json?id={crossing}").get_json()
        nearest = [row["id"] for row in twin["nearest"]]
        page = client.get(f"{case}/linked?id={crossing}").text
        assert ("nearest of" in page) == bool(twin["more_nearest"])
        assert others(crossing)[: len(nearest)] == nearest
        assert len(others(crossing)) >= len(nearest) + twin["more_nearest"]
        assert others(crossing) == [
            second if first == crossing else first
            for first, second in people("ana").linked_crossings(crossing)[["first", "second"]].to_numpy().tolist()
        ]
    whole = client.get(f"{case}/linked.json?id=c1").get_json()
    monkeypatch.setattr(linkage, "_NEAREST", 1)
    page = " ".join(client.get(f"{case}/linked?id=c1").text.split())
    assert (
        f"The 1 nearest of {len(whole['nearest']) + whole['more_nearest']} crossings that share a name with it" in page
    )


def test_a_file_in_which_nothing_is_says_so(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linkage.Linkage, "_pairs", lambda *_asked: ([], False))
    rows = list(csv.reader(io.StringIO(people.client("ana").get(f"/case/{people.case}/linked?id=c1&as=csv").text)))
    assert [row[0] for row in rows] == [COLUMNS[0], NO_NAME]


def test_no_page_or_file_gives_a_chance_or_a_ratio(people: Place) -> None:
    client, case = people.client("ana"), f"/case/{people.case}"
    for of in ("linked", "linked?id=c1", "linked/cluster?id=c1", "linked/pair?first=c1&second=c2"):
        page = client.get(f"{case}/{of}").text.lower()
        assert not [word for word in ("chance", "likely", "times as", "likelihood", "moderate") if word in page], of
        twin = client.get(f"{case}/{of.replace('?', '.json?') if '?' in of else of + '.json'}").text
        assert not [word for word in ("chance", "ratio", "prior") if word in twin], of


def test_the_help_page_says_how_often_links_are_right_and_are_found(people: Place) -> None:
    page = people.client("ana").get("/numbers/linked").text
    assert len(read_figures()) == page.count('<th scope="row">') == 9
    for row in read_figures():
        assert in_hundred(row.right) in page
        assert in_hundred(row.found) in page
    assert "Linked by chance" in page


@pytest.mark.parametrize("page", ["linked", "linked?id=c1", "linked/cluster?id=c1", "linked/pair?first=c1&second=c2"])
def test_pages_show_names_as_text_and_lead_to_who_is_behind(people: Place, page: str) -> None:
    text = people.client("ana").get(f"/case/{people.case}/{page}").text
    assert HOSTILE not in text
    assert html.escape("<img") in text
    assert "/behind?id=" in text
    assert "Intelligence, not evidence" in " ".join(text.split())


def test_a_crossing_that_nothing_links_says_so(people: Place) -> None:
    client = people.client("low")
    assert IN_NO_CLUSTER in client.get(f"/case/{people.case}/linked/cluster?id=c9").text
    assert client.get(f"/case/{people.case}/linked?id=no-such").status_code == 404
    assert client.get(f"/case/{people.case}/linked/pair?first=c1&second=c1").status_code == 400
    page = client.get(f"/case/{people.case}/entity?id=c1").text
    assert re.search(r'href="[^"]*/linked\?id=c1"', page)


def test_asking_is_one_line_in_the_log_and_takes_a_role(people: Place) -> None:
    people("ana").linkage.cluster("c1")
    assert next(line["detail"]["query"] for line in people.lines() if line["action"] == "analyse") == "linked cluster"
    with pytest.raises(Refused):
        people("aud").linkage.clusters()


def test_nothing_that_links_is_an_answer(people: Place) -> None:
    frame = people("low").linked_crossings("c9")
    assert len(frame) == 0
    assert NO_NAME in frame.attrs["warnings"]


def test_no_pair_outside_a_cluster_is_in_the_table_of_all(people: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert None not in set(people("ana").linked_crossings()["cluster"])

    def without_clusters(ask: Ask, material: Material) -> ComparedCase:
        case = comparison(ask, material)
        return replace(
            case, linkage=replace(case.linkage, clusters=(), candidates=(np.zeros(0, int), np.zeros(0, int)))
        )

    monkeypatch.setattr(linkage, "comparison", without_clusters)
    assert len(people("ana").linked_crossings()) == 0
    page = " ".join(people.client("ana").get(f"/case/{people.case}/linked").text.split())
    assert nothing_links(23) in page


def test_of_one_crossing_its_own_cluster_alone_is_told_with_its_number(
    people: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_two(ask: Ask, material: Material) -> ComparedCase:
        case = comparison(ask, material)
        return replace(case, linkage=replace(case.linkage, clusters=(("c4", "c5", "c6"), ("c1", "c2"))))

    monkeypatch.setattr(linkage, "comparison", in_two)
    ana = people("ana").linkage
    assert ana.table().clusters == {1: ["c4", "c5", "c6"], 2: ["c1", "c2"]}
    pairs = ana.table("c1")
    assert pairs.clusters == {2: ["c1", "c2"]}
    assert {row[4] for row in pairs.rows} <= {2, None}
    assert ana.table("c9").clusters == {}
    assert people("ana").linked_crossings("c1").attrs["clusters"] == [["c1", "c2"]]


@pytest.mark.parametrize("who", ["ana", "low"])
def test_sources_that_are_not_left_out_are_counted(people: Place, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    every = people(who).linkage.cluster("c1")
    assert every["more_pieces"] == 0
    assert len(every["pieces"]) >= 2
    monkeypatch.setattr(compared_module, "_PIECES", 1)
    client, address = people.client(who), f"/case/{people.case}/linked/cluster"
    cluster = client.get(f"{address}.json?id=c1").get_json()
    # For readers who may not count witnesses, all witnesses are one piece.
    assert (len(cluster["pieces"]), cluster["more_pieces"]) == (1, len(every["pieces"]) - 1)
    assert "not tried" in client.get(f"{address}?id=c1").text
    monkeypatch.undo()
    assert "not tried" not in client.get(f"{address}?id=c1").text
