"""Adding, correcting and withdrawing by form, against a real store."""

from __future__ import annotations

import doctest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.cases.deliveries import loaded, statement_form
from graphsvc.cases.deliveries.material import fold_deliveries
from graphsvc.cases.deliveries.statement_form import Form, FormPart, claim_cells, statement_cells
from graphsvc.config import Settings
from graphsvc.errors import RECORDED, NotFound, OperatorError, Refused, RequestError
from graphsvc.records import relations
from graphsvc.records.properties import LOOKED_IN
from graphsvc.service import Session
from graphsvc.service.deliveries.form import Changed, Checked
from graphsvc.service.deliveries.loading import Loading
from tests.pseudonyms import without_pseudonyms
from tests.toolbox.accounts import WHOLE, Roles
from tests.toolbox.cases import Lay, Place, open_place, send_upload
from tests.toolbox.rows import zip_tables

pytestmark = pytest.mark.neo4j

WAIT_S = 60.0
ROLES = {
    "ann": ("investigator", WHOLE),
    "ben": ("investigator", WHOLE),
    "bob": ("investigator", Grant("C")),
    "pam": ("investigator", Grant("P")),
    "dis": ("disclosure", WHOLE),
}
FILES = {
    "people": "id,name,phones,handling\nP1,Idris Karam,07700 900001,P\nP2,Ana Petrou,,P\nW1,Selam Bekele,,P\n",
    "crossings": "id,date,handling\nX1,2020-05-08,P\n",
    "statements": (
        "id,kind,source_id,handling,summary,x_ref\nR1,record,,P,Register of Selam Bekele,folder 7\nT1,witness,W1,P,,\n"
    ),
    "links": (
        "id,subject_id,relation,object_id,statement_id,notes,subject_as_said,object_as_said,x_page\n"
        "L1,P1,PILOTED,X1,R1,as Selam Bekele wrote,,,12\n"
        ",W1,CROSSED_ON,X1,R1,,our Selam,,\n"
        ",P1,DIRECTED,P2,R1,,,,\n"
        ",P1,DIRECTED,P2,T1,,,,\n"
    ),
}


def deliver(session: Session, content: bytes, **options: Any) -> None:
    upload = send_upload(session, content, **options)
    job = session.deliveries.job(session.deliveries.uploads.confirm(upload), wait_s=WAIT_S)
    assert job.state == "done", job
    assert job.result["rejected"] == 0, job


@contextmanager
def open_case(settings: Settings, roles: Roles = ROLES) -> Iterator[Place]:
    """A home with the case above, uploaded by ann."""
    with open_place(settings, roles, "ann") as place:
        place.service.jobs.every = 0.0
        deliver(place("ann"), zip_tables(**FILES))
        yield place


@pytest.fixture(scope="module")
def lay(at_server: Callable[..., Settings]) -> Lay:
    return lambda: open_case(at_server())


@pytest.fixture
def ann(people: Place) -> Session:
    return people("ann")


def enter_form(session: Session, form: Form) -> int:
    """Load a form and return the delivery's number."""
    checked = session.deliveries.form.check(form)
    assert checked.faults == []
    job = session.deliveries.job(session.deliveries.form.enter(form), wait_s=WAIT_S)
    assert job.state == "done", job
    assert job.result["committed"], job
    assert checked.counts == job.result["counts"]
    number: int = job.result["delivery"]
    return number


def everything(session: Session) -> Any:
    """Everything a reader finds in the case."""
    names = ("cases.entities", "cases.claims", "cases.links")
    return [session.ask.rows(name, whole=True).rows for name in names]


def report(session: Session, *claims: dict[str, str], new: tuple[FormPart, ...] = (), **cells: str) -> Form:
    """A form with an intelligence report of these claims."""
    statement = {"kind": "intelligence", "handling": "P", "assessment": "B", **cells}
    parts = tuple(FormPart(f"c{place}", "links", claim) for place, claim in enumerate(claims, start=1))
    return replace(session.deliveries.form.new(), statement=statement, claims=parts, new=new)


def link(subject: str, relation: str, target: str, **cells: str) -> dict[str, str]:
    return {"subject_id": subject, "relation": relation, "object_id": target, **cells}


