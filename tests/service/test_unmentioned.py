"""A person in no claim may be in the case only as a source, so readers without source clearance never find them."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.decisions.holds import NewHold
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.cases.deliveries.statement_form import FormPart
from graphsvc.errors import NotFound, Refused, RequestError
from graphsvc.service import Service, Session, quiet
from graphsvc.service.ask import Ask
from tests.service.test_waiting import DAY, FIRST, SIX, Place, place, service
from tests.toolbox import clock
from tests.toolbox.rows import statement_claims, write

__all__ = ["place", "service"]
pytestmark = pytest.mark.neo4j


def people(session: Session) -> set[str]:
    return {row["id"] for row in session.ask.rows("cases.entities", whole=True).dicts() if row["kind"] == "person"}


def unmentioned_people(session: Session) -> list[str]:
    rows = session.ask.rows("quality.unmentioned").dicts()
    return [row["id"] for row in rows if row["kind"] == "person"]


@pytest.mark.parametrize("role", ["source_id", "interpreter_id"])
@pytest.mark.parametrize("cells", [{"name": "Milan Orchard"}, {"name": "Milan Orchard", "category": "suspect"}])
def test_who_was_added_as_a_source_or_interpreter_alone_is_there_for_source_clearance(
    place: Place, role: str, cells: dict[str, str]
) -> None:
    before = {name: (people(place.as_(name)), place.as_(name).network.entities.counts()) for name in ("low", "tom")}
    session = place.as_("ann")
    known = people(session)
    with clock.standing_still(DAY):
        for number in range(3):
            form = place.form(session, number, ("boss", "PAID", "aide"))
            if number == 0:
                new = (FormPart("new1", "people", cells),)
                form = replace(form, statement={**form.statement, role: "new1"}, new=new)
            assert session.deliveries.form.check(form).faults == []
            assert session.deliveries.job(session.deliveries.form.enter(form), wait_s=60).state == "done"
    place.look(SIX)
    (added,) = people(place.as_("ann")) - known
    person = place.as_("ann").network.entities.look(added)
    assert person.values["handling"] == "C"
    assert unmentioned_people(place.as_("ann")) == [added]
    for name, (seen_before, counts) in before.items():
        reader = place.as_(name)
        assert (people(reader), reader.network.entities.counts()) == (seen_before, counts)
        assert unmentioned_people(reader) == []
        with pytest.raises(NotFound):
            reader.network.entities.look(added)


def test_they_are_there_at_the_handling_code_of_what_mentions_them(place: Place, tmp_path: Path) -> None:
    loader = place.as_("ann")

    def load(*links: str, handling: str = "P", **row: str) -> None:
        number = len(loader.deliveries.list_deliveries())
        rows = [{"id": "x1", "name": "Milan Orchard", "handling": "P", **row}]
        statements = [{"id": f"s{number}", "kind": "intelligence", "handling": handling}]
        tables = {"people": rows, "statements": statements, "links": statement_claims(f"s{number}", *links)}
        assert loader.deliveries.load(write(tmp_path / str(number), **tables), quiet, partial=True).rejections == []

    def seeing() -> list[str]:
        return [name for name in ("low", "tom", "ann") if len(people(place.as_(name))) > 5]

    load("boss PAID aide")
    assert seeing() == ["ann"]
    load("x1 CROSSED_ON C1", handling="C")
    assert seeing() == ["tom", "ann"]
    load("x1 CROSSED_ON C9")
    assert seeing() == ["low", "tom", "ann"]


ACCOUNT = {"id": "acc-9", "kind": "witness", "handling": "P"}


REPORT = {"id": "acc-9", "kind": "intelligence", "handling": "P"}


@pytest.fixture
def marked_case(service: Service, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A case that protects marked people only."""
    new_place = Place(service, f"marked-{abs(hash(request.node.name)) % 10**8}")
    folder = write(tmp_path / "first", **FIRST)
    assert new_place.as_("ann").deliveries.load(folder, quiet, protection="marked").rejections == []
    return new_place


def visible_people(place: Place, *names: str) -> list[Any]:
    """Return what readers without source clearance see of these people, and how many people they see."""
    result: list[Any] = []
    for reader in ("low", "tom", "bob"):
        answers = place.as_(reader)
        result += [people(answers), unmentioned_people(answers), answers.network.entities.counts()]
        for name in names:
            with suppress(NotFound):
                result.append(answers.network.entities.look(name).values)
            result.append(answers.search.find(f"Milan {name}").dicts())
    return result


