"""In two cases that share ids, a person sealed in one is sealed in both, through changes, kills and restarts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.access.vault import pseudonym
from graphsvc.cases.graph.sealing import SHARED_ID, in_words
from graphsvc.cases.locks import Locks
from graphsvc.cases.shared_ids import SealingAcross, SharedIds
from graphsvc.config import Settings
from graphsvc.errors import Busy, NotFound, Refused, RequestError
from graphsvc.service import Service, Session, quiet
from graphsvc.store.image import read_image
from tests.toolbox.accounts import session
from tests.toolbox.cases import new_name
from tests.toolbox.rows import Tables, statement_claims, write
from tests.toolbox.two_persons import seal, unseal

pytestmark = pytest.mark.neo4j
WHOLE = Grant("C", sources=True)
NAMES = {"p-1": "Ari Berg", "p-2": "Bo Quist", "p-3": "Cas Roe", "p-4": "Dov Lund", "p-5": "Eve Holt", "p-6": "Fay Ost"}
FIRST: Tables = {
    "people": [{"id": identifier, "name": name} for identifier, name in NAMES.items()],
    "crossings": [{"id": "c-1", "date": "2020-05-08"}],
    "statements": [{"id": "r-1", "kind": "intelligence", "handling": "P", "source_grade": "1", "assessment": "A"}],
    "links": statement_claims("r-1", *(f"{identifier} PILOTED c-1" for identifier in NAMES)),
}


def sealed_person(person: str) -> Tables:
    return {"people": [{"id": person, "name": NAMES[person], "sealed": "yes"}]}


@dataclass
class Cases:
    """Two cases of one home in which the same people are named."""

    settings: Settings
    service: Service
    one: str
    two: str
    folder: Path

    def at(self, name: str, case: str) -> Session:
        return session(self.service, name, case)

    def load(self, case: str, delivery: Tables, **options: Any) -> Any:
        folder = write(self.folder / new_name(), **delivery)
        return self.at("inv", case).deliveries.load(folder, quiet, partial=True, **options)

    def named_people(self, case: str) -> set[str]:
        """Return the people named in the graph of a case."""
        graph = str(read_image(self.service.store(), case))
        return {identifier for identifier, name in NAMES.items() if name in graph}

    def why(self, case: str, person: str) -> str:
        key = self.service.register.key(case, create=False)
        standing = self.service.register.sealed_standings(case)[pseudonym(key, "person", person)]
        return in_words(standing.why)

    def state(self, case: str) -> str:
        return next(str(row["state"]) for row in self.service.register.cases() if row["id"] == case)

    def declare(self) -> None:
        self.at("cus", self.one).protection.sharing.declare(self.two, "one register of people")

    def restart(self) -> None:
        self.service.close()
        self.service = Service(self.settings)


@pytest.fixture
def cases(at_server: Callable[..., Settings], tmp_path: Path) -> Iterator[Cases]:
    settings = at_server(named="part")
    with Service(settings) as service:
        pair = Cases(settings, service, f"a-{new_name()}", f"b-{new_name()}", tmp_path)
        both = {pair.one: WHOLE, pair.two: WHOLE}
        for name, role in (("inv", "investigator"), ("cus", "custodian"), ("sup", "supervisor")):
            accounts.add(service.database, name, [role], both)
        accounts.add(service.database, "cus-1", ["custodian"], {pair.one: WHOLE})
        accounts.add(service.database, "cus-p", ["custodian"], {pair.one: WHOLE, pair.two: Grant("C")})
        for case in (pair.one, pair.two):
            pair.load(case, FIRST)
        yield pair
        pair.service.close()


def test_an_id_sealed_in_one_is_sealed_in_the_other(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, everybody = cases.one, cases.two, set(NAMES)
    cases.load(first, sealed_person("p-1"))
    assert (cases.named_people(first), cases.named_people(second)) == (
        everybody - {"p-1"},
        everybody,
    )  # a sealing applies to one case

    cases.declare()
    assert cases.named_people(second) == everybody - {"p-1"}
    assert cases.why(second, "p-1") == SHARED_ID

    number = cases.load(second, sealed_person("p-2")).delivery
    assert cases.named_people(first) == cases.named_people(second) == everybody - {"p-1", "p-2"}
    cases.at("inv", second).deliveries.undo(number, quiet)
    assert cases.named_people(first) == cases.named_people(second) == everybody - {"p-1", "p-2"}

    seal(cases.at("cus", first), cases.at("sup", first), "p-3")
    assert cases.named_people(first) == cases.named_people(second) == everybody - {"p-1", "p-2", "p-3"}

    # Killed before the other case is rewritten: that case is closed to readers until the next start.
    with monkeypatch.context() as killed:
        killed.setattr(SealingAcross, "complete", lambda _self: None)
        cases.load(first, sealed_person("p-4"))
    assert (cases.state(first), cases.state(second)) == ("open", "loading")
    with pytest.raises(Busy):
        cases.at("inv", second).search.find("Dov Lund")
    cases.restart()
    cases.service.store()
    cases.service.recover(quiet)
    assert cases.state(second) == "open"
    assert cases.named_people(second) == everybody - {"p-1", "p-2", "p-3", "p-4"}

    # If the other case is being loaded, it is closed, and its next change completes the sealing.
    with Locks(cases.settings.home).case(second):
        cases.load(first, sealed_person("p-5"))
        assert (cases.state(first), cases.state(second)) == ("open", "loading")
    cases.load(second, {"gangs": [{"id": "g-1", "name": "The Landing"}]})
    assert cases.named_people(first) == cases.named_people(second) == {"p-6"}
    assert (cases.state(first), cases.state(second)) == ("open", "open")

    cases.at("cus", second).protection.sharing.end(first)
    assert cases.at("cus", first).protection.sharing.list_cases() == []
    cases.load(first, sealed_person("p-6"))
    # No one was unsealed, and no one else was sealed.
    assert (cases.named_people(first), cases.named_people(second)) == (set(), {"p-6"})


def test_who_loads_while_somebody_is_sealed_elsewhere_opens_no_case_that_names_them(
    cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loader's names were chosen before the other case sealed, so its case is closed just as it would open."""
    cases.declare()
    with monkeypatch.context() as blind:
        blind.setattr(SharedIds, "sealed_elsewhere", lambda *_: {})
        blind.setattr(SealingAcross, "complete", lambda _self: None)
        cases.load(cases.one, sealed_person("p-1"))
        assert cases.state(cases.two) == "loading"
        cases.service.casework.replay.restore(cases.two, cases.service.register.key(cases.two, create=False), quiet)
        assert "p-1" in cases.named_people(cases.two)
        assert cases.state(cases.two) == "loading"
    cases.service.recover(quiet)
    assert cases.state(cases.two) == "open"
    assert "p-1" not in cases.named_people(cases.two)