def correction(session: Session, statement: str, **cells: str) -> Form:
    """The form of a statement as it opens, with some cells changed."""
    now = session.deliveries.form.correctable(statement)
    typed = {
        name: cell
        for name, cell in statement_cells(now.values).items()
        if name in session.deliveries.form.correctable_columns()
    }
    return replace(
        session.deliveries.form.new(), of=statement, seen=now.seen, reason="misheard", statement=typed | cells
    )


def correct_claim(session: Session, statement: str, current_relation: str, fate: str = "stands", **cells: str) -> Form:
    """A form that corrects the statement's claim of a relation."""
    now = session.deliveries.form.correctable(statement)
    row = next(claim for claim in now.claims if claim["relation"] == current_relation and claim["status"] == "active")
    part = FormPart("c1", "links", claim_cells(row) | cells, claim=row["claim"], fate=fate)
    return replace(correction(session, statement), claims=(part,))


def claims_by_relation(session: Session, statement: str) -> dict[str, tuple[Any, ...]]:
    """Relation → content of the statement's claim."""
    return {
        row["relation"]: (row["subject"], row["object"], row["polarity"], row["status"], row["notes"])
        for row in session.deliveries.statements.look(statement).claims
    }


@pytest.mark.parametrize("module", [relations, statement_form, loaded], ids=["relations", "typed", "loaded"])
def test_examples_hold(module: Any) -> None:
    tried = doctest.testmod(module)
    assert (tried.attempted > 0, tried.failed) == (True, 0)


@pytest.mark.changes
def test_what_was_added_by_form_stays_when_an_earlier_delivery_is_undone(ann: Session) -> None:
    enter_form(ann, report(ann, link("P1", "DIRECTED", "P2")))
    form = replace(correction(ann, "R1"), claims=(FormPart("c1", "links", link("P2", "ASSISTED", "X1")),))
    enter_form(ann, form)
    assert not [note for note in ann.deliveries.undoing(1) if "row" in note]
    ann.deliveries.job(ann.deliveries.take_back(1), wait_s=WAIT_S)
    relations = {row["relation"] for row in ann.ask.rows("cases.links", whole=True).dicts()}
    assert relations >= {"DIRECTED", "ASSISTED"}


@pytest.mark.changes
def test_what_is_added_is_there_and_taken_back_leaves_the_case_as_it_was(ann: Session) -> None:
    before = everything(ann)
    person = FormPart("new1", "people", {"name": "Omar Said", "phones": "07700 900123"})
    form = report(ann, link("P1", "DIRECTED", "new1", place="Calais"), link("new1", "PILOTED", "X1"), new=(person,))
    number = enter_form(ann, form)
    statement, (omar,) = ann.deliveries.form.find_added(form.token, ["new1"])
    assert ann.network.entities.look(omar).name == "Omar Said"
    assert claims_by_relation(ann, statement)["PILOTED"][:4] == (omar, "X1", "asserts", "active")
    assert ann.deliveries.statements.look(statement).values["assessment"] == "B"
    assert ann.network.entities.between("P1", "DIRECTED", omar).dicts()[0]["place"] == "Calais"
    assert ann.deliveries.job(ann.deliveries.take_back(number), wait_s=WAIT_S).state == "done"
    assert everything(ann) == before
    assert ann.deliveries.form.find_added(form.token, ["new1"]) == ("", [])


@pytest.mark.changes
def test_the_same_form_twice_adds_nothing_twice_and_never_changes_what_it_added(ann: Session) -> None:
    form = report(ann, link("P1", "PAID", "P2", amount="100", currency="GBP"))
    number = enter_form(ann, form)
    before = everything(ann)
    again = ann.deliveries.job(ann.deliveries.form.enter(form), wait_s=WAIT_S)
    assert (again.result["committed"], again.result["same_as"]) == (False, number)
    with pytest.raises(RequestError, match="added already"):
        ann.deliveries.form.check(replace(form, claims=(replace(form.claims[0], cells=link("P2", "PAID", "P1")),)))
    assert everything(ann) == before


@pytest.mark.changes
def test_ids_of_what_is_added_tell_nothing_and_are_no_pseudonyms(ann: Session) -> None:
    form = report(ann, link("new1", "PILOTED", "X1"), new=(FormPart("new1", "people", {"name": "Omar Said"}),))
    enter_form(ann, form)
    statement, (omar,) = ann.deliveries.form.find_added(form.token, ["new1"])
    assert statement != omar
    assert [identifier[:2] for identifier in (statement, omar)] == ["N-", "N-"]


