from __future__ import annotations

import doctest
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.names import likeness, terms
from graphsvc.names.likeness import SearchText, excerpt, match, one_off
from graphsvc.names.terms import entity_terms, fields, text_terms


@pytest.mark.parametrize("module", [likeness, terms], ids=lambda module: module.__name__)
def test_examples_run(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def level(sought: str, **values: object) -> int | None:
    matched = match(SearchText(sought), fields({"id": "P0397", **values}))
    return None if matched is None else matched.level


@pytest.mark.parametrize(
    ("sought", "values", "wanted"),
    [
        ("karim", {"name": "Карим"}, 0),
        ("Карим", {"name": "Karim"}, 0),
        ("كريم", {"name": "Karim"}, 5),
        ("karim", {"name": "كريم"}, 5),
        ("abd al-rahman", {"name": "Abdulrahman"}, 4),
        ("abdulrahman", {"name": "Abd al-Rahman"}, 4),
        ("abdelrehman", {"name": "Abd al-Rahman"}, 5),
        ("Müller", {"name": "Muller"}, 0),
        ("王伟", {"name": "Wang Wei"}, 0),
        ("wei", {"name": "王伟"}, 1),
        ("hewa", {"aliases": ["Abu Hewa"]}, 1),
        ("hewa kar", {"name": "Karim", "aliases": ["Hewa"]}, 2),
        ("hewa omar", {"name": "Hewa Karim"}, None),
        ("p0397", {}, 0),
        ("0397", {}, 1),
        ("397", {}, 3),
        ("+44 7911 123456", {"phones": ["07911 123456"]}, 0),
        ("0044 7911123456", {"phones": ["+44 7911 123456"]}, 0),
        ("07911-123 456", {"phones": ["+44 (0)7911 123456"]}, 0),
        ("447911123456", {"phones": ["07911 123456"]}, 0),
        ("07911", {"phones": ["+44 7911 123456"]}, 2),
        ("+44 791", {"phones": ["07911 123456"]}, 2),
        ("123456", {"phones": ["+44 7911 123456"]}, 3),
        ("07911 123457", {"phones": ["+44 7911 123456"]}, None),
        ("gb123ab", {"registration": "GB-123 AB"}, 0),
        ("GB 123-AB", {"registration": "gb123ab"}, 0),
        ("8 may 2020", {"date": "2020-05-08T04:30Z"}, 0),
        ("8/5/2020", {"date": "2020-05-08T04:30Z"}, 0),
        ("8 may", {"date": "2020-05-08T04:30Z"}, 2),
        ("May 8", {"date": "2020-05-08"}, 2),
        ("8 may", {"date": "2020-05-28"}, None),
        ("8 may", {"date": "2020-05-18"}, None),
        ("8 may 2020", {"date": "2020-05-28"}, None),
        ("8 may", {"id": "K87", "date": "2020-05-07"}, None),
        ("8 may", {"name": "Gang of 8 May"}, 3),
        ("8 may", {"name": "Gang of 28 May"}, None),
        ("8 maj", {"registration": "GB-28 MAJ"}, None),
        ("28maj", {"registration": "GB-28 MAJ"}, 3),
        ("2020-05", {"date": "2020-05-08T04:30Z"}, 2),
        ("04", {"date": "2020-05-08T04:30Z"}, None),
        ("al", {"name": "Karim"}, None),
        ("karem", {"name": "Karim"}, 4),
        ("omar", {"name": "Amir"}, None),
        ("%", {"name": "100 %"}, None),
    ],
)
def test_how_a_search_matches(sought: str, values: dict[str, object], wanted: int | None) -> None:
    assert level(sought, **values) == wanted


def test_a_pseudonym_is_found_by_its_blocks_and_by_nothing_inside() -> None:
    values = {"id": "S-X6GW-Q8CC-PK9A", "kind": "phone", "value": "S-GE77-HEC7-YZWH"}
    matches = {
        sought: match(SearchText(sought), fields(values)) for sought in ("x6gw", "a", "77", "+4477", "S-X6GW-Q8CC-PK9A")
    }
    assert [text for text, how in matches.items() if how] == ["x6gw", "S-X6GW-Q8CC-PK9A"]


def test_why_names_what_matched() -> None:
    matched = match(
        SearchText("hewa 07911"), fields({"id": "P1", "aliases": ["Abu Hewa"], "phones": ["+44 7911 123456"]})
    )
    assert matched is not None
    assert matched.why == (("alias", "Abu Hewa"), ("phone", "+44 7911 123456"))


word = st.text("abkr", min_size=5, max_size=8)


@given(word, word)
def test_the_pattern_for_one_letter_off_finds_what_is_one_letter_off(first: str, second: str) -> None:
    """The pattern also matches the word itself, so the index may return that word again."""
    pattern = likeness._one_off(first)
    assert bool(re.fullmatch(pattern, second)) == (one_off(first, second) or first == second)


@given(word, word)
def test_one_letter_off_goes_both_ways(first: str, second: str) -> None:
    assert one_off(first, second) == one_off(second, first)


name = st.text("abcdeKR -'ёжк王ك", min_size=1, max_size=14)


@given(name)
def test_what_is_there_is_found_by_itself_whole(text: str) -> None:
    sought = SearchText(text)
    if sought.parts:
        matched = match(sought, [("name", text)])
        assert matched is not None
        assert matched.level == 0


@given(name, name)
def test_the_index_offers_all_that_matches(sought: str, text: str) -> None:
    """Every match is among the terms that the patterns find. Each pattern runs here as in the index."""
    search = SearchText(sought)
    if not search.parts or match(search, [("name", text)]) is None:
        return
    known = entity_terms("x", {"name": text}).split()
    parts = [all(_finds(part.pattern, known) for part in search.parts), _finds(search.whole.pattern, known)]
    assert any(parts)


def _finds(pattern: str, known: list[str]) -> bool:
    for clause in pattern[1:-1].split(" "):
        wanted = clause[1:-1] if clause.startswith("/") else re.escape(clause).replace(r"\*", ".*")
        if any(re.fullmatch(wanted, term) for term in known):
            return True
    return False


def test_terms_hold_only_letters_digits_and_their_marks() -> None:
    values = {"name": "O'Neil \"} ) OR *:* +case:x", "aliases": ["/.*/"], "phones": ["+44 7911 123456"]}
    for term in entity_terms("a/b?c", values).split():
        assert re.fullmatch("[=_]?[A-Za-z0-9]+", term), term
    pattern = SearchText('") OR *:* +case:"other /.*/ [a TO z]').pattern
    assert re.fullmatch(r"[a-zJSC0-9*./?_|()+ ]+", pattern), pattern
    assert ":" not in pattern


def test_an_excerpt_shows_the_words_around() -> None:
    text = "a " * 100 + "He rang Sami at night from 07911 123 456, " + "b " * 100
    passage = excerpt(SearchText("sami"), text)
    assert passage is not None
    assert passage.found == "Sami"
    assert passage.before.startswith("… ")
    assert passage.behind.endswith(" …")
    number = excerpt(SearchText("+44 7911 123456"), text)
    assert number is not None
    assert number.found == "07911 123 456"
    assert excerpt(SearchText("omar"), text) is None
    assert excerpt(SearchText("karim"), "Видел: Карим пришёл").found == "Карим"  # type: ignore[union-attr]


def test_numbers_in_prose_are_found_whole() -> None:
    assert " 7911123456 " in text_terms("Entity", {"notes": "rang +44 7911 123 456 twice"})
    assert text_terms("Entity", {}) == ""


@pytest.mark.parametrize(
    ("sought", "text", "wanted"),
    [
        ("8 may", "They left on 8 May 2020.", "8 May"),
        ("8 may", "They left on the 8th of May.", "8th of May"),
        ("8 may 2020", "On 28 May, then on May 8, 2020.", "May 8"),
        ("8 may", "On 28 May they paid 8,000.", None),
        ("8 may", "On 28 May 2020.", None),
        ("8 may 2020", "On 8 May 2021.", None),
        ("3 sep", "On 3 September.", "3 September"),
    ],
)
def test_a_day_is_found_in_a_text_as_a_day(sought: str, text: str, wanted: str | None) -> None:
    piece = excerpt(SearchText(sought), text)
    assert (piece and piece.found) == wanted
