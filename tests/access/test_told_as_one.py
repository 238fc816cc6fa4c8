"""Without source clearance, answers do not show which of few witnesses spoke, how many did, or how well.

Small cases differ in one thing each: a second statement that repeats the first, from its group or an outsider; a
different first witness; another grade and day. Every public named query, every page and its JSON twin, `graph` and
`frame` must answer byte for byte alike.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import networkx as nx
import pytest
from flask.testing import FlaskClient

from graphsvc.access import vault
from graphsvc.access.log import audit
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.appdb import tables as appdb
from graphsvc.appdb import transaction
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused
from graphsvc.records.relations import RELATIONS
from graphsvc.service import PictureRequest, Service, Session
from graphsvc.web import create_app
from tests.access.conftest import LOADER
from tests.leaks.invented import KEY
from tests.leaks.pages import Call, ask
from tests.pseudonyms import without_pseudonyms
from tests.toolbox.clock import standing_still
from tests.toolbox.rows import Tables, row, write

pytestmark = [pytest.mark.neo4j, pytest.mark.slow(reason="asks every page and query of pairs of cases")]

ROLES = frozenset({"investigator", "analyst", "disclosure", "supervisor"})
_STATED = "id kind source_id taken_on source_grade assessment handling status on_record interest summary review_on"
_LINKED = "subject_id relation object_id statement_id from_date polarity weight amount currency place object_as_said"
ROWS: Tables = {
    "people": [
        row("P1, Ash, suspect, named, P", "id name category identified handling"),
        row("P2, Birch, suspect, nickname, P", "id name category identified handling"),
        row("P3, Cedar, suspect, named, P", "id name category identified handling"),
        row("P9, Doe, suspect;witness, named, P", "id name category identified handling"),
        row("W1, Wilma, victim, named, P", "id name category identified handling"),
        row("W2, Walter, victim, named, P", "id name category identified handling"),
        row("W3, Willow, victim, named, P", "id name category identified handling"),
    ],
    "gangs": [row(f"G{n}, Gang {n}, P", "id name handling") for n in (1, 2)],
    "boats": [row("B1, Tern, T1, P", "id name statement_id handling")],
    "crossings": [row("C1, 2020-05-08, Dunkirk, P", "id date launch_site handling")],
    "workplaces": [row("K1, Wash, premises, P", "id name kind handling")],
    "things": [row(f"H{n}, phone, +4470{n}, P", "id kind value handling") for n in (1, 2, 3)],
    "statements": [
        row("R1, record, , 2020-05-09, 1, A, P, given, yes, , the coastguard's list, 2025-01", _STATED),
        row("I1, intelligence, , 2020-05-10, 3, D, P, given, no, , a report, 2025-01", _STATED),
        row("T1, witness, W1, 2020-06-01, 3, C, P, given, yes, leave to stay, what she saw, 2025-01", _STATED),
        row("T3, witness, W1, 2020-06-02, 2, C, P, withdrawn, no, , what she took back, 2025-01", _STATED),
        row("T6, witness, W1, 2020-06-05, 2, C, C, given, no, , for few eyes, 2025-01", _STATED),
        row("T5, witness, P9, 2020-06-04, 2, C, P, given, no, a deal, what he said, 2025-01", _STATED),
    ],
    "links": [
        row(f"{text}{',' * (10 - text.count(','))}", _LINKED)
        for text in (
            "W1, CROSSED_ON, C1, R1, 2020-05-08",
            "W2, CROSSED_ON, C1, R1, 2020-05-08",
            "B1, USED_ON, C1, R1, 2020-05-08",
            "P2, USED, H1, R1",
            "P3, USED, H2, R1",
            "H1, CONTACTED, H2, R1, 2020-05-01, , 7",
            "P1, PAID, P2, R1, 2020-05-02, , , 300, EUR",
            "P1, DIRECTED, P2, I1",
            "P3, RUNS, G1, I1",
            "P2, MEMBER_OF, G2, I1, , denies",
            "P2, ASSOCIATES_WITH, P9, I1",
            # Stated once in one case, twice in another.
            "P1, DIRECTED, P2, T1, 2020-05-07, , , , , the beach, the tall one",
            "P1, ORGANISED, C1, T1, 2020-05-08",
            "P2, PILOTED, C1, T1, 2020-05-08",
            "P3, SUPPLIED, B1, T1",
            "W1, PAID, P2, T1, 2020-05-06, , , 2500, EUR",
            "W1, LIVED_AT, K1, T1, 2020-05",
            "P3, CONTROLS, K1, T1",
            "H1, CONTACTED, H2, T1, 2020-05-03, , 3",
            "H2, CONTACTED, H3, T1, 2020-05-03, , 2",
            "P3, RUNS, G1, T1, , denies",
            "P2, MEMBER_OF, G2, T1, , denies",
            "P2, MEMBER_OF, G1, T1, , denies",
            "P1, RUNS, G2, T1, , withdrawn",
            "P3, DIRECTED, P1, T3",
            "P1, RECRUITED, W1, T6",
            "P1, PAID, P3, T6, 2020-05-06, , , 900, GBP",
            "P3, ASSOCIATES_WITH, P1, T5",
        )
    ],
}
# Statement of the first witness → statement in which the second says the same.
AGAIN = {"T1": "T2", "T3": "T4", "T6": "T7"}


# The repeating witness: from the same boat, or with nothing in common with the first.
SECOND = {"told-both": "W2", "told-away": "W3"}
# Differing cells of the first statement.
OTHERWISE: dict[str, dict[str, str]] = {
    "told-else": {"source_id": "W2"},
    "told-well": {
        "source_grade": "1",
        "assessment": "A",
        "taken_on": "2020-08-30",
        "interest": "none",
        "review_on": "2026-01",
    },
    "told-poor": {"source_grade": "3", "assessment": "E"},
}
CASES = ("told-once", *SECOND, *OTHERWISE)


def rows(case: str) -> Tables:
    """The rows of one of `CASES`."""
    tables = copy.deepcopy(ROWS)
    if case in SECOND:
        tables["statements"] += [
            row | {"id": AGAIN[row["id"]], "source_id": SECOND[case]}
            for row in ROWS["statements"]
            if row["id"] in AGAIN
        ]
        tables["links"] += [
            row | {"statement_id": AGAIN[row["statement_id"]]} for row in ROWS["links"] if row["statement_id"] in AGAIN
        ]
    for statement in tables["statements"]:
        if statement["id"] in AGAIN:
            statement.update(OTHERWISE.get(case, {}))
    return tables


@dataclass(frozen=True)
class Alike:
    """A service with all `CASES`, whose names have the same length and which share one key."""

    service: Service

    def at(self, case: str, handling: str, *, sources: bool = False) -> Session:
        reader = Principal("reader", ROLES, {case: Grant(handling, sources=sources)})
        return self.service.session(reader, "tests", case)


# Loading times of a delivery: the exact time, and the time shown as news.
LOADED = re.compile(r'"(loaded_at|since)":"[^"]+"')


@pytest.fixture(scope="module")
def alike(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alike]:
    folder: Path = tmp_path_factory.mktemp("told")
    # P1 and P3 have up to three groups behind them. Numbers that may be shown would rightly differ, so all of these
    # count as few.
    with Service(at_server(few_below=4)) as service:
        for case in CASES:
            wrapped = vault.encrypt(service.vault._master, KEY, f"case {case}")
            with transaction(service.database) as connection:
                values = {"id": case, "key_sealed": wrapped, "created_at": audit.now()}
                connection.execute(appdb.cases.insert().values(**values))
            write(folder / case, **rows(case))
            loaded = service.session(LOADER, "tests", case).deliveries.load(folder / case, lambda *_progress: None)
            assert not loaded.rejections
        yield Alike(service)


def arguments(session: Session) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every public query this reader may run, with the loosest parameters and, where required, ids of the case."""
    loosest = {"int": 1, "float": 0.0, "date": "2027"}
    named = {"crossing": ["C1"], "boat": ["B1"], "gang": ["G1", "G2"], "workplace": ["K1"], "supplier": ["P3"]}
    for query in session.queries.listed():
        base = {p.name: loosest[p.type] for p in query.parameters if p.type in loosest and p.name != "most"}
        base |= {p.name: sorted(RELATIONS) for p in query.parameters if (p.name, p.default) == ("relations", None)}
        ids = [p for p in query.parameters if p.type == "id"]
        if not ids or all(p.default is not None for p in ids):
            yield query.name, base | {p.name: "no" for p in query.parameters if p.words == ("yes", "no")}
        for number in range(2 if any(p.default is None for p in ids) else 0):
            values = {p.name: (named.get(p.name) or [f"P{number + 1}"])[0] for p in ids}
            if len(ids) == 2:
                values = {ids[0].name: "G1" if "gang" in query.title else "P1", ids[1].name: ("P2", "P3")[number]}
            yield query.name, base | values