@pytest.mark.changes
def test_a_source_who_is_new_is_sealed_and_told_by_pseudonym(people: Place, ann: Session) -> None:
    form = report(
        ann,
        link("new1", "CROSSED_ON", "X1"),
        new=(FormPart("new1", "people", {"name": "Layla Rostami"}),),
        kind="witness",
        source_id="new1",
    )
    enter_form(ann, form)
    statement, (layla,) = ann.deliveries.form.find_added(form.token, ["new1"])
    assert layla.startswith("S-")
    assert ann.network.entities.look(layla).name == layla
    assert ann.deliveries.statements.look(statement).values["source"].startswith("Q-")
    bob = people("bob")
    assert bob.deliveries.form.find_added(form.token, ["new1"]) == ("", [layla])


@pytest.mark.changes
def test_who_is_sealed_is_named_by_the_pseudonym_that_pages_show(ann: Session) -> None:
    sealed = next(
        row["subject"] for row in ann.deliveries.statements.look("R1").claims if row["relation"] == "CROSSED_ON"
    )
    assert sealed.startswith("S-")
    form = report(ann, link("P1", "TRANSPORTED", sealed), kind="witness", source_id=sealed)
    enter_form(ann, form)
    statement, _ = ann.deliveries.form.find_added(form.token)
    assert claims_by_relation(ann, statement)["TRANSPORTED"][1] == sealed
    # The new statement and the delivered one have the same source.
    assert (
        ann.deliveries.statements.look(statement).values["source"]
        == ann.deliveries.statements.look("T1").values["source"]
    )


@pytest.mark.parametrize("hidden", ["W1", "nobody at all"])
def test_a_delivered_id_that_pages_do_not_show_is_as_one_that_is_not_there(ann: Session, hidden: str) -> None:
    (fault,) = ann.deliveries.form.check(report(ann, link("P1", "TRANSPORTED", hidden))).faults
    assert (fault.field, fault.meant) == ("c1.object_id", ())
    assert "nobody and nothing that you can see" in fault.reason
    assert hidden not in fault.reason


def test_a_name_is_asked_about_and_never_guessed(ann: Session) -> None:
    (fault,) = ann.deliveries.form.check(report(ann, link("Idris", "PILOTED", "X1"))).faults
    assert fault.field == "c1.subject_id"
    assert [row["id"] for row in fault.meant] == ["P1"]
    with pytest.raises(RequestError, match="cannot be loaded yet"):
        ann.deliveries.form.enter(report(ann, link("Idris", "PILOTED", "X1")))


def faults(checked: Checked) -> dict[str, str]:
    return {fault.field: fault.reason for fault in checked.faults}


def test_every_fault_is_told_by_its_field_at_once(ann: Session) -> None:
    boat = FormPart("new1", "boats", {"length_m": "long"})
    form = report(
        ann,
        link("nobody", "PILOTED", "X1", from_date="yesterday"),
        link("P1", "SUPPLIED", "new1"),
        new=(boat,),
        taken_on="8 May",
    )
    by_field = faults(ann.deliveries.form.check(form))
    assert set(by_field) == {"c1.subject_id", "c1.from_date", "new1.length_m", "s.taken_on"}
    assert "2020-05-08" in by_field["s.taken_on"]


def test_a_relation_fits_the_kinds_of_both_ends_and_a_claim_is_no_more_open_than_its_statement(ann: Session) -> None:
    by_field = faults(ann.deliveries.form.check(report(ann, link("X1", "PILOTED", "P1"), link("P1", "", "X1"))))
    assert "is a crossing, but PILOTED takes a person" in by_field["c1.subject_id"]
    assert by_field["c2.relation"] == "is empty, but must be filled"
    form = report(ann, link("P1", "PILOTED", "X1", handling="P"), handling="C", conditions="ask first")
    assert "may only become stricter" in faults(ann.deliveries.form.check(form))["c1.handling"]


