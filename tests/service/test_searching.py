"""Search on the real full-text index: its hits and their order, with nothing hidden or sealed among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import product
from urllib.parse import quote

import pytest

from graphsvc.access import vault
from graphsvc.access.people import accounts
from graphsvc.access.people.principal import Grant
from graphsvc.config import Settings
from graphsvc.errors import NotFound
from graphsvc.names.likeness import SearchText, match
from graphsvc.names.terms import fields
from graphsvc.service import Service, Session, quiet
from graphsvc.service.search.search import FoundTies
from graphsvc.views.wording import is_pseudonym
from graphsvc.web import create_app
from tests.toolbox.accounts import add, find_account, signed_in
from tests.toolbox.rows import Tables, write

pytestmark = pytest.mark.neo4j

CASE = 'search "one" \\ two'
WITNESS = "Wilhelmina Quartermaine"
LEFT = "Ottoline Featherstone"
FIRST: Tables = {
    "people": [
        {"id": "P1", "name": "Карим", "phones": "+44 7911 123456", "notes": "Seen at the Blue Anchor", "handling": "P", "category": "suspect"},
        {"id": "P2", "name": "Abd al-Rahman", "aliases": "Hewa the tall;Abu Karim", "handling": "P", "category": "suspect"},
        {"id": "P3", "name": "Karem Ali", "handling": "P", "category": "suspect", "nationality": "Kuwait", "x_ship": "Kestrel"},
        {"id": "P4", "name": "كريم", "handling": "P", "category": "suspect"},
        {"id": "P5", "name": "Karimov", "handling": "P", "category": "suspect"},
        {"id": "W1", "name": WITNESS, "category": "witness", "phones": "07700 900123", "handling": "P", "nationality": "Bidoon"},
        {"id": "P6", "name": "Ali Hasan", "date_of_birth": "1990-05-08", "phones": "+44 7700 900111", "handling": "P", "category": "suspect"},
        {"id": "P7", "name": "Ali Hasan", "date_of_birth": "1971", "handling": "P", "category": "suspect"},
        {"id": "P8", "name": "Rojan Lake", "handling": "P", "category": "suspect", "nationality": "Kuwait"},
        {"id": "P9", "name": "Dilo Marsh", "handling": "P", "category": "suspect"},
        {"id": "W2", "name": LEFT, "handling": "P"},
    ],
    "crossings": [
        {"id": "X1", "date": "2020-05-08T04:30Z", "handling": "P"},
        {"id": "X2", "date": "2019-05-08", "handling": "P"},
        {"id": "X3", "date": "2020-05-28", "handling": "P"},
        {"id": "X4", "date": "2020-05", "handling": "P"},
    ],
    "boats": [{"id": "B1", "name": "Sea Urchin", "registration": "GB-123 AB", "handling": "P"}],
    "things": [{"id": "T1", "kind": "phone", "value": "0044 7911-999888", "handling": "P"}],
    "statements": [
        {"id": "R1", "kind": "intelligence", "handling": "P", "summary": "The lorry stood by the chandlery.", "x_desk": "Harbour desk"},
        {"id": "R3", "kind": "intelligence", "handling": "P"},
        {
            "id": "A1", "kind": "witness", "source_id": "W1", "handling": "P", "summary": "The lorry was green.",
            "interest": "Asylum was promised.", "x_desk": "Night desk",
        },
    ],
    "links": [
        {
            "subject_id": "P1", "relation": "DIRECTED", "object_id": "P2", "statement_id": "R1",
            "object_as_said": "the one with the lorry", "notes": f"as {WITNESS} knows",
        },
        {
            "subject_id": "P1", "relation": "PAID", "object_id": "P3", "statement_id": "A1",
            "notes": "the lorry again, for passage",
        },
        {"subject_id": "P6", "relation": "ASSOCIATES_WITH", "object_id": "W1", "statement_id": "R1"},
        {"subject_id": "P5", "relation": "DIRECTED", "object_id": "P6", "statement_id": "R1"},
        {"subject_id": "P8", "relation": "ABANDONED", "object_id": "W2", "statement_id": "R1"},
        {"subject_id": "P4", "relation": "ORGANISED", "object_id": "X4", "statement_id": "R1"},
        {"subject_id": "P7", "relation": "PILOTED", "object_id": "X4", "statement_id": "R1"},
        {"subject_id": "P8", "relation": "X_ABANDONED", "object_id": "P9", "statement_id": "R1"},
        {"subject_id": "P8", "relation": "X_ABANDONED", "object_id": "P9", "statement_id": "R3", "polarity": "denies"},
    ],
}  # fmt: skip
# Many hidden people who match better than visible ones, and a hundred words one letter off.
SECOND: Tables = {
    "people": [
        *({"id": f"C{number}", "name": "Karim", "handling": "C", "category": "suspect"} for number in range(300)),
        *(
            {"id": f"D{number}", "name": f"kari{''.join(letters)}", "handling": "C", "category": "suspect"}
            for number, letters in enumerate(product("abcdefghij", repeat=2))
        ),
    ],
    "crossings": [{"id": "X5", "date": "2021-05-08", "handling": "C"}],
    "statements": [{"id": "R2", "kind": "intelligence", "handling": "C", "summary": "A lorry under C."}],
    "links": [
        {"subject_id": "P1", "relation": "DIRECTED", "object_id": "P5", "statement_id": "R2", "notes": "C lorry"},
        {"subject_id": "C1", "relation": "DIRECTED", "object_id": "P7", "statement_id": "R2"},
        {"subject_id": "C1", "relation": "DIRECTED", "object_id": "P5", "statement_id": "R2", "place": "lorry park"},
        {"subject_id": "P9", "relation": "ABANDONED", "object_id": "P5", "statement_id": "R2"},
        {"subject_id": "C1", "relation": "X_ABANDONED", "object_id": "P9", "statement_id": "R2"},
        {"subject_id": "P8", "relation": "X_LEFT", "object_id": "P9", "statement_id": "R2"},
    ],
}
ASKED = (
    "karim",
    "Карим",
    "kari",
    "karem",
    "a",
    "p",
    "07911",
    "+44 7911 123456",
    "hewa tall",
    "lorry",
    "c1",
    "gb123ab",
    "ali hasan",
    "8 May",
    "abandoned",
    "left",
)


@pytest.fixture(scope="module")
def grown(
    at_server: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, dict[str, object], dict[str, object]]]:
    """The service with both deliveries, and the answers to a reader of P before and after the second delivery."""
    with Service(at_server()) as service:
        roles = {
            "ann": ("investigator", Grant("C", sources=True)),
            "pam": ("investigator", Grant("P")),
            "cora": ("investigator", Grant("C")),
            "sid": ("investigator", Grant("P", sources=True)),
        }
        add(service, CASE, roles)
        answers: list[dict[str, object]] = []
        for number, tables in enumerate((FIRST, SECOND)):
            folder = tmp_path_factory.mktemp("search") / str(number)
            write(folder, **tables)
            assert session(service, "ann").deliveries.load(folder, quiet).rejections == []
            pam = session(service, "pam")
            search = pam.search
            answers.append({text: (search.find(text), search.said(text), search.tied(text)) for text in ASKED})
        yield service, answers[0], answers[1]


def session(service: Service, name: str) -> Session:
    return service.session(find_account(service, name), "tests", CASE)


@pytest.fixture(scope="module")
def pam(grown: tuple[Service, object, object]) -> Session:
    return session(grown[0], "pam")


@pytest.fixture(scope="module")
def ann(grown: tuple[Service, object, object]) -> Session:
    return session(grown[0], "ann")


def ids(reader: Session, text: str) -> list[str]:
    return [hit.id for hit in reader.search.find(text).hits]


def test_what_is_hidden_moves_nothing_of_what_is_found(
    grown: tuple[Service, dict[str, object], dict[str, object]], ann: Session
) -> None:
    _, before, after = grown
    assert before == after
    assert len(ann.search.find("karim").hits) == 50  # the hidden people exist, and match better
    assert ann.search.find("karim").truncated


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("karim", ["P1", "P2", "P5", "P3", "P4"]),
        ("Карим", ["P1", "P2", "P5", "P3", "P4"]),
        ("كريم", ["P4", "P1", "P3", "P2"]),
        ("abdulrahman", ["P2"]),
        ("hewa tall", ["P2"]),
        ("0044 7911 123456", ["P1"]),
        ("07911", ["P1", "T1"]),
        ("gb 123ab", ["B1"]),
        ("GB123", ["B1"]),
        ("urchn", ["B1"]),
        ("p3", ["P3"]),
        ("no such thing", []),
        ("%", []),
    ],
)
def test_the_nearest_come_first_in_any_script(pam: Session, text: str, wanted: list[str]) -> None:
    # A random pseudonym may contain the two typed characters, and then is rightly found.
    by_chance = {
        identifier for identifier in ids(pam, text) if is_pseudonym(identifier) and f"-{text.upper()}" in identifier
    }
    assert [identifier for identifier in ids(pam, text) if identifier not in by_chance] == wanted


def test_each_says_how_and_why_it_matched(pam: Session) -> None:
    first, second, *_ = pam.search.find("karim").hits
    assert (first.says, first.why) == ("exactly", (("name", "Карим"),))
    assert (second.says, second.why) == ("a whole word", (("alias", "Abu Karim"),))


def test_a_day_without_its_year_is_that_day_of_every_year(pam: Session, ann: Session) -> None:
    assert sorted(ids(pam, "8 May")) == ["X1", "X2"]
    assert ids(pam, "28 may") == ["X3"]
    assert ids(pam, "8/5/2020") == ids(pam, "8 May 2020") == ["X1"]
    assert pam.search.days("May 8") == ("2019-05-08", "2020-05-08")
    assert ann.search.days("8 May") == ("2019-05-08", "2020-05-08", "2021-05-08")
    assert pam.search.days("8 June") == pam.search.days("karim") == pam.search.days("May 2020") == ()
    assert pam.search.days("8 June 1999") == pam.search.days("1999-06-08") == ("1999-06-08",)


def test_people_of_one_name_are_told_apart_by_what_the_reader_may_see(pam: Session, ann: Session) -> None:
    def apart(session: Session) -> dict[str, tuple[str, ...]]:
        return {hit.id: hit.apart for hit in session.search.find("ali hasan").hits}

    seen = apart(pam)
    born, phone, ties = seen["P6"]
    assert (born, phone) == ("born 1990", "+44 7700 900111")
    # Named people come before pseudonyms, and nobody sealed is named.
    assert re.fullmatch(r"tied to Karimov and S(-[0-9A-Z]{4}){3}", ties)
    assert seen["P7"] == ("born 1971",)
    assert apart(ann) == {"P6": seen["P6"], "P7": ("born 1971", "tied to Karim")}
    # Only people have such distinguishing details.
    assert [hit.apart for hit in pam.search.find("urchin").hits] == [()]


@pytest.mark.parametrize("text", ["Quartermaine", "wilhelmina", "07700 900123", "7700900123"])
def test_nothing_of_somebody_sealed_is_in_the_index(ann: Session, text: str) -> None:
    assert ids(ann, text) == []
    assert ann.search.said(text).texts == ()
    sealed = next(hit for hit in ann.search.find("s").hits if hit.sealed)
    assert ids(ann, sealed.id) == [sealed.id]


def test_words_are_found_in_what_the_reader_is_shown_one_by_one(pam: Session, ann: Session) -> None:
    def texts(session: Session) -> set[tuple[str, str]]:
        return {
            (text_match.column, text_match.statement["statement"])
            for text_match in session.search.said("lorry").texts
            if text_match.statement
        }

    assert texts(pam) == {("summary", "R1"), ("object_as_said", "R1")}
    assert texts(ann) == {
        *texts(pam), ("summary", "A1"), ("notes", "A1"), ("summary", "R2"), ("notes", "R2"), ("place", "R2"),
    }  # fmt: skip
    (note,) = pam.search.said("anchor").texts
    assert (note.column, note.entity and note.entity["id"], note.excerpt.found) == ("notes", "P1", "Anchor")


def test_order_and_answer_are_those_of_reading_everything(demo: Service) -> None:
    """The index and its limit drop no match, and keep the order of the match score."""
    loader = accounts.list_accounts(demo.database)[0]
    reader = demo.session(loader, "tests", "demo")
    named = {row["id"]: row for row in reader.ask.rows("cases.entities", whole=True).dicts()}
    for text in ("hew", "bestun hama", "p0397", "karim"):
        hits = reader.search.find(text).hits
        assert [hit.level for hit in hits] == sorted(hit.level for hit in hits)
        by_name = {
            identifier for identifier, row in named.items()
            if (hit := match(SearchText(text), fields({"id": identifier, "name": row["name"]}))) and hit.level < 3
        }  # fmt: skip
        hit_ids = {hit.id for hit in hits}
        assert by_name <= hit_ids or (len(hits) == 50 and all(hit.level < 3 for hit in hits))


def test_a_case_that_is_not_theirs_is_not_searched(grown: tuple[Service, object, object]) -> None:
    pam = session(grown[0], "pam").at("elsewhere")
    for text in ("karim", "%"):
        with pytest.raises(NotFound, match="no case"):
            pam.search.find(text)
        with pytest.raises(NotFound, match="no case"):
            pam.search.said(text)


def test_nationalities_are_found_of_those_who_stand_by_name(pam: Session, ann: Session) -> None:
    for reader in (pam, ann):
        hits = reader.search.find("kuwait").hits
        assert {(hit.id, hit.why) for hit in hits} == {(who, (("nationality", "Kuwait"),)) for who in ("P3", "P8")}
        assert reader.search.find("bidoon").hits == ()
        (row,) = reader.queries.run("people.nationalities").dicts()
        assert (row["nationality"], row["people"], row["who"]) == ("Kuwait", 2, ["P3", "P8"])


def test_a_word_that_names_a_relation_leads_to_who_is_tied_by_it(
    grown: tuple[Service, object, object], pam: Session, ann: Session
) -> None:
    def find_tied(session: Session, text: str) -> set[tuple[str, str, str]]:
        answer = session.search.tied(text)
        assert {row["relation"] for row in answer.rows} == {*answer.relations}
        return {(row["subject"], row["relation"], row["object"]) for row in answer.rows}

    service = grown[0]
    left = vault.pseudonym(service.register.key(CASE, create=False), "person", "W2")
    seen = {("P8", "ABANDONED", left), ("P8", "X_ABANDONED", "P9")}
    for text in ("abandoned", "Abandoned ", "ABANDONED", "left behind"):
        own = {row for row in seen if text != "left behind" or row[1] == "ABANDONED"}
        assert find_tied(pam, text) == own
    assert find_tied(pam, "X_ABANDONED") == {("P8", "X_ABANDONED", "P9")}
    assert find_tied(ann, "abandoned") == {*seen, ("P9", "ABANDONED", "P5"), ("C1", "X_ABANDONED", "P9")}
    # A relation stated only under C looks to readers of P alone like one that does not exist.
    assert pam.search.tied("left") == pam.search.tied("X_NOWHERE") == FoundTies()
    assert find_tied(ann, "left") == {("P8", "X_LEFT", "P9")}
    assert find_tied(pam, "Карим") == find_tied(pam, "%") == set()
    (denied,) = pam.search.tied("X_ABANDONED").rows
    assert denied["denying"]
    # The abandoned person has a pseudonym for every reader.
    assert LEFT not in str(ann.search.tied("abandoned").rows)


def test_the_page_shows_who_is_tied_by_a_word_and_leads_to_the_query(grown: tuple[Service, object, object]) -> None:
    client = signed_in(create_app(grown[0]), "pam")
    page = client.get(f"/case/{quote(CASE, safe='')}/search", query_string={"q": "abandoned"}).text
    assert "Tied by “abandoned”" in page
    assert "denied" in page.partition("Tied by")[2].partition("</section>")[0]
    assert "Nothing found" not in page
    (link,) = re.findall(r'href="([^"]*p\.relations=[^"]*)"', page)
    answer = client.get(unescape(link))
    assert answer.status_code == 200
    assert "Rojan Lake" in answer.text
    assert "Dilo Marsh" in answer.text
    nothing = client.get(f"/case/{quote(CASE, safe='')}/search", query_string={"q": "left"}).text
    assert "Nothing found" in nothing
    assert "Tied by" not in nothing


@pytest.mark.parametrize(
    ("who", "own", "interest"),
    [
        # As everywhere, custom columns are C, whatever the code of their row, and an interest needs source clearance.
        ("ann", ["P3", "A1", "R1"], ["A1"]),
        ("cora", ["P3", "R1"], []),
        ("sid", [], ["A1"]),
        ("pam", [], []),
    ],
)
def test_own_columns_and_interests_are_found_by_who_may_see_them(
    grown: tuple[Service, object, object], who: str, own: list[str], interest: list[str]
) -> None:
    search = session(grown[0], who).search

    def hit_ids(text: str, column: str) -> list[str]:
        texts = search.said(text).texts
        assert {text_match.column for text_match in texts} <= {column}
        return [
            str((text_match.entity or {}).get("id") or (text_match.statement or {}).get("statement"))
            for text_match in texts
        ]

    assert hit_ids("kestrel", "own_column") == own[:1]
    assert sorted(hit_ids("desk", "own_column")) == sorted(own[1:])
    assert hit_ids("asylum", "interest") == interest
    assert not search.said("asylum").truncated
    assert search.said(WITNESS).texts == ()


def test_an_own_column_says_which_it_is(ann: Session) -> None:
    (text,) = ann.search.said("kestrel").texts
    assert text.excerpt.before.endswith("x_ship: ")
    assert text.excerpt.found == "Kestrel"