def answers(session: Session, subjects: str = "") -> dict[str, Any]:
    """The released answers to the queries whose names begin with `subjects`."""
    by_query = {}
    for name, values in arguments(session):
        if not name.startswith(subjects):
            continue
        released = session.queries.run(name, values)
        by_query[f"{name} {values}"] = (released.columns, released.rows, released.truncated, released.withheld)
    return by_query


def test_no_query_tells_one_witness_from_two(alike: Alike) -> None:
    once, *repeats = (answers(alike.at(case, "C")) for case in CASES)
    for case, repeat in zip(CASES[1:], repeats, strict=True):
        assert {query: (rows, repeat[query]) for query, rows in once.items() if rows != repeat[query]} == {}, case
    answered = {query.partition(" ")[0] for query, rows in once.items() if rows[1]}
    assert len(answered) > 25
    # Readers with source clearance see the cases differ.
    once, *repeats = (answers(alike.at(case, "C", sources=True), "statements.") for case in CASES)
    for repeat in repeats:
        assert len({query.partition(" ")[0] for query in once if once[query] != repeat[query]}) > 1


def as_text(graph: nx.MultiDiGraph[str]) -> str:
    edges = sorted(map(str, graph.edges(keys=True, data=True)))
    return "\n".join([*sorted(map(str, graph.nodes(data=True))), *edges])


