"""Pages depend on nothing that their readers may not see: sequences in which hidden people, or claims under C, come first."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from graphsvc.access.vault import pseudonym
from graphsvc.service import PictureRequest, Service, Wanted, quiet
from tests.service.test_hidden_before import BOTH, WITNESS, empty, look, report_on_both, require_alike
from tests.service.test_rows_set_aside import REPORT, SAID, STATEMENT, deliver, erase, service
from tests.service.test_unmentioned import marked_case
from tests.service.test_waiting import FIRST, Place
from tests.toolbox.rows import Tables, statement_claims, write

__all__ = ["empty", "marked_case", "service"]
pytestmark = pytest.mark.neo4j
ROLES = ("source_id", "interpreter_id")
UNDER_C = {"id": "R7", "kind": "intelligence", "handling": "C"}
CHARGED = {"name": "Zed Quark", "category": "suspect"}


def hide(place: Place, folder: Path, role: str, code: str, **cells: str) -> int:
    """Deliver x9 with the statement that they gave or interpreted; return the number of the delivery."""
    spoken = {**STATEMENT, "handling": code, role: "x9"}
    return deliver(place, folder, "ann", people=[{"id": "x9", **cells}], statements=[spoken], links=SAID).delivery or 0


def other_loader(place: Place, folder: Path) -> None:
    """Deliver rows of both, with a statement that says nothing of them."""
    people = [{"id": each, "name": "Una Moss", "category": "suspect", "handling": "P"} for each in BOTH]
    links = statement_claims("acc-8", "boss PAID aide")
    deliver(place, folder, "tom", people=people, statements=[WITNESS], links=links)


def on_both(link: str, statement: str = "acc-8", **cells: str) -> Tables:
    links = statement_claims(statement, *(f"{each} {link}" for each in BOTH))
    return {"people": [{"id": each, **cells} for each in BOTH], "links": links}


@pytest.mark.parametrize("role", ROLES)
def test_a_later_claim_by_id_shows_both(empty: Place, tmp_path: Path, role: str) -> None:
    hide(empty, tmp_path, role, "C", **CHARGED, handling="C")
    other_loader(empty, tmp_path)
    report_on_both(empty, tmp_path, "tom", "CROSSED_ON C1")
    assert look(empty, "low", "x9") == look(empty, "low", "z9")
    assert "Una Moss" in look(empty, "low", "x9")


@pytest.mark.parametrize("code", ["P", "C"])
def test_an_undone_statement_leaves_the_row_of_another_loader(empty: Place, tmp_path: Path, code: str) -> None:
    first = hide(empty, tmp_path, "source_id", code, **CHARGED, handling=code)
    other_loader(empty, tmp_path)
    empty.as_("ann").deliveries.undo(first, quiet)
    report_on_both(empty, tmp_path, "tom", "CROSSED_ON C1")  # raises if a claim is rejected
    require_alike(empty)


@pytest.mark.parametrize(
    ("table", "cells", "relation"),
    [
        ("things", {"kind": "phone", "value": "0770123456"}, "USED"),
        ("workplaces", {"kind": "dwelling", "address": "17 Quince Row"}, "LIVED_AT"),
    ],
)
def test_what_sealed_people_use_is_withheld_though_it_came_under_c(
    empty: Place, tmp_path: Path, table: str, cells: dict[str, str], relation: str
) -> None:
    deliver(empty, tmp_path, "ann", **{table: [{"id": "t9", "kind": cells["kind"], "handling": "C"}]})
    rows = {table: [{"id": "t9", **cells, "handling": "P"}]}
    deliver(empty, tmp_path, "tom", statements=[WITNESS], links=statement_claims("acc-8", "boss PAID aide"), **rows)
    report = {**REPORT, "summary": f"seen at {list(cells.values())[1]} again"}
    deliver(empty, tmp_path, "tom", statements=[report], links=statement_claims("R2", f"wit-0 {relation} t9"))
    assert empty.as_("low").deliveries.statements.look("R2").values["summary"] == "[withheld]"


@pytest.mark.parametrize("role", ROLES)
def test_rows_under_c_close_later_claims_of_neither(empty: Place, tmp_path: Path, role: str) -> None:
    hide(empty, tmp_path, role, "P", name="Zed Quark", statement_id="acc-9")
    deliver(empty, tmp_path, "tom", statements=[{"id": "N2", "kind": "intelligence"}], **on_both("CROSSED_ON C1", "N2"))
    report_on_both(empty, tmp_path, "tom", "CROSSED_ON C8")
    require_alike(empty)


@pytest.mark.parametrize("code", ["P", "C"])
def test_cells_of_later_rows_show_for_both(empty: Place, tmp_path: Path, code: str) -> None:
    first = hide(empty, tmp_path, "source_id", code, **CHARGED, handling=code)
    deliver(
        empty,
        tmp_path,
        "tom",
        statements=[WITNESS],
        **on_both("PILOTED C1", **CHARGED, nationality="Iraq", handling="P"),
    )
    require_alike(empty)
    assert "Iraq" in look(empty, "low", "x9")
    empty.as_("ann").deliveries.undo(first, quiet)
    require_alike(empty)
    assert "Zed Quark" in look(empty, "low", "x9")


@pytest.mark.parametrize("role", ROLES)
def test_closing_a_statement_takes_its_rows_from_both(empty: Place, tmp_path: Path, role: str) -> None:
    hide(empty, tmp_path, role, "C", **CHARGED, handling="C")
    rows = on_both("PILOTED C1", name="Una Moss", nationality="Iraq", statement_id="acc-8")
    deliver(empty, tmp_path, "tom", statements=[WITNESS], **rows)
    deliver(empty, tmp_path, "tom", statements=[{**WITNESS, "handling": "C"}])
    report_on_both(empty, tmp_path, "bob", "PILOTED C1")
    assert look(empty, "low", "x9") == look(empty, "low", "z9")
    assert "Una Moss" not in look(empty, "low", "x9")


def test_a_marked_case_lists_both(marked_case: Place, tmp_path: Path) -> None:
    """One of them interpreted a report, and came in a row that names it."""
    interpreted = {
        "statements": [{**UNDER_C, "handling": "P", "interpreter_id": "x9"}],
        "links": statement_claims("R7", "boss PAID aide"),
    }
    deliver(
        marked_case, tmp_path, "ann", people=[{"id": "x9", "name": "Zed Quark", "statement_id": "R7"}], **interpreted
    )
    people = [{"id": each, "name": "Una Moss", "handling": "P"} for each in BOTH]
    report = {**REPORT, "interpreter_id": "wit-0"}
    deliver(
        marked_case, tmp_path, "tom", people=people, statements=[report], links=statement_claims("R2", "boss OWES aide")
    )
    require_alike(marked_case)
    assert "Una Moss" in look(marked_case, "low", "x9")


def test_undoing_a_statement_hides_no_claim_of_another(empty: Place, tmp_path: Path) -> None:
    hide(empty, tmp_path, "source_id", "C", name="Zed Quark", handling="C")
    deliver(empty, tmp_path, "bob", statements=[REPORT], links=statement_claims("R2", "x9 CONTACTED aide"))
    row = [{"id": "x9", "name": "Zed Quark", "handling": "P"}]
    links = statement_claims("acc-8", "x9 CROSSED_ON C1")
    delivery = deliver(empty, tmp_path, "ann", people=row, statements=[WITNESS], links=links)
    empty.as_("ann").deliveries.undo(delivery.delivery or 0, quiet)
    assert "CONTACTED" in look(empty, "low", "x9")


def visible_rows(place: Place) -> list[str]:
    """Return what a reader of P sees, with the delivered ids of these people."""
    rows = [
        row
        for query in ("cases.entities", "cases.links")
        for row in place.as_("low").ask.rows(query, whole=True).dicts()
    ]
    key = place.service.register.key(place.case, create=False)
    names = {pseudonym(key, "person", each): each for each in ("p2", "p3", "x9", "wit-0", "wit-1", "wit-2")}
    text = "\n".join(map(repr, rows))
    for name, identifier in names.items():
        text = text.replace(name, identifier)
    return sorted(text.splitlines())


def list_corrected(place: Place, folder: Path, say_under_c: Callable[[str], object]) -> object:
    """A charge is taken back before the first claim under P."""
    listed = [{"id": "p2", "name": "Bela Crane", "category": "suspect", "handling": "P"}, {"id": "p3", "handling": "P"}]
    deliver(place, folder, "bob", people=listed)
    say_under_c("p2 SERVED p3")
    deliver(place, folder, "bob", people=[{"id": "p2", "category": "other", "handling": "P"}])
    deliver(place, folder, "bob", statements=[REPORT], links=statement_claims("R2", "p2 CROSSED_ON C1"))
    return visible_rows(place)


def user_erased(place: Place, folder: Path, say_under_c: Callable[[str], object], link: str = "boss USED t1") -> object:
    """A person who used a phone is erased; only C says that somebody else used it."""
    things = [
        {"id": "t1", "kind": "phone", "value": "0770123123"},
        {"id": "t5", "kind": "organisation", "name": "Firm"},
    ]
    deliver(
        place,
        folder,
        "ann",
        people=[{"id": "y1", "name": "Yan Gold", "handling": "P"}],
        things=[{**thing, "handling": "P"} for thing in things],
        statements=[REPORT],
        links=statement_claims("R2", "y1 CROSSED_ON C1", "y1 USED t1", "boss USED t5"),
    )
    say_under_c(link)
    erase(place, "y1")
    return visible_rows(place)


def another_user_erased(place: Place, folder: Path, say_under_c: Callable[[str], object]) -> object:
    """A person is erased; only C ties them to a firm."""
    return user_erased(place, folder, say_under_c, "y1 USED t5")


def export_waiting(place: Place, folder: Path, say_under_c: Callable[[str], object]) -> object:
    """A person in no claim under P is sealed."""
    listed = {"id": "x9", **CHARGED, "handling": "P"}
    deliver(place, folder, "ann", people=[listed])
    say_under_c("x9 CONTACTED aide")
    wanted = Wanted(picture=PictureRequest(ids=("boss",), depth=1))
    exports = place.as_("low").exports
    exports.make(wanted, "Partner", "they ask for it", handling="P", ask=True)
    deliver(place, folder, "ann", people=[{"id": "x9", "sealed": "yes", "handling": "P"}])
    return [each.state for each in exports.given.list_exports()]


@pytest.mark.parametrize(
    ("sequence", "how"),
    [
        *((each, "delivered") for each in (list_corrected, user_erased, another_user_erased, export_waiting)),
        *((each, how) for each in (list_corrected, user_erased, export_waiting) for how in ("closed", "claim closed")),
    ],
)
def test_claims_under_c_change_nothing_under_p(
    service: Service,
    tmp_path: Path,
    sequence: Callable[[Place, Path, Callable[[str], object]], object],
    how: str,
) -> None:
    answers = []
    for is_under_c in (False, True):
        place = Place(service, "v" + uuid.uuid4().hex[:8])
        deliver(place, tmp_path, "ann", **FIRST)

        def say_under_c(link: str, place: Place = place, is_under_c: bool = is_under_c) -> None:
            statement = {**UNDER_C, "id": "R-" + uuid.uuid4().hex[:8]}
            links = [{**each, "id": "L-" + statement["id"]} for each in statement_claims(statement["id"], link)]
            under_p = {**statement, "handling": "P"}
            if not is_under_c:
                return
            if how != "delivered":
                deliver(place, tmp_path, "ann", statements=[under_p], links=links)
            if how == "claim closed":
                statement, links = under_p, [{**each, "handling": "C"} for each in links]
            deliver(place, tmp_path, "ann", statements=[statement], links=links)

        answers.append(sequence(place, tmp_path, say_under_c))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "cells", [{"amount": "300"}, {"amount": "500"}, {"amount": "500", "polarity": "denies"}], ids=str
)
def test_a_payment_under_c_in_a_statement_changes_no_other_of_it(
    service: Service, tmp_path: Path, cells: dict[str, str]
) -> None:
    """The statement comes again, whole, with another amount: a correction of the payment under P, and of no other."""

    def payment(**more: str) -> dict[str, str]:
        return {**statement_claims("R2", "boss PAID aide")[0], "currency": "GBP", **more}

    answers = []
    for is_under_c in (False, True):
        place = Place(service, "v" + uuid.uuid4().hex[:8])
        deliver(place, tmp_path, "ann", **FIRST)
        links = [{**statement_claims("R2", "boss CONTACTED aide")[0], "id": "L1"}]
        deliver(place, tmp_path, "ann", statements=[REPORT], links=links)
        if is_under_c:
            deliver(place, tmp_path, "ann", statements=[REPORT], links=[payment(**cells, handling="C")])
        deliver(place, tmp_path, "ann", statements=[REPORT], links=[payment(amount="500")])
        again = write(tmp_path / uuid.uuid4().hex, statements=[REPORT], links=[*links, payment(amount="700")])
        assert place.as_("ann").deliveries.load(again, quiet).rejections == []
        low = place.as_("low")
        taken_back = [row | {"claim": ""} for row in low.queries.run("statements.taken_back", {}).dicts()]
        answers.append((taken_back, [claim.amount for claim in low.leads.look("boss")[1].claims]))
    assert answers[0] == answers[1]
    assert answers[0][0] == []
