"""Rows of people and things under handling code C stay under C, whatever happens to their delivery later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.config import Settings
from graphsvc.errors import NotFound
from graphsvc.service import Service, Session, quiet
from graphsvc.service.answers import Loaded
from tests.toolbox.accounts import WHOLE, add, session
from tests.toolbox.cases import new_name
from tests.toolbox.rows import Tables, statement_claims, write

pytestmark = [pytest.mark.neo4j, pytest.mark.slow(reason="each test loads, erases or takes back several deliveries")]

ROLES = {
    "ann": ("analyst", WHOLE),
    "ben": ("analyst", Grant("C")),
    "pat": ("analyst", Grant("P")),
    "cus": ("custodian", WHOLE),
    "sup": ("supervisor", WHOLE),
}
BASE: Tables = {
    "people": [
        {"id": "boss", "name": "Ari Berg", "handling": "P"},
        {"id": "aide", "name": "Bo Quist", "handling": "P"},
        *({"id": f"wit-{n}", "name": name, "handling": "P"} for n, name in enumerate(("Selam", "Hewa", "Layla"))),
    ],
    "crossings": [{"id": "C1", "date": "2020-05-08", "handling": "P"}],
    "statements": [
        {"id": "R1", "kind": "intelligence", "handling": "P"},
        {"id": "acc-1", "kind": "witness", "handling": "P", "source_id": "wit-0"},
    ],
    "links": statement_claims(
        "R1",
        "boss DIRECTED aide",
        "aide PILOTED C1",
        "wit-0 CROSSED_ON C1",
        "wit-1 CROSSED_ON C1",
        "wit-2 CROSSED_ON C1",
    )
    + statement_claims("acc-1", "boss PAID aide", "boss COERCED wit-0", "boss ORGANISED C1"),
}
ACCOUNT = {"id": "acc-3", "kind": "witness", "handling": "C", "source_id": "wit-2"}
# Every row is under C, but only the statement has a code.
UNDER_C: Tables = {
    "people": [
        {"id": "aide", "name": "Bo Quist", "aliases": "Shorty", "phones": "+447700900321", "notes": "secret fear"},
        {"id": "boss", "name": "Ari Berg", "aliases": "", "phones": "", "notes": "secret bed"},
    ],
    "statements": [ACCOUNT],
    "links": statement_claims("acc-3", "boss HOUSED wit-2"),
}
SOMEBODY: Tables = {
    "people": [{"id": "dov", "name": "Dov Hidden", "phones": "+447700900555", "notes": "secret sister"}],
    "statements": [ACCOUNT],
    "links": statement_claims("acc-3", "dov DIRECTED boss"),
}
SECRETS = ("Dov Hidden", "Shorty", "+447700900321", "+447700900555", "secret", "Sea Urchin")


@dataclass
class Place:
    """A case with rows under P."""

    service: Service
    case: str
    folder: Path

    def as_(self, name: str) -> Session:
        return session(self.service, name, self.case)

    def load(self, who: str, tables: Tables, **options: Any) -> Loaded:
        folder = write(self.folder / new_name(), **tables)
        return self.as_(who).deliveries.load(folder, quiet, **{"partial": True, **options})

    def load_all(self, who: str, tables: Tables) -> None:
        assert self.load(who, tables).rejections == []

    def erase_witness(self) -> None:
        key = self.service.register.key(self.case, create=False)
        request = self.as_("cus").protection.erasures.ask(pseudonym(key, "person", "wit-2"), "court")
        self.as_("sup").protection.erasures.agree(request, quiet)

    def look(self, who: str, entity: str) -> object:
        try:
            return self.as_(who).network.entities.look(entity).values
        except NotFound as error:
            return str(error)

    def at_p(self) -> list[object]:
        """All that a reader cleared for P finds about the people and things in the tests."""
        hits = [row for secret in SECRETS for row in self.as_("pat").search.find(secret).dicts()]
        pages = [self.look("pat", entity) for entity in ("aide", "boss", "dov", "boat")]
        return [*pages, *((row["id"], row["name"]) for row in hits)]

    def has_secret(self) -> bool:
        return any(secret in str(self.at_p()) for secret in SECRETS)


@pytest.fixture(scope="module")
def service(at_server: Callable[..., Settings]) -> Iterator[Service]:
    with Service(at_server()) as service:
        add(service, "*", ROLES)
        yield service


@pytest.fixture
def place(service: Service, tmp_path: Path) -> Place:
    place = Place(service, new_name(), tmp_path)
    place.load_all("ann", BASE)
    return place


# A later delivery: the whole case is rebuilt from the stored rows.
LATER: Tables = {
    "people": [{"id": "wit-1"}],
    "statements": [{"id": "R8", "kind": "record", "handling": "P"}],
    "links": statement_claims("R8", "wit-1 CROSSED_ON C1"),
}


def with_report(tables: Tables) -> Tables:
    """Add a report under P that mentions none of the delivery's people."""
    report = {"id": "R9", "kind": "record", "handling": "P"}
    return tables | {
        "statements": [*tables["statements"], report],
        "links": [*tables["links"], *statement_claims("R9", "wit-0 CROSSED_ON C1")],
    }