def test_two_persons_who_know_of_it_open_in_one_case(cases: Cases) -> None:
    cases.load(cases.one, sealed_person("p-1"))
    cases.declare()
    key = cases.service.register.key(cases.two, create=False)
    unseal(cases.at("cus", cases.two), cases.at("sup", cases.two), pseudonym(key, "person", "p-1"))
    assert "p-1" in cases.named_people(cases.two)
    cases.load(cases.one, sealed_person("p-2"))
    assert cases.named_people(cases.two) == set(NAMES) - {"p-2"}
    assert "p-1" not in cases.named_people(cases.one)


def test_a_preview_tells_nothing_of_who_is_sealed_in_the_other_case(cases: Cases) -> None:
    arriving: Tables = {
        "people": [{"id": "p-9", "name": "Gil Arne"}],
        "statements": [{"id": "r-9", "kind": "intelligence", "handling": "P", "source_grade": "1", "assessment": "A"}],
        "links": statement_claims("r-9", "p-9 PILOTED c-1"),
    }
    cases.declare()

    def preview() -> tuple[Any, ...]:
        outcome = cases.load(cases.two, arriving, dry_run=True)
        return outcome.counts, outcome.notes, outcome.rejections

    before = preview()
    cases.load(cases.one, {"people": [{"id": "p-9", "name": "Gil Arne", "sealed": "yes"}]})
    assert preview() == before
    cases.load(cases.two, arriving)
    assert "Gil Arne" not in str(read_image(cases.service.store(), cases.two))


def test_it_takes_a_custodian_with_clearance_for_all_of_both_cases(cases: Cases) -> None:
    def sharing(name: str, case: str = cases.one) -> Any:
        return cases.at(name, case).protection.sharing

    for name, refusal in (("inv", Refused), ("sup", Refused), ("cus-p", Refused), ("cus-1", NotFound)):
        with pytest.raises(refusal):
            sharing(name).declare(cases.two, "why")
    with pytest.raises(RequestError):
        sharing("cus").declare(cases.two, " ")
    with pytest.raises(RequestError, match="another"):
        sharing("cus").declare(cases.one, "why")
    with pytest.raises(NotFound):
        sharing("cus").end(cases.two)
    sharing("cus").declare(cases.two, "one register of people")
    with pytest.raises(RequestError, match="already"):
        sharing("cus", cases.two).declare(cases.one, "why")
    (declaration,) = sharing("sup", cases.two).list_cases()
    assert (declaration.other, declaration.account, declaration.reason) == (cases.one, "cus", "one register of people")
    (hidden,) = sharing("cus-1").list_cases()  # not cleared for the other case
    assert (hidden.other, hidden.account, hidden.at, hidden.reason) == ("", "", None, "")