def test_who_may_be_the_same_is_shown_before_anything_is_added(ann: Session) -> None:
    person = FormPart("new1", "people", {"name": "Idris Karam", "phones": "07700 900001"})
    checked = ann.deliveries.form.check(report(ann, link("new1", "PILOTED", "X1"), new=(person,)))
    (same,) = checked.alike["new1"]
    assert (same["id"], same["by"]) == ("P1", ["name Idris Karam", "phones 07700 900001"])
    # A sealed person is not found by name.
    sealed = FormPart("new1", "people", {"name": "Selam Bekele"})
    assert ann.deliveries.form.check(report(ann, link("new1", "PILOTED", "X1"), new=(sealed,))).alike == {}


def raw(session: Session) -> tuple[Any, Any]:
    """The loaded rows of statements and claims, by delivered id."""
    casework = session.ask.home.casework
    state = fold_deliveries(
        casework.replay.open_deliveries(session.case, casework.register.key(session.case, create=False))
    )
    return (
        {identifier: row.values for identifier, row in state.records["statements"].items()},
        {key: (row.values, row.status) for key, row in state.claims.items()},
    )


@pytest.mark.changes
def test_a_claim_is_corrected_and_nothing_else_of_its_statement_moves(ann: Session) -> None:
    statements, claims = raw(ann)
    enter_form(ann, correct_claim(ann, "R1", "PILOTED", place="Dunkirk", from_date="8/5/2020"))
    after, now = raw(ann)
    assert now["id", "L1"][0] == claims["id", "L1"][0] | {"place": "Dunkirk", "from_date": "2020-05-08"}
    assert {key: row for key, row in now.items() if key != ("id", "L1")} == {
        key: row for key, row in claims.items() if key != ("id", "L1")
    }
    # Cells that the form omits or masks stay as delivered.
    assert after["R1"] == statements["R1"] | {"x_correction_reason": "misheard"}
    assert after["R1"]["x_ref"] == "folder 7"
    assert now["id", "L1"][0]["notes"] == "as Selam Bekele wrote"
    assert now["id", "L1"][0]["x_page"] == "12"


@pytest.mark.changes
def test_a_claim_told_by_its_content_is_superseded_by_what_it_is_corrected_to(ann: Session) -> None:
    enter_form(ann, correct_claim(ann, "R1", "DIRECTED", relation="RECRUITED"))
    claims = claims_by_relation(ann, "R1")
    assert claims["DIRECTED"][3] == "superseded"
    assert claims["RECRUITED"][:4] == ("P1", "P2", "asserts", "active")
    assert len(ann.deliveries.statements.look("R1").claims) == 4


@pytest.mark.changes
def test_words_for_somebody_sealed_are_kept_though_no_form_shows_them(ann: Session) -> None:
    form = correct_claim(ann, "R1", "CROSSED_ON", weight="2")
    assert form.claims[0].cells["subject_as_said"] == ""
    enter_form(ann, form)
    rows = [row for row, _ in raw(ann)[1].values() if row["relation"] == "CROSSED_ON"]
    assert [(row["subject_id"], row["subject_as_said"], row["weight"]) for row in rows] == [("W1", "our Selam", 2)]


@pytest.mark.changes
def test_withdrawn_and_mistaken_claims_stay_without_weight_and_undo_gives_it_back(ann: Session) -> None:
    before = everything(ann)
    number = enter_form(ann, correct_claim(ann, "R1", "PILOTED", fate="withdrawn"))
    assert claims_by_relation(ann, "R1")["PILOTED"][2:4] == ("withdrawn", "withdrawn")
    assert ann.deliveries.job(ann.deliveries.take_back(number), wait_s=WAIT_S).state == "done"
    assert everything(ann) == before
    enter_form(ann, correct_claim(ann, "R1", "PILOTED", fate="mistake"))
    assert claims_by_relation(ann, "R1")["PILOTED"][2:4] == ("asserts", "superseded")


@pytest.mark.changes
def test_a_statement_is_withdrawn_and_graded_anew(ann: Session) -> None:
    enter_form(ann, correction(ann, "T1", status="withdrawn", status_on="2020-06", assessment="E"))
    values = ann.deliveries.statements.look("T1").values
    assert (values["status"], values["status_on"], values["assessment"]) == ("withdrawn", "2020-06", "E")
    assert claims_by_relation(ann, "T1")["DIRECTED"][3] == "withdrawn"
    assert values["source"].startswith("Q-")


