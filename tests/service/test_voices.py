"""With fewer than three independent sources no one stands out, or contacts decide ranks; no question is weighed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from graphsvc.access.people.principal import Grant
from graphsvc.analysis.robustness.questions import NOT_WEIGHED
from graphsvc.config import Settings
from tests.toolbox.accounts import WHOLE
from tests.toolbox.cases import Place, open_place
from tests.toolbox.rows import Tables, parse_tables

pytestmark = pytest.mark.neo4j
READERS = {"ann": ("analyst", WHOLE), "low": ("analyst", Grant("C"))}
PEOPLE = "id,name\nW,Wil\n" + "".join(f"p{number},Person {number}\n" for number in range(40))
LINKS = "subject_id,relation,object_id,statement_id\n"


def rows(statements: list[str], links: list[str]) -> Tables:
    """A case of forty people, with these statements and links."""
    statements_csv = "id,kind,source_id,handling\n" + "".join(f"{row}\n" for row in statements)
    return parse_tables(
        people=PEOPLE, gangs="id,name\ng1,Gang\n", statements=statements_csv, links=LINKS + "\n".join(links) + "\n"
    )


@pytest.fixture(scope="module")
def register(at_server: Callable[..., Settings]) -> Iterator[Place]:
    """One witness, and twelve rows of a register; no row names the register as its source."""
    numbers = range(1, 13)
    statements = ["w,witness,W,P", *(f"r{number},record,,P" for number in numbers)]
    links = ["p1,DIRECTED,p21,w", *(f"p{number},DIRECTED,p{number + 20},r{number}" for number in numbers)]
    with open_place(at_server(), READERS, "ann", rows(statements, links)) as place:
        yield place


@pytest.fixture(scope="module")
def star(at_server: Callable[..., Settings]) -> Iterator[Place]:
    """A case in which all are in contact with one person, and one witness says that another person runs a gang."""
    links = [*(f"p0,CONTACTED,p{number},calls" for number in range(1, 40)), "p7,RUNS,g1,w"]
    with open_place(at_server(), READERS, "ann", rows(["w,witness,W,P", "calls,record,Calls,P"], links)) as place:
        yield place


@pytest.mark.parametrize("reader", READERS)
def test_rows_of_a_register_that_name_none_are_one_voice(register: Place, reader: str) -> None:
    ranking = register(reader).leads.ranking()
    assert ranking.verdict == "abstains"
    assert "fewer than 3 independent voices" in ranking.reason


@pytest.mark.parametrize("reader", READERS)
def test_where_contacts_rank_it_is_said_that_no_question_was_weighed(star: Place, reader: str) -> None:
    """The note must not say that no question is worth a check, or that some need source clearance."""
    session = star(reader)
    assert session.leads.ranking().leads[0].id == "p0"
    asking = session.leads.questions.next("p7")
    assert (asking.questions, asking.notes) == ((), (NOT_WEIGHED,))
    assert NOT_WEIGHED in star.client(reader).get(f"/case/{star.case}/lead?id=p7").text
