"""Paths and growth on a real graph: correct results, which hidden data never change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from graphsvc.access.log import audit
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.config import Settings
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.records.coarsened import MIDDLES
from graphsvc.service import PictureRequest, Service, Session, quiet
from graphsvc.service.network.growth import MANY_NEIGHBOURS
from graphsvc.service.network.paths import PathCaches
from tests.toolbox import accounts
from tests.toolbox.rows import Tables, statement_claims, write

pytestmark = pytest.mark.neo4j

CASE = "ways"
PEOPLE = ("boss", "aide", "pilot", "clerk", "driver", "host", "stray", "wit-1", "wit-2", "wit-3")
FIRST: Tables = {
    "people": [
        {
            "id": person,
            "name": f"Name of {person}",
            "handling": "P",
            "category": "" if person.startswith("wit") else "suspect",
        }
        for person in PEOPLE
    ]
    + [{"id": f"seen-{number}", "handling": "P", "category": "suspect"} for number in range(MANY_NEIGHBOURS + 5)]
    + [{"id": "~PAID~odd", "handling": "P", "category": "suspect"}],
    "crossings": [
        {"id": "x1", "date": "2020-05-08", "handling": "P"},
        {"id": "x2", "date": "2020-05", "handling": "P"},
    ],
    "statements": [
        {"id": "r1", "kind": "record", "handling": "P", "source_grade": "1", "assessment": "A"},
        {"id": "r2", "kind": "intelligence", "handling": "P", "source_grade": "3", "assessment": "E"},
        *({"id": f"a{n}", "kind": "witness", "source_id": f"wit-{n}", "handling": "P"} for n in (1, 2, 3)),
    ],
    "links": statement_claims(
        "r1",
        "boss DIRECTED aide",
        "aide PAID pilot",
        "pilot PILOTED x1",
        "boss ORGANISED x2",
        "driver CROSSED_ON x1",
        "boss CROSSED_ON x1",
        "clerk SERVED boss",
        "clerk SERVED stray",
        "~PAID~odd PAID boss",
    )
    + statement_claims("r2", "boss CONTACTED host", "host CONTACTED pilot", "aide DIRECTED pilot")
    + statement_claims("a1", "aide DIRECTED driver", "wit-1 CROSSED_ON x1")
    + statement_claims("a2", "aide PAID driver", "wit-2 CROSSED_ON x1")
    + statement_claims("a3", "pilot PAID host", "pilot PILOTED x2")
    + statement_claims("r1", *(f"host RECRUITED seen-{number}" for number in range(MANY_NEIGHBOURS + 5))),
}
SECOND: Tables = {
    "people": [{"id": "hidden", "name": "Hidden", "handling": "C", "category": "suspect"}],
    "statements": [
        {"id": "c1", "kind": "record", "handling": "C", "source_grade": "1", "assessment": "A"},
        {"id": "c2", "kind": "witness", "source_id": "wit-3", "handling": "C"},
    ],
    "links": statement_claims(
        "c1", "boss DIRECTED pilot", "hidden PAID boss", "hidden PAID pilot", "boss CONTACTED driver", "host PAID pilot"
    )
    + statement_claims("c2", "hidden DIRECTED boss", "boss DIRECTED aide"),
}
ASKED: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("boss", "pilot"), {}),
    (("boss", "pilot", "driver", "x2"), {}),
    (("boss", "pilot"), {"kind": "likeliest"}),
    (("boss", "pilot"), {"kind": "every", "steps": 5}),
    (("boss", "driver"), {"kind": "every", "besides": ["presence", "service"]}),
    (("boss", "stray"), {"besides": ["service"]}),
    (("boss", "pilot"), {"recorded": True}),
)


def session(service: Service, name: str) -> Session:
    return accounts.session(service, name, CASE)


@pytest.fixture(scope="module")
def grown(
    at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, list[Any], list[Any]]]:
    """The service with both deliveries, and the answers to a reader of P before and after the second delivery."""
    with Service(at_server()) as service:
        roles = {
            "ann": ("investigator", Grant("C", sources=True)),
            "pam": ("investigator", Grant("P")),
            "sue": ("investigator", Grant("P", sources=True)),
            "cus": ("custodian", Grant("C", sources=True)),
        }
        accounts.add(service, CASE, roles)
        answers: list[list[Any]] = []
        for number, tables in enumerate((FIRST, SECOND)):
            folder = tmp_path_factory.mktemp("ways") / str(number)
            write(folder, **tables)
            assert session(service, "ann").deliveries.load(folder, quiet).rejections == []
            answers.append([path_answers(session(service, name)) for name in ("pam", "sue")])
        yield service, answers[0], answers[1]


def path_answers(reader: Session) -> list[Any]:
    answers: list[Any] = [reader.network.paths.find(ends, **options) for ends, options in ASKED]
    answers += [reader.network.growth(person) for person in ("boss", "pilot", "host")]
    answers.append(reader.network.growth("boss", PictureRequest(ids=["boss"], depth=1, opened=["pilot"])))
    if reader.grant.sources:
        answers += [reader.network.paths.find([person], "accounts") for person in ("boss", "pilot", "driver")]
    return answers


@pytest.fixture(scope="module")
def pam(grown: tuple[Service, Any, Any]) -> Session:
    return session(grown[0], "pam")


@pytest.fixture(scope="module")
def sue(grown: tuple[Service, Any, Any]) -> Session:
    return session(grown[0], "sue")


def ways(reader: Session, *ends: str, **options: Any) -> list[tuple[str, ...]]:
    return [way.nodes for pair in reader.network.paths.find(ends, **options).between for way in pair.ways]


def test_what_is_hidden_moves_nothing(grown: tuple[Service, list[Any], list[Any]]) -> None:
    service, before, after = grown
    assert after == before
    ann = session(service, "ann")
    assert ways(ann, "boss", "pilot") == [("boss", "pilot")]  # the hidden path exists, and is shorter
    assert ("boss", "hidden", "pilot") in ways(ann, "boss", "pilot", kind="every")
    assert ann.network.growth("boss").number > session(service, "pam").network.growth("boss").number


def test_shortest_likeliest_and_every_way(pam: Session) -> None:
    assert ways(pam, "boss", "pilot") == [("boss", "aide", "pilot"), ("boss", "x2", "pilot"), ("boss", "host", "pilot")]
    first, *_ = pam.network.paths.find(("boss", "pilot"), "likeliest").between[0].ways
    assert first.nodes == ("boss", "aide", "pilot")
    assert first.belief == first.steps[0].belief * first.steps[1].belief
    assert all(step.belief in MIDDLES.values() for step in first.steps)  # as without source clearance
    assert ways(pam, "boss", "pilot", kind="every", steps=2) == ways(pam, "boss", "pilot")
    assert ways(pam, "boss", "pilot", most=1) == [("boss", "aide", "pilot")]
    assert pam.network.paths.find(("boss", "pilot"), most=1).between[0].more == 2


def test_each_step_says_who_says_it_and_what_else_is_between(pam: Session, sue: Session) -> None:
    _, paid = pam.network.paths.find(("boss", "pilot")).between[0].ways[0].steps
    assert (paid.subject, paid.relation, paid.object, paid.others) == ("aide", "PAID", "pilot", 1)
    assert [(row["statement"], row["statement_kind"]) for row in paid.asserting] == [("r1", "record")]
    (way,) = pam.network.paths.find(("aide", "driver")).between[0].ways
    (row,) = way.steps[0].asserting
    assert (row["statement"], row["statement_kind"], row["groups"]) == (None, "witness", "few")
    (row,) = sue.network.paths.find(("aide", "driver")).between[0].ways[0].steps[0].asserting
    assert row["statement"] in ("a1", "a2")


def test_lawful_service_and_presence_join_nobody_unless_asked(pam: Session) -> None:
    assert ways(pam, "boss", "stray") == []
    assert ways(pam, "boss", "stray", besides=["service"]) == [("boss", "clerk", "stray")]
    assert ways(pam, "boss", "driver") == [("boss", "aide", "driver")]
    with_boat = ways(pam, "boss", "driver", besides=["presence"])
    assert ("boss", "x1", "driver") in with_boat


def test_ways_keep_to_what_was_chosen(pam: Session) -> None:
    assert ways(pam, "boss", "pilot", avoiding=["aide"]) == [("boss", "x2", "pilot"), ("boss", "host", "pilot")]
    assert ways(pam, "boss", "pilot", avoiding=["aide", "host", "pilot", "boss"]) == [("boss", "x2", "pilot")]
    assert ways(pam, "boss", "pilot", relations=["CONTACTED"]) == [("boss", "host", "pilot")]
    assert ways(pam, "boss", "pilot", recorded=True) == [("boss", "aide", "pilot")]
    assert ways(pam, "boss", "pilot", least=0.7) == [("boss", "aide", "pilot")]
    several = pam.network.paths.find(("boss", "pilot", "driver")).between
    assert [(pair.first, pair.second) for pair in several] == [
        ("boss", "pilot"),
        ("boss", "driver"),
        ("pilot", "driver"),
    ]


def test_what_witnesses_say_leads_to_someone_for_those_cleared_for_sources(pam: Session, sue: Session) -> None:
    with pytest.raises(Refused, match="takes source clearance"):
        pam.network.paths.find(["boss"], "accounts")
    (between,) = sue.network.paths.find(["boss"], "accounts").between
    assert [(len(way.group), way.nodes, way.statement) for way in between.ways] == [
        (2, ("driver", "aide", "boss"), between.ways[0].statement),
        (1, ("pilot", "x2", "boss"), "a3"),
    ]
    assert between.ways[0].statement in ("a1", "a2")
    assert between.ways[0].source in between.ways[0].group
    logged = audit.lines(sue.ask.database, sought=audit.Sought(source=between.ways[0].source))
    assert [line["detail"]["of"] for line in logged if line["detail"].get("query") == "paths"][:1] == ["accounts"]


def test_who_may_not_analyse_looks_for_no_ways(grown: tuple[Service, Any, Any]) -> None:
    with pytest.raises(Refused, match="link analysis"):
        session(grown[0], "cus").network.paths.find(("boss", "pilot"))
    assert session(grown[0], "cus").network.growth("boss").number


@pytest.mark.parametrize("identifier", ["hidden", "no-such-person"])
def test_not_there_and_not_yours_are_one_answer(pam: Session, identifier: str) -> None:
    said_of = []
    for call in (lambda: pam.network.paths.find(("boss", identifier)), lambda: pam.network.growth(identifier)):
        with pytest.raises(NotFound) as error:
            call()
        said_of.append(str(error.value).replace(identifier, "it"))
    assert set(said_of) == {"There is nothing with the id 'it' that you can see in this case."}
    assert ways(pam, "boss", "pilot", avoiding=[identifier]) == ways(pam, "boss", "pilot")


@pytest.mark.parametrize(
    ("ends", "options", "why"),
    [
        (("boss",), {}, "choose 2 to 6 ends"),
        (tuple(PEOPLE[:7]), {}, "choose 2 to 6 ends"),
        (("boss", "aide"), {"kind": "no-such"}, "kinds of path are shortest"),
        (("boss", "aide"), {"kind": "accounts"}, "choose one"),
        (("boss", "aide"), {"steps": 7}, "1 to 6 steps"),
        (("boss", "aide"), {"most": 0}, "1 to 100"),
        (("boss", "aide"), {"besides": ["part"]}, "other links to allow"),
        (("boss", "aide"), {"least": 2.0}, "0 to 1"),
    ],
)
def test_what_cannot_be_looked_for_is_said(pam: Session, ends: tuple[str, ...], options: Any, why: str) -> None:
    with pytest.raises(RequestError, match=why):
        pam.network.paths.find(ends, **options)


# -- growth ---------------------------------------------------------------------------------------------------


def test_growth_counts_what_the_picture_does_not_show(pam: Session) -> None:
    growth = pam.network.growth("boss", PictureRequest(ids=["boss"], depth=0))
    assert {way.word: way.number for way in growth.relations} == {
        "DIRECTED": 1, "CONTACTED": 1, "ORGANISED": 1, "CROSSED_ON": 1, "SERVED": 1, "PAID": 1,
    }  # fmt: skip
    assert {way.word: way.number for way in growth.kinds} == {"person": 4, "crossing": 2}
    assert growth.number == 6
    assert not growth.super
    assert pam.network.growth("boss", PictureRequest(ids=["boss"], depth=1, presence=True)).number == 0
    # Lawful customers are added only on request.
    assert pam.network.growth("boss", PictureRequest(ids=["boss"], depth=1)).number == 1
    assert pam.network.growth("boss", PictureRequest(ids=["boss"], depth=0, relations=["DIRECTED"])).number == 1
    assert (
        pam.network.growth("boss", PictureRequest(ids=["boss"], depth=0, opened=[growth.relations[0].open])).number == 5
    )


def test_growing_by_a_relation_or_kind_brings_those_alone_and_says_how_many_stay(pam: Session) -> None:
    host = pam.network.growth("host", PictureRequest(ids=["host"], depth=0))
    assert host.super
    recruited = next(way for way in host.relations if way.word == "RECRUITED")
    assert (recruited.number, recruited.adds, recruited.open) == (MANY_NEIGHBOURS + 5, 20, "~RECRUITED~host")
    view = pam.network.picture(PictureRequest(["host"], depth=0, opened=[recruited.open, recruited.open]))
    assert len(view.nodes) == 41
    assert {edge.relation for edge in view.edges} == {"RECRUITED"}
    left = pam.network.growth("host", PictureRequest(ids=["host"], depth=0, opened=[recruited.open, recruited.open]))
    assert next(way for way in left.relations if way.word == "RECRUITED").number == MANY_NEIGHBOURS + 5 - 40
    crossings = pam.network.picture(PictureRequest(["boss"], depth=0, opened=["~crossing~boss"]))
    assert {node.kind for node in crossings.nodes if not node.start} == {"crossing"}


def test_an_id_that_reads_like_a_word_is_opened_all_the_same(pam: Session) -> None:
    odd = pam.network.growth("~PAID~odd")
    assert odd.open == "~~~PAID~odd"
    view = pam.network.picture(PictureRequest(["~PAID~odd"], depth=0, opened=[odd.open]))
    assert {node.id for node in view.nodes} == {"~PAID~odd", "boss"}


@pytest.mark.parametrize("in_memory", [True, False])
def test_around_whom_a_picture_was_drawn_stands_in_the_log_wherever_its_links_were(
    grown: tuple[Service, Any, Any], in_memory: bool
) -> None:
    service, *_ = grown
    reader = session(service, "ann")
    service.forget()
    if in_memory:
        reader.network.paths.find(["boss", "pilot"])
    assert (service.caches(PathCaches).webs.there(reader.ask.state) is not None) == in_memory
    opened: list[list[str]] = []
    for draw in (lambda: reader.network.picture(PictureRequest(["x1"], depth=3)), lambda: reader.network.growth("x1")):
        before = audit.lines(service.database, newest=1)[0]["id"]
        draw()
        (line,) = (line for line in audit.lines(service.database, newest=9) if line["id"] > before)
        assert (line["action"], line["outcome"], line["detail"]["entities"]) == ("read", "released", ["x1"])
        opened.append(line["detail"]["opened"])
    before = audit.lines(service.database, newest=1)[0]["id"]
    reader.network.picture(PictureRequest(added=["x1"], opened=["x1", "~PAID~x2"]))
    (line,) = (line for line in audit.lines(service.database, newest=9) if line["id"] > before)
    assert (line["detail"]["entities"], line["detail"]["openings"]) == (["x1"], ["x1", "x2"])
    assert opened == [["network.among", "network.nodes", "network.reach"], ["entities.named", "network.growth"]]


def test_a_picture_that_is_refused_stands_in_the_log(grown: tuple[Service, Any, Any]) -> None:
    service, *_ = grown
    session(service, "ann").network.paths.find(["boss", "pilot"])
    stranger = service.session(Principal("eve", frozenset({"auditor"}), {}), "tests", CASE)
    attempts = (
        lambda: stranger.network.picture(PictureRequest(["boss"])),
        lambda: stranger.network.picture(PictureRequest(["boss"], depth=0)),
        lambda: stranger.network.growth("boss"),
    )
    for ask in attempts:
        before = audit.lines(service.database, newest=1)[0]["id"]
        with pytest.raises(Refused):
            ask()
        (line,) = (line for line in audit.lines(service.database, newest=9) if line["id"] > before)
        assert (line["account"], line["outcome"]) == ("eve", "refused: Refused")


PICTURES: tuple[dict[str, Any], ...] = (
    {},
    {"depth": 2},
    {"relations": ["PAID", "DIRECTED"]},
    {"without": ["presence", "crossing"]},
    {"excluded": ["PAID"]},
    *({"least": least} for least in (0.2, 0.5, 0.6, 0.875, 0.9, 1.0)),
    {"recorded": 0.3},
    {"grades": ["1A"]},
    {"opened": ["pilot"], "added": ["stray", "hidden"]},
    *(
        {"depth": depth, "cap": cap, "presence": presence}
        for depth in (2, 3)
        for cap in (4, 7, 500)
        for presence in (True, False)
    ),
    {"ids": ["x1"]},
    {"ids": ["x1"], "presence": True, "cap": 3},
    {"ids": ["x1", "host", "nobody"], "depth": 2, "cap": 40},
    {"ids": ["clerk"], "depth": 4, "excluded": ["CROSSED_ON"]},
    {"ids": ["seen-3"], "depth": 3, "least": 0.2},
)


@pytest.mark.parametrize("name", ["ann", "sue", "pam"])
def test_a_picture_and_what_is_beyond_it_are_the_same_by_neo4j_and_in_memory(
    grown: tuple[Service, Any, Any], name: str
) -> None:
    service, *_ = grown
    reader = session(service, name)
    requests = [PictureRequest(**{"ids": ["boss", "pilot"], "depth": 1, **options}) for options in PICTURES]
    links = service.caches(PathCaches).webs
    service.forget()
    assert links.there(reader.ask.state) is None
    counted = [reader.network.picture(each) for each in requests]
    service.forget()
    reader.network.paths.find(["boss", "pilot"])
    assert links.there(reader.ask.state) is not None
    assert [reader.network.picture(each) for each in requests] == counted
    beyond = {tuple(node.more for node in view.nodes) for view in counted}
    assert len(beyond) > 4, "they have different links beyond them"