@pytest.mark.changes
def test_a_claim_is_added_to_a_statement_that_is_there(ann: Session) -> None:
    form = replace(correction(ann, "R1"), claims=(FormPart("c1", "links", link("P2", "ASSISTED", "X1")),))
    enter_form(ann, form)
    assert claims_by_relation(ann, "R1")["ASSISTED"][:4] == ("P2", "X1", "asserts", "active")
    assert len(ann.deliveries.statements.look("R1").claims) == 4


def test_without_a_reason_or_a_change_nothing_is_corrected(ann: Session) -> None:
    before = everything(ann)
    assert faults(ann.deliveries.form.check(replace(correction(ann, "R1", assessment="A"), reason=""))).keys() == {
        "reason"
    }
    with pytest.raises(RequestError, match="Nothing is changed yet"):
        ann.deliveries.form.check(correction(ann, "R1"))
    with pytest.raises(RequestError, match="is not in this statement"):
        ann.deliveries.form.check(
            replace(correction(ann, "R1"), claims=(FormPart("c1", "links", claim="0" * 24, fate="mistake"),))
        )
    assert everything(ann) == before


@pytest.mark.changes
def test_who_comes_second_is_told_and_nothing_is_lost(people: Place, ann: Session) -> None:
    bob = people("ben")
    mine = correct_claim(bob, "R1", "PILOTED", place="Calais")
    enter_form(ann, correct_claim(ann, "R1", "PILOTED", place="Dunkirk"))
    with pytest.raises(Changed, match="changed since"):
        bob.deliveries.form.check(mine)
    job = bob.deliveries.job(bob.deliveries.form.enter(mine), wait_s=WAIT_S)
    assert (job.state, "changed since" in job.said) == ("failed", True)
    (row,) = [row for row in ann.deliveries.statements.look("R1").claims if row["relation"] == "PILOTED"]
    assert row["place"] == "Dunkirk"
    latest = bob.deliveries.statements.history("R1")[0]
    assert (latest.account, latest.claims[0]["place"], latest.claims[0]["before"]) == (
        "ann",
        "Dunkirk",
        {"place": None},
    )
    enter_form(bob, correct_claim(bob, "R1", "PILOTED", place="Calais"))


@pytest.mark.changes
def test_history_shows_every_version_as_the_graph_holds_it(ann: Session) -> None:
    enter_form(ann, correct_claim(ann, "R1", "PILOTED", assessment="A"))
    enter_form(ann, correct_claim(ann, "R1", "DIRECTED", fate="mistake"))
    last, graded, first = ann.deliveries.statements.history("R1")
    assert [version.delivery for version in (last, graded, first)] == [3, 2, 1]
    assert [(row["relation"], row["did"]) for row in last.claims] == [("DIRECTED", "superseded")]
    (row,) = graded.claims
    assert (row["did"], row["before"], row["assessment"]) == ("changed", {"assessment": "D"}, "A")
    assert row["belief_before"] < row["belief"]
    assert (graded.reason, first.reason) == ("misheard", "")
    assert {row["did"] for row in first.claims} == {"added"}
    assert first.statement["summary"][1] == "[withheld]"
    assert "Selam" not in repr([last, graded, first])
    assert "W1" not in without_pseudonyms(repr([last, graded, first]))


@pytest.mark.changes
def test_a_statement_whose_id_names_somebody_sealed_is_corrected_by_the_id_that_pages_show(ann: Session) -> None:
    files = {
        "people": "id,name\nP1,Idris Karam\n",
        "crossings": "id,date\nX1,2020-05-08\n",
        "statements": "id,kind,handling\nnote on Selam Bekele,record,P\n",
        "links": "subject_id,relation,object_id,statement_id\nP1,ORGANISED,X1,note on Selam Bekele\n",
    }
    deliver(ann, zip_tables(**FILES | files), partial=True)
    masked_id = next(row["statement"] for row in ann.network.entities.between("P1", "ORGANISED", "X1").dicts())
    assert "Selam" not in masked_id
    enter_form(ann, correct_claim(ann, masked_id, "ORGANISED", place="Calais"))
    last, first = ann.deliveries.statements.history(masked_id)
    assert (last.claims[0]["place"], first.claims[0]["did"]) == ("Calais", "added")
    assert "Selam" not in repr([last, first])
    assert "note on Selam Bekele" in raw(ann)[0]


