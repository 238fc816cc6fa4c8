"""Every page has few fixed words: words of its templates that a reader sees before opening or asking anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from tests.leaks.known import Known
from tests.leaks.pages import calls

pytestmark = pytest.mark.neo4j
MOST_WORDS = 250
# Marks put around each text of a template, to distinguish it from values.
BEGIN, END = "\u2063", "\u2064"
SENTENCE = 6
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Marked(Extension):
    """Marker of the texts of templates: texts between tags, and sentences passed to macros."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template, with marks around its texts."""
        for token in stream:
            is_text = token.type == "data" or (token.type == "string" and len(token.value.split()) >= SENTENCE)
            yield Token(token.lineno, token.type, f"{BEGIN}{token.value}{END}") if is_text else token


class FixedText(HTMLParser):
    """Collector of the texts of a page's main part, each once, without hidden and folded texts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, None] = {}
        self._hidden = [True]
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Enter an element."""
        if tag in VOID:
            return
        names = dict(attributes)
        hides = tag in ("template", "select") or "hidden" in names
        hides |= tag in ("dialog", "details") and "open" not in names
        # The summary of a folded part is visible, unless its surroundings are hidden.
        is_seen = tag == "main" or (tag == "summary" and len(self._hidden) > 1 and not self._hidden[-2])
        self._open.append(tag)
        self._hidden.append(not is_seen and (self._hidden[-1] or hides))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those in it that were not closed."""
        if tag in self._open:
            while self._open.pop() != tag:
                self._hidden.pop()
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        """Collect a visible text."""
        if data.strip() and not self._hidden[-1]:
            self.texts[" ".join(data.split())] = None


def without_values(html: str) -> str:
    """Return a page with its tags, and of its texts only the marked ones."""
    signs, is_fixed, in_tag = list[str](), False, False
    for sign in re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL):
        if sign in (BEGIN, END):
            is_fixed = sign == BEGIN
            continue
        in_tag = (in_tag or sign == "<") and sign != ">"
        signs.append(sign if in_tag or is_fixed or sign == ">" else " ")
    return "".join(signs)


def fixed_words(html: str) -> list[str]:
    """List the fixed words that a page shows."""
    parser = FixedText()
    parser.feed(without_values(html))
    return re.findall(r"[A-Za-z][A-Za-z'’-]*", " ".join(parser.texts))


def test_hidden_and_repeated_texts_do_not_count() -> None:
    text = f"{BEGIN}one two{END}"
    page = f"<h1>{text}</h1><main><p title='{BEGIN}six'>{text}<b>value</b></p><p>{text}</p><div hidden>{BEGIN}three{END}</div>"
    folded = f"<details><summary>{BEGIN}four{END}</summary><p>{BEGIN}five{END}</p></details></main>"
    assert fixed_words(page + folded) == ["one", "two", "four"]


@pytest.mark.slow(reason="opens every page")
def test_no_page_has_more_fixed_words_than_a_person_reads_at_once(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    links = ((site.boss, "DIRECTED", site.aide),)
    entities, reports = (site.boss, site.aide, "X1", "K1", "B1"), (site.report, "T1")
    known = Known(site.case, entities, reports, links, words=("Urchin", "P12"), accounts=("inv",))
    # The tests share the application and its compiled templates, so the marks are put into an overlay.
    marked = site.app.jinja_env.overlay(extensions=[Marked], cache_size=400, bytecode_cache=None)
    monkeypatch.setitem(vars(site.app), "jinja_env", marked)
    client = site.client("inv")
    pages = {call.address: call.endpoint for call in calls(site.app, known, "GET")}
    words: dict[str, list[str]] = {}
    for address, endpoint in pages.items():
        with client.get(address) as page:
            assert page.status_code < 500, address
            if page.status_code == 200 and page.mimetype == "text/html":
                words[endpoint] = max(words.get(endpoint, []), fixed_words(page.text), key=len)
    assert words.keys() >= {"leads.lead", "network.view", "behind.behind", "numbers.topic"}
    assert not [endpoint for endpoint, those in words.items() if not those and endpoint != "signin.form"]
    over = {endpoint: (len(those), " ".join(those)) for endpoint, those in words.items() if len(those) > MOST_WORDS}
    assert not over
