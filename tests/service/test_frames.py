"""Answers in a notebook: pandas tables that say when they are incomplete."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

from graphsvc.access.gate.redact import Released
from graphsvc.access.people import accounts, changes
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import AnswerWarning
from graphsvc.service import Service, Session
from graphsvc.service.cypher.named import Queries
from tests.toolbox.accounts import session as session_of
from tests.toolbox.rows import texts

pytestmark = pytest.mark.neo4j
CASE = "frames"
FILES = {
    "people": "id,name,category\n" + "".join(f"P{n},Name {n},suspect\n" for n in range(8)),
    "statements": "id,kind,handling\nS1,record,P\n",
    "links": "subject_id,relation,object_id,statement_id,from_date\nP1,PAID,P2,S1,2020-05-08\n",
}
CUT = "The answer is cut at 3 rows and there are more: narrow it down, or let it count."


@pytest.fixture(scope="module")
def session(at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = texts(tmp_path_factory.mktemp("delivery") / "case", **FILES)
    with Service(at_server(row_cap=3)) as service:
        accounts.add(service.database, "ann", ["analyst"], {"*": Grant("C", sources=True)})
        changes.set_free_cypher(service.database, "ann", is_granted=True)
        session_of(service, "ann", CASE).deliveries.load(folder, lambda *_progress: None)
        yield session_of(service, "ann", CASE)


def html_of(frame: Any) -> str:
    """The HTML that a notebook shows for the frame."""
    return str(frame._repr_html_())


def test_a_cut_answer_warns_at_the_line_that_asked_and_says_so_where_it_is_shown(session: Session) -> None:
    asks: list[Callable[[], object]] = [
        lambda: session.cypher_frame("UNWIND range(1, 5) AS n RETURN n"),
        lambda: session.frame("quality.unmentioned"),
        lambda: session.queries.run("quality.unmentioned"),
    ]
    for ask in asks:
        with pytest.warns(AnswerWarning) as caught:
            ask()
        assert [str(warning.message) for warning in caught] == [CUT]
        assert {warning.filename for warning in caught} == {__file__}
    with pytest.warns(AnswerWarning):
        frame = session.cypher_frame("UNWIND range(1, 5) AS n RETURN n")
    assert frame.attrs["truncated"]
    assert repr(frame).endswith(CUT)
    assert f"<p>{CUT}</p>" in html_of(frame)
    # A table derived from the answer is separate, and does not say that it is cut.
    for table in (frame.head(1), frame[frame["n"] > 1], pd.DataFrame({"n": frame["n"]})):
        assert CUT not in repr(table)
    with pytest.warns(AnswerWarning, match="is cut at 3 rows"):
        run = session.cypher.run("UNWIND range(1, 5) AS n RETURN n")
    assert repr(run) == f"<Run done · 3 rows of n · {CUT}>"


def test_a_frame_says_which_columns_its_reader_is_not_cleared_for(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = Released(("id",), [("P1",)], withheld=("source",))
    monkeypatch.setattr(Queries, "run_without_warnings", lambda *_given: released)
    with pytest.warns(AnswerWarning) as caught:
        frame = session.frame("people.chain_of_command")
    assert [str(warning.message) for warning in caught] == [released.taken_out]
    with pytest.warns(AnswerWarning) as caught:
        session.queries.run("people.chain_of_command")
    assert [str(warning.message) for warning in caught] == [released.taken_out]
    assert repr(frame).endswith(released.taken_out)
    assert frame.attrs["withheld"] == ["source"]


def test_a_misspelt_word_warns(session: Session) -> None:
    text = "MATCH (p:Persn {case: $case}) RETURN p.name AS `<i>`"
    expected = "Line 1, column 10: `Persn` is no label here: did you mean `Person`?"
    with pytest.warns(AnswerWarning) as caught:
        frame = session.cypher_frame(text)
    assert [str(warning.message) for warning in caught] == [expected]
    assert repr(frame).endswith(expected)
    assert list(frame.columns) == ["<i>"]
    assert session.cypher.examine(text).notices[0].column == 10


def test_a_cell_that_is_run_again_warns_again(session: Session) -> None:
    """A warning shown once per line would be missing when a cell is run again."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        warnings.filterwarnings("always", category=AnswerWarning, append=True)
        for _ in range(2):
            session.cypher_frame("UNWIND range(1, 5) AS n RETURN n")
    assert len(caught) == 2


def test_what_pages_and_commands_say_themselves_is_not_warned_of(session: Session) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        released, _ = session.queries.run_with_extra_columns("quality.unmentioned")
    assert released.truncated


def test_a_whole_answer_says_nothing(session: Session) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(session.queries.run("people.same_person").rows) == 0
        frame = session.cypher_frame("UNWIND range(1, 3) AS n RETURN n")
    assert repr(frame) == repr(pd.DataFrame({"n": [1, 2, 3]}))
    assert html_of(frame) == html_of(pd.DataFrame({"n": [1, 2, 3]}))