@pytest.mark.changes
def test_history_and_corrections_withhold_what_takes_source_clearance(people: Place, ann: Session) -> None:
    enter_form(ann, correction(ann, "R1", interest="was promised leave", interpreter_id="P2"))
    bob = people("bob")
    assert "promised" in repr(ann.deliveries.statements.history("R1"))
    history = bob.deliveries.statements.history("R1")
    text = repr(history)
    assert "promised" not in text
    assert not {name for version in history for name in version.statement} & {"interest", *LOOKED_IN}
    assert "interpreter" not in text
    assert not {"interest", "interpreter_id", "source_id"} & set(bob.deliveries.form.correctable_columns())
    # Users cannot change what they may not see, whatever they send.
    enter_form(
        bob,
        replace(
            correction(bob, "R1", assessment="C"), statement={"assessment": "C", "interest": "none", "source_id": "P1"}
        ),
    )
    statement = raw(ann)[0]["R1"]
    assert (statement["interest"], statement["interpreter_id"], statement.get("source_id")) == (
        "was promised leave",
        "P2",
        None,
    )


@pytest.mark.parametrize("act", ["form.correctable", "statements.history"])
def test_the_statement_of_a_witness_is_not_there_without_source_clearance(
    people: Place, ann: Session, act: str
) -> None:
    bob = people("bob")
    with pytest.raises(NotFound) as hidden:
        attrgetter(act)(bob.deliveries)("T1")
    with pytest.raises(NotFound) as absent:
        attrgetter(act)(bob.deliveries)("T9")
    assert str(hidden.value).replace("T1", "T9") == str(absent.value)
    attrgetter(act)(ann.deliveries)("T1")


@pytest.mark.changes
def test_the_check_of_a_correction_counts_no_claim_that_its_author_cannot_see(people: Place, ann: Session) -> None:
    bob = people("bob")
    before = bob.deliveries.form.check(correction(bob, "R1", assessment="C")).counts
    links = "subject_id,relation,object_id,statement_id\nW1,SAME_AS,P1,R1\n"
    deliver(ann, zip_tables(people="id\n", links=links), partial=True)
    assert bob.deliveries.form.check(correction(bob, "R1", assessment="C")).counts == before
    enter_form(bob, correction(bob, "R1", assessment="C"))


def test_it_takes_what_loading_takes(people: Place, ann: Session) -> None:
    form = report(ann, link("P1", "PAID", "P2"))
    for name in ("pam", "dis"):
        reader = people(name)
        for act in (reader.deliveries.form.check, reader.deliveries.form.enter):
            with pytest.raises(Refused):
                act(form)
        with pytest.raises(Refused):
            reader.deliveries.form.correctable("R1")
    with pytest.raises(Refused, match="handling code C"):
        people("pam").deliveries.statements.history("R1")


@pytest.mark.parametrize("recorded", [True, False])
def test_an_upload_waits_where_nothing_of_it_is_recorded(
    recorded: bool, people: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start completes a recorded upload without its file, so keeping the file would serve nothing."""
    session = people("ann")
    upload = send_upload(session, zip_tables(**FILES))

    def ending(*_given: Any, **_more: Any) -> None:
        RECORDED.set(frozenset({people.case}) if recorded else frozenset())
        raise OperatorError("Neo4j does not answer.")

    monkeypatch.setattr(Loading, "load", ending)
    job = session.deliveries.job(session.deliveries.uploads.confirm(upload), wait_s=WAIT_S)
    assert job.state == "failed"
    waiting = [entry.id for entry in session.deliveries.uploads.list_uploads()]
    assert (upload in waiting) == (not recorded)
    if not recorded:
        session.deliveries.uploads.cancel(upload)


def test_a_preview_waits_while_the_case_is_looked_at_or_loaded(people: Place) -> None:
    """Otherwise the second of two previews by the same person fails, with the advice to correct the file."""
    session = people("ann")
    upload = send_upload(session, zip_tables(**FILES))
    with people.service.casework._locks.case(people.case):
        job = session.deliveries.uploads.start_preview(upload)
        for _ in range(200):
            if "waiting until" in session.deliveries.job(job, wait_s=0.1).text:
                break
        assert session.deliveries.job(job).state == "running"
    assert session.deliveries.job(job, wait_s=WAIT_S).state == "done"
    session.deliveries.uploads.cancel(upload)
