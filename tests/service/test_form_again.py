"""Forms once more: what an old form, a correction or a reveal shows must not depend on what readers may not see."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.cases.deliveries.statement_form import Form, FormPart, statement_cells
from graphsvc.errors import RequestError
from graphsvc.service import Session
from tests.service.test_hidden_before import BOTH, empty
from tests.service.test_rows_set_aside import REPORT, STATEMENT, deliver, service
from tests.service.test_waiting import Place
from tests.toolbox.rows import statement_claims

__all__ = ["empty", "service"]
pytestmark = pytest.mark.neo4j
CELLS = {"kind": "intelligence", "handling": "P", "source_grade": "1", "assessment": "A"}
SUSPECT = {"name": "Quentin Zal", "category": "suspect", "handling": "P"}
# What a colleague with source clearance adds to the statement or to its new person.
COMPLETED: dict[str, tuple[str, dict[str, str]]] = {
    "interpreter": ("statements", {"interpreter_id": "aide"}),
    "interest": ("statements", {"interest": "debts"}),
    "handle": ("statements", {"source_id": "H-77"}),
    "witness": ("people", {"category": "suspect;witness"}),
    "birth": ("people", {"date_of_birth": "2011-03-02"}),
    "sealed": ("people", {"sealed": "yes"}),
    "name": ("people", {"name": "Rana Moss", "sealed": "yes"}),
}


def fill_in(session: Session, statement: dict[str, str], person: dict[str, str], of: Form | None = None) -> Form:
    pilot = FormPart("c1", "links", {"subject_id": "new1", "relation": "PILOTED", "object_id": "C1"})
    begun = of or session.deliveries.form.new()
    new = (FormPart("new1", "people", {**SUSPECT, **person}),)
    return replace(begun, statement={**CELLS, **statement}, claims=(pilot,), new=new)


def answer(session: Session, form: Form) -> str:
    try:
        checked = session.deliveries.form.check(form)
    except RequestError as error:
        return str(error)
    return repr((checked.faults, checked.counts, checked.same_as))


def guesses(session: Session, mine: Form) -> Iterator[str]:
    """Yield the answers to the form as it was, and with each cell that somebody may have filled in since."""
    yield answer(session, mine)
    for table, cells in COMPLETED.values():
        statement, person = (cells, {}) if table == "statements" else ({}, cells)
        yield answer(session, fill_in(session, statement, person, mine))


@pytest.mark.parametrize("completed", COMPLETED)
def test_an_old_form_confirms_no_guess_at_what_was_added_since(empty: Place, tmp_path: Path, completed: str) -> None:
    tom = empty.as_("tom")
    mine = fill_in(tom, {}, {})
    assert tom.deliveries.job(tom.deliveries.form.enter(mine), wait_s=60).result["committed"]
    statement, (person,) = tom.deliveries.form.find_added(mine.token, ["new1"])
    before = list(guesses(tom, mine))
    assert len(set(before)) == 2  # as it was, or with anything else
    table, cells = COMPLETED[completed]
    row = {"id": statement, **CELLS} if table == "statements" else {"id": person, **SUSPECT}
    deliver(empty, tmp_path, "ann", **{table: [{**row, **cells}]})
    assert list(guesses(tom, mine)) == before
    assert len(tom.deliveries.form.find_added(mine.token, ["new1"])[1]) == 1


def test_what_a_form_added_stays_listed_when_a_person_becomes_a_witness(empty: Place, tmp_path: Path) -> None:
    tom = empty.as_("tom")
    mine = fill_in(tom, {}, {})
    tom.deliveries.job(tom.deliveries.form.enter(mine), wait_s=60)
    added = tom.deliveries.form.find_added(mine.token, ["new1"])
    (person,) = added[1]
    deliver(empty, tmp_path, "ann", people=[{"id": person, **SUSPECT, "category": "suspect;witness"}])
    assert tom.deliveries.form.find_added(mine.token, ["new1"]) == added


def test_the_reason_of_a_correction_is_on_no_page(empty: Place, tmp_path: Path) -> None:
    links = statement_claims("R2", "boss PAID aide")
    deliver(empty, tmp_path, "ann", statements=[REPORT], links=links)
    tom, ann = empty.as_("tom"), empty.as_("ann")
    before = tom.deliveries.statements.look("R2").values
    now = ann.deliveries.form.correctable("R2")
    cells = {**statement_cells(now.values), "interpreter_id": "aide"}
    corrected = replace(ann.deliveries.form.new(), of="R2", seen=now.seen, reason="a friend said so", statement=cells)
    job = ann.deliveries.job(ann.deliveries.form.enter(corrected), wait_s=60)
    assert job.result["committed"]
    assert tom.deliveries.statements.look("R2").values == before
    assert ann.deliveries.statements.history("R2")[0].reason == "a friend said so"
    assert "a friend said so" not in repr(tom.deliveries.statements.history("R2"))


@pytest.mark.parametrize(("clearance", "seen"), [(Grant("C"), []), (Grant("C", sources=True), ["witness"])])
def test_a_reveal_shows_who_is_a_witness_with_source_clearance_alone(
    empty: Place, tmp_path: Path, clearance: Grant, seen: list[str]
) -> None:
    people = [{"id": "v1", "name": "Rana Moss", "handling": "P", "category": "witness"}]
    links = statement_claims("R2", "v1 CROSSED_ON C1")
    deliver(empty, tmp_path, "ann", people=people, statements=[REPORT], links=links)
    names = {"custodian": "k" + uuid.uuid4().hex[:8], "supervisor": "s" + uuid.uuid4().hex[:8]}
    for role, name in names.items():
        accounts.add(empty.service.database, name, (role,), {empty.case: clearance})
    reveals = empty.as_(names["custodian"]).protection.reveals
    request = reveals.ask(
        pseudonym(empty.service.register.key(empty.case, create=False), "person", "v1"), "they are ill"
    )
    empty.as_(names["supervisor"]).protection.reveals.agree(request)
    values: dict[str, Any] = reveals.open(request).values
    assert (values["name"], values.get("category", [])) == ("Rana Moss", seen)


def test_a_list_under_c_shows_no_charge_under_p(empty: Place, tmp_path: Path) -> None:
    both = [{"id": each, "category": "suspect", "statement_id": "acc-9"} for each in BOTH]
    links = statement_claims("acc-9", *(f"{each} CROSSED_ON C1" for each in BOTH))
    deliver(empty, tmp_path, "ann", people=both, statements=[{**STATEMENT, "source_id": "wit-0"}], links=links)
    deliver(empty, tmp_path, "ann", people=[{"id": "x9", "category": "suspect", "handling": "C"}])
    key = empty.service.register.key(empty.case, create=False)
    names = [pseudonym(key, "person", each) for each in BOTH]
    for reader in ("low", "tom"):
        looks = [empty.as_(reader).network.entities.look(name).values for name in names]
        assert [each["categories"] for each in looks] == [["other"], ["other"]]


@pytest.mark.parametrize("fate", ["stands", "withdrawn", "mistake"])
def test_a_form_cannot_correct_a_claim_that_its_author_does_not_see(empty: Place, tmp_path: Path, fate: str) -> None:
    people = [{"id": each, "name": f"Quinn {each}", "category": "suspect", "handling": "P"} for each in BOTH]
    links = statement_claims("R2", "x9 PILOTED C1", "z9 PILOTED C1", "x9 SAME_AS z9")
    deliver(empty, tmp_path, "tom", people=people, statements=[REPORT], links=links)
    tom = empty.as_("tom")
    before = tom.deliveries.form.correctable("R2")
    (claim,) = (row["claim"] for row in before.claims if row["relation"] == "SAME_AS")
    deliver(empty, tmp_path, "ann", people=[{"id": "z9", "sealed": "yes"}])
    now = tom.deliveries.form.correctable("R2")
    part = FormPart(
        "c1", "links", {"subject_id": "boss", "relation": "PAID", "object_id": "aide"}, claim=claim, fate=fate
    )
    corrected = replace(tom.deliveries.form.new(), of="R2", seen=now.seen, reason="a friend said so", claims=(part,))
    corrected = replace(corrected, statement=statement_cells(now.values))
    with pytest.raises(RequestError, match="not in this statement"):
        tom.deliveries.form.check(corrected)