@pytest.mark.parametrize("code", ["P", "C"])
@pytest.mark.parametrize("row", [{"statement_id": "acc-9"}, {"name": "Milan x1", "category": "suspect"}, {}])
@pytest.mark.parametrize("sequence", [("statement", "list"), ("list", "statement"), ("statement", "list", "", "list")])
def test_a_list_and_a_statement_in_any_order_show_nothing_of_who_gave_it(
    place: Place, tmp_path: Path, row: dict[str, str], code: str, sequence: tuple[str, ...]
) -> None:
    tables = {
        "people": [{"id": "x1", **row}],
        "statements": [{**ACCOUNT, "source_id": "x1", "handling": code}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    listed = [{"id": name, "name": f"Milan {name}", "category": "suspect", "handling": "P"} for name in ("x1", "x2")]
    folders = {"statement": write(tmp_path / "1", **tables), "list": write(tmp_path / "list", people=listed)}
    ann, before = place.as_("ann"), visible_people(place, "x1", "x2")
    for step in sequence:
        if step:
            last = ann.deliveries.load(folders[step], quiet, partial=True)
            assert last.rejections == []
        else:
            assert last.delivery is not None
            ann.deliveries.undo(last.delivery, quiet)
        assert visible_people(place, "x1", "x2") == before
    assert {"x2"} <= people(place.as_("ann"))


def test_a_statement_under_p_that_describes_somebody_known_under_c_seals_nobody(place: Place, tmp_path: Path) -> None:
    listed = [{"id": "x1", "name": "Milan Orchard", "category": "suspect", "handling": "C"}]
    report = {"id": "rep-1", "kind": "intelligence", "handling": "C"}
    ann = place.as_("ann")
    known = write(
        tmp_path / "1", people=listed, statements=[report], links=statement_claims("rep-1", "x1 CONTACTED aide")
    )
    assert ann.deliveries.load(known, quiet, partial=True).rejections == []
    before = people(place.as_("tom")), people(place.as_("low"))
    assert "x1" in before[0]
    tables = {
        "people": [{"id": "x1", "handling": "P", "statement_id": "acc-9"}],
        "statements": [{**ACCOUNT, "source_id": "wit-0"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert ann.deliveries.load(write(tmp_path / "2", **tables), quiet, partial=True).rejections == []
    assert (people(place.as_("tom")), people(place.as_("low"))) == before


SAID_OF_THEMSELF = {"category": "witness", "phones": "+447700900999", "notes": "fears Ari", "nationality": "Iraq"}


@pytest.mark.parametrize("role", ["source_id", "interpreter_id"])
@pytest.mark.parametrize("listed_first", [True, False])
@pytest.mark.parametrize("names", [{"statement_id": "acc-9"}, {}])
def test_the_row_that_comes_with_somebodys_own_statement_changes_nothing_on_their_page(
    place: Place, tmp_path: Path, names: dict[str, str], role: str, *, listed_first: bool
) -> None:
    def load(name: str, **tables: Any) -> None:
        folder = write(tmp_path / name, **tables)
        assert place.as_("ann").deliveries.load(folder, quiet, partial=True).rejections == []

    def values() -> list[str]:
        looks = place.as_("tom").network.entities
        return [repr(looks.look(name).values).replace(name, "<id>") for name in ("x1", "x2")]

    listed = [{"id": name, "name": "Milan Orchard", "category": "suspect", "handling": "P"} for name in ("x1", "x2")]
    report = {"id": "rep-1", "kind": "intelligence", "handling": "P"}
    known = {"statements": [report], "links": statement_claims("rep-1", "boss CONTACTED x1", "boss CONTACTED x2")}
    load("list", people=listed)
    if not listed_first:
        load("report", **known)
    load(
        "statement",
        people=[{"id": "x1", **SAID_OF_THEMSELF, **names}],
        statements=[{**ACCOUNT, role: "x1"}],
        links=statement_claims("acc-9", "boss PAID aide"),
    )
    if listed_first:
        load("report", **known)
    assert len(set(values())) == 1


@pytest.mark.parametrize("names", [{"statement_id": "acc-9"}, {}])
@pytest.mark.parametrize("cells", [{}, {"handling": "P"}, {"name": "Milan Orchard", "category": "suspect"}])
def test_the_row_of_their_own_statement_moves_nobody_from_c_to_p(
    place: Place, tmp_path: Path, cells: dict[str, str], names: dict[str, str]
) -> None:
    listed = [{"id": name, "name": f"Milan {name}", "category": "suspect", "handling": "C"} for name in ("x1", "x2")]
    report = {"id": "rep-1", "kind": "record", "handling": "P"}
    links = statement_claims("rep-1", "x1 CONTACTED aide", "x2 CONTACTED aide")
    ann = place.as_("ann")
    for name, tables in (("1", {"people": listed}), ("2", {"statements": [report], "links": links})):
        assert ann.deliveries.load(write(tmp_path / name, **tables), quiet, partial=True).rejections == []
    before = visible_people(place, "x1", "x2")
    own = {
        "people": [{"id": "x1", **cells, **names}],
        "statements": [{**ACCOUNT, "source_id": "x1"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert ann.deliveries.load(write(tmp_path / "3", **own), quiet, partial=True).rejections == []
    assert visible_people(place, "x1", "x2") == before


@pytest.mark.parametrize("names", [{"statement_id": "acc-9"}, {}])
def test_a_witness_who_is_charged_stays_so_on_pages(place: Place, tmp_path: Path, names: dict[str, str]) -> None:
    def visible() -> list[Any]:
        return [place.as_(name).network.entities.look("aide").values for name in ("low", "tom", "bob")]

    before = visible()
    tables = {
        "people": [{"id": "aide", "category": "witness", **names}],
        "statements": [{**ACCOUNT, "source_id": "aide"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    assert visible() == before


@pytest.mark.parametrize("others", [(), ("boss CONTACTED x1", "boss CONTACTED x2")])
def test_without_source_clearance_nobody_undoes_a_list_that_claims_of_others_are_about(
    place: Place, tmp_path: Path, others: tuple[str, ...]
) -> None:
    listed = [{"id": name, "name": f"Milan {name}", "category": "suspect", "handling": "P"} for name in ("x1", "x2")]
    tables = {
        "people": [{"id": "x1", "statement_id": "acc-9"}],
        "statements": [{**ACCOUNT, "source_id": "x1"}],
        "links": statement_claims("acc-9", "boss PAID aide", *others),
    }
    bob = place.as_("bob")
    mine = bob.deliveries.load(write(tmp_path / "own", people=listed), quiet, partial=True)
    assert mine.delivery is not None
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    if others:
        for act in (bob.deliveries.undoing, lambda number: bob.deliveries.undo(number, quiet)):
            with pytest.raises(Refused, match="source"):
                act(mine.delivery)
        place.as_("ann").deliveries.undo(mine.delivery, quiet)
    else:
        bob.deliveries.undo(mine.delivery, quiet)
    left = people(place.as_("low")) & {"x1", "x2"}
    assert left == ({"x1", "x2"} if others else set())


def test_an_undo_does_not_depend_on_claims_that_its_loader_may_not_see(place: Place, tmp_path: Path) -> None:
    bob, mine = place.as_("bob"), []
    for x in ("x1", "x2"):
        listed = [{"id": x, "name": f"Milan {x}", "handling": "P"}]
        mine.append(bob.deliveries.load(write(tmp_path / x, people=listed), quiet, partial=True).delivery)
    tables = {"statements": [REPORT], "links": statement_claims("acc-9", "x1 SAME_AS wit-0")}
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    first, second = (bob.deliveries.undoing(number) for number in mine if number is not None)
    assert first == second
    bob.deliveries.undo(mine[0] or 0, quiet)


def test_a_shared_view_does_not_count_people_who_are_only_sources(place: Place, tmp_path: Path) -> None:
    tables = {
        "people": [{"id": "x9", "name": "Zed Quark", "statement_id": "acc-9"}],
        "statements": [{**ACCOUNT, "source_id": "x9"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    source = pseudonym(place.service.register.key(place.case, create=False), "person", "x9")
    state = {"asked": [["id", "boss"], ["add", source]], "arranged": {source: [10, 5], "boss": [3, 4]}}
    view = place.as_("ann").network.views.save(state, "everybody", "", shared=True)
    assert source in str(place.as_("ann").network.views.open(view.id).state)
    for name in ("low", "tom"):
        with suppress(NotFound):  # readers of P do not see a view that was made under C
            opened = place.as_(name).network.views.open(view.id)
            assert (opened.absent, source in str(opened.state)) == (0, False)


@pytest.mark.parametrize("row", [{"id": "x1", "statement_id": "acc-9"}, {"id": "x1"}])
def test_a_preview_of_ones_own_list_alone_counts_its_codes_alike_for_all(
    place: Place, tmp_path: Path, row: dict[str, str]
) -> None:
    listed = [{"id": name, "name": f"Milan {name}", "category": "suspect"} for name in ("x1", "x2")]
    report = {"id": "rep-1", "kind": "intelligence", "handling": "C"}
    bob = place.as_("bob")
    links = statement_claims("rep-1", "boss ASSOCIATES_WITH aide")
    together = write(tmp_path / "together", people=listed, statements=[report], links=links)
    assert bob.deliveries.load(together, quiet, partial=True).rejections == []

    one_by_one = [write(tmp_path / person["id"], people=[person]) for person in listed]

    def previews() -> list[Any]:
        return [bob.deliveries.load(each, quiet, partial=True, dry_run=True).counts["people"] for each in one_by_one]

    before = previews()
    tables = {
        "people": [row],
        "statements": [{**ACCOUNT, "source_id": "x1"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    assert previews() == before


@pytest.mark.parametrize("row", [{"sealed": "yes", "statement_id": "acc-9"}, {"category": "witness"}])
def test_other_names_for_ones_own_list_say_of_nobody_that_they_were_sealed_since(
    place: Place, tmp_path: Path, row: dict[str, str]
) -> None:
    names = {"Milan Orchard": "Zoltan Quix", "Karl Otto": "Anton Reed", "Ivo Marsh": "Pavel Drum"}
    listed = [{"id": f"x{n}", "name": name, "category": "suspect"} for n, name in enumerate(names)]
    renamed = [{**person, "name": names[person["name"]]} for person in listed]
    bob = place.as_("bob")
    assert bob.deliveries.load(write(tmp_path / "own", people=listed), quiet, partial=True).rejections == []
    pairs = [write(tmp_path / f"without-{n}", people=renamed[:n] + renamed[n + 1 :]) for n in range(3)]

    def other_names() -> list[Any]:
        return [bob.deliveries.load(pair, quiet, partial=True, dry_run=True).other_names for pair in pairs]

    before = other_names()
    tables = {
        "people": [{"id": "x1", **row}],
        "statements": [{**ACCOUNT, "source_id": "x1"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    assert other_names() == before
    assert all(before)


@pytest.mark.parametrize("charge", [{"category": "suspect"}, {}])
def test_two_rows_of_an_id_of_which_one_is_refused_say_of_nobody_that_they_are_there(
    place: Place, tmp_path: Path, charge: dict[str, str]
) -> None:
    tables = {
        "people": [{"id": "x9", "name": "Milan Orchard", "statement_id": "acc-9"}],
        "statements": [{**ACCOUNT, "source_id": "x9"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    unsafe = {}
    for name in ("x9", "nobody"):
        rows = [{"id": name, "name": "Zoltan", **charge}, {"id": name, "name": "Zoltan", "category": "bogus"}]
        folder = write(tmp_path / name, people=rows)
        loaded = place.as_("bob").deliveries.load(folder, quiet, dry_run=True, partial=True)
        unsafe[name] = [(row.line, row.row_id == name) for row in loaded.unsafe]
    assert unsafe["x9"] == unsafe["nobody"] == [(3, True)]


def test_where_two_cases_share_ids_a_source_in_one_stays_named_in_the_other(place: Place, tmp_path: Path) -> None:
    other_case = Place(place.service, f"{place.case}-b")
    listed = [{"id": name, "name": f"Milan {name}", "handling": "P"} for name in ("x1", "x2")]
    report = {"id": "rep-1", "kind": "intelligence", "handling": "P", "source_grade": "1", "assessment": "A"}
    register = write(
        tmp_path / "b",
        people=listed,
        crossings=[{"id": "C1", "date": "2020-05-01", "handling": "P"}],
        statements=[report],
        links=statement_claims("rep-1", "x1 PILOTED C1", "x2 PILOTED C1"),
    )
    assert other_case.as_("ann").deliveries.load(register, quiet).rejections == []
    place.as_("cus").protection.sharing.declare(other_case.case, "one register")
    before = people(other_case.as_("low"))
    assert {"x1", "x2"} <= before

    def load(statement: str, **row: str) -> None:
        tables = {
            "people": [{"id": "x1", **row}],
            "statements": [{**ACCOUNT, "id": statement, "source_id": "x1"}],
            "links": statement_claims(statement, "boss PAID aide"),
        }
        folder = write(tmp_path / statement, **tables)
        assert place.as_("ann").deliveries.load(folder, quiet, partial=True).rejections == []

    load("acc-8")
    load("acc-9", statement_id="acc-9", name="Milan x1")
    as_list = write(tmp_path / "listed", people=[{"id": "x1", "name": "Milan x1", "handling": "P"}])
    assert place.as_("ann").deliveries.load(as_list, quiet, partial=True).rejections == []
    assert people(other_case.as_("low")) == before
    load("acc-10", sealed="yes")
    assert not people(other_case.as_("low")) & {"x1"}


@pytest.mark.parametrize("end", ["claim", "erasure"])
def test_what_was_asked_about_somebody_hidden_stays_with_those_cleared_for_sources(
    place: Place, tmp_path: Path, end: str
) -> None:
    """Requests and holds with their times would show later that somebody was known before a page showed them."""
    accounts.add(place.service.database, f"blind-{place.case}", ["supervisor"], {place.case: Grant("C")})
    own = {
        "people": [{"id": "x9", "name": "Zed Quark", "handling": "P"}],
        "statements": [{**ACCOUNT, "id": "acc-8", "source_id": "x9"}],
    }
    folder = write(tmp_path / "own", **own, links=statement_claims("acc-8", "boss PAID aide"))
    assert place.as_("ann").deliveries.load(folder, quiet, partial=True).rejections == []
    name = pseudonym(place.service.register.key(place.case, create=False), "person", "x9")
    custodian, supervisor = place.as_("cus").protection, place.as_("sup").protection
    custodian.reveals.ask(name, "needs protection before the hearing")
    erasure = custodian.erasures.ask(name, "the witness asks for it")
    if end == "claim":
        review = dt.date(2999, 1, 1)
        supervisor.holds.add(NewHold("investigation", "DI Marsh", "still open", review), name)
        carried = {
            "people": [{"id": "x9", "name": "Zed Quark", "handling": "P"}],
            "crossings": [{"id": "C1", "date": "2020-05-01", "handling": "P"}],
            "statements": [{"id": "rep-9", "kind": "intelligence", "handling": "P"}],
            "links": statement_claims("rep-9", "x9 CROSSED_ON C1"),
        }
        folder = write(tmp_path / "carried", **carried)
        assert place.as_("ann").deliveries.load(folder, quiet, partial=True).rejections == []
    else:
        supervisor.erasures.agree(erasure, quiet)

    def count(account: str) -> list[int]:
        session = place.as_(account)
        theirs = session.protection
        reveals, erasures, holds = (
            theirs.reveals.list_reveals(),
            theirs.erasures.list_erasures(),
            theirs.holds.list_holds(),
        )
        return [len(reveals), len(erasures), len(holds), session.waiting.count()]

    assert count(f"blind-{place.case}") == [0, 0, 0, 0]
    assert name in {request.pseudonym for request in supervisor.erasures.list_erasures()}


def test_a_charged_source_in_a_file_without_statement_ids_is_there_for_source_clearance_alone(
    place: Place, tmp_path: Path
) -> None:
    before = visible_people(place, "x1")
    tables = {
        "people": [{"id": "x1", "name": "Milan x1", "category": "suspect", "handling": "P"}],
        "statements": [{**ACCOUNT, "source_id": "x1"}],
    }
    folder = write(tmp_path / "1", **tables, links=statement_claims("acc-9", "boss PAID aide"))
    assert place.as_("ann").deliveries.load(folder, quiet, partial=True).rejections == []
    assert visible_people(place, "x1") == before
    assert unmentioned_people(place.as_("ann")) == ["x1"]


def test_a_pseudonym_does_not_show_a_charge_in_the_row_of_a_statement(place: Place, tmp_path: Path) -> None:
    tables = {
        "people": [{"id": "x1", "name": "Milan x1", "category": "suspect", "statement_id": "acc-9", "handling": "P"}],
        "statements": [{**ACCOUNT, "source_id": "x1"}],
        "links": statement_claims("acc-9", "x1 CROSSED_ON C1"),
    }
    known = people(place.as_("low"))
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    (added,) = people(place.as_("low")) - known
    assert place.as_("low").network.entities.look(added).values["categories"] == ["other"]


def test_a_list_is_shown_in_a_case_that_protects_marked_people_only(marked_case: Place, tmp_path: Path) -> None:
    listed = [{"id": name, "name": f"Milan {name}", "handling": "P"} for name in ("x1", "x2")]
    tables = {
        "people": [{"id": "x1", "phones": "+447700900999", "statement_id": "acc-9"}],
        "statements": [{**REPORT, "source_id": "x1"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    ann = marked_case.as_("ann")
    assert ann.deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    assert not people(marked_case.as_("low")) & {"x1"}
    assert ann.deliveries.load(write(tmp_path / "list", people=listed), quiet, partial=True).rejections == []
    assert (
        {"x1", "x2"} == people(marked_case.as_("low")) & {"x1", "x2"} == set(unmentioned_people(marked_case.as_("low")))
    )
    looks = [marked_case.as_("low").network.entities.look(name).values for name in ("x1", "x2")]
    assert [look.keys() for look in looks] == [looks[0].keys()] * 2


@pytest.mark.parametrize("code", ["P", "C"])
@pytest.mark.parametrize("cells", [{}, {"phones": "+447700900999", "notes": "fears Ari"}, {"aliases": "Shorty"}])
def test_nobody_on_a_list_changes_when_their_own_statement_comes_with_a_row_that_names_it(
    marked_case: Place, tmp_path: Path, code: str, cells: dict[str, str]
) -> None:
    listed = [{"id": name, "name": f"Milan {name}", "category": "suspect", "handling": code} for name in ("x1", "x2")]
    guess = write(tmp_path / "guess", people=[{"id": "x1", "name": "Zoltan"}, {"id": "x2", "name": "Zoltan"}])
    again = write(tmp_path / "list", people=listed)
    assert marked_case.as_("ann").deliveries.load(again, quiet, partial=True).rejections == []

    def visible_values() -> list[Any]:
        looks = [marked_case.as_(name).network.entities for name in ("low", "tom")]
        values = []
        for entities in looks:
            for name in ("x1", "x2"):
                with suppress(NotFound):
                    values.append(entities.look(name).values)
        previews = [
            marked_case.as_("bob").deliveries.load(each, quiet, dry_run=True, partial=True) for each in (guess, again)
        ]
        shown_changes = [
            (each.counts["people"], [(row.id, row.fields) for row in each.changes or []]) for each in previews
        ]
        return [
            people(marked_case.as_("low")),
            people(marked_case.as_("tom")),
            unmentioned_people(marked_case.as_("low")),
            values,
            shown_changes,
        ]

    before = visible_values()
    tables = {
        "people": [{"id": "x1", **cells, "statement_id": "acc-9"}],
        "statements": [{**REPORT, "source_id": "x1"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert marked_case.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    assert visible_values() == before


@pytest.mark.parametrize("partial", [True, False])
@pytest.mark.parametrize(
    "row",
    [{"statement_id": ""}, {"name": "Zoltan", "statement_id": ""}, {"nationality": "Iraq"}],
)
def test_a_row_with_a_guessed_id_shows_nobody_who_came_with_a_statement(
    place: Place, tmp_path: Path, row: dict[str, str], partial: bool
) -> None:
    tables = {
        "people": [
            {
                "id": "x9",
                "name": "Milan Orchard",
                "phones": "+447700900999",
                "category": "suspect",
                "statement_id": "acc-9",
            }
        ],
        "statements": [{**ACCOUNT, "source_id": "x9"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    bob = place.as_("bob")

    def answers(identifier: str) -> list[Any]:
        """Return every answer to a loader who tries a guessed id."""
        key = place.service.register.key(place.case, create=False)
        hidden = pseudonym(key, "person", identifier)
        guess = write(tmp_path / identifier, people=[{"id": identifier, **row}])
        claim = {
            "statements": [{"id": f"b-{identifier}", "kind": "intelligence", "handling": "P"}],
            "links": statement_claims(f"b-{identifier}", f"boss CONTACTED {identifier}"),
        }
        claims = write(tmp_path / f"b-{identifier}", **claim)
        result: list[Any] = []
        for folder, dry_run in ((guess, True), (guess, False), (guess, True), (claims, False), (guess, True)):
            loaded = bob.deliveries.load(folder, quiet, partial=partial, dry_run=dry_run, other_names=True)
            changes = [(change.fields, change.is_hidden) for change in loaded.changes or []]
            result += [loaded.counts, changes, loaded.unsafe, loaded.other_names, loaded.rejections]
            for name in ("low", "tom", "bob"):
                for shown_id in (identifier, hidden):
                    with suppress(NotFound):
                        result.append(place.as_(name).network.entities.look(shown_id).values)
                result.append(place.as_(name).search.find("Orchard").dicts())
        return result

    def plain(values: Any, identifier: str) -> str:
        key = place.service.register.key(place.case, create=False)
        names = (pseudonym(key, "person", identifier), f"b-{identifier}", identifier)
        text = repr(values)
        for number, name in enumerate(names):
            text = text.replace(name, f"<{number}>")
        return text

    theirs, nobodys = ([plain(answer, name) for answer in answers(name)] for name in ("x9", "z9"))
    assert theirs == nobodys
    assert not any("Milan" in answer for answer in theirs)


@pytest.mark.parametrize("code", ["P", "C"])
@pytest.mark.parametrize("row", [{"id": "x1", "statement_id": "acc-9"}, {"id": "x1"}])
@pytest.mark.parametrize("claim", ["boss PAID aide", "x1 PAID aide"])
def test_a_preview_of_a_loaders_own_list_says_of_nobody_on_it_that_others_brought_them_too(
    place: Place, tmp_path: Path, row: dict[str, str], code: str, claim: str
) -> None:
    listed = [{"id": name, "name": f"Milan {name}", "category": "suspect", "handling": "P"} for name in ("x1", "x2")]
    own = write(tmp_path / "own", people=listed)
    corrected = [{**person, "phones": "+447700900111", "category": "convicted"} for person in listed]
    changed = write(tmp_path / "changed", people=corrected)
    bob = place.as_("bob")
    assert bob.deliveries.load(own, quiet, partial=True).rejections == []

    def counts() -> list[Any]:
        previews = [bob.deliveries.load(folder, quiet, partial=True, dry_run=True) for folder in (own, changed)]
        return [(each.counts["people"], [(one.id, one.fields) for one in each.changes or []]) for each in previews]

    before = counts()
    tables = {
        "people": [row],
        "statements": [{**ACCOUNT, "source_id": "x1", "handling": code}],
        "links": statement_claims("acc-9", claim),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    assert counts() == before


def open_by_two(place: Place, tmp_path: Path) -> None:
    """Load a person who is only a source, and have a custodian and a supervisor name that person."""
    tables = {
        "people": [{"id": "x9", "name": "Milan Orchard", "category": "suspect", "statement_id": "acc-9"}],
        "statements": [{**ACCOUNT, "source_id": "x9"}],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    (added,) = unmentioned_people(place.as_("ann"))
    request = place.as_("cus").protection.sealings.ask_opening(added, "needed in court")
    place.as_("sup").protection.sealings.agree(request, quiet)
    assert unmentioned_people(place.as_("ann")) == ["x9"]


def test_who_is_named_by_two_persons_and_in_no_claim_is_in_no_list_without_source_clearance(
    service: Service, place: Place, tmp_path: Path
) -> None:
    open_by_two(place, tmp_path)
    with suppress(RequestError):
        accounts.add(service.database, "supervisor-c", ["supervisor"], {"*": Grant("C")})
    hold = NewHold("investigation", "DI Marsh", "material of an open case", dt.date(2999, 1, 1))
    place.as_("sup").protection.holds.add(hold, "x9")
    place.as_("cus").protection.sealings.ask("x9", "was threatened")

    def heard(name: str) -> list[Any]:
        session = place.as_(name)
        holds = [each.person for each in session.protection.holds.list_holds()]
        requests = [each.kind for each in session.protection.sealings.list_requests() if each.case == place.case]
        return [holds, requests, [item.kind for item in session.waiting.listed().items if item.to_do]]

    assert heard("sup")[:2] == [["x9"], ["seal", "open"]]
    assert heard("supervisor-c") == [[], [], []]
    assert not people(place.as_("low")) & {"x9"}


@pytest.mark.parametrize("wrong", [{"category": "bogus"}, {"date_of_birth": "x"}, {"sealed": "maybe"}])
def test_a_refused_row_says_of_no_guessed_id_that_somebody_hidden_has_it(
    place: Place, tmp_path: Path, wrong: dict[str, str]
) -> None:
    open_by_two(place, tmp_path)
    rows = [{"id": name, **wrong} for name in ("boss", "x9", "nobody")]
    for name, expected in (("bob", {"boss"}), ("ann", {"boss", "x9"})):
        guess = write(tmp_path / name, people=rows)
        loaded = place.as_(name).deliveries.load(guess, quiet, dry_run=True, partial=True)
        assert {row.row_id for row in loaded.unsafe} == expected


@pytest.mark.parametrize("row", [{"name": "Zoltan Quixote"}, {"notes": "other"}, {"phones": "+447700900999"}])
def test_a_preview_compares_nobody_who_came_with_a_statement_and_is_in_no_claim(
    place: Place, tmp_path: Path, row: dict[str, str]
) -> None:
    person = {
        "id": "x9",
        "name": "Milan Orchard",
        "notes": "fears Ari",
        "phones": "+447700900999",
        "category": "suspect",
    }
    account = {"id": "acc-9", "kind": "witness", "handling": "P", "source_id": "x9"}
    tables = {
        "people": [{**person, "statement_id": "acc-9"}],
        "statements": [account],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **tables), quiet, partial=True).rejections == []
    guess = write(tmp_path / "2", people=[{"id": "x9", **row}], links=statement_claims("acc-9", "x9 PAID aide"))
    loaded = place.as_("bob").deliveries.load(guess, quiet, partial=True, dry_run=True)
    assert (loaded.counts["people"]["added"], loaded.counts["people"]["changed"]) == (1, 0)
    assert [change for change in loaded.changes or [] if change.id == "x9"] == []


def test_without_source_clearance_nobody_hears_of_them_in_requests_holds_and_tasks(
    service: Service, place: Place, tmp_path: Path
) -> None:
    clearance = Grant("C")
    for name in ("supervisor", "custodian"):
        with suppress(RequestError):
            accounts.add(service.database, f"{name}-c", [name], {"*": clearance})
    account = {"id": "acc-9", "kind": "witness", "handling": "P", "source_id": "x9"}
    rows = {
        "people": [{"id": "x9", "name": "Milan Orchard"}],
        "statements": [account],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **rows), quiet, partial=True).rejections == []
    (added,) = (each for each in people(place.as_("ann")) if unmentioned_people(place.as_("ann")) == [each])
    place.as_("cus").protection.reveals.ask(added, "needs protection before the hearing")
    hold = NewHold("investigation", "DI Marsh", "material of an open case", dt.date(2999, 1, 1))
    place.as_("sup").protection.holds.add(hold, added)

    def heard(name: str) -> list[Any]:
        session = place.as_(name)
        waiting = [item.about for item in session.waiting.listed().items if item.to_do]
        holds = [each.person for each in session.protection.holds.list_holds()]
        return [
            waiting,
            holds,
            [each.pseudonym for each in session.protection.reveals.list_reveals() if each.case == place.case],
        ]

    assert heard("sup") == [[added], [added], [added]]
    assert heard("supervisor-c") == [[], [], []]
    for identifier in (added, "S-0000-0000-0000"):
        with pytest.raises(NotFound, match="nobody sealed with the pseudonym"):
            place.as_("custodian-c").protection.reveals.ask(identifier, "needs protection before the hearing")


def test_a_search_for_somebody_known_asks_the_graph_alike_whether_they_are_there_or_not(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = {"id": "acc-9", "kind": "witness", "handling": "P", "source_id": "x9"}
    rows = {
        "people": [{"id": "x9", "name": "Milan Orchard"}],
        "statements": [account],
        "links": statement_claims("acc-9", "boss PAID aide"),
    }
    assert place.as_("ann").deliveries.load(write(tmp_path / "1", **rows), quiet, partial=True).rejections == []
    queries: list[str] = []
    answer = Ask.rows

    def noting(ask: Ask, name: str, **parameters: Any) -> Any:
        queries.append(name)
        return answer(ask, name, **parameters)

    monkeypatch.setattr(Ask, "rows", noting)
    questions = []
    for name in ("Milan Orchard", "Zoltan Quixote"):
        queries.clear()
        assert place.as_("low").search.find_pseudonyms(name) == []
        questions.append([*queries])
    assert questions[0] == questions[1] != []
