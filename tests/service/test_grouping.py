"""Groups of witnesses who depend on each other, the reasons, and decisions of people to the contrary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from graphsvc.access.decisions.pairs import Pairing
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant, Principal
from graphsvc.analysis.examples import claim_from
from graphsvc.appdb import tables, transaction
from graphsvc.cases.deliveries import replay
from graphsvc.cases.graph.figures import shares
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.service import Service, Session, quiet
from graphsvc.store.image import Image, read_image
from tests.toolbox.rows import texts

pytestmark = pytest.mark.neo4j
REASON = "They were interviewed a year apart, in two countries; Wil Two never knew of it."
PEOPLE = [
    "B,Boss,,P",
    "A,Aide,,P",
    "I,Ines,suspect,P",
    "W1,Wil One,witness,P",
    "W2,Wil Two,witness,P",
    "W3,Wil Three,witness,P",
]
PEOPLE += ["W4,Wil Four,witness,C"]
STATEMENTS = [f"T{n},witness,W{n},{'C' if n == 4 else 'P'},{'I' if n == 3 else ''}" for n in range(1, 5)]
LINKS = [f"W{n},CROSSED_ON,X1,T{n}" for n in (1, 2)] + [f"B,DIRECTED,A,T{n}" for n in range(1, 5)]
LINKS += ["W1,RELATED_TO,W3,T3", "W4,CROSSED_ON,X1,T4"]
DIRECTED = ("B", "DIRECTED", "A")


def write(folder: Path, links: list[str], statements: list[str] = STATEMENTS) -> Path:
    files = {
        "people": ["id,name,category,handling", *PEOPLE],
        "statements": ["id,kind,source_id,handling,interpreter_id", *statements],
        "crossings": ["id,date,handling", "X1,2020-05-08,P"],
        "links": ["subject_id,relation,object_id,statement_id", *links],
    }
    return texts(folder, **{name: "\n".join(lines) + "\n" for name, lines in files.items()})


def reader(service: Service, case: str, handling: str = "C", *roles: str, sources: bool = True) -> Session:
    principal = Principal("pat", frozenset(roles or ("analyst",)), {case: Grant(handling, sources=sources)})
    return service.session(principal, "tests", case)


@pytest.fixture
def loaded_case(service: Service, case: str, tmp_path: Path) -> str:
    local = service.session(accounts.only_account(service.database, ""), "tests", case)
    local.deliveries.load(write(tmp_path / "case", LINKS), quiet)
    return case


def source(service: Service, case: str, person: str) -> str:
    pseudonyms = [s for s, v in service.register.identities(case) if v.get("id") == person and s.startswith("Q-")]
    return pseudonyms[0]


def image(service: Service, case: str) -> Image:
    return read_image(service.store(), case)


def groups(service: Service, case: str, suffix: str = "") -> int:
    return int(image(service, case).links[DIRECTED][f"groups{suffix}"])


def test_heard_on_one_day_is_heard_on_it_at_any_hour() -> None:
    claims = [
        claim_from("s1: p1 CROSSED_ON c1"),
        claim_from("s2: p2 CROSSED_ON c2"),
        claim_from("s3: p3 CROSSED_ON c3"),
    ]
    taken = ("2020-05-10T09:00Z", "2020-05-10T14:00Z", "2020-05")
    gradings = {claim.statement: {"taken_on": at} for claim, at in zip(claims, taken, strict=True)}
    assert shares(claims, gradings, {}) == {"s1": [("day", "2020-05-10")], "s2": [("day", "2020-05-10")], "s3": []}


def test_groups_are_told_with_what_is_shared_and_family_without_whom(service: Service, loaded_case: str) -> None:
    q1, q2, q3, q4 = (source(service, loaded_case, f"W{n}") for n in range(1, 5))
    (group,) = reader(service, loaded_case).leads.groups.of()
    assert group.sources == tuple(sorted((q1, q2, q3, q4)))
    assert {(circumstance.reason, circumstance.thing, circumstance.sources) for circumstance in group.shared} == {
        ("crossing", "X1", tuple(sorted((q1, q2, q4)))),
        ("family", "", tuple(sorted((q1, q3)))),
    }
    # Under P alone W4 is missing.
    (group,) = reader(service, loaded_case, "P").leads.groups.of()
    assert group.sources == tuple(sorted((q1, q2, q3)))
    assert q4 not in str(group)
    # If only some sources are asked about, only what these share joins them.
    apart = reader(service, loaded_case).leads.groups.of([q2, q3, "Q-0000-0000-0000"])
    assert [group.sources for group in apart] == sorted([(q2,), (q3,)])


def test_one_interpreter_or_day_colours_accounts_and_makes_no_group_of_them(
    service: Service, case: str, tmp_path: Path
) -> None:
    """The two statements stay separate but count for less than two, until someone decides that they are independent."""
    local = service.session(accounts.only_account(service.database, ""), "tests", case)
    files = {
        "people": ["id,name,category,handling", *PEOPLE],
        "statements": [
            "id,kind,source_id,handling,interpreter_id,taken_on",
            "T1,witness,W1,P,I,2020-06-01",
            "T2,witness,W2,P,I,2020-07-01",
            "T3,witness,W3,C,,2020-07-01",
        ],
        "links": ["subject_id,relation,object_id,statement_id", *(f"B,DIRECTED,A,T{n}" for n in (1, 2, 3))],
    }
    folder = texts(tmp_path / "coloured", **{name: "\n".join(lines) + "\n" for name, lines in files.items()})
    local.deliveries.load(folder, quiet)
    q1, q2, q3 = (source(service, case, f"W{n}") for n in (1, 2, 3))
    session = reader(service, case)
    assert [len(group.sources) for group in session.leads.groups.of()] == [1, 1, 1]
    worth, across = session.leads.groups.colouring()
    assert worth == pytest.approx(1 / 1.3 + 1 / 1.4 + 1 / 1.1)
    assert {(overlap.reason, overlap.thing, overlap.sources) for overlap in across} == {
        ("interpreter", "I", tuple(sorted((q1, q2)))),
        ("day", "2020-07-01", tuple(sorted((q2, q3)))),
    }
    figures = image(service, case).links[DIRECTED]
    assert (figures["groups"], figures["groups_p"]) == (3, 2)
    assert figures["independent"] == pytest.approx(worth, abs=1e-5)
    assert figures["independent_p"] == pytest.approx(2 / 1.3, abs=1e-5)
    assert session.network.entities.link(*DIRECTED)["independent"] == figures["independent"]
    (lead,) = [lead for lead in session.leads.ranking().leads if lead.id == "B"]
    assert lead.independent == figures["independent"]
    # Readers without source clearance do not see the figure. Readers without C see the figure for P.
    bare = reader(service, case, sources=False)
    assert "independent" not in bare.network.entities.link(*DIRECTED)
    assert {lead.independent for lead in bare.leads.ranking().leads} == {None}
    with pytest.raises(Refused, match="source clearance"):
        bare.leads.groups.colouring()
    assert reader(service, case, "P").leads.groups.colouring()[0] == pytest.approx(2 / 1.3)
    session.leads.groups.decide(q1, q2, "independent", REASON, quiet, "P")
    assert image(service, case).links[DIRECTED]["independent_p"] == 2.0
    assert [overlap.reason for overlap in session.leads.groups.colouring()[1]] == ["day"]


def test_two_who_are_independent_after_all_count_twice_until_it_is_taken_back(
    service: Service, loaded_case: str
) -> None:
    q1, q2 = source(service, loaded_case, "W1"), source(service, loaded_case, "W2")
    session, before = reader(service, loaded_case), image(service, loaded_case)
    assert (groups(service, loaded_case), groups(service, loaded_case, "_p")) == (1, 1)
    version = session.version
    first = session.leads.groups.decide(q2, q1, "independent", REASON, quiet, "P")
    # W4, who shares the boat with both, connects all four. W4 is under C, so under P the two stay apart.
    assert (groups(service, loaded_case), groups(service, loaded_case, "_p")) == (1, 2)
    assert session.version > version
    second = session.leads.groups.decide(q1, source(service, loaded_case, "W4"), "independent", REASON, quiet)
    session.leads.groups.decide(q2, source(service, loaded_case, "W4"), "independent", REASON, quiet)
    assert (groups(service, loaded_case), groups(service, loaded_case, "_p")) == (3, 2)
    belief = "belief"
    assert image(service, loaded_case).links[DIRECTED][belief] > before.links[DIRECTED][belief]
    groups_of_b = session.leads.look("B")[1].groups
    assert len(groups_of_b) == 3
    for pairing in session.leads.groups.pairings():
        session.leads.groups.end(pairing.id, "they had met", quiet)
    assert image(service, loaded_case) == before
    history = session.leads.groups.pairings()
    assert {pairing.id for pairing in history} >= {first, second}
    assert all(pairing.ended_by == "pat" and pairing.ended_reason == "they had met" for pairing in history)


def test_two_who_depend_on_each_other_after_all_count_once(service: Service, loaded_case: str) -> None:
    local = service.session(accounts.only_account(service.database, ""), "tests", loaded_case)
    q2, q3 = (source(service, loaded_case, f"W{n}") for n in (2, 3))
    session = reader(service, loaded_case)
    assert [len(group.sources) for group in session.leads.groups.of([q2, q3])] == [1, 1]
    session.leads.groups.decide(q2, q3, "dependent", REASON, quiet, "P")
    (group,) = session.leads.groups.of([q2, q3])
    assert [decision.kind for decision in group.decided] == ["dependent"]
    # The decision outlasts a later delivery, and the undo of that delivery.
    number = local.deliveries.load(write(service.settings.home / "more", [*LINKS, "A,PAID,B,T1"]), quiet).delivery
    assert len(session.leads.groups.of([q2, q3])) == 1
    assert number is not None
    local.deliveries.undo(number, quiet)
    assert len(session.leads.groups.of([q2, q3])) == 1
    # The opposite decision replaces the first.
    session.leads.groups.decide(q2, q3, "independent", "the book was another one", quiet, "P")
    newest, oldest = session.leads.groups.pairings()
    assert (newest.kind, newest.ended_at, oldest.kind, oldest.ended_by) == ("independent", None, "dependent", "pat")
    assert len(session.leads.groups.of([q2, q3])) == 2


def test_what_was_decided_under_c_moves_nothing_for_those_cleared_for_p(service: Service, loaded_case: str) -> None:
    q1, q2 = source(service, loaded_case, "W1"), source(service, loaded_case, "W2")
    low, before = reader(service, loaded_case, "P"), image(service, loaded_case).links[DIRECTED]
    earlier = [low.leads.groups.of(), low.leads.groups.pairings(), low.leads.ranking()]
    reader(service, loaded_case).leads.groups.decide(q1, q2, "independent", REASON, quiet)
    after = image(service, loaded_case).links[DIRECTED]
    assert {name: after[name] for name in after if name.endswith("_p")} == {
        name: before[name] for name in before if name.endswith("_p")
    }
    assert [low.leads.groups.of(), low.leads.groups.pairings(), low.leads.ranking()] == earlier
    # The same decision under P counts at P, and the decision under C stays.
    assert low.leads.groups.decide(q1, q2, "independent", "known to both of them", quiet)
    assert [pairing.handling for pairing in low.leads.groups.pairings()] == ["P"]
    assert sorted(
        pairing.handling for pairing in reader(service, loaded_case).leads.groups.pairings() if pairing.ended_at is None
    ) == [
        "C",
        "P",
    ]


def test_what_was_decided_under_p_reaches_rankings_and_groups_under_p(
    service: Service, case: str, tmp_path: Path
) -> None:
    """This holds even if no figure of a link changes: two witnesses speak about different links of one lead."""
    local = service.session(accounts.only_account(service.database, ""), "tests", case)
    local.deliveries.load(write(tmp_path / "case", ["B,DIRECTED,A,T1", "B,DIRECTED,I,T2"]), quiet)
    low, before = reader(service, case, "P"), image(service, case)
    assert len(low.leads.look("B")[1].groups) == 2
    ranking = low.leads.ranking()
    q1, q2 = source(service, case, "W1"), source(service, case, "W2")
    reader(service, case).leads.groups.decide(q1, q2, "dependent", REASON, quiet, "P")
    assert image(service, case) == before
    assert len(low.leads.look("B")[1].groups) == 1
    figures = [low.leads.ranking(), low.leads.look("B"), low.leads.groups.of()]
    service.forget()
    assert [low.leads.ranking(), low.leads.look("B"), low.leads.groups.of()] == figures
    assert figures[0] != ranking


@pytest.mark.parametrize("handling", ["C", "P"])
def test_a_decision_closes_the_case_to_those_for_whom_it_counts(
    service: Service, loaded_case: str, monkeypatch: pytest.MonkeyPatch, handling: str
) -> None:
    high, low = reader(service, loaded_case), reader(service, loaded_case, "P")
    seen: list[tuple[str, str]] = []
    carried_out = service.casework.replay.write

    def looks(*arguments: Any) -> None:
        seen.append((high.cases()[0].state, low.cases()[0].state))
        carried_out(*arguments)

    monkeypatch.setattr(service.casework.replay, "write", looks)
    q1, q2 = source(service, loaded_case, "W1"), source(service, loaded_case, "W2")
    decided = high.leads.groups.decide(q1, q2, "independent", REASON, quiet, handling)
    high.leads.groups.end(decided, "they had met", quiet)
    assert seen == [("loading", "open" if handling == "C" else "loading")] * 2


def test_it_takes_role_source_clearance_and_sources_that_are_there(service: Service, loaded_case: str) -> None:
    q1, q2, q4 = (source(service, loaded_case, f"W{n}") for n in (1, 2, 4))
    for session in (
        reader(service, loaded_case, "C", "analyst", sources=False),
        reader(service, loaded_case, "C", "custodian"),
        reader(service, loaded_case, "C", "auditor", "administrator"),
    ):
        for act in (
            session.leads.groups.of,
            session.leads.groups.pairings,
            lambda s=session: s.leads.groups.decide(q1, q2, "independent", REASON, quiet),
            lambda s=session: s.leads.groups.start_deciding(q1, q2, "independent", REASON),
            lambda s=session: s.leads.groups.start_ending("x", REASON),
            lambda s=session: s.leads.groups.end("x", REASON, quiet),
        ):
            with pytest.raises((Refused, NotFound)):
                act()
    with pytest.raises(Refused):
        reader(service, loaded_case, "C", "investigator").leads.groups.decide(q1, q2, "independent", REASON, quiet)
    session = reader(service, loaded_case)
    for pair, kind, reason, handling, error in (
        ((q1, q1), "independent", REASON, "", RequestError),
        ((q1, "Q-0000-0000-0000"), "independent", REASON, "", NotFound),
        ((q1, q2), "cousins", REASON, "", RequestError),
        ((q1, q2), "independent", "  ", "", RequestError),
        ((q1, q2), "independent", "x" * 2001, "", RequestError),
        ((q1, q2), "independent", REASON, "Q", RequestError),
        ((q1, q4), "independent", REASON, "P", RequestError),
    ):
        with pytest.raises(error):
            session.leads.groups.decide(*pair, kind, reason, quiet, handling)
        with pytest.raises(error):
            session.leads.groups.start_deciding(*pair, kind, reason, handling)
    low = reader(service, loaded_case, "P")
    with pytest.raises(NotFound):
        low.leads.groups.decide(q1, q4, "independent", REASON, quiet)
    with pytest.raises(Refused):
        low.leads.groups.decide(q1, q2, "independent", REASON, quiet, "C")
    assert session.leads.groups.pairings() == []
    assert session.cases()[0].state == "open"
    session.leads.groups.decide(q1, q2, "independent", REASON, quiet)
    with pytest.raises(RequestError, match="already"):
        session.leads.groups.decide(q2, q1, "independent", REASON, quiet)
    (only,) = session.leads.groups.pairings()
    with pytest.raises(NotFound):
        low.leads.groups.end(only.id, REASON, quiet)


def test_the_reason_is_sealed_and_masked_and_the_act_is_in_the_log(service: Service, loaded_case: str) -> None:
    q1, q2 = source(service, loaded_case, "W1"), source(service, loaded_case, "W2")
    reader(service, loaded_case).leads.groups.decide(q1, q2, "independent", REASON, quiet)
    (only,) = reader(service, loaded_case).leads.groups.pairings()
    assert only.reason == "[withheld]"
    with transaction(service.database) as connection:
        (row,) = connection.execute(sa.select(tables.pairings)).all()
        lines = [line for line in connection.execute(sa.select(tables.log)).all() if line.action == "regroup"]
        looked = set(connection.execute(sa.select(tables.log_sources.c.pseudonym)).scalars())
    assert b"interviewed" not in str(tuple(row)).encode()
    assert [line.detail["step"] for line in lines] == ["decide"]
    assert {q1, q2} <= looked


def test_who_is_erased_leaves_no_decision_behind(service: Service, loaded_case: str) -> None:
    q1, q2, q3 = (source(service, loaded_case, f"W{n}") for n in range(1, 4))
    session = reader(service, loaded_case)
    session.leads.groups.decide(q1, q2, "independent", REASON, quiet)
    session.leads.groups.decide(q2, q3, "dependent", REASON, quiet)
    session.leads.groups.decide(q1, q3, "independent", REASON, quiet)
    person = next(
        name for name, values in service.register.identities(loaded_case) if values.get("id") == "W2" and name != q2
    )
    service.casework.erase(loaded_case, person, "pat", "asked for", quiet)
    assert [set(pairing.pair) for pairing in session.leads.groups.pairings()] == [{q1, q3}]
    with transaction(service.database) as connection:
        assert len(connection.execute(sa.select(tables.pairings.c.id)).all()) == 1


def test_a_decision_is_kept_only_once_what_follows_from_it_is_worked_out(
    service: Service, loaded_case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    q1, q2 = source(service, loaded_case, "W1"), source(service, loaded_case, "W2")

    def fails(*_args: Any, **_named: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(replay, "build_graph", fails)
        with pytest.raises(MemoryError):
            reader(service, loaded_case).leads.groups.decide(q1, q2, "independent", REASON, quiet, "P")
    assert reader(service, loaded_case).leads.groups.pairings() == []
    assert groups(service, loaded_case, "_p") == 1


def test_a_kill_before_the_figures_are_written_is_completed(
    service: Service, loaded_case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    q1, q2 = source(service, loaded_case, "W1"), source(service, loaded_case, "W2")

    def interrupt(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(service.casework.replay, "write", interrupt)
        with pytest.raises(KeyboardInterrupt):
            reader(service, loaded_case).leads.groups.decide(q1, q2, "independent", REASON, quiet, "P")
    assert groups(service, loaded_case, "_p") == 1
    assert service.recover() == [loaded_case]
    assert groups(service, loaded_case, "_p") == 2
    (only,) = reader(service, loaded_case).leads.groups.pairings()
    assert isinstance(only, Pairing)