@pytest.mark.parametrize("partial", [True, False])
@pytest.mark.parametrize("whole", [UNDER_C, with_report(UNDER_C)], ids=["all-C", "mixed"])
def test_loading_a_file_under_c_again_opens_none_of_its_rows(place: Place, whole: Tables, partial: bool) -> None:
    place.load_all("ann", whole)
    before = place.at_p()
    again = place.load("ben", whole, partial=partial)
    assert (place.at_p(), place.has_secret()) == (before, False)
    assert again.counts["people"]["added"] == 0
    same = place.load("ann", whole)
    assert same.counts["people"]["unchanged"] == 2
    place.load_all("ann", LATER)
    assert place.at_p() == before


@pytest.mark.parametrize("wrong", ["statement", "claim", "both", "handling", "width"])
def test_a_typing_mistake_in_what_is_under_c_opens_no_row(place: Place, wrong: str) -> None:
    tables = {name: [dict(row) for row in rows] for name, rows in UNDER_C.items()}
    if wrong in ("statement", "both"):
        tables["statements"][0]["source_grade"] = "9"
    if wrong in ("claim", "both"):
        tables["links"][0]["relation"] = "HOUSD"
    if wrong == "handling":
        tables["statements"][0]["handling"] = "CC"
    if wrong == "width":
        folder = write(place.folder / new_name(), **tables)
        file = folder / "statements.csv"
        file.write_text(file.read_text("utf-8").rstrip() + ",more\n", "utf-8")
        (folder / "links.csv").write_text("subject_id,relation,object_id,statement_id\n", "utf-8")
        place.as_("ann").deliveries.load(folder, quiet)
    else:
        assert place.load("ann", tables).rejections != []
    assert not place.has_secret()
    place.load_all("ann", LATER)
    assert not place.has_secret()


@pytest.mark.parametrize("with_statement", [True, False])
def test_erasing_a_witness_opens_nothing_that_came_with_their_account(place: Place, with_statement: bool) -> None:
    cells = {"statement_id": "acc-3"} if with_statement else {}
    rows: Tables = {
        "people": [row | cells for row in [*UNDER_C["people"], *SOMEBODY["people"]]],
        "boats": [{"id": "boat", "name": "Sea Urchin", "notes": "secret hull", **cells}],
        "statements": [ACCOUNT],
        "links": statement_claims("acc-3", "dov DIRECTED boss", "dov SUPPLIED boat", "boss HOUSED wit-2"),
    }
    if with_statement:
        report = {"id": "R2", "kind": "intelligence", "handling": "P"}
        rows["statements"] = [ACCOUNT, report]
        rows["links"] = rows["links"] + statement_claims("R2", "dov DIRECTED aide", "boat USED_ON C1")
    place.load_all("ann", rows)
    before = place.at_p()
    assert not place.has_secret()
    place.erase_witness()
    assert place.at_p() == before
    place.load("ann", rows)
    assert (place.at_p(), place.has_secret()) == (before, False)


def test_a_statement_delivered_again_under_c_closes_the_rows_that_name_it(place: Place) -> None:
    report = {"id": "R2", "kind": "intelligence", "handling": "P"}
    again = {"id": "R3", "kind": "intelligence", "handling": "P"}
    person = {"id": "dov", "name": "Dov Hidden", "phones": "+447700900555", "notes": "secret sister"}
    rows: Tables = {
        "people": [person | {"statement_id": "R2"}],
        "boats": [{"id": "boat", "name": "Sea Urchin", "notes": "secret hull", "statement_id": "R2"}],
        "statements": [report, again],
        "links": statement_claims("R2", "dov DIRECTED boss")
        + statement_claims("R3", "dov DIRECTED aide", "boat USED_ON C1"),
    }
    place.load_all("ann", rows)
    assert place.has_secret()
    place.load_all("ann", {"statements": [report | {"handling": "C"}]})
    assert not place.has_secret()
    # The claims of the other report stay, under ids alone.
    before = place.at_p()
    place.load_all("ann", LATER)
    place.load("ben", rows | {"statements": [again], "links": statement_claims("R3", "dov DIRECTED aide")})
    assert (place.at_p(), place.has_secret()) == (before, False)
    given_again: Tables = {
        "people": [person | {"notes": ""}],
        "statements": [again],
        "links": statement_claims("R3", "dov PAID aide"),
    }
    place.load_all("ann", given_again)
    assert "Dov Hidden" in str(place.look("pat", "dov"))
    assert "secret" not in str(place.look("pat", "dov"))