def test_somebody_carried_under_c_in_one_case_stays_named_under_p_in_the_other(cases: Cases) -> None:
    """The custodian of the case that names the person is asked instead. Only a mark would seal."""
    carried: Tables = {
        "people": [{"id": "p-7", "name": "Gil Neve", "handling": "C"}],
        "statements": [{"id": "r-7", "kind": "intelligence", "handling": "C"}],
        "links": statement_claims("r-7", "p-7 CROSSED_ON c-1"),
    }
    first, second = cases.one, cases.two
    accounts.add(cases.service.database, "low", ["investigator"], {first: Grant("P")})
    named: Tables = {
        "people": [{"id": "p-7", "name": "Gil Neve"}],
        "statements": [{"id": "r-7", "kind": "intelligence", "handling": "P", "source_grade": "1", "assessment": "A"}],
        "links": statement_claims("r-7", "p-7 PILOTED c-1"),
    }
    cases.load(first, named)
    cases.declare()

    def look() -> tuple[Any, ...]:
        low = cases.at("low", first)
        return low.version, low.ask.rows("entities.named", ids=["p-7"]).dicts(), cases.state(first)

    seen = look()
    assert "Gil Neve" in str(seen)
    number = cases.load(second, carried).delivery
    assert look() == seen
    question = cases.at("cus", first).protection.sealings.to_be_sealed()
    assert list(question) == ["p-7"]
    assert question["p-7"].startswith(SHARED_ID)
    assert "[" not in question["p-7"]
    cases.at("inv", second).deliveries.undo(number, quiet)
    assert look() == seen
    cases.load(second, {"people": [{"id": "p-7", "category": "victim", "handling": "C"}]})
    assert "Gil Neve" not in str(look())


NEW = {"id": "p-7", "name": "Gil Hay", "category": "suspect", "handling": "P"}
REPORT = {"id": "r-3", "kind": "intelligence", "handling": "C"}


def test_a_first_claim_under_c_in_one_case_seals_nobody_again_in_the_other(cases: Cases) -> None:
    def is_named() -> bool:
        return "Gil Hay" in str(read_image(cases.service.store(), cases.two))

    cases.declare()
    under_p = {**REPORT, "id": "r-2", "handling": "P"}
    cases.load(
        cases.two, {"people": [NEW], "statements": [under_p], "links": statement_claims("r-2", "p-7 PILOTED c-1")}
    )
    # In the first case they are on a list, and no claim mentions them.
    cases.load(cases.one, {"people": [{"id": "p-7", "name": "Gil Hay", "handling": "P"}]})
    assert is_named()
    cases.load(cases.one, {"people": [{"id": "p-7", "sealed": "yes", "handling": "P"}]})
    assert not is_named()
    key = cases.service.register.key(cases.two, create=False)
    unseal(cases.at("cus", cases.two), cases.at("sup", cases.two), pseudonym(key, "person", "p-7"))
    assert is_named()
    cases.load(cases.one, {"statements": [REPORT], "links": statement_claims("r-3", "p-7 CONTACTED p-1")})
    assert is_named()


def test_a_mark_in_one_case_tells_readers_of_p_of_nobody_hidden_in_the_other(
    cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    def versions() -> list[int]:
        return [row["version_p"] for row in cases.service.register.cases() if row["id"] == cases.two]

    cases.declare()
    statement = {"id": "s-1", "kind": "witness", "source_id": "p-7", "handling": "P"}
    cases.load(
        cases.two, {"people": [NEW], "statements": [statement], "links": statement_claims("s-1", "p-1 CONTACTED p-2")}
    )
    before = versions()
    with monkeypatch.context() as killed:
        killed.setattr(SealingAcross, "complete", lambda _self: None)
        cases.load(cases.one, {"people": [{**NEW, "sealed": "yes"}]})
    assert cases.state(cases.two) == "loading-c"
    cases.service.recover(quiet)
    assert (cases.state(cases.two), versions()) == ("open", before)
    assert cases.why(cases.two, "p-7") == SHARED_ID