@pytest.mark.parametrize("handling", ["P", "C"])
def test_no_graph_table_or_explanation_of_a_notebook_does(alike: Alike, handling: str) -> None:
    def notebook(session: Session) -> dict[str, str]:
        texts = {f"graph {of}": as_text(session.graph(of)) for of in ("claims", "links", "operation")}
        texts |= {name: session.frame(name).to_csv() for name in ("statements.denials", "quality.contradicted")}
        texts |= {"hubs": session.hubs().to_csv(), "leads": json.dumps(session.leads.table()["hubs"])}
        texts |= {"ranking": repr(session.leads.ranking()), "counts": repr(session.network.entities.counts())}
        texts |= {lead.id: repr(session.leads.look(lead.id)) for lead in session.leads.ranking().leads}
        return texts | {"deliveries": repr([row["counts"] for row in session.deliveries.list_deliveries()])}

    once, *repeats = (notebook(alike.at(case, handling)) for case in CASES)
    for case, repeat in zip(CASES[1:], repeats, strict=True):
        assert {name: (text, repeat[name]) for name, text in once.items() if text != repeat[name]} == {}, case
    assert {"P1", "P2", "P3"} <= once.keys()
    once, both = (notebook(alike.at(case, handling, sources=True)) for case in CASES[:2])
    assert {"graph claims", "graph links", "hubs", "P1"} <= {name for name in once if once[name] != both[name]}


IDS = [row["id"] for name in ("people", "gangs", "boats", "crossings", "workplaces", "things") for row in ROWS[name]]
ENDS = sorted({(row["subject_id"], row["relation"], row["object_id"]) for row in ROWS["links"]})
KEYS = ("subject", "relation", "object")