def test_a_row_that_names_an_account_of_others_tells_nothing_when_its_source_is_erased(place: Place) -> None:
    place.load_all("ann", SOMEBODY)
    for number in "13":
        cells = {"statement_id": f"acc-{number}"}
        people = [{"id": f"person-{number}", "name": f"Number {number}", "category": "suspect", **cells}]
        crossings = [{"id": f"day-{number}", "date": "2021-01-01", **cells}]
        place.load_all("ben", {"people": people, "crossings": crossings})
    mine = statement_claims("mine", "boss ORGANISED day-1", "boss ORGANISED day-3")
    place.load_all("ben", {"statements": [{"id": "mine", "kind": "record", "handling": "P"}], "links": mine})

    entities = ["person-1", "person-3", "day-1", "day-3"]
    before = {who: [place.look(who, entity) for entity in entities] for who in ("ben", "pat")}
    place.erase_witness()
    assert {who: [place.look(who, entity) for entity in entities] for who in ("ben", "pat")} == before


def test_what_came_under_c_stays_there_when_p_comes_to_know_of_them(place: Place) -> None:
    report: Tables = {
        "people": [{"id": "dov"}],
        "statements": [{"id": "R2", "kind": "record", "handling": "P"}],
        "links": statement_claims("R2", "dov ASSISTED C1"),
    }
    place.load_all("ann", SOMEBODY)
    place.load_all("ann", report)
    later = place.at_p()
    reverse = Place(place.service, new_name(), place.folder)
    reverse.load_all("ann", BASE)
    reverse.load_all("ann", report)
    reverse.load_all("ann", SOMEBODY)
    assert (later, place.has_secret()) == (reverse.at_p(), False)
    # Delivered again under P, the claims are shown.
    place.load_all("ann", report | {"people": SOMEBODY["people"]})
    assert "Dov Hidden" in str(place.at_p())


def test_taking_back_what_p_knew_first_opens_nothing_that_came_under_c(place: Place) -> None:
    def report(name: str, relation: str) -> Tables:
        return {
            "people": [{"id": "dov", "name": "Dov Known"}],
            "statements": [{"id": name, "kind": "record", "handling": "P"}],
            "links": statement_claims(name, f"dov {relation} C1"),
        }

    first = place.load("ben", report("R2", "PILOTED")).delivery
    assert first is not None
    place.load_all("ann", SOMEBODY)
    place.load_all("ann", report("R4", "ASSISTED"))
    assert not place.has_secret()
    place.as_("ann").deliveries.undo(first, quiet)
    assert not place.has_secret()


def test_a_preview_does_not_tell_the_handling_code_of_an_account_of_others(place: Place) -> None:
    place.load_all("ann", SOMEBODY | {"statements": [ACCOUNT | {"interest": "debts"}]})

    def preview(statement: str, **more: Any) -> list[object]:
        rows = [
            {"id": identifier, "notes": "new", **({"statement_id": statement} if statement else {})}
            for identifier in ("aide", "dov", "zz")
        ]
        loaded = place.load("ben", {"people": rows, **more}, dry_run=True)
        changes = [str(change).replace(statement or "acc-", "") for change in loaded.changes]
        return [loaded.counts["people"], changes, loaded.notes, [str(each) for each in loaded.rejections]]

    assert preview("acc-1") == preview("acc-3")
    for code in ("P", "C"):
        statements = {
            name: {
                "statements": [ACCOUNT | {"id": name, "handling": code}],
                "links": statement_claims(name, "dov PAID aide"),
            }
            for name in ("acc-1", "acc-3")
        }
        assert preview("acc-1", **statements["acc-1"]) == preview("acc-3", **statements["acc-3"])
    for code in ("P", "C"):
        tables = [
            {
                "statements": [ACCOUNT | {"id": name, "handling": code}],
                "links": statement_claims(name, "dov PAID aide", "zz PAID aide"),
            }
            for name in ("acc-1", "acc-3")
        ]
        assert preview("", **tables[0]) == preview("", **tables[1])
    links = {name: {"links": statement_claims(name, "dov PAID aide")} for name in ("acc-1", "acc-3")}
    assert preview("acc-1", **links["acc-1"]) == preview("acc-3", **links["acc-3"])