def addresses() -> Iterator[str]:
    """Everything known about each entity as JSON, one page of each kind, and addresses that a guesser would try."""
    data = [f"entity.json?id={entity}" for entity in IDS]
    data += [f"lead.json?id={row['id']}" for row in ROWS["people"]]
    data += [f"statement.json?id={statement}" for statement in ("R1", "I1", *AGAIN, *AGAIN.values(), "T5")]
    data += ["network/link.json?" + urlencode(dict(zip(KEYS, ends, strict=True))) for ends in ENDS[::2]]
    data += [f"network.json?id=P1&depth=2&least={least}" for least in (0, 0.7)]
    data += [f"network.json?id=P1&depth=2&source_grade=2&assessment={letter}" for letter in "BD"]
    data += [f"leads.json?sort={order}" for order in ("denied", "groups", "score_on_record")]
    data += ["leads.json?denied=yes", "leads.json?voices=several", "search.json?q=T1", "search.json?q=T2"]
    pages = [
        "entity?id=P2",
        "network/node?id=P2",
        "lead?id=P1",
        "lead?id=P3",
        "network?id=P1&depth=2",
        "leads",
        "leads.csv",
    ]
    pages += ["network/tables?id=P1&depth=3&recorded=0.3", "statement?id=R1", "statement?id=T1", "search?q=P"]
    pages += ["network/link?subject=P1&relation=DIRECTED&object=P2", "network/link?subject=P3&relation=RUNS&object=G1"]
    pages += [f"query?name={name}&run=1" for name in ("statements.denials", "quality.contradicted")]
    pages += ["query?name=statements.denials&run=1&as=csv", "overview.json"]
    return (f"/case/CASE/{page}" for page in [*data, *pages])


# Status, headers and text.
Answer = tuple[int, dict[str, str], str]
Walked = dict[str, dict[str, Answer]]


def ask_plainly(client: FlaskClient, address: str, case: str, name: str) -> Answer:
    """Return the answer without the names of the case and the reader."""
    answer = ask(client, Call("", "GET", address.replace("CASE", case)))
    headers = {header: _plain(value, case, name) for header, value in answer.headers}
    return answer.status, headers, _plain(answer.body.decode(), case, name)


def _plain(text: str, case: str, name: str) -> str:
    return text.replace(case, "CASE").replace(name, "READER")


@pytest.fixture(scope="module")
def clients(alike: Alike) -> dict[str, tuple[FlaskClient, str]]:
    """Case → browser of a reader cleared for C but not for sources."""
    app = create_app(alike.service)
    browsers = {}
    for case in CASES:
        name = f"reader-{case[5:]}"
        accounts.add(alike.service.database, name, sorted(ROLES), {case: Grant("C")})
        client = app.test_client()
        assert client.get(f"/link/{alike.service.sign_in_link(name, 'difference')}").status_code == 303
        browsers[case] = client, name
    return browsers


@pytest.fixture(scope="module")
def walks(clients: dict[str, tuple[FlaskClient, str]]) -> Walked:
    """Case → address → answer, all read at one fixed moment, because pages show when they were read."""
    with standing_still(audit.now()):
        return {
            case: {address: ask_plainly(client, address, case, name) for address in addresses()}
            for case, (client, name) in clients.items()
        }


def test_no_page_does(walks: Walked) -> None:
    once, differing = walks["told-once"], {}
    for case, address in ((case, address) for case in CASES[1:] for address in once):
        answer, twin = once[address], walks[case][address]
        first, second = (LOADED.sub("", response[2]) for response in (answer, twin))
        if (answer[:2], first) != (twin[:2], second):
            place = next((n for n, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), 0)
            differing[case, address] = (first[max(place - 60, 0) : place + 80], second[max(place - 60, 0) : place + 80])
    assert differing == {}
    assert sum(answer[0] == 200 for answer in once.values()) > 45


def test_a_statement_of_a_witness_and_one_that_is_not_there_read_the_same(
    clients: dict[str, tuple[FlaskClient, str]],
) -> None:
    client, name = clients["told-once"]
    for page in ("statement", "entity", "network/node", "lead", "statement.json"):
        hidden = ask_plainly(client, f"/case/CASE/{page}?id=T1", "told-once", name)
        absent = ask_plainly(client, f"/case/CASE/{page}?id=TX", "told-once", name)
        assert hidden[0] == absent[0] == 404
        assert hidden[2].replace("T1", "TX") == absent[2], page
    visible = ask_plainly(client, "/case/CASE/statement?id=I1", "told-once", name)
    assert visible[0] == 200


def test_nothing_of_a_single_account_comes_out(alike: Alike, walks: Walked) -> None:
    """No id, date, word or amount of the statement is on any page, and no claim's id leads anywhere."""
    cleared = alike.at("told-once", "C", sources=True)
    theirs = [row["claim"] for row in cleared.ask.rows("statements.claims", id="T1").dicts()]
    assert len(theirs) == 13
    words = ["2020-06-01", "1 June 2020", "what she", "leave to stay", "the tall one", "the beach", "2500", "2,500"]
    for address, answer in walks["told-once"].items():
        if "T1" not in address:
            assert [word for word in [*theirs, *words, '"T1"', ">T1<", " T1<"] if word in answer[2]] == [], address
    limited = alike.at("told-once", "C")
    with pytest.raises(Refused, match="takes source clearance"):
        limited.network.entities.provenance(theirs)
    assert set(cleared.network.entities.provenance(theirs)) == set(theirs)


def test_who_points_to_whom_can_still_be_read(alike: Alike, walks: Walked) -> None:
    text = walks["told-once"]["/case/CASE/network/link?subject=P1&relation=DIRECTED&object=P2"][2]
    assert "witness statements: few independent groups" in text
    assert "intelligence report I1" in text
    assert "source clearance" in text
    page = alike.at("told-once", "C").network.entities.look("P1")
    anonymous = [row for row in page.claims if row["statement"] is None]
    keys = [(row["subject"], row["relation"], row["object"], row["polarity"], row["status"]) for row in anonymous]
    assert len(keys) == len(set(keys)) == 7
    assert {row["groups"] for row in anonymous if row["relation"] == "ORGANISED"} == {"few"}


def test_belief_cannot_be_probed_between_its_steps(alike: Alike) -> None:
    """Filters between two steps of belief give the result of the step. Exact figures need source clearance."""
    limited, cleared = (alike.at("told-once", "C", sources=sources) for sources in (False, True))
    steps = {row["belief"] for row in limited.ask.rows("cases.links", whole=True).dicts()}
    assert steps <= {0.5, 0.125, 0.375, 0.625, 0.875}
    # Links supported only by few witnesses all have the same belief.
    rows = alike.at("told-once", "C").ask.rows("cases.links", whole=True).dicts()
    assert {row["belief"] for row in rows if row["groups"] == "few" and not row["other_sources"]} == {0.5}
    exact = {row["belief"] for row in cleared.ask.rows("cases.links", whole=True).dicts()}
    assert len(exact - steps) > 4
    limited_counts = [
        len(limited.network.picture(PictureRequest(["P1"], depth=3, least=least)).edges)
        for least in (0.51, 0.55, 0.6, 0.62)
    ]
    assert len(set(limited_counts)) == 1
    exact_counts = [
        len(cleared.network.picture(PictureRequest(["P1"], depth=3, least=least)).edges) for least in (0.51, 0.6, 0.62)
    ]
    assert len(set(exact_counts)) > 1


def test_a_suspect_who_is_a_witness_too_is_shown_without_the_tie(alike: Alike) -> None:
    """Even with every clearance: only the vault knows that P9 gave T5, and giving a statement makes no lead."""
    for sources in (False, True):
        session = alike.at("told-once", "C", sources=sources)
        page = session.network.entities.look("P9")
        assert page.name == "Doe"
        assert page.values["categories"] == ["suspect"]
        assert "T5" not in without_pseudonyms(repr(page))
        lead = next(lead for lead in session.leads.ranking().leads if lead.id == "P9")
        assert lead.score <= 0.0
        assert lead.groups == 0
    cleared = alike.at("told-once", "C", sources=True)
    statement = cleared.deliveries.statements.look("T5")
    assert statement.values["source"].startswith("Q-")
    assert "P9" not in without_pseudonyms(repr(statement))
    assert "Doe" not in repr(statement)
    with pytest.raises(NotFound):
        alike.at("told-once", "C").deliveries.statements.look("T5")
